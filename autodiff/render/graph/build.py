"""From Values to a `Picture`.

This module and those that it is made of (labels, scopes, models, boxes, through, edges, focus) are the only ones of
the drawings that read Values.

>>> from autodiff import Value
>>> x = Value(3.0, name="x")
>>> picture = make_picture([x ** 2])
>>> for node in picture.nodes: print(node.kind, node.title, dict(node.facts)["data"])
input x 3.0
output ** 2 9.0
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from ...graph import topological_order, users
from ...value import Value
from .boxes import Box, find_boxes
from .edges import Edges, Highlight
from .subgraph import stubs
from .labels import LISTED, find_folded, group_facts, kind, node_facts, title, with_gradients
from .passes import notes
from .picture import Edge, Node, Path, Picture
from .scopes import common, paths
from .through import Exits, exits


class Plan:
    """A graph walked once, whose pictures can be counted at several levels of detail before one is made."""

    def __init__(
        self, roots: Sequence[Value], *,
        digits: int = 4, constants: bool = False, kept: Collection[Value] | None = None, beside: Sequence[Value] = (),
        focus: Value | None = None, names: Mapping[Value, str] | None = None,
    ) -> None:  # fmt: skip
        self.roots, self.kept, self.beside, self.names = [*beside, *roots], kept, beside, names or {}
        self.order = topological_order(*self.roots)
        self.focus = frozenset([] if focus is None else [focus])
        self.constants, self.digits = constants, digits
        self._hidden: dict[bool, dict[Value, str]] = {}
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

    def find_hidden(self, collapse: str | int | None) -> dict[Value, str]:
        """The constants that stand inside their operation; a network in boxes keeps its inputs outside them."""
        flat = collapse is None
        if flat not in self._hidden:
            shown = [*self.roots, *self.focus]
            listed = LISTED if flat else 0
            self._hidden[flat] = {} if self.constants else find_folded(self.order, shown, self.digits, listed)
        return self._hidden[flat]

    def boxes(self, collapse: str | int | None) -> dict[Value, Box]:
        if collapse is None:
            return {}
        if collapse not in self._boxes:
            frames = 1 if self.beside else 0
            self._boxes[collapse] = find_boxes(self.order, self.scopes, collapse, self.find_hidden(collapse), frames)
        return self._boxes[collapse]

    def count(self, collapse: str | int | None) -> int:
        """How many nodes the picture has at a level of detail."""
        if collapse is None and self.kept is None:
            return len(self.order) - len(self.find_hidden(None))
        return len(set(self.keys(collapse).values()))

    def keys(self, collapse: str | int | None) -> dict[Value, str]:
        """The key of the node that each value is drawn as."""
        if collapse not in self._keys:
            boxes = self.boxes(collapse)
            hidden, kept = self.find_hidden(collapse), with_boxes(self.kept, boxes)
            self._keys[collapse] = key_nodes(self.order, hidden, boxes, kept)
        return self._keys[collapse]

    def picture(
        self, collapse: str | int | None = None, cluster: bool = True, lit: Highlight = Highlight()
    ) -> Picture:  # fmt: skip
        """The picture at a level of detail."""
        boxes, keys, reached = self.boxes(collapse), self.keys(collapse), with_gradients(self.order)
        hidden = self.find_hidden(collapse)
        scopes = self.scopes if cluster else {}
        given = exits(self.order, boxes, self.roots)
        edges = Edges(keys, boxes, hidden, reached, lit).make(self.order, given)
        if self.beside and cluster:
            edges = mark_links(edges, {key: scopes[v][0] for v, key in keys.items()})
        marked = lit.nodes | self.focus
        maker = _Nodes(keys, boxes, reached, hidden, scopes, marked, given, self.names)
        nodes = maker.make(self.order, self.roots)
        rest, ends = stubs(self.order, keys, hidden, nodes) if self.kept is not None else ([], [])
        outputs = dict.fromkeys(keys[root] for root in self.roots if root in keys)
        return Picture((*nodes, *rest), (*edges, *ends), tuple(outputs), notes(self.order, reached, self.names))


def make_picture(roots: Sequence[Value], *, constants: bool = False, collapse: str | int | None = None) -> Picture:
    """The picture of everything that the roots depend on."""
    return Plan(roots, constants=constants).picture(collapse)


def mark_links(edges: list[Edge], frames: dict[str, str]) -> list[Edge]:
    """The edges, with those between a graph and its gradient marked as links."""
    return [edge._replace(link=frames[edge.source] != frames[edge.target]) for edge in edges]


def with_boxes(kept: Collection[Value] | None, boxes: dict[Value, Box]) -> Collection[Value] | None:
    """The nodes to draw, where a box is drawn whole or not at all."""
    if kept is None or not boxes:
        return kept
    drawn = {boxes[v] for v in kept if v in boxes}
    return {*kept, *(v for v, box in boxes.items() if box in drawn)}


def key_nodes(
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


class _Nodes:
    """Makes the nodes of a picture."""

    def __init__(
        self, keys: dict[Value, str], boxes: dict[Value, Box], reached: set[Value], hidden: dict[Value, str],
        scopes: dict[Value, Path], lit: frozenset[Value], exits: Exits, names: Mapping[Value, str],
    ) -> None:  # fmt: skip
        self.names = names
        self.keys, self.boxes, self.reached, self.hidden = keys, boxes, reached, hidden
        self.scopes, self.lit, self.exits = scopes, lit, exits

    def make(self, order: Sequence[Value], outputs: Sequence[Value]) -> list[Node]:
        """A node for every key, in the order in which they come up."""
        members, roots = dict[Box, list[Value]](), frozenset(outputs)
        for v, box in self.boxes.items():
            if v in self.keys:
                members.setdefault(box, []).append(v)
        uses = users(order)
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
        words = title(v, self.hidden, len(path), self.names.get(v))
        return Node(key, kind(v, roots), words, facts, path, v in self.lit, op=v.op)

    def group(self, box: Box, key: str, members: list[Value], roots: frozenset[Value]) -> Node:
        exits = list(self.exits.get(box, ()))
        around = box.path[:-1] if box.is_scope else common({box.path_of(v) for v in members})
        path = around if self.scopes else ()
        facts = group_facts(members, exits, self.reached, box, sum(v in roots for v in exits))
        lit = not self.lit.isdisjoint(members)
        return Node(key, "group", box.title(len(path)), facts, path, lit)
