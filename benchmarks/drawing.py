"""How long large networks take to draw, and how much memory: `python -m benchmarks.drawing`.

The image classifier 784-300-200-100-10 with its loss, collapsed to layers, beyond its own forward pass; and a chain of
operations that is collapsed to one box, whose memory per node must not grow with its length.
"""

import tracemalloc
from statistics import median
from time import process_time

from autodiff import Value, draw, log, nn
from autodiff.graph import topological_order

RUNS = 5


def seconds(work):
    """The processor time that a call takes."""
    start = process_time()
    work()
    return process_time() - start


def classifier() -> str:
    model = nn.MLP(784, [300, 200, 100, 10], output="softmax", seed=1)
    row = [(i % 29) / 28 for i in range(784)]
    forward = median(seconds(lambda: log(model(row)[3])) for _ in range(RUNS))
    loss = log(model(row)[3])
    drawn = median(seconds(lambda: draw(loss, collapse="layer").svg()) for _ in range(RUNS))
    return f"classifier, {len(topological_order(loss)):,} nodes: forward {forward:.2f} s, drawing {drawn:.2f} s"


def chain(nodes: int) -> Value:
    w, y = Value(1.0, name="long.w"), Value(1.0, name="x")
    for _ in range(nodes // 3):  # a product, a sum and its constant
        y = y * w + 1.0
    return y


def memory(nodes: int) -> str:
    """The most memory that collapsing and focusing take at once, over that of the graph."""
    y = chain(nodes)
    tracemalloc.start()
    draw(y, collapse="layer")
    draw(y, focus=y.parents[0], radius=3)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return f"chain, {nodes:,} nodes: {most / nodes:.0f} bytes per node"


def million() -> str:
    y = chain(1_000_000)
    collapsed = seconds(lambda: draw(y, collapse="layer"))
    focused = seconds(lambda: draw(y, focus=y.parents[0], radius=3))
    return f"chain, {len(topological_order(y)):,} nodes: collapsed in {collapsed:.1f} s, focused in {focused:.1f} s"


def main() -> None:
    print(classifier())
    for nodes in (50_000, 100_000, 200_000):
        print(memory(nodes))
    print(million())


if __name__ == "__main__":
    main()
