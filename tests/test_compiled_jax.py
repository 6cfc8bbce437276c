"""The same programs over jax.numpy: in float32 and float64, jitted, one row or many."""

import itertools
from functools import reduce

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import test_compiled_agrees as special
from autodiff import Value, atan2, dot, logsumexp, relu, softmax, tanh, total, where, xlogy
from autodiff.compiled import compile
from autodiff.graph import topological_order

jax = pytest.importorskip("jax", reason="jax is not installed")


def is_subnormal(x):
    return 0 < abs(x) < 2.2250738585072014e-308


def bent(x, y, z):
    return relu(x * y) / (1 + z * z) + tanh(x - y) * logsumexp(x, y, z) + abs(z)


def layered(*xs):
    hidden = [tanh(total([x * (0.1 * i + 0.2 * j) for i, x in enumerate(xs)])) for j in range(9)]
    return total([h * h for h in hidden]) * total(hidden[::2])


@pytest.mark.slow
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


NORMAL = [x for x in special.SPECIAL if not is_subnormal(x)]  # XLA takes subnormals for zeros, and makes none


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(special.EVERY))
def test_each_operation_is_within_a_few_ulp_of_eager_at_every_special_value(name):
    function = special.EVERY[name]
    points = list(itertools.product(NORMAL, repeat=special.arity(function)))
    with jax.enable_x64(True):
        value, gradients = compile(function, "jax.numpy").value_and_grad(*map(jax.numpy.asarray, np.array(points).T))
    value, gradients = np.asarray(value), np.asarray(gradients)
    allowed = 512 if name in ("sinh", "cosh") else 8  # XLA's own lose the last digits of exp(709)
    for row, xs in enumerate(points):
        expected, slopes = special.eager(function, xs)
        assert near(value[row], expected, allowed), (xs, value[row], expected)
        for which, slope in enumerate(slopes):
            assert near(gradients[which][row], slope, allowed), (xs, which, gradients[which][row], slope)


def near(actual, expected, ulps):
    """Close, or 0 for what is, or is a small multiple of, a subnormal."""
    return actual == 0 and abs(expected) < 1e-305 or special.apart(actual, expected) <= ulps


# XLA divides by a number by multiplying with its reciprocal, which rounds twice.
@pytest.mark.slow
@given(special.steps_of([name for name in special.ROUNDED_ONCE if name != "div"]),
       st.lists(st.tuples(*[st.sampled_from(NORMAL) | st.floats(allow_subnormal=False)] * 3), min_size=1, max_size=2))  # fmt: skip
@settings(max_examples=12, deadline=None)  # each is compiled by XLA
def test_where_every_operation_rounds_once_jax_gives_the_bits_of_eager_in_each_row_and_alone(steps, rows):
    function = special.program_of(steps, special.EVERY)
    expected = []
    for xs in rows:
        values = [Value(x) for x in xs]
        y = function(*values)
        y.backward()
        nodes = topological_order(y)
        assume(not any(is_subnormal(x) for node in nodes for x in (node.data, node.grad, *filter(None, node.slopes))))
        expected.append([special.bits(x) for x in (y.data, *(value.grad for value in values))])
    with jax.enable_x64(True):
        compiled = compile(function, "jax.numpy")
        value, gradients = compiled.value_and_grad(*map(jax.numpy.asarray, np.array(rows).T))
        alone = [compiled.value_and_grad(*xs) for xs in rows]
    assert [[special.bits(x) for x in row] for row in np.array([value, *gradients]).T] == expected
    assert [[special.bits(x) for x in (y, *slopes)] for y, slopes in alone] == expected


def test_numbers_and_captured_values_take_the_precision_of_the_arrays():
    w = Value(2.0)
    with jax.enable_x64(True):
        x = jax.numpy.asarray([0.5, 1.5], np.float32)
        value, (dx, dy) = compile(lambda x, y: tanh(w * x) * y, "jax.numpy").value_and_grad(x, 3.0)
    assert value.dtype == dx.dtype == np.float32 and isinstance(value, jax.Array) and type(dy) is float


def test_rows_that_branch_differently_come_back_as_jax_arrays():
    f = compile(lambda x: x * x if x > 0 else -x, "jax.numpy")
    value, (dx,) = f.value_and_grad(jax.numpy.asarray([2.0, -3.0]))
    assert isinstance(value, jax.Array) and value.tolist() == [4.0, 3.0] and dx.tolist() == [4.0, -1.0]


def test_a_result_that_is_one_float_for_all_rows_is_repeated():
    f = compile(xlogy, "jax.numpy")
    assert np.array(f.hessian(np.zeros(2), 2.0)).tolist() == [[[0.0, 0.0], [0.5, 0.5]], [[0.5, 0.5], [0.0, 0.0]]]


@pytest.mark.slow
def test_the_last_number_of_a_vector_alone_may_have_a_gradient():
    """Its place in the vector is a view of one number, with a stride of 0: the search for blocks did not end."""
    w, ones = [Value(1.0), Value(1.0)], [Value(1.0), Value(1.0)]
    k, v = [*[ones] * 7, [Value(-2.0), Value(0.9)]], [*[[1.0] * 5] * 7, [1.0, 1.0, 1.0, -0.3, -0.4]]

    def f(s, u, x, coefficients):
        h = sum(b * (a * s) ** 0.5 for a, b in zip(w, u))
        atan2(where(x > 0, w[1], 0.0), 1.0) ** 3
        reduce(lambda a, b: a * h + b, coefficients)
        scores = [dot(row, w) for row in k]
        mixed = [sum(a * b for a, b in zip(softmax(*scores), column)) for column in zip(*v)]
        return max(mixed) + x + sum(abs(a) for a in scores)

    given = np.ones(3), [-0.5, 0.2], 0.5, [-0.5, -0.4, -0.3]
    with jax.enable_x64(True):
        value, gradient = compile(f, "jax.numpy").value_and_grad(*given)
    assert np.allclose(value, f(Value(1.0), *given[1:]).data)
    assert np.allclose(gradient[0], 0.0) and gradient[1:] == ([0.0, 0.0], 3.0, [0.0, 0.0, 0.0])
