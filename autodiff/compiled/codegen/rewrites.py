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
from ...rule import COMPARISONS, Binary, Call, Choice, Name, Number, Rule, Unary, parse

INLINED = ("relu", "leaky_relu", "stop_gradient")  # a call costs more than a comparison


def inline(rule: Rule) -> Rule:
    """The rule with small stable functions of names and numbers written in place."""

    def definition(word: str) -> Definition | None:
        return _definition(word) if word in INLINED else None

    return rule.rebuilt(lambda each: expand(each, definition) if _is_plain_call(each) else each)


def _is_plain_call(rule: Rule) -> bool:
    return isinstance(rule, Call) and all(isinstance(each, Name | Number) for each in rule.arguments)


@cache
def _definition(word: str) -> Definition:
    return define(text_of(getattr(stable, word)))


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


def compare_as_floats(rule: Rule) -> Rule:
    """Python compares two floats faster than a float and an integer."""

    def float_of(side: Rule) -> Rule:
        return Number(float(side.value)) if isinstance(side, Number) else side

    def change(each: Rule) -> Rule:
        if isinstance(each, Binary) and each.sign in COMPARISONS:
            return Binary(each.sign, float_of(each.left), float_of(each.right))
        return each

    return rule.rebuilt(change)


def divides_by_number(rule: Rule) -> bool:
    """Whether it is a quotient that cannot raise: the divisor is a number other than 0."""
    if not (isinstance(rule, Binary) and rule.sign == "/"):
        return False
    divisor = rule.right.operand if isinstance(rule.right, Unary) else rule.right
    return isinstance(divisor, Number) and bool(divisor.value)


KNOWN = {"inf": math.inf, "nan": math.nan}  # names that are numbers


def compute_constants(rule: Rule) -> Rule:
    """For arrays: numbers are floats, what is a function of plain numbers is one, and no quotient of such raises."""
    return rule.rebuilt(_compute)


def _compute(rule: Rule) -> Rule:
    match rule:
        case Number(value):
            return Number(float(value))
        case Name("pi"):
            return Number(math.pi)
        case Binary("/", Number(above), Number(below)) if below:
            return Number(above / below)
        case Binary("+" | "-" | "*") | Unary("+" | "-") if _is_of_numbers(rule):
            return parse(repr(rule.evaluate(KNOWN)))
        case Binary("/", left, right) if _is_of_numbers(rule):  # which Python raises for, by 0
            return parse(repr(float(FLOATS.names["divide"](left.evaluate(KNOWN), right.evaluate(KNOWN)))))
        case Binary("**", base, exponent) if _is_of_numbers(rule):  # and of 0 and -1
            return parse(repr(float(FLOATS.names["pow"](base.evaluate(KNOWN), exponent.evaluate(KNOWN)))))
        case Binary(sign) if sign in COMPARISONS and _is_of_numbers(rule):
            return Number(float(rule.evaluate(KNOWN)))
        case Binary("&", Number(value), other) | Binary("&", other, Number(value)):
            return other if value else Number(0.0)
        case Binary("|", Number(value), other) | Binary("|", other, Number(value)):
            return Number(1.0) if value else other
        case Unary("not", Number(value)):
            return Number(float(not value))
        case Choice(Number(value), chosen, other):
            return chosen if value else other  # an array namespace takes no bool of Python's
        case Call(function, arguments) if arguments and all(map(_is_of_numbers, arguments)):
            return parse(repr(float(FLOATS.names[function](*(each.evaluate(KNOWN) for each in arguments)))))
    return rule


def _is_of_numbers(rule: Rule) -> bool:
    return not any(isinstance(each, Call) or isinstance(each, Name) and each.word not in KNOWN for each in rule.walk())
