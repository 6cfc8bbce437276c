"""Optimizers: what one step of training does with the gradients.

>>> from autodiff import Value
>>> x = Value(4.0)
>>> optimizer = SGD([x], lr=0.25)
>>> for _ in range(2):
...     optimizer.zero_grad()
...     (x ** 2).backward()
...     optimizer.step()
>>> x.data
1.0

Names, defaults and formulas are Keras's, to the place of each epsilon; where torch's differ, the docstring says so.
Each optimizer is one rule, from a parameter and its gradient to the parameter after the step. The rule uses only
arithmetic, so it runs on the Values of a model one by one, or on all their numbers in one array, with the same bits:

>>> import numpy as np
>>> SGD(lr=0.5).updated(np.array([4.0, 1.0]), gradient=np.array([8.0, -2.0]))
array([0., 2.])

All of them take `weight_decay` (every parameter shrinks by lr * weight_decay of itself before the step) and one limit
of the gradient: `clipvalue` for each number, `clipnorm` for the norm of each array of weights, `global_clipnorm` for
the norm of all.
"""

import math
from typing import Any, Unpack

from .. import native
from ..errors import OperandError, shown
from ..coerce import Number
from . import elsewhere
from .checks import at_least_zero, flag, fraction
from .hyperparameters import start
from .keywords import not_there
from .optimizer import Optimizer, Params, Rate, Shared, sqrt, take_larger
from .registry import Registry

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Momentum", "Nadam", "Optimizer", "RMSprop", "find"]

__getattr__ = not_there(__name__, __all__, elsewhere.OPTIMIZERS)

After = tuple[Any, ...]  # the parameter after a step, and what each slot of the rule then holds


class SGD(Optimizer):
    """Gradient descent: x - lr g. With momentum it keeps its speed: v = momentum v - lr g, and x + v.

    With `nesterov` it looks ahead: x + momentum v - lr g. torch has lr outside of v, which differs only while the rate
    changes.

    >>> SGD(0.1, momentum=0.9)
    SGD(lr=0.1)
    >>> SGD(lr=-1)
    Traceback (most recent call last):
    autodiff.errors.ArgumentError: SGD: expected a learning rate that is finite and at least 0, got -1 (int)
    """

    _checks = {**Optimizer._checks, "momentum": fraction, "nesterov": flag}

    def __init__(self, params: Params | Rate = None, lr: Rate | None = None, momentum: Number = 0.0,
                 nesterov: bool = False, **shared: Unpack[Shared]) -> None:  # fmt: skip
        self.momentum: float = momentum
        self.nesterov = nesterov
        super().__init__(params, lr, **shared)

    @property
    def slots(self) -> tuple[str, ...]:  # type: ignore[override]
        """What a step remembers: the velocity, where there is momentum."""
        return ("velocity",) if self.momentum else ()

    def rule(self, parameter: Any, gradient: Any, *slots: Any) -> After:
        if not slots:
            return (parameter - self.rate * gradient,)
        (velocity,) = slots
        velocity *= self.momentum
        velocity -= self.rate * gradient
        ahead = self.momentum * velocity - self.rate * gradient if self.nesterov else velocity
        return parameter + ahead, velocity


class Momentum(SGD):
    """Gradient descent with a momentum of 0.9: `SGD(momentum=0.9)` under the name that textbooks give it."""

    def __init__(self, params: Params | Rate = None, lr: Rate | None = None, momentum: Number = 0.9,
                 nesterov: bool = False, **shared: Unpack[Shared]) -> None:  # fmt: skip
        super().__init__(params, lr, momentum, nesterov, **shared)


