"""Neurons, layers of neurons, and layers of layers: the networks of the lectures.

A neuron is one `dot` node for its weighted sum, a bias, and an activation.

>>> neuron = Neuron(2, "sigmoid")
>>> neuron.w[0].data, neuron.w[1].data, neuron.b.data = 2.0, -3.0, -3.0
>>> neuron([-1.0, -2.0])
Value(data=0.7310585786300049, grad=0.0)

>>> model = MLP(2, [8, 1], output="sigmoid", seed=1)
>>> model
MLP(2, [8, 1], 'relu', output='sigmoid')
>>> len(model.parameters()), model.layers[0].neurons[3].w[1].name
(33, 'layers[0].neurons[3].w[1]')
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from random import Random
from typing import Any, NoReturn, Union

from ...coerce import is_series
from ...errors import ArgumentError, OperandError, shown
from ...reductions import dot
from ...value import Value, constant
from .. import checks, initializers as initial
from ..activations import WHOLE, Function, apply, find, find_scalar, name_of
from .module import Module

Row = Union[Iterable[Any], Value, float]  # a list or array of Values or numbers; one alone may come bare
Output = Any  # a Value where there is one output, else a list of them: a type checker cannot count the sizes in a list
NO_ROWS = (str, bytes, Mapping, Set)  # can be iterated over, and is no row of numbers


class Neuron(Module):
    """activation(w · x + b), of `nin` inputs.

    >>> Neuron(3, seed=1)
    Neuron(3, 'relu')
    """

    def __init__(self, nin: int, activation: str | Function | None = "relu", *, nout: int = 1, use_bias: bool = True,
                 seed: int | None = None, rng: Random | None = None) -> None:  # fmt: skip
        """`nout` is the size of the layer that the neuron is part of, which the first weights depend on."""
        nin, nout = checks.size(nin, "Neuron: nin"), checks.size(nout, "Neuron: nout")
        self.activation: Any = activation
        first = initial.weights(self.activation, nin, nout, initial.generator(seed, rng))
        self.w = [Value(w, name=f"w[{i}]") for i, w in enumerate(first)]
        self.b = Value(0.0, name="b") if use_bias else None

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, find_scalar(value) if name == "activation" else value)

    def __call__(self, x: Row) -> Value:
        """The neuron's output for one row of inputs."""
        return self.activation(self.weigh(inputs(x, len(self.w), self)))  # type: ignore[no-any-return]

    def weigh(self, xs: Sequence[Value]) -> Value:
        """The weighted sum, before the activation."""
        weighted = dot(self.w, xs)
        return weighted if self.b is None else weighted + self.b

    def __repr__(self) -> str:
        return f"Neuron({len(self.w)}, {name_of(self.activation)!r})"


class Layer(Module):
    """`nout` neurons that look at the same `nin` inputs.

    >>> Layer(2, 3, "softmax", seed=1)
    Layer(2, 3, 'softmax')
    """

    def __init__(self, nin: int, nout: int, activation: str | Function | None = "relu", *,
                 seed: int | None = None, rng: Random | None = None) -> None:  # fmt: skip
        self.nin, nout = checks.size(nin, "Layer: nin"), checks.size(nout, "Layer: nout")
        self.neurons = list[Neuron]()
        self.activation = find(activation)
        self.neurons = neurons(nin, nout, self.activation, initial.generator(seed, rng))
        self.name_parameters()

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, activate(self.neurons, find(value)) if name == "activation" else value)

    def __call__(self, x: Row) -> Output:
        """The outputs for one row of inputs: a list of Values, or the Value where there is one neuron."""
        return one_or_list(fire(self.neurons, self.activation, inputs(x, self.nin, self)))

    def __repr__(self) -> str:
        return f"Layer({self.nin}, {len(self.neurons)}, {name_of(self.activation)!r})"


