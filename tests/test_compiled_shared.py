"""A shared argument's gradient is the sum over all rows (P18); sums, roots and orders that arrays do otherwise."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import Value, compile, exp, nn, relu, tanh, total, value_and_grad

ROWS = np.array([1.0, -2.0, -3.0, -4.0])
FUNCTIONS = {
    "nothing of the row": lambda s, x: s * s,
    "a branch": lambda s, x: s * x if x > 0 else s,
    "a branch inside": lambda s, x: s * s + (x if x > 0 else 0.0),
    "all of it": lambda s, x: tanh(s * x),
    "only the row": lambda s, x: x * x,
    "neither": lambda s, x: Value(3.0),
    "a number": lambda s, x: 3.0,
    "the argument": lambda s, x: s,
    "sides": lambda s, x: s if x > 0 else s * 2 if x > -2.5 else x,
    "wide": lambda s, x: total([tanh(s * float(k)) for k in range(40)]),
    "wide in one branch": lambda s, x: total([tanh(s * float(k)) for k in range(40)]) if x > 0 else s,
}


@pytest.mark.parametrize("target", [None, "numpy", "jax.numpy"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_gradient_of_a_shared_argument_is_that_of_all_rows(name, target):
    if target == "jax.numpy":
        pytest.importorskip("jax")
    f = FUNCTIONS[name]
    for rows in (ROWS[:1], ROWS[:2], ROWS, np.tile(ROWS, 5)):
        ds, dx, values = 0.0, [], []
        for x in rows.tolist():
            s, v = Value(3.0), Value(x)
            y = f(s, v)
            y = y if type(y) is Value else Value(y)
            y.backward()
            ds, dx, values = ds + s.grad, [*dx, v.grad], [*values, y.data]
        value, (found, slopes) = compile(f, target).value_and_grad(3.0, rows)
        tolerance = 1e-5 if target == "jax.numpy" else 1e-12
        for a, b in ((value, values), (found, ds), (slopes, dx)):
            assert np.allclose(np.asarray(a), b, rtol=tolerance, atol=tolerance)


def test_the_right_numbers():
    assert compile(lambda s, x: s * s).value_and_grad(3.0, np.array([1.0, 2.0, 3.0, 4.0]))[1][0] == 24.0
    assert compile(lambda s, x: s * x if x > 0 else s).value_and_grad(3.0, np.array([1.0, -2.0, -3.0, -4.0]))[1][0] == 4.0


class Shift(nn.Module):
    """A model whose output, for some rows, depends on a parameter alone."""

    def __init__(self, choose):
        self.w, self.b, self.choose = Value(0.5), Value(0.25), choose

    def __call__(self, row):
        return self.choose(self.w, self.b, row)

    def parameters(self):
        return [self.w, self.b]


@pytest.mark.parametrize("engine", ["compiled", "jax"])
@pytest.mark.parametrize("choose", [lambda w, b, row: b * b, lambda w, b, row: w * row[0] if row[0] > 0 else b,
                                    lambda w, b, row: relu(w) + b, lambda w, b, row: w * row[0] + b])  # fmt: skip
@pytest.mark.parametrize("loss", ["mean_squared_error", lambda t, p: total(p) / len(p)])
def test_a_step_gives_the_mean_loss_and_its_gradient_whatever_the_rows_depend_on(choose, engine, loss):
    if engine == "jax":
        pytest.importorskip("jax")
    X, y = np.array([[1.0], [-2.0], [-3.0], [4.0]]), np.array([0.5, 1.0, -1.0, 2.0])
    wanted = nn.step_function(Shift(choose), loss, engine="eager")(X, y)
    found = nn.step_function(Shift(choose), loss, engine=engine)(X, y)
    assert np.allclose(float(found[0]), wanted[0], rtol=1e-5) and np.allclose(np.asarray(found[1]), wanted[1], rtol=1e-5)


@pytest.mark.parametrize("target", ["numpy", "jax.numpy", "array_api_strict"])
def test_a_power_of_one_half_is_no_square_root(target):
    module = pytest.importorskip(target)
    points = [-math.inf, -0.0, 0.0, 1.0, math.inf, 4.0]
    for f, arguments in ((lambda a: a**0.5, ()), (lambda a, b: a**b, (0.5,))):
        found = compile(f, target)(module.asarray(points), *arguments)
        assert [str(float(x)) for x in found] == ["inf", "0.0", "0.0", "1.0", "inf", "2.0"]
        assert [str(float(compile(f, target)(x, *arguments))) for x in points[:3]] == ["inf", "0.0", "0.0"]


@pytest.mark.parametrize("count", [3, 4, 5, 12, 40])
@pytest.mark.parametrize("target", ["numpy", "jax.numpy", "array_api_strict"])
def test_a_total_overflows_only_where_the_sum_does(target, count):
    pytest.importorskip(target)
    if target == "jax.numpy":
        import jax

        jax.config.update("jax_enable_x64", True)
    f = compile(lambda *xs: total(xs), target)
    for head in ([1e308, 1e308, -math.inf], [1e308, 1e308, -1e308], [-1e308, -1e308, math.inf], [1e308, 1e308, 1e308],
                 [math.inf, 1.0, -math.inf], [math.nan, 1e308, 1e308], [1.0, 2.0, 3.0]):  # fmt: skip
        xs = head + [0.0] * (count - 3)
        wanted = total(xs)
        for found in (f(*xs), float(f(*(np.array([x]) for x in xs))[0])):
            assert found == wanted or found != found and wanted != wanted, (xs, found, wanted)


NUMBERS = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, 0.1, 0.3, -0.7, 1.7, 5e-324, 1e200, -1e-200, math.inf, -math.inf, math.nan]


def branching(seed):
    """A random function whose comparisons, of everything it has made, choose and steer."""
    draw = random.Random(seed)
    steps = [(draw.choice("+-*/wW?tmrTb"), [draw.randrange(40) for _ in range(5)], draw.choice(NUMBERS))
             for _ in range(draw.randint(3, 25))]  # fmt: skip
    point = [draw.choice(NUMBERS) if draw.random() < 0.25 else draw.uniform(-2, 2) for _ in range(draw.randint(1, 4))]

    def f(*xs):
        from autodiff import dot, maximum, where

        made = list(xs)
        for kind, places, number in steps:
            a, b, c, d, e = (made[-1 - k % len(made)] if k % 3 else made[k % len(made)] for k in places)
            made.append({
                "+": lambda: a + b, "-": lambda: a - b * 0.5, "*": lambda: a * b, "/": lambda: a / (b + number),
                "w": lambda: where(a > b, c, d), "W": lambda: where((a > b) & (c * c >= number * b), d, e * a),
                "?": lambda: a * b if c > d else a - b, "t": lambda: tanh(a), "m": lambda: maximum(a, b * c),
                "r": lambda: relu(a - b), "T": lambda: total([a, b, c * d]) + dot([a, b], [c, e]),
                "b": lambda: a + int(b > c) + sum([d > a, e > 0.1]),
            }[kind]())  # fmt: skip
        return made[-1] + made[len(made) // 2] * made[-2]

    return f, point


@pytest.mark.slow
@given(st.integers(0, 10**9))
@settings(max_examples=100, deadline=None)
def test_the_math_target_has_the_bits_of_eager_also_where_comparisons_join_in(seed):
    f, point = branching(seed)
    values = [Value(x) for x in point]
    y = f(*values)
    y.backward()
    value, slopes = compile(f, "math").value_and_grad(*point)
    bits = [repr(x) if x == x else "nan" for x in (value, *slopes)]
    assert bits == [repr(x) if x == x else "nan" for x in (y.data, *(v.grad for v in values))]


@pytest.mark.parametrize("x", [-math.inf, math.inf, 0.0, -3.5])
def test_the_logsumexp_of_one_number_is_the_identity(x):
    from autodiff import grad, logsumexp

    v = Value(x)
    logsumexp(v).backward()
    assert v.grad == 1.0 and grad(grad(lambda x: logsumexp(x)))(x) == 0.0
    for target in ("math", "numpy"):
        assert compile(lambda x: logsumexp(x), target).value_and_grad(x) == (x, (1.0,))
    assert compile(lambda x: logsumexp(x)).value_and_grad(np.array([x]))[1][0].tolist() == [1.0]


@pytest.mark.parametrize("target", ["math", "numpy", "jax.numpy"])
def test_what_is_used_twice_may_be_a_total_of_numbers(target):
    pytest.importorskip(target)

    def f(a, b, c, d):
        h = total([a, b, c, d])
        return h + h

    assert compile(f, target).value_and_grad(1.0, 2.0, 3.0, 4.0) == (20.0, (2.0, 2.0, 2.0, 2.0))


@pytest.mark.parametrize("big", [1e308, math.inf, -math.inf])
def test_an_element_that_nobody_uses_sends_nothing_where_its_slope_is_infinite(big):
    ws = [[Value(1.0) for _ in range(5)] for _ in range(4)]
    ws[0][2].data = big

    def f(x, y):
        squares = [total([w * (1.0 + 0.0 * y) for w in row]) ** 2 for row in ws]
        return squares[2] + squares[1] * x

    for arguments in ((0.5, 0.3), (np.array([0.5, 0.5]), 0.3)):
        value, slopes = compile(f, "numpy").value_and_grad(*arguments)
        assert np.allclose(value, 37.5) and np.allclose(slopes[0], 25.0) and np.allclose(slopes[1], 0.0)


@pytest.mark.parametrize("rows, gradient", [([1.0, 0.0], -math.inf), ([1.0, -2.0], math.inf)])
def test_what_rows_share_is_gathered_before_it_goes_on_as_where_eager_computes_it_once(rows, gradient):
    s = Value(1.0)
    shared = s / -1e-310    # a local derivative of -inf, which meets the sum of the rows, and no row alone
    total([x * shared for x in rows]).backward()
    assert s.grad == gradient
    assert compile(lambda s, x: x * (s / -1e-310), "numpy").value_and_grad(1.0, np.array(rows))[1][0] == s.grad


@pytest.mark.parametrize("target", ["numpy", None])
def test_a_matrix_product_sends_nothing_to_an_infinite_number_that_a_row_does_not_use(target):
    """Its own gradient is 0 times inf where an operation lets none flow; eager has 0, and so has the program."""
    def f(x, k, s):
        return min(exp(total(a * b for a, b in zip(k, x[i : i + 2])) + s) for i in range(7))

    x, s = [1.0, -1.0, 1.0, 1.0, math.inf, 1.0, 1.0, 1.0], 1.0
    k = [np.array([1.0, 2.0, 1.0, 0.5]), np.array([2.0, 0.0, math.nan, 3.0])]
    function = compile(f, target)
    value, gradient = function.value_and_grad(x, k, s)
    rows = [value_and_grad(f)(x, [float(k[0][i]), float(k[1][i])], s) for i in range(4)]
    assert target is None or any(each.op == "contract" for each in function.program.instructions)
    assert np.allclose(value, [row[0] for row in rows], equal_nan=True)
    for place in range(2):
        assert np.allclose(gradient[1][place], [row[1][1][place] for row in rows], equal_nan=True)
    assert np.allclose(gradient[0], np.sum([row[1][0] for row in rows], axis=0), equal_nan=True)
    assert np.isnan(gradient[2])  # the third row's is: what is nan stays nan
