"""Orders in which edges lead on, also of what is grouped: for drawing frames one after the other.

>>> topological(["c", "a", "b"], [("a", "b"), ("b", "c")])
['a', 'b', 'c']
>>> leads_on({"a": "one", "b": "two", "c": "one"}, [("a", "b"), ("b", "c")])
False
>>> runs(["a", "b", "c"], {"a": "one", "b": "", "c": "one"}, [("a", "b"), ("b", "c")])
{'a': 'run 1', 'b': 'run 2', 'c': 'run 3'}
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

Ends = tuple[str, str]
K = TypeVar("K", bound=Hashable)


def topological(keys: Sequence[str], edges: Sequence[Ends]) -> list[str]:
    """The keys so that edges lead on, as far as there is no cycle (boxes that hold many nodes may form one)."""
    after: dict[str, list[str]] = {key: [] for key in keys}
    for source, target in edges:
        after[source].append(target)
    order: list[str] = []
    seen: set[str] = set()
    for key in reversed(keys):
        stack: list[tuple[str, bool]] = [(key, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((other, False) for other in after[node])
    return order[::-1]


def leads_on(pieces: Mapping[K, Hashable], edges: Iterable[tuple[K, K]]) -> bool:
    """Whether the pieces form no cycle."""
    before: dict[Hashable, set[Hashable]] = {piece: set() for piece in pieces.values()}
    for source, target in edges:
        before[pieces[target]] |= {pieces[source]} - {pieces[target]}
    try:
        TopologicalSorter(before).prepare()
    except CycleError:
        return False
    return True


def runs(order: Sequence[str], name_of: Mapping[str, str], edges: Sequence[Ends]) -> dict[str, str]:
    """The piece of a frame that each node stands in: a run of an order that stays in each frame as long as it can."""
    waiting = dict.fromkeys(order, 0)
    after: dict[str, list[str]] = {key: [] for key in order}
    for source, target in edges:
        waiting[target] += 1
        after[source].append(target)
    ready = [key for key in order if not waiting[key]]
    current, run, found = "", 0, dict[str, str]()
    while ready:
        key = next((key for key in ready if name_of[key] == current and current), ready[0])
        ready.remove(key)
        if name_of[key] != current or not current:
            current, run = name_of[key], run + 1
        found[key] = f"run {run}"
        for target in after[key]:
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return found
