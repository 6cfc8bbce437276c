"""How one batch becomes one step of training: Value by Value, or by a compiled step function.

Both have the same methods, and `fit` knows nothing else of them. With the eager engine a step is, to the last bit,
what a loop by hand does:

    loss = loss_function(y, [model(row) for row in x])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""

import copy
from math import isfinite
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np

from ...compiled import compile
from ...coerce import is_one_of
from ...errors import ArgumentError, shown
from ...value import Value
from ..layers.block import Block
from ..layers.dense import Dropout
from ..measures.loss import LossFunction
from ..layers.module import in_mode
from ..optimizers import Optimizer
from ..regularizers import L1L2
from ..layers.rows import datum, entries
from .masked import Masked
from .step import STEPS, as_loss
from .watched import Watched
from ..layers.tables import Array

ENGINES = ("auto", "eager", "compiled", "jax")


class Engine:
    """What `fit` asks of an engine."""

    def loss(self, x: Array, y: Array) -> float:
        """The loss of a batch; its gradient is kept for `step`."""
        raise NotImplementedError

    def outputs(self, rows: int) -> Array:
        """What the model gave for the rows of the last batch."""
        raise NotImplementedError

    def step(self) -> bool:
        """Change the parameters along the gradient; False, and no change, if a number came out nan or inf."""
        raise NotImplementedError

    def weights(self) -> Any:
        """The parameters' numbers as they are now, for `restore`."""

    def restore(self, weights: Any) -> None:
        """Set the parameters, also those of the model, to earlier numbers."""

    def sync(self) -> None:
        """Write the numbers into the model's Values, if they are kept elsewhere."""

    def reload(self) -> None:
        """Read the numbers from the model's Values, if they are kept elsewhere."""


class Eager(Engine):
    """Every batch is a new graph of Values."""

    def __init__(self, model: Block, loss: LossFunction, optimizer: Optimizer) -> None:
        self.model, self.loss_function, self.optimizer = model, loss, optimizer
        self.parameters = model.parameters()
        self.blocks = blocks_of(model)
        self.penalties = penalties_of(self.blocks)

    def loss(self, x: Array, y: Array) -> float:
        self.predicted = [self.model.row(row) for row in x.tolist()]
        loss = as_loss(self.loss_function(y.tolist(), self.predicted))
        for regularizer, values in self.penalties:
            loss = loss + regularizer.penalty(values)
        for parameter in self.parameters:  # frozen ones as well: their gradients are not used, and must stay finite
            parameter._grad = 0.0
        loss.backward()
        return loss.data

    def outputs(self, rows: int) -> Array:
        return np.array([[value.data for value in entries(row)] for row in self.predicted])

    def step(self) -> bool:
        if not all(isfinite(parameter._grad) for parameter in self.parameters):
            return False
        self.optimizer.step()
        return all(isfinite(parameter._data) for parameter in self.parameters)

    def weights(self) -> list[float]:
        return [parameter._data for parameter in self.parameters]

    def reload(self) -> None:
        self.penalties = penalties_of(self.blocks)

    def restore(self, weights: list[float]) -> None:
        for parameter, data in zip(self.parameters, weights, strict=True):
            parameter._data = data


