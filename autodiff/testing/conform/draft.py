"""Programs of two operations under construction: one in a slot of the other, or both on one operand.

>>> draft = Draft(0.75)
>>> _ = draft.add(Slot("mul", 0, plain=True), draft.add(Slot("exp", 0), (INPUT, 0), ()), (0.0, 0.4))
>>> print(draft.program())
a = 0.75
y = exp(a) * 0.4
"""

from __future__ import annotations

from typing import NamedTuple

from ...ops import POW, TABLE
from ..draw.straight_line import Operand, Program, Step
from .forms import ordinary_points


class Slot(NamedTuple):
    """One operand of an operation, which may stand beside a plain number."""

    op: str
    place: int
    plain: bool = False


Ref = tuple[int, float]  # an input, a step, or a plain number
INPUT, STEP, PLAIN = range(3)


def points(op: str) -> list[tuple[float, ...]]:
    """Where an operation is tried: ordinary points, and whole exponents for engines that take no others."""
    return [*ordinary_points(op), *([(0.75, 3.0), (1.7, 2.0)] if op == POW else [])]


class Draft:
    """A program under construction: inputs and steps may be added in any order, and are numbered in the end."""

    def __init__(self, *inputs: float) -> None:
        self.inputs, self.steps = list(inputs), list[tuple[str, list[Ref]]]()

    def add(self, slot: Slot, inside: Ref, xs: tuple[float, ...]) -> Ref:
        """An operation with `inside` in its slot, and new inputs or plain numbers beside it."""
        operands = list[Ref]()
        for index, rule in enumerate(TABLE[slot.op].slopes):
            if index == slot.place:
                operands.append(inside)
            elif slot.plain or not rule:
                operands.append((PLAIN, xs[index]))
            else:
                operands.append((INPUT, len(self.inputs)))
                self.inputs.append(xs[index])
        return self.step(slot.op, *operands)

    def step(self, op: str, *operands: Ref) -> Ref:
        """An operation on what is there."""
        self.steps.append((op, list(operands)))
        return STEP, len(self.steps) - 1

    def program(self) -> Program:
        """The program so far."""

        def place(ref: Ref) -> Operand:
            kind, x = ref
            return float(x) if kind == PLAIN else int(x) + (len(self.inputs) if kind == STEP else 0)

        return Program(tuple(self.inputs), tuple(Step(op, tuple(map(place, xs))) for op, xs in self.steps))


def build_single(slot: Slot, xs: tuple[float, ...]) -> Program:
    """The operation alone, its slot the first input."""
    draft = Draft(xs[slot.place])
    draft.add(slot, (INPUT, 0), xs)
    return draft.program()
