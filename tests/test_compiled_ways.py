"""A program holds for the inputs that take the way it was recorded on, and for no others: branches and numbers read."""

import copy
import math
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import Value, dot, exp, relu, tanh, total, where
from autodiff.compiled import compile
from autodiff.compiled.batch import Batch
from autodiff.errors import ArgumentError

SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.5, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1e308]
numbers = st.one_of(st.sampled_from(SPECIAL), st.floats())


def bits(x):
    return "nan" if x != x else float(x).hex()


def eager(function, x):
    value = Value(x)
    y = function(value)
    y.backward()
    return bits(y.data), bits(value.grad)


READERS = {
    "a factor": lambda x: x * x.data,
    "a copied sign": lambda x: (math.copysign(3.0, x.data) if x.data == x.data else 1.0) * x,
    "a condition": lambda x: 2.0 * x if x.data else 3.0 + x,
    "a number inside": lambda x: (y := x * 0.5 + 1.0) * y.data,
    "the nearest integer": lambda x: x * (round(x.data) if math.isfinite(x.data) else 7),
    "a comparison": lambda x: x if x < 1 else -x,
    "a chain of comparisons": lambda x: x if -1 < x <= 1 else 2 * x,
    "a copy": lambda x: copy.copy(x) * x,
    "a deep copy": lambda x: copy.deepcopy(x * x) * x,
    "a pickle": lambda x: pickle.loads(pickle.dumps(x)) + x,
}


