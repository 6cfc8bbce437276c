"""Eager and compiled code agree: the same bits with Python's math, a few ulp with arrays, at every special value (P13)."""

import inspect
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff
from autodiff import Value, elementwise, functions
from autodiff.compiled import compile
from autodiff.numbers import FLOATS
from autodiff.ops import TABLE
from autodiff.reductions import of_many

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 3.0, 2.5, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1e-310, 709.78, -745.13,
           1e200, -1e200, 1e-200, 20.0, -40.0, 0.7, 1e16]  # fmt: skip
numbers = st.one_of(st.sampled_from(SPECIAL), st.floats())

OPERATORS = {"neg": lambda a: -a, "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
             "div": lambda a, b: a / b, "pow": lambda a, b: a**b, "abs": lambda a: abs(a), "pos": lambda a: +a,
             "remainder": lambda a, b: a % b}  # fmt: skip
NARY = {"total": lambda *xs: autodiff.total(xs), "dot": lambda *xs: autodiff.dot(xs[: len(xs) // 2], xs[len(xs) // 2 :]),
        "logsumexp": autodiff.logsumexp, "largest": lambda *xs: of_many("largest", xs)}  # fmt: skip
SELECTED = {"where": lambda a, b: autodiff.where(a > 0.5, a, b)}
CONSTANT_LAST = {"clip": lambda a: autodiff.clip(a, -1.0, 2.0), "leaky_relu": autodiff.leaky_relu, "elu": autodiff.elu}
PLAIN = {name: getattr(functions, name) for name in functions.__all__
         if name in TABLE and not TABLE[name].variadic and name not in {*SELECTED, *CONSTANT_LAST}}  # fmt: skip
# What the gradients of the others are made of.
SLOPES = {name: getattr(elementwise, name) for name in TABLE if hasattr(elementwise, name) and not hasattr(functions, name)}
SLOPES["elu_slope"] = lambda a: elementwise.elu_slope(a, 1.0)
EVERY = {**OPERATORS, **PLAIN, **SELECTED, **CONSTANT_LAST, **SLOPES}
ROUNDED_ONCE = ["neg", "add", "sub", "mul", "div", "abs", "maximum", "minimum", "where", "clip", "relu", "leaky_relu", "sqrt",
                "floor", "sign"]  # fmt: skip


def arity(function):
    return sum(each.default is each.empty for each in inspect.signature(function).parameters.values())


def bits(x):
    return "nan" if x != x else float(x).hex()


def eager(function, xs):
    values = [Value(x) for x in xs]
    y = function(*values)
    y.backward()
    return y.data, tuple(value.grad for value in values)


def apart(a, b):
    """How many floats lie between two numbers; 0 for two nan."""
    if a != a or b != b:
        return 0 if a != a and b != b else math.inf
    if math.isinf(a) or math.isinf(b):
        return 0 if a == b else math.inf
    return abs(a - b) / max(math.ulp(a), math.ulp(b))


def program_of(steps, pool):
    """A straight-line function: each step applies an operation to values made before, chosen by index."""

    def function(*xs):
        made = list(xs)
        for name, places, extra in steps:
            operation = pool[name]
            operands = [made[place % len(made)] for place in places[: arity(operation)]]
            if extra is not None and len(operands) == 2:
                operands[1] = extra
            made.append(operation(*operands))
        return made[-1] + 0.0 * made[0] if len(made) == len(xs) else made[-1]

    return function


def steps_of(names):
    return st.lists(
        st.tuples(st.sampled_from(sorted(names)), st.tuples(st.integers(0, 30), st.integers(0, 30)), st.none() | numbers),
        min_size=1, max_size=12,
    )


def test_every_row_of_the_table_is_tested():
    assert {*EVERY, *NARY} == set(TABLE)


@pytest.mark.parametrize(("name", "kink"), [(op.name, kink) for op in TABLE.values() for kink in op.kinks])
def test_the_special_values_meet_every_kink_and_every_tie(name, kink):
    """The bounds of clip and the numbers of leaky_relu and elu are those of CONSTANT_LAST."""
    bounds = {"clip": (-1.0, 2.0), "leaky_relu": (0.01,), "elu": (1.0,), "elu_slope": (1.0,)}.get(name, ())
    points = itertools.product(SPECIAL, repeat=TABLE[name].arity - len(bounds))
    at_kink = eval(f"lambda a, b=0.0, c=0.0: {kink}", dict(FLOATS.names))
    assert sum(bool(at_kink(*point, *bounds)) for point in points) >= 1
    assert any(x != 0 and abs(x) < 2.3e-308 for x in SPECIAL) and any(x != x for x in SPECIAL)


@given(steps_of(EVERY), st.lists(numbers, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_the_math_target_gives_the_bits_of_eager(steps, xs):
    function = program_of(steps, EVERY)
    expected = eager(function, xs)
    value, gradients = compile(function, "math").value_and_grad(*xs)
    assert bits(value) == bits(expected[0])
    assert list(map(bits, gradients)) == list(map(bits, expected[1]))


@pytest.mark.slow
@given(steps_of(ROUNDED_ONCE), st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_where_every_operation_rounds_once_numpy_gives_the_bits_of_eager_in_each_row(steps, rows):
    function = program_of(steps, EVERY)
    compiled = compile(function, "numpy")
    values, gradients = compiled.value_and_grad(*np.array(rows).T)
    for row, xs in enumerate(rows):
        expected = eager(function, xs)
        assert bits(values[row]) == bits(expected[0])
        assert [bits(g[row]) for g in gradients] == list(map(bits, expected[1]))
        alone = compiled.value_and_grad(*xs)
        assert (bits(alone[0]), *map(bits, alone[1])) == (bits(expected[0]), *map(bits, expected[1]))


@pytest.mark.parametrize("name", sorted(EVERY))
def test_each_operation_on_arrays_is_within_a_few_ulp_of_eager(name):
    function = EVERY[name]
    points = [(a,) for a in SPECIAL] if arity(function) == 1 else [(a, b) for a in SPECIAL for b in SPECIAL]
    values, gradients = compile(function, "numpy").value_and_grad(*np.array(points).T)
    for row, xs in enumerate(points):
        value, gradient = eager(function, xs)
        assert apart(values[row], value) <= 4, (xs, values[row], value)
        for which in range(len(xs)):
            assert apart(gradients[which][row], gradient[which]) <= 8, (xs, which, gradients[which][row], gradient[which])


@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_row_gives_the_same_bits_in_any_batch(name):
    function = compile(EVERY[name], "numpy").value_and_grad
    points = np.array(list(itertools.product(SPECIAL, repeat=arity(EVERY[name]))))
    points = points[np.random.default_rng(0).permutation(len(points))][:100]
    value, gradients = function(*points.T)
    for size in (1, 3, 7):
        for start in range(0, len(points), size):
            part, slopes = function(*points[start : start + size].T)
            assert list(map(bits, part)) == list(map(bits, value[start : start + size]))
            for whole, some in zip(gradients, slopes):
                assert list(map(bits, some)) == list(map(bits, whole[start : start + size]))


@pytest.mark.parametrize("name", sorted(EVERY))
def test_the_gradient_as_a_compiled_graph_is_that_of_the_eager_graph_at_every_special_value(name):
    function = EVERY[name]
    jacobian = compile(function).jacobian
    for xs in itertools.product(SPECIAL, repeat=arity(function)):
        values = [Value(x) for x in xs]
        expected = [slope.data + 0.0 for slope in autodiff.gradient_graph(function(*values), values)]
        (row,) = jacobian(*xs)
        assert list(map(bits, row if len(xs) > 1 else [row])) == list(map(bits, expected)), xs


@pytest.mark.parametrize("name", sorted(NARY))
@given(st.lists(numbers, min_size=4, max_size=4))
@settings(max_examples=40, deadline=None)
def test_n_ary_operations_give_the_bits_of_eager_with_math(name, xs):
    function = NARY[name]
    expected = eager(function, xs)
    value, gradients = compile(function, "math").value_and_grad(*xs)
    assert (bits(value), *map(bits, gradients)) == (bits(expected[0]), *map(bits, expected[1]))


@given(st.lists(st.floats(-50, 50), min_size=4, max_size=4))
@settings(max_examples=40, deadline=None)
def test_logsumexp_along_an_axis_is_as_accurate_as_eager(xs):
    value, gradients = compile(NARY["logsumexp"], "numpy").value_and_grad(*(np.array([x]) for x in xs))
    expected = eager(NARY["logsumexp"], xs)
    assert apart(value[0], expected[0]) <= 4 or abs(value[0] - expected[0]) < 1e-15
    assert all(apart(a[0], b) <= 8 for a, b in zip(gradients, expected[1]))


SUMS = {"total": lambda *xs: autodiff.total(xs), "mean": lambda *xs: autodiff.total(xs) / len(xs),
        "dot": lambda *xs: autodiff.dot(xs, [1.0] * len(xs)), "chain": lambda *xs: sum(xs[1:], xs[0])}  # fmt: skip


@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8, 9, 17])
@pytest.mark.parametrize("last", [-0.0, 0.0])
def test_a_sum_of_minus_zeros_alone_is_minus_zero_on_every_target(name, count, last):
    xs = [-0.0] * (count - 1) + [last]
    expected = bits(eager(SUMS[name], xs)[0])
    in_c = ["native"] if autodiff.engine == "native" else []
    for target in ("math", "numpy", *in_c):
        assert bits(compile(SUMS[name], target)(*xs)) == expected, target
    for target in ("numpy", *in_c):
        assert [bits(y) for y in compile(SUMS[name], target)(*(np.array([x, x]) for x in xs))] == [expected] * 2, target


def test_the_other_rows_of_a_batch_keep_their_minus_zero_where_one_overflows():
    columns = [np.array([-0.0, x]) for x in (1e308, 1e308, -1e308, -0.0)]
    assert [bits(y) for y in compile(SUMS["total"], "numpy")(*columns)] == [bits(-0.0), bits(1e308)]


@pytest.mark.parametrize("xs", [(-0.0, 1.0, 1.0, -math.inf), (1e200, 1.0, 1e200, 2.0)])
def test_no_gradient_goes_through_the_largest_term_of_a_softmax(xs):
    def squares(*xs):
        return sum(a * a for a in autodiff.log_softmax(*xs))

    value, gradient = autodiff.value_and_grad(squares)(*xs)
    for columns in (xs, [np.array([x, x]) for x in xs]):
        compiled = compile(squares, "numpy")
        again, slopes = compiled.value_and_grad(*columns)
        np.testing.assert_allclose([np.ravel(each)[0] for each in (again, *slopes)], [value, *gradient], rtol=1e-14)
        assert "0.5 *" not in compiled.source  # as the local derivative of a maximum, at a tie
