"""One training step as a function: `step(X, y)` gives the mean loss of a batch and its gradient, as flat arrays.

    "eager"       a graph of Values for each batch
    "compiled"    the loss of one row recorded once, rolled, and run as NumPy code on every batch
    "jax"         the same program under jax.jit: on GPUs, and on several devices where X is sharded over them

>>> import numpy as np
>>> from autodiff import nn
>>> model = nn.MLP(2, [8, 1], output="sigmoid", seed=1)
>>> step = step_function(model, "binary_crossentropy")
>>> X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
>>> for _ in range(1000):
...     loss, gradient = step(X, y)
...     step.parameters = step.parameters - 0.5 * gradient
>>> step.sync()
>>> [round(model(row).data) for row in X]
[0, 1, 1, 0]
"""

from typing import Any

from ...errors import ArgumentError, OperandError, shown
from .. import losses
from ..layers.block import Block
from ..layers.dense import Dropout
from ..layers.module import Module
from .masked import Masked
from .objectives import objectives
from .step import STEPS, Step


def step_function(model: Module, loss: Any, engine: str = "compiled") -> Step:
    """A function of a batch that gives its mean loss and the gradient, with `parameters` as one flat array.

    `loss` is a name, or any f(y_true, y_pred) that is a mean over rows; for a model of several outputs also a list or a
    dict of them, as the batches are. `engine` is "eager", "compiled" or "jax".
    """
    if not isinstance(model, Module):
        raise OperandError(f"step_function: expected a model, got {shown(model)}")
    if not isinstance(engine, str) or engine not in STEPS:
        raise ArgumentError(f"step_function: expected an engine of {', '.join(STEPS)}, got {shown(engine)}")
    several = isinstance(model, Block) and model.several
    drawn = [module for module in model.modules() if isinstance(module, Dropout)] if engine != "eager" else []
    ported, masked = Ported(model, loss) if several else None, Masked(model, drawn)
    step = STEPS[engine](masked if ported or drawn else model, ported.join if ported else losses.find(loss))

    def arrange(X: Any, y: Any) -> tuple[Any, Any]:
        X, y = ported.arrange(X, y) if ported else (X, y)
        return masked.with_masks(X), y

    step.arrange = arrange if ported or drawn else None
    return step


class Ported:
    """What a step of one table needs to serve a model of several inputs or outputs: batches are lists or dicts by name.

    >>> from autodiff import nn
    >>> x = nn.Input(2)
    >>> model = nn.Model(x, [nn.Dense(1, name="size")(x), nn.Dense(2, "softmax", name="kind")(x)])
    >>> step = nn.step_function(model, {"size": "mse", "kind": "sparse_categorical_crossentropy"})
    >>> loss, gradient = step([[0.0, 1.0], [1.0, 0.0]], {"size": [0.5, 2.0], "kind": [0, 1]})
    >>> gradient.shape
    (9,)
    """

    _passing = frozenset({"targets"})

    def __init__(self, model: Any, loss: Any) -> None:
        self.model = model
        self.losses = [each.loss for each in objectives(model.output_names, loss, None, None, None)]
        self.targets: Any = None  # of the last batch: where the labels of each output stand in the table

    def arrange(self, X: Any, y: Any) -> tuple[Any, Any]:
        """A batch as one table of inputs and one of labels."""
        rows = self.model._rows(X, y)
        self.targets = rows.targets
        return rows.x, rows.targets.table

    def join(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of rows of the table."""
        return self.targets.join(self.losses, [1.0] * len(self.losses))(y_true, y_pred)
