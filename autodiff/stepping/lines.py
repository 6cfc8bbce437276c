"""Which lines of the caller's program made its Values.

Lines come from two places. Without preparation, a Value that a variable holds is traced to the one statement of the
calling function that assigns that variable; the steps on the way to it have no line, and neither has a variable that is
assigned twice. Inside `recording()` each operation notes the line that ran it, so every step has its own; that costs
a look at the stack per operation, which is why it has to be asked for. The lines are kept as long as the recording is.

>>> from autodiff import Value
>>> with recording() as lines:
...     y = Value(2.0) * 3.0
>>> lines.sources[y].line
2
"""

import ast
import inspect
import linecache
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any, Self
from weakref import WeakSet

from ..door import syntax
from ..frames import calling_line
from ..hooks import Watcher
from ..value import Value
from .snapshot import Source


def lines_in(frame: FrameType, names: Mapping[Value, str]) -> dict[Value, Source]:
    """The statement of the frame's function that assigns each named Value, where there is exactly one."""
    try:
        text, first = inspect.getsourcelines(frame.f_code)
        tree = syntax(textwrap.dedent("".join(text)))
    except (OSError, TypeError, SyntaxError, ValueError, RecursionError):
        return {}
    inside = isinstance(tree.body[0], (ast.FunctionDef, ast.AsyncFunctionDef)) if tree.body else False
    body = tree.body[0].body if inside else tree.body
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
    been given a name, as in `with recording() as lines:`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[Value, tuple[str, int]] = {}

    def made(self, node: Value) -> None:
        """Note the line outside this package that is running."""
        self._places[node] = calling_line()

    @property
    def sources(self) -> dict[Value, Source]:
        """The line that made each node."""
        return {node: source(*place) for node, place in self._places.items()}

    def forget(self) -> None:
        """Let the nodes go, the last one first, so that freeing one frees no other."""
        while self._places:
            self._places.popitem()

    def source_of(self, node: Value) -> Source | None:
        """The line that made one node; None where this recording does not know it."""
        place = self._places.get(node)
        return source(*place) if place else None

    def __enter__(self) -> Self:
        _recordings.add(self)
        return super().__enter__()


_recordings: WeakSet[recording] = WeakSet()


def find_lines(nodes: Mapping[Value, Any]) -> dict[Value, Source]:
    """The lines that recordings know of these nodes."""
    found = list(_recordings)
    return {node: line for node in nodes for each in found if (line := each.source_of(node))} if found else {}
