"""A comparison that is recorded behaves like a bool in every use."""

import copy
import math
from itertools import product

import numpy as np
import pytest

from autodiff import (
    Value, clip, compile, exp, log_softmax, logsumexp, maximum, relu, replay, sinh, total, value_and_grad, where, xlogy,
)

USES = [
    "x if (x > 0) == True else -x", "x if (x > 0) != False else -x", "x if True == (x > 0) else -x", "x if (x > 0) in (True,) else -x",
    "x if (x > 0) not in [False] else -x", "x * int(x > 0)", "x * float(x > 0)", "x * complex(x > 0).real", "x * bool(x > 0)",
    "x * [5.0, 7.0][x > 0]", "x * (5.0, 7.0)[x > 0]", "x * {True: 3.0, False: 4.0}[x > 0]", "x * {1: 3.0}.get(x > 0, 2.0)",
    "x * sum([x > 0, x > 1])", "x * (x > 0)", "(x > 0) * x", "x + (x > 0)", "(x > 0) - x", "x ** (x > 0)", "x / (1 + (x > 0))",
    "x if not x > 0 else -x", "x if (x > 0) ^ (x > 1) else -x", "x if True ^ (x > 0) else -x", "x if (x > 0) ^ False else -x",
    "x if (x > 0) == (x > 1) else -x", "x if (x > 0) < (x > 1) else -x", "x if (x > 0) >= (x > 1) else -x", "x if (x > 0) & (x > 1) else -x",
    "x if (x > 0) | (x > 1) else -x", "x if (x > 0) & True else -x", "x if False | (x > 0) else -x", "x * ((x > 0) & 1)",
    "x * (3 | (x > 0))", "x * max(x > 0, x > 1)", "x * sorted([x > 1, x > 0])[0]", "x * round(x > 0)", "x * abs(x > 0)", "-(x > 0) * x",
    "+(x > 0) * x", "x * math.floor(x > 0)", "x * math.ceil(x > 0)", "x * math.trunc(x > 0)", "x * divmod(x > 0, 2)[1]",
    "x * (3 // (1 + (x > 0)))", "x * ((x > 0) % 2)", "x * (7 % (2 + (x > 0)))", "x * ((x > 0) << 2)", "x * (1 << (x > 0))",
    "x * (4 >> (x > 0))", "x * (x > 0) ** 2", "x * 2 ** (x > 0)", "x if hash(x > 0) else -x", "x if str(x > 0) == 'True' else -x",
    "x if repr(x > 0) == 'True' else -x", "x if f'{x > 0}' == 'True' else -x", "x if '%s' % (x > 0) == 'True' else -x",
    "x * 'ab'.index('ab'[x > 0])", "x * len(range(x > 0))", "x * len('a' * (x > 0))", "x if isinstance(x > 0, bool) else -x",
    "x if isinstance(x > 0, int) else -x", "x if any([x > 0]) else -x", "x if all([x > 0, x > 1]) else -x", "x * [x > 0, x > 1].count(True)",
    "x * [False, True].index(x > 0)", "x * (x > 0).real", "x * (x > 0).bit_length()", "x * len({x > 0, x > 1})", "x if x > 0 and x > 1 else -x",
    "x if (x > 0 or x > 1) else -x", "x * float(np.array(x > 0))", "x * float(np.where(x > 0, 2.0, 3.0))", "x * next(filter(None, [x > 1, x > 0]), 5)",
    "where((x > 0) == (x > 1), x, -x)", "where(x > 0, x, -x) * (x > 1)", "where((x > 0) & (x > 1), x, -x)", "(x > 0)", "[x, -x][x > 1]",
]  # fmt: skip
POINTS = [2.0, 0.5, -0.5, -2.0, 0.0, 1.0, math.nan]


def same(a, b):
    return a == b or a != a and b != b


@pytest.mark.parametrize("target", ["math", "numpy"])
@pytest.mark.parametrize("use", USES)
def test_a_recorded_comparison_is_used_as_a_bool_is(use, target):
    f = eval(f"lambda x: {use}", {"math": math, "np": np, "where": where})
    compiled = compile(f, target)
    for x in POINTS:
        v = Value(x)
        y = f(v)
        if type(y) is Value:
            y.backward()
        value, (slope,) = compiled.value_and_grad(x)
        assert same(value, y.data if type(y) is Value else float(y)) and same(slope, v.grad), x


@pytest.mark.parametrize("use", USES)
def test_it_is_in_each_row_of_a_batch(use):
    f = eval(f"lambda x: {use}", {"math": math, "np": np, "where": where})
    found = compile(f)(np.array(POINTS))
    wanted = [f(Value(x)) for x in POINTS]
    assert all(same(a, y.data if type(y) is Value else float(y)) for a, y in zip(found.tolist(), wanted))


