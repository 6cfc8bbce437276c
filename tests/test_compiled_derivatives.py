"""Jacobians, Hessians and Hessian-vector products of compiled functions are those of the eager engine."""

import numpy as np
import pytest

import autodiff
from autodiff import exp, log, logsumexp, maximum, relu, sigmoid, sin, softplus, tanh, where
from autodiff.compiled import compile
from autodiff.errors import ArgumentError

FUNCTIONS = {
    "polynomial": lambda x, y: x**3 * y + x * y * y,
    "smooth": lambda x, y: tanh(x * y) + sin(x) / (1 + y * y),
    "logs": lambda x, y: log(1 + x * x) * exp(-y) + softplus(x - y) * sigmoid(y),
    "logsumexp": lambda x, y: logsumexp(x, 2 * y, x * y),
    "kinked": lambda x, y: relu(x) * y * y + maximum(x * x, y),
    "selected": lambda x, y: where(x > y, x * x * y, y**3),
    "branching": lambda x, y: x * x * y if x > y else y**3 * x,
}
POINTS = np.array([[0.7, -0.3], [1.5, 2.0], [-0.4, 0.9], [2.0, 0.1]])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_hessians_are_those_of_eager_one_by_one_and_as_a_batch(name):
    f = compile(FUNCTIONS[name])
    batch = np.moveaxis(np.array(f.hessian(*POINTS.T)), -1, 0)
    for row, (x, y) in enumerate(POINTS):
        expected = autodiff.hessian(FUNCTIONS[name])(x, y)
        assert np.allclose(f.hessian(x, y), expected, rtol=1e-12, atol=1e-14)
        assert np.allclose(batch[row], expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_hessian_times_a_vector_is_that_product(name):
    f, direction = compile(FUNCTIONS[name]), (0.3, -2.0)
    for x, y in POINTS:
        assert np.allclose(f.hvp((x, y), direction), np.array(f.hessian(x, y)) @ direction, rtol=1e-12, atol=1e-13)
    assert [each.shape for each in f.hvp(tuple(POINTS.T), direction)] == [(4,), (4,)]


def test_jacobians_have_a_row_for_each_output():
    f = compile(lambda x, y: [x * y, tanh(x), 3.0])
    assert f.jacobian(2.0, 3.0)[0] == (3.0, 2.0) and f.jacobian(2.0, 3.0)[2] == (0.0, 0.0)
    assert np.shape(f.jacobian(np.array([2.0, 1.0]), 3.0)) == (3, 2, 2)
    assert compile(lambda x, y: x * y).jacobian(y=2.0, x=3.0) == [{"x": 2.0, "y": 3.0}]


def test_a_tie_is_recorded_as_a_tie_and_never_used_beside_it():
    f = compile(lambda x, y: maximum(x, y) * x)
    at_tie = f.jacobian(2.0, 2.0)
    assert at_tie == [(3.0, 1.0)]
    assert f.jacobian(3.0, 2.0) == [(6.0, 0.0)] and f.jacobian(2.0, 3.0) == [(3.0, 2.0)]
    assert f.jacobian(2.0, 2.0) == at_tie


def test_a_direction_of_another_length_is_an_error():
    with pytest.raises(ArgumentError, match="direction of 2 numbers, .*got 1"):
        compile(FUNCTIONS["smooth"]).hvp((1.0, 2.0), (1.0,))


def test_how_often_a_number_goes_into_another_is_not_rounded_up():
    assert 1.0 // 0.1 == 9.0 and 1.0 / 0.1 == 10.0
    f = compile(lambda x, y: x % y)
    assert f.jacobian(1.0, 0.1) == [(1.0, -9.0)]
    assert f.jacobian(np.array([1.0, -1.0, 1.0]), np.array([0.1, 0.1, 0.25]))[0][1].tolist() == [-9.0, 10.0, -4.0]


@pytest.mark.parametrize("target", [None, "numpy", "array_api_strict"])
def test_a_choice_by_a_condition_may_be_differentiated_twice(target):
    pytest.importorskip(target or "numpy")
    f = compile(lambda x: where(x % 1.0 < 0.5, 4 * x - 1, 3 - x * x) ** 2, target)
    eager = autodiff.hessian(f.function)
    assert f.hessian(0.25) == eager(0.25) and f.hessian(0.75) == eager(0.75)
    assert np.asarray(f.hessian(np.array([0.25, 0.75]))).ravel().tolist() == [eager(0.25)[0][0], eager(0.75)[0][0]]
    assert not f._derivatives["hessian"].program.guards


WEIGHTS = np.random.default_rng(0).normal(size=(12, 6)).tolist()


def net(xs):
    """A network that has another side of each of twelve relus for almost every row."""
    hidden = [relu(sum(w * x for w, x in zip(row, xs))) ** 2 for row in WEIGHTS]
    return sum(hidden) + autodiff.maximum(xs[0] * xs[1], xs[2]) * abs(xs[3]) + autodiff.clip(xs[4], -1, 1) * xs[5]


@pytest.mark.parametrize("target", [None, "numpy", "native", pytest.param("jax.numpy", marks=pytest.mark.slow), "array_api_strict"])
def test_compiled_derivatives_select_each_row_its_side(target):
    if target == "native" and autodiff.engine != "native":
        pytest.skip("the engine in C was not built")
    pytest.importorskip((target or "numpy").split(".")[0]) if target != "native" else None
    rows = np.random.default_rng(1).normal(size=(100, 6))
    close = {"rtol": 1e-4, "atol": 1e-4} if target == "jax.numpy" else {"rtol": 1e-9, "atol": 1e-12}
    compiled = compile(net, target)
    both = compile(lambda xs: [net(xs), xs[0]], target)
    cases = [(np.asarray(compiled.hessian(rows)), autodiff.hessian(net)),
             (np.asarray(compile(autodiff.grad(net), target)(rows)), autodiff.grad(net)),
             (np.stack([*map(np.asarray, both.jacobian(rows))], axis=1), autodiff.jacobian(both.function))]  # fmt: skip
    for found, eager in cases:
        for row in (0, 41, 99):
            np.testing.assert_allclose(found[row], eager(rows[row].tolist()), **close)
    assert len(compiled._derivatives["hessian"]._recordings._known) == 1


@pytest.mark.slow
def test_too_many_sides_of_a_derivative_to_the_bits_of_eager_are_refused_with_what_to_do():
    hessian = compile(net, "math").hessian
    with pytest.raises(ArgumentError, match="on the target 'math' .*relu, maximum, .*take another target"):
        for row in np.random.default_rng(1).normal(size=(200, 6)).tolist():
            hessian(row)
