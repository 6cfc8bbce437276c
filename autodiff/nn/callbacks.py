"""Callbacks: what `fit` calls as training goes on, to watch, to slow down, to save, or to stop.

A callback is an object with any of these methods; `fit` gives it the model as `self.model`, and `logs` are the numbers
of the epoch or the batch by name. The names, arguments and defaults are Keras's.

    on_train_begin(logs)           on_epoch_begin(epoch, logs)    on_train_batch_begin(batch, logs)
    on_train_end(logs)             on_epoch_end(epoch, logs)      on_train_batch_end(batch, logs)

`self.model.stop_training = True` ends the training after the epoch; so does `on_epoch_end` by returning True.

>>> class Stop(Callback):
...     def on_epoch_end(self, epoch, logs=None):
...         self.model.stop_training = logs["loss"] < 0.1
"""

import csv
import io
import math
import os
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

from ..coerce import is_one_of
from ..errors import ArgumentError, OperandError, shown
from ..files import write_whole
from . import initializers as initial
from .keywords import known_arguments

Logs = dict[str, float] | None
UP = ("acc", "accuracy", "auc", "precision", "recall", "f1", "r2", "r2_score", "f1_score")  # what should grow
EPOCH, BATCH, WHOLE = ("epoch", "logs"), ("batch", "logs"), ("logs",)
METHODS = {
    "on_train_begin": WHOLE, "on_train_end": WHOLE, "on_epoch_begin": EPOCH, "on_epoch_end": EPOCH,
    "on_train_batch_begin": BATCH, "on_train_batch_end": BATCH, "on_batch_begin": BATCH, "on_batch_end": BATCH,
}  # fmt: skip


class Callback:
    """The base of all: every method does nothing."""

    model: Any = None
    params: dict[str, Any] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        """Answer an unknown argument with the nearest one there is, and refuse methods that `fit` could not call."""
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            cls.__init__ = known_arguments(cls.__init__)  # type: ignore[method-assign]
        for name in vars(cls):
            if name.startswith("on_") and name not in METHODS:
                known = ", ".join(METHODS)
                raise ArgumentError(f"{cls.__name__}.{name}: expected a method that fit calls: one of {known}")

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


def called(callback: Callback, name: str, model: Any) -> Callable[..., Any]:
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
        self.min_delta = abs(initial.real(min_delta, f"{name}: min_delta"))
        self.best: float | None = None

    def current(self, logs: Logs) -> float:
        """The watched number of this epoch."""
        logs = logs or {}
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


