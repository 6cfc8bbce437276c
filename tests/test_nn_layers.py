"""Neurons, layers and networks: what they compute, what they start from, and what they refuse."""

import copy
import math
import pickle
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, nn, sigmoid
from autodiff.errors import ArgumentError, OperandError
from autodiff.graph import topological_order
from autodiff.nn import checks
from autodiff.nn.activations import ACTIVATIONS

numbers = st.floats(-3, 3)


def set_to(module, numbers):
    for parameter, data in zip(module.parameters(), numbers, strict=True):
        parameter.data = data


# What they compute

def test_a_layer_asks_no_value_for_what_a_value_does_not_have(monkeypatch):
    """Each miss looks for the nearest name, which took a hundred times as long as the layer."""
    def refuse(value, name):
        raise AssertionError(f"asked for {name}")

    monkeypatch.setattr(Value, "__getattr__", refuse, raising=False)
    assert len(nn.MLP(2, [3, 2], seed=1)([Value(1.0), Value(2.0)])) == 2


def test_a_neuron_is_the_lecture_s_neuron():
    neuron = nn.Neuron(2, "sigmoid")
    set_to(neuron, [2.0, -3.0, -3.0])
    x = [Value(-1.0), Value(-2.0)]
    neuron(x).backward()
    assert [v.grad for v in (neuron.w[0], x[0], neuron.w[1], x[1], neuron.b)] == [
        -0.19661193324148185, 0.3932238664829637, -0.3932238664829637, -0.5898357997244456, 0.19661193324148185,
    ]  # fmt: skip


def test_a_neuron_is_one_dot_its_bias_and_its_activation():
    ops = [node.op for node in topological_order(nn.Neuron(3, "tanh")([1, 2, 3])) if node.parents]
    assert ops == ["dot", "add", "tanh"]


@given(st.lists(numbers, min_size=17, max_size=17), st.lists(numbers, min_size=2, max_size=2))
def test_a_network_computes_what_numpy_computes(parameters, x):
    model = nn.MLP(2, [4, 1], "tanh", output="sigmoid")
    set_to(model, parameters)
    hidden, output = np.reshape(parameters[:12], (4, 3)), np.array(parameters[12:])
    z = output[:4] @ np.tanh(hidden[:, :2] @ x + hidden[:, 2]) + output[4]
    assert math.isclose(model(x).data, 1 / (1 + np.exp(-z)), rel_tol=1e-12)


def test_the_numbers_of_a_row_become_constants_once_and_are_shared_by_the_neurons():
    first, second = nn.Layer(2, 2, "linear")([5.0, 7.0])
    inputs = [node for node in topological_order(first) if node.op == "constant"]
    assert [node.data for node in inputs] == [5.0, 7.0]
    assert set(inputs) <= set(topological_order(second))


def test_values_given_as_inputs_receive_gradients():
    x = [Value(1.0), Value(2.0)]
    model = nn.MLP(2, [3, 1], "tanh", seed=3)
    model(x).backward()
    assert all(v.grad != 0 for v in x)


def test_one_output_comes_as_a_value_and_several_as_a_list():
    assert isinstance(nn.Layer(2, 1)([1, 2]), Value)
    assert [type(y) for y in nn.Layer(2, 3)([1, 2])] == [Value] * 3
    assert nn.MLP(2, [1, 3, 1], seed=1)([1, 2]).op == "add"  # a layer of one feeds the next as it is


@pytest.mark.parametrize("row", [(0.5, 2), np.array([0.5, 2]), np.array([0.5, 2], np.float32), iter([0.5, 2]),
                                 [np.float64(0.5), np.int64(2)], [Value(0.5), True + 1]])
def test_a_row_may_be_any_sequence_of_real_numbers(row):
    layer = nn.Layer(2, 1, "linear")
    set_to(layer, [2.0, 3.0, 1.0])
    assert layer(row).data == 8.0


def test_a_softmax_layer_adds_up_to_one_and_a_neuron_refuses_softmax():
    assert math.isclose(sum(y.data for y in nn.Layer(2, 5, "softmax", seed=1)([1, -2])), 1.0)
    with pytest.raises(ArgumentError, match="softmax needs all the outputs of a layer: give it to a Layer"):
        nn.Neuron(2, "softmax")


@pytest.mark.parametrize("name", ACTIVATIONS.names())
def test_every_activation_works_by_name_in_a_layer(name):
    outputs = nn.Layer(3, 4, name, seed=2)([0.5, -1.0, 2.0])
    assert all(math.isfinite(y.data) for y in outputs)


def test_an_activation_may_be_any_function_of_a_value():
    neuron = nn.Neuron(1, lambda z: sigmoid(z) * 2)
    set_to(neuron, [0.0, 0.0])
    assert neuron(3.0).data == 1.0


# The first weights

