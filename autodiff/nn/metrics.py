"""Metrics: how good predictions are in terms people use; observed only, never part of the gradient.

Each is a class as Keras has it, which gathers batch by batch; most are also a function of (y_true, y_pred) over rows.

>>> precision([1, 0, 1, 0], [0.9, 0.8, 0.2, 0.1])
0.5
>>> metric = Precision()
>>> metric.update_state([1, 0], [0.9, 0.8])
>>> metric.update_state([1, 0], [0.2, 0.1])
>>> metric.result()
0.5
>>> find("accuracy", y_true=[2, 0], outputs=3)
<SparseCategoricalAccuracy name=accuracy>
"""

from collections.abc import Callable, Sequence
from functools import partial
from math import isnan
from typing import Any

import numpy as np

from ..errors import ArgumentError, OperandError, shown
from . import elsewhere, losses
from .measures.classification import (
    AUC, BinaryAccuracy, CategoricalAccuracy, F1Score, FalseNegatives, FalsePositives, Precision, Recall,
    SparseCategoricalAccuracy, SparseTopKCategoricalAccuracy, TopKCategoricalAccuracy, TrueNegatives, TruePositives,
)  # fmt: skip
from .keywords import not_there, snake_case
from .measures.gathered import Mean, R2Score, Sum
from .measures.regression import EPSILON
from .measures.loss import is_own
from .measures.metric import MeanOf, MeanOfLoss, MeanOfOwnLoss, MeanOfRows, Metric, Quotient
from .registry import Registry
from .layers.rows import Rows, entries
from .layers.tables import Array

__all__ = [
    "AUC", "BinaryAccuracy", "BinaryCrossentropy", "CategoricalAccuracy", "CategoricalCrossentropy",
    "CategoricalHinge", "CosineSimilarity", "F1Score", "FalseNegatives", "FalsePositives", "Hinge", "Huber",
    "KLDivergence", "LogCoshError", "Mean", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanOfRows",
    "MeanSquaredError", "MeanSquaredLogarithmicError", "Metric", "Poisson", "Precision", "Quotient", "R2Score",
    "Recall", "RootMeanSquaredError", "SparseCategoricalAccuracy", "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy", "SquaredHinge", "Sum", "TopKCategoricalAccuracy", "TrueNegatives",
    "TruePositives", "auc", "binary_accuracy", "categorical_accuracy", "f1_score", "find", "mean_absolute_error",
    "mean_squared_error", "precision", "recall", "sparse_categorical_accuracy",
]  # fmt: skip
__getattr__ = not_there(__name__, __all__, elsewhere.METRICS)


class MeanAbsoluteError(MeanOfRows):
    """The mean distance between prediction and label."""

    def rows(self, y_true: Array, y_pred: Array) -> Any:
        return np.abs(y_pred - y_true).mean(axis=1)


class MeanSquaredError(MeanOfRows):
    """The mean squared distance between prediction and label."""

    def rows(self, y_true: Array, y_pred: Array) -> Any:
        return ((y_pred - y_true) ** 2).mean(axis=1)


class RootMeanSquaredError(MeanSquaredError):
    """The root of the mean squared distance between prediction and label.

    >>> RootMeanSquaredError()([1.0, 2.0], [4.0, 5.0])
    3.0
    """

    def result(self) -> float:
        return float(np.sqrt(super().result()))


class CosineSimilarity(MeanOfRows):
    """The mean cosine between labels and outputs: 1 where they point the same way.

    >>> CosineSimilarity()([[3.0, 4.0]], [[6.0, 8.0]])
    1.0
    """

    def rows(self, y_true: Array, y_pred: Array) -> Any:
        lengths = [np.maximum(np.sqrt((table**2).sum(axis=1)), EPSILON) for table in (y_true, y_pred)]
        return (y_true * y_pred).sum(axis=1) / (lengths[0] * lengths[1])


# Losses as metrics, and metrics as functions

