"""Blocks and the models made of them: shapes, symbols, summaries, Dropout."""

import copy
import math

import numpy as np
import pytest

from autodiff import Value, nn
from autodiff.errors import ArgumentError, OperandError


def sequential(seed=1):
    return nn.Sequential([nn.Input((2,)), nn.Dense(8, "relu"), nn.Dense(1, "sigmoid")], seed=seed)


def lines(model):
    found = []
    model.summary(print_fn=found.append)
    return "\n".join(found).split("\n")


# Shapes and parameters

def test_a_dense_layer_of_10_units_on_100_features_has_1010_parameters():
    model = nn.Sequential([nn.Input((100,)), nn.Dense(10)])
    assert model.count_params() == 1010


@pytest.mark.slow  # a Value for each of them
def test_the_image_classifier_has_316810_parameters():
    image = nn.Input(shape=(28, 28))
    x = nn.Flatten()(image)
    for units in (300, 200, 100):
        x = nn.Dense(units, "relu")(x)
    model = nn.Model(image, nn.Dense(10, "softmax")(x))
    assert model.count_params() == 316_810
    assert model.output_shape == (10,)


def test_the_summary_is_keras_s_table():
    assert lines(sequential()) == [
        'Model: "sequential"',
        "┌─────────────────────────────────┬────────────────────────┬───────────────┐",
        "│ Layer (type)                    │ Output Shape           │       Param # │",
        "├─────────────────────────────────┼────────────────────────┼───────────────┤",
        "│ dense (Dense)                   │ (None, 8)              │            24 │",
        "│ dense_1 (Dense)                 │ (None, 1)              │             9 │",
        "└─────────────────────────────────┴────────────────────────┴───────────────┘",
        " Total params: 33 (264.00 B)",
        " Trainable params: 33 (264.00 B)",
        " Non-trainable params: 0 (0.00 B)",
    ]


def test_the_summary_uses_names_and_counts_shared_layers_once():
    x = nn.Input(3)
    shared = nn.Dense(3, name="twice")
    found = lines(nn.Model(x, nn.Dense(1)(shared(shared(x))), name="mine"))
    assert found[0] == 'Model: "mine"'
    assert "│ twice (Dense) " in found[4] and "│ dense (Dense) " in found[5]
    assert found[7] == " Total params: 16 (128.00 B)"


def test_a_sequential_is_built_for_the_first_row_it_meets():
    model = nn.Sequential([nn.Dense(4, "tanh"), nn.Dense(2)], seed=3)
    assert repr(model) == "Sequential([Dense(4, activation='tanh'), Dense(2)])"
    assert [type(y) for y in model([1.0, 2.0, 3.0])] == [Value, Value]
    assert model.count_params() == 4 * 4 + 2 * 5
    assert nn.Sequential([nn.Dense(4, "tanh", input_shape=(3,)), nn.Dense(2)]).count_params() == 26


def test_the_functional_form_computes_what_the_sequential_does():
    one = sequential()
    x = nn.Input(shape=(2,))
    two = nn.Model(inputs=x, outputs=nn.Dense(1, "sigmoid")(nn.Dense(8, "relu")(x)))
    two.load_state_dict(one.state_dict())
    assert two([0.3, 0.7]).data == one([0.3, 0.7]).data
    assert repr(two) == "Model((None, 2) -> (None, 1), 2 layers)"


def residual(seed=1):
    """relu layers with a shortcut past the second, and the inputs once more before the last."""
    x = nn.Input(2)
    one = nn.Dense(4, "relu", seed=seed)(x)
    two = nn.Add()([one, nn.Dense(4, "tanh", seed=seed + 1)(one)])
    return nn.Model(x, nn.Dense(1, "sigmoid", seed=seed + 2)(nn.Concatenate()([two, x])))


def test_rows_that_were_merged_are_sums_and_lists_of_what_came():
    model = residual()
    first, second, _, _, last = model.layers
    one = first([0.3, -0.7])
    both = [a + b for a, b in zip(one, second(one))]
    assert model([0.3, -0.7]).data == last([*both, 0.3, -0.7]).data
    assert [y.data for y in nn.Concatenate()([[1.0, Value(2.0)], (3.0, 4)])] == [1.0, 2.0, 3.0, 4.0]
    assert [y.data for y in nn.Add()([[1.0, 2.0], np.array([10.0, 20.0]), [100.0, 200.0]])] == [111.0, 222.0]
    assert [line.split()[1] for line in lines(model)[4:9]] == ["dense", "dense_1", "add", "concatenate", "dense_2"]


