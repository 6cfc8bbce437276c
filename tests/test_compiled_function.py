"""What `compile` promises: arguments, shapes, guards, errors, source, threads, saved programs."""

import itertools

import numpy as np
import pytest

from autodiff import Value, dot, exp, log, relu, tanh, where
from autodiff.compiled import check, compile, from_json, to_json
from autodiff.compiled.ir.passes import share
from autodiff.compiled.ir.program import Instruction, Program
from autodiff.errors import ArgumentError, OperandError


def bowl(x, y):
    return x * x + 3.0 * y


def test_numbers_give_floats_and_arrays_give_one_result_for_each_row():
    f = compile(bowl)
    assert f(2.0, 1.0) == 7.0 and type(f(2, 1)) is float
    assert f(np.array([2.0, 0.0]), np.array([1.0, 2.0])).tolist() == [7.0, 6.0]
    assert f.value_and_grad(2.0, 1.0) == (7.0, (4.0, 3.0))


def test_a_number_among_arrays_is_shared_and_its_gradient_is_the_sum_over_the_rows():
    value, (dx, dy) = compile(bowl).value_and_grad(np.array([1.0, 2.0, 3.0]), 1.0)
    assert value.tolist() == [4.0, 7.0, 12.0]
    assert dx.tolist() == [2.0, 4.0, 6.0] and dy == 9.0 and type(dy) is float


def test_arguments_by_keyword_give_gradients_by_name():
    assert compile(bowl).value_and_grad(y=1.0, x=2.0) == (7.0, {"x": 4.0, "y": 3.0})
    assert compile(bowl).value_and_grad(2.0, y=1.0)[1] == {"x": 4.0, "y": 3.0}


def test_any_number_of_arguments():
    f = compile(lambda *xs: dot(xs, xs))
    assert f.value_and_grad(1.0, 2.0) == (5.0, (2.0, 4.0))
    assert f.value_and_grad(1.0, 2.0, 3.0) == (14.0, (2.0, 4.0, 6.0))


def test_where_selects_row_by_row_without_branching():
    f = compile(lambda x: where((x > 0) & (x < 10), log(x), 3 * x))
    value, (dx,) = f.value_and_grad(np.array([1.0, 0.0, -1.0, 20.0]))
    assert value.tolist() == [0.0, 0.0, -3.0, 60.0] and dx.tolist() == [1.0, 3.0, 3.0, 3.0]
    assert not f.program.guards


def test_what_is_not_selected_gives_nothing_whatever_its_slope():
    for target in ("math", "numpy"):
        assert compile(lambda x: where(x > 0, log(x) * exp(1 / x), 0.0), target).value_and_grad(0.0) == (0.0, (0.0,))


def test_captured_values_are_read_at_each_call():
    w = Value(2.0, name="w")
    f = compile(lambda x: w * x)
    assert f(3.0) == 6.0
    w.data = 5.0
    assert f(3.0) == 15.0 and f(np.array([1.0, 2.0])).tolist() == [5.0, 10.0]


def test_a_product_with_zero_is_computed():
    assert np.isnan(compile(lambda x: x * 0)(np.array([np.inf]))[0])


def test_functions_that_ignore_an_argument_or_all_of_them():
    assert compile(lambda x, y: x).value_and_grad(1.0, 2.0) == (1.0, (1.0, 0.0))
    assert compile(lambda x: 3.0).value_and_grad(1.0) == (3.0, (0.0,))
    value, (dx,) = compile(lambda x: Value(3.0)).value_and_grad(np.array([1.0, 2.0]))
    assert value.tolist() == [3.0, 3.0] and dx.tolist() == [0.0, 0.0]


def test_several_results_come_as_a_list():
    f = compile(lambda x: [x * x, exp(x)])
    assert f(0.0) == [0.0, 1.0]
    with pytest.raises(ArgumentError, match="one Value"):
        f.value_and_grad(0.0)


