"""What the settings of optimizers may be: each is checked when it is given and when it is set later, by one function.

>>> fraction("SGD", "momentum", 5)
Traceback (most recent call last):
autodiff.errors.ArgumentError: SGD: expected a momentum from 0 to below 1, got 5 (int)
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from ..coerce import Number, as_flag
from ..errors import ArgumentError, shown
from . import initializers as initial

LIMITS = ("clipnorm", "clipvalue", "global_clipnorm")
Checks = Mapping[str, Callable[[str, str, Any], Any]]  # by the attribute: of the owner's name, a meaning and a value


class LearningRate(float):
    """The rate of an optimizer as a number that remembers whose it is, for programs that take it for a variable.

    It is the rate at the time it was read, and stays that, as every number does: `optimizer.learning_rate` read again
    is what was assigned. Copied or pickled it is a plain float.

    >>> from autodiff.nn import SGD
    >>> optimizer = SGD(lr=0.1)
    >>> rate = optimizer.learning_rate
    >>> rate.assign(0.5)
    >>> float(rate), float(optimizer.learning_rate)
    (0.1, 0.5)
    """

    def __new__(cls, optimizer: Any) -> "LearningRate":
        rate = super().__new__(cls, optimizer.lr)
        rate.optimizer = optimizer
        return rate

    optimizer: Any  # an `Optimizer`

    def assign(self, rate: Any) -> None:
        """Set the rate of the optimizer."""
        self.optimizer.lr = rate

    def assign_add(self, more: Number) -> None:
        """Add to the rate that the optimizer has now."""
        self.optimizer.lr = self.optimizer.lr + initial.real(more, "learning_rate.assign_add")

    def assign_sub(self, less: Number) -> None:
        """Take something off the rate that the optimizer has now."""
        self.optimizer.lr = self.optimizer.lr - initial.real(less, "learning_rate.assign_sub")

    @property
    def value(self) -> float:
        """The number."""
        return float(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, and what is in a file, is the number alone: it is no longer the rate of that optimizer."""
        return float, (float(self),)

    def numpy(self) -> float:
        """The number."""
        return float(self)


def at_least_zero(what: str, meaning: str, value: Number) -> float:
    """A finite number of at least 0 as a float."""
    x = initial.real(value, f"{what}: {meaning}")
    if not 0 <= x < math.inf:
        raise ArgumentError(f"{what}: expected a {meaning} that is finite and at least 0, got {shown(value)}")
    return x


def above_zero(what: str, meaning: str, value: Number) -> float:
    """A finite number above 0 as a float."""
    x = at_least_zero(what, meaning, value)
    if x == 0:
        raise ArgumentError(f"{what}: expected a {meaning} above 0, got {shown(value)}")
    return x


def fraction(what: str, meaning: str, value: Number) -> float:
    """A number from 0 to below 1 as a float."""
    x = initial.real(value, f"{what}: {meaning}")
    if not 0 <= x < 1:
        raise ArgumentError(f"{what}: expected a {meaning} from 0 to below 1, got {shown(value)}")
    return x


def flag(what: str, meaning: str, value: Any) -> bool:
    """True or False."""
    return as_flag(f"{what}: {meaning}", value)


def count(what: str, meaning: str, value: Any) -> int:
    """A whole number of at least 0."""
    return initial.size(value, f"{what}: {meaning}", least=0)


def decay(what: str, meaning: str, value: Any) -> float | None:
    """A number of at least 0, or None for no decay."""
    return None if value is None else at_least_zero(what, meaning, value)


def start(what: str, meaning: str, value: Any) -> float:
    """What an accumulator starts at, by the name that its argument has."""
    return at_least_zero(what, "initial_accumulator_value", value)


def limit(what: str, meaning: str, value: Any) -> tuple[str, float] | None:
    """The name of a limit of the gradient and its number, or None for no limit."""
    if value is None:
        return None
    if not isinstance(value, (tuple, list)) or len(value) != 2 or value[0] not in LIMITS:
        raise ArgumentError(f"{what}: expected None or a pair such as ('clipnorm', 1.0) as {meaning}, one of "
                            f"{', '.join(LIMITS)}, got {shown(value)}")  # fmt: skip
    return limit_of(what, {value[0]: value[1]})


def limit_of(name: str, shared: Any) -> tuple[str, float] | None:
    """The one limit of the gradient that is set, by its name."""
    given = [(kind, above_zero(name, kind, shared[kind])) for kind in LIMITS if shared.get(kind) is not None]
    if len(given) > 1:
        raise ArgumentError(f"{name}: expected at most one of {', '.join(LIMITS)}, got {' and '.join(dict(given))}")
    return given[0] if given else None


def clipped(gradient: list[float], what: str, limit: float, groups: list[list[int]]) -> list[float]:
    """A gradient within its limit: each number (clipvalue), each group's norm (clipnorm), or the norm of all.

    >>> clipped([3.0, 4.0, 0.5], "clipnorm", 1.0, [[0, 1], [2]])
    [0.6, 0.8, 0.5]
    >>> clipped([3.0, -4.0, 0.5], "clipvalue", 1.0, [])
    [1.0, -1.0, 0.5]
    """
    if what == "clipvalue":
        return [min(max(g, -limit), limit) for g in gradient]
    found = list(gradient)
    for group in groups if groups and what == "clipnorm" else [list(range(len(gradient)))]:
        norm = math.hypot(*(gradient[place] for place in group))
        for place in group if norm > limit else ():
            found[place] = gradient[place] * limit / norm
    return found
