"""Programs for NumPy: an array that is put together from others is filled in place, and relu closes in place."""

from math import prod
from typing import Any

import numpy as np

from ..ir.program import Instruction, Program, split_name
from .array import ArrayWriter, pieces, sizes
from .lines import Binary, Line

FEW = 32  # columns


class NumpyWriter(ArrayWriter):
    """Arrays of NumPy."""

    sum = "quick_total"

    def __init__(self, program: Program, tables: dict[str, str]) -> None:
        super().__init__(program, tables)
        self.in_place: set[int] = set()  # sums that were made where their product was

    def row(self, index: int, each: Instruction) -> None:
        """An elementwise instruction; a bias is added to, and relu taken of, a product in the product's own place."""
        operand = each.operands[0]
        made = self.line_of(operand) if each.op == "add" and self.is_own(operand, each) else None
        if made is not None:
            self.in_place.add(index)
            self.lines[made] = self.lines[made]._replace(name=self.names[index])
            self.lines.append(Line(self.names[index], self.operand(each.operands[1], each), sign="+="))
        elif each.op == "relu" and operand in self.in_place and self.serves_relu(operand):
            self.reuse(index, each, operand, "rectified({x})")
        elif each.op == "relu'0" and self.is_own(each.operands[-1], each) and self.is_whole(operand, each):
            self.reuse(index, each, each.operands[-1], "emptied({x}, {closed})")
        else:
            super().row(index, each)

    def reuse(self, index: int, each: Instruction, operand: int, code: str) -> None:
        """Let relu, or its slope, be made in the place of an operand; where it is closed is found before."""
        (test, *_), names = self.template_of(each).parts, dict(self.letter_operands(each))
        closed = test._replace(text=test.text.format(a=self.names[names["a"]]))
        self.assign(self.names[index], code.format(x=self.names[operand], closed="{p0}"), (closed,))

    def serves_relu(self, register: int) -> bool:
        """Whether only relu, and what asks where it is closed, looks at a register: relu's own result tells as much."""
        program = self.program
        users = {split_name(each.op)[0] for each in program.instructions if register in each.operands}
        return users == {"relu"} and register not in (*program.outputs, *(each.register for each in program.guards))

    def is_own(self, register: int, user: Instruction) -> bool:
        """Whether a register is a product, an array of its user's shape, which nobody else looks at."""
        is_product = self[register].op == "contract" and self.is_whole(register, user)
        return is_product and self.line_of(register) is not None

    def is_whole(self, register: int, user: Instruction) -> bool:
        """Whether a register is an array of its user's shape, and not one number in all rows."""
        mine, wanted = ((each.shape, each.rows) for each in (self[register], user))
        return mine == wanted != ((), False) and register not in self.alike and self.names[register].isidentifier()

    def line_of(self, register: int) -> int | None:
        """The line that makes a register, if that is used once, and is no output."""
        uses = sum(each.operands.count(register) for each in self.program.instructions)
        if uses > 1 or register in self.program.outputs or self.names[register] != self.made[register]:
            return None
        name = self.names[register]
        return next((at for at, line in enumerate(self.lines) if line.name == name and line.sign == "="), None)

    def sum_to(self, index: int, each: Instruction) -> None:
        """A sum over few columns is quicker as a product with ones; of numbers that were negated for it, with -1."""
        (register,), (text,), weight = each.operands, self.texts(each.operands), 1.0
        columns = self[register].shape
        if self[register].rows != each.rows or each.shape or len(columns) != 1 or columns[0] > FEW:
            super().sum_to(index, each)
            return
        made = self.line_of(register)
        if made is not None and self.lines[made].code == f"-{self.text(self[register].operands[0])}":
            del self.lines[made]
            text, weight = self.text(self[register].operands[0]), -1.0
        self.line(index, f"vecdot({text}, {self.numbers([str(weight)] * columns[0])})")

    def assemble(self, index: int, each: Instruction) -> None:
        texts = self.texts(each.operands)
        name, size, found = self.names[index], prod(each.shape), pieces(each)
        counts = np.bincount(np.concatenate([places.ravel() for places in found]), minlength=size)
        make, sign = "empty" if counts.min() == counts.max() == 1 else "zeros", "=" if counts.max() == 1 else "+="
        self.assign(name, f"{make}({f'({self.count}, {size})' if each.rows else size})")
        for operand, (kind, detail, shape), text, places in zip(each.operands, each.detail, texts, found):
            part = self.layout.view(name, (size,), each.rows, detail[0], detail[1], shape) if kind == "view" else None
            if part and not (each.rows and "reshape" in part):
                if not self.write_in_place(operand, part, sign):
                    self.lines.append(Line(part if part.endswith("]") else f"{part}[...]", text, sign=sign))
            else:
                self.scatter(name, text, places, each.rows, sign)
        if len(each.shape) != 1:
            self.assign(name, self.layout.reshape(name, sizes(each)))

    def write_in_place(self, operand: int, part: str, sign: str) -> bool:
        """Let a product that is used only here be written where it belongs, and not be copied there."""
        made = self.line_of(operand)
        if sign != "=" or made is None or operand in self.in_place:  # what is added to it there must stay after it
            return False
        match self.lines[made].code:
            case Binary(left, "@", right) if " " not in left + right and part.endswith("]"):
                del self.lines[made]
                self.assign("", f"matmul({left}, {right}, out={part})")
                return True
        return False

    def scatter(self, name: str, text: str, places: Any, rows: bool, sign: str) -> None:
        """Add to places that no slice describes."""
        table = self.places(places)
        once = len(np.unique(places)) == places.size
        if once:
            self.lines.append(Line(f"{name}[{':, ' * rows}{table}]", text, sign=sign))
        else:
            self.assign("", f"add.at({name}, {f'(slice(None), {table})' if rows else table}, {text})")
