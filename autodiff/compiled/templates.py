"""The rules of the table as templates of code: `template("tanh'0", ...)` is "sech({a}) * sech({a}) * {g}".

A slope becomes a contribution by pushing the multiplication by the upstream gradient g into the branches of its
`where`: a branch that is `blocked` gives 0.0, whatever g is, so an operand that was not selected gets no 0 * inf.

>>> contribution("where(a <= 0, blocked, 1)")
'where(a <= 0, 0.0, g)'
>>> template("div'1", math=True).text
'div_slope({a}, {b}) * {g}'
"""

import ast
import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from .. import rules, stable
from ..ops import TABLE
from .preamble import text_of
from .program import COMPARISONS, parted

WORDS = re.compile(r"(?<![\w.'])[A-Za-z_]\w*")
# The slope of a ** 2 is 2 a to the bit, but where a, or 2 a, leaves the normal numbers: far from where a * a does.
SQUARE_SLOPE = "where(1e-300 < a * a < 1e300, 2 * a, power_slope(a, b)) * g"


class Template(NamedTuple):
    """Code with its operands left open, and the parts of it that are worth computing once."""

    text: str
    shared: tuple[str, ...]

    def of_condition(self) -> "Template":
        """For a `where` whose first operand is a comparison already, and not a number to compare with 0."""
        return Template(re.sub(r"\{a\} > 0(\.0)?", "{a}", self.text), ())


@cache
def contribution(slope: str) -> str:
    """The rule of slope times g."""
    return ast.unparse(_pushed(ast.parse(slope, mode="eval").body))


@cache
def opening(slope: str, no: str) -> str:
    """Whether a slope exists: where none of its conditions leads to `blocked`.

    >>> opening("where(a <= 0, blocked, 1)", "not")
    'not (a <= 0)'
    """
    return _opening(ast.parse(slope, mode="eval").body, no)


def _opening(node: ast.expr, no: str) -> str:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "where"):
        return str(not (isinstance(node, ast.Name) and node.id == "blocked"))
    condition, (yes, other) = ast.unparse(node.args[0]), (_opening(side, no) for side in node.args[1:])
    if (yes, other) == ("True", "False"):
        return condition
    if (yes, other) == ("False", "True"):
        return f"{no} ({condition})"
    return f"({condition}) | ({other})" if yes == "True" else f"where({condition}, {yes}, {other})"


def _pushed(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "where":
        condition, chosen, other = node.args
        return rules.call("where", condition, _pushed(chosen), _pushed(other))
    if isinstance(node, ast.Name) and node.id == "blocked":
        return ast.Constant(0.0)
    upstream = ast.Name("g", ast.Load())
    if isinstance(node, ast.Constant) and node.value == 1:
        return upstream
    return ast.BinOp(node, ast.Mult(), upstream)


@cache
def template(op: str, math: bool, literals: tuple[tuple[str, str], ...] = ()) -> Template:
    """The code of a row ("tanh") or a slope's contribution ("tanh'0"), for floats or for arrays.

    `literals` are the operands that are plain numbers, by letter, as they are to be written.
    """
    row, mark, index = parted(op)
    if row in COMPARISONS:
        rule = COMPARISONS[row]
    elif mark:
        slope = TABLE[row].slopes[int(index)] or "blocked"
        rule = contribution(slope) if mark == "'" else opening(slope, "not" if math else "~")
        if op == "pow'0" and ("b", "2.0") in literals:
            rule = SQUARE_SLOPE if math else "2 * a * g"
    else:
        rule = TABLE[row].formula
    tree = ast.parse(rule, mode="eval")
    tree = _Inline().visit(tree)
    if math:
        tree = _Compared().visit(ast.parse(rules.ieee(ast.unparse(tree)), mode="eval"))
    tree = _Literals(dict(literals)).visit(tree)
    tree = _Ones().visit((_Divisions() if math else _Floats()).visit(tree))
    shared = [ast.unparse(part) for part in _parts(tree.body)
              if part is not tree.body and not (math and isinstance(part, ast.Compare))]  # as quick as to look it up
    return Template(_open(ast.unparse(tree)), tuple(_open(text) for text in dict.fromkeys(shared)))


def _open(text: str) -> str:
    return WORDS.sub(lambda word: f"{{{word[0]}}}" if word[0] in ("a", "b", "c", "y", "g") else word[0], text)


def _parts(node: ast.expr) -> list[ast.expr]:
    """The calls and comparisons that certainly run: not those in one branch of a conditional expression."""
    if isinstance(node, ast.IfExp):
        return _parts(node.test)
    parts = [part for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr) for part in _parts(child)]
    named = any(isinstance(part, ast.Name) and part.id in ("a", "b", "c", "y") for part in ast.walk(node))
    return [*parts, node] if named and isinstance(node, (ast.Call, ast.Compare)) else parts


class _Literals(ast.NodeTransformer):
    def __init__(self, literals: Mapping[str, str]) -> None:
        self.literals = literals

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.parse(self.literals[node.id], mode="eval").body if node.id in self.literals else node


class _Ones(ast.NodeTransformer):
    """1.0 times x, and x over 1.0, is x, to the bit."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, (ast.Mult, ast.Div)) and isinstance(node.right, ast.Constant) and node.right.value == 1:
            return node.left
        ones = isinstance(node.op, ast.Mult) and isinstance(node.left, ast.Constant) and node.left.value == 1
        return node.right if ones else node


class _Compared(ast.NodeTransformer):
    """For floats: Python compares two floats faster than a float and an integer."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        sides = [ast.Constant(float(each.value)) if isinstance(each, ast.Constant) and type(each.value) is int else each
                 for each in (node.left, *node.comparators)]  # fmt: skip
        return ast.Compare(sides[0], node.ops, sides[1:])


class _Divisions(ast.NodeTransformer):
    """For floats: a division by a number other than 0 cannot raise."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "divide":
            divisor = node.args[1].operand if isinstance(node.args[1], ast.UnaryOp) else node.args[1]
            if isinstance(divisor, ast.Constant) and divisor.value:
                return ast.BinOp(node.args[0], ast.Div(), node.args[1])
        return node


class _Floats(ast.NodeTransformer):
    """For arrays: numbers are floats, and a quotient of plain numbers must not raise."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Constant(float(ast.literal_eval(node)))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div) or any(isinstance(part, ast.Name) for part in ast.walk(node)):
            return node
        left, right = node.left, node.right
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant) and right.value:
            return ast.Constant(ast.literal_eval(left) / ast.literal_eval(right))
        return rules.call("divide", node.left, node.right)


class _Inline(ast.NodeTransformer):
    """A stable function that is one expression is written in place: a call costs more than a comparison."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        body = _expression(node.func.id) if isinstance(node.func, ast.Name) else None
        if body is None or not all(isinstance(argument, (ast.Name, ast.Constant)) for argument in node.args):
            return node
        names, expression = body
        bound: ast.expr = _Bound(dict(zip(names, node.args))).visit(ast.parse(expression, mode="eval").body)
        return bound


class _Bound(ast.NodeTransformer):
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
