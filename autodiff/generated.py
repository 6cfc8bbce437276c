"""Bodies for declared operations, written from the table: what a `Value` and the functions of Values share.

A declaration gives a name, types and a docstring; its row of the table gives the body (`rules` writes it). The Value
class itself enters `GENERATED`, the names that the bodies see, when it exists.

>>> import inspect
>>> from autodiff.value import PythonValue
>>> print(inspect.getsource(PythonValue.__neg__))
def __neg__(self):
    a = self._data
    y = -a
    slopes = (-1.0,)
    node = new(Value)
    ...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from . import kernels, native, rules, stable
from .coerce import PLAIN, is_array_of_values, number
from .native.values import operation
from .ops import METHODS, TABLE
from .hooks import watch, watchers

Declared = TypeVar("Declared", bound=Callable[..., Any])

new = object.__new__


def over_array(method: str, value: Any, array: Any) -> Any:
    """`value` with each element of an object array, as NumPy would broadcast it."""
    result = array.copy()
    result.flat = [getattr(value, method)(element) for element in array.flat]
    return result


def power_slope(a: float, b: float) -> float:
    """`stable.power_slope`, the everyday case first: b - 1 is exact, and the power is neither 0, subnormal nor inf."""
    p = b - 1.0
    if p + 1.0 == b and -1e15 < b < 1e15 and b != 0:
        power = kernels.pow(a, p)
        if stable.TINY <= power <= 1e308 or stable.TINY <= -power <= 1e308:
            return b * power
    slope: float = stable.power_slope(a, b)
    return slope


GENERATED = stable.bind(vars(kernels)) | {"PLAIN": PLAIN, "new": new, "watchers": watchers}
GENERATED |= {each.__name__: each for each in (over_array, is_array_of_values, number, power_slope, watch)}


def operator(declared: Declared) -> Declared:
    """Give a declared method of Value the body that the table's row with this method describes."""
    name = declared.__name__
    row = TABLE[METHODS[name.replace("__r", "__")]]
    source = rules.operator_source(row, name, reflected=name.startswith("__r"))
    method = dress(rules.compile_source(name, source, GENERATED), declared)
    method.__module__, method.__qualname__ = f"{__package__}.value", f"Value.{name}"  # where a pickle finds it
    vars(method)["row"] = row.name
    return method


def fast(function: Declared) -> Declared:
    """The function in C that does the same as one that was written from the table, where the engine is that one."""
    return operation(function, function.__name__) if native.engine == "native" else function


def dress(written: Callable[..., Any], declared: Declared) -> Declared:
    """The written function under the declaration's name, documentation, annotations and defaults."""
    for attribute in ("__name__", "__qualname__", "__module__", "__doc__", "__annotations__", "__defaults__"):
        setattr(written, attribute, getattr(declared, attribute))
    return cast(Declared, written)
