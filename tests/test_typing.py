"""Programs that a user writes with types: they run, and pyright passes on them, as `python -m mypy` does."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROGRAMS = sorted((ROOT / "typing_tests").glob("*.py"))


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_typed_programs_run(path):
    runpy.run_path(str(path), run_name="__main__")


@pytest.mark.slow
def test_pyright_passes_on_the_typed_programs():
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, *map(str, PROGRAMS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
