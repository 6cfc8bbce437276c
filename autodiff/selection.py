"""The derivative of a graph that is being recorded for other numbers: both sides of each choice, and what selects.

As `trace.reverse`, over Values; but where a slope depends on a comparison, what is sent is selected by it. Of each
place it is kept under which condition nothing arrives: there 0.0 is sent on in place of 0.0 times a slope, which may be
inf or nan.

>>> from autodiff import compile, grad, relu
>>> import numpy as np
>>> slope = compile(grad(lambda x: relu(x) * x))
>>> slope(np.array([-1.0, 3.0])).tolist(), slope.program.guards
([0.0, 6.0], ())
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from .elementwise import where
from .ops import ADD, MUL
from .over_values import SELECTING, Branch, negation
from .trace import Trace, is_one, slopes_backward

Blocked = Any  # a recorded condition under which nothing arrives; True, where nothing ever does, or False


def reverse_both_sides(trace: Trace, numbers: Sequence[Any], seeds: Mapping[int, Any],
                       active: Sequence[Any]) -> list[Any]:  # fmt: skip
    """The derivative in every active place, from seeds at some; None where nothing arrives, whatever the numbers."""
    add = SELECTING.formula(ADD)
    found: list[Any] = [None] * len(trace.operands)
    blocked: list[Blocked] = [False] * len(trace.operands)
    for place, seed in seeds.items():
        found[place] = seed
    for place, each, slope in slopes_backward(trace, SELECTING, numbers, found, active):
        sent, never = contribution(slope, found[place], blocked[place])
        first = found[each] is None
        found[each] = sent if first else add(found[each], sent)
        blocked[each] = never if first else blocked[each] & never
    return found


def contribution(slope: Any, upstream: Any, blocked: Blocked) -> tuple[Any, Blocked]:
    """What a slope sends on, and under which condition that is nothing."""
    if slope is None:
        return 0.0, True
    if type(slope) is Branch:
        chosen, not_chosen = (contribution(side, upstream, blocked) for side in (slope.chosen, slope.other))
        beside = negation(slope.condition) & not_chosen[1] if not_chosen[1] is not False else False
        return where(slope.condition, chosen[0], not_chosen[0]), (slope.condition & chosen[1]) | beside
    sent = upstream if is_one(slope) else slope if is_one(upstream) else SELECTING.formula(MUL)(slope, upstream)
    if blocked is False or type(slope) in (float, int) and isfinite(slope):
        return sent, blocked
    return where(blocked, 0.0, sent), blocked
