"""Models made of blocks: `Sequential`, one after the other, and `Model`, as they were called on one another.

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
 Total params: 33
 Trainable params: 33
 Non-trainable params: 0

>>> x = nn.Input(shape=(2,))
>>> y = nn.Dense(1, "sigmoid")(nn.Dense(8, "relu")(x))
>>> nn.Model(inputs=x, outputs=y).count_params()
33
"""

import os
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..coerce import is_series
from ..errors import ArgumentError, OperandError, shown
from ..graph import topological_order
from ..value import Value
from . import initializers as initial
from . import weights
from .block import Block, Shape, Symbol, with_rows
from .keywords import known_arguments, snake_case
from .merging import Merge
from .module import DEEPEST
from .notebook import preformatted
from .train import Trainable

WIDTHS = (31, 22, 13)


class Network(Trainable):
    """What Sequential and Model share: a list of layers, and the table that sums them up."""

    layers: list[Block]

    def count_params(self) -> int:
        """The number of parameters."""
        self.require_built("count_params")
        return len(self.parameters())

    @known_arguments
    def summary(self, print_fn: Callable[[str], object] = print) -> None:
        """Print the layers with the shape of their output and their number of parameters."""
        self.require_built("summary")
        if not callable(print_fn):
            raise OperandError(f"summary: print_fn: expected a function such as print, got {shown(print_fn)}")
        counts = [len(layer.parameters()) for layer in self.layers]
        rows = [
            (f"{name} ({type(layer).__name__})", with_rows(layer.output_shape or ()), f"{count:,}")
            for name, layer, count in zip(layer_names(self.layers), self.layers, counts)
        ]
        total, trained = len(self.parameters()), len(self.trainable_parameters())
        print_fn(f'Model: "{self.name or snake_case(type(self).__name__)}"')
        print_fn(boxed([("Layer (type)", "Output Shape", "Param #"), *rows]))
        frozen = total - trained
        print_fn(f" Total params: {total:,}\n Trainable params: {trained:,}\n Non-trainable params: {frozen:,}")

    def get_layer(self, name: str | None = None, index: int | None = None) -> Block:
        """The layer of that name, as `summary` shows it, or at that place."""
        names = layer_names(self.layers)
        if index is not None and -len(names) <= index < len(names):
            return self.layers[index]
        if name in names:
            return self.layers[names.index(name)]
        got = shown(name if index is None else index)
        raise ArgumentError(f"get_layer: expected one of {', '.join(names)}, got {got}")

    def get_weights(self) -> list[Any]:
        """A copy of every array of weights, layer by layer: kernels of (inputs, units), then biases, as in Keras."""
        self.require_built("get_weights")
        return weights.get_weights(self)

    def set_weights(self, arrays: Sequence[Any]) -> None:
        """Set every array of weights, all of them or, where one does not fit, none."""
        self.require_built("set_weights")
        weights.set_weights(self, arrays)

    @property
    def weights(self) -> list[Any]:
        """The arrays of `get_weights`: copies, so that writing into them changes nothing."""
        return self.get_weights()

    def save(self, path: str | os.PathLike[str], optimizer: bool = False) -> Path:
        """Write the model to a file, as `nn.save` does."""
        from .saving import save

        return save(self, path, optimizer)

    def outputs(self, row: Any) -> Any:
        """The outputs for one row, or, for a batch of rows, a list with the outputs of each."""
        shape = self.input_shape
        if shape is not None and axes(row) == len(shape) + 1 and (len(shape) > 1 or axes(row) == 2):
            return [super(Network, self).outputs(each) for each in row]
        return super().outputs(row)

    def _repr_html_(self) -> str:
        """What a notebook shows: the summary, or what is known before there is one."""
        lines: list[str] = []
        if self.input_shape is None:
            return preformatted(repr(self))
        self.summary(lines.append)
        return preformatted("\n".join(lines))

    def require_built(self, what: str) -> None:
        if self.input_shape is None:
            raise ArgumentError(
                f"{what}: expected a model that knows its input, got {self!r}: begin it with Input(shape), or fit it"
            )


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
        for layer in self.flattened():
            xs = layer.forward(xs)
        return xs

    def flattened(self) -> Iterator[Block]:
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

    def _start(self, symbol: Symbol) -> None:
        if symbol.block is not None:
            raise ArgumentError(f"Sequential: expected an Input or a layer, got {shown(symbol)}; use Model for it")
        if self.layers or self.input_shape is not None:
            raise ArgumentError("Sequential: expected the Input before all layers")
        self.ensure_built(symbol.shape)