def test_gradients_flow_through_every_branch_of_a_merge():
    x = Value(3.0)
    y = nn.Add()([x, nn.Concatenate()([x * 2, x * x])[0:1]])
    y.backward()
    assert (y.data, x.grad) == (9.0, 3.0)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_model_with_merges_trains_and_predicts_on_every_engine(engine):
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    model = residual()
    model.compile(nn.SGD(lr=0.5), "binary_crossentropy", engine=engine)
    losses = model.fit(X, y, epochs=20, verbose=0).history["loss"]
    twin = residual()
    optimizer = nn.SGD(twin.parameters(), lr=0.5)
    for loss in losses:
        now = nn.losses.binary_crossentropy(y, [twin(row) for row in X])
        assert math.isclose(now.data, loss, rel_tol=1e-12)
        optimizer.zero_grad()
        now.backward()
        optimizer.step()
    assert np.allclose(model.predict(X)[:, 0], [twin(row).data for row in X], rtol=1e-12, atol=0)


def test_a_model_of_blocks_computes_what_the_mlp_does():
    mlp, blocks = nn.MLP(2, [8, 1], output="sigmoid", seed=1), sequential(seed=1)
    assert list(mlp.state_dict().values()) == list(blocks.state_dict().values())
    assert mlp([0.3, 0.7]).data == blocks([0.3, 0.7]).data


def test_models_nest_and_names_lead_to_parameters():
    inner = nn.Sequential([nn.Dense(3, "relu")], seed=1)
    model = nn.Sequential([nn.Input(2), inner, nn.Dense(1)], seed=2)
    for name, parameter in model.named_parameters():
        assert eval(f"model.{name}") is parameter and parameter.name == name
    assert inner(nn.Input(2)).shape == (3,)


def test_models_nest_deeper_than_python_calls():
    model = nn.Sequential([nn.Dense(2, "tanh")], seed=1)
    outer = model
    for _ in range(600):
        outer = nn.Sequential([outer])
    outer.ensure_built((3,))
    assert [y.data for y in outer([1.0, 2.0, 3.0])] == [y.data for y in model([1.0, 2.0, 3.0])]
    assert outer.count_params() == 8 and outer.output_shape == model.output_shape == (2,) and len(repr(outer)) < 1000


def test_rows_may_be_nested_as_the_input_is_or_flat():
    model = nn.Sequential([nn.Input((2, 2)), nn.Flatten(), nn.Dense(1)], seed=1)
    assert model([[1, 2], [3, 4]]).data == model(np.array([[1, 2], [3, 4]])).data == model([1, 2, 3, 4]).data


def test_maxout_is_the_largest_of_its_pieces():
    layer = nn.Maxout(2, pieces=3, seed=1)
    outputs = layer([1.0, -2.0])
    sums = [neuron.weigh([1.0, -2.0]).data for neuron in layer.neurons]
    assert [y.data for y in outputs] == [max(sums[:3]), max(sums[3:])]
    assert len(layer.parameters()) == 6 * 3


def test_an_activation_may_be_a_layer():
    assert math.isclose(sum(y.data for y in nn.Activation("softmax")([1.0, 2.0, 3.0])), 1.0)


# Dropout

def test_dropout_does_nothing_at_rest_and_keeps_the_mean_in_training():
    dropout = nn.Dropout(0.3, seed=2)
    ones = [1.0] * 10_000
    assert [y.data for y in dropout(ones)] == ones
    dropped = np.array([y.data for y in dropout.train()(ones)])
    assert set(dropped.tolist()) == {0.0, 1 / 0.7}
    assert math.isclose(dropped.mean(), 1.0, abs_tol=0.03)
    assert [y.data for y in dropout.eval()(ones)] == ones


def test_dropout_drops_anew_for_each_row_and_the_same_for_the_same_seed():
    one, two = nn.Dropout(0.5, seed=1).train(), nn.Dropout(0.5, seed=1).train()
    first, second = ([y.data for y in one([1.0] * 20)] for _ in range(2))
    assert first != second
    assert [y.data for y in two([1.0] * 20)] == first


def test_training_mode_reaches_every_dropout_inside():
    dropout = nn.Dropout(0.5)
    model = nn.Sequential([nn.Input(2), nn.Sequential([dropout]), nn.Dense(1)], seed=1)
    assert model.train() is model and dropout.training
    model.eval()
    assert not dropout.training


def test_a_copy_of_a_model_is_independent():
    model = sequential()
    twin = copy.deepcopy(model)
    twin.layers[0].neurons[0].b.data = 3.0
    assert model.layers[0].neurons[0].b.data == 0.0


# What is refused

def merged():
    layer = nn.Concatenate()
    assert layer([nn.Input(2), nn.Input(3)]).shape == (5,)
    return layer


def containing_itself():
    model = nn.Sequential()
    model.add(model)


