"""Cross-entropies: minus the logarithm of the probability that a model gave to what came true.

    binary_crossentropy               one probability per output, labels in [0, 1]
    categorical_crossentropy          one probability per class, labels one-hot: [0, 1, 0]
    sparse_categorical_crossentropy   the same, labels the number of the class: 1
    kl_divergence                     the cross-entropy of the labels with the outputs, less that with themselves

From probabilities they use `xlogy`, so that 0 log(0) is 0. From logits, which are the numbers before a sigmoid or a
softmax (`from_logits=True`), they are smooth, never overflow, and their slope is the probability minus the label.
`epsilon` is added inside each logarithm, as some texts do.

>>> from autodiff import Value
>>> z = [Value(0.0), Value(0.0)]
>>> sparse_categorical_crossentropy([1], [z], from_logits=True).backward()
>>> [x.grad for x in z]
[0.5, -0.5]
"""

from collections.abc import Sequence
from typing import Any

from ...errors import ArgumentError, shown
from ...functions import log, sign, softplus, where, xlogy
from ...hooks import is_recording
from ...reductions import dot, logsumexp, total
from ...coerce import Number, number
from ...value import Value
from ..layers.rows import (
    Rows, datum, entries, list_rows, mean, pair_numbers_of_classes, pair_rows, pair_with_places, require_within,
)  # fmt: skip


def binary_crossentropy(y_true: Rows, y_pred: Rows, from_logits: bool = False, epsilon: float | None = None) -> Value:
    """The mean of -(t log(p) + (1 - t) log(1 - p)), for labels t and probabilities p in [0, 1].

    From logits z it is softplus(z) - t z. Raises `ArgumentError` for labels or probabilities outside [0, 1].

    >>> binary_crossentropy([0, 1], [0.0, 1.0]).data
    0.0
    >>> binary_crossentropy([1], [-1000.0], from_logits=True).data
    1000.0
    """
    name = "binary_crossentropy"
    found = pair_with_places(name, y_true, y_pred)
    for place, t, _ in found:
        require_within(name, place, "y_true", t, "a label")
    if from_logits:
        refuse_epsilon(name, epsilon)
        return mean([logistic_loss(t, z) for _, t, z in found])
    require_probabilities(name, found)
    require_labels_first(name, found)
    if epsilon is None:
        return mean([0 - (xlogy(t, p) + xlogy(1 - t, 1 - p)) for _, t, p in found])
    e = small(name, epsilon)
    return mean([0 - (t * log(p + e) + (1 - t) * log(1 - p + e)) for _, t, p in found])


def categorical_crossentropy(
    y_true: Rows, y_pred: Rows, from_logits: bool = False, epsilon: float | None = None
) -> Value:
    """The mean over rows of -(t1 log(p1) + t2 log(p2) + …), for labels that are one-hot, or add up to 1.

    From logits z it is logsumexp(z) - t · z, exact in the tails where the labels are one-hot.

    >>> categorical_crossentropy([[0, 1, 0]], [[0.25, 0.5, 0.25]]).data
    0.6931471805599453
    """
    name = "categorical_crossentropy"
    rows = pair_classes(name, y_true, y_pred)
    if from_logits:
        refuse_epsilon(name, epsilon)
        return mean([expected_surprise(ts, zs) for ts, zs in rows])
    for place, (_, ps) in enumerate(rows):
        require_distribution(name, place, "y_pred", ps, "probabilities", "; if these are logits, say from_logits=True")
    return mean([0 - _expected_log(name, ts, ps, epsilon) for ts, ps in rows])


