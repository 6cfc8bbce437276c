"""Passes: each takes a program and gives a better one that computes the same bits.

>>> from autodiff.compiled.ir.program import Instruction, Program
>>> twice = Program((Instruction("constant", detail=2.0), Instruction("exp", (0,)), Instruction("sin", (0,))), (1,))
>>> print(without_dead(fold_constants(twice)))
constant_0 = constant 7.38905609893065
return constant_0
"""

from ...numbers import FLOATS
from ...ops import TABLE
from .program import Instruction, Program


def without_dead(program: Program) -> Program:
    """Without the instructions that no output and no guard needs; inputs stay."""
    needed = set(program.outputs) | {guard.register for guard in program.guards}
    for index in range(len(program.instructions) - 1, -1, -1):
        if index in needed:
            needed.update(program.instructions[index].operands)
    kept = [index for index, each in enumerate(program.instructions) if index in needed or each.op == "input"]
    return _renumber(program, kept, {index: index for index in kept})


def share(program: Program) -> Program:
    """Each distinct instruction once."""
    first: dict[tuple[object, ...], int] = {}
    same: dict[int, int] = {}
    kept = []
    for index, each in enumerate(program.instructions):
        operands = tuple(same[operand] for operand in each.operands)
        key = (index,) if each.op == "input" else (each.op, operands, each.shape, each.rows, repr(each.detail))
        same[index] = first.setdefault(key, index)
        if same[index] == index:
            kept.append(index)
    return _renumber(program, kept, same)


def fold_constants(program: Program) -> Program:
    """Operations on constants alone, done now, as eager does them."""
    instructions: list[Instruction] = []
    for each in program.instructions:
        operands = [instructions[operand] for operand in each.operands]
        known = all(x.op == "constant" and not x.shape for x in operands)
        if known and each.op in TABLE and not TABLE[each.op].variadic:
            y = FLOATS.formula(each.op)(*(x.detail for x in operands))
            each = Instruction("constant", detail=y, adjoint_of=each.adjoint_of)
        instructions.append(each)
    return program._replace(instructions=tuple(instructions))


def _renumber(program: Program, kept: list[int], same: dict[int, int]) -> Program:
    """The kept instructions, with `same` saying which of them stands for each old one."""
    new = {index: place for place, index in enumerate(kept)}
    instructions = []
    for index in kept:
        each = program.instructions[index]
        of = None if each.adjoint_of is None else new.get(each.adjoint_of)
        operands = tuple(new[same[operand]] for operand in each.operands)
        instructions.append(each._replace(operands=operands, adjoint_of=of))
    outputs = tuple(new[same[register]] for register in program.outputs)
    guards = tuple(guard._replace(register=new[same[guard.register]]) for guard in program.guards)
    return Program(tuple(instructions), outputs, guards)
