"""A `Block` is a layer that learns its input size from what it is first given: the base of Dense and its kin.

Called on a row of numbers or Values it computes. Called on a symbol, which `Input` makes, it says what its output would
look like, and so whole models are written down before there is any data:

>>> from autodiff import nn
>>> x = nn.Input(shape=(2,))
>>> nn.Dense(8, "relu")(x)
Symbol(shape=(None, 8), made by Dense(8, activation='relu'))
"""

import math
import random
from collections.abc import Iterable
from typing import Any

from ..errors import ArgumentError, OperandError, shown
from ..value import Value, constant
from . import initializers as initial
from .keywords import known_arguments
from .layers import NO_ROWS, Output, one_or_list
from .module import Module

Shape = tuple[int, ...]  # of one row; inside, a row is always a flat list in the order of its last index first


class Symbol:
    """What stands for a row before there is one: its shape, and the block that makes it from its parents."""

    def __init__(self, shape: Shape, block: "Block | None" = None, parents: "tuple[Symbol, ...]" = ()) -> None:
        self.shape, self.block, self.parents = shape, block, parents

    def __repr__(self) -> str:
        made = f", made by {self.block!r}" if self.block else ""
        return f"Symbol(shape={with_rows(self.shape)}{made})"


def Input(shape: int | Iterable[int]) -> Symbol:
    """The symbol for a row of that shape: the start of a functional model, or the first entry of a Sequential.

    >>> Input(shape=(28, 28))
    Symbol(shape=(None, 28, 28))
    """
    sizes = [shape] if isinstance(shape, int) else shape
    if isinstance(sizes, (str, Value)) or not isinstance(sizes, Iterable):
        raise OperandError(f"Input: expected a shape such as (2,), got {shown(shape)}")
    return Symbol(tuple(initial.size(size, "Input: shape") for size in sizes))


class Block(Module):
    """A layer of any kind: `build` makes its parameters, `forward` computes its outputs."""

    name: str | None = None
    input_shape: Shape | None = None
    output_shape: Shape | None = None

    def __init_subclass__(cls, **options: Any) -> None:
        """Every layer answers an unknown argument with the nearest one that it has."""
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            cls.__init__ = known_arguments(cls.__init__)  # type: ignore[method-assign]

    def build(self, shape: Shape, rng: random.Random) -> Shape:
        """Make the parameters for rows of that shape; return the shape of the output."""
        return shape

    def forward(self, xs: list[Any]) -> list[Any]:
        """The outputs for one flat row of Values, or of numbers; a layer that merges rows takes several."""
        raise NotImplementedError(f"{type(self).__name__} computes nothing: write forward(self, xs)")

    def __call__(self, x: Any) -> Any:
        """The outputs for one row, a Value or a list of Values; for a symbol, the symbol of the outputs."""
        if isinstance(x, Symbol):
            return Symbol(self.ensure_built(x.shape), self, (x,))
        return self.outputs(x)

    def outputs(self, row: Any) -> Output:
        """The outputs for one row of numbers or Values, nested as the input's shape is, or flat."""
        xs = flat(row, repr(self))
        if self.input_shape is None:
            self.ensure_built((len(xs),))
        if len(xs) != (expected := math.prod(self.input_shape or ())):
            plural = "s" * (expected != 1)
            raise ArgumentError(f"{self!r}: expected a row of {expected} number{plural}, got {len(xs)}: {shown(row)}")
        return one_or_list(self.forward([as_value(x, self) for x in xs]))

    def ensure_built(self, shape: Shape, rng: random.Random | None = None) -> Shape:
        """Build for rows of that shape, once; later shapes must be the same. Returns the shape of the output."""
        if self.input_shape is None:
            self.output_shape = self.build(shape, rng or initial.generator())
            self.input_shape = shape
        elif shape != self.input_shape:
            raise ArgumentError(
                f"{self!r} was built for rows of shape {with_rows(self.input_shape)}, got {with_rows(shape)}"
            )
        return self.output_shape or ()


def as_value(x: Any, block: Block) -> Value:
    """A number of a row as a constant; a Value as it is."""
    return x if type(x) is Value else constant(x, type(block).__name__)


def flat(row: Any, what: str) -> list[Any]:
    """A row, nested or not, as a flat list."""
    row = row.tolist() if hasattr(row, "tolist") else row
    if isinstance(row, (Value, float, int)):
        return [row]
    if isinstance(row, NO_ROWS) or not isinstance(row, Iterable):
        raise OperandError(f"{what}: expected a row of numbers or Values, got {shown(row)}")
    found = []
    for item in row:
        if isinstance(item, (list, tuple)) or hasattr(item, "ndim") and item.ndim:
            found.extend(flat(item, what))
        else:
            found.append(item)
    return found


def with_rows(shape: Shape) -> str:
    """A shape as it is printed, with None for the number of rows."""
    return str((None, *shape))


def one_axis(shape: Shape, block: Block) -> int:
    """The length of a row, or an error that tells how to make rows of images."""
    if len(shape) != 1:
        raise ArgumentError(f"{block!r}: expected rows of one axis, got {with_rows(shape)}: put Flatten() before it")
    return shape[0]
