"""A tape as a scalar program: one instruction for each operation, in the order of an eager backward pass.

>>> from autodiff import Value
>>> from autodiff.compiled.record.recorder import record
>>> x = Value(3.0)
>>> program, captured, order = unroll(record(lambda: [x * x + 2.0], [x]), [Argument("x", rows=False)])
>>> print(program)
x          = input
mul_1      = mul x x
constant_2 = constant 2.0
add_3      = add mul_1 constant_2
return add_3
"""

from collections.abc import Sequence
from functools import partial, reduce
from typing import NamedTuple

from ...ops import ADD, STOP, TABLE, TOTAL
from ...value import Value
from ..ir.builder import Builder
from ..ir.program import Guard, Program
from .parameters import tell_apart
from .tape import Tape, eager_order, find_needed_order


class Argument(NamedTuple):
    """A scalar argument of the recorded function, and whether it has one value for each row."""

    name: str
    rows: bool


class Unrolled(NamedTuple):
    """A scalar program, the captured Values, and the order of its registers in an eager backward pass."""

    program: Program
    captured: list[Value]
    order: list[int]


def unroll(tape: Tape, arguments: Sequence[Argument], exact: bool = True) -> Unrolled:
    """The scalar program of a tape.

    `exact` keeps n-ary operations whole, as eager runs them; otherwise sums become additions, for arrays.
    """
    builder = Builder()
    registers = [-1] * tape.size + [builder.input(each.name, rows=each.rows) for each in arguments]
    order = find_needed_order(tape)
    operands, starts = tape.operands.tolist(), tape.starts.tolist()
    used = {number for index in order for number in operands[starts[index] : starts[index + 1]]}.union(tape.roots)
    captured: list[Value] = []
    made: dict[int, range] = {}
    for number in range(tape.size + tape.arguments, tape.size + len(tape.leaves)):
        registers.append(-1)
        if number in used and tape.leaf(number).op != "constant":
            names = [each.name for each in arguments]
            registers[number] = builder.input(tell_apart([*names, f"captured_{len(captured)}"])[-1])
            captured.append(tape.leaf(number))

    def register(number: int) -> int:
        if registers[number] < 0:
            registers[number] = builder.constant(tape.leaf(number)._data)
        return registers[number]

    for index in order:
        inputs = [register(number) for number in operands[starts[index] : starts[index + 1]]]
        first = len(builder.instructions)
        registers[index] = operation(builder, tape.name(index), inputs, exact)
        made[index] = range(first, len(builder.instructions))
    guards = [Guard(register(number), answer, place) for number, answer, place in tape.guards]
    program = builder.program([register(root) for root in tape.roots], guards)
    return Unrolled(program, captured, [each for index in eager_order(tape) for each in made[index]])


def operation(builder: Builder, name: str, inputs: list[int], exact: bool) -> int:
    """The instructions of one operation."""
    row = TABLE.get(name)
    if row is None or not row.variadic:
        return builder.row(name, *inputs)
    if exact or not row.joined:
        return builder.along(name, builder.add("stack", *inputs))
    if row.paired:
        half = len(inputs) // 2
        inputs = [builder.row(row.paired, left, right) for left, right in zip(inputs[:half], inputs[half:])]
    if not inputs:
        return builder.constant(0.0)
    if row.joined != ADD:  # the largest, whose slopes no gradient takes, unlike those of maximum
        return builder.row(STOP, reduce(partial(builder.row, row.joined), inputs))
    if len(inputs) > 2:
        return builder.along(TOTAL, builder.add("stack", *inputs))  # which rounds, and overflows, once
    return reduce(partial(builder.row, ADD), inputs)
