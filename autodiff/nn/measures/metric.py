"""What a metric is: a number about predictions that is gathered batch by batch, in Keras's words.

>>> class Within(Quotient):
...     "The share of predictions that are off by less than 1."
...     def sums(self, y_true, y_pred, weights):
...         near = abs(y_true - y_pred) < 1
...         return (near * weights).sum(), (weights + 0 * near).sum()
>>> metric = Within()
>>> metric.update_state([1.0, 2.0], [1.5, 5.0])
>>> metric.update_state([3.0, 4.0], [3.5, 4.5])
>>> metric.name, metric.result()
('within', 0.75)
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import ArgumentError, OperandError, shown
from ...value import Value
from .. import elsewhere
from ..keywords import Declared, know_arguments, snake_case, takes
from ..layers.neurons import one_or_list
from ..layers.rows import Rows, datum, entries, list_rows, pair_rows
from ..layers.tables import Array, array


class Metric(Declared):
    """The base of all: subclass it with `update_state`, `result` and `reset_state`."""

    _instead = elsewhere.OF_METRICS
    middle = 0.5  # between the outputs of two classes: 0 where the loss takes logits, or labels of -1 and 1
    between = 0.5  # the labels of two classes: 0 where the loss takes those of -1 and 1

    def __init__(self, name: str | None = None) -> None:
        if not (name is None or isinstance(name, str)):
            raise OperandError(f"{type(self).__name__}: name: expected a string, got {shown(name)}")
        self.name = name or snake_case(type(self).__name__)
        self.reset_state()

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in the labels and predictions of some rows."""
        raise NotImplementedError(f"{type(self).__name__} gathers nothing: write update_state(self, y_true, y_pred)")

    def result(self) -> float:
        """The number, of all rows since the last reset."""
        raise NotImplementedError(f"{type(self).__name__} has no result: write result(self)")

    def reset_state(self) -> None:
        """Forget all rows."""

    @know_arguments
    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
        """Take in some rows, and give the number of all."""
        self.update_state(y_true, y_pred, sample_weight)
        return self.result()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