class Adagrad(Optimizer):
    """A rate for each parameter, which falls as its squared gradients add up: x - lr g / sqrt(s + epsilon).

    The sum s starts at `initial_accumulator_value`, which is 0.1 as in Keras; torch's defaults are a rate of 0.01, a
    start at 0 and an epsilon of 1e-10, outside of the root. [Duchi et al. 2011]
    """

    slots, default_rate = ("accumulator",), 0.001
    _checks = {**Optimizer._checks, "start": start, "epsilon": at_least_zero}

    def __init__(self, params: Params | Rate = None, lr: Rate | None = None,
                 initial_accumulator_value: Number = 0.1, epsilon: Number = 1e-7,
                 **shared: Unpack[Shared]) -> None:  # fmt: skip
        self.start: float = initial_accumulator_value
        super().__init__(params, lr, **shared)
        self.epsilon = epsilon

    def first(self, slot: str) -> float:
        return self.start

    def rule(self, parameter: Any, gradient: Any, *slots: Any) -> After:
        (accumulator,) = slots
        accumulator += gradient * gradient
        return parameter - self.rate * gradient / sqrt(accumulator + self.epsilon), accumulator


class RMSprop(Optimizer):
    """As Adagrad, with a mean that forgets: s = rho s + (1 - rho) g g, and x - lr g / sqrt(s + epsilon).

    rho is 0.9, the rate 0.001 and epsilon 1e-7 inside of the root, as in Keras; torch's defaults are 0.99, 0.01 and an
    epsilon of 1e-8 outside of the root. With `momentum` x moves by a velocity v = momentum v + lr g / sqrt(...). With
    `centered` s is less the square of a fading mean of g: its variance. [Hinton 2012]
    """

    default_rate = 0.001
    _checks = {**Optimizer._checks, "rho": fraction, "momentum": fraction, "epsilon": at_least_zero, "centered": flag}

    def __init__(self, params: Params | Rate = None, lr: Rate | None = None, rho: Number = 0.9, momentum: Number = 0.0,
                 epsilon: Number = 1e-7, centered: bool = False, **shared: Unpack[Shared]) -> None:  # fmt: skip
        self.momentum, self.centered = momentum, centered
        super().__init__(params, lr, **shared)
        self.rho: float = rho
        self.epsilon = epsilon

    @property
    def slots(self) -> tuple[str, ...]:  # type: ignore[override]
        """What a step remembers: the mean square, and what `centered` and `momentum` ask for."""
        return ("mean_square", *["mean"] * self.centered, *["velocity"] * bool(self.momentum))

    def rule(self, parameter: Any, gradient: Any, *slots: Any) -> After:
        square, *others = slots
        square *= self.rho
        square += (1 - self.rho) * gradient * gradient
        spread = square
        if self.centered:
            mean = others[0] = others[0] * self.rho + (1 - self.rho) * gradient
            spread = square - mean * mean
        move = self.rate * gradient / sqrt(spread + self.epsilon)
        if self.momentum:
            move = others[-1] = others[-1] * self.momentum + move
        return parameter - move, square, *others


class Adam(Optimizer):
    """Momentum and a rate for each parameter: x - lr sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon).

    m and v are fading means of g and g g, and the factor in front rids them of their start at 0. epsilon is 1e-7 and
    stands beside the root of v itself, as in Keras and in section 2 of the paper; torch has 1e-8 beside the corrected
    root, as in algorithm 1. With `amsgrad` the largest v so far stands in its place. [Kingma and Ba 2015; Reddi et al.
    2018]
    """

    default_rate = 0.001
    _checks = {**Optimizer._checks, "beta_1": fraction, "beta_2": fraction, "epsilon": at_least_zero, "amsgrad": flag}

    def __init__(self, params: Params | Rate = None, lr: Rate | None = None, beta_1: Number = 0.9,
                 beta_2: Number = 0.999, epsilon: Number = 1e-7, amsgrad: bool = False,
                 **shared: Unpack[Shared]) -> None:  # fmt: skip
        self.amsgrad = amsgrad
        super().__init__(params, lr, **shared)
        self.beta_1: float = beta_1
        self.beta_2: float = beta_2
        self.epsilon = epsilon

    @property
    def slots(self) -> tuple[str, ...]:  # type: ignore[override]
        """What a step remembers: both fading means, and with `amsgrad` the largest of the second."""
        return ("m", "v", "largest_v") if self.amsgrad else ("m", "v")

    def rule(self, parameter: Any, gradient: Any, *slots: Any) -> After:
        m, v, *largest = slots
        m *= self.beta_1
        m += (1 - self.beta_1) * gradient
        v *= self.beta_2
        v += (1 - self.beta_2) * gradient * gradient
        if largest:
            largest = [take_larger(largest[0], v)]
        return parameter - self.move(gradient, m, largest[0] if largest else v), m, v, *largest

    def move(self, gradient: Any, m: Any, v: Any) -> Any:
        """How far each parameter moves, by the fading means of the gradient and of its square."""
        root = sqrt(v)
        root += self.epsilon
        return self._scale() * m / root

    def _scale(self) -> float:
        """The rate of this step, with what rids both means of their start at 0."""
        return self.rate * math.sqrt(1 - self.beta_2**self.steps) / (1 - self.beta_1**self.steps)

    def _in_one_pass(self, parameters: Any, gradient: Any, after: Any, *columns: Any) -> bool:
        """Whether C ran the rule: not one of a subclass's own."""
        own = tuple(getattr(method, "__func__", None) for method in (self.rule, self.move))
        factors = self.beta_1, 1 - self.beta_1, self.beta_2, 1 - self.beta_2, self.epsilon, self._scale()
        if self.amsgrad or own != KNOWN_TO_C or any(type(factor) is not float for factor in factors):
            return False
        return native.module.adam(parameters, gradient, *columns, after, factors)  # type: ignore[no-any-return]


