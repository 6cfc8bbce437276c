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
from ..ir.program import COMPARISONS, Instruction, Program, parted
from .compact import compact
from .lines import Line, number
from .templates import template
from .writer import Writer


class MathWriter(Writer):
    """Python floats; what an n-ary operation runs over is a list."""

    math = True

    def __init__(self, program: Program, tables: dict[str, str]) -> None:
        super().__init__(program, tables)
        self.uses = Counter(operand for each in program.instructions for operand in each.operands)
        self.uses.update(program.outputs)

    def instruction(self, index: int, each: Instruction) -> None:
        texts, row = self.texts(each.operands), parted(each.op)[0]
        if each.op in ("input", "constant"):
            return
        if each.op == "stack":
            self.line(index, f"[{', '.join(texts)}]")
        elif each.op == "view":
            self.line(index, f"{texts[0]}[{each.detail[0]}]")
        elif each.op == "fill":
            self.fill(index, each, texts)
        elif each.op == "sum_to":
            self.line(index, texts[0])
        elif each.op == "expand":
            self.line(index, f"[{texts[0]}] * {each.shape[-1]}")
        elif row in TABLE and TABLE[row].variadic:
            self.many(index, each, texts)
        elif row in TABLE or row in COMPARISONS:
            self.row(index, each)
        else:
            raise AssertionError(f"no {each.op} in a scalar program")

    def fill(self, index: int, each: Instruction, texts: list[str]) -> None:
        if each.shape:
            self.line(index, f"[{number(each.detail)}] * {each.shape[-1]}")
        elif len(texts) > 1:
            self.line(index, texts[1])

    def many(self, index: int, each: Instruction, texts: list[str]) -> None:
        """An n-ary operation, or the contributions to its operands."""
        row, _, slope = parted(each.op)
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
            if own and last.start == f"{inner} =" and " if " not in last.code and self.is_condition(each.operands[0]):
                self.lines[-1] = Line(f"{self.names[index]} =", f"{last.code} if {condition} else {other}")
                return
        super().row(index, each)

    def elements(self, index: int, each: Instruction) -> None:
        """An elementwise instruction over lists, what a sum is of, one element at a time."""
        found = template(each.op, each.op != "where", (), self.by_condition(each))
        operands = dict(zip("abc", self.texts(each.operands)))
        lists = {letter: operands[letter] for letter, operand in zip("abc", each.operands) if self[operand].shape}
        text = found.text.format(**operands | {letter: f"each_{letter}" for letter in lists})
        variables = ", ".join(f"each_{letter}" for letter in lists)
        source = f"zip({', '.join(lists.values())})" if len(lists) > 1 else "".join(lists.values())
        self.line(index, f"[{text} for {variables} in {source}]")

    def finished(self) -> list[str]:
        """The lines, in fewer; outputs and what guards look at keep theirs."""
        program = self.program
        kept = {self.names[register] for register in (*program.outputs, *(each.register for each in program.guards))}
        return compact(super().finished(), kept)

    def held(self, register: int, answer: bool) -> str:
        return self.names[register] if answer else f"(not {self.names[register]})"
