"""How an engine's backward pass is run: a method, a function beside the class, or one that returns the gradients.

>>> class Scalar:
...     def __init__(self, data): self.data, self.grad = data, 0.0
...     def backwards(self): self.grad = 1.0
>>> find_backward(Scalar, Scalar(2.0)).text
'{}.backwards()'
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ...errors import ArgumentError
from .attributes import BACKWARD, as_float, attempt
from .operations import names_beside
from .tapes import Tapes

V = Any
FUNCTIONS = (
    "gradients", "get_gradients", "grad", "gradient", "grads", "compute_gradients", "differentiate", "derivatives",
)  # fmt: skip

FAILED = object()
NOTE = "its gradients are returned by a function, not kept by its values"


class Backward(NamedTuple):
    """How to run a backward pass, how one types it, and how to read a gradient if not from an attribute."""

    run: Callable[[V], Any]
    text: str
    grad: Callable[[V], float] | None = None
    grad_text: str = ""
    notes: list[str] = []


def find_backward(Value: type, sample: V, given: Any = None, tapes: Tapes | None = None) -> Backward:
    """The backward pass of a class: the one given, a method of a usual name, a function beside it, or a tape's."""
    if callable(given):
        return Backward(given, f"{getattr(given, '__name__', 'backward')}({{}})")
    if given:
        return _method(Value, given)
    for name in BACKWARD:
        if callable(inspect.getattr_static(Value, name, None)) or callable(getattr(sample, name, None)):
            return _method(Value, name)
    beside = names_beside(Value)
    for name in BACKWARD:
        if inspect.isfunction(beside.get(name)):
            return Backward(beside[name], f"{name}({{}})")
    for name, function in _functions(Value, beside):
        stored = Backward(function, f"{name.rstrip(', ')})")
        in_values = attempt(function, sample, otherwise=FAILED) is None  # in spite of its name
        return stored if in_values else _of_returned(name, function, sample)
    for name in (*BACKWARD, *FUNCTIONS) if tapes is not None else ():
        if tapes is not None and inspect.isfunction(getattr(tapes.kind, name, None)):
            return _of_tape(tapes, name, sample)
    named = ", ".join(BACKWARD[:5])
    raise ArgumentError(f"{Value.__name__} has no method named {named}; pass backward=function, or its name")


def _of_tape(tapes: Tapes, name: str, sample: V) -> Backward:
    """A method of the tape: `tape.backward(y)`, or `tape.gradient(y, [x])`."""

    @functools.wraps(getattr(tapes.made, name))
    def run(*values: V) -> Any:
        return getattr(tapes.entered, name)(*values)

    if name in BACKWARD:
        return Backward(run, f"tape.{name}({{}})")
    return _of_returned(f"tape.{name}({{}}, ", run, sample)


def _method(Value: type, name: str) -> Backward:
    """A method that runs the pass; one that asks for the gradient to start from is given 1."""
    try:
        parameters = list(inspect.signature(getattr(Value, name)).parameters.values())[1:]
    except (AttributeError, TypeError, ValueError):
        parameters = []
    needed = [each for each in parameters if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD]
    start = (1.0,) * len(needed[:1])
    run = lambda value: getattr(value, name)(*start)  # noqa: E731
    return Backward(run, f"{{}}.{name}({', '.join(map(repr, start))})")


def _functions(Value: type, beside: dict[str, Any]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Functions and methods with a name as if they returned gradients."""
    for name in FUNCTIONS:
        method = inspect.getattr_static(Value, name, None)
        if inspect.isfunction(method):
            yield f"{{}}.{name}(", _of_its_class(name, method)
        elif inspect.isfunction(beside.get(name)):
            yield f"{name}({{}}, ", beside[name]


def _of_its_class(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """The method of that name of a value's own class, which may be a subclass with a rule of its own."""

    @functools.wraps(method)
    def call(value: V, *others: Any) -> Any:
        return getattr(value, name)(*others)

    return call


def _of_returned(name: str, function: Callable[..., Any], sample: V) -> Backward:
    """A pass that returns {value: gradient}, or what has `wrt`, or is asked along one value at a time."""
    along = len([p for p in inspect.signature(function).parameters.values() if p.default is p.empty]) > 1
    last: list[Any] = []

    def run(y: V) -> None:
        last[:] = [y, None if along else function(y)]

    def grad(x: V) -> float:
        if not last:
            return 0.0
        y, found = last
        return as_float(_one(function, y, x) if along else _look_up(found, x))

    call = name.format("y")
    if along:
        typed = f"{call}[{{}}])[0]" if _takes_a_list(function, sample) else f"{call}{{}})"
        return Backward(run, "# the gradient along each input:", grad, typed, [NOTE])
    looked_up = "grads.wrt({})" if hasattr(attempt(function, sample), "wrt") else "grads[{}]"
    return Backward(run, f"grads = {call.rstrip(', ')})", grad, looked_up, [NOTE])


def _takes_a_list(function: Callable[..., Any], sample: V) -> bool:
    """Whether it asks for the values, and not for one, along which the gradients are wanted."""
    one = attempt(function, sample, sample, otherwise=FAILED)
    return one is FAILED and isinstance(attempt(function, sample, [sample]), (list, tuple))


def _one(function: Callable[..., Any], y: V, x: V) -> Any:
    try:
        found = function(y, x)
    except (TypeError, AttributeError):
        found = function(y, [x])
    return found[0] if isinstance(found, (list, tuple)) else found


def _look_up(found: Any, x: V) -> Any:
    if hasattr(found, "wrt"):
        return found.wrt(x)
    for key in (x, id(x), getattr(x, "name", None), getattr(x, "label", None)):
        try:
            return found[key]
        except (KeyError, TypeError, IndexError):
            continue
    return 0.0
