"""How a gradient passes through a box: the derivative of what the box gives, by each operation inside it.

>>> from autodiff import Value
>>> from autodiff.graph import topological_order
>>> w, x = Value(0.5), Value(2.0)
>>> product = w * x
>>> square = product ** 2
>>> box = Box(("square",), {})
>>> boxes = {product: box, square: box}
>>> order = topological_order(square)
>>> passages(order, boxes, exits(order, boxes, [square]))[product]  # of square, by product
2.0
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...value import Value
from .boxes import Box

Exits = dict[Box, dict[Value, None]]
Passages = dict[Value, float | None]


def exits(order: Sequence[Value], boxes: Mapping[Value, Box], roots: Iterable[Value]) -> Exits:
    """What each box gives: the members that others use, in order, and the outputs among its members."""
    found: Exits = {}
    for v in order:
        box = boxes.get(v) if v.parents else None
        for parent in v.parents:
            of = boxes.get(parent)
            if of is not box and of is not None:
                found.setdefault(of, {})[parent] = None
    for root in roots:
        if root in boxes:
            found.setdefault(boxes[root], {})[root] = None
    return found


def passages(order: Sequence[Value], boxes: Mapping[Value, Box], given: Exits) -> Passages:
    """The members of boxes from which something flows out: each with the derivative of the one value that its box
    gives, or with None where the box gives several. From the other members nothing gets out of the box."""
    found: Passages = {}
    for members in given.values():
        found.update(dict.fromkeys(members, 1.0 if len(members) == 1 else None))
    for v in reversed(order):
        if v not in found:
            continue
        box, above = boxes[v], found[v]
        for parent, slope in zip(v.parents, v.slopes):
            if slope is not None and parent.parents and boxes.get(parent) is box:
                sent = None if above is None else slope * above
                found[parent] = total(found[parent], sent) if parent in found else sent
    return found


def total(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a + b
