"""Structures as arguments and results of compiled functions; derivatives in the form in which the eager ones come."""

import copy
import pickle
from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff
from autodiff import Value, compile, log, relu, sin, sqrt, tanh, total, where
from autodiff.compiled import from_json, to_json
from autodiff.errors import ArgumentError, OperandError

TARGETS = [None, "math", "numpy", *["native"] * (autodiff.engine == "native")]
Layer = namedtuple("Layer", "w b")


def neuron(p, x):
    return tanh(p["w"][0] * x[0] + p["w"][1] * x[1] + p["b"])


def several(p, x):
    return {"sum": p["w"][0] + x[1], "rest": (p["w"][1] * x[0], [sin(p["b"]) * x[0]])}


def layers(layers, x):
    for layer in layers:
        x = [relu(total([w * each for w, each in zip(row, x)]) + b) for row, b in zip(layer.w, layer.b)]
    return x[0] * x[0]


def vector(x):
    return np.array([x[0] * x[1], x @ x, sin(x[2])], object)


P, X = {"w": [0.5, -1.5], "b": 0.25}, (2.0, 0.75)
LAYERS = [Layer([[0.5, -1.0], [0.25, 2.0]], [0.1, 0.2]), Layer([[1.5, -0.5]], [0.3])]
CALLS = {
    "dict and tuple": (neuron, (P, X)),
    "named tuples in a list": (layers, (LAYERS, [1.0, 0.5])),
    "a list": (lambda xs: total([x * x * x for x in xs]), ([1.0, 2.0, 3.0],)),
    "nothing in it": (lambda x, extra: x * x + 0.0 * len(extra), (3.0, [])),
    "numbers": (lambda x, y: x * x * sin(y), (2.0, 0.5)),
    "one number": (lambda x: x * x * x, (2.0,)),
}


def rows_of(tree, count=3):
    """The same structure with an array, of so many unlike rows, in the place of each number."""
    leaves, shape = autodiff.structure.flatten(tree)
    return shape.unflatten([leaf * np.linspace(0.5, 1.5, count) for leaf in leaves])


def row(tree, index):
    """One row of a structure of arrays; what is no array is shared by all."""
    leaves, shape = autodiff.structure.flatten(tree, lambda x: ([x], autodiff.structure.LEAF))
    return shape.unflatten([x[index] if np.ndim(x) else x for x in leaves])


def same(found, expected):
    """Equal in structure, and in numbers but for rounding."""
    (ours, shape), (theirs, other) = map(autodiff.structure.flatten, (found, expected))
    assert shape == other and ours == pytest.approx(theirs, rel=1e-12, abs=1e-14), (found, expected)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", CALLS)
def test_value_gradient_and_derivatives_are_those_of_eager_in_form_and_number(name, target):
    function, at = CALLS[name]
    f = compile(function, target)
    value, gradient = autodiff.value_and_grad(function)(*at)
    same(f(*at), value)
    same(f.value_and_grad(*at), (value, gradient if len(at) > 1 else (gradient,)))
    same(f.hessian(*at), autodiff.hessian(function)(*at))
    same(f.jacobian(*at), autodiff.jacobian(function)(*at))
    same(f.hvp(at, at), autodiff.hvp(function, at, at))
    same(f.vjp(*at)[1](2.0), autodiff.vjp(function, *at)[1](2.0))


@pytest.mark.parametrize(("name", "target"), [
    pytest.param(name, target, marks=pytest.mark.slow if (name, target) == ("named tuples in a list", "jax.numpy") else ())
    for name in CALLS for target in (None, "numpy", "jax.numpy")
])  # fmt: skip
def test_each_row_of_a_batch_is_what_it_is_alone(name, target):
    if target == "jax.numpy":
        pytest.importorskip("jax")
    function, one = CALLS[name]
    f, at = compile(function, target), rows_of(one)
    with autodiff_in_64_bits(target):
        results = f.value_and_grad(*at), f.hessian(*at), f.jacobian(*at), f.hvp(at, one), f.vjp(*at)[1](2.0)
    for index in range(3):
        alone = row(at, index)
        value, gradient = autodiff.value_and_grad(function)(*alone)
        expected = ((value, gradient if len(alone) > 1 else (gradient,)), autodiff.hessian(function)(*alone),
                    autodiff.jacobian(function)(*alone), autodiff.hvp(function, alone, one),
                    autodiff.vjp(function, *alone)[1](2.0))  # fmt: skip
        for found, wanted in zip(results, expected, strict=True):
            same(row(found, index), wanted)


def autodiff_in_64_bits(target):
    if target != "jax.numpy":
        return np.errstate()
    jax = pytest.importorskip("jax")
    return jax.enable_x64() if hasattr(jax, "enable_x64") else jax.experimental.enable_x64()


