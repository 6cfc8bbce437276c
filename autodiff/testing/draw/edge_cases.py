"""Where engines break: the numbers, and the points of an operation, that random floats never hit.

>>> from autodiff.ops import TABLE
>>> points(TABLE["maximum"], (1.0, 2.0))                  # its kink is a tie
[(1.0, 2.0), (2.0, 2.0)]
>>> [point for point in points(TABLE["clip"], (0.5, 0.0, 1.0))]
[(0.5, 0.0, 1.0), (0.0, 0.0, 1.0), (1.0, 0.0, 1.0)]
"""

import ast
import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from ...door import expression
from ...numbers import FLOATS
from ...ops import Op

# ±0, ±1, subnormals, where exp over- and underflows, squares that do, nan: each has broken some engine
SPECIAL = (
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 20.0, -20.0, 40.0, -40.0, 709.78, -709.78, 710.0, -710.0,
    745.13, -745.13,
    5e-324, -5e-324, 1e-310, 1e-200, -1e-200, 1e200, -1e200, 1.7976931348623157e308, -1.7976931348623157e308,
    math.inf, -math.inf, math.nan,
)  # fmt: skip
PLAIN = (0.75, -1.25, 2.5, 0.3, -0.6, 1.5)  # nothing special: neither equal, nor whole, nor symmetric

Point = tuple[float, ...]


def within(op: Op, xs: Point) -> bool:
    """Whether each input lies in its interval of the table's domain."""
    domains = op.domain * len(xs) if op.variadic else op.domain
    return all(low <= x <= high for (low, high), x in zip(domains, xs))


def at_kink(op: Op, xs: Point) -> bool:
    """Whether one of the row's kinks holds at these inputs."""
    names = dict(zip("abc", xs)) if not op.variadic else {}
    return any(kink(**names) for kink in _kinks(op, tuple(names)))


def points(op: Op, xs: Point) -> list[Point]:
    """The point itself, and one on each of the row's kinks: "a == b" moves a to b."""
    found = [xs]
    for kink in op.kinks:
        moved = dict(zip("abc", xs))
        for name, rule in _equations(kink):
            moved[name] = float(_function(rule, tuple(moved))(**moved))
        found.append(tuple(moved.values()))
    return list(dict.fromkeys(found))


@cache
def _kinks(op: Op, names: tuple[str, ...]) -> list[Callable[..., Any]]:
    return [_function(kink, names) for kink in op.kinks]


@cache
def _function(rule: str, names: tuple[str, ...]) -> Callable[..., Any]:
    return expression(rule, ", ".join(names), "kink", FLOATS.names)


@cache
def _equations(kink: str) -> list[tuple[str, str]]:
    """The equations of a kink, as what the left name has to be."""

    def found() -> Iterator[tuple[str, str]]:
        for node in ast.walk(ast.parse(kink, mode="eval")):
            if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name):
                yield node.left.id, ast.unparse(node.comparators[0])

    return list(found())
