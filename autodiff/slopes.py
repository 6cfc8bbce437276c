"""What becomes of a slope, a rule for a local derivative: what it sends on, and where no gradient flows.

>>> from autodiff.rule import parse
>>> contribution(parse("where(a <= 0, blocked, 1)"))
Choice(Binary('<=', Name('a'), Number(0)), Number(0.0), Name('g'))
"""

from collections.abc import Callable
from functools import cache

from .rule import Binary, Blocked, Choice, Name, Number, Rule, Unary

G = Name("g")  # the upstream gradient


def contribution(slope: Rule, above: Rule = G) -> Rule:
    """slope * above: what an operation sends to an input; 0.0, whatever comes from above, where that is blocked."""

    def sent(each: Rule) -> Rule:
        if isinstance(each, Blocked):
            return Number(0.0)
        return above if isinstance(each, Number) and each.value == 1 else Binary("*", each, above)

    return on_branches(slope, sent)


def on_branches(slope: Rule, change: Callable[[Rule], Rule]) -> Rule:
    """The slope with `change` applied to each branch of its choices."""
    if isinstance(slope, Choice):
        return Choice(slope.condition, on_branches(slope.chosen, change), on_branches(slope.other, change))
    return change(slope)


def opening(slope: Rule) -> Rule:
    """The condition under which a slope exists, which is where no choice leads to `blocked`; Number(1) for always.

    >>> from autodiff.rule import parse
    >>> opening(parse("where(a <= 0, blocked, 1)"))
    Unary('not', Binary('<=', Name('a'), Number(0)))
    """
    match slope:
        case Blocked():
            return Number(0)
        case Choice(condition, chosen, other):
            yes, no = opening(chosen), opening(other)
    if not isinstance(slope, Choice) or yes == no == Number(1):
        return Number(1)
    if (yes, no) == (Number(1), Number(0)):
        return condition
    if (yes, no) == (Number(0), Number(1)):
        return Unary("not", condition)
    if yes == Number(1):
        return Binary("|", condition, no)
    return Choice(condition, yes, no)


@cache
def may_block(slope: Rule) -> bool:
    """Whether it is, somewhere, no slope at all."""
    return any(isinstance(each, Blocked) for each in slope.walk())


def decide(rule: Rule, condition: Callable[[Rule], bool | None]) -> Rule:
    """The rule with each choice replaced by a side of it, where `condition` knows which.

    >>> from autodiff.rule import parse
    >>> decide(parse("where(a <= 0, blocked, 1)"), lambda condition: condition.evaluate({"a": 3.0}))
    Number(1)
    """

    def change(each: Rule) -> Rule:
        outcome = condition(each.condition) if isinstance(each, Choice) else None
        if not isinstance(each, Choice) or outcome is None:
            return each
        return each.chosen if outcome else each.other

    return rule.rebuilt(change)
