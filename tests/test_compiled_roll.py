"""Rolling finds the arrays behind loops of scalars: layers, batches, shared weights; and computes what eager does."""

import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import (
    Value, dot, exp, log_softmax, logsumexp, maximum, relu, sin, softmax, tanh, total, value_and_grad, where,
)  # fmt: skip
from autodiff.compiled import check, compile
from autodiff.compiled.codegen.layout import Layout
from autodiff.compiled.ir.strides import places
from autodiff.compiled.record.recorder import record
from autodiff.compiled.vectorize import Group, vectorize


def network(sizes, values, activation=tanh):
    """A function of weights and inputs, written as loops of scalars."""

    def run(xs, params):
        it = iter(params)
        for depth, (nin, nout) in enumerate(zip(sizes, sizes[1:])):
            rows = [([next(it) for _ in range(nin)], next(it)) for _ in range(nout)]
            xs = [sum((w * x for w, x in zip(ws, xs)), b) for ws, b in rows]
            if depth < len(sizes) - 2:
                xs = [activation(x) for x in xs]
        return xs

    return run


def ops(program):
    return [each.op for each in program.instructions if each.op not in ("input", "view")]


def roll(function, count, rows=True, **groups):
    values = [Value(random.Random(i).uniform(-1, 1)) for i in range(count)]
    tape = record(lambda: [function(values)], values)
    found = vectorize(tape, [Group("x", tuple(range(count)), rows, True)], always=True)
    return check(found.program), found.captured


def agrees(function, arguments, tolerance=1e-12):
    """Compiled values and gradients of a batch, held against eager row by row."""
    compiled = compile(function, "numpy")
    value, gradients = compiled.value_and_grad(*arguments)
    rows = len(value)
    sums = [0.0] * len(arguments)
    for row in range(rows):
        values = [Value(x[row] if np.ndim(x) else x) for x in arguments]
        y = function(*values)
        y.backward()
        assert abs(value[row] - y.data) <= tolerance * max(1, abs(y.data))
        for index, each in enumerate(values):
            if np.ndim(arguments[index]):
                assert abs(gradients[index][row] - each.grad) <= tolerance * max(1, abs(each.grad))
            else:
                sums[index] += each.grad
    for index, x in enumerate(arguments):
        if not np.ndim(x):
            assert abs(gradients[index] - sums[index]) <= tolerance * max(1, abs(sums[index])) * rows
    return compiled


def test_a_layer_of_loops_is_one_matrix_product():
    params = [Value(0.1 * i) for i in range(24)]
    program, captured = roll(lambda xs: total(map(tanh, network([3, 6], 0)(xs, params))), 3)
    assert ops(program) == ["contract", "add", "tanh", "total"] and len(captured) == 24


def test_a_layer_of_dot_nodes_is_the_same_matrix_product():
    ws = [[Value(0.1 * i + j) for j in range(5)] for i in range(7)]
    program, _ = roll(lambda xs: total([tanh(dot(w, xs) + 1.0) for w in ws]), 5)
    assert ops(program) == ["contract", "constant", "add", "tanh", "total"]


def test_a_batch_written_as_loops_is_a_matrix_product_too():
    params = [Value(0.1 * i) for i in range(3 * 4 + 5)]
    data = [[float(i + j) for j in range(2)] for i in range(10)]

    def loss(xs):
        rows = [[Value(a), Value(b)] for a, b in data]
        return total([sum(tanh(sum(w * x for w, x in zip(xs[2 * k : 2 * k + 2], row))) for k in range(4)) for row in rows])

    program, _ = roll(loss, 8, rows=False)
    assert len(params) and ops(program).count("contract") == 1 and len(ops(program)) <= 8


def test_squared_parameters_are_one_product_of_a_vector_with_itself():
    program, _ = roll(lambda ws: sum(w * w for w in ws) * 0.5, 50)
    assert ops(program) == ["contract", "constant", "mul"]


