"""What a loss is: a function of (y_true, y_pred) over rows, or an object that is called as one, in Keras's words.

>>> class FourthPower(Loss):
...     def call(self, y_true, y_pred):
...         return sum((p - t) ** 4 for t, p in zip(y_true, y_pred)) / len(y_true)
>>> loss = FourthPower()
>>> loss([1.0, 2.0], [Value(3.0), Value(2.0)]).data, loss.name
(8.0, 'fourth_power')
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ...coerce import Number, is_one_of
from ...errors import ArgumentError, OperandError, shown
from ...value import Value
from .. import checks
from ..keywords import LIBRARY, Declared, know_arguments, snake_case
from ..layers.rows import Rows, entries, list_rows, mean

LossFunction = Callable[..., Value]  # of labels and predictions, over rows
MEAN = "sum_over_batch_size"


def weighted_mean(loss: LossFunction, y_true: Rows, y_pred: Rows, weights: Sequence[Any]) -> Value:
    """The mean over rows of weight times loss."""
    return mean([weight * loss([t], [p]) for weight, t, p in zip(weights, y_true, y_pred)])


def is_own(loss: Any) -> bool:
    """Whether a loss is a function or an object of the user's own, which may ask its predictions for `p.tanh()`."""
    whole = loss.func if isinstance(loss, partial) else loss
    kind = whole if hasattr(whole, "__name__") else type(whole)
    return not str(getattr(kind, "__module__", "")).startswith(LIBRARY)


class Loss(Declared):
    """The base of all: subclass it with `call(y_true, y_pred)`, which gives the mean over the rows as a Value."""

    _instead = {"get_config": "its attributes, and its name", "reduction": "a loss here is always a mean"}
    name: str
    from_logits = False

    def __init__(self, name: str | None = None, reduction: str = MEAN) -> None:
        if name is not None and not isinstance(name, str):
            raise OperandError(f"{type(self).__name__}: expected a text as the name, got {shown(name)}")
        if not is_one_of(reduction, (MEAN, "mean")):
            raise ArgumentError(f"{type(self).__name__}: expected reduction={MEAN!r}, the mean over rows, got "
                                f"{shown(reduction)}: a loss here is always a mean")  # fmt: skip
        self.name = name or snake_case(type(self).__name__)

    def call(self, y_true: Any, y_pred: Any) -> Value:
        """The mean loss of the rows."""
        raise NotImplementedError(f"{type(self).__name__} computes nothing: write call(self, y_true, y_pred)")

    @know_arguments
    def __call__(self, y_true: Rows, y_pred: Rows, sample_weight: Any = None) -> Value:
        """The mean loss of the rows, each times its weight if there are weights."""
        if sample_weight is None:
            return self.call(y_true, y_pred)
        ts, ps = list_rows(self.name, "y_true", y_true), list_rows(self.name, "y_pred", y_pred)
        weights = entries(sample_weight)
        if not len(ts) == len(ps) == len(weights):
            got = f"{len(ts)}, {len(ps)} and {len(weights)}"
            raise ArgumentError(f"{self.name}: expected as many labels, predictions and weights, got {got}")
        return weighted_mean(self.call, ts, ps, weights)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


class OfFunction(Loss):
    """A loss that is a function with its options set."""

    function: LossFunction

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.__doc__ is None and "function" in vars(cls):
            cls.__doc__ = f"`{cls.function.__name__}` as an object."

    def __init__(self, name: str | None = None, reduction: str = MEAN, **options: Any) -> None:
        super().__init__(name, reduction)
        self.options = options
        self.from_logits = options.get("from_logits", False)

    def call(self, y_true: Any, y_pred: Any) -> Value:
        return type(self).function(y_true, y_pred, **self.options)


class Smoothed(OfFunction):
    """A cross-entropy whose labels may be smoothed: (1 - s) of each, and s spread over all classes."""

    classes: int | None = None  # that each label is one of; None for as many as there are outputs

    def __init__(self, from_logits: bool = False, label_smoothing: Number = 0.0, *, epsilon: float | None = None,
                 name: str | None = None, reduction: str = MEAN) -> None:  # fmt: skip
        super().__init__(name, reduction, from_logits=from_logits, epsilon=epsilon)
        self.label_smoothing = checks.real(label_smoothing, f"{type(self).__name__}: label_smoothing")
        if not 0 <= self.label_smoothing <= 1:
            got = shown(label_smoothing)
            raise ArgumentError(f"{type(self).__name__}: expected a label_smoothing from 0 to 1, got {got}")

    def call(self, y_true: Any, y_pred: Any) -> Value:
        return super().call(self.smoothed(y_true) if self.label_smoothing else y_true, y_pred)

    def smoothed(self, y_true: Any) -> list[list[Any]]:
        """The labels, drawn towards a label that says nothing."""
        rows, s = [entries(row) for row in list_rows(self.name, "y_true", y_true)], self.label_smoothing
        return [[t * (1 - s) + s / (self.classes or len(row)) for t in row] for row in rows]
