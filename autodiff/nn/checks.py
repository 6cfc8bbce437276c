"""What a number that is set may be; each check is a sentence about what was expected and what came.

>>> fraction("SGD", "momentum", 5)
Traceback (most recent call last):
autodiff.errors.ArgumentError: SGD: expected a momentum from 0 to below 1, got 5 (int)
"""

import math
from operator import index
from typing import Any

from ..coerce import Number, as_flag, number
from ..errors import ArgumentError, OperandError, shown

MOST = 10**9


def real(value: Number, what: str) -> float:
    """`value` as a float, for what is set and never differentiated: a rate, a part, an epsilon.

    >>> real("fast", "SGD: rate")
    Traceback (most recent call last):
    autodiff.errors.OperandError: SGD: rate: expected a real number (int, float, NumPy scalar), got 'fast' (str)
    """
    try:
        return number(value, what)
    except OperandError:
        if hasattr(value, "backward"):
            raise
    raise OperandError(f"{what}: expected a real number (int, float, NumPy scalar), got {shown(value)}")


def not_nan(value: Number, what: str) -> float:
    """The same for a number that others are compared with, which a nan would answer no to without a word."""
    x = real(value, what)
    if x != x:
        raise ArgumentError(f"{what}: expected a number, got {shown(value)}")
    return x


def size(value: object, what: str, least: int = 1) -> int:
    """`value` as a size: an integer of at least 1, or whatever else is the least.

    >>> size(0, "Layer: nout")
    Traceback (most recent call last):
    autodiff.errors.ArgumentError: Layer: nout: expected a whole number of at least 1, got 0 (int)
    """
    expected = f"{what}: expected a whole number of at least {least}, got {shown(value)}"
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise OperandError(expected)
    try:
        number = index(value)
    except TypeError:  # a class, or an array
        raise OperandError(expected) from None
    if number < least:
        raise ArgumentError(expected)
    if number > MOST:
        raise ArgumentError(f"{what}: expected a number of at most {MOST:,}, as memory allows, got {shown(value)}")
    return number


def at_least_zero(what: str, meaning: str, value: Number) -> float:
    """A finite number of at least 0 as a float."""
    x = real(value, f"{what}: {meaning}")
    if not 0 <= x < math.inf:
        raise ArgumentError(f"{what}: expected a {meaning} that is finite and at least 0, got {shown(value)}")
    return x


def above_zero(what: str, meaning: str, value: Number) -> float:
    """A finite number above 0 as a float."""
    x = real(value, f"{what}: {meaning}")
    if not 0 < x < math.inf:
        finite = " and finite" * (x == math.inf)
        raise ArgumentError(f"{what}: expected a {meaning} above 0{finite}, got {shown(value)}")
    return x


def fraction(what: str, meaning: str, value: Number) -> float:
    """A number from 0 to below 1 as a float."""
    x = real(value, f"{what}: {meaning}")
    if not 0 <= x < 1:
        raise ArgumentError(f"{what}: expected a {meaning} from 0 to below 1, got {shown(value)}")
    return x


def flag(what: str, meaning: str, value: Any) -> bool:
    """True or False."""
    return as_flag(f"{what}: {meaning}", value)


def whole(what: str, meaning: str, value: Any) -> int:
    """A whole number of at least 1."""
    return size(value, f"{what}: {meaning}")


def count(what: str, meaning: str, value: Any) -> int:
    """A whole number of at least 0."""
    return size(value, f"{what}: {meaning}", least=0)


def decay(what: str, meaning: str, value: Any) -> float | None:
    """A number of at least 0, or None for no decay."""
    return None if value is None else at_least_zero(what, meaning, value)
