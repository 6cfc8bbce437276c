"""Grade an engine in a file, in a process of its own with limits of time and memory; nothing is left running.

>>> grade("no/such/engine.py:Value").cannot
'there is no file no/such/engine.py'
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .findings import Finding
from .notebooks import SUFFIX, python_of
from .results import Conformance, Result
from .target import find_target
from .watch import DONE, PATIENCE, kill, too_much

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "AUTODIFF_GRADE"
SIGXCPU = getattr(signal, "SIGXCPU", 24)
GRACE = 15.0  # seconds beside those of the engine, for the worker to start and to end


@dataclass(frozen=True)
class Graded:
    """The report on an engine, or why it cannot be run."""

    target: str
    report: Conformance | None = None
    cannot: str = ""
    importing: bool = False  # whether it ended while it was imported

    @property
    def exit_code(self) -> int:
        """0 if every property holds, 1 if one fails, 2 if the engine cannot be run."""
        return 2 if self.report is None else 0 if self.report else 1


def grade(
    target: str,
    *,
    seconds: float = 60,
    memory: int = 1024,
    examples: int = 200,
    seed: int = 0,
    properties: Iterable[str] = (),
    files: Iterable[str] = (),
) -> Graded:
    """Examine `path/to/engine.py:Value`, for at most so many seconds of processor time and megabytes in use.

    Without `:Value`, and for a folder, the one class with a backward pass is looked for, in `files` such as `hw*.py`.
    """
    for module in ("hypothesis", "mpmath"):
        if find_spec(module) is None:
            return Graded(target, cannot=f"grading needs {module}; run: pip install 'autodiff-scalar[testing]'")
    place = find_target(target, files)
    if place.path is None:
        return Graded(target, cannot=place.cannot)
    options: dict[str, Any] = {
        "path": str(place.path.resolve()), "name": place.name, "target": target, "seconds": seconds, "memory": memory,
        "beside": str(place.path.parent.resolve()), "examples": examples, "seed": seed, "properties": list(properties),
        "definitions": False,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        if place.path.suffix == SUFFIX:
            options |= _of_notebook(place.path, Path(folder))
        found = _grade(target, options)
        # what ends the process may still have definitions
        second = _grade(target, options | {"definitions": True}) if found.importing else found
    return found if second.report is None else second


def _of_notebook(notebook: Path, folder: Path) -> dict[str, Any]:
    """What the worker has to know of a notebook: its code in a file, and where that belongs."""
    file = folder / f"{re.sub(r'[^0-9A-Za-z_]', '_', notebook.stem)}.py"
    file.write_text(python_of(notebook.read_text(encoding="utf8")), encoding="utf8")
    return {"path": str(file), "beside": str(notebook.parent.resolve())}


def _grade(target: str, options: dict[str, Any]) -> Graded:
    with tempfile.TemporaryDirectory() as folder:
        options |= {name: f"{folder}/{name}" for name in ("report", "progress", "ended")}
        Path(folder, "options").write_text(json.dumps(options), encoding="utf8")
        _run(Path(folder), options["seconds"])
        return _read(target, Path(folder), options["seconds"], options["memory"])


def _run(folder: Path, seconds: float) -> None:
    """Run the worker, which ends by itself what the engine starts; if it does not end, the engine has got at it."""
    token = uuid.uuid4().hex
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {TOKEN: token, "MPLBACKEND": "Agg", "PYTHONPATH": os.pathsep.join(paths)}
    with (folder / "errors").open("wb") as errors:
        worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "autodiff.testing.conform.worker", str(folder / "options")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            with suppress(subprocess.TimeoutExpired):
                worker.wait(PATIENCE * seconds + GRACE)
        finally:
            _stop(worker)
            for number in _find_started(token):
                kill(number)


def _stop(worker: subprocess.Popen[bytes]) -> None:
    """Ask the worker to end what it watches, and end it if it does not."""
    worker.terminate()
    try:
        worker.wait(GRACE)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def _find_started(token: str) -> Iterator[int]:
    """The processes that carry the token in their environment: what the engine has started, and what those have."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{TOKEN}={token}".encode() in (folder / "environ").read_bytes():
                yield int(folder.name)
        except OSError:
            continue  # it has ended, or is not ours


def _read(target: str, folder: Path, seconds: float, memory: int) -> Graded:
    """The report that the worker left, whole or as far as it came, or what its end says."""
    progress = folder / "progress"
    stage = progress.read_text(encoding="utf8") if progress.exists() else "start"
    written = _report(target, folder / "report")
    if written is not None and (stage == DONE or written.report is None):
        return written
    cannot = _end(folder, stage, seconds, memory)
    if written is None or written.report is None:
        return Graded(target, cannot=cannot, importing=stage == "import")
    report = written.report
    return Graded(target, replace(report, notes=[*report.notes, f"{cannot}; what was found until then follows"]))


def _end(folder: Path, stage: str, seconds: float, memory: int) -> str:
    """How the worker ended, in a sentence."""
    during = "while it was imported" if stage == "import" else f"while {stage!r} was examined"
    last = (folder / "errors").read_text(encoding="utf8", errors="replace").strip().splitlines()[-1:]
    if not (folder / "ended").exists():
        if stage == "start":
            return "the examination could not begin" + "".join(f": {line[:200]}" for line in last)
        return f"it ended the process that watches it, {during}"
    status, limit = json.loads((folder / "ended").read_text(encoding="utf8")).values()
    if limit == "memory":
        return f"{too_much(memory)} ({during})"
    if limit == "time" or status == -SIGXCPU:
        return f"it did not finish within {seconds:g} s, {during}"
    end = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended by itself with status {status}"
    return f"it {end}, {during}" + "".join(f": {line[:200]}" for line in last)


def _report(target: str, place: Path) -> Graded | None:
    try:
        read = json.loads(place.read_text(encoding="utf8"))
        if "cannot" in read:
            return Graded(target, cannot=read["cannot"])
        results = [
            Result(**{**each, "findings": [_finding(one) for one in each["findings"]]})
            for each in ({key: x for key, x in one.items() if key != "holds"} for one in read["properties"])
        ]
        return Graded(target, Conformance(target, results, read["built_on"], read["notes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # there is none, or the engine has written over it


def _finding(fields: dict[str, Any]) -> Finding:
    return Finding(**{**fields, "follows": tuple(fields["follows"])})
