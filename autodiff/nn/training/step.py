"""The step of each engine: the mean loss of a batch and its gradient, from the parameters as one flat array."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from ...compiled.batch import Batch
from ...errors import ArgumentError, AutodiffError, MissingExtraError
from ...value import Value, constant
from .. import losses
from .batches import labels_of, require_rows, table
from ..layers.module import Module
from ..layers.rows import datum, entries
from .vectors import Vector, same
from .watched import Watched

Loss = Callable[[Any, Any], Value]
TRIED = 8  # rows beside the first, in each of so many batches, to find one of another loss


class Step:
    """A training step: call it with X, of rows by inputs, and y, of rows or rows by outputs.

    Its `parameters` are its own until `sync` writes them into the model; `reload` reads them from there.
    """

    arrange: Callable[[Any, Any], tuple[Any, Any]] | None = None  # makes X and y of the batches as they are given

    def __init__(self, model: Module, loss: Loss) -> None:
        self.model, self.loss = model, loss
        self.values, self.watched, self.watched_loss = model.parameters(), Watched(), Watched()
        self.vector = Vector(self.values)
        self.parameters: Any = self.vector.read()
        self.written = self.parameters.copy()  # the model's numbers as they were read, or written, last
        self.outputs: Any = None  # of the model for the last batch: one row for each, or one for all

    def __call__(self, X: Any, y: Any) -> tuple[Any, Any]:
        """The mean loss over the rows, and its gradient in `parameters`, in their order.

        Raises ArgumentError if X or y is empty, or they do not have as many rows, or the model has other parameters
        than it had. What else has changed in the model or the loss, such as an activation, the step follows.
        """
        if self.watched.changed(self.model) or self.watched_loss.changed(self.loss):
            self.require_parameters()
            self.forget()
            self.watched.keep(self.model)
            self.watched_loss.keep(self.loss)
        return self.run(*self.arrange(X, y) if self.arrange else (X, y))

    def run(self, X: Any, y: Any) -> tuple[Any, Any]:
        """The same for a model that has not changed."""
        raise NotImplementedError

    def forget(self) -> None:
        """Drop what was recorded of the model as it was."""

    def require_parameters(self) -> None:
        """An error unless the model's parameters are those that the step has numbers for."""
        now = self.model.parameters()
        if [*map(id, now)] != [*map(id, self.values)]:
            raise ArgumentError(f"step: expected the {len(self.values)} parameters that the model had when the step "
                                f"was made, got {len(now)}, not all of them the same: make a new step_function")

    def sync(self) -> None:
        """Write `parameters` into the model's Values. Raises ArgumentError where someone else has written there."""
        found, numbers = self.vector.read(), np.array(self.parameters, np.float64)
        if not same(found, self.written) and not same(found, numbers):
            place = int(np.flatnonzero(found != self.written)[0])
            raise ArgumentError(f"step: expected the model's weights as the step left them, got {found[place]} in "
                                f"place of {self.written[place]} for parameter {place}: step.reload() goes on from "
                                "the model's weights, and forgets step.parameters")  # fmt: skip
        self.vector.write(numbers)
        self.written = numbers

    def reload(self) -> None:
        """Read `parameters` from the model's Values, after someone else has written there."""
        self.written, now = self.vector.read(), self.parameters
        self.parameters = now.__array_namespace__().asarray(self.written.copy(), dtype=now.dtype)


class EagerStep(Step):
    """A graph of Values for each batch."""

    def run(self, X: Any, y: Any) -> tuple[float, Any]:
        X, y = table("X", X), labels_of(y)
        require_rows(X, y)
        self.sync()
        for value in self.values:
            value.grad = 0.0
        predicted = [self.model(row) for row in X.tolist()]
        self.outputs = np.array([numbers(row) for row in predicted]).reshape(len(X), -1)
        loss = as_loss(self.loss(y.tolist(), predicted))
        loss.backward()
        return loss.data, np.array([value.grad for value in self.values])


