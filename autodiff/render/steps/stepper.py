"""`steps(y)`: every step of the forward and the backward pass of one's own program, to look at in many ways.

    for step in steps(y): ...        records; steps(y)[7] is one of them
    steps(y).text()                  as lines, for terminals, pipes and logs
    steps(y).html()                  as one page that works offline; .save("y.html") writes it; a notebook shows it
    steps(y).json()                  as data; `from_json` reads it back
    s = steps(y); s.next(); s.back(); s.to(w); s.until("blocked")      with a cursor

>>> from autodiff import Value
>>> a, b = Value(2.0), Value(-3.0)
>>> loss = a * b + a
>>> print(steps(loss).text())
Steps of loss = a * b + a, of 4 nodes
forward pass
  0  a is 2.
  1  b is -3.
  2  v2 = a * b = 2 * (-3) = -6.
  3  loss = v2 + a = (-6) + 2 = -4.
gradients, from back to front
  4  loss's gradient is 1: d loss / d loss = 1.
  5  loss sends 1 × 1 = 1 to v2; the gradient of v2 is now 1, complete.
  6  loss sends 1 × 1 = 1 to a; the gradient of a is now 1, 1 of 2 arrived: 1 + ?.
  7  v2 sends 1 × (-3) = -3 to a; the gradient of a is now -2, 2 of 2 arrived: 1 + (-3).
  8  v2 sends 1 × 2 = 2 to b; the gradient of b is now 2, complete.
Gradients: a -2, b 2
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from html import escape
from pathlib import Path
from types import FrameType
from typing import Any

from ...errors import ArgumentError, shown
from ...files import suffix_of, write_whole
from ...frames import caller
from ...names import names_in
from ...stepping.cursor import Cursor
from ...stepping.log import Log
from ...stepping.lines import find_lines, lines_in
from ...stepping.snapshot import Snapshot, snapshot
from ...stepping.step import Step
from ...stepping.training import Training, training
from ...value import Value
from .json import log_from, to_json
from .html import page
from .listing import text_lines

RATE = 0.1  # the learning rate of a step of training
AROUND, ROW, LEAST, MOST = 745, 62, 2, 400  # pixels of a page without its graph, of a row; rows, and pixels of them all


class Steps(Log):
    """A log with a cursor and views: what `steps` returns."""

    _cursor: Cursor | None = None

    @property
    def cursor(self) -> Cursor:
        """This log's own cursor; `Cursor(steps)` makes another."""
        self._cursor = self._cursor or Cursor(self)
        return self._cursor

    def next(self) -> Step:
        """Go one step forward, and return the step; at the last one, stay."""
        return self.cursor.next()

    def back(self) -> Step:
        """Go one step back, and return the step; at the first one, stay."""
        return self.cursor.back()

    def to(self, where: Any) -> Step:
        """Go to a step by its index, or to the step that completes the gradient of a node."""
        return self.cursor.to(where)

    def until(self, condition: Any) -> Step | None:
        """Go to the next step that meets a condition; see `autodiff.stepping.cursor`."""
        return self.cursor.until(condition)

    def watch(self, *nodes: Any) -> None:
        """Report on these nodes below every step of `text`, of the terminal and of `cursor.report()`."""
        self.cursor.watch(*nodes)

    def text(self) -> str:
        """The steps as lines of text."""
        return "\n".join(text_lines(self, self.cursor.watched))

    def json(self) -> str:
        """The steps as JSON; the schema stands in `autodiff.render.steps.json`."""
        return to_json(self)

    def html(self, focus: Any = None, depth: int = 2, quiz: bool = False, playground: str | None = None,
             program: str | None = None) -> str:  # fmt: skip
        """The steps as one page that needs nothing else: no network, no engine, no other file.

        A graph too large for a page can be shown around a `focus` node, `depth` edges far. With `quiz`, the page starts
        by asking for each number before it shows it. With the address of a `playground`, of http, https or relative,
        and the text of the `program` that the steps are of, it has a link that opens the program there.
        """
        return page(self, focus, depth, quiz, playground, program)

    def save(self, path: str | os.PathLike[str], **options: Any) -> Path:
        """Write the steps to a file by its suffix: .html (with the options of `html`), .json or .txt."""
        views: dict[str, Callable[..., str]] = {
            ".html": self.html,
            ".json": self.json,
            ".txt": lambda: self.text() + "\n",
        }
        return write_whole(path, views[suffix_of(path, views)](**options))

    def _repr_html_(self) -> str:
        """The page inside a notebook, where it can neither reach the notebook nor the network; or why there is none."""
        try:
            text = self.html()
        except ArgumentError as error:
            return f"<p>{escape(repr(self))}: {escape(str(error))}</p>"
        frame = f"width:100%;height:{self._height()}px;border:1px solid #8888;border-radius:6px"
        return f'<iframe sandbox="allow-scripts" title="Steps" style="{frame}" srcdoc="{escape(text)}"></iframe>'

    def _height(self) -> int:
        """The height in pixels that shows the whole page in a cell, but for a graph higher than a screen."""
        depth, rows = list[int](), Counter[int]()  # by the distance from the inputs, as a page stacks them
        for node in self.graph.nodes:
            depth.append(max((depth[parent] + 1 for parent in node.parents), default=0))
            rows[depth[-1]] += node.operation != "constant"
        return AROUND + min(ROW * max(LEAST, *rows.values()), MOST)

    def __repr__(self) -> str:
        return f"<Steps of {self.graph.root.label!r}: {len(self.graph.nodes):,} nodes, {len(self):,} steps>"


