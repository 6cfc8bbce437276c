"""Structures as arguments of grad and its kin; numbers in, numbers out; directions of 0; kinks that are reported."""

import doctest
import math
import warnings
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

import autodiff
from autodiff import Value, exp, grad, hessian, hvp, hypot, jacobian, jvp, log, maximum, value_and_grad, vjp
from autodiff.differentiate import slope_along
from autodiff.errors import ArgumentError, KinkWarning, OperandError
from autodiff.structure import flatten

Pair = namedtuple("Pair", "left right")


def test_a_structure_comes_back_as_it_came():
    tree = {"w": [1.0, (2.0, {"deep": 3.0})], "pair": Pair(4.0, [5.0]), "none": [], "array": np.array([[6.0, 7.0]])}
    leaves, shape = flatten(tree)
    assert leaves == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0] and shape.size == 7
    again = shape.unflatten(leaves)
    assert again.pop("array").tolist() == [[6.0, 7.0]] and type(again["pair"]) is Pair
    assert again == {"w": [1.0, (2.0, {"deep": 3.0})], "pair": Pair(4.0, [5.0]), "none": []}


def test_a_gradient_has_the_structure_of_its_argument():
    f = lambda p, x: p["w"][0] * x[0] * x[0] + p["w"][1] * x[1] + p["b"]  # noqa: E731
    p, x = {"w": [2.0, 3.0], "b": 1.0}, (4.0, 5.0)
    assert grad(f)(p, x) == ({"w": [16.0, 5.0], "b": 1.0}, (16.0, 3.0))
    assert grad(f, argnums=0)(p, x) == {"w": [16.0, 5.0], "b": 1.0}
    assert grad(f, argnums=(1,))(p, x) == ((16.0, 3.0),) == grad(f, argnums=(-1,))(p, x)
    assert value_and_grad(f, argnums=1)(p, x) == (48.0, (16.0, 3.0))
    assert hessian(f, argnums=1)(p, x) == [[4.0, 0.0], [0.0, 0.0]]
    assert jvp(f, (p, x), ({"w": [1.0, 0.0], "b": 0.0}, (0.0, 1.0))) == (48.0, 19.0)
    assert hvp(f, (p, x), ({"w": [0.0, 0.0], "b": 0.0}, (1.0, 0.0))) == ({"w": [8.0, 0.0], "b": 0.0}, (4.0, 0.0))


def test_an_array_is_a_vector():
    f = lambda x: (x * x).sum() * x[0]  # noqa: E731
    x = np.array([1.0, 2.0])
    gradient = grad(f)(x)
    assert isinstance(gradient, np.ndarray) and gradient.dtype == float and gradient.tolist() == [7.0, 4.0]
    assert hessian(f)(x).tolist() == [[6.0, 4.0], [4.0, 2.0]]
    assert hvp(f, x, np.array([1.0, 0.0])).tolist() == [6.0, 4.0]
    assert jacobian(lambda x: x * x)(x).tolist() == [[2.0, 0.0], [0.0, 4.0]]
    value, slope = jvp(lambda x: np.exp(x), x, np.array([0.0, 1.0]))
    assert value.tolist() == pytest.approx(np.exp(x)) and slope.tolist() == [0.0, math.exp(2.0)]
    assert grad(lambda m: m[0, 1] * m[1, 0])(np.ones((2, 2))).tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_vjp_pulls_a_gradient_back():
    value, pull = vjp(lambda x, y: {"product": x * y, "log": log(x)}, 0.0, 3.0)
    assert value == {"product": 0.0, "log": -math.inf}
    assert pull({"product": 2.0, "log": 0.0}) == (6.0, 0.0)  # a gradient of 0 sends nothing, not 0 * inf
    with pytest.raises(ArgumentError, match="expected 2 numbers, one for each output of f, got 1"):
        pull([1.0])
    assert grad(lambda s: vjp(lambda x: s * x * x, 3.0)[1](1.0))(2.0) == 6.0


