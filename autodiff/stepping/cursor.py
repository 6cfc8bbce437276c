"""A place in a log that moves forward and back, looks for what matters, and reports on watched nodes.

    next(), back()      one step
    to(where)           a step by its index, or the step that completes the gradient of a node
    until(condition)    forward to the first step that meets a condition: a node, a function of the step, or one of
                        "nan", "blocked", "complete", "premature"; where none does, the cursor stays and says so

>>> from autodiff import Value
>>> from autodiff.stepping import Log, snapshot
>>> a = Value(2.0, name="a")
>>> cursor = Cursor(Log(snapshot(a * a * a)))
>>> cursor.next().kind, cursor.next().kind, cursor.back().kind
('input', 'operation', 'input')
>>> cursor.until(lambda step: abs(step.gradient_after or 0) > 5).gradient_after
8.0
>>> cursor.to("a").progress
'3 of 3 arrived: 4 + 4 + 4'
"""

from collections.abc import Callable
from math import isnan
from typing import Any

from ..errors import ArgumentError
from .events import BLOCKED, CONTRIBUTION, DETACHED, INPUT, OPERATION, SEED, UPDATE
from .log import Log
from .step import Step
from .wording import name, short

Condition = Callable[[Step], Any]


def makes_nan(step: Step) -> bool:
    """Whether a nan appears in this step."""
    return any(x is not None and isnan(x) for x in (step.result, step.contribution, step.gradient_after))


CONDITIONS: dict[str, Condition] = {
    "nan": makes_nan,
    "blocked": lambda step: step.blocked,
    "complete": lambda step: step.complete,
    "premature": lambda step: step.premature,
}


def _nan_at(log: Log, i: int) -> bool:
    events, forward = log.events, log.events.kind[i] in (INPUT, OPERATION)
    return isnan(log.graph.nodes[events.node[i]].data if forward else events.after[i]) or events.kind[i] == UPDATE


# Whether a step may meet the condition, told by the log's arrays alone: most steps need no record to be passed over.
LIKELY: dict[str, Callable[[Log, int], bool]] = {
    "nan": _nan_at,
    "blocked": lambda log, i: log.events.kind[i] in (BLOCKED, DETACHED),
    "complete": lambda log, i: log.events.kind[i] in (SEED, CONTRIBUTION),
    "premature": lambda log, i: log.first_premature is not None and log.events.kind[i] == CONTRIBUTION,
}


class Cursor:
    """A place in a log; before the first `next()` it stands before the first step, at index -1."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.index = -1
        self.watched: list[int] = []

    @property
    def step(self) -> Step | None:
        """The step at which the cursor stands; None before the first."""
        return self.log[self.index] if self.index >= 0 else None

    def next(self) -> Step:
        """Go one step forward, and return the step; at the last one, stay."""
        return self._at(min(self.index + 1, len(self.log) - 1))

    def back(self) -> Step:
        """Go one step back, and return the step; at the first one, stay."""
        return self._at(max(self.index - 1, 0))

    def to(self, where: Any) -> Step:
        """Go to a step by its index (negative: from the end), or to the last that changes a node, and return it."""
        if isinstance(where, int) and not isinstance(where, bool):
            if not -len(self.log) <= where < len(self.log):
                raise ArgumentError(f"expected a step from 0 to {len(self.log) - 1}, got {where}")
            return self._at(where % len(self.log))
        return self._at(self.log.last_step(self.log.graph.number(where)))

    def until(self, condition: Any) -> Step | None:
        """Go forward to the next step that meets the condition, and return it; None, and stay, where none does."""
        meets, likely = self._condition(condition), self._likely(condition)
        for index in range(self.index + 1, len(self.log)):
            if likely(self.log, index) and meets(self.log[index]):
                return self._at(index)
        return None

    def watch(self, *nodes: Any) -> None:
        """Report on these nodes at every step from now on: see `report`."""
        self.watched += [number for number in map(self.log.graph.number, nodes) if number not in self.watched]

    def report(self) -> str:
        """The watched nodes as they are at this step: "w = 0.5, gradient 2 (1 of 2 arrived: 2 + ?)"."""
        return "\n".join(self._report(number) for number in self.watched)

    def _report(self, number: int) -> str:
        node = self.log.graph.nodes[number]
        data, gradient = self.log.state(number, self.index)
        text = f"{name(node.label)} = {short(data)}"
        return text if gradient is None else f"{text}, gradient {short(gradient.gradient_after)} ({gradient.progress})"

    def _at(self, index: int) -> Step:
        self.index = index
        return self.log[index]

    def _likely(self, condition: Any) -> Callable[[Log, int], bool]:
        if isinstance(condition, str) and condition in LIKELY:
            return LIKELY[condition]
        if callable(condition):
            return lambda log, i: True
        number = self.log.graph.number(condition)
        return lambda log, i: number in (log.events.node[i], log.target(i))

    def _condition(self, condition: Any) -> Condition:
        if isinstance(condition, str) and condition in CONDITIONS:
            return CONDITIONS[condition]
        if callable(condition):
            return condition  # type: ignore[no-any-return]
        try:
            number = self.log.graph.number(condition)
        except ArgumentError as error:
            others = f"a function of the step, or one of {', '.join(CONDITIONS)}"
            raise ArgumentError(f"{error}; or {others}") from None
        return lambda step: number in (step.node, step.parent)
