"""Recording and rolling beside the eager forward pass: how long, how it grows, and how much memory it takes."""

import gc
import random
import tracemalloc
from collections.abc import Callable, Iterable
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from .clock import duration, machine, table

SIZES = [784, 300, 200, 100, 10]


def report(count: int = 3) -> Iterable[str]:
    """The network of the table, among others from 10^4 nodes up."""
    yield machine(["numpy"])
    rows = [row(sizes, count) for sizes in ladder(3_000_000)]
    columns = ["network", "nodes", "eager forward", "the same, recorded", "tape and roll", "rolling / forward",
               "recorded and rolled / forward", "us per node", "peak bytes per node"]  # fmt: skip
    yield table("Recording and rolling the loss of one row", columns, rows)


def ladder(most: int) -> list[list[int]]:
    """Networks from about 10^4 nodes upward, and the one of the table."""
    found = [[40, 50, 20, 10], [130, 150, 80, 10], [260, 300, 100, 10], SIZES, [1200, 700, 200, 10],
             [2500, 1200, 300, 10]]
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


class Times(NamedTuple):
    """Seconds, medians: of the forward pass, of the same while it is recorded, of taping and rolling what was."""

    nodes: int
    forward: float
    recording: float
    rolling: float

    @property
    def whole(self) -> float:
        """Recording, with the forward pass that is recorded, and rolling."""
        return self.recording + self.rolling


def arguments_of(parameters: list[Any], inputs: list[Any]) -> tuple[list[Any], list[Any]]:
    """The arguments of the program, and the two vectors that they make up."""
    from autodiff.compiled.vectorize import Group

    count, arguments = len(parameters), [*parameters, *inputs]
    return arguments, [Group("parameters", tuple(range(count)), False, True),
                       Group("x", tuple(range(count, len(arguments))), True, True)]  # fmt: skip


def timed(loss: Callable[[], Any], arguments: list[Any], groups: list[Any], count: int) -> Times:
    """Forward, recorded and rolled in turn, so many times."""
    from autodiff.compiled.record.recorder import recording
    from autodiff.compiled.record.tape import tape_of
    from autodiff.compiled.vectorize import vectorize

    rounds = []
    for _ in range(count):
        gc.collect()
        start = perf_counter()
        y = loss()
        forward = perf_counter() - start
        del y
        gc.collect()
        start = perf_counter()
        with recording() as recorder:
            root = loss()
        middle = perf_counter()
        tape = tape_of(recorder.nodes, arguments, [root], [])
        found = vectorize(tape, groups)
        end = perf_counter()
        assert found is not None and len(found.program.instructions) < 60
        rounds.append(Times(tape.size + len(tape.leaves), forward, middle - start, end - middle))
        del root, tape, recorder
    return Times(rounds[0].nodes, *(median(column) for column in list(zip(*rounds))[1:]))


def row(sizes: list[int], count: int) -> list[object]:
    loss, parameters, inputs = network(sizes)
    given = arguments_of(parameters, inputs)
    times = timed(loss, *given, count=count)
    peak = peak_bytes(loss, *given) / times.nodes
    ratios = [f"{part / times.forward:.2f}" for part in (times.rolling, times.whole)]
    each = f"{1e6 * times.rolling / times.nodes:.2f}"
    return ["-".join(map(str, sizes)), times.nodes, *map(duration, times[1:]), *ratios, each, f"{peak:.0f}"]


def peak_bytes(loss: Any, arguments: list[Any], groups: list[Any]) -> int:
    """The most memory, by tracemalloc, that recording and rolling take at once, the graph itself included."""
    from autodiff.compiled.record.recorder import record
    from autodiff.compiled.vectorize import vectorize

    gc.collect()
    tracemalloc.start()
    vectorize(record(lambda: [loss()], arguments), groups)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
