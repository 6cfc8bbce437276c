"""What programs written after the lecture, after NumPy and after other engines ask of a Value."""

import builtins
import math
import operator

import numpy as np
import pytest

import autodiff
from autodiff import Value, nn
from autodiff.errors import OperandError
from autodiff.ops import TABLE

ONE_INPUT = [op.name for op in autodiff.ops.FUNCTIONS if op.arity == 1]


@pytest.mark.parametrize("name", ONE_INPUT)
def test_every_function_of_one_input_is_a_method(name):
    at = 1.25 if name == "acosh" else 0.375
    x, again = Value(at), Value(at)
    y, z = getattr(x, name)(), getattr(autodiff, name)(again)
    y.backward()
    z.backward()
    assert (y.op, y.data, x.grad) == (name, z.data, again.grad)


def test_a_format_writes_the_number_and_round_rounds_it():
    x = Value(2.0 / 3, name="x")
    assert f"{x:.2f}" == "0.67" and f"{x}" == repr(x) and round(x, 2) == 0.67 and round(x) == 1


def test_backward_may_start_from_another_gradient():
    x = Value(3.0)
    (x * x).backward(0.5)
    assert x.grad == 3.0
    (x * x).backward(gradient=np.float32(2))
    assert x.grad == 15.0
    with pytest.raises(OperandError, match="retain_graph=True: a graph is kept"):
        (x * x).backward(retain_graph=True)
    with pytest.raises(OperandError, match="got None; to start afresh, write p.grad = 0.0"):
        x.grad = None
    with pytest.raises(OperandError, match="backward: expected .* got None"):
        x.backward(None)
    assert x.grad == 15.0


def test_too_many_arguments_of_backward_are_told_by_its_name():
    with pytest.raises(TypeError, match=r"backward\(\) takes"):
        (Value(1.0) * 2).backward(1.0, 2.0)


def test_the_names_of_the_lecture():
    a = Value(2.0, label="a")
    b = a + a
    b.label = "b"
    assert (a.label, a.name, b.name, Value(1.0).label) == ("a", "a", "b", "")
    assert b._prev == (a,) and b._op == "+" and a._op == "" and b.tanh()._op == "tanh" and a._prev == ()
    b.label = ""
    assert b.name is None


def test_what_a_program_attaches_or_looks_for_gets_a_sentence():
    v = Value(1.0)
    with pytest.raises(AttributeError, match="local derivatives are numbers, fixed when an operation runs"):
        v._backward = lambda: None
    for name, way in {"item": "v.data", "detach": "stop_gradient", "zero_grad": "v.grad = 0.0", "requires_grad": "every Value", "max": "maximum"}.items():
        with pytest.raises(AttributeError, match=way):
            getattr(v, name)
        with pytest.raises(AttributeError, match=way):
            setattr(v, name, 1.0)
        assert name not in dir(v) and not hasattr(v, name)
    assert not hasattr(v, "__array_interface__")
    if autodiff.engine == "native":  # Python itself asks "Did you mean: 'tanh'?" where an error ends a program
        for name, way in {"color": "no attribute 'color'; .* keep what is yours in a dict by Value", "tahn": "did you mean 'tanh'"}.items():
            with pytest.raises(AttributeError, match=way):
                getattr(v, name)


def test_a_name_that_is_not_here_is_answered_with_the_one_that_is_meant():
    from autodiff.nn import plots

    for place, name, way in [(autodiff, "tahn", "did you mean 'tanh'"), (autodiff, "max", "maximum"), (nn, "relu", "it is autodiff.relu"),
                             (nn, "Earlystoping", "nn.callbacks.EarlyStopping"), (nn, "Dens", "nn.Dense"), (plots, "history", "losses")]:
        with pytest.raises(AttributeError, match=way):
            getattr(place, name)


