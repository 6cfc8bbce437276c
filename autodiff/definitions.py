"""Functions as rules: a straight-line function, from its source, whose body may stand in place of a call of it.

>>> from autodiff.rule import parse
>>> square = define("def square(x):\\n    return x * x")
>>> expand(parse("1 + square(a)"), {"square": square}.get)
Binary('+', Number(1), Binary('*', Name('a'), Name('a')))
"""

import ast
import linecache
from collections.abc import Callable, Sequence
from itertools import takewhile
from types import FunctionType
from typing import NamedTuple

from .door import syntax
from .rule import Call, Rule, read


class Definition(NamedTuple):
    """A function as rules: its parameters, the names that it gives to parts in order, its result."""

    parameters: tuple[str, ...]
    steps: tuple[tuple[str, Rule], ...]
    result: Rule


def define(text: str) -> Definition:
    """A straight-line function, from its source: assignments, then a return. NotImplementedError if it is not such.

    >>> define("def sech(x):\\n    e = exp(-abs(x))\\n    return 2.0 * e / (1.0 + e * e)").steps
    (('e', Call('exp', (Unary('-', Call('abs', (Name('x'),))),))),)
    """
    match syntax(text).body:
        case [ast.FunctionDef(args=ast.arguments(args=parameters), body=[*body, ast.Return(ast.expr() as result)])]:
            texts = [each for each in body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]
            steps = [step for each in texts for step in _steps(each)]
            return Definition(tuple(each.arg for each in parameters), tuple(steps), read(result))
    raise NotImplementedError("expected one function that ends with a return")


def _steps(statement: ast.stmt) -> list[tuple[str, Rule]]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=word)], value=value):
            return [(word, read(value))]
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            return [(name.id, read(value)) for name, value in zip(names, values) if isinstance(name, ast.Name)]
    raise NotImplementedError("expected assignments")


def apply(definition: Definition, arguments: Sequence[Rule]) -> Rule:
    """The result of a definition without steps, over these arguments."""
    return definition.result.substitute(dict(zip(definition.parameters, arguments, strict=True)))


def expand(rule: Rule, definitions: Callable[[str], Definition | None]) -> Rule:
    """The rule with the bodies of functions in place of calls of them, and of those that they call."""

    def change(each: Rule) -> Rule:
        found = definitions(each.function) if isinstance(each, Call) else None
        return expand(apply(found, each.operands), definitions) if found else each

    return rule.rebuilt(change)


def text_of(function: FunctionType) -> str:
    """The source of a function of a module of ours; inspect.getsource would read it token by token."""
    code = function.__code__
    first, *rest = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :]
    return first + "".join(takewhile(lambda line: line.startswith((" ", "\n")), rest))
