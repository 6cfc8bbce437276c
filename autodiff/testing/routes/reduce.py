"""Make a program smaller while it still fails: fewer lines, inputs and rows, rounder numbers.

>>> from .program import Input
>>> x, w = Input("x", (), ((2.5,), (3.5,)), "rows"), Input("w", (), ((0.5,),), "captured")
>>> program = Program((x, w), ("h1 = exp(x)", "if x > 0.0:", "    h2 = w", "else:", "    h2 = x", "y = x * 3.0"))
>>> smaller = reduce_program(program, lambda program: "x * 3.0" in str(program))
>>> smaller.lines, smaller.inputs
(('y = x * 3.0',), (Input(name='x', shape=(), rows=((1.0,),), role='rows'),))
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from .choices import minimize
from .program import Program

ROUND = (1.0, 0.0, 2.0, -1.0, 0.5)
T = TypeVar("T")


def reduce_program(program: Program, fails: Callable[[Program], bool], attempts: int = 400) -> Program:
    """Find the smallest program that so many attempts allow."""
    return minimize(program, _smaller, fails, attempts)


def _smaller(program: Program) -> Iterator[Program]:
    """Each way to leave something out, the coarsest first."""
    statements = _statements(program.lines)
    for index in range(len(statements) - 1):
        lines = tuple(line for statement in statements[:index] + statements[index + 1 :] for line in statement)
        yield _drop_unused(replace(program, lines=lines))
    if len(used := _drop_unused(program).inputs) < len(program.inputs):
        yield replace(program, inputs=used)
    yield from _fewer_rows(program)
    yield from _shorter_result(program)
    yield from _rounder(program)


def _statements(lines: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The lines, those that belong together in one tuple."""
    found: list[tuple[str, ...]] = []
    for line in lines:
        if found and line.startswith((" ", "else:")):
            found[-1] += (line,)
        else:
            found.append((line,))
    return found


def _drop_unused(program: Program) -> Program:
    """Without the inputs that no line names."""
    words = set(re.findall(r"\w+", " ".join(program.lines)))
    return replace(program, inputs=tuple(x for x in program.inputs if x.name in words))


def _fewer_rows(program: Program) -> Iterator[Program]:
    count = program.count
    halves = [(0, 1), (0, count // 2), (count // 2, count), (1, count), (0, count - 1)]
    for start, stop in halves:
        if 0 < stop - start < count:
            parts = (x._replace(rows=x.rows[start:stop]) if x.role == "rows" else x for x in program.inputs)
            yield replace(program, inputs=tuple(parts))


def _shorter_result(program: Program) -> Iterator[Program]:
    """A result that is another variable, or a sum without one of its terms."""
    *before, last = program.lines
    made = [line.strip().partition(" = ")[0] for line in before if " = " in line]
    for name in (*(x.name for x in program.inputs if not x.shape), *dict.fromkeys(made)):
        if last != f"y = {name}":
            yield _drop_unused(replace(program, lines=(*before, f"y = {name}")))
    terms = last.removeprefix("y = ").split(" + ")
    for index in range(len(terms) if len(terms) > 1 else 0):
        yield _drop_unused(replace(program, lines=(*before, f"y = {' + '.join(terms[:index] + terms[index + 1 :])}")))


def _rounder(program: Program) -> Iterator[Program]:
    """All numbers of an input round; then one by one."""
    for place, x in enumerate(program.inputs):
        for number in ROUND:
            rows = tuple(tuple(number for _ in row) for row in x.rows)
            if rows != x.rows and (number == 1.0 or any(each not in ROUND for row in x.rows for each in row)):
                yield _with(program, place, rows)
    for place, x in enumerate(program.inputs):
        for index, row in enumerate(x.rows):
            for column, number in enumerate(row):
                for round_number in ROUND if number not in ROUND else ():
                    yield _with(program, place, _exchange(x.rows, index, _exchange(row, column, round_number)))


def _with(program: Program, place: int, rows: tuple[tuple[float, ...], ...]) -> Program:
    return replace(program, inputs=_exchange(program.inputs, place, program.inputs[place]._replace(rows=rows)))


def _exchange(items: tuple[T, ...], place: int, item: T) -> tuple[T, ...]:
    return (*items[:place], item, *items[place + 1 :])