def test_numpy_functions_of_values_are_ours():
    for name in ("exp", "log", "sin", "arctan", "tanh", "sqrt", "sign", "floor", "square", "negative", "absolute"):
        v, number = Value(0.5), getattr(np, name)(0.5)
        assert getattr(np, name)(v).data == pytest.approx(number, rel=1e-15) and getattr(np, name)(v).parents[0] is v
    a, b = Value(0.5), Value(2.0)
    for name in ("maximum", "minimum", "hypot", "arctan2", "add", "divide", "power", "remainder", "logaddexp"):
        assert getattr(np, name)(a, b).data == pytest.approx(getattr(np, name)(0.5, 2.0), rel=1e-15)
        assert getattr(np, name)(0.5, b).data == pytest.approx(getattr(np, name)(0.5, 2.0), rel=1e-15)
    with pytest.raises(OperandError, match="numpy.cbrt: expected numbers, got a Value"):
        np.cbrt(a)
    with pytest.raises(OperandError, match="numpy.add"):
        np.add(np.ones(1), a, out=np.ones(1))


BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod]


@pytest.mark.parametrize("f", BINARY)
@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, np.array])
def test_numpy_scalars_stand_on_either_side_and_arrays_of_numbers_on_none(f, kind):
    v = Value(3.0)
    left, right = f(kind(2.0), v), f(v, kind(2.0))
    assert type(left) is type(right) is Value and (left.data, right.data) == (f(2.0, 3.0), f(3.0, 2.0))
    for wrong in (lambda: f(np.ones(2), v), lambda: f(v, np.ones(2))):
        with pytest.raises(TypeError):
            wrong()
    objects = np.array([v, 2.0], dtype=object)
    assert [type(y) for y in f(objects, v)] == [Value, Value] == [type(y) for y in f(v, objects)]


def test_comparisons_with_numpy_scalars_compare_numbers_and_equality_is_identity():
    v = Value(3.0)
    assert (np.float64(2) < v) is True and (np.float64(4) <= v) is False and (np.float64(4) > v) is True
    assert not (np.float64(3) == v) and np.float64(3) != v
    objects = np.array([v, Value(1.0)])
    objects *= v
    assert [y.data for y in objects] == [9.0, 3.0]
    assert [y.data for y in np.exp(np.array([Value(0.0)]))] == [1.0]


def test_a_function_of_math_names_ours():
    v = Value(1.0)
    with pytest.raises(OperandError, match=r"autodiff\.cos\(v\) for math\.cos"):
        math.cos(v)
    with pytest.raises(OperandError, match=r"autodiff\.exp\(v\) for math\.exp"):
        float(v)
    with pytest.raises(OperandError, match=r"; use v\.data$"):  # there is no isnan of ours to name
        math.isnan(v)


def test_every_row_says_its_symbol():
    assert all(TABLE[name].symbol for name in TABLE)


def test_what_other_libraries_have_is_answered_with_what_to_write_here(tmp_path):
    x = Value(2.0)
    y = x * x
    asked = {
        r"gradient_graph\(y, inputs\)": lambda: y.backward(inputs=[x]),
        r'drawing\.save\("graph\.svg"\)': lambda: autodiff.draw_dot(y).render(tmp_path / "graph", view=True),
        "go through these one by one": lambda: x * [1.0, 2.0],
        "did you mean 'mean_squared_error'": lambda: nn.losses.mse([1.0], [x]),
        "did you mean 'Value'": lambda: autodiff.tensor([1.0]),
        r"draw\(model\(row\)\)": lambda: autodiff.draw(nn.MLP(2, [1])),
        r"autodiff\.sin\(v\) for math\.sin\(v\)": lambda: math.sin(x),
        r"p\.grad = 0\.0": lambda: setattr(x, "grad", None),
        "did you mean 'losses'": lambda: nn.plots.history,
        r"nn\.callbacks\.EarlyStopping": lambda: nn.EarlyStopping,
    }
    for sentence, ask in asked.items():
        with pytest.raises((AttributeError, OperandError), match=sentence):
            ask()


def test_a_star_import_leaves_what_python_has_built_in():
    brought: dict[str, object] = {}
    exec("from autodiff import *", brought)
    assert not {name for name in brought if hasattr(builtins, name)} - {"__builtins__"}


@pytest.mark.parametrize("name, meant", [("complie", "compile"), ("tesing", "testing"), ("gradd", "grad"), ("Tensor", "Value")])
def test_a_misspelt_name_of_the_library_is_answered_with_the_nearest_that_it_has(name, meant):
    with pytest.raises(AttributeError, match=f"did you mean '{meant}'"):
        getattr(autodiff, name)
    assert meant in dir(autodiff)
