"""Data on its way into training: rows and labels as arrays of numbers, checked once, so that training need not.

>>> rows([[0, 1], [1, 0]], (2,)).tolist()
[[0.0, 1.0], [1.0, 0.0]]
>>> rows([[0, 1], [1, float("nan")]], (2,))
Traceback (most recent call last):
autodiff.errors.ArgumentError: x: row 1: expected numbers, got nan in [1.0, nan] (list): drop the row or fill it in
"""

import math
import random
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, OperandError, shown
from .. import checks
from .symbol import Shape, with_rows

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


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


def side_by_side(parts: Sequence[Array], names: Sequence[str], what: str) -> Array:
    """Tables of as many rows as one, each before the next."""
    counts = {name: len(part) for name, part in zip(names, parts)}
    if len(set(counts.values())) > 1:
        raise ArgumentError(f"{what}: expected as many rows of each, got {counts}")
    return np.hstack(parts)


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
        found = np.asarray(x)
        if found.dtype.kind in "SU" or found.dtype.kind == "O" and any(isinstance(each, str) for each in found.flat):
            raise ValueError("texts")  # which NumPy would read as numbers, where they look like such
        if found.dtype.kind == "c":
            raise OperandError(f"{what}: expected real numbers, got complex ones, {shown(x)}: "
                               "give the real and the imaginary parts as columns")  # fmt: skip
        found = np.asarray(found, dtype=np.float64)
    except OperandError:
        raise
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:  # the last from torch
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


def count_kept(count: int, part: float) -> int:
    """How many of the first rows to train on, where the last `part` of them is set apart for validation.

    >>> count_kept(4, 0.2)      # as in Keras: 4 * 0.8, rounded down
    3
    """
    part = checks.fraction("validation_split", "part", part)
    kept = math.floor(count * (1.0 - part)) if part else count
    if kept == 0 or part and kept == count:
        raise ArgumentError(
            f"validation_split: expected to leave rows to train on and rows to validate with, got {part} of {count}"
        )
    return kept


def warn_of_one_class(y: Array, y_validation: Array) -> None:
    """Warn where the rows for validation are all of one class, and not by chance: rows that came sorted by class."""
    every = np.concatenate([y, y_validation])
    if every.ndim > 1 and every.shape[1] > 1 or not np.array_equal(every, np.round(every)):
        return
    share = float(np.mean(every == every[-1]))
    if 1 > share and (y_validation == every[-1]).all() and share ** len(y_validation) < 0.05:
        warnings.warn(
            f"validation_split: all {len(y_validation)} rows for validation are of class {float(every[-1].flat[0]):g}: "
            f"shuffle the rows first, or use nn.data.train_validation_split",
            UserWarning,
            stacklevel=5,
        )


def batches(count: int, size: int, shuffle: bool, seed: object) -> Iterator[list[int]]:
    """The numbers of the rows of each batch; their order depends on the seed alone."""
    order = list(range(count))
    if shuffle:
        random.Random(f"batches {seed}").shuffle(order)
    for start in range(0, count, size):
        yield order[start : start + size]
