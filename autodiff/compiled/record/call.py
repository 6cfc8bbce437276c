"""The arguments of one call: numbers, or arrays with one entry per row.

>>> call = call_of("f", Layout(("x", "y")), [[1, 2, 3], 0.5])
>>> call.signature.batched, call.rows, call.row(2)
((True, False), 3, [3.0, 0.5])
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...errors import ArgumentError, OperandError, shown
from ...coerce import number
from ...value import Value
from .parameters import Layout
from ..backends import is_real

FLOATS = {float}


class Signature(NamedTuple):
    """How a call's arguments are handed over, and which of them have one entry for each row."""

    layout: Layout
    batched: tuple[bool, ...]


class Call(NamedTuple):
    """A signature, the arguments in order, and how many rows there are (None: not a batch)."""

    signature: Signature
    data: list[Any]
    rows: int | None

    def row(self, index: int) -> list[float]:
        """The arguments of one row."""
        return [float(x[index]) if many else x for x, many in zip(self.data, self.signature.batched)]

    def part(self, which: Any) -> "Call":
        """The call with these rows alone."""
        data = [np.asarray(x)[which] if many else x for x, many in zip(self.data, self.signature.batched)]
        return self._replace(data=data, rows=len(which))

    def joined(self, parts: Sequence[tuple[Any, list[Any]]]) -> list[Any]:
        """The results of all rows from those of some; what has no rows is a sum over them."""
        results = []
        for each in zip(*(results for _, results in parts)):
            if any(x.ndim for x in each if type(x) is not float):
                whole = np.empty(self.rows or 0)
                for (which, _), x in zip(parts, each):
                    whole[which] = np.asarray(x)
                results.append(whole)
            else:
                results.append(sum(each[1:], each[0]))
        return results


def call_of(function: str, layout: Layout, values: Sequence[Any]) -> Call:
    """The call of a function with these arguments, checked."""
    names = layout.names
    if set(map(type, values)) == FLOATS:
        return Call(Signature(layout, (False,) * len(names)), list(values), None)
    data: list[Any] = [x if type(x) is float else _datum(function, name, x) for name, x in zip(names, values)]
    batched = tuple([type(x) is not float for x in data])
    lengths = {name: int(x.shape[0]) for name, x, many in zip(names, data, batched) if many}
    rows = next(iter(lengths.values())) if lengths else None
    if any(length != rows for length in lengths.values()):
        raise ArgumentError(f"{function}: expected arrays of equal length, got " +
                            ", ".join(f"{name} of {length}" for name, length in lengths.items()))  # fmt: skip
    if rows == 0:
        raise ArgumentError(f"{function}: expected at least one row, got empty arrays")
    return Call(Signature(layout, batched), data, rows)


def _datum(function: str, name: str, x: Any) -> Any:
    """A float, or an array of one number for each row."""
    if isinstance(x, Value):
        raise OperandError(f"{function}: expected numbers or arrays, got {shown(x)} as {name}; on Values run .function")
    if isinstance(x, np.ma.MaskedArray):
        raise OperandError(f"{function}: expected numbers in all rows, got a masked array as {name}; use its .filled()")
    if isinstance(x, (list, tuple)) or getattr(x, "ndim", False):
        array = x if hasattr(x, "ndim") else np.array([number(each, f"{function}: {name}") for each in x])
        if array.ndim != 1 or not is_real(array):
            kind = f"{array.ndim} axes of {array.dtype}"
            raise OperandError(f"{function}: expected a number or a vector of real numbers as {name}, got {kind}")
        return array.astype(np.float64) if isinstance(array, np.ndarray) else array
    return number(x, f"{function}: {name}")
