"""Anyone's scalar engine behind one interface, found by looking at its class.

`adapter_for(Value)` looks for a constructor, `data`, `grad` and `backward`, the operators, and for each operation of
the table a method or a function of that name beside the class. Whatever is found elsewhere can be given.

>>> from autodiff import Value
>>> engine = adapter_for(Value)
>>> engine.gradient(Program((3.0,), (Step("mul", (0, 0)),)))
(9.0, [6.0])
>>> "tanh" in engine.operations, "cbrt" in engine.operations
(True, False)
"""

import inspect
import operator
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from ..errors import ArgumentError, shown
from ..ops import TABLE
from .program import Program, Step

V = Any  # a value of the engine

__all__ = ["Adapter", "FunctionAdapter", "Step", "adapter_for", "ours"]

OPERATORS: dict[str, Callable[..., V]] = {
    "neg": operator.neg, "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv,
    "pow": operator.pow, "abs": operator.abs, "pos": operator.pos,
}  # fmt: skip
DATA = ("data", "value", "val", "v", "x", "item", "primal")
GRAD = ("grad", "gradient", "adjoint", "g", "der", "d")
BACKWARD = ("backward", "backprop", "back", "backpropagate")
ALIASES = {
    "log": ("ln",), "sigmoid": ("logistic", "sigma"), "relu": ("ReLU", "Relu"), "tanh": ("Tanh",), "maximum": ("max",),
    "minimum": ("min",), "asin": ("arcsin",), "acos": ("arccos",), "atan": ("arctan",), "atan2": ("arctan2",),
    "asinh": ("arcsinh",), "acosh": ("arccosh",), "atanh": ("arctanh",),
}  # fmt: skip


class Adapter:
    """An engine of values: how to make one, read it, run its backward pass, and what operations it has."""

    objects = True  # values keep their gradients: backward can run twice, and interior nodes can be looked at

    def __init__(
        self,
        name: str,
        make: Callable[[float], V],
        data: Callable[[V], float],
        grad: Callable[[V], float],
        backward: Callable[[V], None],
        operations: Mapping[str, Callable[..., V]],
        *,
        set_data: Callable[[V, float], None] | None = None,
        set_grad: Callable[[V, float], None] | None = None,
        raw: Callable[[V], Any] | None = None,
        methods: frozenset[str] = frozenset(),
        known: Mapping[str, str] | None = None,
    ) -> None:
        self.name, self.make, self.data, self.grad, self.backward = name, make, data, grad, backward
        self.operations, self.methods = dict(operations), methods
        self.set_data, self.set_grad, self.raw = set_data, set_grad, raw
        self.known = dict(known or {})  # property -> why this engine is documented not to have it

    def apply(self, op: str, *operands: V) -> V:
        """One operation of the table on values of the engine and plain numbers."""
        return self.operations[op](*operands)

    def run(self, program: Program) -> list[V]:
        """The inputs and the result of every step, as values of the engine; no backward pass yet."""
        return program.pool(self.apply, [self.make(x) for x in program.inputs])

    def gradient(self, program: Program) -> tuple[float, list[float]]:
        """The output, and its gradient along the inputs."""
        pool = self.run(program)
        self.backward(pool[-1])
        return self.data(pool[-1]), [self.grad(x) for x in pool[: len(program.inputs)]]

    def __repr__(self) -> str:
        return f"<engine {self.name}: {len(self.operations)} operations>"


class FunctionAdapter(Adapter):
    """An engine that differentiates functions of numbers: `value_and_gradient(f, numbers)`, as autograd and JAX do."""

    objects = False

    def __init__(
        self,
        name: str,
        value_and_gradient: Callable[..., tuple[float, Sequence[float]]],
        operations: Mapping[str, Callable[..., V]],
        make: Callable[[float], V] = float,
        known: Mapping[str, str] | None = None,
    ) -> None:
        self.value_and_gradient = value_and_gradient
        super().__init__(name, make, float, _no_grad, _no_grad, operations, known=known)

    def gradient(self, program: Program) -> tuple[float, list[float]]:
        inputs = [self.make(x) for x in program.inputs]
        y, slopes = self.value_and_gradient(lambda *xs: program.pool(self.apply, xs)[-1], inputs)
        return float(y), [float(slope) for slope in slopes]


def _no_grad(value: V) -> Any:
    raise ArgumentError("expected an engine whose values keep gradients, got one that differentiates functions")


