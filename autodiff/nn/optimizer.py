"""The base of all optimizers: which parameters, at what rate, and what a rule remembers from step to step.

>>> class SignDescent(Optimizer):
...     def rule(self, parameter, gradient):
...         return (parameter - self.rate * (1 if gradient > 0 else -1),)
>>> x = Value(4.0)
>>> (x * x).backward()
>>> SignDescent([x], lr=0.5).step()
>>> x.data
3.5
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict, Unpack

from ..errors import ArgumentError, OperandError, shown
from ..coerce import Number, is_series, number
from ..value import Value
from . import elsewhere
from .checks import count, decay
from .hyperparameters import (
    Checks, LearningRate, check_parameters, check_rate, clipped, is_rate, limit, limit_of, misplaced,
)  # fmt: skip
from .keywords import Declared

Rate = Number | Callable[[int], float]  # a number, or a schedule: a function of the number of steps taken
Params = Iterable[Value] | None
After = tuple[Any, ...]  # the parameter after a step, and what each slot of the rule then holds
PART = 16384  # numbers: 128 KiB, so that a rule's arrays and its intermediate results stay in the cache


class Shared(TypedDict, total=False):
    """What every optimizer takes by name."""

    learning_rate: Rate
    weight_decay: Number | None
    clipnorm: Number | None
    clipvalue: Number | None
    global_clipnorm: Number | None


class Optimizer(Declared):
    """Changes parameters by its rule. A rule may remember numbers for each parameter, in the `slots` that it names."""

    _instead = elsewhere.OF_OPTIMIZERS
    _checks: Checks = {"weight_decay": decay, "limit": limit, "steps": count}
    slots: tuple[str, ...] = ()
    default_rate = 0.01
    default_decay: float | None = None
    _lr: Any  # a rate, or a schedule
    _loaded = False  # whether a state waits for its parameters

    def __init__(self, params: Params | Rate = None, lr: Rate | None = None, **shared: Unpack[Shared]) -> None:
        """Without params the optimizer waits for `bind`, or works on arrays; `learning_rate` is another name of lr.

        A number in the place of params is the rate, as Keras has it: `SGD(0.1)`.
        """
        if is_rate(params):
            if lr is not None:
                raise OperandError(misplaced(type(self), params, lr))
            params, lr = None, params
        if lr is not None and "learning_rate" in shared:
            both = f"{shown(lr)} and learning_rate={shown(shared['learning_rate'])}"
            raise OperandError(f"{type(self).__name__}: expected one learning rate, got two, {both}: leave one out")
        self.lr = shared.get("learning_rate", self.default_rate if lr is None else lr)
        self.steps = 0
        self.params: list[Value] = []
        self.groups: list[list[int]] = []
        self.state: dict[str, Any] = {}
        self.weight_decay = shared.get("weight_decay", self.default_decay)
        self.limit = limit_of(type(self).__name__, shared)
        if params is not None:
            self.bind(params)  # type: ignore[arg-type]

    @property
    def lr(self) -> float:
        """The learning rate of the next step: how far a parameter moves along its gradient, before the rule's say."""
        if not callable(self._lr):
            return self._lr  # type: ignore[no-any-return]
        rate = self._lr(self.steps)
        if hasattr(rate, "__array_namespace__") and not rate.ndim:  # a number of another library
            rate = float(rate)
        return check_rate(f"{type(self).__name__}: schedule at step {self.steps}", rate)

    @lr.setter
    def lr(self, lr: Rate) -> None:
        if callable(vars(self).get("_lr")) and not callable(lr):
            expected = f"another schedule, since the rate follows {shown(self._lr)}"
            raise ArgumentError(f"{type(self).__name__}: learning rate: expected {expected}, got {shown(lr)}: "
                                "make a new optimizer for a rate that is set")  # fmt: skip
        self._lr = lr if callable(lr) else check_rate(type(self).__name__, lr)
        self.rate = self.lr if hasattr(self, "steps") else 0.0

    @property
    def learning_rate(self) -> float:
        """The learning rate now, by Keras's name; it can be assigned to, as there: `learning_rate.assign(0.01)`."""
        return LearningRate(self)

    @learning_rate.setter
    def learning_rate(self, rate: Rate) -> None:
        self.lr = rate

    @property
    def iterations(self) -> int:
        """The number of steps taken, by Keras's name."""
        return self.steps

    def bind(self, params: Iterable[Value], groups: Iterable[list[int]] = ()) -> None:
        """Take these parameters as the ones to change; the optimizer starts afresh, or from a state that it has loaded.

        `groups` lists which of them, by their places, are one array of weights, which `clipnorm` clips as one: the
        kernel of a layer, or its biases. Without groups all parameters are one.
        """
        if not is_series(groups):
            raise OperandError(f"{type(self).__name__}: expected lists of places as groups, got {shown(groups)}")
        self.params, self.groups = check_parameters(type(self).__name__, params), list(groups)
        for column in self.state.values() if self._loaded else ():
            if len(column) != len(self.params):
                raise ArgumentError(f"{type(self).__name__}: expected the {len(column)} parameters of the state that "
                                    f"was loaded, got {len(self.params)}")  # fmt: skip
        if not self._loaded:
            self.steps, self.state = 0, {slot: [self.first(slot)] * len(self.params) for slot in self.slots}
        self._loaded = False

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0: `backward` adds to what is there."""
        for parameter in self.params:
            parameter._grad = 0.0

    def step(self) -> None:
        """Change every parameter by the rule, along its `grad`."""
        if not self.params:
            name = type(self).__name__
            raise ArgumentError(f"{name}: expected parameters before a step: write {name}(model.parameters(), ...)")
        self._begin()
        columns = [self.state.setdefault(slot, [self.first(slot)] * len(self.params)) for slot in self.slots]
        gradients = [p._grad for p in self.params]
        if self.limit:
            gradients = clipped(gradients, *self.limit, self.groups)
        data = [self._decayed(p._data) for p in self.params]
        try:
            rows = [self.rule(*row) for row in zip(data, gradients, *columns)]
        except ZeroDivisionError as error:
            name = type(self).__name__
            raise ArgumentError(f"{name}: the rule divides by 0, as it may without an epsilon above 0") from error
        after, *columns = map(list, zip(*rows))
        self.state.update(zip(self.slots, columns))
        for parameter, data in zip(self.params, after):
            parameter._data = data

    def updated(self, parameters: Any, gradient: Any) -> Any:
        """The array of parameters after one step along an array of gradients; neither array is changed."""
        if parameters.shape != gradient.shape:
            shapes = f"{gradient.shape} for {parameters.shape}"
            raise ArgumentError(f"{type(self).__name__}: expected a gradient of the parameters' shape, got {shapes}")
        self._begin()
        columns = [self._column(slot, parameters) for slot in self.slots]
        if self.limit:
            numbers = clipped(gradient.tolist(), *self.limit, self.groups)
            gradient = gradient.__array_namespace__().asarray(numbers, dtype=gradient.dtype)
        after, *columns = self._in_parts(self._decayed(parameters), gradient, *columns)
        self.state.update(zip(self.slots, columns))
        return after

    def rule(self, parameter: Any, gradient: Any, *slots: Any) -> tuple[Any, ...]:
        """The parameter after the step, and what each slot then holds; `self.rate` and `self.steps` are the step's.

        A rule may write into a slot, as in `slot += gradient`, which spares an array a copy; never into the others.
        """
        raise NotImplementedError(f"{type(self).__name__} has no rule: write rule(self, parameter, gradient, *slots)")

    def first(self, slot: str) -> float:
        """What a slot holds before the first step."""
        return 0.0

    def state_dict(self) -> dict[str, Any]:
        """All that the next steps depend on, beside the hyperparameters: the step count, and a list for each slot."""
        return {"steps": self.steps, **{slot: [float(x) for x in self.state.get(slot, ())] for slot in self.slots}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a state, as if never stopped. Raises `ArgumentError` if it is not one of this optimizer."""
        expected = ["steps", *self.slots]
        if not isinstance(state, Mapping) or sorted(state) != sorted(expected):
            raise ArgumentError(f"{type(self).__name__}: expected a state with {expected}, got {shown(state)}")
        columns = {slot: [number(x, slot) for x in state[slot]] for slot in self.slots}
        steps = int(number(state["steps"], "steps"))
        if not steps and not any(columns.values()):  # nothing is remembered yet
            columns = {slot: [self.first(slot)] * len(self.params) for slot in self.slots} if self.params else {}
        for slot, column in columns.items():
            if self.params and len(column) != len(self.params):
                raise ArgumentError(
                    f"{type(self).__name__}: expected {len(self.params)} numbers of {slot!r}, got {len(column)}"
                )
        self.steps, self.state = steps, columns
        self._loaded = not self.params

    def __repr__(self) -> str:
        bound = f", {len(self.params)} parameter{'s' * (len(self.params) != 1)}" if self.params else ""
        return f"{type(self).__name__}(lr={self._lr}{bound})"

    def _decayed(self, parameters: Any) -> Any:
        """A number or an array after weight decay: less lr * weight_decay of itself."""
        return parameters if self.weight_decay is None else parameters - parameters * self.weight_decay * self.rate

    def _begin(self) -> None:
        self.rate, self._loaded = self.lr, False
        self.steps += 1

    def _in_parts(self, parameters: Any, gradient: Any, *columns: Any) -> list[Any]:
        """The rule on arrays; on NumPy's in parts that fit a processor's cache, and each slot in its own memory.

        Both spare the memory traffic that a step mostly is: fresh pages for every result take longer than the sums.
        """
        import numpy

        if not isinstance(parameters, numpy.ndarray) or parameters.ndim != 1:
            return list(self.rule(parameters, gradient, *columns))
        results = [numpy.empty_like(parameters), *columns]
        if all(type(array) is numpy.ndarray for array in (parameters, gradient, *columns)):
            if self._in_one_pass(parameters, gradient, *results):
                return results
        for start in range(0, len(parameters), PART):
            part = slice(start, start + PART)
            parts = [array[part] for array in (parameters, gradient, *columns)]
            after, slots = list(self.rule(*parts)), [None, *parts[2:]]
            for place, new in enumerate(after):  # a rule may hand one slot on to the next
                if any(new is slot for other, slot in enumerate(slots) if other != place):
                    after[place] = new.copy()
            for result, new, slot in zip(results, after, slots, strict=True):
                if new is not slot:
                    result[part] = new
        return results

    def _in_one_pass(self, parameters: Any, gradient: Any, after: Any, *columns: Any) -> bool:
        """Whether one pass through memory has filled `after` and the slots as the rule does, to its last bit."""
        return False

    def _column(self, slot: str, parameters: Any) -> Any:
        """A slot as an array like the parameters, also after it has been loaded, or used with Values, as a list."""
        held = self.state.get(slot)
        if held is None:
            return parameters * 0.0 + self.first(slot)
        if not isinstance(held, list):
            return held
        return parameters.__array_namespace__().asarray(held, dtype=parameters.dtype)


def sqrt(x: Any) -> Any:
    """The square root of a number, or of each number of an array, correctly rounded either way.

    >>> sqrt(9.0)
    3.0
    """
    return math.sqrt(x) if isinstance(x, float) else x.__array_namespace__().sqrt(x)


def take_larger(x: Any, y: Any) -> Any:
    """The larger of two numbers, or of each pair of two arrays.

    >>> take_larger(2.0, 3.0)
    3.0
    """
    return max(x, y) if isinstance(x, float) else x.__array_namespace__().maximum(x, y)
