"""Callbacks: what `fit` calls after each epoch, to watch, to slow down, or to stop.

A callback is an object with any of these methods; `logs` are the numbers of the epoch by name.

    on_train_begin(model)    on_epoch_begin(epoch, model)    on_epoch_end(epoch, logs, model)    on_train_end(model)

`on_epoch_end` ends the training by returning True.
"""

import csv
import io
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import ArgumentError, shown
from ..files import write_whole

Logs = dict[str, float]


class Callback:
    """The base of all: every method does nothing."""

    def on_train_begin(self, model: Any) -> None:
        """Training begins."""

    def on_epoch_begin(self, epoch: int, model: Any) -> None:
        """An epoch begins; the first is 0."""

    def on_epoch_end(self, epoch: int, logs: Logs, model: Any) -> bool | None:
        """An epoch has ended; True ends the training."""
        return None

    def on_train_end(self, model: Any) -> None:
        """Training has ended."""


class EarlyStopping(Callback):
    """Stop when `monitor` has not improved by `min_delta` for `patience` epochs.

    `mode` is "min" for losses, "max" for accuracies, "auto" to tell from the name. The names and defaults are Keras's.
    """

    def __init__(self, monitor: str = "val_loss", min_delta: float = 0.0, patience: int = 0, mode: str = "auto",
                 restore_best_weights: bool = False) -> None:  # fmt: skip
        if mode not in ("auto", "min", "max"):
            raise ArgumentError(f"EarlyStopping: expected 'auto', 'min' or 'max' as the mode, got {shown(mode)}")
        self.monitor, self.min_delta, self.patience = monitor, abs(min_delta), patience
        self.sign = -1 if mode == "max" or mode == "auto" and "acc" in monitor else 1
        self.restore_best_weights = restore_best_weights
        self.on_train_begin(None)

    def on_train_begin(self, model: Any) -> None:
        self.best, self.waited, self.stopped_epoch = math.inf, 0, 0
        self.weights: dict[str, float] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs, model: Any) -> bool | None:
        if self.monitor not in logs:
            names = ", ".join(logs)
            hint = ": give fit validation rows" if self.monitor.removeprefix("val_") in logs else ""
            raise ArgumentError(f"EarlyStopping: expected one of {names} to monitor, got {shown(self.monitor)}{hint}")
        now = self.sign * logs[self.monitor]
        if now < self.best - self.min_delta:
            self.best, self.waited = now, 0
            self.weights = model.state_dict() if self.restore_best_weights else None
            return None
        self.waited += 1
        if self.waited < max(self.patience, 1):
            return None
        self.stopped_epoch = epoch
        if self.weights is not None:
            model.load_state_dict(self.weights)
        return True


class LearningRateScheduler(Callback):
    """Set the learning rate at the start of each epoch to `schedule(epoch, rate)`."""

    def __init__(self, schedule: Callable[[int, float], float]) -> None:
        self.schedule = schedule

    def on_epoch_begin(self, epoch: int, model: Any) -> None:
        model.optimizer.lr = self.schedule(epoch, model.optimizer.lr)


class CSVLogger(Callback):
    """Write the numbers of every epoch to a CSV file, which is whole after each epoch."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path, self.rows = Path(path), list[dict[str, Any]]()

    def on_train_begin(self, model: Any) -> None:
        self.rows = []

    def on_epoch_end(self, epoch: int, logs: Logs, model: Any) -> bool | None:
        self.rows.append({"epoch": epoch, **logs})
        text = io.StringIO()
        writer = csv.DictWriter(text, list(self.rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        write_whole(self.path, text.getvalue())
        return None
