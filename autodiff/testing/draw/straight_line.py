"""Straight-line programs: what the strategies draw, what the oracles evaluate, and what a report prints.

A `Program` is its input numbers and a list of steps; each step applies an operation of the table to places in the pool
(an int: first the inputs, then the results so far) or to plain numbers (a float). A place may be used any number of
times: a tree, in which nothing is shared, cannot see a backward pass that visits nodes in a wrong order.

>>> from autodiff.numbers import FLOATS
>>> program = Program((2.0, -3.0), (Step("mul", (0, 1)), Step("add", (2, 2)), Step("div", (1.0, 3))))
>>> print(program)
a, b = 2.0, -3.0
c = a * b
y = 1.0 / (c + c)
>>> program.value(FLOATS)
-0.08333333333333333
>>> print(program.source("Value"))
a, b = Value(2.0), Value(-3.0)
c = a * b
y = 1.0 / (c + c)
y.backward()
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from ... import ops
from ...errors import ArgumentError
from ...graph import topological_order
from ...numbers import FLOATS, System
from ...ops import ADD, POS, TABLE
from ...value import Value
from .writing import write_lines

N = Any  # a number of the system, or a value of the engine, at work
Operand = int | float  # a place in the pool, or a plain number

# Those that have the same meaning everywhere, which % has not; +a is the last that a smaller program is made of.
_PLUS, *_OTHERS = (op for op in ops.OPERATORS if op.is_operator or hasattr(operator, op.name))
OPERATORS: dict[str, Callable[..., N]] = {op.name: getattr(operator, op.method) for op in (*_OTHERS, _PLUS)}


class Step(NamedTuple):
    """One operation on places in the pool (ints) and plain numbers (floats)."""

    op: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, eq=False)
class Program:
    """Numbers, and the operations on them; the last result is the output."""

    inputs: tuple[float, ...]
    steps: tuple[Step, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Program) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> str:
        return repr((self.inputs, self.steps))  # to Python the place 0 equals the number 0.0, and -0.0 does too

    def pool(self, apply: Callable[..., N], inputs: Sequence[N], number: Callable[[float], N] = float) -> list[N]:
        """The inputs and the result of every step, where `apply(operation, *operands)` computes one."""
        pool = list(inputs)
        for op, operands in self.steps:
            pool.append(apply(op, *[pool[x] if type(x) is int else number(x) for x in operands]))
        return pool

    def run(
        self,
        operations: Mapping[str, Callable[..., N]] = MappingProxyType({}),
        inputs: Sequence[N] | None = None,
        number: Callable[[float], N] = float,
    ) -> N:
        """Run the program over anything: each step is computed by the function of its operation's name.

        Operators need no function. `inputs` take the place of the program's own numbers; `number` makes what stands
        for a plain number. Return the output. An `ArgumentError` names an operation that has no function.

        >>> program = Program((2.0,), (Step("exp", (0,)), Step("mul", (0, 1))))
        >>> from math import exp
        >>> program.run({"exp": exp})
        14.7781121978613
        """
        known = {**OPERATORS, **operations}
        missing = next((step.op for step in self.steps if step.op not in known), None)
        if missing is not None:
            raise ArgumentError(f"run: the program needs {missing}; pass {{{missing!r}: a function}}")
        start = self.inputs if inputs is None else inputs
        if len(start) != len(self.inputs):
            raise ArgumentError(f"run: the program has {len(self.inputs)} inputs, got {len(start)}")
        return self.pool(lambda op, *operands: known[op](*operands), start, number)[-1]

    def value(self, system: System, inputs: Sequence[N] | None = None) -> N:
        """The output over a system of numbers."""
        numbers = map(system.number, self.inputs) if inputs is None else inputs
        return self.pool(bind_operations(system), list(numbers), system.number)[-1]

    def at(self, inputs: Sequence[float]) -> Program:
        """The same steps on other numbers."""
        return replace(self, inputs=tuple(inputs))

    def freeze(self) -> Program:
        """The same program at these inputs, where what an operation stops the gradient of is a plain number."""
        if not any(TABLE[step.op].stops for step in self.steps if step.op in TABLE):
            return self
        pool = self.pool(bind_operations(FLOATS), self.inputs)[len(self.inputs) :]
        steps = [Step(POS, (float(y),)) if TABLE[step.op].stops else step for step, y in zip(self.steps, pool)]
        return replace(self, steps=tuple(steps))

    def prune(self, inputs: bool = True) -> Program:
        """The same output without the steps that it does not depend on, nor, if `inputs`, such inputs."""
        needed = {len(self.inputs) + len(self.steps) - 1}
        for place in range(len(self.inputs) + len(self.steps) - 1, len(self.inputs) - 1, -1):
            if place in needed:
                needed |= {x for x in self.steps[place - len(self.inputs)].operands if type(x) is int}
        kept = sorted(needed if inputs else needed | set(range(len(self.inputs))))
        moved = {place: index for index, place in enumerate(kept)}
        steps = [self.steps[place - len(self.inputs)] for place in kept if place >= len(self.inputs)]
        renumbered = (Step(op, tuple(moved[x] if type(x) is int else x for x in xs)) for op, xs in steps)
        return Program(tuple(self.inputs[place] for place in kept if place < len(self.inputs)), tuple(renumbered))

    def users(self) -> Counter[int]:
        """How many operands each place is."""
        return Counter(x for step in self.steps for x in step.operands if type(x) is int)

    def text(
        self,
        number: Callable[[float], str] = repr,
        methods: Container[str] = (),
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """The program as the assignments a person would write; `methods` are spelled `a.relu()`, `names` otherwise.

        >>> print(Program((2.0,), (Step("log", (0,)),)).text(methods={"log"}, names={"log": "ln"}))
        a = 2.0
        y = a.ln()
        """
        return "\n".join(write_lines(self, number, methods, names))

    def last_expression(self) -> str:
        """What stands on the right of the last line.

        >>> Program((2.0,), (Step("mul", (0, 3.0)),)).last_expression()
        'a * 3.0'
        """
        return self.text().splitlines()[-1].removeprefix("y = ")

    def source(self, make: str, methods: Container[str] = ()) -> str:
        """The program over an engine whose values are made by `make`, ending with its backward pass."""
        return "\n".join([*write_lines(self, lambda x: f"{make}({x!r})", methods), "y.backward()"])

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<program {'; '.join(write_lines(self))}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))  # Hypothesis, which calls this, would spell a dataclass out field by field


def isolate(op: str, numbers: Sequence[float], free: Sequence[int]) -> Program:
    """One operation on inputs of its own: its operands at the places `free`; the others stay plain numbers.

    >>> print(isolate("div", (1.0, 2.0), [1]))
    a = 2.0
    y = 1.0 / a
    """
    places: dict[int, Operand] = {index: place for place, index in enumerate(free)}
    operands = tuple(places.get(index, x) for index, x in enumerate(numbers))
    return Program(tuple(numbers[index] for index in free), (Step(op, operands),))


def bind_operations(system: System) -> Callable[..., N]:
    """The operations of the table over a system of numbers, as `apply(operation, *operands)`."""

    def apply(op: str, *operands: N) -> N:
        if op in TABLE and TABLE[op].by_condition:
            operands = (operands[0] > 0, *operands[1:])
        return system.apply(op, operands)

    return apply


def read_program(output: Value, inputs: Sequence[Value]) -> Program:
    """The program that a graph of Values has recorded; leaves that are not inputs are plain numbers in it.

    >>> x = Value(3.0)
    >>> print(read_program(2 * x * x, [x]))
    a = 3.0
    y = 2.0 * a * a
    """
    place: dict[Value, Operand] = {x: index for index, x in enumerate(inputs)}
    steps: list[Step] = []
    for node in topological_order(output):
        if node in place:
            continue
        if node.parents:
            steps.append(Step(node.op, tuple(place[parent] for parent in node.parents)))
            place[node] = len(inputs) + len(steps) - 1
        else:
            place[node] = node.data
    if type(place[output]) is float or not steps:
        steps.append(Step(ADD, (place[output], 0.0)))  # an output that is itself an input, or a constant
    return Program(tuple(x.data for x in inputs), tuple(steps))
