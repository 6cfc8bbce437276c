"""One call of `fit`: epoch by epoch, batch by batch, to its end or to the first number that is none.

>>> history = History()
>>> history.add(0, {"loss": 0.5})
>>> history.add(1, {"loss": 0.25})
>>> history
History(2 epochs: loss 0.25)
"""

from collections.abc import Iterable
from math import isfinite
from typing import Any

from ..anomaly import detect_anomaly
from ..errors import AnomalyError
from .block import Block
from .callbacks import Callback
from .engines import Engine
from .losses import Loss
from .progress import Advance
from .tables import Array


class History:
    """What happened in training: `history` has a list per name, one number per epoch of `epoch`."""

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def add(self, epoch: int, logs: dict[str, float]) -> None:
        self.epoch.append(epoch)
        for name, x in logs.items():
            self.history.setdefault(name, []).append(x)

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {numbers[-1]:.4g}" for name, numbers in self.history.items())
        return f"History({len(self.epoch)} epochs{': ' * bool(last)}{last})"


class Run:
    """One call of `fit`: what it keeps from batch to batch."""

    def __init__(self, model: Block, loss: Loss, engine: Engine, callbacks: list[Callback]) -> None:
        self.model, self.loss, self.engine, self.callbacks = model, loss, engine, callbacks
        self.history, self.stop = History(), False
        self.good = engine.weights()

    def epochs(self, first: int, end: int) -> Iterable[int]:
        """The epochs to run, with the callbacks' say; training is on while a caller works on one."""
        self._tell("on_train_begin")
        for epoch in range(first, end):
            self._tell("on_epoch_begin", epoch)
            yield epoch
            if self.stop:
                break
        self._tell("on_train_end")

    def epoch(self, x: Array, y: Array, batches: list[list[int]], label: str, advance: Advance) -> float:
        """Train on every batch; the mean loss over the rows."""
        whole = 0.0
        self.model.train()
        try:
            for place, batch in enumerate(batches):
                loss = self.batch(x[batch], y[batch], f"epoch {label}, batch {place + 1}")
                whole += loss * len(batch)
                advance(f"epoch {label}, loss {loss:.4f}")
        finally:
            self.model.eval()
        self.engine.sync()
        return whole / len(x)

    def batch(self, x: Array, y: Array, where: str) -> float:
        """One step, or the end of training if a number is no longer one."""
        loss = self.engine.loss(x, y)
        if isfinite(loss):
            before = self.engine.weights()
            if self.engine.step():
                self.good = before
                return loss
            self.good = before
        reason = self.reason(x, y, loss)
        self.engine.restore(self.good)
        raise AnomalyError(
            f"training stopped in {where}: {reason}. The weights are those of the last good batch. "
            f"A lower learning rate, or scaled inputs, may help"
        )

    def reason(self, x: Array, y: Array, loss: float) -> str:
        """The first operation that made a nan or inf: the batch again, watched."""
        try:
            with detect_anomaly():
                self.loss(y.tolist(), [self.model(row) for row in x.tolist()]).backward()
        except AnomalyError as error:
            return str(error)
        return f"the loss was {loss}, and the step made a weight nan or inf"

    def after(self, epoch: int, logs: dict[str, float]) -> None:
        for callback in self.callbacks:
            self.stop |= callback.on_epoch_end(epoch, dict(logs), self.model) is True
        if self.callbacks:  # one may have set the weights
            self.engine.reload()

    def _tell(self, method: str, *arguments: Any) -> None:
        for callback in self.callbacks:
            getattr(callback, method)(*arguments, self.model)
