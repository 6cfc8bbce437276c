"""A function recorded for one kind of call: its program, its source, and how arguments become its inputs."""

from collections.abc import Callable, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np

from ..errors import ArgumentError
from ..structure import LEAF, Shape
from ..value import Value
from . import codegen as emit
from .codegen import native
from .record.call import Signature
from .ir.reverse import reverse
from .ir.passes import fold_constants, without_dead
from .ir.program import Program
from .vectorize import Group
from .backends import space_of
from .record.tape import Tape
from .record.scalarize import Argument, unroll

ROWS = 1024   # from there on NumPy, whose exponentials run side by side, may be faster than the engine in C
NEAR = 500_000  # numbers: while the results of all operations on all rows stay near the processor

SINGLE = "value_and_grad: expected a function that returns one Value; use jacobian for several"

_data = attrgetter("data")  # of which a recording hears that this runs in


class Specialization:
    """A recorded function: programs and code for its value and its gradient."""

    def __init__(self, program: Program, groups: Sequence[Group], captured: list[Value], shape: Shape,
                 target: str, rolled: bool = False, order: Sequence[int] | None = None,
                 by_operation: "Callable[[], Specialization] | None" = None) -> None:  # fmt: skip
        """`by_operation` makes the same function without matrix products, for gradients that they make nan."""
        self.rolled = rolled
        self.groups, self.captured, self.shape, self.target = groups, captured, shape, target
        self.program = without_dead(fold_constants(program))
        self.programs = {"value": self.program}
        self.by_operation = None
        if self.single:
            wrt = [group.name for group in groups]
            whole = self.programs["value_and_grad"] = without_dead(fold_constants(reverse(program, wrt, order=order)))
            self.by_operation = by_operation if target == "numpy" and whole.multiplies_matrices else None
        self.space = space_of("numpy" if target == "math" else target)
        self.source = emit.source(self.programs, target)
        self.functions = emit.functions(self.source, "compiled", target)

    @property
    def single(self) -> bool:
        """Whether the function returns one Value, and no structure of such."""
        return self.shape is LEAF

    @property
    def guards(self) -> Sequence[Any]:
        """The comparisons that must come out as recorded."""
        return self.program.guards

    @property
    def unconditional(self) -> bool:
        """Whether it is a plain function of floats, with a gradient, and holds for all of them."""
        return self.target == "math" and self.single and not self.program.guards

    def run(self, what: str, data: list[Any], rows: int | None) -> tuple[list[Any], Any]:
        """The outputs as the caller's kinds of number, and whether the guards held: for all, or row by row."""
        if what not in self.functions:
            raise ArgumentError(SINGLE)
        if self.target == "math":
            results = list(self.functions[what](*data, *map(_data, self.captured)))
            return results, results.pop() if self.program.guards else True
        results = self.run_arrays(what, data)
        held = results.pop() if self.program.guards else True
        outputs = len(self.program.outputs)
        values = [self.plain(x, rows) for x in results[:outputs]]
        gradients = self.gradients(results[outputs:], data, self.times(rows))
        if self.by_operation and has_nan(results[outputs:]):
            return values + replace_nan(gradients, self.by_operation().run(what, data, rows)[0][outputs:]), held
        return values + gradients, held

    def run_arrays(self, what: str, data: list[Any]) -> list[Any]:
        like = self.space.like(data)
        inputs = [self.pack(group, data, like) for group in self.groups]
        if self.captured:
            read = np.fromiter(map(_data, self.captured), np.float64, len(self.captured))
            inputs += [self.space.array(x, like) for x in ([read] if self.rolled else read)]
        with np.errstate(all="ignore"):
            return self.apart(self.functions[what](*inputs))

    def apart(self, results: Sequence[Any]) -> list[Any]:
        """The results as arrays of their own: whoever changes one changes no other."""
        if len(set(map(id, results))) == len(results):
            return list(results)
        first = {id(x): index for index, x in reversed(list(enumerate(results)))}
        return [x if first[id(x)] == index else self.space.copy_result(x) for index, x in enumerate(results)]

    def pack(self, group: Group, data: list[Any], like: Any) -> Any:
        if not group.vector:
            return self.space.array(data[group.members[0]], like)
        return self.space.stack_rows([data[member] for member in group.members], like)

    def plain(self, x: Any, rows: int | None) -> Any:
        """A result of a batch has one entry per row also where it depends on none; a single one is a float."""
        if rows is None:
            return float(x)
        return x if getattr(x, "ndim", 0) else self.space.full(rows, x)

    def times(self, rows: int | None) -> int:
        """How often a gradient that all rows share counts: for each row, where the result is one for all of them."""
        return 1 if rows is None or self.program.instructions[self.program.outputs[0]].rows else rows

    def gradients(self, results: list[Any], data: list[Any], times: int) -> list[Any]:
        """The gradient of each argument, that of a shared one added up over the rows."""
        found: list[Any] = [None] * len(data)
        for group, result in zip(self.groups, results):
            for place, member in enumerate(group.members):
                each = result[..., place] if group.vector else result
                found[member] = each if group.rows else times * float(each)
        return found if results else []


