"""Where everything in a picture stands: boxes, labels of edges, and the frames around what belongs together.

Each frame is laid out by itself, from the inside out, and then stands as one box in the frame around it. What enters or
leaves a frame passes through a port at its border. The label of an edge is a thing of its own in the layout, so it
covers nothing. The flow goes from left to right here; whoever draws turns it.

>>> placed = arrange(["a", "b"], {"a": (40, 20), "b": (40, 20)}, {}, [("a", "b")], {0: (12, 10)}, lambda path: (0, 0, 0, 0))
>>> placed.boxes["b"], placed.labels[0], placed.size
((116.0, 8.0, 40, 20), (82.0, 18.0), (164.0, 36.0))
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ..graph.layout import Layout, Point, Size, layout
from ..graph.picture import Path
from .ordering import Ends, leads_on, runs, topological
from .shapes import Rectangle

Padding = Callable[[Path], tuple[float, float, float, float]]  # left, top, right, bottom of a frame

ACROSS, BETWEEN = 28.0, 9.0
PORT = (0.0, 5.0)


class Arranged(NamedTuple):
    """Rectangles of nodes and frames, the points that each edge passes through, and the middles of labels."""

    boxes: dict[str, Rectangle]
    frames: list[tuple[Path, Rectangle]]
    routes: dict[int, list[Point]]
    labels: dict[int, Point]
    size: Size


def arrange(
    keys: Sequence[str], sizes: Mapping[str, Size], paths: Mapping[str, Path], edges: Sequence[Ends],
    labels: Mapping[int, Size], padding: Padding, ports: bool = True,
) -> Arranged:  # fmt: skip
    """Places for the nodes with these sizes and paths of frames; without `ports`, edges lead straight to their ends."""
    order = topological(keys, edges)
    rank = {key: i for i, key in enumerate(order)}
    forward = [edge if rank[edge[0]] < rank[edge[1]] else edge[::-1] for edge in edges]
    whole = _Frame((), order, forward, sizes, paths, labels, padding, ports)
    found = Arranged({}, [], {}, {}, whole.size)
    whole.put(0.0, 0.0, found)
    for i, (edge, turned) in enumerate(zip(edges, forward, strict=True)):
        if edge != turned:
            found.routes[i].reverse()
    return found


class _Frame:
    """A frame and what stands in it: nodes, inner frames, labels and ports, numbered in an order that edges follow."""

    def __init__(
        self, path: Path, order: Sequence[str], edges: Sequence[Ends], sizes: Mapping[str, Size],
        paths: Mapping[str, Path], labels: Mapping[int, Size], padding: Padding, ports: bool,
    ) -> None:  # fmt: skip
        self.path, self.order, self.edges, self.sizes, self.paths = path, order, edges, sizes, paths
        self.labels, self.padding, self.ports = labels, padding, ports
        self.item_of: dict[str, int] = {}
        self.items: list[str | _Frame] = []
        for name, members in self.parts():
            self.item_of.update(dict.fromkeys(members, len(self.items)))
            inner = _Frame((*path, name), members, edges, sizes, paths, labels, padding, ports) if name else members[0]
            self.items.append(inner)
        self.lay_out()

    def parts(self) -> list[tuple[str, list[str]]]:
        """The names of inner frames with their nodes, and nodes that stand for themselves, so that edges lead on.

        Where edges leave a frame and come back, it is drawn in several pieces.
        """
        depth, inside = len(self.path), set(self.order)
        name_of = {key: self.paths[key][depth] if len(self.paths.get(key, ())) > depth else "" for key in self.order}
        edges = [edge for edge in self.edges if edge[0] in inside and edge[1] in inside]
        whole = {key: f"frame {name}" if name else f"node {key}" for key, name in name_of.items()}
        pieces = whole if leads_on(whole, edges) else runs(self.order, name_of, edges)
        members: dict[str, list[str]] = {}
        for key in self.order:
            members.setdefault(pieces[key], []).append(key)
        between = [(pieces[source], pieces[target]) for source, target in edges if pieces[source] != pieces[target]]
        return [(name_of[members[piece][0]], members[piece]) for piece in topological(list(members), between)]

    def lay_out(self) -> None:
        """Lay out what stands directly in this frame."""
        things: list[Size] = [PORT] * len(self.entering()) if self.ports else []
        shift = len(things)
        things += [self.sizes[item] if isinstance(item, str) else item.size for item in self.items]
        links: list[tuple[int, int]] = []
        self.links: dict[int, list[int]] = {}
        self.chains: dict[int, list[int]] = {}
        self.label_item: dict[int, int] = {}
        port_in = {source: i for i, source in enumerate(self.entering())}
        port_out: dict[str, int] = {}
        waiting: list[tuple[int, list[int]]] = []
        for i, (source, target) in enumerate(self.edges):
            start, end = self.item_of.get(source), self.item_of.get(target)
            if start == end or not self.ports and (start is None or end is None):
                continue
            first = port_in[source] if start is None else start + shift
            waiting.append((i, [first, -1 if end is None else end + shift]))
        number = self.give_numbers(waiting, things, port_out)
        self.plain = {shift + i for i, item in enumerate(self.items) if isinstance(item, str)}
        for i, chain in waiting:
            self.chains[i] = chain
            numbers = [number[thing] for thing in chain]
            self.links[i] = list(range(len(links), len(links) + len(numbers) - 1))
            links += zip(numbers, numbers[1:], strict=False)
        ordered = sorted(range(len(things)), key=number.__getitem__)
        ends = {number[i] for i in range(shift)}, {number[i] for i in port_out.values()}
        placed = layout([things[i] for i in ordered], links, ACROSS, BETWEEN, *ends)
        self.place(placed, number, things)

    def give_numbers(
        self, waiting: list[tuple[int, list[int]]], things: list[Size], port_out: dict[str, int]
    ) -> dict[int, int]:
        """Give ports and labels their numbers; things keep an order that all edges follow."""
        positions: dict[int, float] = {thing: float(thing) for thing in range(len(things))}
        for i, chain in waiting:
            if chain[-1] < 0:
                source = self.edges[i][0]
                if source not in port_out:
                    port_out[source] = len(things)
                    positions[len(things)] = 1e9 + len(things)
                    things.append(PORT)
                chain[-1] = port_out[source]
            elif i in self.labels and self.edges[i][0] in self.item_of:
                self.label_item[i] = len(things)
                positions[len(things)] = chain[0] + 0.5
                things.append(self.labels[i])
                chain.insert(1, self.label_item[i])
        return {thing: n for n, thing in enumerate(sorted(positions, key=lambda thing: positions[thing]))}

    def entering(self) -> list[str]:
        """The nodes outside from which edges come in."""
        if not self.path:
            return []
        found = (source for source, target in self.edges if target in self.item_of and source not in self.item_of)
        return list(dict.fromkeys(found))

    def place(self, placed: Layout, number: Mapping[int, int], things: Sequence[Size]) -> None:
        """Keep where things stand, moved so that the frame with its padding begins at 0, 0."""
        left, top, right, bottom = self.padding(self.path)
        margin = 8.0 if not self.path else 2.0
        self.shift = left - 8.0 + margin, top - 8.0 + margin
        self.number, self.placed = number, placed
        first = len(self.entering()) if self.ports else 0
        self.corners = [self.corner(first + i) for i in range(len(self.items))]
        self.middles = {i: self.middle(thing, things) for i, thing in self.label_item.items()}
        self.points = {i: self.route(i, chain, things) for i, chain in self.chains.items()}
        width, height = placed.size
        self.size = (width - 16 + left + right + 2 * margin, height - 16 + top + bottom + 2 * margin)

    def corner(self, thing: int) -> Point:
        return _move(self.placed.places[self.number[thing]], *self.shift)

    def middle(self, thing: int, things: Sequence[Size]) -> Point:
        (x, y), (width, height) = self.corner(thing), things[thing]
        return x + width / 2, y + height / 2

    def end(self, thing: int) -> float:
        """How far to the right the layer of a thing reaches: edges leave it there, past all that stands in it."""
        return self.placed.ends[self.number[thing]] + self.shift[0]

    def route(self, i: int, chain: Sequence[int], things: Sequence[Size]) -> list[Point]:
        """The points of an edge in this frame, past ports, joints and its label."""
        points: list[Point] = []
        for thing, link in zip(chain, [*self.links[i], None], strict=True):
            x, y = self.middle(thing, things)
            if things[thing] is PORT or thing == self.label_item.get(i):
                half = things[thing][0] / 2
                points += [(x - half, y), (x + half, y)]
            if link is not None:
                if things[thing] is PORT or thing == self.label_item.get(i) or thing in self.plain:
                    points.append((self.end(thing), y))
                points += [_move(point, *self.shift) for point in self.placed.routes[link]]
        return points

    def put(self, x: float, y: float, found: Arranged) -> None:
        """Write the places of everything in this frame, whose corner is at x, y."""
        if self.path:
            found.frames.append((self.path, (x, y, *self.size)))
        for item, (left, top) in zip(self.items, self.corners, strict=True):
            if isinstance(item, str):
                found.boxes[item] = (x + left, y + top, *self.sizes[item])
            else:
                item.put(x + left, y + top, found)
        for i, middle in self.middles.items():
            found.labels[i] = _move(middle, x, y)
        for i, points in self.points.items():  # from inside the source's frame, through this one, into the target's
            inside, end = sorted(found.routes.get(i, [])), x + self.end(self.chains[i][0])
            before = [point for point in inside if point[0] <= end and self.edges[i][0] in self.item_of]
            after = inside[len(before):]
            bridge = [(end, before[-1][1])] if before else []
            found.routes[i] = before + bridge + [_move(point, x, y) for point in points] + after


def _move(point: Point, dx: float, dy: float) -> Point:
    return point[0] + dx, point[1] + dy
