"""What a model should give: the labels of each of its outputs, and the weights of the rows, side by side in one table.

A training step knows one array of labels, so the labels of several outputs, and weights, travel in the same row.

>>> both = Targets([np.array([1.0, 0.0]), np.array([[0.5, 2.0], [1.5, 4.0]])], [1, 2], [None, np.array([1.0, 3.0])])
>>> both.table.tolist()
[[1.0, 0.5, 2.0, 1.0], [0.0, 1.5, 4.0, 3.0]]
>>> [part.labels_of(both.table).tolist() for part in both.parts]
[[1.0, 0.0], [[0.5, 2.0], [1.5, 4.0]]]
"""

from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any, NamedTuple

import numpy as np

from ...reductions import total
from ...value import Value
from ..layers.neurons import one_or_list
from ..measures.loss import LossFunction, is_own, weighted_mean
from ..losses import name_of
from ..layers.rows import entries, list_rows
from ..layers.tables import Array


def as_trained(losses: Iterable[LossFunction | None], outputs: Array) -> list[Any]:
    """The outputs for rows as training gives them: one is bare; numbers are Values where a loss is the user's own."""
    own = any(loss is not None and is_own(loss) for loss in losses)
    return [one_or_list([Value(x) for x in row] if own else row) for row in outputs.tolist()]


class Part(NamedTuple):
    """Where one output stands: its labels and its weight in the table, its numbers among the model's."""

    labels: slice
    flat: bool  # one bare number for each row
    weight: int | None
    outputs: slice

    def labels_of(self, table: Array) -> Array:
        """The labels of rows of the table, as they were given."""
        labels = table.reshape(len(table), -1)[:, self.labels]
        return labels[:, 0] if self.flat else labels

    def weights_of(self, table: Array) -> Array | None:
        """The weights of rows of the table, or None where all count the same."""
        return None if self.weight is None else table[:, self.weight]

    def loss_of(self, loss: LossFunction, y_true: Sequence[Any], y_pred: Sequence[Any]) -> Value:
        """A loss of this output alone, of rows of the table and of all outputs: the mean of weight times loss."""
        labels = [row[self.labels][0] if self.flat else row[self.labels] for row in y_true]
        predictions = [one_or_list(row[self.outputs]) for row in y_pred]
        if self.weight is None:
            return loss(labels, predictions)
        return weighted_mean(loss, labels, predictions, [row[self.weight] for row in y_true])


class Targets:
    """The labels of each output, of as many numbers, and for each the weights of the rows, or None."""

    def __init__(self, labels: Sequence[Array], sizes: Sequence[int], weights: Sequence[Array | None]) -> None:
        found, self.parts = [array.reshape(len(array), -1) for array in labels], list[Part]()
        start, place, at = 0, sum(array.shape[1] for array in found), 0
        for array, table, size, weight in zip(labels, found, sizes, weights, strict=True):
            own = slice(start, start + table.shape[1])
            self.parts.append(Part(own, array.ndim == 1, None if weight is None else place, slice(at, at + size)))
            start, place, at = own.stop, place + (weight is not None), at + size
        self.alone = len(labels) == 1 and weights[0] is None  # then the labels travel as they are
        self.table = labels[0] if self.alone else np.column_stack([*found, *(w for w in weights if w is not None)])

    def labels(self) -> Array:
        """The labels without weights; those of several outputs side by side."""
        if len(self.parts) > 1:
            return self.table[:, : self.parts[-1].labels.stop]
        return self.parts[0].labels_of(self.table)

    def at(self, rows: slice) -> "Targets":
        """The same of some of the rows."""
        found = copy(self)
        found.table = self.table[rows]
        return found

    def join(self, losses: Sequence[LossFunction | None], factors: Sequence[float]) -> LossFunction:
        """The loss of rows of the table: the sum over the outputs of factor times loss."""
        terms = [(part, loss, factor) for part, loss, factor in zip(self.parts, losses, factors) if loss is not None]
        if self.alone and factors[0] == 1:
            return terms[0][1]

        def of_rows(y_true: Any, y_pred: Any) -> Value:
            ts = [entries(row) for row in list_rows(name, "y_true", y_true)]
            ps = [entries(row) for row in list_rows(name, "y_pred", y_pred)]
            return total([factor * part.loss_of(loss, ts, ps) for part, loss, factor in terms])

        name = of_rows.__name__ = " and ".join(name_of(loss) for _, loss, _ in terms)
        return of_rows


class Rows(NamedTuple):
    """Rows of inputs as a table, and what the model should give for them."""

    x: Array
    targets: Targets

    def split(self, kept: int) -> tuple["Rows", "Rows"]:
        """The first rows, and the rest."""
        first, rest = (Rows(self.x[part], self.targets.at(part)) for part in (slice(kept), slice(kept, None)))
        return first, rest
