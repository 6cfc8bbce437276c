"""Programs of one operation, in each form in which it can be written, at ordinary and at extreme points.

>>> [str(program).splitlines()[-1] for program in forms("mul", (0.75, 0.4))]
['y = a * b', 'y = a * 0.4', 'y = 0.75 * a']
"""

import math
from collections.abc import Iterator

from ...ops import BINARY, LOGSUMEXP, POW, TABLE
from ..draw.edge_cases import SPECIAL, Point
from ..draw.straight_line import Program, Step, isolate

DOUBLED = (360.0, -360.0)  # where exp(2 * x) and cosh(x) ** 2 over- or underflow
HAVE_FORMS = frozenset(BINARY.values())  # operators, which have reflected forms
WHOLE = 2  # beside -1, 0 and 1: the form of a power whose exponent is a whole number, which many engines write apart
ORDINARY = (
    (0.75, 0.4, 1.6, 0.3), (0.6, 1.3, 2.5, 1.1), (0.35, -0.85, 0.55, -0.45), (-0.9, 0.2, -0.3, 2.0),
    (1.7, 2.2, 3.1, 0.7),
)  # fmt: skip


def forms(op: str, xs: Point) -> Iterator[Program]:
    """An operation on inputs, and for an operator also with a plain number on either side."""
    row = TABLE[op]
    if row.variadic:
        yield Program(xs, (Step(op, tuple(range(len(xs)))),))
        return
    free = [index for index, rule in enumerate(row.slopes) if rule is not None or row.by_condition]
    yield isolate(op, xs, free)
    if op in HAVE_FORMS:
        yield Program(xs[:1], (Step(op, (0, xs[1])),))
        yield Program(xs[1:], (Step(op, (xs[0], 0)),))


def shapes(op: str) -> list[list[Program]]:
    """Each form of an operation at several points; for powers also whole exponents over bases of either sign."""
    found = [list(shape) for shape in zip(*[list(forms(op, xs)) for xs in ordinary_points(op)])]
    return [*found, *([list(powers())] if op == POW else [])]


def powers() -> Iterator[Program]:
    """Powers with a plain exponent, at bases of either sign if it is whole; the base 0 is among the edges."""
    for exponent in (2.0, 3.0, -1.0, -2.0, 0.5, 0.0, 1.0):
        for base in (1.7, 0.6) if exponent == 0.5 else (1.7, -3.0, -0.6):
            yield Program((base,), (Step(POW, (0, exponent)),))


def form(step: Step) -> tuple[str, int]:
    """The operation, and which operand of an operator is a plain number; -1 if none is, `WHOLE` for `a ** 2.0`."""
    exponent = step.operands[-1] if step.op == POW else None
    if type(exponent) is float and exponent.is_integer():
        return step.op, WHOLE
    numbers = [index for index, x in enumerate(step.operands) if type(x) is float] if step.op in HAVE_FORMS else []
    return step.op, numbers[0] if numbers else -1


def ordinary_points(op: str) -> list[Point]:
    """Points of the operation's domain at which nothing is special."""
    row = TABLE[op]
    count = (4 if row.paired else 3) if row.variadic else len(row.slopes)
    inside = [xs[:count] for xs in ORDINARY if all(low <= x <= high for (low, high), x in zip(row.domain * count, xs))]
    if row.has_bounds:
        return [(0.3, -0.5, 0.9), (0.95, -0.5, 0.9), (-0.7, -0.5, 0.9)]
    if op == POW:
        return [(0.75, 0.4), (0.6, 1.3), (1.7, 2.2)]
    return inside


def special_points(op: str) -> list[Point]:
    """Extreme points, in the domain or not: IEEE-754 has an answer everywhere."""
    row = TABLE[op]
    if row.variadic:
        return [(710.0, 710.0, 709.78), (-800.0, -801.0, -802.0), (math.nan, 1.0, 2.0)] if op == LOGSUMEXP else []
    if len(row.slopes) == 1:
        return [(x,) for x in sorted((*SPECIAL, *DOUBLED), key=_strangeness)]
    if row.has_constants:
        return []
    some = (0.0, 1.0, -1.0, -8.0, 1 / 3, 710.0, 1e200, 1e-200, 1e-310, math.inf, math.nan)
    return [(a, b) for a in some for b in some]


def _strangeness(x: float) -> tuple[bool, bool, float]:
    """An order: the larger the stranger, then the smaller, then nan; the first number that fails is told."""
    tiny = 0 < abs(x) < 1e-10
    return x != x, tiny, -abs(x) if tiny else abs(x)
