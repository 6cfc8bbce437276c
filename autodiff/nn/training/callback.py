"""What a callback is: an object that `fit` calls as training goes on.

A callback is an object with any of these methods; `fit` gives it the model as `self.model`, and `logs` are the numbers
of the epoch or the batch by name. The names, arguments and defaults are Keras's.

    on_train_begin(logs)           on_epoch_begin(epoch, logs)    on_train_batch_begin(batch, logs)
    on_train_end(logs)             on_epoch_end(epoch, logs)      on_train_batch_end(batch, logs)

`self.model.stop_training = True` ends the training after the batch; so does `on_epoch_end` by returning True. What a
callback adds to the `logs` of an epoch is in the history.

>>> class Stop(Callback):
...     def on_epoch_end(self, epoch, logs=None):
...         self.model.stop_training = logs["loss"] < 0.1
"""

import math
from collections.abc import Callable
from inspect import signature
from typing import Any

from ...coerce import is_one_of
from ...errors import ArgumentError, OperandError, shown
from ...suggest import hint
from .. import checks
from ..elsewhere import HOOKS
from ..keywords import Declared

Logs = dict[str, float] | None
UP = ("acc", "accuracy", "auc", "precision", "recall", "f1", "r2", "r2_score", "f1_score")  # what should grow
EPOCH, BATCH, WHOLE = ("epoch", "logs"), ("batch", "logs"), ("logs",)
METHODS = {
    "on_train_begin": WHOLE, "on_train_end": WHOLE, "on_epoch_begin": EPOCH, "on_epoch_end": EPOCH,
    "on_train_batch_begin": BATCH, "on_train_batch_end": BATCH, "on_batch_begin": BATCH, "on_batch_end": BATCH,
}  # fmt: skip


class Callback(Declared):
    """The base of all: every method does nothing."""

    _instead = {"validation_data": "keep the rows yourself, and call self.model.evaluate"}
    model: Any = None
    params: dict[str, Any] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        """Refuse methods that `fit` could not call."""
        super().__init_subclass__(**options)
        for name in vars(cls):
            if name.startswith("on_") and name not in METHODS:
                way = HOOKS.get(name) or hint(name, list(METHODS))
                raise ArgumentError(f"{cls.__name__}.{name}: expected a method that fit calls: {way}")

    def __setattr__(self, name: str, value: Any) -> None:
        """Take a function for each method that `fit` calls as well."""
        if name in METHODS:
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def set_model(self, model: Any) -> None:
        """Take the model that is trained."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take what is known of the training: "epochs", "steps" (batches of an epoch) and "verbose"."""
        self.params = params

    def on_train_begin(self, logs: Logs = None) -> Any:
        """Training begins."""

    def on_train_end(self, logs: Logs = None) -> Any:
        """Training has ended."""

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> Any:
        """An epoch begins; the first is 0."""

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> Any:
        """An epoch has ended; True ends the training."""

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> Any:
        """A batch begins; the first of each epoch is 0. By default this calls `on_batch_begin`."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> Any:
        """A batch has been learned from; `logs` has its loss. By default this calls `on_batch_end`."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs = None) -> Any:
        """Another name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs = None) -> Any:
        """Another name of `on_train_batch_end`."""

    def watches_batches(self) -> bool:
        """Whether it does anything between epochs."""
        own = [getattr(self, name, None) for name in METHODS if "batch" in name]
        return any(getattr(method, "__func__", method) not in _IDLE for method in own)


_IDLE = [vars(Callback)[name] for name in METHODS if "batch" in name]


def bind_method(callback: Callback, name: str, model: Any) -> Callable[..., Any]:
    """A method of a callback as `fit` calls it; one that takes the model behind the rest, as earlier ones did, gets it.

    Raises `ArgumentError` for a method that takes anything else.
    """
    method, arguments = getattr(callback, name), METHODS[name]
    try:
        takes = signature(method)
    except ValueError:  # a built-in that does not say what it takes
        return method  # type: ignore[no-any-return]
    for more in ((), (model,)):
        try:
            takes.bind(*arguments, *more)
        except TypeError:
            continue
        return lambda *given: method(*given, *more)
    expected = ", ".join(arguments)
    raise ArgumentError(
        f"{type(callback).__name__}.{name}: expected a method of ({expected}), got {takes}: the model is self.model"
    )


class Monitor(Callback):
    """A callback that watches one number of the epoch, and knows whether less or more of it is better."""

    def __init__(self, monitor: str, min_delta: float, mode: str) -> None:
        name = type(self).__name__
        if not is_one_of(mode, ("auto", "min", "max")):
            raise ArgumentError(f"{name}: expected 'auto', 'min' or 'max' as the mode, got {shown(mode)}")
        if not isinstance(monitor, str):
            raise OperandError(f"{name}: expected the name of a number to monitor, got {shown(monitor)}")
        self.monitor, self.mode = monitor, mode
        self.min_delta = abs(checks.not_nan(min_delta, f"{name}: min_delta"))
        self.best: float | None = None

    def current(self, logs: Logs) -> float | None:
        """The watched number of this epoch; None where `validation_freq` leaves the rows for validation out."""
        logs = logs or {}
        if self.monitor.startswith("val_") and getattr(self.model, "skips_validation", False):
            return None
        if self.monitor not in logs:
            hint = ": give fit validation rows" if self.monitor.removeprefix("val_") in logs else ""
            raise ArgumentError(
                f"{type(self).__name__}: expected one of {', '.join(logs)} to monitor, got {shown(self.monitor)}{hint}"
            )
        return logs[self.monitor]

    def improves(self, number: float, than: float | None) -> bool:
        """Whether a number is better than another by more than `min_delta`; any number is better than none."""
        if than is None:
            return not math.isnan(number)
        return number - self.min_delta > than if self.more_is_better() else number + self.min_delta < than

    def more_is_better(self) -> bool:
        """Whether the watched number should grow: as `mode` says, or as its name does."""
        if self.mode != "auto":
            return self.mode == "max"
        words = self.monitor.removeprefix("val_").lower()
        if any(words == up or words.endswith(f"_{up}") for up in UP):
            return True
        if any(down in words for down in ("loss", "error", "entropy", "hinge", "huber", "mse", "mae", "msle")):
            return False
        raise ArgumentError(
            f"{type(self).__name__}: expected mode='min' or mode='max' for {self.monitor!r}, got 'auto', which knows "
            f"losses, errors and {', '.join(UP)}"
        )
