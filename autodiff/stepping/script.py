"""A Value that a program of the user's own makes: the file is run, as the user asks, and its variable is taken.

Unlike an expression, a program is code and may do anything that its author may do.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, reduce
from pathlib import Path
from types import FrameType
from typing import Any

from ..door import users_program
from ..errors import ArgumentError, ProgramError, shown
from .lines import recording
from ..value import Value


def value_of(path: str, name: str | None) -> tuple[Value, dict[str, Any]]:
    """Run a file, and return the Value that it calls `name` (or that a function of this name makes), and all its names.

    Each operation notes its line, for as long as the returned names exist. Whatever the program raises is told in one
    sentence, with its line.
    """
    file = Path(path)
    if not file.is_file():
        what = "is no file" if file.exists() else "is not there"
        raise ArgumentError(f"expected a Python file, got {shown(path)}, which {what}")
    if name is not None and not all(part.isidentifier() for part in name.split(".")):
        raise ArgumentError(f"expected the name of a value after {file.name}:, such as loss, got {shown(name)}")
    tape = recording()
    with tape, as_main(file):
        names = run_program(file)
        found = _choose(file, name, names)
        if callable(found) and not isinstance(found, Value):
            found, inside = _guard(file, partial(_call, found))
            names = {**inside, **names} | inside | {f"{name}()": found}  # the inner names first
    if not isinstance(found, Value):
        raise ArgumentError(f"expected {file.name}:{name} to be a Value of autodiff, got {shown(found)}")
    names["__recording__"] = tape
    return found, names


def run_program(file: Path) -> dict[str, Any]:
    """Run a file; return its names. A `ProgramError` says in one sentence, with its line, what was raised."""
    names: dict[str, Any] = {"__name__": "__main__", "__file__": str(file)}
    try:
        run = users_program(file.read_bytes(), str(file))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        reason = error.msg if isinstance(error, SyntaxError) else _text(error) or "nested too deeply"
        raise ProgramError(f"{_place(file, line)} is not a Python program: {reason}", line) from None
    _guard(file, lambda: run(names))
    return names


@contextmanager
def as_main(file: Path) -> Iterator[None]:
    """Inside, the file's neighbours can be imported and there are no arguments, as under `python file.py`."""
    arguments, search = sys.argv, sys.path
    sys.argv = [str(file)]
    sys.path = [os.path.dirname(os.path.abspath(file)), *search]  # a copy, which the program may do anything to
    try:
        yield
    finally:
        sys.argv, sys.path = arguments, search


def _call(function: Callable[[], Any]) -> tuple[Any, dict[str, Any]]:
    """What a function returns, and its variables when it does: they are the names of its Values."""
    code, inside, before = getattr(function, "__code__", None), dict[str, Any](), sys.getprofile()

    def left(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is code:
            inside.update(frame.f_locals)

    sys.setprofile(left)
    try:
        return function(), inside
    finally:
        sys.setprofile(before)


def _guard(file: Path, run: Any) -> Any:
    """What `run()` returns; what it raises becomes one sentence."""
    try:
        return run()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a program may end in any way, SystemExit and exceptions of its own among them
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
        line, text = lines[-1] if lines else None, _text(error)
        ended = f"{_place(file, line)} ended with {type(error).__name__}"
        raise ProgramError(ended + (f": {text}" if text else ""), line) from None


def _place(file: Path, line: int | None) -> str:
    return f"{file.name} line {line}" if line else file.name


def _text(error: BaseException) -> str:
    """What an exception says, on one line; nothing where saying it fails too."""
    try:
        return " ".join(str(error).split())
    except BaseException:
        return ""


def _choose(file: Path, name: str | None, names: dict[str, Any]) -> Any:
    first, *rest = (name or "").split(".")
    if first in names:
        return reduce(partial(_attribute, file), rest, names[first])
    values = [key for key, item in names.items() if isinstance(item, Value)]
    there = f"; it makes {', '.join(values[:8])}" if values else "; it makes no Value of autodiff"
    wanted = f"a value called {name}" if name else "the name of a value"
    raise ArgumentError(
        f"expected {wanted} in {file.name}, as in {file.name}:{values[-1] if values else 'loss'}{there}"
    )


def _attribute(file: Path, owner: Any, attribute: str) -> Any:
    return _guard(file, lambda: getattr(owner, attribute))
