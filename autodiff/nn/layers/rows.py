"""What every loss and metric starts from: labels and predictions, row by row, checked and paired.

    y_true    one entry per row: a number, or a list of numbers
    y_pred    one entry per row: a Value or number, or a list of them; as a model gives them

>>> pairs("a loss", [[1, 0], [0, 1]], [[0.9, 0.1], [0.2, 0.8]])
[(1, 0.9), (0, 0.1), (0, 0.2), (1, 0.8)]
>>> pairs("a loss", [1, 0, 0], [0.9, 0.1])
Traceback (most recent call last):
autodiff.errors.ArgumentError: a loss: expected as many rows in y_true as in y_pred, got 3 and 2
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ...errors import ArgumentError, OperandError, shown
from ...reductions import total
from ...coerce import is_series, number
from ...value import Value

Rows = Iterable[Any]
Pair = tuple[Any, Any]  # a label and its prediction: Values or numbers


def pairs(what: str, y_true: Rows, y_pred: Rows) -> list[Pair]:
    """Every label with its prediction, the outputs of a row one after the other; `what` opens the error messages."""
    return [pair for row in pair_rows(what, y_true, y_pred) for pair in row]


def pair_with_places(what: str, y_true: Rows, y_pred: Rows) -> list[tuple[int, Any, Any]]:
    """As `pairs`, each after the number of its row, which an error message needs."""
    return [(place, t, p) for place, row in enumerate(pair_rows(what, y_true, y_pred)) for t, p in row]


def pair_rows(what: str, y_true: Rows, y_pred: Rows) -> list[list[Pair]]:
    """The labels of each row with their predictions; a row of one may be a list of one, or bare."""
    labels, predictions = list_rows(what, "y_true", y_true), list_rows(what, "y_pred", y_pred)
    require_rows(what, labels, predictions)
    rows = [_pair(what, place, t, p) for place, (t, p) in enumerate(zip(labels, predictions))]
    require_order(what, rows)
    return rows


def list_rows(what: str, side: str, rows: Rows) -> list[Any]:
    """The rows as a list; arrays become lists of Python numbers."""
    if hasattr(rows, "tolist"):
        rows = rows.tolist()
    if isinstance(rows, (str, bytes, dict, Value)) or not is_series(rows):
        raise OperandError(f"{what}: expected a list of rows as {side}, got {shown(rows)}")
    return list(rows)


def entries(row: Any) -> list[Any]:
    """A row as a list, also where it is one bare number."""
    row = row.tolist() if hasattr(row, "tolist") else row
    return list(row) if isinstance(row, (list, tuple)) else [row]


def require_rows(what: str, labels: list[Any], predictions: list[Any]) -> None:
    if len(labels) != len(predictions):
        got = f"{len(labels)} and {len(predictions)}"
        raise ArgumentError(f"{what}: expected as many rows in y_true as in y_pred, got {got}")
    if not labels:
        raise ArgumentError(f"{what}: expected at least one row, got none")


def require_order(what: str, rows: list[list[Pair]]) -> None:
    """Labels that are Values beside predictions that are numbers can only be a swapped call."""
    labels, predictions = (any(type(pair[side]) is Value for row in rows for pair in row) for side in (0, 1))
    if labels and not predictions:
        raise ArgumentError(f"{what}: y_true holds Values, y_pred plain numbers: the order is {what}(y_true, y_pred)")


def _pair(what: str, place: int, t: Any, p: Any) -> list[Pair]:
    labels, predictions = entries(t), entries(p)
    if len(labels) != len(predictions):
        raise ArgumentError(
            f"{what}: row {place}: expected as many labels as predictions, got {len(labels)} ({shown(t)}) "
            f"and {len(predictions)} ({shown(p)})"
        )
    if not labels:
        raise ArgumentError(f"{what}: row {place}: expected at least one number, got an empty row")
    for label in labels:
        require_label(what, place, label)
    for prediction in predictions:
        require_number(what, place, "y_pred", prediction)
    return list(zip(labels, predictions))


def require_number(what: str, place: int, side: str, x: Any) -> None:
    if type(x) is not Value and type(x) is not float:  # nearly everything is one of these
        number(x, f"{what}: row {place} of {side}")


def require_label(what: str, place: int, label: Any) -> None:
    require_number(what, place, "y_true", label)
    if datum(label, what) != datum(label, what):
        raise ArgumentError(f"{what}: row {place} of y_true: expected a number, got nan; drop the row or fill it in")


def only_label(what: str, place: int, label: Any, for_one_hot: str) -> Any:
    """The number of the row's class, also from a list of one."""
    found = entries(label)
    if len(found) != 1:
        raise ArgumentError(
            f"{what}: row {place} of y_true: expected the number of a class, got {shown(label)}; "
            f"for one-hot labels use {for_one_hot}"
        )
    require_label(what, place, found[0])
    return found[0]


def pair_numbers_of_classes(what: str, y_true: Rows, y_pred: Rows, for_one_hot: str) -> tuple[list[Any], list[Any]]:
    """The number of each row's class, and the outputs for each class, checked."""
    labels, rows = list_rows(what, "y_true", y_true), [entries(row) for row in list_rows(what, "y_pred", y_pred)]
    require_rows(what, labels, rows)
    for place, row in enumerate(rows):
        if not row:
            raise ArgumentError(f"{what}: row {place} of y_pred: expected a number for each class, got an empty row")
        for x in row:
            require_number(what, place, "y_pred", x)
    return [only_label(what, place, label, for_one_hot) for place, label in enumerate(labels)], rows


def require_within(what: str, place: int, side: str, x: Any, meaning: str, advice: str = "") -> None:
    """An error unless `x` lies in [0, 1]; a nan among predictions passes, and makes the loss nan."""
    found = to_compare(side, x, what)
    if found < 0 or found > 1:
        raise ArgumentError(f"{what}: row {place} of {side}: expected {meaning} in [0, 1], got {shown(x)}{advice}")


def to_compare(side: str, x: Any, what: str) -> Any:
    """What a check compares: a label's number, and a prediction as it is, so that a program checks it in every row."""
    return x if side == "y_pred" else datum(x, what)


def datum(x: Any, what: str) -> float:
    """The number of a Value or a number."""
    return x._data if type(x) is Value else x if type(x) is float else number(x, what)


def mean(terms: Sequence[Any]) -> Value:
    """The mean of the rows' losses, as a Value also when it depends on nothing."""
    y = total(terms) / len(terms)
    return y if type(y) is Value else Value(y)
