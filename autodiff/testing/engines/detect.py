"""The adapter of anyone's scalar engine, found by looking at its class.

`adapter_for(Value)` looks for a constructor, `data`, `grad` and `backward`, the operators, and for each operation of
the table a method or a function of that name beside the class. Whatever is found elsewhere can be given.

>>> from autodiff import Value
>>> engine = adapter_for(Value)
>>> engine
<engine Value: 14 operations>
>>> "tanh" in engine.operations, "cbrt" in engine.operations
(True, False)
"""

import inspect
import operator
import sys
from collections.abc import Callable
from typing import Any

from ...additions import cached
from ...errors import ArgumentError, shown
from ...ops import TABLE
from .adapter import OPERATORS, Adapter, V

DATA = ("data", "value", "val", "v", "x", "item", "primal")
GRAD = ("grad", "gradient", "adjoint", "g", "der", "d")
BACKWARD = ("backward", "backprop", "back", "backpropagate")
ALIASES = {
    "log": ("ln",), "sigmoid": ("logistic", "sigma"), "relu": ("ReLU", "Relu"), "tanh": ("Tanh",), "maximum": ("max",),
    "minimum": ("min",), "asin": ("arcsin",), "acos": ("arccos",), "atan": ("arctan",), "atan2": ("arctan2",),
    "asinh": ("arcsinh",), "acosh": ("arccosh",), "atanh": ("arctanh",),
}  # fmt: skip


def adapter_for(Value: type, **found: Any) -> Adapter:
    """The adapter for a class, with what cannot be found by looking given by keyword.

    `make`, `data`, `grad`, `backward` may be functions, or names of attributes; `operations` a dict of functions by the
    table's names, added to those found. An `ArgumentError` says what is missing, and how to give it.
    """
    if isinstance(Value, Adapter):
        return Value
    if not isinstance(Value, type):
        raise ArgumentError(f"conformance: expected the class of an engine's values, got {shown(Value)}")
    make = found.pop("make", None) or Value
    try:
        sample = make(2.0)
    except Exception as error:
        raise ArgumentError(
            f"{Value.__name__}(2.0) raises {type(error).__name__}: {error}; expected a value made from a number, "
            "or pass make=function"
        ) from error
    raw, data, set_data = _attribute(Value, sample, "data", found.pop("data", None), DATA)
    _, grad, set_grad = _attribute(Value, sample, "grad", found.pop("grad", None), GRAD)
    present = (name for name in BACKWARD if callable(getattr(sample, name, None)))
    backward = found.pop("backward", None) or next(present, None)
    if backward is None:
        named = ", ".join(BACKWARD)
        raise ArgumentError(f"{Value.__name__} has no method named {named}; pass backward=function, or its name")
    run = operator.methodcaller(backward) if isinstance(backward, str) else backward
    operations, methods = _operations(Value, sample)
    operations |= found.pop("operations", {})
    if found:
        raise ArgumentError(f"adapter_for: expected make, data, grad, backward, operations, got {', '.join(found)}")
    return Adapter(
        Value.__name__, make, data, grad, run, operations,
        raw=raw, set_data=set_data, set_grad=set_grad, methods=methods,
    )  # fmt: skip


def _attribute(
    Value: type, sample: V, what: str, given: Any, names: tuple[str, ...]
) -> tuple[Callable[[V], Any] | None, Callable[[V], float], Callable[[V, float], None] | None]:
    """How to read a number from a value, and how to write it: by attribute, or by the function that was given."""
    if callable(given):
        return None, given, None
    name = given or next((name for name in names if hasattr(sample, name)), None)
    if name is None:
        named = ", ".join(names)
        raise ArgumentError(f"{Value.__name__} has no attribute named {named}; pass {what}=function, or its name")
    get = operator.attrgetter(name)

    def read(value: V) -> float:
        number = get(value)
        return 0.0 if number is None else float(number() if callable(number) else number)

    return get, read, lambda value, number: setattr(value, name, number)


def _operations(Value: type, sample: V) -> tuple[dict[str, Callable[..., V]], frozenset[str]]:
    """Each operation of the table that the class has: as an operator, a method, or a function beside the class."""
    operations: dict[str, Callable[..., V]] = {}
    methods = set()
    beside = vars(sys.modules[Value.__module__]) if Value.__module__ in sys.modules else {}
    for name, op in TABLE.items():
        if name in OPERATORS:
            if getattr(Value, f"__{OPERATORS[name].__name__}__", None) is not None:
                operations[name] = OPERATORS[name]
            continue
        for spelling in (name, *ALIASES.get(name, ())):
            method, function = inspect.getattr_static(Value, spelling, None), beside.get(spelling)
            if callable(method) and not op.variadic:
                operations[name] = _called(spelling, name)
                methods.add(name)
                break
            if callable(function) and getattr(function, "__module__", None) == Value.__module__ and not op.variadic:
                operations[name] = function
                break
    return operations, frozenset(methods)


def _called(method: str, name: str) -> Callable[..., V]:
    def call(value: V, *others: V) -> V:
        return getattr(value, method)(*others)

    call.__name__ = name
    return call


@cached
def ours() -> Adapter:
    """The adapter of this library's own Value, with every operation that has a public function."""
    from ... import functions, registration
    from ...value import Value

    adapter = of_library(Value, functions)
    adapter.operations |= registration.FUNCTIONS
    return adapter


def of_library(Value: type, functions: Any) -> Adapter:
    """The adapter of our Value, or of a wrong copy of it, with the functions that stand beside it."""
    operations: dict[str, Callable[..., V]] = dict(OPERATORS)
    operations |= {name: getattr(functions, name) for name in TABLE if name in functions.__all__}
    operations["where"] = lambda condition, x, y: functions.where(condition > 0, x, y)
    operations["total"] = lambda *xs: functions.total(xs)
    operations["dot"] = lambda *xs: functions.dot(xs[: len(xs) // 2], xs[len(xs) // 2 :])
    return adapter_for(Value, operations=operations)
