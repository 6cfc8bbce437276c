"""Orders of the passes: layer by layer forward; backward the right one, and two that are often written instead.

    topological     a node sends only after everything that uses it has sent: its gradient is then complete
    depth-first     each contribution is passed on at once, by recursion: right on trees; a shared node passes on a part
                    of its sum, and later, with the whole sum, passes that part on again
    breadth-first   nodes send in the order of their distance from the root: a node near the root may still be waiting
                    for a contribution that comes the long way round

The smallest program that breaks depth-first is `b = a + a; c = b + b`. Breadth-first gets that one right, because both
contributions to b come from the same node, and breaks on `b = a + a; c = b * 3; d = b + c`.

>>> from autodiff import Value
>>> from autodiff.stepping import snapshot
>>> a = Value(3.0); b = a + a; c = b + b
>>> nodes = snapshot(c).nodes
>>> [len(list(follow(nodes, bytearray([1, 1, 1])))) for follow in ORDERS.values()]
[4, 6, 4]
>>> [node.number for node in layer_by_layer(nodes)]
[0, 1, 2]
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from ..errors import ArgumentError
from .snapshot import Node

MOST = 1_000_000  # edges: without a sort there are as many to follow as paths, which double with each shared node

Edges = Iterator[tuple[int, int]]  # (node, which operand of it), in the order in which the edges are followed


def layer_by_layer(nodes: Sequence[Node]) -> list[Node]:
    """The order of the forward pass, from left to right in a drawing: an input stands right before its first use.

    Within a layer, inputs come first, and of these the ones that most operations share: the data before the weights.
    """
    layer, first, uses = [0] * len(nodes), [len(nodes)] * len(nodes), [0] * len(nodes)
    for node in nodes:
        here = layer[node.number] = 1 + max([layer[p] for p in node.parents], default=-1)
        for parent in node.parents:
            first[parent] = min(first[parent], here)
            uses[parent] += 1
    places = [(layer[i], 0) if node.parents else (first[i] - 1, -uses[i]) for i, node in enumerate(nodes)]
    return sorted(nodes, key=lambda node: places[node.number])


def topological(nodes: Sequence[Node], live: bytearray) -> Edges:
    """The order of `Value.backward`: from the root back, each node once."""
    for node in reversed(nodes):
        if live[node.number]:
            for operand in range(len(node.parents)):
                yield node.number, operand


def depth_first(nodes: Sequence[Node], live: bytearray) -> Edges:
    """Each edge, and then at once everything behind it, as often as an edge leads there."""
    path = [(nodes[-1], iter(range(len(nodes[-1].parents))))]
    followed = 0
    while path:
        node, operands = path[-1]
        operand = next(operands, None)
        if operand is None:
            path.pop()
            continue
        yield node.number, operand
        followed += 1
        if followed > MOST:
            raise ArgumentError(
                f"depth-first order follows more than {MOST:,} edges here: every path; try a smaller graph"
            )
        if node.slopes[operand] is not None:
            parent = nodes[node.parents[operand]]
            path.append((parent, iter(range(len(parent.parents)))))


def breadth_first(nodes: Sequence[Node], live: bytearray) -> Edges:
    """The edges of each node when the node is first met, those near the root first."""
    seen, queue = {len(nodes) - 1}, deque([nodes[-1]])
    while queue:
        node = queue.popleft()
        for operand, (parent, slope) in enumerate(zip(node.parents, node.slopes, strict=True)):
            yield node.number, operand
            if slope is not None and parent not in seen:
                seen.add(parent)
                queue.append(nodes[parent])


ORDERS: dict[str, Callable[[Sequence[Node], bytearray], Edges]] = {
    "topological": topological,
    "depth-first": depth_first,
    "breadth-first": breadth_first,
}
