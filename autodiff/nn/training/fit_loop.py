"""One call of `fit`: epoch by epoch, batch by batch, to its end or to the first number that is none.

>>> history = History()
>>> history.add(0, {"loss": 0.5})
>>> history.add(1, {"loss": 0.25})
>>> history
History(2 epochs: loss 0.25)
"""

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any

from ...anomaly import detect_anomaly
from ...errors import AnomalyError
from ..layers.block import Block
from .callback import Callback, bind_method
from .engines import Engine
from ..measures.loss import LossFunction
from ..notebook import history_table, preformat
from .objectives import Meters
from ..progress import Advance, progress, silent, sparkline
from ..layers.tables import Array
from .targets import Rows


def in_order(logs: dict[str, float]) -> dict[str, float]:
    """Numbers by name, in the order of their names, as Keras has them."""
    return {name: logs[name] for name in sorted(logs)}


def report_numbers(logs: dict[str, float], return_dict: bool) -> Any:
    """Numbers as Keras returns them: the loss alone or first in a list, or all by name if asked for."""
    return in_order(logs) if return_dict else logs["loss"] if len(logs) == 1 else list(logs.values())


def line_of(logs: dict[str, float]) -> str:
    """Losses and metrics on one line, as Keras prints them."""
    return " - ".join(f"{name}: {x:.4f}" for name, x in logs.items())


class History:
    """What happened in training: `history` has a list per name, one number per epoch of `epoch`."""

    model: Any = None  # that was trained

    def __init__(self, params: dict[str, Any] | None = None) -> None:
        self.params = {} if params is None else params  # what the callbacks are told of the training
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def add(self, epoch: int, logs: dict[str, float]) -> None:
        """Keep the numbers of an epoch."""
        self.epoch.append(epoch)
        for name, x in logs.items():
            self.history.setdefault(name, []).append(x)

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {numbers[-1]:.4g}" for name, numbers in self.history.items())
        return f"History({len(self.epoch)} epochs{': ' * bool(last)}{last})"

    def _repr_html_(self) -> str:
        """What a notebook shows: the first and last numbers, and their curves."""
        return history_table(self.history, len(self.epoch)) if self.epoch else preformat(repr(self))


