"""The interpreter in C: the bits of eager for a row, each row of a batch as if alone, and what is refused."""

import math
import random
import threading

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autodiff
from autodiff import Value
from autodiff.compiled import compile
from autodiff.compiled.codegen import native
from autodiff.compiled.record.recorder import record
from autodiff.errors import ArgumentError
from autodiff.ops import TABLE
from test_compiled_agrees import EVERY, NARY, SPECIAL, arity, bits, eager, numbers, program_of

built = pytest.mark.skipif(not native.available(), reason="the engine is not the one in C")


def steps_of(names):
    step = st.tuples(st.sampled_from(names), st.lists(st.integers(0, 20), min_size=3, max_size=3), st.none() | numbers)
    return st.lists(step, min_size=1, max_size=12)


def same(a, b):
    return [bits(x) for x in a] == [bits(x) for x in b]


@built
@given(steps_of(sorted(EVERY)), st.lists(numbers, min_size=2, max_size=4))
@example([("exponent_slope", [0, 0, 0], None), ("clip", [2, 0, 0], None)], [0.0, 0.0])
def test_random_programs_have_the_bits_of_eager_and_of_math(steps, xs):
    function = program_of(steps, EVERY)
    expected, slopes = eager(function, xs)
    for target in ("native", "math"):
        y, gradients = compile(function, target).value_and_grad(*xs)
        assert same([y, *gradients], [expected, *slopes]), target


@built
@pytest.mark.parametrize("name", sorted({**EVERY, **NARY}))
def test_every_operation_has_the_bits_of_eager_at_special_numbers(name):
    function, compiled = {**EVERY, **NARY}[name], compile({**EVERY, **NARY}[name], "native")
    count = 2 if name in NARY else arity(function)
    rows = [[x] * (count - 1) + [y] for x in SPECIAL for y in SPECIAL] if count > 1 else [[x] for x in SPECIAL]
    for row in rows:
        y, gradients = compiled.value_and_grad(*row)
        expected, slopes = eager(function, row)
        assert same([y, *gradients], [expected, *slopes]), row


@pytest.mark.parametrize("name", sorted({**EVERY, **NARY}))
def test_no_slope_is_asked_for_where_an_operation_was_not_selected(name):
    """However its rule is written, and whatever its slope is there: 0 * inf would be nan."""
    operation = {**EVERY, **NARY}[name]
    count = 2 if name in NARY else arity(operation)
    targets = ["math", "numpy"] + ["native"] * native.available()
    compiled = [compile(lambda pick, *xs: autodiff.where(pick > 0, operation(*xs), 1.0), target) for target in targets]
    rows = [[x] * (count - 1) + [y] for x in SPECIAL for y in SPECIAL] if count > 1 else [[x] for x in SPECIAL]
    for row in rows:
        for target, function in zip(targets, compiled):
            found = function.value_and_grad(-1.0, *row)
            assert found == (1.0, (0.0,) * (count + 1)), (target, row)


@built
@given(steps_of(sorted(EVERY)), st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=70))
def test_a_row_of_a_batch_is_what_it_is_alone(steps, rows):
    compiled = compile(program_of(steps, EVERY), "native")
    columns = [np.array(column) for column in zip(*rows)]
    y, gradients = compiled.value_and_grad(*columns)
    for index, row in enumerate(rows):
        single, alone = compiled.value_and_grad(*row)
        assert same([y[index], *(g[index] for g in gradients)], [single, *alone]), row


@built
@pytest.mark.parametrize("rows", [1, 2, 7, 8, 9, 63, 64, 65, 200])
def test_a_shared_argument_gets_the_sum_over_all_rows(rows, rng):
    xs = [rng.uniform(-2, 2) for _ in range(rows)]
    compiled = compile(lambda w, x: autodiff.relu(w * x) + autodiff.maximum(w, x) * 0.0 + w * 1.0, "native")
    y, (of_w, of_x) = compiled.value_and_grad(0.7, np.array(xs))
    singles = [compiled.value_and_grad(0.7, x) for x in xs]
    assert same(y, [value for value, _ in singles]) and same(of_x, [g for _, (_, g) in singles])
    assert of_w == pytest.approx(math.fsum(g for _, (g, _) in singles), rel=4e-16)


@built
@example([0.0, 1.0, -1.0, math.nan])
@given(st.lists(numbers, min_size=1, max_size=40))
def test_each_row_goes_its_own_way_through_comparisons(xs):
    def function(x):
        return autodiff.log(x) if x > 0 else autodiff.where(x < -1, x * x, -x)

    compiled = compile(function, "native")
    y, (slopes,) = compiled.value_and_grad(np.array(xs))
    expected = [eager(function, [x]) for x in xs]
    assert same(y, [value for value, _ in expected]) and same(slopes, [g for _, (g,) in expected])


