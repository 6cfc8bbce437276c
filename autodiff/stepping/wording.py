"""Numbers, names and rules as a reader sees them: the same text in the terminal, on the page and in the log.

>>> short(1 / 3), short(-0.0), in_formula(-2.0)
('0.333333', '-0', '(-2)')
>>> write_rule(parse("a * b"), ["w", "x"], "v2"), write_rule(SWAPPED, ["w0", "w1", "x0", "x1"], "y", operand=1)
('w * x', 'x1')
>>> write_rule(DOT, ["(-1)", "(-2)"], "y"), write_rule(SWAPPED, ["(-1)", "(-2)"], "y", operand=0)
('dot([-1], [-2])', '-2')
"""

from collections.abc import Sequence
from functools import lru_cache

from ..notation import ATOM, Reading, Written
from ..ops import TABLE
from ..printable import printable
from ..rule import Blocked, Rule, parse

LONGEST_NAME = 60
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


@lru_cache(maxsize=10_000)
def name(text: str) -> str:
    """A node's name on one line, printable and not too long."""
    return printable(text, LONGEST_NAME)


def formula_of(operation: str) -> Rule:
    """The rule of an operation's value, as the table has it."""
    return TABLE[operation].rule


def slope_of(operation: str, operand: int) -> Rule | None:
    """The rule of one slope, as the table has it; None for an operand that the operation takes as a constant."""
    rule = TABLE[operation].slope_along(operand)
    return None if isinstance(rule, Blocked) else rule


def last_part(label: str) -> str:
    """The end of a long name, which tells it from its neighbours.

    >>> last_part("layers[1].neurons[0].w[0]"), last_part("x0"), last_part("-1.5")
    ('…w[0]', 'x0', '-1.5')
    """
    owner, dot, own = label.rpartition(".")
    return f"…{own}" if dot and own[:1].isalpha() else label


def write_rule(
    rule: Rule, inputs: Sequence[str], output: str, operand: int | None = None, terms: int = TERMS
) -> str:
    """A rule of the table with its letters replaced: a, b, c and xs by `inputs`, y by `output`.

    Where the rule is a list of slopes, `operand` picks one of them. Of a list at most `terms` inputs are written.
    """
    if "xs" in rule.words():
        return _word_list(rule, inputs, output, operand, terms)
    return NOTATION.write(rule, {**dict(zip("abc", map(word, inputs))), "y": word(output)})


def word(text: str) -> Written:
    """A name or a number in place of a letter: a negative number stands in brackets beside any operator."""
    bare = text.removeprefix("(").removesuffix(")") if text.startswith("(-") else text
    return Written(bare, 0 if bare.startswith("-") else ATOM)


def _word_list(rule: Rule, inputs: Sequence[str], output: str, operand: int | None, terms: int) -> str:
    half = len(inputs) // 2
    if rule == ONES:
        return "1"
    if rule == SWAPPED and operand is not None:
        return word(inputs[operand - half]).text
    parts = [inputs[:half], inputs[half:]] if rule == DOT else [inputs]
    listed = ", ".join(_list(part, terms) for part in parts)
    text = NOTATION.write(rule, {"xs": Written(listed), "y": word(output)})
    return text if operand is None else f"{text}[{operand}]"


def _list(items: Sequence[str], terms: int) -> str:
    first, last = items[: max(terms - 2, 1)], items[-1:] if terms > 2 else ()
    shown = [*items] if len(items) <= terms else [*first, "…", *last]
    return "[" + ", ".join(word(each).text for each in shown) + "]"


NOTATION = Reading()
ONES, SWAPPED, DOT = parse("ones(xs)"), parse("swapped(xs)"), parse("dot(xs)")
