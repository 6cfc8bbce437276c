"""A tape for the interpreter in C: codes, operands and starts as flat arrays, and no compile time.

The bits of a single row are those of eager and of the target "math". A row of many is computed alike, by itself.

>>> from autodiff import Value
>>> from autodiff.compiled.record.recorder import record
>>> x = Value(3.0)
>>> if available():
...     machine, captured = interpreter(record(lambda: [x * x + 2.0], [x]))
...     assert machine.value_and_grad(3.0) == (11.0, 6.0) and captured == []
"""

from functools import cache
from typing import Any

import numpy as np

from ...errors import ArgumentError
from ...native import module
from ...value import Value
from ..ir.program import COMPARISONS
from ..record import schedule
from ..record.tape import NAMES, Tape


def available() -> bool:
    """Whether the engine is the one in C, which has the interpreter."""
    return module is not None


@cache
def codes() -> dict[str, int]:
    """The interpreter's code of each operation: its place in the table as it was compiled, then the comparisons."""
    compiled: tuple[str, ...] = module.OPERATIONS
    return {name: code for code, name in enumerate((*compiled, *COMPARISONS))}


def runs(tape: Tape) -> bool:
    """Whether the interpreter knows every operation of a tape: those registered later it does not."""
    return available() and all(NAMES[code] in codes() for code in np.unique(tape.codes).tolist())


def require(name: str, tape: Tape) -> None:
    """Raise an `ArgumentError` that says what is missing, unless the interpreter runs the tape."""
    if not available():
        raise ArgumentError(f"{name}: the target 'native' needs the engine in C, and this one is Python's: install "
                            "with a C compiler on the path, leave AUTODIFF_ENGINE alone, or use 'math'")  # fmt: skip
    if not runs(tape):
        unknown = next(NAMES[code] for code in np.unique(tape.codes).tolist() if NAMES[code] not in codes())
        raise ArgumentError(f"{name}: the target 'native' has no {unknown}, an operation that was registered after it "
                            "was built: use the target 'math' or 'numpy'")  # fmt: skip


def interpreter(tape: Tape) -> tuple[Any, list[Value]]:
    """The interpreter of a tape, and the captured Values, which are its inputs after the arguments."""
    order = np.array(schedule.forward(tape), np.int64)
    counts = np.diff(tape.starts)[order]
    starts = np.concatenate([[0], np.cumsum(counts)])
    within = np.arange(starts[-1]) - np.repeat(starts[:-1], counts)
    operands = tape.operands[np.repeat(tape.starts[order], counts) + within]
    registers, captured, constants = number_registers(tape, operands)
    registers[order] = tape.arguments + len(captured) + len(constants) + np.arange(len(order))
    known = np.array([codes().get(name, -1) for name in NAMES], np.int32)
    machine = module.Interpreter(
        known[tape.codes[order]], _int32(starts), _int32(registers[operands]), tape.arguments + len(captured),
        tape.arguments, np.array(constants, np.float64), _int32(registers[np.array(tape.roots, np.int64)]),
        _int32(registers[np.array([number for number, _, _ in tape.guards], np.int64)]),
        bytes(answer for _, answer, _ in tape.guards), places_of(schedule.backward(tape), order),
    )  # fmt: skip
    return machine, captured


def places_of(numbers: list[int], order: Any) -> Any:
    """Where these operations, all of them in the order, stand in it."""
    places = np.zeros(int(order.max(initial=-1)) + 1, np.int64)
    places[order] = np.arange(len(order))
    return _int32(places[np.array(numbers, np.int64)])


def number_registers(tape: Tape, operands: Any) -> tuple[Any, list[Value], list[float]]:
    """A register for each number of a tape, -1 for operations; the captured Values; the constants."""
    registers = np.full(tape.size + len(tape.leaves), -1, np.int64)
    registers[tape.size : tape.size + tape.arguments] = np.arange(tape.arguments)
    used = np.unique(np.concatenate([operands, tape.roots, [number for number, _, _ in tape.guards]]).astype(np.int64))
    others = used[used >= tape.size + tape.arguments].tolist()
    captured = [number for number in others if tape.leaf(number).op != "constant"]
    constants = [number for number in others if tape.leaf(number).op == "constant"]
    registers[captured + constants] = tape.arguments + np.arange(len(others))
    values = map(tape.leaf, captured)
    return registers, list(values), [tape.leaf(number)._data for number in constants]


def _int32(numbers: Any) -> Any:
    return np.asarray(numbers).astype(np.int32)


def run_rows(machine: Any, what: str, data: list[Any], captured: list[float], rows: int, outputs: int,
             guarded: bool) -> tuple[list[Any], Any]:  # fmt: skip
    """The results of many rows, and whether the guards held in each; a shared argument's gradient is a sum."""
    backward = what == "value_and_grad"
    inputs = [np.ascontiguousarray(x, np.float64) if np.ndim(x) else np.array([x], np.float64) for x in data]
    found = [np.empty(rows) for _ in range(outputs)]
    if backward:
        found += [np.zeros(rows if np.ndim(x) else 1) for x in data]
    held = np.empty(rows, np.bool_) if guarded else None
    shared = [np.array([x], np.float64) for x in captured]
    machine.rows(rows, (*inputs, *shared), tuple(found), held, backward)
    values, gradients = found[:outputs], found[outputs:]
    results = values + [g if np.ndim(x) else float(g[0]) for g, x in zip(gradients, data)]
    return results, True if held is None else held
