"""A recorded graph as columns, run forward and backward over any number system.

    trace_of(order)              the record of nodes in topological order
    evaluate(trace, system, …)   the number of every place
    reverse(trace, system, …)    the derivative in every place
    leading_from, leading_to     the places that a gradient may come from, and those that it may reach

A place is where a node stands in the order. What replays, differentiates or measures a graph reads this record.

>>> from autodiff import Value
>>> from autodiff.graph import topological_order
>>> from autodiff.numbers import FRACTIONS
>>> order = topological_order(1 / Value(3.0))
>>> trace = trace_of(order)
>>> trace
Trace(operations=['constant', 'input', 'div'], operands=[(), (), (0, 1)])
>>> numbers = evaluate(trace, FRACTIONS, lambda place: FRACTIONS.number(order[place].data))
>>> numbers[2], reverse(trace, FRACTIONS, numbers, {2: FRACTIONS.number(1.0)}, leading_from(trace, [1]))[1]
(Fraction(1, 3), Fraction(-1, 9))
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from .numbers import N, System
from .ops import ADD, MUL, TABLE


class Trace(NamedTuple):
    """What was computed: of each place the operation, and the places of its operands; a leaf has none."""

    operations: Sequence[str]
    operands: Sequence[Sequence[int]]


def trace_of(order: Sequence[Any]) -> Trace:
    """The record of Values in topological order."""
    places = dict(zip(order, range(len(order))))
    parents = map(attrgetter("parents"), order)
    operands = [tuple([places[each] for each in found]) if found else () for found in parents]
    return Trace(list(map(attrgetter("op"), order)), operands)


def evaluate(trace: Trace, system: System, leaf: Callable[[int], N]) -> list[N]:
    """The number of every place over a system, where `leaf` gives that of a place without operands."""
    numbers: list[N] = []
    for place, operands in enumerate(trace.operands):
        if operands:
            numbers.append(system.apply(trace.operations[place], [numbers[each] for each in operands]))
        else:
            numbers.append(leaf(place))
    return numbers


def reverse(trace: Trace, system: System, numbers: Sequence[N], seeds: Mapping[int, N],
            active: Sequence[Any]) -> list[N | None]:  # fmt: skip
    """The derivative in every active place, from seeds at some; None where nothing arrives.

    Contributions are added as in an eager backward pass: those of the last place first, operands in their order. A
    contribution of a slope of 1, which the chain rule is full of, is not multiplied.
    """
    add, mul = system.formula(ADD), system.formula(MUL)
    found: list[N | None] = [None] * len(trace.operands)
    for place, seed in seeds.items():
        found[place] = seed
    for place, each, slope in slopes_backward(trace, system, numbers, found, active):
        upstream, already = found[place], found[each]
        sent = upstream if is_one(slope) else slope if is_one(upstream) else mul(slope, upstream)
        found[each] = sent if already is None else add(already, sent)
    return found


def slopes_backward(trace: Trace, system: System, numbers: Sequence[N], found: Sequence[N | None],
                    active: Sequence[Any]) -> Iterator[tuple[int, int, N]]:  # fmt: skip
    """The places from the last, each with an active operand and the slope along it, where a derivative was `found`.

    Whoever goes through them finds the derivatives of the operands on the way.
    """
    for place in range(len(found) - 1, -1, -1):
        operands, operation = trace.operands[place], trace.operations[place]
        if found[place] is None or operation not in TABLE:
            continue
        wanted = [active[each] for each in operands]
        slopes = system.slopes(operation, [numbers[each] for each in operands], numbers[place], wanted)
        for each, slope in zip(operands, slopes, strict=True):
            if slope is not None and active[each]:
                yield place, each, slope


def is_one(x: N) -> bool:
    """Whether it is the number 1, and no Value of it."""
    return type(x) in (float, int) and x == 1


def open_operands(operation: str, operands: Sequence[int]) -> Sequence[int]:
    """Those to which a gradient may flow: none does to the condition of a `where`, or through a comparison."""
    op = TABLE.get(operation)
    if op is None:
        return ()
    if op.variadic or None not in op.slopes:
        return operands
    return [each for each, slope in zip(operands, op.slopes) if slope is not None]


def leading_from(trace: Trace, places: Iterable[int]) -> bytearray:
    """A mark at these places, and at all that depend on them in a way that a gradient may flow."""
    marks = bytearray(len(trace.operands))
    for place in places:
        marks[place] = 1
    for place, operands in enumerate(trace.operands):
        if operands and not marks[place]:
            for each in open_operands(trace.operations[place], operands):
                if marks[each]:
                    marks[place] = 1
                    break
    return marks


def leading_to(trace: Trace, places: Iterable[int]) -> bytearray:
    """A mark at these places, and at all to which a gradient may flow from them."""
    marks = bytearray(len(trace.operands))
    for place in places:
        marks[place] = 1
    for place in range(len(marks) - 1, -1, -1):
        if marks[place]:
            for each in open_operands(trace.operations[place], trace.operands[place]):
                marks[each] = 1
    return marks
