"""Watch a process to its end: its time, its memory, and that nothing which it has started outlives it.

On Linux the watching process adopts what the watched one leaves behind (PR_SET_CHILD_SUBREAPER), however it was
started, and reads from /proc who descends from it and how much memory they use together. Elsewhere there is neither:
time is watched, and the process group is ended. `watch_process` is for a process that has nothing else to do: all that
descends from it is killed.

>>> too_much(512)
'it takes more than 512 MB of memory; if it may, use --memory with a larger number'
"""

import ctypes
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NamedTuple

PROCESSES = Path("/proc/self/task")  # only Linux has it
SET_PARENT_DEATH_SIGNAL, SET_CHILD_SUBREAPER = 1, 36  # of prctl
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
DONE = "done"  # what the process says of its progress when all is examined
PATIENCE = 5  # how often its seconds an engine may take on the clock of a busy machine


class Ended(NamedTuple):
    """How a process ended: its exit status, negative for a signal, and which limit it broke: "time", "memory" or ""."""

    status: int
    limit: str


def watch_process(run: Callable[[], None], seconds: float, memory: int) -> Ended:
    """Run a function in a process of its own, for so many seconds and megabytes; nothing that it starts is left."""
    signal.signal(signal.SIGTERM, _stop)
    _control(SET_CHILD_SUBREAPER, 1)
    _control(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        _control(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        try:
            run()
        finally:
            os._exit(1)
    try:
        return _wait(child, seconds, memory * 2**20)
    finally:
        end_descendants(child)


def too_much(memory: int) -> str:
    """The sentence on an engine that reached the limit of memory."""
    return f"it takes more than {memory} MB of memory; if it may, use --memory with a larger number"


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(1)  # so that what is to be done finally is done


def _control(option: int, value: int) -> None:
    """Linux's prctl, where there is one."""
    if PROCESSES.is_dir():
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _wait(child: int, seconds: float, memory: int) -> Ended:
    """Processor time counts, so that a verdict is the same on a busy machine; what only waits is ended by the clock."""
    limit, until = "", time.monotonic() + PATIENCE * seconds
    while True:
        number, status = os.waitpid(child, os.WNOHANG)
        if number:
            return Ended(os.waitstatus_to_exitcode(status), limit)
        late = measure_time() > seconds or time.monotonic() > until
        if not limit and (late or measure_memory() > memory):
            limit = "time" if late else "memory"
            kill(child)
        time.sleep(0.05)


def measure_time() -> float:
    """How many seconds of processor time the descendants of this process have taken; 0 where that cannot be told."""
    total = 0
    for number in descendants():
        with suppress(OSError, ValueError):  # it has ended
            total += sum(map(int, _read_stat(Path(f"/proc/{number}/stat"))[11:15]))
    return total / TICKS


def end_descendants(child: int) -> None:
    """Kill all that descends from this process, until nothing does."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)  # at least its group, where /proc does not tell
    while True:
        for number in descendants():
            kill(number)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def kill(number: int) -> None:
    """End a process, if it has not ended and its number is not another's by now."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(number, signal.SIGKILL)


def measure_memory() -> int:
    """How many bytes of memory the descendants of this process hold; 0 where that cannot be told."""
    total = 0
    for number in descendants():
        with suppress(OSError, IndexError):  # it has ended
            total += int(Path(f"/proc/{number}/statm").read_text().split()[1]) * PAGE
    return total


def _read_stat(file: Path) -> list[str]:
    """The fields of a process's status after its name, which may hold anything."""
    return file.read_text(errors="replace").rpartition(")")[2].split()


def descendants() -> list[int]:
    """The processes that this one has started, and those that they have, as /proc tells."""
    children: dict[int, list[int]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):  # it has ended
            children.setdefault(int(_read_stat(file)[1]), []).append(int(file.parent.name))
    found = [os.getpid()]
    for number in found:  # which grows on the way
        found += children.get(number, [])
    return found[1:]
