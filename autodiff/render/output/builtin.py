"""From a `Picture` to SVG, without Graphviz: the last engine of the chain, which needs nothing but this package.

It writes what Graphviz writes for the same picture: a group with a class for each frame, node and edge, whose title
is its id, and in it polygons, paths and texts. So what finishes, paints or tests an SVG need not know who wrote it.

>>> from autodiff.render.graph.picture import Edge, Node
>>> picture = Picture((Node("n0", "input", "x"), Node("n1", "output", "exp")), (Edge("n0", "n1", 2.0),), ("n1",))
>>> draw_svg(picture, Style()).count(b'class="node')
2
"""

from __future__ import annotations

from xml.etree import ElementTree as xml

from ..graph.arrows import is_changed
from ..graph.layout import Point, Size
from ..graph.picture import Edge, Node, Path, Picture
from ..graph.style import EDGES, LOOKS, PAGE, Paint, Style, facts_shown
from .arrange import Arranged, arrange
from .looks import clusters, edge_kind, edge_width, is_crowded, is_large, largest_flow, notes_of, outline, words_on
from .metrics import width
from .shapes import Rectangle, corners, path, polygon, draw_rounded, write

TITLE, SMALL, LINE = 11, 10, 13.0  # sizes of type, and from line to line, in points
FRAME, INSIDE = 16.0, 5.0  # room for a frame's title, and between a frame and what stands in it
HEAD = 7.0  # the length of an arrowhead


def draw_svg(picture: Picture, style: Style) -> bytes:
    """The SVG of the picture."""
    return _Writer(picture, style).svg()


