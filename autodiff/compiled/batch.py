"""The loss of one row of data, recorded once and run on whole batches: the mean loss, its gradient, and predictions.

Parameters are one vector that all rows share, rows are matrices. This is what a training step needs; `compile` is the
general tool.

>>> import numpy as np
>>> from autodiff import Value
>>> w = [Value(1.0), Value(2.0)]
>>> def loss(xs, ts):
...     prediction = w[0] * xs[0] + w[1] * xs[1]
...     return [(prediction - ts[0]) ** 2, prediction]
>>> batch = Batch("example", w, loss)
>>> mean, gradient, predictions = batch(np.array([1.0, 2.0]), np.eye(2), np.array([[0.0], [0.0]]))
>>> mean, gradient.tolist(), predictions.tolist()
(2.5, [1.0, 2.0], [[1.0], [2.0]])
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any, NamedTuple

import numpy as np

from ..errors import ArgumentError
from ..value import Value
from . import codegen as emit
from .ir.reverse import reverse
from .ir.passes import fold_constants, without_dead
from .ir.program import Program
from .record.recorder import record
from .vectorize import Group, vectorize
from .recordings import check_number, each_part

SEED = "share"  # the input that the gradient starts from: 1 / rows
TURN = RLock()  # held by whoever gives Values other numbers for a while; who must not see those numbers waits for it


class Recording(NamedTuple):
    """The loss recorded once: its program, its source, and the function made of it."""

    program: Program
    source: str
    run: Callable[..., Any]

    def sums(self, parameters: Any, X: Any, T: Any, share: float) -> tuple[Any, Any, Any, Any]:
        """The losses added up, their gradient times the share, what is observed, and for which rows that holds."""
        loss, observed, gradient, *held = self.run(parameters, X, T, share)
        if self.program.instructions[self.program.outputs[0]].rows:
            return loss.sum(), gradient, observed, held[0] if held else True
        rows = X.shape[0]  # a loss that is one number for all rows counts for each of them
        return rows * loss, rows * gradient, observed, held[0] if held else True


class Batch:
    """The mean of a loss over the rows, and its gradient in the parameters: batch(parameters, X, T).

    `loss(xs, ts)` gives a list: the loss of a row, and one number or more to observe beside it, such as the prediction.
    What is observed has a row for each row, or is one row for all.
    """

    def __init__(self, name: str, parameters: Sequence[Value], loss: Callable[[list[Value], list[Value]], list[Value]],
                 target: str = "numpy", finish: Callable[[Any], Any] | None = None) -> None:  # fmt: skip
        """`finish` is applied to the emitted function, as jax.jit may be."""
        self.name, self.parameters, self.loss = name, list(parameters), loss
        self.target, self.finish = target, finish or (lambda function: function)
        self.recordings: list[Recording] = []
        self._lock = RLock()

    def __call__(self, parameters: Any, X: Any, T: Any) -> tuple[Any, Any, Any]:
        """The mean loss over the rows of X and T, its gradient, and what is observed."""
        if not self.recordings:
            self.record(parameters, X[0], T[0])
        rows = X.shape[0]
        loss, gradient, observed, held = self.recordings[-1].sums(parameters, X, T, 1.0 / rows)
        if held is True or np.all(held):
            return loss / rows if self.target != "numpy" else float(loss / rows), gradient, observed
        return self._row_by_row(parameters, X, T)

    def _row_by_row(self, parameters: Any, X: Any, T: Any) -> tuple[Any, Any, Any]:
        """Each row by the recording whose comparisons come out as they do for it."""
        loss, gradient, observed, share = 0.0, 0.0, None, 1.0 / len(X)
        parts = each_part(len(X), lambda rows, tried: self.find(parameters, X[rows[0]], T[rows[0]], tried),
                          lambda found, rows: found.run(parameters, X[rows], T[rows], share)[3])  # fmt: skip
        for found, part in parts:
            more, change, seen, _ = found.sums(parameters, X[part], T[part], share)
            loss, gradient = loss + more, gradient + change
            observed = np.empty((len(X), np.shape(seen)[-1])) if observed is None else observed
            observed[part] = seen
        return loss / len(X), gradient, observed

    def find(self, parameters: Any, x: Any, t: Any, tried: int) -> tuple[Recording, bool]:
        """A recording that has not been tried, and whether it was made for this row."""
        with self._lock:
            fresh = tried >= len(self.recordings)
            return self.record(parameters, x, t) if fresh else self.recordings[tried], fresh

    def record(self, parameters: Any, x: Any, t: Any) -> Recording:
        """Record the loss of one row, and keep the recording; the parameters have a say in where it branches."""
        with self._lock, set_for_now(self.parameters, parameters):
            check_number(self.name, [each.program for each in self.recordings])
            xs, ts = [Value(float(each)) for each in x], [Value(float(each)) for each in t]
            arguments = [*self.parameters, *xs, *ts]
            tape = record(lambda: self.loss(xs, ts), arguments)
            found = vectorize(tape, self.groups(len(xs), len(ts)), always=True, alone=1)
            assert found is not None
            program, captured = found.program, found.captured
            if captured:
                raise ArgumentError(f"{self.name}: expected Values of the model's parameters and the row alone, got "
                                    f"{captured[0]!r}: add it to the model's parameters")  # fmt: skip
            program = without_dead(fold_constants(program))
            whole = without_dead(reverse(program, ["parameters"], seed=SEED))
            source = emit.source({"value_and_grad": whole}, self.target)
            run = self.finish(emit.functions(source, "step", self.target)["value_and_grad"])
            made = Recording(whole, source, np.errstate(all="ignore")(run))
            self.recordings.append(made)
            return made

    def groups(self, inputs: int, labels: int) -> list[Group]:
        """The parameters, and the row's inputs and labels, each as one vector."""
        count = len(self.parameters)
        return [Group("parameters", tuple(range(count)), False, True),
                Group("x", tuple(range(count, count + inputs)), True, True),
                Group("y", tuple(range(count + inputs, count + inputs + labels)), True, True)]  # fmt: skip


@contextmanager
def set_for_now(values: Sequence[Value], numbers: Any) -> Iterator[None]:
    """Give Values other numbers, and in the end those that they had; one thread at a time.

    Where they have these numbers already nothing is written, and other threads may go on reading them.
    """
    with TURN:
        before, now = [value.data for value in values], np.asarray(numbers, np.float64)
        if np.array(before).tobytes() == now.tobytes():
            yield
            return
        try:
            _set(values, now.tolist())
            yield
        finally:
            _set(values, before)


def _set(values: Sequence[Value], numbers: list[float]) -> None:
    for value, number in zip(values, numbers, strict=True):
        value.data = number
