"""Fair timing: contestants take turns in one process, garbage is collected between runs, medians are compared.

>>> rounds({"a": lambda: sum(range(10)), "b": lambda: sum(range(20))}, 3).keys()
dict_keys(['a', 'b'])
"""

import gc
import os
import platform
import statistics
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from importlib import metadata
from time import perf_counter

Run = Callable[[], object]


def one_thread() -> None:
    """Hold BLAS, torch and JAX on the CPU to one thread; must come before they are imported."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ[name] = "1"
    flags = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flags}".strip()


LEAST = 0.01  # seconds: a run that takes less is timed many times in a row


def seconds(run: Run, times: int = 1) -> float:
    """How long one run takes; garbage is collected before it, and collection stays on during it, as by default."""
    gc.collect()
    start = perf_counter()
    for _ in range(times):
        run()
    return (perf_counter() - start) / times


def rounds(contestants: Mapping[str, Run], count: int) -> dict[str, float]:
    """The median seconds of each contestant, over so many rounds in which they take turns."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    repeats = {name: 1 + int(LEAST / min(seconds(run), seconds(run))) for name, run in contestants.items()}
    for _ in range(count):
        for name, run in contestants.items():
            times[name].append(seconds(run, repeats[name]))
    return {name: statistics.median(each) for name, each in times.items()}


def duration(value: float) -> str:
    """Seconds as people read them: 1.23 s, 45.6 ms, 7.89 us."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table under its title, its columns aligned."""
    cells = [[str(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(["", f"**{title}**", "", *lines])


def machine(packages: Iterable[str]) -> str:
    """The date, the processor, Python and the version of each package, or that it is missing."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"{date.today()}; {processor()}, {os.cpu_count()} cores; Python {platform.python_version()}; {versions}"


def version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"


def processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or sys.platform
