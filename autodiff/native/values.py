"""Put the class in C in the place of the Python class, from which it takes all that need not be fast.

What is shared are functions, so that a sentence, a rule of pickling or the text of a number exists once: methods that C
does not have are the Python class's own, and so is what an operator does with an operand that is no plain number.
"""

from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import Any

from . import module

OF_PYTHON_ALONE = {"__slots__", "__dict__", "__weakref__", "__module__", "__annotations__"}


def native_class(python: type, shared: Mapping[str, Any]) -> Any:
    """The class in C, with what it lacks from `python`; `shared` are the functions and objects that C uses."""
    members = {name: item for base in python.__mro__[-2::-1] for name, item in vars(base).items()}
    operators = {(item.row, name.startswith("__r")): item for name, item in members.items() if hasattr(item, "row")}
    module.connect({**shared, "methods": operators})
    present = {name for name, item in vars(module.Value).items() if item is not None} | OF_PYTHON_ALONE
    for name, item in members.items():
        if name not in present:
            setattr(module.Value, name, operation(item, item.row) if hasattr(item, "row") else item)
    return module.Value


def operation(function: Callable[..., Any], row: str) -> Any:
    """The function in C that does what `function`, written from a row of the table, does in Python.

    It has the signature and documentation of `function`, and calls it for what is neither a Value nor a plain number.
    """
    found: Any = update_wrapper(module.Operation(function, row), function)
    found.__code__, found.__defaults__ = function.__code__, function.__defaults__  # for those who ask
    return found
