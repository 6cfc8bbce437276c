"""What has been recorded of a function: a specialization for each outcome of the comparisons that steer it.

A call runs the one whose comparisons come out as they did when it was recorded; where there is none, the function is
recorded again. In a batch, each row has its own. Which program suits a recording is chosen here, too.

>>> from autodiff.compiled.record.call import Layout, call_of
>>> recordings = Recordings("f", lambda x: x * 2 if x > 0 else -x)
>>> [recordings.run(call_of("f", Layout(("x",)), [x]), "value")[0] for x in (3.0, -3.0)]
[[6.0], [3.0]]
>>> recordings.run(call_of("f", Layout(("x",)), [np.array([3.0, -3.0, 1.0])]), "value")[0]
[array([6., 3., 2.])]
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import count
from threading import RLock
from typing import Any, TypeVar
from warnings import warn

import numpy as np

from ..coerce import number
from ..errors import ArgumentError, OperandError, shown
from ..frames import is_own
from ..structure import LEAF, Shape, flatten
from ..value import Value
from .codegen import native
from .ir.instructions import work_of
from .ir.program import Program
from .record.call import Call, Signature
from .record.recorder import record
from .record.tape import Tape
from .specialization import NativeSpecialization, Specialization, scalar
from .vectorize import Group, vectorize

MOST = 64     # specializations of one function
SMALL = 4000  # operations: beyond this a function of numbers runs on arrays, if it rolls
WORTH = 2     # operations for each array instruction: below this an array is not worth its overhead
ROWS_WORTH, ONE_WORTH = 4, 200  # the same where the engine in C would run them: on rows, and on numbers
LEAST = 32    # operations: a smaller function stays as it is written, bit for bit
MANY = 6      # arguments: so many enter a rolled program as one vector

# What to do about too many specializations: of a function that a user wrote, and of a derivative to the bits of eager.
IN_FUNCTIONS = "select with autodiff.where(x > 0, …) in place of if, and use Values in place of their .data"
IN_DERIVATIVES = ("in a derivative on the target 'math' relu, maximum, where and their like compare, too: "
                  "take another target, such as 'numpy'")

Found = TypeVar("Found")


class Recordings:
    """The specializations of a function of Values."""

    def __init__(self, name: str, function: Callable[..., Any], target: str | None = None) -> None:
        self.name, self.function, self.target = name, function, target
        self.latest: Specialization | None = None
        self._once: list[Specialization] = []
        self._known: dict[Signature, tuple[Specialization, ...]] = {}
        self._lock = RLock()

    def run(self, call: Call, what: str) -> tuple[list[Any], Specialization]:
        """The results of the "value", or the "value_and_grad", and what they, or some of them, came from."""
        known = self._known.get(call.signature)
        latest = known[-1] if known else self.find(call, 0)[0]
        results, held = latest.run(what, call.data, call.rows)
        if held is True or all_of(held):
            return results, latest
        return self._elsewhere(call, what) if call.rows is None else self._row_by_row(call, what)

    def find(self, call: Call, tried: int) -> tuple[Specialization, bool]:
        """One that has not been tried: known, or recorded for the first row of the call, and whether that is so.

        A comparison may come out otherwise on arrays, which add in another order, than it did on the row's numbers.
        The recording decides; but such a one serves this once, and is not kept.
        """
        with self._lock:
            known = self._known.get(call.signature, ())
            if tried < len(known):
                return known[tried], False
            check_number(self.name, (*known, *self._once), self.target == "math" and is_own(self.function))
            made = self.latest = specialize(self.name, self.function, call.signature, call.row(0), self.target)
            first = call if call.rows is None else call.part(np.array([0]))
            if not made.guards or all_of(made.run("value", first.data, first.rows)[1]):
                self._known[call.signature] = (*known, made)
            else:
                self._once.append(made)
            return made, True

    def _elsewhere(self, call: Call, what: str) -> tuple[list[Any], Specialization]:
        """The results of a call that is no batch, by the first that fits."""
        for tried in count():
            found, recorded = self.find(call, tried)
            results, held = found.run(what, call.data, call.rows)
            if recorded or all_of(held):
                break
        return results, found

    def _row_by_row(self, call: Call, what: str) -> tuple[list[Any], Specialization]:
        """The results of a batch, each row by its own."""

        def run(found: Specialization, what: str, rows: Any) -> tuple[list[Any], Any]:
            return found.run(what, call.part(rows).data, len(rows))

        parts = [(rows, run(found, what, rows)[0], found)
                 for found, rows in each_part(call.rows or 0, lambda rows, tried: self.find(call.part(rows), tried),
                                              lambda found, rows: run(found, "value", rows)[1])]  # fmt: skip
        *_, (_, _, last) = parts
        shapes = {found.shape for _, _, found in parts}
        if len(shapes) > 1:
            raise ArgumentError(f"{self.name}: expected a result of one structure in all rows, got {len(shapes)}: "
                                "run the rows of each apart")  # fmt: skip
        like, joined = last.space.like(call.data), call.join([(rows, results) for rows, results, _ in parts])
        return [last.space.array(x, like) if np.ndim(x) else x for x in joined], last


def each_part(rows: int, find: Callable[[Any, int], tuple[Found, bool]],
              holds: Callable[[Found, Any], Any]) -> Iterator[tuple[Found, Any]]:  # fmt: skip
    """The rows of a batch in parts, each with the specialization that holds for it.

    `find` gives, for the rows that are left, one that has not been tried, and whether it was recorded for the first of
    them: then it serves that row, though arrays, which add in another order, may take another side of a comparison.
    """
    waiting = np.arange(rows)
    for tried in count():
        if not len(waiting):
            return
        found, recorded = find(waiting, tried)
        held = np.broadcast_to(np.asarray(holds(found, waiting)), waiting.shape).copy()
        held[0] |= recorded
        if held.any():
            yield found, waiting[held]
        waiting = waiting[~held]


def all_of(held: Any) -> bool:
    """Whether a condition holds for all rows; NumPy would hand an array of another kind back to its maker."""
    return bool(np.all(np.asarray(held)))


def check_number(name: str, known: Iterable[Specialization | Program], derivative: bool = False) -> None:
    """An error where so many specializations are known that one more is no help."""
    known = list(known)
    if len(known) >= MOST:
        lines = sorted({place for each in known for *_, place in each.guards})
        raise ArgumentError(f"{name}: expected at most {MOST} specializations, one for each outcome of its "
                            f"comparisons, got more, at {'; '.join(lines[:3])}: "
                            f"{IN_DERIVATIVES if derivative else IN_FUNCTIONS}")  # fmt: skip


# ---- the choice ----


def worth(target: str | None, batch: bool, tape: Tape) -> int:
    """How many operations an array instruction must stand for, so that it is faster than what would run instead."""
    if target or not native.runs(tape):
        return WORTH
    return ROWS_WORTH if batch else ONE_WORTH


def specialize(name: str, function: Callable[..., Any], signature: Signature, row: list[float],
               target: str | None) -> Specialization:  # fmt: skip
    """The function recorded on one row of numbers, as the program that suits its size and its arguments."""
    tape, shape = _record(name, function, signature, row, selects=target != "math")
    batch = any(signature.batched)
    if target == "math" and batch:
        raise ArgumentError(f"{name}: the target 'math' runs on single numbers; for arrays use 'numpy'")
    if target == "native":
        native.require(name, tape)
        return NativeSpecialization(tape, signature, shape, asked_for=True)
    if target != "math" and tape.size >= LEAST and (target or batch or tape.size > SMALL):
        groups = group_arguments(signature)
        found = vectorize(tape, groups)
        if found and found.operations >= worth(target, batch, tape) * work_of(found.program.instructions):
            exact = cache(lambda: by_operation(tape, signature, shape, None))
            return Specialization(found.program, groups, found.captured, shape, target or "numpy", rolled=True,
                                  by_operation=exact)  # fmt: skip
    return by_operation(tape, signature, shape, target)


def by_operation(tape: Tape, signature: Signature, shape: Shape, target: str | None) -> Specialization:
    """The tape as a program that runs operation by operation."""
    if target is None and native.runs(tape):
        return NativeSpecialization(tape, signature, shape, asked_for=False)
    return scalar(tape, signature, shape, target or ("numpy" if any(signature.batched) else "math"))


def _record(name: str, function: Callable[..., Any], signature: Signature, row: list[float],
            selects: bool) -> tuple[Tape, Shape]:  # fmt: skip
    """The function's tape on one row of numbers, and the structure of its result."""
    columns = [Value(x, name=each) for each, x in zip(signature.names, row)]
    shapes: list[Shape] = []

    def run() -> list[Value]:
        results, shape = flatten(signature.apply(function, columns))
        shapes.append(shape)
        return [_value(name, each) for each in results]

    try:
        tape = record(run, columns, selects)
    except (TypeError, AttributeError) as error:
        if lists := signature.lists:
            raise OperandError(f"{name}: {error}; {lists}") from error
        raise
    if tape.size == 0 and shapes[0] is not LEAF and signature.lists:  # as 2 * [x, y] is
        warn(f"{name}: its result is made of its arguments as they came; {signature.lists}", stacklevel=6)
    return tape, shapes[0]


def group_arguments(signature: Signature) -> list[Group]:
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
    try:
        return Value(number(y, name))  # also the answer of a comparison, to which the program is then held
    except OperandError:
        wanted = "a Value, or a structure of Values, as its result"
        raise OperandError(f"{name}: expected {wanted}, got {shown(y)}") from None
