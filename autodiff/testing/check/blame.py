"""Which operation has the wrong slope, or which node was read before its sum was complete.

A graph of Values keeps every slope it used, so each can be checked alone, against the derivative of that one operation.
If all of them are right, the sums are replayed: the gradient of a node is the sum of slope times gradient over its
users, and the first node from the root where that fails shows which user was read too early, or what got lost.

>>> from autodiff import Value, tanh
>>> x = Value(0.5)
>>> y = tanh(x)
>>> y.slopes = (0.25,)                             # sabotage
>>> print(find_wrong_slope(y, 0).sentence())
tanh at 0.5: its local derivative along a is 0.25, the right one is 0.7864477329659274
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ...graph import topological_order
from ...ops import TABLE
from ..derive.high_precision import OneSided, many_digits, many_digits_mixed, nearest
from ..draw.straight_line import Program, isolate
from ..draw.writing import name_operand
from .tolerance import ULPS, estimate_rounding

V = Any  # a node of a graph with parents, slopes, data, grad and op: a Value, or one of a wrong copy of it


class Slope(NamedTuple):
    """A slope that is wrong, and the right one; `program` is the one operation, `node` where the graph recorded it."""

    op: str
    operands: tuple[float, ...]
    along: int
    given: float
    right: OneSided
    program: Program
    node: V = None

    def sentence(self) -> str:
        """The operation, its inputs, the local derivative it gave, the right one."""
        right = f"{nearest(self.right.right)!r}" if not self.right.kink else (
            f"between {nearest(self.right.left)!r} and {nearest(self.right.right)!r}, as this is a kink")
        along, inputs = name_operand(self.op, self.along), ", ".join(map(repr, self.operands))
        return f"{self.op} at {inputs}: its local derivative along {along} is {self.given!r}, the right one is {right}"


class Sum(NamedTuple):
    """A gradient that is not the sum of what its users send, though all local derivatives are right."""

    node: V
    complete: float
    user: V | None = None
    early: float = 0.0

    @property
    def culprit(self) -> V:
        """The user that was read too early, or else the node itself."""
        return self.node if self.user is None else self.user

    def sentence(self) -> str:
        if self.user is not None:
            return (f"{cite(self.user)}: its gradient was read as {self.early!r}, before its sum was complete "
                    f"({self.user.grad!r}), so {cite(self.node)} got {self.node.grad!r} instead of {self.complete!r}")
        return f"{cite(self.node)}: its gradient is {self.node.grad!r}, while its users send {self.complete!r} together"


def cite(node: V) -> str:
    """A node as a sentence mentions it."""
    name = getattr(node, "name", None)
    return f"{node.op if node.parents else 'the input'}{f' {name!r}' if name else ''} of value {node.data!r}"


def list_operands(node: V) -> str:
    """List the numbers of a node's operands."""
    return ", ".join(repr(parent.data) for parent in node.parents)


def free_operands(node: V) -> list[int]:
    """Which operands of a node can have a gradient."""
    op = TABLE[node.op]
    return [index for index in range(len(node.parents)) if op.variadic or op.slopes[index] is not None]


def operation_of(node: V) -> Program:
    """The operation of a node on inputs of its own; what can have no gradient stays a number."""
    return isolate(node.op, [parent.data for parent in node.parents], free_operands(node))


def find_wrong_slope(node: V, index: int) -> Slope | None:
    """The recorded local derivative along one parent if it is wrong; None if it is right, or cannot be compared."""
    if node.op not in TABLE or node.parents[index].op == "constant":
        return None
    free, program = free_operands(node), operation_of(node)
    if index not in free or not all(map(math.isfinite, program.inputs)):
        return None
    right = many_digits(program)[free.index(index)]
    given = float(node.slopes[index] or 0.0)
    low, high = right.ends
    if not math.isfinite(low + high):
        return None
    tolerance = (ULPS if TABLE[node.op].ulps else 0) * math.ulp(max(abs(low), abs(high)))
    if low - tolerance <= given <= high + tolerance:
        return None
    return Slope(node.op, tuple(parent.data for parent in node.parents), index, given, right, program, node)


def find_wrong_value(node: V) -> str | None:
    """What is wrong with the number of a node, in words; None if it is what the formula gives for its inputs."""
    if node.op not in TABLE or not node.parents:
        return None
    program = operation_of(node)
    if not all(map(math.isfinite, program.inputs)):
        return None
    right, tolerance = many_digits_mixed(program, ()).right, estimate_rounding(program).value
    if not abs(node.data - right) > tolerance:
        return None
    return f"{node.op} at {list_operands(node)} gives {node.data!r}, and the right value is {nearest(right)!r}"


def find_wrong_slopes(order: Sequence[V]) -> Iterator[Slope]:
    """Every wrong slope of an ordered graph; the same operation on the same numbers is looked at once."""
    seen = set()
    for node in order:
        for index in range(len(node.parents)):
            key = (node.op, tuple(parent.data for parent in node.parents), index, node.slopes[index])
            if key not in seen:
                seen.add(key)
                found = find_wrong_slope(node, index)
                if found is not None:
                    yield found


def find_wrong_sum(root: V, before: Mapping[V, float], relative: float = 0.0) -> Sum | None:
    """The first node from the root whose gradient is not the sum of what its users send; `before` is what it held.

    `relative` is how far the slopes may be off by which the gradients were computed.
    """
    order = topological_order(root)
    sent: dict[V, list[tuple[V, float]]] = {node: [] for node in order}
    for node in order:
        for parent, slope in zip(node.parents, node.slopes):
            if slope is not None:
                sent[parent].append((node, slope))
    for node in reversed(order):
        if node is root:
            continue
        complete = math.fsum([slope * user.grad for user, slope in sent[node]] + [before.get(node, 0.0)])
        size = math.fsum(abs(slope * user.grad) for user, slope in sent[node])
        tolerance = max(8 * len(order) * math.ulp(size), relative * size)
        if math.isfinite(complete) and abs(node.grad - complete) > tolerance:
            return _explain(Sum(node, complete), sent)
    return None


def _explain(found: Sum, sent: Mapping[V, list[tuple[V, float]]]) -> Sum:
    """With the user that was read early, if one of its partial sums explains the wrong gradient."""
    missing = found.complete - found.node.grad
    for user in dict.fromkeys(user for user, _ in sent[found.node]):
        slope = math.fsum(slope for each, slope in sent[found.node] if each is user)
        for _, early in _partial(sent[user]):
            if slope and early != user.grad and math.isclose(slope * (user.grad - early), missing, rel_tol=1e-9):
                return found._replace(user=user, early=early)
    return found


def _partial(contributions: Sequence[tuple[V, float]]) -> Iterator[tuple[int, float]]:
    """What a gradient can be before its sum is complete: the sums of the first few, and of the last few."""
    amounts = [slope * user.grad for user, slope in contributions]
    for count in range(len(amounts)):
        yield count, math.fsum(amounts[:count])
        yield count, math.fsum(amounts[len(amounts) - count :])
