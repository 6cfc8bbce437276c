"""A program as readable Python, and that source as functions: floats ("math"), NumPy, or any array-API namespace.

>>> from .program import Instruction, Program
>>> print(source({"value": Program((Instruction("input", name="x"), Instruction("tanh", (0,))), (1,))}, "numpy"))
from numpy import tanh
<BLANKLINE>
<BLANKLINE>
def value(x):
    tanh_1 = tanh(x)
    return tanh_1,
<BLANKLINE>
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np

from .. import kernels, rules, stable
from ..ops import TABLE
from . import arrays, layout
from .compact import compact
from .preamble import preamble
from .program import COMPARISONS, Instruction, Program, parted, register_names
from .templates import WORDS, template

VOCABULARY = frozenset(kernels.__all__) | frozenset(stable.NAMES) | frozenset(arrays.HELPERS)
ARRAY_WORDS = VOCABULARY | {
    "add", "all", "array", "broadcast_to", "concat", "einsum", "empty", "full_like", "logical_not", "matmul", "stack",
    "take", "tensordot", "vecdot", "zeros",
}  # fmt: skip
RESERVED = ARRAY_WORDS | {"held"}


def source(programs: Mapping[str, Program], target: str) -> str:
    """The source of one function for each program, with the imports that they need."""
    tables: dict[str, str] = {}
    writers = {"math": MathWriter, "numpy": NumpyWriter, "jax.numpy": JaxWriter}
    bodies = [writers.get(target, ArrayWriter)(program, tables).function(name) for name, program in programs.items()]
    numbers = "".join(f"{name} = {text}\n" for text, name in tables.items())
    words = {word for body in (numbers, *bodies) for word in WORDS.findall(body)}
    head = preamble(words & ARRAY_WORDS, target)
    return "\n\n".join(part for part in (head, numbers, *bodies) if part)


def functions(text: str, name: str) -> dict[str, Callable[..., Any]]:
    """The functions that emitted source defines, its text visible to tracebacks and debuggers."""
    return rules.module(name, text)


class Writer:
    """Writes one program as a function: a line for each register, and common parts once."""

    math = False

    def __init__(self, program: Program, tables: dict[str, str]) -> None:
        self.program, self.tables = program, tables  # arrays of numbers: their code, and the names they go by
        self.names = self.safe_names()
        self.lines: list[tuple[str, str, tuple[str, ...]]] = []  # "name =", its code, the parts that may be shared

    def safe_names(self) -> list[str]:
        """The registers' names; one that would hide a function gets an underscore."""
        return [name + "_" if name in RESERVED else name for name in register_names(self.program)]

    def function(self, name: str) -> str:
        """The whole text of the function."""
        for index, each in enumerate(self.program.instructions):
            self.instruction(index, each)
        body = [f"    {line}" for line in self.with_parts_shared()]
        for count, guard in enumerate(self.program.guards):
            held = self.held(guard.register, guard.answer)
            body.append(f"    held = {'held & ' * bool(count)}{held}  # {guard.place}")
        inputs = [name for name, each in zip(self.names, self.program.instructions) if each.op == "input"]
        result = ", ".join(self.text(register) for register in self.program.outputs)
        result += ", held" if self.program.guards else "," * (len(self.program.outputs) == 1)
        return "\n".join([f"def {name}({', '.join(inputs)}):", *body, f"    return {result}", ""])

    def held(self, register: int, answer: bool) -> str:
        """Whether a comparison came out as recorded."""
        raise NotImplementedError

    def instruction(self, index: int, each: Instruction) -> None:
        """Write the line of a register."""
        raise NotImplementedError

    def line(self, index: int, text: str, parts: tuple[str, ...] = ()) -> None:
        if text.isidentifier() or _is_number(text):
            self.names[index] = text  # no line of its own
        else:
            self.lines.append((f"{self.names[index]} =", text, parts))

    def text(self, register: int) -> str:
        """A register as an operand: a plain number, or its name."""
        each = self.program.instructions[register]
        filled = each.op == "fill" and not each.rows and len(each.operands) == 1
        return number(each.detail) if not each.shape and (filled or each.op == "constant") else self.names[register]

    def row(self, index: int, each: Instruction) -> None:
        """An elementwise instruction, from its template."""
        letters = "abc"[: len(each.operands) - 2] + "yg" if "'" in each.op else "abc"[: len(each.operands)]
        operands = dict(zip(letters, (self.operand(operand, each) for operand in each.operands)))
        plain = tuple((x, text) for x, text in operands.items() if _is_number(text))
        found = template(each.op, self.math, plain)
        condition = self.program.instructions[each.operands[0]].op
        if parted(each.op)[0] == "where" and (condition in COMPARISONS or "?" in condition):
            found = found.of_condition()
        self.line(index, found.text.format(**operands), tuple(part.format(**operands) for part in found.shared))

    def operand(self, register: int, user: Instruction) -> str:
        return self.text(register)

    def with_parts_shared(self) -> list[str]:
        """The lines; what occurs more than once is computed once, before its first use."""
        counts = Counter(part for _, _, parts in self.lines for part in parts)
        counts.update(text for _, text, _ in self.lines if text in counts)
        names: dict[str, str] = {}
        lines = []
        for start, text, parts in self.lines:
            name = start.removesuffix(" =")
            for part in parts:
                if counts[part] > 1 or text.count(part) > 1:
                    if part not in names:
                        names[part] = self.part_name(part, name, len(names))
                        lines.append(f"{names[part]} = {self.inner(part, parts, names)}")
                    text = re.sub(rf"(?<![\w.]){re.escape(part)}(?![\w.])", names[part], text)
            known = names.get(text)
            if known is None and text in counts:
                names[text] = name
            lines.append(f"{start} {known or text}".lstrip())
        return lines

    def part_name(self, part: str, name: str, count: int) -> str:
        word = WORDS.findall(part)[0] if part.endswith(")") and not part.startswith("(") else "test"
        return f"{word}_of_{name}_{count}"

    def inner(self, part: str, parts: tuple[str, ...], names: dict[str, str]) -> str:
        for other in parts:
            if other != part and other in names:
                part = re.sub(rf"(?<![\w.]){re.escape(other)}(?![\w.])", names[other], part)
        return part


