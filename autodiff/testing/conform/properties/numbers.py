"""Extreme numbers: infinities, nan, what `data` holds, tiny and huge gradients."""

import math
from collections.abc import Iterator

from ....numbers import FLOATS
from ....ops import MUL, POW, TABLE
from ...derive.answers import Answer, is_close, right
from ..examiner import Exam, NotApplicable
from ..findings import Finding
from ..forms import forms, special_points
from ...draw.straight_line import Program, Step
from ...draw.edge_cases import Point

PUT: dict[str, list[Point]] = {"relu": [(-1.5,), (2.5,)], POW: [(-8.0, 1 / 3)], "maximum": [(1.5, 2.5)]}


def ieee(exam: Exam) -> Iterator[Finding]:
    """Every number has an answer, as IEEE-754 says: inf and nan come out, nothing is raised."""
    extreme = exam.among([op for op in TABLE if special_points(op)], "operation with extremes")
    for op in sorted(extreme, key=POW.__eq__):  # pow last: its slopes call exp and log
        for xs in special_points(op):
            program = next(filter(exam.works, forms(op, xs)), None)
            if program is None:
                break
            answer, wanted = exam.value(program), FLOATS.formula(op)(*((xs,) if TABLE[op].variadic else xs))
            sentence = _misplaced(program, answer, float(wanted))
            if sentence:
                yield Finding(sentence, exam.source(program))
                break


def _misplaced(program: Program, answer: Answer, wanted: float) -> str | None:
    asked = f"`{write_call(program)}`"
    if answer.error is not None:
        return f"{asked} raises {answer.error.partition(':')[0]}, and should give {wanted!r}"
    if is_close(answer.value, wanted, 1e-9):
        return None
    if wanted != wanted and any(x != x for x in program.inputs):
        return f"{asked} drops the nan and gives {answer.value!r}"
    gives = f"{asked} gives {answer.value!r}, and should give {wanted!r}"
    if 0 < abs(wanted) < 2.3e-308:
        return f"{gives}: subnormal numbers are flushed to 0" if answer.value == 0 else None
    clamped = ": it looks clamped" if math.isfinite(answer.value) and abs(answer.value) < abs(wanted) else ""
    if answer.value == 0:
        clamped = ": it underflows too early" if max(map(abs, program.inputs)) > 1 else ": it is lost to cancellation"
    return f"{gives}{clamped}"


def write_call(program: Program) -> str:
    """A one-step program with its numbers written in: exp(710.0)."""
    step = program.steps[0]
    numbers = tuple(program.inputs[x] if type(x) is int else x for x in step.operands)
    return Program((), (Step(step.op, numbers),)).last_expression()


def kinds(exam: Exam) -> Iterator[Finding]:
    """Numbers stay floats: an int or a complex number in `data` changes what later operations mean."""
    exam.need_values()
    engine = exam.engine
    if engine.raw is None:
        raise NotApplicable("what `data` holds was given as a function")
    for op in exam.among(("relu", "abs", "maximum", "floor", "sign", POW), "operation that could choose an int"):
        for xs in PUT.get(op, [(-1.5,)]):
            program = list(forms(op, xs))[1 if op == POW else 0]
            if not exam.works(program):
                continue
            exam.asked += 1
            try:
                data = engine.raw(engine.run(program)[-1])
            except Exception:
                continue  # told elsewhere
            if isinstance(data, (int, complex)):
                what = f"the {type(data).__name__} {data!r} in `data` instead of a float"
                yield Finding(f"`{write_call(program)}` puts {what}", exam.source(program))
                break


def sizes(exam: Exam) -> Iterator[Finding]:
    """Tiny gradients are kept, and huge ones are not cut."""
    exam.need(MUL)
    for factor in (1e-7, 1e-12, 1e-100, 1e7, 1e12, 1e100):
        program = Program((1.5,), (Step(MUL, (0, 1.25)), Step(MUL, (1, factor))))
        answer, wanted = exam.ask(program), right(program)
        if answer.error is not None or is_close(answer.gradient[0], wanted.gradient[0]):
            continue
        given = answer.gradient[0]
        fate = "dropped" if given == 0 else "clipped" if factor > 1 else "changed"
        what = f"gradients as {'large' if factor > 1 else 'small'} as {factor:g} are {fate}"
        yield Finding(f"{what}: a gets {given!r} instead of {wanted.gradient[0]!r}", exam.source(program))
        return
