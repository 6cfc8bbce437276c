"""Views: where their elements are in a flattened array, by a start and a stride for each axis.

>>> places(5, (10, 1), (2, 3)).tolist()
[[5, 6, 7], [15, 16, 17]]
>>> affine(places(5, (10, 1), (2, 3)))
(5, (10, 1))
"""

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from .program import Shape

Ints = npt.NDArray[np.int64]


def c_strides(shape: Shape) -> Shape:
    """The strides, in elements, of an array laid out row after row."""
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


def places(start: int, strides: Shape, shape: Shape) -> Ints:
    """The place of each element of a view in its flattened operand."""
    found = np.full(shape, start, np.int64)
    for axis, (stride, size) in enumerate(zip(strides, shape)):
        found = found + (np.arange(size) * stride).reshape((size,) + (1,) * (len(shape) - axis - 1))
    return found


def places_of(kind: str, detail: Any, shape: Shape) -> Ints:
    """The places that a "view" or a "take" is of."""
    return places(detail[0], detail[1], shape) if kind == "view" else np.array(detail, np.int64).reshape(shape)


def affine(found: Ints) -> tuple[int, Shape] | None:
    """The start and the strides of places that are evenly spaced along every axis; None if they are not."""
    start = int(found.flat[0])
    strides = []
    for axis, size in enumerate(found.shape):
        second = tuple(int(other == axis) for other in range(found.ndim))
        strides.append(int(found[second]) - start if size > 1 else 0)
    evenly = np.array_equal(places(start, tuple(strides), found.shape), found)
    return (start, tuple(strides)) if evenly else None