def adapter_for(Value: type, **found: Any) -> Adapter:
    """The adapter for a class, with what cannot be found by looking given by keyword.

    `make`, `data`, `grad`, `backward` may be functions, or names of attributes; `operations` a dict of functions by the
    table's names, added to those found. An `ArgumentError` says what is missing, and how to give it.
    """
    if isinstance(Value, Adapter):
        return Value
    if not isinstance(Value, type):
        raise ArgumentError(f"conformance: expected the class of an engine's values, got {shown(Value)}")
    make = found.pop("make", None) or Value
    try:
        sample = make(2.0)
    except Exception as error:
        raise ArgumentError(
            f"{Value.__name__}(2.0) raises {type(error).__name__}: {error}; expected a value made from a number, "
            "or pass make=function"
        ) from error
    raw, data, set_data = _attribute(Value, sample, "data", found.pop("data", None), DATA)
    _, grad, set_grad = _attribute(Value, sample, "grad", found.pop("grad", None), GRAD)
    present = (name for name in BACKWARD if callable(getattr(sample, name, None)))
    backward = found.pop("backward", None) or next(present, None)
    if backward is None:
        named = ", ".join(BACKWARD)
        raise ArgumentError(f"{Value.__name__} has no method named {named}; pass backward=function, or its name")
    run = operator.methodcaller(backward) if isinstance(backward, str) else backward
    operations, methods = _operations(Value, sample)
    operations |= found.pop("operations", {})
    if found:
        raise ArgumentError(f"adapter_for: expected make, data, grad, backward, operations, got {', '.join(found)}")
    return Adapter(
        Value.__name__, make, data, grad, run, operations,
        raw=raw, set_data=set_data, set_grad=set_grad, methods=methods,
    )  # fmt: skip


def _attribute(
    Value: type, sample: V, what: str, given: Any, names: tuple[str, ...]
) -> tuple[Callable[[V], Any] | None, Callable[[V], float], Callable[[V, float], None] | None]:
    """How to read a number from a value, and how to write it: by attribute, or by the function that was given."""
    if callable(given):
        return None, given, None
    name = given or next((name for name in names if hasattr(sample, name)), None)
    if name is None:
        named = ", ".join(names)
        raise ArgumentError(f"{Value.__name__} has no attribute named {named}; pass {what}=function, or its name")
    get = operator.attrgetter(name)

    def read(value: V) -> float:
        number = get(value)
        return 0.0 if number is None else float(number() if callable(number) else number)

    return get, read, lambda value, number: setattr(value, name, number)


def _operations(Value: type, sample: V) -> tuple[dict[str, Callable[..., V]], frozenset[str]]:
    """Each operation of the table that the class has: as an operator, a method, or a function beside the class."""
    operations: dict[str, Callable[..., V]] = {}
    methods = set()
    beside = vars(sys.modules[Value.__module__]) if Value.__module__ in sys.modules else {}
    for name, op in TABLE.items():
        if name in OPERATORS:
            if getattr(Value, f"__{OPERATORS[name].__name__}__", None) is not None:
                operations[name] = OPERATORS[name]
            continue
        for spelling in (name, *ALIASES.get(name, ())):
            method, function = inspect.getattr_static(Value, spelling, None), beside.get(spelling)
            if callable(method) and not op.variadic:
                operations[name] = _called(spelling, name)
                methods.add(name)
                break
            if callable(function) and getattr(function, "__module__", None) == Value.__module__ and not op.variadic:
                operations[name] = function
                break
    return operations, frozenset(methods)


def _called(method: str, name: str) -> Callable[..., V]:
    def call(value: V, *others: V) -> V:
        return getattr(value, method)(*others)

    call.__name__ = name
    return call


@cache
def ours() -> Adapter:
    """The adapter of this library's own Value, with every operation that has a public function."""
    from .. import functions
    from ..value import Value

    return of_library(Value, functions)


def of_library(Value: type, functions: Any) -> Adapter:
    """The adapter of our Value, or of a wrong copy of it, with the functions that stand beside it."""
    operations: dict[str, Callable[..., V]] = dict(OPERATORS)
    operations |= {name: getattr(functions, name) for name in TABLE if name in functions.__all__}
    operations["where"] = lambda condition, x, y: functions.where(condition > 0, x, y)
    operations["total"] = lambda *xs: functions.total(xs)
    operations["dot"] = lambda *xs: functions.dot(xs[: len(xs) // 2], xs[len(xs) // 2 :])
    return adapter_for(Value, operations=operations)
