"""Rows that count more than others: weights for single rows, or for all rows of a class.

>>> from autodiff.nn.losses import mean_squared_error
>>> loss = weighted(mean_squared_error, flat=True)       # a label and the weight of its row
>>> loss([[1.0, 2.0], [0.0, 0.0]], [3.0, 5.0]).data      # (2 * (3 - 1)² + 0 * 5²) / 2
4.0
"""

from collections.abc import Mapping
from functools import wraps
from typing import Any

import numpy as np

from ..errors import ArgumentError, OperandError, shown
from ..value import Value
from .losses import Loss, name_of
from .rows import entries, listed, mean
from .tables import Array, array


def weighted(loss: Loss, flat: bool) -> Loss:
    """A loss of labels that carry the weight of their row at the end: the mean of weight times loss, as in Keras."""

    def of_rows(y_true: Any, y_pred: Any) -> Value:
        rows = [entries(row) for row in listed(name_of(loss), "y_true", y_true)]
        found = listed(name_of(loss), "y_pred", y_pred)
        return mean([weight * loss([label[0] if flat else label], [p]) for (*label, weight), p in zip(rows, found)])

    of_rows.__name__ = name_of(loss)
    return wraps(loss)(of_rows) if hasattr(loss, "__name__") else of_rows


def row_weights(y: Array, sample_weight: Any, class_weight: Any) -> Array | None:
    """A weight for each row, or None where all count the same."""
    if sample_weight is not None and class_weight is not None:
        raise ArgumentError("fit: expected sample_weight or class_weight, got both")
    if class_weight is not None:
        return _of_classes(y, class_weight)
    if sample_weight is None:
        return None
    found = array(sample_weight, "sample_weight")
    if found.shape != (len(y),):
        raise ArgumentError(f"sample_weight: expected one number for each of the {len(y)} rows, got {found.shape}")
    if (found < 0).any():
        place = int(np.argmax(found < 0))
        raise ArgumentError(f"sample_weight: row {place}: expected a number of at least 0, got {found[place]}")
    return found


def with_weights(y: Array, weights: Array) -> Array:
    """Labels that carry the weight of their row at the end."""
    return np.column_stack([y.reshape(len(y), -1), weights])


def _of_classes(y: Array, class_weight: Any) -> Array:
    if not isinstance(class_weight, Mapping):
        raise OperandError(f"class_weight: expected a dict of weights by class, got {shown(class_weight)}")
    table = y.reshape(len(y), -1)
    classes = table.argmax(axis=1) if table.shape[1] > 1 else table[:, 0]
    missing = sorted(set(classes.tolist()) - set(class_weight))
    if missing:
        raise ArgumentError(f"class_weight: expected a weight for class {missing[0]:g}, got {shown(class_weight)}")
    return array([class_weight[each] for each in classes.tolist()], "class_weight")
