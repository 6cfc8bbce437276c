"""Second and third derivatives are those of the function, not of the guards in a rule; at kinks they are warned of."""

import itertools
import math
from math import inf, isnan, nan

import pytest

import autodiff
from autodiff import (
    Value, acosh, asin, atanh, clip, compile, cos, elu, erf, exp, gelu, grad, gradient_graph, hessian, hvp, hypot, jvp,
    leaky_relu, log, log1p, log2, log10, maximum, minimum, relu, replay, silu, sin, sqrt, tanh, vjp, xlogy,
)
from autodiff.errors import KinkWarning
from autodiff.numbers import FLOATS, many_digits
from autodiff.ops import INTERNAL, TABLE
from autodiff.testing import check_gradients

MP = many_digits(60)
mp = MP.number(1.0).context


def nth(f, order):
    for _ in range(order):
        f = grad(f)
    return f


# ---- single lines, each a kind ----

LINES = [
    (lambda t: exp(t) ** t, 0.0, 2, 2.0), (lambda t: exp(t) ** t, 0.0, 4, 12.0),
    (lambda t: (1 + t) ** (t - 0.5), 0.5, 2, 1.4977352872264988),
    (lambda t: t**0.5, 0.0, 2, -inf), (sqrt, 0.0, 2, -inf), (log, 0.0, 2, -inf), (log, -0.0, 2, -inf), (log, 0.0, 3, inf),
    (log2, 0.0, 2, -inf), (log10, 0.0, 2, -inf), (log1p, -1.0, 2, -inf), (asin, 1.0, 2, inf), (asin, -1.0, 2, -inf),
    (atanh, 1.0, 2, inf), (atanh, -1.0, 2, -inf), (acosh, 1.0, 2, -inf), (log, -1.0, 2, nan), (sqrt, -1.0, 2, nan),
    (atanh, 2.0, 2, nan), (log1p, -2.0, 2, nan), (lambda t: t**3, 0.0, 3, 6.0), (lambda t: t**2, 0.0, 2, 2.0),
    (lambda t: t**2, inf, 2, 2.0), (lambda t: t**2, 1e308, 2, 2.0), (lambda t: t**0, 0.0, 2, 0.0), (lambda t: t**1, 0.0, 2, 0.0),
    (lambda t: relu(t) ** 3, 0.0, 2, 0.0), (lambda t: elu(t, 1.0), 0.0, 2, 1.0), (lambda t: (-t) ** 2, 3.0, 2, 2.0),
    (lambda t: xlogy(t, t), 2.0, 2, 0.5), (lambda t: t * t / t, 3.0, 2, 0.0), (lambda t: 1 / t, 0.0, 2, inf),
    (lambda t: maximum(t, t) ** 2, 3.0, 2, 2.0), (lambda t: t**-1, 1e-200, 2, inf), (lambda t: abs(t) ** 2, -3.0, 2, 2.0),
]


@pytest.mark.parametrize(("f", "x", "order", "expected"), LINES)
def test_a_line_has_the_derivative_of_the_function(f, x, order, expected):
    found = nth(f, order)(x)
    assert isnan(found) if isnan(expected) else found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("target", ["math", "numpy"])
@pytest.mark.parametrize(("f", "x", "order", "expected"), [line for line in LINES if line[2] == 2])
def test_a_line_has_it_compiled_too(f, x, order, expected, target):
    ((found,),) = compile(f, target).hessian(x)
    assert isnan(found) if isnan(expected) else found == pytest.approx(expected, rel=1e-12)


def test_a_coefficient_of_0_does_not_hide_the_mixed_derivative():
    assert hessian(xlogy)(0.0, 2.0) == [[0.0, 0.5], [0.5, -0.0]]
    assert hessian(lambda x, y: x * log(y))(0.0, 2.0) == [[0.0, 0.5], [0.5, 0.0]]