def has_nan(arrays: Sequence[Any]) -> bool:
    """Whether a number of these arrays is nan: squares of other numbers add up to a number, or to inf."""
    with np.errstate(all="ignore"):
        return any(np.isnan(np.vdot(each, each)) for each in arrays)


def replace_nan(columns: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """The columns of numbers with those that are nan taken from others.

    A matrix product multiplies a gradient of 0 also where an operation lets none flow, and 0 * inf is nan.
    """
    return [np.where(np.isnan(x), other, x) if np.ndim(x) else other if x != x else x
            for x, other in zip(columns, others)]  # fmt: skip


class NativeSpecialization(Specialization):
    """A tape that runs in C; unless that was asked for, in NumPy where it is faster. Its source is made when needed."""

    def __init__(self, tape: Tape, signature: Signature, shape: Shape, asked_for: bool) -> None:
        self.asked_for = asked_for
        self.rolled, self.shape, self.target, self.space = False, shape, "native", space_of("numpy")
        self.tape, self.signature = tape, signature
        self.machine, self.captured = native.interpreter(tape)
        self.functions = {"value": self.machine.value}
        if self.single:
            self.functions["value_and_grad"] = self.machine.value_and_grad

    @property
    def guards(self) -> Sequence[Any]:
        return self.tape.guards

    @property
    def unconditional(self) -> bool:
        return self.single and not self.guards and not any(self.signature.batched)

    @cached_property
    def shown(self) -> Specialization:
        """The same program for readers: what runs where nothing was compiled."""
        return scalar(self.tape, self.signature, self.shape, "numpy" if any(self.signature.batched) else "math")

    @property
    def program(self) -> Program:  # type: ignore[override]
        return self.shown.program

    @property
    def source(self) -> str:  # type: ignore[override]
        return self.shown.source

    def run(self, what: str, data: list[Any], rows: int | None) -> tuple[list[Any], Any]:
        if what not in self.functions:
            raise ArgumentError(SINGLE)
        if rows is not None and not self.asked_for and suits_arrays(self.tape.size, rows):
            return self.shown.run(what, data, rows)
        captured = [*map(_data, self.captured)]
        if rows is not None:
            return native.run_rows(self.machine, what, data, captured, rows, len(self.tape.roots), bool(self.guards))
        results = list(self.functions[what](*data, *captured))
        return results, results.pop() if self.guards else True


def suits_arrays(operations: int, rows: int) -> bool:
    """Whether NumPy is the faster one on a batch of scalar operations, by measurements of both."""
    return ROWS <= rows and rows * operations <= NEAR


def scalar(tape: Tape, signature: Signature, shape: Shape, target: str) -> Specialization:
    """The tape as it is, operation by operation."""
    arguments = [Argument(*each) for each in zip(signature.inputs, signature.batched)]
    program, captured, order = unroll(tape, arguments, exact=target == "math")
    groups = [Group(each.name, (index,), each.rows, False) for index, each in enumerate(arguments)]
    return Specialization(program, groups, captured, shape, target, order=order)
