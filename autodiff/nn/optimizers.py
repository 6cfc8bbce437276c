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

from typing import Any, Unpack

from ..errors import OperandError, shown
from ..coerce import Number
from . import elsewhere
from .adam import Adam, Adamax, AdamW, Nadam
from .checks import at_least_zero, flag, fraction
from .hyperparameters import start
from .keywords import not_there
from .optimizer import After, Optimizer, Params, Rate, Shared, sqrt
from .registry import Registry

__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Momentum", "Nadam", "Optimizer", "RMSprop", "find"]
__getattr__ = not_there(__name__, __all__, elsewhere.OPTIMIZERS)


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


class Adadelta(Optimizer):
    """As RMSprop, times the size of earlier moves, so that a move has the unit of x: x + lr d.

    d is -sqrt(r + epsilon) / sqrt(s + epsilon) g; s and r are fading means of g g and of d d. The rate is 0.001, rho
    0.95 and epsilon 1e-7, as in Keras; torch has 1.0, 0.9 and 1e-6, and the paper has no rate. [Zeiler 2012]
    """

    slots, default_rate = ("mean_square", "mean_move"), 0.001
    _checks = {**Optimizer._checks, "rho": fraction, "epsilon": at_least_zero}

    def __init__(self, params: Params | Rate = None, lr: Rate | None = None, rho: Number = 0.95,
                 epsilon: Number = 1e-7, **shared: Unpack[Shared]) -> None:  # fmt: skip
        super().__init__(params, lr, **shared)
        self.rho: float = rho
        self.epsilon = epsilon

    def rule(self, parameter: Any, gradient: Any, *slots: Any) -> After:
        square, moved = slots
        square *= self.rho
        square += (1 - self.rho) * gradient * gradient
        move = -(sqrt(moved + self.epsilon) * gradient / sqrt(square + self.epsilon))
        moved *= self.rho
        moved += (1 - self.rho) * move * move
        return parameter + self.rate * move, square, moved


OPTIMIZERS: Registry[type[Optimizer]] = Registry(
    "an optimizer", {kind.__name__.lower(): kind for kind in (
        SGD, Momentum, Adagrad, RMSprop, Adam, AdamW, Nadam, Adadelta, Adamax,
    )},
    instead=elsewhere.OPTIMIZERS,
)  # fmt: skip


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
    made = ": leave it out for RMSprop, or write 'adam' or nn.SGD(0.1)" if optimizer is None else made
    raise OperandError(f"optimizer: expected a name or an Optimizer, got {shown(optimizer)}{made}")
