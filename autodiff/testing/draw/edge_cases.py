"""Where engines break: the numbers, and the points of an operation, that random floats never hit.

>>> from autodiff.ops import TABLE
>>> points(TABLE["maximum"], (1.0, 2.0))                  # its kink is a tie
[(1.0, 2.0), (2.0, 2.0)]
>>> [point for point in points(TABLE["clip"], (0.5, 0.0, 1.0))]
[(0.5, 0.0, 1.0), (0.0, 0.0, 1.0), (1.0, 0.0, 1.0)]
"""

import math
from functools import cache

from ...numbers import FLOATS
from ...ops import Op
from ...rule import COMPARISONS, Binary, Name, Rule

# ±0, ±1, subnormals, where exp over- and underflows, squares that do, nan: each has broken some engine
SPECIAL = (
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 20.0, -20.0, 40.0, -40.0, 709.78, -709.78, 710.0, -710.0,
    745.13, -745.13,
    5e-324, -5e-324, 1e-310, 1e-200, -1e-200, 1e200, -1e200, 1.7976931348623157e308, -1.7976931348623157e308,
    math.inf, -math.inf, math.nan,
)  # fmt: skip
PLAIN = (0.75, -1.25, 2.5, 0.3, -0.6, 1.5)  # nothing special: neither equal, nor whole, nor symmetric

Point = tuple[float, ...]
LETTERS = ("a", "b", "c")


def is_within(op: Op, xs: Point) -> bool:
    """Whether each input lies in its interval of the table's domain."""
    domains = op.domain * len(xs) if op.variadic else op.domain
    return all(low <= x <= high for (low, high), x in zip(domains, xs))


def at_kink(op: Op, xs: Point) -> bool:
    """Whether one of the row's kinks holds at these inputs."""
    return any(kink.evaluate({**FLOATS.names, **dict(zip(LETTERS, xs))}) for kink in op.kink_rules)


def points(op: Op, xs: Point) -> list[Point]:
    """The point itself, and one on each of the row's kinks: "a == b" moves a to b."""
    found = [xs]
    for kink in op.kink_rules:
        moved = dict(zip(LETTERS, xs))
        for name, rule in _equations(kink):
            moved[name] = float(rule.evaluate({**FLOATS.names, **moved}))
        found.append(tuple(moved.values()))
    return list(dict.fromkeys(found))


@cache
def _equations(kink: Rule) -> list[tuple[str, Rule]]:
    """The equations of a kink, as what the left name has to be."""
    comparisons = (each for each in kink.walk() if isinstance(each, Binary) and each.sign in COMPARISONS)
    return [(each.left.word, each.right) for each in comparisons if isinstance(each.left, Name)]
