"""Whose fault a wrong gradient is, in an engine that keeps no local derivatives: each operation is asked for alone.

An engine behind an adapter shows only what it computes. So every step of the program is run by itself, at the numbers
that the engine had there, and its value and gradient are held to 50 digits. If each is right by itself, the engine's
interior gradients are laid beside the right local derivatives, to find the node that was read too early.

>>> from ..mutants import MUTANTS, load
>>> from ..draw.straight_line import Step
>>> program = Program((0.5,), (Step("mul", (0, 2.0)), Step("tanh", (1,)), Step("mul", (2, 2))))
>>> find_faulty_operation(load(MUTANTS["tanh: square lost"]).adapter, program).sentence
'tanh at 1.0: its local derivative along a is 0.23840584404423..., the right one is 0.4199743416140261'
"""

from __future__ import annotations

import math
from typing import NamedTuple

from ...numbers import FLOATS
from ..engines.adapter import Adapter
from .blame import Slope, find_wrong_sum
from ..derive.high_precision import OneSided, many_digits, many_digits_mixed, nearest
from ..derive.answers import Answer, answer_of
from ..engines.detect import ours
from ..draw.straight_line import Program, isolate, bind_operations
from .tolerance import estimate_rounding


class Fault(NamedTuple):
    """What is wrong, in a sentence, the shortest program that shows it, and its place in the pool of the long one."""

    sentence: str
    program: Program
    place: int


def find_wrong_entry(answer: Answer, program: Program) -> int | None:
    """The first input along which a gradient is off by more than rounding, even in schoolbook formulas, explains."""
    # nan on both sides: the derivative is undefined, which is a kink, where nothing is asked
    exact = [OneSided(0.0, 1.0) if side.right != side.right else side for side in many_digits(program)]
    if all(side.kink or given == float(side.right) for given, side in zip(answer.gradient, exact)):
        return None
    tolerances = estimate_rounding(program, times=8.0, schoolbook=True).gradient
    for place, (given, side, tolerance) in enumerate(zip(answer.gradient, exact, tolerances)):
        if not side.kink and math.isfinite(tolerance) and not abs(given - float(side.right)) <= tolerance:
            return place
    return None


def find_faulty_operation(engine: Adapter, program: Program) -> Fault | None:
    """The operation that is wrong by itself, or the node that was read too early; None if neither can be told."""
    try:
        values = [engine.data(value) for value in engine.run(program)]
    except Exception:
        values = program.pool(bind_operations(FLOATS), program.inputs)  # where it fails is found by our numbers
    for place, step in enumerate(program.steps, start=len(program.inputs)):
        operands = tuple(values[x] if type(x) is int else float(x) for x in step.operands)
        along = [index for index, x in enumerate(step.operands) if type(x) is int]
        program_of_one = isolate(step.op, operands, along)
        sentence = _find_fault_alone(engine, program_of_one, operands, along)
        if sentence is not None:
            return Fault(sentence, program_of_one, place)
    return _find_early_reading(engine, program)


def _find_fault_alone(engine: Adapter, program: Program, operands: tuple[float, ...], along: list[int]) -> str | None:
    """What is wrong with one operation by itself: its value, or one of its local derivatives."""
    answer, op = answer_of(engine, program), program.steps[0].op
    asked = f"{op} at {', '.join(map(repr, operands))}"
    if answer.error is not None:
        return f"{asked} does not work: {answer.error}"
    right = many_digits_mixed(program, ()).right
    tolerance = estimate_rounding(program, times=8.0, schoolbook=True).value
    if math.isfinite(tolerance) and not abs(answer.value - right) <= tolerance:
        return f"{asked} gives {answer.value!r}, and the right value is {nearest(right)!r}"
    place = find_wrong_entry(answer, program)
    if place is None:
        return None
    return Slope(op, operands, along[place], answer.gradient[place], many_digits(program)[place], program).sentence()


def _find_early_reading(engine: Adapter, program: Program) -> Fault | None:
    """Our own graph of the program, with the engine's gradients in it: where is a sum not what its users send?"""
    if not engine.objects or not set(engine.operations) >= {step.op for step in program.steps}:
        return None
    try:
        theirs, graph = engine.run(program), ours().run(program)
        engine.backward(theirs[-1])
    except Exception:
        return None  # it fails on the way, though on none of the operations by itself
    if engine.grad(theirs[-1]) != 1:
        return None  # it does not keep the gradients of interior nodes
    for node, value in zip(graph, theirs):
        node.grad = engine.grad(value)
    lost = find_wrong_sum(graph[-1], {}, relative=1e-9)
    if lost is None:
        return None
    place = next(place for place, each in enumerate(graph) if each is lost.culprit)
    return Fault(f"each operation is right by itself, but a sum is not: {lost.sentence()}", program, place)