@built
def test_nothing_flows_where_an_operand_is_not_selected_in_some_rows_or_all():
    compiled = compile(lambda x: autodiff.where(x > 0, autodiff.log(x) / autodiff.sqrt(x), 3.0), "native")
    xs = [4.0, 0.0, -1.0, 1.0] * 5
    _, (slopes,) = compiled.value_and_grad(np.array(xs))
    assert same(slopes, [compile(compiled.function, "math").value_and_grad(x)[1][0] for x in xs])
    _, (closed,) = compiled.value_and_grad(np.array([0.0, -1.0]))
    assert closed.tolist() == [0.0, 0.0]


@built
def test_captured_values_are_read_at_each_call_and_several_outputs_have_arrays_of_their_own():
    w = Value(2.0)
    compiled = compile(lambda x: [w * x, w * x, x], "native")
    assert compiled(3.0) == [6.0, 6.0, 3.0]
    w.data = 5.0
    assert compiled(3.0) == [15.0, 15.0, 3.0]
    first, second, third = compiled(np.array([1.0, 2.0]))
    first[0] = 99.0
    assert second.tolist() == [5.0, 10.0] and third.tolist() == [1.0, 2.0]
    with pytest.raises(ArgumentError, match="expected a function that returns one Value"):
        compiled.value_and_grad(3.0)


@built
def test_functions_without_an_operation_or_without_arguments():
    assert compile(lambda x: x, "native").value_and_grad(3.0) == (3.0, (1.0,))
    assert compile(lambda x: 2.0, "native").value_and_grad(3.0) == (2.0, (0.0,))
    assert compile(lambda x: 2.0, "native").value_and_grad(np.array([3.0, 4.0]))[1][0].tolist() == [0.0, 0.0]
    assert compile(lambda: Value(2.0) * 3.0, "native")() == 6.0


@built
def test_the_source_shows_the_program_that_runs():
    compiled = compile(lambda x: x * autodiff.tanh(x), "native")
    assert compiled(1.0) == math.tanh(1.0)
    assert "tanh(" in compiled.source and compiled.source == compile(compiled.function, "math").source
    assert [each.op for each in compiled.program.instructions][1:] == ["tanh", "mul"]


@pytest.mark.slow
@built
def test_a_long_chain_and_a_wide_sum_run():
    def chain(x):
        for _ in range(200_000):
            x = x + 1e-3
        return x

    assert compile(chain, "native").value_and_grad(1.0)[1] == (1.0,)
    compiled = compile(lambda *xs: autodiff.logsumexp(*xs) + autodiff.dot(xs, xs), "native")
    xs = [index / 500 for index in range(500)]
    expected, slopes = eager(compiled.function, xs)
    y, gradients = compiled.value_and_grad(*xs)
    assert same([y, *gradients], [expected, *slopes])


@built
def test_threads_run_one_program_at_once():
    def function(x, y):
        for _ in range(6_000):
            x, y = autodiff.sin(x) + y * 0.5, autodiff.tanh(x * y)
        return x + y

    compiled = compile(function, "native")
    points = [(index / 7, index / 9) for index in range(8)]
    expected = [compiled.value_and_grad(*point) for point in points]
    wrong = []

    def work():
        for _ in range(5):
            wrong.extend(p for p, answer in zip(points, expected) if compiled.value_and_grad(*p) != answer)
            many = compiled(np.array([p[0] for p in points]), np.array([p[1] for p in points]))
            wrong.extend(p for p, y, (single, _) in zip(points, many, expected) if y != single)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@built
def test_a_single_call_runs_in_c_by_default_and_a_network_over_rows_in_numpy():
    compiled = compile(lambda x, y: x * autodiff.tanh(y))
    compiled(1.0, 2.0)
    assert compiled._show().target == "native"


@built
@pytest.mark.parametrize("rows", [1, 3, 1023, 1024, 4096])
def test_whichever_runs_a_batch_by_default_gives_each_row_its_answer(rows):
    w = Value(0.7)

    def bent(x, y, s):
        z = autodiff.sin(x * y) + autodiff.exp(-y * w) / (1.5 + x * x)
        return z * s if x > y else autodiff.relu(z) - s

    x, y = np.random.default_rng(rows).normal(size=(2, rows))
    y[0] = x[0]
    value, (dx, dy, ds) = compile(bent).value_and_grad(x, y, 1.25)
    exact, (ex, ey, es) = compile(bent, "native").value_and_grad(x, y, 1.25)
    for mine, theirs in ((value, exact), (dx, ex), (dy, ey)):
        assert mine.shape == (rows,) and np.allclose(mine, theirs, rtol=1e-12, atol=1e-14)
    assert ds == pytest.approx(es, rel=1e-11)


@built
def test_a_batch_runs_in_numpy_where_that_is_faster_and_in_c_elsewhere(monkeypatch):
    f = compile(lambda x: autodiff.sin(x) * x)
    f(np.ones(3))
    way = f._recordings.latest
    monkeypatch.setattr(way.shown, "run", lambda *ignored: ([np.full(ignored[2], 7.0)], True))
    assert f(np.ones(1023))[0] == f(np.ones(10**6))[0] == math.sin(1.0)
    assert f(np.ones(1024)).tolist() == [7.0] * 1024
    assert compile(f.function, "native")(np.ones(1024))[0] == math.sin(1.0)


