"""Formulas as Python: a function and its derivatives, written from the rules of the table, line by line.

The derivative names every step, first forward, then backward: d_v1 is the derivative of the result by v1. Both give
what the engine gives, inf and nan included: `divide` and `pow` never raise, and below a relu that is off, or the side
that a `where` did not choose, nothing flows, not even 0 times inf. The sign of a derivative of 0 alone may differ.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from ... import additions, kernels, stable
from ...notation import ATOM, Conditional, Notation, Text, Written
from ...numbers import FLOATS
from ...ops import TABLE, VOCABULARY
from ...rule import BLOCKED, FUNCTIONS_OF_SIGNS, Binary, Call, Items, Name, Number, Part, Rule, parse
from ...slopes import decide, may_block, on_branches
from ...rules import floats
from ...value import Value

NOTHING = "-0.0"  # what stands for no gradient at all: added to anything it changes nothing, and no sum of zeros is it
SENT = '''def sent(slope, above):
    """slope * above, the derivative from above; but where nothing (-0.0) comes from above, nothing goes on."""
    nothing = above == 0 and copysign(1, above) < 0
    return above if nothing else 0.0 + slope * above
'''
Line = tuple[str, str, str]  # a name, "=" or "+=", and what is on the right


def source(
    order: Sequence[Value], names: Mapping[Value, str], fixed: Collection[Value], lines: Sequence[tuple[str, str]],
    remark: str = "",
) -> str:  # fmt: skip
    """The source of `f` and `df`, each with the remark, after the imports that they need."""
    arguments = ", ".join(names[v] for v in order if v.op == "input")
    *before, (_, result) = lines
    value = [*(f"{name} = {right}" for name, right in before), f"return {result}"]
    derivatives = gradient(order, dict(names), fixed)
    functions = [SENT] if any("sent(" in line for line in derivatives) else []
    code = "\n".join([*value, *derivatives, *["copysign" for _ in functions]])
    docs = [f'"""{remark}"""'] if remark else []
    for name, body in (("f", value), ("df", derivatives)):
        functions.append("\n    ".join([f"def {name}({arguments}):", *docs, *body]) + "\n")
    return "\n".join([*imports(code), "\n\n".join(functions)]).rstrip()


def imports(text: str) -> list[str]:
    """The lines that import the functions which the text calls."""
    words = set(re.findall(r"[^\W\d]\w*", text))
    homes = {"kernels": words.intersection(kernels.__all__), "stable": words.intersection(stable.NAMES)}
    own = sorted(words & additions.WORDS.keys())
    lines = ["from autodiff.additions import brought"] * bool(own)
    lines += [f"from autodiff.{home} import {', '.join(sorted(used))}" for home, used in homes.items() if used]
    lines += ["", *(f"{word} = brought({word!r}, 'float')" for word in own)] if own else []
    return [*lines, "", ""] if lines else []


def gradient(order: Sequence[Value], names: dict[Value, str], fixed: Collection[Value]) -> list[str]:
    """The body of `df`: each operation, then each contribution of the chain rule, then the derivatives."""
    numbers = iter(range(1, len(order) + 1))
    taken = set(names.values())
    steps = [v for v in order if v.parents and v not in fixed]
    for v in steps:
        if v not in names:
            names[v] = next(name for n in numbers if (name := f"v{n}") not in taken)
    operands = {v: PYTHON.number(v.data).text if v in fixed else names[v] for v in order}
    written = [PYTHON.operation(v.op, [PYTHON.name(operands[parent]) for parent in v.parents]) for v in steps]
    forward = [(names[v], "=", right.text) for v, right in zip(steps, written)]
    backward = list(contributions(steps, operands, fixed))
    known = {name for name, _, _ in backward}
    inputs = [operands[v] for v in order if v.op == "input"]
    root = operands[order[-1]]
    results = ["1.0" if x == root else f"d_{x}" if f"d_{x}" in known else "0.0" for x in inputs]
    body = find_needed([*forward, *backward], results)
    return [*(" ".join(line) for line in body), f"return {', '.join(results)}{',' * (len(results) == 1)}"]


def contributions(steps: Sequence[Value], operands: Mapping[Value, str], fixed: Collection[Value]) -> list[Line]:
    """What each operation sends to each of its operands: its slope times the derivative by the operation."""
    reached: dict[Value, bool] = {v: True for v in steps[-1:]}  # and whether something comes there for certain
    lines: list[Line] = []
    for v in reversed(steps):
        if v not in reached:
            continue
        lists = list_of_slopes(v, operands)
        lines += lists
        for i, parent in enumerate(v.parents):
            slope = None if parent in fixed else Part(Name(lists[0][0]), i) if lists else slope_along(v, i, operands)
            if slope is None or slope == BLOCKED:
                continue
            sent = product(slope, None if v is steps[-1] else Name(f"d_{operands[v]}"), reached[v])
            lines.append((f"d_{operands[parent]}", "+=" if parent in reached else "=", SLOPES.write(sent)))
            reached[parent] = reached.get(parent, False) or reached[v] and not may_block(slope)
    return lines


def product(slope: Rule, above: Name | None, surely: bool) -> Rule:
    """slope * above, or the slope alone; `surely`: whether something comes from above for certain."""
    if above is None:
        return slope

    def sent(each: Rule) -> Rule:
        if each == BLOCKED:
            return each  # nothing, whatever comes from above
        if not surely:
            return above if each == ONE else Call("sent", (each, above))
        times = above if each == ONE else Binary("*", each, above)
        return Binary("+", Number(0.0), times) if may_block(slope) else times  # below, -0.0 will mean nothing at all

    return on_branches(slope, sent)


def list_of_slopes(v: Value, operands: Mapping[Value, str]) -> list[Line]:
    """The line that gives all slopes of an operation of any number of inputs, where they are found together."""
    rule = TABLE[v.op].slope_along(0) if TABLE[v.op].variadic else None
    if rule is None or rule in EACH_BY_ITSELF:
        return []
    taken, name = set(operands.values()), f"slopes_{operands[v]}"
    while name in taken:
        name += "_"
    listed = Items(tuple([Name(operands[parent]) for parent in v.parents]))
    return [(name, "=", SLOPES.write(rule.substitute({"xs": listed})))]


def slope_along(v: Value, i: int, operands: Mapping[Value, str]) -> Rule | None:
    """The slope of one operand by the rule of the table, over names; None where the rule has none."""
    op, names = TABLE[v.op], [Name(operands[parent]) for parent in v.parents]
    rule = op.slope_along(i)
    if rule is None:
        return None
    if rule == ONES:
        return ONE
    if rule == SWAPPED:
        return names[(i + len(names) // 2) % len(names)]
    given = {operands[each]: each.data for each in (*v.parents, v) if not operands[each].isidentifier()}
    over = floats(rule).substitute({**dict(zip("abc", names)), "y": Name(operands[v])})
    return decide(over, lambda condition: outcome(condition, given))


def outcome(condition: Rule, numbers: Mapping[str, float]) -> bool | None:
    """How a comparison of numbers comes out; None where names are in it."""
    named = {each.word for each in condition.walk() if isinstance(each, Name)} - numbers.keys()
    return None if named else bool(condition.evaluate({**FLOATS.names, **numbers}))


def find_needed(lines: Sequence[Line], results: Sequence[str]) -> list[Line]:
    """The lines that the results depend on."""
    used, kept = set(results), list[Line]()
    for line in reversed(lines):
        name, _, right = line
        if name in used:
            kept.append(line)
            used.update(re.findall(r"[^\W\d]\w*", right))
    return kept[::-1]


class Python(Text):
    """Formulas as Python that never raises: divide(a, b) unless b is a number other than 0, and pow(a, b)."""

    exact = True
    blocked, choice = Conditional.blocked, Conditional.choice

    def number(self, value: float) -> Written:
        """Never an integer: Python's have no -0.0, and more digits than floats."""
        return Notation.number(self, float(value))

    def name(self, word: str) -> Written:
        return Written(word, self.levels["unary"] if word.startswith("-") else ATOM)

    def binary(self, sign: str, left: Written, right: Written) -> Written:
        if sign == "**" or sign == "/" and not is_divisor(right.text):
            return self.call(FUNCTIONS_OF_SIGNS[sign], (left, right))
        return super().binary(sign, left, right)

    def fill(self, rule: Rule, operands: Mapping[str, Written]) -> Written:
        """A row that was added to the table is no function that a reader could import: its formula is written out."""
        is_added = isinstance(rule, Call) and rule.function not in VOCABULARY
        return self.compose(TABLE[rule.function].rule if is_added else rule, operands)  # type: ignore[attr-defined]

    def many(self, name: str, operands: Sequence[Written]) -> Written:
        """The one list that the function takes; of a dot product two, one after the other."""
        if TABLE[name].paired:
            half = len(operands) // 2
            left, right = (self.items(each).text for each in (operands[:half], operands[half:]))
            return self.call(name, [Written(f"{left} + {right}")])
        return self.call(name, [self.items(operands)])


class Slopes(Python):
    """The slopes of the table; what is blocked is nothing."""

    def blocked(self) -> Written:
        return Written(NOTHING)


def is_divisor(text: str) -> bool:
    """Whether it is written as a positive number, by which Python divides as the engine does."""
    return re.fullmatch(r"[\d.]+(e[-+]\d+)?", text) is not None and float(text) > 0


PYTHON, SLOPES = Python(), Slopes()
ONE, ONES, SWAPPED = Number(1.0), parse("ones(xs)"), parse("swapped(xs)")
EACH_BY_ITSELF = (ONES, SWAPPED)  # slopes that need not be found together
