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
from typing import Any, ClassVar

from ..errors import ArgumentError, OperandError, shown
from ..coerce import Number, number
from ..value import Value
from . import initializers as initial
from .keywords import known_arguments
from .module import Module

Rate = Number | Callable[[int], float]  # a number, or a schedule: a function of the number of steps taken
Params = Iterable[Value] | None
PART = 16384  # numbers: 128 KiB, so that a rule's arrays and its intermediate results stay in the cache


class Optimizer:
    """Changes parameters by its rule. A rule may remember numbers for each parameter, in the `slots` that it names."""

    slots: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        """Every optimizer answers an unknown argument with the nearest one that it has."""
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            cls.__init__ = known_arguments(cls.__init__)  # type: ignore[method-assign]

    def __init__(self, params: Params, lr: Rate, learning_rate: Rate | None = None) -> None:
        """Without params the optimizer waits for `bind`, or works on arrays; `learning_rate` is another name of lr."""
        self.lr = lr if learning_rate is None else learning_rate
        self.steps = 0
        self.params: list[Value] = []
        self.state: dict[str, Any] = {}
        if params is not None:
            self.bind(params)

    @property
    def lr(self) -> float:
        """The learning rate of the next step: how far a parameter moves along its gradient, before the rule's say."""
        return float(self._lr(self.steps)) if callable(self._lr) else self._lr

    @lr.setter
    def lr(self, lr: Rate) -> None:
        self._lr = lr if callable(lr) else at_least_zero(type(self).__name__, "learning rate", lr)
        self.rate = self.lr if hasattr(self, "steps") else 0.0

    def bind(self, params: Iterable[Value]) -> None:
        """Take these parameters as the ones to change; the optimizer starts afresh."""
        self.params = checked(type(self).__name__, params)
        self.steps, self.state = 0, {slot: [self.first(slot)] * len(self.params) for slot in self.slots}

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
        columns = [self.state[slot] for slot in self.slots]
        rows = [self.rule(p._data, p._grad, *slots) for p, *slots in zip(self.params, *columns)]
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
        after, *columns = self._in_parts(parameters, gradient, *columns)
        self.state.update(zip(self.slots, columns))
        return after

    def rule(self, parameter: Any, gradient: Any, *slots: Any) -> tuple[Any, ...]:
        """The parameter after the step, and what each slot then holds; `self.rate` and `self.steps` are the step's."""
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
        for slot, column in columns.items():
            if self.params and len(column) != len(self.params):
                raise ArgumentError(
                    f"{type(self).__name__}: expected {len(self.params)} numbers of {slot!r}, got {len(column)}"
                )
        self.steps, self.state = int(number(state["steps"], "steps")), columns

    def __repr__(self) -> str:
        bound = f", {len(self.params)} parameter{'s' * (len(self.params) != 1)}" if self.params else ""
        return f"{type(self).__name__}(lr={self._lr}{bound})"

    def _begin(self) -> None:
        self.rate = self.lr
        self.steps += 1

    def _in_parts(self, parameters: Any, gradient: Any, *columns: Any) -> list[Any]:
        """The rule on arrays; on NumPy's in parts that fit a processor's cache, and each slot in its own memory.

        Both spare the memory traffic that a step mostly is: fresh pages for every result take longer than the sums.
        """
        import numpy

        if not isinstance(parameters, numpy.ndarray) or parameters.ndim != 1:
            return list(self.rule(parameters, gradient, *columns))
        results = [numpy.empty_like(parameters), *columns]
        for start in range(0, len(parameters), PART):
            part = slice(start, start + PART)
            parts = [array[part] for array in (parameters, gradient, *columns)]
            after = list(self.rule(*parts))
            for place, new in enumerate(after):  # a rule may hand one slot on to the next
                if any(new is old for old in parts[2:]):
                    after[place] = new.copy()
            for result, new in zip(results, after, strict=True):
                result[part] = new
        return results

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


def checked(what: str, params: Iterable[Value]) -> list[Value]:
    """The parameters as a list: Values that the user or a module made, each once, and at least one."""
    if isinstance(params, Module):
        raise OperandError(f"{what}: expected a list of parameters, got a model: give it model.parameters()")
    if isinstance(params, (str, Value)) or not isinstance(params, Iterable):
        raise OperandError(f"{what}: expected a list of Values as params, got {shown(params)}; the rate is lr=...")
    found = list(params)
    if not found:
        raise ArgumentError(f"{what}: expected at least one parameter, got an empty list")
    for place, parameter in enumerate(found):
        if type(parameter) is not Value:
            raise OperandError(f"{what}: params[{place}]: expected a Value, got {shown(parameter)}")
        if parameter.op != "input":
            raise ArgumentError(f"{what}: params[{place}]: expected a leaf, got the result of {parameter.op!r}")
    if len(set(found)) < len(found):
        raise ArgumentError(f"{what}: a parameter stands in the list twice, and would be changed twice in each step")
    return found


def at_least_zero(what: str, meaning: str, value: Number) -> float:
    x = initial.real(value, f"{what}: {meaning}")
    if not 0 <= x < math.inf:
        raise ArgumentError(f"{what}: expected a {meaning} that is finite and at least 0, got {shown(value)}")
    return x


def fraction(owner: object, meaning: str, value: Number) -> float:
    x = initial.real(value, f"{type(owner).__name__}: {meaning}")
    if not 0 <= x < 1:
        raise ArgumentError(f"{type(owner).__name__}: expected a {meaning} from 0 to below 1, got {shown(value)}")
    return x