def number(x: float) -> str:
    """A float as source."""
    return repr(x)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class MathWriter(Writer):
    """Python floats, with the kernels of the eager engine."""

    math = True

    def __init__(self, program: Program, tables: dict[str, str]) -> None:
        super().__init__(program, tables)
        self.uses = Counter(operand for each in program.instructions for operand in each.operands)
        self.uses.update(program.outputs)

    def row(self, index: int, each: Instruction) -> None:
        """As for arrays; a contribution that only a condition lets pass is not even computed where it does not."""
        if each.shape:
            return self.elements(index, each)
        if each.op == "where" and self.lines and self.uses[each.operands[1]] == 1:
            start, text, _ = self.lines[-1]
            condition, inner, other = (self.text(operand) for operand in each.operands)
            boolean = self.program.instructions[each.operands[0]].op
            if start == f"{inner} =" and " if " not in text and ("?" in boolean or boolean in COMPARISONS):
                self.lines[-1] = (f"{self.names[index]} =", f"{text} if {condition} else {other}", ())
                return
        super().row(index, each)

    def elements(self, index: int, each: Instruction) -> None:
        """An elementwise instruction over lists, what a sum is of, one element at a time."""
        found = template(each.op, each.op != "where")
        boolean = self.program.instructions[each.operands[0]].op
        if each.op == "where" and (boolean in COMPARISONS or "?" in boolean):
            found = found.of_condition()
        operands = {letter: self.text(operand) for letter, operand in zip("abc", each.operands)}
        lists = {letter: operands[letter] for letter, operand in zip("abc", each.operands)
                 if self.program.instructions[operand].shape}  # fmt: skip
        text = found.text.format(**operands | {letter: f"each_{letter}" for letter in lists})
        variables = ", ".join(f"each_{letter}" for letter in lists)
        source = f"zip({', '.join(lists.values())})" if len(lists) > 1 else "".join(lists.values())
        self.line(index, f"[{text} for {variables} in {source}]")

    def instruction(self, index: int, each: Instruction) -> None:
        texts = [self.text(operand) for operand in each.operands]
        row, _, slope = parted(each.op)
        if each.op in ("input", "constant"):
            return
        if each.op == "stack":
            self.line(index, f"[{', '.join(texts)}]")
        elif each.op == "view":
            self.line(index, f"{texts[0]}[{each.detail[0]}]")
        elif each.op == "fill":
            if each.shape:
                self.line(index, f"[{number(each.detail)}] * {each.shape[-1]}")
            elif len(texts) > 1:
                self.line(index, texts[1])
        elif each.op == "sum_to":
            self.line(index, texts[0])
        elif each.op == "expand":
            self.line(index, f"[{texts[0]}] * {each.shape[-1]}")
        elif row in TABLE and TABLE[row].variadic:
            rule = (TABLE[row].slopes[0] or "").replace("xs", texts[0])
            self.line(index, f"[slope * {texts[2]} for slope in {rule}]" if slope else f"{row}({texts[0]})")
        elif row in TABLE or row in COMPARISONS:
            self.row(index, each)
        else:
            raise AssertionError(f"no {each.op} in a scalar program")

    def with_parts_shared(self) -> list[str]:
        """The lines, in fewer; outputs and what guards look at keep theirs."""
        program = self.program
        kept = {self.names[register] for register in (*program.outputs, *(each.register for each in program.guards))}
        return compact(super().with_parts_shared(), kept)

    def held(self, register: int, answer: bool) -> str:
        return self.names[register] if answer else f"(not {self.names[register]})"


