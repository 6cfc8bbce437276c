"""A comparison that is recorded behaves like a bool in every use."""

import math

import numpy as np
import pytest

from autodiff import Value, compile, where

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
