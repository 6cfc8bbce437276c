"""Structured programs as a Hypothesis strategy.

>>> from hypothesis import find
>>> find(structured_programs(), lambda program: len(program.lines) > 2).lines[-1].startswith("y = ")
True
"""

from hypothesis import strategies

from .choices import Choices
from .drawing import draw_program
from .program import Program


class Drawn(Choices):
    """Choices that Hypothesis makes, and shrinks."""

    def __init__(self, draw: strategies.DrawFn) -> None:
        super().__init__(given=())
        self._draw = draw

    def below(self, bound: int) -> int:
        number: int = self._draw(strategies.integers(0, bound - 1))
        self.made.append(number)
        return number


@strategies.composite
def structured_programs(draw: strategies.DrawFn) -> Program:
    """Programs of layers, convolutions, scans, attention and their kin; their numbers come from all four roles."""
    return draw_program(Drawn(draw))
