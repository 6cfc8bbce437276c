"""Emitted code until it is printed: for each line a small tree, whose leaves are text with holes for what goes in.

A part that occurs more than once is computed once, before its first use.

>>> exp, operands = Part("exp({a})", "exp", twice=False), {"a": "x", "b": "y"}
>>> lines = [row("y", "{p0} + 1.0", operands, [exp]), row("z", Binary("{p0}", "*", "{b}"), operands, [exp])]
>>> print(*share_parts(lines), sep="\\n")
exp_of_y_0 = exp(x)
y = exp_of_y_0 + 1.0
z = exp_of_y_0 * y
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Binary(NamedTuple):
    """A sum, difference or product; brackets are set already."""

    left: str
    sign: str
    right: str

    def __str__(self) -> str:
        return " ".join(self)


class Choice(NamedTuple):
    """One of two numbers, by a condition."""

    condition: str
    chosen: str
    other: str

    def __str__(self) -> str:
        return f"{self.chosen} if {self.condition} else {self.other}"


class Negation(NamedTuple):
    """That a condition does not hold."""

    condition: str

    def __str__(self) -> str:
        return f"not {self.condition}"


Code = str | Binary | Choice | Negation


class Part(NamedTuple):
    """A part of a line that may be shared: its text, what it is called after, whether it occurs twice in the line."""

    text: str
    word: str
    twice: bool
    uses: tuple[str, ...] = ()


class Line(NamedTuple):
    """One statement: what it assigns to, or "", its code, where {p0}, {p1} are its parts, and the names it uses."""

    name: str
    code: Code
    parts: tuple[Part, ...] = ()
    uses: tuple[str, ...] = ()
    sign: str = "="

    def __str__(self) -> str:
        return f"{self.name} {self.sign} {self.code}" if self.name else str(self.code)


class Fields(dict[str, str]):
    """What goes into holes, and which of it was asked for."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(fields)
        self.used: list[str] = []

    def __getitem__(self, hole: str) -> str:
        self.used.append(hole)
        return super().__getitem__(hole)

    def into(self, code: Code) -> Code:
        """The code with its holes filled."""
        return code.format_map(self) if isinstance(code, str) else type(code)(*[text.format_map(self) for text in code])


def row(name: str, code: Code, operands: dict[str, str], parts: Sequence[Part] = ()) -> Line:
    """The line of a template for these operands."""
    open_ = {f"p{place}": f"{{p{place}}}" for place in range(len(parts))}  # until it is known what is shared
    known = operands | open_

    def fill(code: Code) -> tuple[Code, tuple[str, ...]]:
        fields = Fields(known)
        return fields.into(code), tuple([operands[hole] for hole in fields.used if hole in operands])

    filled = []
    for part in parts:
        text, uses = fill(part.text)
        filled.append(part._replace(text=str(text), uses=uses))
    whole, uses = fill(code)
    return Line(name, whole, tuple(filled), uses)


def share_parts(lines: Sequence[Line]) -> list[Line]:
    """The lines without parts: the shared ones on lines of their own, the others in their places."""
    if not any(line.parts for line in lines):
        return list(lines)
    whole = [in_full(line.code, line.parts) for line in lines]
    counts = Counter(text for texts in whole for text in texts[:-1])
    counts.update(texts[-1] for texts in whole if texts[-1] in counts)
    names: dict[str, str] = {}  # of the parts that have been computed
    found: list[Line] = []
    for line, texts in zip(lines, whole):
        holes, uses = dict[str, str](), dict[str, tuple[str, ...]]()
        for place, (part, text) in enumerate(zip(line.parts, texts)):
            filled = _fill(line._replace(code=part.text, uses=part.uses), holes, uses)
            if counts[text] > 1 or part.twice:
                if text not in names:
                    names[text] = f"{part.word}_of_{line.name}_{len(names)}"
                    found.append(filled._replace(name=names[text], sign="="))
                filled = Line("", names[text], uses=(names[text],))
            holes[f"p{place}"], uses[f"p{place}"] = str(filled.code), filled.uses
        known = names.get(texts[-1])
        if known is None and texts[-1] in counts:
            names[texts[-1]] = line.name
        found.append(_fill(line, holes, uses) if known is None else Line(line.name, known, (), (known,), line.sign))
    return found


def _fill(line: Line, holes: Mapping[str, str], uses: Mapping[str, tuple[str, ...]]) -> Line:
    """The line with its parts in their places."""
    if not line.parts and not holes:
        return line
    fields = Fields(holes)
    code = fields.into(line.code)
    return line._replace(code=code, parts=(), uses=line.uses + tuple(x for hole in fields.used for x in uses[hole]))


def in_full(code: Code, parts: Sequence[Part], operands: Mapping[str, str] = {}) -> list[str]:
    """The text of each part, and last of the code, without names for parts."""
    if not parts and not operands:
        return [str(code)]
    holes = dict(operands)
    for place, part in enumerate(parts):
        holes[f"p{place}"] = part.text.format_map(holes)
    return [*(holes[f"p{place}"] for place in range(len(parts))), str(Fields(holes).into(code))]


def number(x: float) -> str:
    """A float as source."""
    return repr(x)


def is_number(text: str) -> bool:
    """Whether the code is one plain number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