@pytest.mark.parametrize("arguments, message", [
    (((1.0,), {}), "expected the arguments .x, y., got 1 by position"),
    (((1.0, 2.0, 3.0), {}), "got 3 by position"),
    (((1.0,), {"z": 2.0}), "z by name"),
    (((np.ones(2), np.ones(1)), {}), "equal length, got x of 2, y of 1"),
    (((np.ones(0), np.ones(0)), {}), "at least one row"),
])  # fmt: skip
def test_wrong_arguments_are_errors_that_show_them(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        compile(bowl)(*arguments[0], **arguments[1])


@pytest.mark.parametrize("argument", ["1", None, 1j, {"k": None}, Value(1.0), np.array(["a"]), ["a"], [[Value(1.0)]]])
def test_what_is_no_number_is_an_error_that_names_the_argument(argument):
    with pytest.raises(OperandError, match="y"):
        compile(bowl)(1.0, argument)


def test_what_is_no_function_or_gives_no_value_is_an_error():
    with pytest.raises(OperandError, match="expected a function"):
        compile(3.0)
    with pytest.raises(OperandError, match="expected a Value, or a structure of Values, as its result, got 'no'"):
        compile(lambda x: "no")(1.0)


def test_inputs_are_never_changed_and_results_never_overwritten():
    x = np.array([1.0, 2.0])
    f = compile(lambda x: x)
    first, (dx,) = f.value_and_grad(x)
    first[0] = 9.0
    dx[0] = 9.0
    again, (dx_again,) = f.value_and_grad(x)
    assert x.tolist() == [1.0, 2.0] and again.tolist() == [1.0, 2.0] and dx_again.tolist() == [1.0, 1.0]


def test_the_source_runs_in_a_file_of_its_own(tmp_path):
    f = compile(lambda x, y: relu(x) / y - tanh(x))
    for arguments in [(2.0, 3.0), (np.array([2.0, -1.0]), 3.0)]:
        expected = f.value_and_grad(*arguments)
        path = tmp_path / "pasted.py"
        path.write_text(f.source)
        namespace = {}
        exec(builtins_compile(path.read_text(), str(path), "exec"), namespace)
        value, *gradients = namespace["value_and_grad"](*arguments)
        assert np.array_equal(value, expected[0])
        assert all(np.array_equal(a, b) for a, b in zip(gradients, expected[1]))


@pytest.mark.parametrize("target", ["numpy", "array_api_strict"])
def test_no_two_results_are_one_array(target):
    pytest.importorskip(target)
    for function in (lambda x, y, z: [x, x, x * 1.0], lambda x, y, z: x + y + z, lambda x, y, z: x):
        f = compile(function, target)
        arguments = [np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0])]
        results = f(*arguments) if isinstance(f(*arguments), list) else [f(*arguments), *f.value_and_grad(*arguments)[1]]
        arrays = [np.asarray(result) for result in results]
        for one, other in itertools.combinations([*arrays, *arguments], 2):
            assert not np.shares_memory(one, other)


builtins_compile = __builtins__["compile"] if isinstance(__builtins__, dict) else __builtins__.compile


def test_awkward_argument_names_do_not_hide_functions():
    f = compile(lambda exp, log, where, held, mul_3: exp * log + where * held * mul_3, "numpy")
    assert f.value_and_grad(2.0, 3.0, 1.0, 4.0, 5.0) == (26.0, (3.0, 2.0, 20.0, 5.0, 4.0))
    g = compile(lambda exp, d_exp: tanh(exp) * d_exp)
    assert g.value_and_grad(0.0, 2.0) == (0.0, (2.0, 0.0))


def test_a_program_is_saved_and_loaded_as_json():
    f = compile(lambda x: tanh(x) if x > float("-inf") else x)
    f(np.array([1.0, 2.0]))
    assert from_json(to_json(f.program)) == f.program


@pytest.mark.parametrize("text", [
    "", "[]", "null", '{"autodiff program": 2}', "[" * 100000,
    '{"autodiff program": 1, "instructions": [["__import__", [], [], false, null, ""]], "outputs": [0], "guards": []}',
    '{"autodiff program": 1, "instructions": [["input", [], [], false, null, "x);import os"]], "outputs": [0], "guards": []}',
    '{"autodiff program": 1, "instructions": [["constant", [], [], false, "os", ""]], "outputs": [0], "guards": []}',
    '{"autodiff program": 1, "instructions": [], "outputs": [0], "guards": []}',
])  # fmt: skip
def test_text_that_is_no_program_is_an_error_and_runs_nothing(text):
    with pytest.raises(ArgumentError, match="program"):
        from_json(text)


def test_a_program_that_cannot_run_is_named():
    with pytest.raises(ArgumentError, match="instruction 0, 'tanh'.*operands made before it"):
        check(Program((Instruction("tanh", (0,)),), (0,)))
    with pytest.raises(ArgumentError, match="expected 2 operands, got 1"):
        check(Program((Instruction("input", name="x"), Instruction("mul", (0,))), (1,)))


