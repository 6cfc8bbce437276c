"""A value alone: the number that it holds, its gradient, and where a backward pass begins."""

from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any

from ....ops import ADD, DIV, MUL, NEG, POW, SUB, TABLE
from ...draw.straight_line import Program, Step
from ...engines.adapter import Adapter
from ..calls import files_of, run_traced, walks
from ..shared_faults import NOTHING
from ..diagnosis import to_float32
from ...derive.answers import is_close, describe, right, agree
from ..examiner import ROUNDS, Exam
from ..findings import WRONG, Finding
from ..forms import forms, ordinary_points
from ..locate import comes_about

SIMPLE = (MUL, ADD, "exp", "tanh", SUB, NEG, DIV, "sin", "log", "sqrt", "relu", POW)

STARTS_FROM_ZERO = "backward starts from 0.0 instead of 1"
KEEPS_NONE = "backward works the gradients out, and no value keeps its own"
SETS_BACK = "backward sets gradients back to 0 after it has worked them out"


def values(exam: Exam) -> Iterator[Finding]:
    """A new value holds its number and a gradient of 0; the gradient of a value along itself is 1."""
    exam.need_values()
    exam.asked += 1
    engine = exam.engine
    x = engine.make(2.5)
    for number in (2.5, -1 / 3, 1234567.0, 1e-9):
        held = engine.data(engine.make(number))
        if held != number and held != to_float32(number):
            exam.stopped = ROUNDS
            yield Finding(f"a value made of {number!r} holds {held!r}")
            return
    if engine.data(engine.make(0.1)) != 0.1:
        yield Finding("a value made of 0.1 holds only the digits of float32")
    if engine.grad(x) != 0:
        yield Finding(f"a new value's gradient is {engine.grad(x)!r} instead of 0")
    yield from _find_hidden(exam, x)
    yield from _start(exam)


def _find_hidden(exam: Exam, x: Any) -> Iterator[Finding]:
    """A method of the class that an attribute of the same name hides is reported, and used all the same."""
    engine, own = exam.engine, getattr(x, "__dict__", {})
    names = {op: engine.spelling.names.get(op, op) for op in engine.methods}
    names[""] = engine.spelling.backward.partition(".")[2].partition("(")[0]
    for op, name in names.items():
        method = getattr(type(x), name, None)
        if name not in own or not callable(method) or _works(exam, op):
            continue
        shown = f"an attribute hides the method `{name}`: the constructor sets `{name}`, so `a.{name}()`"
        yield Finding(f"{shown} {_fate(x, name)}", f"a = {engine.spelling.make.format(2.5)}\na.{name}()", WRONG, op)
        if op:
            engine.operations[op] = _of_class(name)
        else:
            engine.backward = _of_class(name)


def _fate(x: Any, name: str) -> str:
    try:
        getattr(x, name)()
    except Exception as error:
        return f"raises {describe(error)}"
    return "does something else"


def _works(exam: Exam, op: str) -> bool:
    """Whether an operation, or without one the backward pass, does what it should all the same."""
    tried = [op] if op else [each for each in SIMPLE if each in exam.operations][:3]
    return any(_right(exam, next(forms(each, ordinary_points(each)[0]))) for each in tried)


def _right(exam: Exam, program: Program) -> bool:
    answer, wanted = exam.ask(program), right(program)
    return agree(answer, wanted) and is_close(answer.value, wanted.value)


def _of_class(name: str) -> Callable[..., Any]:
    return lambda value, *others: getattr(type(value), name)(value, *others)


def _start(exam: Exam) -> Iterator[Finding]:
    """Where backward begins, by what an output and its operands get; a missing start is made up for."""
    ratios, outputs, programs = _ratios(exam)
    if not ratios:
        yield from _start_of_leaf(exam)
    elif all(ratio == 0 for ratio, _ in ratios):
        yield from _start_from_zero(exam, outputs, programs[0])
    elif all(is_close(ratio, y) for ratio, y in ratios) and len({y for _, y in ratios}) > 1:
        exam.stopped = "waits until backward starts from 1"
        yield _begins(exam, "backward starts from the value's data instead of 1", programs[0])
    elif len(ratios) > 1 and len({round(ratio, 9) for ratio, _ in ratios}) == 1:
        yield from _start_from_factor(exam, ratios[0][0], programs)


