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
from functools import cache
from typing import NamedTuple

from ... import rules
from ...ops import TABLE
from ..ir.program import COMPARISONS, parted
from .rewrites import Compared, Divisions, Floats, Inline, Literals, Ones

WORDS = re.compile(r"(?<![\w.'])[A-Za-z_]\w*")
# The slope of a ** 2 is 2 a to the bit, but where a, or 2 a, leaves the normal numbers: far from where a * a does.
SQUARE_SLOPE = "where(1e-300 < a * a < 1e300, 2 * a, power_slope(a, b)) * g"


class Template(NamedTuple):
    """Code with its operands left open, and the parts of it that are worth computing once."""

    text: str
    shared: tuple[str, ...]

    def of_condition(self) -> "Template":
        """For a `where` whose first operand is a comparison already, and not a number to compare with 0."""
        return Template(re.sub(r"\(\{a\} < 0(\.0)?\) \| \(\{a\} > 0(\.0)?\)|\{a\} > 0(\.0)?", "{a}", self.text), ())


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
    square = op == "pow'0" and ("b", "2.0") in literals
    rule = (SQUARE_SLOPE if math else "2 * a * g") if square else _rule(op, math)
    tree = Inline().visit(ast.parse(rule, mode="eval"))
    if math:
        tree = Compared().visit(ast.parse(rules.ieee(ast.unparse(tree)), mode="eval"))
    tree = Literals(dict(literals)).visit(tree)
    tree = Ones().visit((Divisions() if math else Floats()).visit(tree))
    shared = [ast.unparse(part) for part in _parts(tree.body)
              if part is not tree.body and not (math and isinstance(part, ast.Compare))]  # as quick as to look it up
    return Template(_open(ast.unparse(tree)), tuple(_open(text) for text in dict.fromkeys(shared)))


def _rule(op: str, math: bool) -> str:
    """The rule of a row, of a slope's contribution, or of whether there is one."""
    row, mark, index = parted(op)
    if not mark:
        return COMPARISONS[row] if row in COMPARISONS else TABLE[row].formula
    slope = TABLE[row].slopes[int(index)] or "blocked"
    return contribution(slope) if mark == "'" else opening(slope, "not" if math else "~")


def _open(text: str) -> str:
    return WORDS.sub(lambda word: f"{{{word[0]}}}" if word[0] in ("a", "b", "c", "y", "g") else word[0], text)


def _parts(node: ast.expr) -> list[ast.expr]:
    """The calls and comparisons that certainly run: not those in one branch of a conditional expression."""
    if isinstance(node, ast.IfExp):
        return _parts(node.test)
    parts = [part for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr) for part in _parts(child)]
    named = any(isinstance(part, ast.Name) and part.id in ("a", "b", "c", "y") for part in ast.walk(node))
    return [*parts, node] if named and isinstance(node, (ast.Call, ast.Compare)) else parts
