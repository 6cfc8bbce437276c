"""grad and its kin: shapes, orders, nesting, errors."""

import itertools
import math
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

import autodiff
from autodiff import Value, exp, grad, gradient_graph, hessian, hvp, jacobian, jvp, replay, sin, value_and_grad
from autodiff.errors import ArgumentError, OperandError, ReplayError
from autodiff.numbers import many_digits
from autodiff.ops import FUNCTIONS, OPERATORS, TABLE


def test_the_documents_gradient_example():
    gradient = grad(lambda x, y, z: 2 * x + 3 * y**2 - sin(z))
    assert gradient(0.3, 0.7, 1.1) == (2.0, 6 * 0.7, -math.cos(1.1))


def test_a_gradient_has_the_shape_of_its_arguments():
    f = lambda w, b: w[0][0] * w[0][1] + w[1] * b  # noqa: E731
    assert grad(f)([[2.0, 3.0], 4.0], 5.0) == ([[3.0, 2.0], 5.0], 4.0)
    assert value_and_grad(lambda x: x * x)(3) == (9.0, 6.0)
    assert grad(lambda x, y: x * y)(x=2.0, y=3.0) == {"x": 3.0, "y": 2.0}
    assert grad(lambda x, y: x * y)(2.0, y=3.0) == (3.0, {"y": 2.0})


def test_a_function_that_ignores_its_input_has_gradient_zero():
    assert grad(lambda x: 5.0)(1.0) == 0.0 and grad(lambda x, y: y)(1.0, 2.0) == (0.0, 1.0)
    assert hessian(lambda x: 2 * x)(1.0) == [[0.0]]


def test_derivatives_of_any_order():
    f = sin
    for order in range(6):
        assert f(0.7) == pytest.approx([math.sin(0.7), math.cos(0.7), -math.sin(0.7), -math.cos(0.7)][order % 4], rel=1e-15)
        f = grad(f)
    assert grad(grad(grad(lambda x: x**5)))(2.0) == 60 * 4


def test_perturbations_are_not_confused():
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(3.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(1.0))(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: x * y)(x))(3.0) == 1.0


def test_nobodys_grad_is_touched():
    outer = Value(3.0)
    inner = grad(lambda x: x * outer)(2.0)
    assert type(inner) is float and inner == 3.0 and outer.grad == 0.0


def test_hessian_hvp_and_jvp_agree():
    f = lambda x, y: exp(x * y) + x**3  # noqa: E731
    matrix = hessian(f)(0.5, 0.8)
    assert matrix[0][1] == pytest.approx(matrix[1][0], rel=1e-15)
    product = hvp(f, (0.5, 0.8), (2.0, -1.0))
    assert product == pytest.approx([2 * row[0] - row[1] for row in matrix], rel=1e-14)
    value, slope = jvp(f, (0.5, 0.8), (2.0, -1.0))
    gradient = grad(f)(0.5, 0.8)
    assert slope == pytest.approx(2 * gradient[0] - gradient[1], rel=1e-15) and value == f(0.5, 0.8)


def test_jacobian_has_a_row_for_each_output():
    assert jacobian(lambda x: [x[0] * x[1], x[0], 7.0])([2.0, 3.0]) == [[3.0, 2.0], [1.0, 0.0], [0.0, 0.0]]
    assert jvp(lambda x: [x[0] * x[1], x[0]], [2.0, 3.0], [1.0, 0.0]) == ([6.0, 2.0], [3.0, 1.0])
    assert jacobian(lambda x, y: {"a": x * y, "b": [x, 7.0]})(2.0, 3.0) == {"a": (3.0, 2.0), "b": [(1.0, 0.0), (0.0, 0.0)]}


def test_a_matrix_of_one_row_is_a_matrix():
    import numpy

    x = numpy.array([2.0])
    assert jacobian(lambda x: numpy.array([x[0] ** 3]))(x).tolist() == hessian(lambda x: x[0] ** 3)(x).tolist() == [[12.0]]


