"""One step of training as a log: forward pass, error at the output, gradients from back to front, weight update.

The update is that of plain gradient descent: a parameter moves by the learning rate times its gradient, downhill.

>>> from autodiff import Value
>>> from autodiff.stepping import Log, snapshot
>>> w = Value(0.5, name="w")
>>> prediction = w * 2.0
>>> graph = snapshot((prediction - 3.0) ** 2)
>>> log = Log(graph, training=training(graph, [w], rate=0.1, prediction=prediction))
>>> [(phase, sum(step.phase == phase for step in log)) for phase in STAGES]
[('forward', 2), ('error', 2), ('backward', 4), ('update', 1)]
>>> print(log[-1])
w moves: w - rate * gradient = 0.5 - 0.1 * (-8) = 1.3.
"""

from collections.abc import Iterable
from math import isfinite
from typing import Any, NamedTuple

from ..coerce import is_series
from ..errors import ArgumentError, OperandError, shown
from ..value import Value
from .snapshot import Snapshot

STAGES = {
    "forward":  "forward pass",
    "error":    "error at the output",
    "backward": "gradients, from back to front",
    "update":   "weight update",
}  # fmt: skip


class Training(NamedTuple):
    """What a training step adds to a log: which nodes are parameters, the learning rate, and where the error begins."""

    parameters: tuple[int, ...]
    rate: float
    prediction: tuple[int, ...] = ()


def training(
    graph: Snapshot, parameters: Iterable[Value | str | int], rate: float, prediction: Value | Iterable[Value] = ()
) -> Training:
    """A training step: `parameters` that the graph does not depend on stay as they are, and are left out."""
    if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not isfinite(rate):
        raise ArgumentError(f"expected a finite number as the learning rate, got {shown(rate)}")
    if isinstance(parameters, str) or not is_series(parameters):
        raise OperandError(f"expected a list of parameters, got {shown(parameters)}")
    inside = [p for p in parameters if not isinstance(p, Value) or p in graph.values]
    outputs: Any = prediction if is_series(prediction) and not isinstance(prediction, str) else [prediction]
    moved = dict.fromkeys(map(graph.number, inside))  # each once, as by an optimizer
    return Training(tuple(moved), float(rate), tuple(map(graph.number, outputs)))


def stages(graph: Snapshot, plan: Training | None) -> bytearray:
    """For each node, 1 if it belongs to the error and 0 if it belongs to the prediction."""
    marks = bytearray(len(graph.nodes))
    if plan and plan.prediction:
        marks = bytearray(b"\1" * len(graph.nodes))
        for number in plan.prediction:
            marks[number] = 0
        for node in reversed(graph.nodes):
            if not marks[node.number]:
                for parent in node.parents:
                    marks[parent] = 0
    return marks
