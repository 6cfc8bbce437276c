"""How a rule of the table is rewritten on its way to code: small functions in place, numbers computed, ones left out.

Every rewriting keeps the bits.

>>> from autodiff.notation import Notation
>>> from autodiff.rule import parse
>>> text = Notation().write
>>> text(without_ones(parse("1 * g + a / 1")))
'g + a'
>>> text(compute_constants(parse("1 / 4 * a")))
'0.25 * a'
>>> text(inline(parse("relu(a)")))
'where(a <= 0, 0.0, a)'
"""

import math
from functools import cache

from ... import stable
from ...numbers import FLOATS
from ...definitions import Definition, define, expand, text_of
from ...rules import is_literal
from ...rule import Binary, Call, Choice, Name, Number, Rule, Unary, parse

KNOWN = {"inf", "nan"}  # names that are numbers
INLINED = ("relu", "leaky_relu", "stop_gradient")  # a call costs more than a comparison


def inline(rule: Rule) -> Rule:
    """The rule with small stable functions of names and numbers written in place."""

    def change(each: Rule) -> Rule:
        plain = isinstance(each, Call) and all(isinstance(argument, Name | Number) for argument in each.arguments)
        return expand(each, _definition) if plain else each

    return rule.rebuilt(change)


@cache
def _definition(word: str) -> Definition | None:
    return define(text_of(getattr(stable, word))) if word in INLINED else None


def without_ones(rule: Rule) -> Rule:
    """1.0 times x, and x over 1.0, is x, to the bit."""

    def change(each: Rule) -> Rule:
        match each:
            case Binary("*" | "/", left, Number(value=1)):
                return left
            case Binary("*", Number(value=1), right):
                return right
        return each

    return rule.rebuilt(change)


def without_integers(rule: Rule) -> Rule:
    """Python compares two floats faster than a float and an integer."""
    return rule.rebuilt(lambda each: Number(float(each.value)) if isinstance(each, Number) else each)


def divides_by_number(rule: Rule) -> bool:
    """Whether it is a quotient that cannot raise: the divisor is a number other than 0."""
    return isinstance(rule, Binary) and rule.sign == "/" and is_literal(rule.right) and rule.right.evaluate({}) != 0


def compute_constants(rule: Rule) -> Rule:
    """For arrays: numbers are floats, what is a function of plain numbers is one, and no quotient of such raises."""
    return without_integers(rule).rebuilt(_compute)


def _compute(rule: Rule) -> Rule:
    match rule:
        case Name("pi"):
            return Number(math.pi)
        case Binary("&", Number(value), other) | Binary("&", other, Number(value)):
            return other if value else Number(0.0)
        case Binary("|", Number(value), other) | Binary("|", other, Number(value)):
            return Number(1.0) if value else other
        case Choice(Number(value), chosen, other):
            return chosen if value else other  # an array namespace takes no bool of Python's
        case Unary() | Binary() | Call() if rule.operands and all(each.words() <= KNOWN for each in rule.operands):
            return parse(repr(float(rule.evaluate(FLOATS.names))))
    return rule
