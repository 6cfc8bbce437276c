"""Values, operators and local derivatives, one operation at a time."""

from collections.abc import Iterator

from ....ops import ADD, MUL, POW, SUB, TABLE
from ...draw.edge_cases import Point
from ...draw.straight_line import Program, Step
from ..shared_faults import find_shared_fault
from ..diagnosis import Sample, case_of, explain, name_operation
from ...derive.answers import Answer, is_close, right
from ..examiner import Exam
from ..findings import MISSING, VALUE, WRONG, Finding
from ..forms import HAVE_FORMS, form, shapes
from ..textbook import derivative

UNSTEADY = (
    "the same program does not give the same gradient twice: its operands are kept in a set, whose order changes, "
    "or something outlives the pass"
)


OPERANDS = "where its operand's should decide"
FORMS = {1: " with a plain number on the right", 2: " with a plain number on the left", 3: " with a whole exponent"}


def operators(exam: Exam) -> Iterator[Finding]:
    """Each operation gives the right number, with plain numbers on either side too, be they floats or ints."""
    exam.need_any()
    for op in exam.operations:
        cause = ""
        for number, shape in enumerate(shapes(op)):
            for program in shape:
                answer, wanted = exam.value(program), float(right(program).value)
                if answer.error is not None or not is_close(answer.value, wanted):
                    finding = _misvalued(exam, op, program, answer, wanted)
                    if number == 0 and finding.rank == VALUE:
                        cause = f"the number of {op}"  # so that it goes wrong with plain numbers too
                    yield finding._replace(cause=cause)
                    break
        if op in HAVE_FORMS:
            yield from _with_ints(exam, op)


def _with_ints(exam: Exam, op: str) -> Iterator[Finding]:
    """The plain number 2 does what 2.0 does."""
    for operands in ((0, 2.0), (2.0, 0)):
        program = Program((1.5,), (Step(op, operands),))
        if not exam.works(program):
            continue
        usual, answer = exam.ask(program), exam.ask(program, int)
        if usual.error is not None:
            continue
        written, source = program.last_expression(), exam.source(program).replace("2.0", "2")
        whole = f"`{written.replace('2.0', '2')}`"
        if answer.error is not None:
            sentence = f"{whole} does not work, though `{written}` does: {answer.error}"
            yield Finding(sentence, source, MISSING, op)
        elif not all(map(is_close, _numbers(answer), _numbers(usual))):
            exam.confirm(program, usual)
            exam.confirm(program, answer, int)
            given, wanted = (f"{each.value!r} and the derivative {each.gradient[0]!r}" for each in (answer, usual))
            yield Finding(f"{whole} at 1.5 gives {given}, where `{written}` gives {wanted}", source, VALUE, op)


def _numbers(answer: Answer) -> tuple[float, ...]:
    return answer.value, *answer.gradient


def _misvalued(exam: Exam, op: str, program: Program, answer: Answer, wanted: float) -> Finding:
    """What is wrong with the number of an operation; a form that is refused is missing, and numbers are wrapped."""
    written = program.last_expression()
    numbers = [index for index, x in enumerate(program.steps[0].operands) if type(x) is float]
    if answer.error is not None:
        refused = op in HAVE_FORMS and (bool(numbers) or op == POW)
        sentence, rank = f"`{written}` does not work: {answer.error}", MISSING if refused else VALUE
        if numbers == [0] and op == ADD and _left_out(exam):
            sentence, rank = f"`{written}` does not work: `__radd__` is missing, which `sum` needs", VALUE
        finding = exam.finding(sentence, program, rank, op=op, looks="value")
        if refused and numbers and not _wrapped(exam, op, numbers[0], program, wanted):
            exam.broken.add(form(program.steps[0]))
        elif not numbers:
            exam.broken.add(form(program.steps[0]))
        return finding
    exam.broken.add(form(program.steps[0]))
    inputs = ", ".join(f"{name} = {x!r}" for name, x in zip("abc", program.inputs))
    operands = program.steps[0].operands
    sentence = f"`{written}` gives {answer.value!r} at {inputs}, and should give {wanted!r}"
    if len(operands) == 2:
        swapped = Program(program.inputs, (Step(op, operands[::-1]),))
        if is_close(answer.value, float(right(swapped).value)):
            sentence = f"`{written}` gives `{swapped.last_expression()}`"
            return exam.finding(sentence, program, VALUE, op=op, looks="swapped")
    return exam.finding(sentence, program, VALUE, op=op, looks="value")


def _left_out(exam: Exam) -> bool:
    """Whether sums take a plain number on their right and not on their left, where other operators do."""
    cls, program = type(exam.engine.make(0.75)), Program((0.75,), (Step(ADD, (0, 0.4)),))
    if hasattr(cls, "__radd__") or not any(hasattr(cls, f"__r{word}__") for word in (SUB, MUL, "truediv")):
        return False
    return is_close(exam.value(program).value, float(right(program).value))


def _wrapped(exam: Exam, op: str, index: int, program: Program, wanted: float) -> bool:
    """Whether the form works once its plain number is made a value of the engine; from then on it is."""
    exam.engine.wraps.add((op, index))
    answer = exam.value(program)
    works = answer.error is None and is_close(answer.value, wanted) and (op, -1) not in exam.broken
    if not works:
        exam.engine.wraps.discard((op, index))
    return works


def local_derivatives(exam: Exam) -> Iterator[Finding]:
    """Each operation has the right local derivative along each operand at ordinary points."""
    exam.need_any()
    found = {op: finding for op in exam.operations for finding in [_wrong_operation(exam, op)] if finding}
    shared = find_shared_fault(exam, found) if len(found) > 1 else None
    if shared:
        sentence, program, explained = shared
        yield exam.finding(sentence, program, WRONG, looks="+=", shared=explained)
        exam.stop("waits until local derivatives are right")
        found = {op: finding for op, finding in found.items() if op not in explained}
    yield from found.values()


