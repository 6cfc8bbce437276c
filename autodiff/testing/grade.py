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

from .exam import Finding
from .results import Conformance, Result

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = "AUTODIFF_GRADE"


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
    """Examine `path/to/engine.py:Value`, for at most so many seconds and so many megabytes of memory."""
    path, colon, name = target.rpartition(":")
    if not colon or not name.isidentifier():
        return Graded(target, cannot="expected the file and the class, as in path/to/engine.py:Value")
    if not Path(path).is_file():
        return Graded(target, cannot=f"there is no file {path}")
    with tempfile.TemporaryDirectory() as folder:
        options = {
            "path": str(Path(path).resolve()), "name": name, "target": target, "seconds": seconds, "memory": memory,
            "examples": examples, "seed": seed, "report": f"{folder}/report", "progress": f"{folder}/progress",
        }  # fmt: skip
        Path(folder, "options").write_text(json.dumps(options), encoding="utf8")
        status = _run(Path(folder), seconds)
        return _read(target, Path(folder), status, seconds)


def _run(folder: Path, seconds: float) -> int | None:
    """Run the worker to its end, or kill it, and whatever it started; its exit status, None if time ran out."""
    token = uuid.uuid4().hex
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {TOKEN: token, "PYTHONPATH": os.pathsep.join(paths)}
    with (folder / "errors").open("wb") as errors:
        worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "autodiff.testing.worker", str(folder / "options")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            return worker.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            for number in [worker.pid, *_started(token)]:
                _kill(number, group=number == worker.pid)
            worker.wait()


def _started(token: str) -> Iterator[int]:
    """The processes that carry the token in their environment: what the engine has started, and what those have."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{TOKEN}={token}".encode() in (folder / "environ").read_bytes():
                yield int(folder.name)
        except OSError:
            continue  # it has ended, or is not ours


def _kill(number: int, group: bool) -> None:
    try:
        (os.killpg if group else os.kill)(number, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # it has ended


def _read(target: str, folder: Path, status: int | None, seconds: float) -> Graded:
    """The report that the worker left, or what its end says."""
    report, progress = folder / "report", folder / "progress"
    stage = progress.read_text(encoding="utf8") if progress.exists() else "start"
    during = "while it was imported" if stage == "import" else f"while {stage!r} was examined"
    if status is None or status == -signal.SIGXCPU:
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
               each["known"], each["seconds"], each["waits"])  # fmt: skip
        for each in told["properties"]
    ]
    return Graded(target, Conformance(target, results))
