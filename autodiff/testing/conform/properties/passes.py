"""Backward passes one after the other, and what they may not touch."""

import operator
from collections.abc import Callable, Iterator
from typing import Any

from ....ops import ADD, DIV, MUL, SUB, TABLE
from ...derive.answers import is_close, describe, right, agree
from ..diagnosis import title
from ..examiner import Exam, NotApplicable, Skipped
from ..findings import LIMIT, PASS, Finding
from ..forms import forms, ordinary_points
from ...draw.straight_line import Program, Step

IN_PLACE = {ADD: operator.iadd, SUB: operator.isub, MUL: operator.imul, DIV: operator.itruediv}


MARK = "a mark on visited nodes, or a list of them, outlives the pass"
EMPTIED = "a pass empties the tape on which all values are recorded"
LEAK = "interior gradients do not start again from 0"


def _example(exam: Exam) -> Program:
    """c = a * b; y = (c + a) * c: interior nodes that are shared."""
    exam.need_values()
    times, plus = exam.need_pair()
    program = Program((1.5, -0.25), (Step(times, (0, 1)), Step(plus, (2, 0)), Step(times, (3, 2))))
    if not agree(exam.ask(program), right(program)):
        raise Skipped("waits until the gradients of shared nodes are right")
    return program


def second_backward(exam: Exam) -> Iterator[Finding]:
    """A second backward pass adds exactly one more gradient to the leaves."""
    exam.need_kept()
    program, engine = _example(exam), exam.engine
    pool = engine.run(program)
    source = f"{exam.source(program)}\n{engine.spelling.backward.format('y')}"
    engine.backward(pool[-1])
    once = [engine.grad(x) for x in pool]
    try:
        engine.backward(pool[-1])
    except Exception as error:
        yield Finding(f"a second backward pass does not work: {describe(error)}", source, LIMIT, cause=LEAK)
        return
    for letter, x, first in zip("ab", pool, once):
        given = f"{engine.spelling.grad.format(letter)}  # gives {engine.grad(x)!r}, and should give {2 * first!r}"
        if is_close(engine.grad(x), first):
            sentence, rank = _replaced(exam, program, letter)
            yield Finding(sentence, source, rank, result=given, cause=LEAK)
            return
        if not is_close(engine.grad(x), 2 * first):
            yield Finding(
                f"a second backward pass adds interior gradients again: {letter} has {engine.grad(x)!r} instead of "
                f"{2 * first!r}, because {LEAK}", source, LIMIT, result=given, cause=LEAK)  # fmt: skip
            return


def _replaced(exam: Exam, program: Program, letter: str) -> tuple[str, int]:
    """Whether a second pass reaches nothing, or begins anew: a gradient planted between the two shows it."""
    engine = exam.engine
    pool = engine.run(program)
    place = "ab".index(letter)
    engine.backward(pool[-1])
    if engine.set_grad is not None:
        engine.set_grad(pool[place], 100.0)
        engine.backward(pool[-1])
        if engine.grad(pool[place]) == 100.0:
            reason, rank = (EMPTIED, LIMIT) if _empties(exam, program) else (MARK, PASS)
            return f"a second backward pass reaches nothing: {reason}", rank
    return f"a second backward pass replaces the gradient of {letter} instead of adding to it", LIMIT


def _empties(exam: Exam, program: Program) -> bool:
    """Whether a pass through one graph leaves nothing to go through in another, as no mark on nodes does."""
    one, other = exam.engine.run(program), exam.engine.run(program)
    exam.engine.backward(one[-1])
    exam.engine.backward(other[-1])
    return all(exam.engine.grad(x) == 0 for x in other[: len(program.inputs)])


def two_roots(exam: Exam) -> Iterator[Finding]:
    """Two outputs that share a node add their gradients up."""
    engine = exam.engine
    exam.need_kept()
    _example(exam)
    times, plus = exam.need_pair()
    a, b, c = engine.make(1.5), engine.make(2.0), engine.make(3.0)
    shared = engine.apply(times, a, a)
    first, second = engine.apply(times, shared, b), engine.apply(times, shared, c)
    wanted = sum(right(Program((1.5, x), (Step(times, (0, 0)), Step(times, (2, 1))))).gradient[0] for x in (2.0, 3.0))
    try:
        engine.backward(first)
        engine.backward(second)
    except Exception as error:
        sentence = f"two outputs that share a node cannot both run backward: {describe(error)}"
        yield Finding(sentence, rank=LIMIT, cause=LEAK)
        return
    given = engine.grad(a)
    if not is_close(given, wanted):
        sentence = f"two outputs that share a node do not add up: a gets {given!r} instead of {wanted!r}"
        yield Finding(sentence, _two_roots(exam, times), LIMIT, cause=LEAK)


def _two_roots(exam: Exam, times: str) -> str:
    make, backward, symbol = exam.engine.spelling.make, exam.engine.spelling.backward, TABLE[times].symbol
    inputs = f"a, b, c = {make.format(1.5)}, {make.format(2.0)}, {make.format(3.0)}\n"
    built = f"d = a {symbol} a\ny, z = d {symbol} b, d {symbol} c\n"
    return f"{inputs}{built}{backward.format('y')}\n{backward.format('z')}"


