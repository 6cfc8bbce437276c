"""Rolled NumPy beside NumPy written by hand and PyTorch: the loss of a classifier and its gradient, float64."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from . import byhand
from .clock import duration, machine, rounds, table

CASES = (([784, 300, 200, 100, 10], 32), ([784, 300, 200, 100, 10], 256), ([64, 32, 10], 32), ([2, 16, 16, 2], 100))


def report(count: int = 41) -> Iterable[str]:
    """One table: each case, its contestants, and ratios."""
    yield machine(["numpy", "torch"]) + "; one thread"
    rows = []
    for sizes, batch in CASES:
        medians = rounds(contestants(sizes, batch), count)
        ours, hand = medians["rolled"], min(medians["by hand"], medians["by hand, turned"])
        torch = medians.get("torch")
        beside = [duration(torch), f"{torch / ours:.2f} x"] if torch else ["missing", ""]
        name = "-".join(map(str, sizes))
        rows.append([name, batch, duration(ours), duration(hand), f"{ours / hand:.2f}", *beside])
    columns = ["network", "batch", "rolled", "best by hand", "rolled / by hand", "torch eager", "rolled is faster by"]
    yield table("Loss and gradient, softmax cross-entropy, float64", columns, rows)


def data(sizes: list[int], batch: int) -> tuple[Any, Any]:
    source = np.random.default_rng(0)
    return source.standard_normal((batch, sizes[0])), source.integers(0, sizes[-1], batch)


def contestants(sizes: list[int], batch: int) -> dict[str, Callable[[], Any]]:
    """The same step by each of them, checked to agree before it is timed."""
    from autodiff import nn
    from autodiff.nn.training.step_function import step_function

    X, y = data(sizes, batch)
    model = nn.MLP(sizes[0], sizes[1:], seed=1)
    step = step_function(model, partial(nn.losses.sparse_categorical_crossentropy, from_logits=True))
    layers = byhand.layers_of(step.parameters, sizes)
    turned = byhand.layers_of(step.parameters, sizes, turned=True)
    found = {
        "rolled": lambda: step(X, y),
        "by hand": lambda: byhand.numpy_step(layers, X, y),
        "by hand, turned": lambda: byhand.numpy_step_turned(turned, X, y),
    }
    loss, gradient = step(X, y)
    expected, gradients = byhand.numpy_step(layers, X, y)
    assert abs(loss - expected) < 1e-9 * expected
    assert np.allclose(gradient, byhand.flat(gradients), rtol=1e-8, atol=1e-14)
    try:
        found["torch"] = byhand.torch_step(layers, X, y)
    except ImportError:
        return found
    assert abs(found["torch"]()[0] - expected) < 1e-9 * expected
    return found
