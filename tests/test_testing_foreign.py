"""Whose fault it is in an engine that keeps no slopes: each operation is asked for alone, through an adapter."""

import math
import re

import pytest

from autodiff import Value, maximum, tanh
from autodiff.errors import ArgumentError, GradientError, OperandError
from autodiff.testing import adapter_for, check_gradients, conformance
from autodiff.testing.engines import packages as engines
from autodiff.testing.conform.diagnosis import name_operation
from autodiff.testing.conform.examiner import Exam
from autodiff.testing.conform.forms import forms, ordinary_points
from autodiff.testing.check.foreign import find_faulty_operation, find_wrong_entry
from autodiff.testing.engines.detect import ours
from autodiff.testing.mutants.wrong_engines import MUTANTS, load
from autodiff.testing.draw.straight_line import Program, Step
from autodiff.testing.draw.strategies import OPERATIONS


class Plain:
    """An engine of closures: nothing but data, grad and backward can be seen of it."""

    factor = 1.0  # by which its slope of tanh is off

    def __init__(self, data, parents=(), push=lambda out: None):
        self.data, self.grad, self.parents, self.push = data, 0.0, parents, push

    def made(self, data, *pairs):
        def push(out):
            for parent, slope in pairs:
                parent.grad += slope * out.grad

        return type(self)(data, [parent for parent, _ in pairs], push)

    def __add__(self, other):
        other = other if isinstance(other, Plain) else Plain(other)
        return self.made(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Plain) else Plain(other)
        return self.made(self.data * other.data, (self, other.data), (other, self.data))

    def tanh(self):
        y = math.tanh(self.data)
        return self.made(y, (self, self.factor * (1 - y * y)))

    def order(self):
        found, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent in node.parents:
                    visit(parent)
                found.append(node)

        visit(self)
        return found[::-1]

    def backward(self):
        self.grad = 1.0
        for node in self.order():
            node.push(node)


class Sloppy(Plain):
    factor = 1 + 1e-9


class Hasty(Plain):
    """Goes through the graph by depth, and so reads a node before all its users have written."""

    def order(self):
        found, stack = [], [self]
        while stack:
            node = stack.pop()
            if node not in found:
                found.append(node)
                stack.extend(node.parents)
        return found


def model(w, x):
    h = w * x + x
    out = tanh(h * h)
    return out * h + out * w


def test_a_right_engine_of_closures_passes():
    assert check_gradients(model, [0.5, 0.75], Value=Plain).gradients == 2


def test_a_wrong_operation_is_blamed_with_its_line_and_a_program():
    with pytest.raises(GradientError, match=r"blame: tanh at 1\.265625: its local derivative along a is ") as caught:
        check_gradients(model, [0.5, 0.75], Value=Sloppy)
    assert "test_testing_foreign.py, line" in str(caught.value) and "out = tanh(h * h)" in str(caught.value)
    assert "    a = Value(1.265625)\n    y = tanh(a)\n    y.backward()" in str(caught.value)


def test_the_node_that_was_read_too_early_is_blamed_with_its_line():
    sentence = "each operation is right by itself, but a sum is not: .* before its sum was complete"
    with pytest.raises(GradientError, match=sentence) as caught:
        check_gradients(model, [0.5, 0.75], Value=Hasty)
    assert "test_testing_foreign.py, line" in str(caught.value)


def test_a_conformance_report_blames_an_operation_of_a_drawn_program():
    (finding,) = conformance(Sloppy, properties=["drawn programs"]).results[0].findings
    assert re.fullmatch(r"tanh at \S+: its local derivative along a is \S+, the right one is \S+", finding.sentence)
    assert finding.program.splitlines()[1] == "y = a.tanh()"


