"""Run a function once on Values and keep what it did: a `Tape` of scalar operations in flat arrays.

The tape holds the operations in the order in which they ran, as codes and operand numbers in NumPy arrays, so that a
million nodes take a second. A number below `size` is an operation; from `size` on, the leaves follow: the arguments
first, then constants and captured Values (parameters of a model, say), whose `.data` is read again at each call.

>>> from autodiff import Value
>>> x = Value(3.0)
>>> tape = record(lambda: [x * x + 2.0], [x])
>>> [tape.name(index) for index in range(tape.size)], tape.operands.tolist()
(['mul', 'add'], [2, 2, 0, 3])
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from collections.abc import Iterator
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError
from ..ops import TABLE
from ..value import Value, constant
from ..value import record as node_of
from ..watching import Watcher, watchers
from .program import COMPARISONS

Ints = npt.NDArray[np.int64]

NAMES = (*TABLE, *COMPARISONS)
CODES = {name: code for code, name in enumerate(NAMES)}
LIBRARY = str(Path(__file__).parent.parent)


class Tape(NamedTuple):
    """What a function did: operations in order, and the leaves that they started from."""

    codes: npt.NDArray[np.int8]
    operands: Ints
    starts: Ints  # the operands of operation i are operands[starts[i]:starts[i + 1]]
    arguments: int
    leaves: list[Value]
    roots: list[int]
    guards: list[tuple[int, bool, str]]

    @property
    def size(self) -> int:
        """How many operations ran."""
        return len(self.codes)

    def name(self, index: int) -> str:
        """The row of the table, or the comparison, of an operation."""
        return NAMES[int(self.codes[index])]

    def leaf(self, index: int) -> Value:
        """The leaf of a number from `size` on."""
        return self.leaves[index - self.size]


class Condition:
    """The answer of a comparison while a function is recorded: `where` selects by it, `if` makes it a guard."""

    def __init__(self, recorder: "Recorder", node: Value) -> None:
        self.recorder, self.node = recorder, node

    def __repr__(self) -> str:
        return f"a comparison that is {self.node._data == 1.0}"

    def __bool__(self) -> bool:
        answer = self.node._data == 1.0
        self.recorder.guards.append((self.node, answer, calling_line()))
        return answer

    def __and__(self, other: "Condition | bool") -> "Condition | bool":
        return self._joined("and", other) if isinstance(other, Condition) else self if other else False

    def __or__(self, other: "Condition | bool") -> "Condition | bool":
        return self._joined("or", other) if isinstance(other, Condition) else True if other else self

    __rand__, __ror__ = __and__, __or__

    def _joined(self, op: str, other: "Condition") -> "Condition":
        left, right = self.node._data, other.node._data
        answer = min(left, right) if op == "and" else max(left, right)
        return Condition(self.recorder, node_of(op, answer, (self.node, other.node), (None, None)))

    def choose_between(self, chosen: Any, otherwise: Any) -> Value:
        """The node of `where(self, chosen, otherwise)`."""
        sides = [x if type(x) is Value else constant(x, "where") for x in (chosen, otherwise)]
        answer = self.node._data == 1.0
        slopes = (None, 1.0 if answer else None, None if answer else 1.0)
        return node_of("where", (sides[0] if answer else sides[1])._data, (self.node, *sides), slopes)


class Recorder(Watcher):
    """Keeps every node that this thread makes, each comparison that steers it, and each number that it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[Value] = []
        self.guards: list[tuple[Value, bool, str]] = []
        self.numbers_read: set[Value] = set()
        self.made = self.nodes.append  # type: ignore[method-assign, assignment]

    def compared(self, sign: str, left: Value, right: Value | float, answer: Any) -> Any:
        """The answer as a Condition, so that the recording knows what it steers."""
        other = right if type(right) is Value else constant(right, sign)
        return Condition(self, node_of(sign, float(answer), (left, other), (None, None)))

    def read(self, node: Value) -> None:
        """Hold the program to the number, by comparisons: it is made again where the number is another."""
        if node.op == "constant" or node in self.numbers_read:
            return
        self.numbers_read.add(node)
        x = node._data
        if x != x:
            bool(node >= node)
        elif bool(node >= x) and bool(node <= x) and x == 0:
            bool(1.0 / node >= 0)  # is it 0.0 or -0.0?

    def wrote(self, node: Value) -> None:
        """A program has no such instruction."""
        raise ArgumentError(f"compile: {calling_line()} writes .data while the function is recorded, "
                            "which a program does not repeat; make a new Value instead")  # fmt: skip

    def flowed(self, order: Sequence[Value]) -> None:
        """A program does not see the gradients that a backward pass leaves behind."""
        raise ArgumentError(f"compile: {calling_line()} calls backward() while the function is recorded, "
                            "which a program does not repeat; use autodiff.grad, or gradient_graph")  # fmt: skip


