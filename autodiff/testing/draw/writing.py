"""A straight-line program as the assignments that a person would write.

>>> from .straight_line import Program, Step
>>> list(write_lines(Program((2.0,), (Step("mul", (0, 0)), Step("exp", (1,))))))
['a = 2.0', 'y = exp(a * a)']
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from string import ascii_lowercase
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...notation import ATOM, Notation, Written
from ...ops import TABLE
from ...rule import parse

if TYPE_CHECKING:
    from .straight_line import Program, Step

NOTATION, DOT, TOTAL = Notation(), parse("dot(xs)"), parse("total(xs)")


def write_lines(
    program: Program,
    number: Callable[[float], str] = repr,
    methods: Container[str] = (),
    names_of: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[str]:
    """Write a program line by line; what is used once, and is short, stands inside the line that uses it."""
    letters = [*ascii_lowercase.replace("y", ""), *(f"v{n}" for n in range(1, 1 + len(program.steps)))]
    count = len(program.inputs)
    names = letters[:count] if count <= 25 else [f"x{n}" for n in range(count)]
    fresh = iter(letter for letter in letters if letter not in names)
    if names:
        yield f"{', '.join(names)} = {', '.join(map(number, program.inputs))}"
    users = program.users()
    written = [*map(Written, names)]
    last = len(program.steps) - 1
    for index, step in enumerate(program.steps):
        expression = spell(step, written, methods, names_of.get(step.op, ""))
        if index == last or users[len(written)] != 1 or len(expression.text) > 60:
            name = "y" if index == last else next(fresh)
            yield f"{name} = {expression.text}"
            expression = Written(name)
        written.append(expression)
    if not program.steps:
        yield f"y = {names[-1]}"


def spell(step: Step, written: Sequence[Written], methods: Container[str] = (), name: str = "") -> Written:
    """One step as an expression of operands that have been written."""
    parts = [written[x] if type(x) is int else NOTATION.number(x) for x in step.operands]
    op = TABLE.get(step.op)
    if op is not None and op.variadic:
        half = len(parts) // 2
        lists = [parts[:half], parts[half:]] if op.rule == DOT else [parts] if op.rule == TOTAL else None
        return NOTATION.call(step.op, [*map(NOTATION.items, lists)] if lists else parts)
    if op is not None and op.by_condition:
        parts[0] = NOTATION.binary(">", parts[0], Written("0"))
    if step.op in methods and (op is None or not op.is_operator):
        called = NOTATION.call(name or step.op, parts[1:])
        return called._replace(text=f"{NOTATION.bracket(parts[0], ATOM)}.{called.text}")
    if op is None or name:
        return NOTATION.call(name or step.op, parts)
    return NOTATION.compose(op.call, dict(zip(op.inputs, parts)))


def name_operand(op: str, index: int) -> str:
    """Name an operand as a sentence mentions it: a, b or c, or by its place where there may be many."""
    return f"operand {index + 1}" if TABLE[op].variadic else "abc"[index]
