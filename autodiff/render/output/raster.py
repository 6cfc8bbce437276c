"""PNG and PDF from an engine's SVG, by matplotlib: for machines whose only engine writes SVG.

It knows what engines write for a drawing, polygons, polylines, paths and text, and uses fonts of matplotlib, so
that the machine needs none.

>>> from autodiff.render.output.builtin import draw_svg
>>> from autodiff.render.graph.picture import Node, Picture
>>> from autodiff.render.graph.style import Style
>>> convert(draw_svg(Picture((Node("n0", "input", "x"),), (), ("n0",)), Style()), "png", 72)[:4]
b'\\x89PNG'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as xml

from .fonts import families, unusual

SVG = "{http://www.w3.org/2000/svg}"
NARROWER = 0.88  # matplotlib's font is so much wider than the one that the engine measured with
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")

Points = list[tuple[float, float]]


def convert(svg: bytes, form: str, dpi: int) -> bytes:
    """The picture as "png" or "pdf"; raises ImportError without matplotlib."""
    from matplotlib.figure import Figure

    root = xml.fromstring(svg)
    written = "".join(element.text or "" for element in root.iter(f"{SVG}text"))
    fonts = ["DejaVu Sans", *families(written)] if unusual(written) else ["DejaVu Sans"]
    left, top, width, height = numbers(root.get("viewBox", ""))
    figure = Figure(figsize=(width / 72, height / 72))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(left, left + width), ylim=(top + height, top))
    axes.axis("off")
    shift = numbers(re.sub(r".*translate", "", root[0].get("transform", "")) or "0 0")
    for element in root.iter():
        if element.tag == f"{SVG}text":
            axes.add_artist(text(element, shift, fonts))
        elif shape := outline(element):
            axes.add_patch(patch(element, *shape, shift))
    buffer = BytesIO()
    stamp = {"CreationDate": None} if form == "pdf" else {}  # the same drawing gives the same file
    figure.savefig(buffer, format=form, dpi=dpi, metadata=stamp)
    return buffer.getvalue()


def numbers(written: str) -> list[float]:
    return [float(number) for number in NUMBER.findall(written)]


def pair_numbers(flat: list[float]) -> Points:
    return list(zip(flat[::2], flat[1::2]))


def outline(element: xml.Element) -> tuple[Points, list[int]] | None:
    """The points of a shape with matplotlib's codes (1 starts, 2 is a line, 4 a curve); None for anything else."""
    if element.tag in (f"{SVG}polygon", f"{SVG}polyline"):
        points = pair_numbers(numbers(element.get("points", "")))
        return points, [1] + [2] * (len(points) - 1)
    if element.tag == f"{SVG}path":
        steps = list(segments(element.get("d", "")))
        return [point for _, points in steps for point in points], [code for code, points in steps for _ in points]
    return None


def segments(written: str) -> Iterator[tuple[int, Points]]:
    """The steps of a path: M moves, L draws lines, C curves; Graphviz writes no others."""
    for letter, rest in re.findall(r"([MLC])([^MLC]*)", written):
        yield {"M": 1, "L": 2, "C": 4}[letter], pair_numbers(numbers(rest))


def patch(element: xml.Element, points: Points, codes: list[int], shift: list[float]) -> Any:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    dashes = numbers(element.get("stroke-dasharray", ""))
    return PathPatch(
        Path([(x + shift[0], y + shift[1]) for x, y in points], codes),
        facecolor=colour(element.get("fill")), edgecolor=colour(element.get("stroke")),
        linewidth=float(element.get("stroke-width", 1)), linestyle=(0, dashes) if dashes else "solid",
    )  # fmt: skip


def text(element: xml.Element, shift: list[float], fonts: list[str]) -> Any:
    from matplotlib.patheffects import Normal, Stroke
    from matplotlib.text import Text

    rim = Stroke(linewidth=3, foreground=colour(element.get("stroke"))) if element.get("stroke") else Normal()
    return Text(
        float(element.get("x", 0)) + shift[0], float(element.get("y", 0)) + shift[1], element.text or "",
        fontsize=float(element.get("font-size", 14)) * NARROWER, color=colour(element.get("fill", "black")),
        horizontalalignment="center" if element.get("text-anchor") == "middle" else "left",
        verticalalignment="baseline", fontweight=element.get("font-weight", "normal"),
        path_effects=[rim, Normal()], fontfamily=fonts, parse_math=False,  # a dollar in a name is a dollar
    )  # fmt: skip


def colour(written: str | None) -> str:
    """A colour as matplotlib calls it."""
    return "none" if written in (None, "none", "transparent") else str(written)
