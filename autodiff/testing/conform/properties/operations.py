"""Values, operators and slopes, one operation at a time."""

from collections.abc import Iterator

from ..diagnosis import Sample, called, case_of, explained
from ..examiner import HAVE_FORMS, Answer, Exam, Finding, Waits, close, form, right, shapes
from ...draw.straight_line import Program, Step
from ...draw.edge_cases import Point
from ....ops import TABLE


def values(exam: Exam) -> Iterator[Finding]:
    """A new value holds its number and a gradient of 0; the gradient of a value along itself is 1."""
    exam.need_values()
    exam.asked += 1
    engine = exam.engine
    x = engine.make(2.5)
    if engine.data(x) != 2.5:
        yield Finding(f"a value made of 2.5 holds {engine.data(x)!r}")
    if engine.data(engine.make(0.1)) != 0.1:
        yield Finding("a value made of 0.1 holds only the digits of float32")
    if engine.grad(x) != 0:
        yield Finding(f"a new value's gradient is {engine.grad(x)!r} instead of 0")
    engine.backward(x)
    if engine.grad(x) == 2.5:
        yield Finding("backward starts from the value's data instead of 1")
    elif engine.grad(x) != 1:
        yield Finding(f"backward starts from {engine.grad(x)!r} instead of 1")


def operators(exam: Exam) -> Iterator[Finding]:
    """Each operation gives the right number, with plain numbers on either side too, be they floats or ints."""
    _need_any(exam)
    for op in exam.operations:
        for shape in shapes(op):
            for program in shape:
                answer, wanted = exam.value(program), float(right(program).value)
                if answer.error is not None or not close(answer.value, wanted):
                    exam.broken.add(form(program.steps[0]))
                    yield Finding(_misvalued(op, program, answer.value, answer.error, wanted), exam.source(program))
                    break
        if op in HAVE_FORMS:
            yield from _with_ints(exam, op)


def _need_any(exam: Exam) -> None:
    if not exam.operations:
        raise Waits("waits for an operation")


def _with_ints(exam: Exam, op: str) -> Iterator[Finding]:
    """The plain number 2 does what 2.0 does."""
    for operands in ((0, 2.0), (2.0, 0)):
        program = Program((1.5,), (Step(op, operands),))
        if not exam.works(program):
            continue
        usual, answer = exam.ask(program), exam.ask(program, int)
        if usual.error is not None:
            continue
        written, source = program.text().splitlines()[-1].removeprefix("y = "), exam.source(program).replace("2.0", "2")
        whole = f"`{written.replace('2.0', '2')}`"
        if answer.error is not None:
            yield Finding(f"{whole} does not work, though `{written}` does: {answer.error}", source)
        elif not all(map(close, _numbers(answer), _numbers(usual))):
            given, wanted = (f"{each.value!r} and the slope {each.gradient[0]!r}" for each in (answer, usual))
            yield Finding(f"{whole} at 1.5 gives {given}, where `{written}` gives {wanted}", source)


def _numbers(answer: Answer) -> tuple[float, ...]:
    return answer.value, *answer.gradient


def _misvalued(op: str, program: Program, given: float, error: str | None, wanted: float) -> str:
    written = program.text().splitlines()[-1].removeprefix("y = ")
    inputs = ", ".join(f"{name} = {x!r}" for name, x in zip("abc", program.inputs))
    if error is not None:
        return f"`{written}` does not work: {error}"
    operands = program.steps[0].operands
    if len(operands) == 2:
        swapped = Program(program.inputs, (Step(op, operands[::-1]),))
        if close(given, float(right(swapped).value)):
            return f"`{written}` gives `{swapped.text().splitlines()[-1].removeprefix('y = ')}`"
    return f"`{written}` gives {given!r} at {inputs}, and should give {wanted!r}"


def slopes(exam: Exam) -> Iterator[Finding]:
    """Each operation has the right slope along each operand at ordinary points."""
    _need_any(exam)
    for op in exam.operations:
        for shape in shapes(op):
            programs = list(filter(exam.works, shape))
            found = _wrong_slope(exam, op, programs) if programs else None
            if found:
                exam.wrong.add(op)
                yield found
                break


def _wrong_slope(exam: Exam, op: str, programs: list[Program]) -> Finding | None:
    """The first operand, of one form of an operation, whose slope is wrong at one of the points."""
    answers = [exam.ask(program) for program in programs]
    for program, answer in zip(programs, answers):
        if answer.error is not None:
            return Finding(f"{called(op)}: its backward pass does not work: {answer.error}", exam.source(program))
    for place in range(len(programs[0].inputs)):
        index = programs[0].steps[0].operands.index(place)
        samples = [Sample(_names(program), answer.gradient[place], right(program).gradient[place])
                   for program, answer in zip(programs, answers)]  # fmt: skip
        if TABLE[op].by_condition and index == 0:
            continue
        bad = [number for number, sample in enumerate(samples) if not close(sample.given, sample.right)]
        if bad and op == "mul" and _by_grad(exam):
            return Finding("`a * b` multiplies by the other's grad instead of its data", exam.source(programs[0]))
        if bad:
            wrong = [samples[number] for number in bad]
            case = case_of(samples, wrong) if op == "pow" else ""
            sentence = explained(op, index, wrong if case else samples, case)
            return Finding(sentence, exam.source(programs[bad[0]]))
    return None


def _by_grad(exam: Exam) -> bool:
    """Whether a product's slope is whatever gradient the other operand holds."""
    engine = exam.engine
    if engine.set_grad is None:
        return False
    a, b = engine.make(1.5), engine.make(2.5)
    engine.set_grad(b, 7.0)
    engine.backward(engine.apply("mul", a, b))
    return engine.grad(a) == 7.0


def _names(program: Program) -> dict[str, float]:
    """The numbers of a one-step program under the names of the table's rules, and its output as y."""
    xs: Point = tuple(program.inputs[x] if type(x) is int else float(x) for x in program.steps[0].operands)
    return dict(zip("abc", xs)) | {"y": float(right(program).value)}


def repeated(exam: Exam) -> Iterator[Finding]:
    """The same value on both sides of an operation gets both gradients."""
    both = ("add", "mul", "sub", "div", "pow", "maximum", "minimum", "hypot", "atan2")
    exam.among(both, "operation on two values")
    for op in [op for op in both if op in exam.sound]:
        program = Program((1.5,), (Step(op, (0, 0)),))
        answer, wanted = exam.ask(program), right(program).gradient[0]
        given = answer.gradient[0] if answer.error is None else wanted
        if close(given, wanted) or (wanted == 0 and abs(given) < 1e-15):
            continue
        written = program.text().splitlines()[-1].removeprefix("y = ")
        if op in ("maximum", "minimum"):
            sentence = f"`{written}` has slope {given!r}, and should have 1: a tie is credited {_credit(given)}"
        else:
            numbers = f"a gets {given!r} instead of {wanted!r}"
            causes = "parents are kept in a set, or `=` stands where `+=` belongs"
            sentence = f"`{written}` loses one gradient: {numbers}; {causes}"
        yield Finding(sentence, exam.source(program))
        if op not in ("maximum", "minimum"):
            return


def _credit(given: float) -> str:
    return "twice" if given == 2 else "to nobody" if given == 0 else f"{given:g} times"