def _start_from_factor(exam: Exam, factor: float, programs: Sequence[Program]) -> Iterator[Finding]:
    """What is wrong where every operand gets so many times what it should: once for the start, or at every step."""
    if is_close(factor, 1.0, 1e-9):
        return
    exam.stopped = "waits until backward starts from 1"
    deeper = next((each for each in map(_deeper, programs) if exam.ask(each).error is None), programs[0])
    if is_close(exam.ask(deeper).gradient[0], factor**2 * right(deeper).gradient[0], 1e-9):
        sentence = f"every operation multiplies the gradient by {factor!r}, beside its local derivative"
        yield exam.finding(sentence, deeper, WRONG, looks="+=", shared=exam.operations)
    else:
        yield _begins(exam, f"backward starts from {factor!r} instead of 1", programs[0])


def _start_from_zero(exam: Exam, outputs: Sequence[float], program: Program) -> Iterator[Finding]:
    """What is wrong where nothing reaches an operand: found with a pass that is given the start that it may lack."""
    engine = exam.engine
    if any(output != 0 for output in outputs) or engine.set_grad is None:
        return  # it begins, and gets no further: told by the operations
    usual = engine.backward
    made_up = engine.backward = lambda y: (engine.set_grad(y, 1.0), usual(y))[1] if engine.set_grad else None
    sentence, stopped = "", "waits until gradients are kept"
    if any(ratio == 1 for ratio, _ in _ratios(exam)[0]):
        stopped = ""
    elif _sets_back(engine, usual, program):
        sentence = SETS_BACK
    elif _works_out(exam):
        sentence = KEEPS_NONE
    elif walks(engine, program.steps[0].op):
        stopped = "waits until backward starts from 1"
    else:
        sentence, stopped = NOTHING, "waits until a backward pass reaches anything"
    engine.backward, exam.stopped = usual, stopped or exam.stopped
    yield exam.finding(sentence, program, WRONG) if sentence else _begins(exam, STARTS_FROM_ZERO, program)
    engine.backward = usual if stopped else made_up


def _ratios(exam: Exam) -> tuple[list[tuple[float, float]], list[float], list[Program]]:
    """What operations' operands get, as multiples of what they should, beside the value; the outputs' gradients."""
    ratios, outputs, programs = list[tuple[float, float]](), list[float](), list[Program]()
    for op in [op for op in SIMPLE if op in exam.operations]:
        program = next(forms(op, ordinary_points(op)[0]))
        program = Program(program.inputs[:1], (Step(op, (0, 2.0)),)) if op == POW else program
        wanted = right(program)
        try:
            pool = exam.engine.run(program)
            if not is_close(exam.engine.data(pool[-1]), wanted.value):
                continue
            exam.engine.backward(pool[-1])
            ratios.append((exam.engine.grad(pool[0]) / wanted.gradient[0], wanted.value))
            outputs.append(exam.engine.grad(pool[-1]))
            programs.append(program)
        except Exception:
            continue  # told of the operation
    return ratios, outputs, programs


def _deeper(program: Program) -> Program:
    """The operation once more, on its own result."""
    step = program.steps[0]
    return Program(program.inputs, (step, Step(step.op, (len(program.inputs), *step.operands[1:]))))


def _begins(exam: Exam, sentence: str, program: Program) -> Finding:
    return exam.finding(sentence, program, WRONG, looks="seed", shared=exam.operations)


def _sets_back(engine: Adapter, backward: Callable[[Any], Any], program: Program) -> bool:
    """Whether the first input has a gradient for a while, as a pass runs, and none in the end."""
    pool, seen = engine.run(program), set[float]()

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if event != "call" and frame.f_code.co_filename in files:
            seen.add(engine.grad(pool[0]))
        return trace

    files = files_of(pool[0])
    run_traced(lambda: backward(pool[-1]), trace)
    return any(seen) and not engine.grad(pool[0])


def _works_out(exam: Exam) -> bool:
    """Whether the right gradient comes about somewhere, as a pass runs, though no value keeps it."""
    ops = [op for op in ("mul", "add") if op in exam.operations]
    steps = (Step(ops[0], (0, 1)), Step(ops[-1], (2, 0)), Step(ops[0], (3, 2))) if ops else ()
    return bool(ops) and comes_about(exam, Program((1.7, 0.6), steps))


def _start_of_leaf(exam: Exam) -> Iterator[Finding]:
    """An engine without operations can still be asked for the gradient of a value along itself."""
    if any(op in TABLE for op in exam.operations):
        return
    x = exam.engine.make(2.5)
    exam.engine.backward(x)
    if exam.engine.grad(x) != 1:
        start = "the value's data" if exam.engine.grad(x) == 2.5 else repr(exam.engine.grad(x))
        yield Finding(f"backward starts from {start} instead of 1")
