"""Backward passes one after the other, and what they may not touch."""

import operator
from collections.abc import Callable, Iterator
from typing import Any

from ....ops import TABLE
from ..examiner import Absent, Exam, Finding, Waits, close, forms, ordinary_points, right, told
from ...draw.straight_line import Program, Step

IN_PLACE = {"add": operator.iadd, "sub": operator.isub, "mul": operator.imul, "div": operator.itruediv}


def _example(exam: Exam) -> Program:
    """c = a * b; y = (c + a) * c: interior nodes that are shared."""
    program = Program((1.5, -0.25), (Step("mul", (0, 1)), Step("add", (2, 0)), Step("mul", (3, 2))))
    exam.need_values()
    exam.need("add", "mul")
    answer = exam.ask(program)
    if answer.error is not None or not all(map(close, answer.gradient, right(program).gradient)):
        raise Waits("waits until the gradients of shared nodes are right")
    return program


def second_backward(exam: Exam) -> Iterator[Finding]:
    """A second backward pass adds exactly one more gradient to the leaves."""
    program, engine = _example(exam), exam.engine
    pool = engine.run(program)
    source = exam.source(program) + "\ny.backward()"
    engine.backward(pool[-1])
    once = [engine.grad(x) for x in pool]
    try:
        engine.backward(pool[-1])
    except Exception as error:
        yield Finding(f"a second backward pass does not work: {told(error)}", source)
        return
    for letter, x, first in zip("ab", pool, once):
        if close(engine.grad(x), first):
            yield Finding(f"a second backward pass replaces the gradient of {letter} instead of adding to it", source)
            return
        if not close(engine.grad(x), 2 * first):
            yield Finding(
                f"a second backward pass adds interior gradients again: {letter} has {engine.grad(x)!r} instead of "
                f"{2 * first!r}, because interior gradients do not start again from 0", source)  # fmt: skip
            return


def two_roots(exam: Exam) -> Iterator[Finding]:
    """Two outputs that share a node add their gradients up."""
    engine = exam.engine
    _example(exam)
    a = engine.make(1.5)
    shared = engine.apply("mul", a, a)
    first, second = engine.apply("mul", shared, 2.0), engine.apply("mul", shared, 3.0)
    try:
        engine.backward(first)
        engine.backward(second)
    except Exception as error:
        yield Finding(f"two outputs that share a node cannot both run backward: {told(error)}")
        return
    if not close(engine.grad(a), 15.0):
        yield Finding(f"two outputs that share a node do not add up: a gets {engine.grad(a)!r} instead of 15.0")


def inputs_unchanged(exam: Exam) -> Iterator[Finding]:
    """No operation, nor one in place, nor a backward pass changes a number that went in."""
    exam.need_values()
    plain = [op for op in TABLE if op not in ("where", "clip", "leaky_relu", "elu")]
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
                yield Finding(f"`{op}` changes its input: {change}", exam.source(program))
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
    source = f"a = {engine.name}(1.5)\nb = a\n{written}\na.backward()"
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
    elif not close(given, wanted.value):
        yield Finding(f"`{written}` makes {given!r} of 1.5 instead of {wanted.value!r}", source)
    elif not close(slope, wanted.gradient[0]):
        wrong = f"after `b = a` and `{written}`, b gets {slope!r} instead of {wanted.gradient[0]!r}"
        yield Finding(f"`{written}` has another slope than `a {TABLE[op].symbol} 2.5`: {wrong}", source)


def unused_inputs(exam: Exam) -> Iterator[Finding]:
    """A value that the output does not depend on gets no gradient."""
    program, engine = _example(exam), exam.engine
    other, pool = engine.make(0.5), engine.run(program)
    side = engine.apply("mul", other, pool[0])
    engine.backward(pool[-1])
    if engine.grad(other) != 0 or engine.grad(side) != 0:
        yield Finding(f"an input that the output does not use gets a gradient of {engine.grad(other)!r}")


def slopes_fixed(exam: Exam) -> Iterator[Finding]:
    """Writing `data` after the forward pass does not change the gradients of what was computed before."""
    exam.need_values()
    engine = exam.engine
    if engine.set_data is None:
        raise Absent("how to write `data` is not known")
    exam.need("mul")
    exam.asked += 1
    x = engine.make(3.0)
    y = engine.apply("mul", x, x)
    engine.set_data(x, 5.0)
    engine.backward(y)
    if not close(engine.grad(x), 6.0):
        yield Finding(
            f"backward reads `data` again: after `x.data = 5` the gradient of `x * x`, computed at 3, is "
            f"{engine.grad(x)!r} instead of 6.0")  # fmt: skip
