"""The nodes of a flattened tape by their depth: those of one level depend on earlier levels alone.

>>> from autodiff import Value, exp
>>> from autodiff.compiled.record.recorder import record
>>> from autodiff.compiled.vectorize.flatten import flatten
>>> x, y = Value(1.0), Value(2.0)
>>> tape = record(lambda: [exp(x) * exp(y)], [x, y])
>>> [level.tolist() for level in levels_of(tape, flatten(tape))]
[[0, 1], [2]]
"""

import numpy as np

from ..ir.strides import Ints
from ..record.tape import Tape
from .flatten import Sums, ranges

DEEP = 100  # levels: from here on there must be FEWEST nodes a level on average, or rolling is given up
FEWEST = 3


def levels_of(tape: Tape, sums: Sums, always: bool = False) -> list[Ints] | None:
    """The kept nodes by depth; None where a depth has hardly more than one node, and there is nothing to roll."""
    count = len(sums.kept)
    owner, operand = _edges(tape, sums)
    waiting = np.bincount(owner, minlength=count)
    targets = owner[np.argsort(operand, kind="stable")]
    outgoing = np.bincount(operand, minlength=count)
    first = np.cumsum(outgoing) - outgoing
    frontier, levels, done = np.flatnonzero(waiting == 0), [], 0
    while len(frontier):
        levels.append(frontier)
        done += len(frontier)
        if len(levels) > DEEP and done < FEWEST * len(levels) and not always:
            return None
        reached, times = np.unique(targets[ranges(first[frontier], outgoing[frontier])], return_counts=True)
        waiting[reached] -= times
        frontier = reached[waiting[reached] == 0]
    return levels


def _edges(tape: Tape, sums: Sums) -> tuple[Ints, Ints]:
    """For each edge between kept nodes the one that uses, and the one that is used."""
    count = len(sums.kept)
    place = np.full(tape.size + len(tape.leaves), -1, np.int64)
    place[sums.kept] = np.arange(count)
    owners, operands = [], []
    for lists in (sums.products, sums.bare):
        for values in lists.values:
            inner = place[values] >= 0
            owners.append(np.repeat(np.arange(count), lists.counts)[inner])
            operands.append(place[values[inner]])
    return np.concatenate(owners), np.concatenate(operands)