class Run:
    """One call of `fit`: what it keeps from batch to batch."""

    def __init__(self, model: Block, loss: LossFunction, engine: Engine, meters: Meters,
                 callbacks: list[Callback]) -> None:  # fmt: skip
        self.model, self.loss, self.engine, self.meters, self.callbacks = model, loss, engine, meters, callbacks
        self.history, self.logs = History(), dict[str, float]()
        self.good = engine.weights()
        self.modules = list(model.modules())
        self.watching_batches = [callback for callback in callbacks if callback.watches_batches()]

    def begin(self, params: dict[str, Any]) -> None:
        """Tell the callbacks whose training it is, and what is known of it."""
        self.history.model, self.history.params = self.model, params
        for callback in self.callbacks:
            callback.set_model(self.model)
            callback.set_params(dict(params))

    def train(self, rows: Rows, epochs: range, order: Callable[[int], list[list[int]]],
              validate: Callable[[int], dict[str, float]]) -> History:  # fmt: skip
        """Train on the rows: `order` gives the batches of a pass over them, `validate` the numbers after an epoch."""
        verbose, steps = self.history.params["verbose"], self.history.params["steps"]
        bar = {"quiet": verbose not in (1, "auto"), "lines": verbose == "auto"}
        with progress(len(epochs) * steps, "Training", **bar) as advance:
            lines = verbose == 2 or verbose == 1 and advance is silent
            waiting: list[list[int]] = []  # batches of this pass over the rows
            for epoch in self.epochs(epochs.start, epochs.stop):
                waiting = waiting or order(epoch)
                batches, waiting = waiting[:steps], waiting[steps:]
                logs = self.epoch(rows.x, rows.targets.table, batches, f"{epoch + 1}/{epochs.stop}", advance)
                self.after(epoch, in_order(logs | validate(epoch)))
                if lines:
                    print(f"Epoch {epoch + 1}/{epochs.stop} - {line_of(self.logs)}")
        return self.history

    def epochs(self, first: int, end: int) -> Iterable[int]:
        """The epochs to run, with the callbacks' say; training is on while a caller works on one."""
        self.model.stop_training = False
        self._call("on_train_begin")
        try:
            for epoch in range(first, end):
                self.logs = {}
                self._call("on_epoch_begin", epoch)
                yield epoch
                if self.model.stop_training:  # type: ignore[attr-defined]
                    break
        finally:
            if not self.callbacks:  # which have seen the numbers after each epoch, and may have set others
                self.engine.sync()
        self._call("on_train_end", logs=self.logs)

    def epoch(self, x: Array, y: Array, batches: list[list[int]], label: str, advance: Advance) -> dict[str, float]:
        """Train on every batch; the mean loss over the rows and the metrics, of each batch before its step."""
        whole, seen, logs = 0.0, 0, dict[str, float]()
        curve = sparkline(self.history.history.get("loss", ()))
        self.set_training(True)
        self.meters.reset()
        try:
            for place, batch in enumerate(batches):
                self._call_for_batch("on_train_batch_begin", place)
                loss = self.batch(x[batch], y[batch], f"epoch {label}, batch {place + 1}")
                whole, seen = whole + loss * len(batch), seen + len(batch)
                if self.meters:
                    self.meters.update(y[batch], self.engine.outputs(len(batch)))
                advance(f"epoch {label}, loss {whole / seen:.4f} {curve}".rstrip(), self.history.history)
                if self.watching_batches:
                    logs = in_order({"loss": whole / seen} | self.meters.results())
                self._call_for_batch("on_train_batch_end", place, logs)
                if self.model.stop_training:  # type: ignore[attr-defined]
                    break
        finally:
            self.set_training(False)
        return {"loss": whole / seen} | self.meters.results()

    def set_training(self, mode: bool) -> None:
        """Tell every module that training is on, or over; to look for them in each epoch would take its time."""
        for module in self.modules:
            module.training = mode

    def batch(self, x: Array, y: Array, where: str) -> float:
        """One step, or the end of training if a number is no longer one."""
        loss, before = self.engine.loss(x, y), self.engine.weights()
        if isfinite(loss):
            stepped, self.good = self.engine.step(), before
            if stepped:
                return loss
        self.engine.restore(before)  # those that the loss was of, also in the model, where the reason is looked for
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
                self.loss(y.tolist(), [self.model.row(row) for row in x.tolist()]).backward()
        except AnomalyError as error:
            return str(error)
        return f"the loss was {loss}, and the step made a weight nan or inf"

    def after(self, epoch: int, logs: dict[str, float]) -> None:
        """Tell the callbacks that an epoch has ended; each gets the same dict, and what it adds is kept."""
        self.logs = dict(logs)
        if self.callbacks:
            self.engine.sync()
        for callback in self.callbacks:
            if bind_method(callback, "on_epoch_end", self.model)(epoch, self.logs) is True:
                self.model.stop_training = True
        self.history.add(epoch, self.logs)
        if self.callbacks:  # one may have set the weights
            self.engine.reload()

    def _call(self, method: str, *arguments: Any, logs: dict[str, float] | None = None) -> None:
        for callback in self.callbacks:
            bind_method(callback, method, self.model)(*arguments, dict(logs or {}))
        if self.callbacks:  # one may have set the weights, which are in the model whenever this is called
            self.engine.reload()

    def _call_for_batch(self, method: str, place: int, logs: dict[str, float] | None = None) -> None:
        """Tell those callbacks that watch batches; they see the weights as they are, and may set them."""
        if not self.watching_batches:
            return
        self.engine.sync()
        for callback in self.watching_batches:
            bind_method(callback, method, self.model)(place, dict(logs or {}))
        self.engine.reload()
