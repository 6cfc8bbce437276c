"""A fault of what all operations share, told once: their local derivatives go wrong in the same way.

>>> got = [Got("mul", 0, 0.75, (0.4, 0.75)), Got("mul", 1, 0.4, (0.4, 0.75)), Got("sub", 0, -1.0, (1.0, -1.0))]
>>> find_pattern(got)[0]
"the operands' gradients are exchanged: the left one gets the right one's, and the right one the left one's"
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from ..derive.answers import Answer, is_close, right
from ..draw.straight_line import Program
from .forms import form, shapes

if TYPE_CHECKING:
    from .examiner import Exam

NOTHING = "backward reaches nothing: no gradient arrives at the operands of any operation"
MOST = 0.8  # of the operations that can show a fault, how many must


def _rounded(digits: int, i: int, d: tuple[float, ...]) -> float:
    return round(d[i], digits)


# What operand i gets, if the local derivatives are d
PATTERNS: tuple[tuple[str, Callable[[int, tuple[float, ...]], float]], ...] = (
    (NOTHING, lambda i, d: 0.0),
    ("no operation passes a gradient to its right operand", lambda i, d: 0.0 if i else d[0]),
    ("no operation passes a gradient to its left operand", lambda i, d: d[1] if i else d[0] if len(d) == 1 else 0.0),
    ("the operands' gradients are exchanged: the left one gets the right one's, and the right one the left one's",
     lambda i, d: d[len(d) - 1 - i]),
    ("both operands of an operation get the gradient of the left one", lambda i, d: d[0]),
    ("both operands of an operation get the gradient of the right one", lambda i, d: d[-1]),
    ("both gradients of an operation go to its left operand, and none to its right one",
     lambda i, d: 0.0 if i else sum(d)),
    ("both gradients of an operation go to its right operand, and none to its left one",
     lambda i, d: sum(d) if i == len(d) - 1 else 0.0),
    ("the local derivatives are left out: an operand gets 1, whatever the operation", lambda i, d: 1.0),
    ("the upstream gradient is added to the local derivative, where the two have to be multiplied",
     lambda i, d: 1.0 + d[i]),
    ("the upstream gradient is divided by the local derivative, where the two have to be multiplied",
     lambda i, d: 1.0 / d[i] if d[i] else inf),
    ("every gradient has the wrong sign", lambda i, d: -d[i]),
    ("gradients lose their sign", lambda i, d: abs(d[i])),
    ("gradients are divided by the number of operands", lambda i, d: d[i] / len(d)),
    ("gradients are cut off at -1 and 1", lambda i, d: max(-1.0, min(1.0, d[i]))),
    *((f"gradients are rounded to {digits} digits after the point", partial(_rounded, digits)) for digits in range(7)),
)  # fmt: skip


class Got(NamedTuple):
    """What one operand of an operation got, and the right local derivatives of all its operands."""

    op: str
    place: int
    given: float
    wanted: tuple[float, ...]


def find_shared_fault(exam: Exam, wrong: Iterable[str]) -> tuple[str, Program, set[str]] | None:
    """What is wrong with all operations alike, with the smallest program that shows it and the operations concerned."""
    basic = [op for op in exam.operations if not exam.built_on[op]]
    asked = {op: [(program, exam.ask(program)) for program in _programs(exam, op)] for op in basic}
    asked = {op: answers for op, answers in asked.items() if answers}
    first = next(iter(asked[op][0][0] for op in wrong if op in asked), None)
    errors = {answer.error for answers in asked.values() for _, answer in answers}
    if first is None or len(asked) < 2:
        return None
    if len(errors) == 1 and None not in errors:
        return f"backward does not work: {errors.pop()}", first, set(asked)
    found = find_pattern([got for op, answers in asked.items() for got in _got(op, answers)])
    return found and (found[0], asked[next(op for op in wrong if op in found[1])][0][0], found[1])


def _programs(exam: Exam, op: str) -> list[Program]:
    """The first form of an operation that works, at several points."""
    working = (shape for shape in shapes(op) if form(shape[0].steps[0]) not in exam.broken)
    return [program for program in next(working, []) if len(program.inputs) <= 2]


def _got(op: str, answers: Sequence[tuple[Program, Answer]]) -> Iterator[Got]:
    for program, answer in answers:
        wanted = tuple(right(program).gradient)
        if answer.error is None:
            yield from (Got(op, place, given, wanted) for place, given in enumerate(answer.gradient))


def find_pattern(found: Sequence[Got]) -> tuple[str, set[str]] | None:
    """The first pattern that most of the operations follow which can show it, at least two, and which they are."""
    for sentence, expected in PATTERNS:
        shows = {each.op for each in found if not is_close(expected(each.place, each.wanted), each.wanted[each.place])}
        differ = {each.op for each in found if not is_close(each.given, expected(each.place, each.wanted))}
        if len(shows - differ) > 1 and len(shows - differ) >= MOST * len(shows):
            return sentence, shows - differ
    return None
