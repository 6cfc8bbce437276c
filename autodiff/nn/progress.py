"""Progress where somebody watches: a bar on a terminal and in a notebook, now and then a line in a pipe or a file.

>>> with progress(3, "Training") as advance:
...     for epoch in range(3):
...         advance(f"loss {1 / (epoch + 1):.2f}")
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import isfinite
from time import monotonic
from typing import Any, TextIO

from .notebook import course

Advance = Callable[..., None]  # of a note and numbers by name, whose curves a notebook shows, or of less
Curves = Mapping[str, Sequence[float]]
WIDTH = 30
BLOCKS = "▁▂▃▄▅▆▇█"
BETWEEN_LINES, BETWEEN_PICTURES = 1.0, 0.5  # seconds, at least


def silent(note: str = "", curves: Curves | None = None) -> None:
    """What to call where no bar is drawn."""


@contextmanager
def progress(
    total: int, label: str, stream: TextIO | None = None, quiet: bool = False, lines: bool = True
) -> Iterator[Advance]:
    """A function to call after each of `total` steps, with a note that stands beside the bar, and numbers by name.

    Where no bar can be drawn, `lines` are written instead: one a second at most, so none of what is done by then.
    """
    stream = stream or sys.stderr
    with choose_display(stream, quiet, lines)(total, label, stream) as advance:
        yield advance


def choose_display(stream: TextIO, quiet: bool, lines: bool) -> Callable[[int, str, TextIO], Any]:
    """The way in which progress can be shown."""
    if quiet:
        return nothing
    if in_notebook():
        return by_notebook
    if not stream.isatty():
        return by_lines if lines else nothing
    try:
        import rich  # noqa: F401
    except ImportError:
        return plain
    return by_rich


def in_notebook() -> bool:
    """Whether the program runs in the kernel of a notebook."""
    if "ipykernel" not in sys.modules:
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")


@contextmanager
def nothing(total: int, label: str, stream: TextIO) -> Iterator[Advance]:
    yield silent


@contextmanager
def by_rich(total: int, label: str, stream: TextIO) -> Iterator[Advance]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    label_and_bar = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    rest = TimeRemainingColumn(), TextColumn("{task.fields[note]}")
    with Progress(*label_and_bar, *rest, console=Console(file=stream)) as bar:
        task = bar.add_task(escape(label), total=total, note="")
        yield lambda note="", curves=None: bar.update(task, advance=1, note=escape(note))


@contextmanager
def by_notebook(total: int, label: str, stream: TextIO) -> Iterator[Advance]:
    """One output of the cell, changed in place: the first step, the last, and at most two a second between."""
    from IPython.display import display

    last, done, handle, text = 0.0, 0, None, ""
    known: Curves = {}

    def show() -> None:
        nonlocal handle, last
        last, bundle = monotonic(), {"text/plain": text, "text/html": course(text, known)}
        if handle:
            handle.update(bundle, raw=True)
        else:
            handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def advance(note: str = "", curves: Curves | None = None) -> None:
        nonlocal done, text, known
        done, known = done + 1, curves or {}
        text = f"{bar_of(done, total, label)} {note}"
        if monotonic() - last >= BETWEEN_PICTURES:
            show()

    try:
        yield advance
    finally:
        if text:
            show()


@contextmanager
def by_lines(total: int, label: str, stream: TextIO) -> Iterator[Advance]:
    """A line whenever the last is a second old; at the end one more, if there has been any."""
    last, done, written, text = monotonic(), 0, 0, ""

    def write() -> None:
        nonlocal last, written
        last, written = monotonic(), done
        stream.write(f"{text}\n")
        stream.flush()

    def advance(note: str = "", curves: Curves | None = None) -> None:
        nonlocal done, text
        done += 1
        text = " ".join(filter(None, [f"{label} {done}/{total}", note]))
        if monotonic() - last >= BETWEEN_LINES:
            write()

    try:
        yield advance
    finally:
        if written and written < done:
            write()


@contextmanager
def plain(total: int, label: str, stream: TextIO) -> Iterator[Advance]:
    """One line, written over and over; only when the bar or a hundredth of the work has moved on."""
    done = 0

    def advance(note: str = "", curves: Curves | None = None) -> None:
        nonlocal done
        done += 1
        if done * 100 // total > (done - 1) * 100 // total:
            stream.write(f"\r{bar_of(done, total, label)} {note}\033[K")
            stream.flush()

    try:
        yield advance
    finally:
        stream.write("\n")


def sparkline(numbers: Sequence[float], width: int = 20) -> str:
    """The course of the last numbers, from the smallest to the largest, as a line of characters.

    >>> sparkline([4.0, 3.0, 2.0, 1.0, 0.5])
    '█▆▄▂▁'
    """
    shown = [x for x in numbers[-width:] if isfinite(x)]
    if len(shown) < 2:
        return ""
    low, high = min(shown), max(shown)
    return "".join(BLOCKS[int((x - low) / ((high - low) or 1.0) * (len(BLOCKS) - 1))] for x in shown)


def bar_of(done: int, total: int, label: str) -> str:
    """A bar of characters.

    >>> bar_of(1, 3, "Training")
    'Training [##########--------------------] 1/3'
    """
    return f"{label} [{'#' * (done * WIDTH // total):-<{WIDTH}}] {done}/{total}"
