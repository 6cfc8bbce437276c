"""Is a program one that can run? Every register made before it is used, every operand there, every shape fitting.

>>> checked(Program((Instruction("tanh", (0,)),), (0,)))
Traceback (most recent call last):
    ...
autodiff.errors.ArgumentError: program: instruction 0, 'tanh' (str): expected operands made before it, got (0,)
"""

import keyword
from collections.abc import Callable
from math import prod
from typing import Any

from ...errors import ArgumentError, shown
from ...ops import TABLE
from .program import COMPARISONS, STRUCTURE, Guard, Instruction, Program, Shape, parted


def checked(program: Program) -> Program:
    """The program itself, or an `ArgumentError` that names the first instruction that cannot be run."""
    names: set[str] = set()
    for index, each in enumerate(program.instructions):
        problem = _problem(program, index, each)
        if not problem and each.op == "input" and each.name in names:
            problem = f"its name {shown(each.name)} is taken"
        if problem:
            raise ArgumentError(f"program: instruction {index}, {shown(each.op)}: {problem}")
        names |= {each.name} if each.op == "input" else set()
    for register in (*program.outputs, *(guard.register for guard in program.guards)):
        if not _is_size(register) or register >= len(program.instructions):
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


def _problem(program: Program, index: int, each: Instruction) -> str:
    """What is wrong with an instruction, as a sentence; empty if nothing is."""
    if type(each.op) is not str or type(each.rows) is not bool or type(each.name) is not str:
        return "expected an operation, whether it has rows, and a name"
    if each.name and (not each.name.isidentifier() or keyword.iskeyword(each.name)):
        return f"its name {shown(each.name)} is no identifier"
    if each.adjoint_of is not None and not (_is_size(each.adjoint_of) and each.adjoint_of < index):
        return f"expected the register that it is the adjoint of, made before it, got {shown(each.adjoint_of)}"
    if not _are_sizes(each.operands) or not all(operand < index for operand in each.operands):
        return f"expected operands made before it, got {each.operands}"
    if not _are_sizes(each.shape):
        return f"expected sizes as its shape, got {each.shape}"
    operands = [program.instructions[operand] for operand in each.operands]
    row, mark, slope = parted(each.op)
    if each.op in STRUCTURE:
        return _STRUCTURE[each.op](each, operands)
    if each.detail is not None:
        return f"expected nothing else, got {shown(each.detail)}"
    if each.op in COMPARISONS:
        return _count_problem(operands, 2) or _broadcast_problem(each, operands)
    if row not in TABLE:
        return "no such operation"
    known = TABLE[row]
    if mark and (slope not in map(str, range(len(known.slopes))) or known.slopes[int(slope)] is None):
        return "no such slope"
    problem = _count_problem(operands, (known.arity or 1) + 2 * (mark == "'"))
    if known.variadic and not problem:
        return _along_problem(each, operands)
    return problem or _broadcast_problem(each, operands)


def _is_size(x: object) -> bool:
    return type(x) is int and 0 <= x < 2**62


def _are_sizes(x: object) -> bool:
    return type(x) is tuple and all(map(_is_size, x))


def _count_problem(operands: list[Instruction], *counts: int) -> str:
    if len(operands) in counts:
        return ""
    return f"expected {' or '.join(map(str, counts))} operands, got {len(operands)}"


def _shape_problem(each: Instruction, shape: Shape, rows: bool) -> str:
    if (each.shape, each.rows) == (shape, rows):
        return ""
    return f"expected the shape {shape}{' for each row' * rows}, got {each.shape}{' for each row' * each.rows}"


def _has_rows(operands: list[Instruction]) -> bool:
    return any(operand.rows for operand in operands)


def _broadcast_problem(each: Instruction, operands: list[Instruction]) -> str:
    """An elementwise operation has the shape to which its operands are broadcast."""
    axes = max((len(operand.shape) for operand in operands), default=0)
    padded = [(1,) * (axes - len(operand.shape)) + operand.shape for operand in operands]
    shape = tuple(max(sizes) for sizes in zip(*padded))
    if any(size not in (1, most) for sizes in padded for size, most in zip(sizes, shape)):
        return f"its operands have the shapes {', '.join(str(operand.shape) for operand in operands)}"
    return _shape_problem(each, shape, _has_rows(operands))


def _along_problem(each: Instruction, operands: list[Instruction]) -> str:
    """An operation along the last axis loses it; its slope has it."""
    base = operands[0].shape
    if not base:
        return "expected an operand with an axis"
    return _shape_problem(each, base if "'" in each.op else base[:-1], _has_rows(operands))


def _input_problem(each: Instruction, operands: list[Instruction]) -> str:
    return _count_problem(operands, 0) or ("" if each.name and each.detail is None else "expected a name alone")


def _constant_problem(each: Instruction, operands: list[Instruction]) -> str:
    values = (each.detail,) if each.shape == () else each.detail
    if type(values) is tuple and len(values) == prod(each.shape) and all(type(x) is float for x in values):
        return _count_problem(operands, 0) or _shape_problem(each, each.shape, False)
    return f"expected {prod(each.shape)} numbers, got {shown(each.detail)}"


def _stack_problem(each: Instruction, operands: list[Instruction]) -> str:
    if any(operand.shape for operand in operands) or each.detail is not None:
        return "expected scalars, and nothing else"
    return _shape_problem(each, (len(operands),), _has_rows(operands))


