"""Losses: their numbers, their slopes, and the sentences for labels and predictions that cannot be meant."""

import inspect
import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, nn, sigmoid, softmax
from autodiff.errors import ArgumentError, OperandError
from autodiff.nn.measures.loss import OfFunction, Smoothed

binary_crossentropy, mean_squared_error = nn.losses.binary_crossentropy, nn.losses.mean_squared_error
probabilities = st.floats(1e-6, 1 - 1e-6)
labels = st.floats(0, 1)


def slopes(loss, y_true, numbers, **options):
    predictions = [Value(x) for x in numbers]
    loss(y_true, predictions, **options).backward()
    return [p.grad for p in predictions]


# The documents' numbers

@pytest.mark.parametrize("predictions, expected", [
    ([0.8, 0.1, 0.05, 0.9, 0.05], 0.10729012273129139),
    ([0.95, 0.05, 0.01, 0.95, 0.01], 0.03479600741200121),
    ([0.30, 0.40, 0.20, 0.65, 0.2], 0.5183735085933487),
])
def test_binary_crossentropy_with_epsilon_gives_the_documents_numbers(predictions, expected):
    assert binary_crossentropy([1, 0, 0, 1, 0], predictions, epsilon=1e-7).data == expected


def test_mean_squared_error_of_the_one_weight_perceptron():
    w, b = Value(2.0), Value(1.0)
    loss = mean_squared_error([5.0], [w * 3.0 + b])
    loss.backward()
    assert (loss.data, w.grad, b.grad) == (4.0, 12.0, 4.0)


# By property

@given(st.lists(st.tuples(labels, probabilities), min_size=1, max_size=5))
def test_binary_crossentropy_is_its_definition(rows):
    expected = sum(-t * math.log(p) - (1 - t) * math.log(1 - p) for t, p in rows) / len(rows)
    assert math.isclose(binary_crossentropy(*zip(*rows)).data, expected, rel_tol=1e-12, abs_tol=1e-15)


@given(st.lists(st.tuples(st.sampled_from([0, 1]), st.floats(-30, 30)), min_size=1, max_size=5))
def test_from_logits_is_the_same_loss_after_a_sigmoid_with_the_slope_p_minus_t(rows):
    y, z = zip(*rows)
    assert math.isclose(binary_crossentropy(y, z, from_logits=True).data,
                        binary_crossentropy(y, [sigmoid(x) for x in z]).data, rel_tol=1e-3, abs_tol=1e-12)
    expected = [(sigmoid(x) - t) / len(rows) for t, x in rows]
    assert slopes(binary_crossentropy, y, z, from_logits=True) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("z", [0.0, -0.0, 800.0, -800.0])
def test_from_logits_is_smooth_at_zero_and_never_overflows(z):
    assert slopes(binary_crossentropy, [1], [z], from_logits=True) == [sigmoid(z) - 1]
    assert math.isfinite(binary_crossentropy([1], [z], from_logits=True).data)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=5))
def test_mean_squared_error_and_its_slopes_are_their_definition(rows):
    y, p = zip(*rows)
    assert math.isclose(mean_squared_error(y, p).data, float(np.mean((np.array(p) - y) ** 2)), rel_tol=1e-12)
    assert slopes(mean_squared_error, y, p) == pytest.approx([2 * (b - a) / len(rows) for a, b in rows], rel=1e-12)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=5), st.floats(0.1, 3))
def test_huber_is_a_parabola_inside_delta_and_a_line_outside_with_a_slope_that_never_jumps(rows, delta):
    y, p = zip(*rows)
    errors = [b - a for a, b in rows]
    inside = [0.5 * e * e if abs(e) <= delta else delta * (abs(e) - delta / 2) for e in errors]
    assert math.isclose(nn.losses.huber(y, p, delta).data, sum(inside) / len(rows), rel_tol=1e-12, abs_tol=1e-15)
    held = [min(max(e, -delta), delta) / len(rows) for e in errors]
    assert slopes(nn.losses.huber, y, p, delta=delta) == pytest.approx(held, rel=1e-12, abs=1e-15)


