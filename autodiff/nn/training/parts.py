"""What a model is made of, as far as its results depend on it: thing by thing, each with what stands in it.

Numbers of parameters do not count, since a recorded program reads them at each run; which Values they are does.

>>> from autodiff import Value
>>> class Twice:
...     def __init__(self): self.factor, self.w = 2.0, Value(1.0)
>>> model = Twice()
>>> before, _ = take_apart(model)
>>> model.w.data = 5.0
>>> same = take_apart(model)[0] == before
>>> model.factor = 3.0
>>> same, take_apart(model)[0] == before
(True, False)
"""

import random
import sys
from array import array
from collections import deque
from collections.abc import Iterator
from functools import partial
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ...frames import is_own
from ...value import Value
from ..layers.module import Module

EMPTY = CellType()  # of a closure, before what it holds is assigned
PLAIN = (bool, int, float, complex, str, bytes, type(None))
BUFFERS = (bytearray, array)
GATHERED = (list, tuple, dict, set, frozenset, deque)
STANDARD = sys.stdlib_module_names - {"__main__", "types"}  # a SimpleNamespace may hold the settings of a program

Parts = tuple[Any, list[Any]]  # what a thing is, and what stands in it


def take_apart(model: Any) -> tuple[list[Any], list[tuple[Any, Parts]]]:
    """Everything that a model's results depend on but its parameters' numbers, to be compared with an earlier one; and
    each thing in it, but Values and numbers, with its parts.

    Values and functions stand for themselves: as they are held, no other can take their address.
    """
    found, things = list[Any](), list[tuple[Any, Parts]]()
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
            made = parts(thing, outermost=thing is model)
            found.append(made[0])
            waiting += made[1]
            if type(thing) is not Value:
                things.append((thing, made))
    return found, things


def container_of(thing: Any) -> Any:
    """The list or dict in which a thing keeps what stands in it, or None for one that keeps it elsewhere."""
    if isinstance(thing, type | ModuleType | random.Random):
        return None
    held = thing if type(thing) in (list, dict) else getattr(thing, "__dict__", None)
    return held if type(held) in (list, dict) else None


def keeps_elsewhere(thing: Any) -> bool:
    """Whether a thing may change though it keeps nothing, or not all, in a list or a dict."""
    if isinstance(thing, FunctionType):
        return not is_own(thing) or bool(thing.__closure__)
    if isinstance(thing, type):
        return bool(_class_parts(thing))
    if isinstance(thing, (list, dict)):
        return type(thing) not in (list, dict)
    return isinstance(thing, (set, deque, np.ndarray, *BUFFERS)) or any(True for _ in _slots(thing))


class _Same:
    """A thing, equal to itself alone, whatever its own == says."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.thing is self.thing


def parts(thing: Any, outermost: bool = False) -> Parts:
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
    passing = getattr(type(thing), "_passing", ())
    if isinstance(thing, Module):
        yield "training", thing.training  # also where it stands in the class
    for name, item in getattr(thing, "__dict__", {}).items():
        if name not in passing:
            yield name, item
    yield from _slots(thing)


def _slots(thing: Any) -> Iterator[tuple[str, Any]]:
    """What stands in the slots of an object, under their names."""
    for cls in type(thing).__mro__:
        named = vars(cls).get("__slots__", ())
        for name in (named,) if isinstance(named, str) else named:
            full = f"_{cls.__name__.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") else name
            if full not in ("__dict__", "__weakref__") and hasattr(thing, full):
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
    return [x for x in named if (x.__globals__ is space if isinstance(x, FunctionType) else _may_be_set(x))]


def _may_be_set(x: Any) -> bool:
    """Whether a global is a number, a container, or an object whose attributes a program may set."""
    if isinstance(x, PLAIN + GATHERED):
        return True
    return not isinstance(x, type | ModuleType) and type(x).__module__.partition(".")[0] not in STANDARD


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names(each)