class ArrayWriter(Writer):
    """Arrays of NumPy, or of a namespace like it; the rows of a batch are the first axis."""

    def instruction(self, index: int, each: Instruction) -> None:
        row = parted(each.op)[0]
        if row in TABLE and TABLE[row].variadic:
            self.along(index, each)
        elif row in TABLE or row in COMPARISONS:
            self.row(index, each)
        elif each.op == "constant" and each.shape:
            values = f"array([{', '.join(map(number, each.detail))}])"
            self.names[index] = self.table(values if len(each.shape) == 1 else f"{values}.reshape{each.shape}")
        elif each.op not in ("input", "constant"):
            getattr(self, each.op)(index, each, [self.text(operand) for operand in each.operands])

    def held(self, register: int, answer: bool) -> str:
        each = self.program.instructions[register]
        text = self.names[register] if answer else f"logical_not({self.names[register]})"
        axes = tuple(range(-len(each.shape), 0))
        return f"all({text}, axis={axes})" if axes else text

    def operand(self, register: int, user: Instruction) -> str:
        """With axes of size 1 between its rows and its shape, where the result has more axes."""
        each, text = self.program.instructions[register], self.text(register)
        missing = len(user.shape) - len(each.shape)
        return f"{text}[:{', None' * missing}{', :' * len(each.shape)}]" if each.rows and missing > 0 else text

    def along(self, index: int, each: Instruction) -> None:
        row, _, slope = parted(each.op)
        texts = [self.text(operand) for operand in each.operands]
        terms = f"exponentials({texts[0]})"
        if row == "total":
            self.line(index, f"{texts[0]}.sum(axis=-1)")
        elif row == "largest":
            self.line(index, f"{texts[0]}.max(axis=-1)")
        elif row == "logsumexp" and slope:
            upstream = texts[2] if _is_number(texts[2]) else f"{texts[2]}[..., None]"
            self.line(index, f"parts_of_sum({terms}) * {upstream}", (terms,))
        elif row == "logsumexp":
            self.line(index, f"log_of_sum({texts[0]}, {terms})", (terms,))
        else:
            raise AssertionError(f"{row} does not run along an axis")

    def stack(self, index: int, each: Instruction, texts: list[str]) -> None:
        if each.rows:
            base = next(text for operand, text in zip(each.operands, texts) if self.program.instructions[operand].rows)
            texts = [text if self.program.instructions[operand].rows else f"full_like({base}, {text})"
                     for operand, text in zip(each.operands, texts)]  # fmt: skip
        self.line(index, f"stack([{', '.join(texts)}], axis=-1)")

    def join(self, index: int, each: Instruction, texts: list[str]) -> None:
        registers = [self.program.instructions[operand] for operand in each.operands]
        like = next((text for register, text in zip(registers, texts) if register.rows), "")
        flat = []
        for register, text in zip(registers, texts):
            size = prod(register.shape)
            part = text if len(register.shape) == 1 else f"{text}.reshape({'-1, ' if register.rows else ''}{size})"
            if register.op == "constant" and not register.shape:
                part = self.table(f"array([{text}])")
            flat.append(part if register.rows or not like else f"broadcast_to({part}, ({like}.shape[0], {size}))")
        self.line(index, f"concat([{', '.join(flat)}], axis=-1)")

    def view(self, index: int, each: Instruction, texts: list[str]) -> None:
        base = self.program.instructions[each.operands[0]]
        start, strides = each.detail
        text = layout.view(texts[0], base.shape, base.rows, start, strides, each.shape)
        self.line(index, text or self.gathered(texts[0], base, layout.places(start, strides, each.shape)))

    def take(self, index: int, each: Instruction, texts: list[str]) -> None:
        base = self.program.instructions[each.operands[0]]
        self.line(index, self.gathered(texts[0], base, np.array(each.detail, np.int64).reshape(each.shape)))

    def gathered(self, text: str, base: Instruction, places: Any) -> str:
        flat = text if len(base.shape) == 1 else f"{text}.reshape({'-1, ' if base.rows else ''}{prod(base.shape)})"
        return f"{flat}[{':, ' * base.rows}{self.table(f'array({places.tolist()})')}]"

    def table(self, text: str) -> str:
        """The name of an array of numbers, which is made once, beside the functions."""
        return self.tables.setdefault(text, f"table_{len(self.tables)}")

    def contract(self, index: int, each: Instruction, texts: list[str]) -> None:
        self.line(index, layout.product(texts[0], texts[1], each.detail))

    def fill(self, index: int, each: Instruction, texts: list[str]) -> None:
        scalar = not each.rows and not each.shape
        if len(texts) > 1:
            self.line(index, texts[1] if scalar else f"full_like({texts[0]}, {texts[1]})")
        elif not scalar:
            self.line(index, f"full_like({texts[0]}, {number(each.detail)})")

    def expand(self, index: int, each: Instruction, texts: list[str]) -> None:
        if _is_number(texts[0]):
            self.names[index] = self.table(f"array({[float(texts[0])] * prod(each.shape)}).reshape({each.shape})")
        else:
            self.line(index, f"{texts[0]}[..., None].repeat({each.shape[-1]}, axis=-1)")

    def sum_to(self, index: int, each: Instruction, texts: list[str]) -> None:
        operand = self.program.instructions[each.operands[0]]
        extra, lead = len(operand.shape) - len(each.shape), int(operand.rows)
        axes = [0] * (operand.rows and not each.rows) + [lead + axis for axis in range(extra)]
        ones = [axis for axis in range(len(each.shape)) if each.shape[axis] == 1 != operand.shape[axis + extra]]
        axes += [lead + extra + axis for axis in ones]
        text = f"{texts[0]}.sum(axis={axes[0] if len(axes) == 1 else tuple(axes)})"
        self.line(index, f"{text}.reshape({'-1, ' * each.rows}{', '.join(map(str, each.shape))})" if ones else text)

    def assemble(self, index: int, each: Instruction, texts: list[str]) -> None:
        """An array of zeros, to which each operand is added at its places; here, without changing any array."""
        found = pieces(each)
        views = [(detail, shape) for _, detail, shape in each.detail]
        blocks = None if each.rows else layout.tiled(texts, views, prod(each.shape))
        if blocks:
            text = self.laid(index, blocks)
        else:
            flat = ", ".join(f"{text}.reshape({self.rows_of(each)}{places.size})" for text, places in zip(texts, found))
            terms = layout.gathers(found, prod(each.shape))
            joined = f"concat([{flat}, zeros({self.zero_shape(each, texts)})], axis=-1)"
            name = f"{self.names[index]}_parts"
            self.lines.append((f"{name} =", joined, ()))
            text = " + ".join(f"{name}[{':, ' * each.rows}{self.table(f'array({term.tolist()})')}]" for term in terms)
        shaped = text if len(each.shape) == 1 else f"({text}).reshape({self.sizes(each)})"
        self.lines.append((f"{self.names[index]} =", shaped, ()))

    def sizes(self, each: Instruction) -> str:
        """The arguments that reshape a flattened array to the shape of a register."""
        return ", ".join([*["-1"] * each.rows, *map(str, each.shape)]) or "()"

    def laid(self, index: int, blocks: list[tuple[int, str]]) -> str:
        """Blocks one after the other."""
        return blocks[0][1] if len(blocks) == 1 else f"concat([{', '.join(text for _, text in blocks)}])"

    def rows_of(self, each: Instruction) -> str:
        return "-1, " if each.rows else ""

    def zero_shape(self, each: Instruction, texts: list[str]) -> str:
        return f"({texts[0]}.shape[0], 1)" if each.rows else "1"


