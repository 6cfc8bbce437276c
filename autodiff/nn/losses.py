"""Losses: how far predictions are from labels, as one Value whose gradient says what to change.

Each is `loss(y_true, y_pred)`, in this order, over rows, and gives the mean over all rows and outputs.

>>> from autodiff import Value
>>> p = Value(0.8)
>>> loss = binary_crossentropy([1], [p])
>>> loss.backward()
>>> loss.data, p.grad
(0.2231435513142097, -1.25)

The documents add 1e-7 inside each logarithm, and so does `epsilon`:

>>> binary_crossentropy([1, 0, 0, 1, 0], [0.8, 0.1, 0.05, 0.9, 0.05], epsilon=1e-7).data
0.10729012273129139
"""

from functools import partial
from typing import Any

from ..errors import ArgumentError, OperandError, shown
from ..functions import clip, log1p
from ..coerce import Number
from ..value import Value
from . import elsewhere
from .measures.crossentropy import (
    binary_crossentropy, categorical_crossentropy, kl_divergence, sparse_categorical_crossentropy,
)  # fmt: skip
from .keywords import not_there
from .measures.loss import MEAN, Loss, LossFunction, OfFunction, Smoothed
from .measures.margins import categorical_hinge, hinge, squared_hinge
from .measures.regression import cosine_similarity, log_cosh, mean_absolute_percentage_error, poisson
from .registry import Registry
from .layers.rows import Rows, datum, mean, pairs, pair_with_places, to_compare

__all__ = [
    "BinaryCrossentropy", "CategoricalCrossentropy", "CategoricalHinge", "CosineSimilarity", "Hinge", "Huber",
    "KLDivergence", "LogCosh", "Loss", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError",
    "MeanSquaredLogarithmicError", "Poisson", "SparseCategoricalCrossentropy", "SquaredHinge", "binary_crossentropy",
    "categorical_crossentropy", "categorical_hinge", "cosine_similarity", "find", "hinge", "huber", "kl_divergence",
    "log_cosh", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error",
    "mean_squared_logarithmic_error", "name_of", "poisson", "sparse_categorical_crossentropy", "squared_hinge",
]  # fmt: skip
__getattr__ = not_there(__name__, __all__, elsewhere.LOSSES)


def mean_squared_error(y_true: Rows, y_pred: Rows) -> Value:
    """The mean of (y_pred - y_true) squared.

    >>> mean_squared_error([1.0, 2.0], [1.5, 2.0]).data
    0.125
    """
    errors = [p - t for t, p in pairs("mean_squared_error", y_true, y_pred)]
    return mean([error * error for error in errors])


def mean_absolute_error(y_true: Rows, y_pred: Rows) -> Value:
    """The mean distance between prediction and label; its derivative is 0 where they agree.

    >>> mean_absolute_error([1.0, 2.0], [1.5, 2.0]).data
    0.25
    """
    return mean([abs(p - t) for t, p in pairs("mean_absolute_error", y_true, y_pred)])


def mean_squared_logarithmic_error(y_true: Rows, y_pred: Rows) -> Value:
    """The mean of (log(1 + y_pred) - log(1 + y_true)) squared: errors as ratios, for numbers that are not negative.

    It is exact also at 0. Keras takes every label and prediction below 1e-7 as 1e-7, so its numbers differ by up to
    2e-7 times the error where there are zeros, and it has no slope at negative predictions.

    >>> mean_squared_logarithmic_error([0.0, 3.0], [0.0, 3.0]).data
    0.0
    """
    name = "mean_squared_logarithmic_error"
    found = pair_with_places(name, y_true, y_pred)
    for place, *pair in found:
        for side, x in zip(("y_true", "y_pred"), pair):
            if to_compare(side, x, name) <= -1:
                raise ArgumentError(f"{name}: row {place} of {side}: expected a number above -1, got {shown(x)}")
    errors = [log1p(p) - log1p(t) for _, t, p in found]
    return mean([error * error for error in errors])


