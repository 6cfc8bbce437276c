"""A part of a graph: what a node is made from and what is made from it, or what lies near the outputs.

>>> from autodiff import Value
>>> from autodiff.graph import topological_order
>>> x = Value(1.0)
>>> y = x.exp().exp().exp().exp()
>>> len(around(topological_order(y), y.parents[0], 1)), len(near([y], 2))
(3, 3)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ...value import Value
from .picture import Edge, Node, Path


def around(order: Sequence[Value], focus: Value, radius: int) -> set[Value]:
    """The nodes at most `radius` edges before or after one node.

    No way turns round: a parameter that everything uses would otherwise bring everything along. There is one pass over
    the graph per step forward, which is slower than a table of users, and spares its memory.
    """
    found = near([focus], radius)
    border = {focus}
    for _ in range(min(radius, len(order))):  # no way is longer than the graph
        border = {v for v in order if not border.isdisjoint(v.parents)}
        if not border:
            break
        found |= border
    return found


def near(roots: Sequence[Value], depth: int) -> set[Value]:
    """The nodes at most `depth` edges before one of the roots."""
    found, border = set(roots), set(roots)
    while border and depth > 0:
        border = {parent for v in border for parent in v.parents} - found
        found |= border
        depth -= 1
    return found


def stubs(
    order: Sequence[Value], keys: Mapping[Value, str], hidden: Collection[Value], nodes: Sequence[Node]
) -> tuple[list[Node], list[Edge]]:
    """What a part of a graph leaves out: "… 3 more" before and after what stands in each outermost frame."""
    path_of = {node.key: node.path[:1] for node in nodes}
    left_out: dict[tuple[str, Path], dict[Value, None]] = {}
    ends: dict[tuple[str, Path], dict[str, None]] = {}
    for v in order:
        for parent in v.parents:
            source, target = keys.get(parent), keys.get(v)
            if (source is None) == (target is None) or parent in hidden:
                continue
            key, side, other = (target, "b", parent) if source is None else (source, "a", v)
            place = side, path_of[str(key)]
            left_out.setdefault(place, {})[other] = None
            ends.setdefault(place, {})[str(key)] = None
    rest, edges = [], []
    for (side, path), others in left_out.items():
        borders = list(ends[side, path])
        stub = f"{borders[0]}{side}"
        rest.append(Node(stub, "more", f"… {len(others):,} more"))
        edges += [Edge(*((stub, key) if side == "b" else (key, stub))) for key in borders]
    return rest, edges
