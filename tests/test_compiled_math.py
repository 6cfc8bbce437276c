"""The "math" target: few lines, each condition once, the bits of the eager engine; and what `compile` refuses."""

import itertools
import math
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff
from autodiff import Value, functions
from autodiff.compiled import compile
from autodiff.compiled.codegen.compact import compact
from autodiff.compiled.codegen.lines import Binary, Line
from autodiff.errors import ArgumentError, KinkWarning
from autodiff.kernels import same_bits

SPECIAL = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1e-310, 1e308, -1e308, 1e-160, 1e160]
numbers = st.one_of(st.sampled_from(SPECIAL), st.floats())


def neurons(w, b, x, v):
    """Two rows through two neurons, squared: sums, products, closed and open relus, shared nodes."""
    rows = [(x, 1.0), (x * v, -2.0)]
    found = 0.0
    for left, right in rows:
        hidden = [(w * left + b * right + v).relu(), functions.clip(b * left - w, -1.0, 2.0)]
        found = found + (hidden[0] * v - hidden[1] * (w - (b + x))) ** 2
    return found


def bits(x):
    return "nan" if x != x else x.hex()


@given(st.tuples(numbers, numbers, numbers, numbers))
def test_fewer_lines_give_the_same_bits(xs):
    values = [Value(x) for x in xs]
    y = neurons(*values)
    y.backward()
    found, gradient = compile(neurons, "math").value_and_grad(*xs)
    assert [bits(found), *map(bits, gradient)] == [bits(y.data), *(bits(value.grad) for value in values)]


def test_what_a_closed_relu_blocks_stands_under_one_if():
    f = compile(lambda w, b, x: (w * x + b).relu() * 3.0, "math")
    f.value_and_grad(1.0, 2.0, 3.0)
    gradient = f.source.partition("def value_and_grad")[2]
    assert gradient.count("if add_4 <= 0.0:") == 1 and " if " in gradient and "not " not in gradient


@pytest.mark.parametrize(("lines", "expected"), [
    (["p_1 = a - b", "y = c - p_1"], ["y = c - (a - b)"]),
    (["p_1 = a * b", "y = c * p_1"], ["y = c * (a * b)"]),
    (["p_1 = a + b", "y = p_1 + c"], ["y = a + b + c"]),
    (["p_1 = a + b", "y = c + p_1"], ["y = c + (a + b)"]),
    (["p_1 = a - b", "y = p_1 * c"], ["y = (a - b) * c"]),
    (["p_1 = a * -2e-05", "y = 1.5 - p_1"], ["y = 1.5 - a * -2e-05"]),
    (["p_1 = a * b", "q_2 = p_1 + p_1", "y = exp(q_2)"], ["p_1 = a * b", "q_2 = p_1 + p_1", "y = exp(q_2)"]),
])  # fmt: skip
def test_the_order_of_operations_stays(lines, expected):
    assert compact([line_of(text) for text in lines], {"y"}) == expected


def line_of(text):
    name, code = text.split(" = ")
    words = code.split()
    return Line(name, Binary(*words) if len(words) == 3 else code, uses=(words[0], words[-1]))


@pytest.mark.slow
def test_a_long_chain_is_no_deep_expression():
    f = compile(lambda x: sum([x] * 5_000, x), "math")
    assert f.value_and_grad(1.0) == (5_001.0, (5_001.0,))
    assert max(map(len, f.source.splitlines())) < 200


@pytest.mark.parametrize("target", ["nonsense", "jaxnumpy.numpy", "import os"])
def test_a_target_that_is_no_module_is_refused(target):
    with pytest.raises(ArgumentError, match="no module of that name"):
        compile(lambda x: x, target)


def test_a_sum_under_a_kink_hands_its_gradient_to_each_element():
    f = compile(lambda a: functions.maximum(-functions.total([a, a * 2]), a), "math")
    assert f.value_and_grad(-0.5) == (1.5, (-3.0,)) and f.value_and_grad(0.5) == (0.5, (1.0,))
    g = compile(lambda a: functions.maximum(functions.logsumexp(a, functions.relu(a) * 3, functions.total([a, a])), 0.5), "math")
    for at in (-2.0, 0.0, 1.5):
        x = Value(at)
        y = functions.maximum(functions.logsumexp(x, functions.relu(x) * 3, functions.total([x, x])), 0.5)
        y.backward()
        assert g.value_and_grad(at) == (y.data, (x.grad,))


SECOND = {
    "angle": lambda x, y: autodiff.atan2(x, y),
    "side": lambda x, y: autodiff.relu(x - y) * autodiff.clip(x * y, -1.0, 1.0) * x,
    "inner": lambda x, y: autodiff.grad(lambda a: autodiff.sqrt(autodiff.relu(a)) * y)(x),
    "smaller": lambda x, y: autodiff.minimum(x, 1.0) / y,
}


@pytest.mark.parametrize("name", SECOND)
def test_compiled_second_derivatives_have_the_bits_of_eager_and_so_the_signs_of_their_zeros(name):
    numbers = [-2.0, -0.5, -0.0, 0.0, 5e-324, 0.5, 2.0, 1e200, math.inf, -math.inf]
    compiled, eager = compile(SECOND[name], "math"), autodiff.hessian(SECOND[name])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinkWarning)
        for x, y in itertools.product(numbers, numbers):
            found, right = (sum(matrix, []) for matrix in (compiled.hessian(x, y), eager(x, y)))
            assert all(map(same_bits, found, right)), (x, y, found, right)
