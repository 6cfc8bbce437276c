"""Gradients are checked, and a wrong one is blamed on the operation, or on the node that was read too early."""

import math
import random
import re

import pytest
from hypothesis import example, given, settings

from autodiff import Value, atan2, erf, exp, hypot, log, maximum, relu, sigmoid, sign, sin, sqrt, tanh
from autodiff.errors import ArgumentError, GradientError, OperandError, ReplayError, TableError
from autodiff.numbers import FLOATS, FRACTIONS
from autodiff.over_values import VALUES
from autodiff.ops import TABLE, Op
from autodiff.testing import check_gradients, check_operation, programs
from autodiff.testing.mutants import wrong_engines as mutants
from autodiff.testing.derive import oracles
from autodiff.testing.engines.detect import ours
from autodiff.testing.check.accusation import show_program
from autodiff.testing.check.blame import find_wrong_slopes, find_wrong_sum
from autodiff.testing.derive.high_precision import many_digits, many_digits_mixed
from autodiff.testing.derive.finite_differences import finite_differences, finite_sides
from autodiff.testing.conform.examiner import Exam
from autodiff.testing.conform.forms import forms, ordinary_points
from autodiff.testing.check.foreign import find_wrong_entry
from autodiff.testing.check.operation import points_of
from autodiff.testing.draw.straight_line import Program, Step
from autodiff.testing.draw.strategies import OPERATIONS
from autodiff.testing.check.tolerance import estimate_rounding
from autodiff.value import record

RATIONAL = ["add", "sub", "mul", "div", "neg", "abs", "maximum", "minimum", "relu", "where", "total", "dot"]


def wrong(y, relative):
    """A node with its slope off by a relative amount."""
    y.slopes = (y.slopes[0] * (1 + relative),)
    return y


def agree(program, engine):
    """Whether an engine's gradient is the exact one, but for what rounding explains, a kink, or where none exists."""
    room = estimate_rounding(program).gradient
    exact = many_digits(program)
    _, gradient = engine.gradient(program)
    return all(
        side.kink or side.right != side.right or abs(given - float(side.right)) <= most or math.isinf(most) or math.isnan(most)
        for given, side, most in zip(gradient, exact, room)
    )


ACROSS_A_CUT = [Step("neg", (0,)), Step("add", (1, 0)), Step("acos", (2,)), Step("cos", (3,)), Step("atan2", (4, 0)), Step("log", (5,))]


@given(programs())
@example(Program((-0.01,), tuple(ACROSS_A_CUT)))    # the 0 that cos(acos(0)) is may be negative, and the angle then -pi
def test_eager_gradients_are_right_of_any_program(program):
    assert agree(program, ours())


@pytest.mark.slow
@settings(max_examples=4000)
@given(programs(max_steps=14))
def test_four_thousand_right_programs_raise_no_alarm(program):
    assert agree(program, ours())


@given(programs(operations=RATIONAL))
def test_reverse_forward_and_symbolic_are_equal_over_fractions(program):
    reverse = oracles.reverse(program, FRACTIONS)
    assert oracles.forward(program, FRACTIONS) == reverse
    assert oracles.symbolic(program, FRACTIONS) == reverse


@given(programs(operations=["add", "sub", "mul", "neg", "div", "exp", "tanh", "sin", "sigmoid", "log"], max_steps=5))
def test_every_way_to_a_gradient_agrees(program):
    right = [float(side.right) for side in many_digits(program)]
    room = estimate_rounding(program).gradient
    both = (oracles.forward, oracles.reverse, oracles.eager, oracles.symbolic)
    ways = [way(program)[1] for way in (oracles.complex_step, *both)]
    for way in ways:
        assert all(abs(a - b) <= 20 * most for a, b, most in zip(way, right, room))


@given(programs(operations=OPERATIONS))
def test_compiled_programs_have_the_bits_of_eager_ones(program):
    assert oracles.compiled(program, "math") == oracles.eager(program)


