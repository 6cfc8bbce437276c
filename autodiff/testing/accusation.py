"""What a check says of a wrong gradient: whose fault it is, on which line of yours, and a program that repeats it."""

from __future__ import annotations

from collections.abc import Mapping

from ..graph import topological_order
from ..ops import TABLE
from .adapter import Adapter
from .blame import V, alone, slopes_wrong, wrong_sum, wrong_value
from .foreign import culprit
from .program import Program
from .running import Run


def accused(run: Run, y: V, program: Program, before: Mapping[V, float]) -> list[str]:
    """The operation whose number is wrong, or else its recorded slope; if none is, the node whose sum is."""
    order = topological_order(y)
    value = next(((node, what) for node in order if (what := wrong_value(node))), None)
    if value is not None:
        return [run.placed(f"blame: {value[1]}", value[0]), repeated(alone(value[0]))]
    slope = next(slopes_wrong(order), None)
    if slope is not None:
        return [run.placed(f"blame: {slope.sentence()}", slope.node), repeated(slope.program)]
    foreign = sorted({node.op for node in order if node.parents and node.op not in TABLE})
    if foreign:
        return [f"blame: {', '.join(foreign)}, which the table does not know; the slopes of all others are right"]
    lost = wrong_sum(y, before)
    if lost is None:
        return ["blame: all numbers, slopes and sums are right, so it is what happened between them", repeated(program)]
    node = lost.node if lost.user is None else lost.user
    blame = f"blame: all slopes are right, but the sum is not: {lost.sentence()}"
    return [run.placed(blame, node), repeated(program)]


def accused_through(engine: Adapter, run: Run, y: V, program: Program) -> list[str]:
    """The same of an engine that keeps no slopes, and only ran what was recorded of f."""
    fault = culprit(engine, program)
    if fault is None:
        return ["blame: each operation is right by itself, so it is the order, or the sums", repeated(program)]
    made = [node for node in topological_order(y) if node.parents and node not in run.inputs]
    places = [*run.inputs, *made]
    blame = f"blame: {fault.sentence}"
    return [run.placed(blame, places[fault.place]) if fault.place < len(places) else blame, repeated(fault.program)]


def repeated(program: Program) -> str:
    """The program, indented, without what does not matter."""
    lines = program.pruned().source("Value").splitlines()
    return "to repeat it:\n" + "\n".join(f"    {line}" for line in lines)
