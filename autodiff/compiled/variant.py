"""One way through a function, for one shape of call: its program, its source, and how arguments become its inputs."""

from collections.abc import Callable, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any
from warnings import warn

import numpy as np

from ..errors import ArgumentError, OperandError, shown
from ..structure import LEAF, Shape, flatten
from ..value import Value
from . import codegen as emit
from .codegen import native
from .record.call import Signature
from .ir.reverse import reverse
from .ir.passes import folded, without_dead
from .ir.program import Program
from .record.recorder import record
from .vectorize import Group, rolled
from .backends import space_of
from .record.tape import Tape
from .record.scalarize import Argument, unrolled

SMALL = 4000  # operations: beyond this a function of numbers runs on arrays, if it rolls
WORTH = 2     # operations for each array instruction: below this an array is not worth its overhead
ROWS_WORTH, ONE_WORTH = 4, 200  # the same where the engine in C would run them: on rows, and on numbers
LEAST = 32    # operations: a smaller function stays as it is written, bit for bit
MANY = 6      # arguments: so many enter a rolled program as one vector
ROWS = 1024   # from there on NumPy, whose exponentials run side by side, may be faster than the engine in C
NEAR = 500_000  # numbers: while the results of all operations on all rows stay near the processor

SINGLE = "value_and_grad: expected a function that returns one Value; use jacobian for several"

_data = attrgetter("_data")


class Variant:
    """A recorded function: programs and code for its value and its gradient."""

    def __init__(self, program: Program, groups: Sequence[Group], captured: list[Value], shape: Shape,
                 target: str, rolled: bool = False, order: Sequence[int] | None = None) -> None:  # fmt: skip
        self.rolled = rolled
        self.groups, self.captured, self.shape, self.target = groups, captured, shape, target
        self.program = without_dead(folded(program))
        self.programs = {"value": self.program}
        if self.single:
            wrt = [group.name for group in groups]
            self.programs["value_and_grad"] = without_dead(folded(reverse(program, wrt, order=order)))
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
        return values + self.gradients(results[outputs:], data, self.times(rows)), held

    def run_arrays(self, what: str, data: list[Any]) -> list[Any]:
        like = self.space.like(data)
        inputs = [self.packed(group, data, like) for group in self.groups]
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
        return [x if first[id(x)] == index else self.space.copied(x) for index, x in enumerate(results)]

    def packed(self, group: Group, data: list[Any], like: Any) -> Any:
        if not group.vector:
            return self.space.array(data[group.members[0]], like)
        return self.space.stacked([data[member] for member in group.members], like)

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


class NativeVariant(Variant):
    """A recorded function whose tape runs in C; its program and its source are made when somebody asks.

    Where it was not asked for by name, NumPy runs the batches that it is faster on.
    """

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
    def shown(self) -> Variant:
        """The same program for readers: what runs where nothing was compiled."""
        return _unrolled(self.tape, self.signature, self.shape, "numpy" if any(self.signature.batched) else "math")

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


def worth(target: str | None, batch: bool, tape: Tape) -> int:
    """How many operations an array instruction must stand for, so that it is faster than what would run instead."""
    if target or not native.runs(tape):
        return WORTH
    return ROWS_WORTH if batch else ONE_WORTH


def chosen(name: str, function: Callable[..., Any], signature: Signature, row: list[float],
           target: str | None) -> Variant:  # fmt: skip
    """The function recorded on one row of numbers, as the program that suits its size and its arguments."""
    tape, shape = _recorded(name, function, signature, row)
    batch = any(signature.batched)
    if target == "math" and batch:
        raise ArgumentError(f"{name}: the target 'math' runs on single numbers; for arrays use 'numpy'")
    if target == "native":
        native.require(name, tape)
        return NativeVariant(tape, signature, shape, asked_for=True)
    if target != "math" and tape.size >= LEAST and (target or batch or tape.size > SMALL):
        groups = grouped(signature)
        found = rolled(tape, groups)
        if found and found.operations >= worth(target, batch, tape) * found.program.work:
            return Variant(found.program, groups, found.captured, shape, target or "numpy", rolled=True)
    if target is None and native.runs(tape):
        return NativeVariant(tape, signature, shape, asked_for=False)
    return _unrolled(tape, signature, shape, target or ("numpy" if batch else "math"))


def _recorded(name: str, function: Callable[..., Any], signature: Signature, row: list[float]) -> tuple[Tape, Shape]:
    """The function's tape on one row of numbers, and the structure of its result."""
    columns = [Value(x, name=each) for each, x in zip(signature.names, row)]
    shapes: list[Shape] = []

    def run() -> list[Value]:
        results, shape = flatten(signature.apply(function, columns))
        shapes.append(shape)
        return [_value(name, each) for each in results]

    try:
        tape = record(run, columns)
    except (TypeError, AttributeError) as error:
        if lists := signature.lists:
            raise OperandError(f"{name}: {error}; {lists}") from error
        raise
    if tape.size == 0 and shapes[0] is not LEAF and signature.lists:  # as 2 * [x, y] is
        warn(f"{name}: its result is made of its arguments as they came; {signature.lists}", stacklevel=6)
    return tape, shapes[0]


def grouped(signature: Signature) -> list[Group]:
    """The arguments of a rolled program: a few by name, many as two vectors, of those with rows and those without."""
    names, batched = signature.inputs, signature.batched
    if len(names) <= MANY:
        return [Group(name, (index,), rows, False) for index, (name, rows) in enumerate(zip(names, batched))]
    found = []
    for rows in (True, False):
        members = tuple(index for index, many in enumerate(batched) if many == rows)
        if members:
            stem = names[members[0]].rstrip("0123456789").rstrip("_") or "inputs"
            found.append(Group(stem + ("_rows" if rows and not all(batched) else ""), members, rows, True))
    return found


def _value(name: str, y: Any) -> Value:
    if type(y) is Value:
        return y
    if isinstance(y, (int, float)):  # also the answer of a comparison, to which the program is then held
        return Value(float(y))
    raise OperandError(f"{name}: expected a Value, or a structure of Values, as its result, got {shown(y)}")


def _unrolled(tape: Tape, signature: Signature, shape: Shape, target: str) -> Variant:
    arguments = [Argument(*each) for each in zip(signature.inputs, signature.batched)]
    program, captured, order = unrolled(tape, arguments, exact=target == "math")
    groups = [Group(each.name, (index,), each.rows, False) for index, each in enumerate(arguments)]
    return Variant(program, groups, captured, shape, target, order=order)
