"""Derivatives of any function of floats by finite differences that know their own error, from either side.

No step suits every function, so differences are taken over a ladder of steps, each a quarter of the one before, and
extrapolated to step 0; the rung whose neighbours agree best is believed, as far as they and rounding allow. Where the
quotients do not settle, as beside a jump, nothing is told.

>>> slope, error = finite_differences(math.sin, [1e10])[0]
>>> abs(slope - math.cos(1e10)) <= error < 1e-5
True
>>> relu, = finite_sides(lambda x: max(x, 0.0), [0.0])
>>> relu.left.slope, relu.right.slope, relu.kink
(0.0, 1.0, True)
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

RUNGS, RATIO, COLUMNS = 24, 4.0, 4


class Estimate(NamedTuple):
    """A derivative by finite differences, and how wrong it may be; nan and inf where none can be told."""

    slope: float
    error: float

    @property
    def told(self) -> bool:
        """Whether there is a number to believe."""
        return math.isfinite(self.slope) and math.isfinite(self.error)


UNTOLD = Estimate(math.nan, math.inf)


class Sides(NamedTuple):
    """What the differences towards the left, towards the right and across say."""

    left: Estimate
    right: Estimate
    across: Estimate

    @property
    def kink(self) -> bool:
        """Whether both sides are told, and differ by more than they may be wrong."""
        both = self.left.told and self.right.told
        return both and abs(self.left.slope - self.right.slope) > 2 * (self.left.error + self.right.error)

    @property
    def best(self) -> Estimate:
        """One number for both sides: at a kink, one whose error covers both; at an edge, that of the side there is."""
        left, right, across = self
        if not (left.told and right.told):
            return left if left.told else right
        if self.kink:
            middle = (left.slope + right.slope) / 2
            return Estimate(middle, abs(left.slope - middle) + max(left.error, right.error))
        return min((across, left, right), key=lambda estimate: estimate.error)


def finite_differences(f: Callable[..., float], xs: Sequence[float], step: float | None = None) -> list[Estimate]:
    """The gradient of any function of floats, each entry with its error; `step` is the largest step to take."""
    return [sides.best for sides in finite_sides(f, xs, step)]


def finite_sides(
    f: Callable[..., float], xs: Sequence[float], step: float | None = None, noise: float = 0.0
) -> list[Sides]:
    """The gradient from either side; `noise` is how far rounding moves f, if by more than its last digits."""
    return [_sides(lambda x: f(*xs[:index], x, *xs[index + 1 :]), x, step, noise) for index, x in enumerate(xs)]


def _sides(f: Callable[[float], float], x: float, step: float | None, noise: float) -> Sides:
    """Of the ladders that start at x's own size and at 1, if x is much smaller, each estimate from the better one."""
    starts = {step} if step else {max(abs(x), 1.0) / 8} | ({abs(x) / 8} if 0 < abs(x) < 1e-6 else set())
    found = [_of_ladder(f, x, start, noise) for start in sorted(starts)]
    return Sides(*(min(estimates, key=lambda estimate: estimate.error) for estimates in zip(*found)))


def _of_ladder(f: Callable[[float], float], x: float, start: float, noise: float) -> Sides:
    here = _quiet(f, x)
    rungs: list[list[tuple[float, float]]] = [[], [], []]
    for rung in range(RUNGS):
        low, high = x - start / RATIO**rung, x + start / RATIO**rung
        if min(x - low, high - x) < 16 * math.ulp(x):
            break
        below, above = _quiet(f, low), _quiet(f, high)
        ways = [(below, here, x - low), (here, above, high - x), (below, above, high - low)]
        for ladder, (a, b, width) in zip(rungs, ways):
            ladder.append(((b - a) / width, 2 * (noise + math.ulp(a) + math.ulp(b)) / width))
    return Sides(*(_extrapolate(ladder, power) for ladder, power in zip(rungs, (1, 1, 2))))


def _quiet(f: Callable[[float], float], x: float) -> float:
    """The value, or nan where there is none: a step may leave the domain of f."""
    try:
        y = float(f(x))
    except Exception:
        return math.nan
    return y if math.isfinite(y) else math.nan


def _extrapolate(ladder: Sequence[tuple[float, float]], power: int) -> Estimate:
    """The entry of Romberg's table that agrees best with its neighbours, unless finer steps contradict it."""
    if _restless(ladder):
        return UNTOLD
    best, last = UNTOLD, [math.nan]
    for quotient, rounding in ladder:
        row, own = [quotient], UNTOLD
        for column, coarser in enumerate(last[:COLUMNS], start=1):
            row.append(row[-1] + (row[-1] - coarser) / (RATIO ** (power * column) - 1))
            beside = (row[-2], coarser, last[column] if column < len(last) else math.nan)
            error = max(abs(row[-1] - each) for each in beside) + 2 * rounding
            if all(map(math.isfinite, beside)) and error < own.error:
                own = Estimate(row[-1], error)
        if own.error < best.error:
            best = own
        elif own.told:  # finer, and less sure: where it is sure enough to differ, neither is to be trusted that far
            best = Estimate(best.slope, max(best.error, abs(own.slope - best.slope) - own.error))
        last = row
    return Estimate(best.slope, 2 * best.error)  # twice, because the rung that agrees best may agree by luck


def _restless(ladder: Sequence[tuple[float, float]]) -> bool:
    """Whether the quotients grow or fade at every finer step, for as long as rounding does not hide them.

    So they do beside a jump, or those of x ** 1.1 at 0; those of x ** 2 fade faster, and may be believed.
    """
    clear = [abs(quotient) for quotient, rounding in ladder if abs(quotient) > 1e3 * rounding][-5:]
    return len(clear) == 5 and all(not 0.995 < b / a < 1.005 and b / a > 0.3 for a, b in zip(clear, clear[1:]))