@given(st.lists(st.integers(1, 5), min_size=2, max_size=4), st.integers(1, 4), st.sampled_from([tanh, relu, sin]),
       st.integers(0, 99))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_networks_of_any_size_give_what_eager_gives(sizes, rows, activation, seed):
    run = network(sizes, None, activation)
    count = sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))
    rng = np.random.default_rng(seed)
    arguments = [*rng.normal(size=(sizes[0], rows)), *rng.normal(size=count).tolist()]
    agrees(lambda *xs: logsumexp(*run(xs[: sizes[0]], xs[sizes[0] :])) - xs[0], arguments, 1e-11)


HEADS = {
    "softmax": lambda ys: total([p * p for p in softmax(*ys)]),
    "log softmax": lambda ys: total(log_softmax(*ys)),
    "largest of pairs": lambda ys: total([maximum(a, b) for a, b in zip(ys, ys[1:])]),
    "selected": lambda ys: total([where(y > 0, y * y, -y) for y in ys]),
    "branching": lambda ys: total([y * y if y > 0 else -y for y in ys]),
    "uneven": lambda ys: ys[0] * ys[1] + exp(ys[2]) + ys[3] * 2 + ys[4] / (1 + ys[5] * ys[5]),
    "products of pairs": lambda ys: sum((ys[i] * ys[j] for i in range(6) for j in range(6)), 0.0),
    "convolution": lambda ys: total([relu(0.5 * a - b + 0.25 * c) for a, b, c in zip(ys, ys[1:], ys[2:])]),
    "reversed": lambda ys: total([a * tanh(b) for a, b in zip(ys, ys[::-1])]),
    "every other": lambda ys: total([tanh(a) for a in ys[::2]]) * total([a * a for a in ys[1::2]]),
    "chain": lambda ys: tanh(tanh(tanh(ys[0]) + ys[1]) + ys[2]),
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("head", HEADS)
def test_whatever_follows_a_layer_gives_what_eager_gives(head, rows):
    run = network([3, 6], None)
    rng = np.random.default_rng(len(head))
    arguments = [*rng.normal(size=(3, rows)), *rng.normal(size=24).tolist()]
    agrees(lambda *xs: HEADS[head](run(xs[:3], xs[3:])), arguments, 1e-11)


@pytest.mark.parametrize("head", HEADS)
def test_the_same_rolled_whether_it_pays_or_not(head, monkeypatch):
    monkeypatch.setattr("autodiff.compiled.recordings.WORTH", 0)
    monkeypatch.setattr("autodiff.compiled.recordings.LEAST", 0)
    rng = np.random.default_rng(1)
    agrees(lambda *xs: HEADS[head](xs), list(rng.normal(size=(6, 4))), 1e-12)
    agrees(lambda *xs: HEADS[head](xs), [*rng.normal(size=(3, 4)), 0.5, -0.25, 2.0], 1e-12)


def test_single_numbers_run_rolled_too():
    run = network([4, 30, 30, 2], None)
    rng = np.random.default_rng(2)
    xs = rng.normal(size=4 + 150 + 930 + 62).tolist()
    f = compile(lambda *v: logsumexp(*run(v[:4], v[4:])), "numpy")
    value, gradients = f.value_and_grad(*xs)
    values = [Value(x) for x in xs]
    y = logsumexp(*run(values[:4], values[4:]))
    y.backward()
    assert "@" in f.source and type(value) is float and abs(value - y.data) < 1e-12
    assert np.allclose(gradients, [v.grad for v in values], rtol=1e-10, atol=1e-14)


@pytest.mark.slow
def test_a_chain_of_a_hundred_thousand_operations_is_recorded_without_recursion():
    def chain(x):
        for _ in range(100_000):
            x = x + 1e-6
        return x

    f = compile(chain, "numpy")
    assert abs(f(np.array([1.0, 2.0]))[1] - 2.1) < 1e-9


def test_the_source_of_a_network_shows_matrix_products_and_no_loop():
    params = [Value(0.01 * i) for i in range(200)]
    run = network([5, 8, 8, 2], None)
    f = compile(lambda *xs: total(run(xs, params)))
    f(*np.ones((5, 3)))
    assert f.source.count(" @ ") >= 5 and "for " not in f.source.partition("def value(")[2]


SMOOTH = {"mul": lambda a, b: a * b * 0.5, "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "tanh": lambda a, b: tanh(a),
          "exp": lambda a, b: exp(-a * a), "div": lambda a, b: a / (2 + b * b), "max": maximum,
          "dot": lambda a, b: dot([a, b, a], [b, b, a]),
          "where": lambda a, b: where(a > b, a, 0.5 * b), "logsumexp": lambda a, b: logsumexp(a, b, a)}  # fmt: skip


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(sorted(SMOOTH)), st.integers(0, 40), st.integers(0, 40)),
                min_size=1, max_size=40), st.integers(1, 3))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_any_straight_line_of_operations_rolls_into_what_eager_gives(steps, rows):
    def function(*xs):
        made = list(xs)
        for name, a, b in steps:
            made.append(SMOOTH[name](made[-1 - a % len(made)], made[b % len(made)]))
        return total(made)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autodiff.compiled.recordings.WORTH", 0)
        patch.setattr("autodiff.compiled.recordings.LEAST", 0)
        agrees(function, list(np.random.default_rng(rows).normal(size=(4, rows)) * 0.5), 1e-9)


