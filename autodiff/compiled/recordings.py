"""The ways through a function that have been recorded: one for each outcome of the comparisons that steer it.

A call runs the way whose comparisons come out as they did when it was recorded; where there is none, it is recorded. In
a batch, each row goes its own way.

>>> from autodiff.compiled.record.call import Layout, call_of
>>> ways = Ways("f", lambda x: x * 2 if x > 0 else -x)
>>> [ways.run(call_of("f", Layout(("x",)), [x]), "value")[0] for x in (3.0, -3.0)]
[[6.0], [3.0]]
>>> ways.run(call_of("f", Layout(("x",)), [np.array([3.0, -3.0, 1.0])]), "value")[0]
[array([6., 3., 2.])]
"""

from collections.abc import Callable, Iterable
from itertools import count
from threading import RLock
from typing import Any

import numpy as np

from ..errors import ArgumentError
from .record.call import Call, Signature
from .ir.program import Program
from .variant import Variant, chosen

MOST_WAYS = 64


class Ways:
    """What has been recorded of a function of Values."""

    def __init__(self, name: str, function: Callable[..., Any], target: str | None = None) -> None:
        self.name, self.function, self.target = name, function, target
        self.latest: Variant | None = None
        self._once: list[Variant] = []
        self._known: dict[Signature, tuple[Variant, ...]] = {}
        self._lock = RLock()

    def run(self, call: Call, what: str) -> tuple[list[Any], Variant]:
        """The results of the "value", or the "value_and_grad", and the way that they, or some of them, came by."""
        known = self._known.get(call.signature)
        variant = known[-1] if known else self.way(call, 0)[0]
        results, held = variant.run(what, call.data, call.rows)
        if held is True or all_of(held):
            return results, variant
        return self._elsewhere(call, what) if call.rows is None else self._row_by_row(call, what)

    def way(self, call: Call, tried: int) -> tuple[Variant, bool]:
        """A way that has not been tried: a known one, or one recorded for the first row of the call, and whether so.

        A comparison may come out otherwise on arrays, which add in another order, than it did on the row's numbers.
        The recording decides; but such a way serves this once, and is not kept.
        """
        with self._lock:
            known = self._known.get(call.signature, ())
            if tried < len(known):
                return known[tried], False
            check_number(self.name, (*known, *self._once))
            variant = self.latest = chosen(self.name, self.function, call.signature, call.row(0), self.target)
            first = call if call.rows is None else call.part(np.array([0]))
            if not variant.guards or all_of(variant.run("value", first.data, first.rows)[1]):
                self._known[call.signature] = (*known, variant)
            else:
                self._once.append(variant)
            return variant, True

    def _elsewhere(self, call: Call, what: str) -> tuple[list[Any], Variant]:
        """The results of a call that is no batch, by whichever way fits."""
        for tried in count():
            variant, recorded = self.way(call, tried)
            results, held = variant.run(what, call.data, call.rows)
            if recorded or all_of(held):
                break
        return results, variant

    def _row_by_row(self, call: Call, what: str) -> tuple[list[Any], Variant]:
        """The results of a batch, each row by its own way."""
        waiting, parts, shapes = np.arange(call.rows or 0), [], set()
        for tried in count():
            part = call.part(waiting)
            variant, recorded = self.way(part, tried)
            held = np.broadcast_to(np.asarray(variant.run("value", part.data, part.rows)[1]), waiting.shape).copy()
            held[0] |= recorded
            if held.any():
                results, _ = variant.run(what, part.part(np.flatnonzero(held)).data, int(held.sum()))
                parts.append((waiting[held], results))
                shapes.add(variant.shape)
            waiting = waiting[~held]
            if not len(waiting):
                break
        if len(shapes) > 1:
            raise ArgumentError(f"{self.name}: expected a result of one structure in all rows, got {len(shapes)}: "
                                "run the rows of each apart")  # fmt: skip
        like = variant.space.like(call.data)
        return [variant.space.array(x, like) if np.ndim(x) else x for x in call.joined(parts)], variant


def all_of(held: Any) -> bool:
    """Whether a condition holds for all rows; NumPy would hand an array of another kind back to its maker."""
    return bool(np.all(np.asarray(held)))


def check_number(name: str, ways: Iterable[Variant | Program]) -> None:
    """An error where so many ways are known that one more is no help."""
    ways = list(ways)
    if len(ways) >= MOST_WAYS:
        lines = sorted({place for way in ways for *_, place in way.guards})
        raise ArgumentError(f"{name}: expected at most {MOST_WAYS} specializations, one for each outcome of its "
                            f"comparisons, got more, at {'; '.join(lines[:3])}: "
                            "select with autodiff.where(x > 0, …) in place of if, and use "
                            "Values in place of their .data")  # fmt: skip
