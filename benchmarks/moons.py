"""Two moons, and the training step that micrograd's demo takes on them: one program, any engine.

The network code is micrograd's own `nn` module, executed over another engine's Value, so that what is timed is the
engine alone.

>>> rows, labels = two_moons(4)
>>> labels
[1.0, -1.0, 1.0, -1.0]
"""

import inspect
import math
import random
from types import SimpleNamespace
from typing import Any


def two_moons(count: int, noise: float = 0.1) -> tuple[list[list[float]], list[float]]:
    """Points on two interleaved half circles, with labels 1 and -1 in turn."""
    source = random.Random(1)
    rows, labels = [], []
    for index in range(count):
        angle, upper = math.pi * source.random(), index % 2 == 0
        x, y = (math.cos(angle), math.sin(angle)) if upper else (1 - math.cos(angle), 0.5 - math.sin(angle))
        rows.append([x + source.gauss(0, noise), y + source.gauss(0, noise)])
        labels.append(1.0 if upper else -1.0)
    return rows, labels


def micrograd_nn(value: type) -> Any:
    """micrograd's `nn` module as it stands, over the Value of another engine."""
    import micrograd.nn

    namespace: dict[str, Any] = {"__name__": f"nn over {value.__module__}", "Value": value}
    source = inspect.getsource(micrograd.nn).replace("from micrograd.engine import Value", "")
    exec(compile(source, micrograd.nn.__file__, "exec"), namespace)
    return SimpleNamespace(**namespace)


def moons_loss(model: Any, value: type, rows: list[list[float]], labels: list[float]) -> Any:
    """The mean hinge loss of the rows, and the sum of the squared parameters times 1e-4."""
    inputs = [list(map(value, row)) for row in rows]
    scores = list(map(model, inputs))
    losses = [(1 + -label * score).relu() for label, score in zip(labels, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))
    return data_loss + 1e-4 * sum(p * p for p in model.parameters())
