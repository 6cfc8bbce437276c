"""How an operation is written over its operands, with parentheses only where they are needed.

>>> a, b = PLAIN.name("a"), PLAIN.number(-2.0)
>>> PLAIN.operation("mul", [PLAIN.operation("add", [a, b]), b]).text
'(a + -2) * -2'
>>> PLAIN.operation("pow", [b, a]).text
'(-2) ** a'
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from ...ops import TABLE


class Written(NamedTuple):
    """A text, and how tightly it holds together: the precedence of its outermost operator."""

    text: str
    tight: int = 100


class Notation(NamedTuple):
    """How names, numbers and operations are written; `special` has those that are no plain call or operator."""

    name: Callable[[str], Written]
    number: Callable[[float], Written]
    call: Callable[[str, Sequence[str]], str]
    signs: Mapping[str, str]
    special: Mapping[str, Callable[[Notation, Sequence[Written]], Written]] = {}
    brackets: tuple[str, str] = ("(", ")")
    width: int = 72  # characters of one line, before a part of it gets a line of its own
    bare: bool = True   # whether a sign may follow an operator, as in a + -2
    exact: bool = False  # whether x * (y * z) keeps its brackets, because floats round and overflow in that order

    def operation(self, op: str, operands: Sequence[Written]) -> Written:
        """An operation of the table over what its operands have been written as."""
        if op in self.special:
            return self.special[op](self, operands)
        sign = operator(op)
        if sign is None:
            return Written(self.call(op, [operand.text for operand in operands]))
        if len(operands) == 1:
            return Written(self.signs["neg"] + self.held(operands[0], TIGHTNESS["neg"] + 1), TIGHTNESS["neg"])
        tight = TIGHTNESS[sign]
        left, right = operands
        return Written(
            self.held(left, tight + (sign == "**"))
            + self.signs[sign]
            + self.held(right, tight + (sign in "-/" or self.exact and sign in "+*"), after=True),
            tight,
        )

    def held(self, operand: Written, tight: int, after: bool = False) -> str:
        """The operand, in brackets if it would come apart; a sign in front holds `after` an operator: 2 ** -x."""
        holds = operand.tight >= tight or after and operand.tight == TIGHTNESS["neg"]
        if after and not self.bare and operand.text.startswith("-"):
            holds = False
        return operand.text if holds else operand.text.join(self.brackets)


def summed(notation: Notation, operands: Sequence[Written]) -> Written:
    """total(xs) as a sum."""
    text = notation.signs["+"].join(notation.held(each, TIGHTNESS["+"], i > 0) for i, each in enumerate(operands))
    return Written(text, TIGHTNESS["+"] if len(operands) > 1 else operands[0].tight)


def sum_of_products(notation: Notation, operands: Sequence[Written]) -> Written:
    """dot(ws, xs) as the sum of the products of its halves."""
    half = len(operands) // 2
    return summed(notation, [notation.operation("mul", pair) for pair in zip(operands[:half], operands[half:])])


def itself(notation: Notation, operands: Sequence[Written]) -> Written:
    """+a, which is a."""
    return operands[0]


TIGHTNESS = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "**": 4}
_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.USub: "-",
}  # fmt: skip


@cache
def operator(op: str) -> str | None:
    """The operator of an operation, from its formula in the table; None for a function."""
    formula = ast.parse(TABLE[op].formula, mode="eval").body
    return _SIGNS[type(formula.op)] if isinstance(formula, ast.BinOp | ast.UnaryOp) else None


def numbered(x: float) -> Written:
    """All digits that tell the number from its neighbours; whole numbers without a point, but for -0.0."""
    text = "-0.0" if repr(x) == "-0.0" else repr(x).removesuffix(".0")  # Python knows no whole number -0
    return Written(text, TIGHTNESS["neg"] if text.startswith("-") else 100)


def called(op: str, operands: Sequence[str], brackets: str = "") -> str:
    return f"{op}({brackets[:1]}{', '.join(operands)}{brackets[1:]})"


PLAIN = Notation(
    name=Written,
    number=numbered,
    call=called,
    signs={sign: f" {sign} " for sign in ("+", "-", "*", "/", "**")} | {"neg": "-"},
    special={"pos": itself, "total": summed, "dot": sum_of_products},
)