@pytest.mark.parametrize("x", [5e-324, 1e-310, 1e-206, 3e-206, 1e-162, 1e-107, 1e-103, 0.5, 2.0, 1e155, 1e300])
@pytest.mark.parametrize("exponent", [2.0**-52, 2.0**-30, 0.125, 0.5, 1.0, 2.0, 3.0, 4.0, 100.0, -0.5, -1.0, -2.0, -(2.0**-52)])
def test_a_gradient_graph_of_a_power_neither_overflows_nor_underflows_on_its_way(x, exponent):
    a = Value(x)
    y = a**exponent
    y.backward()
    (slope,) = gradient_graph(y, [a])
    assert slope.data == a.grad or abs(slope.data - a.grad) <= 4 * math.ulp(a.grad)


def test_a_large_odd_exponent_keeps_its_sign_in_a_gradient_graph():
    x = Value(-1.0)
    assert gradient_graph(x**1e16, [x])[0].data == -1e16
    assert gradient_graph(gradient_graph(x**1e16, [x])[0], [x])[0].data == 1e32


def test_an_input_that_does_not_move_sends_nothing():
    assert jvp(lambda x, y: log(x) - y**2, (0.0, 1.0), (0.0, 1.0)) == (-inf, -2.0)
    assert hvp(lambda x, y: log(x) - y**2, (0.0, 1.0), (0.0, 1.0)) == (0.0, -2.0)
    assert hvp(lambda x, y: x * y, (1.0, 2.0), (0.0, 0.0)) == (0.0, 0.0)


# ---- every row of the table ----

ROWS = [op for op in TABLE.values() if not op.variadic and op.name not in {row.name for row in INTERNAL} and op.name != "stop_gradient"]
CONSTANTS = {"clip": (-2.0, 3.0), "leaky_relu": (0.25,), "elu": (0.75,)}  # what stands behind the first operand
AT = (0.0, 1.0, -1.0, 0.5, 2.0)


def function_of(op):
    """The operation as a function of Values: an operator or a public function."""
    return (lambda *xs: op.rule.evaluate({**vars(autodiff), **{n: getattr(autodiff, n) for n in autodiff.__all__}, "abs": abs,
                                          "remainder": lambda a, b: a % b, **dict(zip(op.inputs, xs))}))


def cases():
    for op in ROWS:
        free = op.arity - len(CONSTANTS.get(op.name, ())) - (op.name == "where")
        for point in itertools.product(AT, repeat=free):
            whole = (1.0, *point) if op.name == "where" else (*point, *CONSTANTS.get(op.name, ()))
            inside = all(low < x < high for x, (low, high) in zip(whole, op.domain))
            numbers = {**FLOATS.names, **dict(zip(op.inputs, whole))}
            if inside and math.isfinite(FLOATS.formula(op.name)(*whole)) and not any(k.evaluate(numbers) for k in op.kink_rules):
                on_cut = op.name == "atan2" and point[0] == 0 and point[1] <= 0 or op.name == "pow" and point[0] <= 0
                if not on_cut:
                    yield pytest.param(op, whole, free, id=f"{op.name}{point}")


CASES = list(cases())


def inner(place, system):
    """What leads from t = 0 to an operand: 0 there, and with derivatives of every order."""
    if place == 0:
        return lambda t: system["sin"](t) + t * t / 2
    return lambda t: t * 7 / 10 - t * t


def outer(y, system):
    return system["exp"](y / 4) * (1 + y)


def composed(op, point, call, system):
    def f(t):
        moved = [inner(place, system)(t) + x if place < 2 else x for place, x in enumerate(point)]
        if op.name == "where":
            moved = [point[0], inner(0, system)(t) + point[1], inner(1, system)(t) + point[2]]
        if op.name in CONSTANTS:
            moved = [moved[0], *CONSTANTS[op.name]]
        return outer(call(*moved), system)
    return f


@pytest.mark.parametrize(("op", "point", "free"), CASES)
def test_a_row_composed_with_smooth_functions_has_its_second_and_third_derivative(op, point, free):
    f = composed(op, point, function_of(op), vars(autodiff) | {"exp": exp, "sin": sin})
    exact = composed(op, point, MP.formula(op.name), MP.names)
    for order in (2, 3):
        expected = mp.diff(lambda t: mp.mpf(exact(t)), 0, order)
        assert nth(f, order)(0.0) == pytest.approx(float(expected), rel=1e-9, abs=1e-9), order


