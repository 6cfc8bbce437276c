"""The rolled program under jax.jit beside the same network written by hand in JAX: loss and gradient.

A step function keeps its parameters, and gives its gradient, as one vector. By hand both ways are written: with an
array for each layer, and with one vector, which JAX's ravel_pytree makes.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np

from . import byhand
from .clock import duration, machine, rounds, table
from .rolled import data

CASES = (([784, 300, 200, 100, 10], 32), ([784, 300, 200, 100, 10], 256), ([64, 32, 10], 32))


def report(count: int = 21) -> Iterable[str]:
    """One table for each precision."""
    try:
        import jax
    except ImportError:
        yield "jax is missing: pip install 'autodiff-scalar[bench]'"
        return
    yield machine(["jax", "numpy"]) + f"; on {jax.devices()[0]}"
    for wide in (False, True):
        jax.config.update("jax_enable_x64", wide)
        rows = [row(sizes, batch, count) for sizes, batch in CASES]
        columns = ["network", "batch", "rolled", "by hand", "rolled / by hand", "by hand, one vector", "rolled / that"]
        yield table(f"jax.jit, float{64 if wide else 32}", columns, rows)


def row(sizes: list[int], batch: int, count: int) -> list[object]:
    import jax
    import jax.numpy as jnp

    from autodiff import nn
    from autodiff.nn.training.step_function import step_function

    model = nn.MLP(sizes[0], sizes[1:], seed=1)
    step = step_function(model, partial(nn.losses.sparse_categorical_crossentropy, from_logits=True), "jax")
    X, y = map(jnp.asarray, data(sizes, batch))
    X = X.astype(step.parameters.dtype)
    layers = [tuple(map(jnp.asarray, pair)) for pair in byhand.layers_of(np.asarray(step.parameters), sizes)]
    hand = byhand.jax_step()
    loss, gradient = step(X, y)
    expected, gradients = hand(layers, X, y)
    assert np.allclose(loss, expected, rtol=1e-4)
    assert np.allclose(gradient, byhand.flat([tuple(map(np.asarray, pair)) for pair in gradients]), atol=1e-4)
    (recorded,) = step.batches.values()
    run: Any = recorded.recordings[-1].run
    T = y[:, None]
    flat_hand, vector = byhand.jax_flat_step(layers)
    medians = rounds({
        "rolled": lambda: jax.block_until_ready(run(step.parameters, X, T, 1.0 / batch)),
        "by hand": lambda: jax.block_until_ready(hand(layers, X, y)),
        "one vector": lambda: jax.block_until_ready(flat_hand(vector, X, y)),
    }, count)  # fmt: skip
    ours, theirs, flat = (medians[name] for name in ("rolled", "by hand", "one vector"))
    name = "-".join(map(str, sizes))
    return [name, batch, duration(ours), duration(theirs), f"{ours / theirs:.2f}", duration(flat), f"{ours / flat:.2f}"]
