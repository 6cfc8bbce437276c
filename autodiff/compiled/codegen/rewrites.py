"""How a rule of the table is rewritten on its way to code: literals put in, ones left out, small functions in place.

Every rewriting keeps the bits.

>>> code = lambda tree: ast.unparse(tree)
>>> code(Ones().visit(ast.parse("1 * g + a / 1", mode="eval")))
'g + a'
>>> code(Literals({"b": "2.0"}).visit(ast.parse("pow(a, b)", mode="eval")))
'pow(a, 2.0)'
>>> code(Floats().visit(ast.parse("1 / 4 * a", mode="eval")))
'0.25 * a'
>>> code(Inline().visit(ast.parse("relu(a)", mode="eval")))
'where(a <= 0, 0.0, a)'
"""

import ast
import math
from collections.abc import Mapping
from functools import cache

from ... import rules, stable
from ...numbers import FLOATS
from .preamble import text_of


class Literals(ast.NodeTransformer):
    def __init__(self, literals: Mapping[str, str]) -> None:
        self.literals = literals

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.parse(self.literals[node.id], mode="eval").body if node.id in self.literals else node


class Ones(ast.NodeTransformer):
    """1.0 times x, and x over 1.0, is x, to the bit."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, (ast.Mult, ast.Div)) and isinstance(node.right, ast.Constant) and node.right.value == 1:
            return node.left
        ones = isinstance(node.op, ast.Mult) and isinstance(node.left, ast.Constant) and node.left.value == 1
        return node.right if ones else node


class Compared(ast.NodeTransformer):
    """For floats: Python compares two floats faster than a float and an integer."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        sides = [ast.Constant(float(each.value)) if isinstance(each, ast.Constant) and type(each.value) is int else each
                 for each in (node.left, *node.comparators)]  # fmt: skip
        return ast.Compare(sides[0], node.ops, sides[1:])


class Divisions(ast.NodeTransformer):
    """For floats: a division by a number other than 0 cannot raise."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "divide":
            divisor = node.args[1].operand if isinstance(node.args[1], ast.UnaryOp) else node.args[1]
            if isinstance(divisor, ast.Constant) and divisor.value:
                return ast.BinOp(node.args[0], ast.Div(), node.args[1])
        return node


class Floats(ast.NodeTransformer):
    """For arrays: numbers are floats, what is a function of plain numbers is one, and no quotient of such raises."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Constant(float(ast.literal_eval(node)))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(math.pi) if node.id == "pi" else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div) or any(isinstance(part, ast.Name) for part in ast.walk(node)):
            return node
        left, right = node.left, node.right
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant) and right.value:
            return ast.Constant(ast.literal_eval(left) / ast.literal_eval(right))
        return rules.call("divide", node.left, node.right)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or not all(isinstance(x, ast.Constant) for x in node.args):
            return node
        return ast.Constant(FLOATS.names[node.func.id](*(ast.literal_eval(x) for x in node.args)))


class Inline(ast.NodeTransformer):
    """A stable function that is one expression is written in place: a call costs more than a comparison."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        body = _expression(node.func.id) if isinstance(node.func, ast.Name) else None
        if body is None or not all(isinstance(argument, (ast.Name, ast.Constant)) for argument in node.args):
            return node
        names, expression = body
        bound: ast.expr = Bound(dict(zip(names, node.args))).visit(ast.parse(expression, mode="eval").body)
        return bound


class Bound(ast.NodeTransformer):
    def __init__(self, arguments: Mapping[str, ast.expr]) -> None:
        self.arguments = arguments

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.arguments.get(node.id, node)


@cache
def _expression(name: str) -> tuple[tuple[str, ...], str] | None:
    """The parameters and the one expression of a stable function, if it is no more than that."""
    if name not in ("relu", "leaky_relu"):
        return None
    body = ast.parse(text_of(getattr(stable, name))).body[0]
    assert isinstance(body, ast.FunctionDef)
    result = body.body[-1]
    assert isinstance(result, ast.Return) and result.value is not None
    return tuple(each.arg for each in body.args.args), ast.unparse(result.value)
