"""Check one row of the table, such as an operation of your own, before anything is built on it.

>>> from autodiff.ops import Op
>>> check_operation(Op("cube", "a * a * a", ("3 * a * a",)))
>>> check_operation(Op("cube", "a * a * a", ("3 * a",)))
Traceback (most recent call last):
    ...
autodiff.errors.GradientError: cube at 0.75: the local derivative along a, `3 * a`, gives 2.25, and the right one is ...
"""

import math
from collections.abc import Iterator, Sequence
from itertools import islice, product

from ... import rules
from ...errors import GradientError, OperandError, ReplayError, shown
from ...numbers import FLOATS, System
from ...ops import Op, check_row
from ..derive.high_precision import OneSided, nearest, one_sided
from ..draw.straight_line import N
from ..draw.edge_cases import PLAIN, SPECIAL, Point, points, is_within

VALUE_ULPS, SLOPE_ULPS = 4, 8
NORMAL = 2.2250738585072014e-308  # below it float64 has fewer digits, and no relative accuracy can be asked


def check_operation(op: Op, at: Sequence[Point] | None = None) -> None:
    """Check a row's formula and local derivatives in floats against 50 digits, on its domain and at its kinks.

    The value must be within 4 units in the last place and each slope within 8, at `at` or at ordinary and extreme
    points; at a kink the slope must lie between its two sides. A `GradientError` names the rule, the point and both
    numbers.
    """
    if not isinstance(op, Op):
        raise OperandError(f"check_operation: expected an Op, a row of the table, got {shown(op)}")
    check_row(op)
    for xs in points_of(op) if at is None else at:
        failure = _wrong(op, xs)
        if failure:
            raise GradientError(f"{op.name} at {', '.join(map(repr, xs))}: {failure}")


def points_of(op: Op) -> Iterator[Point]:
    """Points of the operation's domain: ordinary ones first, then extremes, each with the kinks beside it."""
    domains = op.domain * 2 if op.variadic else op.domain
    ordinary = [[x for x in (*PLAIN, 1.75, 3.0) if low <= x <= high] for low, high in domains]
    extreme = [[x for x in (*PLAIN[:2], *SPECIAL) if low <= x <= high and is_usual(x)] for low, high in domains]
    for xs in [*islice(product(*ordinary), 40), *islice(zip(*extreme), 100), *islice(product(*extreme), 100)]:
        yield from (point for point in points(op, xs) if is_within(op, point))


def is_usual(x: float) -> bool:
    """Whether 50-digit numbers can say what is right: they have no -0.0, and are slow beyond 1e200."""
    return abs(x) <= 1e200 and (x, math.copysign(1, x)) != (0, -1)


def _wrong(op: Op, xs: Point) -> str | None:
    """What is wrong with the row at a point, in words; None if nothing is, or nothing can be compared."""

    def exactly(system: System, inputs: tuple[N, ...]) -> N:
        formula = rules.formula(op, system.names, system.write)
        try:
            return formula(inputs) if op.variadic else formula(*inputs)
        except (OverflowError, ReplayError):  # beyond what even mpmath can hold
            return system.names["nan"]

    operands = (xs,) if op.variadic else xs
    y = rules.formula(op, FLOATS.names, rules.ieee)(*operands)
    right = one_sided(exactly, xs, (), digits=200)
    if not _near(y, right, VALUE_ULPS):
        return f"the formula, `{op.formula}`, gives {y!r} in floats, and the right value is {float(right.right)!r}"
    for index, x in enumerate(xs):
        rule = op.slopes[0 if op.variadic else index]
        if rule is None or op.stops or not math.isfinite(y):  # one that stops the gradient means to
            continue
        given = rules.slope(op, 0 if op.variadic else index, FLOATS.names, rules.ieee)(*operands, y)
        slope = (given[index] if op.variadic else given) or 0.0
        exact = one_sided(exactly, xs, (index,))
        if not _near(slope, exact, SLOPE_ULPS):
            along = f"operand {index + 1}" if op.variadic else "abc"[index]
            sides = "the right one is " + repr(nearest(exact.right)) if not exact.kink else (
                f"at this kink it must lie between {nearest(exact.left)!r} and {nearest(exact.right)!r}")
            return f"the local derivative along {along}, `{rule}`, gives {slope!r}, and {sides}"
    return None


def _near(given: float, exact: OneSided, ulps: int) -> bool:
    low, high = exact.ends
    if not math.isfinite(low + high) or 0 < max(abs(low), abs(high)) < NORMAL:
        return True
    tolerance = ulps * math.ulp(max(abs(low), abs(high)))
    return low - tolerance <= given <= high + tolerance