def pieces(each: Instruction) -> list[Any]:
    """The places, in the flattened result, of each operand of an assembly."""
    return [layout.places(detail[0], detail[1], shape) if kind == "view" else np.array(detail).reshape(shape)
            for kind, detail, shape in each.detail]  # fmt: skip


class JaxWriter(ArrayWriter):
    """JAX: blocks are laid into zeros, which XLA does in place; it would join them element by element."""

    def laid(self, index: int, blocks: list[tuple[int, str]]) -> str:
        if len(blocks) == 1:
            return blocks[0][1]
        name, start = f"{self.names[index]}_blocks", 0
        first = f"{name}_0"
        self.lines.append((f"{first} =", blocks[0][1], ()))
        self.lines.append((f"{name} =", f"zeros({blocks[-1][0]}, dtype={first}.dtype)", ()))
        for end, text in blocks:
            self.lines.append((f"{name} =", f"{name}.at[{start}:{end}].set({first if not start else text})", ()))
            start = end
        return name


class NumpyWriter(ArrayWriter):
    """NumPy: an array is assembled in place."""

    def assemble(self, index: int, each: Instruction, texts: list[str]) -> None:
        name, size, found = self.names[index], prod(each.shape), pieces(each)
        counts = np.bincount(np.concatenate([places.ravel() for places in found]), minlength=size)
        make, sign = "empty" if counts.min() == counts.max() == 1 else "zeros", "=" if counts.max() == 1 else "+="
        self.lines.append((f"{name} =", f"{make}({f'({texts[0]}.shape[0], {size})' if each.rows else size})", ()))
        for operand, (kind, detail, shape), text, places in zip(each.operands, each.detail, texts, found):
            part = layout.view(name, (size,), each.rows, detail[0], detail[1], shape) if kind == "view" else None
            if part and not (each.rows and "reshape" in part):
                start = f"{part if part.endswith(']') else f'{part}[...]'} {sign}"
                if not self.made_in_place(operand, text, part, sign):
                    self.lines.append((start, text, ()))
            else:
                self.scattered(name, text, places, each.rows, sign)
        if len(each.shape) != 1:
            self.lines.append((f"{name} =", f"{name}.reshape({self.sizes(each)})", ()))

    def made_in_place(self, operand: int, text: str, part: str, sign: str) -> bool:
        """Let a product that is used only here be written where it belongs, and not be copied there."""
        uses = sum(each.operands.count(operand) for each in self.program.instructions)
        made = next((at for at, line in enumerate(self.lines) if line[0] == f"{text} ="), None)
        if sign != "=" or uses > 1 or operand in self.program.outputs or made is None:
            return False
        left, product, right = self.lines[made][1].partition(" @ ")
        if not product or " " in left + right or not part.endswith("]"):
            return False
        del self.lines[made]
        self.lines.append(("", f"matmul({left}, {right}, out={part})", ()))
        return True

    def scattered(self, name: str, text: str, places: Any, rows: bool, sign: str) -> None:
        table = self.table(f"array({places.tolist()})")
        once = len(np.unique(places)) == places.size
        added = f"add.at({name}, {f'(slice(None), {table})' if rows else table}, {text})"
        self.lines.append((f"{name}[{':, ' * rows}{table}] {sign}", text, ()) if once else ("", added, ()))
