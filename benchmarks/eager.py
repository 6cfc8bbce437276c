"""The eager engine beside micrograd and a minimal engine: time, memory for each node, and the time to import."""

import gc
import random
import statistics
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

from .clock import duration, machine, table
from .moons import micrograd_nn, moons_loss, two_moons
from .peers import Plain

SIZES = (2, [16, 16, 1])


def report(count: int = 15) -> Iterable[str]:
    """The three tables of the eager engine."""
    sys.setrecursionlimit(20_000)  # micrograd orders its graph by recursion
    yield machine(["micrograd"])
    contestants = steps()
    yield speed(contestants, count)
    yield memory(contestants)
    yield imports(count)


def steps() -> dict[str, tuple[Callable[[], Any], Callable[[Any], object]]]:
    """By name, a function that builds the loss of the two-moons step, and one that goes back through it."""
    import micrograd.engine

    from autodiff import Value

    found = {
        "micrograd": step(micrograd.engine.Value),
        "minimal engine": step(Plain),
        "autodiff, micrograd's nn": step(Value),
    }
    try:
        from autodiff.nn import MLP
    except ImportError:
        return found
    random.seed(1)
    return found | {"autodiff, its own nn": step(Value, MLP(*SIZES))}


def step(value: type, model: Any = None) -> tuple[Callable[[], Any], Callable[[Any], object]]:
    random.seed(1)
    model = model or micrograd_nn(value).MLP(*SIZES)
    rows, labels = two_moons(100)

    def backward(loss: Any) -> None:
        for parameter in model.parameters():
            parameter.grad = 0.0
        loss.backward()

    return lambda: moons_loss(model, value, rows, labels), backward


def speed(contestants: dict[str, Any], count: int) -> str:
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    for _ in range(count + 1):
        for name, (forward, backward) in contestants.items():
            times[name].append(timed(forward, backward))
    medians = {name: [statistics.median(column) for column in zip(*each[1:])] for name, each in times.items()}
    rows = []
    for name, (forward, backward) in medians.items():
        ratio = sum(medians["micrograd"]) / (forward + backward)
        rows.append([name, *map(duration, (forward, backward, forward + backward)), f"{ratio:.2f} x"])
    title = "Two moons, MLP 2-16-16-1, 100 rows, hinge loss + L2: one step"
    return table(title, ["engine", "forward", "backward", "both", "speed"], rows)


def timed(forward: Callable[[], Any], backward: Callable[[Any], object]) -> tuple[float, float]:
    """The seconds of one forward and one backward pass, with no other graph alive."""
    gc.collect()
    start = perf_counter()
    loss = forward()
    middle = perf_counter()
    gc.collect()
    again = perf_counter()
    backward(loss)
    return middle - start, perf_counter() - again


def memory(contestants: dict[str, Any]) -> str:
    sizes = {name: bytes_per_node(forward) for name, (forward, _) in contestants.items()}
    least = sizes["micrograd"][1]
    rows = [[name, nodes, f"{size:.0f}", f"{size / least:.2f}"] for name, (nodes, size) in sizes.items()]
    return table("Its graph in memory", ["engine", "nodes", "bytes per node", "beside micrograd"], rows)


def bytes_per_node(forward: Callable[[], Any]) -> tuple[int, float]:
    """How many nodes the graph has, and how many bytes were allocated for each, by tracemalloc."""
    forward()
    gc.collect()
    tracemalloc.start()
    root = forward()
    gc.collect()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    seen, stack = {root}, [root]
    while stack:
        node = stack.pop()
        below = next(getattr(node, name) for name in ("parents", "_prev", "_children") if hasattr(node, name))
        fresh = set(below) - seen
        seen |= fresh
        stack += fresh
    return len(seen), size / len(seen)


def imports(count: int) -> str:
    bare, ours = [], []
    for _ in range(count):
        bare.append(python("pass"))
        ours.append(python("import autodiff"))
    extra = statistics.median(ours) - statistics.median(bare)
    return table("`import autodiff`, in a process of its own", ["bare Python", "with the import", "difference"],
                 [[duration(statistics.median(bare)), duration(statistics.median(ours)), duration(extra)]])


def python(code: str) -> float:
    start = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return perf_counter() - start