class Compiled(Engine):
    """The graph of one row is recorded once and runs as array code for every batch."""

    def __init__(self, model: Block, loss: LossFunction, optimizer: Optimizer, engine: str) -> None:
        self.optimizer, self.blocks = optimizer, blocks_of(model)
        self.dropouts = [module for module in model.modules() if isinstance(module, Dropout)]
        self.masked = Masked(model, self.dropouts)
        self.take: Any = STEPS[engine](self.masked if self.dropouts or model.several else model, loss)
        self.may_have_changed = True  # the model or the loss, by a callback
        self.gradient: Any = None
        parameters = model.parameters()
        trained = {id(parameter) for parameter in optimizer.params}
        places = [place for place, parameter in enumerate(parameters) if id(parameter) in trained]
        self.trained = None if len(places) == len(parameters) else np.array(places)  # None: all of them
        self.places = {id(parameter): place for place, parameter in enumerate(parameters)}
        self.penalties = self.find_penalties()

    def loss(self, x: Array, y: Array) -> float:
        if self.dropouts:
            x = self.masked.with_masks(x)
        step, self.may_have_changed = self.take if self.may_have_changed else self.take.run, False
        loss, self.gradient = step(x, y)
        loss = float(loss)
        if self.penalties:
            self.gradient = np.array(self.gradient)
        for regularizer, places in self.penalties:
            weights = np.asarray(self.take.parameters)[places]
            if type(regularizer).penalty is not L1L2.penalty:  # of the user's own
                values = [Value(weight) for weight in weights.tolist()]
                penalty = as_loss(regularizer.penalty(values))
                penalty.backward()
                loss += penalty.data
                self.gradient[places] += [value.grad for value in values]
                continue
            loss += float(regularizer.l1 * np.abs(weights).sum() + regularizer.l2 * (weights * weights).sum())
            self.gradient[places] += regularizer.l1 * np.sign(weights) + 2 * regularizer.l2 * weights
        return loss

    def find_penalties(self) -> list[tuple[Any, Array]]:
        """The regularizers of the model, each with the places of the numbers that it keeps small."""
        return [(regularizer, np.array([self.places[id(value)] for value in values]))
                for regularizer, values in penalties_of(self.blocks)]  # fmt: skip

    def outputs(self, rows: int) -> Array:
        found = np.asarray(self.take.outputs)
        return np.broadcast_to(found, (rows, found.shape[-1]))

    def step(self) -> bool:
        if not all_finite(self.gradient):
            return False
        with np.errstate(over="ignore", invalid="ignore"):  # the next line finds out, and `fit` says it in a sentence
            self.take.parameters = self.updated(self.take.parameters, self.gradient)
        return all_finite(self.take.parameters)

    def updated(self, parameters: Any, gradient: Any) -> Any:
        """The parameters after the step; frozen ones stay as they are."""
        if self.trained is None:
            return self.optimizer.updated(parameters, gradient)
        after = np.array(parameters)
        after[self.trained] = np.asarray(self.optimizer.updated(parameters[self.trained], gradient[self.trained]))
        return parameters.__array_namespace__().asarray(after, dtype=parameters.dtype)

    def weights(self) -> Any:
        return self.take.parameters  # never changed, only replaced

    def restore(self, weights: Any) -> None:
        self.take.parameters = weights
        self.sync()

    def sync(self) -> None:
        self.take.sync()

    def reload(self) -> None:
        self.take.reload()
        self.may_have_changed = True
        self.penalties = self.find_penalties()


def all_finite(array: Any) -> bool:
    """Whether no number of an array is nan or inf; a finite sum of squares says so soonest, another one may lie."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(array @ array) or np.isfinite(array).all())


def blocks_of(model: Block) -> list[Block]:
    """All layers inside, which takes as long as to look at each weight."""
    return [module for module in model.modules() if isinstance(module, Block)]


def penalties_of(blocks: list[Block]) -> list[tuple[Any, list[Value]]]:
    """The regularizers of layers, each with the Values that it keeps small."""
    return [penalty for block in blocks for penalty in block.penalties() if penalty[1]]


def penalty(model: Block) -> float:
    """What the regularizers of a model add to its loss."""
    return sum(float(each.penalty(value.data for value in values)) for each, values in penalties_of(blocks_of(model)))


def engine_for(name: str, model: Block, loss: LossFunction, optimizer: Optimizer) -> Engine:
    """The engine of that name; "auto" is the compiled one."""
    require_engine(name)
    if name == "eager":
        return Eager(model, loss, optimizer)
    return Compiled(model, loss, optimizer, "compiled" if name == "auto" else name)


def require_engine(name: object) -> None:
    """An error unless there is an engine of that name."""
    if not is_one_of(name, ENGINES):
        raise ArgumentError(f"engine: expected one of {', '.join(ENGINES)}, got {shown(name)}")


def forward(model: Block, rows: Array, engine: str) -> Array:
    """The outputs of a model at rest for each row, recording nothing."""
    with in_mode(model, False):
        if engine == "eager":
            twin = with_numbers(model)
            found = [entries(twin.forward(row)) for row in rows.tolist()]
            return np.array([[datum(x, "predict") for x in row] for row in found])
        return np.column_stack([np.broadcast_to(y, len(rows)) for y in compiled_forward(model)(*rows.T)])


def with_numbers(model: Block) -> Block:
    """A copy of the model whose parameters are plain numbers, which computes the same without recording."""
    memo: dict[int, Any] = {id(parameter): parameter.data for parameter in model.parameters()}
    return copy.deepcopy(model, memo | {id(getattr(model, "optimizer", None)): None})


_FORWARDS: "WeakKeyDictionary[Block, tuple[Watched, Any]]" = WeakKeyDictionary()


def compiled_forward(model: Block) -> Any:
    """The model as a program of a row's numbers; kept while the model has the same parameters, layers and settings."""
    watched, program = _FORWARDS.get(model, (Watched(), None))
    if watched.changed(model):
        held: Any = ref(model)  # a program that held the model would keep it from ever leaving the dictionary
        program = compile(lambda *row: entries(held().forward(list(row))))
        watched.keep(model)
        _FORWARDS[model] = (watched, program)
    return program