def sparse_categorical_crossentropy(
    y_true: Rows, y_pred: Rows, from_logits: bool = False, epsilon: float | None = None
) -> Value:
    """The mean over rows of -log(p[t]), for labels t that are the numbers of classes, from 0.

    From logits z it is logsumexp(z) - z[t], exact in the tails.

    A label that is a Value is compared with each class by arithmetic alone, so
    that a recorded program serves for every label.

    >>> sparse_categorical_crossentropy([1], [[0.25, 0.5, 0.25]]).data
    0.6931471805599453
    """
    name = "sparse_categorical_crossentropy"
    labels, rows = pair_numbers_of_classes(name, y_true, y_pred, "categorical_crossentropy")
    for place, ps in enumerate(rows):
        require_some_classes(name, place, ps)
        labels[place] = class_number(name, place, labels[place], len(ps))
    if from_logits:
        refuse_epsilon(name, epsilon)
        return mean([surprise(t, zs) for t, zs in zip(labels, rows)])
    for place, ps in enumerate(rows):
        require_distribution(name, place, "y_pred", ps, "probabilities", "; if these are logits, say from_logits=True")
    if any(isinstance(t, Value) for t in labels):
        return mean([0 - _expected_log(name, one_hot(t, len(ps)), ps, epsilon) for t, ps in zip(labels, rows)])
    e = 0.0 if epsilon is None else small(name, epsilon)
    return mean([0 - log(ps[t] + e if e else ps[t]) for t, ps in zip(labels, rows)])


def kl_divergence(y_true: Rows, y_pred: Rows) -> Value:
    """The mean over rows of t1 log(t1 / p1) + t2 log(t2 / p2) + …, for labels and outputs that each add up to 1.

    It is exact also where a label or an output is 0; Keras takes 1e-7 in its place.

    >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]]).data
    0.14384103622589045
    """
    name = "kl_divergence"
    rows = [tuple(zip(*row)) for row in pair_rows(name, y_true, y_pred)]
    for place, (ts, ps) in enumerate(rows):
        require_some_classes(name, place, ps)
        require_distribution(name, place, "y_true", ts, "labels", "")
        require_distribution(name, place, "y_pred", ps, "probabilities", "; softmax is an activation that gives them")
    return mean([total([xlogy(t, t) - xlogy(t, p) for t, p in zip(ts, ps)]) for ts, ps in rows])


def one_hot(label: Value, classes: int) -> list[Value]:
    """1 in the place of the label and 0 elsewhere, without a comparison that a recording would have to fix.

    >>> [y.data for y in one_hot(Value(2.0), 4)]
    [0.0, 0.0, 1.0, 0.0]
    """
    return [1 - other for other in others_of(label, classes)]


def others_of(label: Value, classes: int) -> list[Value]:
    """0 in the place of the label and 1 elsewhere."""
    return [sign(abs(label - k)) for k in range(classes)]


def surprise(label: Any, zs: Sequence[Any]) -> Any:
    """logsumexp(z - z[label]), the label's own term exactly 0: no digit of a small loss, or slope, is lost."""
    if isinstance(label, Value):
        others = others_of(label, len(zs))
        return _surprise_beside([1 - other for other in others], others, zs)
    return logsumexp(*[0.0 if k == label else z - zs[label] for k, z in enumerate(zs)])


def _surprise_beside(ts: Sequence[Any], others: Sequence[Any], zs: Sequence[Any]) -> Any:
    """The same for a label that is one-hot Values, and those that are 1 elsewhere: its own term is multiplied by 0."""
    own = dot(ts, zs)
    return logsumexp(*[(z - own) * other for other, z in zip(others, zs)])


def expected_surprise(ts: Sequence[Any], zs: Sequence[Any]) -> Any:
    """logsumexp(z) - t · z, for one-hot labels as `surprise`; a recorded program serves labels of both kinds."""
    if not any(isinstance(t, Value) for t in ts):
        return surprise(ts.index(1), zs) if sorted(ts)[-2:] == [0, 1] else logsumexp(*zs) - dot(ts, zs)
    is_one = dot(ts, ts) >= 1
    return where(is_one, _surprise_beside(ts, [1 - t for t in ts], zs), logsumexp(*zs) - dot(ts, zs))


def _expected_log(name: str, ts: Sequence[Any], ps: Sequence[Any], epsilon: float | None) -> Any:
    if epsilon is None:
        return total([xlogy(t, p) for t, p in zip(ts, ps)])
    e = small(name, epsilon)
    return dot(ts, [log(p + e) for p in ps])


