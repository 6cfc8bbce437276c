"""A `Program` is a straight line of array instructions: data that prints, checks itself, and is saved as JSON.

Each instruction makes one register from earlier ones. A register has a shape, and `rows` says whether there is one such
array for each row of a batch; a scalar program is one whose shapes are all (). What an instruction can be:

    a row of the table     "tanh", "add": elementwise, operands broadcast as in NumPy; n-ary rows along the last axis
    a row and an index     "tanh'0": the slope of that operand times the gradient from above (its last operand)
    a row and a number     "relu?0": whether anything flows to that operand
    a comparison           "<" "<=" ">" ">=" "and" "or"
    input, constant        a named argument; numbers known when the program was made
    stack, join            scalars become a vector; flattened arrays follow one another
    view, take             elements by (start, strides), or by their places, of the flattened operand
    assemble               the reverse of view and take: each operand added at its places of an array of zeros
    contract               the sum of products over the letters that its result lacks: "rk,jk->rj" is a matrix product
    expand, sum_to, fill   repeat along a new last axis; sum until only this shape is left; one number everywhere

>>> program = Program((Instruction("input", name="x"), Instruction("tanh", (0,))), outputs=(1,))
>>> print(checked(program))
x      = input
tanh_1 = tanh x
return tanh_1
"""

import json
import keyword
from math import prod
from typing import Any, NamedTuple

from ..errors import ArgumentError, shown
from ..ops import TABLE

Shape = tuple[int, ...]

COMPARISONS = {"<": "a < b", "<=": "a <= b", ">": "a > b", ">=": "a >= b", "and": "a & b", "or": "a | b"}
STRUCTURE = ("input", "constant", "stack", "join", "view", "take", "assemble", "contract", "expand", "sum_to", "fill")


class Instruction(NamedTuple):
    """One register: what makes it, of which earlier registers, and the shape of the result."""

    op: str
    operands: tuple[int, ...] = ()
    shape: Shape = ()
    rows: bool = False
    detail: Any = None
    name: str = ""


class Guard(NamedTuple):
    """A comparison that steered the recording: the program holds only where the register is still `answer`."""

    register: int
    answer: bool
    place: str


class Program(NamedTuple):
    """Instructions in order, the registers that are returned, and the comparisons that must come out as recorded."""

    instructions: tuple[Instruction, ...]
    outputs: tuple[int, ...]
    guards: tuple[Guard, ...] = ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the arguments, in order."""
        return tuple(each.name for each in self.instructions if each.op == "input")

    @property
    def work(self) -> int:
        """About how long it runs, in elementwise instructions; views are free, and arrays put together are not."""
        costs = {"input": 0, "constant": 0, "view": 0, "take": 5}
        return sum(costs.get(each.op, 1) + len(each.operands) * (each.op == "join") for each in self.instructions)

    def __str__(self) -> str:
        names = register_names(self)
        width = max(map(len, names), default=0)
        lines = [f"{name.ljust(width)} = {_described(each, names)}" for name, each in zip(names, self.instructions)]
        lines += [f"guard {names[each.register]} is {each.answer}  # {each.place}" for each in self.guards]
        return "\n".join([*lines, "return " + ", ".join(names[register] for register in self.outputs)])


def register_names(program: Program) -> list[str]:
    """A name for each register, no two alike: its own, or its operation and number."""
    taken = set(program.inputs)
    names = []
    for index, each in enumerate(program.instructions):
        name = each.name or f"{_WORDS.get(each.op) or parted(each.op)[0]}_{index}"
        while each.op != "input" and name in taken:
            name += "_"
        taken.add(name)
        names.append(name)
    return names


_WORDS = {"<": "less", "<=": "at_most", ">": "more", ">=": "at_least", "and": "both", "or": "either"}


def parted(op: str) -> tuple[str, str, str]:
    """The row of the table, the mark, and the operand's index: "tanh'0" is tanh, ', 0."""
    mark = "'" if "'" in op else "?"
    return op.partition(mark)


def _described(each: Instruction, names: list[str]) -> str:
    parts = [each.op, *(names[operand] for operand in each.operands)]
    if each.detail is not None:
        text = repr(each.detail)
        parts.append(text if len(text) < 60 else text[:57] + "...")
    shape = " x ".join([*["rows"] * each.rows, *map(str, each.shape)])
    return " ".join(parts) + (f" : {shape}" if shape else "")


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


def to_json(program: Program) -> str:
    """The program as JSON text; `from_json` makes it again.

    >>> program = Program((Instruction("constant", detail=float("inf")),), outputs=(0,))
    >>> from_json(to_json(program)) == program
    True
    """
    body = {
        "autodiff program": 1,
        "instructions": [_plain(tuple(each)) for each in program.instructions],
        "outputs": program.outputs,
        "guards": program.guards,
    }
    return json.dumps(body, allow_nan=False)


def from_json(text: str) -> Program:
    """The program that `to_json` wrote, checked; nothing in the text is ever executed.

    Raises ArgumentError if it is not a program.
    """
    try:
        body = json.loads(text)
        if body["autodiff program"] != 1:
            raise ArgumentError(f"program: expected version 1, got {shown(body['autodiff program'])}")
        instructions = tuple(Instruction(*_tuples(each)) for each in body["instructions"])
        guards = tuple(Guard(*each) for each in body["guards"])
        return checked(Program(instructions, tuple(body["outputs"]), guards))
    except ArgumentError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise ArgumentError(f"program: expected JSON written by to_json, got {shown(text)}: {error}") from None


def _plain(value: Any) -> Any:
    """Tuples as lists, and floats under a mark, since JSON has neither inf nor a difference between 1 and 1.0."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return {"float": repr(value)} if type(value) is float else value


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_tuples(each) for each in value)
    return float(value["float"]) if isinstance(value, dict) else value
