"""A part of a graph: what a node is made from and what is made from it, or what lies near the outputs.

>>> from autodiff import Value
>>> from autodiff.graph import topological_order
>>> x = Value(1.0)
>>> y = x.exp().exp().exp().exp()
>>> len(around(topological_order(y), y.parents[0], 1)), len(near([y], 2))
(3, 3)
"""

from __future__ import annotations

from collections.abc import Sequence

from ..value import Value


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
