"""Callbacks: what `fit` calls as training goes on, to watch, to slow down, to save, or to stop.

>>> EarlyStopping("val_accuracy", patience=3).more_is_better()
True
"""

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..coerce import as_flag
from ..errors import ArgumentError, OperandError, shown
from ..files import write_whole
from . import checks, elsewhere
from .training.callback import METHODS, Callback, Logs, Monitor, bind_method
from .keywords import not_there, takes
from .models.written import save, save_weights

__all__ = [
    "CSVLogger", "Callback", "EarlyStopping", "LambdaCallback", "LearningRateScheduler", "METHODS", "ModelCheckpoint",
    "Monitor", "ReduceLROnPlateau", "TerminateOnNaN", "bind_method",
]  # fmt: skip
__getattr__ = not_there(__name__, __all__, elsewhere.CALLBACKS)


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
        self.patience = checks.size(patience, "EarlyStopping: patience", least=0)
        self.baseline = None if baseline is None else checks.not_nan(baseline, "EarlyStopping: baseline")
        self.verbose = check_verbose(self, verbose)
        self.restore_best_weights = as_flag("EarlyStopping: restore_best_weights", restore_best_weights)
        self.start_from_epoch = checks.size(start_from_epoch, "EarlyStopping: start_from_epoch", least=0)
        self.on_train_begin()

    def on_train_begin(self, logs: Logs = None) -> None:
        self.best, self.wait, self.stopped_epoch, self.best_epoch = None, 0, 0, 0
        self.best_weights: dict[str, float] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        now = self.current(logs)
        if now is None or epoch < self.start_from_epoch:
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
        self.factor = checks.real(factor, "ReduceLROnPlateau: factor")
        if not 0 < self.factor < 1:
            raise ArgumentError(f"ReduceLROnPlateau: expected a factor between 0 and 1, got {shown(factor)}")
        self.patience = checks.size(patience, "ReduceLROnPlateau: patience", least=0)
        self.cooldown = checks.size(cooldown, "ReduceLROnPlateau: cooldown", least=0)
        self.min_lr = checks.not_nan(min_lr, "ReduceLROnPlateau: min_lr")
        self.verbose = check_verbose(self, verbose)
        self.on_train_begin()

    def on_train_begin(self, logs: Logs = None) -> None:
        self.best, self.wait, self.resting = None, 0, 0

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        now = self.current(logs)
        note_rate(self, logs)
        if now is None:
            return
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
    `save_weights_only` leaves all but the parameters out, for `model.load_weights`.

    `filepath` may hold names of the epoch's numbers, as in "{epoch:02d}-{val_loss:.2f}.json"; the first epoch is 1.
    Files are JSON, whichever suffix they have.
    """

    def __init__(self, filepath: str | os.PathLike[str], monitor: str = "val_loss", verbose: int = 0,
                 save_best_only: bool = False, save_weights_only: bool = False, mode: str = "auto",
                 initial_value_threshold: float | None = None) -> None:  # fmt: skip
        super().__init__(monitor, 0.0, mode)
        self.filepath, self.verbose = check_path(self, filepath), check_verbose(self, verbose)
        self.save_best_only = as_flag("ModelCheckpoint: save_best_only", save_best_only)
        self.save_weights_only = as_flag("ModelCheckpoint: save_weights_only", save_weights_only)
        if initial_value_threshold is not None:
            self.best = checks.not_nan(initial_value_threshold, "ModelCheckpoint: initial_value_threshold")

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.save_best_only:
            now = self.current(logs)
            if now is None or not self.improves(now, self.best):
                return
            self.best = now
        path: Any = self.path(epoch, logs or {})
        path = save_weights(self.model, path) if self.save_weights_only else save(self.model, path, optimizer=True)
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
        self.schedule, self.verbose = schedule, check_verbose(self, verbose)
        if not callable(schedule) or takes(schedule, 1) is takes(schedule, 2) is False:
            expected = "a function of the epoch, or of the epoch and the rate"
            raise OperandError(f"LearningRateScheduler: expected {expected}, got {shown(schedule)}")

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        given = (epoch, self.model.optimizer.lr)[: 1 + takes(self.schedule, 2)]
        self.model.optimizer.lr = rate = self.schedule(*given)
        if self.verbose:
            print(f"Epoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}.")

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        note_rate(self, logs)


def note_rate(callback: Callback, logs: Logs) -> None:
    """Add the learning rate of the epoch to its numbers, and so to the history, as Keras does."""
    if logs is not None:
        logs["learning_rate"] = callback.model.optimizer.lr


class TerminateOnNaN(Callback):
    """Nothing beyond what `fit` does by itself: it stops at the first nan or inf, and names the operation."""


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
        self.path, self.append = Path(check_path(self, filename)), as_flag("CSVLogger: append", append)
        self.separator = separator
        if not isinstance(separator, str) or len(separator) != 1:
            raise OperandError(f"CSVLogger: expected one character as the separator, got {shown(separator)}")
        self.rows = list[dict[str, Any]]()
        self.earlier = ""

    def on_train_begin(self, logs: Logs = None) -> None:
        self.rows = []
        self.earlier = self.path.read_text(encoding="utf-8") if self.append and self.path.exists() else ""

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.rows.append({"epoch": epoch, **(logs or {})})
        text = io.StringIO()
        names = dict.fromkeys(name for row in self.rows for name in row)  # some epochs have no rows for validation
        writer = csv.DictWriter(text, list(names), "NA", lineterminator="\n", delimiter=self.separator)
        if not self.earlier:
            writer.writeheader()
        writer.writerows(self.rows)
        write_whole(self.path, self.earlier + text.getvalue())


def check_verbose(callback: Callback, verbose: Any) -> int:
    """Whether a callback says what it does: 0, or more."""
    given = int(verbose) if isinstance(verbose, bool) else verbose
    return checks.size(given, f"{type(callback).__name__}: verbose", least=0)


def check_path(callback: Callback, path: Any) -> str:
    """The path of a file as text."""
    if not isinstance(path, (str, os.PathLike)):
        raise OperandError(f"{type(callback).__name__}: expected the path of a file, got {shown(path)}")
    return str(os.fspath(path))
