"""The numbers that an initializer gives to a layer, checked, whichever of two kinds of function it is.

    (inputs, outputs, rng)    gives one number, as those of `nn.initializers` do
    (shape) or (shape, dtype) gives an array of that shape, as Keras has it

>>> make = lambda shape, dtype=None: [[1.0, 2.0], [3.0, 4.0]]
>>> first = first_numbers("Dense(2)", make, (2, 2), (2, 2), random.Random(1))
>>> first(1, 0)
3.0
"""

import math
import random
from collections.abc import Callable
from typing import Any

from ...errors import ArgumentError, AutodiffError, OperandError, shown
from .. import checks, initializers as initial
from ..keywords import takes


def first_numbers(layer: str, initializer: Any, shape: tuple[int, ...], sizes: tuple[int, int],
                  rng: random.Random) -> Callable[..., float] | None:  # fmt: skip
    """A function of the place in an array of weights of that shape, which gives the number there.

    None where no initializer is given: what suits the activation stays. `sizes` are the layer's inputs and outputs.
    """
    if initializer is None:
        return None
    what = f"{layer}: initializer {initial.name_of(initializer)}"
    if takes(initializer, 3):
        return lambda *place: finite(call(initializer, what, *sizes, rng), what)
    array = array_of(initializer, what, shape)
    return lambda *place: finite(array[place], what)


def finite(x: Any, what: str) -> float:
    """A first weight, which is neither nan nor inf: from such a number nothing could be learned."""
    weight = checks.real(x, what)
    if not math.isfinite(weight):
        raise ArgumentError(f"{what}: expected finite numbers, got {weight}")
    return weight


def array_of(initializer: Any, what: str, shape: tuple[int, ...]) -> Any:
    """The array that the function gives for a shape."""
    import numpy as np

    found = call(initializer, what, *(shape,) if takes(initializer, 1) else (shape, "float64"))
    try:
        array = np.asarray(found)
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in "biuf" or array.shape != shape:
        got = f"an array of shape {array.shape}" if array.shape != shape and array.shape else shown(found)
        raise ArgumentError(f"{what}: expected an array of numbers of shape {shape}, got {got}")
    return array


def call(initializer: Any, what: str, *arguments: Any) -> Any:
    """What the function gives, or a sentence about what it was called with."""
    try:
        return initializer(*arguments)
    except (TypeError, ValueError, AttributeError) as error:
        if isinstance(error, AutodiffError):
            raise
        called = "(shape)" if len(arguments) < 3 else "(inputs, outputs, rng), since it takes three arguments"
        raise OperandError(f"{what}: expected {initial.EXPECTED}, got one that failed with "
                           f"{type(error).__name__}, called with {called}: {error}") from error  # fmt: skip
