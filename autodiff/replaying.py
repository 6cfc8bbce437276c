"""A recorded graph run again, forward and backward, over other numbers: fractions, 50 digits, dual numbers, Values.

    replay(y, system)        the value and the gradient of y over another number system
    gradient_graph(y, xs)    the gradient of y over Values: draw it, evaluate it, differentiate it again

The graph says which operations ran on what, the table what an operation is, and a `System` of `numbers` over what.

>>> from fractions import Fraction
>>> from autodiff import Value
>>> a, b = Value(-4.0), Value(2.0)
>>> y = a / b + 1 / (a * b)
>>> exact = replay(y, Fraction)
>>> exact.value, exact.gradients[a], exact.gradients[b]
(Fraction(-17, 8), Fraction(15, 32), Fraction(17, 16))
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from . import additions, kinks, rules
from .dual_numbers import duals
from .errors import ArgumentError, OperandError, shown
from .graph import topological_order
from .hooks import listening
from .numbers import FLOATS, FRACTIONS, N, System, many_digits
from .ops import TABLE
from .over_values import VALUES, of_values
from .selection import reverse_both_sides
from .trace import evaluate, leading_from, leading_to, reverse, trace_of
from .value import Value, constant


SYSTEMS: dict[Any, Callable[[], System]] = {
    float: lambda: FLOATS, "float": lambda: FLOATS, Fraction: lambda: FRACTIONS, "fraction": lambda: FRACTIONS,
    "mpmath": many_digits, "dual": duals, Value: lambda: VALUES, "values": lambda: VALUES,
}  # fmt: skip


class Replay(NamedTuple):
    """What a graph gives over another number system."""

    value: N
    gradients: dict[Value, N]


def replay(y: Value, system: Any = float, at: Mapping[Value, Any] | None = None) -> Replay:
    """The graph of y run again, forward and backward, over another number system, from its leaves' numbers or `at`.

    `system` is float, Fraction, "mpmath", "dual", Value, or a `System` of `autodiff.numbers`. `gradients` maps every
    input that y depends on to its derivative.

    >>> x = Value(3.0)
    >>> replay(1 / x, Fraction).gradients[x]
    Fraction(-1, 9)
    """
    if not isinstance(y, Value):
        raise OperandError(f"replay: expected a Value, got {shown(y)}")
    system = system if isinstance(system, System) else _system(system)
    if not isinstance(at, Mapping | None):
        raise OperandError(f"replay: expected a dict of numbers for inputs as at, got {shown(at)}")
    order, at = topological_order(y), dict(at or {})
    inputs = {node for node in order if not node.parents}
    strangers = [x for x in at if x not in inputs]
    if strangers:
        raise ArgumentError(f"replay: expected numbers for inputs of the graph, got one for {shown(strangers[0])}")
    trace = trace_of(order)
    leaves = [None if node.parents else _read(at[node] if node in at else node.data, system) for node in order]
    numbers = evaluate(trace, system, leaves.__getitem__)
    free = [operation != "constant" for operation in trace.operations]
    found = reverse(trace, system, numbers, {len(order) - 1: system.number(1.0)}, free)
    slopes = {node: slope for node, slope in zip(order, found) if node.op == "input"}
    zero = system.number(0.0)
    return Replay(numbers[-1], {node: zero if slope is None else slope for node, slope in slopes.items()})


def _read(x: N, system: System) -> N:
    """A number from the caller: of the system already, or an ordinary one; NumPy's would round as it does."""
    if type(x) is not Value and getattr(x, "ndim", None) == 0:
        x = x.item()
    return system.number(x) if isinstance(x, float | int) else x


@additions.cached
def kinks_over_values(operation: str) -> list[Callable[..., bool]]:
    """The conditions for a kink, as functions of Values: a recording hears of their comparisons."""
    op = TABLE[operation]
    return [rules.function(", ".join(op.inputs), kink, VALUES.names, of_values, f"kink of {operation}")
            for kink in op.kink_rules]  # fmt: skip


def gradient_graph(y: Value, xs: Sequence[Value],
                   lines: Mapping[Value, str] | None = None) -> list[Value]:  # fmt: skip
    """The derivative of y with respect to each of xs, as Values of the same graph.

    Each slope rule of the table is run over Values instead of floats. A graph stands on one side of each kink: the
    side on which the numbers of y are. Where a program is recorded for other numbers, it holds both sides and selects.
    With `lines`, a `KinkWarning` names an operation that stands at a kink where its slope is that of neither side, so
    that derivatives of the graph hold on neither side, and the line that made it, where `lines` has one for the node.

    >>> x = Value(3.0)
    >>> (slope,) = gradient_graph(x * x * x, [x])
    >>> slope.data, gradient_graph(slope, [x])[0].data
    (27.0, 18.0)
    """
    if not isinstance(xs, Sequence | set) or not all(isinstance(x, Value) for x in (y, *xs)):
        raise OperandError(f"gradient_graph: expected a Value and a list of Values, got {shown(y)} and {shown(xs)}")
    order, inputs = topological_order(y), set(xs)
    trace, root = trace_of(order), len(order) - 1
    active = leading_from(trace, _places(inputs, order))
    if lines is not None:
        _warn_of_kinks(order, leading_to(trace, [root]), active, lines)
    seeds = {root: 1.0} if active[root] else {}
    selects = any(watcher.selects for watcher in listening())
    found = reverse_both_sides(trace, order, seeds, active) if selects else reverse(trace, VALUES, order, seeds, active)
    slopes = {node: slope for node, slope in zip(order, found) if slope is not None and node in inputs}
    return [as_value(slopes.get(x, 0.0)) for x in xs]


def warn_of_kinks(ys: Sequence[Value], xs: Collection[Value], lines: Mapping[Value, str]) -> None:
    """Warn of the nodes at a kink that a derivative of ys with respect to xs comes through."""
    order = topological_order(*ys)
    trace = trace_of(order)
    _warn_of_kinks(order, leading_to(trace, _places(ys, order)), leading_from(trace, _places(xs, order)), lines)


def _warn_of_kinks(order: Sequence[Value], reached: Sequence[Any], active: Sequence[Any],
                   lines: Mapping[Value, str]) -> None:  # fmt: skip
    for node, is_reached, is_active in zip(order, reached, active):
        if is_reached and is_active and node.op in TABLE and TABLE[node.op].kinks:
            kinks.warn(node, lines, kinks_over_values(node.op))


def _places(nodes: Collection[Value], order: Sequence[Value]) -> list[int]:
    wanted = set(nodes)
    return [place for place, node in enumerate(order) if node in wanted]


def as_value(x: Any) -> Value:
    """A number as a Value that receives no gradient."""
    return x if type(x) is Value else constant(x, "gradient")


def _system(name: Any) -> System:
    try:
        return SYSTEMS[name]()
    except (KeyError, TypeError):
        known = ", ".join(repr(key) for key in SYSTEMS if isinstance(key, str))
        raise ArgumentError(f"replay: expected a System, float, Fraction, Value, {known}, got {shown(name)}") from None
