"""`Model`: layers as they were called on one another, with any number of inputs and outputs, or a class of one's own.

>>> from autodiff import nn
>>> left, right = nn.Input(2, name="left"), nn.Input(3, name="right")
>>> both = nn.Concatenate()([nn.Dense(4, "relu")(left), right])
>>> model = nn.Model([left, right], {"size": nn.Dense(1)(both), "kind": nn.Dense(2, "softmax")(both)})
>>> sorted(model([[1.0, 2.0], [3.0, 4.0, 5.0]]))
['kind', 'size']

>>> class Net(nn.Model):
...     def __init__(self):
...         super().__init__()
...         self.hidden, self.out = nn.Dense(8, "relu"), nn.Dense(1, "sigmoid")
...     def call(self, x):
...         return self.out(self.hidden(x))
>>> net = Net()
>>> net([0.0, 1.0]).op, net.count_params()
('sigmoid', 33)
"""

import random
from collections.abc import Iterator
from inspect import signature
from math import prod
from typing import Any

from ...errors import ArgumentError, OperandError, shown
from ...graph import topological_order
from ...value import constant
from ..layers import tables
from ..layers.block import Block, as_value
from ..layers.neurons import Numbers, Output, one_or_list
from ..layers.nested import axes, flat
from .network import Network
from ..layers.ports import Ports, list_symbols, number_names
from ..layers.rows import entries
from ..layers.symbol import Shape, Symbol, with_rows
from .saved import Record
from .summary import layer_names, require_unique_names
from ..layers.tables import Array


class LayersOfAttributes:
    """The layers of a model of one's own: those that stand in its attributes, in their order."""

    def __get__(self, model: Any, owner: type) -> Any:
        return self if model is None else list(blocks_in(vars(model).values()))


def blocks_in(things: Any) -> Iterator[Block]:
    """The layers among things, and in the lists and dicts among them."""
    for thing in things:
        if isinstance(thing, Block):
            yield thing
        elif isinstance(thing, (list, tuple, dict)):
            yield from blocks_in(thing.values() if isinstance(thing, dict) else thing)


