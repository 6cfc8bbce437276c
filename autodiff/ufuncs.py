"""NumPy's functions of Values: `numpy.exp(v)` is `autodiff.exp(v)`, and `numpy.float64(2) * v` is a Value.

A Value hands what NumPy asks of it (`__array_ufunc__`) to `apply`. Arrays of numbers are refused; an array of objects
works element by element.

>>> import numpy
>>> from autodiff import Value
>>> numpy.exp(Value(0.0)), numpy.float64(2) * Value(3.0)
(Value(data=1.0, grad=0.0), Value(data=6.0, grad=0.0))
"""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from .errors import OperandError

METHODS = {
    "add": ("__add__", "__radd__"), "subtract": ("__sub__", "__rsub__"), "multiply": ("__mul__", "__rmul__"),
    "divide": ("__truediv__", "__rtruediv__"), "power": ("__pow__", "__rpow__"), "remainder": ("__mod__", "__rmod__"),
    "float_power": ("__pow__", "__rpow__"), "negative": ("__neg__", ""), "positive": ("__pos__", ""),
    "absolute": ("__abs__", ""), "fabs": ("__abs__", ""), "less": ("__lt__", "__gt__"), "greater": ("__gt__", "__lt__"),
    "less_equal": ("__le__", "__ge__"), "greater_equal": ("__ge__", "__le__"),
}  # fmt: skip
NAMES = {"arc" + name: "a" + name for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")}
NAMES |= {name: name for name in ("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan", "sinh")}
NAMES |= {name: name for name in ("cosh", "tanh", "hypot", "floor", "sign", "maximum", "minimum")}
NAMES |= {"logaddexp": "logsumexp"}
OTHERS: dict[str, Callable[..., Any]] = {
    "square": lambda x: x * x, "reciprocal": lambda x: 1.0 / x,
    "equal": lambda x, y: x is y, "not_equal": lambda x, y: x is not y,
}  # fmt: skip


def apply(value: Any, function: Any, method: str, inputs: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """What NumPy's `function` gives for inputs with `value` among them; `out` may only be an array of objects.

    Raises:
        OperandError: for a function that has no counterpart here, and for an array of numbers.

    >>> import numpy
    >>> from autodiff import Value
    >>> numpy.hypot(Value(3.0), 4.0)
    Value(data=5.0, grad=0.0)
    """
    name = function.__name__
    out = options.get("out", (None,))[0]
    if method != "__call__" or set(options) - {"out"} or out is not None and getattr(out, "dtype", None) != object:
        raise OperandError(f"numpy.{name}: expected a plain call, as numpy.{name}(v), got .{method} or options")
    result = _by_name(name, inputs)
    if out is None:
        return result
    out[...] = result
    return out


def _by_name(name: str, inputs: Sequence[Any]) -> Any:
    if name in METHODS:
        left, right = METHODS[name]
        mine = hasattr(inputs[0], "backward")
        return getattr(inputs[0], left)(*inputs[1:]) if mine else getattr(inputs[1], right)(inputs[0])
    if name in NAMES:
        return _elementwise(getattr(import_module(__package__), NAMES[name]), inputs)
    if name in OTHERS:
        return _elementwise(OTHERS[name], inputs)
    raise OperandError(f"numpy.{name}: expected numbers, got a Value, and autodiff has no {name} of Values; "
                       "compose it of autodiff's functions, or use v.data")  # fmt: skip


def _elementwise(function: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    """`function` of the inputs; for an array of objects, of each element."""
    array = next((x for x in inputs if getattr(x, "dtype", None) == object and x.ndim), None)
    if array is None:
        return function(*inputs)
    result = array.copy()
    result.flat = [function(*(each if x is array else x for x in inputs)) for each in array.flat]
    return result