class _Writer:
    def __init__(self, picture: Picture, style: Style) -> None:
        self.picture, self.style = picture, style
        self.upright = style.rankdir in ("TB", "BT")
        self.crowded, self.large = is_crowded(picture), is_large(picture)
        sources = {edge.source for edge in picture.edges}
        targets = {edge.target for edge in picture.edges}
        rows = sources - targets if self.large else set()
        self.cells = {node.key: cells(node, style, node.key in rows) for node in picture.nodes}
        self.words = {i: words for i, words in enumerate(words_on(picture, style)) if words}
        self.placed = self.arrange()
        self.size = self.swap(self.placed.size)
        self.root = self.begin()

    def arrange(self) -> Arranged:
        """Where things stand, with the flow from left to right."""
        nodes, edges = self.picture.nodes, self.picture.edges
        margin = 5.0 if self.large else 8.0
        sizes = {node.key: self.swap(box_size(self.cells[node.key], node.changed, margin)) for node in nodes}
        labels = {
            i: self.swap((width(words, SMALL, is_changed(edges[i], self.style)) + 10, LINE))
            for i, words in self.words.items()
        }  # fmt: skip
        paths = {node.key: node.path for node in nodes}
        ends = [(edge.source, edge.target) for edge in edges]
        return arrange([*sizes], sizes, paths, ends, labels, self.padding, not self.crowded)

    def padding(self, scope: Path) -> tuple[float, float, float, float]:
        """The room in a frame, at the sides that will be left, top, right and bottom before the picture is turned."""
        sides = {"LR": 1, "RL": 1, "TB": 0, "BT": 2}
        room = [INSIDE] * 4 if scope else [0.0] * 4
        room[sides[self.style.rankdir]] = FRAME if scope else 0.0
        return room[0], room[1], room[2], room[3]

    def swap(self, size: Size) -> Size:
        return size[::-1] if self.upright else size

    def turn(self, point: Point) -> Point:
        """A point of the layout, whose flow goes right, in the picture."""
        x, y = point
        if self.style.rankdir in ("RL", "BT"):
            x = self.placed.size[0] - x
        return (y, x) if self.upright else (x, y)

    def rectangle(self, box: Rectangle) -> Rectangle:
        (x0, y0), (x1, y1) = self.turn((box[0], box[1])), self.turn((box[0] + box[2], box[1] + box[3]))
        return min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)

    def begin(self) -> xml.Element:
        """The empty drawing, and where there is something to say of all of it, that."""
        wide, high = self.size
        notes = notes_of(self.picture, self.style)
        high += LINE * len(notes) + 4 if notes else 0.0
        wide = max([wide, *(width(words, SMALL) + 16 for words in notes)])
        titles = [(title[-1], self.rectangle(box)) for title, box in self.placed.frames]
        wide = max([wide, *(box[0] + width(title, SMALL) + 16 for title, box in titles)])
        root = xml.Element("svg", {
            "xmlns": "http://www.w3.org/2000/svg", "width": f"{wide:.0f}pt", "height": f"{high:.0f}pt",
            "viewBox": f"0 0 {wide:.2f} {high:.2f}",
        })  # fmt: skip
        self.graph = xml.SubElement(root, "g", {"id": "graph0", "class": "graph"})
        polygon(self.graph, [(0, 0), (wide, 0), (wide, high), (0, high)], Paint(PAGE[0].fill, "none", ""))
        for i, words in enumerate(reversed(notes)):
            write(self.graph, words, 8, high - 8 - LINE * i, SMALL, EDGES["plain"][0].text)
        return root

    def svg(self) -> bytes:
        places = clusters(self.picture)
        for scope, box in self.placed.frames:
            self.frame(scope, places.index(scope), self.rectangle(box))
        largest = largest_flow(self.picture)
        slots = self.slots()
        for i, edge in enumerate(self.picture.edges):
            self.edge(i, edge, slots[i], largest)
        for node in self.picture.nodes:
            self.node(node, self.rectangle(self.placed.boxes[node.key]))
        return xml.tostring(self.root, encoding="unicode").encode()

    def group(self, kind: str, key: str, title: str) -> xml.Element:
        group = xml.SubElement(self.graph, "g", {"id": key, "class": kind})
        xml.SubElement(group, "title").text = title
        return group

    def frame(self, scope: Path, number: int, box: Rectangle) -> None:
        group = self.group("cluster scope", f"cluster{number}", f"cluster{number}")
        draw_rounded(group, box, Paint("none", EDGES["scope"][0].line, ""), 0.8)
        write(group, scope[-1], box[0] + 6, box[1] + 11, SMALL, EDGES["scope"][0].text)

    def slots(self) -> list[tuple[int, int]]:
        """For each edge its place among those into the same node, and how many there are."""
        counts: dict[str, int] = {}
        turns = []
        for edge in self.picture.edges:
            turns.append(counts.get(edge.target, 0))
            counts[edge.target] = turns[-1] + 1
        return [(turn, counts[edge.target]) for turn, edge in zip(turns, self.picture.edges, strict=True)]

    def edge(self, i: int, edge: Edge, slot: tuple[int, int], largest: float) -> None:
        kind = edge_kind(edge, self.style)
        paint, line = EDGES[kind][0], edge_width(edge, self.style, largest)
        group = self.group(f"edge {kind}{' lit' * edge.lit}", f"edge{i + 1}", f"{edge.source}->{edge.target}")
        dashes = "1,5" if edge.link else "5,2" if edge.blocked else ""
        start, end = self.placed.boxes[edge.source], self.placed.boxes[edge.target]
        back = start[0] > end[0]  # against the flow: from a box that holds earlier and later nodes
        out = start[0] if back else start[0] + start[2]
        into = (end[0] + end[2] if back else end[0], end[1] + end[3] * (slot[0] + 1) / (slot[1] + 1))
        neck = (into[0] + (HEAD if back else -HEAD), into[1])
        points = [(out, start[1] + start[3] / 2), *self.placed.routes.get(i, []), neck]
        curve = [self.turn(point) for point in (points if self.crowded else bend(points))]
        path(group, curve, "L" if self.crowded else "C", paint.line, line, dashes)
        self.head(group, neck, into, paint.line, edge.blocked)
        if i in self.words:
            x, y = self.turn(self.placed.labels[i]) if i in self.placed.labels else halfway(curve)
            bold = is_changed(edge, self.style)
            text = write(group, self.words[i], x, y + 3.5, SMALL, paint.text, bold, "middle")
            text.attrib |= {"stroke": PAGE[0].fill, "stroke-width": "3", "paint-order": "stroke"}

    def head(self, group: xml.Element, neck: Point, tip: Point, colour: str, blocked: bool) -> None:
        """An arrowhead; of an edge along which no gradient flows, a bar."""
        half = 3.2
        shape = [(neck[0], neck[1] - half), tip, (neck[0], neck[1] + half)]
        if blocked:
            near = neck[0] + (tip[0] - neck[0]) * 0.8
            shape = [(near, tip[1] - 4), (tip[0], tip[1] - 4), (tip[0], tip[1] + 4), (near, tip[1] + 4)]
        polygon(group, [self.turn(point) for point in shape], Paint(colour, colour, ""))

    def node(self, node: Node, box: Rectangle) -> None:
        look = LOOKS[node.kind]
        classes, line, wide = outline(node, self.picture)
        group = self.group(f"node {classes}", node.key, node.key)
        paint = Paint(look.light.fill, line, look.light.text)
        dashes = "5,2" if look.dashed else ""
        if look.rounded:
            draw_rounded(group, box, paint, wide, dashes)
        else:
            polygon(group, corners(box), paint, wide, dashes)
        self.fill(group, self.cells[node.key], box, paint, node.changed)

    def fill(self, group: xml.Element, rows: list[list[str]], box: Rectangle, paint: Paint, bold: bool) -> None:
        """The title, a rule, and the facts below it; or all of them in a row."""
        x, y, wide, high = box
        (title, *beside), facts = rows[0], rows[1:]
        if beside:
            spread(group, rows[0], box, paint, bold)
            return
        write(group, title, x + wide / 2, y + 12.0 if facts else y + high / 2 + 4, TITLE, paint.text, bold, "middle")
        if facts:
            path(group, [(x, y + 17), (x + wide, y + 17)], "L", paint.line, 1.0)
        margin = 5.0 if self.large else 8.0
        for i, (fact,) in enumerate(facts):
            write(group, fact, x + margin, y + 17 + LINE * (i + 1) - 3, TITLE, paint.text, bold)