@pytest.mark.parametrize(("op", "point", "free"), [case for case in CASES if case.values[2] == 2])
def test_a_row_of_two_operands_has_a_symmetric_hessian(op, point, free):
    (aa, ab), (ba, bb) = hessian(function_of(op))(*point[-2:] if op.name != "where" else point[1:]) if op.name != "where" else hessian(
        lambda a, b: function_of(op)(1.0, a, b))(*point[1:])
    assert ab == ba
    exact = (lambda a, b: mp.mpf(MP.formula(op.name)(mp.mpf(1), a, b))) if op.name == "where" else (
        lambda a, b: mp.mpf(MP.formula(op.name)(a, b)))
    at = tuple(mp.mpf(x) for x in point[-2:])
    for found, orders in ((aa, (2, 0)), (ab, (1, 1)), (bb, (0, 2))):
        assert found == pytest.approx(float(mp.diff(exact, at, orders)), rel=1e-9, abs=1e-9), orders


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_check_gradients_confirms_the_second_derivatives_of_every_row(op):
    points = [case.values[1] for case in CASES if case.values[0] is op]
    assert points
    first, last = (1.0,) * (op.name == "where"), CONSTANTS.get(op.name, ())
    for point in points:
        moving = point[len(first) : len(point) - len(last)]
        check_gradients(lambda *xs: function_of(op)(*first, *xs, *last), list(moving), order=2)


@pytest.mark.parametrize(("op", "point", "free"), [case for case in CASES if case.values[2] == 2][::7])
def test_dual_numbers_over_dual_numbers_agree(op, point, free):
    x = Value(0.0)
    f = composed(op, point, function_of(op), vars(autodiff) | {"exp": exp, "sin": sin})
    second = nth(f, 2)(0.0)
    from autodiff.dual_numbers import Dual, duals
    once, twice = duals(), duals(duals())
    y = f(x)
    at = {x: Dual(Dual(0.0, 1.0, FLOATS), Dual(1.0, 0.0, FLOATS), once)}
    found = replay(y, twice, at).value
    assert found.tangent.tangent == pytest.approx(second, rel=1e-9, abs=1e-9)


# ---- kinks ----

KINKS = [
    (lambda x: cos(abs(x)), (0.0,), "abs"), (lambda x: abs(x) * x, (0.0,), "abs"), (lambda x: maximum(x, x * x) ** 2, (1.0,), "maximum"),
    (lambda x, y: minimum(x, y) ** 2, (2.0, 2.0), "minimum"), (lambda a, b: exp(-(hypot(a, b) ** 2)), (0.0, 0.0), "hypot"),
    (lambda x: leaky_relu(x, -0.5) * x, (0.0,), "leaky_relu"), (lambda x: elu(x, -1.0) * x, (0.0,), "elu"),
    (lambda x: autodiff.sign(x) * x * x, (0.0,), "sign"), (lambda x: exp(-(hypot(x, x) ** 2)), (0.0,), "hypot"),
]


@pytest.mark.parametrize(("f", "at", "name"), KINKS)
@pytest.mark.parametrize("route", ["hessian", "hvp", "grad of grad", "grad of jvp", "grad of vjp", "compiled"])
def test_a_kink_whose_slope_is_that_of_neither_side_is_warned_of_with_its_line(f, at, name, route):
    with pytest.warns(KinkWarning, match=rf"{name}\(.*\), at .*test_second_order.py:\d+.* stands at a kink" if route != "compiled" else name):
        if route == "hessian":
            hessian(f)(*at)
        elif route == "hvp":
            hvp(f, at, (1.0,) * len(at))
        elif route == "grad of grad":
            first = grad(f)
            grad(lambda *xs: first(*xs)[0] if len(at) > 1 else first(*xs))(*at)
        elif route == "grad of jvp":
            grad(lambda *xs: jvp(f, xs, (1.0,) * len(at))[1])(*at)
        elif route == "grad of vjp":
            grad(lambda *xs: vjp(f, *xs)[1](1.0) if len(at) == 1 else vjp(f, *xs)[1](1.0)[0])(*at)
        else:
            compile(f).hessian(*at)


