"""`draw(y)` makes a `Drawing`: SVG, PNG, PDF, DOT or text, shown by notebooks and saved by the suffix of a path.

>>> from autodiff import Value
>>> x = Value(3.0, name="x")
>>> y = x ** 2
>>> y.backward()
>>> print(draw(y).text())
y: ** 2  data 9  grad 1
└─ x  data 3  grad 6  local derivative 6
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..coerce import as_flag, is_one_of
from ..errors import ArgumentError, OperandError, shown
from ..files import suffix_of, write_whole
from ..frames import caller
from ..graph import topological_order
from ..names import names_in
from ..suggest import after
from ..value import Value
from .output import dot, engines as engine, mermaid, svg, text
from .graph.options import (
    check_beside, check_focus, check_level, check_names, check_parts, check_roots, read_highlight,
    whole_number,
)  # fmt: skip
from .graph.diff import difference
from .graph.subgraph import around, near
from .output.networkx import network
from .graph.picture import Picture
from .graph.build import Plan
from .graph.style import USUAL_PARTS, Style

if TYPE_CHECKING:
    from ..stepping import Explanation


def draw(
    y: Value | Sequence[Value], *,
    collapse: str | int | None = None, cluster: bool = True, focus: Value | None = None, radius: int = 2,
    depth: int | None = None, max_nodes: int = 500, path: Iterable[Value] | Explanation = (), constants: bool = False,
    beside: Value | Sequence[Value] = (),
    show: Iterable[str] = USUAL_PARTS, rankdir: str = "LR", digits: int = 4, names: Mapping[Value, str] | None = None,
    legend: bool = False,
) -> Drawing:  # fmt: skip
    """The computation graph of `y`, or of several values at once: names or operations, data, gradients, all slopes.

    What is drawn: `collapse` draws each "neuron", each "layer", or each scope of at most so many steps (a number) as
    one box; "auto" takes the finest of these that fits. `focus` draws one node and what is at most `radius` edges
    before or after it, `depth` what is at most so many edges before y. `constants` draws constants as boxes of their
    own. `path` is what to highlight: nodes, or what `explain` found. `beside` is the graph that a gradient graph `y`
    was made from: both are drawn, framed and linked. Raises `ArgumentError` for more than `max_nodes` boxes, which
    nobody can read.

    How: `cluster` frames neurons, layers and scopes; `show` picks among "data", "grad", "slope", "flow" (the gradient
    on each edge, as colour and width), "used" (how often a value is), "contribution" (slope times gradient); `rankdir`
    is the direction, "LR", "RL", "TB" or "BT"; `digits` are significant; `names` are for Values that have none of their
    own, by default the names of the caller's variables; `legend` says below the picture what colours and widths mean.

    >>> draw(Value(1.0, name="x").exp())
    Drawing(2 nodes, 1 edge)
    """
    style, roots = Style(rankdir, digits, check_parts(show), as_flag("legend", legend)), check_roots(y)
    forward = check_beside(roots, beside)
    kept = part([*forward, *roots], check_focus(focus), whole_number("radius", radius), depth)
    whole = as_flag("constants", constants)
    called = check_names(names)
    if called is None:
        called = names_in(caller(), dict.fromkeys(topological_order(*forward, *roots)))
    plan = Plan(roots, digits=digits, constants=whole, kept=kept, beside=forward, focus=focus, names=called)
    level = fitting(plan, check_level(collapse), whole_number("max_nodes", max_nodes))
    return Drawing(plan.picture(level, as_flag("cluster", cluster), read_highlight(path)), style)


def draw_dot(root: Value, format: str = "svg", rankdir: str = "LR") -> Drawing:
    """The drawing of `draw`, under the name and with the arguments that the lecture's programs use.

    >>> draw_dot(Value(1.0, name="x").exp())
    Drawing(2 nodes, 1 edge)
    """
    if not is_one_of(format, ("svg", "png", "pdf")):
        raise ArgumentError(f"draw_dot: expected 'svg', 'png' or 'pdf' as the format, got {shown(format)}")
    return draw(root, rankdir=rankdir)


def part(roots: list[Value], focus: Value | None, radius: int, depth: int | None) -> Collection[Value] | None:
    """The nodes to draw: None for all."""
    near_outputs = None if depth is None else near(roots, whole_number("depth", depth))
    if focus is None:
        return near_outputs
    order = topological_order(*roots)
    if focus not in set(order):
        raise ArgumentError(f"focus: expected a Value that the drawn graph depends on, got {shown(focus)}")
    near_focus = around(order, focus, radius)
    return near_focus if near_outputs is None else near_focus & near_outputs


def fitting(plan: Plan, collapse: str | int | None, limit: int) -> str | int | None:
    """The level of detail to draw: the one that is asked for, or the finest that fits; an error if none fits."""
    levels: list[str | int | None] = [None, "neuron", "layer", 1] if collapse == "auto" else [collapse]
    for level in levels:
        if plan.count(level) <= limit:
            return level
    coarser = {level: plan.count(level) for level in ("neuron", "layer")} if collapse != "auto" else {}
    raise ArgumentError(too_large(plan.count(levels[-1]), limit, coarser))


def too_large(count: int, limit: int, ways: dict[str, int]) -> str:
    """How many boxes there are, how long they would take, and the ways out that there are."""
    seconds = 0.5 * (count / 1000) ** 2.2  # as measured on `dot`: 0.5 s at 1,000 nodes, 14 s at 5,000, 95 s at 10,000
    wait = f"about {max(1, round(seconds))} s" if seconds < 3600 else "hours"
    smaller = [f'collapse="{level}" for {n:,}' for level, n in ways.items() if n < count]
    return (
        f"draw: this graph has {count:,} boxes to draw, more than max_nodes={limit:,}. Draw less of it: "
        f"{', '.join([*smaller, 'focus=node', 'depth=3'])}; or one of the values it is made from. "
        f"Or pass max_nodes={count} for a picture that takes {wait} and is hard to read."
    )


class Drawing:
    """A picture in every form: `.svg()`, `.text()`, `.dot`, `.save(path)`, and by itself in a notebook."""

    def __init__(self, picture: Picture, style: Style = Style()) -> None:
        self.picture = picture
        self.style = style

    @property
    def dot(self) -> str:
        """The DOT source, for any Graphviz."""
        return dot.source(self.picture, self.style)

    def svg(self) -> str:
        """The SVG, with a title and a description, in colours that follow the reader's light or dark scheme.

        Graphviz draws it where it is installed, and the built-in engine elsewhere.
        """
        return svg.finish(self.encode("svg"), self.picture, self.style)

    def encode(self, form: str) -> bytes:
        """The bytes of an engine's "svg", "png" or "pdf"; raises `DrawingError`, which says what to install."""
        return engine.run_engines(engine.Job(self.picture, self.style), form)

    def text(self) -> str:
        """A tree of lines; needs no engine."""
        return text.tree(self.picture, self.style)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the drawing in the format of the suffix, .svg .png .pdf .dot .mmd or .txt; never half a file.

        Returns the path. Raises `ArgumentError` for another suffix or no such folder, an `OSError` that names the
        path if it cannot be written, `DrawingError` if no engine can.
        """
        if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
            raise OperandError(f"save: expected a path, a text that ends in {', '.join(FORMS)}, got {shown(path)}")
        return write_whole(path, FORMS[suffix_of(path, FORMS)](self))

    @property
    def mermaid(self) -> str:
        """The Mermaid source, for pages of Markdown that render it."""
        return mermaid.source(self.picture, self.style)

    def to_networkx(self) -> Any:
        """A `networkx.MultiDiGraph`; raises `MissingExtraError` where networkx is not installed."""
        return network(self.picture)

    def since(self, before: Drawing) -> Drawing:
        """What changed since an earlier drawing of the same computation, such as one before a step of training.

        Raises `ArgumentError` if the two do not show the same operations.
        """
        if not isinstance(before, Drawing):
            raise OperandError(f"since: expected an earlier Drawing, got {shown(before)}")
        return Drawing(difference(before.picture, self.picture, self.style), self.style)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: the SVG, or else the text and the reason; never a traceback."""
        try:
            return {"image/svg+xml": self.svg(), "text/plain": self.text()}
        except Exception as error:
            return {"text/plain": f"{self.text()}\n\n{error}"}

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            """What graphviz's own objects have, which the lecture's programs use, and what to write for it."""
            way = f"; write {WAYS[name]}" if name in WAYS else after(name, dir(Drawing))
            raise AttributeError(f"Drawing has no attribute {name!r}{way}")

    def __repr__(self) -> str:
        nodes, edges = len(self.picture.nodes), len(self.picture.edges)
        return f"Drawing({nodes} node{'s' * (nodes != 1)}, {edges} edge{'s' * (edges != 1)})"


WAYS = {
    "render": 'drawing.save("graph.svg"), or another of its endings, such as .png and .pdf',
    "view": 'drawing.save("graph.svg"), and open that file; a notebook shows a drawing by itself',
    "source": "drawing.dot",
    "pipe": "drawing.svg()",
}
FORMS: dict[str, Callable[[Drawing], str | bytes]] = {
    ".svg": Drawing.svg,
    ".png": lambda drawing: drawing.encode("png"),
    ".pdf": lambda drawing: drawing.encode("pdf"),
    ".dot": lambda drawing: drawing.dot,
    ".mmd": lambda drawing: drawing.mermaid,
    ".txt": lambda drawing: drawing.text() + "\n",
}
