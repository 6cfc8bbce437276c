"""Random programs over all operations in which nothing wrong has been found."""

from collections.abc import Iterator

from ....ops import POW, TABLE
from ...derive.high_precision import many_digits, nearest
from ..examiner import Exam, Skipped, Unsteady
from ..findings import Finding
from ..forms import HAVE_FORMS, form, shapes
from ...check.foreign import find_faulty_operation, find_wrong_entry
from ...draw.straight_line import Program, Step
from .chain import EARLY

EXPONENTS = (2.0, 3.0, -1.0, 0.5, -2.0)


def programs(exam: Exam) -> Iterator[Finding]:
    """Gradients of drawn programs are right, up to what rounding explains; a failure is shrunk to the smallest."""
    operations = [op for op in exam.operations if not TABLE[op].is_flat and _usable(exam, op)]
    exam.need_any()
    if not operations:
        raise Skipped("waits until an operation is right")
    if exam.confuses:
        raise Skipped("waits until two values with equal data are two")
    if exam.unordered:
        raise Skipped("waits until gradients over several paths add up")
    if exam.exponential:
        raise Skipped("waits until shared nodes take no longer than others")
    failing = find_smallest(exam, operations)
    if failing is None:
        return
    answer, fault = exam.ask(failing), find_faulty_operation(exam.engine, failing)
    if fault is not None:
        yield Finding(fault.sentence, exam.source(fault.program))
    elif answer.error is not None:
        yield Finding(f"a drawn program does not work: {answer.error}", exam.source(failing))
    else:
        place = find_wrong_entry(answer, failing) or 0
        given, wanted = answer.gradient[place], nearest(many_digits(failing)[place].right)
        slightly = abs(given - wanted) < 1e-3 * abs(wanted)
        what = "a gradient is off by more than rounding explains" if slightly else EARLY
        yield Finding(f"{what} ({'abc'[place]} gets {given!r} instead of {wanted!r})", exam.source(failing))


def _usable(exam: Exam, op: str) -> bool:
    return any(exam.works(shape[0]) for shape in shapes(op))


def accept(exam: Exam, program: Program) -> Program:
    """The program, with plain exponents where the engine takes no value as one."""
    steps = [
        Step(POW, (step.operands[0], EXPONENTS[place % len(EXPONENTS)])) if form(step) == (POW, -1) else step
        for place, step in enumerate(program.steps)
    ]
    return Program(program.inputs, tuple(steps)).prune() if (POW, -1) in exam.broken else program


def find_smallest(exam: Exam, operations: list[str], shrink: bool = True) -> Program | None:
    """The smallest program with a wrong gradient, or the first one, among so many examples; None if there is none."""
    from hypothesis import HealthCheck, Phase, given, seed, settings

    from ...draw import strategies

    found: list[Program] = []

    @seed(exam.seed)
    @settings(max_examples=exam.examples, database=None, deadline=None, suppress_health_check=list(HealthCheck),
              phases=(Phase.generate, Phase.shrink)[: 1 + shrink], report_multiple_bugs=False)  # fmt: skip
    @given(strategies.programs(operations=operations))
    def check(program: Program) -> None:
        drawn, program = program, accept(exam, program)
        if exam.works(program) and (program is drawn or strategies.is_sound(program)) and is_wrong(exam, program):
            found.append(program)
            raise AssertionError

    try:
        check()
    except AssertionError:
        return found[-1]
    except Exception as error:
        if not type(error).__module__.startswith("hypothesis"):
            raise
        if found:
            raise Unsteady(found[-1]) from None  # what was wrong once is right when it is asked for again
    return None


def is_wrong(exam: Exam, program: Program) -> bool:
    """Whether the engine's gradient is off by more than rounding, even in schoolbook formulas, explains."""
    answer = exam.ask(program)
    return find_wrong_entry(answer, program) is not None if answer.error is None else not _takes_numbers(program)


def _takes_numbers(program: Program) -> bool:
    """Whether a function is called with a plain number: operators must take them, functions need not."""
    return any(
        type(x) is float and rule for op, operands in program.steps if op not in HAVE_FORMS and not TABLE[op].variadic
        for x, rule in zip(operands, TABLE[op].slopes)
    )
