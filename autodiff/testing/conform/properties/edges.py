"""Derivatives at the edges: far out, at 0, at kinks, and of what was not selected."""

import math
from collections.abc import Iterator

from ....ops import POW, TABLE
from ...derive.high_precision import many_digits
from ...derive.answers import is_close, right
from ..examiner import Exam
from ..findings import Finding
from ..forms import forms, ordinary_points
from ...draw.straight_line import Program, Step
from ...draw.edge_cases import Point, at_kink, points
from .numbers import write_call

TAILS = (0.0, 1.0, -1.0, 5.0, -5.0, 20.0, -20.0, 40.0, -40.0, 300.0, -300.0, 1e-10, -1e-10)


def tails(exam: Exam) -> Iterator[Finding]:
    """Derivatives are right far from 0, at 0, and between equal operands, where schoolbook formulas cancel or fork."""
    edged = [name for name, op in TABLE.items() if not op.has_constants and _edges(name)]
    for op in exam.among(edged, "operation with edges"):
        yield from list(filter(None, (_at_edge(exam, program) for program in filter(exam.works, _edges(op)))))[:1]


def _edges(op: str) -> list[Program]:
    """The operation at points of its domain, off the kinks, at which a derivative may get lost."""
    row = TABLE[op]
    tried: list[Point] = [(x,) for x in TAILS] if row.arity == 1 else [(x, x) for x in (0.5, 2.0, 30.0)]
    tried = [(800.0, 800.0), (0.5, 0.5)] if row.variadic else tried
    inside = [xs for xs in tried if all(low <= x <= high for (low, high), x in zip(row.domain * 2, xs))]
    exponents = (0.0, 1.0, 2.0, 3.0) if op == POW else ()
    powers = [Program((0.0,), (Step(POW, (0, exponent)),)) for exponent in exponents]
    return [next(forms(op, xs)) for xs in inside if not at_kink(row, xs)] + powers


def _at_edge(exam: Exam, program: Program) -> Finding | None:
    wanted, answer = right(program), exam.ask(program)
    if not math.isfinite(wanted.value):
        return None
    if answer.error is not None:
        return Finding(f"the derivative of `{write_call(program)}` cannot be had: {answer.error}", exam.source(program))
    for letter, given, needed in zip("abcd", answer.gradient, wanted.gradient):
        if needed == 0:
            wrong = not abs(given) <= 1e-12
        else:
            wrong = math.isfinite(needed) and abs(needed) > 1e-300 and not is_close(given, needed, 1e-6)
        if wrong:
            slopes = f"the derivative {given!r} along {letter}, and should have {needed!r}"
            return Finding(f"`{write_call(program)}` has {slopes}{_cause(given, needed)}", exam.source(program))
    return None


def _cause(given: float, needed: float) -> str:
    if given != given:
        return ": inf - inf, or 0 * inf, on the way"
    return ": the tail is lost to cancellation" if abs(given - needed) < 1e-15 and abs(needed) < 1e-6 else ""


def kinks(exam: Exam) -> Iterator[Finding]:
    """At a kink the derivative lies between those of the two sides."""
    kinked = [op for op, row in TABLE.items() if row.kinks and not row.is_flat]
    for op in exam.among(kinked, "operation with a kink"):
        row = TABLE[op]
        programs = [next(forms(op, xs)) for xs in points(row, ordinary_points(op)[0])[1:]]
        for program in filter(exam.works, programs):
            for letter, given, sides in zip("abcd", exam.ask(program).gradient, many_digits(program)):
                low, high = sides.ends
                if not low - 1e-12 <= given <= high + 1e-12:
                    slopes = f"derivatives {low!r} and {high!r} along {letter}, and the engine gives {given!r}"
                    yield Finding(f"`{write_call(program)}` is a kink with {slopes}", exam.source(program))
                    break


def unselected(exam: Exam) -> Iterator[Finding]:
    """Nothing flows to what was not selected, even where its own derivative is infinite."""
    exam.among(("relu", "maximum"), "relu or maximum")
    exam.among(("log",), "log")
    cases = {
        "relu(log(a))": ("relu", Program((0.0,), (Step("log", (0,)), Step("relu", (1,))))),
        "maximum(log(a), b)": ("maximum", Program((0.0, 1.5), (Step("log", (0,)), Step("maximum", (2, 1))))),
    }
    for text, (op, program) in cases.items():
        if not exam.works(program) or not {op, "log"} <= set(exam.operations):
            continue
        answer = exam.ask(program)
        if answer.error is None and answer.gradient[0] != 0:
            slope = f"`{text}` at 0 has the derivative {answer.gradient[0]!r}, and should have 0"
            reason = "nothing may flow to what was not selected, not even 0 times inf"
            yield Finding(f"{slope}: {reason}", exam.source(program))