@given(st.integers(0, 3), st.lists(st.floats(-8, 8), min_size=4, max_size=4))
def test_the_cross_entropies_over_classes_agree_from_labels_one_hot_rows_and_logits(label, z):
    one_hot = [float(k == label) for k in range(4)]
    p = softmax(*z)
    sparse, dense = nn.losses.sparse_categorical_crossentropy, nn.losses.categorical_crossentropy
    expected = -math.log(p[label])
    found = [sparse([label], [p]), dense([one_hot], [p]), sparse([label], [z], from_logits=True),
             dense([one_hot], [z], from_logits=True), sparse([Value(label)], [[Value(x) for x in p]]),
             sparse([Value(label)], [[Value(x) for x in z]], from_logits=True)]
    assert [loss.data for loss in found] == pytest.approx([expected] * 6, rel=1e-9, abs=1e-12)
    zs = [Value(x) for x in z]
    sparse([label], [zs], from_logits=True).backward()
    assert [x.grad for x in zs] == pytest.approx([a - b for a, b in zip(p, one_hot)], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("loss, y_true, y_pred, value, slope", [
    ("mse",   2.0, 5.0, 9.0,  6.0),
    ("mae",   2.0, 5.0, 3.0,  1.0),
    ("mae",   2.0, 2.0, 0.0,  0.0),
    ("msle",  math.e - 1, math.e**3 - 1, 4.0, 4 / math.e**3),
    ("huber", 2.0, 5.0, 2.5,  1.0),
    ("huber", 2.0, 3.0, 0.5,  1.0),
    ("hinge", 1,   0.25, 0.75, -1.0),
    ("hinge", -1,  -1.0, 0.0,  0.0),
    ("hinge", -1,  2.0,  3.0,  1.0),
])  # fmt: skip
def test_losses_by_name_have_the_textbook_s_value_and_slope(loss, y_true, y_pred, value, slope):
    p = Value(y_pred)
    found = nn.losses.find(loss)([y_true], [p])
    found.backward()
    assert (found.data, p.grad) == pytest.approx((value, slope), rel=1e-12)


def test_certain_and_right_costs_nothing_over_classes_and_wrong_infinity():
    sparse, dense = nn.losses.sparse_categorical_crossentropy, nn.losses.categorical_crossentropy
    assert [str(loss.data) for loss in (sparse([1], [[0, 1]]), dense([[0, 1]], [[0, 1]]))] == ["0.0", "0.0"]
    assert sparse([0], [[0, 1]]).data == dense([[1, 0]], [[0, 1]]).data == math.inf
    assert sparse([0], [[0, 1]], epsilon=1e-7).data == dense([[1, 0]], [[0, 1]], epsilon=1e-7).data == -math.log(1e-7)


# Edges

def test_a_certain_and_right_prediction_costs_nothing_and_a_wrong_one_infinity():
    assert str(binary_crossentropy([0, 1], [0.0, 1.0]).data) == "0.0"
    assert binary_crossentropy([1, 1], [0.0, 1.0]).data == math.inf


def test_a_nan_prediction_makes_the_loss_nan():
    assert math.isnan(binary_crossentropy([1], [math.nan]).data)


def test_a_loss_is_a_value_also_of_plain_numbers_and_depends_on_labels_that_are_values():
    assert type(mean_squared_error([1.0], [2.0])) is Value
    t = Value(1.0)
    mean_squared_error([t], [Value(3.0)]).backward()
    assert t.grad == -4.0


@pytest.mark.parametrize("y_true", [
    [[1], [0]], [1, 0], (1.0, 0.0), iter([1, 0]), np.array([1, 0]), np.array([[1], [0]]),
])
def test_a_row_of_one_may_be_a_number_or_a_list_or_come_in_an_array(y_true):
    assert binary_crossentropy(y_true, [Value(0.5), [Value(0.5)]]).data == math.log(2)


def test_rows_of_several_outputs_are_averaged_over_all_of_them():
    assert mean_squared_error([[0, 0], [0, 0]], [[1, 2], [3, 4]]).data == 7.5


# Refusals

@pytest.mark.parametrize("y_true, y_pred, options, sentence", [
    ([1, 0], [0.5], {}, r"expected as many rows in y_true as in y_pred, got 2 and 1"),
    ([], [], {}, r"expected at least one row, got none"),
    ([[1, 0]], [[0.5]], {}, r"row 0: expected as many labels as predictions, got 2 \(\[1, 0\] \(list\)\) and 1"),
    ([1, 2], [0.5, 0.5], {}, r"row 1 of y_true: expected a label in \[0, 1\], got 2 \(int\)"),
    ([1, -0.5], [0.5, 0.5], {"from_logits": True}, r"row 1 .* expected a label in \[0, 1\], got -0.5 \(float\)"),
    ([1, math.nan], [0.5, 0.5], {}, r"row 1 of y_true: expected a number, got nan; drop the row or fill it in"),
    ([1], [2.5], {}, r"row 0 of y_pred: .* in \[0, 1\], got 2.5 \(float\); if these are logits, say from_logits"),
    ([1], [Value(-0.1)], {}, r"expected a probability in \[0, 1\], got Value\(data=-0.1, grad=0.0\) \(Value\)"),
    ([Value(0.3)], [1], {}, r"the order is binary_crossentropy\(y_true, y_pred\)"),
    ([0.3, 0.8], [0, 1], {}, r"the order is binary_crossentropy\(y_true, y_pred\)"),
    ([1], [0.5], {"epsilon": -1}, r"expected a small epsilon of at least 0, such as 1e-7, got -1 \(int\)"),
    ([1], [0.5], {"epsilon": 1e-7, "from_logits": True}, r"epsilon is for probabilities, .* got 1e-07"),
    ([1], 0.5, {}, r"expected a list of rows as y_pred, got 0.5 \(float\)"),
    ("ab", [0.5], {}, r"expected a list of rows as y_true, got 'ab' \(str\)"),
    (["a"], [0.5], {}, r"row 0 of y_true: expected a Value or a real number .* got 'a' \(str\)"),
    ([1], [None], {}, r"row 0 of y_pred: expected a Value or a real number .* got None \(NoneType\)"),
    ([1, 0], [0.5, "a"], {"from_logits": True}, r"row 1 of y_pred: expected a Value or a real number .* got 'a' \(str\)"),
    ([[0, 1], [1, 0]], [[0.1, 0.2], [0.4, 3.0]], {}, r"row 1 of y_pred: expected a probability in \[0, 1\], got 3.0"),
    ([[0, 1], [1, 2]], [[0.1, 0.2], [0.4, 0.3]], {}, r"row 1 of y_true: expected a label in \[0, 1\], got 2 \(int\)"),
])
def test_labels_or_predictions_that_cannot_be_meant_are_refused_with_what_to_do(y_true, y_pred, options, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        binary_crossentropy(y_true, y_pred, **options)


@pytest.mark.parametrize("loss, y_true, y_pred, options, sentence", [
    ("sparse_categorical_crossentropy", [3], [[0.5, 0.25, 0.25]], {}, r"a class number from 0 to 2, got 3 \(int\)"),
    ("sparse_categorical_crossentropy", [-1], [[0.5, 0.5]], {}, r"a class number from 0 to 1, got -1 \(int\)"),
    ("sparse_categorical_crossentropy", [0.5], [[0.5, 0.5]], {}, r"a class number from 0 to 1, got 0.5 \(float\)"),
    ("sparse_categorical_crossentropy", [math.nan], [[0.5, 0.5]], {}, r"row 0 of y_true: expected a number, got nan"),
    ("sparse_categorical_crossentropy", [[0, 1]], [[0.5, 0.5]], {}, r"for one-hot labels use categorical_crossentropy"),
    ("sparse_categorical_crossentropy", [0], [0.5], {}, r"for a single output use binary_crossentropy"),
    ("sparse_categorical_crossentropy", [0], [[2.0, -1.0]], {}, r"if these are logits, say from_logits=True"),
    ("sparse_categorical_crossentropy", [0], [[0.9, 0.9]], {}, r"expected probabilities that add up to 1, got 1.8; if"),
    ("categorical_crossentropy", [1], [[0.5, 0.5]], {}, r"got 1 \(int\); for class numbers use sparse_categorical_cross"),
    ("categorical_crossentropy", [[1, 1]], [[0.5, 0.5]], {}, r"row 0 of y_true: expected labels that add up to 1, got 2"),
    ("categorical_crossentropy", [[1, 0]], [[0.5, 0.5, 0]], {}, r"expected as many labels as predictions, got 2 .* and 3"),
    ("categorical_crossentropy", [[1, 0]], [[5.0, -2.0]], {}, r"if these are logits, say from_logits=True"),
    ("categorical_crossentropy", [[1, 0]], [[5, 2]], {"from_logits": True, "epsilon": 0.1}, r"epsilon is for prob"),
    ("sparse_categorical_crossentropy", [[]], [[0.5, 0.5]], {}, r"row 0 of y_true: expected the number .* got \[\]"),
    ("sparse_categorical_crossentropy", ["a"], [[0.5, 0.5]], {}, r"row 0 of y_true: expected .* got 'a' \(str\)"),
    ("sparse_categorical_crossentropy", [0], [[1.0, "a"]], {"from_logits": True}, r"row 0 of y_pred: .* got 'a' \(str\)"),
    ("categorical_crossentropy", [[0, "a"]], [[0.5, 0.5]], {}, r"row 0 of y_true: .* got 'a' \(str\)"),
    ("mse", [1], ["a"], {}, r"mean_squared_error: row 0 of y_pred: expected a Value or a real number .* got 'a' \(str\)"),
    ("mse", [[1, 2], [3, None]], [[1.0, 2.0], [3.0, 4.0]], {}, r"row 1 of y_true: .* got None \(NoneType\)"),
    ("mae", [[]], [[]], {}, r"mean_absolute_error: row 0: expected at least one number, got an empty row"),
    ("hinge", [[1, 1], [1, 3]], [[0.5, 1.0], [1.0, 1.0]], {}, r"hinge: row 1 of y_true: expected a label of -1 or 1"),
    ("hinge", [0], [0.5], {}, r"expected a label of -1 or 1, got 0 \(int\); for labels 0 and 1 write 2 \* y - 1"),
    ("huber", [0], [0.5], {"delta": 0}, r"huber: expected a delta above 0, got 0 \(int\)"),
    ("msle", [0], [-2.0], {}, r"row 0 of y_pred: expected a number above -1, got -2.0 \(float\)"),
    ("binary_crosentropy", [0], [0.5], {}, r"the name of a loss, got .* did you mean 'binary_crossentropy'\?"),
    (0.5, [0], [0.5], {}, r"loss: expected a name or a function of \(y_true, y_pred\), got 0.5 \(float\)"),
])
def test_every_loss_refuses_what_it_cannot_use_and_says_what_to_do(loss, y_true, y_pred, options, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        nn.losses.find(loss)(y_true, y_pred, **options)


def test_a_partial_loss_keeps_its_name():
    assert nn.losses.name_of(partial(nn.losses.huber, delta=2.0)) == "huber"


def test_logits_at_infinity_cost_nothing_or_everything():
    inf = math.inf
    logits = [Value(-inf), Value(inf), Value(inf), Value(-inf)]
    losses = [nn.losses.binary_crossentropy([t], [z], from_logits=True) for t, z in zip([0, 0, 1, 1], logits)]
    assert [loss.data for loss in losses] == [0.0, inf, 0.0, inf]
    for loss in losses:
        loss.backward()
    assert [z.grad for z in logits] == [0.0, 1.0, 0.0, -1.0]


def test_soft_labels_beside_a_saturated_prediction_are_not_taken_for_swapped_arguments():
    assert nn.losses.binary_crossentropy([0.1], [sigmoid(Value(40.0))], epsilon=1e-7).data > 10
    with pytest.raises(ArgumentError, match="the order is"):
        nn.losses.binary_crossentropy([0.1, 0.9], [0.0, 1.0])


CLASSES = [kind for base in (OfFunction, Smoothed) for kind in base.__subclasses__() if kind is not Smoothed]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_loss_as_a_class_has_the_defaults_of_its_function(kind):
    own, wanted = inspect.signature(kind).parameters, inspect.signature(kind.function).parameters
    assert all(own[name].default == wanted[name].default for name in own.keys() & wanted.keys())


def test_losses_as_objects_take_their_options():
    labels, logits = [1, 0], [[Value(0.5), Value(2.0)], [Value(1.0), Value(-1.0)]]
    expected = nn.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True).data
    assert nn.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits).data == expected
    assert nn.losses.Huber(delta=0.5)([0.0], [2.0]).data == nn.losses.huber([0.0], [2.0], delta=0.5).data == 0.875
    assert (nn.losses.Huber().name, nn.losses.Huber(name="mine").name) == ("huber_loss", "mine")


def test_smoothed_labels_of_several_outputs_are_drawn_to_one_half():
    loss = nn.losses.BinaryCrossentropy(label_smoothing=0.2)
    found = loss([[1, 0, 1]], [[0.9, 0.2, 0.7]]).data
    assert found == pytest.approx(nn.losses.binary_crossentropy([[0.9, 0.1, 0.9]], [[0.9, 0.2, 0.7]]).data)
