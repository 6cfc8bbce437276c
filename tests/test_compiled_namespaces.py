"""Programs run in any namespace of the array API: array-api-strict has that API and nothing else."""

import importlib
import math
from types import SimpleNamespace

import numpy as np
import pytest

import test_compiled_agrees as special
import test_compiled_roll as rolling
from autodiff import (
    Value, atan2, compile, cos, elu, erf, exp, hypot, leaky_relu, maximum, minimum, relu, tanh, total, where,
)
from autodiff.compiled.codegen.portable import ArrayAPI
from autodiff.errors import ArgumentError

STRICT = "array_api_strict"
strict = pytest.importorskip(STRICT, reason="array-api-strict is not installed")


def same(actual, expected, tolerance):
    """Equal but for rounding, nan where nan, and arrays of the namespace that was asked for."""
    assert isinstance(actual, float) or type(actual).__module__.startswith(STRICT)
    actual = np.asarray(actual)
    assert actual.shape == np.shape(expected) and actual.dtype == np.float64
    return np.allclose(actual, expected, rtol=tolerance, atol=0, equal_nan=True)


def agrees(function, arguments, tolerance=0.0):
    """What the strict namespace gives is what NumPy gives, for a batch or for numbers."""
    expected = compile(function, "numpy").value_and_grad(*arguments)
    compiled = compile(function, STRICT)
    actual = compiled.value_and_grad(*[strict.asarray(x) if np.ndim(x) else x for x in arguments])
    assert same(actual[0], expected[0], tolerance)
    assert all(same(a, b, tolerance) for a, b in zip(actual[1], expected[1], strict=True))
    return compiled


@pytest.mark.parametrize("name", sorted(special.EVERY))
def test_every_operation_gives_what_numpy_gives_at_every_special_value(name):
    function = special.EVERY[name]
    points = np.array(np.meshgrid(*[special.SPECIAL] * special.arity(function))).reshape(special.arity(function), -1)
    agrees(function, list(points), 1e-15)
    agrees(function, points[:, 3].tolist(), 1e-15)


BESIDE_NUMBERS = {
    "angles": lambda x: atan2(x, 1.0) + atan2(-2.0, x), "lengths": lambda x: hypot(x, 3.0) + hypot(4.0, x),
    "powers": lambda x: x**2.5 + 2.5**x + x**2, "remainders": lambda x: x % 0.7 + 3.0 % x,
    "sides": lambda x: maximum(x, 0.5) - minimum(-0.5, x), "slopes": lambda x: elu(x, 0.3) + leaky_relu(x, 0.2),
    "quotients": lambda x: 1 / x + x / 3, "choices": lambda x: where(x > 0, 2.0, x),
}  # fmt: skip


@pytest.mark.parametrize("name", BESIDE_NUMBERS)
def test_operations_beside_plain_numbers_give_what_numpy_gives(name):
    agrees(BESIDE_NUMBERS[name], [np.array(special.SPECIAL)], 1e-15)


@pytest.mark.parametrize("name", sorted(special.NARY))
def test_operations_of_many_inputs_give_what_numpy_gives(name):
    agrees(special.NARY[name], list(np.random.default_rng(0).normal(size=(4, 3))), 1e-15)


@pytest.mark.parametrize("worth", [0, 2])
@pytest.mark.parametrize("head", rolling.HEADS)
def test_rolled_programs_give_what_numpy_gives(head, worth, monkeypatch):
    monkeypatch.setattr("autodiff.compiled.recordings.WORTH", worth)
    monkeypatch.setattr("autodiff.compiled.recordings.LEAST", 16 * worth)
    run, rng = rolling.network([3, 6], None), np.random.default_rng(3)
    rows, weights = rng.normal(size=(3, 4)), rng.normal(size=24).tolist()
    for xs in (list(rows), rows[:, 0].tolist()):
        agrees(lambda *v: rolling.HEADS[head](run(v[:3], v[3:])), [*xs, *weights], 1e-12)
    agrees(lambda *v: rolling.HEADS[head](v), list(rng.normal(size=(6, 4))), 1e-12)


