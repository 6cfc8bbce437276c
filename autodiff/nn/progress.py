"""A progress bar where somebody watches: drawn by rich if it is installed, else plainly; silent in pipes and files.

>>> with progress(3, "Training") as advance:
...     for epoch in range(3):
...         advance(f"loss {1 / (epoch + 1):.2f}")
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

Advance = Callable[..., None]  # of a note, or of nothing
WIDTH = 30


def silent(note: str = "") -> None:
    """What to call where no bar is drawn."""


@contextmanager
def progress(total: int, label: str, stream: TextIO | None = None, quiet: bool = False) -> Iterator[Advance]:
    """A function to call after each of `total` steps, with a note that stands beside the bar."""
    stream = stream or sys.stderr
    if quiet or not stream.isatty():
        yield silent
        return
    try:
        import rich  # noqa: F401
    except ImportError:
        with plain(total, label, stream) as advance:
            yield advance
    else:
        with by_rich(total, label, stream) as advance:
            yield advance


@contextmanager
def by_rich(total: int, label: str, stream: TextIO) -> Iterator[Advance]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    label_and_bar = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    rest = TimeRemainingColumn(), TextColumn("{task.fields[note]}")
    with Progress(*label_and_bar, *rest, console=Console(file=stream)) as bar:
        task = bar.add_task(escape(label), total=total, note="")
        yield lambda note="": bar.update(task, advance=1, note=escape(note))


@contextmanager
def plain(total: int, label: str, stream: TextIO) -> Iterator[Advance]:
    """One line, written over and over; only when the bar or a hundredth of the work has moved on."""
    done = 0

    def advance(note: str = "") -> None:
        nonlocal done
        done += 1
        if done * 100 // total > (done - 1) * 100 // total:
            bar = "#" * (done * WIDTH // total)
            stream.write(f"\r{label} [{bar:-<{WIDTH}}] {done}/{total} {note}\033[K")
            stream.flush()

    try:
        yield advance
    finally:
        stream.write("\n")
