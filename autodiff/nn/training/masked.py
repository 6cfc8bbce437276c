"""A model of one flat row, whatever it has several of: what a step records, and what becomes of Dropout in it."""

from typing import Any

import numpy as np

from ...value import Value
from ..layers.block import Block
from ..layers.dense import Dropout
from ..layers.module import Module


class Masked(Module):
    """A model whose rows carry what Dropout multiplies by after the inputs, so that a recording holds for every row."""

    def __init__(self, model: Block, dropouts: list[Dropout]) -> None:
        self.model, self.dropouts = model, dropouts

    def __call__(self, row: list[Value]) -> Any:
        width = len(row) - sum(self._sizes())
        start = width
        for dropout, size in zip(self.dropouts, self._sizes()):
            dropout.masks = row[start : start + size]
            start += size
        try:
            return self.model.row(row[:width])
        finally:
            for dropout in self.dropouts:
                dropout.masks = None

    def _sizes(self) -> list[int]:
        return [int(np.prod(dropout.input_shape or ())) for dropout in self.dropouts]