@pytest.mark.parametrize("name", [name for name, op in TABLE.items() if op.arity == 1 and name not in ("floor", "sign")])
def test_the_second_derivative_of_every_row_is_right(name):
    """The table is closed: what a slope uses can be differentiated again. Against mpmath's own differentiation."""
    from autodiff import elementwise as functions

    operators = {"neg": Value.__neg__, "pos": Value.__pos__, "abs": abs}
    f = operators.get(name) or getattr(functions, name)
    system = many_digits(60)
    at = 1.25 if name.startswith("acosh") else 0.375
    x = Value(at)
    (slope,) = gradient_graph(f(x), [x])
    (second,) = gradient_graph(slope, [x])
    context = system.number(0).context
    exact = context.diff(system.formula(name), at, 2)
    assert second.data == pytest.approx(float(exact), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("name", ["mul", "div", "pow", "atan2", "hypot", "xlogy", "maximum", "minimum"])
def test_the_second_derivatives_of_two_inputs_are_right(name):
    from autodiff import functions

    operators = {"mul": Value.__mul__, "div": Value.__truediv__, "pow": Value.__pow__}
    f = operators.get(name) or getattr(functions, name)
    system = many_digits(60)
    context = system.number(0).context
    matrix = hessian(f)(1.25, 0.75)
    for row, orders in zip(matrix, [((2, 0), (1, 1)), ((1, 1), (0, 2))]):
        for second, order in zip(row, orders):
            exact = context.diff(system.formula(name), (1.25, 0.75), order)
            assert second == pytest.approx(float(exact), rel=1e-12, abs=1e-15)


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=4))
def test_softmax_has_the_textbook_jacobian(xs):
    p = autodiff.softmax(*xs)
    rows = jacobian(lambda x: autodiff.softmax(*x))(xs)
    logs = jacobian(lambda x: autodiff.log_softmax(*x))(xs)
    for i, row in enumerate(rows):
        for j, slope in enumerate(row):
            assert slope == pytest.approx(p[i] * ((i == j) - p[j]), rel=1e-12, abs=1e-15)
            assert logs[i][j] == pytest.approx((i == j) - p[j], rel=1e-12, abs=1e-15)
    assert sum(p) == pytest.approx(1.0, rel=1e-15)


def test_replay_says_what_a_number_system_lacks():
    x = Value(2.0)
    with pytest.raises(ReplayError, match="exp over fraction numbers: they have no exp"):
        replay(exp(x), Fraction)
    with pytest.raises(ReplayError, match="division by zero"):
        replay(1 / (x - 2), Fraction)
    with pytest.raises(ReplayError, match="finite"):
        replay(Value(math.inf) * 2, Fraction)
    with pytest.raises(ReplayError, match="integer exponent"):
        replay(x**0.5, Fraction)
    with pytest.raises(ArgumentError, match="expected a System, float, Fraction, Value, 'float'"):
        replay(x, "quaternion")


def test_replay_runs_at_other_numbers():
    x = Value(2.0)
    y = x * x + 1
    assert replay(y, at={x: 5.0}) == (26.0, {x: 10.0})
    assert replay(y, "dual").value.primal == 5.0


@pytest.mark.parametrize("system", [float, Fraction, "mpmath", Value])
def test_replay_reckons_with_the_numbers_of_numpy_as_with_others(system):
    import numpy as np

    x = Value(3.0)
    y = x * x * x
    for number in (np.int64(2**40), np.int8(100), np.float32(0.1), np.array(0.1)):
        given, wanted = (replay(y, system, {x: each}) for each in (number, number.item()))
        assert type(given.value) is type(wanted.value) and type(given.gradients[x]) is type(wanted.gradients[x])
        if system is not Value:
            assert given == wanted
        else:
            assert (given.value.data, given.gradients[x].data) == (wanted.value.data, wanted.gradients[x].data)


def test_mistakes_are_named():
    with pytest.raises(OperandError, match="must return a Value or a number: .* got 'no'"):
        grad(lambda x: "no")(1.0)
    with pytest.raises(ArgumentError, match="at least one argument"):
        grad(lambda: 1.0)()
    with pytest.raises(ArgumentError, match="a direction of 2 numbers"):
        jvp(lambda x, y: x, (1.0, 2.0), (1.0,))
    with pytest.raises(OperandError, match="got 'a'"):
        grad(lambda x: x)("a")
    for derivative in (grad, value_and_grad, jacobian, hessian):  # before it is called with arguments
        with pytest.raises(OperandError, match="expected a function to differentiate, got 3"):
            derivative(3)
    with pytest.raises(OperandError, match="expected a Value and a list of Values"):
        gradient_graph(Value(1.0), [1.0])
    with pytest.raises(OperandError, match="replay: expected a Value, got 3.0"):
        replay(3.0)
    with pytest.raises(ArgumentError, match="inputs of the graph, got one for Value"):
        replay(Value(1.0) * 2, at={Value(2.0): 3.0})


