"""The edges of a picture: one for every operand, or one for all that lead from one box to another.

A merged edge tells the truth about the whole way: its flow is the sum of what comes back along the edges it stands
for, its slope is the derivative of what the box gives, and it is blocked if nothing gets out of the box.

>>> x = Value(3.0)
>>> z = x * x
>>> y = z * z
>>> box = Box(("fourth power",), {})
>>> boxes = {z: box, y: box}
>>> edges = Edges({x: "n0", z: "n1", y: "n1"}, boxes, {}, (), Highlight()).make([x, z, y], {box: {y: None}})
>>> [(edge.slope, edge.times) for edge in edges]
[(108.0, 2)]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from ...ops import TABLE
from ...value import NOTHING, Value
from .boxes import Box
from .labels import is_lettered
from .picture import Edge
from .through import Exits, passages


class Highlight(NamedTuple):
    """What to highlight: nodes, and edges as operations with the number of an operand; None for all between nodes."""

    nodes: frozenset[Value] = frozenset()
    edges: frozenset[tuple[Value, int]] | None = None

    def has(self, v: Value, i: int) -> bool:
        """Whether the edge of an operand, along which something flows, is to be highlighted."""
        if v not in self.nodes or v.slopes[i] is None:
            return False
        return v.parents[i] in self.nodes if self.edges is None else (v, i) in self.edges


class Edges:
    """Makes the edges of a picture from the keys of its nodes."""

    def __init__(
        self, keys: Mapping[Value, str], boxes: Mapping[Value, Box], hidden: dict[Value, str],
        reached: Collection[Value], lit: Highlight,
    ) -> None:  # fmt: skip
        self.keys, self.boxes, self.hidden, self.reached, self.lit = keys, boxes, hidden, reached, lit

    def make(self, order: Sequence[Value], exits: Exits) -> list[Edge]:
        """An edge for every operand; those between a group and the rest are merged."""
        keys, boxes, edges = self.keys, self.boxes, list[Edge]()
        merged: defaultdict[tuple[str, str], _Merged] = defaultdict(_Merged)
        through = passages(order, boxes, exits)
        for v in order:
            if not v.parents or (target := keys.get(v)) is None:
                continue
            whole, above = v in boxes, v.grad if self.flows(v) else None
            marked = v in self.lit.nodes
            shut, factor = whole and v not in through, through.get(v) if whole else 1.0
            for i, parent in enumerate(v.parents):
                source = keys.get(parent)
                if source is None or source == target:
                    continue
                if whole or parent in boxes:
                    slope = None if shut else v.slopes[i]
                    merged[source, target].add(parent, slope, factor, above, marked and self.lit.has(v, i))
                else:
                    edges.append(self.edge(v, i, source, target, above))
        above_of = self.above(exits)
        return [*edges, *(each.edge(*ends, above_of.get(ends[1])) for ends, each in merged.items())]

    def edge(self, v: Value, i: int, source: str, target: str, above: float | None) -> Edge:
        slope = v.slopes[i]
        operand = TABLE[v.op].inputs[i] if is_lettered(v, self.hidden) else ""
        blocked = slope is None and v.parents[i].op != "constant"
        if slope is None or above is None:
            return Edge(source, target, slope, blocked, operand, lit=self.lit.has(v, i))
        return Edge(source, target, slope, blocked, operand, slope * above, 1, self.lit.has(v, i), above=above)

    def flows(self, v: Value) -> bool:
        """Whether a gradient came to this node, which it sends on: 0 too, but not the zero of one that none came to."""
        return v in self.reached and v.grad is not NOTHING

    def above(self, exits: Exits) -> dict[str, float]:
        """The gradient of what a node gives, by its key: of an operation, or of a box that gives one value."""
        found = {self.keys[v]: v for v in self.keys if v.parents and v not in self.boxes}
        found |= {self.keys[v]: v for v, *others in exits.values() if not others and v in self.keys}
        return {key: v.grad for key, v in found.items() if self.flows(v)}


class _Merged:
    """Many edges between the same two nodes, added up: there may be hundreds of thousands."""

    __slots__ = ("count", "parent", "slope", "flow", "open", "shut", "lit")

    def __init__(self) -> None:
        self.count = self.open = self.shut = 0
        self.parent: Value | None = None  # what all of them start from, as long as it is one
        self.slope: float | None = None
        self.flow: float | None = None
        self.lit = False

    def add(self, parent: Value, slope: float | None, through: float | None, above: float | None, lit: bool) -> None:
        self.count += 1
        if self.count == 1:
            self.parent = parent
        elif parent is not self.parent:
            self.parent = None
        self.lit = self.lit or lit
        if slope is None:
            self.shut += parent.op != "constant"
            return
        self.open += 1
        if through is not None:
            self.slope = slope * through if self.slope is None else self.slope + slope * through
        if above is not None:
            self.flow = slope * above if self.flow is None else self.flow + slope * above

    def edge(self, source: str, target: str, above: float | None) -> Edge:
        blocked = self.shut > 0 and not self.open
        slope = self.slope if self.parent is not None else None
        known = above if slope is not None and self.flow is not None else None
        return Edge(source, target, slope, blocked, "", self.flow, self.count, self.lit, above=known)
