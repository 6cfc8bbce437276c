"""The kinds of instruction: a row for each, of what the rest of `compiled` needs to know of it.

A new kind is a row here, and the methods of its name of the writers in `codegen`.

>>> xs = Instruction("input", shape=(2, 3), rows=True, name="xs")
>>> kind_of("join").shape(Instruction("join", (0, 0)), [xs, xs])
((12,), True)
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from ...errors import shown
from ...ops import TABLE
from . import flows
from .program import COMPARISONS, Instruction, Shape, split_name

if TYPE_CHECKING:
    from .reverse import Reversal

Operands = Sequence[Instruction]


class Misfit(Exception):
    """What is wrong with an instruction, as a sentence."""


class Kind(NamedTuple):
    """What is known of a kind of instruction."""

    shape: Callable[[Instruction, Operands], tuple[Shape, bool]]  # of the result, and whether it has rows
    counts: tuple[int, ...]  # of operands; none: any number
    fits: Callable[[Instruction, Operands], None]  # raises a Misfit where its detail, or an operand, is wrong
    flow: Callable[["Reversal", int, int], None] = flows.unknown  # sends the gradient back to the operands
    cost: int = 1  # about how long it runs, in elementwise instructions,
    each: int = 0  # and how much longer for each operand


def kind_of(op: str) -> Kind:
    """The kind of an instruction, the rows of the table of operations included."""
    return KINDS.get(op) or (COMPARISON if op in COMPARISONS else ROW)


def work_of(instructions: Operands) -> int:
    """About how long they run, in elementwise instructions; views are free, and arrays put together are not."""
    known = ((kind_of(each.op), len(each.operands)) for each in instructions)
    return sum(kind.cost + kind.each * count for kind, count in known)


def require(holds: bool, problem: str) -> None:
    """Raise a Misfit unless the condition holds."""
    if not holds:
        raise Misfit(problem)


def is_size(x: object) -> bool:
    return type(x) is int and 0 <= x < 2**62


def are_sizes(x: object) -> bool:
    return type(x) is tuple and all(map(is_size, x))


def require_count(operands: Operands, counts: tuple[int, ...]) -> None:
    require(len(operands) in counts, f"expected {' or '.join(map(str, counts))} operands, got {len(operands)}")


# ---- shapes ----


def have_rows(operands: Operands) -> bool:
    return any([operand.rows for operand in operands])


def broadcast(operands: Operands) -> tuple[Shape, bool]:
    """The shape of an elementwise result."""
    shapes = [operand.shape for operand in operands]
    if not any(shapes):
        return (), have_rows(operands)
    axes = max(map(len, shapes))
    padded = [(1,) * (axes - len(shape)) + shape for shape in shapes]
    shape = tuple(max(sizes) for sizes in zip(*padded))
    fits = all(size in (1, most) for sizes in padded for size, most in zip(sizes, shape))
    require(fits, f"its operands have the shapes {', '.join(map(str, shapes))}")
    return shape, have_rows(operands)


def _of_row(each: Instruction, operands: Operands) -> tuple[Shape, bool]:
    """An n-ary operation loses the last axis, and its slope has it; any other is elementwise."""
    row, _, slope = split_name(each.op)
    if row not in TABLE or not TABLE[row].variadic:
        return broadcast(operands)
    base = operands[0].shape
    require(bool(base), "expected an operand with an axis")
    return base if slope else base[:-1], have_rows(operands)


def _read(each: Instruction, operands: Operands) -> tuple[Shape, bool]:
    return each.shape, each.rows


def _read_for_rows(each: Instruction, operands: Operands) -> tuple[Shape, bool]:
    return each.shape, have_rows(operands)


def _vector(each: Instruction, operands: Operands) -> tuple[Shape, bool]:
    return (sum(prod(operand.shape) for operand in operands),), have_rows(operands)


def _like_first(each: Instruction, operands: Operands) -> tuple[Shape, bool]:
    return operands[0].shape, operands[0].rows


def _widen(each: Instruction, operands: Operands) -> tuple[Shape, bool]:
    require(bool(each.shape), "expected an axis alone")
    return (*operands[0].shape, each.shape[-1]), operands[0].rows


def _contract(each: Instruction, operands: Operands) -> tuple[Shape, bool]:
    *specs, result = each.detail.replace("->", ",").split(",")
    sizes = {letter: size for spec, operand in zip(specs, operands)
             for letter, size in zip(spec.replace("r", ""), operand.shape)}  # fmt: skip
    return tuple(sizes[letter] for letter in result if letter != "r"), "r" in result


# ---- details ----


def _require_name(each: Instruction, operands: Operands) -> None:
    require(bool(each.name) and each.detail is None, "expected a name alone")


def _numbers(each: Instruction, operands: Operands) -> None:
    values = (each.detail,) if each.shape == () else each.detail
    fits = type(values) is tuple and len(values) == prod(each.shape) and all(type(x) is float for x in values)
    require(fits and not each.rows, f"expected {prod(each.shape)} numbers, got {shown(each.detail)}")


def _nothing_else(each: Instruction, operands: Operands) -> None:
    require(each.detail is None, f"expected nothing else, got {shown(each.detail)}")


def _scalars(each: Instruction, operands: Operands) -> None:
    _nothing_else(each, operands)
    require(not any(operand.shape for operand in operands), "expected scalars")


def _something(each: Instruction, operands: Operands) -> None:
    _nothing_else(each, operands)
    require(bool(operands), "expected operands")


def _row_known(each: Instruction, operands: Operands) -> None:
    row, mark, slope = split_name(each.op)
    _nothing_else(each, operands)
    require(row in TABLE, "no such operation")
    slopes = TABLE[row].slopes
    known = slope in map(str, range(len(slopes))) and slopes[int(slope)] is not None
    require(not mark or known, "no such slope")
    require_count(operands, ((TABLE[row].arity or 1) + 2 * (mark == "'"),))


def _inside(each: Instruction, operands: Operands) -> None:
    _places(each.op, each.detail, each.shape, prod(operands[0].shape))


def _pieces(each: Instruction, operands: Operands) -> None:
    pieces = each.detail
    fits = type(pieces) is tuple and bool(pieces) and len(pieces) == len(operands)
    require(fits, f"expected where each of {len(operands)} operands goes, got {shown(pieces)}")
    for piece, operand in zip(pieces, operands):
        fits = type(piece) is tuple and len(piece) == 3 and piece[0] in ("view", "take") and are_sizes(piece[2])
        require(fits, f"expected a view or take with its places and its shape, got {shown(piece)}")
        kind, detail, shape = piece
        _places(kind, detail, shape, prod(each.shape))
        require(operand.shape in ((), shape), f"expected an operand of the shape {shape}, got {operand.shape}")


def _places(kind: str, detail: Any, shape: Shape, size: int) -> None:
    """Places in a flattened array of so many numbers: one by one, or as a start and a stride for each axis."""
    if kind == "take":
        fits = are_sizes(detail) and len(detail) == prod(shape) and all(place < size for place in detail)
        return require(fits, f"expected {prod(shape)} places below {size}")
    fits = type(detail) is tuple and len(detail) == 2 and is_size(detail[0]) and type(detail[1]) is tuple
    require(fits, f"expected a start and strides, got {shown(detail)}")
    start, strides = detail
    fits = len(strides) == len(shape) and all(type(stride) is int for stride in strides)
    require(fits, f"expected {len(shape)} strides, got {shown(strides)}")
    ends = [stride * (count - 1) for stride, count in zip(strides, shape)]
    last, first = start + sum(max(end, 0) for end in ends), start + sum(min(end, 0) for end in ends)
    require(0 <= first and last < size and 0 not in shape, f"it leaves its operand, of {size} numbers")


def _letters(each: Instruction, operands: Operands) -> None:
    inputs, arrow, result = each.detail.partition("->") if type(each.detail) is str else ("", "", "")
    specs, letters = inputs.split(","), inputs.replace(",", "") + result
    fits = bool(arrow) and len(specs) == 2 and letters.isascii() and letters.isalpha()
    require(fits, f"expected letters such as 'rk,jk->rj', got {shown(each.detail)}")
    require(set(result) <= set(inputs), f"expected a result of the operands' letters, got {shown(each.detail)}")
    sizes: dict[str, int] = {}
    for spec, register in zip((*specs, result), (*operands, each)):
        fits = len(spec) == len(set(spec)) == len(register.shape) + register.rows
        fits = fits and spec.startswith("r") == register.rows and "r" not in spec[1:]
        require(fits, f"{spec!r} does not fit an operand of {len(register.shape)} axes")
        for letter, size in zip(spec[register.rows :], register.shape):
            known = sizes.setdefault(letter, size)
            require(known == size, f"the letter {letter!r} has two sizes, {known} and {size}")


def _adds_up(each: Instruction, operands: Operands) -> None:
    _nothing_else(each, operands)
    wide = operands[0].shape
    lost = len(wide) - len(each.shape)
    fits = lost >= 0 and all(size in (1, whole) for size, whole in zip(each.shape, wide[lost:]))
    require(fits and operands[0].rows >= each.rows, f"{wide} does not add up to {each.shape}")


def _require_number(each: Instruction, operands: Operands) -> None:
    known = type(each.detail) is float
    if len(operands) == 2:
        known = each.detail is None and operands[1].shape == () and not operands[1].rows
    require(known, f"expected a number, or a scalar of the program, got {shown(each.detail)}")


KINDS = {
    "input":    Kind(_read,           (0,),    _require_name, cost=0),
    "constant": Kind(_read,           (0,),    _numbers, cost=0),
    "stack":    Kind(_vector,         (),      _scalars, flows.join),
    "join":     Kind(_vector,         (),      _something, flows.join, each=1),
    "view":     Kind(_read_for_rows,  (1,),    _inside, flows.piece, cost=0),
    "take":     Kind(_read_for_rows,  (1,),    _inside, flows.piece, cost=5),
    "assemble": Kind(_read_for_rows,  (),      _pieces),
    "contract": Kind(_contract,       (2,),    _letters, flows.contract),
    "expand":   Kind(_widen,          (1,),    _nothing_else),
    "sum_to":   Kind(_read,           (1,),    _adds_up),
    "fill":     Kind(_like_first,     (1, 2),  _require_number),
}  # fmt: skip
COMPARISON = Kind(_of_row, (2,), _nothing_else, flows.nothing)
ROW = Kind(_of_row, (), _row_known, flows.row)
