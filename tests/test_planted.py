"""Small changes of the code that no other test noticed, each caught by what it would make wrong."""

import math

import numpy as np
import pytest

from autodiff import Value, compile, exp, gradient_graph, log, logsumexp, nn, register, relu, replay, sqrt, tanh, total, where, xlogy
from autodiff.compiled.ir.builder import Builder
from autodiff.compiled.ir.reverse import reverse
from autodiff.compiled.record.recorder import record
from autodiff.compiled.vectorize.flatten import flatten
from autodiff.compiled.vectorize.locations import Group, Locations
from autodiff.errors import ArgumentError, OperandError
from autodiff.ops import Op
from autodiff.registration import _temporarily
from autodiff.testing import routes


def eager(function, rows):
    """The values, and for each argument its gradient in each row."""
    values, slopes = [], []
    for row in rows:
        xs = [Value(x) for x in row]
        y = function(*xs)
        y.backward()
        values.append(y.data)
        slopes.append([x.grad for x in xs])
    return np.array(values), np.array(slopes).T


def agrees(function, rows, shared=0):
    """numpy beside eager, the first so many arguments shared by all rows."""
    expected, slopes = eager(function, rows)
    columns = list(np.array(rows).T)
    arguments = [float(each[0]) for each in columns[:shared]] + columns[shared:]
    value, gradient = compile(function, "numpy").value_and_grad(*arguments)
    assert np.allclose(value, expected, rtol=1e-12, atol=0, equal_nan=True)
    for place, (got, right) in enumerate(zip(gradient, slopes)):
        right = right.sum() if place < shared else right
        assert np.allclose(got, right, rtol=1e-12, atol=0, equal_nan=True), (place, got, right)


# Flattened sums


def test_a_sum_that_is_a_result_and_a_term_of_another_stays_a_node():
    weights = [[0.1 * (i + j) for j in range(6)] for i in range(5)]

    def function(*xs):
        hs = [sum(w * x for w, x in zip(row, xs)) for row in weights]
        return [*hs, *(h + x for h, x in zip(hs, xs))]

    rows = np.arange(18.0).reshape(3, 6) / 7
    found = compile(function, "numpy")(*rows.T)
    for index, row in enumerate(rows):
        assert [column[index] for column in found] == pytest.approx([y.data for y in function(*map(Value, row))], rel=1e-12)


def test_the_terms_of_a_wide_sum_keep_the_order_in_which_they_are_written():
    a, b, c, d = map(Value, (1.0, 2.0, 3.0, 4.0))

    def run():
        products = [a * b, b * c, c * d, d * a]
        return [total([products[place] for place in (2, 0, 3, 1)] + [d, a])]

    sums = flatten(record(run, [a, b, c, d]))
    size = 5  # operations; the arguments follow them
    lefts, rights = (values - size for values in sums.products.values)
    assert lefts.tolist() == [2, 0, 3, 1] and rights.tolist() == [3, 1, 0, 2]
    assert (sums.bare.values[0] - size).tolist() == [3, 0]


def test_only_zeros_that_are_not_negative_may_be_left_out_of_a_sum():
    numbers = [Value(0.0), 0.0, -0.0, 1.0]
    tape = record(lambda: [total(numbers)], numbers[:1])
    nodes = Locations(tape, [Group("x", (0,), False, False)], Builder())
    places = {leaf.data.hex(): np.array([tape.size + place]) for place, leaf in enumerate(tape.leaves) if leaf.op == "constant"}
    assert {x: nodes.all_zero(place) for x, place in places.items()} == {
        (0.0).hex(): True, (-0.0).hex(): False, (1.0).hex(): False
    }  # fmt: skip


# Registers put together


def test_parts_of_several_sizes_are_found_in_a_register_that_joins_them():
    inner = [[0.1 * (i + 2 * j) for j in range(3)] for i in range(7)]
    outer = [[0.1 * (3 * i - j) for j in range(13)] for i in range(4)]

    def function(*xs):
        hs = [tanh(sum(w * x for w, x in zip(row, xs))) for row in inner]
        both = [*xs[::-1], *hs, *(h * h for h in hs[:3])]
        return sum(tanh(sum(w * v for w, v in zip(row, both))) for row in outer)

    agrees(function, [(0.1, 0.2, 0.3), (0.5, -0.4, 1.0)])


@pytest.mark.parametrize("places", [
    [(i, k, k) for i in range(5) for k in range(4)],  # a bias for each column
    [(i, k, i) for i in range(5) for k in range(4)],  # for each row
    [(i, k, k) for k in range(4) for i in range(5)], [(i, k, i) for k in range(4) for i in range(5)],
    [(i, k, 0) for k in range(4) for i in range(5)],
])  # fmt: skip
@pytest.mark.parametrize("shared", [False, True])
def test_a_matrix_product_and_numbers_that_repeat_along_an_axis_of_it(places, shared):
    table = [[Value(float(i * j) / 7) for j in range(3)] for i in range(5)]
    weights = [[Value(0.1 * k + j) for j in range(3)] for k in range(4)]

    def function(*biases):
        sums = [sum((w * x for w, x in zip(weights[k], table[i])), biases[place]) for i, k, place in places]
        return sum(tanh(y) * (1.0 + index) for index, y in enumerate(sums))

    rows = [(0.5, -1.0, 0.25, 2.0, -3.0, 1.0, 1.0), (1.5, 0.0, 1.0, -2.0, 0.5, 1.0, 1.0)]  # so many enter as one vector
    agrees(function, rows[:1] if shared else rows, 7 if shared else 0)