def test_a_direction_and_a_gradient_go_by_the_keys_of_dicts():
    f = lambda p: {"square": p["a"] ** 2, "triple": 3 * p["b"]}  # noqa: E731
    g = lambda p: p["a"] ** 2 * p["b"]  # noqa: E731
    at = {"a": 1.0, "b": 2.0}
    assert jvp(f, at, {"b": 0.0, "a": 10.0})[1] == jvp(f, (at,), ({"b": 0.0, "a": 10.0},))[1] == {"square": 20.0, "triple": 0.0}
    for take, second in ((vjp, hvp), (autodiff.compile(f).vjp, autodiff.compile(g).hvp)):
        pull = take(f, at)[1] if take is vjp else take(at)[1]
        assert pull({"triple": 0.0, "square": 1.0}) == {"a": 2.0, "b": 0.0} == pull({"square": 1.0, "triple": 0.0})
        along = [{"b": 0.0, "a": 1.0}, {"a": 1.0, "b": 0.0}, [1.0, 0.0]]
        assert [second(g, at, each) if second is hvp else second(at, each) for each in along] == [{"a": 4.0, "b": 2.0}] * 3
        for wrong in ({"square": 1.0, "cube": 0.0}, [{"square": 1.0}, {"triple": 1.0}]):
            with pytest.raises(ArgumentError, match=r"expected the structure of \{'square': .*, got .*"):
                pull(wrong)


def test_a_jacobian_of_a_dict_has_a_row_of_an_array_for_each_element():
    f = lambda x: {"y": np.array([x[0], 2 * x[0] + x[1], 3 * x[1]]), "z": x[0] * x[1]}  # noqa: E731
    found = jacobian(f)(np.array([5.0, 7.0]))
    assert found["y"].tolist() == [[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]] and found["z"].tolist() == [7.0, 5.0]
    matrix = jacobian(lambda m: {"m": m.T * 1.0, "none": np.array([])})(np.arange(6.0).reshape(2, 3))["m"]
    assert matrix.shape == (3, 2, 2, 3) and matrix[2, 1, 1, 2] == 1.0
    for of in (jacobian, lambda f: autodiff.compile(f).jacobian):
        assert of(lambda x, y: {"y": np.array([x * y, x + y])})(2.0, 3.0) == {"y": [(3.0, 2.0), (1.0, 1.0)]}


def test_numbers_in_numbers_out():
    outer = Value(2.0)
    f = lambda x: x * outer  # noqa: E731
    assert type(grad(f)(3.0)) is float and type(value_and_grad(f)(3.0)[0]) is float
    assert type(hessian(f)(3.0)[0][0]) is float and type(jvp(f, 3.0, 1.0)[1]) is float
    assert type(hvp(f, 3.0, 1.0)) is float and type(jacobian(f)(3.0)[0]) is float
    assert type(grad(f)(Value(3.0))) is Value
    assert grad(lambda y: y * grad(lambda x: x * y)(3.0))(2.0) == 4.0
    assert grad(lambda y: jvp(lambda x: x * x * y, y, 1.0)[1])(3.0) == 12.0
    assert autodiff.compile(lambda y: y * grad(lambda x: x * y)(3.0)).value_and_grad(2.0) == (4.0, (4.0,))


@pytest.mark.parametrize("weight", [0.5, -0.5, 2.0, 0.0])
def test_derivatives_in_a_gradient_and_in_a_direction(weight):
    """What is pulled back and what is pushed forward is linear in it, also where it is 0."""
    cube, w = lambda x: x**3, Value(weight)
    assert value_and_grad(lambda s: vjp(cube, 2.0)[1](s))(weight) == (12.0 * weight, 12.0)
    assert value_and_grad(lambda d: hvp(cube, 2.0, d))(weight) == (12.0 * weight, 12.0)
    assert value_and_grad(lambda d: jvp(cube, 2.0, d)[1])(weight) == (12.0 * weight, 12.0)
    assert grad(lambda x: hvp(cube, x, weight))(2.0) == 6.0 * weight
    slope = slope_along(cube, 2.0, w)
    slope.backward()
    assert (slope.data, w.grad) == (12.0 * weight, 12.0)
    assert not weight or vjp(log, 0.0)[1](w).data == math.copysign(math.inf, weight)


