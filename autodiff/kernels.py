"""IEEE-754 arithmetic on Python floats, under the names of the Python array API standard.

Python's `math` raises where IEEE-754 has an answer: `math.exp(710)`, `1 / 0`, `math.log(0)`. Here a number never
raises: it becomes inf or nan as the standard says, so that eager and compiled code agree at every edge.

>>> exp(710.0), log(0.0), divide(1.0, -0.0), pow(-8.0, 1 / 3)
(inf, -inf, -inf, nan)
"""

import math
from collections.abc import Callable, Iterable, Sequence
from math import atan, atan2, copysign, erf, fabs as abs, hypot, inf, isinf, isnan, nan, pi, tanh, asinh
from operator import mul

__all__ = [
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "clip", "copysign", "cos", "cosh", "divide",
    "dot", "erf", "exp", "expm1", "floor", "floor_divide", "hypot", "inf", "isinf", "isnan", "largest", "log",
    "log10", "log1p", "log2", "maximum", "minimum", "nan", "ones", "pi", "pow", "remainder", "sign", "sin", "sinh",
    "sqrt", "swapped", "tan", "tanh", "total", "where",
]  # fmt: skip


def equal(a: float | None, b: float | None) -> bool:
    """Tell whether two numbers are equal, or both nan, or both missing."""
    return a == b or (a is not None and b is not None and a != a and b != b)


def same_bits(a: float, b: float) -> bool:
    """Tell whether two numbers have the same bits: 0.0 and -0.0 have not, and every nan counts as the same."""
    return equal(a, b) and (a != a or copysign(1, a) == copysign(1, b))


def nan_outside(function: Callable[[float], float]) -> Callable[[float], float]:
    """`function`, with nan where `math` raises because the argument lies outside its domain."""

    def quiet(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return nan

    return quiet


def inf_above(function: Callable[[float], float]) -> Callable[[float], float]:
    """`function`, with inf of the argument's sign where `math` raises because the result is too large."""

    def quiet(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return copysign(inf, x)

    return quiet


def inf_at(edge: float, function: Callable[[float], float]) -> Callable[[float], float]:
    """`function`, with -inf at the `edge` of its domain and nan beyond it."""

    def quiet(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return -inf if x == edge else nan

    return quiet


exp, expm1, sinh, _cosh = inf_above(math.exp), inf_above(math.expm1), inf_above(math.sinh), inf_above(math.cosh)
sin, cos, tan = nan_outside(math.sin), nan_outside(math.cos), nan_outside(math.tan)
asin, acos, acosh = nan_outside(math.asin), nan_outside(math.acos), nan_outside(math.acosh)
sqrt = nan_outside(math.sqrt)
log, log2, log10, log1p = inf_at(0, math.log), inf_at(0, math.log2), inf_at(0, math.log10), inf_at(-1, math.log1p)


def cosh(x: float) -> float:
    return abs(_cosh(x))  # abs, because an overflow takes the sign of x


def atanh(x: float) -> float:
    return math.atanh(x) if -1 < x < 1 or x != x else copysign(inf, x) if abs(x) == 1 else nan


def divide(a: float, b: float) -> float:
    try:
        return a / b
    except ZeroDivisionError:
        return nan if a == 0 or a != a else copysign(inf, a) * copysign(1, b)


def remainder(a: float, b: float) -> float:
    """What is left of a after whole b's, with the sign of b, as Python's %."""
    try:
        return a % b
    except ZeroDivisionError:
        return nan


def floor_divide(a: float, b: float) -> float:
    try:
        return a // b
    except ZeroDivisionError:
        return divide(a, b)


def pow(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return -inf if a < 0 and b % 2 == 1 else inf
    except ValueError:  # a negative base with a fractional exponent, or zero with a negative one
        return nan if a else copysign(inf, a) if b % 2 == 1 else inf


def floor(x: float) -> float:
    return float(math.floor(x)) if x - x == 0 and x != 0 else x


def sign(x: float) -> float:
    return 1.0 if x > 0 else -1.0 if x < 0 else 0.0 if x == 0 else x


def maximum(a: float, b: float) -> float:
    """The larger; a nan wins, and the first of two equals (which fixes the sign of zero)."""
    return a if a >= b or a != a else b


def minimum(a: float, b: float) -> float:
    """The smaller; a nan wins, and the first of two equals (which fixes the sign of zero)."""
    return a if a <= b or a != a else b


def clip(a: float, low: float, high: float) -> float:
    return minimum(maximum(a, low), high)


def where(condition: object, a: float, b: float) -> float:
    return a if condition else b


def largest(xs: Iterable[float]) -> float:
    """The largest; a nan wins."""
    xs = list(xs)
    return nan if any(x != x for x in xs) else max(xs)


def total(xs: Iterable[float]) -> float:
    """The exact sum, rounded once (so its order does not matter)."""
    xs = list(xs)
    try:
        y = math.fsum(xs)
    except (OverflowError, ValueError):  # a partial sum is too large, or inf - inf
        return _total_at_the_edge(xs)
    return -0.0 if y == 0 and xs and all(copysign(1, x) < 0 for x in xs) else y


def dot(xs: Sequence[float]) -> float:
    """The products of the first half with the second half, each rounded, and their sum rounded once."""
    half = len(xs) // 2
    return total(map(mul, xs[:half], xs[half:]))


def ones(xs: Sequence[float]) -> list[float]:
    """The slopes of a total."""
    return [1.0] * len(xs)


def swapped(xs: Sequence[float]) -> list[float]:
    """The slopes of a dot product whose operands stand one list after the other: each one's partner."""
    half = len(xs) // 2
    return [*xs[half:], *xs[:half]]


def _total_at_the_edge(xs: list[float]) -> float:
    from fractions import Fraction  # seldom needed, and slow to import

    infinite = [x for x in xs if x - x != 0]
    if infinite:
        return sum(infinite)
    exact = sum(map(Fraction, xs))
    try:
        return float(exact)
    except OverflowError:
        return inf if exact > 0 else -inf