# Where nothing flows


ZEROS = [(-1.0, 0.0, 0.0), (1.0, 0.0, 4.0), (-1.0, 4.0, 0.0), (1.0, 4.0, 0.0)]


@pytest.mark.parametrize("function", [
    lambda c, x, z: where(c > 0, sqrt(x), 1.0) + where(c > 0, 2.0, sqrt(x) * z),
    lambda c, x, z: (lambda h: where(c > 0, h, 1.0) + where(c > 0, 2.0, h))(sqrt(x)),      # reached by one side or the other
    lambda c, x, z: where(c > 0, relu(1 + sqrt(x)), 2.0),                                     # open inside, blocked outside
    lambda c, x, z: where(c > 0, relu(1 + sqrt(x)), 2.0) + where(c > 0, relu(2 + log(z)), x),
    lambda c, x, z: where(c > 0, logsumexp(sqrt(x), sqrt(z), x), 2.0),                       # blocked above many operands
    lambda c, x, z: where(c > 0, total([sqrt(x), sqrt(z), x]), 2.0) + x,
    lambda c, x, z: (lambda h: where(c > 0, h, 1.0) + where(z > 0, h, 2.0))(sqrt(x)),      # reached by neither
    lambda c, x, z: where(c > 0, xlogy(1.0 + z, x), 2.0) + where(c > 1, logsumexp(log(x), z), x),
])  # fmt: skip
@pytest.mark.parametrize("copies", [1, 12])
def test_what_is_blocked_stays_so_and_what_is_reached_by_one_way_is_reached(function, copies):
    def many(*xs):
        return sum(function(*xs[3 * index : 3 * index + 3]) * (1.0 + index) for index in range(copies))

    agrees(many, [row * copies for row in ZEROS])
    expected = eager(many, [row * copies for row in ZEROS])[1]
    single = compile(many, "math").value_and_grad(*ZEROS[1] * copies)[1]
    assert [x.hex() for x in single] == [x.hex() for x in expected[:, 1].tolist()]


@pytest.mark.parametrize("s", [0.0, 4.0])
@pytest.mark.parametrize("signs", [(-1.0, -2.0, -3.0), (-1.0, 2.0, -3.0)])
def test_a_shared_number_is_reached_where_any_row_reaches_it(s, signs):
    agrees(lambda s, x: where(x > 0, sqrt(s) * x, 1.0), [(s, x) for x in signs], shared=1)

    def many(s, *xs):
        h = sqrt(s)
        return sum(where(x > 0, h * x, x) for x in xs)

    agrees(many, [(s, *[x] * 12) for x in signs], shared=1)


@pytest.mark.parametrize("second", [
    lambda h: where(h > 1, exp(h), 2.0),    # both parts of the register are reached under a condition
    lambda h: exp(h),                       # only the first is
])  # fmt: skip
def test_nothing_flows_to_what_a_part_of_a_register_blocks(second):
    def function(*xs):
        hs = [sqrt(x) for x in xs]
        return total([relu(h) for h in hs[:12]]) + total([second(h) for h in hs[12:]])

    agrees(function, [(0.0, 4.0) * 6 + (4.0, 1.5) * 6, (4.0, 0.0) * 6 + (0.25, 4.0) * 6])


def test_nothing_flows_to_an_element_of_a_register_that_is_only_compared():
    def function(*xs):
        hs = [sqrt(x) for x in xs]
        return total([tanh(h) for h in hs[1:]]) if hs[0] < 1 else total(hs)

    agrees(function, [(0.0, 4.0) * 24, (0.0, 0.5) * 24])


def test_what_no_derivative_is_asked_for_has_no_adjoint():
    builder = Builder()
    x, y = builder.input("x"), builder.input("y")
    root = builder.row("mul", builder.row("exp", x), builder.row("exp", y))
    found = reverse(builder.program([root]), ["x"])
    assert [each.adjoint_of for each in found.instructions if each.adjoint_of is not None] == [root, 2, x]
    builder = Builder()
    x, w = builder.input("x", (3,)), builder.input("w", (3,))
    both = builder.row("add", builder.add("contract", x, w, detail="a,a->"), builder.row("exp", builder.constant(1.0)))
    found = reverse(builder.program([both]), ["x"])
    assert [each.adjoint_of for each in found.instructions if each.adjoint_of is not None] == [both, x]
    root = both
    with pytest.raises(AssertionError, match="no reverse of fill"):  # derivatives of derivatives are recorded
        reverse(builder.program([builder.add("fill", root, detail=1.0)]), ["x"])


