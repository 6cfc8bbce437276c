"""The engine in C beside the Python engine, micrograd, a minimal engine, CasADi and NumPy by hand."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any

from . import rolled, scalars
from .clock import duration, machine, rounds, table
from .eager import step
from .gpt import GPT
from .peers import Plain

CHAIN = """
from time import perf_counter as now
import json, resource
from autodiff import Value
start, x = now(), Value(1.0)
y = x
for _ in range(10_000_000):
    y = y + x
forward = now()
y.backward()
backward = now()
assert x.grad == 10_000_001.0
del y
free = now()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps([forward - start, backward - forward, free - backward, peak]))
"""
RECORD = """
import json
from benchmarks.record import SIZES, arguments_of, network, timed
loss, parameters, inputs = network(SIZES)
print(json.dumps(timed(loss, *arguments_of(parameters, inputs), count=3)))
"""


def report(count: int = 9) -> Iterable[str]:
    """Six tables."""
    import autodiff

    sys.setrecursionlimit(20_000)  # micrograd orders its graph by recursion
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    yield machine(["numpy", "micrograd", "casadi"]) + f"; engine: {autodiff.engine}; load average {load}"
    yield programs(count)
    yield memory()
    yield chain()
    yield recorded()
    yield scalars.irregular(count)
    yield networks(4 * count)


def python_value() -> type:
    """The Value of the Python engine, beside the one in C in the same process."""
    from autodiff.testing.mutants import Mutant, load

    return load(Mutant("none", "ops", "", "", "", "")).Value


def programs(count: int) -> str:
    """Three programs, each over every engine."""
    import micrograd.engine

    from autodiff import Value

    engines = {"autodiff": Value, "Python engine": python_value(), "minimal engine": Plain}
    steps = engines | {"micrograd": micrograd.engine.Value}
    ours, python, plain = (GPT(value).step() for value in engines.values())
    assert ours == python and abs(ours - plain) < 1e-9 * ours, "the engines differ"
    found = [
        ("two moons, a step", rounds({name: moons(value) for name, value in steps.items()}, count)),
        ("scalar GPT, a step", rounds({name: GPT(value).step for name, value in engines.items()}, count)),
        ("seven operations, there and back", rounds({"autodiff": seven(Value),
                                                     "Python engine": seven(engines["Python engine"])}, 4 * count)),
    ]  # fmt: skip
    rows = [[name, *(beside(medians, each) for each in steps)] for name, medians in found]
    return table("One program, any Value (in brackets: beside autodiff)", ["program", *steps], rows)


def beside(medians: dict[str, float], name: str) -> str:
    if name not in medians:
        return ""
    ratio = medians[name] / medians["autodiff"]
    return duration(medians[name]) + (f" ({ratio:.1f} x)" if name != "autodiff" else "")


def moons(value: type) -> Callable[[], object]:
    """A step of micrograd's own network on two moons."""
    forward, backward = step(value)
    return lambda: backward(forward())


def seven(value: Callable[[float], Any]) -> Callable[[], object]:
    """A graph of seven operations on three leaves, forward and backward."""
    a, b, c = value(0.5), value(-1.25), value(2.0)

    def run() -> object:
        y = ((a * b + c).tanh() * a - c) * b + a
        y.backward()
        return y

    return run


def memory(count: int = 100_000) -> str:
    """What a node of two operands takes, by tracemalloc; the list that holds the nodes is taken off."""
    import tracemalloc

    from autodiff import Value

    rows = []
    for name, value in (("autodiff", Value), ("Python engine", python_value()), ("minimal engine", Plain)):
        numbers = [value(random.random()) for _ in range(100)]
        held: list[Any] = [None] * count
        tracemalloc.start()
        for at in range(count):
            held[at] = numbers[at % 100] * numbers[at // 1000]
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        rows.append([name, f"{size / count:.0f}"])
    return table("A node of two operands", ["engine", "bytes"], rows)


def chain() -> str:
    """10^7 additions in a process of its own."""
    *times, peak = process(CHAIN, "native")
    return table("A chain of 10^7 additions", ["forward", "backward", "free", "all", "peak"],
                 [[*map(duration, times), duration(sum(times)), f"{peak:.2f} GiB"]])  # fmt: skip


def recorded() -> str:
    """The network of 950,000 nodes, in processes of their own, one after the other."""
    found = [(engine, process(RECORD, engine)) for engine in ("python", "native")]
    rows = [[engine, *map(duration, times[1:]), duration(times[2] + times[3])] for engine, times in found]
    title = f"Recording and vectorizing a network of {found[0][1][0]:,} nodes"
    return table(title, ["engine", "eager forward", "the same, recorded", "tape and vectorize", "the last two"], rows)


def process(code: str, engine: str) -> list[float]:
    """The numbers that a program prints under one engine."""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True,
                          env=os.environ | {"AUTODIFF_ENGINE": engine})  # fmt: skip
    found: list[float] = json.loads(done.stdout)
    return found


def networks(count: int) -> str:
    """Small vectorized networks beside NumPy by hand."""
    rows = []
    for sizes, batch in rolled.CASES[2:]:
        contestants = rolled.contestants(sizes, batch)
        contestants.pop("torch", None)
        medians = rounds(contestants, count)
        ours, hand = medians.pop("rolled"), min(medians.values())
        rows.append(["-".join(map(str, sizes)), batch, duration(ours), duration(hand), f"{ours / hand:.2f}"])
    columns = ["network", "batch", "vectorized", "best by hand", "vectorized / by hand"]
    return table("Small networks: loss and gradient, softmax cross-entropy, float64", columns, rows)
