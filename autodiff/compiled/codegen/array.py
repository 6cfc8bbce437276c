"""Programs for arrays of any namespace; the rows of a batch are the first axis, and no array is ever changed.

>>> from ..ir.program import Instruction, Program
>>> xs = Instruction("input", shape=(3,), rows=True, name="xs")
>>> program = Program((xs, Instruction("total", (0,), rows=True), Instruction("exp", (1,), rows=True)), (2,))
>>> print(ArrayWriter(program, {}).function("value"))
def value(x_0):
    total_1 = total(x_0)
    exp_2 = exp(total_1)
    return exp_2,
<BLANKLINE>
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..ir.program import Instruction, Program, split_name
from ..ir.strides import places, places_of
from .layout import Layout, gathers
from .lines import Part, is_number, number
from .writer import Writer


class ArrayWriter(Writer):
    """Arrays of NumPy, or of a namespace like it: a method for each kind of instruction."""

    sum = "total"  # the function that adds up along the last axis
    layout = Layout()

    def __init__(self, program: Program, tables: dict[str, str]) -> None:
        super().__init__(program, tables)
        self.alike: dict[int, str] = {}  # what is one number in all rows, and an array that has the rows

    @property
    def count(self) -> str:
        """How many rows there are, as code: an input can tell, and is always there."""
        inputs = zip(self.made, self.program.instructions)
        return next(f"{name}.shape[0]" for name, each in inputs if each.op == "input" and each.rows)

    def check_guard(self, register: int, answer: bool) -> str:
        name = self.names[register]
        if is_number(name):  # of numbers alone
            return f"({name} {'!=' if answer else '=='} 0.0)"
        text = name if answer else f"logical_not({name})"
        axes = tuple(range(-len(self[register].shape), 0))
        return f"all({text}, axis={axes})" if axes else text

    # ---- one number in all rows ----

    def texts(self, registers: Sequence[int]) -> list[str]:
        """Registers as operands, each with its rows."""
        return [self.with_rows(register) if register in self.alike else self.text(register) for register in registers]

    def with_rows(self, register: int) -> str:
        """The name of an array of the number that a register is in all rows."""
        like, text = self.alike.pop(register), self.names[register]
        self.names[register] = self.made[register]
        if self.is_condition(register) and is_number(text):
            self.assign(self.names[register], f"{self.layout.full_like(like, text)} != 0.0")
        elif self.is_condition(register):  # which is no number
            self.assign(self.names[register], f"broadcast_to({text}, {like}.shape)")
        else:
            self.assign(self.names[register], self.layout.full_like(like, text))
        return self.names[register]

    def like(self, each: Instruction) -> str:
        """An array of numbers with the rows of an instruction: made like a condition, any number would be True."""
        with_rows = sorted((x for x in each.operands if self[x].rows), key=self.is_condition)
        text = self.alike.get(with_rows[0], self.names[with_rows[0]])
        return f"zeros({text}.shape)" if self.is_condition(with_rows[0]) and with_rows[0] not in self.alike else text

    def row(self, index: int, each: Instruction) -> None:
        """An elementwise instruction; of nothing that has rows it is one number in all of them."""
        code = self.template_of(each)
        used = [operand for letter, operand in self.letter_operands(each) if letter in code.letters]
        alike = [operand for operand in dict.fromkeys(used) if operand in self.alike]
        with_rows = [operand for operand in used if self[operand].rows and operand not in self.alike]
        if each.rows and not each.shape and not with_rows and not (alike and code.calls):
            self.alike[index] = self.like(each)
        elif not any(len(self[operand].shape) == len(each.shape) for operand in with_rows):
            for operand in alike:
                self.with_rows(operand)
        super().row(index, each)
        axes = np.broadcast_shapes(*(self[operand].shape for operand in used))
        if axes != each.shape or each.shape and each.rows and not (alike or with_rows):
            self.spread(index, each)

    def spread(self, index: int, each: Instruction) -> None:
        """Give a register all its axes, where those operands that have them are not looked at."""
        text, axes = self.names[index], [*([self.count] if each.rows else []), *map(str, each.shape)]
        part = self.as_array(text)
        part = f"({part} != 0.0)" if is_number(text) and self.is_condition(index) else part
        self.names[index] = self.made[index]
        self.assign(self.names[index], f"broadcast_to({part}, ({', '.join(axes)},))")

    # ---- elementwise, and along an axis ----

    def operand(self, register: int, user: Instruction) -> str:
        """With axes of size 1 between its rows and its shape, where the result has more axes."""
        each, text = self[register], self.text(register)
        missing = len(user.shape) - len(each.shape) if register not in self.alike else 0
        return f"{text}[:{', None' * missing}{', :' * len(each.shape)}]" if each.rows and missing > 0 else text

    def along(self, index: int, each: Instruction) -> None:
        """An n-ary operation along the last axis, or the contributions to its operands."""
        row, _, slope = split_name(each.op)
        texts = [self.text(operand) for operand in each.operands]
        terms = Part(f"exponentials({texts[0]})", "exponentials", twice=False)
        if row == "total":
            self.line(index, f"{self.sum}({texts[0]})")
        elif row == "largest":
            self.line(index, self.layout.method("max", texts[0], "axis=-1"))
        elif row == "logsumexp" and slope:
            single = not (self[each.operands[2]].rows or self[each.operands[2]].shape)
            one = single or is_number(texts[2]) or each.operands[2] in self.alike
            upstream = texts[2] if one else f"{texts[2]}[..., None]"
            self.line(index, f"parts_of_sum(*{{p0}}) * {upstream}", (terms,))
        elif row == "logsumexp":
            self.line(index, "log_of_sum(*{p0})", (terms,))
        else:
            raise AssertionError(f"{row} does not run along an axis")

    def contract(self, index: int, each: Instruction) -> None:
        """A sum of products; one number in all rows only scales."""
        if each.operands[0] in self.alike and each.detail == "r,rk->rk":
            left, right = map(self.text, each.operands)
            self.line(index, f"{left} * {right}")
        else:
            left, right = self.texts(each.operands)
            self.line(index, self.layout.product(left, right, each.detail))

    def sum_to(self, index: int, each: Instruction) -> None:
        text = self.texts(each.operands)[0]
        operand = self[each.operands[0]]
        extra, lead = len(operand.shape) - len(each.shape), int(operand.rows)
        axes = [0] * (operand.rows and not each.rows) + [lead + axis for axis in range(extra)]
        ones = [axis for axis in range(len(each.shape)) if each.shape[axis] == 1 != operand.shape[axis + extra]]
        axes += [lead + extra + axis for axis in ones]
        text = self.layout.method("sum", text, f"axis={axes[0] if len(axes) == 1 else tuple(axes)}")
        self.line(index, self.layout.reshape(text, sizes(each)) if ones else text)

    # ---- numbers ----

    def constant(self, index: int, each: Instruction) -> None:
        if each.shape:
            self.names[index] = self.numbers(list(map(number, each.detail)), each.shape)

    def fill(self, index: int, each: Instruction) -> None:
        texts = self.texts(each.operands)
        scalar = not each.rows and not each.shape
        if len(texts) > 1 and each.rows and not each.shape:
            self.names[index], self.alike[index] = texts[1], texts[0]
        elif len(texts) > 1:
            self.line(index, texts[1] if scalar else self.layout.full_like(texts[0], texts[1]))
        elif not scalar:
            self.line(index, self.layout.full_like(texts[0], number(each.detail)))

    def expand(self, index: int, each: Instruction) -> None:
        texts = self.texts(each.operands)
        if is_number(texts[0]):
            self.names[index] = self.numbers(texts * prod(each.shape), each.shape)
        elif not (each.rows or each.shape[:-1]):  # one number, which may be a float of Python's
            self.line(index, f"{texts[0]} * {self.numbers(['1.0'] * each.shape[-1])}")
        else:
            self.line(index, self.layout.method("repeat", f"{texts[0]}[..., None]", f"{each.shape[-1]}, axis=-1"))

    def numbers(self, texts: Sequence[str], shape: Sequence[int] = ()) -> str:
        """The name of an array of numbers: a vector, or of another shape."""
        vector = self.layout.array(f"[{', '.join(texts)}]")
        return self.table(self.layout.reshape(vector, shape) if len(shape) > 1 else vector)

    def places(self, found: Any) -> str:
        """The name of an array of places."""
        return self.table(self.layout.array(str(found.tolist()), places=True))

    def table(self, code: str) -> str:
        """The name of an array that is made once, beside the functions."""
        return self.tables.setdefault(code, f"table_{len(self.tables)}")

    # ---- arrays put together and taken apart ----

    def stack(self, index: int, each: Instruction) -> None:
        texts = self.texts(each.operands)
        if each.rows:
            base = next(text for operand, text in zip(each.operands, texts) if self[operand].rows)
            texts = [text if self[operand].rows else self.layout.full_like(base, text)
                     for operand, text in zip(each.operands, texts)]  # fmt: skip
        self.line(index, self.layout.stack(texts))

    def join(self, index: int, each: Instruction) -> None:
        texts = self.texts(each.operands)
        registers = [self[operand] for operand in each.operands]
        flat = []
        for register, text in zip(registers, texts):
            size = prod(register.shape)
            part = self.flatten(text, register)
            flat.append(part if register.rows or not each.rows else f"broadcast_to({part}, ({self.count}, {size}))")
        self.line(index, f"concat([{', '.join(flat)}], axis=-1)")

    def view(self, index: int, each: Instruction) -> None:
        text = self.as_array(self.texts(each.operands)[0])
        base = self[each.operands[0]]
        start, strides = each.detail
        sliced = self.layout.view(text, base.shape, base.rows, start, strides, each.shape)
        self.line(index, sliced or self.gather(text, base, places(start, strides, each.shape)))

    def take(self, index: int, each: Instruction) -> None:
        text, wanted = self.texts(each.operands)[0], np.array(each.detail).reshape(each.shape)
        self.line(index, self.gather(text, self[each.operands[0]], wanted))

    def gather(self, text: str, base: Instruction, wanted: Any) -> str:
        """The elements at these places of a flattened register."""
        return self.layout.take(self.flatten(text, base), self.places(wanted), wanted.shape, base.rows)

    def as_array(self, text: str) -> str:
        """A plain number as an array of that one; anything else as it is."""
        return self.numbers([text]) if is_number(text) else text

    def flatten(self, text: str, each: Instruction) -> str:
        """A register as one vector for each row."""
        if is_number(text):
            return self.as_array(text)
        return text if len(each.shape) == 1 else self.layout.reshape(text, (*[-1] * each.rows, prod(each.shape)))

    def assemble(self, index: int, each: Instruction) -> None:
        """An array of zeros, to which each operand is added at its places."""
        texts = self.texts(each.operands)
        name = self.names[index]
        views = [(detail, shape) for _, detail, shape in each.detail]
        blocks = None if each.rows else self.layout.tile(texts, views, prod(each.shape))
        if blocks:
            code = blocks[0][1] if len(blocks) == 1 else self.lay_blocks(name, blocks)
        else:
            found, rows = pieces(each), [-1] * each.rows
            flat = ", ".join(self.as_array(text) if is_number(text) else self.layout.reshape(text, (*rows, piece.size))
                             for text, piece in zip(texts, found))
            zero = f"({self.count}, 1)" if each.rows else "1"
            self.assign(f"{name}_parts", f"concat([{flat}, zeros({zero})], axis=-1)")
            rounds = gathers(found, prod(each.shape))
            terms = [self.layout.take(f"{name}_parts", self.places(term), term.shape, each.rows) for term in rounds]
            code = " + ".join(terms)
        self.assign(name, code if len(each.shape) == 1 else self.layout.reshape(code, sizes(each)))

    def lay_blocks(self, name: str, blocks: list[tuple[int, str]]) -> str:
        """Blocks one after the other."""
        return f"concat([{', '.join(text for _, text in blocks)}])"


def sizes(each: Instruction) -> list[int]:
    """The sizes of a register, to which a flattened array is reshaped."""
    return [*[-1] * each.rows, *each.shape]


def pieces(each: Instruction) -> list[Any]:
    """The places, in the flattened result, of each operand of an assembly."""
    return [places_of(*piece) for piece in each.detail]
