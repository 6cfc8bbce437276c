"""The reverse of a program: the same instructions, then those that carry the gradient back, register by register.

The adjoint of a register has its shape and its rows. Contributions are added in the order of an eager backward pass
(last instruction first, operands in order), so that scalar programs give the same bits. What an operation blocks is
remembered, as the condition under which a register is reached at all: where it is not, nothing goes on from it, since
0 times a slope of inf would be nan. (Inside a matrix product that distinction is lost: there it is 0 times a
number, and a specialization whose gradient is nan runs operation by operation.)

>>> from autodiff.compiled.ir.program import Instruction, Program
>>> print(reverse(Program((Instruction("input", name="x"), Instruction("tanh", (0,))), (1,)), ["x"]))
x          = input
tanh_1     = tanh x
d_tanh_1   = fill tanh_1 1.0
tanh_3     = tanh'0 x tanh_1 d_tanh_1
constant_4 = constant 0.0
d_x        = add tanh_3 constant_4
return tanh_1, d_x
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ...ops import ADD, WHERE
from .builder import Builder
from .instructions import kind_of
from .program import Program
from .strides import places_of


def reverse(program: Program, wrt: Sequence[str], seed: str = "", order: Sequence[int] | None = None) -> Program:
    """The program, with the gradient of its first output in each named input appended to its outputs.

    `seed` names an input to start from instead of 1: the gradient of seed * output, summed over the rows. `order` are
    the registers below the output, each after its operands, as a backward pass goes through them from the last.
    """
    return Reversal(program, wrt, seed, range(len(program.instructions)) if order is None else order).run()


def adds_up(spec: str) -> bool:
    """Whether a contraction adds up, and is not only a product of each with each.

    >>> adds_up("rk,jk->rj"), adds_up("r,rk->rk")
    (True, False)
    """
    operands, result = spec.split("->")
    return not set(operands) - {","} <= set(result)


class Reversal:
    """The adjoints so far, and where they reach; `flows` are the rules by which they go on."""

    def __init__(self, program: Program, wrt: Sequence[str], seed: str, order: Sequence[int]) -> None:
        self.program, self.wrt, self.seed = program, set(wrt), seed
        self.output = program.outputs[0]
        self.order = [register for register in order if program.instructions[register].op != "input"]
        self.builder = Builder(program.instructions)
        self.adjoints: dict[int, int] = {}
        self.reached: dict[int, int] = {}  # the condition under which a register is reached; absent: always
        self.pieces: dict[int, list[tuple[int, int | None, tuple[object, ...]]]] = {}
        self.needed: list[bool] = []
        for each in program.instructions:
            depends = any(self.needed[operand] for operand in each.operands)
            self.needed.append(depends or each.op == "input" and each.name in self.wrt)

    def run(self) -> Program:
        builder, program = self.builder, self.program
        self.adjoints[self.output] = self.start()
        gradients: dict[int, int] = {}
        for register in reversed(self.order):
            if self.needed[register] and (upstream := self.collect(register)) is not None:
                self.label(upstream, register)
                kind_of(program.instructions[register].op).flow(self, register, upstream)
        for register, each in enumerate(program.instructions):
            if each.op == "input" and each.name in self.wrt:
                upstream = self.collect(register)
                gradients[register] = self.zero(register) if upstream is None else upstream
        outputs = [self.from_zero(gradients[register], register) for register in sorted(gradients)]
        return builder.program([*program.outputs, *outputs], program.guards)

    def start(self) -> int:
        output = self.output
        if not self.seed:
            return self.builder.add("fill", output, detail=1.0, adjoint_of=output)
        return self.builder.add("fill", output, self.builder.input(self.seed), adjoint_of=output)

    def zero(self, register: int) -> int:
        return self.builder.add("fill", register, detail=0.0)

    def from_zero(self, register: int, of: int) -> int:
        """A gradient as it leaves: eager adds it to 0.0, which makes 0.0 of -0.0; what starts from 0.0 needs none."""
        each = self.builder[register]
        if each.op in ("assemble", "fill") or each.op == "contract" and adds_up(each.detail):
            self.label(register, of)
            return register
        return self.builder.row(ADD, register, self.builder.constant(0.0), adjoint_of=of)

    def collect(self, register: int) -> int | None:
        """The adjoint of a register, once everything that uses it has been passed."""
        pieces = self.pieces.pop(register, [])
        if pieces:
            places = tuple(place for _, _, place in pieces)
            reached = None
            if any(condition is not None for _, condition, _ in pieces):
                counts = [self.as_number(condition, piece) for piece, condition, _ in pieces]
                reached = self.positive(self.assemble(register, counts, places))
            else:
                reached = self.find_reached(register, places)
            self.give(register, self.assemble(register, [piece for piece, _, _ in pieces], places), reached)
        return self.adjoints.pop(register, None)

    def find_reached(self, register: int, pieces: tuple[Any, ...]) -> int | None:
        """The elements of a register that some piece is of, as a condition; None if all are.

        Nothing comes from the others: 0 times a slope of inf would be nan.
        """
        each = self.program.instructions[register]
        if each.op == "input":
            return None
        used = np.zeros(prod(each.shape))
        for kind, detail, shape in pieces:
            used[places_of(kind, detail, shape).ravel()] = 1.0
        if used.all():
            return None
        return self.positive(self.builder.add("constant", shape=each.shape, detail=tuple(used.tolist())))

    def assemble(self, register: int, pieces: Sequence[int], places: tuple[object, ...]) -> int:
        return self.builder.add("assemble", *pieces, shape=self.program.instructions[register].shape, detail=places)

    def as_number(self, condition: int | None, like: int) -> int:
        """1.0 where the condition holds, for every element of `like`."""
        one = self.builder.add("fill", like, detail=1.0)
        return one if condition is None else self.builder.row(WHERE, condition, one, self.builder.constant(0.0))

    def positive(self, counts: int) -> int:
        return self.builder.row(">", counts, self.builder.constant(0.0))

    def give(self, register: int, contribution: int, reached: int | None) -> None:
        """Add a contribution, of any broadcast shape, to a register's adjoint, and note where it reaches it."""
        each, builder = self.program.instructions[register], self.builder
        if reached is not None and builder[contribution][2:4] != each[2:4]:  # shape and rows
            reached = self.positive(builder.sum_to(self.as_number(reached, contribution), each.shape, each.rows))
        contribution = builder.sum_to(contribution, each.shape, each.rows)
        if register not in self.adjoints:
            if reached is not None:
                self.reached[register] = reached
        else:
            contribution = builder.row(ADD, self.adjoints[register], contribution)
            before = self.reached.pop(register, None)
            if before is not None and reached is not None:
                self.reached[register] = builder.row("or", before, reached)
        self.adjoints[register] = contribution

    def label(self, register: int, of: int) -> None:
        """Say whose adjoint a register is, unless it is another's already."""
        each = self.builder[register]
        if each.adjoint_of is None and each.op != "input" and register >= len(self.program.instructions):
            self.builder.instructions[register] = each._replace(adjoint_of=of)
