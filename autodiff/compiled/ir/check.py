"""Is a program one that can run? Every register made before it is used, every operand there, every shape fitting.

>>> check(Program((Instruction("tanh", (0,)),), (0,)))
Traceback (most recent call last):
    ...
autodiff.errors.ArgumentError: program: instruction 0, 'tanh' (str): expected operands made before it, got (0,)
"""

import keyword

from ...errors import ArgumentError, shown
from .instructions import Misfit, are_sizes, is_size, kind_of, require, require_count
from .program import COMPARISONS, Guard, Instruction, Program


def check(program: Program) -> Program:
    """The program itself, or an `ArgumentError` that names the first instruction that cannot be run."""
    names: set[str] = set()
    for index, each in enumerate(program.instructions):
        try:
            _fit(program, index, each)
            require(each.op != "input" or each.name not in names, f"its name {shown(each.name)} is taken")
        except Misfit as problem:
            raise ArgumentError(f"program: instruction {index}, {shown(each.op)}: {problem}") from None
        names |= {each.name} if each.op == "input" else set()
    for register in (*program.outputs, *(guard.register for guard in program.guards)):
        if not is_size(register) or register >= len(program.instructions):
            raise ArgumentError(f"program: expected registers below {len(program.instructions)}, got {shown(register)}")
    for guard in program.guards:
        _check_guard(guard, program.instructions[guard.register])
    return program


def _check_guard(guard: Guard, register: Instruction) -> None:
    is_condition = register.op in COMPARISONS or register.op in ("view", "take", "join")
    if not is_condition or type(guard.answer) is not bool:
        raise ArgumentError(f"program: expected a guard that compares, and its answer, got {shown(guard)}")
    if type(guard.place) is not str or not guard.place.isprintable():
        raise ArgumentError(f"program: expected a line of text as the place of a guard, got {shown(guard.place)}")


def _fit(program: Program, index: int, each: Instruction) -> None:
    """Raise a Misfit where an instruction cannot be run."""
    words = type(each.op) is str and type(each.rows) is bool and type(each.name) is str
    require(words, "expected an operation, whether it has rows, and a name")
    plain = not each.name or each.name.isidentifier() and not keyword.iskeyword(each.name)
    require(plain, f"its name {shown(each.name)} is no identifier")
    of = each.adjoint_of is None or is_size(each.adjoint_of) and each.adjoint_of < index
    require(of, f"expected the register that it is the adjoint of, made before it, got {shown(each.adjoint_of)}")
    before = are_sizes(each.operands) and all(operand < index for operand in each.operands)
    require(before, f"expected operands made before it, got {each.operands}")
    require(are_sizes(each.shape), f"expected sizes as its shape, got {each.shape}")
    operands, kind = [program.instructions[operand] for operand in each.operands], kind_of(each.op)
    if kind.counts:
        require_count(operands, kind.counts)
    kind.fits(each, operands)
    shape, rows = kind.shape(each, operands)
    expected = f"expected the shape {shape}{' for each row' * rows}, got {each.shape}{' for each row' * each.rows}"
    require((each.shape, each.rows) == (shape, rows), expected)
