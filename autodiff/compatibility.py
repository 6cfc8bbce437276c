"""What programs written for floats, for NumPy or for the lecture's Value ask of a Value.

An answer, where there is one; and an error that says what to write, where a conversion would lose the gradient.

>>> from autodiff import Value
>>> f"{Value(2.0):.2f}", Value(2.0, label="a").label
('2.00', 'a')
"""

import sys
from typing import Any

from . import ufuncs
from .errors import OperandError
from .frames import function_asked
from .ops import TABLE
from .suggest import ALWAYS, WAYS, after, way_of

_NO_BACKWARD = (
    "Value has no _backward: local derivatives are numbers, fixed when an operation runs; for an operation of your "
    "own, compose functions of Values, or add a row to the table of operations"
)
_HOLDS = "; it holds data, grad, name, op, parents and slopes: keep what is yours in a dict by Value, notes[v] = ..."


class Elsewhere:
    """An attribute that other libraries have and a Value has not: whoever reads or sets it is told what to write.

    A `__getattr__` could say it as well, and would say it of every name; but a class with one reads all its attributes
    more slowly: a backward pass in Python took 1.4 times as long.
    """

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __get__(self, value: Any, owner: type) -> Any:
        raise AttributeError(self.sentence)

    def __set__(self, value: Any, item: object) -> None:
        raise AttributeError(self.sentence)


class Compatible:
    """What a Value inherits these answers from."""

    __slots__ = ()

    def __array_ufunc__(self: Any, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """What NumPy asks: `numpy.float64(2) * v`, `numpy.exp(v)`."""
        return ufuncs.apply(self, function, method, inputs, options)

    @property
    def label(self: Any) -> str:
        """The name, "" without one, as programs written after the lecture call it."""
        return self._name or ""

    @label.setter
    def label(self: Any, label: str) -> None:
        self.name = label or None

    @property
    def _prev(self: Any) -> tuple[Any, ...]:
        """The parents, each once: what the lecture keeps as a set."""
        return tuple(dict.fromkeys(self.parents))

    @property
    def _op(self: Any) -> str:
        """The operation as the lecture writes it: "+", "tanh", "" for a leaf."""
        return TABLE[self.op].symbol if self.op in TABLE else ""

    def __bool__(self: Any) -> bool:
        raise OperandError(f"bool: a {self!r} is neither true nor false; compare it, as in `v > 0`, or use v.data")

    def __float__(self: Any) -> float:
        asked = function_asked(sys._getframe(1)) or "exp"
        instead = f", or autodiff.{asked}(v) for math.{asked}(v)" if hasattr(sys.modules["autodiff"], asked) else ""
        raise OperandError(f"float: {self!r} would lose its gradient; use v.data{instead}")

    def __int__(self: Any) -> int:
        raise OperandError(f"int: {self!r} would lose its gradient; use int(v.data)")

    def __format__(self: Any, specification: str) -> str:
        """The number by a format such as ".4f"; without one, as `repr` writes the Value."""
        return format(self._data, specification) if specification else repr(self)

    def __round__(self: Any, digits: int | None = None) -> float:
        """The number rounded, for printing: a float or int, and no longer part of the graph."""
        number: float = self.data
        return round(number, digits)

    def __dir__(self) -> list[str]:
        return [name for name in dir(type(self)) if name not in FOREIGN]

    def _refuse(self, name: str) -> None:
        """What the class in C does with an attribute that is set and that a Value does not have."""
        raise AttributeError(f"Value has no attribute {name!r}{_HOLDS}")


def explain_missing(value: Any, name: str) -> Any:
    """What the class in C does with an attribute that is read and that a Value does not have."""
    near = "" if name.startswith("_") else after(name, dir(value))
    raise AttributeError(FOREIGN.get(name) or f"Value has no attribute {name!r}{near or _HOLDS}")


FOREIGN = {name: f"Value has no attribute {name!r}{way_of(name)}" for name in (*WAYS, *ALWAYS)}
FOREIGN["_backward"] = _NO_BACKWARD
for _name, _sentence in FOREIGN.items():
    setattr(Compatible, _name, Elsewhere(_sentence))
