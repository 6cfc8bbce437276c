"""Derivatives that know no slope rule: one-sided differences of the formulas at hundreds of digits.

>>> from ..draw.straight_line import Step
>>> print(many_digits(Program((0.0,), (Step("relu", (0,)),)))[0].ends)     # a kink has two sides
(0.0, 1.0)
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from ... import numbers
from ...numbers import System
from ..draw.straight_line import N, Program

Function = Callable[[System, tuple[N, ...]], N]  # of numbers of the system


class OneSided(NamedTuple):
    """A derivative from either side; at a kink they differ."""

    left: N
    right: N

    @property
    def ends(self) -> tuple[float, float]:
        """The two sides as floats, the lower first."""
        low, high = sorted((nearest(self.left), nearest(self.right)))
        return low, high

    @property
    def kink(self) -> bool:
        """Whether the sides differ, by more than what many digits leave of a derivative that is 0."""
        left, right = nearest(self.left), nearest(self.right)
        if math.isinf(left) or math.isinf(right):
            return left != right  # the function jumps
        return bool(left != right and abs(self.left - self.right) > 1e-20 * max(abs(self.left), abs(self.right)))


def many_digits(program: Program, digits: int = 50, still: bool = True) -> list[OneSided]:
    """The gradient, right to `digits` digits, from one-sided differences of the formulas; no slope rule is read.

    `still`: what an operation stops the gradient of stands still, and does not follow the inputs.
    """
    return [many_digits_mixed(program, (index,), digits, still) for index in range(len(program.inputs))]


def many_digits_mixed(program: Program, places: Sequence[int], digits: int = 50, still: bool = True) -> OneSided:
    """The derivative along several inputs, one after the other, by nested differences towards either side.

    >>> from ..draw.straight_line import Step
    >>> cube = Program((2.0,), (Step("pow", (0, 3.0)),))
    >>> float(many_digits_mixed(cube, (0, 0)).right)
    12.0
    """
    moved = program.freeze() if still and places else program
    return one_sided(lambda system, inputs: _kept(moved, system, inputs), program.inputs, places, digits)


@lru_cache(maxsize=64)
def _kept(program: Program, system: System, inputs: tuple[N, ...]) -> N:
    return program.value(system, inputs)


def one_sided(f: Function, at: Sequence[float], places: Sequence[int], digits: int = 50) -> OneSided:
    """The derivative of f(system, inputs) along inputs, one after the other, right to so many digits.

    A tiny result may be what rounding or the step left, and a huge one a jump: those are looked at again much closer.
    """
    found = _at_step(f, at, places, digits)
    if not places or digits > 200:
        return found
    if any(side != side for side in found):
        return _at_edge(f, at, places)
    if any(not abs(side) > 1e-20 for side in found):
        return _at_step(f, at, places, 400)
    if any(abs(side) > 1e20 for side in found):
        closer = _at_step(f, at, places, 2 * digits)
        grown = [side * math.inf if abs(near) > 1e9 * abs(side) else side for side, near in zip(found, closer)]
        return OneSided(*grown)
    return found


def _at_edge(f: Function, at: Sequence[float], places: Sequence[int]) -> OneSided:
    """The derivative from the one side that is defined; nan if neither is, or if none settles (x ** 1.01)."""
    far, near = (_at_step(f, at, places, digits) for digits in (200, 400))
    before, after = (next((side for side in sides if side == side), math.nan) for sides in (far, near))
    if abs(after) < 1e-50 * abs(before):  # on its way to 0
        after = before = after * 0
    settled = abs(before - after) <= 1e-9 * abs(after)
    return OneSided(after, after) if settled else OneSided(math.nan, math.nan)


def _at_step(f: Function, at: Sequence[float], places: Sequence[int], digits: int) -> OneSided:
    sizes = [0.0, *(math.frexp(x)[1] * 0.30103 for x in at if x and math.isfinite(x))]
    small, spread = int(-min(sizes)), int(max(sizes) - min(sizes))
    needed = (len(places) + 1) * (digits + small) + digits + spread + 40
    system = numbers.many_digits(-(-needed // 100) * 100)  # in hundreds: systems are kept
    step = system.number(10) ** -(digits + small)
    inputs = [system.number(x) for x in at]
    left, right = (_nested(f, system, inputs, places, way) for way in (-step, step))
    if OneSided(left, right).kink or left != left or right != right:
        return OneSided(left, right)
    return OneSided((left + right) / 2, (left + right) / 2)


def nearest(x: N) -> float:
    """A number of any system as a float: inf or 0 where it is beyond float64, however far."""
    try:
        return float(x)
    except OverflowError:
        size = x.exp + x.bc
        return (math.inf if size > 0 else 0.0) * (1 if x > 0 else -1)


def _nested(f: Function, system: System, inputs: list[N], places: Sequence[int], step: N) -> N:
    """The signed sum over the corners of a small box, divided by its volume."""
    total = system.number(0.0)
    for corner in product((0, 1), repeat=len(places)):
        moved = list(inputs)
        for place, moves in zip(places, corner):
            moved[place] += moves * step
        total += (-1) ** (len(places) - sum(corner)) * f(system, tuple(moved))
    return total / step ** len(places)