@given(programs())
@example(Program((0.0,), (Step("logsumexp", (0, 0)), Step("add", (1, 1)))))  # its gradient is one number, not a row
def test_compiled_array_programs_agree(program):
    right, room = oracles.eager(program), estimate_rounding(program).gradient
    pairs = zip(oracles.compiled(program, "numpy")[1], right[1], room)
    assert all(abs(theirs - ours) <= 4 * most for theirs, ours, most in pairs)


@given(programs(operations=["add", "mul", "exp", "tanh", "sin"], max_steps=5))
def test_second_derivatives_are_those_of_nested_differences(program):
    for i, row in enumerate(oracles.second(program)[1]):
        for j, entry in enumerate(row):
            assert math.isclose(entry, float(many_digits_mixed(program, (i, j)).right), rel_tol=1e-6, abs_tol=1e-9)


@given(programs(operations=["add", "mul", "exp", "tanh", "sin", "maximum"], max_steps=5))
def test_hips_autograd_agrees(program):
    pytest.importorskip("autograd", reason="needs HIPS autograd")
    room = estimate_rounding(program).gradient
    pairs = zip(oracles.hips_autograd(program)[1], oracles.reverse(program)[1], room)
    # its slope of tanh divides by a cosh squared, which is inf where the slope is below 1e-307
    assert all(abs(theirs - ours) <= 50 * most + 1e-290 for theirs, ours, most in pairs)


def test_hips_autograd_may_overflow_on_its_way():
    pytest.importorskip("autograd", reason="needs HIPS autograd")
    flat = Program((1.85,), (Step("mul", (0, 0)), Step("add", (1, 1)), Step("exp", (2,)), Step("tanh", (3,))))
    assert oracles.hips_autograd(flat)[1] == [0.0]


ORACLES = [name for name in oracles.__all__ if not name.isupper()]


@pytest.mark.parametrize("name", ORACLES)
def test_every_oracle_returns_the_output_and_one_entry_for_each_input(name):
    if name == "hips_autograd":
        pytest.importorskip("autograd", reason="needs HIPS autograd")
    program = Program((0.5, 2.0, 3.0), (Step("mul", (0, 1)), Step("mul", (3, 3))))  # the third input is not used
    y, entries = getattr(oracles, name)(program)
    assert type(entries) is list and len(entries) == 3 and math.isclose(y, 1.0)
    gradient = [row[0] for row in entries] if name == "second" else entries
    wanted = [8.0, 4.0, 0.0] if name == "second" else [4.0, 1.0, 0.0]
    assert all(math.isclose(entry, right, abs_tol=1e-9) for entry, right in zip(gradient, wanted, strict=True))


@pytest.mark.parametrize("name", ["complex_step", "finite_differences", "hips_autograd"])
def test_every_oracle_holds_still_what_is_stopped(name):
    if name == "hips_autograd":
        pytest.importorskip("autograd", reason="needs HIPS autograd")
    program = Program((3.0,), (Step("stop_gradient", (0,)), Step("mul", (0, 1))))
    y, (slope,) = getattr(oracles, name)(program)
    assert math.isclose(y, 9.0) and math.isclose(slope, 3.0) and math.isclose(oracles.reverse(program)[1][0], 3.0)


def test_many_digits_have_no_number_at_a_kink():
    y, (slope,) = oracles.many_digits(Program((0.0,), (Step("relu", (0,)),)))
    assert y == 0 and slope != slope


def test_finite_differences_know_their_own_error():
    for f, x, slope in [(math.exp, 1.0, math.e), (math.sin, 100.0, math.cos(100.0)), (lambda x: x**3, 1e-3, 3e-6)]:
        found = finite_differences(f, [x])[0]
        assert abs(found.slope - slope) <= found.error < 1e-6


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (math.sin, 1e10, math.cos(1e10)),
        (math.log, 1e-3, 1e3),
        (math.log, 1e-300, 1e300),
        (lambda x: math.tanh(1e12 * x), 1e-13, 1e12 / math.cosh(0.1) ** 2),
        (lambda x: 1 / (1 + math.exp(-1e6 * (x - 1))), 1.0, 250000.0),
        (lambda x: x * 1e-250, 1e-40, 1e-250),
        (lambda x: x * x, 1e150, 2e150),
    ],
)
def test_finite_differences_choose_steps_that_suit_the_function(f, x, slope):
    found = finite_differences(f, [x])[0]
    assert abs(found.slope - slope) <= found.error < 1e-5 * abs(slope)


