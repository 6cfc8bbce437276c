"""The steps of a forward and a backward pass over a graph, as a sequence of `Step` records.

The arithmetic is done once, when the log is made, and kept in a few flat arrays; a record is made when it is asked for.
So a log takes memory in proportion to the graph, and every view of it shows the same numbers: those that `backward()`
puts into `.grad`, bit for bit.

>>> from autodiff import Value
>>> from autodiff.stepping import snapshot
>>> a, b = Value(2.0, name="a"), Value(-3.0, name="b")
>>> log = Log(snapshot(a * b + a))
>>> len(log), [step.kind for step in log.backward]
(9, ['seed', 'contribution', 'contribution', 'contribution', 'contribution'])
>>> log.gradient("a"), log.gradient("b")
(-2.0, 2.0)
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, overload

from ..errors import ArgumentError, shown
from .changes import Changes
from .events import BLOCKED, CONTRIBUTION, DETACHED, INPUT, OPERATION, SEED, UPDATE, Events
from .orders import ORDERS
from .records import recorded_step
from .snapshot import Node, Snapshot
from .step import Step
from .training import Training, stages
from .wording import slope_of


class Log(Sequence[Step]):
    """Every step of a forward and a backward pass, in order; `gradient(node)` is what the pass ends with.

    `order` is "topological", which is right, or "depth-first" or "breadth-first", which are not. With `held=True` the
    leaves begin with the gradients that they hold (a second `backward()` adds to them); otherwise with none. With
    `training`, the part of the forward pass that makes the error is told apart, and parameters move at the end.
    """

    def __init__(
        self, graph: Snapshot, order: str = "topological", held: bool = False, training: Training | None = None
    ) -> None:
        if order not in ORDERS:
            raise ArgumentError(f"expected an order, one of {', '.join(ORDERS)}; got {shown(order)}")
        self.graph, self.order, self.held, self.training = graph, order, held, training
        self.live, self.expected = flows(graph.nodes)
        self.stages = stages(graph, training)
        self.events = Events()
        self.first_premature: int | None = None
        self._forward()
        self.seed_index = len(self.events)
        self._backward()
        for parameter in training.parameters if training else ():
            self.events.note(UPDATE, parameter, before=self.gradients[parameter], after=self.gradients[parameter])

    def _forward(self) -> None:
        """The nodes in topological order; in training, those of the error after all others."""
        nodes = [node for node in self.graph.nodes if node.operation != "constant"]
        for node in sorted(nodes, key=lambda node: self.stages[node.number]):
            self.events.note(OPERATION if node.parents else INPUT, node.number)

    def _backward(self) -> None:
        """What `Value.backward` does, with a note of each addition."""
        nodes, expected, note = self.graph.nodes, self.expected, self.events.note
        self.gradients = gradients = array("d", [x if self.held else 0.0 for x in self.graph.held])
        self.arrivals = arrived = array("q", bytes(8 * len(nodes)))
        latest = array("q", [-1]) * len(nodes)
        root = len(nodes) - 1
        before, gradients[root], arrived[root] = gradients[root], gradients[root] + 1.0, 1
        latest[root] = note(SEED, root, 0, 1.0, before, gradients[root], 1)
        for number, operand in ORDERS[self.order](nodes, self.live):
            node = nodes[number]
            parent, slope, upstream = node.parents[operand], node.slopes[operand], gradients[number]
            before = gradients[parent]
            if slope is not None:
                gradients[parent] += slope * upstream
                arrived[parent] += 1
                counts = arrived[parent], arrived[number], latest[parent]
                latest[parent] = note(CONTRIBUTION, number, operand, upstream, before, gradients[parent], *counts)
                if self.first_premature is None and arrived[number] < expected[number]:
                    self.first_premature = latest[parent]
            elif nodes[parent].operation != "constant":
                kind = DETACHED if slope_of(node.operation, operand) is None else BLOCKED
                note(kind, number, operand, upstream, before, before, arrived[parent], arrived[number], latest[parent])

    def __len__(self) -> int:
        return len(self.events)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> list[Step]: ...

    def __getitem__(self, index: int | slice) -> Step | list[Step]:
        if isinstance(index, slice):
            return [recorded_step(self, i) for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"step {index} of {len(self)}")
        return recorded_step(self, index % len(self))

    def __iter__(self) -> Iterator[Step]:
        return (recorded_step(self, index) for index in range(len(self)))

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

    def gradient(self, where: Any) -> float | None:
        """The gradient of a node after the last step; None for one that nothing has reached."""
        number = self.graph.number(where)
        return self.gradients[number] if self.arrivals[number] or self.holds(number) else None

    def holds(self, number: int) -> bool:
        """Whether a node began with a gradient of its own."""
        return self.held and self.graph.held[number] != 0

    def target(self, index: int) -> int:
        """The node that a step changes."""
        node, kind = self.events.node[index], self.events.kind[index]
        edge = kind in (CONTRIBUTION, BLOCKED, DETACHED)
        return self.graph.nodes[node].parents[self.events.operand[index]] if edge else node

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

    def read_when(self, index: int) -> str:
        """How many contributions the sender of a step had received when it sent: "1 of 2"."""
        return f"{self.events.had[index]} of {self.expected[self.events.node[index]]}"


def flows(nodes: Sequence[Node]) -> tuple[bytearray, array[int]]:
    """Which nodes the root's gradient reaches, and how many contributions each gradient is the sum of."""
    live, expected = bytearray(len(nodes)), array("q", bytes(8 * len(nodes)))
    live[-1] = expected[-1] = 1
    for node in reversed(nodes):
        if live[node.number]:
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                if slope is not None:
                    live[parent] = 1
                    expected[parent] += 1
    return live, expected
