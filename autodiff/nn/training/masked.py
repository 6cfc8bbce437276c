"""A model of one flat row, whatever it has several of: what a step records, and what becomes of Dropout in it."""

from typing import Any

import numpy as np

from ...value import Value
from ..layers.block import Block
from ..layers.dense import Dropout
from ..layers.module import Module
from .batches import table


class Masked(Module):
    """A model whose rows carry what Dropout multiplies by after the inputs, so that a recording holds for every row."""

    def __init__(self, model: Module, dropouts: list[Dropout]) -> None:
        self.model, self.dropouts = model, dropouts
        self.calls = dict[tuple[bool, ...], list[int]]()  # how often a row passes each, by which of them are training

    def __call__(self, row: list[Value]) -> Any:
        calls = self.calls.get(self._mode(), [0] * len(self.dropouts))
        sizes = [int(np.prod(dropout.input_shape or ())) for dropout in self.dropouts]
        width = start = len(row) - sum(size * count for size, count in zip(sizes, calls))
        for dropout, size, count in zip(self.dropouts, sizes, calls):
            dropout.masks = [row[start + i * size : start + (i + 1) * size] for i in range(count)]
            start += size * count
        try:
            return self._plain(row[:width])
        finally:
            for dropout in self.dropouts:
                dropout.masks = None

    def with_masks(self, X: Any) -> Any:
        """Rows of inputs with what each Dropout that is training multiplies them by."""
        if not any(mode := self._mode()):
            return X
        X = table("X", X)
        if mode not in self.calls:
            self.calls[mode] = self._count_calls(X[0].tolist())
        calls = self.calls[mode]
        return np.hstack([X, [[number for dropout, count in zip(self.dropouts, calls) for _ in range(count)
                               for number in dropout.draw()] for _ in X]])  # fmt: skip

    def _count_calls(self, row: list[float]) -> list[int]:
        """How often a row passes each Dropout; what they draw stays as it was."""
        before = [dropout.drawn for dropout in self.dropouts]
        self._plain(row)
        after = [dropout.drawn for dropout in self.dropouts]
        for dropout, drawn in zip(self.dropouts, before):
            dropout.drawn = drawn
        return [now - then for now, then in zip(after, before)]

    def _plain(self, row: list[Any]) -> Any:
        return self.model.row(row) if isinstance(self.model, Block) else self.model(row)

    def _mode(self) -> tuple[bool, ...]:
        return tuple(dropout.training for dropout in self.dropouts)
