"""A tape with its sums flattened: a chain of `+` becomes one sum of terms, and a product used once in it a pair.

Everything is done for all nodes at once, in NumPy. What is left after it is a small graph: for a network, one sum for
each neuron.

>>> from autodiff import Value
>>> from autodiff.compiled.record.recorder import record
>>> a, b, c = Value(1.0), Value(2.0), Value(3.0)
>>> sums = flatten(record(lambda: [a * b + b * c + c * a + a], [a, b, c]))
>>> sums.kept.tolist(), sums.products.counts.tolist(), sums.bare.counts.tolist()
([5], [3], [1])
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ... import ops
from ..ir.strides import Ints
from ..record.tape import CODES, Tape

Flags = npt.NDArray[np.bool_]

ADD, MUL, TOTAL, DOT = [CODES[name] for name in (ops.ADD, ops.MUL, ops.TOTAL, ops.DOT)]


class Lists(NamedTuple):
    """For each kept node a list, of terms or of pairs: those of node k are values[starts[k]:starts[k] + counts[k]]."""

    values: tuple[Ints, ...]  # one array for terms, two for pairs
    starts: Ints
    counts: Ints


class Sums(NamedTuple):
    """The nodes that are left, whether each is a flattened sum, its products, and its bare terms or its operands."""

    kept: Ints
    is_sum: Flags
    products: Lists
    bare: Lists
    live: int  # how many operations there were


def multiply_single_pairs(tape: Tape) -> Tape:
    """The tape with each dot product of one pair as a plain product.

    A matrix product starts from 0.0, and -0.0 would come out as 0.0.
    """
    single = (tape.codes == DOT) & (np.diff(tape.starts) == 2)
    return tape._replace(codes=np.where(single, np.int16(MUL), tape.codes))


def flatten(tape: Tape) -> Sums:
    """The tape's live nodes, its sums flattened."""
    chains = _Chains(tape)
    kept = np.flatnonzero(chains.kept)
    place = np.zeros(tape.size, np.int64)
    place[kept] = np.arange(len(kept))
    is_sum = chains.adds[kept] | (tape.codes[kept] == DOT)
    return Sums(kept, is_sum, chains.pairs(place, len(kept)), chains.bare(place, len(kept)), int(chains.live.sum()))


class _Chains:
    """Which nodes disappear in a sum, and in which: additions and dot products used once, and the products in them."""

    def __init__(self, tape: Tape) -> None:
        self.tape, size, codes = tape, tape.size, tape.codes
        self.users = np.repeat(np.arange(size), np.diff(tape.starts))  # for each operand, the operation that has it
        wanted = _count_wanted(tape)
        self.live, uses = _live(tape, self.users, wanted)
        self.edges = self.live[self.users]
        self.user_of = np.zeros(size, np.int64)  # of a node of one use
        inner = self.edges & (tape.operands < size)
        self.user_of[tape.operands[inner]] = self.users[inner]
        self.adds = (codes == ADD) | (codes == TOTAL)
        in_sum = (uses == 1) & (wanted == 0) & self.adds[self.user_of]
        absorbed = in_sum & (self.adds | (codes == DOT))
        self.root = _roots(np.where(absorbed, self.user_of, np.arange(size)))
        self.factor = self._pair(in_sum & (codes == MUL))
        self.inside = absorbed | self.factor
        self.kept = self.live & ~self.inside

    def _pair(self, factor: Flags) -> Flags:
        """The products in sums that have several: one alone is no product of lists."""
        in_dot = self.edges & (self.tape.codes[self.users] == DOT)
        count = np.bincount(self.root[self.user_of[factor]], minlength=self.tape.size)
        count += np.bincount(self.root[self.users[in_dot]], minlength=self.tape.size)  # at least four
        several: Flags = factor & (count[self.root[self.user_of]] > 1)
        return several

    def bare(self, place: Ints, count: int) -> Lists:
        """The terms of each sum that are no products, and the operands of what is no sum."""
        operands, users = self.tape.operands, self.users
        inside = np.concatenate([self.inside, np.zeros(len(self.tape.leaves), bool)])
        terms = np.flatnonzero(self.edges & self.adds[users])
        terms = terms[~inside[operands[terms]]]
        others = self.edges & self.kept[users] & ~self.adds[users] & (self.tape.codes[users] != DOT)
        own = np.flatnonzero(others)
        owner = place[np.concatenate([self.root[users[terms]], users[own]])]
        at = np.concatenate([terms, own])
        return _lists(owner, at, (operands[at],), count)

    def pairs(self, place: Ints, count: int) -> Lists:
        """The pairs of factors of each sum."""
        tape, factors = self.tape, np.flatnonzero(self.factor)
        firsts = tape.starts[factors]
        lefts, rights = _dot_pairs(tape, np.flatnonzero(self.live & (tape.codes == DOT)))
        owner = place[self.root[np.concatenate([self.user_of[factors], self.users[lefts]])]]
        order = np.concatenate([_edge_of(factors, self.user_of, tape), lefts])
        both = np.concatenate([firsts, lefts]), np.concatenate([firsts + 1, rights])
        return _lists(owner, order, [tape.operands[edges] for edges in both], count)


