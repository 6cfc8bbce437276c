"""Vectorize a tape: operations that do the same thing at the same depth become one array instruction.

Sums of products whose lists of factors form a grid become one matrix product; this finds the layers of a network and
the rows of a batch that were written as loops. Nodes are numbered in the order of creation inside their group, so that
operands are slices.

    flatten.py      chains of `+` become sums of many terms, with their products
    levels.py       what is left, by depth
    signs.py        nodes whose -0.0 must not become 0.0
    patterns.py     nodes that do the same, grids of products
    locations.py    where each node is to be found: in which register, at which place
    vectorizer.py   an array instruction for each group of nodes that do the same

>>> from autodiff import Value, tanh
>>> from autodiff.compiled.record.recorder import record
>>> xs, ws = [Value(1.0) for _ in range(3)], [[Value(0.5) for _ in range(3)] for _ in range(5)]
>>> tape = record(lambda: [sum(tanh(sum(w * x for w, x in zip(row, xs))) for row in ws)], xs)
>>> print(vectorize(tape, [Group("xs", (0, 1, 2), rows=True, vector=True)]).program)
xs         = input : rows x 3
captured   = input : 15
view_2     = view captured (0, (3, 1)) : 5 x 3
contract_3 = contract view_2 xs 'ak,rk->ra' : rows x 5
tanh_4     = tanh contract_3 : rows x 5
total_5    = total tanh_4 : rows
constant_6 = constant 0.0
add_7      = add total_5 constant_6 : rows
return add_7
"""

from collections.abc import Sequence

from ..record.tape import Tape
from .flatten import flatten, multiply_single_pairs
from .levels import levels_of
from .locations import Group
from .vectorizer import Rolled, Roller

__all__ = ["Group", "Rolled", "vectorize"]


def vectorize(tape: Tape, groups: Sequence[Group], always: bool = False, alone: int | None = None) -> Rolled | None:
    """The vectorized program and its captured Values, which enter as one vector.

    None if hardly two operations are of one depth, so that there is nothing to vectorize, unless it is to be `always`.
    The roots that come after as many as stand `alone` leave it as one vector.
    """
    tape = multiply_single_pairs(tape)
    sums = flatten(tape)
    levels = levels_of(tape, sums, always)
    return Roller(tape, sums, groups, levels).run(alone) if levels is not None else None
