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

import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

from . import additions, elementwise, kernels, kinks, reductions, rules, stable
from .dual_numbers import duals
from .errors import ArgumentError, OperandError, shown
from .graph import topological_order
from .numbers import FLOATS, FRACTIONS, N, System, many_digits, plain
from .notation import Conditional, Written
from .ops import TABLE, Op
from .rule import Rule
from .trace import evaluate, leading_from, leading_to, reverse, trace_of
from .value import Value, constant


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
    return OfValues().write(rule)


def _softmax(xs: list[Any]) -> list[Any]:
    return reductions.softmax(*xs)


def _equal(a: Any, b: Any) -> bool:
    """Whether two numbers are equal, by comparisons, of which a recording hears."""
    return bool(a <= b) and bool(a >= b)


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


def _beside_numbers(op: Op, *operands: Any) -> Any:
    """An operation that takes numbers beside a Value, such as the bounds of `clip`, of operands that are all Values."""
    known = [x._data if slope is None and type(x) is Value else x for slope, x in zip(op.slopes, operands)]
    return getattr(elementwise, op.name)(*known)


def _power_slope(a: Value, b: Value) -> Any:
    """b * a ** (b - 1), written out, as readers of a gradient graph expect it, where b - 1 is exact and the power
    neither overflows nor loses digits before b scales it; else one row, which is right there too.
    """
    exponent = b._data
    exact = exponent - (exponent - 1) == 1 and exponent - 1 + 1 == exponent and not -1 < exponent < 1 / 16
    if exact and _is_normal(a, exponent - 1) and b.op == "constant":
        return b * a ** (b - 1)
    return vars(elementwise)["power_slope"](a, b)


def _value_names() -> dict[str, Any]:
    names = {name: getattr(elementwise, name) for name in TABLE if hasattr(elementwise, name)}
    beside = [op for op in TABLE.values() if op.has_constants and not op.by_condition]
    names |= {op.name: partial(_beside_numbers, op) for op in beside}
    names |= {op.name: partial(reductions.of_many, op.name) for op in TABLE.values() if op.variadic}
    names |= {name: getattr(kernels, name) for name in ("pi", "nan", "inf", "ones", "swapped")}
    names |= {"abs": abs, "softmax": _softmax, "equal": _equal, "holds": _holds}
    names |= {"whole_quotient": _whole_quotient, "power_slope": _power_slope}
    names |= {"gaussian_slope": _gaussian_slope, "normal_pdf_slope": _normal_pdf_slope, "remainder": operator.mod}
    return plain(names, of_values)


VALUES = System("Value", Value, _value_names(), of_values)
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
    leaves = [None if node.parents else _read(at.get(node, node._data), system) for node in order]
    numbers = evaluate(trace, system, leaves.__getitem__)
    free = [operation != "constant" for operation in trace.operations]
    found = reverse(trace, system, numbers, {len(order) - 1: system.number(1.0)}, free)
    slopes = {node: slope for node, slope in zip(order, found) if node.op == "input"}
    zero = system.number(0.0)
    return Replay(numbers[-1], {node: zero if slope is None else slope for node, slope in slopes.items()})


def _read(x: N, system: System) -> N:
    """A number from the caller: of the system already, or an ordinary one."""
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
    side on which the numbers of y are. Where a program is recorded, the comparisons that chose it are part of it.
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
    active = leading_from(trace, [place for place, node in enumerate(order) if node in inputs])
    if lines is not None:
        for node, is_reached, is_active in zip(order, leading_to(trace, [root]), active):
            if is_reached and is_active and node.op in TABLE and TABLE[node.op].kinks:
                kinks.warn(node, lines, kinks_over_values(node.op))
    found = reverse(trace, VALUES, order, {root: 1.0} if active[root] else {}, active)
    slopes = {node: slope for node, slope in zip(order, found) if slope is not None and node in inputs}
    return [as_value(slopes.get(x, 0.0)) for x in xs]


def as_value(x: Any) -> Value:
    """A number as a Value that receives no gradient."""
    return x if type(x) is Value else constant(x, "gradient")


def _system(name: Any) -> System:
    try:
        return SYSTEMS[name]()
    except (KeyError, TypeError):
        known = ", ".join(repr(key) for key in SYSTEMS if isinstance(key, str))
        raise ArgumentError(f"replay: expected a System, float, Fraction, Value, {known}, got {shown(name)}") from None