class Model(Network):
    """The functional form: from the symbols of the inputs to the symbols of the outputs that were made from them.

    Inputs and outputs are each a symbol, a list, or a dict by name; arrays, labels, losses and predictions then are
    too. A subclass of its own has layers as attributes and says in `call` (or `forward`) what they do to a row.

    >>> from autodiff import nn
    >>> x = nn.Input(4)
    >>> shortcut = nn.Add()([x, nn.Dense(4, "relu")(x)])
    >>> nn.Model(x, nn.Dense(1)(shortcut))
    Model((None, 4) -> (None, 1), 3 layers)
    """

    layers = LayersOfAttributes()
    _inputs: Ports | None = None
    _outputs: Ports

    def __init__(self, inputs: Any = None, outputs: Any = None, *, name: str | None = None) -> None:
        self.name = name
        if inputs is None and outputs is None and type(self) is not Model:
            return  # a class of its own: its layers are still to come
        roots = list_symbols("outputs", outputs)
        order = topological_order(Symbol((), None, tuple(roots)))[:-1]
        starts = list_symbols("inputs", inputs)
        strangers = [symbol for symbol in order if not symbol.parents and symbol not in starts]
        if strangers:
            raise ArgumentError(f"Model: the outputs also depend on {shown(strangers[0])}, which is not the inputs")
        calls = [(symbol.block, symbol.parents, symbol) for symbol in order if symbol.block is not None]
        self.layers = list(dict.fromkeys(block for block, _, _ in calls))
        require_unique_names("Model", self.layers)
        self._calls = calls  # after the layers, whose names the parameters then have
        self.name = "functional" if name is None else name
        self._inputs = Ports("inputs", inputs, number_names([symbol.name or "input_layer" for symbol in starts]))
        names = dict(zip(self.layers, layer_names(self.layers)))
        self._outputs = Ports("outputs", outputs, number_names([names[s.block] if s.block else "input" for s in roots]))
        shapes: Any = tuple(symbol.shape for symbol in starts)
        self.ensure_built(shapes[0] if len(shapes) == 1 else shapes)
        self.name_parameters()

    @property
    def several(self) -> bool:
        """Whether it has several inputs or outputs, or has them by name."""
        return self._inputs is not None and (self._inputs.form, self._outputs.form) != ("one", "one")

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs, by which losses and metrics may be given."""
        return super().output_names if self._inputs is None else self._outputs.names

    def calls(self) -> list[tuple[int, list[int]]]:
        """Which layer is called, by its place, and on what: after the inputs come the outputs of the calls."""
        places = self.places()
        return [(self.layers.index(block), [places[parent] for parent in parents]) for block, parents, _ in self._calls]

    def places(self) -> dict[Symbol, int]:
        """The number of each symbol: the inputs first, then the outputs of the calls."""
        symbols = [*self.inputs().symbols, *(symbol for _, _, symbol in self._calls)]
        return {symbol: place for place, symbol in enumerate(symbols)}

    def _describe(self) -> Record:
        record = super()._describe()
        if self.several:
            record |= {"input_shape": list(self.inputs().symbols[0].shape), "ports": self.ports()}
        return record | {"calls": self.calls()}

    def ports(self) -> Record:
        """The inputs and outputs as data: names, shapes and places, and in which form each side was given."""
        places, inputs, outputs = self.places(), self.inputs(), self._outputs
        return {
            "inputs": [[name, list(symbol.shape)] for name, symbol in zip(inputs.names, inputs.symbols)],
            "outputs": [[name, places[symbol]] for name, symbol in zip(outputs.names, outputs.symbols)],
            "forms": {"inputs": inputs.form, "outputs": outputs.form},
        }

    def inputs(self) -> Ports:
        """The inputs of a functional model."""
        if self._inputs is None:
            raise OperandError(f"{type(self).__name__}: expected a model made of Input and layers, got one of its own")
        return self._inputs

    def build(self, shape: Shape, rng: random.Random) -> Shape:
        if self._inputs is not None:
            shapes = [symbol.shape for symbol in self._outputs.symbols]
            return shapes[0] if len(shapes) == 1 else (sum(self._outputs.sizes),)
        found = entries(self.forward([constant(0.0, type(self).__name__) for _ in range(prod(shape))]))
        self.name_parameters()
        return (len(found),)

    def forward(self, *rows: list[Any]) -> Any:
        """The outputs for a flat row, or for one row of each input; those of several one after the other."""
        if self._inputs is None:
            return self.called(rows[0])
        parts = self._inputs.split(rows[0]) if len(rows) == 1 else rows
        made = dict(zip(self._inputs.symbols, parts))
        for block, parents, symbol in self._calls:
            made[symbol] = entries(block.forward(*(made[parent] for parent in parents)))
        return [x for symbol in self._outputs.symbols for x in made[symbol]]

    def called(self, row: list[Any]) -> Any:
        """What `call` gives, which may want to know whether training is on."""
        call = getattr(self, "call", None)
        if call is None:
            raise OperandError(f"{type(self).__name__} computes nothing: write call(self, x)")
        training = {"training": self.training} if "training" in signature(call).parameters else {}
        return call(Numbers(row), **training)

    def __call__(self, x: Any, *, training: bool | None = None) -> Any:
        """The outputs for a row of each input, or for a batch of them; for symbols, the symbol of the output."""
        inside = list(x.values()) if isinstance(x, dict) else x if isinstance(x, (list, tuple)) else [x]
        if self._inputs is None or not any(isinstance(each, Symbol) for each in inside):
            return super().__call__(x, training=training)
        if self._outputs.form != "one":
            raise OperandError(f"{self!r}: expected rows of numbers: no symbol stands for several outputs")
        symbols = tuple(self._inputs.choose(x, repr(self)))
        shapes: Any = tuple(symbol.shape for symbol in symbols)
        return Symbol(self.ensure_built(shapes[0] if len(shapes) == 1 else shapes), self, symbols)

    def outputs(self, row: Any) -> Any:
        """The outputs for one row of each input, in the form of the model, or for a batch of them."""
        if not self.several:
            return super().outputs(row)
        rows = self.inputs().choose(row, repr(self))
        depths = [len(symbol.shape) for symbol in self.inputs().symbols]
        if all(axes(each) == depth + 1 for each, depth in zip(rows, depths)):
            batch = [self.outputs(list(each)) for each in zip(*rows, strict=True)]
            return self._outputs.pack([[self._outputs.choose(one, "")[i] for one in batch]
                                         for i in range(len(self._outputs.names))])  # fmt: skip
        found = [flat(each, repr(self)) for each in rows]
        if (lengths := [len(each) for each in found]) != self.inputs().sizes:
            raise ArgumentError(f"{self!r}: expected rows of {self.inputs().sizes} numbers, got {lengths}")
        made = self.forward([as_value(x, self) for each in found for x in each])
        return self._outputs.pack([one_or_list(part) for part in self._outputs.split(made)])

    def row(self, xs: list[Any]) -> Output:
        """The outputs for one flat row of all inputs, those of several one after the other."""
        if not self.several:
            return super().row(xs)
        return one_or_list(self.forward([as_value(x, self) for x in xs]))

    # What training asks for

    def _table(self, x: Any) -> Array:
        if not self.several:
            return super()._table(x)
        ports = self.inputs()
        parts = [tables.rows(each, symbol.shape, f"x[{name!r}]")
                 for name, symbol, each in zip(ports.names, ports.symbols, ports.choose(x, "x"))]  # fmt: skip
        return tables.side_by_side(parts, ports.names, "x")

    def _sizes(self) -> list[int]:
        return self._outputs.sizes if self.several else super()._sizes()

    def _labels(self, y: Any, count: int) -> list[Array]:
        if not self.several:
            return super()._labels(y, count)
        idle = [name for name, each in zip(self.output_names, self._objectives)
                if each.loss is None and not each.metrics and not each.weighted_metrics]  # fmt: skip
        given = self._outputs.choose(y, "y", idle)
        return [tables.labels([0.0] * count if each is None else each, count, f"y[{name!r}]")
                for name, each in zip(self.output_names, given)]  # fmt: skip

    def _weights(self, labels: list[Array], sample_weight: Any, class_weight: Any) -> list[Array | None]:
        if len(labels) == 1:
            return super()._weights(labels, sample_weight, class_weight)
        if class_weight is not None:
            raise ArgumentError("class_weight: expected a model of one output: give sample_weight for each output")
        each = [sample_weight] * len(labels)  # one for all, unless there is one for each
        listed = isinstance(sample_weight, (list, tuple)) and any(map(axes, sample_weight))
        if listed or isinstance(sample_weight, dict):
            each = self._outputs.choose(sample_weight, "sample_weight", self.output_names)
        return [super(Model, self)._weights([own], weight, None)[0] for own, weight in zip(labels, each)]

    def _give_form(self, predicted: Array) -> Any:
        if not self.several:
            return predicted
        return self._outputs.pack([predicted[:, part] for part in self._outputs.slices()])

    def __repr__(self) -> str:
        if self._inputs is None:
            return f"{type(self).__name__}({len(self.layers)} layers)"
        both = (self._inputs, self._outputs)
        shapes = [", ".join(with_rows(symbol.shape) for symbol in ports.symbols) for ports in both]
        return f"Model({' -> '.join(shapes)}, {len(self.layers)} layers)"