def loss_metric(kind: Callable[..., Any], named: str | None = None) -> Callable[..., Metric]:
    """What makes the metric that is the mean of a loss, from the loss's options and a name."""

    def metric(**options: Any) -> Metric:
        loss = kind(**{"name": named, **options})
        return MeanOfLoss(loss, loss.name)

    metric.__name__ = metric.__qualname__ = kind.__name__
    metric.__doc__ = f"The mean of the loss `{kind.__name__}`, which takes the same options."
    return metric


BinaryCrossentropy = loss_metric(losses.BinaryCrossentropy)
CategoricalCrossentropy = loss_metric(losses.CategoricalCrossentropy)
SparseCategoricalCrossentropy = loss_metric(losses.SparseCategoricalCrossentropy)
Hinge = loss_metric(losses.Hinge)
Huber = loss_metric(losses.Huber)
MeanSquaredLogarithmicError = loss_metric(losses.MeanSquaredLogarithmicError)
MeanAbsolutePercentageError = loss_metric(losses.MeanAbsolutePercentageError)
LogCoshError = loss_metric(losses.LogCosh, "logcosh")  # the name that Keras gives it
Poisson = loss_metric(losses.Poisson)
KLDivergence = loss_metric(losses.KLDivergence)
SquaredHinge = loss_metric(losses.SquaredHinge)
CategoricalHinge = loss_metric(losses.CategoricalHinge)


def binary_accuracy(y_true: Rows, y_pred: Rows, threshold: float = 0.5) -> float:
    """The share of outputs on their label's side of the threshold."""
    return BinaryAccuracy(threshold=threshold)(y_true, y_pred)


def categorical_accuracy(y_true: Rows, y_pred: Rows) -> float:
    """The share of rows whose largest output is where the label's is.

    >>> categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]])
    0.5
    """
    return CategoricalAccuracy()(y_true, y_pred)


def sparse_categorical_accuracy(y_true: Rows, y_pred: Rows) -> float:
    """The share of rows whose largest output is at the label's number.

    >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.4, 0.6]])
    0.5
    """
    return SparseCategoricalAccuracy()(y_true, y_pred)


def mean_absolute_error(y_true: Rows, y_pred: Rows) -> float:
    """The mean distance between prediction and label.

    >>> mean_absolute_error([1.0, 2.0], [1.5, 2.0])
    0.25
    """
    return MeanAbsoluteError()(y_true, y_pred)


def mean_squared_error(y_true: Rows, y_pred: Rows) -> float:
    """The mean squared distance between prediction and label.

    >>> mean_squared_error([1.0, 2.0], [1.5, 2.0])
    0.125
    """
    return MeanSquaredError()(y_true, y_pred)


def precision(y_true: Rows, y_pred: Rows, threshold: float = 0.5) -> float:
    """The share of right ones among the outputs above the threshold; 0 where there are none."""
    return Precision(threshold)(y_true, y_pred)


def recall(y_true: Rows, y_pred: Rows, threshold: float = 0.5) -> float:
    """The share of the labels 1 whose output is above the threshold; 0 where there are none.

    >>> recall([1, 0, 1, 1], [0.9, 0.8, 0.2, 0.7])
    0.6666666666666666
    """
    return Recall(threshold)(y_true, y_pred)


def f1_score(y_true: Rows, y_pred: Rows, threshold: float = 0.5) -> float:
    """The harmonic mean of precision and recall.

    >>> f1_score([1, 0, 1, 0], [0.9, 0.8, 0.2, 0.1])
    0.5
    """
    return F1Score(threshold=threshold)(y_true, y_pred)