def test_finite_differences_tell_the_two_sides_of_a_kink():
    (sides,) = finite_sides(lambda x: max(x, 3.0 * x), [0.0])
    assert sides.kink and (sides.left.slope, sides.right.slope) == (1.0, 3.0)
    assert abs(sides.best.slope - 1.0) <= sides.best.error and abs(sides.best.slope - 3.0) <= sides.best.error


@pytest.mark.parametrize("f", [math.sqrt, lambda x: x**1.1 if x >= 0 else math.nan, lambda x: (x > 0) - (x < 0)])
def test_finite_differences_tell_nothing_where_nothing_settles(f):
    assert not finite_differences(f, [0.0])[0].told


def eagerly(program, factor=1.0):
    """A program as a function of Values; `factor` plants a wrong slope in its last operation."""

    def f(*xs):
        y = program.pool(ours().apply, xs)[-1]
        y.slopes = tuple(slope and slope * factor for slope in y.slopes)
        return y

    return f


def finitely_checked(program):
    report = check_gradients(eagerly(program), program.inputs, against="finite", raise_exception=False)
    assert report, report
    assert check_gradients(eagerly(program), program.inputs).notes == []


@given(programs())
@example(Program((0.0, 2.42), (Step("pow", (1, 0)), Step("log10", (2,)))))
@example(Program((-1.32,), (Step("atan", (0,)), Step("hypot", (1, 0)), Step("add", (2, 0)), Step("neg", (3,)), Step("exp", (4,)))))
def test_right_programs_raise_no_alarm_by_differences_of_their_own(program):
    finitely_checked(program)


@pytest.mark.slow
@settings(max_examples=2000)
@given(programs())
def test_two_thousand_right_programs_raise_no_alarm_by_differences_of_their_own(program):
    finitely_checked(program)


@given(programs(operations=["add", "mul", "sin", "tanh", "exp", "sigmoid"], max_steps=5))
def test_differences_find_slopes_that_are_off_by_a_thousandth(program):
    (*_, sure) = sorted(finite_differences(lambda *xs: program.value(FLOATS, xs), program.inputs), key=abs_ratio)
    if abs_ratio(sure) > 1e5:  # else the function itself does not show it
        report = check_gradients(eagerly(program, 1.001), program.inputs, against="finite", raise_exception=False)
        assert "blame" in str(report)


def abs_ratio(estimate):
    return abs(estimate.slope) / estimate.error if estimate.error else math.inf * abs(estimate.slope or 0.0) or 0.0


@pytest.mark.parametrize(
    ("f", "changes", "line"),
    [
        (lambda x: Value(math.sin(x.data)) * x, "changes by -2.82886, and what it recorded by 0.14112", "math.sin(x.data)"),
        (lambda x: Value(float(x.data) ** 2), "changes by 6, and what it recorded by 0", "float(x.data)"),
        (lambda x: x * Value(x._data), "changes by 6, and what it recorded by 3", ""),
        (lambda x: [x, relu(x) * x.data], "changes by 6, and what it recorded by 3", "relu(x) * x.data"),
    ],
)
def test_a_gradient_that_does_not_follow_the_function_is_told(f, changes, line):
    with pytest.raises(GradientError, match="does not follow the function: along x, ") as caught:
        check_gradients(f, [3.0])
    assert changes in str(caught.value) and line in str(caught.value)
    assert ("its number is read at test_testing_gradcheck.py, line" in str(caught.value)) == bool(line)