def test_sharing_keeps_one_of_each_instruction():
    f = compile(lambda x: tanh(x) * tanh(x))
    f(1.0)
    assert str(f.program).count("tanh x") == 2 and str(share(f.program)).count("tanh x") == 1


def first_of_rest(x_0, *x):
    return x_0 + 2 * x[0]


def by_place_and_name(a, /, **named):
    return a * a * named["a"]


@pytest.mark.parametrize(("function", "args", "kwargs", "value", "gradients"), [
    (first_of_rest, (1.0, 10.0), {}, 21.0, (1.0, 2.0)),
    (by_place_and_name, (2.0,), {"a": 5.0}, 20.0, {"a": 20.0, "a_": 4.0}),
    (lambda *xs, **named: xs[0] * named["xs_0"], (2.0,), {"xs_0": 5.0}, 10.0, {"xs_0": 5.0, "xs_0_": 2.0}),
    (lambda x, *, k: x - k, (3.0,), {"k": 1.0}, 2.0, {"x": 1.0, "k": -1.0}),
    (lambda x, y=2.0, z=3.0: x * y * z, (5.0,), {"z": 7.0}, 70.0, {"x": 14.0, "z": 10.0}),
    (lambda x, y=2.0: x * y, (5.0,), {}, 10.0, (2.0,)),
    (lambda: 3.0, (), {}, 3.0, ()),
])  # fmt: skip
def test_however_arguments_are_taken_each_has_a_name_of_its_own(function, args, kwargs, value, gradients):
    for target in ("math", "numpy"):
        f = compile(function, target)
        assert f(*args, **kwargs) == value and f.value_and_grad(*args, **kwargs) == (value, gradients)


def test_the_same_names_by_place_and_by_keyword_are_different_calls():
    f = compile(lambda *xs, **named: sum(xs, 0.0) - sum(named.values(), 0.0))
    assert f(2.0) == 2.0 and f(xs_0=2.0) == -2.0 and f(3.0) == 3.0


def test_a_list_of_no_results_is_empty():
    for target in ("math", "numpy"):
        assert compile(lambda x: [], target)(1.0) == []


def test_a_hessian_is_of_one_output():
    with pytest.raises(ArgumentError, match="one Value, got several; use jacobian"):
        compile(lambda x: [x, x]).hessian(1.0)


def test_a_matrix_is_rows_of_numbers_and_a_memoryview_is_refused():
    value, (slope,) = compile(lambda x: x[0] * x[1]).value_and_grad(np.array([[2.0, 3.0], [4.0, 5.0]]).view(np.matrix))
    assert value.tolist() == [6.0, 20.0] and slope.tolist() == [[3.0, 2.0], [5.0, 4.0]]
    with pytest.raises(OperandError, match="expected a Value or a real number .* got <memory"):
        compile(lambda x: x)(memoryview(b"12"))


def test_a_masked_array_is_refused_and_a_strided_or_integer_one_is_not():
    f = compile(bowl)
    with pytest.raises(OperandError, match="masked array as x; use its .filled"):
        f(np.ma.array([1.0, 2.0], mask=[False, True]), 1.0)
    assert f(np.arange(4)[::-2], 1.0).tolist() == [12.0, 4.0]


def test_what_a_function_raises_comes_through_and_leaves_it_as_it_was():
    def picky(x):
        if x < 0:
            raise KeyError("mine")
        return x * 2

    f = compile(picky)
    for _ in range(2):
        with pytest.raises(KeyError, match="mine"):
            f(np.array([1.0, -1.0]))
        assert f(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]
    plain = compile(lambda x: x + 1)
    plain(1.0)
    assert not plain.program.guards


@pytest.mark.parametrize("name, near", [("grad", "did you mean 'value_and_grad'"), ("souce", "did you mean 'source'"), ("jit", "there are: hessian, ")])
def test_an_attribute_that_is_not_there_is_answered_with_the_nearest(name, near):
    with pytest.raises(AttributeError, match=f"a compiled function has no attribute '{name}': {near}"):
        getattr(compile(lambda x: x * x), name)


@pytest.mark.parametrize("result", [10**400, -(10**400), np.float32(1.5), np.int64(3), np.array(2.0), True])
def test_a_plain_number_may_be_the_result_as_in_eager_code(result):
    for f in (compile(lambda x: result), compile(lambda x: result, "math")):
        assert f(1.0) == Value(result).data and f.value_and_grad(1.0) == (Value(result).data, (0.0,))
    assert compile(lambda x: [x, result])(2.0) == [2.0, Value(result).data]
