"""Metrics: how good predictions are in terms people use; observed only, never part of the gradient.

Each is `metric(y_true, y_pred)` over rows of numbers, and gives a float.

>>> binary_accuracy([1, 0, 1], [0.9, 0.2, 0.4])
0.6666666666666666
>>> find("accuracy", y_true=[2, 0], outputs=3).__name__
'sparse_categorical_accuracy'
"""

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import ArgumentError, OperandError, shown
from .registry import Registry
from .rows import Rows, datum, entries, listed, only_label, paired, pairs, require_number, require_rows

Metric = Callable[..., float]


def binary_accuracy(y_true: Rows, y_pred: Rows, threshold: float = 0.5) -> float:
    """The share of outputs on their label's side of the threshold; exactly on it counts as 0.

    >>> binary_accuracy([1, 0], [0.5, 0.5])
    0.5
    """
    found = pairs("binary_accuracy", y_true, y_pred)
    right = [(datum(p, "binary_accuracy") > threshold) == (datum(t, "binary_accuracy") > threshold) for t, p in found]
    return share(right)


def categorical_accuracy(y_true: Rows, y_pred: Rows) -> float:
    """The share of rows whose largest output is where the label's is; of equals the first counts.

    >>> categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]])
    0.5
    """
    rows = [tuple(zip(*row)) for row in paired("categorical_accuracy", y_true, y_pred)]
    return share([largest(ts) == largest(ps) for ts, ps in rows])


def sparse_categorical_accuracy(y_true: Rows, y_pred: Rows) -> float:
    """The share of rows whose largest output is at the label's number; of equals the first counts.

    >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.4, 0.6]])
    0.5
    """
    name = "sparse_categorical_accuracy"
    labels, rows = listed(name, "y_true", y_true), listed(name, "y_pred", y_pred)
    require_rows(name, labels, rows)
    return share([_class_number(name, place, t) == largest(_outputs(name, place, ps))
                  for place, (t, ps) in enumerate(zip(labels, rows))])  # fmt: skip


def mean_absolute_error(y_true: Rows, y_pred: Rows) -> float:
    """The mean distance between prediction and label.

    >>> mean_absolute_error([1.0, 2.0], [1.5, 2.0])
    0.25
    """
    name = "mean_absolute_error"
    found = pairs(name, y_true, y_pred)
    return sum(abs(datum(p, name) - datum(t, name)) for t, p in found) / len(found)


def mean_squared_error(y_true: Rows, y_pred: Rows) -> float:
    """The mean squared distance between prediction and label.

    >>> mean_squared_error([1.0, 2.0], [1.5, 2.0])
    0.125
    """
    name = "mean_squared_error"
    found = pairs(name, y_true, y_pred)
    return sum((datum(p, name) - datum(t, name)) ** 2 for t, p in found) / len(found)


METRICS: Registry[Metric] = Registry(
    "a metric",
    {metric.__name__: metric for metric in (
        binary_accuracy, categorical_accuracy, sparse_categorical_accuracy, mean_absolute_error, mean_squared_error,
    )} | {"accuracy": binary_accuracy},  # which of the three accuracies it is depends on the labels: see `find`
    aliases={"acc": "accuracy", "mae": "mean_absolute_error", "mse": "mean_squared_error"},
)  # fmt: skip


def find(metric: str | Metric, y_true: Sequence[Any], outputs: int) -> Metric:
    """The metric of that name; "accuracy" is the one that suits the labels and the number of outputs."""
    if isinstance(metric, str):
        found = METRICS.find(metric)
        return accuracy_for(y_true, outputs) if full_name(metric) == "accuracy" else found
    if callable(metric):
        return metric
    raise OperandError(f"metric: expected a name or a function of (y_true, y_pred), got {shown(metric)}")


def full_name(metric: str | Metric) -> str:
    """The name that stands in a history."""
    if isinstance(metric, str):
        return METRICS.aliases.get(metric.lower(), metric.lower())
    return getattr(metric, "__name__", None) or type(metric).__name__


def accuracy_for(y_true: Sequence[Any], outputs: int) -> Metric:
    if outputs == 1:
        return binary_accuracy
    return sparse_categorical_accuracy if len(entries(y_true[0])) == 1 else categorical_accuracy


def _class_number(name: str, place: int, label: Any) -> float:
    return datum(only_label(name, place, label, "categorical_accuracy"), name)


def _outputs(name: str, place: int, row: Any) -> list[Any]:
    if not (outputs := entries(row)):
        raise ArgumentError(f"{name}: row {place} of y_pred: expected a number for each class, got an empty row")
    for x in outputs:
        require_number(name, place, "y_pred", x)
    return outputs


def share(answers: Sequence[bool]) -> float:
    """The share of answers that are yes."""
    return sum(answers) / len(answers)


def largest(xs: Sequence[Any]) -> int:
    """The place of the largest number, the first of equals."""
    return max(range(len(xs)), key=lambda i: (datum(xs[i], "largest"), -i))
