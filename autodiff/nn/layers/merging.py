"""Layers that bring several rows together: what makes a functional model more than a chain.

>>> from autodiff import nn
>>> x = nn.Input(3)
>>> wide, deep = nn.Dense(4, "relu")(x), nn.Dense(4, "tanh")(x)
>>> nn.Concatenate()([wide, deep]).shape, nn.Add()([wide, deep]).shape
((8,), (4,))
>>> [y.data for y in nn.Add()([[1.0, 2.0], [10.0, 20.0]])]
[11.0, 22.0]
"""

import math
import random

from collections.abc import Sequence
from functools import reduce
from operator import add, mul
from typing import Any

from ...coerce import is_series
from ...errors import ArgumentError, OperandError, shown
from ...functions import maximum, minimum
from ...value import Value
from .block import Block, as_value, one_axis
from .neurons import NO_ROWS, one_or_list
from .nested import flat
from .symbol import JOINING, Shape, Symbol, with_rows


class Merge(Block):
    """A layer of several rows, given as a list; `input_shape` is the tuple of their shapes."""

    def __init__(self, *, name: str | None = None) -> None:
        self.name = name

    def __call__(self, rows: Any, *, training: bool | None = None) -> Any:
        """The outputs for a list of rows, or, for a list of symbols, the symbol of the outputs."""
        if isinstance(rows, (Symbol, Value, *NO_ROWS)) or not is_series(rows):
            raise OperandError(f"{self!r}: expected a list of what layers returned, got {shown(rows)}")
        rows = list(rows)
        if len(rows) < 2:
            raise ArgumentError(f"{self!r}: expected at least two rows to bring together, got {len(rows)}")
        symbols = [row for row in rows if isinstance(row, Symbol)]
        if len(symbols) == len(rows):
            return Symbol(self.ensure_built(tuple(row.shape for row in rows)), self, tuple(rows))
        if symbols:
            raise OperandError(f"{self!r}: expected either symbols or rows of numbers, got both: {shown(rows)}")
        found = [flat(row, repr(self)) for row in rows]
        lengths = [len(row) for row in found]
        shapes: Any = self.input_shape or tuple((length,) for length in lengths)
        if lengths != (expected := [math.prod(shape) for shape in shapes]):
            raise ArgumentError(f"{self!r}: expected rows of {expected} numbers, got {lengths}")
        self.ensure_built(shapes)
        return one_or_list(self.forward(*[[as_value(x, self) for x in row] for row in found]))

    def forward(self, *rows: list[Any]) -> list[Any]:
        """The outputs for as many flat rows of Values, or of numbers, as were brought together."""
        raise NotImplementedError(f"{type(self).__name__} computes nothing: write forward(self, *rows)")


class Numberwise(Merge):
    """A layer of rows of one shape, which it brings together number by number."""

    def build(self, shape: Any, rng: random.Random) -> Shape:
        if len(set(shape)) > 1:
            raise ArgumentError(f"{self!r}: expected rows of one shape, got {' and '.join(map(with_rows, shape))}")
        return shape[0]  # type: ignore[no-any-return]

    def forward(self, *rows: list[Any]) -> list[Any]:
        return [self.join(numbers) for numbers in zip(*rows)]

    def join(self, numbers: Sequence[Any]) -> Any:
        """What becomes of the numbers that stand at one place of the rows."""
        raise NotImplementedError(f"{type(self).__name__} computes nothing: write join(self, numbers)")

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Add(Numberwise):
    """Rows of one shape, added number by number: the shortcut of a residual network. [He et al. 2016]"""

    def join(self, numbers: Sequence[Any]) -> Any:
        return reduce(add, numbers)


class Average(Numberwise):
    """The mean of rows of one shape, number by number."""

    def join(self, numbers: Sequence[Any]) -> Any:
        return reduce(add, numbers) / len(numbers)


class Multiply(Numberwise):
    """Rows of one shape, multiplied number by number: a gate."""

    def join(self, numbers: Sequence[Any]) -> Any:
        return reduce(mul, numbers)


class Maximum(Numberwise):
    """The largest number at each place of rows of one shape; a tie shares the slope."""

    def join(self, numbers: Sequence[Any]) -> Any:
        return reduce(maximum, numbers)


class Minimum(Numberwise):
    """The smallest number at each place of rows of one shape; a tie shares the slope."""

    def join(self, numbers: Sequence[Any]) -> Any:
        return reduce(minimum, numbers)


class Subtract(Numberwise):
    """The first of two rows of one shape less the second, number by number."""

    def build(self, shape: Any, rng: random.Random) -> Shape:
        if len(shape) != 2:
            raise ArgumentError(f"Subtract(): expected two rows, got {len(shape)}")
        return super().build(shape, rng)

    def join(self, numbers: Sequence[Any]) -> Any:
        return numbers[0] - numbers[1]


class Concatenate(Merge):
    """Rows of one axis, one after the other."""

    def build(self, shape: Any, rng: random.Random) -> Shape:
        return (sum(one_axis(each, self) for each in shape),)

    def forward(self, *rows: list[Any]) -> list[Any]:
        return [x for row in rows for x in row]

    def __repr__(self) -> str:
        return "Concatenate()"


JOINING |= {"+": Add, "-": Subtract, "*": Multiply}
