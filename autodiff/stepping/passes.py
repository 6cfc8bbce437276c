"""What a forward and a backward pass compute, step by step, in a few flat arrays: all that a log is made of.

It follows the edges as `Value.backward` does, adds the same contributions in the same order, and reaches the same sums.

>>> from autodiff import Value
>>> from autodiff.stepping import snapshot
>>> a, b = Value(2.0, name="a"), Value(-3.0, name="b")
>>> passes = Passes(snapshot(a * b + a))
>>> passes.gradient("a"), passes.gradient("b"), len(passes.events)
(-2.0, 2.0, 9)
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from ..coerce import as_flag
from ..errors import ArgumentError, shown
from .events import BLOCKED, CONTRIBUTION, DETACHED, INPUT, OPERATION, SEED, UPDATE, Events
from .traversals import ORDERS, layer_by_layer
from .snapshot import Node, Snapshot
from .training import Training, stages
from .wording import slope_of


class Passes:
    """A forward and a backward pass over a graph, with a note of each step.

    `order` is "topological", which is right, or "depth-first" or "breadth-first", which are not. With `held=True` the
    leaves begin with the gradients that they hold (a second `backward()` adds to them); otherwise with none. With
    `training`, the part of the forward pass that makes the error is told apart, and parameters move at the end.
    """

    def __init__(
        self, graph: Snapshot, order: str = "topological", held: bool = False, training: Training | None = None
    ) -> None:
        if not isinstance(order, str) or order not in ORDERS:
            raise ArgumentError(f"expected an order, one of {', '.join(ORDERS)}; got {shown(order)}")
        self.graph, self.order, self.held, self.training = graph, order, as_flag("held", held), training
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
        """The nodes layer by layer; in training, those of the error after all others."""
        nodes = [node for node in layer_by_layer(self.graph.nodes) if node.operation != "constant"]
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
