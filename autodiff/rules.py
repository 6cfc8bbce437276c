"""From the rules of the table to Python that runs them.

`lazy`, `call_by_name` and `ieee` write a rule for one number at a time; what is written goes through the `door`, so
that tracebacks, debuggers and `inspect.getsource` show it like any other code.

>>> ieee("where(a <= 0, blocked, 1)"), ieee("1 / b"), ieee("a ** b")
('None if a <= 0 else 1.0', 'divide(1.0, b)', 'pow(a, b)')
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from math import isfinite
from typing import Any

from . import additions
from .door import define, expression
from .notation import Conditional, Written
from .ops import VOCABULARY, Op
from .rule import BLOCKED, COMPARISONS, FUNCTIONS_OF_SIGNS, Binary, Number, Rule, Unary, parse

Writer = Callable[[Rule], str]


class Named(Conditional):
    """Division and powers are the functions `divide` and `pow`, for a number system to define."""

    functions = FUNCTIONS_OF_SIGNS

    def binary(self, sign: str, left: Written, right: Written) -> Written:
        function = self.functions.get(sign)
        return self.call(function, (left, right)) if function else super().binary(sign, left, right)


LAZY, NAMED = Conditional(), Named()


@cache
def lazy(rule: Rule | str) -> str:
    """The rule for one number at a time: only the chosen side of each `where` is evaluated."""
    return LAZY.write(_tree(rule))


@cache
def call_by_name(rule: Rule | str) -> str:
    """As `lazy`, with divide(a, b) for a / b and pow(a, b) for a ** b: for numbers whose operators raise or round.

    A float is the quotient of integers that it is exactly.

    >>> call_by_name("0.5 * a + 3.0")
    'divide(1, 2) * a + 3'
    """
    return NAMED.write(_tree(rule).rebuilt(_as_quotient))


@cache
def ieee(rule: Rule | str) -> str:
    """The rule for Python floats: as `call_by_name`, with floats for integers, and what can be computed now is."""
    return NAMED.write(floats(_tree(rule)))


def _as_quotient(rule: Rule) -> Rule:
    if not isinstance(rule, Number) or not isfinite(rule.value):
        return rule
    above, below = rule.value.as_integer_ratio()
    return Number(above) if below == 1 else Binary("/", Number(above), Number(below))


def _tree(rule: Rule | str) -> Rule:
    return parse(rule) if isinstance(rule, str) else rule


def floats(rule: Rule) -> Rule:
    """The rule with floats in place of integers, and what literals decide decided: 1 / 2 is 0.5.

    A number that is compared stays: `a == 0` is the same as `a == 0.0`, and reads better.
    """
    match rule:
        case Binary(sign, left, right) if sign in COMPARISONS:
            left, right = (side if is_literal(side) else floats(side) for side in (left, right))
            return Binary(sign, left, right)
        case Binary("/", left, right):
            above, below = floats(left), floats(right)
            if isinstance(above, Number) and isinstance(below, Number) and below.value:
                return Number(above.value / below.value)
            return Binary("/", above, below)
        case Unary("-", operand):
            inner = floats(operand)
            return Number(-inner.value) if isinstance(inner, Number) else Unary("-", inner)
        case Number(value):
            return Number(float(value))
    return rule.over(floats)


def is_literal(rule: Rule) -> bool:
    """Whether it is a number, or one with a sign."""
    return isinstance(rule.operand if isinstance(rule, Unary) else rule, Number)


def compile_source(
    name: str, source: str, namespace: dict[str, Any], arguments: Collection[str] = ()
) -> Callable[..., Any]:
    """The function `name` that `source` defines over `namespace`, with its source visible to debuggers."""
    words = {name, *arguments, *(f"{argument}_is_value" for argument in arguments), *OPERATOR_WORDS}
    found: Callable[..., Any] = define(source, name, namespace, words)[name]
    return found


OPERATOR_WORDS = frozenset({"self", "other", "node", "slopes", "Value", "constant"})


def parameters(op: Op) -> str:
    """The inputs of the operation as a rule names them: "a, b", or "xs"."""
    return ", ".join(op.inputs)


def formula(op: Op, namespace: Mapping[str, Any], write: Writer = lazy) -> Callable[..., Any]:
    """The operation's value over a number system, as a function of its inputs."""
    return function(parameters(op), op.rule, namespace, write, f"rule of {op.name}")


