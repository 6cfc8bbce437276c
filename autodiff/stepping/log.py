"""The steps of a forward and a backward pass over a graph, as a sequence of `Step` records.

The arithmetic is done once, when the log is made; a record is made when it is asked for. So a log takes memory in
proportion to the graph, and every view of it shows the same numbers: those that `backward()` puts into `.grad`, bit for
bit.

>>> from autodiff import Value
>>> from autodiff.stepping import snapshot
>>> a, b = Value(2.0, name="a"), Value(-3.0, name="b")
>>> log = Log(snapshot(a * b + a))
>>> len(log), [step.kind for step in log.backward]
(9, ['seed', 'contribution', 'contribution', 'contribution', 'contribution'])
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, overload

from .changes import Changes
from .events import BLOCKED, CONTRIBUTION, DETACHED, SEED, UPDATE
from .passes import Passes
from .narrate import read_step
from .step import Step


class Log(Passes, Sequence[Step]):
    """Every step of a forward and a backward pass, in order; `gradient(node)` is what the pass ends with."""

    def __len__(self) -> int:
        return len(self.events)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> list[Step]: ...

    def __getitem__(self, index: int | slice) -> Step | list[Step]:
        if isinstance(index, slice):
            return [read_step(self, i) for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"step {index} of {len(self)}")
        return read_step(self, index % len(self))

    def __iter__(self) -> Iterator[Step]:
        return (read_step(self, index) for index in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Log):
            return NotImplemented
        mine, theirs = ((log.graph.nodes, log.order, log.training) for log in (self, other))
        return repr(mine) == repr(theirs) and self.events.same_numbers(other.events)  # repr tells 0 from -0

    __hash__ = None  # type: ignore[assignment]

    @property
    def forward(self) -> list[Step]:
        """The steps of the forward pass."""
        return self[: self.seed_index]

    @property
    def backward(self) -> list[Step]:
        """The steps of the backward pass, the seed first; in training, the updates last."""
        return self[self.seed_index :]

    @cached_property
    def right(self) -> Log:
        """The log of the right order over the same graph: this one, where its order is right."""
        return self if self.order == "topological" else Log(self.graph, held=self.held)

    @cached_property
    def changes(self) -> Changes:
        """Which steps change which node: made for the first question about it."""
        return Changes(array("q", map(self.target, range(len(self)))), len(self.graph.nodes))

    def last_step(self, where: Any) -> int:
        """The index of the last step that changes a node: the one that completes its gradient, where it has one."""
        return max(self.changes.last(self.graph.number(where)), 0)

    def state(self, where: Any, index: int) -> tuple[float | None, Step | None]:
        """A node after step `index`: its number, and the last step of its gradient; None for what is not yet."""
        number = self.graph.number(where)
        node, events = self.graph.nodes[number], self.events
        place = self.changes.last(number, index)
        data = node.data if place >= 0 or node.operation == "constant" else None
        while place >= 0 and events.kind[place] == UPDATE:
            data, place = self[place].result, self.changes.last(number, place - 1)
        if place >= 0 and events.kind[place] in (BLOCKED, DETACHED):
            place = events.earlier[place]
        return data, self[place] if place >= 0 and events.kind[place] in (SEED, CONTRIBUTION) else None