@contextmanager
def recording() -> Iterator[Recorder]:
    """What this thread does, kept."""
    recorder = Recorder()
    watchers.append(recorder)
    try:
        yield recorder
    finally:
        watchers.remove(recorder)


def record(run: Callable[[], Sequence[Value]], arguments: Sequence[Value]) -> Tape:
    """The tape of what `run` does with the arguments; its roots are the Values that it returns."""
    with recording() as recorder:
        roots = list(run())
    return tape_of(recorder.nodes, arguments, roots, recorder.guards)


_parents, _op = attrgetter("parents"), attrgetter("op")


def tape_of(nodes: list[Value], arguments: Sequence[Value], roots: Sequence[Value],
            guards: Sequence[tuple[Value, bool, str]]) -> Tape:  # fmt: skip
    """Nodes in the order in which they were made, as a tape. Addresses are matched in bulk, never one by one."""
    size = len(nodes)
    addresses = np.fromiter(map(id, nodes), np.int64, size)
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.fromiter(map(len, map(_parents, nodes)), np.int64, size), out=starts[1:])
    edges = np.fromiter(map(id, chain.from_iterable(map(_parents, nodes))), np.int64, int(starts[-1]))
    order = np.argsort(addresses, kind="stable")
    known = addresses[order]
    operands = _found(edges, known, order)
    leaves = list(arguments)
    missing = np.flatnonzero(operands < 0)
    edges = edges[missing]
    del addresses  # memory is at its most in the next lines
    if len(missing):
        fresh, first, inverse = np.unique(edges, return_index=True, return_inverse=True)
        by_use = np.argsort(first, kind="stable")
        at = missing[first[by_use]]
        users = np.searchsorted(starts, at, side="right") - 1
        found = [nodes[user].parents[place] for user, place in zip(users.tolist(), (at - starts[users]).tolist())]
        number_of = {id(leaf): size + index for index, leaf in enumerate(leaves)}
        numbers = np.empty(len(fresh), np.int64)
        for rank, leaf in zip(by_use.tolist(), found):
            if id(leaf) not in number_of:
                number_of[id(leaf)] = size + len(leaves)
                leaves.append(leaf)
            numbers[rank] = number_of[id(leaf)]
        operands[missing] = numbers[inverse]
    codes = np.fromiter(map(CODES.__getitem__, map(_op, nodes)), np.int8, size)
    places = {id(leaf): size + index for index, leaf in enumerate(leaves)} if _any_leaf(roots, known) else {}
    numbered = [_place(root, known, order, places, leaves, size) for root in roots]
    held = [(_place(node, known, order, places, leaves, size), answer, where) for node, answer, where in guards]
    return Tape(codes, operands, starts, len(arguments), leaves, numbered, held)


def _found(wanted: Ints, known: Ints, order: Ints) -> Ints:
    """The number of each address, -1 where it is none of the known ones."""
    if not len(known):
        return np.full(len(wanted), -1, np.int64)
    places = np.searchsorted(known, wanted)
    places[places == len(known)] = 0
    return np.where(known[places] == wanted, order[places], -1)


def _any_leaf(roots: Sequence[Value], known: Ints) -> bool:
    return bool(np.any(_found(np.array([id(root) for root in roots], np.int64), known, known) < 0))


def _place(node: Value, known: Ints, order: Ints, places: dict[int, int], leaves: list[Value], size: int) -> int:
    number = int(_found(np.array([id(node)], np.int64), known, order)[0])
    if number >= 0:
        return number
    if id(node) not in places:  # a root that nothing was made from: a constant function
        places[id(node)] = size + len(leaves)
        leaves.append(node)
    return places[id(node)]


def calling_line() -> str:
    """The innermost line outside the library that is running: "file.py, line 3"."""
    frame = sys._getframe(1)
    while frame.f_back and (frame.f_code.co_filename.startswith((LIBRARY, "<autodiff "))):
        frame = frame.f_back
    return f"{Path(frame.f_code.co_filename).name}, line {frame.f_lineno}"


def eager_order(tape: Tape) -> list[int]:
    """The operations that roots and guards need, in the order of an eager backward pass (graph.topological_order)."""
    operands, starts, size = tape.operands.tolist(), tape.starts.tolist(), tape.size
    order: list[int] = []
    seen: set[int] = set()
    path: list[int] = []
    stack = [*tape.roots, *(register for register, _, _ in tape.guards)][::-1]
    while stack:
        index = stack.pop()
        if index < 0:
            order.append(path.pop())
        elif index < size and index not in seen:
            seen.add(index)
            path.append(index)
            stack.append(-1)
            stack.extend(operands[starts[index] : starts[index + 1]][::-1])
    return order
