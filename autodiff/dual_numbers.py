"""Dual numbers: a number and its derivative along one direction, by which a graph is differentiated forwards.

>>> system = duals()
>>> system.formula("mul")(Dual(3.0, 1.0, FLOATS), Dual(3.0, 1.0, FLOATS))
Dual(9.0, 6.0)
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from . import kernels
from .numbers import FLOATS, N, System, plain
from .notation import Written
from .ops import ADD, BINARY, MUL, TABLE, UNARY
from .rule import Rule
from .rules import Named


class Dual:
    """A number and its derivative along one direction; it carries the system that both belong to."""

    __slots__ = ("primal", "tangent", "system")

    def __init__(self, primal: N, tangent: N, system: System) -> None:
        self.primal, self.tangent, self.system = primal, tangent, system

    def __repr__(self) -> str:
        return f"Dual({self.primal}, {self.tangent})"

    def __lt__(self, other: N) -> bool:
        return bool(self.primal < primal(other))

    def __le__(self, other: N) -> bool:
        return bool(self.primal <= primal(other))

    def __gt__(self, other: N) -> bool:
        return bool(self.primal > primal(other))

    def __ge__(self, other: N) -> bool:
        return bool(self.primal >= primal(other))

    def __eq__(self, other: object) -> bool:
        return bool(self.primal == primal(other))

    def __bool__(self) -> bool:
        return bool(self.primal)

    __hash__ = None  # type: ignore[assignment]


def primal(x: N) -> N:
    return x.primal if isinstance(x, Dual) else x


@cache
def duals(base: System = FLOATS) -> System:
    """Dual numbers over another system; over dual numbers, they carry second derivatives.

    >>> duals(duals())
    System('dual over dual over float')
    """
    zero = base.number(0.0)
    names: dict[str, Any] = {"__builtins__": {}, "ones": lambda xs: [1] * len(xs), "swapped": kernels.swapped}
    names |= {constant: base.names[constant] for constant in ("nan", "inf", "pi") if constant in base.names}
    rows = {operation: _row(operation, base, zero) for operation in TABLE}
    names |= rows
    named = f"dual over {base.name}"
    system = System(named, lambda x: Dual(base.number(x), zero, base), plain(names, prefix), prefix)
    system.rows.update(rows)  # a derivative is that of the slopes, which need not be that of the formula's parts
    _made.append((system, base))
    return system


_made: list[tuple[System, System]] = []  # as long as the cache keeps them


def add_row(operation: str) -> None:
    """Tell the systems that there are of a row that was added to the table."""
    for system, base in _made:
        row = _row(operation, base, base.number(0.0))
        system.names[operation] = system.rows[operation] = row


def _row(operation: str, base: System, zero: N) -> Callable[..., Dual]:
    """The rule of forward mode: the tangent of an operation is the sum of its slopes times its operands' tangents."""
    add, mul = base.formula(ADD), base.formula(MUL)

    def lift(x: N) -> Dual:
        if isinstance(x, Dual) and x.system is base:
            return x
        return Dual(base.number(x) if isinstance(x, float | int) else x, zero, base)

    def of_list(operands: Sequence[N]) -> Dual:
        pairs = [lift(x) for x in operands]
        xs, moved = [pair.primal for pair in pairs], [pair.tangent is not zero for pair in pairs]
        y, tangent = base.apply(operation, xs), zero
        for slope, pair, moves in zip(base.slopes(operation, xs, y, moved), pairs, moved, strict=True):
            if slope is not None and moves:
                tangent = add(tangent, mul(slope, pair.tangent))
        return Dual(y, tangent, base)

    return of_list if TABLE[operation].variadic else lambda *operands: of_list(operands)


class Prefix(Named):
    """Every operator is the row of the table that it is: `a * b` is mul(a, b)."""

    functions = BINARY

    def unary(self, sign: str, operand: Written) -> Written:
        row = UNARY.get(sign)
        return self.call(row, (operand,)) if row else super().unary(sign, operand)


def prefix(rule: Rule) -> str:
    """The rule in functions alone: for numbers without operators."""
    return Prefix().write(rule)