def slope(op: Op, index: int, namespace: Mapping[str, Any], write: Writer = lazy) -> Callable[..., Any]:
    """One slope over a number system, as a function of the inputs and the output; None from it means blocked."""
    rule = op.slope_rules[index] or BLOCKED
    return function(parameters(op) + ", y", rule, namespace, write, f"rule of {op.name}")


def function(
    arguments: str, rule: Rule, namespace: Mapping[str, Any], write: Writer, name: str = "rule"
) -> Callable[..., Any]:
    """A rule as a function of its arguments, over the names of a number system."""
    names = namespace if isinstance(namespace, dict) else dict(namespace)
    return expression(write(rule), arguments, name, names, VOCABULARY | {"erfc"} | additions.WORDS.keys())


def operator_source(op: Op, method: str, reflected: bool) -> str:
    """A method of Value that records an operation of one or two inputs: straight lines and few calls, for speed."""
    if op.arity == 1:
        return _method(f"def {method}(self):", ["a = self._data"], op, "(self,)", slopes=_slopes(op, set()))
    mine, theirs = ("b", "a") if reflected else ("a", "b")
    operands = "(other, self)" if reflected else "(self, other)"
    head = [
        f"{mine} = self._data",
        "if type(other) is Value:",
        f"    {theirs} = other._data",
        f"    y = {ieee(op.formula)}",
        f"    slopes = {_slopes(op, set())}",
        "else:",
        "    if type(other) not in PLAIN and is_array_of_values(other):",
        f"        return over_array({method!r}, self, other)",
        f"    other = constant(other, {op.name!r})",
        f"    {theirs} = other._data",
        f"    y = {ieee(op.formula)}",
        f"    slopes = {_slopes(op, {theirs})}",
    ]
    return _method(f"def {method}(self, other):", head, op, operands)


def function_source(op: Op, name: str, arguments: tuple[str, ...]) -> str:
    """A function of Values and numbers: numbers alone give a number, a Value among them records the operation."""
    free = [not rule for rule in op.slopes]
    tested = [x for x, constant in zip(arguments, free, strict=True) if not constant]
    lines = [f"{x}_is_value = type({x}) is Value" for x in tested]
    lines += ["# below, functions of numbers are those of autodiff.kernels and autodiff.stable"]
    some = " or ".join(f"{x}_is_value" for x in tested)
    lines += [f"if not {some}:" if len(tested) == 1 else f"if not ({some}):"]
    lines += [f"    {letter} = number({x}, {op.name!r})" for letter, x in zip(op.inputs, arguments)]
    lines += [f"    return {ieee(op.formula)}"]
    lines += [f"if not {x}_is_value:\n        {x} = constant({x}, {op.name!r})" for x in tested if len(tested) > 1]
    lines += [f"{x} = constant({x}, {op.name!r})" for x in arguments if x not in tested]
    lines += [f"{letter} = {x}._data" for letter, x in zip(op.inputs, arguments)]
    slopes = [
        f"({ieee(rule)}) if {x}_is_value else None" if rule and len(tested) > 1 else ieee(rule or "blocked")
        for x, rule in zip(arguments, op.slopes, strict=True)
    ]
    return _method(f"def {name}({', '.join(arguments)}):", lines, op, _tuple(arguments), _tuple(slopes))


def _slopes(op: Op, constants: set[str]) -> str:
    rules = (None if letter in constants else rule for letter, rule in zip(op.inputs, op.slopes))
    return _tuple([ieee(rule or "blocked") for rule in rules])


def _tuple(items: Sequence[str]) -> str:
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def _method(signature: str, head: list[str], op: Op, operands: str, slopes: str = "") -> str:
    body = list(head)
    if slopes:
        body += [f"y = {ieee(op.formula)}", f"slopes = {slopes}"]
    body += ["node = new(Value)", "node._data = y", "node._grad = 0.0", f"node.op = {op.name!r}"]
    body += [f"node.parents = {operands}", "node.slopes = slopes", "node._name = None"]
    body += ["if watchers:", "    watch(node)", "return node"]
    return "\n".join([signature, *("    " + line for line in body)]) + "\n"
