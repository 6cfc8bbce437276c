"""A network that is trained on a page: its decision boundary, its loss, its weights and gradients, offline.

The network's graph is recorded once for each label, with Values for the row, and the page runs it by the JavaScript
that is written from the table of operations. It trains by plain gradient descent on the mean loss over all rows.

>>> from autodiff import nn
>>> model = nn.MLP(2, [3, 1], activation="tanh", output="sigmoid", seed=1)
>>> rows, labels = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
>>> made = training_page(model, rows, labels, nn.losses.binary_crossentropy, title="XOR")
>>> made
<TrainingPage of 13 parameters on 4 rows>
>>> "http://" in made.html().replace("http://www.w3.org/", "")
False
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from html import escape
from math import isfinite
from pathlib import Path
from typing import Any

from ...coerce import is_series, number
from ...errors import ArgumentError, OperandError, shown
from ...files import suffix_of, write_whole
from ...json_text import json_number
from ...ops import TABLE
from ...stepping.snapshot import Snapshot, snapshot
from ...stepping.wording import name
from ...value import Value
from ..steps.evaluator import source
from ..steps.html import assemble

SCRIPTS = ("page_base.js", "page_numbers.js", "training_model.js", "training.js")
MOST_NODES = 3_000  # of the graph of one row: beyond, a step is no longer quick
MOST_LABELS, ACROSS = 10, 2  # graphs on a page; inputs, which the page draws as a plane
EDGE = 0.15  # of the rows' extent, shown around them

Rows = Sequence[Sequence[float]]


class TrainingPage:
    """A page on which a network is trained: `html`, `save`, and what a notebook shows."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def html(self) -> str:
        """The page, which needs nothing else."""
        operations = [op for graph in self.data["graphs"] for op in graph["ops"] if op in TABLE]
        text = json.dumps(self.data, separators=(",", ":"), allow_nan=False)
        return assemble("Training", "training", SCRIPTS, text, source(operations))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file whose name ends in .html."""
        suffix_of(path, [".html"])
        return write_whole(path, self.html())

    def _repr_html_(self) -> str:
        frame = 'sandbox="allow-scripts" title="Training" style="width:100%;height:840px;border:1px solid #8888"'
        return f'<iframe {frame} srcdoc="{escape(self.html())}"></iframe>'

    def __repr__(self) -> str:
        return f"<TrainingPage of {len(self.data['weights']):,} parameters on {len(self.data['rows']):,} rows>"


def training_page(
    model: Any, x: Rows, y: Sequence[float], loss: Callable[[list[Any], list[Any]], Value],
    rate: float = 0.1, boundary: float = 0.5, title: str = "Training",
) -> TrainingPage:  # fmt: skip
    """A page that trains `model` on the rows `x` of two numbers and their labels `y`, by `loss(labels, predictions)`.

    The model is called with a list of Values and has `parameters()`; what it gives above `boundary` counts as a label
    above it: 0 where a model gives logits. Raises `ArgumentError` for what a page cannot show.
    """
    if not callable(model) or not callable(getattr(model, "parameters", None)) or not callable(loss):
        expected = "a model that is called with a row and has parameters(), and a loss of labels and predictions"
        raise OperandError(f"training_page: expected {expected}, got {shown(model)} and {shown(loss)}")
    rows, labels = [_numbers("x", row) for row in _list("x", x)], _numbers("y", y)
    pace, line = (number(each, "training_page") for each in (rate, boundary))
    _check(rows, labels, pace)
    kinds = sorted(set(labels))
    recorded = [_graph(model, loss, len(rows[0]), label) for label in kinds]
    parameters = [p for p in model.parameters() if any(p in graph.values for graph, _, _ in recorded)]
    return TrainingPage({
        "title": str(title), "rate": pace, "boundary": line, "window": _window(rows),
        "rows": rows, "labels": labels, "kinds": [kinds.index(label) for label in labels],
        "graphs": [_data(*each, parameters) for each in recorded],
        "weights": [json_number(p.data) for p in parameters],
        "names": [name(p.name or f"parameter {i}") for i, p in enumerate(parameters)],
    })  # fmt: skip


def _list(what: str, x: Any) -> list[Any]:
    if not is_series(x) or isinstance(x, (str, bytes)):
        raise OperandError(f"training_page: expected a list or an array of rows, got {shown(x)} as {what}")
    return list(x)


def _numbers(what: str, row: Any) -> list[float]:
    return [number(each, "training_page") for each in _list(what, row)]


def _check(rows: list[list[float]], labels: list[float], rate: float) -> None:
    if not rows or len(rows) != len(labels):
        got = f"got {len(labels)} for {len(rows)}"
        raise ArgumentError(f"training_page: expected as many labels as rows, and some, {got}")
    wrong = [row for row in rows if len(row) != ACROSS or not all(map(isfinite, row))]
    if wrong:
        expected = f"training_page: expected rows of {ACROSS} finite numbers, which the page draws as a plane"
        raise ArgumentError(f"{expected}, got {shown(wrong[0])}")
    if len(set(labels)) > MOST_LABELS or not all(map(isfinite, labels)):
        expected = f"training_page: expected labels that are finite numbers, at most {MOST_LABELS} of them"
        raise ArgumentError(f"{expected}, got {shown(sorted(set(labels)))}")
    if not (isfinite(rate) and rate > 0):
        raise ArgumentError(f"training_page: expected a learning rate above 0, got {shown(rate)}")


def _graph(
    model: Any, loss: Callable[[list[Any], list[Any]], Value], width: int, label: float
) -> tuple[Snapshot, list[Value], Value]:
    """The loss of one row with this label, with the Values of its row and its prediction."""
    row = [Value(0.5, name=f"x{i}") for i in range(width)]
    given = model(row)
    prediction = given[0] if isinstance(given, list) and len(given) == 1 else given
    if not isinstance(prediction, Value):
        raise OperandError(f"training_page: expected a model that gives one Value for a row, got {shown(given)}")
    total = loss([label], [prediction])
    if not isinstance(total, Value):
        raise OperandError(f"training_page: expected a loss that gives a Value, got {shown(total)}")
    graph = snapshot(total)
    if prediction not in graph.values:
        raise ArgumentError("training_page: expected a loss of the prediction, got one that does not depend on it")
    if len(graph.nodes) > MOST_NODES:
        raise ArgumentError(f"a page trains at most {MOST_NODES:,} nodes for a row, and this has {len(graph.nodes):,}")
    return graph, row, prediction


def _data(graph: Snapshot, row: list[Value], prediction: Value, parameters: list[Value]) -> dict[str, Any]:
    place = graph.values
    return {
        "ops": [node.operation for node in graph.nodes],
        "parents": [node.parents for node in graph.nodes],
        "data": [json_number(node.data) for node in graph.nodes],
        "inputs": [place.get(x, -1) for x in row],
        "parameters": [place.get(p, -1) for p in parameters],
        "prediction": place[prediction],
    }


def _window(rows: list[list[float]]) -> list[float]:
    """What the page shows of the plane: left, right, bottom, top."""
    ends = []
    for side in zip(*rows):
        low, high = min(side), max(side)
        edge = EDGE * (high - low) or 1.0
        ends += [low - edge, high + edge]
    return ends
