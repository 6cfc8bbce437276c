"""Anyone's scalar engine behind one interface: values that keep gradients, or functions that are differentiated.

>>> from autodiff import Value
>>> operations = {"mul": lambda a, b: a * b}
>>> engine = Adapter("Value", Value, lambda v: v.data, lambda v: v.grad, lambda v: v.backward(), operations)
>>> engine.gradient(Program((3.0,), (Step("mul", (0, 0)),)))
(9.0, [6.0])
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...errors import ArgumentError, OperandError, shown
from ..draw.straight_line import OPERATORS, Program, Step
from .spelling import Spelling

V = Any  # a value of the engine

__all__ = ["OPERATORS", "Adapter", "FunctionAdapter", "Step"]


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
        spelling: Spelling | None = None,
        reset: Callable[[], None] = lambda: None,
    ) -> None:
        self.name, self.make, self.data, self.grad, self.backward = name, make, data, grad, backward
        for what, given in (("operations", operations), ("known", {} if known is None else known)):
            if not isinstance(given, Mapping):
                raise OperandError(f"{type(self).__name__}: expected a dict as {what}, got {shown(given)}")
        self.operations, self.methods = dict(operations), methods
        self.set_data, self.set_grad, self.raw = set_data, set_grad, raw
        self.known = dict({} if known is None else known)  # property -> why this engine is documented not to have it
        self.spelling = spelling or Spelling(f"{name}({{}})")
        self.reset = reset  # empties what the engine has recorded so far, if it keeps one tape for all
        self.keeps = self.objects  # whether gradients stay in the values after a pass
        self.settle: Callable[[V], Any] = lambda value: None  # tells an output to compute its number
        self.wraps: set[tuple[str, int]] = set()  # operands, as (operation, index), where no plain number is taken
        self.notes: list[str] = []  # what a report should say of how the engine was examined

    def apply(self, op: str, *operands: V) -> V:
        """One operation of the table on values of the engine and plain numbers."""
        if op not in self.operations:
            raise ArgumentError(f"{self.name} has no {op} that could be found; pass operations={{{op!r}: function}}")
        if self.wraps:
            operands = tuple(self._wrapped(op, index, x) for index, x in enumerate(operands))
        return self.operations[op](*operands)

    def _wrapped(self, op: str, index: int, operand: V) -> V:
        return self.make(operand) if (op, index) in self.wraps and isinstance(operand, (int, float)) else operand

    def run(self, program: Program, number: Callable[[float], Any] = float) -> list[V]:
        """The inputs and the result of every step, as values of the engine; no backward pass yet."""
        pool: list[V] = program.pool(self.apply, [self.make(x) for x in program.inputs], number)
        self.settle(pool[-1])
        return pool

    def gradient(self, program: Program, number: Callable[[float], Any] = float) -> tuple[float, list[float]]:
        """The output, and its gradient along the inputs; plain numbers are floats, unless `number` makes others."""
        pool = self.run(program, number)
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

    def gradient(self, program: Program, number: Callable[[float], Any] = float) -> tuple[float, list[float]]:
        inputs = [self.make(x) for x in program.inputs]
        y, slopes = self.value_and_gradient(lambda *xs: program.pool(self.apply, xs, number)[-1], inputs)
        return float(y), [float(slope) for slope in slopes]


def _no_grad(value: V) -> Any:
    raise ArgumentError("expected an engine whose values keep gradients, got one that differentiates functions")
