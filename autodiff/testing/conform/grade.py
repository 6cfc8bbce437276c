"""Grade an engine in a file, in a process of its own with limits of time and memory; nothing is left running.

>>> graded("no/such/engine.py:Value").cannot
'there is no file no/such/engine.py'
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .findings import Finding
from .results import Conformance, Result
from .watch import too_much

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "AUTODIFF_GRADE"
GRACE = 15.0  # seconds beside those of the engine, for the worker to start and to end


@dataclass(frozen=True)
class Graded:
    """The report on an engine, or why it cannot be run."""

    target: str
    report: Conformance | None = None
    cannot: str = ""

    @property
    def exit_code(self) -> int:
        """0 if every property holds, 1 if one fails, 2 if the engine cannot be run."""
        return 2 if self.report is None else 0 if self.report else 1


def graded(target: str, *, seconds: float = 60, memory: int = 1024, examples: int = 200, seed: int = 0) -> Graded:
    """Examine `path/to/engine.py:Value`, for at most so many seconds and megabytes of memory in use."""
    path, colon, name = target.rpartition(":")
    if not colon or not name.isidentifier():
        return Graded(target, cannot="expected the file and the class, as in path/to/engine.py:Value")
    if not Path(path).is_file():
        return Graded(target, cannot=f"there is no file {path}")
    with tempfile.TemporaryDirectory() as folder:
        options = {
            "path": str(Path(path).resolve()), "name": name, "target": target, "seconds": seconds, "memory": memory,
            "examples": examples, "seed": seed,
        } | {name: f"{folder}/{name}" for name in ("report", "progress", "ended")}  # fmt: skip
        Path(folder, "options").write_text(json.dumps(options), encoding="utf8")
        _run(Path(folder), seconds)
        return _read(target, Path(folder), seconds, memory)


def _run(folder: Path, seconds: float) -> None:
    """Run the worker, which ends by itself what the engine starts; if it does not end, the engine has got at it."""
    token = uuid.uuid4().hex
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {TOKEN: token, "PYTHONPATH": os.pathsep.join(paths)}
    with (folder / "errors").open("wb") as errors:
        worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "autodiff.testing.conform.worker", str(folder / "options")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            worker.wait(seconds + GRACE)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _stop(worker)
            for number in _started(token):
                _kill(number)


def _stop(worker: subprocess.Popen[bytes]) -> None:
    """Ask the worker to end what it watches, and end it if it does not."""
    worker.terminate()
    try:
        worker.wait(GRACE)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def _started(token: str) -> Iterator[int]:
    """The processes that carry the token in their environment: what the engine has started, and what those have."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{TOKEN}={token}".encode() in (folder / "environ").read_bytes():
                yield int(folder.name)
        except OSError:
            continue  # it has ended, or is not ours


def _kill(number: int) -> None:
    try:
        os.kill(number, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # it has ended


def _read(target: str, folder: Path, seconds: float, memory: int) -> Graded:
    """The report that the worker left, or what its end says."""
    report, progress = folder / "report", folder / "progress"
    stage = progress.read_text(encoding="utf8") if progress.exists() else "start"
    during = "while it was imported" if stage == "import" else f"while {stage!r} was examined"
    if not (folder / "ended").exists():
        return Graded(target, cannot=f"it ended the process that watches it, {during}")
    status, limit = json.loads((folder / "ended").read_text(encoding="utf8")).values()
    if limit == "memory":
        return Graded(target, cannot=f"{too_much(memory)} ({during})")
    if limit == "time" or status == -signal.SIGXCPU:
        return Graded(target, cannot=f"it did not finish within {seconds:g} s, {during}")
    if not report.exists():
        last = (folder / "errors").read_text(encoding="utf8", errors="replace").strip().splitlines()[-1:]
        end = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended by itself with status {status}"
        return Graded(target, cannot=f"it {end}, {during}" + "".join(f": {line[:200]}" for line in last))
    told = json.loads(report.read_text(encoding="utf8"))
    if "cannot" in told:
        return Graded(target, cannot=told["cannot"])
    results = [
        Result(each["name"], each["says"], [Finding(**one) for one in each["findings"]],
               each["known"], each["seconds"], each["waits"], each["absent"])  # fmt: skip
        for each in told["properties"]
    ]
    return Graded(target, Conformance(target, results))
