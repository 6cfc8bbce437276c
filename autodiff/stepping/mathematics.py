"""Rules of the table as a teacher would write them: helpers by their mathematics, and the case that holds.

A rule may call a function of `stable` that is there for the digits only, such as `power_slope`; its docstring is what
it computes. And of a `where` a reader wants to see the side that was taken.

>>> from autodiff.notation import Notation
>>> from autodiff.rule import parse
>>> write = Notation().write
>>> write(mathematics(parse("power_slope(a, b)")))
'where(b == 0, 0, b * a ** (b - 1))'
>>> write(taken(parse("where(a <= 0, blocked, 1)"), [3.0], 3.0))
'1'
>>> write(taken(mathematics(parse("power_slope(a, b)")), [5.0, 3.0], 125.0))
'b * a ** (b - 1)'
"""

import inspect
from collections.abc import Sequence
from functools import cache

from .. import stable
from ..numbers import FLOATS
from ..ops import TABLE
from ..rule import Definition, Rule, decided, expanded, parse

# A reader has no need to know their names; `sech` and its like are names of mathematics.
HELPERS = frozenset(name for name in stable.NAMES if name not in TABLE or name.endswith("_slope") or name == "unit")


@cache
def mathematics(rule: Rule) -> Rule:
    """The rule with each helper replaced by what it computes."""
    return expanded(rule, _definition)


@cache
def _definition(word: str) -> Definition | None:
    if word not in HELPERS:
        return None
    helper = getattr(stable, word)
    return Definition(tuple(inspect.signature(helper).parameters), (), parse(helper.__doc__))


def taken(rule: Rule, inputs: Sequence[float], output: float) -> Rule:
    """The rule with each `where` replaced by the side that these numbers take."""
    numbers = {**FLOATS.names, **dict(zip("abc", inputs)), "y": output}
    return decided(rule, lambda condition: bool(condition.evaluate(numbers)))
