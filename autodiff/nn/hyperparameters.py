"""What an optimizer is given: parameters, a rate, limits of the gradient; each is checked here.

>>> limit_of("SGD", {"clipnorm": 1.0})
('clipnorm', 1.0)
"""

import math
from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from numbers import Real
from typing import Any

from ..coerce import Number, is_series
from ..errors import ArgumentError, OperandError, shown
from ..value import Value
from . import checks
from .checks import above_zero, at_least_zero
from .layers.module import Module

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
        self.optimizer.lr = self.optimizer.lr + checks.real(more, "learning_rate.assign_add")

    def assign_sub(self, less: Number) -> None:
        """Take something off the rate that the optimizer has now."""
        self.optimizer.lr = self.optimizer.lr - checks.real(less, "learning_rate.assign_sub")

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
        largest = max((abs(gradient[place]) for place in group), default=0.0)
        if math.isfinite(largest) and largest * max(limit, 1.0) * len(group) == math.inf:  # or may be
            parts = [gradient[place] / largest for place in group]
            for place, part in zip(group, parts) if norm > limit else ():
                found[place] = part / math.hypot(*parts) * limit
            continue
        for place in group if norm > limit else ():
            found[place] = gradient[place] * limit / norm
    return found


def check_parameters(what: str, params: Iterable[Value]) -> list[Value]:
    """The parameters as a list: Values that the user or a module made, each once, and at least one."""
    if isinstance(params, Module):
        raise OperandError(f"{what}: expected a list of parameters, got a model: give it model.parameters()")
    if isinstance(params, (str, Value)) or not is_series(params):
        raise OperandError(f"{what}: expected a list of Values as params, got {shown(params)}; the rate is lr=...")
    found = list(params)
    if not found:
        raise ArgumentError(f"{what}: expected at least one parameter, got an empty list")
    for place, parameter in enumerate(found):
        if type(parameter) is not Value:
            raise OperandError(f"{what}: params[{place}]: expected a Value, got {shown(parameter)}")
        if parameter.op != "input":
            raise ArgumentError(f"{what}: params[{place}]: expected a leaf, got the result of {parameter.op!r}")
    if len(set(found)) < len(found):
        raise ArgumentError(f"{what}: a parameter stands in the list twice, and would be changed twice in each step")
    return found


def is_rate(params: Any) -> bool:
    """Whether what stands in the place of the parameters is a learning rate: one number, or a schedule."""
    if isinstance(params, Real) or getattr(params, "ndim", None) == 0:
        return True
    return callable(params) and not isinstance(params, (Module, type))


def check_rate(what: str, rate: Any) -> float:
    """A learning rate as a float; True, which Python takes for 1, is none."""
    if isinstance(rate, bool) or getattr(getattr(rate, "dtype", None), "kind", None) == "b":
        raise OperandError(f"{what}: expected a number as learning rate, such as 0.1, got {shown(rate)}")
    return at_least_zero(what, "learning rate", rate)


def misplaced(kind: type, first: Any, second: Any) -> str:
    """What to say of two arguments without a name of which the first is a rate, as Keras has them."""
    order = [name for name in signature(kind).parameters if name != "shared"]
    example = f"{kind.__name__}({order[1]}={first if isinstance(first, (int, float)) else '...'}"
    third = f", {order[2]}=...)" if len(order) > 2 else ")"
    return (f"{kind.__name__}: expected a list of Values as params, got {shown(first)} and then "
            f"{shown(second)}: the order is {', '.join(order)}; a rate may come first, and then all else goes by name, "
            f"as Keras's arguments do: {example}{third}")  # fmt: skip
