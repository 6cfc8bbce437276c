"""Engines that record only inside `with Tape():`: one tape is entered before each program, and the last one left.

>>> class Tape:
...     def __enter__(self): print("entered")
...     def __exit__(self, *error): print("left")
>>> tapes = Tapes(Tape)
>>> tapes.renew()
entered
>>> tapes.renew()
left
entered
"""

from __future__ import annotations

from typing import Any

from .constructor import names_in_module


class Tapes:
    """The tape that is being recorded on."""

    def __init__(self, kind: type) -> None:
        self.kind = kind
        self.made: Any = None  # the tape that was made
        self.entered: Any = None  # and what `with Tape() as` calls it

    def renew(self) -> None:
        """Leave the tape, if there is one, and enter a new one."""
        if self.made is not None:
            self.made.__exit__(None, None, None)
        self.made = self.kind()
        entered = self.made.__enter__()
        self.entered = self.made if entered is None else entered

    @property
    def line(self) -> str:
        """How one begins to record, as one types it."""
        return f"tape = {self.kind.__name__}()\ntape.__enter__()"


def tapes_of(Value: type) -> Tapes | None:
    """The tapes of an engine: a class beside it, named so, that is entered by `with` and made of nothing."""
    for each in names_in_module(Value).values():
        own = isinstance(each, type) and each.__module__ == Value.__module__ and "tape" in each.__name__.lower()
        if own and hasattr(each, "__enter__") and hasattr(each, "__exit__"):
            try:
                found = Tapes(each)
                found.renew()
                return found
            except Exception:
                continue
    return None