@pytest.mark.parametrize("target", TARGETS)
def test_results_come_in_the_structure_that_the_function_returns(target):
    f = compile(several, target)
    same(f(P, X), autodiff.vjp(several, P, X)[0])
    same(f.jacobian(P, X), autodiff.jacobian(several)(P, X))
    seed = {"sum": 1.0, "rest": (0.0, [2.0])}
    same(f.vjp(P, X)[1](seed), autodiff.vjp(several, P, X)[1](seed))
    assert compile(lambda x: (x, [x * x]), target)(3.0) == (3.0, [9.0])


@pytest.mark.parametrize("target", [None, "numpy", "jax.numpy"])
def test_of_an_array_the_first_axis_is_rows_and_the_function_gets_the_rest(target):
    if target == "jax.numpy":
        pytest.importorskip("jax")
    X = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 0.25]], np.float64)
    f, square = compile(vector, target), compile(lambda x: x @ x, target)
    with autodiff_in_64_bits(target):
        assert np.asarray(f(X)) == pytest.approx(np.array([[y.data for y in vector(np.array([*map(Value, x)]))] for x in X]))
        assert np.asarray(f.jacobian(X)) == pytest.approx(np.array([autodiff.jacobian(vector)(x) for x in X]))
        value, (gradient,) = square.value_and_grad(X)
        assert np.asarray(gradient) == pytest.approx(2 * X) and np.asarray(value) == pytest.approx((X * X).sum(axis=1))
        assert np.asarray(square.hessian(X)) == pytest.approx(np.array([2 * np.eye(3)] * 2))
        assert np.asarray(square.hvp(X, X)) == pytest.approx(2 * X)
        deep = compile(lambda a: a[0, 1] * a[1, 0], target).value_and_grad(np.arange(8.0).reshape(2, 2, 2))[1][0]
    assert np.asarray(deep).tolist() == [[[0.0, 2.0], [1.0, 0.0]], [[0.0, 6.0], [5.0, 0.0]]]


def test_a_structure_beside_arrays_is_shared_and_its_gradient_is_the_sum_of_the_rows():
    X = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]])
    value, (of_p, of_x) = compile(neuron).value_and_grad(P, X)
    alone = [autodiff.value_and_grad(neuron)(P, x) for x in X]
    same(of_p, {"w": [sum(g["w"][i] for _, (g, _) in alone) for i in (0, 1)], "b": sum(g["b"] for _, (g, _) in alone)})
    assert of_x == pytest.approx(np.array([g for _, (_, g) in alone])) and value == pytest.approx(np.array([y for y, _ in alone]))
    same(compile(neuron).vjp(P, X)[1](1.0)[0], of_p)


def test_rows_of_no_numbers_are_refused():
    """Their number would be lost, and a shared argument's gradient would count one row."""
    with pytest.raises(ArgumentError, match=r"at least one number in each row of x, got \(3, 0\)"):
        compile(lambda x, y: 2 * y).value_and_grad(np.ones((3, 0)), 1.0)


@pytest.mark.parametrize("argnums", [(0, 0), (1, -1)])
def test_an_argument_that_is_chosen_twice_is_refused(argnums):
    for run in (compile(lambda x, y: x * y, argnums=argnums).value_and_grad, autodiff.grad(lambda x, y: x * y, argnums)):
        with pytest.raises(ArgumentError, match="expected each argument once"):
            run(2.0, 3.0)


@pytest.mark.parametrize("argnums", [0, 1, -1, (0,), (1, 0)])
def test_argnums_chooses_arguments_as_in_grad(argnums):
    f = compile(neuron, argnums=argnums)
    for at in ((P, X), ({"w": (1.0, 2.0), "b": 3.0}, X)):
        same(f.value_and_grad(*at), autodiff.value_and_grad(neuron, argnums)(*at))
        same(f.jacobian(*at), autodiff.jacobian(neuron, argnums)(*at))
        same(f.hessian(*at), autodiff.hessian(neuron, argnums)(*at))
    with pytest.raises(ArgumentError, match="places from 0 to 1"):
        compile(neuron, argnums=2).value_and_grad(P, X)


def test_arguments_by_keyword_come_back_by_name_as_they_do_eagerly():
    for function, names in ((lambda x, y: x * x * y, {"y": 2.0, "x": 3.0}), (lambda x, *, k: [x * k, k * k], {"k": 2.0})):
        at = (3.0,) * (len(names) == 1)
        same(compile(function).jacobian(*at, **names), autodiff.jacobian(function)(*at, **names))


