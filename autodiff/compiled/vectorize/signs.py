"""Of which nodes the sign of a zero matters: 1 / x tells -0.0 from 0.0, and a product of matrices makes 0.0 of both.

>>> from autodiff import Value, dot
>>> from autodiff.compiled.record.recorder import record
>>> a, b, c, d = (Value(1.0) for _ in range(4))
>>> find_signed(record(lambda: [1 / (2 * dot([a, b], [c, d]))], [a, b, c, d])).tolist()
[True, True, False]
>>> find_signed(record(lambda: [1 / (2 + dot([a, b], [c, d]))], [a, b, c, d])).tolist()
[False, False, False]
"""

from itertools import product

import numpy as np

from ... import additions
from ...kernels import equal, same_bits
from ...numbers import FLOATS
from ...ops import TABLE
from ..record.tape import NAMES, Tape
from .flatten import ADD, DOT, MUL, TOTAL, Flags

HIDES, PASSES, TELLS = range(3)  # what an operation does with the sign of a zero
SAMPLES = (1.0, -2.0, 0.5, 3.0, 0.0, -0.0, float("inf"))


def find_signed(tape: Tape) -> Flags:
    """For each node whether it may be -0.0, and something that is made of it tells that from 0.0."""
    marks = np.zeros(tape.size, bool)
    telling = [code for code in np.unique(tape.codes).tolist() if NAMES[code] in TABLE and may_tell(NAMES[code])]
    if not telling or not np.isin(tape.codes, (MUL, DOT)).any():
        return marks
    users = np.flatnonzero(np.isin(tape.codes, telling)).tolist()
    waiting = [operand for user in users for operand in operands_that(tape, user, TELLS)]
    while waiting:
        node = waiting.pop()
        if not marks[node] and not is_never_negative_zero(tape, node):
            marks[node] = True
            waiting += operands_that(tape, node, PASSES)
    return marks


def operands_that(tape: Tape, user: int, least: int) -> list[int]:
    """The nodes among the operands of an operation of whose zeros' signs it does at least so much."""
    name, operands = tape.name(user), tape.operands[tape.starts[user] : tape.starts[user + 1]].tolist()
    if name not in TABLE or all(operand >= tape.size for operand in operands):
        return []
    if TABLE[name].variadic:
        does = role(name, 0, (None, None))
        return [operand for operand in operands if operand < tape.size and does >= least]
    known = tuple(constant_of(tape, operand) for operand in operands)
    return [operand for place, operand in enumerate(operands)
            if operand < tape.size and role(name, place, known) >= least]  # fmt: skip


def is_never_negative_zero(tape: Tape, node: int) -> bool:
    """Whether it is a sum with a number that is not -0.0, or in which a factor meets itself."""
    code, operands = int(tape.codes[node]), tape.operands[tape.starts[node] : tape.starts[node + 1]].tolist()
    if code in (ADD, TOTAL):
        return any(x is not None and not same_bits(x, -0.0) for x in (constant_of(tape, each) for each in operands))
    half = len(operands) // 2
    return code in (MUL, DOT) and any(left == right for left, right in zip(operands[:half], operands[half:]))


def constant_of(tape: Tape, operand: int) -> float | None:
    """The number of an operand that is a constant of the recording."""
    if operand < tape.size + tape.arguments or tape.leaf(operand).op != "constant":
        return None
    return float(tape.leaf(operand)._data)


@additions.cached
def may_tell(name: str) -> bool:
    """Whether an operation tells the signs of an operand's zeros, for some numbers as the others."""
    count = TABLE[name].arity or 2  # of any number of operands, two will do
    return any(role(name, place, (None,) * count) == TELLS for place in range(count))


@additions.cached
def role(name: str, place: int, known: tuple[float | None, ...]) -> int:
    """What an operation does with the sign of a zero in a place, beside operands of which some numbers are known.

    >>> role("div", 1, (None, None)) == TELLS, role("mul", 0, (None, None)) == PASSES, role("exp", 0, (None,)) == HIDES
    (True, True, True)
    >>> [role("pow", 0, (None, exponent)) for exponent in (2.0, 3.0, -1.0)] == [HIDES, PASSES, TELLS]
    True
    """
    choices = [SAMPLES if x is None else (x,) for x in known]
    choices[place] = (0.0,)
    return max(_compare(name, place, list(numbers)) for numbers in product(*choices))


def _compare(name: str, place: int, numbers: list[float]) -> int:
    """What an operation does with the sign of the zero in a place."""
    others = [-0.0 if index == place else x for index, x in enumerate(numbers)]
    try:
        results = [FLOATS.apply(name, each) for each in (numbers, others)]
        slopes = zip(*(FLOATS.slopes(name, each, y) for each, y in zip((numbers, others), results)), strict=True)
        if not equal(*results) or not all(equal(left, right) for left, right in slopes):
            return TELLS
    except ArithmeticError:  # of an operation that somebody registered
        return TELLS
    return HIDES if same_bits(*results) else PASSES
