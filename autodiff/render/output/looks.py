"""What every engine asks of a picture before it draws: frames, colours and widths of edges, and whether it is crowded.

>>> edge_kind(Edge("n0", "n1", 1.0, flow=-2.0), Style()), edge_kind(Edge("n0", "n1", blocked=True), Style())
('minus', 'blocked')
"""

from __future__ import annotations

from math import isfinite, sqrt

from ..graph.arrows import label
from ..graph.picture import Edge, Node, Path, Picture
from ..graph.style import LOOKS, Style

LIT = 4.5  # points: the line of what is highlighted
LARGE = 40  # boxes: a screen holds more only if they stand closer
CROWD = 60  # edges: beyond it, labels of a dense picture would hide it


def clusters(picture: Picture) -> list[Path]:
    """The scopes that are drawn as frames, outer ones before inner ones."""
    found: dict[Path, None] = {}
    for node in picture.nodes:
        found.update((node.path[: i + 1], None) for i in range(len(node.path)))
    return list(found)


def edge_kind(edge: Edge, style: Style) -> str:
    """A key of `style.EDGES`: by the sign of the gradient that flows back, if there is one."""
    if edge.blocked or edge.link:
        return "blocked" if edge.blocked else "link"
    flow = edge.flow if "flow" in style.show else None
    return "plain" if not flow or flow != flow else "plus" if flow > 0 else "minus"


def edge_width(edge: Edge, style: Style, largest: float) -> float:
    """From 0.8 to 3.2 points: the square root keeps small gradients visible beside large ones."""
    if edge.lit or not largest or edge_kind(edge, style) not in ("plus", "minus"):
        return LIT if edge.lit else 1.1
    return 0.8 + 2.4 * sqrt(min(abs(edge.flow or 0.0) / largest, 1.0))


def largest_flow(picture: Picture) -> float:
    """The largest gradient on any edge, infinite ones apart; 0 where a path is highlighted, for which width stands."""
    if any(edge.lit for edge in picture.edges):
        return 0.0
    return max((abs(edge.flow) for edge in picture.edges if edge.flow is not None and isfinite(edge.flow)), default=0.0)


def words_on(picture: Picture, style: Style) -> list[str]:
    """What is written on each edge: in a crowd, only on those of a highlighted path."""
    crowded = is_crowded(picture)
    return ["" if crowded and not edge.lit else label(edge, style) for edge in picture.edges]


def outline(node: Node, picture: Picture) -> tuple[str, str, float]:
    """The classes of a node, and the colour and the width of its line; a box that holds an output has those of one."""
    ends = node.kind == "group" and node.key in picture.outputs
    look = LOOKS["output" if ends else node.kind]
    classes = f"{node.kind}{' lit' * node.lit}{' end' * ends}"
    return classes, look.light.line, 3.5 if node.lit else look.width


def is_crowded(picture: Picture) -> bool:
    """Whether there are so many edges per node that their labels would cover one another."""
    return len(picture.edges) > max(CROWD, 2.5 * len(picture.nodes))


def is_large(picture: Picture) -> bool:
    """Whether things must stand closer for the picture to fit on a screen, each input in one line."""
    return len(picture.nodes) > LARGE


LEGEND = (
    "Blue box: an input. Orange box: a parameter. Yellow: an operation. Green: the output. Purple: a group.",
    "Number on an edge: the local derivative. Dashed edge: no gradient flows.",
    "Colour and width of an edge: the gradient that flows back; blue is positive, orange negative, wide is large.",
)


def notes_of(picture: Picture, style: Style) -> list[str]:
    """What is said below a picture: what a crowded one leaves out, what its gradients hold, and the legend."""
    crowded = is_crowded(picture) and any(label(edge, style) for edge in picture.edges)
    left_out = f"{len(picture.edges):,} edges: too many for numbers here; those of an SVG show under the pointer."
    return [*[left_out] * crowded, *picture.notes, *(LEGEND if style.legend else ())]
