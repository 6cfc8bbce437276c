"""The numbers that an initializer gives to a layer, checked, whichever of two kinds of function it is.

    (inputs, outputs, rng)    gives one number, as those of `nn.initializers` do
    (shape) or (shape, dtype) gives an array of that shape, as Keras has it

>>> first = FirstNumbers(lambda shape, dtype=None: [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], (3, 2))
>>> first.at((2, 1), 3, 2, random.Random(1))
6.0
"""

import random
from typing import Any

from ...errors import ArgumentError, AutodiffError, OperandError, shown
from .. import initializers as initial
from ..keywords import takes


class FirstNumbers:
    """The numbers of an array of weights of that shape, from the initializer of a user's own or of the library."""

    def __init__(self, initializer: Any, shape: tuple[int, ...]) -> None:
        self.initializer, self.what = initializer, f"initializer {initial.name_of(initializer)}"
        self.array: Any = None
        if not takes(initializer, 3):
            self.array = self.of_shape(shape)

    @classmethod
    def of(cls, initializer: Any, shape: tuple[int, ...]) -> "FirstNumbers | None":
        """The same, or None where no initializer is given: what suits the activation stays."""
        return None if initializer is None else cls(initializer, shape)

    def at(self, place: tuple[int, ...], inputs: int, outputs: int, rng: random.Random) -> float:
        """The number at that place of the array."""
        found = self.call(inputs, outputs, rng) if self.array is None else self.array[place]
        return initial.real(found, self.what)

    def of_shape(self, shape: tuple[int, ...]) -> Any:
        """The array that the function gives for a shape."""
        import numpy as np

        found = self.call(shape) if takes(self.initializer, 1) else self.call(shape, "float64")
        try:
            array = np.asarray(found)
        except ValueError:
            array = np.array(None)
        if array.dtype.kind not in "biuf" or array.shape != shape:
            got = f"an array of shape {array.shape}" if array.shape != shape and array.shape else shown(found)
            raise ArgumentError(f"{self.what}: expected an array of numbers of shape {shape}, got {got}")
        return array

    def call(self, *arguments: Any) -> Any:
        """What the function gives, or a sentence about what it was called with."""
        try:
            return self.initializer(*arguments)
        except (TypeError, ValueError, AttributeError) as error:
            if isinstance(error, AutodiffError):
                raise
            called = "(shape)" if len(arguments) < 3 else "(inputs, outputs, rng), since it takes three arguments"
            raise OperandError(f"{self.what}: expected {initial.EXPECTED}, got one that failed with "
                               f"{type(error).__name__}, called with {called}: {error}") from error  # fmt: skip
