"""A graph of Values as plain records: the only module of the stepper that reads Values.

>>> from autodiff import Value
>>> x = Value(2.0, name="x")
>>> for node in snapshot(x ** 3 + x).nodes:
...     print(node.number, node.label, node.operation, node.data, node.parents, node.slopes)
0 x input 2.0 () ()
1 3 constant 3.0 () ()
2 v2 pow 8.0 (0, 1) (12.0, None)
3 v3 add 10.0 (2, 0) (1.0, 1.0)
"""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..errors import ArgumentError, OperandError, shown
from ..graph import topological_order
from ..printable import printable
from ..suggest import instead, nearest
from ..value import Value
from .wording import name, short

FEW, MOST_COMPARED = 4, 10_000  # names that an error lists, and that it compares with a misspelt one


class Source(NamedTuple):
    """The line of a program that made a node; shown with the name of its file, not with its folders."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return printable(f"{os.path.basename(self.file)}:{self.line}" + (f": {self.text}" if self.text else ""))


class Node(NamedTuple):
    """One node of a graph, as numbers and text; parents are the numbers of other nodes."""

    number: int
    label: str
    operation: str
    data: float
    parents: tuple[int, ...] = ()
    slopes: tuple[float | None, ...] = ()
    source: Source | None = None


class Snapshot:
    """A node and all that it depends on, in topological order; found by number, label or Value."""

    def __init__(
        self, nodes: Sequence[Node], values: Mapping[Value, int] | None = None, held: Sequence[float] = ()
    ) -> None:
        self.nodes = nodes
        self.values = values or {}
        self.held = held or [0.0] * len(nodes)
        self._labels: dict[str, int] = {}

    @property
    def root(self) -> Node:
        """The node whose gradients are sought."""
        return self.nodes[-1]

    def number(self, where: "Value | str | int") -> int:
        """The number of the node that `where` names: a Value, a label, or the number itself."""
        if isinstance(where, Value):
            if where in self.values:
                return self.values[where]
            expected = f"a Value that {name(self.root.label)} depends on"
            raise ArgumentError(f"expected {expected}, got {shown(where)}")
        if isinstance(where, str):
            self._labels = self._labels or {node.label: node.number for node in self.nodes}
            if where in self._labels:
                return self._labels[where]
            raise ArgumentError(f"expected the name of a node, got {shown(where)}{self._hint(where)}")
        if isinstance(where, int) and not isinstance(where, bool) and 0 <= where < len(self.nodes):
            return where
        raise ArgumentError(f"expected a Value, a name or a number from 0 to {len(self.nodes) - 1}, got {shown(where)}")

    def _hint(self, label: str) -> str:
        """The name that may have been meant, or a few of those that there are."""
        labels = [name(node.label) for node in self.nodes if node.operation != "constant"]
        question = nearest(label, labels[:MOST_COMPARED])
        if question:
            return f": {question}"
        few = ", ".join(labels[:FEW])
        return f"; there are: {few}" if len(labels) <= FEW else f"; the {len(labels):,} names begin with {few}"


def snapshot(
    y: Value, names: Mapping[Value, str] | None = None, sources: Mapping[Value, Source] | None = None
) -> Snapshot:
    """The graph of `y` as records, labelled by the Values' own names, else by `names`, else v0, v1, …"""
    if not isinstance(y, Value):
        expected = "expected a Value, the result of the computation to step through"
        raise OperandError(f"{expected}, got {shown(y)}{instead(y, 'steps')}")
    order = topological_order(y)
    numbers = {node: number for number, node in enumerate(order)}
    labels = labels_of(order, names or {})
    found = sources or {}
    nodes = [
        Node(
            number,
            labels[number],
            node.op,
            node._data,
            tuple([numbers[p] for p in node.parents]),
            node.slopes,
            found.get(node),
        )
        for node, number in numbers.items()
    ]
    return Snapshot(nodes, numbers, [0.0 if node.parents else node._grad for node in order])


def labels_of(order: Sequence[Value], names: Mapping[Value, str]) -> list[str]:
    """A label for each node: its name, told apart from equal names by a count; a constant's is its number."""
    labels, taken = [], set()
    given = {own for node in order if (own := node.name or names.get(node))}
    for number, node in enumerate(order):
        own = node.name or names.get(node)
        if node.op == "constant":
            labels.append(own or short(node._data))
            continue
        label = own or f"v{number}"
        if own is None and label in given:
            label += "′"
        unique, count = label, 1
        while unique in taken:
            count += 1
            unique = f"{label} ({count})"
        taken.add(unique)
        labels.append(unique)
    return labels
