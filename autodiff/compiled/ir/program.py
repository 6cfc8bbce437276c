"""A `Program` is a straight line of array instructions: data that prints itself.

Each instruction makes one register from earlier ones. A register has a shape, and `rows` says whether there is one such
array for each row of a batch; a scalar program is one whose shapes are all (). What an instruction can be:

    a row of the table     "tanh", "add": elementwise, operands broadcast as in NumPy; n-ary rows along the last axis
    a row and an index     "tanh'0": the slope of that operand times the upstream gradient (its last operand)
    a row and a number     "relu?0": whether anything flows to that operand
    a comparison           "<" "<=" ">" ">=" "and" "or"
    input, constant        a named argument; numbers known when the program was made
    stack, join            scalars become a vector; flattened arrays follow one another
    view, take             elements by (start, strides), or by their places, of the flattened operand
    assemble               the reverse of view and take: each operand added at its places of an array of zeros
    contract               the sum of products over the letters that its result lacks: "rk,jk->rj" is a matrix product
    expand, sum_to, fill   repeat along a new last axis; sum until only this shape is left; one number everywhere

>>> program = Program((Instruction("input", name="x"), Instruction("tanh", (0,))), outputs=(1,))
>>> print(program)
x      = input
tanh_1 = tanh x
return tanh_1
"""

from typing import Any, NamedTuple

Shape = tuple[int, ...]

COMPARISONS = {"<": "a < b", "<=": "a <= b", ">": "a > b", ">=": "a >= b", "and": "a & b", "or": "a | b"}


class Instruction(NamedTuple):
    """One register: what makes it, of which earlier registers, and the shape of the result."""

    op: str
    operands: tuple[int, ...] = ()
    shape: Shape = ()
    rows: bool = False
    detail: Any = None
    name: str = ""                 # what the caller calls an input: data, and never source
    adjoint_of: int | None = None  # the register whose gradient this is


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
    def multiplies_matrices(self) -> bool:
        """Whether it has a sum of products, which multiplies by 0 also where no gradient flows."""
        return any(each.op == "contract" for each in self.instructions)

    def __str__(self) -> str:
        names = register_names(self)
        width = max(map(len, names), default=0)
        lines = [f"{name.ljust(width)} = {_describe(each, names)}" for name, each in zip(names, self.instructions)]
        lines += [f"guard {names[each.register]} is {each.answer}  # {each.place}" for each in self.guards]
        return "\n".join([*lines, "return " + ", ".join(names[register] for register in self.outputs)])


def register_names(program: Program) -> list[str]:
    """What a reader calls each register, no two alike: an input by its name, an adjoint d_, others by their number."""
    return _name(program, [_legible(name) for name in program.inputs])


def source_names(program: Program) -> list[str]:
    """What source calls each register: as `register_names`, but that inputs are numbered; no word is a caller's."""
    return _name(program, [f"x_{index}" for index, each in enumerate(program.instructions) if each.op == "input"])


def _name(program: Program, inputs: list[str]) -> list[str]:
    taken, rest, names = set(inputs), iter(inputs), list[str]()
    for index, each in enumerate(program.instructions):
        name = f"{_WORDS.get(each.op) or split_name(each.op)[0]}_{index}"
        if each.op == "input":
            name = next(rest)
        elif each.adjoint_of is not None and f"d_{names[each.adjoint_of]}" not in taken:
            name = f"d_{names[each.adjoint_of]}"
        while each.op != "input" and name in taken:
            name += "_"
        taken.add(name)
        names.append(name)
    return names


def _legible(name: str) -> str:
    """A name as it stands, if it is one word, and in quotes if it is not."""
    return name if name.isidentifier() else ascii(name)


_WORDS = {"<": "less", "<=": "at_most", ">": "more", ">=": "at_least", "and": "both", "or": "either"}


def split_name(op: str) -> tuple[str, str, str]:
    """The row of the table, the mark, and the operand's index: "tanh'0" is tanh, ', 0."""
    mark = "'" if "'" in op else "?"
    return op.partition(mark)


def _describe(each: Instruction, names: list[str]) -> str:
    parts = [each.op, *(names[operand] for operand in each.operands)]
    if each.detail is not None:
        text = repr(each.detail)
        parts.append(text if len(text) < 60 else text[:57] + "...")
    shape = " x ".join([*["rows"] * each.rows, *map(str, each.shape)])
    return " ".join(parts) + (f" : {shape}" if shape else "")
