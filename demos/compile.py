"""An MLP's loss as scalars, as the array program that it rolls into, and as NumPy source; then what that is worth.

    python3 demos compile
"""

# %%
import random
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from autodiff import Value, compile, tanh
from autodiff.graph import topological_order

SIZES = [3, 6, 4, 1]


# %% The loss, in loops over scalars
def network(seed: int = 1) -> Callable[..., Value]:
    """The squared error of a small network, written as loops over scalars, as a function of its inputs and label."""
    source = random.Random(seed)
    layers = [[([Value(source.uniform(-1, 1)) for _ in range(nin)], Value(0.0)) for _ in range(nout)]
              for nin, nout in zip(SIZES, SIZES[1:])]  # fmt: skip

    def loss(x0: Value, x1: Value, x2: Value, label: Value) -> Value:
        xs = [x0, x1, x2]
        for layer in layers:
            xs = [tanh(sum((w * x for w, x in zip(weights, xs)), bias)) for weights, bias in layer]
        return (xs[0] - label) ** 2

    return loss


def seconds(run: Callable[[], object], times: int) -> float:
    """The median time of a run."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return median(found)


def eager(loss: Callable[..., Value], rows: np.ndarray) -> None:
    """Values and gradients, row by row."""
    for row in rows.tolist():
        loss(*map(Value, row)).backward()


# %% What it becomes, and what that is worth
def main() -> None:
    loss = network()
    rows = np.random.default_rng(0).uniform(-1, 1, (1000, 4))
    nodes = len(topological_order(loss(*map(Value, rows[0]))))
    compiled = compile(loss)
    compiled.value_and_grad(*rows.T)
    program = compiled.program
    print(f"The loss of one row, a network {'-'.join(map(str, SIZES))} in loops over scalars, is {nodes} nodes.")
    print(f"Rolled, it is {len(program.instructions)} array instructions:\n\n{program}\n")
    print("The source that runs, for a batch of any size, and its backward pass:\n")
    print(compiled.source)
    single = compile(loss, target="math")
    row = rows[0].tolist()
    single.value_and_grad(*row)
    times = {
        "eager, 1 row": seconds(lambda: eager(loss, rows[:1]), 30),
        "compiled to Python's math, 1 row": seconds(lambda: single.value_and_grad(*row), 30),
        "eager, 1000 rows": seconds(lambda: eager(loss, rows), 3),
        "compiled to NumPy, 1000 rows": seconds(lambda: compiled.value_and_grad(*rows.T), 30),
    }
    print("Value and gradient, medians:\n")
    for name, each in times.items():
        print(f"  {name:34} {1e3 * each:10.3f} ms")
    ratio = times["eager, 1000 rows"] / times["compiled to NumPy, 1000 rows"]
    print(f"\nFor 1000 rows the same scalar code is {ratio:,.0f} times faster compiled.")


if __name__ == "__main__":
    main()
