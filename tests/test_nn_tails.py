"""Activations and losses keep their digits far out and near 0, and are numbers at infinity: compared with 50 digits."""

import math

import mpmath
import numpy as np
import pytest

from autodiff import Value, compile, grad, nn
from autodiff.nn import activations

SIZES = [1e-300, 1e-16, 1e-8, 1e-4, 0.01, 0.5, 1.0, 2.5, 7.0, 20.0, 40.0, 300.0, 700.0, 1e4, 1e8, 1e16, 1e150]
POINTS = [sign * size for size in SIZES for sign in (1, -1)]
EXACT = {
    "exponential": mpmath.exp,
    "log_sigmoid": lambda x: -mpmath.log1p(mpmath.exp(-x)),
    "mish": lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))),
    "selu": lambda x: mpmath.mpf("1.0507009873554804934193349852946") * (
        x if x > 0 else mpmath.mpf("1.6732632423543772848170429916717") * mpmath.expm1(x)),
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "squareplus": lambda x: (x + mpmath.sqrt(x * x + 4)) / 2,
    "tanh": mpmath.tanh,
}  # fmt: skip


def log_cosh(x):
    return nn.losses.log_cosh([0.0], [x])


def exact_log_cosh(x):
    return abs(x) + mpmath.log1p(mpmath.exp(-2 * abs(x))) - mpmath.log(2)


CASES = [(activations.find(name), exact) for name, exact in EXACT.items()] + [(log_cosh, exact_log_cosh)]


def value_and_slope(exact, x):
    """To 50 digits where the numbers are in float64's range."""
    with mpmath.workdps(400):
        return exact(mpmath.mpf(x)), mpmath.diff(exact, mpmath.mpf(x), h=abs(mpmath.mpf(x)) / mpmath.mpf(10) ** 50)


def agree(found, wanted):
    return abs(mpmath.mpf(found) - wanted) <= 1e-15 * abs(wanted) + 1e-290 or found == math.inf and wanted > 1e300


@pytest.mark.parametrize("function, exact", CASES, ids=[*EXACT, "log_cosh"])
def test_values_and_slopes_keep_their_digits(function, exact):
    for x in POINTS:
        argument = Value(x)
        y = function(argument)
        y.backward()
        value, slope = value_and_slope(exact, x)
        assert agree(y.data, value) and agree(argument.grad, slope), (x, y.data, argument.grad)


@pytest.mark.parametrize("function", [function for function, _ in CASES], ids=[*EXACT, "log_cosh"])
def test_arrays_keep_them_too(function):
    with np.errstate(all="ignore"):
        values, (slopes,) = compile(function, "numpy").value_and_grad(np.array(POINTS))
    for x, value, slope in zip(POINTS, values, slopes):
        argument = Value(x)
        y = function(argument)
        y.backward()
        assert [value, slope] == pytest.approx([y.data, argument.grad], rel=1e-15), x


@pytest.mark.parametrize("name, below, above", [
    ("softsign", -1.0, 1.0), ("mish", 0.0, math.inf), ("hard_silu", 0.0, math.inf), ("squareplus", 0.0, math.inf),
    ("silu", 0.0, math.inf), ("tanh_shrink", -math.inf, math.inf), ("hard_sigmoid", 0.0, 1.0),
])  # fmt: skip
def test_an_infinite_number_has_the_limit(name, below, above):
    function = activations.find(name)
    assert (function(-math.inf), function(math.inf)) == (below, above)
    assert grad(function)(-math.inf) == {"tanh_shrink": 1.0}.get(name, 0.0)


def test_the_second_derivative_of_log_cosh_is_that_of_a_parabola_at_0():
    assert grad(grad(log_cosh))(0.0) == 1.0
    assert grad(grad(log_cosh))(1.0) == pytest.approx(1 / math.cosh(1.0) ** 2, rel=1e-14)