@pytest.mark.parametrize("target", ["math", "numpy"])
@pytest.mark.parametrize("reader", READERS)
@given(st.lists(numbers, min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_a_program_never_stands_for_another_number_than_it_has_read(reader, target, xs):
    function = READERS[reader]
    compiled = compile(function, target)
    for x in xs + xs:
        value, (slope,) = compiled.value_and_grad(x)
        assert (bits(value), bits(slope)) == eager(function, x)


@pytest.mark.parametrize("reader", READERS)
def test_nor_does_it_for_a_row_of_a_batch(reader):
    values, (slopes,) = compile(READERS[reader]).value_and_grad(np.array(SPECIAL))
    assert [(bits(y), bits(d)) for y, d in zip(values, slopes)] == [eager(READERS[reader], x) for x in SPECIAL]


def test_the_number_of_a_captured_value_is_read_again():
    w = Value(3.0)
    f = compile(lambda x: x * w.data)
    assert f(2.0) == 6.0
    w.data = 4.0
    assert f(2.0) == 8.0 and f(np.array([2.0, 3.0])).tolist() == [8.0, 12.0]


def test_numbers_that_are_always_others_are_refused_by_the_line_that_reads_them():
    f = compile(lambda xs, ys: xs.data * ys)
    with pytest.raises(ArgumentError, match=r"test_compiled_ways.py, line \d+.*Values in place of their .data"):
        f(np.arange(100.0), 1.0)


def test_a_constant_may_be_read():
    f = compile(lambda x: x * sum((x * 0 + c).parents[1].data for c in (1.0, 2.0)))
    f(np.array([1.0, 2.0, 3.0]))
    assert not f.program.guards


def wrote(w, x):
    w.data = 0.5
    return w * x


def passed_back(w, x):
    (w * x).backward()
    return w.grad * x


@pytest.mark.parametrize(("function", "message"), [
    (wrote, r"test_compiled_ways.py, line \d+ writes .data .* make a new Value"),
    (passed_back, r"test_compiled_ways.py, line \d+ calls backward\(\) .* gradient_graph"),
])  # fmt: skip
def test_what_a_program_would_not_repeat_is_refused(function, message):
    w = Value(2.0)
    for target in ("math", "numpy"):
        with pytest.raises(ArgumentError, match=message):
            compile(lambda x: function(w, x), target)(1.0)
        assert (w.data, w.grad) == (2.0, 0.0)


def test_a_branch_is_recorded_again_where_an_input_goes_the_other_way():
    f = compile(lambda x: x * x if x > 0 else -x)
    assert [f(3.0), f(-3.0), f(0.0)] == [9.0, 3.0, 0.0]
    value, (dx,) = f.value_and_grad(np.array([3.0, -3.0, 2.0, -1.0]))
    assert value.tolist() == [9.0, 3.0, 4.0, 1.0] and dx.tolist() == [6.0, -1.0, 4.0, -1.0]


def test_rows_that_branch_differently_add_up_in_a_shared_argument():
    f = compile(lambda x, w: w * x if x > 0 else 10.0 * w)
    value, (dx, dw) = f.value_and_grad(np.array([1.0, -1.0, 2.0]), 3.0)
    assert value.tolist() == [3.0, 30.0, 6.0] and dw == 13.0 and dx.tolist() == [3.0, 0.0, 3.0]


def test_nested_branches_and_loops_whose_length_depends_on_the_data():
    def halved(x):
        while x > 1:
            x = x / 2
        return x

    f = compile(halved)
    assert f(np.array([8.0, 3.0, 0.5, 100.0])).tolist() == [halved(x) for x in (8.0, 3.0, 0.5, 100.0)]


def test_too_many_ways_through_a_function_are_an_error_that_names_the_line():
    def counted(x):
        n = 0
        while x > n:
            n += 1
        return x * n

    f = compile(counted)
    with pytest.raises(ArgumentError, match=r"specializations.*test_compiled_ways.py, line \d+.*where"):
        f(np.arange(100.0))


def test_where_selects_row_by_row_without_branching():
    f = compile(lambda x: where((x > 0) & (x < 10), exp(x), 3 * x))
    assert f(np.array([0.0, -1.0, 20.0])).tolist() == [0.0, -3.0, 60.0] and not f.program.guards


def test_a_comparison_of_a_sum_that_arrays_add_in_another_order_is_decided_by_the_recording():
    tenths = [0.1] * 10
    assert sum(tenths) < 1.0 and not np.sum(tenths) < 1.0
    f = compile(lambda *xs: xs[0] * 2 if total(xs) < 1.0 else xs[0] * 3, "numpy")
    in_order = 2 if sum(map(Value, tenths[1:]), Value(0.1)) < 1.0 else 3
    eagerly = 2 if total(map(Value, tenths)) < 1.0 else 3
    assert f(*tenths) == eagerly * 0.1
    g = compile(lambda *xs: xs[0] * 2 if sum(xs) < 1.0 else xs[0] * 3, "numpy")
    assert g(*tenths) == in_order * 0.1
    assert g(*(np.array([x, 0.5]) for x in tenths)).tolist() == [in_order * 0.1, 1.5]


def test_a_function_that_branches_at_random_gives_one_of_its_results_each_time():
    flips = iter([True, False] * 20)
    f = compile(lambda x: x * 2 if (x > 0) == next(flips) else x * 3)
    assert {f(1.0), f(-1.0) / -1, f(1.0)} <= {2.0, 3.0}


def test_a_training_loss_that_reads_a_number_is_right_in_every_row():
    w = [Value(2.0)]
    batch = Batch("reader", w, lambda xs, ts: [w[0] * xs[0] * xs[0].data + (ts[0] if ts[0] > 0 else -ts[0]), xs[0]])
    loss, gradient, seen = batch(np.array([2.0]), np.array([[1.0], [3.0], [1.0]]), np.array([[1.0], [-1.0], [0.0]]))
    assert seen.tolist() == [[1.0], [3.0], [1.0]]
    assert loss == (2.0 + 1 + 18.0 + 1 + 2.0) / 3 and gradient.tolist() == pytest.approx([11.0 / 3], rel=1e-15)


def test_calls_from_many_threads_agree_and_record_each_way_once():
    recorded = []

    def function(x):
        recorded.append(x)
        return tanh(x) if x > 0 else relu(x) - x

    f = compile(function)
    found, start = [[] for _ in range(16)], threading.Barrier(16)

    def work(results):
        start.wait()
        results += [f.value_and_grad(n - 25.0) for n in range(50)]
        results.append(f(np.arange(-5.0, 5.0)).tolist())

    threads = [threading.Thread(target=work, args=(results,)) for results in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(recorded) == 4 and len(found[0]) == 51
    assert all(results == found[0] for results in found)


def test_a_thread_that_reads_numbers_beside_a_recording_is_not_part_of_it():
    outside, stop = Value(1.0), threading.Event()

    def read():
        while not stop.is_set():
            outside.data = outside.data + 1.0
            (outside * outside).backward()

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for _ in range(20):
            f = compile(lambda *xs: dot(xs, xs))
            assert f(3.0, 4.0) == 25.0 and not f.program.guards
    finally:
        stop.set()
        thread.join()
