"""Gradients are checked, and a wrong one is blamed on the operation, or on the node that was read too early."""

import math
import random
import re

import pytest
from hypothesis import example, given, settings

from autodiff import Value, atan2, exp, gradient_graph, hypot, log, maximum, relu, sigmoid, tanh
from autodiff.errors import ArgumentError, GradientError, OperandError, ReplayError, TableError
from autodiff.numbers import FRACTIONS
from autodiff.replaying import VALUES
from autodiff.ops import TABLE, Op
from autodiff.testing import check_gradients, check_operation, mutants, oracles, programs
from autodiff.testing.looking import ours
from autodiff.testing.blame import slopes_wrong, wrong_sum
from autodiff.testing.differences import finite_differences, many_digits, many_digits_mixed
from autodiff.testing.exam import Exam, forms, ordinary_points
from autodiff.testing.foreign import off
from autodiff.testing.operation import points_of
from autodiff.testing.program import Program, Step, recorded
from autodiff.testing.strategies import OPERATIONS
from autodiff.testing.tolerance import allowed
from autodiff.value import record

RATIONAL = ["add", "sub", "mul", "div", "neg", "abs", "maximum", "minimum", "relu", "where", "total", "dot"]


def wrong(y, relative):
    """A node with its slope off by a relative amount."""
    y.slopes = (y.slopes[0] * (1 + relative),)
    return y


def agree(program, engine):
    """Whether an engine's gradient is the exact one, but for what rounding explains, a kink, or where none exists."""
    room = allowed(program).gradient
    exact = many_digits(program)
    _, gradient = engine.gradient(program)
    return all(
        side.kink or side.right != side.right or abs(given - float(side.right)) <= most or math.isinf(most) or math.isnan(most)
        for given, side, most in zip(gradient, exact, room)
    )


@given(programs())
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
    pool = ours().run(program)
    inputs = pool[: len(program.inputs)]
    graphs = gradient_graph(pool[-1], inputs)
    assert [recorded(graph, inputs).value(FRACTIONS) for graph in graphs] == reverse[1]


@given(programs(operations=["add", "sub", "mul", "neg", "div", "exp", "tanh", "sin", "sigmoid", "log"], max_steps=5))
def test_every_way_to_a_gradient_agrees(program):
    right = [float(side.right) for side in many_digits(program)]
    room = allowed(program).gradient
    ways = [oracles.complex_step(program), *(way(program)[1] for way in (oracles.forward, oracles.reverse, oracles.eager))]
    for way in ways:
        assert all(abs(a - b) <= 20 * most for a, b, most in zip(way, right, room))


@given(programs(operations=OPERATIONS))
def test_compiled_programs_have_the_bits_of_eager_ones(program):
    assert oracles.compiled(program, "math") == oracles.eager(program)


@given(programs())
@example(Program((0.0,), (Step("logsumexp", (0, 0)), Step("add", (1, 1)))))  # its gradient is one number, not a row
def test_compiled_array_programs_agree(program):
    right, room = oracles.eager(program), allowed(program).gradient
    pairs = zip(oracles.compiled(program, "numpy")[1], right[1], room)
    assert all(abs(theirs - ours) <= 4 * most for theirs, ours, most in pairs)


@given(programs(operations=["add", "mul", "exp", "tanh", "sin"], max_steps=5))
def test_second_derivatives_are_those_of_nested_differences(program):
    for i, row in enumerate(oracles.second(program)):
        for j, entry in enumerate(row):
            assert math.isclose(entry, float(many_digits_mixed(program, (i, j)).right), rel_tol=1e-6, abs_tol=1e-9)


@given(programs(operations=["add", "mul", "exp", "tanh", "sin", "maximum"], max_steps=5))
def test_hips_autograd_agrees(program):
    pytest.importorskip("autograd", reason="needs HIPS autograd")
    room = allowed(program).gradient
    pairs = zip(oracles.hips_autograd(program), oracles.reverse(program)[1], room)
    assert all(abs(theirs - ours) <= 50 * most for theirs, ours, most in pairs)


def test_finite_differences_know_their_own_error():
    for f, x, slope in [(math.exp, 1.0, math.e), (math.sin, 100.0, math.cos(100.0)), (lambda x: x**3, 1e-3, 3e-6)]:
        found = finite_differences(f, [x])[0]
        assert abs(found.slope - slope) <= found.error < 1e-6