def test_a_gradient_lost_on_the_way_to_any_engine_is_told():
    with pytest.raises(GradientError, match="does not follow the function"):
        check_gradients(lambda x: x * math.exp(x.data), [1.0], Value=ours())


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: exp(50 * x), 10.0),
        (lambda x: tanh(1e12 * x), 1e-12),
        (lambda x: tanh(1e20 * x), 0.0),
        (lambda x: sin(1e10 * x), 1.3),
        (lambda x: (x + 1e8) - 1e8, 1.0),
        (lambda x: exp(x) * exp(-x), 700.0),
        (lambda x: x * x if x.data > 0 else x, 1e-9),
        (lambda x: x * x if x.data > 1 else 2 * x - 1, 1.0),
    ],
)
def test_steep_and_rounded_functions_raise_no_alarm(f, x):
    assert str(check_gradients(f, [x])) == "right: 1 gradient of order 1, against differences at 50 digits"


@pytest.mark.parametrize(
    ("f", "x", "note"),
    [
        (lambda x: x * 2 if x.data > 1 else x, 1.0, "kink at x = 1.0: <lambda> takes another branch at 1.0000000000000002"),
        (lambda x: x if x > 0 else -x, 0.0, "kink at x = 0.0: one-sided derivatives -1 and 1, <lambda> takes another branch at 5e-324"),
        (lambda x: x * (1.0 if x.data > 0 else 2.0), 0.0, "kink at x = 0.0: one-sided derivatives 2 and 1, of which the recording shows one"),
    ],
)
def test_a_branch_is_noted_as_a_kink(f, x, note):
    assert check_gradients(f, [x]).notes == [note]
    with pytest.raises(GradientError, match="kink at x"):
        check_gradients(f, [x], kinks=False)


def test_differences_of_their_own_note_kinks_too():
    assert check_gradients(relu, [0.0], against="finite").notes == ["kink at x = 0.0: one-sided derivatives 0.0 and 1.0, the engine gives 0.0"]
    assert check_gradients(log, [1e-3], against="finite").notes == []


@pytest.mark.parametrize("against", ["digits", "finite"])
def test_operations_at_their_kinks_explain_a_gradient_between_no_sides(against):
    report = check_gradients(lambda a: relu(a) - relu(-a), [0.0], against=against)
    assert report and report.notes[0] == "kink at 0.0 of relu: one-sided derivatives 0.0 and 1.0, the engine gives 0.0"
    with pytest.raises(GradientError, match="kink at 0.0 of relu"):
        check_gradients(lambda a: relu(a) - relu(-a), [0.0], against=against, kinks=False)


def test_a_jump_of_an_operation_is_noted():
    report = check_gradients(sign, [0.0])
    assert report and report.notes[0] == "kink at 0.0 of sign: it jumps, the engine gives 0.0"


def test_a_wrong_slope_is_blamed_at_a_kink_too():
    with pytest.raises(GradientError, match="blame: relu at 0.0: its local derivative along a is 7.0, the right one is between"):
        check_gradients(lambda a: replaced(relu(a), 7.0) - relu(-a), [0.0])


def replaced(y, slope):
    y.slopes = (slope,)
    return y


@pytest.mark.parametrize(
    ("f", "xs", "blame"),
    [
        (lambda x: sqrt(x * x), [0.0], "sqrt at 0.0: its local derivative along operand 1 is inf, and inf times a local derivative of 0 is nan"),
        (lambda x: x**0.5 * x, [0.0], "pow at 0.0, 0.5: its local derivative along operand 1 is inf, and inf times a local derivative of 0 is nan"),
        (atan2, [0.0, 0.0], "atan2 at 0.0, 0.0: its local derivative along operand 1 is nan, and no derivative is defined there"),
    ],
)
def test_a_slope_that_is_not_finite_is_blamed(f, xs, blame):
    with pytest.raises(GradientError, match=re.escape(blame)):
        check_gradients(f, xs)
    with pytest.raises(GradientError, match="blame: " + re.escape(blame.partition(" its")[0])):
        check_gradients(f, xs, Value=ours())


