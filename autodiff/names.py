"""What the caller's program calls its Values.

Names are looked up when they are asked for: the variables of the caller first, then its globals; containers and objects
too, so that a weight is called `model.layers[0].weights[1]`. A Value's own name goes before.

>>> from autodiff import Value
>>> a, rows = Value(1.0), [Value(2.0)]
>>> sorted(names_in(caller(), {a: 0, rows[0]: 0}).values())
['a', 'rows[0]']
"""

import sys
from collections import deque
from collections.abc import Iterator, Mapping
from types import BuiltinFunctionType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

from .frames import caller
from .value import Value

MOST_OBJECTS = 200_000  # looked into for names: beyond it a name is not worth the wait
DEEPEST = 6
CODE = (type, ModuleType, FunctionType, MethodType, BuiltinFunctionType)  # holds no values of a program's own
HISTORY = ("In", "Out")
SHELLS = ("IPython", "ipykernel")  # their objects lead to the history: `exit` in a notebook does

__all__ = ["caller", "names_in"]


def names_in(frame: FrameType | Mapping[str, Any], wanted: Mapping[Value, Any]) -> dict[Value, str]:
    """The names under which a frame's variables hold the wanted Values; the shortest way to one gives it its name.

    Names with an underscore in front, the history that IPython keeps and what this library's objects hold do not count.
    """
    scopes = [frame] if isinstance(frame, Mapping) else [frame.f_locals, frame.f_globals]
    found: dict[Value, str] = {}
    queue = deque((name, item, 0) for scope in scopes for name, item in variables(scope))
    seen: set[int] = set()
    while queue and len(seen) < MOST_OBJECTS and len(found) < len(wanted):
        path, item, depth = queue.popleft()
        if type(item) is Value:
            if item in wanted and item not in found:
                found[item] = path
        elif depth < DEEPEST and id(item) not in seen:
            seen.add(id(item))
            queue.extend((path + step, inner, depth + 1) for step, inner in _inside(item))
    return found


def variables(scope: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """A program's own variables, without what IPython adds: its input and output history."""
    history = HISTORY if "_oh" in scope else ()
    own = [name for name in list(scope) if name[:1].isalpha() and name not in history]
    return [(name, scope[name]) for name in own]


def is_open(item: Any) -> bool:
    """Whether an object may be looked into: not a notebook's shell; of this library a model, as it is named."""
    kinds = [str(kind.__module__) for kind in type(item).__mro__]
    if any(kind.partition(".")[0] in SHELLS for kind in kinds):
        return False
    return not kinds[0].startswith("autodiff.") or "autodiff.nn.layers.module" in kinds


def _inside(item: Any) -> Iterator[tuple[str, Any]]:
    """What a container or an object holds, and what a program writes to get it; no code of the stranger's runs."""
    if isinstance(item, (list, tuple)):
        base: Any = list if isinstance(item, list) else tuple
        yield from ((f"[{i}]", inner) for i, inner in enumerate(base.__iter__(item)))
    elif isinstance(item, dict):
        yield from ((f"[{key!r}]", inner) for key, inner in list(dict.items(item)) if type(key) in (str, int))
    elif type(item).__module__ == "numpy" and getattr(item, "dtype", None) == object:
        yield from (
            (f"[{', '.join(map(str, index))}]", item[index]) for index in sys.modules["numpy"].ndindex(item.shape)
        )
    elif not isinstance(item, CODE) and is_open(item):
        try:
            attributes = object.__getattribute__(item, "__dict__")
        except (AttributeError, TypeError):
            return
        if isinstance(attributes, dict):
            yield from ((f".{key}", inner) for key, inner in list(attributes.items()) if isinstance(key, str))