def _count_wanted(tape: Tape) -> Ints:
    """How often each node is a root, or held by a guard."""
    needed = np.array([*tape.roots, *(register for register, _, _ in tape.guards)], np.int64)
    return np.bincount(needed[needed < tape.size], minlength=tape.size)


def _live(tape: Tape, users: Ints, wanted: Ints) -> tuple[Flags, Ints]:
    """Which nodes a root or a guard needs, and how many live edges leave each."""
    size = tape.size
    inner = tape.operands < size
    live = np.ones(size, bool)
    for _ in range(8):
        uses = np.bincount(tape.operands[inner & live[users]], minlength=size)
        alive = live & ((uses + wanted) > 0)
        if np.array_equal(alive, live):
            return live, uses
        live = alive
    reached = bytearray(wanted.astype(bool).tobytes())  # a long dead chain: one node at a time, from the last
    starts, operands = tape.starts.tolist(), tape.operands.tolist()
    for index in range(size - 1, -1, -1):
        if reached[index]:
            for operand in operands[starts[index] : starts[index + 1]]:
                if operand < size:
                    reached[operand] = 1
    live = np.frombuffer(reached, bool).copy()
    return live, np.bincount(tape.operands[inner & live[users]], minlength=size)


def _roots(parent: Ints) -> Ints:
    """The end of each chain of parents, by jumping twice as far each time."""
    while True:
        further = parent[parent]
        if np.array_equal(further, parent):
            return parent
        parent = further


def _dot_pairs(tape: Tape, dots: Ints) -> tuple[Ints, Ints]:
    """The edges to the first and to the second factors of all dot products."""
    halves = (tape.starts[dots + 1] - tape.starts[dots]) // 2
    lefts = ranges(tape.starts[dots], halves)
    return lefts, lefts + np.repeat(halves, halves)


def ranges(starts: Ints, counts: Ints) -> Ints:
    """start, start + 1, … for each start, one range after the other.

    >>> ranges(np.array([3, 10]), np.array([2, 3])).tolist()
    [3, 4, 10, 11, 12]
    """
    ends = np.cumsum(counts)
    steps: Ints = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts - (ends - counts), counts)
    return steps


def _edge_of(nodes: Ints, user_of: Ints, tape: Tape) -> Ints:
    """A place for each node in the order of its user's operands."""
    users = user_of[nodes]
    starts = tape.starts[users]
    binary = (tape.starts[users + 1] - starts) == 2
    second = binary & (tape.operands[starts + 1] == nodes)
    order = np.where(binary, starts + second, starts)
    many = np.flatnonzero(~binary)
    if len(many):
        position = np.zeros(tape.size, np.int64)
        wide = np.unique(users[many])
        edges = ranges(tape.starts[wide], tape.starts[wide + 1] - tape.starts[wide])
        inner = tape.operands[edges] < tape.size
        position[tape.operands[edges[inner]]] = edges[inner]
        order[many] = position[nodes[many]]
    return order


def _lists(owner: Ints, order: Ints, values: Sequence[Ints], count: int) -> Lists:
    if len(owner) and (np.any(np.diff(owner) < 0) or np.any(np.diff(order) < 0)):
        by_owner = np.lexsort((order, owner))
        values, owner = [each[by_owner] for each in values], owner[by_owner]
    counts = np.bincount(owner, minlength=count)
    return Lists(tuple(values), np.cumsum(counts) - counts, counts)
