"""Metrics of classes: the three accuracies; precision, recall and F1 at a threshold; the area under them all.

>>> metric = Recall()
>>> metric.update_state([1, 0], [0.9, 0.8])
>>> metric.update_state([1, 1], [0.2, 0.7])
>>> metric.result()
0.6666666666666666
"""

from math import nan
from typing import Any

import numpy as np

from ...coerce import Number
from ...errors import ArgumentError
from .. import checks
from .metric import MeanOfRows, Metric, Quotient, column_of_weights, paired_tables, require_known, table_of
from ..layers.rows import datum, pair_numbers_of_classes
from ..layers.tables import Array


class AtThreshold(Quotient):
    """A metric that asks on which side of a threshold outputs are; exactly on it counts as below.

    Unless one is given it is 0.5, or 0 where the loss takes logits, or labels of -1 and 1; Keras has 0.5 even there.
    A label above 0.5 counts as 1, and with labels of -1 and 1 one above 0, whatever the threshold of the outputs is.
    """

    def __init__(self, threshold: Number | None, name: str | None, class_id: int | None = None) -> None:
        kind = type(self).__name__
        self.threshold = None if threshold is None else checks.not_nan(threshold, f"{kind}: threshold")
        self.class_id = None if class_id is None else checks.size(class_id, f"{kind}: class_id", least=0)
        super().__init__(name)

    def sums(self, y_true: Array, y_pred: Array, weights: Array) -> tuple[float, float]:
        place = slice(None) if self.class_id is None else slice(self.class_id, self.class_id + 1)
        y_true, y_pred = y_true[:, place], y_pred[:, place]
        if not y_pred.shape[1]:
            raise ArgumentError(f"{self.name}: expected outputs up to number {self.class_id} (class_id), got fewer")
        require_known(self.name, y_pred)
        line = self.middle if self.threshold is None else self.threshold
        return self.counts(y_true > self.between, y_pred > line, weights)

    def counts(self, wanted: Any, given: Any, weights: Array) -> tuple[float, float]:
        """Both sums, of the labels and the outputs that are above the threshold."""
        raise NotImplementedError


class BinaryAccuracy(AtThreshold):
    """The share of outputs on their label's side of the threshold.

    >>> BinaryAccuracy()([1, 0], [0.5, 0.5])
    0.5
    """

    def __init__(self, name: str | None = None, threshold: Number | None = None) -> None:
        super().__init__(threshold, name)

    def counts(self, wanted: Any, given: Any, weights: Array) -> tuple[float, float]:
        return ((wanted == given) * weights).sum() / wanted.shape[1], weights.sum()


class OfOneClass(AtThreshold):
    """A metric that may look at the outputs of one class alone."""

    def __init__(self, thresholds: Number | None = None, *, class_id: int | None = None,
                 name: str | None = None) -> None:  # fmt: skip
        super().__init__(thresholds, name, class_id)


class Precision(OfOneClass):
    """The share of right ones among the outputs above the threshold; 0 where there are none."""

    def counts(self, wanted: Any, given: Any, weights: Array) -> tuple[float, float]:
        return (wanted * given * weights).sum(), (given * weights).sum()


class Recall(OfOneClass):
    """The share of the labels 1 whose output is above the threshold; 0 where there are none."""

    def counts(self, wanted: Any, given: Any, weights: Array) -> tuple[float, float]:
        return (wanted * given * weights).sum(), (wanted * weights).sum()


class Counted(AtThreshold):
    """How many outputs are above the threshold, or not, with labels that are above theirs, or not."""

    wanted, given = True, True

    def __init__(self, thresholds: Number | None = None, *, name: str | None = None) -> None:
        super().__init__(thresholds, name)

    def counts(self, wanted: Any, given: Any, weights: Array) -> tuple[float, float]:
        return (((wanted == self.wanted) & (given == self.given)) * weights).sum(), 1.0

    def result(self) -> float:
        return self.above


class TruePositives(Counted):
    """The number of outputs above the threshold whose label is 1.

    >>> TruePositives()([1, 1, 0], [0.9, 0.2, 0.8])
    1.0
    """


class TrueNegatives(Counted):
    """The number of outputs at most at the threshold whose label is 0."""

    wanted, given = False, False


class FalsePositives(Counted):
    """The number of outputs above the threshold whose label is 0."""

    wanted, given = False, True


class FalseNegatives(Counted):
    """The number of outputs at most at the threshold whose label is 1."""

    wanted, given = True, False


