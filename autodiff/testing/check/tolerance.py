"""How far a right gradient may be from the exact one: derived from the program, not guessed.

Each operation of a 50-digit replay is disturbed by as much as float64 may round it, at random and many times
(Monte-Carlo arithmetic); a small multiple of what that does to the gradient is allowed. There is no absolute floor:
where nothing can round, nothing is allowed, and a gradient of 1e-300 is checked as strictly as one of 1. Subnormal
numbers all round up, or all down, in a sample: 0.9 * 5e-324 is 5e-324 for ever, where the exact product goes to 0.

>>> from ..draw.straight_line import Step
>>> estimate_rounding(Program((3.0,), (Step("mul", (0, 0)),))).gradient[0] < 1e-13
True
"""

import math
import random
from typing import NamedTuple

from ... import numbers
from ...ops import LOGSUMEXP, TABLE
from ...stable import TINY
from ..derive.oracles import PRODUCT, reverse
from ..draw.straight_line import N, Program

ULPS = 8  # what a slope may be off by, and the value of an operation that neither only chooses nor rounds once


class Allowed(NamedTuple):
    """The largest error of the output, and of each entry of the gradient, that rounding can explain."""

    value: float
    gradient: list[float]


def estimate_rounding(program: Program, times: float = 3.0, samples: int = 8, schoolbook: bool = False) -> Allowed:
    """What rounding may do: `times` the largest effect in so many disturbed replays.

    With `schoolbook`, slopes may be computed as textbooks write them: 1 - y * y for tanh, which rounds like a number of
    the size of 1 however small the slope is, or exp(x - y) for logsumexp, where a rounding of y is one of the exponent.
    """
    system = numbers.many_digits(50)
    chance, least, side = random.Random(0), system.number(math.ulp(0.0)), 1

    def disturb(x: N, op: str, y: N) -> N:
        if not x or not system.names["isinf"](x) == 0 or x != x:
            return x
        if op == PRODUCT:
            return x + (side if x > 0 else -side) * least if abs(float(x)) < TINY else x
        ulps = ULPS if TABLE[op].ulps and schoolbook else TABLE[op].ulps
        size = max(1.0, abs(float(x))) if schoolbook else abs(float(x))
        if schoolbook and op == LOGSUMEXP and x is not y:
            size *= max(1.0, abs(float(y)))
        if size < TINY:
            return x + (side if x > 0 else -side) * ulps * least
        # of two sizes, so that a value and a slope hardly ever cancel in every sample
        return x + chance.choice((-1, -0.5, 0.5, 1)) * ulps * system.number(math.ulp(size))

    value, gradient = reverse(program, system)
    most, mosts = system.number(0.0), [system.number(0.0)] * len(gradient)
    for _ in range(samples):
        y, slopes = reverse(program, system, blur=disturb)
        side = -side
        most = max(most, shift(y, value))
        mosts = [max(old, shift(new, slope)) for old, new, slope in zip(mosts, slopes, gradient)]
    return Allowed(float(times * most), [float(times * each) for each in mosts])


def shift(disturbed: N, exact: N) -> N:
    """How far a disturbance moved a number: infinitely far if it entered or left the domain, as rounding may."""
    entered, left = exact != exact, disturbed != disturbed
    if disturbed == exact or entered and left:
        return 0.0
    return math.inf if entered or left else abs(disturbed - exact)
