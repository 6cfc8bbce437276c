"""The paths from x to y: counted without being listed, the largest found without trying the others.

>>> product([2.0**1000, 2.0**1000, 2.0**-1000, 2.0**-1000])
1.0
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from heapq import nlargest
from math import frexp, inf, isfinite, isnan, ldexp, log2, prod
from typing import Any, NamedTuple

from .snapshot import Node

ALIKE = 9  # digits of a logarithm: what differs beyond them is as large, on every machine and on a page
MOST_EXACT = 400  # edges: beyond it exact fractions grow too long to be worth the wait

Edge = tuple[Node, int, float | None]  # a node, which operand of it, and the slope
# None at x, else (the way to the operand, its number, the slope, which operand it is): a list that shares its tails
Way = Any


class Path(NamedTuple):
    """One path from x to y: its nodes, the slope of each edge, and their product (exact where `exact` is not None).

    `operands` tells for each edge which operand of the node that it enters it is.
    """

    nodes: tuple[int, ...]
    slopes: tuple[float, ...]
    product: float
    exact: Fraction | None
    operands: tuple[int, ...] = ()


def counts(nodes: Sequence[Node], x: int) -> tuple[list[int], list[int]]:
    """How many paths lead from x to each node along edges that carry something, and along all edges."""
    carrying, every = [0] * len(nodes), [0] * len(nodes)
    carrying[x] = every[x] = 1
    for node in nodes[x + 1 :]:
        for parent, slope in zip(node.parents, node.slopes, strict=True):
            every[node.number] += every[parent]
            carrying[node.number] += carrying[parent] if slope is not None else 0
    return carrying, every


def exact_sum(size: int, x: int, flowing: list[Edge]) -> Fraction | None:
    """The sum over all paths without any rounding; None where it is infinite or the fractions too long."""
    if len(flowing) > MOST_EXACT or not all(slope is not None and isfinite(slope) for _, _, slope in flowing):
        return None
    sums = [Fraction()] * size
    sums[x] = Fraction(1)
    for node, operand, slope in flowing:
        sums[node.number] += sums[node.parents[operand]] * Fraction(slope or 0.0)
    return sums[-1]


def largest_paths(nodes: Sequence[Node], x: int, count: list[int], most: int, exact: bool) -> list[Path]:
    """The paths of the largest products, by size: a node's largest lead through the largest of its parents."""
    ways: dict[int, list[tuple[float, int, Way]]] = {x: [(0.0, 0, None)]}
    serial = 0
    for node in nodes[x + 1 :]:
        candidates = []
        for operand, (parent, slope) in enumerate(zip(node.parents, node.slopes, strict=True)):
            if slope is not None and count[parent]:
                for size, _, way in ways.get(parent, ()):
                    serial -= 1  # of equals, the first found
                    candidates.append((_plus(size, slope), serial, (way, parent, slope, operand)))
        if candidates:
            ways[node.number] = nlargest(most, candidates, key=lambda each: (round(each[0], ALIKE), each[1]))
    return [_path(len(nodes) - 1, way, exact) for _, _, way in ways.get(len(nodes) - 1, ())]


def _plus(size: float, slope: float) -> float:
    """The size of a product, as a logarithm, with one more slope; whatever is nan is larger than anything."""
    more = log2(abs(slope)) if isfinite(slope) and slope != 0 else -inf if slope == 0 else inf
    total = size + more
    return inf if isnan(total) else total


def _path(end: int, way: Way, exact: bool) -> Path:
    edges: list[tuple[int, float, int]] = []
    while way is not None:
        way, *edge = way
        edges.append((edge[0], edge[1], edge[2]))
    parents, slopes, operands = zip(*reversed(edges)) if edges else ((), (), ())
    fraction = prod(map(Fraction, slopes), start=Fraction(1)) if exact else None
    total = to_float(fraction) if fraction is not None else product(slopes)
    return Path((*parents, end), slopes, total, fraction, operands)


def to_float(fraction: Fraction) -> float:
    """The nearest float, which is infinite for a fraction beyond them all."""
    try:
        return float(fraction)
    except OverflowError:
        return inf if fraction > 0 else -inf


def product(factors: Iterable[float]) -> float:
    """The product of many numbers, without over- or underflow on the way."""
    mantissa, exponent = 1.0, 0
    for factor in factors:
        if isfinite(mantissa * factor) and factor != 0:
            part, power = frexp(factor)
            mantissa, more = frexp(mantissa * part)
            exponent += power + more
        else:
            mantissa *= factor
    try:
        return ldexp(mantissa, exponent)
    except OverflowError:
        return mantissa * inf
