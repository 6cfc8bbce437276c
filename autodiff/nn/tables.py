"""Data on its way into training: rows and labels as arrays of numbers, checked once, so that training need not.

>>> rows([[0, 1], [1, 0]], (2,)).tolist()
[[0.0, 1.0], [1.0, 0.0]]
>>> rows([[0, 1], [1, float("nan")]], (2,))
Traceback (most recent call last):
autodiff.errors.ArgumentError: x: row 1: expected numbers, got nan in [1.0, nan] (list): drop the row or fill it in
"""

import math
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, OperandError, shown
from . import initializers as initial
from .block import Shape, with_rows

Array = npt.NDArray[np.float64]


def rows(x: Any, shape: Shape | None, what: str = "x") -> Array:
    """Rows of inputs as a table, each flattened; `shape` is what the model was built for, or None."""
    table = array(x, what)
    if table.ndim == 1 and shape == (1,):
        table = table[:, None]
    if table.ndim < 2:
        raise ArgumentError(f"{what}: expected a table, one row of numbers per example, got {shown(x)}")
    if shape is not None and table.shape[1:] != shape and table.shape[1:] != (math.prod(shape),):
        raise ArgumentError(f"{what}: expected rows of shape {with_rows(shape)}, got {with_rows(table.shape[1:])}")
    return table.reshape(len(table), -1)


def labels(y: Any, count: int, what: str = "y") -> Array:
    """Labels as an array with one entry per row, for `count` rows of inputs."""
    found = array(y, what)
    if found.ndim == 0 or len(found) != count:
        size = "one number" if found.ndim == 0 else f"{len(found)}"
        raise ArgumentError(f"{what}: expected a label for each of the {count} rows, got {size}")
    return found


def array(x: Any, what: str) -> Array:
    """`x` as an array of float64 without nan or inf, and with at least one row."""
    x = list(x) if isinstance(x, Iterator) else x
    if x is None:
        raise OperandError(f"{what}: expected rows of numbers, got None")
    try:
        found = np.asarray(x, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise OperandError(f"{what}: expected rows of numbers, all of one length, got {shown(x)}") from error
    if found.ndim and not len(found):
        raise ArgumentError(f"{what}: expected at least one row, got none")
    bad = ~np.isfinite(found)
    if bad.any():
        place = int(np.argwhere(bad)[0][0]) if found.ndim else 0
        row = f" in {shown(found[place].tolist())}" if found.ndim > 1 else ""
        got = f"{found[bad].flat[0]}{row}"
        raise ArgumentError(f"{what}: row {place}: expected numbers, got {got}: drop the row or fill it in")
    return found


def split(x: Array, y: Array, part: float) -> tuple[Array, Array, Array, Array]:
    """The last `part` of the rows set apart for validation, as Keras does: x, y, and their validation rows."""
    part = initial.real(part, "validation_split")
    kept = len(x) - int(len(x) * part)
    if not 0 <= part < 1 or kept == 0:
        raise ArgumentError(f"validation_split: expected a part from 0 to below 1, got {shown(part)}")
    return x[:kept], y[:kept], x[kept:], y[kept:]


def batches(count: int, size: int, shuffle: bool, seed: object) -> Iterator[list[int]]:
    """The numbers of the rows of each batch; their order depends on the seed alone."""
    order = list(range(count))
    if shuffle:
        random.Random(f"batches {seed}").shuffle(order)
    for start in range(0, count, size):
        yield order[start : start + size]
