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

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..coerce import is_series
from ..errors import ArgumentError, OperandError, shown
from . import initializers as initial, losses, metrics, optimizers, tables
from .block import Block
from .callbacks import METHODS, Callback, called
from .engines import Eager, engine_for, forward, penalty, require_engine
from .keywords import known_arguments
from .losses import Loss
from .metrics import Metric
from .metrics import find as find_metric
from .optimizers import Optimizer
from .progress import progress, silent
from .fit_loop import History, Run
from .tables import Array
from .weighting import row_weights, weighted, with_weights
from .weights import groups

Data = Any  # rows: nested lists or arrays of numbers


class Trainable(Block):
    """What makes a model out of layers: compile, fit, evaluate, predict."""

    optimizer: Optimizer | None = None
    loss: Loss | None = None
    metrics: Sequence[str | Metric] = ()
    engine = "auto"
    stop_training = False

    @known_arguments
    def compile(self, optimizer: str | Optimizer = "rmsprop", loss: str | Loss | None = None,
                metrics: Iterable[str | Metric] | None = None, engine: str = "auto") -> None:  # fmt: skip
        """Choose the optimizer, the loss and the metrics, by name or as objects.

        `engine` is "eager" (Values), "compiled" (array code), "jax", or "auto", which is "compiled".
        """
        if loss is None:
            raise ArgumentError("compile: expected a loss, such as loss='binary_crossentropy'")
        if isinstance(metrics, str) or not (metrics is None or is_series(metrics)):
            raise OperandError(f"compile: expected a list of metrics, got {shown(metrics)}: write ['accuracy']")
        self.optimizer, self.loss, self.engine = optimizers.find(optimizer), losses.find(loss), engine
        self.metrics = list(metrics or ())
        require_engine(engine)
        for metric in self.metrics:
            find_metric(metric, [[0.0]], outputs=1, loss=self.loss)

    @known_arguments
    def fit(self, x: Data, y: Data, batch_size: int | None = None, epochs: int = 1, verbose: int | str = "auto",
            callbacks: Iterable[Callback] | None = None, validation_split: float = 0.0,
            validation_data: Sequence[Data] | None = None, shuffle: bool = True,
            class_weight: Mapping[int, float] | None = None, sample_weight: Data | None = None,
            initial_epoch: int = 0, seed: int = 0) -> History:  # fmt: skip
        """Train for `epochs` (up to that number, from `initial_epoch`); return the losses and metrics of each.

        The loss is the mean over the epoch's batches, each before its step. Metrics are of the model after the epoch,
        on all rows and without Dropout; Keras gives their running mean while the weights still move, which lags behind.
        `validation_split` sets the last part of the rows apart, `validation_data` is (x, y) or (x, y, weights). A row
        counts by its `sample_weight`, or by the `class_weight` of its label. The order of the rows depends on `seed`
        and the epoch alone. `verbose`: 0 nothing, 1 a progress bar (a line per epoch where no terminal is), 2 a line
        per epoch, "auto" the bar, and where no terminal is a line a second.

        Raises `AnomalyError` if a loss or a weight turns to nan or inf: it names the operation that did it, and the
        weights are those of the last good batch.
        """
        batch_size = initial.size(32 if batch_size is None else batch_size, "batch_size")
        epochs = initial.size(epochs, "epochs")
        initial_epoch = initial.size(initial_epoch, "initial_epoch", least=0)
        callbacks = checked_callbacks(callbacks)
        require_verbose(verbose)
        loss, optimizer = self._compiled("fit")
        x = tables.rows(x, self.input_shape)
        y = tables.labels(y, len(x))
        weights = row_weights(y, sample_weight, class_weight)
        kept = tables.kept_rows(len(x), validation_split)
        held_out = [part[kept:] for part in (x, y, weights) if part is not None]
        x, y, weights = x[:kept], y[:kept], None if weights is None else weights[:kept]
        validation: list[Any] | None = held_out if len(held_out[0]) else None
        if validation_data is not None:
            validation = checked_validation(validation_data)
        elif validation is not None:
            tables.warn_of_one_class(y, validation[1])
        self._prepare(x, y, optimizer)
        labels = y
        if weights is not None:
            loss, labels = weighted(loss, flat=y.ndim == 1), with_weights(y, weights)
        run = Run(self, loss, engine_for(self.engine, self, loss, optimizer), callbacks)
        count = (epochs - initial_epoch) * -(-len(x) // batch_size)
        for callback in callbacks:
            callback.set_model(self)
            callback.set_params({"epochs": epochs, "steps": -(-len(x) // batch_size), "verbose": verbose})
        with progress(count, "Training", quiet=verbose not in (1, "auto"), lines=verbose == "auto") as advance:
            lines = verbose == 2 or verbose == 1 and advance is silent
            for epoch in run.epochs(initial_epoch, epochs):
                batches = tables.batches(len(x), batch_size, shuffle, f"{seed} {epoch}")
                mean_loss = run.epoch(x, labels, list(batches), f"{epoch + 1}/{epochs}", advance)
                logs = in_order({"loss": mean_loss} | self._metrics(x, y))
                if validation is not None:
                    logs |= {f"val_{name}": z for name, z in in_order(self._evaluated(*validation)).items()}
                run.history.add(epoch, logs)
                if lines:
                    print(f"Epoch {epoch + 1}/{epochs} - {line_of(logs)}")
                run.after(epoch, logs)
        return run.history

    @known_arguments
    def evaluate(self, x: Data, y: Data, batch_size: int | None = None, verbose: int | str = "auto",
                 sample_weight: Data | None = None, return_dict: bool = False) -> Any:  # fmt: skip
        """The loss on these rows; with metrics a list, loss first; a dict by name if asked for.

        With `verbose` 1 or 2 they are printed too. All rows are taken at once, whatever `batch_size` says.
        """
        require_verbose(verbose)
        initial.size(32 if batch_size is None else batch_size, "batch_size")
        logs = self._evaluated(x, y, sample_weight)
        if verbose in (1, 2):
            print(line_of(in_order(logs)))
        return in_order(logs) if return_dict else logs["loss"] if len(logs) == 1 else list(logs.values())

    @known_arguments
    def train_on_batch(self, x: Data, y: Data, sample_weight: Data | None = None,
                       class_weight: Mapping[int, float] | None = None, return_dict: bool = False) -> Any:  # fmt: skip
        """Take one step on these rows; return the loss before it and the metrics after it, as `evaluate` does."""
        loss, optimizer = self._compiled("train_on_batch")
        x = tables.rows(x, self.input_shape)
        y = labels = tables.labels(y, len(x))
        weights = row_weights(y, sample_weight, class_weight)
        self._prepare(x, y, optimizer)
        if weights is not None:
            loss, labels = weighted(loss, flat=y.ndim == 1), with_weights(y, weights)
        run = Run(self, loss, Eager(self, loss, optimizer), [])
        logs = {"loss": run.epoch(x, labels, [list(range(len(x)))], "1/1", silent)} | self._metrics(x, y)
        return in_order(logs) if return_dict else logs["loss"] if len(logs) == 1 else list(logs.values())

    @known_arguments
    def predict(self, x: Data, batch_size: int | None = None, verbose: int | str = "auto") -> Array:
        """The outputs for rows of inputs: an array with a row for each. Nothing is printed, whatever `verbose` says.

        All rows are taken at once, whatever `batch_size` says.
        """
        require_verbose(verbose)
        initial.size(32 if batch_size is None else batch_size, "batch_size")
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
        parameters = self.trainable_parameters()
        if not parameters:
            raise ArgumentError(f"fit: expected a layer that may change, got {self!r} with every layer frozen")
        if [id(p) for p in optimizer.params] != [id(p) for p in parameters]:
            optimizer.bind(parameters, groups(self, parameters))

    def _evaluated(self, x: Data, y: Data, sample_weight: Data | None = None) -> dict[str, float]:
        loss, _ = self._compiled("evaluate")
        predicted = self.predict(x)
        y = labels = tables.labels(y, len(predicted))
        weights = row_weights(y, sample_weight, None)
        if weights is not None:
            loss, labels = weighted(loss, flat=y.ndim == 1), with_weights(y, weights)
        return {"loss": loss(labels, predicted).data + penalty(self)} | self._metrics(x, y, predicted)

    def _metrics(self, x: Array, y: Array, predicted: Array | None = None) -> dict[str, float]:
        if not self.metrics:
            return {}
        predicted = self.predict(x) if predicted is None else predicted
        rows = y.tolist()
        found: dict[str, float] = {}
        for metric in self.metrics:
            measure = find_metric(metric, rows, predicted.shape[1], self.loss)
            found[metrics.free_name(metric, found)] = float(measure(rows, predicted))
        return found


def in_order(logs: dict[str, float]) -> dict[str, float]:
    """The numbers of an epoch by name, in the order of their names, as Keras has them."""
    return {name: logs[name] for name in sorted(logs)}


def line_of(logs: dict[str, float]) -> str:
    """Losses and metrics on one line, as Keras prints them."""
    return " - ".join(f"{name}: {x:.4f}" for name, x in logs.items())


def require_verbose(verbose: object) -> None:
    if not isinstance(verbose, (int, str)) or verbose not in (0, 1, 2, "auto"):
        raise ArgumentError(f"verbose: expected 0, 1, 2 or 'auto', got {shown(verbose)}")


def checked_validation(validation_data: Any) -> list[Any]:
    """Rows and labels for validation, perhaps with weights, or an error that shows what came."""
    if not isinstance(validation_data, (tuple, list)) or len(validation_data) not in (2, 3):
        raise OperandError(f"validation_data: expected a pair (x, y), got {shown(validation_data)}")
    return list(validation_data)


def checked_callbacks(callbacks: Any) -> list[Callback]:
    """The callbacks as a list, or an error that shows what is none."""
    if callbacks is None:
        return []
    if isinstance(callbacks, Callback) or not is_series(callbacks):
        raise OperandError(f"callbacks: expected a list of callbacks, got {shown(callbacks)}")
    found = list(callbacks)
    for callback in found:
        if not isinstance(callback, Callback):
            raise OperandError(f"callbacks: expected objects of nn.callbacks.Callback, got {shown(callback)}")
        for name in METHODS:
            called(callback, name, None)
    return found