def _join_problem(each: Instruction, operands: list[Instruction]) -> str:
    if not operands or each.detail is not None:
        return "expected operands, and nothing else"
    return _shape_problem(each, (sum(prod(operand.shape) for operand in operands),), _has_rows(operands))


def _view_problem(each: Instruction, operands: list[Instruction]) -> str:
    problem = _count_problem(operands, 1) or _shape_problem(each, each.shape, operands[0].rows)
    return problem or _places_problem("view", each.detail, each.shape, prod(operands[0].shape))


def _take_problem(each: Instruction, operands: list[Instruction]) -> str:
    problem = _count_problem(operands, 1) or _shape_problem(each, each.shape, operands[0].rows)
    return problem or _places_problem("take", each.detail, each.shape, prod(operands[0].shape))


def _assemble_problem(each: Instruction, operands: list[Instruction]) -> str:
    pieces = each.detail
    if type(pieces) is not tuple or not pieces or len(pieces) != len(operands):
        return f"expected where each of {len(operands)} operands goes, got {shown(pieces)}"
    for piece, operand in zip(pieces, operands):
        if type(piece) is not tuple or len(piece) != 3 or piece[0] not in ("view", "take") or not _are_sizes(piece[2]):
            return f"expected a view or take with its places and its shape, got {shown(piece)}"
        kind, detail, shape = piece
        problem = _places_problem(kind, detail, shape, prod(each.shape)) or _fits_problem(operand, shape)
        if problem:
            return problem
    return _shape_problem(each, each.shape, _has_rows(operands))


def _fits_problem(operand: Instruction, shape: Shape) -> str:
    return "" if operand.shape in ((), shape) else f"expected an operand of the shape {shape}, got {operand.shape}"


def _places_problem(kind: str, detail: Any, shape: Shape, size: int) -> str:
    """Places in a flattened array of so many numbers: one by one, or as a start and a stride for each axis."""
    if kind == "take":
        fits = _are_sizes(detail) and len(detail) == prod(shape) and all(place < size for place in detail)
        return "" if fits else f"expected {prod(shape)} places below {size}"
    if type(detail) is not tuple or len(detail) != 2 or not _is_size(detail[0]) or type(detail[1]) is not tuple:
        return f"expected a start and strides, got {shown(detail)}"
    start, strides = detail
    if len(strides) != len(shape) or not all(type(stride) is int for stride in strides):
        return f"expected {len(shape)} strides, got {shown(strides)}"
    ends = [stride * (count - 1) for stride, count in zip(strides, shape)]
    last, first = start + sum(max(end, 0) for end in ends), start + sum(min(end, 0) for end in ends)
    return "" if 0 <= first and last < size and 0 not in shape else f"it leaves its operand, of {size} numbers"


def _contract_problem(each: Instruction, operands: list[Instruction]) -> str:
    inputs, arrow, result = each.detail.partition("->") if type(each.detail) is str else ("", "", "")
    specs = inputs.split(",")
    letters = inputs.replace(",", "") + result
    if not arrow or len(specs) != 2 or len(operands) != 2 or not (letters.isascii() and letters.isalpha()):
        return f"expected letters such as 'rk,jk->rj', got {shown(each.detail)}"
    if not set(result) <= set(inputs):
        return f"expected a result of the operands' letters, got {shown(each.detail)}"
    sizes: dict[str, int] = {}
    for spec, register in zip((*specs, result), (*operands, each)):
        fits = len(spec) == len(set(spec)) == len(register.shape) + register.rows
        if not fits or spec.startswith("r") != register.rows or "r" in spec[1:]:
            return f"{spec!r} does not fit an operand of {len(register.shape)} axes"
        for letter, size in zip(spec[register.rows :], register.shape):
            if sizes.setdefault(letter, size) != size:
                return f"the letter {letter!r} has two sizes, {sizes[letter]} and {size}"
    return ""


def _expand_problem(each: Instruction, operands: list[Instruction]) -> str:
    problem = _count_problem(operands, 1) or ("" if each.shape and each.detail is None else "expected an axis alone")
    return problem or _shape_problem(each, (*operands[0].shape, each.shape[-1]), operands[0].rows)


def _sum_to_problem(each: Instruction, operands: list[Instruction]) -> str:
    problem = _count_problem(operands, 1) or ("" if each.detail is None else "expected nothing else")
    wide = operands[0].shape if operands else ()
    lost = len(wide) - len(each.shape)
    fits = lost >= 0 and all(size in (1, whole) for size, whole in zip(each.shape, wide[lost:]))
    fits = fits and operands[0].rows >= each.rows
    return problem or ("" if fits else f"{wide} does not add up to {each.shape}")


def _fill_problem(each: Instruction, operands: list[Instruction]) -> str:
    problem = _count_problem(operands, 1, 2) or _shape_problem(each, operands[0].shape, operands[0].rows)
    if problem:
        return problem
    known = type(each.detail) is float
    if len(operands) == 2:
        known = each.detail is None and operands[1].shape == () and not operands[1].rows
    return "" if known else f"expected a number, or a scalar of the program, got {shown(each.detail)}"


_STRUCTURE: dict[str, Callable[[Instruction, list[Instruction]], str]] = {
    "input": _input_problem, "constant": _constant_problem, "stack": _stack_problem, "join": _join_problem,
    "view": _view_problem, "take": _take_problem, "assemble": _assemble_problem, "contract": _contract_problem,
    "expand": _expand_problem, "sum_to": _sum_to_problem, "fill": _fill_problem,
}  # fmt: skip
