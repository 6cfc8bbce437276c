"""Instructions, counted by valgrind's callgrind: the same on a busy machine as on a quiet one."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable

from .clock import machine, table

PROGRAM = """
import sys
from autodiff import Value
from benchmarks.native import seven
run = seven(Value)
for _ in range(int(sys.argv[1])):
    run()
"""
FEW, MANY = 200, 1200


def report() -> Iterable[str]:
    """The seven operations of the table `native`, forward and backward, on both engines."""
    yield machine(["numpy"])
    rows = [[engine, f"{instructions(engine):,.0f}"] for engine in ("native", "python")]
    yield table("Seven operations, there and back", ["engine", "instructions"], rows)


def instructions(engine: str) -> float:
    """How many instructions one run takes: the difference between many runs and few, divided."""
    return (counted(engine, MANY) - counted(engine, FEW)) / (MANY - FEW)


def counted(engine: str, runs: int) -> int:
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-c",
               PROGRAM, str(runs)]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True,
                          env=os.environ | {"AUTODIFF_ENGINE": engine, "PYTHONHASHSEED": "0"})  # fmt: skip
    found = re.search(r"Collected : (\d+)", done.stderr)
    assert found, done.stderr
    return int(found[1])
