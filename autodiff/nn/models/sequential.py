"""Models made of blocks, one after the other: `Sequential`. For those that are no chain there is `Model`.

>>> from autodiff import nn
>>> model = nn.Sequential([nn.Input((2,)), nn.Dense(8, "relu"), nn.Dense(1, "sigmoid")], seed=1)
>>> model.summary()
Model: "sequential"
┌─────────────────────────────────┬────────────────────────┬───────────────┐
│ Layer (type)                    │ Output Shape           │       Param # │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ (None, 8)              │            24 │
│ dense_1 (Dense)                 │ (None, 1)              │             9 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 33 (264.00 B)
 Trainable params: 33 (264.00 B)
 Non-trainable params: 0 (0.00 B)
"""

import random
from collections.abc import Iterable, Iterator
from typing import Any

from ...coerce import is_series
from ...errors import ArgumentError, OperandError, shown
from .. import initializers as initial
from ..layers.block import Block
from ..layers.merging import Merge
from ..layers.module import DEEPEST
from .network import Network
from .saved import Record
from ..layers.rows import entries
from ..layers.symbol import Shape, Symbol
from .summary import require_unique_names


class Sequential(Network):
    """Layers, each on the output of the one before.

    Without an Input at the start, or `input_shape` in the first layer, it is built for the first row that it meets.
    """

    def __init__(self, layers: Iterable[Block | Symbol] = (), *, name: str | None = None,
                 seed: int | None = None, rng: random.Random | None = None) -> None:  # fmt: skip
        self.name, self.layers = name, []
        self._rng = initial.generator(seed, rng)
        if isinstance(layers, (str, Block)) or not is_series(layers):
            raise OperandError(f"Sequential: expected a list of layers, got {shown(layers)}")
        for layer in layers:
            self._append(layer)
        self.name_parameters()

    def add(self, layer: Block | Symbol) -> None:
        """Put a layer at the end."""
        self._append(layer)
        self.name_parameters()

    def pop(self) -> Block:
        """Take the last layer away, and return it."""
        if not self.layers:
            raise ArgumentError("pop: expected a model with a layer, got one without")
        layer = self.layers.pop()
        if self.input_shape is not None:
            self.output_shape = self.layers[-1].output_shape if self.layers else self.input_shape
        self.name_parameters()
        return layer

    def _append(self, layer: Block | Symbol) -> None:
        if isinstance(layer, Symbol):
            self._start(layer)
            return
        if not isinstance(layer, Block):
            raise OperandError(f"Sequential: expected a layer such as Dense(8), got {shown(layer)}")
        if layer is self:
            raise ArgumentError("Sequential: expected another layer, got the model itself")
        if isinstance(layer, Merge):
            raise OperandError(f"Sequential: expected layers of one row, got {layer!r}: use Model for it")
        require_unique_names("Sequential", [*self.layers, layer])
        self.layers.append(layer)
        if self.input_shape is not None:
            self.output_shape = layer.ensure_built(self.output_shape or self.input_shape, self._rng)
        elif layer.input_shape is not None and len(self.layers) == 1:
            self.ensure_built(layer.input_shape)

    def build(self, shape: Shape, rng: random.Random) -> Shape:
        models = [(self, shape, iter(self.layers))]  # those that are being built, the outer before the inner
        while models:
            model, first, rest = models[-1]
            layer = next(rest, None)
            if layer is None:
                models.pop()
                model.input_shape, model.output_shape = first, shape
            elif type(layer) is Sequential and layer.input_shape is None:
                models.append((layer, shape, iter(layer.layers)))
            else:
                shape = layer.ensure_built(shape, model._rng)
        self.name_parameters()
        return shape

    def forward(self, xs: list[Any]) -> list[Any]:
        for layer in self.flatten():
            xs = entries(layer.forward(xs))
        return xs

    @property
    def flattens(self) -> bool:
        return any(layer.flattens for layer in list(self.flatten())[:1])

    def flatten(self) -> Iterator[Block]:
        """The layers, with those of a Sequential among them in its place."""
        waiting = self.layers[::-1]
        while waiting:
            layer = waiting.pop()
            if type(layer) is Sequential:
                waiting += layer.layers[::-1]
            else:
                yield layer

    def __repr__(self) -> str:
        return self._printed(DEEPEST)

    def _printed(self, depth: int) -> str:
        start = [f"Input({self.input_shape})"] if self.input_shape else []
        if not depth:
            return "Sequential(…)"
        inside = [layer._printed(depth - 1) if type(layer) is Sequential else repr(layer) for layer in self.layers]
        return f"Sequential([{', '.join([*start, *inside])}])"

    def _describe(self) -> Record:
        if twice := [layer for place, layer in enumerate(self.layers) if layer in self.layers[:place]]:
            raise ArgumentError(f"save: expected a Sequential of different layers, got {twice[0]!r} twice: nn.Model "
                                "calls a layer as often as you like")  # fmt: skip
        return super()._describe()

    def _start(self, symbol: Symbol) -> None:
        if symbol.block is not None:
            raise ArgumentError(f"Sequential: expected an Input or a layer, got {shown(symbol)}; use Model for it")
        if self.layers or self.input_shape is not None:
            raise ArgumentError("Sequential: expected the Input before all layers")
        self.ensure_built(symbol.shape)
