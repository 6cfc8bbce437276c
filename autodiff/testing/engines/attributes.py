"""Under which names an engine's values keep their number and their gradient: by the usual names, else by looking.

>>> class Scalar:
...     def __init__(self, number): self.payload, self.slope = number, 0.0
...     def backward(self): self.slope = 1.0
>>> from .constructor import find_constructor
>>> made = find_constructor(Scalar)
>>> find_data(Scalar, made), find_grad(Scalar, made, Scalar.backward)
('payload', 'slope')
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

from ...errors import ArgumentError
from .constructor import Constructor

V = Any
DATA = ("data", "value", "val", "v", "x", "values", "item", "primal", "number", "num", "_data", "_value")
GRAD = (
    "grad", "gradient", "adjoint", "g", "der", "d", "deriv", "derivative", "dv", "dx", "bar", "grads", "delta",
    "partial", "grad_value", "_grad", "_gradient",
)  # fmt: skip
BACKWARD = (
    "backward", "backwards", "backprop", "back", "backpropagate", "backpropagation", "back_prop", "back_propagate",
    "backward_pass", "run_backward", "compute_gradients", "compute_grad", "compute_grads", "calc_grad", "propagate",
)  # fmt: skip


def attempt(call: Callable[..., Any], *arguments: Any, otherwise: Any = None) -> Any:
    """Call what an engine may fail at; where it raises, give the other result."""
    try:
        return call(*arguments)
    except Exception:
        return otherwise


def as_float(number: Any) -> float:
    """What an attribute holds as a float: a number, None, an array of one entry, or a function that gives it."""
    number = number() if callable(number) else number
    if number is None:
        return 0.0
    return float(number.reshape(-1)[0] if getattr(number, "shape", ()) else number)


def reader(name: Any) -> Callable[[V], float]:
    """How to read a number from a value: by attribute, or by the function that was given."""
    if callable(name):
        given: Callable[[V], float] = name
        return given
    get = attrgetter(name)
    return lambda value: as_float(get(value))


def find_data(Value: type, made: Constructor, given: Any = None) -> Any:
    """The attribute that holds a value's number, or the function given."""
    if given is not None:
        return given
    present = [name for name in DATA if hasattr(made.sample, name)]
    for name in [*present, *_attributes(made.sample)]:
        if _holds(made.sample, name, 2.0) and _holds(made.make(-3.5), name, -3.5):
            return name
    if present:
        return present[0]
    raise ArgumentError(_missing(Value, DATA[:7], "data", made.sample))


def find_grad(Value: type, made: Constructor, backward: Callable[[V], Any]) -> str:
    """The attribute that holds a value's gradient after a backward pass."""
    present = [name for name in GRAD if hasattr(made.sample, name) and _number(made.sample, name) is not None]
    if present:
        return present[0]
    for name in _attributes(made.sample):
        x = made.make(2.0)
        before = _number(x, name)
        try:
            backward(x)
        except Exception:
            break
        if before != 1 and _number(x, name) == 1:
            return name
    if hasattr(made.sample, "grad") and callable(made.sample.grad):
        return "grad"
    zeros = [name for name in _attributes(made.sample) if _number(made.sample, name) == 0.0]
    if len(zeros) == 1:
        return zeros[0]  # nothing seeds it, which a report says
    raise ArgumentError(_missing(Value, GRAD[:6], "grad", made.sample))


def _missing(Value: type, names: tuple[str, ...], what: str, sample: V) -> str:
    has = ", ".join(name for name in _attributes(sample)) or "none"
    named = ", ".join(names)
    return f"{Value.__name__} has no attribute named {named} (it has {has}); pass {what}=function, or its name"


def _attributes(value: V) -> Iterator[str]:
    yield from (name for name in getattr(value, "__dict__", {}) if not name.startswith("__"))
    for cls in type(value).__mro__:
        slots = getattr(cls, "__slots__", ())
        yield from (name for name in ([slots] if isinstance(slots, str) else slots) if hasattr(value, name))


def _number(value: V, name: str) -> float | None:
    try:
        thing = getattr(value, name)
        return None if callable(thing) or isinstance(thing, (str, bool)) else as_float(thing)
    except Exception:
        return None


def _holds(value: V, name: str, number: float) -> bool:
    return bool(attempt(lambda: as_float(getattr(value, name)) == number))