def test_values_of_the_caller_keep_their_gradients():
    w, x = Value(2.0), Value(3.0)
    half = w * 0.5
    half.backward()
    check_gradients(lambda x: x * w * half, [2.0], 2)
    assert (w.grad, half.grad, x.grad) == (0.5, 1.0, 0.0)


def test_a_planted_slope_is_blamed_with_its_line_and_a_program():
    def model(w, x):
        h = wrong(tanh(w * x), 1e-9)
        return h * h + 1

    with pytest.raises(GradientError, match=r"blame: tanh at 1\.0: its local derivative along a is ") as caught:
        check_gradients(model, [0.5, 2.0])
    assert "test_testing_gradcheck.py, line" in str(caught.value) and "h = wrong(tanh(w * x), 1e-9)" in str(caught.value)
    assert "a = Value(1.0)\n    y = tanh(a)\n    y.backward()" in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("relative", [1e-9, -1e-12])
@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in ("floor", "sign")])  # whose slopes are 0
def test_a_planted_slope_of_any_operation_is_found_and_blamed(name, relative):
    planted = 0
    for xs in ordinary_points(name):
        alone = next(forms(name, xs))
        for place, slope in enumerate(ours().run(alone)[-1].slopes):
            if slope:
                planted += 1
                with pytest.raises(GradientError, match=f"blame: {name} at "):
                    check_gradients(sabotaged(alone, place, 1 + relative), alone.inputs)
    assert planted


def sabotaged(alone, place, factor):
    """A function with the one operation in the middle, one of whose slopes is off."""

    def f(*inputs):
        y = alone.pool(ours().apply, [x * 1.0 for x in inputs])[-1]
        y.slopes = (*y.slopes[:place], y.slopes[place] * factor, *y.slopes[place + 1 :])
        return y * y + 3.0 * y

    return f


def test_what_rounding_explains_is_not_blamed():
    assert check_gradients(lambda x: wrong(tanh(x), 2e-16), [0.5])


def test_a_tiny_gradient_is_checked_as_strictly_as_a_large_one():
    with pytest.raises(GradientError, match="blame: mul"):
        check_gradients(lambda x: wrong_mul(x, 1e-250), [1e-40])


def wrong_mul(x, scale):
    y = x * scale
    y.slopes = (y.slopes[0] * (1 + 1e-9), None)
    return y


@pytest.mark.parametrize("factor", [0.6, 0.9, -0.99])
def test_a_gradient_that_stays_at_the_smallest_numbers_is_right(factor):
    """0.6 * 5e-324 is 5e-324 for ever in float64, and goes to 0 in exact numbers."""
    def powers(x, times):
        for _ in range(times):
            x = x * factor
        return x

    assert powers(Value(5e-324), 60).data
    assert check_gradients(lambda x: powers(x, 60) * 1e-322, [1.0]).gradients == 1
    with pytest.raises(GradientError, match="blame: pos"):  # and twice a subnormal gradient is not right
        check_gradients(lambda x: twice(powers(x, 3)) * 1e-310, [1.0])


def twice(x):
    """x, with a slope of 2."""
    y = +x
    y.slopes = (2.0,)
    return y


def test_a_program_too_long_to_be_read_is_not_printed():
    steps = [Step("sin", (place,)) for place in range(2000)]
    assert show_program(Program((0.5,), tuple(steps))).endswith("it runs 2,000 operations")
    assert "y = sin(" in show_program(Program((0.5,), tuple(steps[:3])))