KNOWN_TO_C = (Adam.rule, Adam.move) if native.module else None


class AdamW(Adam):
    """Adam with a weight decay of 0.004, as in Keras; torch has 0.01. [Loshchilov and Hutter 2019]"""

    default_decay = 0.004


class Nadam(Adam):
    """Adam with Nesterov's look ahead; beta_1 warms up as beta_1 (1 - 0.96 ** (t momentum_decay) / 2).

    momentum_decay is 1 as in Keras; in torch and the paper's examples it is 0.004. epsilon stands beside the corrected
    root in both. [Dozat 2016]
    """

    _checks = {**Adam._checks, "momentum_decay": at_least_zero}

    def __init__(self, params: Params | Rate = None, lr: Rate | None = None, beta_1: Number = 0.9,
                 beta_2: Number = 0.999, epsilon: Number = 1e-7,
                 momentum_decay: Number = 1.0, **shared: Unpack[Shared]) -> None:  # fmt: skip
        super().__init__(params, lr, beta_1, beta_2, epsilon, **shared)
        self.momentum_decay: float = momentum_decay
        self._product = (0, 1.0)  # of the momenta up to a step

    def momentum(self, step: int) -> float:
        return self.beta_1 * (1 - 0.5 * math.pow(0.96, step * self.momentum_decay))

    def product(self, step: int) -> float:
        """The momenta of all steps up to this one, multiplied; the last product is kept, since steps follow steps."""
        known, product = self._product if self._product[0] <= step else (0, 1.0)
        for each in range(known + 1, step + 1):
            product *= self.momentum(each)
        self._product = (step, product)
        return product

    def move(self, gradient: Any, m: Any, v: Any) -> Any:
        now, ahead = self.momentum(self.steps), self.momentum(self.steps + 1)
        product = self.product(self.steps)
        looking_ahead = ahead / (1 - product * ahead) * m + (1 - now) / (1 - product) * gradient
        return self.rate * looking_ahead / (sqrt(1 / (1 - self.beta_2**self.steps)) * sqrt(v) + self.epsilon)


OPTIMIZERS: Registry[type[Optimizer]] = Registry(
    "an optimizer", {kind.__name__.lower(): kind for kind in (SGD, Momentum, Adagrad, RMSprop, Adam, AdamW, Nadam)},
    instead=elsewhere.OPTIMIZERS,
)


def find(optimizer: str | Optimizer) -> Optimizer:
    """A new optimizer of that name with its defaults, or the optimizer itself.

    >>> find("adam")
    Adam(lr=0.001)
    """
    if isinstance(optimizer, str):
        return OPTIMIZERS.find(optimizer)()
    if isinstance(optimizer, Optimizer):
        return optimizer
    made = f": write {optimizer.__name__}()" if isinstance(optimizer, type) else ""
    raise OperandError(f"optimizer: expected a name or an Optimizer, got {shown(optimizer)}{made}")
