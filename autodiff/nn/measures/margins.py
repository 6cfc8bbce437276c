"""Losses that ask for a margin: an output on the right side costs nothing once it is there by 1.

    hinge               max(1 - t p, 0), for labels t of -1 and 1
    squared_hinge       the square of it
    categorical_hinge   max(1 + the largest output of another class - that of the row's class, 0), for one-hot labels

>>> squared_hinge([-1, 1], [-2.0, 0.5]).data
0.125
"""

from functools import reduce

from ...errors import ArgumentError, shown
from ...functions import maximum, relu
from ...reductions import dot
from ...value import Value
from ..layers.rows import Pair, Rows, datum, mean, pair_with_places
from .crossentropy import pair_classes


def hinge(y_true: Rows, y_pred: Rows) -> Value:
    """The mean of max(1 - t p, 0), for labels t of -1 and 1: no loss for predictions on the right side by 1 or more.

    >>> hinge([-1, 1], [-2.0, 0.5]).data
    0.25
    """
    return mean([relu(1 - t * p) for t, p in _check_signs("hinge", y_true, y_pred)])


def squared_hinge(y_true: Rows, y_pred: Rows) -> Value:
    """The mean of max(1 - t p, 0) squared, for labels t of -1 and 1: smooth, and hard on outputs far on the wrong side.

    >>> squared_hinge([1], [-1.0]).data
    4.0
    """
    return mean([relu(1 - t * p) ** 2 for t, p in _check_signs("squared_hinge", y_true, y_pred)])


def categorical_hinge(y_true: Rows, y_pred: Rows) -> Value:
    """The mean over rows of max(1 + n - p, 0): p is the output of the row's class, n the largest of 0 and the others.

    >>> categorical_hinge([[0, 1, 0]], [[0.5, 1.0, 0.25]]).data
    0.5
    """
    rows = pair_classes("categorical_hinge", y_true, y_pred)
    worst = [reduce(maximum, [(1 - t) * p for t, p in zip(ts, ps)]) for ts, ps in rows]
    return mean([relu(1 + other - dot(ts, ps)) for other, (ts, ps) in zip(worst, rows)])


def _check_signs(name: str, y_true: Rows, y_pred: Rows) -> list[Pair]:
    """Labels of -1 and 1, checked, with their predictions."""
    found = pair_with_places(name, y_true, y_pred)
    for place, t, _ in found:
        if datum(t, name) not in (-1, 1):
            advice = "; for labels 0 and 1 write 2 * y - 1" if datum(t, name) == 0 else ""
            raise ArgumentError(f"{name}: row {place} of y_true: expected a label of -1 or 1, got {shown(t)}{advice}")
    return [(t, p) for _, t, p in found]
