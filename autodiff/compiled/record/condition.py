"""The answer of a comparison while a function is recorded: a `bool` that the recording knows of.

`where` selects by it, and `&` and `|` join two of them, within one program. Every other use asks what the answer is, as
`if` does, and the program is then held to it: `==`, `in`, `not`, `int`, a sum, an index, the key of a dict, its text.
What Python decides without asking cannot be seen: `(x > 0) is True` is False while a function is recorded.

>>> from autodiff import compile
>>> f = compile(lambda x: x * [10.0, 20.0][x > 0] if (x > 1) != True else x * (x > 2))
>>> f(0.5), f(-0.5), f(1.5), f(3.0)
(10.0, -5.0, 0.0, 3.0)
"""

import builtins
import math
import operator
from collections.abc import Callable
from typing import Any

from ...ops import WHERE
from ...value import Value, constant
from ...value import record as node_of


class Condition:
    """A comparison's answer; `ask` is called when the program asks for it, and makes a guard of the node."""

    def __init__(self, ask: Callable[[Value], bool], node: Value) -> None:
        self.ask, self.node = ask, node

    def __bool__(self) -> bool:
        return self.ask(self.node)

    __class__ = property(lambda self: bool)  # isinstance(x > 0, bool) holds, as it does eagerly

    def __and__(self, other: Any) -> Any:
        return self._join("and", other)

    def __or__(self, other: Any) -> Any:
        return self._join("or", other)

    __rand__, __ror__ = __and__, __or__

    def _join(self, op: str, other: Any) -> Any:
        if type(other) is Condition:
            left, right = self.node._data, other.node._data
            answer = min(left, right) if op == "and" else max(left, right)
            return Condition(self.ask, node_of(op, answer, (self.node, other.node), (None, None)))
        if type(other) is not bool:
            return (operator.and_ if op == "and" else operator.or_)(bool(self), other)
        return self if other is (op == "and") else other

    def choose_between(self, chosen: Any, otherwise: Any) -> Value:
        """The node of `where(self, chosen, otherwise)`."""
        sides = [x if type(x) is Value else constant(x, WHERE) for x in (chosen, otherwise)]
        answer = self.node._data == 1.0
        slopes = (None, 1.0 if answer else None, None if answer else 1.0)
        return node_of(WHERE, (sides[0] if answer else sides[1])._data, (self.node, *sides), slopes)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return bool, (bool(self),)  # also what a copy is made by

    def __getattr__(self, name: str) -> Any:
        return getattr(bool(self), name)  # .real, .bit_length(), …


def _asks(function: Callable[..., Any], turned: bool = False) -> Callable[..., Any]:
    """A method that does with the answer what the function does with a bool."""

    def method(self: Condition, *others: Any) -> Any:
        known = [bool(x) if type(x) is Condition else x for x in (self, *others)]
        return function(*known[::-1] if turned else known)

    return method


ONE = ("int", "float", "complex", "hash", "repr", "str", "round", "abs", "format")
TWO = ("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "lshift", "rshift", "xor")
for _name in ("eq", "ne", "lt", "le", "gt", "ge", "neg", "pos", "invert", "index"):
    setattr(Condition, f"__{_name}__", _asks(getattr(operator, _name)))
for _name in ONE:
    setattr(Condition, f"__{_name}__", _asks(getattr(builtins, _name)))
for _name in ("floor", "ceil", "trunc"):
    setattr(Condition, f"__{_name}__", _asks(getattr(math, _name)))
for _name in TWO:
    _function = divmod if _name == "divmod" else getattr(operator, _name)
    setattr(Condition, f"__{_name}__", _asks(_function))
    setattr(Condition, f"__r{_name}__", _asks(_function, turned=True))
