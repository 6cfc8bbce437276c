"""Engines in seven styles: the right ones are accused of nothing, and each planted fault is named in the first sentence."""

import importlib
import random

import pytest

from autodiff.errors import ArgumentError
from autodiff.testing import conformance
from autodiff.testing.conform.findings import MISSING
from autodiff.testing.conform.properties import PROPERTIES
from autodiff.testing.mutants.styles import DOUBLES, PLANTED, STYLES, load, source

NAMES = [each.name for each in PROPERTIES if each.name != "drawn programs"]
CHOSEN = random.Random(1).sample(PLANTED, 8)


@pytest.mark.parametrize("style", STYLES)
def test_a_right_engine_is_accused_of_nothing_and_said_little_of(style):
    report = conformance(load(style), examples=25)
    assert [each.sentence for each in report.findings if each.accuses] == []
    lines = report.text().splitlines()
    assert sum(line.startswith("  - ") for line in lines) <= 3
    assert "Nothing is wrong with what it does." in lines


def first(planted):
    report = conformance(load(planted.style, planted.name), examples=25)
    return [each for each in report.findings if each.accuses]


def named(planted):
    """Whether the first sentence begins as the fault's should; without a sentence there is nothing to accuse of."""
    found = first(planted)
    return found[0].sentence.startswith(planted.says) if planted.says and found else not planted.says and not found


@pytest.mark.parametrize("planted", CHOSEN, ids=lambda each: f"{each.style}: {each.name}")
def test_a_planted_fault_is_named_first(planted):
    assert named(planted), [each.sentence for each in first(planted)]


@pytest.mark.slow
def test_every_planted_fault_is_named_first():
    assert [each for each in PLANTED if not named(each)] == []


@pytest.mark.parametrize(("style", "one", "two"), DOUBLES)
def test_both_of_two_faults_are_among_the_first_three(style, one, two):
    sentences = conformance(load(style, one, two), examples=25).sentences[:3]
    for each in PLANTED:
        if each.style == style and each.name in (one, two):
            assert any(sentence.startswith(each.says) for sentence in sentences), sentences


def test_the_program_of_a_finding_runs_in_the_engines_own_names():
    Scalar = load("local_gradients", "tanh: square lost")
    finding = first(next(each for each in PLANTED if each.name == "tanh: square lost"))[0]
    scope = {"Scalar": Scalar}
    exec(finding.program, scope)
    given, wanted = (float(text.split()[-1]) for text in finding.result.split(", and should give"))
    assert scope["a"].g == given != wanted and finding.result.startswith("a.g  # gives ")
    assert finding.line.endswith("return Scalar(t, (self,), (1 - t,))") and "1 - " in finding.formula


TAPED = """
class Var:
    book = []

    def __init__(self, val, *rules):
        self.val, self.diff = val, 0.0
        Var.book.append((self, rules))

    def __add__(self, other):
        other = other if isinstance(other, Var) else Var(other)
        return Var(self.val + other.val, (self, lambda d: d), (other, lambda d: d))

    def __mul__(self, other):
        other = other if isinstance(other, Var) else Var(other)
        return Var(self.val * other.val, (self, lambda d: d * other.val), (other, lambda d: self.val))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        for out, rules in Var.book:
            out.diff = 0.0
        self.diff = 1.0
        for out, rules in reversed(Var.book):
            for target, rule in rules:
                target.diff += rule(out.diff)
"""


def test_the_line_is_told_where_each_pass_runs_those_of_earlier_operations(tmp_path, monkeypatch):
    (tmp_path / "taped_engine.py").write_text(TAPED, encoding="utf8")
    monkeypatch.syspath_prepend(tmp_path)
    finding = conformance(importlib.import_module("taped_engine").Var, properties=["gradient from above"]).findings[0]
    assert finding.sentence.startswith("`*` forgets the gradient from above")
    assert finding.line.startswith("taped_engine.py, line 15: return Var(self.val * other.val")


def test_what_is_built_on_a_faulty_operation_is_told_with_it():
    finding = first(next(each for each in PLANTED if each.name == "* : lists its left operand only"))
    assert [each.op for each in finding] == ["mul"] and finding[0].follows


def test_only_missing_features_and_limits_are_counted():
    report = conformance(load("closures"), properties=NAMES)
    assert any(each.rank == MISSING for each in report.findings)
    assert "`0.75 ** a` does not work" not in report.text() and "`0.75 ** a` does not work" in report.text(True)


def test_a_substitution_that_no_longer_applies_is_told():
    with pytest.raises(ArgumentError, match="once in the engine, got 0 times"):
        source("closures", "seed missing", "seed missing")