class MLP(Module):
    """A multilayer perceptron: `nouts` lists the layer sizes; `output` is the last layer's activation, None for linear.

    >>> MLP(2, [16, 16, 1], seed=1)([0.5, -1.0])
    Value(data=..., grad=0.0)
    """

    def __init__(self, nin: int, nouts: Sequence[int], activation: str | Function | None = "relu",
                 output: str | Function | None = None, *,
                 seed: int | None = None, rng: Random | None = None) -> None:  # fmt: skip
        if isinstance(nouts, str) or not is_series(nouts) or not (sizes := list(nouts)):
            raise ArgumentError(f"MLP: nouts: expected a list of layer sizes such as [8, 1], got {shown(nouts)}")
        rng = initial.generator(seed, rng)
        activations = [activation] * (len(sizes) - 1) + [output]
        shapes = zip([nin, *sizes], sizes, activations)
        self.layers = [Layer(nin, nout, activation, rng=rng) for nin, nout, activation in shapes]
        self.name_parameters()

    def __call__(self, x: Row) -> Output:
        """The outputs of the last layer for one row of inputs: a list of Values, or the Value where there is one."""
        for layer in self.layers:
            x = layer(x)
        return x

    def __repr__(self) -> str:
        sizes = [len(layer.neurons) for layer in self.layers]
        hidden, output = name_of(self.layers[0].activation), name_of(self.layers[-1].activation)
        shape = f"MLP({self.layers[0].nin}, {sizes}"
        return f"{shape}, {hidden!r}, output={output!r})" if len(sizes) > 1 else f"{shape}, output={output!r})"


def neurons(nin: int, nout: int, activation: Function, rng: Random, use_bias: bool = True) -> list[Neuron]:
    """The neurons of one layer; those under a softmax are linear, since the layer applies it to all of them."""
    own = own_activation(activation, nout)
    return [Neuron(nin, own, nout=nout, use_bias=use_bias, rng=rng) for _ in range(nout)]


def own_activation(activation: Function, nout: int) -> Function | None:
    """What each of the neurons of a layer does by itself."""
    if activation in WHOLE and nout == 1:
        name = name_of(activation)
        raise ArgumentError(f"{name}: expected a layer of two outputs or more, got 1: for one output use sigmoid")
    return None if activation in WHOLE else activation


def activate(neurons: Sequence[Neuron], activation: Function) -> Function:
    """Give the neurons of a layer its activation, if there are any yet; return it."""
    own = own_activation(activation, len(neurons))
    for neuron in neurons:
        neuron.activation = own
    return activation


def fire(neurons: Sequence[Neuron], activation: Function, xs: Sequence[Value]) -> list[Value]:
    """The outputs of a layer's neurons for one row of Values."""
    return apply(activation, [neuron.weigh(xs) for neuron in neurons])


def refuse_arithmetic(sign: str, instead: str) -> Any:
    """A method that refuses arithmetic with a whole row, and says what to write."""

    def refused(self: Any, *others: Any) -> NoReturn:
        raise OperandError(f"{sign}: expected single numbers, got a row, which is a list of them: write {instead}")

    return refused


class Numbers(list[Any]):
    """The numbers of one row: a list that refuses arithmetic, which means something else for lists than for rows.

    >>> Numbers([1.0, 2.0]) + [3.0, 4.0]
    Traceback (most recent call last):
    autodiff.errors.OperandError: +: expected single numbers, got a row, which is a list of them: write [x + y for ...
    """

    __add__ = __radd__ = __iadd__ = refuse_arithmetic(
        "+", "[x + y for x, y in zip(a, b)], or nn.Add()([a, b]), or nn.Concatenate()([a, b])")  # fmt: skip
    __mul__ = __rmul__ = __imul__ = refuse_arithmetic("*", "[2 * x for x in a], or nn.Multiply()([a, b])")
    __sub__ = __rsub__ = refuse_arithmetic("-", "[x - y for x, y in zip(a, b)], or nn.Subtract()([a, b])")
    __truediv__ = __rtruediv__ = refuse_arithmetic("/", "[x / 2 for x in a]")
    __pow__ = refuse_arithmetic("**", "[x ** 2 for x in a]")
    __neg__ = refuse_arithmetic("-", "[-x for x in a]")


def one_or_list(values: list[Value]) -> Output:
    """The Value of a list of one, else the list."""
    return values[0] if len(values) == 1 else Numbers(values)


def inputs(x: Row, nin: int, module: Module) -> list[Value]:
    """One row of inputs as Values: each number becomes a constant, once, which all neurons of the layer share."""
    row = [x] if isinstance(x, (Value, int, float)) else x
    if isinstance(row, NO_ROWS) or not is_series(row):
        raise OperandError(f"{module!r}: expected a row of {nin} numbers or Values, got {shown(x)}")
    xs = list(row)
    if len(xs) != nin:
        raise ArgumentError(f"{module!r}: expected {nin} input{'s' * (nin != 1)}, got {len(xs)}: {shown(x)}")
    if any(type(item) is not Value and (isinstance(item, (list, tuple)) or getattr(item, "ndim", 0)) for item in xs):
        raise OperandError(f"{module!r}: expected one row of {nin} numbers, got a list of rows: call it on each")
    return [item if type(item) is Value else constant(item, type(module).__name__) for item in xs]
