"""Captured Values, arguments and constants in any mixture: compiled programs give what eager gives, on every target."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import Value, compile, exp, grad, logsumexp, relu, softmax, sqrt, tanh, total, where
from emitted import undefined

TARGETS = ["math", "numpy"]


def near(found, wanted):
    return np.allclose(np.asarray(found), np.asarray(wanted), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("target", TARGETS)
def test_captured_values_rolled_together_with_a_constant_or_an_argument(target):
    w, u = [Value(0.1 * i) for i in range(8)], [Value(1.0 + i) for i in range(8)]
    value, gradient = compile(lambda x, y: sum(q * tanh(p * x + 0.5 * y) for p, q in zip(w, u)), target).value_and_grad(1.0, 2.0)
    assert near(value, 32.10304886631732) and near(gradient, (2.870465925806333, 3.6509701869171636))
    f = compile(lambda x, y, z: sum(q * tanh(p * x + z * y) for p, q in zip(w, u)), target)
    value, gradient = f.value_and_grad(1.0, 2.0, 0.5)
    assert near(value, 32.10304886631732) and near(gradient, (2.870465925806333, 3.6509701869171636, 14.603880747668654))
    w[3].data = 7.0
    assert near(f(1.0, 2.0, 0.5), sum(q.data * np.tanh(p.data + 1.0) for p, q in zip(w, u)))


def test_a_part_of_a_layer_that_the_next_layer_takes():
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(6, 3)).tolist()

    def f(x, y, z):
        h = [tanh(sum(w * q for w, q in zip(row, (x, y, z)))) for row in weights]
        p = [tanh(sum(w * q for w, q in zip(row, h[:3]))) for row in weights[:4]]
        return sum(a * a for a in p) + sum(h)

    rows = rng.normal(size=(3, 4))
    values, gradients = compile(f, "numpy").value_and_grad(*rows)
    for index, row in enumerate(rows.T.tolist()):
        assert near(values[index], f(*map(Value, row)).data) and near([g[index] for g in gradients], grad(f)(*row))


def mixture(seed):
    """A function whose five groups of numbers are captured, arguments or constants, and a point."""
    draw = random.Random(seed)
    n, m = draw.choice([2, 3, 4, 8, 9]), draw.choice([1, 2, 3, 5])
    point, groups = [0.7, -0.4], []
    for size in (n * m, n, n, m, n):
        numbers = [draw.uniform(-1, 1) for _ in range(size)]
        kind = draw.choice(["captured", "argument", "constant"])
        if kind == "argument":
            groups.append((len(point), len(point) + size))
            point += numbers
        else:
            groups.append([Value(x) for x in numbers] if kind == "captured" else numbers)
    scale, form = draw.choice([0.5, 1.0, Value(0.3)]), draw.randrange(6)

    def f(*xs):
        ws, bs, us, vs, ts = (xs[slice(*group)] if isinstance(group, tuple) else group for group in groups)
        x, y = xs[:2]
        h = [tanh(sum(ws[i * m + j] * (x if j % 2 else y) for j in range(m)) + bs[i] * scale) for i in range(n)]
        if form == 0:
            return sum(u * q for u, q in zip(us, h)) + sum(vs) * 0.1 * x
        if form == 1:
            return sum(u * tanh(t * x + scale * y + q) for u, t, q in zip(us, ts, h))
        if form == 2:
            return logsumexp(*[u * q + t for u, q, t in zip(us, h, ts)])
        if form == 3:
            return sum((q - t) ** 2 * u for q, t, u in zip(h, ts, us)) + sum(h)
        if form == 4:
            p = [exp(-q) * t for q, t in zip(h, ts)]
            return sum(q / (1.0 + sum(p) ** 2) * u for q, u in zip(p, us)) + vs[0] * x
        return total([relu(q * u + t) for q, u, t in zip(h, us, ts)]) + total([q * v for q in h for v in vs])

    return f, point


@given(st.integers(0, 10**6), st.sampled_from([0, 1, 2, 3]))
@settings(max_examples=30, deadline=None)
def test_any_mixture_of_captured_values_arguments_and_constants(seed, rows):
    f, point = mixture(seed)
    value, slopes = f(*map(Value, point)).data, [getattr(slope, "data", slope) for slope in grad(f)(*point)]
    for target in TARGETS:
        found = compile(f, target).value_and_grad(*point)
        assert near(found[0], value) and near(found[1], slopes), target
    if rows:
        shared = [random.Random(seed + place).random() < 0.5 and place > 1 for place in range(len(point))]
        columns = [x if alone else np.full(rows, x) for x, alone in zip(point, shared)]
        found = compile(f).value_and_grad(*columns)
        assert near(found[0], value)
        assert all(near(g, slope * (rows if alone else 1)) for g, slope, alone in zip(found[1], slopes, shared))


@pytest.mark.parametrize(("text", "names"), [
    ("def value(x_0):\n    y_1 = x_0\n    y_2 += y_1\n    return y_1,\n", ["line 3: y_2"]),
    ("def value(x_0):\n    if y_1:\n        y_1 = x_0\n    return [z * y_1 for z in x_0],\n", ["line 2: y_1"]),
    ("from numpy import tanh\ntable_0 = tanh(0.0)\ndef value(x_0):\n    return tanh(x_0) + table_0 + exp(x_0),\n", ["line 4: exp"]),
    ("def value(x_0):\n    y_1 = zeros(z_2.shape[0])\n    z_2 = 1\n    return y_1,\n", ["line 2: zeros", "line 2: z_2"]),
])  # fmt: skip
def test_the_checker_of_emitted_code_finds_what_is_used_too_early(text, names):
    found = undefined(text)
    assert all(name in found for name in names) and found


# ---- masks: conditions that are no part of the program ----

MASKED = [lambda m, a, b, s: where(m, a, 0.0), lambda m, a, b, s: where(m, 0.0, a) * b, lambda m, a, b, s: where(m, a * b, -1e9),
          lambda m, a, b, s: where(m, tanh(a), b), lambda m, a, b, s: where(m, 2.0, a) * b, lambda m, a, b, s: where(m, exp(a), a) + b,
          lambda m, a, b, s: where(m, a, s), lambda m, a, b, s: where(m, s, 0.5)]  # fmt: skip
USED = [sum, total, lambda h: logsumexp(*h), lambda h: h[0] * h[-1], lambda h: sum(softmax(*h)[:2]), lambda h: sum(a * a for a in h),
        lambda h: sum(tanh(sum(a * (i + k) for i, a in enumerate(h))) for k in range(4))]  # fmt: skip
MASKS = [[True], [False], [True, False, True], [False] * 5, [True, True, False, False, True, False, True, True]]


@pytest.mark.slow
@pytest.mark.parametrize("target", ["numpy", "native", "jax.numpy", "array_api_strict"])
@pytest.mark.parametrize("mask", MASKS)
def test_a_masked_argument_of_many_rows_has_a_gradient_for_each_row(mask, target):
    pytest.importorskip(target if target != "native" else "autodiff")
    rows, tolerance = np.linspace(-1.0, 1.5, 6 * len(mask)).reshape(2 * len(mask), 3), 1e-5 if target == "jax.numpy" else 1e-12
    for entry in MASKED:
        for use in random.Random(len(mask)).sample(USED, 2 if target in ("numpy", "native") else 1):
            def f(*xs, entry=entry, use=use):
                return use([entry(m, a, b, xs[-1]) for m, a, b in zip(mask, xs, xs[len(mask):])])
            value, slopes = compile(f, target).value_and_grad(*rows)
            expected = [compile(f, "math").value_and_grad(*column) for column in rows.T.tolist()]
            assert all(np.shape(slope) == (3,) for slope in slopes)
            assert np.allclose(np.asarray(value), [y for y, _ in expected], rtol=tolerance)
            assert np.allclose([np.asarray(slope) for slope in slopes], np.transpose([g for _, g in expected]), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("f", [lambda s: where(False, s, 0.0), lambda s: s**0.0, lambda s: where(True, 2.0, s * s), lambda s: 0.0 * (s**0)])
@pytest.mark.parametrize("target", [None, "numpy", "native"])
def test_what_depends_on_no_row_has_a_gradient_for_each_row(f, target):
    value, (slope,) = compile(f, target).value_and_grad(np.array([1.0, 2.0]))
    assert np.shape(value) == np.shape(slope) == (2,) and np.all(slope == 0)


@pytest.mark.parametrize("exponent", [-1, -2.5, 0.5, 0, 3])
def test_a_power_of_a_number_that_a_mask_chose_is_no_error(exponent):
    f = compile(lambda x: where(False, x, 0.0) ** exponent + x, "numpy")
    wanted = compile(lambda x: where(False, x, 0.0) ** exponent + x, "math")
    assert f(1.0) == wanted(1.0) and f(np.array([1.0, 2.0])).tolist() == [wanted(1.0), wanted(2.0)]
    f.value_and_grad(np.array([1.0, 2.0]))


@pytest.mark.parametrize("target", ["numpy", "array_api_strict"])
@pytest.mark.parametrize("many", [False, True])
def test_a_number_that_a_mask_chose_stands_beside_a_vector_in_a_sum(target, many):
    pytest.importorskip(target)

    def f(x, *rest):
        return where(True, 0.5, x) + sum(r + 0.0 for r in rest) + total([where(False, x, 2.0), *rest])

    xs = [np.array([1.0, 2.0])] * 20 if many else [1.0] * 20
    value, slopes = compile(f, target).value_and_grad(*xs)
    assert np.all(np.asarray(value) == 2.5 + 38 * np.asarray(xs[0])) and np.all(np.asarray(slopes[0]) == 0)
    assert all(np.all(np.asarray(slope) == 2.0) for slope in slopes[1:])


@pytest.mark.parametrize("batch", [False, True])
def test_a_gradient_that_is_computed_again_takes_the_side_of_its_call(batch):
    """What a matrix product made nan is computed operation by operation: on the side on which this call's numbers are."""
    bound, weights = Value(0.0), [[0.1 * (i + j + 1) for j in range(6)] for i in range(6)]

    def f(*xs):
        hidden = sum(relu(sum(w * x for w, x in zip(row, xs))) for row in weights)
        unselected = sum(sum(w * sqrt(x) for w, x in zip(row, xs)) for row in weights)  # its slope at 0 is inf
        return (hidden if xs[0] > bound else 100 * hidden) + where(xs[1] > 0, 0.0, unselected)

    compiled = compile(f, "numpy")
    compiled.value_and_grad(*[np.array([x]) if batch else x for x in (1.0, 1.0, 2.0, 1.0, 1.0, 1.0)])
    bound.data = 5.0
    at = (10.0, 1.0, 0.0, 1.0, 1.0, 1.0)
    _, gradient = compiled.value_and_grad(*[np.array([x]) if batch else x for x in at])
    assert near(np.ravel(gradient), grad(f)(*at))