def test_what_python_decides_without_asking_is_documented():
    from autodiff.compiled.record import condition

    assert "is True" in condition.__doc__ and "is True" in compile.__doc__
    assert compile(lambda x: x if (x > 0) is True else -x)(2.0) == -2.0


def nested(x, s, first, second):
    """Choices that constants decide, in one another and beside a choice by row."""
    a, b = x * s, s * s
    yield where(first, a, b) + where(second, b, a)
    yield where(first, where(second, a, b), a) * where(second, a, 1.0)
    yield total([where(first, each, b) for each in (a, x, s)]) * where(second, s, x)
    yield logsumexp(*[where(each, t, b) for each, t in zip((first, second) * 2, (a, x, s, b))])
    yield where(x > 0, where(first, a, b), where(second, exp(s), a))
    yield relu(where(first, maximum(a, where(second, b, s)), s)) + clip(where(second, s, a), -1.0, 1.0)


@pytest.mark.parametrize("target", ["numpy", "array_api_strict"])
@pytest.mark.parametrize("place", range(6))
def test_a_choice_that_a_constant_decides_is_a_condition_to_what_joins_it(place, target):
    space, rows, s = pytest.importorskip(target), [1.0, -2.0, 0.5], 0.7
    for first, second in product([True, False], repeat=2):
        def f(x, s):
            return list(nested(x, s, first, second))[place]

        value, (gradient, shared) = compile(f, target).value_and_grad(space.asarray(rows), s)
        wanted = [value_and_grad(f)(x, s) for x in rows]
        assert np.allclose(np.asarray(value), [each[0] for each in wanted])
        assert np.allclose(np.asarray(gradient), [each[1][0] for each in wanted])
        assert math.isclose(float(shared), sum(each[1][1] for each in wanted))


@pytest.mark.parametrize("target", ["numpy", "array_api_strict"])
@pytest.mark.parametrize("reduce", [total, logsumexp, lambda *xs: max(log_softmax(*xs))], ids=["total", "logsumexp", "log_softmax"])
@pytest.mark.parametrize("sides", [[True], [True, False, True], [False, False, False]], ids=str)
def test_a_number_that_a_constant_chose_may_stand_in_a_vector(sides, reduce, target):
    """As masks of attention do; also of one number, and beside much that is vectorized."""
    space, xs = pytest.importorskip(target), [0.5, 1.5, 2.5][: len(sides)]
    matrix = [[0.1 * i - 0.2 * j for j in range(5)] for i in range(5)]
    for vectorized, batch in product([True, False], repeat=2):
        def f(xs, matrix):
            chosen = [where(side, -1e3, xlogy(x, 2.0)) for x, side in zip(xs, sides)]
            y = reduce(chosen) if reduce is total else reduce(*chosen)
            return y + total([sinh(x) for row in matrix for x in row]) if vectorized else y

        given = [space.asarray([x, x]) for x in xs] if batch else xs
        value, (gradient, _) = compile(f, target).value_and_grad(given, matrix)
        wanted, (slopes, _) = value_and_grad(f)(xs, matrix)
        assert np.allclose(np.asarray(value), wanted)
        assert all(np.allclose(np.asarray(each), slope) for each, slope in zip(gradient, slopes))


def call_a_compiled_function(x):
    return x + compile(lambda t: t * x)(2.0)


def call_for_a_compiled_gradient(x):
    return x + compile(lambda t: t * x).value_and_grad(2.0)[1][0]


def round_a_value(x):
    return x * round(x, 1)


def replay_a_graph(x):
    return x * replay(x * x, float).value


def copy_a_comparison(x):
    return x * 2 if copy.copy(x > 0) and copy.deepcopy([x > 0])[0] else x


@pytest.mark.parametrize("f", [call_a_compiled_function, call_for_a_compiled_gradient, round_a_value, replay_a_graph, copy_a_comparison])
def test_a_number_that_is_read_by_another_way_than_data_is_remembered(f):
    compiled = compile(f)
    assert [compiled(x) for x in (3.0, -4.0)] == [f(Value(x)).data for x in (3.0, -4.0)]


def test_what_vjp_pulls_back_is_of_the_arrays_as_they_were():
    xs = np.array([1.0, 2.0])
    _, pull = compile(lambda x: x * x).vjp(xs)
    xs[0] = 50.0
    assert pull(np.array([1.0, 1.0])).tolist() == [2.0, 4.0]
