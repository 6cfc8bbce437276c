"""Arrays of a target's namespace: what goes into a program, and what comes out of it.

>>> space_of("numpy").stack_rows([np.array([1.0, 2.0]), np.array([3.0, 4.0])], None)
array([[1., 3.],
       [2., 4.]])
"""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from ..errors import ArgumentError


class Space:
    """NumPy."""

    def like(self, data: Sequence[Any]) -> Any:
        """An array whose precision the others are to take; None: they are all of float64."""
        return None

    def array(self, x: Any, like: Any) -> Any:
        """An argument as the program takes it, in the precision of another, if there is such."""
        return np.float64(x) if type(x) is float else x

    def stack_rows(self, columns: Sequence[Any], like: Any) -> Any:
        """Several arguments as one vector for each row."""
        return np.stack(columns, axis=-1)

    def full(self, rows: int, x: Any) -> Any:
        """A result that is one number for all rows."""
        return np.full(rows, float(x))

    def copy_result(self, x: Any) -> Any:
        """A result that another is, too."""
        return np.copy(x) if np.ndim(x) else x


class OtherSpace(Space):
    """Any other namespace: everything becomes an array of its own."""

    def __init__(self, target: str) -> None:
        try:
            self.module = import_module(target)
            self.asarray = self.module.asarray
        except (ImportError, AttributeError) as error:
            raise ArgumentError(f"compile: expected a module of arrays as the target, got {target}: {error}") from None

    def like(self, data: Sequence[Any]) -> Any:
        return next(filter(self.owns, data), None)

    def owns(self, x: Any) -> bool:
        """Whether x is an array of floats of this namespace."""
        return type_name(x).startswith(("float", "bfloat")) and not isinstance(x, (np.ndarray, np.generic))

    def array(self, x: Any, like: Any) -> Any:
        if self.owns(x):
            return x
        return self.asarray(np.asarray(x, np.float64), **({} if like is None else {"dtype": like.dtype}))

    def stack_rows(self, columns: Sequence[Any], like: Any) -> Any:
        if all(type(x) is float for x in columns):
            return self.array(columns, like)
        return self.module.stack([self.array(x, like) for x in columns], axis=-1)

    def full(self, rows: int, x: Any) -> Any:
        return self.module.full((rows,), float(x), dtype=getattr(x, "dtype", None))

    def copy_result(self, x: Any) -> Any:
        return self.asarray(x, copy=True)


def is_real(x: Any) -> bool:
    """Whether the elements of an array are real numbers, in any namespace."""
    known: bool = getattr(x.dtype, "kind", "?") in "biuf"  # NumPy says so at once
    return known or type_name(x).startswith(("float", "bfloat", "int", "uint", "bool"))


def type_name(x: Any) -> str:
    """The name of an array's type of element, as in "float32"; empty for what is no array."""
    return str(getattr(x, "dtype", "")).rpartition(".")[2]


@cache
def space_of(target: str) -> Space:
    """The arrays of a target."""
    return Space() if target == "numpy" else OtherSpace(target)
