"""Has Pyodide compile what a first program needs, under Node.js, so that a browser starts in half the time.

    archives = precompiled(parts, request, cache)    # {"python_stdlib.zip": b"…", "autodiff.zip": b"…"}
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..errors import MissingExtraError
from ..files import write_whole
from .packages import require

ARCHIVES = ("python_stdlib.zip", "autodiff.zip")
SECONDS = 300


def precompile(parts: Mapping[str, bytes], request: Mapping[str, Any], cache: Path) -> dict[str, bytes]:
    """The two archives of modules among the parts of Pyodide, with bytecode for what a request to the bridge loads.

    They are kept in `cache` until the parts change: to compile them takes seconds.
    """
    folder = cache / "compiled"
    kept = {name: folder / f"{_digest(parts, request)}-{name}" for name in ARCHIVES}
    with suppress(OSError):
        return {name: path.read_bytes() for name, path in kept.items()}
    made = _compile(parts, request)
    folder.mkdir(parents=True, exist_ok=True)
    for other in folder.iterdir():
        other.unlink(missing_ok=True)
    for name, path in kept.items():
        write_whole(path, made[name])
    return made


def _digest(parts: Mapping[str, bytes], request: Mapping[str, Any]) -> str:
    """What tells these parts from others, and the script that compiles them."""
    things = [*sorted(parts.items()), ("request", json.dumps(request).encode()), ("script", _script())]
    return sha256(b"".join(name.encode() + sha256(data).digest() for name, data in things)).hexdigest()[:16]


def _script() -> bytes:
    return files("autodiff.playground").joinpath("assets", "compile.mjs").read_bytes()


def _compile(parts: Mapping[str, bytes], request: Mapping[str, Any]) -> dict[str, bytes]:
    node = require("node", "install Node.js", shutil.which("node"))
    with tempfile.TemporaryDirectory() as folder:
        for name, data in parts.items():
            Path(folder, name).write_bytes(data)
        Path(folder, "request.json").write_text(json.dumps(request), encoding="utf-8")
        script = Path(folder, "compile.mjs")
        script.write_bytes(_script())
        command = [node, "--stack-size=7000", str(script), folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        if done.returncode:
            raise MissingExtraError(f"playground: node could not compile its modules; it said: {done.stderr[-500:]}")
        return {name: Path(folder, name).read_bytes() for name in ARCHIVES}