def test_at_the_edge_of_a_domain_the_side_that_is_there_counts():
    assert check_gradients(lambda x: x**2.5, [0.0]).notes == []
    assert "neither side" in check_gradients(lambda x: x**1.01, [0.0]).notes[0]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("order: breadth first", "mul of value 3.75: its gradient was read as 9.375, before its sum was complete"),
        ("= for +=", "its gradient is 5.625, while its users send 18.75 together"),
        ("lost self-edge", "the input of value 1.5: its gradient is 61.9375, while its users send 62.9375 together"),
        ("mul: own data", "blame: mul at 1.5, 2.5: its local derivative along a is 1.5, the right one is 2.5"),
        ("sigmoid: clamped", "blame: sigmoid at 38.15625 gives 0.9999999, and the right value is 1.0"),
        ("interior gradients leak", "a second backward pass brings the gradient of a from 62.9375 to 364.25"),
    ],
)
def test_faults_of_other_engines_are_blamed_too(name, sentence):
    def f(a):
        b = a * 2.5
        y = (b * a + b) * b + (a + a)
        return y if name != "sigmoid: clamped" else y.sigmoid() * y

    with pytest.raises(GradientError, match=re.escape(sentence)):
        check_gradients(f, [1.5], Value=mutants.load(mutants.MUTANTS[name]).Value)


def test_the_node_that_was_read_too_early_is_named():
    a = Value(3.0)
    b = a * 2.0
    y = b * b
    y.backward()
    b_grad = b.grad
    a._grad = 2.0 * 6.0  # as if b had been read after the first of its two contributions
    found = find_wrong_sum(y, {a: 0.0})
    assert b_grad == 12.0 and found.user is b and found.early == 6.0
    assert "read as 6.0, before its sum was complete (12.0)" in found.sentence()
    assert list(find_wrong_slopes([a, b, y])) == []


def test_kinks_are_notes_and_not_failures():
    report = check_gradients(lambda x: maximum(x, 2 * x), [0.0])
    assert report.notes == ["kink at x = 0.0: one-sided derivatives 1.0 and 2.0, the engine gives 1.5"]
    with pytest.raises(GradientError, match="kink at x = 0.0"):
        check_gradients(relu, [0.0], kinks=False)


def test_a_derivative_that_cancels_to_0_is_no_kink():
    report = check_gradients(lambda x: exp(x) * exp(-x), [700.0], 2)
    assert report and report.notes == []


def test_a_higher_derivative_that_is_not_there_is_told_and_one_that_is_nan_is_wrong(monkeypatch):
    assert "cannot be determined" in check_gradients(lambda x: x**2.01, [0.0], 2).notes[0]
    right = VALUES.slope
    monkeypatch.setattr(VALUES, "slope", lambda op, i: (lambda a, y: y * math.nan) if op == "sech" else right(op, i))
    with pytest.raises(GradientError, match="derivative of order 2 .* the engine gives nan"):
        check_gradients(tanh, [0.5], 2)


def test_a_jump_is_no_fault_of_the_engine():
    """On its cut atan2 has the slope of one side only; the other side is a step down of 2 pi."""
    program = Program((0.0,), (Step("atan2", (0, -1.25)),))
    (sides,) = many_digits(program)
    assert sides.ends == (-0.8, math.inf) and sides.kink
    assert find_wrong_entry(Exam(ours()).ask(program), program) is None
    assert "kink at x = 0.0" in check_gradients(lambda x: atan2(x, -1.25), [0.0]).notes[0]


def test_outputs_and_orders():
    assert check_gradients(lambda x, y: [x * y, exp(x) / y, x], [1.0, 2.0], order=2).gradients == 15
    assert check_gradients(lambda x, y: hypot(x, y) * sigmoid(x), [1.0, 2.0], order=3)


def test_a_wrong_second_derivative_is_found(monkeypatch):
    right = VALUES.slope
    monkeypatch.setattr(VALUES, "slope", lambda op, i: (lambda a, y: y * tanh(a)) if op == "sech" else right(op, i))
    with pytest.raises(GradientError, match="derivative of order 2"):
        check_gradients(tanh, [0.5], order=2)


def test_an_unused_input_may_hold_no_gradient():
    class Leaky:
        left = None

    def f(x, y):
        Leaky.left = y
        return x * x

    assert check_gradients(f, [1.0, 2.0]).gradients == 2