@pytest.mark.slow
@built
def test_a_function_of_numbers_runs_in_c_unless_its_array_instructions_are_long():
    def layers(*xs):
        for _ in range(60):
            xs = [autodiff.tanh(a + b * 0.5) for a, b in zip(xs, [*xs[1:], xs[0]])]
        return autodiff.total(xs)

    f = compile(layers)
    found = f.value_and_grad(*np.linspace(-1, 1, 12).tolist())
    assert f._recordings.latest.target == "native"
    expected = compile(layers, "math").value_and_grad(*np.linspace(-1, 1, 12).tolist())
    assert found == expected


def test_without_the_engine_in_c_the_target_is_refused_and_the_default_is_python(monkeypatch):
    monkeypatch.setattr(native, "available", lambda: False)
    with pytest.raises(ArgumentError, match="'native' needs the engine in C, and this one is Python's"):
        compile(lambda x: x * x, "native")(2.0)
    compiled = compile(lambda x: x * x)
    assert compiled.value_and_grad(3.0) == (9.0, (6.0,)) and compiled._show().target == "math"


@built
def test_an_operation_that_was_not_compiled_is_refused_by_name_and_runs_by_default(monkeypatch):
    known = {name: code for name, code in native.codes().items() if name != "tanh"}
    monkeypatch.setattr(native, "codes", lambda: known)
    with pytest.raises(ArgumentError, match="'native' has no tanh"):
        compile(autodiff.tanh, "native")(2.0)
    assert compile(lambda x: autodiff.tanh(x))(2.0) == math.tanh(2.0)


@built
@pytest.mark.parametrize("seed", range(4))
def test_a_large_irregular_program_has_the_bits_of_eager(seed):
    def tangle(*xs):
        source, made = random.Random(seed), list(xs)
        for _ in range(600):
            a, b = source.choice(made[-30:]), source.choice(made)
            made.append(source.choice([lambda: a * b, lambda: a - b / 3, lambda: autodiff.tanh(a), lambda: autodiff.cos(b) + a,
                                       lambda: autodiff.maximum(a, b), lambda: autodiff.total([a, b, a]), lambda: a * a])())
            if source.random() < 0.05 and made[-1] > 0.5:
                made.append(autodiff.sin(made[-1]))
        return autodiff.total([autodiff.tanh(x) for x in made])

    xs = [0.3 * (seed + 1), -1.2, 0.7]
    expected, slopes = eager(tangle, xs)
    machine = compile(tangle, "native")
    y, gradients = machine.value_and_grad(*xs)
    assert same([y, *gradients], [expected, *slopes])
    rows, columns = machine.value_and_grad(*[np.full(9, x) for x in xs])
    assert same(rows, [expected] * 9) and all(same(column, [slope] * 9) for column, slope in zip(columns, slopes))


@built
def test_what_is_no_tape_is_refused_before_anything_runs():
    from autodiff._native import OPERATIONS, Interpreter

    def made(codes, starts, operands, outputs=(1,), guards=(), arguments=1, order=(0,)):
        ints = [np.array(each, np.int32) for each in (codes, starts, operands)]
        return Interpreter(*ints, 1, arguments, np.array([]), np.array(outputs, np.int32), np.array(guards, np.int32),
                           bytes(len(guards)), np.array(order, np.int32))

    exp, add = OPERATIONS.index("exp"), OPERATIONS.index("add")
    assert OPERATIONS == tuple(TABLE)[: len(OPERATIONS)] and made([exp], [0, 1], [0]).value(0.0) == (1.0,)
    for wrong in ([[exp], [0, 1], [1]], [[exp], [0, 1], [-1]], [[add], [0, 1], [0]], [[999], [0, 1], [0]],
                  [[exp], [0, 2], [0]], [[exp], [0], [0]], [[exp], [0, 1], [0], [2]], [[exp], [0, 1], [0], [1], [5]],
                  [[exp], [0, 1], [0], [1], [], 2], [[exp], [0, 1], [0], [1], [], 1, [1]]):  # fmt: skip
        with pytest.raises(ValueError, match="Interpreter: expected"):
            made(*wrong)
    machine = made([exp], [0, 1], [0])
    with pytest.raises(TypeError, match="expected 1 numbers, got 2"):
        machine.value(1.0, 2.0)
    with pytest.raises(ValueError, match="expected vectors of 1 or 3 float64"):
        machine.rows(3, (np.zeros(2),), (np.zeros(3),), None, False)
    with pytest.raises(ValueError, match="expected an output for each row"):
        machine.rows(3, (np.zeros(3),), (np.zeros(1),), None, False)


@built
def test_captured_values_come_after_the_arguments_and_constants_are_no_inputs():
    x, w = Value(2.0), Value(5.0)
    machine, captured = native.interpreter(record(lambda: [w * x + 3.0 * x], [x]))
    assert captured == [w] and machine.value_and_grad(2.0, 5.0) == (16.0, 8.0)
