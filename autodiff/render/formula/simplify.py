"""What a formula may leave out because floats give the same without it: 1 * x, x / 1, x ** 1, x ** 0, repetitions.

>>> from autodiff import Value, exp
>>> from autodiff.graph import topological_order
>>> x = Value(2.0, name="x")
>>> y = 1 * exp(x) * exp(x) ** 0
>>> simple = simpler(topological_order(y), ())
>>> simple.same[y].op, list(simple.uses.values())  # exp(x) once, x once
('exp', [1, 1])
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from ...ops import DIV, MUL, POW
from ...value import Value


class Simpler(NamedTuple):
    """A graph without what makes no difference: its numbers, what is the same as another, how often each is used."""

    numbers: set[Value]
    same: dict[Value, Value]
    uses: dict[Value, int]

    def operands(self, v: Value) -> list[Value]:
        return [self.same.get(parent, parent) for parent in v.parents]


def simpler(order: Sequence[Value], kept: Collection[Value]) -> Simpler:
    """What remains of an ordered graph; what is `kept` does, such as what has a name, but for the last."""
    simple, seen, root = Simpler(set(), {}, {}), dict[object, Value](), order[-1]
    for v in order:
        operands = simple.operands(v)
        if is_number(v, operands, simple.numbers):
            simple.numbers.add(v)
        elif v.parents and (v is root or v not in kept):
            same = neutral(v, operands, simple.numbers)
            if same is None:
                same = seen.setdefault((v.op, identity(operands, simple.numbers)), v)
            if same is not v:
                simple.same[v] = same
    count(order, simple)
    return simple


def is_number(v: Value, operands: Sequence[Value], numbers: Collection[Value]) -> bool:
    """Constants, what is made of them alone, and any power of 0, nan ** 0 included."""
    if not v.parents:
        return v.op == "constant"
    return all(each in numbers for each in operands) or v.op == POW and is_exactly(operands[1], 0.0, numbers)


def neutral(v: Value, operands: Sequence[Value], numbers: Collection[Value]) -> Value | None:
    """The one operand that decides, where the other is a 1 that changes nothing."""
    if v.op in (MUL, DIV, POW) and is_exactly(operands[1], 1.0, numbers):
        return operands[0]
    return operands[1] if v.op == MUL and is_exactly(operands[0], 1.0, numbers) else None


def is_exactly(v: Value, number: float, numbers: Collection[Value]) -> bool:
    return v in numbers and v.data == number


def identity(operands: Sequence[Value], numbers: Collection[Value]) -> tuple[object, ...]:
    """What two operations share if they compute the same: equal numbers, to the sign of a zero, or the same values."""
    return tuple(repr(v.data) if v in numbers else v for v in operands)


def count(order: Sequence[Value], simple: Simpler) -> None:
    """Fill in how often each value that remains is used."""
    root = simple.same.get(order[-1], order[-1])
    simple.uses[root] = 0 if root is order[-1] else 1
    for v in reversed(order):
        if v in simple.uses and v not in simple.numbers:
            for operand in simple.operands(v):
                simple.uses[operand] = simple.uses.get(operand, 0) + 1
