"""From the flat arrays of a log to its `Step` records: the numbers, and the words that go with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import overload

from ..ops import HOLDS, TABLE
from ..printable import printable
from ..rule import Choice, Name, Rule
from .events import CONTRIBUTION, INPUT, KINDS, OPERATION, SEED, UPDATE
from .mathematics import choose_sides, mathematics, textbook_of
from .passes import Passes
from .snapshot import Node
from .step import Step
from .wording import TERMS, formula_of, in_formula, last_part, name, or_zero, short, slope_of, write_rule


def read_step(log: Passes, index: int) -> Step:
    """The record of one event."""
    kind, node = log.events.kind[index], log.graph.nodes[log.events.node[index]]
    about = partial(Step, index=index, kind=KINDS[kind], node=node.number, label=node.label, operation=node.operation,
                    source=node.source)  # fmt: skip
    if kind in (INPUT, OPERATION):
        rule, numbers = describe_origin(log, node)
        phase = "error" if log.stages[node.number] else "forward"
        return about(phase=phase, rule=rule, substituted=numbers, result=node.data)
    if kind == SEED:
        return _seed_step(log, index, node, about)
    if kind == UPDATE:
        return _update_step(log, index, node, about)
    return _edge_step(log, index, node, about)


def _seed_step(log: Passes, index: int, node: Node, about: Callable[..., Step]) -> Step:
    before = log.events.before[index] if log.holds(node.number) else None
    return about(
        phase="backward", gradient_before=before, gradient_after=log.events.after[index], arrived=1, expected=1,
        sum=_sum(log, index), rule=f"d {name(node.label)} / d {name(node.label)}",
        substituted="1" if before is None else f"{short(before)} + 1", result=1.0,
    )  # fmt: skip


def _update_step(log: Passes, index: int, node: Node, about: Callable[..., Step]) -> Step:
    gradient, rate = log.events.before[index], log.training.rate if log.training else 0.0
    return about(
        phase="update", gradient_before=gradient, gradient_after=gradient,
        arrived=log.arrivals[node.number], expected=log.expected[node.number],
        rule=f"{name(node.label)} - rate * gradient", result=node.data - rate * gradient,
        substituted=f"{in_formula(node.data)} - {short(rate)} * {in_formula(gradient)}",
    )  # fmt: skip


def _edge_step(log: Passes, index: int, node: Node, about: Callable[..., Step]) -> Step:
    events = log.events
    operand, arrived, upstream = events.operand[index], events.arrived[index], events.upstream[index]
    parent, slope = log.graph.nodes[node.parents[operand]], node.slopes[operand]
    rule, numbers = _slope(log, slope_of(node.operation, operand), node, operand)
    flowed = slope is not None
    any_before = arrived > flowed or log.holds(parent.number)
    return about(
        phase="backward", parent=parent.number, parent_label=parent.label, operand=operand,
        upstream=upstream, slope=slope, contribution=None if slope is None else slope * upstream,
        gradient_before=events.before[index] if any_before else None,
        gradient_after=events.after[index] if any_before or flowed else None,
        arrived=arrived, expected=log.expected[parent.number], sum=_sum(log, index),
        rule=rule, substituted=numbers, result=slope,
        premature=flowed and events.had[index] < log.expected[node.number],
    )  # fmt: skip


def describe_origin(log: Passes, node: Node) -> tuple[str, str]:
    """How a node was made, in the names of its operands and in numbers: "w * x", "0.5 * 2"."""
    if not node.parents:
        return name(node.label), short(node.data)
    rule = formula_of(node.operation)
    return _in_symbols(log, rule, node), _in_numbers(log, rule, node)


def describe_origin_within(log: Passes, node: Node, letters: int) -> str:
    """How a node was made, in names, in at most so many letters: names by their ends, and of lists as much as fits."""
    text, _ = describe_origin(log, node)
    labels = _texts(node.parents, lambda number: last_part(_label(log.graph.nodes[number])))
    for terms in range(TERMS, 1, -1):
        if len(text) <= letters:
            break
        text = write_rule(formula_of(node.operation), labels, name(node.label), terms=terms)
    return printable(text, letters)


def _slope(log: Passes, rule: Rule | None, node: Node, operand: int) -> tuple[str, str]:
    """The rule of a slope in names, with the choices that the table makes, and in numbers, with those choices made."""
    if rule is None:
        return "a constant of the operation", "blocked"
    if TABLE[node.operation].variadic:
        return _in_symbols(log, rule, node, operand), _in_numbers(log, rule, node, operand)
    inputs = [log.graph.nodes[number].data for number in node.parents]
    if textbook := textbook_of(node.operation, operand, inputs, node.data, node.slopes[operand]):
        return _in_symbols(log, textbook, node), _in_numbers(log, textbook, node)
    holds = choose_sides(mathematics(rule), inputs, node.data)
    chooses = any(isinstance(each, Choice) for each in rule.walk())
    written = rule.replaced(HOLDS, Name("a")) if chooses else holds
    return _in_symbols(log, written, node), _in_numbers(log, holds, node)


def _in_symbols(log: Passes, rule: Rule, node: Node, operand: int | None = None) -> str:
    labels = _texts(node.parents, lambda number: _label(log.graph.nodes[number]))
    return write_rule(rule, labels, name(node.label), operand)


def _in_numbers(log: Passes, rule: Rule, node: Node, operand: int | None = None) -> str:
    numbers = _texts(node.parents, lambda number: in_formula(log.graph.nodes[number].data))
    return write_rule(rule, numbers, in_formula(node.data), operand)


def _label(node: Node) -> str:
    return in_formula(node.data) if node.operation == "constant" else name(node.label)


def _texts(numbers: Sequence[int], text: Callable[[int], str]) -> Sequence[str]:
    return [text(number) for number in numbers] if len(numbers) <= TERMS else _Texts(numbers, text)


class _Texts(Sequence[str]):
    """Texts that are made when asked for: of a thousand operands, a rule shows six."""

    def __init__(self, numbers: Sequence[int], text: Callable[[int], str]) -> None:
        self.numbers, self.text = numbers, text

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> _Texts: ...

    def __getitem__(self, index: int | slice) -> str | _Texts:
        found = self.numbers[index]
        return _Texts(found, self.text) if isinstance(index, slice) else self.text(found)  # type: ignore[arg-type]


def _sum(log: Passes, index: int) -> str:
    """The contributions that have arrived, and a question mark for each that has not: "6 + 4 + ?"."""
    events, target = log.events, log.target(index)
    terms: list[str] = []
    place = index if events.kind[index] in (SEED, CONTRIBUTION) else events.earlier[index]
    while place >= 0 and len(terms) < TERMS:
        terms.append(in_formula(read_contribution(log, place)))
        place = events.earlier[place]
    if place >= 0 or (log.holds(target) and len(terms) == TERMS):
        terms[-1] = "…"
    elif log.holds(target):
        terms.append(in_formula(log.graph.held[target]))
    if terms:
        terms[-1] = terms[-1].strip("()")  # the first of the sum has no sign before it
    waiting = log.expected[target] - events.arrived[index]
    return " + ".join([*terms[::-1], *["?"] * min(waiting, TERMS), *["…"] * (waiting > TERMS)])


def read_contribution(log: Passes, index: int) -> float:
    """What the step added to a gradient: the contribution, or the 1 of the seed."""
    events = log.events
    if events.kind[index] == SEED:
        return 1.0
    slope = log.graph.nodes[events.node[index]].slopes[events.operand[index]]
    return or_zero(slope) * events.upstream[index]