# What is refused

def require_probabilities(name: str, found: Sequence[tuple[int, Any, Any]]) -> None:
    """An error for logits given as probabilities."""
    for place, _, p in found:
        require_within(name, place, "y_pred", p, "a probability", "; if these are logits, say from_logits=True")


def logistic_loss(t: Any, z: Any) -> Any:
    """softplus(z) - t z; for labels of 0 and 1 without the difference, which loses tails and is nan at an infinite z.

    A label that is a Value takes part in a recorded program, which serves labels of both kinds.
    """
    if type(t) is not Value:
        return softplus(z) - t * z if t not in (0, 1) else softplus(-z) if t else softplus(z)
    return where(t >= 1, softplus(-z), where(t <= 0, softplus(z), softplus(z) - t * z))


def require_labels_first(name: str, found: Sequence[tuple[int, Any, Any]]) -> None:
    """An error for labels given as predictions, and predictions as labels; a Value cannot be a label."""
    if any(isinstance(p, Value) for _, _, p in found):
        return
    if all(datum(p, name) in (0, 1) for *_, p in found) and any(datum(t, name) not in (0, 1) for _, t, _ in found):
        raise ArgumentError(f"{name}: y_pred holds only 0 and 1, y_true does not: the order is {name}(y_true, y_pred)")


def pair_classes(name: str, y_true: Rows, y_pred: Rows) -> list[tuple[Any, ...]]:
    """The labels and the outputs of each row, checked: one-hot, or adding up to 1, over two classes or more."""
    require_one_hot(name, y_true := list_rows(name, "y_true", y_true))
    rows = [tuple(zip(*row)) for row in pair_rows(name, y_true, y_pred)]
    for place, (ts, ps) in enumerate(rows):
        require_distribution(name, place, "y_true", ts, "labels", "")
        require_some_classes(name, place, ps)
    return rows


def require_distribution(name: str, place: int, side: str, xs: Sequence[Any], meaning: str, advice: str) -> None:
    """An error unless the numbers of a row lie in [0, 1] and add up to 1, as nearly as float32 can."""
    for x in xs:
        require_within(name, place, side, x, meaning, advice)
    whole = total(xs) if side == "y_pred" and is_recording() else sum(datum(x, name) for x in xs)
    if abs(whole - 1) > 1e-3:
        got = f"{datum(whole, name)}{advice}"
        raise ArgumentError(f"{name}: row {place} of {side}: expected {meaning} that add up to 1, got {got}")


def require_one_hot(name: str, labels: Sequence[Any]) -> None:
    for place, row in enumerate(labels):
        if len(entries(row)) == 1:
            raise ArgumentError(
                f"{name}: row {place} of y_true: expected a one-hot row like [0, 1, 0], got {shown(row)}; "
                f"for class numbers use sparse_categorical_crossentropy"
            )


def require_some_classes(name: str, place: int, ps: Sequence[Any]) -> None:
    if len(ps) < 2:
        raise ArgumentError(
            f"{name}: row {place} of y_pred: expected a number for each of two or more classes, got {len(ps)}; "
            f"for a single output use binary_crossentropy"
        )


def class_number(name: str, place: int, label: Any, classes: int) -> Any:
    """A label as an int from 0 to classes - 1; a Value stays one."""
    k = datum(label, name)
    if k not in range(classes):
        known = f"a class number from 0 to {classes - 1}"
        raise ArgumentError(f"{name}: row {place} of y_true: expected {known}, got {shown(label)}")
    return label if isinstance(label, Value) else int(k)


def small(name: str, epsilon: Number) -> float:
    e = number(epsilon, f"{name}: epsilon")
    if not 0 <= e < 1:
        raise ArgumentError(f"{name}: expected a small epsilon of at least 0, such as 1e-7, got {shown(epsilon)}")
    return e


def refuse_epsilon(name: str, epsilon: object) -> None:
    if epsilon is not None:
        raise ArgumentError(f"{name}: epsilon is for probabilities, and logits need none: got {shown(epsilon)}")