def test_a_number_of_any_kind_may_come_back_and_go_in():
    import numpy

    assert grad(lambda x: numpy.float32(2))(1.0) == 0.0
    x = Value(0.0)
    assert replay(x * 2, Fraction, at={x: 0.5}).value == 1 and type(replay(x * 2, Fraction, at={x: 0.5}).value) is Fraction


def test_a_selection_replays_over_values():
    x = Value(0.01)
    y = autodiff.where(x > 0, x * 2, 0.0)
    again = replay(y, Value)
    assert again.value.data == 0.02 and again.gradients[x].data == 2.0
    assert replay(autodiff.where(x < 0, x * 2, x * 3), Value).gradients[x].data == 3.0


EXTREMES = [0.0, 1.0, -2.5, 1e200, -1e200, 1e-200, 3e-320, math.inf, -math.inf, 800.0, -800.0]


@pytest.mark.parametrize("name", [op.name for op in (*OPERATORS, *FUNCTIONS) if op.arity <= 2 and op.name not in ("pow",)])
def test_a_gradient_graph_has_the_numbers_of_a_backward_pass_at_the_edges(name):
    from autodiff import elementwise

    operators = {"add": "__add__", "sub": "__sub__", "mul": "__mul__", "div": "__truediv__", "remainder": "__mod__"}
    operators |= {"neg": "__neg__", "pos": "__pos__", "abs": "__abs__"}
    f = getattr(Value, operators[name]) if name in operators else getattr(elementwise, name)
    free = [i for i, rule in enumerate(TABLE[name].slopes) if rule is not None]
    for xs in itertools.product(EXTREMES, repeat=TABLE[name].arity):
        arguments = [Value(x) if i in free else 0.5 for i, x in enumerate(xs)]
        y = f(*arguments)
        y.backward()
        for x, slope in zip([arguments[i] for i in free], gradient_graph(y, [arguments[i] for i in free])):
            if math.isfinite(y.data):  # beyond it, div_slope's schoolbook form has other nans
                assert str(slope.data) == str(x.grad) or slope.data == pytest.approx(x.grad, rel=1e-14), (xs, slope, x)


def test_dual_numbers_compare_and_print_by_their_primals():
    from autodiff.dual_numbers import Dual
    from autodiff.numbers import FLOATS

    a, b = Dual(1.0, 5.0, FLOATS), Dual(2.0, 0.0, FLOATS)
    assert a < b and a <= 1.0 and b > a and b >= 2.0 and a == 1.0 and a != b and repr(a) == "Dual(1.0, 5.0)"
    assert repr(FLOATS) == "System('float')"


def test_mpmath_answers_at_the_edges_as_ieee_does():
    system = many_digits(30)
    assert system.formula("div")(system.number(1), system.number(0)) == math.inf
    assert math.isnan(system.formula("div")(system.number(0), system.number(0)))
    assert math.isnan(system.formula("log")(system.number(-1))) and math.isnan(system.formula("asin")(system.number(2)))


def test_replay_over_many_digits_says_what_to_install(monkeypatch):
    import sys

    from autodiff.errors import MissingExtraError

    monkeypatch.setitem(sys.modules, "mpmath", None)
    with pytest.raises(MissingExtraError, match="pip install mpmath"):
        many_digits.__wrapped__(31)


def test_a_derivative_in_a_function_that_is_differentiated_at_a_value_stays_a_graph():
    inner = lambda x: grad(lambda y: y * x)(3.0)  # noqa: E731
    assert grad(inner)(Value(2.0)).data == 1.0 == jvp(inner, Value(2.0), 1.0)[1]


@pytest.mark.skipif(sys.platform == "emscripten", reason="a browser's Python has no threads")
def test_a_derivative_in_another_thread_stays_a_graph():
    inner = lambda x: grad(lambda y: y * x)(3.0)  # noqa: E731
    with ThreadPoolExecutor(1) as pool:
        assert grad(lambda x: pool.submit(inner, x).result())(2.0) == 1.0
