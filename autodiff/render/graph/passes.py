"""Gradients that one backward pass over a graph does not account for: said below its drawing.

>>> from autodiff import Value
>>> w = Value(2.0, name="w")
>>> y = w * 3.0
>>> y.backward(), notes([w, y], {y}, {})
(None, ())
>>> y.backward(), notes([w, y], {y}, {})[0]
(None, "The gradient of w holds more than this graph's last backward pass sent: another pass or graph added to it.")
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import isfinite

from ...value import Value
from .style import legible

CLOSE = 1e-6  # of the size of what was sent: less is rounding
MOST_NAMES = 3


def notes(order: Sequence[Value], reached: Collection[Value], names: Mapping[Value, str]) -> tuple[str, ...]:
    """What is to be said of the gradients of an ordered graph: nothing, where one backward pass left them, or none."""
    found = find_unaccounted(order) if any(v.parents for v in reached) else []
    if not found:
        return ()
    words = [legible(v.name or names.get(v) or "an input without a name") for v in found[:MOST_NAMES]]
    more = f" and {len(found) - MOST_NAMES:,} more" if len(found) > MOST_NAMES else ""
    gradient, hold, it = ("gradients", "hold", "them") if len(found) > 1 else ("gradient", "holds", "it")
    who = f"The {gradient} of {', '.join(words)}{more} {hold}"
    return (f"{who} more than this graph's last backward pass sent: another pass or graph added to {it}.",)


def find_unaccounted(order: Sequence[Value]) -> list[Value]:
    """The inputs whose gradient is not the sum of what the operations of this graph send with theirs."""
    sums, sizes = dict.fromkeys(order, 0.0), dict.fromkeys(order, 0.0)
    for v in order:
        for parent, slope in zip(v.parents, v.slopes):
            if slope is not None and not parent.parents:
                sums[parent] += slope * v.grad
                sizes[parent] += abs(slope * v.grad)
    inputs = [v for v in order if v.op == "input" and isfinite(v.grad) and isfinite(sums[v])]
    return [v for v in inputs if abs(v.grad - sums[v]) > CLOSE * max(sizes[v], abs(v.grad))]
