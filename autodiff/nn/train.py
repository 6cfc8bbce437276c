"""Training: `compile` says how, `fit` does it, `evaluate` and `predict` use what came out.

>>> from autodiff import nn
>>> model = nn.Sequential([nn.Input(2), nn.Dense(8, "relu"), nn.Dense(1, "sigmoid")], seed=1)
>>> model.compile(optimizer=nn.SGD(lr=0.1), loss="binary_crossentropy", metrics=["accuracy"])
>>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
>>> history = model.fit(X, y, epochs=1000, verbose=0)
>>> model.evaluate(X, y)[1], model.predict(X).round().tolist()
(1.0, [[0.0], [1.0], [1.0], [0.0]])
>>> history.history["loss"][-1] < 0.1 < history.history["loss"][0]
True
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..errors import ArgumentError, OperandError, shown
from . import initializers as initial, losses, metrics, optimizers, tables
from .block import Block
from .callbacks import Callback
from .engines import engine_for, forward, require_engine
from .keywords import known_arguments
from .losses import Loss
from .metrics import Metric
from .metrics import find as find_metric
from .optimizers import Optimizer
from .progress import progress, silent
from .fit_loop import History, Run
from .tables import Array

Data = Any  # rows: nested lists or arrays of numbers


class Trainable(Block):
    """What makes a model out of layers: compile, fit, evaluate, predict."""

    optimizer: Optimizer | None = None
    loss: Loss | None = None
    metrics: Sequence[str | Metric] = ()
    engine = "auto"

    @known_arguments
    def compile(self, optimizer: str | Optimizer = "rmsprop", loss: str | Loss | None = None,
                metrics: Iterable[str | Metric] = (), engine: str = "auto") -> None:  # fmt: skip
        """Choose the optimizer, the loss and the metrics, by name or as objects.

        `engine` is "eager" (Values), "compiled" (array code), "jax", or "auto", which is "compiled".
        """
        if loss is None:
            raise ArgumentError("compile: expected a loss, such as loss='binary_crossentropy'")
        if isinstance(metrics, str):
            raise OperandError(f"compile: expected a list of metrics, got {shown(metrics)}: write [{metrics!r}]")
        self.optimizer, self.loss, self.engine = optimizers.find(optimizer), losses.find(loss), engine
        self.metrics = list(metrics)
        require_engine(engine)
        for metric in self.metrics:
            find_metric(metric, [[0.0]], outputs=1)

    @known_arguments
    def fit(self, x: Data, y: Data, batch_size: int = 32, epochs: int = 1, verbose: int | str = "auto",
            callbacks: Iterable[Callback] = (), validation_split: float = 0.0,
            validation_data: tuple[Data, Data] | None = None, shuffle: bool = True,
            initial_epoch: int = 0, seed: int = 0) -> History:  # fmt: skip
        """Train for `epochs` (up to that number, from `initial_epoch`); return the losses and metrics of each.

        The loss is the mean over the epoch's batches, each before its step; metrics are of the model after the epoch,
        on all rows. `validation_split` sets the last part of the rows apart. The order of the rows depends on `seed`
        and the epoch alone. `verbose`: 0 nothing, 1 a progress bar (a line per epoch where no terminal is), 2 a line
        per epoch, "auto" the bar, or nothing.

        Raises `AnomalyError` if a loss or a weight turns to nan or inf: it names the operation that did it, and the
        weights are those of the last good batch.
        """
        batch_size, epochs = initial.size(batch_size, "batch_size"), initial.size(epochs, "epochs")
        initial_epoch = initial.size(initial_epoch, "initial_epoch", least=0)
        callbacks = checked_callbacks(callbacks)
        require_verbose(verbose)
        loss, optimizer = self._compiled("fit")
        x = tables.rows(x, self.input_shape)
        y = tables.labels(y, len(x))
        x, y, *held_out = tables.split(x, y, validation_split)
        if validation_data is not None:
            held_out = checked_pair(validation_data)
        validation = held_out if len(held_out[0]) else None
        self._prepare(x, y, optimizer)
        run = Run(self, loss, engine_for(self.engine, self, loss, optimizer), callbacks)
        count = (epochs - initial_epoch) * -(-len(x) // batch_size)
        with progress(count, "Training", quiet=verbose not in (1, "auto")) as advance:
            lines = verbose == 2 or verbose == 1 and advance is silent
            for epoch in run.epochs(initial_epoch, epochs):
                batches = tables.batches(len(x), batch_size, shuffle, f"{seed} {epoch}")
                mean_loss = run.epoch(x, y, list(batches), f"{epoch + 1}/{epochs}", advance)
                logs = {"loss": mean_loss} | self._metrics(x, y)
                if validation is not None:
                    logs |= {f"val_{name}": z for name, z in self._evaluated(*validation).items()}
                run.history.add(epoch, logs)
                if lines:
                    print(f"Epoch {epoch + 1}/{epochs} - {line_of(logs)}")
                run.after(epoch, logs)
        return run.history

    @known_arguments
    def evaluate(self, x: Data, y: Data, verbose: int | str = "auto", return_dict: bool = False) -> Any:
        """The loss on these rows; with metrics a list, loss first; a dict by name if asked for.

        With `verbose` 1 or 2 they are printed too.
        """
        require_verbose(verbose)
        logs = self._evaluated(x, y)
        if verbose in (1, 2):
            print(line_of(logs))
        return logs if return_dict else logs["loss"] if len(logs) == 1 else list(logs.values())

    @known_arguments
    def predict(self, x: Data, verbose: int | str = "auto") -> Array:
        """The outputs for rows of inputs: an array with a row for each. Nothing is printed, whatever `verbose` says."""
        require_verbose(verbose)
        table = tables.rows(x, self.input_shape)
        self.ensure_built(self.input_shape or table.shape[1:])
        return forward(self, table, self.engine)

    def _compiled(self, what: str) -> tuple[Loss, Optimizer]:
        if self.loss is None or self.optimizer is None:
            raise ArgumentError(f"{what}: expected a compiled model: call compile(optimizer, loss) first")
        return self.loss, self.optimizer

    def _prepare(self, x: Array, y: Array, optimizer: Optimizer) -> None:
        """Build the model if need be, try the labels on the loss, and give the optimizer its parameters."""
        self.ensure_built(self.input_shape or x.shape[1:])
        outputs = int(np.prod(self.output_shape or ()))
        (self.loss or losses.mean_squared_error)(y.tolist(), np.full((len(y), outputs), 1 / max(outputs, 2)))
        parameters = self.parameters()
        if [id(p) for p in optimizer.params] != [id(p) for p in parameters]:
            optimizer.bind(parameters)

    def _evaluated(self, x: Data, y: Data) -> dict[str, float]:
        loss, _ = self._compiled("evaluate")
        predicted = self.predict(x)
        y = tables.labels(y, len(predicted))
        return {"loss": loss(y, predicted).data} | self._metrics(x, y, predicted)

    def _metrics(self, x: Array, y: Array, predicted: Array | None = None) -> dict[str, float]:
        if not self.metrics:
            return {}
        predicted = self.predict(x) if predicted is None else predicted
        rows = y.tolist()
        return {metrics.full_name(metric): find_metric(metric, rows, predicted.shape[1])(rows, predicted)
                for metric in self.metrics}  # fmt: skip


def line_of(logs: dict[str, float]) -> str:
    """Losses and metrics on one line, as Keras prints them."""
    return " - ".join(f"{name}: {x:.4f}" for name, x in logs.items())


def require_verbose(verbose: object) -> None:
    if verbose not in (0, 1, 2, "auto"):
        raise ArgumentError(f"verbose: expected 0, 1, 2 or 'auto', got {shown(verbose)}")


def checked_pair(validation_data: Any) -> list[Any]:
    """Rows and labels for validation, or an error that shows what came."""
    if not isinstance(validation_data, (tuple, list)) or len(validation_data) != 2:
        raise OperandError(f"validation_data: expected a pair (x, y), got {shown(validation_data)}")
    return list(validation_data)


def checked_callbacks(callbacks: Any) -> list[Callback]:
    """The callbacks as a list, or an error that shows what is none."""
    if isinstance(callbacks, Callback) or not isinstance(callbacks, Iterable):
        raise OperandError(f"callbacks: expected a list of callbacks, got {shown(callbacks)}")
    found = list(callbacks)
    for callback in found:
        if not isinstance(callback, Callback):
            raise OperandError(f"callbacks: expected objects of nn.callbacks.Callback, got {shown(callback)}")
    return found
