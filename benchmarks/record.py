"""Recording and rolling beside the eager forward pass: how long, how it grows, and how much memory it takes."""

import gc
import random
import tracemalloc
from collections.abc import Iterable
from statistics import median
from time import perf_counter
from typing import Any

from .clock import duration, machine, table

SIZES = [784, 300, 200, 100, 10]


def report(count: int = 3) -> Iterable[str]:
    """The network of the table, among others from 10^4 nodes up."""
    yield machine(["numpy"])
    rows = [measured(sizes, count) for sizes in ladder(3_000_000)]
    columns = ["network", "nodes", "eager forward", "the same, recorded", "tape and roll", "rolling / forward",
               "recorded and rolled / forward", "us per node", "peak bytes per node"]  # fmt: skip
    yield table("Recording and rolling the loss of one row", columns, rows)


def ladder(most: int) -> list[list[int]]:
    """Networks from about 10^4 nodes upward, and the one of the table."""
    found = [[40, 50, 20, 10], [130, 150, 80, 10], [260, 300, 100, 10], SIZES, [1200, 700, 200, 10]]
    return [sizes for sizes in found if 3 * sum(a * b for a, b in zip(sizes, sizes[1:])) <= most]


def network(sizes: list[int]) -> tuple[Any, list[Any], list[Any]]:
    """The loss of one row as a function, written as loops of products and sums; its parameters and its inputs."""
    from autodiff import Value, logsumexp

    source = random.Random(1)
    layers = [[([Value(source.uniform(-0.1, 0.1)) for _ in range(a)], Value(0.0)) for _ in range(b)]
              for a, b in zip(sizes, sizes[1:])]  # fmt: skip
    inputs = [Value(source.random()) for _ in range(sizes[0])]

    def loss() -> Any:
        xs = inputs
        for layer in layers:
            xs = [sum((w * x for w, x in zip(ws, xs)), b) for ws, b in layer]
            xs = [x.relu() for x in xs] if layer is not layers[-1] else xs
        return logsumexp(*xs) - xs[3]

    return loss, [p for layer in layers for ws, b in layer for p in (*ws, b)], inputs


def measured(sizes: list[int], count: int) -> list[object]:
    from autodiff.compiled.record import recording, tape_of
    from autodiff.compiled.roll import Group, rolled

    loss, parameters, inputs = network(sizes)
    arguments = [*parameters, *inputs]
    groups = [Group("parameters", tuple(range(len(parameters))), False, True),
              Group("x", tuple(range(len(parameters), len(arguments))), True, True)]  # fmt: skip
    forward, record, roll = [], [], []
    nodes = 0
    for _ in range(count):
        gc.collect()
        start = perf_counter()
        y = loss()
        forward.append(perf_counter() - start)
        del y
        gc.collect()
        start = perf_counter()
        with recording() as recorder:
            root = loss()
        middle = perf_counter()
        tape = tape_of(recorder.nodes, arguments, [root], [])
        found = rolled(tape, groups)
        roll.append(perf_counter() - middle)
        record.append(middle - start)
        assert found is not None and len(found.program.instructions) < 60
        nodes = tape.size + len(tape.leaves)
        del root, tape, recorder
    a, b, c = median(forward), median(record), median(roll)
    peak = peak_bytes(loss, arguments, groups) / nodes
    return ["-".join(map(str, sizes)), nodes, duration(a), duration(b), duration(c), f"{c / a:.2f}",
            f"{(b + c) / a:.2f}", f"{1e6 * c / nodes:.2f}", f"{peak:.0f}"]  # fmt: skip


def peak_bytes(loss: Any, arguments: list[Any], groups: list[Any]) -> int:
    """The most memory, by tracemalloc, that recording and rolling take at once, the graph itself included."""
    from autodiff.compiled.record import record
    from autodiff.compiled.roll import rolled

    gc.collect()
    tracemalloc.start()
    rolled(record(lambda: [loss()], arguments), groups)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