def cells(node: Node, style: Style, in_row: bool) -> list[list[str]]:
    """The lines of a box: the title and then a line for each fact, or one line of all."""
    facts = [" ".join(filter(None, fact)) for fact in facts_shown(node.facts, style)]
    return [[node.title, *facts]] if in_row and 0 < len(facts) < 3 else [[node.title], *([fact] for fact in facts)]


def box_size(rows: list[list[str]], bold: bool, margin: float) -> Size:
    widths = [[width(text, TITLE, bold) for text in row] for row in rows]
    wide = max(sum(row) + 2 * margin * len(row) for row in widths)
    return max(wide, 24.0), 17 + LINE * (len(rows) - 1) + (4 if len(rows) > 1 else 0)


def spread(group: xml.Element, texts: list[str], box: Rectangle, paint: Paint, bold: bool) -> None:
    """The texts of one row, with rules between them."""
    x, y, wide, high = box
    widths = [width(text, TITLE, bold) for text in texts]
    room = (wide - sum(widths)) / len(texts)
    for i, (text, own) in enumerate(zip(texts, widths, strict=True)):
        if i:
            path(group, [(x, y), (x, y + high)], "L", paint.line, 1.0)
        write(group, text, x + room / 2, y + high / 2 + 4, TITLE, paint.text, bold)
        x += own + room


def bend(points: list[Point]) -> list[Point]:
    """The control points of a curve through all of these, level at each."""
    found = [points[0]]
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        middle = (x0 + x1) / 2
        found += [(middle, y0), (middle, y1), (x1, y1)]
    return found


def halfway(points: list[Point]) -> Point:
    (x0, y0), (x1, y1) = points[0], points[-1]
    return (x0 + x1) / 2, (y0 + y1) / 2