@pytest.mark.parametrize("activation, spread", [("relu", 6 / 50), ("tanh", 6 / 90), (None, 6 / 90)])
def test_first_weights_fill_the_range_that_suits_the_activation(activation, spread):
    radius = math.sqrt(spread)
    layer = nn.Layer(50, 40, activation, seed=5)
    weights = [w.data for neuron in layer.neurons for w in neuron.w]
    assert max(map(abs, weights)) <= radius
    assert math.isclose(np.std(weights), radius / math.sqrt(3), rel_tol=0.05)
    assert abs(np.mean(weights)) < 0.05 * radius
    assert {neuron.b.data for neuron in layer.neurons} == {0.0}


def test_the_same_seed_gives_the_same_network_and_another_seed_another():
    first, again, other = (nn.MLP(2, [8, 1], seed=seed).state_dict() for seed in (1, 1, 2))
    assert first == again != other
    assert nn.MLP(2, [8, 1], rng=random.Random(1)).state_dict() == first


def test_without_a_seed_python_s_own_random_seed_decides():
    state = random.getstate()
    try:
        random.seed(7)
        first = nn.Layer(2, 3).state_dict()
        random.seed(7)
        assert nn.Layer(2, 3).state_dict() == first
    finally:
        random.setstate(state)


def test_a_known_seed_gives_known_weights_in_every_process():
    assert [p.data for p in nn.Neuron(2, seed=0).parameters()] == [1.193112292156655, 0.8935802638573969, 0.0]


# Names, order, printed form, copies

def test_parameters_come_neuron_by_neuron_weights_then_bias():
    names = [name for name, _ in nn.MLP(2, [2, 1]).named_parameters()]
    assert names == ["layers[0].neurons[0].w[0]", "layers[0].neurons[0].w[1]", "layers[0].neurons[0].b",
                     "layers[0].neurons[1].w[0]", "layers[0].neurons[1].w[1]", "layers[0].neurons[1].b",
                     "layers[1].neurons[0].w[0]", "layers[1].neurons[0].w[1]", "layers[1].neurons[0].b"]


def test_a_parameter_s_name_is_the_way_to_it():
    model = nn.MLP(2, [3, 1])
    for name, parameter in model.named_parameters():
        assert eval(f"model.{name}") is parameter and parameter.name == name


@pytest.mark.parametrize("text", ["Neuron(2, 'tanh')", "Layer(2, 3, 'softmax')",
                                  "MLP(2, [8, 1], 'relu', output='sigmoid')",
                                  "MLP(2, [8, 1], 'tanh', output='linear')", "MLP(3, [2], output='softmax')"])
def test_the_printed_form_builds_the_same_again(text):
    assert repr(eval(f"nn.{text}")) == text


def test_copies_and_pickles_of_a_network_are_independent_and_predict_the_same():
    model = nn.MLP(2, [4, 1], seed=1)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin([1, 2]).data == model([1, 2]).data
        assert not set(twin.parameters()) & set(model.parameters())
        twin.layers[0].neurons[0].b.data = 5.0
        assert model.layers[0].neurons[0].b.data == 0.0


# What they refuse

