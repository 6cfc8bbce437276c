"""In which order the interpreter runs a tape: operations of one kind side by side, where none waits for another.

To choose an operation takes a processor longer than to run it, unless the last one was of the same kind.

>>> from autodiff import Value, sin
>>> from autodiff.compiled.record.recorder import record
>>> x, y = Value(1.0), Value(2.0)
>>> tape = record(lambda: [x * x + sin(x) + y * y + sin(y)], [x, y])
>>> [tape.name(index) for index in forward(tape)]
['mul', 'mul', 'sin', 'sin', 'add', 'add', 'add']
"""

from collections.abc import Sequence

import numpy as np

from .tape import Tape, eager_order, find_needed_order


def forward(tape: Tape) -> list[int]:
    """The operations that are needed, by their depth."""
    depth = [0] * (tape.size + len(tape.leaves))
    order, operands = find_needed_order(tape), operands_of(tape)
    for index in order:
        depth[index] = 1 + max([depth[each] for each in operands[index]], default=0)
    return by_kind(tape, order, depth)


def backward(tape: Tape) -> list[int]:
    """The operations that an eager pass meets, in the order of a backward pass.

    One comes after all that contribute to it, and after those that an eager pass lets contribute to its operands
    before it does: so the sums of gradients are added up in the eager order, to the same bits.
    """
    latest = [0] * (tape.size + len(tape.leaves))  # the place of the last contribution to each number
    place = [0] * tape.size
    order, operands = eager_order(tape)[::-1], operands_of(tape)
    for index in order:
        place[index] = 1 + max([latest[index], *(latest[each] for each in operands[index])])
        for each in operands[index]:
            latest[each] = place[index]
    return by_kind(tape, order, place)


def operands_of(tape: Tape) -> list[list[int]]:
    """The operands of each operation."""
    numbers, starts = tape.operands.tolist(), tape.starts.tolist()
    return [numbers[start:end] for start, end in zip(starts, starts[1:])]


def by_kind(tape: Tape, order: Sequence[int], places: Sequence[int]) -> list[int]:
    """Operations by their places, those of one place by kind, and alike ones as they were."""
    numbers = np.array(order, np.int64)
    found: list[int] = numbers[np.lexsort((tape.codes[numbers], np.array(places, np.int64)[numbers]))].tolist()
    return found