class Quotient(Metric):
    """A metric that is one sum over the rows, divided by another; 0 where there is nothing to divide by."""

    def reset_state(self) -> None:
        self.above, self.below = 0.0, 0.0

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        labels, predictions = self.tables(y_true, y_pred)
        self.add(*self.sums(labels, predictions, column_of_weights(self.name, sample_weight, len(labels))))

    def result(self) -> float:
        return self.above / self.below if self.below else 0.0

    def add(self, above: float, below: float) -> None:
        """Add to both sums."""
        self.above, self.below = self.above + float(above), self.below + float(below)

    def sums(self, y_true: Array, y_pred: Array, weights: Array) -> tuple[float, float]:
        """What these rows add to either sum: tables of rows by outputs, and a column of weights."""
        raise NotImplementedError(f"{type(self).__name__} adds nothing up: write sums(self, y_true, y_pred, weights)")

    def tables(self, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
        """Labels and predictions as `sums` wants them, checked."""
        return paired_tables(self.name, y_true, y_pred)


class MeanOfRows(Quotient):
    """A metric that is the mean of a number for each row."""

    def rows(self, y_true: Array, y_pred: Array) -> Any:
        """The number of each row."""
        raise NotImplementedError(f"{type(self).__name__} has no numbers: write rows(self, y_true, y_pred)")

    def sums(self, y_true: Array, y_pred: Array, weights: Array) -> tuple[float, float]:
        return (self.rows(y_true, y_pred) * weights[:, 0]).sum(), weights.sum()


class MeanOf(Quotient):
    """The mean of a function of (y_true, y_pred): of its numbers for the rows or, if it gives one, over the batches."""

    def __init__(self, function: Callable[..., Any], name: str | None = None) -> None:
        super().__init__(name_of(function) if name is None else name)
        if not takes(function, 2):
            raise OperandError(f"metric: expected a function of (y_true, y_pred), got {shown(function)}")
        self.function = function

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        found = self.function(y_true, y_pred)
        try:
            numbers = np.asarray(found.data if isinstance(found, Value) else found, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise OperandError(f"{self.name}: expected a number, or one for each row, got {shown(found)}") from error
        if numbers.ndim == 0:
            return self.add(float(numbers), 1.0)
        if len(numbers) != len(y_pred):
            expected = f"a number, or one for each of the {len(y_pred)} rows"
            raise ArgumentError(f"{self.name}: expected {expected}, got {len(numbers)}")
        weights = column_of_weights(self.name, sample_weight, len(numbers))[:, 0]
        self.add((numbers.reshape(len(numbers), -1).mean(axis=1) * weights).sum(), weights.sum())


class MeanOfOwnLoss(MeanOf):
    """The mean over the batches of a loss of the user's own, which is given what it is given in training: Values."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        labels = [row[0] if len(row) == 1 else row for row in map(entries, list_rows(self.name, "y_true", y_true))]
        outputs = [one_or_list([Value(datum(x, self.name)) for x in entries(row)])
                   for row in list_rows(self.name, "y_pred", y_pred)]  # fmt: skip
        super().update_state(labels, outputs, sample_weight)


class MeanOfLoss(Quotient):
    """The mean of a loss over the rows."""

    def __init__(self, loss: Callable[..., Value], name: str | None = None) -> None:
        super().__init__(name_of(loss) if name is None else name)
        self.loss = loss

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        if sample_weight is None:
            return self.add(len(y_pred) * self.loss(y_true, y_pred).data, len(y_pred))
        weights = column_of_weights(self.name, sample_weight, len(y_pred))[:, 0].tolist()
        self.add(sum(w * self.loss([t], [p]).data for t, p, w in zip(y_true, y_pred, weights) if w), sum(weights))


def name_of(function: Any) -> str:
    """The name of a function, also of one whose options are set by `functools.partial`, or of an object's class."""
    whole = getattr(function, "func", function)
    return re.sub(r"\W", "", getattr(whole, "__name__", "")) or snake_case(type(whole).__name__)


def paired_tables(name: str, y_true: Rows, y_pred: Rows) -> tuple[Array, Array]:
    """Labels and predictions as tables of one shape, rows by outputs; what does not fit is refused with its row."""
    labels, predictions = table_of(y_true), table_of(y_pred)
    if labels is not None and predictions is not None and labels.shape == predictions.shape:
        return labels, predictions
    rows = [[(datum(t, name), datum(p, name)) for t, p in row] for row in pair_rows(name, y_true, y_pred)]
    for place, row in enumerate(rows):
        if len(row) != len(rows[0]):
            expected = f"as many numbers as in row 0, {len(rows[0])}"
            raise ArgumentError(f"{name}: row {place}: expected {expected}, got {len(row)}")
    both = np.array(rows, dtype=np.float64)
    return both[..., 0], both[..., 1]


def require_known(name: str, y_pred: Array) -> None:
    """Refuse outputs that are nan: none is larger than they are, and so they would count as the largest."""
    for place in np.flatnonzero(np.isnan(y_pred).any(axis=1)):
        got = f"nan in {shown(y_pred[place].tolist())}"
        raise ArgumentError(f"{name}: row {place} of y_pred: expected numbers, got {got}: drop the row, or mend the "
                            "model: autodiff.detect_anomaly finds the operation that made it")  # fmt: skip


def table_of(rows: Any) -> Array | None:
    """An array of numbers as a table of rows by outputs; None for what needs a closer look."""
    if not isinstance(rows, np.ndarray) or rows.dtype.kind not in "fiub" or not 1 <= rows.ndim or not rows.size:
        return None
    table = rows.reshape(len(rows), -1).astype(np.float64, copy=False)
    return None if np.isnan(table).any() else table


def column_of_weights(name: str, sample_weight: Any, rows: int) -> Array:
    """The weight of each row as a column; without weights all count 1."""
    if sample_weight is None:
        return np.ones((rows, 1))
    found = array(sample_weight, f"{name}: sample_weight")
    if found.size != rows:
        raise ArgumentError(f"{name}: sample_weight: expected one number for each of {rows} rows, got {found.shape}")
    return found.reshape(rows, 1)
