"""Metrics that gather numbers: `Mean` and `Sum` of numbers given one after another, and the score of a regression.

>>> mean = Mean()
>>> mean.update_state([1.0, 3.0])
>>> mean.update_state(8.0)
>>> mean.result(), Sum()([1.0, 3.0, 8.0])
(4.0, 12.0)
"""

from typing import Any

import numpy as np

from ...coerce import is_one_of
from ...errors import ArgumentError, shown
from ..layers.tables import array
from .metric import Metric, column_of_weights, paired_tables

AVERAGES = ("uniform_average", "variance_weighted_average")


class Mean(Metric):
    """The mean of numbers, each times its weight: for a loop of one's own. It takes numbers, not labels and outputs.

    A metric of labels and outputs is a class of `Metric` or `Quotient`, or a function of (y_true, y_pred).
    """

    def reset_state(self) -> None:
        self.total, self.count = 0.0, 0.0

    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in some numbers: one, or a row of them, or a table, whose rows count by their means.

        The weights are one, or one for each row or each number.
        """
        given = array(values, f"{self.name}: values")
        weights = np.ones(len(given) if given.ndim else ()) if sample_weight is None else array(
            sample_weight, f"{self.name}: sample_weight")  # fmt: skip
        if given.ndim > weights.ndim > 0:
            given = self.reduce(given, weights.ndim)
        try:
            weights = np.broadcast_to(weights, given.shape)
        except ValueError:
            expected = f"weights for numbers of the shape {given.shape}"
            raise ArgumentError(f"{self.name}: sample_weight: expected {expected}, got {weights.shape}") from None
        self.total = self.total + float(self.reduce(given * weights, 1).sum())
        self.count = self.count + float(self.reduce(weights, 1).sum())

    def reduce(self, table: Any, axes: int) -> Any:
        """A table of more axes as one of so many: the mean of the rest, as Keras has it."""
        return table if table.ndim <= axes else table.mean(axis=tuple(range(axes, table.ndim)))

    def result(self) -> float:
        return self.total / self.count if self.count else 0.0

    def __call__(self, values: Any, sample_weight: Any = None) -> float:  # type: ignore[override]
        """Take in some numbers, and give the mean of all."""
        self.update_state(values, sample_weight)
        return self.result()


class Sum(Mean):
    """The sum of numbers, each times its weight."""

    def reduce(self, table: Any, axes: int) -> Any:
        return table if table.ndim <= axes else table.sum(axis=tuple(range(axes, table.ndim)))

    def result(self) -> float:
        return self.total


class R2Score(Metric):
    """The share of the labels' variance that the outputs explain: 1 at best, 0 for the mean of the labels.

    Of several outputs it is the mean of their scores, or weighted by the variance of each with
    `class_aggregation="variance_weighted_average"`. Where all labels are the same it is 0, whatever the outputs are;
    Keras's is 0 or a huge number there, as its variance is rounded, and nan where the outputs are the labels.

    >>> R2Score()([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    >>> R2Score()([0.1, 0.1, 0.1], [0.1, 0.11, 0.12])
    0.0
    """

    def __init__(self, class_aggregation: str = "uniform_average", *, name: str | None = None) -> None:
        if not is_one_of(class_aggregation, AVERAGES):
            raise ArgumentError(f"R2Score: expected a class_aggregation of {' or '.join(AVERAGES)}, got "
                                f"{shown(class_aggregation)}: a metric here is one number")  # fmt: skip
        self.class_aggregation = class_aggregation
        super().__init__("r2_score" if name is None else name)

    def reset_state(self) -> None:
        self.count: Any = 0.0
        self.origin: Any = None  # the first label of each output: the distance of equal labels from it is exactly 0
        self.mean: Any = 0.0  # of the labels, as a distance from there
        self.spread: Any = 0.0  # the sum of squared distances of the labels from their mean
        self.missed: Any = 0.0  # and of the outputs from the labels

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        labels, predictions = paired_tables(self.name, y_true, y_pred)
        weights = column_of_weights(self.name, sample_weight, len(labels))
        self.missed = self.missed + (weights * (labels - predictions) ** 2).sum(axis=0)
        if not (count := weights.sum()):
            return
        if self.origin is None:
            self.origin = labels[np.flatnonzero(weights[:, 0])[0]]
        labels = labels - self.origin
        mean = (weights * labels).sum(axis=0) / count
        whole, far = self.count + count, mean - self.mean  # two parts joined: no difference of large sums
        self.spread = self.spread + (weights * (labels - mean) ** 2).sum(axis=0) + far**2 * self.count * count / whole
        self.mean, self.count = self.mean + far * count / whole, whole

    def result(self) -> float:
        spread, missed = np.atleast_1d(self.spread), np.atleast_1d(self.missed)
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = np.where(spread == 0, 0 * missed, 1 - missed / spread)
        by_variance = self.class_aggregation == AVERAGES[1] and spread.any()
        return float((spread * scores).sum() / spread.sum() if by_variance else scores.mean())
