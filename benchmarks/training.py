"""Training the image classifier on synthetic images of MNIST's shape: time per row beside PyTorch's and NumPy's.

An epoch is 1,000 rows in batches of 32, with softmax cross-entropy and Adam, in float64. autodiff trains twice: step
after step, and by all that `fit` does, with an accuracy and a callback.
"""

import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from . import byhand
from .clock import duration, machine, rounds, table

SIZES, ROWS, BATCH, RATE = [784, 300, 200, 100, 10], 1000, 32, 0.005


def report(count: int = 7) -> Iterable[str]:
    """One table: each contestant's time per row, and how many times autodiff's that is."""
    yield machine(["numpy", "torch"]) + "; one thread"
    medians = rounds(contestants(), count)
    ours = medians["autodiff"]
    rows = [[name, duration(time / ROWS), f"{time / ours:.2f}"] for name, time in medians.items()]
    yield table(f"{'-'.join(map(str, SIZES))}, an epoch of {ROWS:,} rows", ["by", "time per row", "/ autodiff"], rows)


def contestants() -> dict[str, Callable[[], Any]]:
    """A function for each that trains for one more epoch on the same rows from the same first weights."""
    from autodiff import nn
    from autodiff.nn.training.engines import Compiled

    rng = np.random.default_rng(0)
    X, y = rng.uniform(size=(ROWS, SIZES[0])), rng.integers(0, SIZES[-1], ROWS)
    model = classifier()
    adam = nn.Adam(model.parameters(), lr=RATE)
    ours = Compiled(model, nn.losses.find("sparse_categorical_crossentropy"), adam, "compiled")
    layers = byhand.layers_of(ours.weights(), SIZES)

    def train() -> None:
        for start in range(0, ROWS, BATCH):
            ours.loss(X[start : start + BATCH], y[start : start + BATCH])
            ours.step()

    found = {"autodiff": train, "autodiff's fit": fitting(X, y), "NumPy by hand": numpy_training(layers, X, y)}
    try:
        found["PyTorch"] = torch_training(layers, X, y)
    except ImportError:
        pass
    return found


def classifier() -> Any:
    """The network with its first weights."""
    from autodiff import nn

    hidden = [nn.Dense(size, "relu") for size in SIZES[1:-1]]
    return nn.Sequential([nn.Input(SIZES[0]), *hidden, nn.Dense(SIZES[-1], "softmax")], seed=0)


def fitting(X: Any, y: Any) -> Callable[[], None]:
    """The epochs of one `fit`, one after the other."""
    from autodiff import nn
    from autodiff.nn.layers.tables import batches
    from autodiff.nn.progress import silent

    model, watch = classifier(), nn.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)
    model.compile(nn.Adam(lr=RATE), "sparse_categorical_crossentropy", metrics=["accuracy"])
    rows = model._rows(X, y)
    run = model._run(rows, "compiled", [watch])
    epochs = iter(run.epochs(0, sys.maxsize))

    def train() -> None:
        epoch = next(epochs)
        shuffled = list(batches(ROWS, BATCH, True, f"0 {epoch}"))
        run.after(epoch, run.epoch(rows.x, rows.targets.table, shuffled, "", silent))

    return train


def numpy_training(layers: byhand.Layers, X: Any, y: Any) -> Callable[[], None]:
    """Gradients by hand, and Adam by hand, in place on each array."""
    arrays = [array.copy() for pair in layers for array in pair]
    ms, vs = ([np.zeros_like(array) for array in arrays] for _ in range(2))
    t = 0

    def train() -> None:
        nonlocal t
        for start in range(0, ROWS, BATCH):
            pairs = list(zip(arrays[::2], arrays[1::2]))
            _, gradients = byhand.numpy_step(pairs, X[start : start + BATCH], y[start : start + BATCH])
            t += 1
            for x, m, v, g in zip(arrays, ms, vs, (each for pair in gradients for each in pair)):
                m *= 0.9
                m += 0.1 * g
                v *= 0.999
                v += 0.001 * g * g
                x -= RATE / (1 - 0.9**t) * m / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)

    return train


def torch_training(layers: byhand.Layers, X: Any, y: Any) -> Callable[[], None]:
    """PyTorch, eager, with its own Adam."""
    import torch

    model = byhand.torch_model(layers)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    rows, labels = torch.from_numpy(X), torch.from_numpy(y)

    def train() -> None:
        for start in range(0, ROWS, BATCH):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(rows[start : start + BATCH]), labels[start : start + BATCH])
            loss.backward()
            optimizer.step()

    return train
