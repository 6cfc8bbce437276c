"""A learner's program, run: its names, its Values, the losses that it went backward from, and what it printed.

>>> heard = []
>>> text = "from autodiff import Value\\nx = Value(3.0)\\ny = x * x\\nprint('nine')"
>>> ran = run(text, heard.append, "doctest_program")
>>> ran.values(), ran.choose().data, "".join(heard)
(['y', 'x'], 9.0, 'nine\\n')
"""

from __future__ import annotations

import atexit
import builtins
import linecache
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from ..errors import ArgumentError, ProgramError
from ..graph import topological_order
from ..hooks import Watcher
from ..stepping.lines import recording
from ..stepping.script import as_main, run_program
from ..value import Value

MOST_SOURCE = 200_000  # letters of a program
MOST_OUTPUT = 100_000  # letters that it may print
MOST_LOSSES = 100_000
NO_NUMPY = "The browser has no NumPy, and compile, nn.data and the layers of Keras need it: install autodiff for them"
NO_PACKAGE = "Programs here have autodiff and Python's own modules, and no other package"
NO_INPUT = "a program here cannot ask for input: assign the value in the program"


class TooMuchOutput(BaseException):
    """A program printed more than anybody reads; no `except Exception` of its own stops this."""


class Output(StringIO):
    """Where a program prints: what it says is handed on, up to a limit."""

    def __init__(self, hear: Callable[[str], Any]) -> None:
        super().__init__()
        self._hear, self._left = hear, MOST_OUTPUT

    def write(self, text: str) -> int:
        """Hand a text on, or as much of it as the limit leaves."""
        if self._left > 0 and text:
            self._hear(text[: self._left])
        self._left -= len(text)
        if self._left < 0:
            raise TooMuchOutput(f"it printed more than {MOST_OUTPUT:,} letters")
        return len(text)


class Losses(Watcher):
    """The number that each backward pass of a program began from, and the Value that the last one began from."""

    def __init__(self, hear: Callable[[float], Any]) -> None:
        super().__init__()
        self.numbers: list[float] = []
        self.last: Value | None = None
        self._hear = hear

    def flowed(self, order: Sequence[Value]) -> None:
        """Note the root of a backward pass."""
        if order:
            self.last = order[-1]
            if len(self.numbers) < MOST_LOSSES:
                self.numbers.append(order[-1].data)
                self._hear(order[-1].data)


@dataclass
class Ran:
    """A program that has come to its end, or to the exception that `failed` tells."""

    source: str
    names: dict[str, Any] = field(default_factory=dict)
    tape: recording | None = None  # the lines of its operations, where they were asked for
    losses: Losses = field(default_factory=lambda: Losses(lambda _: None))
    failed: ProgramError | None = None

    def values(self) -> list[str]:
        """The names of its Values: results before inputs, and the last first."""
        found = [name for name, item in self.names.items() if type(item) is Value]
        return sorted(reversed(found), key=lambda name: not self.names[name].parents)

    def choose(self, name: str = "") -> Value:
        """The Value of a name; else the one that the last backward pass began from, else the last result."""
        if self.failed:
            raise self.failed
        if type(self.names.get(name)) is Value:
            return self._of(name)
        if self.losses.last is not None:
            return self.losses.last
        names = self.values()
        if not names:
            raise ArgumentError("expected a program that makes a Value, as in y = a * b + c; this one has none")
        return self._of(names[0])

    def name_of(self, y: Value) -> str:
        """The variable that holds a Value; nothing where none does."""
        return next((name for name in self.values() if self.names[name] is y), "")

    def close(self) -> None:
        """Let its Values go, results first: a browser's stack is too small to free a long chain from its end."""
        order = [] if self.losses.last is None else topological_order(self.losses.last)
        self.names.clear()
        self.losses.last = None
        if self.tape is not None:
            self.tape.forget()
        while order:
            order.pop()

    def _of(self, name: str) -> Value:
        found: Value = self.names[name]
        return found


def require_short(source: str) -> None:
    """Refuse a program that is too long, before anything of it has begun."""
    if len(source) > MOST_SOURCE:
        raise ArgumentError(f"expected a program of at most {MOST_SOURCE:,} letters, got one of {len(source):,}")


def run(source: str, hear: Callable[[str], Any], name: str = "program",
        hear_loss: Callable[[float], Any] = lambda _: None, lines: bool = True) -> Ran:  # fmt: skip
    """Run a program from its text; what it prints is heard piece by piece, and so is each loss.

    With `lines` each operation notes its line, and every node is kept as long as the `Ran` is not closed.
    """
    require_short(source)
    file = write_program(source, name)
    ran = Ran(source, tape=recording() if lines else None, losses=Losses(hear_loss))
    with _hear(Output(hear)), ran.losses, ran.tape or nullcontext(), as_main(file):
        try:
            ran.names = run_program(file)
        except ProgramError as error:
            ran.failed = _explain(error)
        except KeyboardInterrupt:
            ran.failed = ProgramError(f"{file.name} ended with KeyboardInterrupt")
    return ran


def _explain(error: ProgramError) -> ProgramError:
    """The error, with what a package is that a program asked for in vain."""
    missing = error.__context__
    if not isinstance(missing, ModuleNotFoundError) or (missing.name or "").split(".")[0] in sys.stdlib_module_names:
        return error
    return ProgramError(f"{error}. {NO_NUMPY if missing.name == 'numpy' else NO_PACKAGE}", error.line)


def write_program(source: str, name: str) -> Path:
    """The file of a program, in a folder of its own, with its lines for whoever quotes them."""
    file = folder() / f"{name}.py"
    file.write_text(source, encoding="utf-8", errors="replace")
    linecache.checkcache(str(file))
    return file


@cache
def folder() -> Path:
    """The folder of this process's programs, which ends with it."""
    made = tempfile.mkdtemp(prefix="autodiff-playground-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


@contextmanager
def _hear(output: Output) -> Iterator[None]:
    """Inside, what is printed goes to `output`, and nothing can be asked for."""
    before = sys.stdout, sys.stderr, builtins.input
    sys.stdout = sys.stderr = output
    builtins.input = _refuse_input
    try:
        yield
    finally:
        sys.stdout, sys.stderr, builtins.input = before


def _refuse_input(prompt: object = "", /) -> str:
    raise OSError(NO_INPUT)
