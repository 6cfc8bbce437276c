"""Rules as trees of MathML, which browsers draw without a library: fractions, powers, roots, cases.

A tree is JSON: ["mfrac", above, below]. A string is a hole for what an operand is called, "(a)" where brackets go round
a negative one.

>>> from autodiff.rule import parse
>>> print(Typeset().write(parse("1 - y ** 2"), {"y": Written('"y"', 0)}))
["mrow",["mn","1"],["mo","−"],["msup","(y)",["mn","2"]]]
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from ...notation import ATOM, Reading, Written
from ...rule import COMPARISONS


class Typeset(Reading):
    """Rules as trees of MathML, in JSON."""

    signs = {"*": "·", "-": "−", "<=": "≤", ">=": "≥", "!=": "≠", "==": "=", "&": "and", "|": "or", "not": "not"}
    words = {"pi": "π", "sigmoid": "σ", "inf": "∞"}
    brackets = ('["mrow",["mo","("],', ',["mo",")"]]')

    def number(self, value: float) -> Written:
        text = repr(value).removesuffix(".0")
        return Written(_leaf("mn", text.replace("-", "−")), self.levels["unary"] if text.startswith("-") else ATOM)

    def name(self, word: str) -> Written:
        return Written(_leaf("mi", self.words.get(word, word)))

    def blocked(self) -> Written:
        return Written(_leaf("mtext", "blocked"))

    def unary(self, sign: str, operand: Written) -> Written:
        level = self.levels["not" if sign == "not" else "unary"]
        return Written(_tree("mrow", self.space(sign), self.bracket(operand, level + 1)), level)

    def binary(self, sign: str, left: Written, right: Written) -> Written:
        """A fraction and an exponent hold what they hold without brackets."""
        if sign == "/":
            return Written(_tree("mfrac", left.text, right.text), self.levels["**"])
        if sign == "**":
            return Written(_tree("msup", self.bracket(left, self.levels["**"] + 1), right.text), self.levels["**"])
        level = self.levels[sign]
        least = level + (sign in COMPARISONS)
        first, second = self.bracket(left, least), self.bracket(right, level + 1, after=True)
        return Written(_tree("mrow", first, self.space(sign), second), level)

    def space(self, sign: str) -> str:
        return _leaf("mo", self.signs.get(sign, sign))

    def bracket(self, operand: Written, least: int, after: bool = False) -> str:
        if operand.text.startswith('"') and not operand.tight:
            return json.dumps(f"({json.loads(operand.text)})")
        negative = after and operand.tight == self.levels["unary"]
        return operand.text.join(self.brackets) if negative else super().bracket(operand, least)

    def call(self, function: str, arguments: Sequence[Written]) -> Written:
        """A function over its arguments; roots, powers of e and absolute values as they are drawn."""
        first = arguments[0].text
        match function:
            case "sqrt":
                return Written(_tree("msqrt", first))
            case "exp":
                return Written(_tree("msup", _leaf("mi", "e"), first), self.levels["**"])
            case "abs":
                return Written(_tree("mrow", _leaf("mo", "|"), first, _leaf("mo", "|")))
            case "xlogy":
                return super().call(function, arguments)
        listed = [part for each in arguments for part in (_leaf("mo", ","), each.text)][1:]
        name = self.name(function).text
        return Written(_tree("mrow", name, _leaf("mo", "\u2061"), _leaf("mo", "("), *listed, _leaf("mo", ")")))

    def choice(self, condition: Written, chosen: Written, other: Written) -> Written:
        """Cases, one above the other."""
        first = _tree("mtr", _tree("mtd", chosen.text), _tree("mtd", _leaf("mtext", "if\u00a0"), condition.text))
        last = _tree("mtr", _tree("mtd", other.text), _tree("mtd", _leaf("mtext", "otherwise")))
        return Written(_tree("mrow", _leaf("mo", "{"), _tree("mtable", first, last)), 0)

    def part(self, whole: Written, index: int) -> Written:
        return Written(_tree("msub", self.bracket(whole, ATOM), _leaf("mn", str(index))))


def _tree(kind: str, *parts: str) -> str:
    return f"[{json.dumps(kind)},{','.join(parts)}]"


def _leaf(kind: str, text: str) -> str:
    return _tree(kind, json.dumps(text, ensure_ascii=False))
