"""Which operations of the table an engine has: as an operator, a method, or a function beside the class."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

from ...ops import TABLE
from .adapter import OPERATORS
from .attributes import attempt
from .constructor import names_in_module

V = Any
ALIASES = {
    "log": ("ln", "Log"), "sigmoid": ("logistic", "sigma", "Sigmoid"), "relu": ("ReLU", "Relu", "RELU"),
    "tanh": ("Tanh",), "exp": ("Exp", "exponential"), "maximum": ("max",), "minimum": ("min",), "asin": ("arcsin",),
    "acos": ("arccos",), "atan": ("arctan",), "atan2": ("arctan2",), "asinh": ("arcsinh",), "acosh": ("arccosh",),
    "atanh": ("arctanh",), "sqrt": ("Sqrt", "square_root"), "sin": ("Sin", "sine"), "cos": ("Cos", "cosine"),
}  # fmt: skip


def find_operations(Value: type, sample: V) -> tuple[dict[str, Callable[..., V]], frozenset[str], dict[str, str]]:
    """Each operation with a function for it, those that are methods, and the engine's names where they differ."""
    operations: dict[str, Callable[..., V]] = {}
    methods, names = set[str](), dict[str, str]()
    beside = names_beside(Value)
    for name, op in TABLE.items():
        if name in OPERATORS:
            if _is_written(Value, op.method):
                operations[name] = OPERATORS[name]
            elif op.is_operator and _is_beside(beside.get(name), Value):
                operations[name], names[name] = beside[name], name  # which is how one types it
            if op.is_operator or name in operations:  # abs may be typed as a function, too
                continue
        for spelling in () if op.variadic else (name, *ALIASES.get(name, ())):
            method, function = inspect.getattr_static(Value, spelling, None), beside.get(spelling)
            is_static = isinstance(method, (staticmethod, classmethod))
            if callable(method) or is_static:
                operations[name] = _call(Value, spelling, name, is_static)
                methods.add(name)
            elif callable(function) and not isinstance(function, type) and _is_of(function, Value, sample):
                operations[name] = function
            else:
                continue
            names |= {name: spelling} if spelling != name else {}
            break
    return operations, frozenset(methods), names


def _is_written(Value: type, method: str) -> bool:
    """Whether an operator is an engine's own: one that its values inherit from `float` gives floats."""
    owner = next((each for each in Value.__mro__ if method in vars(each)), None)
    return owner is not None and owner.__module__ != "builtins" and getattr(Value, method) is not None


def _is_beside(function: Any, Value: type) -> bool:
    """Whether it is a function of the class's own module, such as `add(a, b)`."""
    return inspect.isfunction(function) and function.__module__ == Value.__module__


def names_beside(Value: type) -> dict[str, Any]:
    """What stands beside a class: in its module, and in the others of its package that have been imported."""
    package = Value.__module__.rpartition(".")[0]
    others = [vars(sys.modules[name]) for name in sorted(sys.modules) if package and name.startswith(f"{package}.")]
    return {name: thing for names in (*others, names_in_module(Value)) for name, thing in names.items()}


def _is_of(function: Any, Value: type, sample: V) -> bool:
    """Whether a function is the engine's own: of the class's module, or of its package and makes a value of a value."""
    module = str(getattr(function, "__module__", ""))
    if module == Value.__module__ or "." not in module:
        return module == Value.__module__
    in_package = module.startswith(f"{Value.__module__.rpartition('.')[0]}.")
    return in_package and isinstance(attempt(function, sample), Value)


def _call(Value: type, method: str, name: str, static: bool) -> Callable[..., V]:
    """A method as a function of its operands; `Value.exp(a)` where it is static."""

    def call(value: V, *others: V) -> V:
        return getattr(Value if static else value, method)(*((value,) if static else ()), *others)

    call.__name__ = name
    return call
