r"""Formulas in LaTeX: fractions, roots, powers, Greek letters; whatever a name holds stays text.

>>> symbol("w0"), symbol("alpha"), symbol("loss"), symbol("layers_0_w_1")
('w_{0}', '\\alpha', '\\mathrm{loss}', '\\mathrm{layers\\_0\\_w\\_1}')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..graph.writing import PLAIN, TIGHTNESS, Notation, Written, numbered

GREEK = frozenset(
    """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi
    omega""".split()
)
KNOWN = frozenset("exp log sin cos tan sinh cosh tanh arcsin arccos arctan max min".split())  # LaTeX's own functions
CONSTANTS = frozenset(["e", "pi"])  # as symbols they would be read as numbers
SPELLED = {"log": "ln", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "maximum": "max", "minimum": "min"}


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


def number(x: float) -> Written:
    """A number, with a power of ten where Python writes an exponent."""
    text, tight = numbered(x)
    mantissa, e, exponent = text.partition("e")
    if e:
        return Written(rf"{mantissa} \cdot 10^{{{int(exponent)}}}", TIGHTNESS["*"])
    words = {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{nan}"}
    return Written(words.get(text, text), tight)


def call(op: str, operands: Sequence[str]) -> str:
    name = SPELLED.get(op, op)
    function = f"\\{name}" if name in KNOWN or name == "ln" else rf"\operatorname{{{name}}}".replace("_", r"\_")
    return rf"{function}\left({', '.join(operands)}\right)"


def product(notation: Notation, operands: Sequence[Written]) -> Written:
    """Factors side by side; a dot before a number."""
    left, right = (notation.held(each, TIGHTNESS["*"]) for each in operands)
    if right.startswith("-"):
        right = right.join(notation.brackets)
    return Written(rf"{left} \cdot {right}" if right[:1].isdigit() else rf"{left} \, {right}", TIGHTNESS["*"])


def quotient(notation: Notation, operands: Sequence[Written]) -> Written:
    return Written(rf"\frac{{{operands[0].text}}}{{{operands[1].text}}}", TIGHTNESS["**"])


def power(notation: Notation, operands: Sequence[Written]) -> Written:
    base = notation.held(operands[0], TIGHTNESS["**"] + 1)
    return Written(f"{base}^{{{operands[1].text}}}", TIGHTNESS["**"])


def inside(before: str, after: str, tight: int = 100) -> Callable[[Notation, Sequence[Written]], Written]:
    """A notation that goes round its one operand."""
    return lambda notation, operands: Written(before + operands[0].text + after, tight)


NOTATION = Notation(
    name=lambda word: Written(symbol(word)),
    number=number,
    call=call,
    signs={"+": " + ", "-": " - ", "neg": "-"},
    special={
        **PLAIN.special,
        "mul": product,
        "div": quotient,
        "pow": power,
        "exp": inside("e^{", "}", TIGHTNESS["**"]),
        "sqrt": inside(r"\sqrt{", "}"),
        "abs": inside(r"\left|", r"\right|"),
        "floor": inside(r"\left\lfloor ", r"\right\rfloor "),
        "sigmoid": inside(r"\sigma\left(", r"\right)"),
    },
    brackets=(r"\left(", r"\right)"),
    width=240,
    bare=False,
)
