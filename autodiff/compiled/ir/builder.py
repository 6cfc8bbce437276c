"""Write a program one instruction at a time; each method returns the number of the register that it makes.

>>> builder = Builder()
>>> x = builder.input("x")
>>> y = builder.row("mul", x, builder.constant(2.0))
>>> print(builder.program([y]))
x          = input
constant_1 = constant 2.0
mul_2      = mul x constant_1
return mul_2
"""

from collections.abc import Iterable
from typing import Any

from .instructions import KINDS, broadcast
from .program import Guard, Instruction, Program, Shape


class Builder:
    """The instructions so far."""

    def __init__(self, instructions: Iterable[Instruction] = ()) -> None:
        self.instructions = list(instructions)
        self._constants: dict[str, int] = {}

    def __getitem__(self, register: int) -> Instruction:
        return self.instructions[register]

    def add(self, op: str, *operands: int, shape: Shape = (), rows: bool = False, detail: Any = None,
            name: str = "", adjoint_of: int | None = None) -> int:  # fmt: skip
        """Any instruction; the shape that one of the `KINDS` has by its operands need not be said."""
        each = Instruction(op, operands, shape, rows, detail, name, adjoint_of)
        if operands and op in KINDS:
            shape, rows = KINDS[op].shape(each, [self.instructions[operand] for operand in operands])
            each = each._replace(shape=shape, rows=rows)
        self.instructions.append(each)
        return len(self.instructions) - 1

    def input(self, name: str, shape: Shape = (), rows: bool = False) -> int:
        """A named argument."""
        return self.add("input", shape=shape, rows=rows, name=name)

    def constant(self, number: float) -> int:
        """A number; each is written once."""
        key = repr(number)  # 0.0 and -0.0 differ, nan is like itself
        if key not in self._constants:
            self._constants[key] = self.add("constant", detail=number)
        return self._constants[key]

    def row(self, op: str, *operands: int, adjoint_of: int | None = None) -> int:
        """An elementwise operation, its operands broadcast."""
        shape, rows = broadcast([self.instructions[operand] for operand in operands])
        return self.add(op, *operands, shape=shape, rows=rows, adjoint_of=adjoint_of)

    def along(self, op: str, operand: int) -> int:
        """An n-ary row of the table along the last axis."""
        return self.add(op, operand, shape=self[operand].shape[:-1], rows=self[operand].rows)

    def sum_to(self, operand: int, shape: Shape, rows: bool) -> int:
        """The sum over every axis, and over the rows, that the shape lacks."""
        if (self[operand].shape, self[operand].rows) == (shape, rows):
            return operand
        return self.add("sum_to", operand, shape=shape, rows=rows)

    def program(self, outputs: Iterable[int], guards: Iterable[Guard] = ()) -> Program:
        """What has been written, as a program."""
        return Program(tuple(self.instructions), tuple(outputs), tuple(guards))
