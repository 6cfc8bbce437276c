"""Writes a program as a function, a line for each register: what all targets have in common."""

from collections.abc import Sequence

from ...notation import Notation
from ...ops import TABLE
from ..ir.instructions import KINDS
from ..ir.program import COMPARISONS, Instruction, Program, source_names, split_name
from .lines import Code, Line, Part, is_number, number, row, share_parts
from .templates import ARRAYS, Template, template


class Writer:
    """Writes one program; a target says how its instructions and its guards are written."""

    notation: Notation = ARRAYS  # of the rules of the table

    def __init__(self, program: Program, tables: dict[str, str]) -> None:
        self.program, self.tables = program, tables  # arrays of numbers: their code, and the names they go by
        self.made = source_names(program)
        self.names = list(self.made)  # or a number, or another register that is the same
        self.lines: list[Line] = []

    def __getitem__(self, register: int) -> Instruction:
        return self.program.instructions[register]

    def function(self, name: str) -> str:
        """The whole text of the function."""
        for index, each in enumerate(self.program.instructions):
            self.instruction(index, each)
        result = self.texts(self.program.outputs)
        body = [f"    {line}" for line in self.finish()]
        for count, guard in enumerate(self.program.guards):
            held = self.check_guard(guard.register, guard.answer)
            body.append(f"    held = {'held & ' * bool(count)}{held}  # guard {count}")
        inputs = [name for name, each in zip(self.made, self.program.instructions) if each.op == "input"]
        result += ["held"] * bool(self.program.guards)
        end = ", ".join(result) + "," * (len(result) == 1) if result else "()"
        return "\n".join([f"def {name}({', '.join(inputs)}):", *body, f"    return {end}", ""])

    def instruction(self, index: int, each: Instruction) -> None:
        """Write the line of a register: one of the `KINDS` by the method of its name."""
        row = split_name(each.op)[0]
        if each.op in KINDS:
            getattr(self, each.op)(index, each)
        elif row in TABLE and TABLE[row].variadic:
            self.along(index, each)
        else:
            self.row(index, each)

    def input(self, index: int, each: Instruction) -> None:
        """An argument of the function needs no line."""

    def along(self, index: int, each: Instruction) -> None:
        """An n-ary operation along the last axis, or the contributions to its operands."""
        raise NotImplementedError

    def check_guard(self, register: int, answer: bool) -> str:
        """Whether a comparison came out as recorded."""
        raise NotImplementedError

    def finish(self) -> list[str]:
        """The text of the lines."""
        return list(map(str, share_parts(self.lines)))

    def line(self, index: int, code: Code, parts: tuple[Part, ...] = ()) -> None:
        """The code of a register, which uses all its operands."""
        self.add(index, Line(self.names[index], code, parts, tuple(map(self.text, self[index].operands))))

    def add(self, index: int, line: Line) -> None:
        """The line of a register; a number or another register's name needs none."""
        if isinstance(line.code, str) and (line.code.isidentifier() or is_number(line.code)):
            self.names[index] = line.code
        else:
            self.lines.append(line)

    def assign(self, name: str, code: str, parts: tuple[Part, ...] = ()) -> None:
        """A line that gives a name to what its code makes."""
        self.lines.append(Line(name, code, parts))

    def text(self, register: int) -> str:
        """A register as an operand: a plain number, or its name."""
        each = self[register]
        filled = each.op == "fill" and not each.rows and len(each.operands) == 1
        return number(each.detail) if not each.shape and (filled or each.op == "constant") else self.names[register]

    def texts(self, registers: Sequence[int]) -> list[str]:
        """Registers as operands."""
        return [self.text(register) for register in registers]

    def operand(self, register: int, user: Instruction) -> str:
        """A register as an operand of an elementwise instruction."""
        return self.text(register)

    def row(self, index: int, each: Instruction) -> None:
        """An elementwise instruction, from its template."""
        operands = {letter: self.operand(operand, each) for letter, operand in self.letter_operands(each)}
        found = self.template_of(each)
        self.add(index, row(self.names[index], found.code, operands, found.parts))

    def letter_operands(self, each: Instruction) -> list[tuple[str, int]]:
        """The operands of an elementwise instruction by the letters that its template calls them."""
        letters = "abc"[: len(each.operands) - 2] + "yg" if "'" in each.op else "abc"
        return list(zip(letters, each.operands))

    def template_of(self, each: Instruction) -> Template:
        """The template of an elementwise instruction, written for those of its operands that are plain numbers."""
        texts = [(letter, self.text(operand)) for letter, operand in self.letter_operands(each)]
        plain = tuple((letter, text) for letter, text in texts if is_number(text))
        return template(each.op, self.notation, plain, self.by_condition(each))

    def by_condition(self, each: Instruction) -> bool:
        """Whether it is a choice by a comparison, which is no number to compare with 0."""
        return split_name(each.op)[0] == "where" and self.is_condition(each.operands[0])

    def is_condition(self, register: int) -> bool:
        """Whether a register is true or false."""
        each = self[register]
        while each.op in ("view", "take"):
            each = self[each.operands[0]]
        return each.op in COMPARISONS or "?" in each.op
