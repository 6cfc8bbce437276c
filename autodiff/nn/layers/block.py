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
from collections.abc import Sequence
from functools import wraps
from typing import Any

from ...coerce import as_flag, is_series
from ...errors import ArgumentError, OperandError, shown
from ...value import Value, constant
from .. import elsewhere, initializers as initial
from ..keywords import Declared, takes
from .neurons import Numbers, Output, one_or_list
from .module import Module, in_mode
from .nested import axes, flat, lengths_of
from .rows import entries
from .symbol import Input, Shape, Symbol, with_rows
from .weights import get_weights, grids, set_weights


def build_alone(build: Any) -> Any:
    """The method `build` of a class, which builds the layer where it is called with a shape alone, as in Keras."""

    @wraps(build)
    def built(self: Any, shape: Any, rng: random.Random | None = None) -> Any:
        if rng is not None:
            made = build(self, shape, rng) if takes(build, 3) else None
            if not isinstance(made, tuple):
                expected = "a method build(self, shape, rng) that returns the shape of the output, such as (3,)"
                raise OperandError(f"{type(self).__name__}: expected {expected}, got one that gives {shown(made)}")
            return made
        listed = list(shape) if is_series(shape) and not isinstance(shape, str) else [shape]
        return self.ensure_built(Input(listed[listed[:1] == [None] :]).shape)

    return built


def name_or_none(what: str, meaning: str, value: Any) -> str | None:
    """A text, or None."""
    if not (value is None or isinstance(value, str)):
        raise OperandError(f"{what}: {meaning}: expected a string, got {shown(value)}")
    return value


def seed_or_none(what: str, meaning: str, value: Any) -> int | None:
    """An integer, or None."""
    if value is None or isinstance(value, int) and not isinstance(value, bool):
        return value
    raise OperandError(f"{what}: {meaning}: expected an integer, got {shown(value)}")


class Block(Declared, Module):
    """A layer of any kind: `build` makes its parameters, `forward` computes its outputs."""

    _instead = elsewhere.INSTEAD
    name: str | None = None
    input_shape: Shape | None = None
    output_shape: Shape | None = None
    _checks = {"name": name_or_none}
    _once: tuple[str, ...] = ()  # what the parameters were made by, and which no built layer can change
    _trainable = True

    def __init_subclass__(cls, **options: Any) -> None:
        """Let a `build` of a layer's own be called with a shape alone."""
        super().__init_subclass__(**options)
        if "build" in vars(cls):
            cls.build = build_alone(cls.build)  # type: ignore[method-assign]

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._once and self.built and value != getattr(self, name):
            raise ArgumentError(f"{self!r}: {name}: expected no other in a layer that is built, got {shown(value)}: "
                                "make a new layer")  # fmt: skip
        super().__setattr__(name, value)

    @property
    def built(self) -> bool:
        """Whether it knows its input, and so has its parameters."""
        return self.input_shape is not None

    @property
    def trainable(self) -> bool:
        """Whether training may change the parameters; set it to False to freeze the layer and all inside it."""
        return self._trainable

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        for module in self.modules():
            if isinstance(module, Block):
                module._trainable = as_flag(f"{type(self).__name__}.trainable", trainable)

    def trainable_parameters(self) -> list[Value]:
        """The parameters that training may change: those of layers that are not frozen."""
        blocks = [module for module in self.modules() if isinstance(module, Block)]
        frozen = {id(p) for block in blocks if not block._trainable for p in block.parameters()}
        return [p for p in self.parameters() if id(p) not in frozen]

    def get_weights(self) -> list[Any]:
        """A copy of every array of weights: the kernel of (inputs, units), then the biases, as in Keras."""
        return get_weights(self)

    def set_weights(self, arrays: Sequence[Any]) -> None:
        """Set every array of weights, all of them or, where one does not fit, none."""
        set_weights(self, arrays)

    @property
    def weights(self) -> list[Any]:
        """The arrays of `get_weights`: copies, so that writing into them changes nothing."""
        return self.get_weights()

    @property
    def trainable_weights(self) -> list[Any]:
        """Those of the arrays of `weights` that training may change."""
        return self._weights_of(frozen=False)

    @property
    def non_trainable_weights(self) -> list[Any]:
        """Those of the arrays of `weights` that stand in a frozen layer."""
        return self._weights_of(frozen=True)

    variables, trainable_variables, non_trainable_variables = weights, trainable_weights, non_trainable_weights

    def _weights_of(self, frozen: bool) -> list[Any]:
        moving = {id(p) for p in self.trainable_parameters()}
        return [array for array, (grid, _) in zip(self.weights, grids(self))
                if (id(grid[0][0]) in moving) is not frozen]  # fmt: skip

    def count_params(self) -> int:
        """The number of parameters."""
        return len(self.parameters())

    def penalties(self) -> list[tuple[Any, list[Value]]]:
        """The regularizers of this layer alone, each with the Values that it keeps small."""
        return []

    @build_alone
    def build(self, shape: Shape, rng: random.Random) -> Shape:
        """Make the parameters for rows of that shape; return the shape of the output.

        Called with a shape alone, as in `layer.build((None, 2))`, it builds the layer, once.
        """
        return shape

    def forward(self, xs: list[Any]) -> list[Any]:
        """The outputs for one flat row of Values, or of numbers; a layer that merges rows takes several."""
        call = getattr(self, "call", None)  # as Keras's layers have it
        if call is None:
            raise NotImplementedError(f"{type(self).__name__} computes nothing: write forward(self, xs)")
        return entries(call(Numbers(xs)))

    def __call__(self, x: Any, *, training: bool | None = None) -> Any:
        """The outputs for one row, a Value or a list of Values; for a symbol, the symbol of the outputs.

        With `training` it is on, or over, for this call; else it is what `train` and `eval` have said.
        """
        if isinstance(x, Symbol):
            return Symbol(self.ensure_built(x.shape), self, (x,))
        if training is None:
            return self.outputs(x)
        with in_mode(self, as_flag(f"{type(self).__name__}: training", training)):
            return self.outputs(x)

    def outputs(self, row: Any) -> Any:
        """The outputs for one row of numbers or Values, nested as the input's shape is, or flat.

        For a batch of rows, which has one axis more, a list with the outputs of each.
        """
        shape, depth = self.input_shape, axes(row)
        if depth == (2 if shape is None else len(shape) + 1) and depth > 1 and not (shape is None and self.flattens):
            return [self.outputs(each) for each in row]
        xs = flat(row, repr(self))
        if self.input_shape is None:
            self.ensure_built(lengths_of(row, depth) if math.prod(lengths_of(row, depth)) == len(xs) else (len(xs),))
        if len(xs) != (expected := math.prod(self.input_shape or ())):
            plural = "s" * (expected != 1)
            raise ArgumentError(f"{self!r}: expected a row of {expected} number{plural}, got {len(xs)}: {shown(row)}")
        return one_or_list(entries(self.forward([as_value(x, self) for x in xs])))

    def row(self, xs: list[Any]) -> Output:
        """The outputs for one flat row, as training gives them."""
        found: Output = self.outputs(xs)
        return found

    @property
    def flattens(self) -> bool:
        """Whether rows of several axes are what it is for, so that a first input of two axes is one row of them."""
        return False

    @property
    def several(self) -> bool:
        """Whether it has several inputs or outputs."""
        return False

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


def one_axis(shape: Shape, block: Block) -> int:
    """The length of a row, or an error that tells how to make rows of images."""
    if len(shape) != 1:
        raise ArgumentError(f"{block!r}: expected rows of one axis, got {with_rows(shape)}: put Flatten() before it")
    return shape[0]