@pytest.mark.parametrize("make, sentence", [
    (lambda: nn.Neuron(0), r"Neuron: nin: expected a whole number of at least 1, got 0 \(int\)"),
    (lambda: nn.Neuron(2, "tanh", nout=-2), r"Neuron: nout: expected a whole number of at least 1, got -2 \(int\)"),
    (lambda: nn.Neuron(2, "relu", nout=0), r"Neuron: nout: .* got 0 \(int\)"),
    (lambda: nn.Neuron(2, "tanh", nout="a"), r"Neuron: nout: .* got 'a' \(str\)"),
    (lambda: nn.Layer(2, -1), r"Layer: nout: expected a whole number of at least 1, got -1 \(int\)"),
    (lambda: nn.Layer(2.5, 1), r"Layer: nin: expected a whole number of at least 1, got 2.5 \(float\)"),
    (lambda: nn.Layer(True, 1), r"Layer: nin: .* got True \(bool\)"),
    (lambda: nn.Layer("2", 1), r"Layer: nin: .* got '2' \(str\)"),
    (lambda: nn.MLP(2, []), r"MLP: nouts: expected a list of layer sizes such as \[8, 1\], got \[\] \(list\)"),
    (lambda: nn.MLP(2, 8), r"MLP: nouts: expected a list of layer sizes such as \[8, 1\], got 8 \(int\)"),
    (lambda: nn.MLP(2, [8, 0]), r"expected a whole number of at least 1, got 0 \(int\)"),
    (lambda: nn.MLP(2, [8, 1], "rleu"), r"name of an activation, got 'rleu' \(str\): did you mean 'relu'\?"),
    (lambda: nn.MLP(2, [8, 1], output="softmax"), r"softmax: expected a layer of two outputs or more, got 1: .* sigmoid"),
    (lambda: nn.Layer(2, 1, "maxout"), r"it is a layer of its own, Maxout\(units, pieces\)"),
    (lambda: nn.Layer(2, 1, 7), r"activation: expected a name, a function or None, got 7 \(int\)"),
    (lambda: nn.Layer(2, 1, seed="x"), r"seed: expected an integer, got 'x' \(str\)"),
    (lambda: nn.Layer(2, 1, rng=4), r"rng: expected a generator such as random.Random\(0\), got 4 \(int\)"),
    (lambda: nn.Layer(2, 1, seed=1, rng=random.Random()), r"expected seed or rng, not both: got seed=1"),
])
def test_an_unusable_size_activation_or_seed_is_an_error_that_shows_it(make, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        make()


@pytest.mark.parametrize("row, sentence", [
    ([1, 2, 3], r"Layer\(2, 3, 'relu'\): expected 2 inputs, got 3: \[1, 2, 3\] \(list\)"),
    ([], r"Layer\(2, 3, 'relu'\): expected 2 inputs, got 0: \[\] \(list\)"),
    (5, r"Layer\(2, 3, 'relu'\): expected 2 inputs, got 1: 5 \(int\)"),
    ("ab", r"Layer\(2, 3, 'relu'\): expected a row of 2 numbers or Values, got 'ab' \(str\)"),
    ({1: 2, 3: 4}, r"expected a row of 2 numbers or Values, got {1: 2, 3: 4} \(dict\)"),
    ({1, 2}, r"expected a row of 2 numbers or Values, got {1, 2} \(set\)"),
    (None, r"expected a row of 2 numbers or Values, got None \(NoneType\)"),
    ([[0, 1], [1, 0]], r"expected one row of 2 numbers, got a list of rows: call it on each"),
    (np.zeros((2, 2)), r"expected one row of 2 numbers, got a list of rows: call it on each"),
    ([1, "a"], r"Layer: expected a Value or a real number .* got 'a' \(str\)"),
    ([1, 1j], r"Layer: expected a Value or a real number .* got 1j \(complex\)"),
])
def test_a_wrong_row_is_an_error_that_shows_it(row, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        nn.Layer(2, 3)(row)


def test_a_size_may_be_any_integer():
    assert checks.size(np.int64(3), "size") == 3


@pytest.mark.parametrize("give", [lambda number: lambda nin, nout, rng: number, lambda number: lambda shape, dtype=None: np.full(shape, number),
                                  lambda number: nn.initializers.Constant(number)])  # fmt: skip
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("which", ["kernel_initializer", "bias_initializer"])
def test_an_initializer_that_gives_nan_or_inf_is_refused_at_once_with_the_layer(give, number, which):
    layers = [nn.Input(2), nn.Dense(3, name="second", **{which: give(number)})]
    with pytest.raises(ArgumentError, match=rf"Dense\(3\) named 'second': initializer .*: expected finite numbers, got {number}"):
        nn.Sequential(layers)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("make", [
    lambda first, last: nn.MLP(2, [3, 2], first, last, seed=1),
    lambda first, last: nn.Sequential([nn.Input(2), nn.Dense(3, first), nn.Dense(2, last)], seed=1),
])  # fmt: skip
def test_an_activation_that_is_set_later_may_be_a_name(make, engine):
    model, like = make("relu", None), make("tanh", "softmax")
    like.load_state_dict(model.state_dict())
    step = nn.step_function(model, "sparse_categorical_crossentropy", engine)
    model.layers[0].activation, model.layers[1].activation = "tanh", "softmax"
    X, y = [[0.0, 1.0], [1.0, 0.5]], [0, 1]
    assert step(X, y)[0] == nn.step_function(like, "sparse_categorical_crossentropy", engine)(X, y)[0]
    assert model.layers[0].neurons[0]([Value(0.5), Value(1.0)]).op == "tanh"
    assert model.layers[1].neurons[0]([Value(0.5)] * 3).op == "add"


def test_what_a_layer_is_set_to_later_is_checked_as_in_the_constructor():
    built = nn.Dense(1, input_shape=(2,))
    neuron, layer, own = nn.Neuron(2), nn.Layer(2, 3), nn.Activation("relu")
    for thing, name, value, message in (
        (built, "activation", "softmax", "two outputs or more"), (built, "kernel_regularizer", "l3", "a regularizer"),
        (neuron, "activation", "softmax", "all the outputs"), (layer, "activation", 3, "a name, a function or None"),
        (own, "activation", "rleu", "did you mean 'relu'"), (nn.Dropout(0.5), "rate", 2, "from 0 to below 1"),
        (nn.Dense(1), "units", 0, "at least 1"), (nn.Dense(1), "use_bias", 1, "True or False"),
        (nn.Dense(1), "seed", "a", "an integer"), (nn.Maxout(1), "pieces", 0, "at least 1"),
        (built, "units", 2, "make a new layer"), (built, "use_bias", False, "make a new layer"),
    ):  # fmt: skip
        with pytest.raises((ArgumentError, OperandError), match=message):
            setattr(thing, name, value)
    assert built.activation is nn.activations.find(None)
    neuron.activation, own.activation, built.units = "tanh", None, 1
    assert repr(neuron) == "Neuron(2, 'tanh')" and own([2.0]).data == 2.0
    late = nn.Dense(1)
    late.units, late.kernel_initializer, late.kernel_regularizer = 2, "ones", "l2"
    late.build((None, 2))
    assert late.kernel.tolist() == [[1.0, 1.0]] * 2 and late.penalties()[0][0] == nn.L2(0.01)
