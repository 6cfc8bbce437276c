"""One evaluation of a function of Values that remembers which source line made each node.

>>> from autodiff import Value
>>> run = Run(lambda x: x * x, [3.0], Value)
>>> run.outputs[0].data, run.at()
(9.0, '<lambda> at (3.0)')
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar

from ...errors import ArgumentError, OperandError, shown
from ...frames import calling_line
from ...hooks import Watcher
from ...structure import flatten, paths
from .blame import V

W = TypeVar("W", bound=Watcher)


class Lines(Watcher):
    """Remembers the source line, outside the library, that made each node."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[V, tuple[str, int]] = {}

    def made(self, node: V) -> None:
        self.lines[node] = calling_line()

    def line(self, node: V) -> str:
        return quote(*self.lines[node]) if node in self.lines else ""


def quote(filename: str, number: int) -> str:
    """A line of a program with its place."""
    text = linecache.getline(filename, number).strip()
    place = filename if filename.startswith("<") else Path(filename).name
    return f"{place}, line {number}" + (f": {text}" if text else "")


@contextmanager
def listening_to(kind: type, watcher: W) -> Iterator[W]:
    """Let a watcher hear of Values of a kind, which may be a wrong engine's, with watchers of its own."""
    watchers = vars(sys.modules[kind.__module__]).get("watchers", [])
    watchers.append(watcher)
    try:
        yield watcher
    finally:
        watchers.remove(watcher)


class Run:
    """One evaluation of f: its inputs and outputs as Values, and where each node was made."""

    def __init__(self, f: Callable[..., Any], args: Sequence[Any], Value: Any) -> None:
        if not callable(f):
            raise OperandError(f"check_gradients: expected a function of Values, got {shown(f)}")
        if not isinstance(args, (list, tuple)) or not args:
            raise ArgumentError(f"args: expected a list of numbers, got {shown(args)}")
        trees = [flatten(x) for x in args]
        flat = [x for leaves, _ in trees for x in leaves]
        foreign = next((x for x in flat if not isinstance(x, Value) and _hint(x)), None)
        if foreign is not None:
            raise ArgumentError(f"args: expected a list of numbers, got {shown(foreign)} in it{_hint(foreign)}")
        self.f, self.Value = f, Value
        self.shapes = [shape for _, shape in trees]
        self.names = [path for name, x in zip(argument_names(f, len(args)), args) for path in paths(name, x)]
        self.numbers = [x.data if isinstance(x, Value) else x for x in flat]
        self.name = getattr(f, "__name__", "f")
        self.again()

    def again(self) -> None:
        self.inputs = [self.Value(x) for x in self.numbers]
        self.numbers = [x.data for x in self.inputs]
        with listening_to(self.Value, Lines()) as self.watcher:
            self.outputs = self.outputs_at(self.inputs)
        for y in self.outputs:
            if not isinstance(y, self.Value):
                wanted = f"expected {self.name} to return a Value, or a list of them, got {shown(y)}"
                raise OperandError(wanted + _hint(y))

    def outputs_at(self, inputs: Iterable[Any]) -> list[V]:
        """What f gives of these inputs, in the structure of its arguments, as a flat list."""
        leaves = iter(inputs)
        return flatten(self.f(*[shape.build(leaves) for shape in self.shapes]))[0]

    def at(self) -> str:
        numbers = iter(self.numbers)
        return f"{self.name} at ({', '.join(repr(shape.build(numbers)) for shape in self.shapes)})"

    def place(self, sentence: str, node: V) -> str:
        """A sentence, with the source line of the node under it."""
        line = self.watcher.line(node)
        return f"{sentence}\n  {line}" if line else sentence


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """What a report calls the arguments: as the function does, or by letters where it has no names for so many.

    >>> argument_names(lambda w, x, scale=1.0: w * x, 2), argument_names(lambda *xs: xs[0], 2)
    (['w', 'x'], ['a', 'b'])
    """
    try:
        parameters = list(signature(f).parameters.values())[:count]
    except (TypeError, ValueError):  # what is written in C need not have a signature
        parameters = []
    by_place = [each.name for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    if len(by_place) == count:
        return by_place
    return [f"x{number}" for number in range(count)] if count > 24 else list("abcdefghijklmnopqrstuvwx"[:count])


PASSES = ("backward", "backwards", "backprop")


def _hint(thing: Any) -> str:
    """Of a value that another engine made: how that engine is checked."""
    if not any(hasattr(type(thing), name) for name in PASSES):
        return ""
    name = type(thing).__name__
    other = f"a {name} of {type(thing).__module__}"
    if type(thing).__module__.partition(".")[0] == "torch":
        name = "engines.torch()"
    return (
        f"; that is {other}, and f gets autodiff's Values: to check the other engine, write f with operators, methods"
        f" and autodiff's functions, and pass its class, as in check_gradients(f, args, Value={name})"
    )
