"""Random programs over all operations in which nothing wrong has been found."""

import math
from collections.abc import Iterator

from ...ops import TABLE
from ..exam import HAVE_FORMS, Exam, Finding
from ..differences import OneSided, many_digits
from ..program import Program
from ..tolerance import allowed
from .sums import EARLY


def programs(exam: Exam) -> Iterator[Finding]:
    """Gradients of drawn programs are right, up to what rounding explains; a failure is shrunk to the smallest."""
    operations = [op for op in exam.operations if op in exam.sound and op not in ("floor", "sign", "largest")]
    if not operations or exam.exponential:
        return
    failing = smallest(exam, operations)
    if failing is not None:
        answer = exam.ask(failing)
        if answer.error is not None:
            yield Finding(f"a drawn program does not work: {answer.error}", exam.source(failing))
            return
        exact = [float(side.right) for side in many_digits(failing)]
        letter, given, wanted = next(
            (letter, given, wanted) for letter, given, wanted in zip("abc", answer.gradient, exact) if given != wanted)
        slightly = abs(given - wanted) < 1e-3 * abs(wanted)
        fault = "a gradient is off by more than rounding explains" if slightly else EARLY
        yield Finding(f"{fault} ({letter} gets {given!r} instead of {wanted!r})", exam.source(failing))


def smallest(exam: Exam, operations: list[str], shrink: bool = True) -> Program | None:
    """The smallest program with a wrong gradient, or the first one, among so many examples; None if there is none."""
    from hypothesis import HealthCheck, Phase, given, seed, settings

    from .. import strategies

    found: list[Program] = []

    @seed(exam.seed)
    @settings(max_examples=exam.examples, database=None, deadline=None, suppress_health_check=list(HealthCheck),
              phases=(Phase.generate, Phase.shrink)[: 1 + shrink], report_multiple_bugs=False)  # fmt: skip
    @given(strategies.programs(operations=operations))
    def check(program: Program) -> None:
        if wrong(exam, program):
            found.append(program)
            raise AssertionError

    try:
        check()
    except AssertionError:
        return found[-1]
    return None


def wrong(exam: Exam, program: Program) -> bool:
    """Whether the engine's gradient is off by more than rounding, even in schoolbook formulas, explains."""
    answer = exam.ask(program)
    if answer.error is not None:
        return not _takes_numbers(program)
    exact = many_digits(program)
    exact = [OneSided(0.0, 1.0) if side.right != side.right else side for side in exact]  # undefined on both sides
    if all(side.kink or given == float(side.right) for given, side in zip(answer.gradient, exact)):
        return False
    room = allowed(program, times=8.0, schoolbook=True)
    return any(
        not side.kink and math.isfinite(most) and not abs(given - float(side.right)) <= most
        for given, side, most in zip(answer.gradient, exact, room.gradient)
    )


def _takes_numbers(program: Program) -> bool:
    """Whether a function is called with a plain number: operators must take them, functions need not."""
    return any(
        type(x) is float and rule for op, operands in program.steps if op not in HAVE_FORMS and not TABLE[op].variadic
        for x, rule in zip(operands, TABLE[op].slopes)
    )
