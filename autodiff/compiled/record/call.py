"""The arguments of one call: numbers, arrays with one entry per row, and structures of such.

The leaves of structures, and the elements that each row of an array has, are the columns of a call.

>>> call = call_of("f", Layout(("x", "y")), [np.array([1, 2, 3]), {"w": 0.5}])
>>> call.signature.batched, call.rows, call.row(2), call.signature.names
((True, False), 3, [3.0, 0.5], ('x', 'y_0'))
"""

from collections.abc import Callable, Sequence
from keyword import iskeyword
from typing import Any, NamedTuple

import numpy as np

from ...coerce import number
from ...errors import ArgumentError, OperandError, shown
from ...structure import LEAF, Flat, Shape, array_shape, flatten
from ...value import Value
from ..backends import is_real
from .parameters import Layout, tell_apart

FLOATS = {float}


class Signature(NamedTuple):
    """How a call's arguments are handed over, which of the columns have one entry for each row, and the structures."""

    layout: Layout
    batched: tuple[bool, ...]
    shapes: tuple[Shape, ...] = ()  # one for each argument; none where every argument is one column

    @property
    def names(self) -> tuple[str, ...]:
        """A name for each column, no two alike."""
        if not self.shapes:
            return self.layout.names
        named = zip(self.layout.names, self.shapes)
        return tell_apart(name if shape is LEAF else f"{name}_{index}"
                          for name, shape in named for index in range(shape.size))  # fmt: skip

    @property
    def inputs(self) -> tuple[str, ...]:
        """What a program calls them: a name that is no identifier, as a keyword may be, gives way to a number."""
        return tell_apart(name if name.isidentifier() and not iskeyword(name) else f"argument_{index}"
                          for index, name in enumerate(self.names))  # fmt: skip

    @property
    def lists(self) -> str:
        """A sentence on arguments that are lists of numbers, which were rows once; empty where none is."""
        flat = " and ".join(name for name, shape in zip(self.layout.names, self.shapes) if shape.is_list)
        return flat and (f"{flat} came as a list, which is structure, and the function gets a list of Values: the rows "
                         "of a batch, for which a list stood before, are a NumPy array, as in numpy.array(x)")

    def like_arguments(self, columns: Sequence[Any]) -> list[Any]:
        """What there is one of for each column, in the structure of the arguments."""
        leaves = iter(columns)
        return [shape.unflatten(leaves) for shape in self.shapes] if self.shapes else list(columns)

    def apply(self, function: Callable[..., Any], columns: Sequence[Any]) -> Any:
        """The function called with these in the places of the columns."""
        return self.layout.apply(function, self.like_arguments(columns))


class Call(NamedTuple):
    """A signature, the columns in order, and how many rows there are (None: not a batch)."""

    signature: Signature
    data: list[Any]
    rows: int | None

    def row(self, index: int) -> list[float]:
        """The columns of one row."""
        return [float(x[index]) if many else x for x, many in zip(self.data, self.signature.batched)]

    def part(self, which: Any) -> "Call":
        """The call with these rows alone."""
        data = [np.asarray(x)[which] if many else x for x, many in zip(self.data, self.signature.batched)]
        return self._replace(data=data, rows=len(which))

    def join(self, parts: Sequence[tuple[Any, list[Any]]]) -> list[Any]:
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
    if set(map(type, values)) == FLOATS:
        return Call(Signature(layout, (False,) * len(values)), list(values), None)
    data: list[Any] = []
    shapes: list[Shape] = []
    plain = True
    for name, x in zip(layout.names, values):
        columns, shape = ([x], LEAF) if type(x) is float else flatten(x, lambda each: _columns(function, name, each))
        data += columns
        shapes.append(shape)
        plain = plain and shape is LEAF
    signature = Signature(layout, tuple([type(x) is not float for x in data]), () if plain else tuple(shapes))
    lengths = {int(x.shape[0]) for x in data if type(x) is not float}
    if len(lengths) > 1:
        named = [f"{name} of {x.shape[0]}" for name, x in zip(signature.names, data) if type(x) is not float]
        raise ArgumentError(f"{function}: expected arrays of equal length, got {', '.join(named)}")
    if 0 in lengths:
        raise ArgumentError(f"{function}: expected at least one row, got empty arrays")
    return Call(signature, data, lengths.pop() if lengths else None)


def _columns(function: str, name: str, x: Any) -> Flat:
    """A number as a float; an array as an array for each of the elements that a row of it has."""
    if isinstance(x, Value):
        raise OperandError(f"{function}: expected numbers or arrays, got {shown(x)} as {name}; on Values run .function")
    if isinstance(x, np.ma.MaskedArray):
        raise OperandError(f"{function}: expected numbers in all rows, got a masked array as {name}; use its .filled()")
    if not getattr(x, "ndim", 0) or not hasattr(x, "dtype"):  # a memoryview has axes, and is no array of numbers
        return [x if type(x) is float else number(x, f"{function}: {name}")], LEAF
    if not is_real(x):
        raise OperandError(f"{function}: expected a number or an array of real numbers as {name}, got one of {x.dtype}")
    x = np.asarray(x).astype(np.float64) if isinstance(x, np.ndarray) else x  # np.matrix would keep its two axes
    if x.ndim == 1:
        return [x], LEAF
    shape = array_shape(tuple(x.shape[1:]))
    if not shape.size:  # nothing of it would enter the program, and its rows would go uncounted
        raise ArgumentError(f"{function}: expected at least one number in each row of {name}, got {tuple(x.shape)}")
    flat = x.reshape((x.shape[0], shape.size))
    return [flat[:, place] for place in range(shape.size)], shape
