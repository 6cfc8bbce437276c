"""Is a program one that can run? Every register made before it is used, every operand there, every shape fitting.

>>> checked(Program((Instruction("tanh", (0,)),), (0,)))
Traceback (most recent call last):
    ...
autodiff.errors.ArgumentError: program: instruction 0, 'tanh' (str): expected operands made before it, got (0,)
"""

import keyword
from math import prod

from ..errors import ArgumentError, shown
from ..ops import TABLE
from .program import COMPARISONS, STRUCTURE, Instruction, Program, parted


def checked(program: Program) -> Program:
    """The program itself, or an `ArgumentError` that names the first instruction that cannot be run."""
    names: set[str] = set()
    for index, each in enumerate(program.instructions):
        problem = _problem(program, index, each)
        if each.name and (not each.name.isidentifier() or keyword.iskeyword(each.name)):
            problem = f"its name {shown(each.name)} is no identifier"
        if each.op == "input" and each.name in names:
            problem = f"its name {shown(each.name)} is taken"
        if problem:
            raise ArgumentError(f"program: instruction {index}, {shown(each.op)}: {problem}")
        names |= {each.name} if each.op == "input" else set()
    for register in (*program.outputs, *(guard.register for guard in program.guards)):
        if not _is_size(register) or register >= len(program.instructions):
            raise ArgumentError(f"program: expected registers below {len(program.instructions)}, got {shown(register)}")
    return program


def _problem(program: Program, index: int, each: Instruction) -> str:
    """What is wrong with an instruction, as a sentence; empty if nothing is."""
    if not all(_is_size(operand) and operand < index for operand in each.operands):
        return f"expected operands made before it, got {each.operands}"
    if not all(map(_is_size, each.shape)):
        return f"expected sizes as its shape, got {each.shape}"
    row, mark, slope = parted(each.op)
    if each.op == "contract":
        return _contract_problem(each, [program.instructions[operand] for operand in each.operands])
    if each.op in ("input", "constant"):
        return _leaf_problem(each)
    if each.op == "view":
        return _view_problem(each, program.instructions[each.operands[0]])
    if each.op == "take":
        size = prod(program.instructions[each.operands[0]].shape)
        fits = len(each.detail) == prod(each.shape) and all(_is_size(place) and place < size for place in each.detail)
        return "" if fits else f"expected {prod(each.shape)} places below {size}"
    if each.op in STRUCTURE:
        return ""
    if each.op in COMPARISONS:
        return "" if len(each.operands) == 2 else f"expected 2 operands, got {len(each.operands)}"
    if row not in TABLE:
        return "no such operation"
    known = TABLE[row]
    if mark and (not slope.isdecimal() or int(slope) >= len(known.slopes) or known.slopes[int(slope)] is None):
        return "no such slope"
    expected = (known.arity or 1) + 2 * (mark == "'")
    return "" if len(each.operands) == expected else f"expected {expected} operands, got {len(each.operands)}"


def _leaf_problem(each: Instruction) -> str:
    if each.operands:
        return "expected no operands"
    if each.op == "input":
        return "" if each.name else "expected a name"
    values = (each.detail,) if each.shape == () else each.detail
    if isinstance(values, tuple) and len(values) == prod(each.shape) and all(type(x) is float for x in values):
        return ""
    return f"expected {prod(each.shape)} numbers, got {shown(each.detail)}"


def _view_problem(each: Instruction, base: Instruction) -> str:
    start, strides = each.detail
    ends = [stride * (size - 1) for stride, size in zip(strides, each.shape, strict=True)]
    last, first = start + sum(max(end, 0) for end in ends), start + sum(min(end, 0) for end in ends)
    return "" if 0 <= first and last < prod(base.shape) else f"it leaves its operand, of {prod(base.shape)} numbers"


def _contract_problem(each: Instruction, operands: list[Instruction]) -> str:
    inputs, arrow, result = each.detail.partition("->")
    specs = inputs.split(",")
    if not arrow or len(specs) != 2 or not (inputs.replace(",", "") + result).isalpha():
        return f"expected letters such as 'rk,jk->rj', got {shown(each.detail)}"
    sizes: dict[str, int] = {}
    for spec, register in zip((*specs, result), (*operands, each)):
        fits = len(spec) == len(set(spec)) == len(register.shape) + register.rows
        if not fits or ("r" in spec) != register.rows:
            return f"{spec!r} does not fit an operand of {len(register.shape)} axes"
        for letter, size in zip(spec[register.rows :], register.shape):
            if sizes.setdefault(letter, size) != size:
                return f"the letter {letter!r} has two sizes, {sizes[letter]} and {size}"
    return ""


def _is_size(x: object) -> bool:
    return type(x) is int and x >= 0
