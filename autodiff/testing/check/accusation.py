"""What a check says of a wrong gradient: whose fault it is, on which line of yours, and a program that repeats it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from ...graph import topological_order
from ...ops import TABLE
from ..engines.adapter import Adapter
from .blame import V, free_operands, list_operands, operation_of, find_wrong_slopes, find_wrong_sum, find_wrong_value
from ..derive.high_precision import many_digits
from .foreign import find_faulty_operation
from ..draw.straight_line import Program
from .run import Run
from ..draw.edge_cases import at_kink


MOST_SHOWN = 60  # operations of a program that is printed to be run again


def find_blame(run: Run, y: V, program: Program, before: Mapping[V, float]) -> list[str]:
    """The operation whose number is wrong, or else its recorded slope, or else the node whose sum is; [] if none is."""
    order = topological_order(y)
    value = next(((node, what) for node in order if (what := find_wrong_value(node))), None)
    if value is not None:
        return [run.place(f"blame: {value[1]}", value[0]), show_program(operation_of(value[0]))]
    slope = next(find_wrong_slopes(order), None)
    if slope is not None:
        return [run.place(f"blame: {slope.sentence()}", slope.node), show_program(slope.program)]
    if not all(math.isfinite(x.grad) for x in run.inputs):
        return _find_endless(run, order, program)
    foreign = sorted({node.op for node in order if node.parents and node.op not in TABLE})
    if foreign:
        names = ", ".join(foreign)
        return [f"blame: {names}, which the table does not know; the local derivatives of all others are right"]
    lost = find_wrong_sum(y, before)
    if lost is None:
        return []
    blame = f"blame: every local derivative is right, but the sum is not: {lost.sentence()}"
    return [run.place(blame, lost.culprit), show_program(program)]


def find_blame_through(engine: Adapter, run: Run, y: V, program: Program) -> list[str]:
    """The same of an engine that keeps no local derivatives, and only ran what was recorded of f."""
    fault = find_faulty_operation(engine, program)
    if fault is None:
        return _find_endless(run, topological_order(y), program)
    made = [node for node in topological_order(y) if node.parents and node not in run.inputs]
    places = [*run.inputs, *made]
    blame = f"blame: {fault.sentence}"
    return [run.place(blame, places[fault.place]) if fault.place < len(places) else blame, show_program(fault.program)]


def _find_endless(run: Run, order: list[V], program: Program) -> list[str]:
    """The first operation, from the inputs, that has no finite local derivative where it stands: inf times 0 is nan."""
    for node, along in _find_reached(run, order):
        for index in along:
            slope = node.slopes[index]
            if slope is not None and not math.isfinite(slope):
                product = f"{slope!r} times a local derivative of 0 is nan"
                what = "no derivative is defined there" if slope != slope else product
                where = f"{node.op} at {list_operands(node)}"
                here = f"{where}: its local derivative along operand {index + 1} is {slope!r}"
                return [run.place(f"blame: {here}, and {what}", node), show_program(program)]
    return []


def find_kinks(run: Run, y: V) -> Iterator[str]:
    """Each operation between the inputs and y that stands at a kink of its row."""
    for node, along in _find_reached(run, topological_order(y)):
        row = TABLE.get(node.op)
        if row and at_kink(row, tuple(parent.data for parent in node.parents)):
            free = free_operands(node)
            index = next((index for index in along if index in free), free[0])
            low, high = many_digits(operation_of(node))[free.index(index)].ends
            sides = "it jumps" if math.isinf(low) or math.isinf(high) else f"one-sided derivatives {low!r} and {high!r}"
            given = float(node.slopes[index] or 0.0)
            yield f"kink at {list_operands(node)} of {node.op}: {sides}, the engine gives {given!r}"


def _find_reached(run: Run, order: list[V]) -> Iterator[tuple[V, list[int]]]:
    """The nodes that depend on an input, and along which operands."""
    reached = set(run.inputs)
    for node in order:
        along = [index for index, parent in enumerate(node.parents) if parent in reached]
        if along:
            reached.add(node)
            yield node, along


def show_program(program: Program) -> str:
    """The program, indented, without what does not matter, where it is short enough to be read."""
    program = program.prune()
    if len(program.steps) > MOST_SHOWN:
        return f"to repeat it, call the function at these numbers: it runs {len(program.steps):,} operations"
    lines = program.source("Value").splitlines()
    return "to repeat it:\n" + "\n".join(f"    {line}" for line in lines)
