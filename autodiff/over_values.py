"""Values as a number system: the rules of the table run over Values make a graph that can be differentiated again.

A rule that chooses, such as the slope of relu, is decided by the numbers of the Values: the graph is that of one side.
`VALUES` is that system. `SELECTING` keeps both sides while a program is recorded, for other numbers to choose.

>>> from autodiff import Value
>>> x = Value(3.0)
>>> VALUES.slopes("tanh", [x], x.tanh())[0].op, VALUES.slopes("relu", [-x], (-x).relu())
('mul', [None])
"""

import operator
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from . import elementwise, kernels, reductions, stable
from .notation import Conditional, Written
from .numbers import System, plain
from .ops import TABLE, Op
from .rule import Rule
from .rules import floats
from .value import Value


class OfValues(Conditional):
    """`==` between Values is identity, and none is true or false; in a rule their numbers are compared, or tested."""

    def choice(self, condition: Written, chosen: Written, other: Written) -> Written:
        return super().choice(self.call("holds", (condition,)), chosen, other)

    def binary(self, sign: str, left: Written, right: Written) -> Written:
        if sign not in ("==", "!="):
            return super().binary(sign, left, right)
        same = self.call("equal", (left, right))
        return same if sign == "==" else self.unary("not", same)


def of_values(rule: Rule) -> str:
    """The rule for Values."""
    return OfValues().write(floats(rule))


def _softmax(xs: list[Any]) -> list[Any]:
    return reductions.softmax(*xs)


def _equal(a: Any, b: Any) -> bool:
    """Whether two numbers are equal, by comparisons, of which a recording hears."""
    return bool((a <= b) & (a >= b))


def _holds(condition: Any) -> bool:
    return not _equal(condition, 0.0) if type(condition) is Value else bool(condition)


def _whole_quotient(a: Any, b: Any) -> Any:
    """floor(a / b) by the remainder, which is exact: 1 / 0.1 rounds to 10, and yet 0.1 goes only nine times into 1."""
    if _equal(b, 0.0):
        return a / b
    rest = a % b
    if _equal(abs(b), kernels.inf):
        return a * 0.0 - (0.0 if _equal(rest, a) else 1.0)
    return elementwise.floor((a - rest) / b + 0.5)


def _is_normal(a: Value, exponent: float) -> bool:
    """Whether the number of a power is 0 or has all its digits."""
    return a._data == 0 or stable.TINY <= abs(kernels.pow(a._data, exponent)) < kernels.inf


def _gaussian_slope(a: Any) -> Any:
    """-2 * a * exp(-a * a), which is 0 beyond 60, and not nan where a is inf."""
    return -2 * elementwise.clip(a, -60.0, 60.0) * vars(elementwise)["gaussian"](a)


def _normal_pdf_slope(a: Any) -> Any:
    """The same of the density of the normal distribution."""
    return -elementwise.clip(a, -60.0, 60.0) * vars(elementwise)["normal_pdf"](a)


def beside_numbers(op: Op, function: Callable[..., Any]) -> Callable[..., Any]:
    """An operation that takes numbers beside a Value, such as the bounds of `clip`, of operands that are all Values."""

    def run(*operands: Any) -> Any:
        return function(*[x._data if slope is None and type(x) is Value else x
                          for slope, x in zip(op.slopes, operands)])  # fmt: skip

    return run if op.has_constants else function


def _power_slope(a: Value, b: Value) -> Any:
    """b * a ** (b - 1), written out, as readers of a gradient graph expect it, where b - 1 is exact and the power
    neither overflows nor loses digits before b scales it; else one row, which is right there too.
    """
    exponent = b._data
    exact = exponent - (exponent - 1) == 1 and exponent - 1 + 1 == exponent and not -1 < exponent < 1 / 16
    if exact and _is_normal(a, exponent - 1) and b.op == "constant":
        return b * a ** (b - 1)
    return vars(elementwise)["power_slope"](a, b)


def _list_names() -> dict[str, Any]:
    names = {name: getattr(elementwise, name) for name in TABLE if hasattr(elementwise, name)}
    beside = [op for op in TABLE.values() if op.has_constants and not op.by_condition]
    names |= {op.name: beside_numbers(op, names[op.name]) for op in beside}
    names |= {op.name: partial(reductions.of_many, op.name) for op in TABLE.values() if op.variadic}
    names |= {name: getattr(kernels, name) for name in ("pi", "nan", "inf", "ones", "swapped")}
    names |= {"abs": abs, "softmax": _softmax, "equal": _equal, "holds": _holds}
    names |= {"whole_quotient": _whole_quotient, "power_slope": _power_slope}
    names |= {"gaussian_slope": _gaussian_slope, "normal_pdf_slope": _normal_pdf_slope, "remainder": operator.mod}
    return names


VALUES = System("Value", Value, plain(_list_names(), of_values), of_values)


# ---- both sides of a choice ----


class Branch(NamedTuple):
    """A slope that depends on a comparison which is being recorded; a side may be None, where no gradient flows."""

    condition: Any
    chosen: Any
    other: Any


class Selecting(OfValues):
    """As for Values, with both sides of a choice."""

    def choice(self, condition: Written, chosen: Written, other: Written) -> Written:
        return self.call("select", (condition, chosen, other))

    def binary(self, sign: str, left: Written, right: Written) -> Written:
        return self.call("unequal", (left, right)) if sign == "!=" else super().binary(sign, left, right)


def selecting(rule: Rule) -> str:
    """The rule for Values, both sides of each choice of it."""
    return Selecting().write(floats(rule))


def negation(condition: Any) -> Any:
    """That a condition does not hold."""
    return (elementwise.where(condition, 0.0, 1.0) > 0.0) if is_recorded(condition) else not condition


def is_recorded(condition: Any) -> bool:
    """Whether a comparison is being recorded, to be made again on other numbers."""
    return hasattr(condition, "choose_between")


def _equal_recorded(a: Any, b: Any) -> Any:
    return (a <= b) & (a >= b)


def _unequal_recorded(a: Any, b: Any) -> Any:
    return negation(_equal_recorded(a, b))


def _select(condition: Any, chosen: Any, other: Any) -> Any:
    """One of two numbers by a recorded condition; a branch, where a gradient may not flow."""
    if type(condition) is Value:
        condition = _unequal_recorded(condition, 0.0)
    if not is_recorded(condition):
        return chosen if condition else other
    if any(side is None or type(side) is Branch for side in (chosen, other)):
        return Branch(condition, chosen, other)
    return elementwise.where(condition, chosen, other)


_SELECTING = {"select": _select, "equal": _equal_recorded, "unequal": _unequal_recorded}
SELECTING = System("Value", Value, plain(_list_names() | _SELECTING, selecting), selecting)
