"""Which steps change a node, found without a walk through all steps.

>>> changes = Changes([0, 1, 1, 0, 1], count=2)
>>> changes.last(1), changes.last(1, 3), changes.last(0, 2), changes.last(1, 0)
(4, 2, 0, -1)
"""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate


class Changes:
    """The steps of each node in order, one node after the other in one flat array; `first` says where each begins."""

    def __init__(self, targets: Sequence[int], count: int) -> None:
        sizes = array("q", bytes(8 * (count + 1)))
        for node in targets:
            sizes[node + 1] += 1
        self.first = array("q", accumulate(sizes))
        self.steps, free = array("q", bytes(8 * len(targets))), self.first[:]
        for step, node in enumerate(targets):
            self.steps[free[node]] = step
            free[node] += 1

    def last(self, node: int, until: int | None = None) -> int:
        """The last step that changes a node, at most `until`; -1 where there is none."""
        begin, end = self.first[node], self.first[node + 1]
        place = end if until is None else bisect_right(self.steps, until, begin, end)
        return self.steps[place - 1] if place > begin else -1
