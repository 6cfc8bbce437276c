"""Rows that count more than others: weights for single rows, or for all rows of a class.

>>> row_weights(np.array([0.0, 1.0, 0.0]), None, {0: 1.0, 1: 5.0}).tolist()
[1.0, 5.0, 1.0]
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import ArgumentError, OperandError, shown
from ..layers.tables import Array, array


def row_weights(y: Array, sample_weight: Any, class_weight: Any) -> Array | None:
    """A weight for each row, or None where all count the same."""
    if sample_weight is not None and class_weight is not None:
        raise ArgumentError("fit: expected sample_weight or class_weight, got both")
    if class_weight is not None:
        found, what = _of_classes(y, class_weight), "class_weight"
    elif sample_weight is None:
        return None
    else:
        found, what = array(sample_weight, "sample_weight"), "sample_weight"
    if found.shape != (len(y),):
        raise ArgumentError(f"{what}: expected one number for each of the {len(y)} rows, got {found.shape}")
    if (found < 0).any():
        place = int(np.argmax(found < 0))
        raise ArgumentError(f"{what}: row {place}: expected a number of at least 0, got {found[place]}")
    return found


def _of_classes(y: Array, class_weight: Any) -> Array:
    if not isinstance(class_weight, Mapping):
        raise OperandError(f"class_weight: expected a dict of weights by class, got {shown(class_weight)}")
    table = y.reshape(len(y), -1)
    classes = table.argmax(axis=1) if table.shape[1] > 1 else table[:, 0]
    missing = sorted(set(classes.tolist()) - set(class_weight))
    if missing:
        raise ArgumentError(f"class_weight: expected a weight for class {missing[0]:g}, got {shown(class_weight)}")
    return array([class_weight[each] for each in classes.tolist()], "class_weight")