@pytest.mark.parametrize("target", ["math", "numpy"])
def test_a_row_that_is_added_after_a_program_was_compiled_has_a_gradient(target):
    compile(lambda a: a * a, target)(2.0)
    with _temporarily():
        twice_squared = register(Op("twice_squared", "2 * a * a", ("4 * a",)))
        assert compile(lambda a: twice_squared(a) + a, target).value_and_grad(3.0) == (21.0, (13.0,))


def test_random_programs_agree_over_arrays():
    report = routes.search(seconds=60, most=150, seed="planted", routes=["gradient_graph"])
    assert not report.findings and report.programs > 100


def test_replay_is_given_other_numbers_in_a_dict():
    with pytest.raises(OperandError, match="expected a dict of numbers for inputs as at"):
        replay(Value(1.0) * 2, float, at=[1.0])


@pytest.mark.parametrize("x", [1e-107, -1e-107])
def test_the_graph_of_a_powers_gradient_keeps_the_digits_that_are_lost_before_the_exponent_scales_it(x):
    x = Value(x)
    y = x**4.0
    y.backward()
    (slope,) = gradient_graph(y, [x])
    assert slope.data == x.grad and abs(slope.data) == 4e-321  # 1e-107 ** 3 is subnormal, and 4 times it 3.99e-321


@pytest.mark.parametrize(("exponent", "row"), [
    (2.0, "mul"), (3.0, "mul"), (1.0, "mul"), (0.5, "mul"), (-1.0, "mul"), (-1.5, "mul"), (1 / 16, "mul"),
    (31 / 512, "power_slope"), (1 / 32, "power_slope"), (-0.5, "power_slope"),  # a power of 0 < a < 1 may be inf, b times it not
    (0.1, "power_slope"), (1e16, "power_slope"), (0.0, "power_slope"),         # b - 1 is rounded; 0 * inf is nan
])  # fmt: skip
def test_the_gradient_of_a_power_is_written_out_where_no_digit_is_lost(exponent, row):
    x, b = Value(1.5), Value(exponent)
    (slope,) = gradient_graph(x**exponent, [x])
    y = x**b
    y.backward()
    assert slope.op == row and slope.data == pytest.approx(x.grad, rel=1e-15)
    assert [each.op for each in gradient_graph(y, [x, b])] == ["power_slope", "exponent_slope"]


@pytest.mark.parametrize(("exponent", "at"), [(1 / 32, 5e-319), (-0.5, 2.5e-206)])
def test_the_graph_of_a_powers_gradient_is_finite_at_other_numbers_too(exponent, at):
    x, there = Value(1.0), Value(at)
    (there**exponent).backward()
    (slope,) = gradient_graph(x**exponent, [x])
    assert replay(slope, float, at={x: at}).value == there.grad and 1e305 < abs(there.grad) < math.inf


# Training


def test_a_loss_that_is_nearly_a_mean_over_rows_is_refused_by_the_compiled_step():
    def nearly(y_true, y_pred):
        return nn.losses.mean_squared_error(y_true, y_pred) * (1 + 0.01 * (len(y_true) - 1))

    step = nn.step_function(nn.MLP(2, [3, 1], seed=0), nearly)
    with pytest.raises(ArgumentError, match="mean over rows"):
        step(np.ones((4, 2)), np.zeros(4))


def test_a_whole_label_between_two_that_were_seen_is_shown_to_the_loss():
    def without_one(y_true, y_pred):
        if any(t == 1 for t in y_true if not isinstance(t, Value)):
            raise ArgumentError("no label 1")
        return nn.losses.mean_squared_error(y_true, y_pred)

    step = nn.step_function(nn.MLP(2, [3, 1], seed=0), without_one)
    step(np.ones((2, 2)), np.array([0, 2]))
    with pytest.raises(ArgumentError, match="no label 1"):
        step(np.ones((2, 2)), np.array([1, 1]))


@pytest.mark.parametrize("x", [-1, -1.0, -2])
def test_the_logarithmic_error_refuses_minus_one(x):
    for pair in (([x], [0.5]), ([0.5], [Value(x)])):
        with pytest.raises(ArgumentError, match="above -1"):
            nn.losses.mean_squared_logarithmic_error(*pair)


def test_nadam_that_goes_back_to_an_earlier_step_computes_its_momenta_again():
    def steps(optimizer, x, count):
        for _ in range(count):
            x.grad = 0.5
            optimizer.step()

    x, z = Value(1.0), Value(1.0)
    first, fresh = nn.Nadam([x], lr=0.1), nn.Nadam([z], lr=0.1)
    steps(first, x, 1)
    early, at = first.state_dict(), x.data
    steps(first, x, 7)
    first.load_state_dict(early)
    x.data = at
    steps(first, x, 2)
    steps(fresh, z, 3)
    assert x.data == z.data
