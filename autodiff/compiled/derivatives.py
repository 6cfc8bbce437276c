"""Derivatives of compiled functions: the gradient as a graph of Values, recorded and compiled like any other.

Every choice that a slope rule makes is a recorded comparison, so that a program is made again where an input falls on
the other side of a kink.

>>> from autodiff import Value
>>> x, y = Value(3.0), Value(2.0)
>>> [h.data for h in hessian(lambda x, y: x * x * y, x, y)]
[4.0, 6.0, 6.0, 0.0]
"""

from collections.abc import Callable
from typing import Any

from ..errors import ArgumentError
from ..reductions import total
from ..replaying import gradient_graph
from ..value import Value, constant


def jacobian(outputs: Callable[..., Any], *xs: Value) -> list[Value]:
    """Each output's derivative in each of xs, output by output."""
    ys = outputs(*xs)
    return [g for y in (ys if isinstance(ys, (list, tuple)) else [ys]) for g in gradient_graph(_value(y), xs)]


def hessian(function: Callable[..., Any], *xs: Value) -> list[Value]:
    """The second derivatives of a function of one output, row by row."""
    return [h for g in gradient_graph(_value(function(*xs)), xs, {}) for h in gradient_graph(g, xs)]


def hvp(function: Callable[..., Any], *both: Value) -> list[Value]:
    """The Hessian times a direction, for as many numbers of the one as of the other, without the Hessian."""
    xs, direction = both[: len(both) // 2], both[len(both) // 2 :]
    slope = total([g * d for g, d in zip(gradient_graph(_value(function(*xs)), xs, {}), direction)])
    return gradient_graph(_value(slope), xs)


def _value(y: Any) -> Value:
    if isinstance(y, (list, tuple)):
        raise ArgumentError("expected a function that returns one Value, got several; use jacobian for those")
    return y if type(y) is Value else constant(y, "derivative")