@pytest.mark.parametrize("make, sentence", [
    (lambda: nn.Dense(0), r"Dense: units: expected a whole number of at least 1, got 0 \(int\)"),
    (lambda: nn.Dense(2, "relo"), r"did you mean 'relu'\?"),
    (lambda: nn.Dropout(1.0), r"Dropout: expected a rate from 0 to below 1, got 1.0 \(float\)"),
    (lambda: nn.Input("2"), r"Input: expected a shape such as \(2,\), got '2' \(str\)"),
    (lambda: nn.Input((2, 0)), r"Input: shape: expected a whole number of at least 1, got 0 \(int\)"),
    (lambda: nn.Sequential(nn.Dense(2)), r"Sequential: expected a list of layers, got Dense\(2\) \(Dense\)"),
    (lambda: nn.Sequential([8]), r"Sequential: expected a layer such as Dense\(8\), got 8 \(int\)"),
    (lambda: nn.Sequential([nn.Dense(2), nn.Input(2)]), r"expected the Input before all layers"),
    (lambda: nn.Sequential([nn.Dense(2)(nn.Input(2))]), r"expected an Input or a layer, got Symbol.* use Model for it"),
    (lambda: nn.Sequential([nn.Input((2, 2)), nn.Dense(1)]), r"got \(None, 2, 2\): put Flatten\(\) before it"),
    (lambda: nn.Model(nn.Input(2), 3), r"Model: outputs: expected what Input or a layer returned, got 3 \(int\)"),
    (lambda: nn.Model(nn.Input(2), nn.Dense(1)(nn.Input(2))), r"the outputs also depend on Symbol.*, which is not the in"),
    (lambda: nn.Add()([nn.Input(2), nn.Input(3)]), r"expected rows of one shape, got \(None, 2\) and \(None, 3\)"),
    (lambda: nn.Add()([nn.Input(2)]), r"expected at least two rows to bring together, got 1"),
    (lambda: nn.Add()(nn.Input(2)), r"expected a list of what layers returned, got Symbol"),
    (lambda: nn.Add()([nn.Input(2), [1.0, 2.0]]), r"either symbols or rows of numbers, got both"),
    (lambda: merged()([[1.0], [2.0]]), r"expected rows of \[2, 3\] numbers, got \[1, 1\]"),
    (lambda: nn.Concatenate()([nn.Input((2, 2)), nn.Input(3)]), r"got \(None, 2, 2\): put Flatten\(\) before it"),
    (lambda: nn.Sequential([nn.Input(2), nn.Add()]), r"expected layers of one row, got Add\(\): use Model for it"),
    (lambda: nn.Flatten(3), r"Flatten: expected no arguments without a name, got 3 \(int\)"),
    (lambda: nn.Add(3), r"Add: expected no arguments without a name, got 3 \(int\)"),
    (lambda: nn.Dense(8, "relu", True, 3), r"Dense: expected 3 arguments without a name, got 3 \(int\) as well"),
    (lambda: nn.Dense(8, "relu", 3), r"Dense: use_bias: expected True or False, got 3 \(int\)"),
    (lambda: nn.Dense(8, activaton="relu"), r"no argument 'activaton': did you mean 'activation'\?"),
    (lambda: nn.Adam(beta1=0.9), r"Adam: there is no argument 'beta1': did you mean 'beta_1'\?"),
    (lambda: sequential().summary(3), r"print_fn: expected a function such as print, got 3 \(int\)"),
    (lambda: sequential().fit([[1, 2]], [1], epoch=3), r"fit: there is no argument 'epoch': did you mean 'epochs'\?"),
    (lambda: sequential().compile(optimiser="sgd"), r"no argument 'optimiser': did you mean 'optimizer'\?"),
    (lambda: sequential().predict([[1, 2]], verbose=3), r"verbose: expected 0, 1, 2 or 'auto', got 3"),
    (lambda: containing_itself(), r"Sequential: expected another layer, got the model itself"),
    (lambda: sequential()([1, 2, 3]), r"expected a row of 2 numbers, got 3: \[1, 2, 3\] \(list\)"),
    (lambda: sequential()({1: 2, 3: 4}), r"expected a row of numbers or Values, got {1: 2, 3: 4} \(dict\)"),
    (lambda: sequential()("ab"), r"expected a row of numbers or Values, got 'ab' \(str\)"),
    (lambda: sequential().layers[0](nn.Input(3)), r"was built for rows of shape \(None, 2\), got \(None, 3\)"),
])
def test_what_makes_no_model_is_refused_with_what_to_do(make, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        make()


def test_a_block_without_a_forward_says_so():
    with pytest.raises(NotImplementedError, match="Block computes nothing"):
        nn.Block()([1.0])


def test_an_own_layer_takes_any_arguments_that_it_says_it_takes():
    class Scaled(nn.Block):
        def __init__(self, factor, **options):
            self.factor, self.options = factor, options

        def forward(self, xs):
            return [x * self.factor for x in xs]

    assert Scaled(2.0, anything=3)([4.0]).data == 8.0
