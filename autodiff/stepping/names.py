"""What the caller's program calls its Values, and which lines of it made them.

Names are looked up when a log is asked for: the variables of the caller first, then its globals; containers and objects
too, so that a weight is called `model.layers[0].weights[1]`. A Value's own name goes before.

Lines come from two places. Without preparation, a Value that a variable holds is traced to the one statement of the
calling function that assigns that variable; the steps on the way to it have no line, and neither has a variable that is
assigned twice. Inside `recording()` each operation notes the line that ran it, so every step has its own; that costs
a look at the stack per operation, which is why it has to be asked for. The lines are kept as long as the recording is.

>>> from autodiff import Value
>>> with recording() as tape:
...     y = Value(2.0) * 3.0
>>> tape.sources[y].line
2
"""

import ast
import inspect
import linecache
import sys
import textwrap
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import BuiltinFunctionType, FrameType, FunctionType, MethodType, ModuleType, TracebackType
from typing import Any
from weakref import WeakSet

from ..value import Value
from ..hooks import Watcher, watchers
from .snapshot import Source

PACKAGE = str(Path(__file__).parent.parent)
MOST_OBJECTS = 200_000  # looked into for names: beyond it a name is not worth the wait
DEEPEST = 6
CODE = (type, ModuleType, FunctionType, MethodType, BuiltinFunctionType)  # holds no values of a program's own


def names_in(frame: FrameType | Mapping[str, Any], wanted: Mapping[Value, Any]) -> dict[Value, str]:
    """The names under which a frame's variables hold the wanted Values; the shortest way to one gives it its name."""
    scopes = [frame] if isinstance(frame, Mapping) else [frame.f_locals, frame.f_globals]
    found: dict[Value, str] = {}
    queue = deque((name, item, 0) for scope in scopes for name, item in list(scope.items()) if not name.startswith("_"))
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
    elif not isinstance(item, CODE):
        try:
            attributes = object.__getattribute__(item, "__dict__")
        except (AttributeError, TypeError):
            return
        if isinstance(attributes, dict):
            yield from ((f".{key}", inner) for key, inner in list(attributes.items()) if isinstance(key, str))


def lines_in(frame: FrameType, names: Mapping[Value, str]) -> dict[Value, Source]:
    """The statement of the frame's function that assigns each named Value, where there is exactly one."""
    try:
        text, first = inspect.getsourcelines(frame.f_code)
        tree = ast.parse(textwrap.dedent("".join(text)))
    except (OSError, TypeError, SyntaxError, ValueError, RecursionError):
        return {}
    inside = isinstance(tree.body[0], (ast.FunctionDef, ast.AsyncFunctionDef)) if tree.body else False
    body = tree.body[0].body if inside else tree.body  # type: ignore[attr-defined]
    places = [(name, line + max(first - 1, 0)) for name, line in _assignments(body)]
    counts, lines = Counter(name for name, _ in places), dict(places)
    filename = frame.f_code.co_filename
    return {
        value: source(filename, lines[name]) for value, name in names.items() if value.parents and counts[name] == 1
    }


def _assignments(body: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    """Each name that these statements assign, without those of functions and classes inside."""
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        stack.extend(reversed(list(ast.iter_child_nodes(node))))


def source(filename: str, line: int) -> Source:
    """A line of a program with its text, as far as it can be read."""
    return Source(filename, line, linecache.getline(filename, line).strip())


class recording(Watcher):  # noqa: N801 (it reads as a statement: `with recording():`)
    """Inside this block each operation of this thread notes the source line that ran it, for `steps` to show.

    `steps` finds the lines in every recording that still exists: inside the block, and after it if the recording has
    been given a name, as in `with recording() as tape:`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[Value, tuple[str, int]] = {}

    def made(self, node: Value) -> None:
        """Note the line outside this package that is running."""
        frame: FrameType | None = inspect.currentframe()
        while frame and frame.f_code.co_filename.startswith((PACKAGE, "<autodiff ")):
            frame = frame.f_back
        if frame:
            self._places[node] = (frame.f_code.co_filename, frame.f_lineno)

    @property
    def sources(self) -> dict[Value, Source]:
        """The line that made each node."""
        return {node: source(*place) for node, place in self._places.items()}

    def source_of(self, node: Value) -> Source | None:
        """The line that made one node; None where this recording does not know it."""
        place = self._places.get(node)
        return source(*place) if place else None

    def __enter__(self) -> "recording":
        watchers.append(self)
        _recordings.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        watchers.remove(self)


_recordings: WeakSet[recording] = WeakSet()


def recorded(nodes: Mapping[Value, Any]) -> dict[Value, Source]:
    """The lines that recordings know of these nodes."""
    tapes = list(_recordings)
    return {node: line for node in nodes for tape in tapes if (line := tape.source_of(node))} if tapes else {}