def test_a_gradient_of_0_that_is_a_value_sends_nothing_either():
    assert vjp(log, 0.0)[1](Value(0.0)).data == 0.0 == hvp(lambda x: x**1.5, 0.0, Value(0.0)).data
    two = lambda s: vjp(lambda x: [log(x), 3 * x], 0.0)[1]([0.0, s])  # noqa: E731
    assert value_and_grad(two)(0.0) == (0.0, 3.0) and autodiff.compile(two).value_and_grad(0.0) == (0.0, (3.0,))
    assert value_and_grad(lambda s: vjp(lambda x: [x * x, x**3], 2.0)[1]([5.0, s]))(0.0) == (20.0, 12.0)
    f = autodiff.compile(lambda d: hvp(lambda x: x**3, 2.0, d), "numpy")
    assert [each.tolist() for each in f.value_and_grad(np.array([0.0, 2.0]))[1]] == [[12.0, 12.0]]


def test_a_slope_along_a_direction_at_a_kink_says_so():
    with pytest.warns(KinkWarning):
        slope_along(abs, 0.0, 1.0)


def test_an_input_that_does_not_move_sends_nothing():
    assert jvp(lambda x, y: log(x) - y**2, (0.0, 1.0), (0.0, 1.0)) == (-math.inf, -2.0)
    assert hvp(lambda x, y: x**1.5 + y**3, (0.0, 1.0), (0.0, 1.0)) == (0.0, 6.0)
    assert hvp(lambda x: x * x, 1.0, 0.0) == 0.0


def test_mistakes_of_places_are_named():
    f = lambda x, y: x * y  # noqa: E731
    with pytest.raises(ArgumentError, match="expected places from 0 to 1, those of the arguments, got 2"):
        grad(f, argnums=2)(1.0, 2.0)
    with pytest.raises(OperandError, match="the place of an argument, or a tuple of places, got 'x'"):
        grad(f, argnums="x")(1.0, 2.0)
    with pytest.raises(OperandError, match="got 'one'"):
        grad(f)({"a": "one"}, 2.0)


KINKED = [
    ("abs", lambda x: autodiff.cos(abs(x)), (0.0,)), ("hypot", lambda a, b: exp(-(hypot(a, b) ** 2)), (0.0, 0.0)),
    ("maximum", lambda x, y: maximum(x, y) ** 2, (1.0, 1.0)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "f", "at"), KINKED, ids=lambda x: x if isinstance(x, str) else "")
def test_a_second_derivative_at_a_kink_says_so_and_names_the_line(name, f, at):
    for route in (lambda: hessian(f)(*at), lambda: hvp(f, at, (1.0,) * len(at)), lambda: nested(f, at)):
        with pytest.warns(KinkWarning, match=rf"{name}\(.*, at .*test_structure.*stands at a kink"):
            route()


def nested(f, at):
    return grad(lambda *xs: grad(f, argnums=0)(*xs))(*at)


def test_smooth_points_and_steps_are_silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hessian(lambda x: maximum(x, x) * x)(1.0)
        hessian(lambda x: autodiff.floor(x) * x * x)(2.0)
        hessian(lambda x: abs(x) ** 3)(0.5)
        grad(abs)(0.0)


def test_the_guide_is_true():
    guide = Path(__file__).parent.parent / "docs" / "derivatives.md"
    assert doctest.testfile(str(guide), module_relative=False).attempted > 10
    assert doctest.testfile(str(guide), module_relative=False).failed == 0


@pytest.mark.parametrize("run", [grad, hessian, lambda f: lambda x: hvp(f, x, x)])
def test_a_list_that_the_function_takes_for_an_array_is_explained_beneath_pythons_own_error(run):
    with pytest.raises(TypeError) as found:
        run(lambda x: x * x)([1.0, 2.0])
    assert "pass a NumPy array" in found.value.__notes__[0]
    with pytest.raises(TypeError) as found:
        run(lambda x: x + "one")(1.0)
    assert not hasattr(found.value, "__notes__")