def huber(y_true: Rows, y_pred: Rows, delta: Number = 1.0) -> Value:
    """Half the squared error up to `delta`, and beyond it a straight line, so that outliers pull with constant force.

    >>> huber([0.0, 0.0], [0.5, 3.0]).data     # 0.5 * 0.5 ** 2 and 1 * (3 - 0.5), averaged
    1.3125
    """
    if not datum(delta, "huber: delta") > 0:
        raise ArgumentError(f"huber: expected a delta above 0, got {shown(delta)}")
    errors = [p - t for t, p in pairs("huber", y_true, y_pred)]
    held = [clip(error, -delta, delta) for error in errors]
    return mean([near * (error - near / 2) for error, near in zip(errors, held)])


# The losses as Keras's classes write them

class MeanSquaredError(OfFunction):
    function = mean_squared_error


class MeanAbsoluteError(OfFunction):
    function = mean_absolute_error


class MeanSquaredLogarithmicError(OfFunction):
    function = mean_squared_logarithmic_error


class MeanAbsolutePercentageError(OfFunction):
    function = mean_absolute_percentage_error


class LogCosh(OfFunction):
    function = log_cosh


class Poisson(OfFunction):
    function = poisson


class CosineSimilarity(OfFunction):
    function = cosine_similarity


class KLDivergence(OfFunction):
    function = kl_divergence


class Hinge(OfFunction):
    function = hinge


class SquaredHinge(OfFunction):
    function = squared_hinge


class CategoricalHinge(OfFunction):
    function = categorical_hinge


class Huber(OfFunction):
    """`huber` with its `delta`; Keras calls it "huber_loss"."""

    function = huber

    def __init__(self, delta: Number = 1.0, *, name: str | None = None, reduction: str = MEAN) -> None:
        super().__init__("huber_loss" if name is None else name, reduction, delta=delta)


class SparseCategoricalCrossentropy(OfFunction):
    """`sparse_categorical_crossentropy`, of probabilities or of logits."""

    function = sparse_categorical_crossentropy

    def __init__(self, from_logits: bool = False, *, epsilon: float | None = None, name: str | None = None,
                 reduction: str = MEAN) -> None:  # fmt: skip
        super().__init__(name, reduction, from_logits=from_logits, epsilon=epsilon)


class CategoricalCrossentropy(Smoothed):
    """`categorical_crossentropy`, of probabilities or of logits; `label_smoothing` goes to all classes alike."""

    function = categorical_crossentropy


class BinaryCrossentropy(Smoothed):
    """`binary_crossentropy`, of probabilities or of logits; `label_smoothing` pulls labels towards one half.

    >>> BinaryCrossentropy(from_logits=True)([1], [0.0]).data
    0.6931471805599453
    """

    function = binary_crossentropy
    classes = 2  # of each output


LOSSES: Registry[LossFunction] = Registry(
    "a loss",
    {loss.__name__: loss for loss in (
        mean_squared_error, mean_absolute_error, mean_absolute_percentage_error, mean_squared_logarithmic_error, huber,
        log_cosh, poisson, cosine_similarity, hinge, squared_hinge, categorical_hinge, binary_crossentropy,
        categorical_crossentropy, sparse_categorical_crossentropy, kl_divergence,
    )},
    aliases={"mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
             "msle": "mean_squared_logarithmic_error", "bce": "binary_crossentropy", "log_loss": "binary_crossentropy",
             "logcosh": "log_cosh", "kld": "kl_divergence", "kullback_leibler_divergence": "kl_divergence"},
    instead=elsewhere.LOSSES,
)  # fmt: skip


def find(loss: str | LossFunction) -> LossFunction:
    """The loss of that name; a function of (y_true, y_pred), such as a `functools.partial` of one, is itself.

    >>> find("mse").__name__
    'mean_squared_error'
    """
    if isinstance(loss, str):
        return LOSSES.find(loss)
    if isinstance(loss, type) or not callable(loss):
        hint = f": write {loss.__name__}()" if isinstance(loss, type) else ""
        raise OperandError(f"loss: expected a name or a function of (y_true, y_pred), got {shown(loss)}{hint}")
    return loss


def name_of(loss: Any) -> str:
    """The name of a loss, also of one whose options are set by `functools.partial`, or of an object."""
    whole = loss.func if isinstance(loss, partial) else loss
    return getattr(whole, "name", None) or getattr(whole, "__name__", None) or type(whole).__name__