def auc(y_true: Rows, y_pred: Rows) -> float:
    """The area under the ROC curve; raises `ArgumentError` where there is only one class.

    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    if isnan(area := AUC()(y_true, y_pred)):
        raise ArgumentError("auc: expected labels of both classes, 0 and 1, got only one of them")
    return area


METRICS: Registry[Callable[..., Metric]] = Registry(
    "a metric",
    {snake_case(kind.__name__): kind for kind in (
        AUC, BinaryAccuracy, BinaryCrossentropy, CategoricalAccuracy, CategoricalCrossentropy, CategoricalHinge,
        CosineSimilarity, F1Score, FalseNegatives, FalsePositives, Hinge, Huber, KLDivergence, MeanAbsoluteError,
        MeanAbsolutePercentageError, MeanSquaredError, MeanSquaredLogarithmicError, Poisson, Precision, R2Score, Recall,
        RootMeanSquaredError, SparseCategoricalAccuracy, SparseCategoricalCrossentropy, SquaredHinge,
        SparseTopKCategoricalAccuracy, TopKCategoricalAccuracy, TrueNegatives, TruePositives,
    )} | {"log_cosh": LogCoshError, "accuracy": BinaryAccuracy},  # which of three accuracies that is: see `find`
    aliases={"acc": "accuracy", "mae": "mean_absolute_error", "mse": "mean_squared_error", "f1": "f1_score",
             "rmse": "root_mean_squared_error", "msle": "mean_squared_logarithmic_error", "logcosh": "log_cosh",
             "mape": "mean_absolute_percentage_error", "kld": "kl_divergence", "cosine": "cosine_similarity"},
    instead={name: way for name, way in elsewhere.METRICS.items() if name != "accuracy"},
)  # fmt: skip


def find(metric: Any, y_true: Sequence[Any], outputs: int, loss: Any = None) -> Metric:
    """The metric of that name, as written, or a metric, or the mean of a function; "accuracy" suits labels and outputs.

    Where the loss takes logits, or labels -1 and 1, a threshold that nobody has set is 0, which is where the
    probability is one half, and a cross-entropy that goes by its name takes logits too; Keras has 0.5 even there.
    """
    if isinstance(metric, str):
        found = METRICS.find(metric)
        kind: Any = accuracy_for(y_true, outputs) if METRICS.key(metric) == "accuracy" else found
        logits = kind.__name__.endswith("Crossentropy") and takes_logits(loss)
        metric = kind(name=metric, from_logits=True) if logits else kind(name=metric)
    elif isinstance(metric, type) or not callable(metric):
        hint = f": write {metric.__name__}()" if isinstance(metric, type) else ""
        raise OperandError(f"metric: expected a name or a function of (y_true, y_pred), got {shown(metric)}{hint}")
    elif isinstance(metric, Mean):
        raise OperandError(f"metric: expected one of labels and outputs, got {shown(metric)}, which takes numbers: "
                           "write a function of (y_true, y_pred)")  # fmt: skip
    elif not isinstance(metric, Metric):
        metric = MeanOfOwnLoss(metric, metric.name) if is_own_loss(metric) else MeanOf(metric)
    metric.middle = 0.0 if takes_logits(loss) or takes_signs(loss) else 0.5
    metric.between = 0.0 if takes_signs(loss) else 0.5
    return metric  # type: ignore[no-any-return]


def is_own_loss(metric: Any) -> bool:
    """Whether it is a loss of a class of the user's own."""
    return isinstance(metric, losses.Loss) and is_own(metric)


def takes_logits(loss: Any) -> bool:
    """Whether a loss takes logits."""
    while isinstance(loss, partial):
        if loss.keywords.get("from_logits"):
            return True
        loss = loss.func
    return bool(getattr(loss, "from_logits", False))


def takes_signs(loss: Any) -> bool:
    """Whether a loss takes labels of -1 and 1."""
    return losses.name_of(loss) in ("hinge", "squared_hinge") or isinstance(loss, (losses.Hinge, losses.SquaredHinge))


def accuracy_for(y_true: Sequence[Any], outputs: int) -> type[Metric]:
    """The accuracy that suits the labels and the number of outputs."""
    if outputs == 1:
        return BinaryAccuracy
    return SparseCategoricalAccuracy if len(entries(y_true[0])) == 1 else CategoricalAccuracy
