"""The shapes and texts of an SVG, as elements in a group.

>>> group = xml.Element("g")
>>> written = write(group, "x", 8, 20, 11, "#111111")
>>> written.text, written.get("textLength")
('x', '5.50')
"""

from __future__ import annotations

from xml.etree import ElementTree as xml

from ..graph.layout import Point
from ..graph.style import Paint
from .metrics import width

FONT = "Helvetica, Arial, sans-serif"
CORNER = 8.0  # the radius of a round corner

Rectangle = tuple[float, float, float, float]  # left, top, width, height


def corners(box: Rectangle) -> list[Point]:
    x, y, wide, high = box
    return [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]


def write(
    group: xml.Element, text: str, x: float, y: float, size: float, colour: str, bold: bool = False,
    anchor: str = "start",
) -> xml.Element:  # fmt: skip
    """Write a line, as wide as it was measured, whatever font the reader's machine has."""
    attributes = {"text-anchor": anchor, "x": f"{x:.2f}", "y": f"{y:.2f}", "font-family": FONT, "font-size": f"{size}"}
    attributes |= {"fill": colour} | ({"font-weight": "bold"} if bold else {})
    attributes |= {"textLength": f"{width(text, size, bold):.2f}", "lengthAdjust": "spacingAndGlyphs"} if text else {}
    written = xml.SubElement(group, "text", attributes)
    written.text = text
    return written


def polygon(group: xml.Element, points: list[Point], paint: Paint, line: float = 1.0, dashes: str = "") -> None:
    closed = " ".join(f"{x:.2f},{y:.2f}" for x, y in [*points, points[0]])
    attributes = {"fill": paint.fill, "stroke": paint.line, "points": closed}
    xml.SubElement(group, "polygon", attributes | pen(line, dashes))


def path(group: xml.Element, points: list[Point], letter: str, colour: str, line: float, dashes: str = "") -> None:
    first, *rest = [f"{x:.2f},{y:.2f}" for x, y in points]
    attributes = {"fill": "none", "stroke": colour, "d": f"M{first}{letter}{' '.join(rest)}"}
    xml.SubElement(group, "path", attributes | pen(line, dashes))


def draw_rounded(group: xml.Element, box: Rectangle, paint: Paint, line: float, dashes: str = "") -> None:
    x, y, wide, high = box
    r = min(CORNER, high / 2)
    a, b, c, d = x + r, x + wide - r, y + r, y + high - r
    right, bottom = x + wide, y + high
    steps = (
        f"M{a:.2f},{y:.2f}L{b:.2f},{y:.2f}C{right:.2f},{y:.2f} {right:.2f},{y:.2f} {right:.2f},{c:.2f}"
        f"L{right:.2f},{d:.2f}C{right:.2f},{bottom:.2f} {right:.2f},{bottom:.2f} {b:.2f},{bottom:.2f}"
        f"L{a:.2f},{bottom:.2f}C{x:.2f},{bottom:.2f} {x:.2f},{bottom:.2f} {x:.2f},{d:.2f}"
        f"L{x:.2f},{c:.2f}C{x:.2f},{y:.2f} {x:.2f},{y:.2f} {a:.2f},{y:.2f}"
    )
    xml.SubElement(group, "path", {"fill": paint.fill, "stroke": paint.line, "d": steps} | pen(line, dashes))


def pen(line: float, dashes: str) -> dict[str, str]:
    return {"stroke-width": f"{line:.3g}"} | ({"stroke-dasharray": dashes} if dashes else {})
