"""Where a number comes from: the lines of some files that bring it about while a function runs.

A line brings a number about when a name, an attribute of what a name means, an argument or a result has it after that
line and not before. A line that only takes the number out of where it was kept is passed over.
"""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Collection
from contextlib import suppress
from types import FrameType, ModuleType
from typing import Any

from ..engines.attributes import attempt
from .calls import run_traced

Line = tuple[str, int]
TAKES_OUT = re.compile(r"[\w\s,()*]+=(?!=)[\w\s.,\[\]\"']+$")


def find_origins(run: Callable[[], Any], files: Collection[str], number: float) -> list[Line]:
    """The lines that bring a number about, in order; none for 0 and 1, which come about anywhere."""
    if number in (0, 1) or number != number:
        return []
    found: dict[Line, None] = {}
    ran: dict[FrameType, tuple[int, int]] = {}  # the line that a frame is at, and how often it had the number

    def count(*things: Any) -> int:
        return sum(_has(thing, number) for thing in things)

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        now = count(*frame.f_locals.values(), *([argument] if event == "return" else []))
        if event == "call":
            caller = frame.f_back
            if caller in ran and now > ran[caller][1] and caller is not None:
                found[caller.f_code.co_filename, ran[caller][0]] = None
        elif frame in ran and now > ran[frame][1]:
            found[frame.f_code.co_filename, ran[frame][0]] = None
        ran[frame] = frame.f_lineno, now
        return trace

    with suppress(Exception):  # what was found until then may tell enough
        run_traced(run, trace)
    return [line for line in found if not TAKES_OUT.match(linecache.getline(*line).strip())]


def _has(thing: Any, number: float, depth: int = 3) -> int:
    """How often a number stands in something: itself, an array of it, or what a list or an object's attributes hold."""
    if isinstance(thing, (float, int)):
        return int(thing == number)
    if getattr(thing, "shape", None) == ():
        return int(attempt(float, thing) == number)
    inside = _inside(thing) if depth else []
    return sum(_has(each, number, depth - 1) for each in inside) if len(inside) < 20 else 0


def _inside(thing: Any) -> list[Any]:
    if isinstance(thing, (tuple, list)):
        return list(thing)
    if isinstance(thing, dict):
        return list(thing.values())
    if isinstance(thing, (type, ModuleType)) or callable(thing):
        return []
    slots = [getattr(thing, name, None) for name in getattr(type(thing), "__slots__", ()) if isinstance(name, str)]
    return [*getattr(thing, "__dict__", {}).values(), *slots]
