"""A recorded graph run again, forward and backward, over other numbers: fractions, 50 digits, dual numbers, Values.

The graph says which operations ran on what, the table what an operation is, and a `System` of `numbers` over what.

>>> from fractions import Fraction
>>> from autodiff import Value
>>> a, b = Value(-4.0), Value(2.0)
>>> y = a / b + 1 / (a * b)
>>> exact = replay(y, Fraction)
>>> exact.value, exact.gradients[a], exact.gradients[b]
(Fraction(-17, 8), Fraction(15, 32), Fraction(17, 16))
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache, partial
from typing import Any, NamedTuple

from . import elementwise, kernels, reductions, rules
from .errors import ArgumentError, OperandError, shown
from .graph import topological_order
from .numbers import FLOATS, FRACTIONS, N, System, duals, many_digits, plain
from .ops import TABLE
from .value import Value


class _OfValues(rules.Lazy):
    """`==` between Values is identity, and none is true or false; in a rule their numbers are compared, or tested."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        rule = super().visit_Call(node)
        if isinstance(rule, ast.IfExp):
            rule.test = rules.call("holds", rule.test)
        return rule

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.ops[0], ast.Eq | ast.NotEq):
            return node
        same = rules.call("equal", node.left, node.comparators[0])
        return same if isinstance(node.ops[0], ast.Eq) else ast.UnaryOp(op=ast.Not(), operand=same)


@cache
def of_values(rule: str) -> str:
    """The rule for Values."""
    return ast.unparse(_OfValues().visit(ast.parse(rule, mode="eval")))


def _softmax(xs: list[Any]) -> list[Any]:
    return reductions.softmax(*xs)


def _equal(a: Any, b: Any) -> bool:
    return bool(getattr(a, "data", a) == getattr(b, "data", b))


def _holds(condition: Any) -> bool:
    return bool(getattr(condition, "data", condition))


def _whole_quotient(a: Any, b: Any) -> float:
    return kernels.floor_divide(float(getattr(a, "data", a)), float(getattr(b, "data", b)))  # it has no slope


def _value_names() -> dict[str, Any]:
    names = {name: getattr(elementwise, name) for name in TABLE if hasattr(elementwise, name)}
    names |= {op.name: partial(reductions.of_many, op.name) for op in TABLE.values() if op.variadic}
    names |= {name: getattr(kernels, name) for name in ("pi", "nan", "inf", "ones", "swapped")}
    names |= {"abs": abs, "softmax": _softmax, "equal": _equal, "holds": _holds}
    names |= {"whole_quotient": _whole_quotient}
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
    order = topological_order(y)
    at = dict(at or {})
    inputs = {node for node in order if not node.parents}
    strangers = [x for x in at if x not in inputs]
    if strangers:
        raise ArgumentError(f"replay: expected numbers for inputs of the graph, got one for {shown(strangers[0])}")
    numbers: dict[Value, N] = {}
    for node in order:
        if node.parents:
            operands: Any = [numbers[parent] for parent in node.parents]
            numbers[node] = system.formula(node.op)(*([operands] if TABLE[node.op].variadic else operands))
        else:
            numbers[node] = _given(at[node], system) if node in at else system.number(node.data)
    return Replay(numbers[y], _pull(order, numbers, system))


def _given(x: N, system: System) -> N:
    """A number from the caller: of the system already, or an ordinary one."""
    return system.number(x) if isinstance(x, float | int) else x


def _pull(order: Sequence[Value], numbers: Mapping[Value, N], system: System) -> dict[Value, N]:
    add, mul = system.formula("add"), system.formula("mul")
    adjoint: dict[Value, N] = {order[-1]: system.number(1.0)}
    for node in reversed(order):
        if node in adjoint and node.parents:
            op = TABLE[node.op]
            operands: Any = [numbers[parent] for parent in node.parents]
            for index, rule in enumerate(op.slopes):
                targets = node.parents if op.variadic else node.parents[index : index + 1]
                if rule is None or all(target.op == "constant" for target in targets):
                    continue
                inputs = [operands] if op.variadic else operands
                slope: Any = system.slope(op.name, index)(*inputs, numbers[node])
                for target, each in zip(targets, slope if op.variadic else [slope], strict=True):
                    if each is not None and target.op != "constant":
                        sent = mul(each, adjoint[node])
                        adjoint[target] = add(adjoint[target], sent) if target in adjoint else sent
    zero = system.number(0.0)
    return {node: adjoint.get(node, zero) for node in order if node.op == "input"}


def _system(name: Any) -> System:
    try:
        return SYSTEMS[name]()
    except (KeyError, TypeError):
        known = ", ".join(repr(key) for key in SYSTEMS if isinstance(key, str))
        raise ArgumentError(f"replay: expected a System, float, Fraction, Value, {known}, got {shown(name)}") from None
