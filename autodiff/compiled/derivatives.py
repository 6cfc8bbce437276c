"""Derivatives of compiled functions: the gradient as a graph of Values, recorded and compiled like any other.

The slope rules of the table run over Values here too, but every choice that they make is a recorded comparison, so
that a program is made again where an input falls on the other side of a kink.

>>> from autodiff import Value
>>> x, y = Value(3.0), Value(2.0)
>>> [g.data for g in gradients(x * x * y, [x, y])]
[12.0, 9.0]
"""

from collections.abc import Callable, Sequence
from typing import Any

from .. import elementwise, stable
from ..graph import topological_order
from ..numbers import System, plain
from ..ops import TABLE
from ..reductions import total
from ..replaying import VALUES, of_values
from ..value import Value, constant


def _equal(a: Any, b: Any) -> bool:
    """Whether two numbers are equal, by comparisons that a recording hears of."""
    if type(a) is not Value and type(b) is not Value:
        return bool(a == b)
    return bool(a <= b) and bool(a >= b)


def _names() -> dict[str, Any]:
    made = {name for name in stable.NAMES if name not in TABLE and not hasattr(elementwise, name)} - {"softmax"}
    kept = {name: item for name, item in VALUES.names.items() if name not in made}
    return plain(kept | {"equal": _equal, "whole_quotient": lambda a, b: elementwise.floor(a / b)}, of_values)


RECORDED = System("Value", Value, _names(), of_values)


def gradients(y: Value, xs: Sequence[Value]) -> list[Value]:
    """The derivative of y in each of xs, as Values of the same graph."""
    order = topological_order(y)
    active = set(xs)
    for node in order:
        if not active.isdisjoint(node.parents):
            active.add(node)
    adjoint: dict[Value, Any] = {y: 1.0}
    for node in reversed(order):
        if node in adjoint and node.op in TABLE:
            for parent, slope in _slopes(node, active):
                sent = slope if _is_one(adjoint[node]) else slope * adjoint[node]
                adjoint[parent] = adjoint[parent] + sent if parent in adjoint else sent
    found = [adjoint.get(x, 0.0) for x in xs]
    return [g if type(g) is Value else constant(g, "gradient") for g in found]


def _is_one(x: Any) -> bool:
    return type(x) is not Value and x == 1


def _slopes(node: Value, active: set[Value]) -> list[tuple[Value, Any]]:
    """Each active parent with the slope along it, but for what is blocked."""
    op = TABLE[node.op]
    if op.variadic:
        slopes = RECORDED.slope(op.name, 0)(list(node.parents), node) or ()
        pairs = list(zip(node.parents, slopes))
    else:
        sides = [(i, p) for i, p in enumerate(node.parents) if p in active and op.slopes[i] is not None]
        pairs = [(p, RECORDED.slope(op.name, i)(*node.parents, node)) for i, p in sides]
    return [(parent, slope) for parent, slope in pairs if parent in active and slope is not None]


def jacobian(outputs: Callable[..., Any], *xs: Value) -> list[Value]:
    """Each output's derivative in each of xs, output by output."""
    ys = outputs(*xs)
    return [g for y in (ys if isinstance(ys, (list, tuple)) else [ys]) for g in gradients(_value(y), xs)]


def hessian(function: Callable[..., Any], *xs: Value) -> list[Value]:
    """The second derivatives of a function of one output, row by row."""
    return [h for g in gradients(_value(function(*xs)), xs) for h in gradients(g, xs)]


def hvp(function: Callable[..., Any], *both: Value) -> list[Value]:
    """The Hessian times a direction, for as many numbers of the one as of the other, without the Hessian."""
    xs, direction = both[: len(both) // 2], both[len(both) // 2 :]
    slope = total([g * d for g, d in zip(gradients(_value(function(*xs)), xs), direction)])
    return gradients(slope, xs)


def _value(y: Any) -> Value:
    return y if type(y) is Value else constant(y, "derivative")
