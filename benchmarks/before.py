"""Today's autodiff beside an older one, in turns: `BEFORE=path/of/a/checkout python -m benchmarks before`.

Each checkout has a process of its own that stays alive, and each round asks one after the other to do the work once.
Lay out an older one by `git worktree add path commit`, and build its engine there if it has one in C.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from .clock import duration, machine, table

WORKER = """
import gc, random, sys
from time import perf_counter
sys.path.insert(0, sys.argv[1])
import numpy as np
import autodiff
from autodiff import Value, compile, nn
try:
    from autodiff.nn.training.step_function import step_function
except ImportError:
    from autodiff.nn.step import step_function

def seven():
    for _ in range(1000):
        a, b = Value(2.0), Value(-3.0)
        (((a * b + 10.0) * a - b) / 3.0 + a).tanh().backward()

def dense(xs, layers):
    for layer in layers:
        xs = [sum((w * x for w, x in zip(ws, xs)), b).tanh() for ws, b in layer]
    return xs

def moons(layers, rows):
    loss = sum(((1.0 + -y * dense(row, layers)[0]).relu() for row, y in rows), Value(0.0)) / len(rows)
    loss.backward()
    return loss

def irregular(*xs):
    source, made = random.Random(5), list(xs)
    for _ in range(10_000):
        a, b = made[source.randrange(max(0, len(made) - 200), len(made))], source.choice(made)
        kind = source.randrange(6)
        made.append(a * b * 0.5 if kind == 0 else a + b * 0.5 if kind == 1 else a - b if kind == 2 else
                    a / (1.5 + b * b) if kind == 3 else autodiff.sin(a) if kind == 4 else autodiff.tanh(a))
    return sum(x * 0.1 for x in made[-50:])

def xor(*weights):
    layers, it = [], iter(weights)
    for inputs, outputs in ((2, 4), (4, 1)):
        layers.append([([next(it) for _ in range(inputs)], next(it)) for _ in range(outputs)])
    rows = [([0.0, 0.0], 0.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], 0.0)]
    return sum((dense(row, layers)[0] - y) ** 2 for row, y in rows)

def network(sizes, batch):
    step = step_function(nn.MLP(sizes[0], sizes[1:], seed=1), "mean_squared_error")
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((batch, sizes[0])), rng.standard_normal((batch, sizes[-1]))
    return lambda: step(X, y)

draw = random.Random(1)
layers = [[([Value(draw.uniform(-1, 1)) for _ in range(a)], Value(0.0)) for _ in range(b)]
          for a, b in ((2, 16), (16, 16), (16, 1))]
rows = [([draw.gauss(0, 1), draw.gauss(0, 1)], draw.choice([-1.0, 1.0])) for _ in range(50)]
weights = [draw.uniform(-1, 1) for _ in range(17)]
columns = np.random.default_rng(3).uniform(0.5, 1.5, (20, 256))
graph, scalar = compile(irregular), compile(xor, "math")
WORK = {
    "eager: seven operations, there and back, 1,000 times": seven,
    "eager: MLP 2-16-16-1, hinge loss of 50 rows, there and back": lambda: moons(layers, rows),
    'compiled, "math": XOR 2-4-1, value and gradient': lambda: scalar.value_and_grad(*weights),
    "compiled: 10,000 irregular operations, one row": lambda: graph.value_and_grad(*columns[:, 0].tolist()),
    "compiled: the same, 256 rows": lambda: graph.value_and_grad(*columns),
    "step: 2-16-16-2, batch 100": network([2, 16, 16, 2], 100),
    "step: 64-32-10, batch 32": network([64, 32, 10], 32),
    "step: 784-300-200-100-10, batch 32": network([784, 300, 200, 100, 10], 32),
    'record and compile XOR, "math", to its first gradient': lambda: compile(xor, "math").value_and_grad(*weights),
    "record and compile XOR, arrays, to its first gradient": lambda: compile(xor).value_and_grad(*weights),
}
times = {}
for name in sys.stdin:
    work = WORK[name.strip()] if name.strip() in WORK else print("\\n".join(WORK), flush=True)
    if work:
        if name not in times:
            work(), gc.collect()
            start = perf_counter()
            work()
            times[name] = 1 + int(0.05 / (perf_counter() - start))
        gc.collect()
        start = perf_counter()
        for _ in range(times[name]):
            work()
        print((perf_counter() - start) / times[name], flush=True)
"""


def report(count: int = 21) -> Iterable[str]:
    """One table: each kind of work, the median seconds before and now, and their ratio."""
    before = Path(os.environ.get("BEFORE", ""))
    if not (before / "autodiff" / "__init__.py").exists():
        yield f"Expected BEFORE=path of an older checkout that holds autodiff/, got {os.environ.get('BEFORE')!r}."
        return
    yield machine(["numpy"])
    workers = [Worker(folder) for folder in (before, Path(__file__).parent.parent)]
    rows = []
    for name in workers[0].names:
        rounds = [[worker.seconds(name) for worker in workers] for _ in range(count + 1)][1:]
        old, new = (median(column) for column in zip(*rounds, strict=True))
        least = min(each[1] for each in rounds) / min(each[0] for each in rounds)
        rows.append([name, duration(old), duration(new), f"{new / old:.2f}", f"{least:.2f}"])
    yield table(f"Now beside {before}", ["work", "before", "now", "now / before", "by least times"], rows)


class Worker:
    """A process that imports autodiff from one checkout and does the work that it is asked for."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-P", "-c", WORKER, str(folder)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
        self.process = subprocess.Popen(command, cwd=folder, **pipes)
        self.names = [self.asked("")] + [self.line() for _ in range(9)]

    def seconds(self, name: str) -> float:
        """Do the work of this name, and return how long it took once."""
        return float(self.asked(name))

    def asked(self, name: str) -> str:
        assert self.process.stdin
        print(name, file=self.process.stdin, flush=True)
        return self.line()

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()
