"""What may stand beside a Value: an int, a float, a bool, a NumPy real scalar or a 0-d real array, and nothing else.

>>> number(3, "mul"), number(10**400, "mul")
(3.0, inf)
>>> number("3", "mul")
Traceback (most recent call last):
    ...
autodiff.errors.OperandError: mul: expected a Value or a real number (int, float, NumPy scalar), got '3' (str)
"""

import sys
from collections.abc import Container, Iterable
from typing import Any, TypeGuard

from . import kernels
from .errors import OperandError, shown

Number = Any  # what `number` accepts

PLAIN = frozenset({float, int, bool})


def number(x: Number, operation: str) -> float:
    """`x` as a Python float, or an `OperandError` that names the operation and shows `x`."""
    if isinstance(x, (float, int)):
        try:
            return float(x)
        except OverflowError:  # an int beyond float64 rounds to inf, as IEEE-754 has it
            return kernels.inf if x > 0 else -kernels.inf
    numpy = sys.modules.get("numpy")  # an operand can only be NumPy's if NumPy has been imported
    if numpy and isinstance(x, (numpy.generic, numpy.ndarray)) and x.ndim == 0 and x.dtype.kind in "biuf":
        return float(x)
    if hasattr(x, "backward"):
        raise OperandError(f"{operation}: expected a number that is not differentiated, got {shown(x)}; use its .data")
    if x is None and operation == "Value.grad":
        raise OperandError("Value.grad: expected a number, got None; to start afresh, write p.grad = 0.0")
    one = "; a Value is one number, so go through these one by one" if is_series(x) and not isinstance(x, str) else ""
    wanted = "a Value or a real number (int, float, NumPy scalar)"
    raise OperandError(f"{operation}: expected {wanted}, got {shown(x)}{one}")


def is_series(x: object) -> TypeGuard[Iterable[Any]]:
    """Whether x can be gone through: a list, an array, a generator; a 0-d array says so and cannot.

    >>> is_series([1.0]), is_series(1.0)
    (True, False)
    """
    return isinstance(x, Iterable) and getattr(x, "ndim", 1) != 0


def is_one_of(x: object, choices: Container[str]) -> TypeGuard[str]:
    """Whether x is one of the names; an array, which answers == by elements, and what has no hash are none.

    >>> is_one_of("LR", ("LR", "TB")), is_one_of(["LR"], {"LR": 1})
    (True, False)
    """
    return isinstance(x, str) and x in choices


def as_flag(what: str, value: object) -> bool:
    """True or False, or an `OperandError` that shows what came: the truth of an array is not one."""
    if not isinstance(value, bool):
        raise OperandError(f"{what}: expected True or False, got {shown(value)}")
    return value


def is_array_of_values(x: object) -> bool:
    """Whether x is a NumPy array of objects, which takes part in arithmetic element by element."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(x, numpy.ndarray) and x.dtype == object
