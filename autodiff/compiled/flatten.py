"""A tape with its sums flattened: a chain of `+` becomes one sum of terms, and a product used once in it a pair.

Everything is done for all nodes at once, in NumPy. What is left after it is a small graph: for a network, one sum for
each neuron.

>>> from autodiff import Value
>>> from autodiff.compiled.record import record
>>> a, b, c = Value(1.0), Value(2.0), Value(3.0)
>>> sums = flattened(record(lambda: [a * b + b * c + c * a + a], [a, b, c]))
>>> sums.kept.tolist(), sums.products.counts.tolist(), sums.bare.counts.tolist()
([5], [3], [1])
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .record import CODES, Ints, Tape

Flags = npt.NDArray[np.bool_]

ADD, MUL, TOTAL, DOT = CODES["add"], CODES["mul"], CODES["total"], CODES["dot"]


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


def flattened(tape: Tape) -> Sums:
    """The tape's live nodes, its sums flattened."""
    size, operands = tape.size, tape.operands
    users = np.repeat(np.arange(size), np.diff(tape.starts))
    wanted = np.zeros(size, np.int64)
    for needed in (*tape.roots, *(register for register, _, _ in tape.guards)):
        if needed < size:
            wanted[needed] += 1
    live, uses = _live(tape, users, wanted)
    edges = live[users]
    inner = edges & (operands < size)
    user_of = np.full(size + len(tape.leaves), -1, np.int64)
    user_of[operands[inner]] = users[inner]
    codes = tape.codes
    adds = (codes == ADD) | (codes == TOTAL)
    once = live & (uses == 1) & (wanted == 0)
    in_sum = once & adds[user_of[:size]] & (user_of[:size] >= 0)
    absorbed = in_sum & (adds | (codes == DOT))
    root = _roots(np.where(absorbed, user_of[:size], np.arange(size)))

    factor = in_sum & (codes == MUL)
    in_dot = edges & (codes[users] == DOT)
    of_factors = np.bincount(root[user_of[:size][factor]], minlength=size)
    count = of_factors + np.bincount(root[users[in_dot]], minlength=size) // 2
    factor &= count[root[np.maximum(user_of[:size], 0)]] > 1  # one product alone is no product of lists

    kept_flags = live & ~absorbed & ~factor
    kept = np.flatnonzero(kept_flags)
    place = np.full(size, -1, np.int64)
    place[kept] = np.arange(len(kept))

    term_edges = np.flatnonzero(edges & adds[users])
    terms = operands[term_edges]
    inside = np.zeros(size + len(tape.leaves), bool)
    inside[:size] = absorbed | factor
    bare_edges = term_edges[~inside[terms]]
    own_edges = np.flatnonzero(edges & kept_flags[users] & ~adds[users] & (codes[users] != DOT))
    bare_at = np.concatenate([bare_edges, own_edges])
    bare_owner = place[np.concatenate([root[users[bare_edges]], users[own_edges]])]

    factors = np.flatnonzero(factor)
    firsts = tape.starts[factors]
    dot_lefts, dot_rights = _dot_pairs(tape, np.flatnonzero(live & (codes == DOT)))
    pair_owner = place[root[np.concatenate([user_of[factors], users[dot_lefts]])]]
    pair_lefts, pair_rights = np.concatenate([firsts, dot_lefts]), np.concatenate([firsts + 1, dot_rights])
    pair_order = np.concatenate([_edge_of(factors, user_of, tape), dot_lefts])
    is_sum = adds[kept] | (codes[kept] == DOT)
    products = _lists(pair_owner, pair_order, (operands[pair_lefts], operands[pair_rights]), len(kept))
    bare = _lists(bare_owner, bare_at, (operands[bare_at],), len(kept))
    return Sums(kept, is_sum, products, bare, int(live.sum()))


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
    second = binary & (tape.operands[np.minimum(starts + 1, len(tape.operands) - 1)] == nodes)
    order = np.where(binary, starts + second, starts)
    many = np.flatnonzero(~binary)
    if len(many):
        position = np.full(tape.size, -1, np.int64)
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
