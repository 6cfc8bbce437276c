"""What an engine keeps between programs, such as one tape for all, is emptied before the next begins."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

LONGEST = 2_000  # entries that a list may have before it is shortened: each pass may go through all of it


def resetter(Value: type, helpers: Iterable[Any] = ()) -> Callable[[], None]:
    """A function that shortens the lists of an engine's module, its class, its methods' defaults and its helpers."""
    module = sys.modules.get(Value.__module__)
    if module is None or Value.__module__.split(".")[0] in ("torch", "jax", "autograd", "autodiff"):
        return lambda: None
    lengths: dict[int, tuple[list[Any], int]] = {}

    def reset() -> None:
        for each in [*_lists(module, Value), *_inner(helpers)]:
            known, length = lengths.setdefault(id(each), (each, min(len(each), LONGEST)))
            if len(known) > length + LONGEST:
                del known[length:]

    reset()
    return reset


def _lists(module: Any, Value: type) -> list[list[Any]]:
    found = [each for each in (*vars(module).values(), *vars(Value).values()) if type(each) is list]
    for each in vars(module).values():  # a tape may be an object of its own
        if getattr(type(each), "__module__", None) == Value.__module__:
            found += _inner([each])
    for function in vars(Value).values():
        found += [default for default in getattr(function, "__defaults__", None) or () if type(default) is list]
    return found


def _inner(things: Iterable[Any]) -> list[list[Any]]:
    """The lists that objects hold."""
    return [inner for each in things for inner in getattr(each, "__dict__", {}).values() if type(inner) is list]
