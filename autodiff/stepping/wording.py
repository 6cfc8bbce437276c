"""Numbers, names and rules as a reader sees them: the same text in the terminal, on the page and in the log.

>>> short(1 / 3), short(-0.0), in_formula(-2.0)
('0.333333', '-0', '(-2)')
>>> worded("a * b", ["w", "x"], "v2"), worded("swapped(xs)", ["w0", "w1", "x0", "x1"], "y", operand=1)
('w * x', 'x1')
>>> worded("dot(xs)", ["(-1)", "(-2)"], "y"), worded("swapped(xs)", ["(-1)", "(-2)"], "y", operand=0)
('dot([-1], [-2])', '-2')
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from ..ops import TABLE

LONGEST_NAME = 60
LETTERS = re.compile(r"\b[abcy]\b")
BRACKETS = re.compile(r"(?:(?<=[(,\[])|(?<=, )|^)\((-[\w.+-]+)\)(?=[,)\]]|$)")  # that no operator stands beside
TERMS = 6  # of a list or of a sum that are written out


def short(x: float | None) -> str:
    """A number in at most six significant digits; a number that is not there is "nothing yet"."""
    return "nothing yet" if x is None else format(x, ".6g")


def or_zero(x: float | None) -> float:
    """A number, and 0 for one that is not there; unlike `x or 0.0` it leaves -0.0 as it is."""
    return 0.0 if x is None else x


def in_formula(x: float | None) -> str:
    """A number where an operator may stand before it: a negative one in brackets."""
    text = short(or_zero(x))
    return f"({text})" if text.startswith("-") else text


def printable(text: str, limit: int | None = None) -> str:
    """`text` with control characters, escapes and direction marks spelled out, so that a terminal only shows it."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() and unicodedata.category(c) != "Cf" else _spelled(c) for c in text)
    return text if limit is None or len(text) <= limit else text[: limit - 1] + "…"


def _spelled(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


@lru_cache(maxsize=10_000)
def name(text: str) -> str:
    """A node's name on one line, printable and not too long."""
    return printable(text, LONGEST_NAME)


def formula_of(operation: str) -> str:
    """The rule of an operation's value, as the table has it."""
    return TABLE[operation].formula


def slope_of(operation: str, operand: int) -> str | None:
    """The rule of one slope, as the table has it; None for an operand that is a constant of the operation."""
    op = TABLE[operation]
    return op.slopes[0 if op.variadic else operand]


def last_part(label: str) -> str:
    """The end of a long name, which tells it from its neighbours.

    >>> last_part("layers[1].neurons[0].w[0]"), last_part("x0"), last_part("-1.5")
    ('…w[0]', 'x0', '-1.5')
    """
    owner, dot, own = label.rpartition(".")
    return f"…{own}" if dot and own[:1].isalpha() else label


def worded(
    rule: str, inputs: Sequence[str], output: str, operand: int | None = None, terms: int = TERMS
) -> str:
    """A rule of the table with its letters replaced: a, b, c and xs by `inputs`, y by `output`.

    Where the rule is a list of slopes, `operand` picks one of them. Of a list at most `terms` inputs are written.
    """
    if rule.isdecimal():
        return rule
    if "xs" in rule:
        text = _worded_list(rule, inputs, output, operand, terms)
        return BRACKETS.sub(r"\1", text) if "(-" in text else text
    words = dict(zip("abc", inputs), y=output)
    text = LETTERS.sub(lambda letter: words.get(letter[0], letter[0]), rule)
    return BRACKETS.sub(r"\1", text) if "(-" in text else text


def _worded_list(rule: str, inputs: Sequence[str], output: str, operand: int | None, terms: int) -> str:
    half = len(inputs) // 2
    if rule == "ones(xs)":
        return "1"
    if rule == "swapped(xs)" and operand is not None:
        return inputs[operand - half]
    parts = [inputs[:half], inputs[half:]] if rule == "dot(xs)" else [inputs]
    listed = ", ".join(_listed(part, terms) for part in parts)
    text = re.sub(r"\b(?:xs|y)\b", lambda letter: listed if letter[0] == "xs" else output, rule)
    return text if operand is None else f"{text}[{operand}]"


def _listed(items: Sequence[str], terms: int) -> str:
    first, last = items[: max(terms - 2, 1)], items[-1:] if terms > 2 else ()
    shown = [*items] if len(items) <= terms else [*first, "…", *last]
    return "[" + ", ".join(shown) + "]"
