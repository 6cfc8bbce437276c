"""What `compile` asks of each output of a model: its loss and how much that counts, and its metrics.

>>> [objective.factor for objective in objectives(["a", "b"], "mse", {"b": 0.5, "a": 2.0}, {"b": ["mae"]}, None)]
[2.0, 0.5]
"""

from collections.abc import Mapping, Sequence
from itertools import count
from operator import attrgetter
from typing import Any, NamedTuple

from ...coerce import is_series
from ...errors import ArgumentError, OperandError, shown
from .. import checks, losses
from ..measures.loss import LossFunction
from ..measures.metric import Metric, Quotient
from ..metrics import find
from ..layers.ports import by_name
from ..layers.rows import datum, entries
from ..layers.tables import Array
from .targets import Part, Targets, as_trained


class Objective(NamedTuple):
    """What one output is trained and measured by; `prefix` stands before its names where there are several."""

    prefix: str
    loss: LossFunction | None
    factor: float
    metrics: list[Any]
    weighted_metrics: list[Any]


def objectives(outputs: Sequence[str], loss: Any, loss_weights: Any, metrics: Any, weighted_metrics: Any,
               ) -> list[Objective]:  # fmt: skip
    """One for each output, from what `compile` was given: one for all, a list, or a dict by the outputs' names."""
    given = loss if isinstance(loss, (list, tuple, dict)) else [loss] * len(outputs)
    found = [None if each is None else losses.find(each) for each in by_output("loss", given, outputs)]
    if not any(found):
        raise ArgumentError("compile: expected a loss, such as loss='binary_crossentropy'")
    factors = [1.0 if each is None else checks.not_nan(each, "compile: loss_weights")
               for each in by_output("loss_weights", loss_weights, outputs)]  # fmt: skip
    plain, weighted = (metrics_of(what, each, outputs) for what, each in
                       (("metrics", metrics), ("weighted_metrics", weighted_metrics)))  # fmt: skip
    prefixes = [f"{name}_" * (len(outputs) > 1) for name in outputs]
    return [Objective(*each) for each in zip(prefixes, found, factors, plain, weighted)]


def metrics_of(what: str, metrics: Any, outputs: Sequence[str]) -> list[list[Any]]:
    """The metrics of each output."""
    if metrics is None:
        return [[] for _ in outputs]
    if isinstance(metrics, str) or not is_series(metrics):
        raise OperandError(f"compile: expected a list of {what}, got {shown(metrics)}: write ['accuracy']")
    if len(outputs) == 1 and not isinstance(metrics, Mapping):
        return [list(metrics)]
    found = by_output(what, metrics if isinstance(metrics, Mapping) else list(metrics), outputs)
    return [[] if each is None else list(each) if isinstance(each, (list, tuple)) else [each] for each in found]


def by_output(what: str, given: Any, outputs: Sequence[str]) -> list[Any]:
    """What is given for each output, from a list or a dict; None for what a dict leaves out."""
    if given is None:
        return [None] * len(outputs)
    if not isinstance(given, (list, tuple, Mapping)) and len(outputs) == 1:
        return [given]
    return by_name(f"compile: {what}", given, outputs, outputs)


def require_known(every: Sequence[Objective]) -> None:
    """An error for a metric that there is not, before there are labels that it could suit, or that is there twice."""
    seen: list[Any] = []
    for objective in every:
        for metric in (*objective.metrics, *objective.weighted_metrics):
            find(metric, [[0.0]], outputs=1, loss=objective.loss)
            if isinstance(metric, Metric) and any(metric is each for each in seen):
                raise ArgumentError(f"compile: metrics: {metric!r} is there twice: give each output one of its own")
            seen.append(metric)


class Meter(NamedTuple):
    """A metric with its name in a history, and where its labels and outputs are."""

    name: str
    metric: Metric
    part: Part
    weighted: bool


class LossOf(Quotient):
    """The loss of one output, as training has it: the mean over batches of any size."""

    def __init__(self, loss: LossFunction, part: Part) -> None:
        super().__init__()
        self.loss, self.part = loss, part

    def add_batch(self, table: Array, outputs: Array) -> None:
        """Take in a batch."""
        given = [entries(row) for row in as_trained([self.loss], outputs)]
        loss = self.part.loss_of(self.loss, table.tolist(), given)
        self.add(len(table) * datum(loss, "loss"), len(table))


class Meters:
    """The losses of the outputs, where there are several, and all metrics, gathered batch by batch."""

    def __init__(self, every: Sequence[Objective], targets: Targets) -> None:
        pairs = list(zip(every, targets.parts))
        several = sum(each.loss is not None for each in every) > 1
        self.losses = {f"{prefix}loss": LossOf(loss, part) for (prefix, loss, *_), part in pairs if several and loss}
        self.meters: list[Meter] = []
        for weighted in (False, True):
            for objective, part in pairs:
                for metric in objective.weighted_metrics if weighted else objective.metrics:
                    self.append(objective, metric, part, targets.table, weighted)
        if len(pairs) > 1:
            self.meters.sort(key=attrgetter("name"))  # the order in which Keras has them then

    def append(self, objective: Objective, metric: Any, part: Part, table: Array, weighted: bool) -> None:
        """One more, under a name that no other has."""
        labels, size = part.labels_of(table[:1]).tolist(), part.outputs.stop - part.outputs.start
        found = find(metric, labels, size, objective.loss)
        name, taken = objective.prefix + found.name, {meter.name for meter in self.meters}
        name = f"{objective.prefix}weighted_{found.name}" if weighted and name in taken else name
        free = name if name not in taken else next(each for i in count(1) if (each := f"{name}_{i}") not in taken)
        self.meters.append(Meter(free, found, part, weighted))

    def __bool__(self) -> bool:
        return bool(self.losses or self.meters)

    def state(self) -> list[tuple[Metric, dict[str, Any]]]:
        """What the metrics have gathered, to be given back to them."""
        return [(meter.metric, dict(vars(meter.metric))) for meter in self.meters]

    def reset(self) -> None:
        """Forget all rows."""
        for metric in (*self.losses.values(), *(meter.metric for meter in self.meters)):
            metric.reset_state()

    def update(self, table: Array, outputs: Array) -> None:
        """Take in some rows of the table, and the model's outputs for them."""
        for loss in self.losses.values():
            loss.add_batch(table, outputs)
        for _, metric, part, weighted in self.meters:
            labels, own = part.labels_of(table), outputs[:, part.outputs]
            labels = labels[:, None] if labels.ndim == own.shape[1] == 1 else labels
            weights = part.weights_of(table) if weighted else None
            metric.update_state(labels, own, *() if weights is None else (weights,))

    def results(self) -> dict[str, float]:
        """The numbers of all rows since the last reset, by name."""
        numbers = {name: loss.result() for name, loss in self.losses.items()}
        return numbers | {meter.name: checks.real(meter.metric.result(), meter.name) for meter in self.meters}