def separate_graphs(exam: Exam) -> Iterator[Finding]:
    """A backward pass through one graph leaves the gradients of another alone."""
    exam.need_kept()
    program, engine = _example(exam), exam.engine
    times, _ = exam.need_pair()
    pool = engine.run(program)
    engine.backward(pool[-1])
    before = [engine.grad(x) for x in pool[:2]]
    engine.reset()  # who records on a tape takes a new one
    other = engine.make(0.5)
    engine.backward(engine.apply(times, other, engine.make(4.0)))
    after = [engine.grad(x) for x in pool[:2]]
    if not all(map(is_close, after, before)):
        z = f"z = {engine.spelling.make.format(0.5)} {TABLE[times].symbol} {engine.spelling.make.format(4.0)}"
        source = f"{exam.source(program)}\n# then, of another graph:\n{z}\n{engine.spelling.backward.format('z')}"
        if not any(after):
            yield Finding("a backward pass sets the gradients of other graphs to 0", source, LIMIT, cause=LEAK)
            return
        changed = f"a had {before[0]!r}, and has {after[0]!r} after a pass through another graph"
        sentence = f"a backward pass runs the nodes of earlier passes again: {changed}; a list outlives the pass"
        yield Finding(sentence, source, PASS)


def inputs_unchanged(exam: Exam) -> Iterator[Finding]:
    """No operation, nor one in place, nor a backward pass changes a number that went in."""
    exam.need_values()
    plain = [name for name, op in TABLE.items() if not op.has_constants]
    for op in exam.among(plain, "operation"):
        program = next(forms(op, ordinary_points(op)[0]))
        exam.asked += exam.works(program)
        try:
            pool = exam.engine.run(program)
            before = exam.engine.data(pool[-1])
            exam.engine.backward(pool[-1])
        except Exception:
            continue  # told elsewhere
        for letter, x, number in zip("abcd", pool, program.inputs):
            if exam.engine.data(x) != number:
                change = f"{letter} was {number!r}, and is {exam.engine.data(x)!r}"
                yield Finding(f"{title(op)} changes its input: {change}", exam.source(program))
                return
        if exam.engine.data(pool[-1]) != before:
            yield Finding(f"backward changes the data of its output from {before!r} to {exam.engine.data(pool[-1])!r}")
            return
    for op, in_place in IN_PLACE.items():
        if op in exam.operations and exam.works(Program((1.5,), (Step(op, (0, 2.5)),))):
            yield from _in_place(exam, op, in_place)


def _in_place(exam: Exam, op: str, in_place: Callable[[Any, Any], Any]) -> Iterator[Finding]:
    """`a += b` makes a new value under the name a: whatever else has that name keeps its number and gradient."""
    engine, written = exam.engine, f"a {TABLE[op].symbol}= 2.5"
    source = f"a = {engine.spelling.make.format(1.5)}\nb = a\n{written}\n{engine.spelling.backward.format('a')}"
    a = engine.make(1.5)
    try:
        result = in_place(a, 2.5)
        kept, given = engine.data(a), engine.data(result)
        engine.backward(result)
        slope = engine.grad(a)
    except Exception:
        return  # to refuse is no fault
    wanted = right(Program((1.5,), (Step(op, (0, 2.5)),)))
    if kept != 1.5:
        change = f"after `b = a` and `{written}`, b is {kept!r} instead of 1.5"
        yield Finding(f"`{written}` changes its input: {change}", source)
    elif not is_close(given, wanted.value):
        yield Finding(f"`{written}` makes {given!r} of 1.5 instead of {wanted.value!r}", source)
    elif not is_close(slope, wanted.gradient[0]):
        wrong = f"after `b = a` and `{written}`, b gets {slope!r} instead of {wanted.gradient[0]!r}"
        yield Finding(f"`{written}` has another derivative than `a {TABLE[op].symbol} 2.5`: {wrong}", source)


def unused_inputs(exam: Exam) -> Iterator[Finding]:
    """A value that the output does not depend on gets no gradient."""
    program, engine = _example(exam), exam.engine
    other, pool = engine.make(0.5), engine.run(program)
    side = engine.apply(exam.need_pair()[0], other, pool[0])
    engine.backward(pool[-1])
    if engine.grad(other) != 0 or engine.grad(side) != 0:
        yield Finding(f"an input that the output does not use gets a gradient of {engine.grad(other)!r}")


def numbers_kept(exam: Exam) -> Iterator[Finding]:
    """Writing `data` after the forward pass does not change the gradients of what was computed before."""
    exam.need_values()
    engine = exam.engine
    if engine.set_data is None:
        raise NotApplicable("how to write `data` is not known")
    exam.need(MUL)
    exam.asked += 1
    x = engine.make(3.0)
    y = engine.apply(MUL, x, x)
    engine.set_data(x, 5.0)
    engine.backward(y)
    if not is_close(engine.grad(x), 6.0):
        yield Finding(
            f"backward reads `data` again: after `x.data = 5` the gradient of `x * x`, computed at 3, is "
            f"{engine.grad(x)!r} instead of 6.0")  # fmt: skip
