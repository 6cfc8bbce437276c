"""From Values to a `Picture`.

This module and those that it is made of (labels, scopes, models, boxes, focus) are the only ones of the drawings that
read Values.

>>> from autodiff import Value
>>> x = Value(3.0, name="x")
>>> picture = pictured([x ** 2])
>>> for node in picture.nodes: print(node.kind, node.title, dict(node.facts)["data"])
input x 3.0
output ** 2 9.0
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from ..graph import topological_order
from ..ops import TABLE
from ..value import NOTHING, Value
from .boxes import Box, collapsed
from .labels import folded, group_facts, is_lettered, kind, node_facts, title, with_gradients
from .picture import Edge, Node, Path, Picture
from .scopes import common, paths


class Plan:
    """A graph walked once, whose pictures can be counted at several levels of detail before one is made."""

    def __init__(
        self, roots: Sequence[Value], *,
        digits: int = 4, constants: bool = False, kept: Collection[Value] | None = None, beside: Sequence[Value] = (),
        focus: Value | None = None,
    ) -> None:  # fmt: skip
        self.roots, self.kept, self.beside = [*beside, *roots], kept, beside
        self.order = topological_order(*self.roots)
        shown = self.roots if focus is None else [*self.roots, focus]
        self.hidden = {} if constants else folded(self.order, shown, digits)
        self._boxes: dict[str | int | None, dict[Value, Box]] = {}
        self._keys: dict[str | int | None, dict[Value, str]] = {}

    @cached_property
    def scopes(self) -> dict[Value, Path]:
        """The scopes of each node; round them, the frames of a graph and of its gradient, drawn side by side."""
        found = paths(self.order)
        if not self.beside:
            return found
        forward = set(topological_order(*self.beside))
        return {v: ("forward" if v in forward else "gradient", *path) for v, path in found.items()}

    def boxes(self, collapse: str | int | None) -> dict[Value, Box]:
        if collapse is None:
            return {}
        if collapse not in self._boxes:
            frames = 1 if self.beside else 0
            self._boxes[collapse] = collapsed(self.order, self.scopes, collapse, self.hidden, frames)
        return self._boxes[collapse]

    def count(self, collapse: str | int | None) -> int:
        """How many nodes the picture has at a level of detail."""
        if collapse is None and self.kept is None:
            return len(self.order) - len(self.hidden)
        return len(set(self.keys(collapse).values()))

    def keys(self, collapse: str | int | None) -> dict[Value, str]:
        """The key of the node that each value is drawn as."""
        if collapse not in self._keys:
            self._keys[collapse] = keyed(self.order, self.hidden, self.boxes(collapse), self.kept)
        return self._keys[collapse]

    def picture(self, collapse: str | int | None = None, cluster: bool = True, path: Iterable[Value] = ()) -> Picture:
        """The picture at a level of detail; the nodes of `path` are highlighted, and the edges between them."""
        boxes, lit = self.boxes(collapse), frozenset(path)
        keys = self.keys(collapse)
        scopes = self.scopes if cluster else {}
        draft = _Draft(keys, boxes, with_gradients(self.order), self.hidden, scopes, lit)
        edges = draft.edges(self.order)
        if self.beside and cluster:
            edges = linked(edges, {key: scopes[v][0] for v, key in keys.items()})
        nodes = draft.nodes(self.order, frozenset(self.roots))
        stubs, ends = draft.stubs(self.order) if self.kept is not None else ([], [])
        outputs = dict.fromkeys(keys[root] for root in self.roots if root in keys)
        return Picture((*nodes, *stubs), (*edges, *ends), tuple(outputs))


def pictured(roots: Sequence[Value], *, constants: bool = False, collapse: str | int | None = None) -> Picture:
    """The picture of everything that the roots depend on."""
    return Plan(roots, constants=constants).picture(collapse)


def linked(edges: list[Edge], frames: dict[str, str]) -> list[Edge]:
    """The edges, with those between a graph and its gradient marked as links."""
    return [edge._replace(link=frames[edge.source] != frames[edge.target]) for edge in edges]


def keyed(
    order: Sequence[Value], hidden: dict[Value, str], boxes: dict[Value, Box], kept: Collection[Value] | None
) -> dict[Value, str]:
    """The key of the node that each value is drawn as; those of one group share it."""
    keys: dict[Value, str] = {}
    of_box: dict[Box, str] = {}
    count = 0
    for v in order:
        if v in hidden or kept is not None and v not in kept:
            continue
        box = boxes.get(v)
        if box is None or box not in of_box:
            key, count = f"n{count}", count + 1
            if box is not None:
                of_box[box] = key
        keys[v] = key if box is None else of_box[box]
    return keys


class _Draft:
    """A picture in the making."""

    def __init__(
        self, keys: dict[Value, str], boxes: dict[Value, Box], reached: set[Value], hidden: dict[Value, str],
        scopes: dict[Value, Path], lit: frozenset[Value],
    ) -> None:  # fmt: skip
        self.keys, self.boxes, self.reached, self.hidden = keys, boxes, reached, hidden
        self.scopes, self.lit = scopes, lit
        # The members of each group that others use, in order.
        self.exits: defaultdict[Box, dict[Value, None]] = defaultdict(dict)

    def edges(self, order: Sequence[Value]) -> list[Edge]:
        """An edge for every operand; those between a group and the rest are merged."""
        edges: list[Edge] = []
        merged: defaultdict[tuple[str, str], _Merged] = defaultdict(_Merged)
        keys, boxes = self.keys, self.boxes
        for v in order:
            if not v.parents or (target := keys.get(v)) is None:
                continue
            whole, lit, above = v in boxes, v in self.lit, v.grad if self.flows(v) else None
            for i, parent in enumerate(v.parents):
                source = keys.get(parent)
                if source is None or source == target:
                    continue
                box = boxes.get(parent)
                if box is not None:
                    self.exits[box][parent] = None
                if whole or box is not None:
                    merged[source, target].add(parent, v.slopes[i], above, lit and parent in self.lit)
                else:
                    edges.append(self.edge(v, i, parent, source, target, lit and parent in self.lit))
        return [*edges, *(all_of_them.edge(*ends) for ends, all_of_them in merged.items())]

    def edge(self, v: Value, i: int, parent: Value, source: str, target: str, lit: bool) -> Edge:
        slope = v.slopes[i]
        operand = TABLE[v.op].inputs[i] if is_lettered(v, self.hidden) else ""
        above = v.grad if self.flows(v) and slope is not None else None
        flow = None if above is None or slope is None else slope * above
        blocked = slope is None and parent.op != "constant"
        return Edge(source, target, slope, blocked, operand, flow, 1, lit, above=above)

    def flows(self, v: Value) -> bool:
        """Whether a gradient came to this node, which it sends on: 0 too, but not the zero of one that none came to."""
        return v in self.reached and v.grad is not NOTHING

    def nodes(self, order: Sequence[Value], roots: frozenset[Value]) -> list[Node]:
        """A node for every key, in the order in which they come up."""
        members: dict[Box, list[Value]] = {}
        for v, box in self.boxes.items():
            if v in self.keys:
                members.setdefault(box, []).append(v)
        uses = {v: 0 for v in self.keys if v not in self.boxes}
        for v in order:
            for parent in () if uses.keys().isdisjoint(v.parents) else v.parents:
                if parent in uses:
                    uses[parent] += 1
        nodes: dict[str, Node] = {}
        for v in order:
            key = self.keys.get(v)
            if key is None or key in nodes:
                continue
            if v in self.boxes:
                nodes[key] = self.group(self.boxes[v], key, members[self.boxes[v]], roots)
            else:
                nodes[key] = self.node(v, key, roots, uses[v])
        return list(nodes.values())

    def node(self, v: Value, key: str, roots: frozenset[Value], uses: int) -> Node:
        path = self.scopes.get(v, ())
        facts = node_facts(v, v in self.reached, uses)
        return Node(key, kind(v, roots), title(v, self.hidden, len(path)), facts, path, v in self.lit)

    def group(self, box: Box, key: str, members: list[Value], roots: frozenset[Value]) -> Node:
        exits = [*self.exits[box], *(v for v in members if v in roots)]
        around = box.path[:-1] if box.is_scope else common({box.path_of(v) for v in members})
        path = around if self.scopes else ()
        facts = group_facts(members, exits, self.reached, box)
        lit = not self.lit.isdisjoint(members)
        return Node(key, "group", box.title(len(path)), facts, path, lit)

    def stubs(self, order: Sequence[Value]) -> tuple[list[Node], list[Edge]]:
        """What a part of a graph leaves out: "… 3 more" before or after each node at its border."""
        before: dict[str, int] = {}
        after: dict[str, int] = {}
        for v in order:
            for parent in v.parents:
                source, target = self.keys.get(parent), self.keys.get(v)
                if source is None and target is not None and parent not in self.hidden:
                    before[target] = before.get(target, 0) + 1
                elif target is None and source is not None:
                    after[source] = after.get(source, 0) + 1
        nodes, edges = [], []
        for side, counts in (("b", before), ("a", after)):
            for key, count in counts.items():
                stub = f"{key}{side}"
                nodes.append(Node(stub, "more", f"… {count:,} more"))
                edges.append(Edge(*((stub, key) if side == "b" else (key, stub))))
        return nodes, edges


class _Merged:
    """Many edges between the same two nodes, added up: there may be hundreds of thousands."""

    __slots__ = ("count", "slope", "flow", "open", "shut", "lit")

    def __init__(self) -> None:
        self.count = self.open = self.shut = 0
        self.slope: float | None = None
        self.flow: float | None = None
        self.lit = False

    def add(self, parent: Value, slope: float | None, above: float | None, lit: bool) -> None:
        self.count += 1
        self.slope = slope
        if lit:
            self.lit = True
        if slope is None:
            self.shut += parent.op != "constant"
        else:
            self.open += 1
            if above is not None:
                self.flow = (self.flow or 0.0) + slope * above

    def edge(self, source: str, target: str) -> Edge:
        blocked = self.shut > 0 and not self.open
        slope = self.slope if self.count == 1 else None
        return Edge(source, target, slope, blocked, "", self.flow, self.count, self.lit)