@pytest.mark.parametrize(
    ("f", "sentence"),
    [
        (lambda x: x * random.random(), "not deterministic"),
        (lambda x: log(x - 1), r"log at 0.0 gives -inf"),
        (lambda x: setattr(x, "data", 3.0) or x * x, "changes its input x from 1.0 to 3.0"),
        (lambda x: record("cube", x.data**3, (x,), (3.5,)), "blame: cube, which the table does not know"),
    ],
)
def test_other_faults_are_told(f, sentence):
    with pytest.raises(GradientError, match=sentence):
        check_gradients(f, [1.0])


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ((lambda x: 3.0, [1.0]), OperandError, r"return a Value, or a list of them, got 3.0 \(float\)"),
        ((lambda x: x, 1.0), ArgumentError, r"list of numbers, got 1.0"),
        ((lambda x: x, []), ArgumentError, r"list of numbers, got \[\]"),
    ],
)
def test_a_misuse_is_told(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        check_gradients(*arguments)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"against": "torch"}, "against: expected 'best', .* got 'torch'"),
        ({"modes": ["sideways"]}, "modes: expected 'reverse' .* got \\['sideways'\\]"),
        ({"modes": "fwd"}, r"modes: expected a list such as \['forward'\] .* got 'fwd' \(str\)"),
        ({"order": 0}, "order: expected an int of 1 or more, got 0"),
        ({"eps": -1}, "eps: expected a finite number that is not negative, got -1"),
        ({"eps": 0.0, "against": "finite"}, "eps: expected a step above 0"),
        ({"eps": 1e-3, "against": "digits"}, "eps: expected a step above 0, and against='finite'; got 0.001 with 'digits'"),
        ({"rtol": -1}, "rtol: expected a finite number that is not negative, got -1"),
        ({"atol": math.nan}, "atol: expected a finite number that is not negative, got nan"),
    ],
)
def test_an_unusable_option_is_told(options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        check_gradients(tanh, [1.0], **options)


def test_a_step_asks_for_finite_differences():
    assert check_gradients(tanh, [1.0], eps=1e-2).method == "finite differences"


@pytest.mark.parametrize("against", ["digits", "complex", "finite", "best"])
def test_every_reference_finds_a_wrong_slope(against):
    assert check_gradients(lambda x: sigmoid(x) * x, [0.3], against=against)
    with pytest.raises(GradientError, match="blame: exp"):
        check_gradients(lambda x: wrong(exp(x), 1e-3), [0.3], against=against)


def test_complex_step_says_when_it_does_not_apply():
    with pytest.raises(ReplayError, match="not analytic"):
        check_gradients(lambda x: relu(x) * 2, [1.0], against="complex")
    with pytest.raises(ReplayError, match="complex step: no complex form: erf over complex numbers"):
        check_gradients(erf, [1.0], against="complex")


def test_a_report_can_be_returned_instead():
    report = check_gradients(lambda x: wrong(tanh(x), 0.1), [0.5], raise_exception=False)
    assert not report and "blame: tanh" in str(report)


def test_modes_may_be_spelled_as_jax_spells_them():
    assert check_gradients(tanh, [0.5], 2, modes=["fwd", "rev"])
    assert check_gradients(lambda x: wrong(tanh(x), 1e-3), [0.5], rtol=1e-2, modes=["rev"])


def test_a_relative_tolerance_can_be_given():
    assert check_gradients(lambda x: wrong(tanh(x), 1e-3), [0.5], rtol=1e-2, modes=["reverse"])


@pytest.mark.parametrize("name", [name for name in TABLE if name not in ("where", "normal_cdf", "normal_pdf", "gaussian")])
def test_rows_of_the_table_pass_the_check_of_an_operation(name):
    op = TABLE[name]
    ordinary = (0.75, 0.3, 1.5) if not op.variadic else (0.75, 0.3, 1.5, 2.5)
    check_operation(op, [tuple(max(x, op.domain[0][0] if op.domain else x) for x in ordinary)[: op.arity]])


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in TABLE if name != "where"])
def test_rows_of_the_table_pass_the_check_at_extremes_too(name):
    op = TABLE[name]
    # At the origin unit jumps, as sign does, and no number is its slope there: nan says so.
    check_operation(op, [xs for xs in points_of(op) if name != "unit" or any(xs)])


