"""Rules of the table as a teacher would write them: helpers by their mathematics, and the case that holds.

A rule may call a function of `stable` that is there for the digits only, such as `power_slope`; its docstring is what
it computes. And of a `where` a reader wants to see the side that was taken.

>>> mathematics("power_slope(a, b)")
'where(b == 0, 0, b * a ** (b - 1))'
>>> taken("where(a <= 0, blocked, 1)", [3.0], 3.0), taken(mathematics("power_slope(a, b)"), [5.0, 3.0], 125.0)
('1', 'b * a ** (b - 1)')
"""

import ast
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from .. import kernels, stable
from ..door import expression
from ..ops import TABLE

SPACE = vars(kernels) | {name: getattr(stable, name) for name in stable.NAMES}
# A reader has no need to know their names; `sech` and its like are names of mathematics.
HELPERS = frozenset(name for name in stable.NAMES if name not in TABLE or name.endswith("_slope") or name == "unit")


@cache
def mathematics(rule: str) -> str:
    """The rule with each helper replaced by what it computes."""
    return ast.unparse(_Written().visit(ast.parse(rule, mode="eval")))


def taken(rule: str, inputs: Sequence[float], output: float) -> str:
    """The rule with each `where` replaced by the side that these numbers take."""
    numbers = dict(zip("abc", inputs)) | {"y": output}
    return _taken(rule, tuple(bool(condition(**numbers)) for condition in _conditions(rule, tuple(numbers))))


@cache
def _conditions(rule: str, names: tuple[str, ...]) -> tuple[Callable[..., Any], ...]:
    """The conditions of the rule's `where`s, in the order of a walk, as functions of the numbers of these names."""
    found = [ast.unparse(call.args[0]) for call in _choices(ast.parse(rule, mode="eval"))]
    return tuple(expression(condition, ", ".join(names), "condition", SPACE) for condition in found)


@cache
def _taken(rule: str, outcomes: tuple[bool, ...]) -> str:
    tree = ast.parse(rule, mode="eval")
    return ast.unparse(_Chosen(dict(zip(map(id, _choices(tree)), outcomes, strict=True))).visit(tree))


def _choices(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) == "where"]


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


class _Chosen(ast.NodeTransformer):
    def __init__(self, outcomes: dict[int, bool]) -> None:
        self.outcomes = outcomes

    def visit_Call(self, call: ast.Call) -> ast.AST:
        if id(call) in self.outcomes:
            return self.visit(call.args[1 if self.outcomes[id(call)] else 2])  # type: ignore[no-any-return]
        return self.generic_visit(call)


class _Written(ast.NodeTransformer):
    def visit_Call(self, call: ast.Call) -> ast.AST:
        self.generic_visit(call)
        if _called(call) not in HELPERS:
            return call
        helper = getattr(stable, _called(call))
        parameters = helper.__code__.co_varnames[: helper.__code__.co_argcount]
        body = _Filled(dict(zip(parameters, call.args, strict=True))).visit(ast.parse(helper.__doc__, mode="eval").body)
        return self.visit(body)  # type: ignore[no-any-return]


class _Filled(ast.NodeTransformer):
    def __init__(self, arguments: dict[str, ast.expr]) -> None:
        self.arguments = arguments

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.arguments.get(node.id, node)
