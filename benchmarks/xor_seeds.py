"""How many of 100 seeds learn XOR with the default initialisation: `python -m benchmarks.xor_seeds`.

A 2-8-1 network of relu, then sigmoid; binary cross-entropy, SGD 0.1 over all four rows, 1,000 epochs.
"""

import sys

from autodiff import nn
from autodiff.nn.progress import progress

X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


def learns(seed: int, epochs: int = 1000) -> bool:
    """Whether the network of that seed ends with all four rows on their own side of 0.5."""
    model = nn.MLP(2, [8, 1], output="sigmoid", seed=seed)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    for _ in range(epochs):
        loss = nn.losses.binary_crossentropy(Y, [model(row) for row in X])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return [round(model(row).data) for row in X] == Y


def failing(seeds: range) -> list[int]:
    """The seeds whose network has not learned."""
    missed = []
    with progress(len(seeds), "XOR, seed by seed") as advance:
        for seed in seeds:
            if not learns(seed):
                missed.append(seed)
            advance(f"{len(missed)} failed")
    return missed


def main(count: int = 100) -> None:
    missed = failing(range(count))
    print(f"{count - len(missed)} of {count} seeds learn XOR in 1,000 epochs; those that do not: {missed or 'none'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
