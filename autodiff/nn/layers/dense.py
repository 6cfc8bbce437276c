"""Dense and its kin: the layers that a Sequential or a Model is made of.

>>> from autodiff import nn
>>> layer = nn.Dense(10)
>>> layer(nn.Input(shape=(100,))).shape, len(layer.parameters())
((10,), 1010)
"""

import math
import random
from typing import Any

from ...errors import ArgumentError
from ...coerce import Number
from ...value import Value
from .. import initializers as initial
from ..activations import Function, apply, find, maxout, name_of
from ..checks import count, flag, fraction, whole
from .block import Block, one_axis, seed_or_none
from .first_weights import first_numbers
from ..initializers import Initializer
from .neurons import Neuron, activate, fire, neurons
from ..regularizers import L1L2
from ..regularizers import find as find_regularizer
from .symbol import Input, Shape


class Dense(Block):
    """`units` neurons that look at all inputs; the activation is None (linear) unless given, as in Keras.

    First weights are He's or Glorot's, whichever suits the activation, unless `kernel_initializer` names another;
    biases start at 0. (Keras has "glorot_uniform" always.) A regularizer, such as `nn.L2(0.01)`, adds a
    penalty to the loss.

    >>> Dense(1, "sigmoid")
    Dense(1, activation='sigmoid')
    """

    _checks = Block._checks | {
        "units": whole, "use_bias": flag, "seed": seed_or_none,
        **dict.fromkeys(("kernel_initializer", "bias_initializer"), lambda *given: initial.find_initializer(given[-1])),
        **dict.fromkeys(("kernel_regularizer", "bias_regularizer"), lambda *given: find_regularizer(given[-1])),
    }  # fmt: skip
    _once = ("units", "use_bias", "kernel_initializer", "bias_initializer", "seed")

    def __init__(self, units: int, activation: str | Function | None = None, use_bias: bool = True, *,
                 kernel_initializer: str | Initializer | None = None, bias_initializer: str | Initializer = "zeros",
                 kernel_regularizer: str | L1L2 | None = None, bias_regularizer: str | L1L2 | None = None,
                 input_shape: Any = None, name: str | None = None, seed: int | None = None) -> None:  # fmt: skip
        self.name, self.seed, self.neurons = name, seed, list[Neuron]()
        self.units, self.use_bias = units, use_bias
        self.activation: Any = activation
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer = find_regularizer(kernel_regularizer)
        self.bias_regularizer = find_regularizer(bias_regularizer)
        if input_shape is not None:
            self.ensure_built(Input(input_shape).shape)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, activate(self.neurons, find(value)) if name == "activation" else value)

    def build(self, shape: Shape, rng: random.Random) -> Shape:
        rng = rng if self.seed is None else initial.generator(self.seed)
        inputs = one_axis(shape, self)
        self.neurons = neurons(inputs, self.units, self.activation, rng, self.use_bias)
        sizes, layer = (inputs, self.units), f"{self!r}{f' named {self.name!r}' if self.name else ''}"
        kernel = first_numbers(layer, self.kernel_initializer, sizes, sizes, rng)
        bias = first_numbers(layer, self.bias_initializer, (self.units,), sizes, rng)
        for place, neuron in enumerate(self.neurons):
            if kernel is not None:
                for row, value in enumerate(neuron.w):
                    value.data = kernel(row, place)
            if bias is not None and neuron.b is not None:
                neuron.b.data = bias(place)
        self.name_parameters()
        return (self.units,)

    @property
    def kernel(self) -> Any:
        """A copy of the weights, inputs by units, as Keras has them; `set_weights` sets them."""
        return self._array(0)

    @property
    def bias(self) -> Any:
        """A copy of the biases; None where there are none."""
        return self._array(1) if self.use_bias else None

    def _array(self, place: int) -> Any:
        if self.input_shape is None:
            raise ArgumentError(f"{self!r}: expected a layer that knows its input, got one that has met none: build it")
        return self.get_weights()[place]

    def penalties(self) -> list[tuple[L1L2, list[Value]]]:
        found = list[tuple[L1L2, list[Value]]]()
        if self.kernel_regularizer is not None:
            found.append((self.kernel_regularizer, [w for neuron in self.neurons for w in neuron.w]))
        if self.bias_regularizer is not None:
            found.append((self.bias_regularizer, [neuron.b for neuron in self.neurons if neuron.b is not None]))
        return found

    def forward(self, xs: list[Any]) -> list[Any]:
        return fire(self.neurons, self.activation, xs)

    def __repr__(self) -> str:
        activation = name_of(self.activation)
        return f"Dense({self.units})" if activation == "linear" else f"Dense({self.units}, activation={activation!r})"


