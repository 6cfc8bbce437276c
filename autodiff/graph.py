"""Orders and walks over anything whose nodes have `.parents`; knows nothing of numbers.

All walks are iterative, so a chain of a million nodes needs no recursion limit, and deterministic: they follow the
parents from the first to the last, never the order of a set.

>>> from autodiff import Value
>>> a = Value(1.0, name="a")
>>> [node.name or node.op for node in topological_order((a + a) * a)]
['a', 'add', 'mul']
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from .errors import OperandError, shown


class Node(Protocol):
    """What a walk asks of a node."""

    @property
    def parents(self) -> Sequence[Any]: ...


N = TypeVar("N", bound=Node)


# Kinds of nodes that find their order themselves: the engine in C puts its Value here.
ORDERS: dict[type, Callable[..., list[Any]]] = {}


def topological_order(*roots: N) -> list[N]:
    """Every node that the roots depend on, and the roots, each once and after all of its parents.

    A node is pushed before its parents. When it comes up again, under the mark None, all of them have been placed.
    """
    kinds = set(map(type, roots))
    if len(kinds) == 1 and not kinds.isdisjoint(ORDERS):
        return ORDERS[kinds.pop()](*roots)
    order: list[N] = []
    seen: set[N] = set()
    path: list[N] = []
    stack: list[N | None] = list(roots[::-1])
    while stack:
        node = stack.pop()
        if node is None:
            order.append(path.pop())
        elif node not in seen:
            seen.add(node)
            if node.parents:
                path.append(node)
                stack.append(None)
                stack.extend(node.parents[::-1])  # so that the first parent comes up first
            else:
                order.append(node)
    return order


def leaves(root: N) -> list[N]:
    """The nodes without parents that `root` depends on, in order of first use."""
    if not isinstance(getattr(root, "parents", None), Sequence):
        raise OperandError(f"leaves: expected a Value, or anything with parents, got {shown(root)}")
    return [node for node in topological_order(root) if not node.parents]


def edges(order: Sequence[N]) -> Iterator[tuple[N, N, int]]:
    """Each edge of an ordered graph as (parent, node, which operand of the node): `a + a` has two."""
    for node in order:
        for index, parent in enumerate(node.parents):
            yield parent, node, index


def users(order: Sequence[N]) -> dict[N, int]:
    """How many edges leave each node of an ordered graph: of how many contributions its gradient is the sum."""
    counts = dict.fromkeys(order, 0)
    for parent, _, _ in edges(order):
        counts[parent] += 1
    return counts
