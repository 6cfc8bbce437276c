"""Learning rates that fall while training goes on: large steps first, then smaller ones.

A schedule is a function of the number of steps taken; give it to an optimizer in place of a rate. The names and
formulas are Keras's, with t the number of steps taken; `initial_learning_rate`,
`decay_steps` and `decay_rate` are other names of the arguments.

    ExponentialDecay          initial * rate ** (t / steps); with staircase t / steps is rounded down
    StepDecay                 initial * rate ** floor(t / steps)
    InverseTimeDecay          initial / (1 + rate * t / steps); with staircase t / steps is rounded down
    CosineDecay               from initial down to alpha * initial along half a cosine, in `steps` steps
    PolynomialDecay           from initial down to `end` along a power of what is left of `steps` steps
    PiecewiseConstantDecay    the first of `values` up to the first of `boundaries`, and so on

>>> schedule = ExponentialDecay(0.1, steps=100, rate=0.5)
>>> schedule(0), schedule(100), schedule(200)
(0.1, 0.05, 0.025)
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from .. import kernels
from ..errors import ArgumentError, OperandError, shown
from ..coerce import Number, as_flag, is_series, number
from ..suggest import hint
from . import elsewhere
from .checks import at_least_zero, real
from .keywords import not_there

__all__ = [
    "CosineDecay", "ExponentialDecay", "InverseTimeDecay", "PiecewiseConstantDecay", "PolynomialDecay", "Schedule",
    "StepDecay",
]  # fmt: skip
__getattr__ = not_there(__name__, __all__, elsewhere.SCHEDULES)

S = TypeVar("S")


KERAS = {
    "initial_learning_rate": "initial", "decay_steps": "steps", "decay_rate": "rate", "end_learning_rate": "end",
}  # fmt: skip


def keras_names(cls: type[S]) -> type[S]:
    """The schedule with Keras's names for its arguments as well; an unknown one is answered with the nearest."""
    names, plain = tuple(cls.__dataclass_fields__), cls.__init__  # type: ignore[attr-defined]

    @wraps(plain)
    def init(self: Any, *arguments: Any, **named: Any) -> None:
        named = {KERAS.get(name, name): value for name, value in named.items()}
        for name in set(named) - set(names):
            written = f"{elsewhere.ARGUMENTS[name]}: " if name in elsewhere.ARGUMENTS else ""
            raise OperandError(f"{cls.__name__}: there is no argument {name!r}: {written}{hint(name, names)}")
        plain(self, *arguments, **named)

    cls.__init__ = init  # type: ignore[method-assign]
    return cls


@dataclass(frozen=True)
class Schedule:
    """The base of all: a first rate, and over how many steps it falls."""

    initial: float
    steps: int

    def __post_init__(self) -> None:
        name = type(self).__name__
        require_positive(f"{name}: initial", self.initial)
        require_positive(f"{name}: steps", self.steps)
        for setting in ("rate", "alpha", "end", "power"):
            if hasattr(self, setting):
                at_least_zero(name, setting, getattr(self, setting))

    def __call__(self, step: int) -> float:
        """The rate after `step` steps."""
        raise NotImplementedError(f"{type(self).__name__} has no formula: write __call__(self, step)")

    def part(self, step: int, staircase: bool) -> float:
        """How often `steps` steps have been taken, in whole stairs or not."""
        return step // self.steps if as_flag(f"{type(self).__name__}: staircase", staircase) else step / self.steps


@keras_names
@dataclass(frozen=True)
class ExponentialDecay(Schedule):
    """initial * rate ** (t / steps)."""

    rate: float = 0.5
    staircase: bool = False

    def __call__(self, step: int) -> float:
        return self.initial * kernels.pow(self.rate, self.part(step, self.staircase))


@keras_names
@dataclass(frozen=True)
class StepDecay(Schedule):
    """initial * rate ** floor(t / steps): the rate drops all at once, every `steps` steps.

    >>> [StepDecay(0.1, steps=10, rate=0.5)(t) for t in (0, 9, 10)]
    [0.1, 0.1, 0.05]
    """

    rate: float = 0.5

    def __call__(self, step: int) -> float:
        return self.initial * kernels.pow(self.rate, step // self.steps)


@keras_names
@dataclass(frozen=True)
class InverseTimeDecay(Schedule):
    """initial / (1 + rate * t / steps).

    >>> [InverseTimeDecay(0.1, steps=10)(t) for t in (0, 10, 30)]
    [0.1, 0.05, 0.025]
    """

    rate: float = 1.0
    staircase: bool = False

    def __call__(self, step: int) -> float:
        return self.initial / (1 + self.rate * self.part(step, self.staircase))


@keras_names
@dataclass(frozen=True)
class CosineDecay(Schedule):
    """Half a cosine from initial to alpha * initial; there the rate stays.

    >>> [round(CosineDecay(0.1, steps=10)(t), 3) for t in (0, 5, 10, 99)]
    [0.1, 0.05, 0.0, 0.0]
    """

    alpha: float = 0.0

    def __call__(self, step: int) -> float:
        part = (1 + math.cos(math.pi * min(step / self.steps, 1.0))) / 2
        return self.initial * ((1 - self.alpha) * part + self.alpha)


@keras_names
@dataclass(frozen=True)
class PolynomialDecay(Schedule):
    """From initial down to `end`, along a power of what is left of `steps` steps; there the rate stays.

    >>> [PolynomialDecay(0.5, steps=4, end=0.25)(t) for t in (0, 2, 4, 9)]
    [0.5, 0.375, 0.25, 0.25]
    """

    end: float = 1e-4
    power: float = 1.0

    def __call__(self, step: int) -> float:
        left = 1 - min(step, self.steps) / self.steps
        return (self.initial - self.end) * math.pow(left, self.power) + self.end


class PiecewiseConstantDecay:
    """The first of `values` up to and with the step that is the first of `boundaries`, then the second, and so on.

    >>> [PiecewiseConstantDecay([2, 5], [0.1, 0.05, 0.01])(t) for t in (0, 2, 3, 6)]
    [0.1, 0.1, 0.05, 0.01]
    """

    def __init__(self, boundaries: Sequence[int], values: Sequence[float]) -> None:
        name = "PiecewiseConstantDecay"
        if not is_series(boundaries) or not is_series(values) or isinstance(boundaries, str) or isinstance(values, str):
            got = f"{shown(boundaries)} and {shown(values)}"
            raise OperandError(f"{name}: expected lists of steps and of rates, got {got}")
        self.boundaries = [number(x, f"{name}: boundaries") for x in boundaries]
        self.values = [number(x, f"{name}: values") for x in values]
        if self.boundaries != sorted(set(self.boundaries)) or len(self.values) != len(self.boundaries) + 1:
            expected = "steps that grow, and one rate more than there are steps"
            raise ArgumentError(f"{name}: expected {expected}, got {shown(boundaries)} and {shown(values)}")
        for rate in self.values:
            require_positive(f"{name}: values", rate)

    def __call__(self, step: int) -> float:
        """The rate after `step` steps."""
        return self.values[bisect_left(self.boundaries, step)]


def require_positive(what: str, x: Number) -> None:
    if not 0 < real(x, what) < math.inf:
        raise ArgumentError(f"{what}: expected a finite number above 0, got {shown(x)}")
