"""The X and y of a training step as arrays, or a sentence about what they are.

>>> table("X", [[1, 2], [3, 4]]).tolist()
[[1.0, 2.0], [3.0, 4.0]]
"""

from typing import Any

import numpy as np

from ...errors import ArgumentError, OperandError, shown


def table(name: str, X: Any) -> Any:
    """X as an array of floats with two axes."""
    try:
        found = np.asarray(X)
        if found.dtype.kind == "c":
            raise TypeError("complex")
        array = np.asarray(found, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise OperandError(f"step: expected {name} as rows of real numbers, all of a length, got {shown(X)}") from None
    if array.ndim != 2:
        raise ArgumentError(f"step: expected {name} as rows of numbers, got {array.ndim} axes of {shown(X)}")
    return array


def labels_of(y: Any) -> Any:
    """The labels as an array of real numbers, of whatever kind they are."""
    try:
        found = np.asarray(y)
        if found.dtype.kind == "O" and not any(each is None or isinstance(each, str) for each in found.flat):
            found = found.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise OperandError(f"step: expected y as numbers, or rows of one length, got {shown(y)}") from None
    if found.dtype.kind not in "biuf":
        raise OperandError(f"step: expected y as real numbers, got {shown(y)}")
    return found


def require_rows(X: Any, y: Any) -> None:
    """As many rows in X as in y, and at least one."""
    if y.ndim not in (1, 2):
        raise ArgumentError(f"step: expected y as numbers, or rows of numbers, got the shape {y.shape}")
    if len(X) != len(y) or not len(X):
        raise ArgumentError(f"step: expected as many rows in X as in y, at least one, got {X.shape} and {y.shape}")
