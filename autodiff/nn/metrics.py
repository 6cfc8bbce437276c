"""Metrics: how good predictions are in terms people use; observed only, never part of the gradient.

Each is `metric(y_true, y_pred)` over rows of numbers, and gives a float.

>>> binary_accuracy([1, 0, 1], [0.9, 0.2, 0.4])
0.6666666666666666
>>> find("accuracy", y_true=[2, 0], outputs=3).__name__
'sparse_categorical_accuracy'
"""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from itertools import chain, count, groupby
from operator import itemgetter
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


def precision(y_true: Rows, y_pred: Rows, threshold: float = 0.5) -> float:
    """The share of right ones among the outputs above the threshold; 0 where there are none.

    >>> precision([1, 0, 1, 0], [0.9, 0.8, 0.2, 0.1])
    0.5
    """
    hits, given, _ = _counts("precision", y_true, y_pred, threshold)
    return hits / given if given else 0.0


def recall(y_true: Rows, y_pred: Rows, threshold: float = 0.5) -> float:
    """The share of the labels 1 whose output is above the threshold; 0 where there are none.

    >>> recall([1, 0, 1, 1], [0.9, 0.8, 0.2, 0.7])
    0.6666666666666666
    """
    hits, _, wanted = _counts("recall", y_true, y_pred, threshold)
    return hits / wanted if wanted else 0.0


def f1_score(y_true: Rows, y_pred: Rows, threshold: float = 0.5) -> float:
    """The harmonic mean of precision and recall.

    >>> f1_score([1, 0, 1, 0], [0.9, 0.8, 0.2, 0.1])
    0.5
    """
    hits, given, wanted = _counts("f1_score", y_true, y_pred, threshold)
    return 2 * hits / (given + wanted) if given + wanted else 0.0


def auc(y_true: Rows, y_pred: Rows) -> float:
    """The area under the ROC curve: how often a label 1 has a larger output than a label 0, ties counted by half.

    It is exact; Keras adds up 200 thresholds. Raises `ArgumentError` where there is only one class.

    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    found = sorted((datum(p, "auc"), datum(t, "auc") > 0.5) for t, p in pairs("auc", y_true, y_pred))
    wanted = sum(label for _, label in found)
    if not 0 < wanted < len(found):
        raise ArgumentError("auc: expected labels of both classes, 0 and 1, got only one of them")
    below, area = 0, 0.0
    for _, equal in groupby(found, key=itemgetter(0)):
        labels = [label for _, label in equal]
        ones = sum(labels)
        area += ones * (below + (len(labels) - ones) / 2)
        below += len(labels) - ones
    return area / (wanted * (len(found) - wanted))


METRICS: Registry[Metric] = Registry(
    "a metric",
    {metric.__name__: metric for metric in (
        binary_accuracy, categorical_accuracy, sparse_categorical_accuracy, mean_absolute_error, mean_squared_error,
        precision, recall, f1_score, auc,
    )} | {"accuracy": binary_accuracy},  # which of the three accuracies it is depends on the labels: see `find`
    aliases={"acc": "accuracy", "mae": "mean_absolute_error", "mse": "mean_squared_error", "f1": "f1_score"},
)  # fmt: skip
AT_A_THRESHOLD = (binary_accuracy, precision, recall, f1_score)


def find(metric: str | Metric, y_true: Sequence[Any], outputs: int, loss: Any = None) -> Metric:
    """The metric of that name; "accuracy" is the one that suits the labels and the number of outputs.

    Where the loss takes logits, or labels -1 and 1, the threshold of a metric found by name is 0, which is where the
    probability is one half; Keras has 0.5 even there.
    """
    if isinstance(metric, str):
        named = METRICS.find(metric)
        found = accuracy_for(y_true, outputs) if METRICS.key(metric) == "accuracy" else named
        return partial(found, threshold=0.0) if found in AT_A_THRESHOLD and decides_at_zero(loss) else found
    if callable(metric):
        return metric
    raise OperandError(f"metric: expected a name or a function of (y_true, y_pred), got {shown(metric)}")


def decides_at_zero(loss: Any) -> bool:
    """Whether outputs above 0, and not above 0.5, stand for the label 1 in the eyes of a loss."""
    while isinstance(loss, partial):
        if loss.keywords.get("from_logits"):
            return True
        loss = loss.func
    return bool(getattr(loss, "from_logits", False)) or getattr(loss, "__name__", "") == "hinge"


def name_of(metric: str | Metric) -> str:
    """The name that stands in a history: what the caller wrote, or the function's own."""
    if isinstance(metric, str):
        return metric.lower()
    whole = metric.func if isinstance(metric, partial) else metric
    return getattr(whole, "__name__", None) or type(whole).__name__


def free_name(metric: str | Metric, taken: Collection[str]) -> str:
    """The name of a metric, or with a number behind it where another metric has it already.

    >>> free_name("mae", ["mae"])
    'mae_1'
    """
    name = name_of(metric)
    return next(each for each in chain([name], (f"{name}_{i}" for i in count(1))) if each not in taken)


def accuracy_for(y_true: Sequence[Any], outputs: int) -> Metric:
    if outputs == 1:
        return binary_accuracy
    return sparse_categorical_accuracy if len(entries(y_true[0])) == 1 else categorical_accuracy


def _counts(name: str, y_true: Rows, y_pred: Rows, threshold: float) -> tuple[int, int, int]:
    """How many outputs above the threshold have the label 1, how many are above it, how many labels are 1."""
    found = [(datum(t, name) > threshold, datum(p, name) > threshold) for t, p in pairs(name, y_true, y_pred)]
    return sum(t and p for t, p in found), sum(p for _, p in found), sum(t for t, _ in found)


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
