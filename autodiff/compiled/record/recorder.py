"""Run a function once on Values and keep what it did: every operation, each comparison and number that steered it.

>>> from autodiff import Value
>>> x = Value(3.0)
>>> tape = record(lambda: [x * x if x > 2 else x], [x])
>>> [tape.name(index) for index in range(tape.size)], [answer for _, answer, _ in tape.guards]
(['>', 'mul'], [True])
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ...errors import ArgumentError
from ...frames import calling_line as line_that_runs
from ...value import Value, constant
from ...value import record as node_of
from ...hooks import Watcher
from ..ir.program import COMPARISONS
from .condition import Condition
from .tape import Tape, tape_of


class Recorder(Watcher):
    """Keeps every node that this thread makes, each comparison that steers it, and each number that it reads."""

    records = True

    def __init__(self, selects: bool = False) -> None:
        super().__init__()
        self.selects = selects
        self.nodes: list[Value] = []
        self.guards: list[tuple[Value, bool, str]] = []
        self.numbers_read: set[Value] = set()
        self.made = self.nodes.append  # type: ignore[method-assign, assignment]

    def asked(self, node: Value) -> bool:
        """What a comparison's answer is; the program holds only where it is the same."""
        answer = node._data == 1.0
        self.guards.append((node, answer, calling_line()))
        return answer

    def compared(self, sign: str, left: Value, right: Value | float, answer: Any) -> Any:
        """The answer as a Condition, so that the recording knows what it steers."""
        if left.op in COMPARISONS and right == 0.0:
            return self.tested(sign, left, answer)
        other = right if type(right) is Value else constant(right, sign)
        return Condition(self.asked, node_of(sign, float(answer), (left, other), (None, None)))

    def tested(self, sign: str, condition: Value, answer: bool) -> Any:
        """Compare a condition with 0, as the rule of `where` does: it is itself, or its opposite, or that is known."""
        if sign == ">":
            return Condition(self.asked, condition)
        return not self.asked(condition) if sign == "<=" else answer

    def read(self, node: Value) -> None:
        """Hold the program to the number, by comparisons: it is made again where the number is another."""
        if node.op == "constant" or node in self.numbers_read:
            return
        self.numbers_read.add(node)
        x = node._data
        if x != x:
            bool(node >= node)
        elif bool(node >= x) and bool(node <= x) and x == 0:
            bool(1.0 / node >= 0)  # is it 0.0 or -0.0?

    def wrote(self, node: Value) -> None:
        """A program has no such instruction."""
        raise ArgumentError(f"compile: {calling_line()} writes .data while the function is recorded, "
                            "which a program does not repeat; make a new Value instead")  # fmt: skip

    def flowed(self, order: Sequence[Value]) -> None:
        """A program does not see the gradients that a backward pass leaves behind."""
        raise ArgumentError(f"compile: {calling_line()} calls backward() while the function is recorded, "
                            "which a program does not repeat; use autodiff.grad, or gradient_graph")  # fmt: skip


def record(run: Callable[[], Sequence[Value]], arguments: Sequence[Value], selects: bool = False) -> Tape:
    """The tape of what `run` does with the arguments; its roots are the Values that it returns.

    Where a derivative in it depends on a comparison, it holds both sides if it `selects`; else that is a guard.
    """
    with Recorder(selects) as recorder:
        roots = list(run())
    return tape_of(recorder.nodes, arguments, roots, recorder.guards)


def calling_line() -> str:
    """The innermost line outside the library that is running: "file.py, line 3"."""
    filename, line = line_that_runs()
    name = Path(filename).name  # which may be any text
    return f"{name if name.isprintable() else ascii(name)}, line {line}"
