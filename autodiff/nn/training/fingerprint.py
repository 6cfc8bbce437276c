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
from array import array
from collections import deque
from collections.abc import Iterator
from functools import partial
from operator import is_
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ... import native
from ...frames import is_own
from ...value import Value

PASSING = frozenset({  # attributes that say nothing of results
    "optimizer", "history", "training", "stop_training", "masks", "name", "_objectives",
    "targets",  # of a step of several outputs: those of the last batch
})  # fmt: skip
EMPTY = CellType()  # of a closure, before what it holds is assigned
PLAIN = (bool, int, float, complex, str, bytes, type(None))
BUFFERS = (bytearray, array)
GATHERED = (list, tuple, dict, set, frozenset, deque)


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
    """All that a model stands in and that may change, to be compared with copies.

    Lists and dicts are compared in one call, which C runs; arrays, functions, sets, objects with slots and classes of
    the user's one by one.
    """
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
        elif thing is not model and _is_loose(thing):
            yield _Loose(thing)
        waiting += _parts(thing, outermost=thing is model)[1]


def _is_loose(thing: Any) -> bool:
    """Whether it may change though it keeps nothing, or not all, in a list, a dict or an array."""
    if isinstance(thing, FunctionType):
        return not is_own(thing) or bool(thing.__closure__)
    if isinstance(thing, type):
        return bool(_class_parts(thing))
    return isinstance(thing, (set, deque, *BUFFERS)) or any(True for _ in _slots(thing))


class _Loose:
    """A thing, equal to its earlier copies as long as the very same objects stand in it.

    >>> numbers = _Loose({1.5})
    >>> before = numbers.copy()
    >>> same = numbers == before
    >>> numbers.thing.add(2.5)
    >>> same, numbers == before
    (True, False)
    """

    def __init__(self, thing: Any) -> None:
        self.thing = thing
        self.mark, self.inside = _parts(thing, outermost=False)

    def copy(self) -> "_Loose":
        return _Loose(self.thing)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Loose):
            return False
        mark, inside = _parts(self.thing, outermost=False)
        return bool(mark == other.mark) and len(inside) == len(other.inside) and all(map(is_, inside, other.inside))


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
    if isinstance(thing, set | frozenset | deque):
        return (kind, len(thing)), list(thing)
    if isinstance(thing, BUFFERS):
        return (kind, bytes(thing)), []
    if isinstance(thing, np.ndarray):
        if thing.dtype.hasobject:
            return (kind, thing.shape, str(thing.dtype)), thing.ravel().tolist()
        return (kind, thing.shape, str(thing.dtype), thing.tobytes()), []
    if isinstance(thing, FunctionType):
        cells = [cell.cell_contents for cell in thing.__closure__ or () if cell != EMPTY]
        defaults = [*(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values()]
        attributes = [thing.__dict__] if thing.__dict__ else []
        return _Same(thing.__code__), [*cells, *defaults, *attributes, *_globals_of(thing)]
    if isinstance(thing, MethodType):
        return _Same(thing.__func__), [thing.__self__]
    if isinstance(thing, partial):
        return kind, [thing.func, thing.args, thing.keywords]
    if isinstance(thing, type):
        return _Same(thing), _class_parts(thing)
    if isinstance(thing, Value | ModuleType | random.Random):
        return _Same(thing), []
    state = dict(_state(thing))
    mark = kind if outermost or state else _Same(thing)  # the outermost is not held: it may leave
    return (mark, tuple(state)), [*state.values(), *([kind] if _class_parts(kind) else [])]


def _state(thing: Any) -> Iterator[tuple[str, Any]]:
    """The attributes of an object that its results may depend on."""
    for name, item in getattr(thing, "__dict__", {}).items():
        if name not in PASSING:
            yield name, item
    yield from _slots(thing)


def _slots(thing: Any) -> Iterator[tuple[str, Any]]:
    """What stands in the slots of an object, under their names."""
    for cls in type(thing).__mro__:
        named = vars(cls).get("__slots__", ())
        for name in (named,) if isinstance(named, str) else named:
            full = f"_{cls.__name__.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") else name
            if full not in ("__dict__", "__weakref__", *PASSING) and hasattr(thing, full):
                yield full, getattr(thing, full)


def _class_parts(kind: type) -> list[Any]:
    """The methods and the settings of a class of the user's, and of those that it is made of, if it is called."""
    if not any("__call__" in vars(cls) for cls in kind.__mro__):
        return []
    own = [cls for cls in kind.__mro__ if cls.__module__.partition(".")[0] not in ("autodiff", "builtins")]
    return [x for cls in own for name, x in vars(cls).items()
            if isinstance(x, FunctionType) or name[:2] != "__" and isinstance(x, PLAIN + GATHERED)]  # fmt: skip


def _globals_of(function: FunctionType) -> list[Any]:
    """The numbers, containers, objects and functions of its own module that a function of the user's reads by name."""
    if is_own(function):
        return []
    space = function.__globals__
    named = [space[name] for name in dict.fromkeys(_names(function.__code__)) if name in space]
    return [x for x in named if isinstance(x, PLAIN + GATHERED + (np.ndarray, Value))
            or isinstance(x, FunctionType) and x.__globals__ is space
            or not isinstance(x, type) and type(x).__module__ == space.get("__name__")]  # fmt: skip


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names(each)