@pytest.mark.parametrize("make", [engines.hips, pytest.param(engines.torch, marks=pytest.mark.slow), pytest.param(engines.jax, marks=pytest.mark.slow)])
def test_packages_can_be_checked_through_their_adapters(make):
    pytest.importorskip({"hips": "autograd"}.get(make.__name__, make.__name__))
    assert check_gradients(model, [0.5, 0.75], Value=make())
    report = check_gradients(lambda a: maximum(a, 2 * a), [0.0], Value=make())
    assert "kink at a = 0.0: one-sided derivatives 1.0 and 2.0" in report.notes[0]


def test_textbook_formulas_may_round_as_they_do():
    """1 - y * y has an error of the size of 1e-16 far out, where the slope is 1e-17; the property `tails` tells that."""
    assert check_gradients(lambda a: tanh(a * 10), [2.0], Value=Plain)
    assert not conformance(Plain, properties=["tails"])


def test_an_operation_that_the_engine_lacks_or_refuses_is_named():
    with pytest.raises(GradientError, match="blame: exp at 0.5 does not work: ArgumentError: Plain has no exp that could be found"):
        check_gradients(lambda a: a.exp() * a, [0.5], Value=Plain)


def test_a_wrong_value_is_blamed_before_any_slope():
    engine = load(MUTANTS["neg: nothing done"]).adapter
    fault = find_faulty_operation(engine, Program((1.5,), (Step("exp", (0,)), Step("neg", (1,)), Step("mul", (2, 2)))))
    assert "neg at 4.48" in fault.sentence and "the right value is -4.48" in fault.sentence
    assert fault.place == 2 and [step.op for step in fault.program.steps] == ["neg"]


def test_a_plain_number_stays_one_when_an_operation_is_asked_for_alone():
    engine = load(MUTANTS["2 / x is x / 2"]).adapter
    fault = find_faulty_operation(engine, Program((1.5,), (Step("exp", (0,)), Step("div", (2.0, 1)))))
    assert fault.sentence.startswith("div at 2.0, 4.48") and str(fault.program).endswith("y = 2.0 / a")


def test_nothing_is_blamed_where_all_is_right():
    program = Program((1.5,), (Step("exp", (0,)), Step("mul", (1, 1))))
    assert find_wrong_entry(Exam(ours()).ask(program), program) is None and find_faulty_operation(ours(), program) is None


def test_what_cannot_be_done_with_such_an_engine_is_told():
    with pytest.raises(ArgumentError, match="expected order 1 of the engine Plain, got 2"):
        check_gradients(model, [0.5, 0.75], Value=Plain, order=2)
    with pytest.raises(OperandError, match="write it with operators, methods and autodiff's functions"):
        check_gradients(lambda a: Plain(2.0) * a.data, [0.5], Value=Plain)


def off_by(name, factor):
    """The adapter of our engine with all slopes of one operation off."""

    def wrong(*operands):
        y = ours().apply(name, *operands)
        y.slopes = tuple(slope and slope * factor for slope in y.slopes)
        return y

    return adapter_for(Value, operations=ours().operations | {name: wrong})


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in ("floor", "sign")])  # whose slopes are 0
def test_a_planted_slope_of_any_operation_is_blamed_through_an_adapter(name):
    says = conformance(off_by(name, 1 + 1e-9), properties=["local derivatives"]).sentences
    assert len(says) == 1 and f"{name_operation(name)}: its local derivative along" in says[0] and "1.000000001 times" in says[0]
    for xs in ordinary_points(name):
        alone = next(forms(name, xs))
        if any(ours().gradient(alone)[1]):
            fault = find_faulty_operation(off_by(name, 1 - 1e-12), alone)
            assert fault is not None and fault.sentence.startswith(f"{name} at ")


def test_an_engine_that_fails_only_on_the_whole_is_told():
    class Shallow(Plain):
        def backward(self):
            if len(self.order()) > 5:
                raise RecursionError("too deep")
            super().backward()

    with pytest.raises(GradientError, match=r"Shallow cannot run model at .*: RecursionError: too deep\nblame: each operation is right by itself"):
        check_gradients(model, [0.5, 0.75], Value=Shallow)
