"""The numbers of many Values as one array, and back: at once where the engine is in C.

>>> values = [Value(1.0), Value(2.0)]
>>> vector = Vector(values)
>>> vector.write(2 * vector.read())
>>> [value.data for value in values]
[2.0, 4.0]
"""

import numpy as np

from ... import native
from ...compiled.batch import TURN
from ...hooks import watchers
from ...value import Value
from ..layers.tables import Array


class Vector:
    """Values whose numbers are read and written together; what they are is remembered while nobody writes a Value."""

    def __init__(self, values: list[Value]) -> None:
        self.values = values
        self.known, self.writes = np.empty(0), -1

    def read(self) -> Array:
        """The numbers, as an array of its own; none that another thread has set for a while."""
        with TURN:
            return self._read()

    def _read(self) -> Array:
        if native.module is None or watchers or self.writes != native.module.writes():
            self.known = np.empty(len(self.values))
            if native.module is None or not native.module.read(self.values, self.known):
                self.known[:] = [value.data for value in self.values]
            self.remember()
        return self.known.copy()

    def write(self, numbers: Array) -> None:
        """Set each Value to its number."""
        with TURN:
            if native.module is None or not native.module.write(self.values, numbers):
                for value, number in zip(self.values, numbers.tolist(), strict=True):
                    value.data = number
            self.known = numbers.copy()
            self.remember()

    def remember(self) -> None:
        """Take note that the Values have the known numbers."""
        self.writes = -1 if native.module is None else native.module.writes()


def same(xs: Array, ys: Array) -> bool:
    """Whether all numbers are equal, a nan being equal to a nan."""
    return bool((xs == ys).all()) or np.array_equal(xs, ys, equal_nan=True)