@pytest.mark.parametrize(
    ("op", "sentence"),
    [
        (Op("cube", "a * a * a", ("3 * a",)), "`3 \\* a`, gives 2.25, and the right one is 1.6875"),
        (Op("root", "sqrt(a)", ("1 / y",)), "the local derivative along a, `1 / y`"),
        (Op("gap", "abs(a)", ("where(a == 0, 2, sign(a))",), kinks=("a == 0",)), "at this kink it must lie between -1.0 and 1.0"),
        (Op("cold", "log(1 + exp(a))", ("sigmoid(a)",)), r"the formula, `log\(1 \+ exp\(a\)\)`, gives"),
    ],
)
def test_a_wrong_row_is_told_with_its_rule_and_the_right_number(op, sentence):
    with pytest.raises(GradientError, match=sentence):
        check_operation(op)


def test_a_misspelt_row_is_told():
    with pytest.raises(TableError, match="cosq"):
        check_operation(Op("c", "cosq(a)", ("1",)))
    with pytest.raises(TableError, match=r"operation 'bad': the rule 'a\*\*\*' is no expression: invalid syntax"):
        check_operation(Op("bad", "a***", ("1",)))


def test_tolerances_have_no_floor():
    exact = Program((3.0,), (Step("neg", (0,)),))
    assert estimate_rounding(exact).gradient == [0.0]
    tiny = Program((1e-150,), (Step("mul", (0, 0)),))
    assert 0 < estimate_rounding(tiny).gradient[0] < 1e-164


class Stranger:
    """The value of some other engine."""

    data = 2.0

    def backward(self):
        """Do nothing."""


def test_a_function_of_another_engine_is_told_how_to_check_it():
    hint = r"a Stranger of test_testing_gradcheck.*write f with operators.*check_gradients\(f, args, Value=Stranger\)"
    with pytest.raises(OperandError, match=hint):
        check_gradients(lambda a: Stranger(), [1.0])
    with pytest.raises(ArgumentError, match=hint):
        check_gradients(lambda a: a, [Stranger()])
    with pytest.raises(OperandError, match="got 1.0 \\(float\\)$"):
        check_gradients(lambda a: 1.0, [1.0])


def test_arguments_and_results_may_be_structures():
    import numpy

    def model(p, x):
        return {"y": [tanh(p["w"][0] * x[0] + p["w"][1] * x[1]), p["b"] * x[0]]}

    at = [{"w": [0.5, -1.0], "b": 2.0}, numpy.array([1.5, 0.25])]
    assert check_gradients(model, at, order=2).gradients == 2 * (5 + 15)
    assert check_gradients(lambda x: (x * x).sum(), [numpy.array([[1.0, 2.0], [3.0, 4.0]])]).gradients == 4


def test_an_input_inside_a_structure_is_named_by_its_place():
    def lost(p):
        return p["w"][0] * math.sin(p["w"][1].data)

    with pytest.raises(GradientError, match=r"along p\['w'\]\[1\], lost at \(\{'w': \[2.0, 3.0\]\}\)"):
        check_gradients(lost, [{"w": [2.0, 3.0]}])


def test_a_report_calls_the_arguments_as_the_function_does():
    def model(w, b, a):  # whose names are the letters in another order
        return sabotaged_exp(w) + b * a

    with pytest.raises(GradientError, match=r"the derivative of model at \(0.5, 1.0, 2.0\) along w is"):
        check_gradients(model, [0.5, 1.0, 2.0])


def sabotaged_exp(x):
    y = exp(x)
    y.slopes = (y.slopes[0] * 1.01,)
    return y
