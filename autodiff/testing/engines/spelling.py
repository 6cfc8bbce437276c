"""A program as one would type it against someone's engine: its constructor, its attributes, its names for operations.

>>> from .adapter import Adapter
>>> spelling = Spelling("Scalar({}, label='')", "{}.v", "{}.g", "{}.backwards()", {"log": "ln"})
>>> engine = Adapter("Scalar", float, float, float, float, {}, methods=frozenset({"log"}), spelling=spelling)
>>> print(spell(Program((2.0,), (Step("log", (0,)), Step("mul", (1, 3.0)))), engine))
a = Scalar(2.0, label='')
y = a.ln() * 3.0
y.backwards()
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from ..draw.straight_line import Operand, Program, Step

if TYPE_CHECKING:
    from .adapter import Adapter


class Spelling(NamedTuple):
    """How one types what an engine does; `{}` stands for a number, or for the name of a value."""

    make: str = "Value({})"
    data: str = "{}.data"
    grad: str = "{}.grad"
    backward: str = "{}.backward()"
    names: Mapping[str, str] = {}  # of operations, where they are not the table's
    imports: str = ""  # the line with which a program begins, if one is needed


class Wrapped(float):
    """A plain number that is printed as a value of the engine."""

    text = ""

    def __repr__(self) -> str:
        return self.text


def spell(program: Program, engine: Adapter) -> str:
    """The program in the engine's own names, with its backward pass."""
    spelling = engine.spelling
    operands = [tuple(_operand(engine, step, i) for i in range(len(step.operands))) for step in program.steps]
    lines = Program(program.inputs, tuple(Step(step.op, xs) for step, xs in zip(program.steps, operands)))
    if not engine.objects:
        return lines.text(methods=engine.methods, names=spelling.names)
    text = lines.text(lambda x: spelling.make.format(repr(x)), engine.methods, spelling.names)
    return "\n".join(filter(None, [spelling.imports, text, spelling.backward.format("y")]))


def _operand(engine: Adapter, step: Step, index: int) -> Operand:
    """An operand, where a plain number is wrapped because the engine takes none there."""
    operand = step.operands[index]
    if type(operand) is not float or (step.op, index) not in engine.wraps:
        return operand
    wrapped = Wrapped(operand)
    wrapped.text = engine.spelling.make.format(repr(operand))
    return wrapped
