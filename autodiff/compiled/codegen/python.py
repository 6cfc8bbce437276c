"""Programs for Python floats, with the kernels of the eager engine, and its bits.

>>> from ..ir.program import Instruction, Program
>>> program = Program((Instruction("input", name="x"), Instruction("relu", (0,)), Instruction("exp", (1,))), (2,))
>>> print(MathWriter(program, {}).function("value"))
def value(x_0):
    relu_1 = 0.0 if x_0 <= 0.0 else x_0
    exp_2 = exp(relu_1)
    return exp_2,
<BLANKLINE>
"""

from collections import Counter

from ...ops import TABLE
from ..ir.program import Instruction, Program, split_name
from .compact import compact
from .lines import Choice, Line, in_full, number, share_parts
from .templates import ARRAYS, FLOATS, template
from .writer import Writer


class MathWriter(Writer):
    """Python floats; what an n-ary operation runs over is a list."""

    notation = FLOATS

    def __init__(self, program: Program, tables: dict[str, str]) -> None:
        super().__init__(program, tables)
        self.uses = Counter(operand for each in program.instructions for operand in each.operands)
        self.uses.update(program.outputs)

    def constant(self, index: int, each: Instruction) -> None:
        """A number is written where it is used."""

    def stack(self, index: int, each: Instruction) -> None:
        self.line(index, f"[{', '.join(self.texts(each.operands))}]")

    def view(self, index: int, each: Instruction) -> None:
        self.line(index, f"{self.text(each.operands[0])}[{each.detail[0]}]")

    def sum_to(self, index: int, each: Instruction) -> None:
        self.line(index, self.text(each.operands[0]))

    def expand(self, index: int, each: Instruction) -> None:
        self.line(index, f"[{self.text(each.operands[0])}] * {each.shape[-1]}")

    def fill(self, index: int, each: Instruction) -> None:
        if each.shape:
            self.line(index, f"[{number(each.detail)}] * {each.shape[-1]}")
        elif len(each.operands) > 1:
            self.line(index, self.text(each.operands[1]))

    def along(self, index: int, each: Instruction) -> None:
        """An n-ary operation over a list, or the list of the contributions to its operands."""
        texts, (row, _, slope) = self.texts(each.operands), split_name(each.op)
        rule = (TABLE[row].slopes[0] or "").replace("xs", texts[0])
        self.line(index, f"[slope * {texts[2]} for slope in {rule}]" if slope else f"{row}({texts[0]})")

    def row(self, index: int, each: Instruction) -> None:
        """As for arrays; a contribution that only a condition lets pass is not even computed where it does not."""
        if each.shape:
            return self.elements(index, each)
        if each.op == "where" and self.lines and self.uses[each.operands[1]] == 1:
            last = self.lines[-1]
            condition, inner, other = self.texts(each.operands)
            own = inner == self.made[each.operands[1]]  # and not another register's, which is used elsewhere as well
            own = own and last.name == inner and not isinstance(last.code, Choice)
            if own and self.is_condition(each.operands[0]):
                uses = (*last.uses, *(name for part in last.parts for name in part.uses), condition, other)
                text = in_full(last.code, last.parts)[-1]
                self.lines[-1] = Line(self.names[index], Choice(condition, text, other), uses=uses)
                return
        super().row(index, each)

    def elements(self, index: int, each: Instruction) -> None:
        """An elementwise instruction over lists, what a sum is of, one element at a time."""
        found = template(each.op, ARRAYS if each.op == "where" else FLOATS, (), self.by_condition(each))
        operands = dict(zip("abc", self.texts(each.operands)))
        lists = {letter: operands[letter] for letter, operand in zip("abc", each.operands) if self[operand].shape}
        named = operands | {letter: f"each_{letter}" for letter in lists}
        text = in_full(found.code, found.parts, named)[-1]
        variables = ", ".join(f"each_{letter}" for letter in lists)
        source = f"zip({', '.join(lists.values())})" if len(lists) > 1 else "".join(lists.values())
        self.line(index, f"[{text} for {variables} in {source}]")

    def finish(self) -> list[str]:
        """The lines, in fewer; outputs and what guards look at keep theirs."""
        program = self.program
        kept = {self.names[register] for register in (*program.outputs, *(each.register for each in program.guards))}
        return compact(share_parts(self.lines), kept)

    def check_guard(self, register: int, answer: bool) -> str:
        return self.names[register] if answer else f"(not {self.names[register]})"