class Model(Network):
    """The functional form: from the symbol of the inputs to the symbol of the outputs that was made from it.

    >>> from autodiff import nn
    >>> x = nn.Input(4)
    >>> shortcut = nn.Add()([x, nn.Dense(4, "relu")(x)])
    >>> nn.Model(x, nn.Dense(1)(shortcut))
    Model((None, 4) -> (None, 1), 3 layers)
    """

    def __init__(self, inputs: Symbol, outputs: Symbol, *, name: str | None = None) -> None:
        for what, symbol in (("inputs", inputs), ("outputs", outputs)):
            if not isinstance(symbol, Symbol):
                raise OperandError(f"Model: {what}: expected what Input or a layer returned, got {shown(symbol)}")
        order = topological_order(outputs)
        strangers = [symbol for symbol in order if not symbol.parents and symbol is not inputs]
        if strangers:
            raise ArgumentError(f"Model: the outputs also depend on {shown(strangers[0])}, which is not the inputs")
        calls = [(symbol.block, symbol.parents, symbol) for symbol in order if symbol.block is not None]
        self.layers = list(dict.fromkeys(block for block, _, _ in calls))
        self._calls = calls  # after the layers, whose names the parameters then have
        self.name, self._inputs, self._outputs = name or "functional", inputs, outputs
        self.ensure_built(inputs.shape)
        self.name_parameters()

    def calls(self) -> list[tuple[int, list[int]]]:
        """Which layer is called, by its place, and on what: 0 is the input, n the output of call n."""
        places = {self._inputs: 0} | {symbol: place for place, (_, _, symbol) in enumerate(self._calls, 1)}
        return [(self.layers.index(block), [places[parent] for parent in parents]) for block, parents, _ in self._calls]

    def build(self, shape: Shape, rng: random.Random) -> Shape:
        return self._outputs.shape

    def forward(self, xs: list[Any]) -> list[Any]:
        made = {self._inputs: xs}
        for block, parents, symbol in self._calls:
            made[symbol] = block.forward(*(made[parent] for parent in parents))
        return made[self._outputs]

    def __repr__(self) -> str:
        return f"Model({with_rows(self._inputs.shape)} -> {with_rows(self._outputs.shape)}, {len(self.layers)} layers)"


def axes(row: Any) -> int:
    """How many axes nested lists or an array have, as far as the first entries tell."""
    count = 0
    while not isinstance(row, (str, Value)):
        if hasattr(row, "ndim"):
            return count + int(row.ndim)
        if not isinstance(row, (list, tuple)):
            break
        count += 1
        if not row:
            break
        row = row[0]
    return count


def layer_names(layers: Iterable[Block]) -> list[str]:
    """The names of layers: their own, or dense, dense_1, dropout, …"""
    names: list[str] = []
    counts: dict[str, int] = {}
    for layer in layers:
        kind = snake_case(type(layer).__name__)
        earlier = counts.get(kind, 0)
        names.append(layer.name or (f"{kind}_{earlier}" if earlier else kind))
        counts[kind] = earlier + (not layer.name)
    return names


def boxed(rows: list[tuple[str, ...]]) -> str:
    """A table with lines around it; the first row is its head, the last column numbers."""
    widths = [max(width, *(len(row[column]) for row in rows)) for column, width in enumerate(WIDTHS)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths)] + [row[-1].rjust(widths[-1])]
        lines.append(f"│ {' │ '.join(cells)} │")
    top, middle, bottom = (
        left + cross.join("─" * (width + 2) for width in widths) + right for left, cross, right in ("┌┬┐", "├┼┤", "└┴┘")
    )
    return "\n".join([top, lines[0], middle, *lines[1:], bottom])