def ladder(*xs):
    """Three inputs, eight relus, one output: rolled, it is two matrix products."""
    hidden = [relu(total([a * b for a, b in zip(xs[:3], xs[3 * j :])])) for j in range(1, 9)]
    return total([a * b for a, b in zip(hidden, xs[27:])])


@pytest.mark.parametrize(("first", "weights"), [
    (np.inf, [-1.0, -2.0, 0.5] * 4 + [1e-300, 0.0, 0.0] * 4),
    (1.0, [-np.inf, -2.0, 0.5] * 4 + [1.0, 0.0, 0.0] * 4),
])  # fmt: skip
def test_what_is_blocked_is_nothing_also_beside_inf_in_a_matrix_product(first, weights):
    """In a product it is 0.0, and 0.0 * inf is nan: there the gradient is computed again, operation by operation."""
    arguments = [first, 1.0, 1.0, *weights, *[1.0] * 8]
    values = [Value(x) for x in arguments]
    y = ladder(*values)
    y.backward()
    expected = np.array([value.grad for value in values])
    in_order, rolled_up = compile(ladder, "math"), compile(ladder, "numpy")
    assert in_order.value_and_grad(*arguments) == (y.data, tuple(expected))
    value, gradient = rolled_up.value_and_grad(*arguments)
    assert "@" in rolled_up.source and value == y.data and not np.any(np.isnan(expected))
    assert np.array_equal(gradient, expected)
    finite = [x if np.isfinite(x) else np.sign(x) * 1e300 for x in arguments]
    assert np.array_equal(rolled_up.value_and_grad(*finite)[1], compile(ladder, "math").value_and_grad(*finite)[1])


def test_relu_in_place_of_a_product_keeps_nan_and_makes_zero_of_either_zero():
    weights = [[Value(-1.0) for _ in range(8)] for _ in range(6)]
    biases = [Value(-0.0) for _ in range(6)]

    def layer(*xs):
        return [relu(sum((w * x for w, x in zip(ws, xs)), b)) for ws, b in zip(weights, biases)]

    def loss(*xs):
        return sum(y * y for y in layer(*xs))

    rows = np.array([[0.0] * 8, [-0.0] * 8, [1.0] * 8, [-1.0] * 8, [math.inf] + [0.0] * 7, [-math.inf] + [0.0] * 7, [math.nan] * 8])
    compiled = compile(layer, "numpy")
    found = np.array(compiled(*rows.T)).T
    assert "rectified(" in compiled.source
    for row, outputs in zip(rows.tolist(), found.tolist()):
        assert list(map(str, outputs)) == [str(y.data) for y in layer(*map(Value, row))]
    gradients = np.array(compile(loss, "numpy").value_and_grad(*rows.T)[1]).T
    for row, gradient in zip(rows[:4].tolist(), gradients.tolist()):
        values = list(map(Value, row))
        loss(*values).backward()
        assert gradient == [x.grad for x in values]


