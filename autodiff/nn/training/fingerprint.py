"""What a model computes depends on what stands in it: this tells whether any of it has changed.

Numbers of parameters do not count, since a recorded program reads them at each run; which Values they are does.

>>> from autodiff import Value
>>> class Twice:
...     def __init__(self): self.factor, self.w = 2.0, Value(1.0)
>>> model = Twice()
>>> before = fingerprint(model)
>>> model.w.data = 5.0
>>> same = fingerprint(model) == before
>>> model.factor = 3.0
>>> same, fingerprint(model) == before
(True, False)
"""

import random
from collections.abc import Iterator
from functools import partial
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ... import native
from ...value import Value

PASSING = frozenset({  # attributes that say nothing of results
    "optimizer", "history", "training", "stop_training", "masks", "name", "_objectives",
})  # fmt: skip
EMPTY = CellType()  # of a closure, before what it holds is assigned
PLAIN = (bool, int, float, complex, str, bytes, type(None))


def fingerprint(model: Any) -> list[Any]:
    """Everything that a model's results depend on but its parameters' numbers, to be compared with an earlier one.

    Values and functions stand for themselves: as they are held, no other can take their address.
    """
    found: list[Any] = []
    seen: dict[int, int] = {}
    waiting = [model]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, PLAIN):
            found.append((type(thing), repr(thing)))
        elif id(thing) in seen:
            found.append(seen[id(thing)])
        else:
            seen[id(thing)] = len(seen)
            mark, inside = _parts(thing, outermost=thing is model)
            found.append(mark)
            waiting += inside
    return found


class Watched:
    """A model that may change: asking is quick as long as nobody has assigned anything that stands in it.

    It does not hold the model itself, only what stands in it, so the model may leave.

    >>> model = [Value(1.0), {"rate": 0.5}]
    >>> watched = Watched()
    >>> watched.keep(model)
    >>> model[1]["rate"] = 0.25
    >>> watched.changed(model)
    True
    >>> watched.keep(model)
    >>> watched.changed(model)
    False
    """

    known: list[Any] | None = None

    def keep(self, model: Any) -> None:
        """Remember the model as it is now."""
        self.known, self.held = fingerprint(model), list(_held(model))
        self.before = [held.copy() for held in self.held]  # also keeps what they hold, whose addresses are noted
        self.containers = [held for held in self.held if type(held) in (list, dict)]
        self.others = [place for place, held in enumerate(self.held) if type(held) not in (list, dict)]
        self.note = None if native.module is None else native.module.note_items(self.containers)

    def changed(self, model: Any) -> bool:
        """Whether its results may be others than those of the model that was kept, or none was."""
        if self.known is None:
            return True
        try:
            if self._holds_the_same() or self.held == self.before:
                return False
        except ValueError:  # such as of two arrays, whose == has no single truth
            pass
        if fingerprint(model) != self.known:
            return True
        self.keep(model)
        return False

    def _holds_the_same(self) -> bool:
        """Whether the very same objects stand in the same places; False where only the engine in C could say so."""
        if self.note is None or not native.module.hold_noted(self.containers, self.note):
            return False
        return [self.held[place] for place in self.others] == [self.before[place] for place in self.others]


def _held(model: Any) -> Iterator[Any]:
    """The lists and dicts in which a model stands, to be compared with copies of them in one call, which C runs."""
    seen, waiting = set[int](), [model]
    while waiting:
        thing = waiting.pop()
        if type(thing) is Value or id(thing) in seen or isinstance(thing, PLAIN):
            continue
        seen.add(id(thing))
        held = thing if isinstance(thing, list | dict) else getattr(thing, "__dict__", None)
        if isinstance(held, list | dict) and not isinstance(thing, type | ModuleType):
            yield held
        if isinstance(thing, np.ndarray) and thing.size:  # its == has no single truth: then the fingerprint tells
            yield thing
        waiting += _parts(thing, outermost=thing is model)[1]


class _Same:
    """A thing, equal to itself alone, whatever its own == says."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.thing is self.thing


def _parts(thing: Any, outermost: bool) -> tuple[Any, list[Any]]:
    """What a thing is, and what stands in it."""
    kind: Any = type(thing)
    if isinstance(thing, list | tuple):
        return (kind, len(thing)), list(thing)
    if isinstance(thing, dict):
        return (kind, len(thing)), [*thing.keys(), *thing.values()]
    if isinstance(thing, np.ndarray):
        return (kind, thing.shape, str(thing.dtype), thing.tobytes()), []
    if isinstance(thing, FunctionType):
        cells = [cell.cell_contents for cell in thing.__closure__ or () if cell != EMPTY]
        return _Same(thing.__code__), [*cells, *(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values()]
    if isinstance(thing, MethodType):
        return _Same(thing.__func__), [thing.__self__]
    if isinstance(thing, partial):
        return kind, [thing.func, thing.args, thing.keywords]
    if isinstance(thing, Value | type | ModuleType | random.Random):
        return _Same(thing), []
    state = dict(_state(thing))
    mark = kind if outermost or state else _Same(thing)  # the outermost is not held: it may leave
    return (mark, tuple(state)), list(state.values())


def _state(thing: Any) -> Iterator[tuple[str, Any]]:
    """The attributes of an object that its results may depend on."""
    for name, item in getattr(thing, "__dict__", {}).items():
        if name not in PASSING:
            yield name, item
