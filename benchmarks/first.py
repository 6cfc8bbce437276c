"""How long XOR's program takes to record, derive, emit and call for the first time, each time in a new process."""

import subprocess
import sys
from collections.abc import Iterable
from statistics import median

from .clock import duration, machine, table

PROGRAM = """
from time import perf_counter, process_time
from autodiff import Value
from autodiff.compiled import compile
from benchmarks.scalars import xor_step
_, function, parameters = xor_step(Value)
data = [p.data for p in parameters]
wall, processor = perf_counter(), process_time()
compile(function, {target!r}).value_and_grad(*data)
print(perf_counter() - wall, process_time() - processor)
"""


def report(count: int = 15) -> Iterable[str]:
    """One table: wall and processor time for each target."""
    yield machine(["numpy"])
    rows = []
    for target in ("math", "numpy"):
        wall, processor = zip(*(measured(target) for _ in range(count)), strict=True)
        rows.append([target, duration(median(wall)), duration(min(wall)), duration(median(processor))])
    columns = ["target", "median", "least", "median of processor time"]
    yield table("XOR, MLP 2-4-1, four rows: from the function to its first value and gradient", columns, rows)


def measured(target: str) -> tuple[float, float]:
    """Wall and processor seconds of one new process."""
    command = [sys.executable, "-c", PROGRAM.format(target=target)]
    wall, processor = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(wall), float(processor)
