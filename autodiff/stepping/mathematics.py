"""Rules of the table as a teacher would write them: helpers by their mathematics, and the case that holds.

A rule may call a function of `stable` that is there for the digits only, such as `power_slope`; its docstring is what
it computes. And of a `where` a reader wants to see the side that was taken.

>>> from autodiff.notation import Notation
>>> from autodiff.rule import parse
>>> write = Notation().write
>>> write(mathematics(parse("power_slope(a, b)")))
'where(b == 0, 0, b * a ** (b - 1))'
>>> write(choose_sides(parse("where(a <= 0, blocked, 1)"), [3.0], 3.0))
'1'
>>> write(choose_sides(mathematics(parse("power_slope(a, b)")), [5.0, 3.0], 125.0))
'b * a ** (b - 1)'
"""

import inspect
from collections.abc import Sequence
from functools import cache
from math import inf

from .. import stable
from ..numbers import FLOATS
from ..ops import INTERNAL, TABLE
from ..definitions import Definition, expand
from ..rule import Rule, parse
from ..slopes import decide

CLOSE = 1e-6  # of a textbook's derivative to the slope: what six digits do not tell apart
# A reader has no need to know their names; `sech` and its like are names of mathematics.
SLOPES = {op.name for op in INTERNAL if op.arity == 2 or op.name.endswith("_slope")}
HELPERS = frozenset(name for name in stable.NAMES if name not in TABLE or name in SLOPES)


@cache
def mathematics(rule: Rule) -> Rule:
    """The rule with each helper replaced by what it computes."""
    return expand(rule, _definition)


@cache
def _definition(word: str) -> Definition | None:
    if word not in HELPERS:
        return None
    helper = getattr(stable, word)
    return Definition(tuple(inspect.signature(helper).parameters), (), parse(helper.__doc__))


def textbook_of(
    operation: str, operand: int, inputs: Sequence[float], output: float, slope: float | None
) -> Rule | None:
    """The derivative as a textbook has it, where the table's rule is another; None where it would lose digits here.

    >>> from autodiff.notation import Notation
    >>> Notation().write(textbook_of("tanh", 0, [0.5], 0.46211715726000973, 0.7864477329659274))
    '1 - y ** 2'
    >>> textbook_of("tanh", 0, [20.0], 1.0, 1.699e-17) is None  # 1 - y ** 2 would be 0
    True
    """
    op = TABLE[operation]
    if not op.textbook or op.variadic or slope is None:
        return None
    rule = op.textbook_along(operand)
    if rule is None:
        return None
    found = rule.evaluate({**FLOATS.names, **dict(zip("abc", inputs)), "y": output})
    close = found is not None and (found == slope or abs(found - slope) <= CLOSE * abs(slope) < inf)
    return rule if close else None


def choose_sides(rule: Rule, inputs: Sequence[float], output: float) -> Rule:
    """The rule with each `where` replaced by the side that these numbers take."""
    numbers = {**FLOATS.names, **dict(zip("abc", inputs)), "y": output}
    return decide(rule, lambda condition: bool(condition.evaluate(numbers)))
