"""From the text of a rule to code that runs it: the only module that writes or compiles Python.

`lazy` and `ieee` rewrite a rule for scalars; `compiled` registers the source it writes in `linecache`, so that
tracebacks, debuggers and `inspect.getsource` show it like any other code.

>>> ieee("where(a <= 0, blocked, 1)"), ieee("1 / b"), ieee("a ** b")
('None if a <= 0 else 1.0', 'divide(1.0, b)', 'pow(a, b)')
"""

import ast
import linecache
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from .ops import Op

Writer = Callable[[str], str]


class Lazy(ast.NodeTransformer):
    """`where(c, x, y)` becomes `x if c else y`, and `blocked` becomes None."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "where":
            condition, chosen, other = node.args
            return ast.IfExp(test=condition, body=chosen, orelse=other)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(None) if node.id == "blocked" else node


class _Named(Lazy):
    """Also: division and powers become the functions `divide` and `pow`, for a number system to define."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Div):
            return call("divide", node.left, node.right)
        if isinstance(node.op, ast.Pow):
            return call("pow", node.left, node.right)
        return node


class _Ieee(_Named):
    """Also: integers become floats, and what can be computed now is."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Constant(float(_value(node)))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return ast.Constant(-_value(node.operand)) if isinstance(node.operand, ast.Constant) else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        literal = isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant)
        if literal and isinstance(node.op, ast.Div):
            return ast.Constant(_value(node.left) / _value(node.right))
        return super().visit_BinOp(node)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        return node  # `a == 0` compares the same with 0 and 0.0, and reads better


def _value(literal: ast.expr) -> Any:
    return ast.literal_eval(literal)


def call(function: str, *arguments: ast.expr) -> ast.expr:
    """The syntax tree of a call."""
    return ast.Call(func=ast.Name(function, ast.Load()), args=list(arguments), keywords=[])


@cache
def lazy(rule: str) -> str:
    """The rule for one number at a time: only the chosen side of each `where` is evaluated."""
    return ast.unparse(Lazy().visit(ast.parse(rule, mode="eval")))


@cache
def named(rule: str) -> str:
    """As `lazy`, with divide(a, b) for a / b and pow(a, b) for a ** b: for numbers whose operators raise or round."""
    return ast.unparse(_Named().visit(ast.parse(rule, mode="eval")))


@cache
def ieee(rule: str) -> str:
    """The rule for Python floats: as `lazy`, and nothing raises because of a number."""
    return ast.unparse(_Ieee().visit(ast.parse(rule, mode="eval")))


def compiled(name: str, source: str, namespace: dict[str, Any]) -> Callable[..., Any]:
    """The function `name` that `source` defines over `namespace`, with its source visible to debuggers."""
    filename = f"<autodiff {name}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    defined: dict[str, Callable[..., Any]] = {}
    exec(compile(source, filename, "exec"), namespace, defined)
    return defined[name]


def module(name: str, source: str) -> dict[str, Any]:
    """The names that `source`, a module of its own, defines, with its source visible to debuggers."""
    filename = f"<autodiff {name}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": name}
    exec(compile(source, filename, "exec"), namespace)
    return namespace


def parameters(op: Op) -> str:
    """The inputs of the operation as a rule names them: "a, b", or "xs"."""
    return ", ".join(op.inputs)


def formula(op: Op, namespace: Mapping[str, Any], write: Writer = lazy) -> Callable[..., Any]:
    """The operation's value over a number system, as a function of its inputs."""
    return _function(op, op.formula, parameters(op), namespace, write)


def slope(op: Op, index: int, namespace: Mapping[str, Any], write: Writer = lazy) -> Callable[..., Any]:
    """One slope over a number system, as a function of the inputs and the output; None from it means blocked."""
    return _function(op, op.slopes[index] or "blocked", parameters(op) + ", y", namespace, write)


def _function(op: Op, rule: str, arguments: str, namespace: Mapping[str, Any], write: Writer) -> Callable[..., Any]:
    code = compile(f"lambda {arguments}: {write(rule)}", f"<rule of {op.name}>", "eval")
    function: Callable[..., Any] = eval(code, dict(namespace))
    return function


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
    lines += [f"if not {x}_is_value:\n        {x} = constant({x}, {op.name!r})" for x in tested]
    lines += [f"{x} = constant({x}, {op.name!r})" for x in arguments if x not in tested]
    lines += [f"{letter} = {x}._data" for letter, x in zip(op.inputs, arguments)]
    if len(tested) == 1:
        lines = [line for line in lines if not line.startswith(f"if not {tested[0]}_is_value:\n")]
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
