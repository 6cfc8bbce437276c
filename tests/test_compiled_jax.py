"""The same programs over jax.numpy: in float32 and float64, jitted, one row or many."""

import numpy as np
import pytest

from autodiff import logsumexp, relu, tanh, total
from autodiff.compiled import compile

jax = pytest.importorskip("jax", reason="jax is not installed")


def bent(x, y, z):
    return relu(x * y) / (1 + z * z) + tanh(x - y) * logsumexp(x, y, z) + abs(z)


def layered(*xs):
    hidden = [tanh(total([x * (0.1 * i + 0.2 * j) for i, x in enumerate(xs)])) for j in range(9)]
    return total([h * h for h in hidden]) * total(hidden[::2])


@pytest.mark.parametrize("function, count", [(bent, 3), (layered, 8)])
def test_jax_gives_what_numpy_gives(function, count):
    rows = np.random.default_rng(0).normal(size=(count, 5))
    expected = compile(function, "numpy").value_and_grad(*rows)
    with jax.enable_x64(True):
        actual = compile(function, "jax.numpy").value_and_grad(*map(jax.numpy.asarray, rows))
        assert actual[0].dtype == np.float64
        assert np.allclose(actual[0], expected[0], rtol=1e-13)
        assert all(np.allclose(a, b, rtol=1e-12, atol=1e-14) for a, b in zip(actual[1], expected[1]))
    narrow = compile(function, "jax.numpy").value_and_grad(*[jax.numpy.asarray(x, np.float32) for x in rows])
    assert narrow[0].dtype == np.float32 and np.allclose(narrow[0], expected[0], rtol=1e-5)


def test_the_emitted_function_can_be_jitted():
    f = compile(bent, "jax.numpy")
    rows = [jax.numpy.asarray(x, np.float32) for x in np.random.default_rng(0).normal(size=(3, 5))]
    expected = f.value_and_grad(*rows)
    namespace = {}
    exec(f.source, namespace)
    with np.errstate(over="ignore"):  # a bound for float64 becomes inf in float32
        value, *gradients = jax.jit(namespace["value_and_grad"])(*rows)
    assert np.allclose(value, expected[0], rtol=1e-5)
    assert all(np.allclose(a, b, rtol=1e-4, atol=1e-5) for a, b in zip(gradients, expected[1]))