def test_structures_of_one_function_are_kept_apart():
    f = compile(lambda tree: total([leaf * place for place, leaf in enumerate(leaves_of(tree), 1)]))
    for tree in ([1.0, 2.0], (1.0, 2.0), [[1.0], 2.0], {"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0}, [1.0, [2.0]], Layer(1.0, 2.0)):
        for _ in range(2):
            value, (gradient,) = f.value_and_grad(tree)
            same((value, gradient), autodiff.value_and_grad(f.function)(tree))


def leaves_of(tree):
    return autodiff.structure.flatten(tree)[0]


def test_an_input_whose_weight_is_0_sends_nothing_back():
    root = compile(lambda x, y: sqrt(x) * y)
    assert root.hvp((0.0, 2.0), (0.0, 0.0)) == autodiff.hvp(lambda x, y: sqrt(x) * y, (0.0, 2.0), (0.0, 0.0)) == (0.0, 0.0)
    both = compile(lambda x: [sqrt(x), 3 * x])
    assert both.vjp(0.0)[1]([0.0, 1.0]) == 3.0 and both.vjp(0.0)[1]([-0.0, 2.0]) == 6.0
    assert both.vjp(np.zeros(2))[1]([0.0, 1.0]).tolist() == [3.0, 3.0]
    many = compile(lambda *xs: total([x * x * x for x in xs]))
    for place in range(70):  # one recording serves every direction
        direction = tuple(float(index == place) for index in range(70))
        assert many.hvp((2.0,) * 70, direction)[place] == 12.0


def test_programs_that_gave_lists_for_rows_are_told_what_changed():
    for function in (lambda x, y: x * y, lambda x, y: tanh(x), lambda x, y: x if x > 0 else y, lambda x, y: x.data * y):
        with pytest.raises(OperandError, match=r"x and y came as a list, which is structure.*a NumPy array, as in numpy.array\(x\)"):
            compile(function)([1.0, 2.0], [3.0, 4.0])
    for function in (lambda x: x + x, lambda x: 2 * x, lambda x: x):
        with pytest.warns(UserWarning, match="made of its arguments as they came; x came as a list, which is structure"):
            compile(function)([1.0, 2.0])
    with pytest.raises(TypeError, match="^my own mistake"):
        compile(lambda x: 1 / 0 if x is None else mistake())(np.array([1.0]))


def mistake():
    raise TypeError("my own mistake")


def test_rows_whose_results_differ_in_structure_are_refused():
    with pytest.raises(ArgumentError, match="a result of one structure in all rows, got 2"):
        compile(lambda x: [x] if x > 0 else [x, x * x])(np.array([1.0, -1.0]))
    assert compile(lambda x: [x] if x > 0 else [x, x * x])(-2.0) == [-2.0, 4.0]


def test_captured_values_stand_beside_structures():
    w = Value(2.0)
    f = compile(lambda p: w * p["a"] * p["b"])
    assert f.value_and_grad({"a": 3.0, "b": 4.0}) == (24.0, ({"a": 8.0, "b": 6.0},))
    w.data = 1.0
    assert f({"a": 3.0, "b": 4.0}) == 12.0 and f.hessian({"a": 3.0, "b": 4.0}) == [[0.0, 1.0], [1.0, 0.0]]


def test_a_program_over_structures_is_saved_and_a_compiled_function_is_copied():
    f = compile(neuron, "numpy", argnums=1)
    value = f(P, X)
    assert from_json(to_json(f.program)) == f.program and f.program.inputs[:3] == ("p_0", "p_1", "p_2")
    for twin in (pickle.loads(pickle.dumps(f)), copy.deepcopy(f)):
        assert twin(P, X) == value and (twin.target, twin.argnums) == ("numpy", 1)


def test_names_of_leaves_are_none_of_the_other_arguments():
    f = compile(lambda x, x_0, **more: x[0] * x_0 * more["class"] * more["x_1"] * x[1], "numpy")
    assert f([2.0, 3.0], 5.0, **{"class": 7.0, "x_1": 11.0}) == 2310.0 and len(set(f.program.inputs)) == 5


trees = st.recursive(st.floats(-2.0, 2.0), lambda branch: st.lists(branch, max_size=3) | st.tuples(branch) | st.tuples(branch, branch)
                     | st.dictionaries(st.sampled_from("abc"), branch, max_size=3), max_leaves=8)  # fmt: skip


@given(trees, st.floats(-2.0, 2.0), st.sampled_from(TARGETS))
def test_any_structure_gives_what_it_gives_eagerly(tree, x, target):
    def function(tree, x):
        terms = [leaf * place * x + where(leaf > 0, log(1 + leaf * leaf), leaf) for place, leaf in enumerate(leaves_of(tree), 1)]
        return total([x, *terms])

    f = compile(function, target)
    same(f.value_and_grad(tree, x), autodiff.value_and_grad(function)(tree, x))
    same(f.hessian(tree, x), autodiff.hessian(function)(tree, x))


def test_a_list_in_itself_is_refused():
    endless = [1.0]
    endless.append(endless)
    with pytest.raises(ArgumentError, match="nested at most"):
        compile(lambda x: x[0])(endless)
