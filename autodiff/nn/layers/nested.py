"""Rows as lists in lists, or arrays: how many axes they have, how long these are, and the numbers one after the other.

>>> image = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
>>> axes(image), lengths_of(image, 2), flat(image, "an image")
(2, (2, 3), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
"""

from typing import Any

from ...coerce import is_series
from ...errors import ArgumentError, OperandError, shown
from ...value import Value
from .neurons import NO_ROWS

DEEPEST = 100  # axes of a row: a list that contains itself has no end


def flat(row: Any, what: str, depth: int = 0) -> list[Any]:
    """A row, nested or not, as a flat list."""
    row = row.tolist() if hasattr(row, "tolist") else row
    if isinstance(row, (Value, float, int)):
        return [row]
    if isinstance(row, NO_ROWS) or not is_series(row):
        raise OperandError(f"{what}: expected a row of numbers or Values, got {shown(row)}")
    if depth > DEEPEST:
        raise ArgumentError(f"{what}: expected a row nested at most {DEEPEST} deep, got {shown(row)}")
    found = []
    for item in row:
        if isinstance(item, (Value, float, int)):  # most are: first, and not asked for what they do not have
            found.append(item)
        elif isinstance(item, (list, tuple)) or hasattr(item, "ndim") and item.ndim:
            found.extend(flat(item, what, depth + 1))
        else:
            found.append(item)
    return found


def axes(row: Any) -> int:
    """How many axes nested lists or an array have, as far as the first entries tell."""
    count = 0
    while count <= DEEPEST and not isinstance(row, (str, Value)):
        if hasattr(row, "ndim"):
            return count + int(row.ndim)
        if not isinstance(row, (list, tuple)):
            break
        count += 1
        if not row:
            break
        row = row[0]
    return count


def lengths_of(row: Any, depth: int) -> tuple[int, ...]:
    """The length of each axis of a nested row, as far as the first entries tell."""
    found: list[int] = []
    for _ in range(depth):
        found.append(len(row))
        row = row[0] if len(row) else ()
    return tuple(found)
