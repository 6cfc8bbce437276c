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
CHOSEN = random.Random(1).sample(PLANTED, 4)
DOUBLED = [*DOUBLES[::4], *(pytest.param(*each, marks=pytest.mark.slow) for each in DOUBLES if each not in DOUBLES[::4])]


@pytest.mark.slow
@pytest.mark.parametrize("style", [style if place % 2 == 0 else pytest.param(style, marks=pytest.mark.slow) for place, style in enumerate(STYLES)])
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


@pytest.mark.slow
@pytest.mark.parametrize(("style", "one", "two"), DOUBLED)
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
    finding = conformance(importlib.import_module("taped_engine").Var, properties=["upstream gradient"]).findings[0]
    assert finding.sentence.startswith("`*` forgets the upstream gradient")
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


CONTEXTS = """
class Rule:
    @classmethod
    def apply(cls, *operands):
        operands = [x if isinstance(x, Number) else Number(x) for x in operands]
        kept = {}
        out = Number(cls.forward(kept, *[x.data for x in operands]))
        out.made = cls, kept, operands
        return out


class Add(Rule):
    @staticmethod
    def forward(kept, a, b):
        return a + b

    @staticmethod
    def backward(kept, d):
        return d, d


class Mul(Rule):
    @staticmethod
    def forward(kept, a, b):
        kept["both"] = a, b
        return a * b

    @staticmethod
    def backward(kept, d):
        a, b = kept["both"]
        return d * b, d * a


class Reciprocal(Rule):
    @staticmethod
    def forward(kept, a):
        kept["one"] = a
        return 1 / a

    @staticmethod
    def backward(kept, d):
        a = kept["one"]
        return (-d / a**2,)


class Neg(Rule):
    @staticmethod
    def forward(kept, a):
        return -a

    @staticmethod
    def backward(kept, d):
        return (-d,)


class Number:
    def __init__(self, data):
        self.data, self.grad, self.made = data, 0.0, None

    def __add__(self, other):
        return Add.apply(self, other)

    def __mul__(self, other):
        return Mul.apply(self, other)

    def __sub__(self, other):
        return Add.apply(self, Neg.apply(other))

    def __truediv__(self, other):
        return Mul.apply(self, Reciprocal.apply(other))

    def __neg__(self):
        return Neg.apply(self)

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order = []

        def visit(node):
            if node not in order:
                for each in node.made[2] if node.made else []:
                    visit(each)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            if node.made:
                rule, kept, operands = node.made
                for each, part in zip(operands, rule.backward(kept, node.grad)):
                    each.grad += part
"""
# The right line and the wrong one, what the only finding begins with, and what follows from it
NAMED = {
    "return d * b, d * a": ("return d * a, d * b", "`a * b`: its local derivative along a comes out as `a`", ["`a / b`"]),
    "return (-d,)": ("return (d,)", "`-a`: its local derivative along a has the wrong sign", ["`a - b`"]),
    "return (-d / a**2,)": ("return (-d / a,)", "`a / b`: its local derivative along b", []),
    "return a * b": ("return a + b", "`a * b` gives", ["`a * 0.4` gives", "`0.75 * a` gives", "`a / b` gives"]),
    "each.grad += part": ("each.grad = part", "`=` stands where `+=` belongs", []),
    "        self.grad = 1.0": ("        self.grad = 2.0", "backward starts from 2.0 instead of 1", []),
    "__radd__, __rmul__ = __add__, __mul__": (
        "__rmul__ = __mul__", "`0.75 + a` does not work: `__radd__` is missing, which `sum` needs", []
    ),
}  # fmt: skip


@pytest.mark.parametrize("right", NAMED)
def test_one_cause_is_one_finding_with_the_line_that_makes_the_wrong_number(right, tmp_path, monkeypatch):
    wrong, sentence, follows = NAMED[right]
    name = f"contexts_{list(NAMED).index(right)}"
    (tmp_path / f"{name}.py").write_text(CONTEXTS.replace(right, wrong), encoding="utf8")
    monkeypatch.syspath_prepend(tmp_path)
    properties = ["values", "operators", "local derivatives", "upstream gradient", "accumulation"]
    report = conformance(importlib.import_module(name).Number, properties=properties)
    (finding,) = [each for each in report.findings if each.accuses]
    assert finding.sentence.startswith(sentence)
    assert all(any(each.startswith(word) for each in finding.follows) for word in follows)
    assert finding.line.endswith(wrong.strip()) or "missing" in sentence
