"""The training step of a model of several inputs or outputs: batches, and losses, are lists or dicts by name.

>>> from autodiff import nn
>>> x = nn.Input(2)
>>> model = nn.Model(x, [nn.Dense(1, name="size")(x), nn.Dense(2, "softmax", name="kind")(x)])
>>> step = nn.step_function(model, {"size": "mse", "kind": "sparse_categorical_crossentropy"})
>>> loss, gradient = step([[0.0, 1.0], [1.0, 0.0]], {"size": [0.5, 2.0], "kind": [0, 1]})
>>> gradient.shape
(9,)
"""

from typing import Any

from .engines import Masked
from .objectives import objectives
from .step import Step, step_function


class PortedStep(Step):
    """A step whose batches are put side by side in one table, for a step of a single input and output."""

    def __init__(self, model: Any, loss: Any, engine: str) -> None:
        self.model: Any = model
        self.objectives = objectives(model.output_names, loss, None, None, None)
        self.inner = step_function(Masked(model, []), self.join, engine)
        self.values, self.loss = self.inner.values, self.join
        self.parts: Any = None

    @property
    def parameters(self) -> Any:
        """The parameters as one flat array."""
        return self.inner.parameters

    @parameters.setter
    def parameters(self, parameters: Any) -> None:
        self.inner.parameters = parameters

    def sync(self) -> None:
        """Write `parameters` into the model's Values."""
        self.inner.sync()

    def reload(self) -> None:
        """Read `parameters` from the model's Values."""
        self.inner.reload()

    def join(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of rows of the table."""
        return self.parts.join([each.loss for each in self.objectives], [1.0] * len(self.objectives))(y_true, y_pred)

    def __call__(self, X: Any, y: Any) -> tuple[Any, Any]:
        rows = self.model._rows(X, y)
        self.parts = rows.targets
        loss, gradient = self.inner(rows.x, rows.targets.table)
        self.outputs = self.inner.outputs
        return loss, gradient
