"""The weights of a model as arrays, in the shapes that Keras and torch have them: kernels (inputs, units) and biases.

>>> from autodiff import nn
>>> model = nn.Sequential([nn.Input(2), nn.Dense(3, "relu"), nn.Dense(1)], seed=1)
>>> [array.shape for array in model.get_weights()]
[(2, 3), (3,), (3, 1), (1,)]
>>> model.set_weights([array * 0 for array in model.get_weights()])
>>> model([1.0, 2.0]).data
0.0
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...errors import ArgumentError, OperandError, shown
from ...value import Value
from .module import Module
from .neurons import Neuron

if TYPE_CHECKING:
    from .tables import Array

Grid = list[list[Value]]  # a kernel: a row of Values for each input; a bias is a grid of one row


def grids(model: Module) -> list[tuple[Grid, int]]:
    """Every array of weights as a grid of Values, with its number of axes; a single parameter is an array of one."""
    found: list[tuple[Grid, int]] = []
    seen: set[int] = set()
    for module in model.modules():
        neurons = [neuron for neuron in vars(module).get("neurons", ()) if isinstance(neuron, Neuron)]
        if neurons and id(neurons[0]) not in seen:
            found.append(([list(row) for row in zip(*(neuron.w for neuron in neurons))], 2))
            biases = [neuron.b for neuron in neurons if neuron.b is not None]
            found += [([biases], 1)] if biases else []
            seen.update(map(id, neurons))
    inside = {id(value) for grid, _ in found for row in grid for value in row}
    return found + [([[value]], 1) for value in model.parameters() if id(value) not in inside]


def groups(model: Module, parameters: Sequence[Value]) -> list[list[int]]:
    """The places, among these parameters, of the numbers of each array of weights."""
    places = {id(value): place for place, value in enumerate(parameters)}
    every = [[places[id(value)] for row in grid for value in row if id(value) in places] for grid, _ in grids(model)]
    return [group for group in every if group]


def get_weights(model: Module) -> list[Array]:
    """A copy of every array of weights, layer by layer, the kernel before the biases."""
    import numpy as np

    found = [(np.array([[value.data for value in row] for row in grid]), axes) for grid, axes in grids(model)]
    return [array if axes == 2 else array[0] for array, axes in found]


def set_weights(model: Module, arrays: Sequence[Any]) -> None:
    """Set every array of weights, all of them or, where a shape does not fit, none."""
    import numpy as np

    expected = get_weights(model)
    if isinstance(arrays, (str, Value)) or not hasattr(arrays, "__len__") or len(arrays) != len(expected):
        shapes = [array.shape for array in expected]
        raise ArgumentError(f"set_weights: expected {len(expected)} arrays of the shapes {shapes}, got {shown(arrays)}")
    given = []
    for place, (array, like) in enumerate(zip(arrays, expected)):
        try:
            if np.iscomplexobj(array):
                raise TypeError("complex")
            given.append(np.asarray(array, dtype=np.float64))
        except (TypeError, ValueError):
            raise OperandError(f"set_weights: array {place}: expected real numbers, got {shown(array)}") from None
        if given[-1].shape != like.shape:
            raise ArgumentError(f"set_weights: array {place}: expected the shape {like.shape}, got {given[-1].shape}")
    for (grid, _), array in zip(grids(model), given):
        for row, numbers in zip(grid, np.atleast_2d(array).tolist(), strict=True):
            for value, number in zip(row, numbers, strict=True):
                value.data = number