def test_arrays_of_the_namespace_come_back_also_where_rows_branch_or_nothing_depends_on_them():
    f = compile(lambda x, y: [x * x if x > 0 else -x, Value(3.0) + 0 * y], STRICT)
    first, second = f(strict.asarray([1.0, -2.0]), 1.0)
    assert type(first).__module__.startswith(STRICT) and np.asarray(first).tolist() == [1.0, 2.0]
    assert type(second).__module__.startswith(STRICT) and np.asarray(second).tolist() == [3.0, 3.0]


def test_arguments_of_numpy_numbers_and_captured_values_become_arrays_of_the_namespace():
    w = Value(2.0)
    f = compile(lambda x, y: w * tanh(x) + y, STRICT)
    for _ in range(2):
        expected = w.data * np.tanh([0.5, 1.0]) + 3.0
        assert np.allclose(np.asarray(f(np.array([0.5, 1.0]), 3.0)), expected, rtol=1e-15)
        w.data = 5.0


def test_single_precision_stays_single():
    f = compile(lambda x, y: tanh(x) * relu(y) + erf(x) * 0.5, STRICT)
    x = strict.asarray([0.5, 1.5], dtype=strict.float32)
    value, (dx, dy) = f.value_and_grad(x, 2.0)
    assert value.dtype == dx.dtype == strict.float32 and type(dy) is float


def test_the_source_has_functions_where_numpys_has_methods():
    f = compile(lambda *xs: total([relu(x) for x in xs]), STRICT)
    f(*np.ones((40, 3)))
    assert "total(relu" in f.source and "sum(xs, axis=-1)" in f.source
    assert ".sum(" not in f.source and f"from {STRICT} import" in f.source


@pytest.mark.parametrize(("spec", "shapes"), [("rk,jk->jr", [(2, 3), (4, 3)]), ("rk,rk->k", [(2, 3), (2, 3)]),
                                              ("abk,bk->ba", [(2, 3, 4), (3, 4)]), ("ab,ba->", [(2, 3), (3, 2)])])  # fmt: skip
def test_a_sum_of_products_that_is_no_matrix_product_is_multiplied_and_summed(spec, shapes):
    left, right = (np.random.default_rng(0).normal(size=shape) for shape in shapes)
    names = {name: getattr(strict, name) for name in ("sum", "permute_dims")}
    names |= {"x": strict.asarray(left), "y": strict.asarray(right)}
    found = eval(ArrayAPI().einsum(spec, "x", "y"), names)
    assert np.allclose(np.asarray(found), np.einsum(spec, left, right), rtol=1e-14)


@pytest.mark.parametrize("target", ["json", "numpy.nonsense"])
def test_a_module_without_arrays_is_refused(target):
    with pytest.raises(ArgumentError, match=f"expected a module of arrays as the target, got {target}"):
        compile(lambda x: x + 1.0, target)(1.0)


def test_a_namespace_that_lacks_a_function_is_refused(monkeypatch):
    module = SimpleNamespace(asarray=np.asarray, __name__="scarce_arrays")
    monkeypatch.setitem(importlib.import_module("sys").modules, "scarce_arrays", module)
    with pytest.raises(ArgumentError, match="scarce_arrays"):
        compile(tanh, "scarce_arrays")(1.0)


def test_a_function_of_a_number_that_is_inf_is_a_number():
    """Array modules have functions of arrays alone; a choice of 0.0 made 0.0 ** -1.0, and its cosine, plain numbers."""
    s = Value(1.0)

    def f():
        return cos(where(tanh(-0.5) > 0, s, 0.0) ** -1) + exp(where(s < 0, s, 0.0) ** -1) + Value(1.0) / where(s < 0, s, 0.0)

    assert math.isnan(compile(f, "array_api_strict")()) and math.isnan(f().data)