class F1Score(AtThreshold):
    """The harmonic mean of precision and recall, over all outputs (what Keras calls average="micro")."""

    def __init__(self, *, threshold: Number | None = None, name: str | None = None) -> None:
        super().__init__(threshold, name)

    def counts(self, wanted: Any, given: Any, weights: Array) -> tuple[float, float]:
        return 2 * (wanted * given * weights).sum(), (wanted * weights).sum() + (given * weights).sum()


class CategoricalAccuracy(MeanOfRows):
    """The share of rows whose largest output is where the label's is; of equals the first counts."""

    def rows(self, y_true: Array, y_pred: Array) -> Any:
        require_known(self.name, y_pred)
        return (y_true.argmax(axis=1) == y_pred.argmax(axis=1)).astype(np.float64)


class SparseCategoricalAccuracy(MeanOfRows):
    """The share of rows whose largest output is at the label's number; of equals the first counts."""

    def tables(self, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
        labels, predictions = table_of(y_true), table_of(y_pred)
        if labels is None or predictions is None or labels.shape != (len(predictions), 1):
            numbers, rows = pair_numbers_of_classes(self.name, y_true, y_pred, "categorical_accuracy")
            labels = np.array([[datum(t, self.name)] for t in numbers])
            predictions = np.array([[datum(p, self.name) for p in row] for row in rows])
        return labels, predictions

    def rows(self, y_true: Array, y_pred: Array) -> Any:
        require_known(self.name, y_pred)
        return (y_true[:, 0] == y_pred.argmax(axis=1)).astype(np.float64)


class TopKCategoricalAccuracy(MeanOfRows):
    """The share of rows whose label, one-hot, is at one of the k largest outputs; of equals all count.

    >>> TopKCategoricalAccuracy(k=2)([[1, 0, 0], [0, 1, 0]], [[0.3, 0.6, 0.1], [0.5, 0.2, 0.3]])
    0.5
    """

    def __init__(self, k: int = 5, *, name: str | None = None) -> None:
        self.k = checks.size(k, f"{type(self).__name__}: k")
        super().__init__(name)

    def rows(self, y_true: Array, y_pred: Array) -> Any:
        require_known(self.name, y_pred)
        return find_among_largest(y_true.argmax(axis=1), y_pred, self.k)


class SparseTopKCategoricalAccuracy(SparseCategoricalAccuracy):
    """The share of rows whose label, the number of a class, is at one of the k largest outputs; of equals all count."""

    def __init__(self, k: int = 5, *, name: str | None = None) -> None:
        self.k = checks.size(k, f"{type(self).__name__}: k")
        super().__init__(name)

    def rows(self, y_true: Array, y_pred: Array) -> Any:
        require_known(self.name, y_pred)
        classes = y_true[:, 0].astype(np.int64)
        for place in np.flatnonzero((classes != y_true[:, 0]) | (classes < 0) | (classes >= y_pred.shape[1])):
            expected = f"the number of a class from 0 to {y_pred.shape[1] - 1}"
            raise ArgumentError(f"{self.name}: row {place} of y_true: expected {expected}, got {y_true[place, 0]:g}")
        return find_among_largest(classes, y_pred, self.k)


def find_among_largest(classes: Any, y_pred: Array, k: int) -> Any:
    """Whether the output of each row's class is among its k largest."""
    own = y_pred[np.arange(len(y_pred)), classes][:, None]
    return ((y_pred > own).sum(axis=1) < k).astype(np.float64)


class AUC(Metric):
    """The area under the ROC curve: how often a label 1 has a larger output than a label 0, ties counted by half.

    It is exact; Keras adds up 200 thresholds. Where there is only one class it is nan; Keras gives 0.
    """

    def __init__(self, *, name: str | None = None) -> None:
        super().__init__("auc" if name is None else name)

    def reset_state(self) -> None:
        self.parts: list[Array] = []

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        labels, predictions = paired_tables(self.name, y_true, y_pred)
        require_known(self.name, predictions)
        weights = column_of_weights(self.name, sample_weight, len(labels))
        self.parts.append(np.stack([predictions, labels > self.between, weights + 0 * labels], axis=-1).reshape(-1, 3))

    def result(self) -> float:
        if not self.parts:
            return 0.0
        found = np.concatenate(self.parts)
        outputs, places = np.unique(found[:, 0], return_inverse=True)
        ones, zeros = (np.bincount(places, found[:, 2] * (found[:, 1] == label), len(outputs)) for label in (1, 0))
        if not (ones.any() and zeros.any()):
            return nan
        return float((ones * (np.cumsum(zeros) - zeros / 2)).sum() / (ones.sum() * zeros.sum()))