@pytest.mark.parametrize("target", ["numpy", "jax.numpy", "array_api_strict"])
@pytest.mark.parametrize("first, want", [(-1.0, -math.inf), (1.0, math.inf)])
def test_a_dot_product_of_one_pair_keeps_the_sign_of_zero(target, first, want):
    pytest.importorskip(target.partition(".")[0])

    def f(xs):
        return total(tanh(dot([a], [b])) ** -1 for a, b in zip(xs[::2], xs[1::2]))

    row = [first, 0.0, 2 * first, 0.0] * 8
    assert f([*map(Value, row)]).data == compile(f, target)(np.array([row, row]))[1] == want


def test_a_gradient_that_is_only_a_product_leaves_as_the_zero_that_eager_gives():
    def f(xs, ws):
        return sum(x * w for x, w in zip(xs, ws)) ** 2

    batch, row = np.ones((2, 64)), [-0.0] * 63 + [5.0]
    compiled = compile(f, "numpy")
    _, (gradient, _) = compiled.value_and_grad(batch, row)
    assert "vecdot" in compiled.source or "@" in compiled.source
    assert gradient.shape == (2, 64) and not np.signbit(gradient).any()


def products(p, q):
    return [[sum(a * b for a, b in zip(row, column)) for column in zip(*q)] for row in p]


def backwards(rows):
    return [row[::-1] for row in rows[::-1]]


@pytest.mark.slow
@pytest.mark.parametrize("target", ["numpy", "array_api_strict", "jax.numpy"])
@pytest.mark.parametrize("f", [
    lambda p, q: sum(exp(x * y) for r, s in zip(backwards(products(p, q)), p) for x, y in zip(r, s)),
    lambda p, q: total(exp(products(p, q)[2 - i][2 - j] / sum(products(p, q)[i])) for i in range(3) for j in range(3)),
    lambda p, q: sum(tanh(x) for row in products(backwards(products(p, q)), p) for x in row),
    lambda p, q: sum(tanh(dot(row, s)) for row, s in zip(backwards(products(p, q)), p)),
])  # fmt: skip
def test_a_matrix_may_be_read_from_its_last_row_to_its_first(f, target):
    pytest.importorskip(target.split(".")[0])
    random_ = random.Random(0)
    p, q = ([[random_.uniform(-1, 1) for _ in range(3)] for _ in range(3)] for _ in range(2))
    (value, gradient), near = value_and_grad(f)(p, q), 1e-9 if target != "jax.numpy" else 1e-4
    found, slopes = compile(f, target).value_and_grad(p, q)
    assert found == pytest.approx(value, rel=near)
    assert np.allclose(slopes, gradient, rtol=near, atol=near)


@pytest.mark.parametrize("base", [(6,), (3, 3), (2, 3), (3, 1), (2, 2, 2)])
@pytest.mark.parametrize("rows", [False, True])
def test_code_for_a_view_reads_the_places_that_the_view_is_of(base, rows):
    size = math.prod(base)
    numbers = np.arange(5.0 * size).reshape(5, *base)
    shapes = [shape for axes in range(3) for shape in itertools.product((1, 2, 3), repeat=axes)]
    written = 0
    for shape in shapes:
        for start, *strides in itertools.product(range(size), *[range(-4, 5)] * len(shape)):
            found = places(start, strides, shape)
            if found.min() < 0 or found.max() >= size:
                continue
            code = Layout().view("p", base, rows, start, tuple(strides), shape)
            if code is not None:
                read = eval(code, {"p": numbers if rows else numbers[0]})
                assert np.array_equal(read, numbers.reshape(5, size)[:, found] if rows else found), code
                written += 1
    assert written > 50
