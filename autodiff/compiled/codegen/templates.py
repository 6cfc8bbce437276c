"""The rules of the table as templates of code: `template("tanh'0", ...)` is "sech({a}) * sech({a}) * {g}".

A slope becomes a contribution by pushing the multiplication by the upstream gradient g into the branches of its
`where`: a branch that is `blocked` gives 0.0, whatever g is, so an operand that was not selected gets no 0 * inf.

>>> [part.text for part in template("relu'0", ARRAYS).parts], template("relu'0", ARRAYS).code
(['{a} <= 0.0'], 'where({p0}, 0.0, {g})')
>>> print(template("add'1", FLOATS).code, template("mul'0", FLOATS).code)
{g} {b} * {g}
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from ...additions import cached
from ...notation import Notation, Written
from ...ops import HOLDS, TABLE
from ...rule import BLOCKED, COMPARISONS, Binary, Call, Choice, Name, Number, Rule, Unary, parse
from ...slopes import contribution, opening
from ...rules import Named, floats, is_literal
from ..ir.program import COMPARISONS as RECORDED
from ..ir.program import split_name
from .lines import Binary as CodeOfTwo
from .lines import Choice as CodeOfChoice
from .lines import Code, Negation, Part
from .rewrites import compute_constants, divides_by_number, inline, without_integers, without_ones

WORDS = re.compile(r"(?<![\w.'])[A-Za-z_]\w*")
LETTERS = ("a", "b", "c", "y", "g")
# The slope of a ** 2 is 2 a to the bit, but where a, or 2 a, leaves the normal numbers: far from where a * a does.
SQUARE_SLOPES = {
    True: parse("where((1e-300 < a * a) & (a * a < 1e300), 2 * a, power_slope(a, b)) * g"),
    False: parse("2 * a * g"),
}
BY_NUMBER = parse("where(a != 0, b, c)")  # an array namespace may take no number for a condition


class Template(NamedTuple):
    """Code with its operands left open, and the parts of it that are worth computing once."""

    code: Code
    parts: tuple[Part, ...]
    letters: frozenset[str]  # of the operands that it uses
    calls: bool  # whether it calls a function, which in some namespaces takes arrays alone


class Arrays(Notation):
    """For arrays: every choice is a call of `where`, and a condition is turned by ~."""

    levels = {**Notation.levels, "not": Notation.levels["unary"]}
    signs = {"not": "~"}

    def name(self, word: str) -> Written:
        return Written(f"{{{word}}}" if word in LETTERS else word)

    def compose(self, rule: Rule, names: Mapping[str, Written] = {}) -> Written:
        match rule:
            case Binary("**", base, exponent) if not is_literal(exponent) or exponent == Number(0.5):
                return super().compose(Call("pow", (base, exponent)), names)  # 0.5 may be taken for a square root
        return super().compose(rule, names)


class Floats(Named):
    """For Python floats, with / where it cannot raise, and l < m < r where m lies between the two."""

    name = Arrays.name

    def compose(self, rule: Rule, names: Mapping[str, Written] = {}) -> Written:
        match rule:
            case Binary("&", Binary(first, low, middle), Binary(second, between, high)) if (
                middle == between and {first, second} <= COMPARISONS.keys()
            ):
                level = self.levels["<"]
                one, two, three = (self.bracket(self.compose(each, names), level + 1) for each in (low, middle, high))
                return Written(f"{one} {first} {two} {second} {three}", level)
            case Binary("/", left, right) if divides_by_number(rule):
                return Notation.binary(self, "/", self.compose(left, names), self.compose(right, names))
        return super().compose(rule, names)


ARRAYS, FLOATS = Arrays(), Floats()


@cached
def template(
    op: str, notation: Notation, literals: tuple[tuple[str, str], ...] = (), by_condition: bool = False
) -> Template:
    """The code of a row ("tanh") or a slope's contribution ("tanh'0"), for floats or for arrays.

    `literals` are the operands that are plain numbers, by letter, as they are to be written; `by_condition`: the first
    operand is a comparison already, and not a number to compare with 0.
    """
    math, square = notation is FLOATS, op == "pow'0" and ("b", "2.0") in literals
    rule = inline(SQUARE_SLOPES[math] if square else rule_of(op))
    if by_condition:
        rule = rule.replaced(HOLDS, Name("a"))
    if math:
        rule = without_integers(floats(rule))
    elif op == "where" and not by_condition:
        rule = BY_NUMBER
    rule = rule.substitute({letter: parse(text) for letter, text in literals})
    rule = without_ones(rule if math else compute_constants(rule))
    shared = [] if by_condition else [part for part in _parts(rule, math) if part is not rule]
    return _with_holes(rule, list(dict.fromkeys(shared)), notation)


def _with_holes(rule: Rule, shared: list[Rule], notation: Notation) -> Template:
    """A rule with a hole for each part, in which parts that it contains, which come before it, are holes as well."""
    names = {f"p{place}": Written(f"{{p{place}}}", notation.compose(part).tight) for place, part in enumerate(shared)}

    def make_holes(whole: Rule, count: int) -> Rule:
        for place in reversed(range(count)):
            whole = whole.replaced(shared[place], Name(f"p{place}"))
        return whole

    parts = []
    for place, part in enumerate(shared):
        word = "test" if _is_comparison(part) else notation.write(part).partition("(")[0]
        twice = sum(each == part for each in rule.walk()) > 1
        text = notation.write(make_holes(part, place), names)
        parts.append(Part(text, word if word.isidentifier() else "part", twice))
    whole = make_holes(rule, len(shared))
    code = _code(whole, notation, names) if notation is FLOATS else notation.write(whole, names)
    calls = _chooses(rule, "**") or any(isinstance(each, Call) for each in rule.walk())
    return Template(code, tuple(parts), rule.words() & frozenset(LETTERS), calls)


def _code(rule: Rule, notation: Notation, names: Mapping[str, Written]) -> Code:
    """A rule for floats as code that others can be put into, or that can be put into others."""
    written = [notation.compose(each, names) for each in rule.operands]
    levels, held = notation.levels, notation.bracket
    match rule:
        case Binary("+" | "-" | "*" as sign):
            return CodeOfTwo(held(written[0], levels[sign]), sign, held(written[1], levels[sign] + 1, after=True))
        case Choice():
            condition, first, second = written
            level = levels["choice"]
            return CodeOfChoice(held(condition, level + 1), held(first, level + 1), held(second, level))
        case Unary("not", operand) if not _chooses(operand, "&", "|"):
            return Negation(held(written[0], levels["not"] + 1))
    return notation.write(rule, names)


def _chooses(rule: Rule, *signs: str) -> bool:
    """Whether there is a choice in a rule, or one of these signs."""
    return any(isinstance(each, Choice) or isinstance(each, Binary) and each.sign in signs for each in rule.walk())


def rule_of(op: str) -> Rule:
    """The rule of a row, of a slope's contribution, or of whether there is one."""
    row, mark, index = split_name(op)
    if not mark:
        return parse(RECORDED[row]) if row in RECORDED else TABLE[row].rule
    slope = TABLE[row].slope_rules[int(index)] or BLOCKED
    return contribution(slope) if mark == "'" else opening(slope)


def _is_comparison(rule: Rule) -> bool:
    return isinstance(rule, Binary) and rule.sign in COMPARISONS


def _parts(rule: Rule, math: bool) -> list[Rule]:
    """The calls that run whichever side a choice takes; for arrays also comparisons, which are quick for floats."""
    if math and isinstance(rule, Choice):
        return _parts(rule.condition, math)
    parts = [part for operand in rule.operands for part in _parts(operand, math)]
    named = any(isinstance(each, Name) and each.word in LETTERS[:4] for each in rule.walk())
    is_call = isinstance(rule, Call | Choice) or math and isinstance(rule, Binary) and rule.sign in ("/", "**")
    is_call = is_call and not (math and divides_by_number(rule))
    return [*parts, rule] if named and (is_call or not math and _is_comparison(rule)) else parts
