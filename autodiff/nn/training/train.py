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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ...coerce import as_flag
from ...errors import ArgumentError
from .. import checks, optimizers
from ..layers import tables
from ..layers.block import Block
from ..layers.rows import datum
from .callback import Callback
from .engines import engine_for, forward, penalty, require_engine
from .arguments import (
    check_callbacks, check_frequency, check_steps, check_validation, require_afresh, require_labels_given,
    require_loss, require_verbose,
)  # fmt: skip
from .fit_loop import History, Run, in_order, line_of, report_numbers
from ..keywords import know_arguments
from ..measures.loss import LossFunction, is_own
from .objectives import Meters, Objective, objectives, require_known
from ..optimizers import Optimizer
from ..progress import silent
from ..layers.tables import Array
from .targets import Rows, Targets, as_trained
from .weighting import row_weights
from ..layers.weights import groups

Data = Any  # rows: nested lists or arrays of numbers


class Trainable(Block):
    """What makes a model out of layers: compile, fit, evaluate, predict."""

    optimizer: Optimizer | None = None
    loss: Any = None
    history: History | None = None  # of the last `fit`
    engine = "auto"
    stop_training = False
    skips_validation = False  # whether this epoch leaves out the rows for validation that there are
    _objectives: Sequence[Objective] = ()
    _passing = frozenset({  # attributes that say nothing of what a model computes
        "optimizer", "loss", "history", "engine", "stop_training", "skips_validation", "_objectives", "_begins",
    })  # fmt: skip
    _begins = False  # whether the optimizer may start afresh: from `compile` to the first step

    @know_arguments
    def compile(self, optimizer: str | Optimizer = "rmsprop", loss: Any = None, metrics: Any = None,
                engine: str = "auto", *, loss_weights: Any = None, weighted_metrics: Any = None) -> None:  # fmt: skip
        """Choose the optimizer, the loss and the metrics, by name or as objects.

        For a model of several outputs losses, their weights and metrics are lists, or dicts by the outputs' names; the
        loss is then the sum over the outputs. Weighted metrics are those that the weights of rows count for. `engine`
        is "eager" (Values), "compiled" (array code), "jax", or "auto", which is "compiled".
        """
        found = objectives(self.output_names, loss, loss_weights, metrics, weighted_metrics)
        require_known(found)
        require_engine(engine)
        self.optimizer, self.engine, self._objectives = optimizers.find(optimizer), engine, found
        self.loss = loss  # as it was given
        self._begins = True

    @property
    def metrics(self) -> list[Any]:
        """The metrics that `compile` was given, those of one output after the other."""
        return [metric for each in self._objectives for metric in (*each.metrics, *each.weighted_metrics)]

    @know_arguments
    def fit(self, x: Data, y: Data = None, batch_size: int | None = None, epochs: int = 1, verbose: int | str = "auto",
            callbacks: Iterable[Callback] | Callback | None = None, validation_split: float = 0.0,
            validation_data: Sequence[Data] | None = None, shuffle: bool = True,
            class_weight: Mapping[int, float] | None = None, sample_weight: Data | None = None,
            initial_epoch: int = 0, seed: int = 0, validation_freq: int | Iterable[int] = 1,
            steps_per_epoch: int | None = None, validation_batch_size: int | None = None) -> History:  # fmt: skip
        """Train for `epochs` (up to that number, from `initial_epoch`); return the losses and metrics of each.

        Losses and metrics are running ones, as Keras's are: of each batch before its step, with Dropout, over the
        epoch. For those of the model after the epoch give the rows as `validation_data`, which is (x, y) or
        (x, y, weights); else `validation_split` sets the last part of the rows apart. They are looked at every
        `validation_freq` epochs, or after those that it lists, of which the first is 1. A row counts by its
        `sample_weight`, or, in training alone, by the `class_weight` of its label. The order of the rows depends on
        `seed` and the epoch alone. With `steps_per_epoch` an epoch ends after so many batches, and the next goes on
        from there; the last of a pass over the rows may be shorter.
        `verbose`: 0 nothing, 1 a progress bar with the course of the loss (a line per epoch where no terminal is), 2 a
        line per epoch, "auto" the bar, and where no terminal is a line a second.

        Raises `AnomalyError` if a loss or a weight turns to nan or inf: it names the operation that did it, and the
        weights are those of the last good batch.
        """
        batch_size = checks.size(32 if batch_size is None else batch_size, "batch_size")
        epochs = checks.size(epochs, "epochs")
        initial_epoch = checks.size(initial_epoch, "initial_epoch", least=0)
        callbacks = check_callbacks(callbacks)
        shuffle = as_flag("fit: shuffle", shuffle)
        is_turn = check_frequency(validation_freq)
        checks.size(32 if validation_batch_size is None else validation_batch_size, "validation_batch_size")
        require_verbose(verbose)
        self._require_compiled("fit")
        x, y, sample_weight = (list(each) if isinstance(each, Iterator) else each for each in (x, y, sample_weight))
        rows = self._rows(x, y, sample_weight, class_weight)
        rows, validation = self._set_apart(rows, validation_data, validation_split, (x, y, sample_weight))
        steps = check_steps(steps_per_epoch, len(rows.x), batch_size)
        run = self._run(rows, self.engine, callbacks)
        self.history = run.history
        run.begin({"verbose": verbose, "epochs": epochs, "steps": steps})
        return run.train(rows, range(initial_epoch, epochs),
                         lambda epoch: list(tables.batches(len(rows.x), batch_size, shuffle, f"{seed} {epoch}")),
                         lambda epoch: self._validate(run, validation, is_turn(epoch + 1)))  # fmt: skip

    @know_arguments
    def evaluate(self, x: Data, y: Data = None, batch_size: int | None = None, verbose: int | str = "auto",
                 sample_weight: Data | None = None, return_dict: bool = False) -> Any:  # fmt: skip
        """The loss on these rows; with metrics a list, loss first; a dict by name if asked for.

        With `verbose` 1 or 2 they are printed too. All rows are taken at once, whatever `batch_size` says.
        """
        require_verbose(verbose)
        checks.size(32 if batch_size is None else batch_size, "batch_size")
        self._require_compiled("evaluate")
        logs = self._evaluate(self._rows(x, y, sample_weight))
        if verbose in (1, 2):
            print(line_of(in_order(logs)))
        return report_numbers(logs, return_dict)

    @know_arguments
    def train_on_batch(self, x: Data, y: Data = None, sample_weight: Data | None = None,
                       class_weight: Mapping[int, float] | None = None, return_dict: bool = False) -> Any:  # fmt: skip
        """Take one step on these rows; return the loss and the metrics before it, of this batch alone."""
        self._require_compiled("train_on_batch")
        rows = self._rows(x, y, sample_weight, class_weight)
        run = self._run(rows, "eager", [])
        logs = run.epoch(rows.x, rows.targets.table, [list(range(len(rows.x)))], "1/1", silent)
        return report_numbers(logs, return_dict)

    def test_on_batch(self, x: Data, y: Data, sample_weight: Data | None = None, return_dict: bool = False) -> Any:
        """What `evaluate` gives, by Keras's other name."""
        return self.evaluate(x, y, sample_weight=sample_weight, return_dict=return_dict, verbose=0)

    def predict_on_batch(self, x: Data) -> Any:
        """What `predict` gives, by Keras's other name."""
        return self.predict(x, verbose=0)

    @know_arguments
    def predict(self, x: Data, batch_size: int | None = None, verbose: int | str = "auto") -> Any:
        """The outputs for rows of inputs: an array with a row for each; of several outputs an array of each.

        Nothing is printed, whatever `verbose` says. All rows are taken at once, whatever `batch_size` says.
        """
        require_verbose(verbose)
        checks.size(32 if batch_size is None else batch_size, "batch_size")
        return self._give_form(forward(self, self._table(x), self.engine))

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs, by which losses and metrics may be given."""
        return ["output"]

    def _give_form(self, predicted: Array) -> Any:
        """Predictions in the form of the model's outputs."""
        return predicted

    def _sizes(self) -> list[int]:
        """How many numbers each output has for a row."""
        return [int(np.prod(self.output_shape or ()))]

    def _table(self, x: Data) -> Array:
        """Rows of inputs as a table, with the model built for them."""
        table = tables.rows(x, self.input_shape)
        self.ensure_built(self.input_shape or np.shape(x)[1:] or table.shape[1:])
        return table

    def _labels(self, y: Data, count: int) -> list[Array]:
        """The labels of each output."""
        return [tables.labels(y, count)]

    def _rows(self, x: Data, y: Data, sample_weight: Data | None = None, class_weight: Any = None) -> Rows:
        """Rows and labels, checked, with the weights that they have."""
        require_labels_given(x, y)
        table = self._table(x)
        labels = self._labels(y, len(table))
        return Rows(table, Targets(labels, self._sizes(), self._weights(labels, sample_weight, class_weight)))

    def _set_apart(self, rows: Rows, validation_data: Sequence[Data] | None, part: float, given: tuple[Data, ...],
                   ) -> tuple[Rows, Rows | None]:  # fmt: skip
        """The rows to train on, and those to validate with: others, or the last part of those given, or none."""
        kept = tables.count_kept(len(rows.x), part)
        if validation_data is not None:  # then none are set apart
            return rows, self._rows(*check_validation(validation_data))
        if kept == len(rows.x):
            return rows, None
        rows, validation = rows.split(kept)[0], self._rows(*given).split(kept)[1]
        tables.warn_of_one_class(rows.targets.labels(), validation.targets.labels())
        return rows, validation

    def _validate(self, run: Run, validation: Rows | None, now: bool) -> dict[str, float]:
        """The loss and the metrics of the rows for validation, if there are any and it is their turn."""
        self.skips_validation = validation is not None and not now
        if validation is None or not now:
            return {}
        run.engine.sync()
        return {f"val_{name}": z for name, z in self._evaluate(validation).items()}

    def _weights(self, labels: list[Array], sample_weight: Any, class_weight: Any) -> list[Array | None]:
        """The weights of the rows, for each output."""
        return [row_weights(labels[0], sample_weight, class_weight)]

    def _require_compiled(self, what: str) -> None:
        if not self._objectives or self.optimizer is None:
            raise ArgumentError(f"{what}: expected a compiled model: call compile(optimizer, loss) first")

    def _join(self, targets: Targets) -> LossFunction:
        """The loss of rows of a table of labels."""
        return targets.join([each.loss for each in self._objectives], [each.factor for each in self._objectives])

    def _run(self, rows: Rows, engine: str, callbacks: list[Callback]) -> Run:
        """Try the labels on the losses, give the optimizer its parameters, and begin."""
        assert self.optimizer is not None  # for mypy: it has been asked for
        for objective, part, size in zip(self._objectives, rows.targets.parts, self._sizes()):
            if objective.loss is not None:
                labels = part.labels_of(rows.targets.table).tolist()
                require_loss(objective.loss, labels[:2], size)
                labels = labels[:1000] if is_own(objective.loss) else labels  # which are tried on Values
                guesses = np.full((len(labels), size), 1 / max(size, 2))
                objective.loss(labels, as_trained([objective.loss], guesses) if is_own(objective.loss) else guesses)
        parameters = self.trainable_parameters()
        if not parameters:
            raise ArgumentError(f"fit: expected a layer that may change, got {self!r} with every layer frozen")
        if [id(p) for p in self.optimizer.params] != [id(p) for p in parameters]:
            require_afresh(self.optimizer, parameters, self.parameters(), self._begins)
            self.optimizer.bind(parameters, groups(self, parameters))
        self._begins = False
        loss = self._join(rows.targets)
        made = engine_for(engine, self, loss, self.optimizer)
        return Run(self, loss, made, Meters(self._objectives, rows.targets), callbacks)

    def _evaluate(self, rows: Rows) -> dict[str, float]:
        """The loss and the metrics of the model as it is."""
        predicted, meters = forward(self, rows.x, self.engine), Meters(self._objectives, rows.targets)
        given = as_trained([each.loss for each in self._objectives], predicted)
        loss = datum(self._join(rows.targets)(rows.targets.table.tolist(), given), "loss") + penalty(self)
        gathered = meters.state() if self.training else []  # in the midst of an epoch a callback may ask
        meters.reset()
        meters.update(rows.targets.table, predicted)
        results = meters.results()
        for metric, state in gathered:
            vars(metric).update(state)
        return {"loss": loss} | results