def steps(
    y: Value,
    order: str = "topological",
    held: bool = False,
    parameters: Iterable[Value] | None = None,
    rate: float | None = None,
    prediction: Value | Iterable[Value] = (),
) -> Steps:
    """The steps that compute `y` and then its gradients, named after the caller's variables; the graph is not touched.

    With another `order` than "topological", one that is wrong (see `autodiff.stepping.traversals`). With `held=True`
    the leaves begin with the gradients that they hold, as in a second `backward()`. With `parameters`, a step of
    training: they then move by the learning `rate` (0.1) times their gradients, and what follows the `prediction` is
    the error.
    """
    return steps_in(caller(), y, order, held, parameters, rate, prediction)


def steps_in(
    scope: FrameType | Mapping[str, Any],
    y: Value,
    order: str = "topological",
    held: bool = False,
    parameters: Iterable[Value] | None = None,
    rate: float | None = None,
    prediction: Value | Iterable[Value] = (),
) -> Steps:
    """As `steps`, with names from a given frame or from a namespace such as a module's."""
    wanted = snapshot(y).values
    names = names_in(scope, wanted)
    sources = lines_in(scope, names) if isinstance(scope, FrameType) else {}
    graph = snapshot(y, names, {**sources, **find_lines(wanted)})
    return Steps(graph, order, held, _plan(graph, parameters, rate, prediction))


def _plan(
    graph: Snapshot, parameters: Iterable[Value] | None, rate: float | None, prediction: Value | Iterable[Value]
) -> Training | None:
    """The step of training that is asked for; None where there is none."""
    if parameters is not None:
        return training(graph, parameters, RATE if rate is None else rate, prediction)
    if rate is not None or not isinstance(prediction, tuple) or prediction:
        got = f"rate={shown(rate)}" if rate is not None else f"prediction={shown(prediction)}"
        example = "steps(loss, parameters=model.parameters(), rate=0.1)"
        raise ArgumentError(f"steps: expected parameters to train, got {got} without any; write {example}")
    return None


def from_json(text: str) -> Steps:
    """The steps that `Steps.json` wrote, checked: an `ArgumentError` says what is missing or does not follow."""
    return log_from(text, Steps)