class Maxout(Block):
    """`units` outputs, each the largest of `pieces` weighted sums: an activation that is learned.

    [Goodfellow et al. 2013]

    >>> Maxout(4, pieces=3)
    Maxout(4, pieces=3)
    """

    _checks = Block._checks | {"units": whole, "pieces": whole, "seed": seed_or_none}
    _once = ("units", "pieces", "seed")

    def __init__(self, units: int, pieces: int = 2, *, name: str | None = None, seed: int | None = None) -> None:
        self.units, self.pieces = units, pieces
        self.name, self.seed, self.neurons = name, seed, list[Neuron]()

    def build(self, shape: Shape, rng: random.Random) -> Shape:
        rng = rng if self.seed is None else initial.generator(self.seed)
        self.neurons = neurons(one_axis(shape, self), self.units * self.pieces, find(None), rng)
        self.name_parameters()
        return (self.units,)

    def forward(self, xs: list[Any]) -> list[Any]:
        sums = [neuron.weigh(xs) for neuron in self.neurons]
        return [maxout(*sums[unit * self.pieces : (unit + 1) * self.pieces]) for unit in range(self.units)]

    def __repr__(self) -> str:
        return f"Maxout({self.units}, pieces={self.pieces})"


class Activation(Block):
    """An activation as a layer of its own.

    >>> [y.data for y in Activation("relu")([-1.0, 2.0])]
    [0.0, 2.0]
    """

    _checks = Block._checks | {"activation": lambda *given: find(given[-1])}

    def __init__(self, activation: str | Function | None, *, name: str | None = None) -> None:
        self.name = name
        self.activation: Any = activation

    def forward(self, xs: list[Any]) -> list[Any]:
        return apply(self.activation, xs)

    def __repr__(self) -> str:
        return f"Activation({name_of(self.activation)!r})"


class Flatten(Block):
    """Rows of any shape as rows of numbers: (28, 28) becomes (784,).

    >>> from autodiff import nn
    >>> Flatten()(nn.Input(shape=(28, 28))).shape
    (784,)
    """

    def __init__(self, *, input_shape: Any = None, name: str | None = None) -> None:
        self.name = name
        if input_shape is not None:
            self.ensure_built(Input(input_shape).shape)

    @property
    def flattens(self) -> bool:
        return True

    def build(self, shape: Shape, rng: random.Random) -> Shape:
        return (math.prod(shape),)

    def forward(self, xs: list[Any]) -> list[Any]:
        return xs

    def __repr__(self) -> str:
        return "Flatten()"


class Dropout(Block):
    """In training, each number becomes 0 with probability `rate`, else grows by 1 / (1 - rate); else nothing happens.

    `model.train()` begins training and `model.eval()` ends it; `fit` does both. What is dropped depends on the seed and
    on how many rows have passed, `drawn`, alone. [Srivastava et al. 2014]

    >>> dropout = Dropout(0.5, seed=1)
    >>> [y.data for y in dropout([1.0] * 8)]
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    >>> [y.data for y in dropout.train()([1.0] * 8)]
    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 0.0]
    """

    _checks = Block._checks | {"rate": fraction, "drawn": count, "seed": seed_or_none}
    _passing = frozenset({"drawn", "masks"})  # attributes that say nothing of what a model at rest computes

    def __init__(self, rate: Number, *, name: str | None = None, seed: int | None = None) -> None:
        self.rate: float = rate
        self.name, self.seed, self.drawn = name, seed, 0
        self.masks: list[list[Any]] | None = None  # what to multiply the next rows by, where someone else has drawn it

    def build(self, shape: Shape, rng: random.Random) -> Shape:
        if self.seed is None:
            self.seed = rng.randrange(2**32)
        return shape

    def draw(self) -> list[float]:
        """What to multiply the numbers of the next row by."""
        rng = random.Random(f"{self.seed} {self.drawn}")
        self.drawn += 1
        kept = 1 / (1 - self.rate)
        return [0.0 if rng.random() < self.rate else kept for _ in range(math.prod(self.input_shape or ()))]

    def forward(self, xs: list[Any]) -> list[Any]:
        if not self.training:
            return xs
        if self.masks == []:
            raise ArgumentError(f"{self!r}: expected to be called as often for each row: use engine='eager'")
        return [x * mask for x, mask in zip(xs, self.draw() if self.masks is None else self.masks.pop(0))]

    def __repr__(self) -> str:
        return f"Dropout({self.rate})"
