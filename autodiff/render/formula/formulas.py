"""`formula(y)`: a graph as mathematics, in text, LaTeX and Python, written from the rules of the table.

What is used more than once, or would make a line too long, gets a name and a line of its own.

>>> from autodiff import Value, exp
>>> x, w = Value(2.0, name="x"), Value(0.5, name="w")
>>> e = exp(-w * x)
>>> y = e / (1 + e)
>>> print(formula(y))
e = exp(-w * x)
y = e / (1 + e)
>>> formula(y, names={e: "u"}).latex
'\\\\begin{aligned} u &= e^{-w \\\\, x} \\\\\\\\ y &= \\\\frac{u}{1 + u} \\\\end{aligned}'
>>> print(formula(w * x * x).python)
def f(w, x):
    return w * x * x
<BLANKLINE>
<BLANKLINE>
def df(w, x):
    v1 = w * x
    d_v1 = x
    d_x = v1
    d_w = x * d_v1
    d_x += w * d_v1
    return d_w, d_x
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ... import additions
from ...errors import OperandError, shown
from ...frames import caller
from ...graph import topological_order, users
from ...names import names_in
from ...notation import Text, Written
from ...ops import TABLE, VOCABULARY
from ...suggest import instead
from ...value import Value
from . import latex, python
from .python import Python
from .simplify import Simpler, simpler

MOST_SHOWN = 500  # nodes of a formula that a notebook shows by itself
RESERVED = VOCABULARY | {"sent"}  # and the words that were brought
RECORDED = "holds on the branch that was recorded"  # a where knows which side it took, and not what it asked


def formula(y: Value, names: Mapping[Value, str] | None = None) -> Formula:
    """The mathematics that made `y`; raises `OperandError` for what is not a Value.

    `names` are for Values that have none of their own, by default the names of the caller's variables.
    """
    if not isinstance(y, Value):
        raise OperandError(f"formula: expected a Value, got {shown(y)}{instead(y, 'formula')}")
    if names is not None and not isinstance(names, Mapping):
        raise OperandError(f"formula: expected names as a dict from Values to text, got {shown(names)}")
    return Formula(y, names_in(caller(), dict.fromkeys(topological_order(y))) if names is None else names)


@dataclass(frozen=True, repr=False)
class Formula:
    """A formula as `.text`, `.latex` and `.python`; a notebook shows the LaTeX."""

    y: Value
    given: Mapping[Value, str] = field(default_factory=dict)

    @cached_property
    def order(self) -> list[Value]:
        return topological_order(self.y)

    @cached_property
    def names(self) -> dict[Value, str]:
        """A name that every notation can write for each input and the result: a word, unlike any other."""
        return name_values(self.order, self.given)

    @cached_property
    def is_branch(self) -> bool:
        """Whether it would be another formula had a condition come out the other way."""
        return any(TABLE[v.op].by_condition for v in self.order if v.parents)

    @property
    def text(self) -> str:
        """One line per named part, the result last."""
        lines = [f"{name} = {right}" for name, right in parts(self.order, self.names, Text())]
        return "\n".join([*lines, f"({RECORDED})"] if self.is_branch else lines)

    @property
    def latex(self) -> str:
        """LaTeX for inside a mathematics environment."""
        symbols = latex.Symbols()
        notation = latex.Latex(symbols)
        lines = [(symbols[name], right) for name, right in parts(self.order, self.names, notation)]
        remark = rf" \quad \text{{({RECORDED})}}" if self.is_branch else ""
        if len(lines) == 1:
            return " = ".join(lines[0]) + remark
        rows = r" \\ ".join(f"{left} &= {right}" for left, right in lines)
        return rf"\begin{{aligned}} {rows}{remark} \end{{aligned}}"

    @property
    def python(self) -> str:
        """Two functions of the inputs: `f`, the value, and `df`, the tuple of its derivatives, by the chain rule."""
        names = spell(self.names)
        remark = f"{RECORDED.capitalize()}." if self.is_branch else ""
        return python.source(self.order, names, fixed(self.order), parts(self.order, names, Python()), remark)

    def __str__(self) -> str:
        return self.text

    def _repr_latex_(self) -> str | None:
        """What a notebook shows: the LaTeX, unless it would keep the browser busy; then the text."""
        return f"$\\displaystyle {self.latex}$" if len(self.order) <= MOST_SHOWN else None

    def __repr__(self) -> str:
        return self.text if len(self.order) <= MOST_SHOWN else f"Formula of {len(self.order):,} nodes"


def parts(order: Sequence[Value], names: dict[Value, str], notation: Text) -> list[tuple[str, str]]:
    """The named parts of a graph, each with what it is equal to; the last is the result."""
    lines, root = list[tuple[str, str]](), order[-1]
    simple = Simpler(fixed(order), {}, users(order)) if notation.exact else simpler(order, names)
    written: dict[Value, Written] = {}
    fresh = find_unused("v", set(names.values()))
    for v in order:
        if v not in simple.uses:
            continue
        if v in simple.numbers or not v.parents:
            written[v] = notation.number(v.data) if v in simple.numbers else notation.name(names[v])
            continue
        operands = simple.operands(v)
        for operand in too_wide(operands, written, notation.width):
            written[operand] = line(fresh(), written[operand], lines, notation)
        written[v] = notation.operation(v.op, [written[operand] for operand in operands])
        if v is not root and (simple.uses[v] > 1 or v in names):
            written[v] = line(names.get(v) or fresh(), written[v], lines, notation)
    if not root.parents and not notation.exact:
        return [(names[root], notation.number(root.data).text)]
    return [*lines, (names[root], written[simple.same.get(root, root)].text)]


def fixed(order: Sequence[Value]) -> set[Value]:
    """The constants, and what is made of constants alone, such as the 3 - 1 that the rule for a slope leaves behind."""
    found: set[Value] = set()
    for v in order:
        if v.op == "constant" or v.parents and found.issuperset(v.parents):
            found.add(v)
    return found


def too_wide(operands: Sequence[Value], written: dict[Value, Written], widest: int) -> list[Value]:
    """The operands that need lines of their own, the widest first, for their operation to fit on one."""
    wide = [operand for operand in dict.fromkeys(operands) if operand.parents]
    width = sum(len(written[operand].text) for operand in operands)
    found = []
    for operand in sorted(wide, key=lambda operand: -len(written[operand].text)) if width > widest else ():
        if width <= widest or len(written[operand].text) < widest // 4:
            break
        width -= len(written[operand].text)
        found.append(operand)
    return found


def line(name: str, right: Written, lines: list[tuple[str, str]], notation: Text) -> Written:
    """Give a part a line of its own, and go on with its name."""
    lines.append((name, right.text))
    return notation.name(name)


def name_values(order: Sequence[Value], given: Mapping[Value, str]) -> dict[Value, str]:
    """A word for each input, for each operation that has a name, and for the result: x1, x2, … where there is none.

    Of two with the same name, the second is x_2; what is called like a function, exp, is exp_.
    """
    reserved = RESERVED | additions.WORDS.keys()
    taken: set[str] = set(reserved)
    more: dict[str, Callable[[], str]] = {}
    found: dict[Value, str] = {}
    for v in order:
        name = given.get(v) if v.name is None else v.name
        word = "" if name is None or v.op == "constant" else write_word(name)
        if not word or re.fullmatch(rf".*\.{v.op}\d+", v.name or ""):  # named by a scope
            continue
        word += "_" * (word in reserved)
        found[v] = word if word not in taken else more.setdefault(word, find_unused(f"{word}_", taken, 2))()
        taken.add(found[v])
    fresh = find_unused("x", taken)
    found |= {v: fresh() for v in order if v.op == "input" and v not in found}
    if order[-1] not in found:
        found[order[-1]] = "y" if "y" not in taken else find_unused("y", taken)()
    return found


def write_word(name: str) -> str:
    """A name as a word: layers[0].w[1] is layers_0_w_1.

    >>> [write_word(name) for name in ("w0", "layers[0].w[1]", "the rate", "2x", "import os; os.abort()")]
    ['w0', 'layers_0_w_1', 'the_rate', '', '']
    """
    if len(name) > 60 or not re.fullmatch(r"[\w. \[\]]+", name):
        return ""
    word = re.sub(r"\W+", "_", name).strip("_")
    is_stable = unicodedata.normalize("NFKC", word) == word  # Python reads names in this form
    return word if word.isidentifier() and is_stable else ""


def spell(names: dict[Value, str]) -> dict[Value, str]:
    """The words as names of Python: lambda_ for lambda, and _d_x for d_x, which is a derivative."""
    return {
        v: f"{word}_" if keyword.iskeyword(word) else f"_{word}" if word.startswith("d_") else word
        for v, word in names.items()
    }


def find_unused(stem: str, taken: set[str], first: int = 1) -> Callable[[], str]:
    """Names stem1, stem2, … that are not taken."""
    numbers = iter(range(first, 10**9))

    def fresh() -> str:
        return next(name for number in numbers if (name := f"{stem}{number}") not in taken)

    return fresh
