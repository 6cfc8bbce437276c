"""Has Pyodide compile what a first program needs, under Node.js, so that a browser starts in half the time.

    archives = precompiled(parts, request)    # {"python_stdlib.zip": b"…", "autodiff.zip": b"…"}
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..errors import MissingExtraError
from .packages import require

ARCHIVES = ("python_stdlib.zip", "autodiff.zip")
SECONDS = 300


def precompiled(parts: Mapping[str, bytes], request: Mapping[str, Any]) -> dict[str, bytes]:
    """The two archives of modules among the parts of Pyodide, with bytecode for what a request to the bridge loads."""
    node = require("node", "install Node.js", shutil.which("node"))
    with tempfile.TemporaryDirectory() as folder:
        for name, data in parts.items():
            Path(folder, name).write_bytes(data)
        Path(folder, "request.json").write_text(json.dumps(request), encoding="utf-8")
        script = Path(folder, "compile.mjs")
        script.write_bytes(files("autodiff.playground").joinpath("assets", "compile.mjs").read_bytes())
        command = [node, "--stack-size=7000", str(script), folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        if done.returncode:
            raise MissingExtraError(f"playground: node could not compile its modules; it said: {done.stderr[-500:]}")
        return {name: Path(folder, name).read_bytes() for name in ARCHIVES}