@pytest.mark.parametrize(("f", "x"), [
    (relu, 0.0), (lambda x: autodiff.clip(x, 0.0, 1.0) ** 2, 0.0), (lambda x: x % 2, 4.0), (lambda x: leaky_relu(x, 0.1) ** 2, 0.0),
    (lambda x: elu(x, 2.0), 0.0), (lambda x: maximum(x, x), 1.0), (lambda x: abs(x) ** 2, 1.0), (autodiff.floor, 1.0),
])
def test_where_derivatives_hold_on_one_side_nothing_is_warned_of(f, x):
    hessian(f)(x)
    hvp(f, x, 1.0)


def test_a_kink_that_depends_on_an_input_by_a_condition_alone_is_not_warned_of():
    s = Value(1.0)

    def f(x):
        return hypot(autodiff.where(x > 0, s, 0.0), autodiff.where(x > 0, s, 0.0)) + x * x

    def g(x):
        return autodiff.where(minimum(x, 1.0) > 0, x * x, x)

    for target in ("math", "numpy"):
        assert compile(f, target).hessian(-1.0) == hessian(f)(-1.0) == [[2.0]]
        assert compile(g, target).hessian(1.0) == hessian(g)(1.0) == [[2.0]]


def test_a_first_derivative_at_a_kink_is_no_matter_for_a_warning():
    assert grad(abs)(0.0) == 0.0 and jvp(abs, 0.0, 1.0) == (0.0, 0.0) and vjp(abs, 0.0)[1](1.0) == 0.0
    assert grad(lambda w: jvp(abs, 0.0, w)[1] + vjp(abs, 0.0)[1](w))(1.0) == 0.0
    assert compile(abs).value_and_grad(0.0) == (0.0, (0.0,))


def test_a_compiled_hessian_hears_of_a_kink_that_comes_later():
    compiled = compile(lambda x: cos(abs(x)))
    assert compiled.hessian(1.0) == [[-math.cos(1.0)]]
    with pytest.warns(KinkWarning, match="abs"):
        compiled.hessian(0.0)


def test_elu_s_second_derivative_at_0_is_that_of_the_side_of_its_first():
    assert (nth(lambda x: elu(x, 0.5), 1)(0.0), nth(lambda x: elu(x, 0.5), 2)(0.0)) == (0.5, 0.5)
    assert (nth(lambda x: elu(x, 2.0), 1)(0.0), nth(lambda x: elu(x, 2.0), 2)(0.0)) == (1.0, 0.0)


def test_everything_smooth_is_smooth_at_ordinary_points():
    f = nth(lambda x: tanh(x) * erf(x) + sqrt(1 + x * x), 3)
    assert f(0.5) == pytest.approx(float(mp.diff(lambda x: mp.tanh(x) * mp.erf(x) + mp.sqrt(1 + x * x), 0.5, 3)), rel=1e-12)


@pytest.mark.parametrize("f", [erf, lambda x: erf(x / 3) ** 3, gelu, silu])
@pytest.mark.parametrize("x", [inf, -inf, 1e308, 1e200, 40.0, -61.0, 0.5])
def test_a_bell_has_no_slope_far_away_by_every_route(f, x):
    (wanted,) = hessian(f)(x)
    assert not isnan(wanted[0])
    assert compile(f, "math").hessian(x)[0] == pytest.approx(wanted, rel=1e-12)
    value = Value(x)
    (slope,) = gradient_graph(f(value), [value])
    assert gradient_graph(slope, [value])[0].data == pytest.approx(wanted[0], rel=1e-12)


@pytest.mark.parametrize("f", [lambda x: x % 2.0, lambda x: clip(x, -1.0, 1.0), lambda x: leaky_relu(x, 0.1), lambda x: elu(x, 0.5)])
def test_a_graph_is_replayed_over_values_also_where_an_operation_takes_numbers(f):
    x = Value(-0.75)
    y = f(x)
    y.backward()
    again = replay(y, Value)
    assert again.value.data == y.data and again.gradients[x].data == x.grad