class EarlyStopping(Monitor):
    """Stop when `monitor` has not improved by `min_delta` for `patience` epochs.

    `mode` is "min", "max", or "auto" to tell from the name. `restore_best_weights` gives the model back the weights of
    its best epoch when training ends, however it ends. Epochs before `start_from_epoch` do not count; the patience is
    spent unless `baseline` is beaten as well.
    """

    def __init__(self, monitor: str = "val_loss", min_delta: float = 0.0, patience: int = 0, verbose: int = 0,
                 mode: str = "auto", baseline: float | None = None, restore_best_weights: bool = False,
                 start_from_epoch: int = 0) -> None:  # fmt: skip
        super().__init__(monitor, min_delta, mode)
        self.patience = initial.size(patience, "EarlyStopping: patience", least=0)
        self.baseline = None if baseline is None else initial.real(baseline, "EarlyStopping: baseline")
        self.verbose, self.restore_best_weights, self.start_from_epoch = verbose, restore_best_weights, start_from_epoch
        self.on_train_begin()

    def on_train_begin(self, logs: Logs = None) -> None:
        self.best, self.wait, self.stopped_epoch, self.best_epoch = None, 0, 0, 0
        self.best_weights: dict[str, float] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        now = self.current(logs)
        if epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights, self.best_epoch = self.model.state_dict(), epoch
        self.wait += 1
        if self.improves(now, self.best):
            self.best, self.best_epoch = now, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.state_dict()
            if self.baseline is None or self.improves(now, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch, self.model.stop_training = epoch, True

    def on_train_end(self, logs: Logs = None) -> None:
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                print(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.load_state_dict(self.best_weights)


class ReduceLROnPlateau(Monitor):
    """Multiply the learning rate by `factor` when `monitor` has not improved by `min_delta` for `patience` epochs.

    The rate does not fall below `min_lr`; for `cooldown` epochs after a reduction no epoch counts.
    """

    def __init__(self, monitor: str = "val_loss", factor: float = 0.1, patience: int = 10, verbose: int = 0,
                 mode: str = "auto", min_delta: float = 1e-4, cooldown: int = 0,
                 min_lr: float = 0.0) -> None:  # fmt: skip
        super().__init__(monitor, min_delta, mode)
        self.factor = initial.real(factor, "ReduceLROnPlateau: factor")
        if not 0 < self.factor < 1:
            raise ArgumentError(f"ReduceLROnPlateau: expected a factor between 0 and 1, got {shown(factor)}")
        self.patience = initial.size(patience, "ReduceLROnPlateau: patience", least=0)
        self.cooldown, self.min_lr, self.verbose = cooldown, min_lr, verbose
        self.on_train_begin()

    def on_train_begin(self, logs: Logs = None) -> None:
        self.best, self.wait, self.resting = None, 0, 0

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        now = self.current(logs)
        if self.resting:
            self.resting, self.wait = self.resting - 1, 0
        if self.improves(now, self.best):
            self.best, self.wait = now, 0
        elif not self.resting:
            self.wait += 1
            if self.wait >= self.patience and self.model.optimizer.lr > self.min_lr:
                self.reduce(epoch)

    def reduce(self, epoch: int) -> None:
        """Make the rate smaller, and say so if asked to."""
        self.model.optimizer.lr = rate = max(self.model.optimizer.lr * self.factor, self.min_lr)
        self.wait, self.resting = 0, self.cooldown
        if self.verbose:
            print(f"Epoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {rate}.")


class ModelCheckpoint(Monitor):
    """Save the model after each epoch, by `nn.save`, or with `save_best_only` after each that improves `monitor`.

    `filepath` may hold names of the epoch's numbers, as in "{epoch:02d}-{val_loss:.2f}.json"; the first epoch is 1.
    Files are JSON, whichever suffix they have.
    """

    def __init__(self, filepath: str | os.PathLike[str], monitor: str = "val_loss", verbose: int = 0,
                 save_best_only: bool = False, mode: str = "auto",
                 initial_value_threshold: float | None = None) -> None:  # fmt: skip
        super().__init__(monitor, 0.0, mode)
        self.filepath, self.verbose, self.save_best_only = os.fspath(filepath), verbose, save_best_only
        self.best = initial_value_threshold

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.save_best_only:
            now = self.current(logs)
            if not self.improves(now, self.best):
                return
            self.best = now
        from .saving import save

        path = save(self.model, self.path(epoch, logs or {}), optimizer=True)
        if self.verbose:
            print(f"Epoch {epoch + 1}: saving model to {path}")

    def path(self, epoch: int, logs: dict[str, float]) -> str:
        """The path with the epoch's numbers in it."""
        try:
            return self.filepath.format(epoch=epoch + 1, **logs)
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise ArgumentError(
                f"ModelCheckpoint: expected a path with names among epoch, {', '.join(logs)}, "
                f"got {shown(self.filepath)}: {error}"
            ) from None


class LearningRateScheduler(Callback):
    """Set the learning rate at the start of each epoch to `schedule(epoch, rate)`."""

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        given: tuple[Any, ...] = (epoch, self.model.optimizer.lr)
        try:
            signature(self.schedule).bind(*given)
        except TypeError:  # a function of the epoch alone
            given = given[:1]
        self.model.optimizer.lr = rate = self.schedule(*given)
        if self.verbose:
            print(f"Epoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}.")


class LambdaCallback(Callback):
    """A callback made from functions.

    >>> LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"])).on_epoch_end(0, {"loss": 0.5})
    0 0.5
    """

    def __init__(self, on_epoch_begin: Callable[..., Any] | None = None, on_epoch_end: Callable[..., Any] | None = None,
                 on_train_begin: Callable[..., Any] | None = None, on_train_end: Callable[..., Any] | None = None,
                 on_train_batch_begin: Callable[..., Any] | None = None,
                 on_train_batch_end: Callable[..., Any] | None = None) -> None:  # fmt: skip
        given = {name: method for name, method in locals().items() if name.startswith("on_") and method is not None}
        for name, method in given.items():
            if not callable(method):
                raise OperandError(f"LambdaCallback: {name}: expected a function, got {shown(method)}")
            setattr(self, name, method)


class CSVLogger(Callback):
    """Write the numbers of every epoch to a CSV file, whole after each epoch; with `append` behind what it has."""

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        self.path, self.separator, self.append = Path(filename), separator, append
        self.rows = list[dict[str, Any]]()
        self.earlier = ""

    def on_train_begin(self, logs: Logs = None) -> None:
        self.rows = []
        self.earlier = self.path.read_text(encoding="utf-8") if self.append and self.path.exists() else ""

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.rows.append({"epoch": epoch, **(logs or {})})
        text = io.StringIO()
        writer = csv.DictWriter(text, list(self.rows[0]), lineterminator="\n", delimiter=self.separator)
        if not self.earlier:
            writer.writeheader()
        writer.writerows(self.rows)
        write_whole(self.path, self.earlier + text.getvalue())