class CompiledStep(Step):
    """The loss of one row as a rolled program, run on every batch."""

    target = "numpy"

    def __init__(self, model: Module, loss: Loss) -> None:
        super().__init__(model, loss)
        self.batches: dict[tuple[int, tuple[int, ...]], Batch] = {}  # by the sizes of a row and of its labels
        self.known = defaultdict[Any, set[Any]](set)  # by dtype: labels that the loss has seen, or hashes of their rows
        self.prediction: Any = None
        self.doubts = Counter[Any]()  # by sizes: batches that may still show that the loss is no mean over rows

    def forget(self) -> None:
        self.batches.clear()
        self.doubts.clear()
        self.known.clear()

    def run(self, X: Any, y: Any) -> tuple[Any, Any]:
        labels = labels_of(y)
        X, y = self.prepared(X, y)
        sizes = int(X.shape[1]), tuple(map(int, y.shape[1:]))
        self.check_labels(X, labels, sizes)
        if sizes not in self.batches:
            self.begin(X, y, sizes)
        if self.doubts[sizes]:
            self.doubts[sizes] = 0 if self.is_mean(X, labels) else self.doubts[sizes] - 1
        try:
            loss, gradient, self.outputs = self.batches[sizes](self.parameters, X, y[:, None] if y.ndim == 1 else y)
        except AutodiffError:  # of a row that was recorded by itself, in which an output is refused
            self.sync()
            self.loss(labels.tolist(), [self.model(row) for row in np.asarray(X, np.float64).tolist()])  # says which
            raise
        return loss, gradient

    def prepared(self, X: Any, y: Any) -> tuple[Any, Any]:
        """X and y as this engine's arrays."""
        X, y = table("X", X), labels_of(y)
        require_rows(X, y)
        return X, y.astype(np.float64, copy=False)  # NumPy takes the logarithm of a small integer in half precision

    @property
    def source(self) -> str:
        """The emitted source of the step, once it has run."""
        recordings = [each for batch in self.batches.values() for each in batch.recordings]
        if not recordings:
            raise ArgumentError("step.source: expected a step that has run: call step(X, y) first")
        return recordings[-1].source

    def begin(self, X: Any, y: Any, sizes: tuple[int, tuple[int, ...]]) -> None:
        """Record the loss of the first row."""
        seen, flat = list[Any](), y.ndim == 1

        def loss(xs: list[Value], ts: list[Value]) -> list[Value]:
            seen[:] = [self.model(xs)]
            return [as_loss(self.loss([ts[0] if flat else ts], seen)), *entries(seen[0])]

        name = f"step of {type(self.model).__name__}"
        batch = Batch(name, self.values, loss, self.target, self.finish)
        batch.record(self.parameters, np.asarray(X[0]), np.asarray(y[0]).ravel())
        self.batches[sizes], self.doubts[sizes] = batch, TRIED

    def finish(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """What becomes of the emitted function."""
        return function

    def is_mean(self, X: Any, y: Any) -> bool:
        """An error where the loss of two rows is not the mean of theirs; whether two of other losses were found."""
        for place in range(len(X) - 1, max(len(X) - 1 - TRIED, -1), -1):
            rows = [(y[at].tolist(), self.model(np.asarray(X[at], np.float64).tolist())) for at in (0, place)]
            if self.require_mean(*map(list, zip(*rows))):
                return True
        return False

    def require_mean(self, ts: list[Any], predictions: list[Any]) -> bool:
        """An error for a loss that is no mean; whether the losses of the two rows differ."""
        both = datum(self.loss(ts, predictions), "loss")
        one, other = (datum(self.loss([t], [row]), "loss") for t, row in zip(ts, predictions))
        mean = (one + other) / 2
        if abs(both - mean) > 1e-9 * max(abs(both), abs(mean)):
            raise ArgumentError(f"step_function: expected a loss that is the mean over rows, got {both} for two rows "
                                f"whose losses have the mean {mean}: use engine='eager'")  # fmt: skip
        return abs(one - other) > 1e-6 * max(abs(one), abs(other))

    def check_labels(self, X: Any, y: Any, sizes: tuple[int, tuple[int, ...]]) -> None:
        """Let the loss see every label once, as it is: what eager refuses must not pass unseen.

        Labels are looked at before anything is recorded, beside the model's output for the first row.
        """
        if sizes not in self.batches:
            self.sync()
            self.prediction = self.model(np.asarray(X[0], np.float64).tolist())
        elif takes_any_number(self.loss) and not np.isnan(y).any():
            return
        fresh = self.fresh(y)
        try:
            for label in fresh.values():
                self.loss([label], [self.prediction])
        except AutodiffError:
            self.loss(y.tolist(), [self.prediction] * len(y))  # says in which row
            raise
        self.known[y.dtype].update(fresh)

    def fresh(self, y: Any) -> dict[Any, Any]:
        """The labels that the loss has not seen, by what is kept of them."""
        if y.ndim == 1:
            if self.known[y.dtype].issuperset(y.tolist()):  # sooner than to sort them
                return {}
            return {label: label for label in np.unique(y).tolist() if label not in self.known[y.dtype]}
        hashes = hashes_of_rows(y)
        if self.known[y.dtype].issuperset(hashes):
            return {}
        return {key: row for key, row in zip(hashes, y.tolist(), strict=True) if key not in self.known[y.dtype]}


class JaxStep(CompiledStep):
    """The rolled program under jax.jit; it runs where X and `parameters` are, and in their precision."""

    target = "jax.numpy"

    def __init__(self, model: Module, loss: Loss) -> None:
        try:
            import jax
        except ImportError:
            raise MissingExtraError("engine 'jax': jax is missing; run: pip install 'autodiff-scalar[jax]'") from None
        self.jax = jax
        super().__init__(model, loss)
        self.parameters = jax.numpy.asarray(self.parameters)

    def prepared(self, X: Any, y: Any) -> tuple[Any, Any]:
        X = X if hasattr(X, "sharding") else self.jax.numpy.asarray(table("X", X))
        y = y if hasattr(y, "sharding") else self.jax.numpy.asarray(labels_of(y))
        require_rows(X, y)
        whole = y.ndim == 1 and y.dtype.kind in "iu"
        return X.astype(self.parameters.dtype), y if whole else y.astype(self.parameters.dtype)

    def finish(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return self.jax.jit(function)


def takes_any_number(loss: Loss) -> bool:
    """Whether a loss is known to refuse no label but nan."""
    plain = (losses.mean_squared_error, losses.mean_absolute_error)
    return any(loss is each for each in plain) or type(loss) in (losses.MeanSquaredError, losses.MeanAbsoluteError)


def hashes_of_rows(y: np.ndarray) -> list[int]:
    """A number of 64 bits for each row, made of its bytes."""
    rows = np.ascontiguousarray(y).reshape(len(y), -1)
    return [*map(hash, rows.view(np.dtype((np.void, rows[:1].nbytes))).ravel().tolist())]


STEPS: dict[str, type[Step]] = {"eager": EagerStep, "compiled": CompiledStep, "jax": JaxStep}


def as_loss(found: Any) -> Value:
    """What a loss gave as a Value: of some rows it may be a plain number, as max(0, 1 - t * p) is."""
    return found if type(found) is Value else constant(found, "loss")


def numbers(prediction: Any) -> Any:
    """A prediction as numbers."""
    return [each.data for each in prediction] if isinstance(prediction, list) else prediction.data
