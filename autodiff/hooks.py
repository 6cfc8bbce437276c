"""Who wants to know of each new node, comparison, number read and backward pass: nobody, but inside a `with`.

`detect_anomaly()`, the recording of names and lines, scopes and the compiler are watchers. The engine asks only
whether the list is empty, so that none of them costs anything when it is not there. A watcher hears of its own thread
alone, and there of its own task, and of those that are started inside the `with`, but of no other task that runs
meanwhile.
"""

from _thread import get_ident
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any, Self

watchers: list["Watcher"] = []
_here: ContextVar[tuple["Watcher", ...]] = ContextVar("watchers", default=())  # those of the task that runs


class Watcher:
    """What a watcher may be told, inside a `with` of it."""

    records = False  # whether it keeps the graph as a program, so that a derivative in it must stay a graph
    selects = False  # whether that program is for other numbers, so that a derivative must have both sides of a choice

    entered = False  # by a `with`: one that is put into the list is told of all tasks

    def __init__(self) -> None:
        self.thread = get_ident()

    def __enter__(self) -> Self:
        watchers.append(self)
        self.entered = True
        _here.set((*_here.get(), self))
        return self

    def __exit__(self, *error: object) -> None:
        watchers.remove(self)
        _here.set(tuple(watcher for watcher in _here.get() if watcher is not self))

    def made(self, node: Any) -> None:
        """An operation made a node."""

    def compared(self, sign: str, left: Any, right: Any, answer: bool) -> Any:
        """Two numbers were compared, and the program may now branch; what this returns is the comparison's answer."""
        return answer

    def read(self, node: Any) -> None:
        """The program asked for the number of a node, and nobody sees what it does with it."""

    def wrote(self, node: Any) -> None:
        """The program is about to write the number of a node."""

    def flowed(self, order: Sequence[Any]) -> None:
        """A backward pass has run over the nodes of `order`."""


def listening() -> list[Watcher]:
    """The watchers of this thread and task."""
    thread, here = get_ident(), _here.get()
    return [each for each in watchers if each.thread == thread and (each in here or not each.entered)]


def is_recording() -> bool:
    """Whether the graph that is made here is kept as a program."""
    return any(watcher.records for watcher in listening())


def watch(node: Any) -> None:
    for watcher in listening():
        watcher.made(node)


def tell_of_reading(node: Any) -> None:
    for watcher in listening():
        watcher.read(node)


def tell_of_writing(node: Any) -> None:
    for watcher in listening():
        watcher.wrote(node)
