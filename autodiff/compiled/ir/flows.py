"""How the gradient of each kind of instruction goes back to its operands.

Each takes the reversal, a register, and the register of its adjoint.
"""

from math import prod
from typing import TYPE_CHECKING

from ...ops import NEG, TABLE, WHERE
from ...rule import BLOCKED, Choice, Number, Rule, parse
from ...slopes import may_block
from .strides import c_strides

if TYPE_CHECKING:
    from .reverse import Reversal

MINUS_ONE = parse("-1")


def nothing(reversal: "Reversal", register: int, upstream: int) -> None:
    """A comparison has no gradient."""


def unknown(reversal: "Reversal", register: int, upstream: int) -> None:
    """What only gradients are made of is never differentiated again: derivatives of derivatives are recorded."""
    raise AssertionError(f"no reverse of {reversal.program.instructions[register].op}")


def row(reversal: "Reversal", register: int, upstream: int) -> None:
    """By the slopes of the table, under the condition under which the register is reached."""
    each, reached, builder = reversal.program.instructions[register], reversal.reached.get(register), reversal.builder
    for index, operand in enumerate(each.operands):
        slope = TABLE[each.op].slope_along(index)
        if slope is None or slope == BLOCKED or not reversal.needed[operand]:
            continue
        if slope == Number(1):
            reversal.give(operand, upstream, reached)
        elif slope == MINUS_ONE:
            reversal.give(operand, builder.row(NEG, upstream), reached)
        else:
            contribution, condition = _contribution(reversal, register, index, upstream)
            if condition is not None and not _only_selects(slope):
                contribution = builder.row(WHERE, condition, contribution, builder.constant(0.0))
            if may_block(slope):
                open_ = builder.row(f"{each.op}?{index}", *each.operands)
                condition = open_ if condition is None else builder.row("and", condition, open_)
            reversal.give(operand, contribution, condition)


def _contribution(reversal: "Reversal", register: int, index: int, upstream: int) -> tuple[int, int | None]:
    """What a slope sends to an operand, and the condition under which the register is reached, in its shape."""
    each, reached, builder = reversal.program.instructions[register], reversal.reached.get(register), reversal.builder
    if not TABLE[each.op].variadic:
        return builder.row(f"{each.op}'{index}", *each.operands, register, upstream), reached
    operand, shape = each.operands[0], builder[each.operands[0]].shape
    if TABLE[each.op].is_sum:
        contribution = builder.add("expand", upstream, shape=shape)
    else:
        rows = builder[operand].rows
        contribution = builder.add(f"{each.op}'0", operand, register, upstream, shape=shape, rows=rows)
    if reached is not None:  # with the axis that the register lacks
        number = reversal.as_number(reached, upstream)
        reached = reversal.positive(builder.add("expand", number, shape=builder[contribution].shape))
    return contribution, reached


def join(reversal: "Reversal", register: int, upstream: int) -> None:
    """To each operand its part of the vector."""
    builder, reached, start = reversal.builder, reversal.reached.get(register), 0
    for operand in reversal.program.instructions[register].operands:
        shape = reversal.program.instructions[operand].shape
        if reversal.needed[operand]:
            place, condition = (start, c_strides(shape)), None
            part = builder.add("view", upstream, shape=shape, detail=place)
            if reached is not None:
                numbers = reversal.as_number(reached, upstream)
                condition = reversal.positive(builder.add("view", numbers, shape=shape, detail=place))
            reversal.give(operand, part, condition)
        start += prod(shape)


def piece(reversal: "Reversal", register: int, upstream: int) -> None:
    """To the places that it is of, once all such pieces are known."""
    each = reversal.program.instructions[register]
    place = (each.op, each.detail, each.shape)
    reversal.pieces.setdefault(each.operands[0], []).append((upstream, reversal.reached.get(register), place))


def contract(reversal: "Reversal", register: int, upstream: int) -> None:
    """To each factor the contraction of the gradient with the other."""
    each = reversal.program.instructions[register]
    first, second, result = each.detail.replace("->", ",").split(",")
    for mine, its, operand, other in ((first, second, *each.operands), (second, first, *each.operands[::-1])):
        if reversal.needed[operand]:
            sent = reversal.builder.add("contract", upstream, other, detail=f"{result},{its}->{mine}")
            reversal.give(operand, sent, None)


def _only_selects(slope: Rule) -> bool:
    """Whether a slope is a number or blocked: then nothing times it is nothing, and needs no condition.

    >>> _only_selects(parse("where(a <= 0, blocked, 1)")), _only_selects(parse("1 / b"))
    (True, False)
    """
    if isinstance(slope, Choice):
        return _only_selects(slope.chosen) and _only_selects(slope.other)
    return not slope.words()
