"""A `Tape`: scalar operations in the order in which they ran, as codes and operand numbers in flat arrays.

That is so that a million nodes take a second. A number below `size` is an operation; from `size` on, the leaves follow:
the arguments first, then constants and captured Values (parameters of a model, say), whose `.data` is read again at
each call.

>>> from autodiff.compiled.record.recorder import record
>>> x = Value(3.0)
>>> tape = record(lambda: [x * x + 2.0], [x])
>>> [tape.name(index) for index in range(tape.size)], tape.operands.tolist()
(['mul', 'add'], [2, 2, 0, 3])
"""

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ... import native
from ...ops import TABLE
from ...value import Value
from ..ir.program import COMPARISONS
from ..ir.strides import Ints


NAMES = [*TABLE, *COMPARISONS]


class _Codes(dict[str, int]):
    def __missing__(self, name: str) -> int:
        """A row that was added to the table gets the next code."""
        if name not in TABLE:
            raise KeyError(name)
        NAMES.append(name)
        self[name] = len(NAMES) - 1
        return self[name]


CODES = _Codes({name: code for code, name in enumerate(NAMES)})
COMPARED = [CODES[name] for name in COMPARISONS]  # rows that are added later have codes beyond these
_parents, _op = attrgetter("parents"), attrgetter("op")


class Tape(NamedTuple):
    """What a function did: operations in order, and the leaves that they started from."""

    codes: npt.NDArray[np.int16]
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


def tape_of(nodes: list[Value], arguments: Sequence[Value], roots: Sequence[Value],
            guards: Sequence[tuple[Value, bool, str]]) -> Tape:  # fmt: skip
    """Nodes in the order in which they were made, as a tape."""
    leaves, wanted = list(arguments), [*roots, *(node for node, _, _ in guards)]
    find = _arrays_in_c if native.engine == "native" else _arrays
    codes, operands, starts, numbers = find(list(nodes), leaves, wanted)
    held = [(number, answer, where) for number, (_, answer, where) in zip(numbers[len(roots) :], guards, strict=True)]
    return Tape(codes, operands, starts, len(arguments), leaves, numbers[: len(roots)], held)


Arrays = tuple[npt.NDArray[np.int16], Ints, Ints, list[int]]  # codes, operands, starts, and the numbers that are wanted


def _arrays_in_c(nodes: list[Value], leaves: list[Value], wanted: list[Value]) -> Arrays:
    codes, starts, operands, numbers = native.module.recorded(nodes, leaves, CODES, wanted)
    return np.frombuffer(codes, np.int16), np.frombuffer(operands, np.int64), np.frombuffer(starts, np.int64), numbers


def _arrays(nodes: list[Value], leaves: list[Value], wanted: list[Value]) -> Arrays:
    """Addresses are matched in bulk, never one by one. Leaves that are found are appended."""
    size = len(nodes)
    addresses = np.fromiter(map(id, nodes), np.int64, size)
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.fromiter(map(len, map(_parents, nodes)), np.int64, size), out=starts[1:])
    edges = np.fromiter(map(id, chain.from_iterable(map(_parents, nodes))), np.int64, int(starts[-1]))
    order = np.argsort(addresses, kind="stable")
    known = addresses[order]
    operands = _find(edges, known, order)
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
    codes = np.fromiter(map(CODES.__getitem__, map(_op, nodes)), np.int16, size)
    places = {id(leaf): size + index for index, leaf in enumerate(leaves)} if _any_leaf(wanted, known) else {}
    return codes, operands, starts, [_place(node, known, order, places, leaves, size) for node in wanted]


def _find(wanted: Ints, known: Ints, order: Ints) -> Ints:
    """The number of each address, -1 where it is none of the known ones."""
    if not len(known):
        return np.full(len(wanted), -1, np.int64)
    places = np.searchsorted(known, wanted)
    places[places == len(known)] = 0
    return np.where(known[places] == wanted, order[places], -1)


def _any_leaf(roots: Sequence[Value], known: Ints) -> bool:
    return bool(np.any(_find(np.array([id(root) for root in roots], np.int64), known, known) < 0))


def _place(node: Value, known: Ints, order: Ints, places: dict[int, int], leaves: list[Value], size: int) -> int:
    number = int(_find(np.array([id(node)], np.int64), known, order)[0])
    if number >= 0:
        return number
    if id(node) not in places:  # a root that nothing was made from: a constant function
        places[id(node)] = size + len(leaves)
        leaves.append(node)
    return places[id(node)]


def find_needed_order(tape: Tape) -> list[int]:
    """The operations that roots and guards need, each after its operands."""
    return _order(tape, [*tape.roots, *(register for register, _, _ in tape.guards)], set())


def eager_order(tape: Tape) -> list[int]:
    """Those of an eager backward pass from the first root, in its order (graph.topological_order).

    Eagerly a comparison leaves no node: what it compares is not reached by way of it.
    """
    return _order(tape, tape.roots[:1], set(np.flatnonzero(np.isin(tape.codes, COMPARED)).tolist()))


def _order(tape: Tape, roots: Sequence[int], seen: set[int]) -> list[int]:
    """The operations below the roots that have not been seen, each after its operands, the first operand's first."""
    operands, starts, size = tape.operands.tolist(), tape.starts.tolist(), tape.size
    order: list[int] = []
    path: list[int] = []
    stack = list(roots[::-1])
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