def test_a_planted_slope_is_blamed_with_its_line_and_a_program():
    def model(w, x):
        h = wrong(tanh(w * x), 1e-9)
        return h * h + 1

    with pytest.raises(GradientError, match=r"blame: tanh at 1\.0: its slope along a is ") as caught:
        check_gradients(model, [0.5, 2.0])
    assert "test_testing_gradcheck.py, line" in str(caught.value) and "h = wrong(tanh(w * x), 1e-9)" in str(caught.value)
    assert "a = Value(1.0)\n    y = tanh(a)\n    y.backward()" in str(caught.value)


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


def test_at_the_edge_of_a_domain_the_side_that_is_there_counts():
    assert check_gradients(lambda x: x**2.5, [0.0]).notes == []
    assert "neither side" in check_gradients(lambda x: x**1.01, [0.0]).notes[0]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("order: breadth first", "mul of value 3.75: its gradient was read as 9.375, before its sum was complete"),
        ("= for +=", "its gradient is 5.625, while its users send 18.75 together"),
        ("lost self-edge", "the input of value 1.5: its gradient is 61.9375, while its users send 62.9375 together"),
        ("mul: own data", "blame: mul at 1.5, 2.5: its slope along a is 1.5, the right one is 2.5"),
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
    found = wrong_sum(y, {a: 0.0})
    assert b_grad == 12.0 and found.user is b and found.early == 6.0
    assert "read as 6.0, before its sum was complete (12.0)" in found.sentence()
    assert list(slopes_wrong([a, b, y])) == []


def test_kinks_are_notes_and_not_failures():
    report = check_gradients(lambda x: maximum(x, 2 * x), [0.0])
    assert report.notes == ["kink at a = 0.0: slopes 1.0 and 2.0, engine gives 1.5"]
    with pytest.raises(GradientError, match="kink at a = 0.0"):
        check_gradients(relu, [0.0], kinks=False)


def test_a_derivative_that_cancels_to_0_is_no_kink():
    report = check_gradients(lambda x: exp(x) * exp(-x), [700.0], 2)
    assert report and report.notes == []


def test_a_higher_derivative_that_is_not_there_is_told_and_one_that_is_nan_is_wrong(monkeypatch):
    assert "cannot be told" in check_gradients(lambda x: x**2.01, [0.0], 2).notes[0]
    right = VALUES.slope
    monkeypatch.setattr(VALUES, "slope", lambda op, i: (lambda a, y: y * math.nan) if op == "sech" else right(op, i))
    with pytest.raises(GradientError, match="derivative of order 2 .* the engine gives nan"):
        check_gradients(tanh, [0.5], 2)


def test_a_jump_is_no_fault_of_the_engine():
    """On its cut atan2 has the slope of one side only; the other side is a step down of 2 pi."""
    program = Program((0.0,), (Step("atan2", (0, -1.25)),))
    (sides,) = many_digits(program)
    assert sides.ends == (-0.8, math.inf) and sides.kink
    assert off(Exam(ours()).ask(program), program) is None
    assert "kink at a = 0.0" in check_gradients(lambda x: atan2(x, -1.25), [0.0]).notes[0]


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
        (lambda x: setattr(x, "data", 3.0) or x * x, "changes its input a from 1.0 to 3.0"),
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


@pytest.mark.parametrize("options", [{"against": "torch"}, {"modes": ["sideways"]}, {"order": 0}])
def test_an_unknown_option_is_shown(options):
    with pytest.raises(ArgumentError, match=str(next(iter(options.values()))).strip("[]")):
        check_gradients(tanh, [1.0], **options)


@pytest.mark.parametrize("against", ["digits", "complex", "finite", "best"])
def test_every_reference_finds_a_wrong_slope(against):
    assert check_gradients(lambda x: sigmoid(x) * x, [0.3], against=against)
    with pytest.raises(GradientError, match="blame: exp"):
        check_gradients(lambda x: wrong(exp(x), 1e-3), [0.3], against=against)


def test_complex_step_says_when_it_does_not_apply():
    with pytest.raises(ReplayError, match="not analytic"):
        check_gradients(lambda x: relu(x) * 2, [1.0], against="complex")


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
        (Op("root", "sqrt(a)", ("1 / y",)), "the slope along a, `1 / y`"),
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


def test_tolerances_have_no_floor():
    exact = Program((3.0,), (Step("neg", (0,)),))
    assert allowed(exact).gradient == [0.0]
    tiny = Program((1e-150,), (Step("mul", (0, 0)),))
    assert 0 < allowed(tiny).gradient[0] < 1e-164