def _wrong_operation(exam: Exam, op: str) -> Finding | None:
    """What is wrong with the derivatives of an operation, in the first of its forms in which something is."""
    found = _gated(exam, op)
    for number, shape in enumerate(shapes(op)):
        programs = list(filter(exam.works, shape))
        case = FORMS.get(number, "") if op in HAVE_FORMS and exam.works(shapes(op)[0][0]) else ""
        found = found or (_wrong_derivative(exam, op, programs, case) if programs else None)
    exam.wrong |= {op} if found else set()
    return found


def _gated(exam: Exam, op: str) -> Finding | None:
    """An operation with a kink asks its operand on which side it is, and never the upstream gradient."""
    for program in shapes(op)[0] if TABLE[op].kinks and MUL in exam.operations else []:
        times = [Step(MUL, (len(program.inputs), factor)) for factor in (3.0, -3.0)]
        above, below = (Program(program.inputs, (*program.steps, step)) for step in times)
        if len(program.inputs) > 1 or not exam.works(below):
            continue
        through = [exam.ask(each).gradient == [0.0] for each in (above, below)]
        if right(below).gradient[0] and through == [False, True]:
            sentence = f"{name_operation(op)} lets a gradient through by the sign of that gradient, {OPERANDS}"
            return exam.finding(sentence, below, WRONG, op=op, looks="+=", formula=derivative(op, 0))
    return None


def _wrong_derivative(exam: Exam, op: str, programs: list[Program], case: str) -> Finding | None:
    """The first operand, of one form of an operation, whose derivative is wrong at one of the points."""
    answers = [exam.ask(program) for program in programs]
    for program, answer in zip(programs, answers):
        if answer.error is not None:
            sentence = f"{name_operation(op)}{case}: its backward pass does not work: {answer.error}"
            return exam.finding(sentence, program, op=op, looks="+=")
    if len(programs[0].inputs) > 1:
        for program, answer in zip(programs, answers):
            exam.confirm(program, answer)
        if all(_to_one(program, answer) for program, answer in zip(programs, answers)):
            sentence = f"{name_operation(op)} sends both its gradients to a, and none to b"
            return exam.finding(sentence, programs[0], WRONG, op=op, looks="+=", formula=derivative(op, 0))
    for place in range(len(programs[0].inputs)):
        index = programs[0].steps[0].operands.index(place)
        samples = [Sample(_names(program), answer.gradient[place], right(program).gradient[place])
                   for program, answer in zip(programs, answers)]  # fmt: skip
        if TABLE[op].by_condition and index == 0:
            continue
        bad = [number for number, sample in enumerate(samples) if not is_close(sample.given, sample.right)]
        if bad:
            exam.confirm(programs[bad[0]], answers[bad[0]])
            sentence = _sentence(exam, op, index, samples, bad, case)
            formula = derivative(op, index)
            return exam.finding(sentence, programs[bad[0]], WRONG, op=op, looks="+=", along=place, place=index,
                                formula=formula)  # fmt: skip
    return None


def _to_one(program: Program, answer: Answer) -> bool:
    """Whether the first of two operands gets what belongs to both."""
    wanted = right(program).gradient
    return len(wanted) == 2 and wanted[1] != 0 == answer.gradient[1] and is_close(answer.gradient[0], sum(wanted))


def _sentence(exam: Exam, op: str, index: int, samples: list[Sample], bad: list[int], form: str) -> str:
    if op == MUL and _by_grad(exam):
        return "`a * b` multiplies by the other's grad instead of its data"
    wrong = [samples[number] for number in bad]
    case = case_of(samples, wrong) if op == POW else ""
    case = case or form
    if all(sample.given == 0 for sample in samples) and _by_own_grad(exam, op, index):
        return f"{name_operation(op)} multiplies by its operand's own gradient instead of the upstream gradient"
    return explain(op, index, samples if case == form else wrong, case)


def _by_grad(exam: Exam) -> bool:
    """Whether a product's derivative is whatever gradient the other operand holds."""
    return _planted(exam, Program((1.5, 2.5), (Step(MUL, (0, 1)),)), 1, 0) == 7.0


def _by_own_grad(exam: Exam, op: str, index: int) -> bool:
    """Whether a gradient that the operand has got from a sum comes out multiplied: 2 + 2 * the derivative."""
    program = next(shape[0] for shape in shapes(op) if index in range(len(shape[0].inputs)))
    last, wanted = len(program.inputs), right(program).gradient[index]
    asked = [Program(program.inputs, (*program.steps, Step(ADD, (index, index)), Step(ADD, places)))
             for places in ((last, last + 1), (last + 1, last))]  # fmt: skip
    answers = [exam.ask(each) for each in asked if ADD in exam.sound]
    return any(answer.error is None and is_close(answer.gradient[index], 2.0 + 2.0 * wanted) for answer in answers)


def _planted(exam: Exam, program: Program, planted: int, read: int) -> float | None:
    """The gradient of one input after a pass before which another held the gradient 7; None if that cannot be had."""
    engine = exam.engine
    if engine.set_grad is None:
        return None
    try:
        pool = engine.run(program)
        engine.set_grad(pool[planted], 7.0)
        engine.backward(pool[-1])
        return engine.grad(pool[read])
    except Exception:
        return None


def _names(program: Program) -> dict[str, float]:
    """The numbers of a one-step program under the names of the table's rules, and its output as y."""
    xs: Point = tuple(program.inputs[x] if type(x) is int else float(x) for x in program.steps[0].operands)
    return dict(zip("abc", xs)) | {"y": float(right(program).value)}
