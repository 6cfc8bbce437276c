r"""Formulas in LaTeX: fractions, roots, powers, Greek letters; whatever a name holds stays text.

>>> symbol("w0"), symbol("alpha"), symbol("loss"), symbol("layers_0_w_1")
('w_{0}', '\\alpha', '\\mathrm{loss}', '\\mathrm{layers\\_0\\_w\\_1}')
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ...notation import ATOM, Text, Written
from ...ops import TABLE

GREEK = frozenset(
    """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi
    omega""".split()
)
CONSTANTS = frozenset(["e", "pi"])  # as symbols they would be read as numbers


def symbol(word: str) -> str:
    """A word as a symbol: one letter or Greek, with its digits as an index; any other word upright."""
    letters, digits = re.fullmatch(r"(.*?)_?(\d*)", word, re.DOTALL).groups()  # type: ignore[union-attr]
    if word in CONSTANTS or word.endswith("_"):
        return upright(word)
    if letters in GREEK:
        stem = f"\\{letters}"
    elif len(letters) == 1 and letters.isascii():
        stem = letters
    else:
        return upright(word)
    return f"{stem}_{{{digits}}}" if digits else stem


class Symbols(dict[str, str]):
    r"""The symbol of each word of a formula; a word whose symbol is another's already is written out.

    >>> symbols = Symbols()
    >>> symbols["w0"], symbols["w_0"], symbols["w0"]
    ('w_{0}', '\\mathrm{w\\_0}', 'w_{0}')
    """

    def __missing__(self, word: str) -> str:
        found = symbol(word)
        self[word] = upright(word) if found in self.values() else found
        return self[word]


def upright(word: str) -> str:
    """A word that is no symbol; words are letters, digits and underlines, as `formulas.worded` makes them."""
    return rf"\mathrm{{{word}}}".replace("_", r"\_") if word.isascii() else rf"\text{{{word}}}".replace("_", r"\_")


class Latex(Text):
    """Formulas in LaTeX, each word by the symbol that `symbols` has for it."""

    brackets = (r"\left(", r"\right)")
    width = 240
    bare = False

    def __init__(self, symbols: Mapping[str, str]) -> None:
        self.symbols = symbols

    def name(self, word: str) -> Written:
        return Written(self.symbols[word])

    def number(self, value: float) -> Written:
        """A number, with a power of ten where Python writes an exponent."""
        text, tight = super().number(value)
        mantissa, e, exponent = text.partition("e")
        if e:
            return Written(rf"{mantissa} \cdot 10^{{{int(exponent)}}}", self.levels["**"])
        words = {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{nan}"}
        return Written(words.get(text, text), tight)

    def binary(self, sign: str, left: Written, right: Written) -> Written:
        level = self.levels["**"]
        if sign == "/":
            return Written(rf"\frac{{{left.text}}}{{{right.text}}}", level)
        if sign == "**":
            return Written(f"{self.bracket(left, level + 1)}^{{{right.text}}}", level)
        return self.product(left, right) if sign == "*" else super().binary(sign, left, right)

    def product(self, left: Written, right: Written) -> Written:
        """Factors side by side; a dot before a number."""
        level = self.levels["*"]
        first, second = self.bracket(left, level), self.bracket(right, level + 1, after=True)
        return Written(rf"{first} \cdot {second}" if second[:1].isdigit() else rf"{first} \, {second}", level)

    def call(self, function: str, arguments: Sequence[Written]) -> Written:
        """A function by its LaTeX in the table, which may be a pattern that goes round its operand."""
        texts = ", ".join(each.text for each in arguments)
        latex = TABLE[function].latex if function in TABLE else ""
        if "%s" in latex:
            return Written(latex % texts, self.levels["**"] if "^" in latex else ATOM)
        name = latex or rf"\operatorname{{{function}}}".replace("_", r"\_")
        return Written(rf"{name}\left({texts}\right)")
