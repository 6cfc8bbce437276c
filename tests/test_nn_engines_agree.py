"""The engines refuse the same labels, with the same row, and predict what the model computes now."""

from functools import partial

import numpy as np
import pytest

from autodiff import Value, compile, nn, tanh
from autodiff.errors import AutodiffError
from autodiff.nn import losses
from autodiff.nn.layers.block import Block

ENGINES = ["eager", "compiled", "jax"]
X = np.random.default_rng(0).normal(size=(4, 2))
SPARSE = partial(losses.sparse_categorical_crossentropy, from_logits=True)
BEFORE = {"sparse": [0, 1, 2, 1], "binary": [0, 1, 0, 1], "hinge": [1, -1, 1, -1], "msle": [0, 1, 2, 3], "mse": [0.5, 1.0, 2.0, 3.0],
          "one-hot": [[1, 0, 0]] * 4}  # fmt: skip
REFUSED = [
    ("sparse", [0, 1, 7.0, 2], 2), ("sparse", [[0], [1], [2], [7.0]], 3), ("sparse", [0, 1, 3, 2], 2), ("sparse", [0, 0.5, 1, 2], 1),
    ("sparse", [0, -1, 1, 2], 1), ("binary", [0, 1, -1.0, 0], 2), ("binary", [[0], [1], [1], [2]], 3), ("hinge", [1, -1, 0.0, 1], 2),
    ("msle", [0, 1, 5, -3], 3), ("msle", [0, -1.0, 5, 2], 1), ("mse", [0, 1, np.nan, 1], 2), ("one-hot", [[1, 0, 0]] * 3 + [[1, 1, 0]], 3),
    ("one-hot", [[1, 0, 0]] * 2 + [[2, -1, 0], [0, 1, 0]], 2),
]  # fmt: skip
LOSSES = {"sparse": (SPARSE, 3, None), "binary": ("binary_crossentropy", 1, "sigmoid"), "hinge": ("hinge", 1, "tanh"),
          "msle": ("mean_squared_logarithmic_error", 1, "sigmoid"), "mse": ("mse", 1, None),
          "one-hot": (partial(losses.categorical_crossentropy, from_logits=True), 3, None)}  # fmt: skip


def step_of(kind, engine):
    if engine == "jax":
        pytest.importorskip("jax")
    loss, outputs, activation = LOSSES[kind]
    options = {"output": activation} if activation else {}
    return nn.step_function(nn.MLP(2, [4, outputs], seed=1, **options), loss, engine=engine)


@pytest.mark.parametrize("again", [False, True], ids=["at once", "after good labels"])
@pytest.mark.parametrize(("engine", "kind", "y", "row"), [
    pytest.param(engine, *each, marks=pytest.mark.slow if engine == "jax" and each[0] in (other[0] for other in REFUSED[:place]) else ())
    for engine in ENGINES for place, each in enumerate(REFUSED)
])  # fmt: skip
def test_every_engine_refuses_the_labels_that_eager_does_and_names_the_row(kind, y, row, engine, again):
    steps = [step_of(kind, each) for each in ("eager", engine)]
    if again:
        for step in steps:
            step(X, np.array(BEFORE[kind]))
    with pytest.raises(AutodiffError, match=f"row {row} of y_true") as wanted:
        steps[0](X, np.array(y))
    with pytest.raises(AutodiffError) as found:
        steps[1](X, np.array(y))
    assert str(found.value) == str(wanted.value)
    loss, gradient = steps[1](X, np.array(BEFORE[kind]))
    assert np.isfinite(float(loss)) and np.isfinite(np.asarray(gradient)).all()


OUTPUTS_REFUSED = [
    ("sparse_categorical_crossentropy", [0, 1], 0.5, "add up to 1"), ("categorical_crossentropy", [[0, 1], [1, 0]], 0.5, "add up to 1"),
    ("kl_divergence", [[0, 1], [1, 0]], 0.5, "add up to 1"), ("sparse_categorical_crossentropy", [0, 1], 2.0, "in .0, 1."),
    ("binary_crossentropy", [0, 1], 2.0, "in .0, 1."), (losses.BinaryCrossentropy(label_smoothing=0.1), [0, 1], -2.0, "in .0, 1."),
    ("poisson", [0, 1], -2.0, "at least 0"), ("msle", [0, 1], -3.0, "above -1"),
]  # fmt: skip


@pytest.mark.parametrize("engine", ["compiled", pytest.param("jax", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("loss", "y", "far", "expected"), OUTPUTS_REFUSED)
def test_every_engine_refuses_the_outputs_that_eager_does_also_when_they_come_later(loss, y, far, expected, engine):
    pytest.importorskip("jax") if engine == "jax" else None
    outputs, said = 2 if "add" in expected or y == [[0, 1], [1, 0]] or "sparse" in str(loss) else 1, []
    for each in ("eager", engine):
        model = nn.Sequential([nn.Input(1), nn.Dense(outputs)], seed=1)
        model.layers[0].set_weights([np.array([[1.0, 0.0][:outputs]]), np.array([0.25, 0.75][:outputs])])
        step = nn.step_function(model, loss, each)
        step(np.array([[0.0], [0.0005]]), np.array(y))
        with pytest.raises(AutodiffError, match=f"row 1 of y_pred.*{expected}") as found:
            step(np.array([[0.0], [far]]), np.array(y))
        said.append(str(found.value))
    assert said[0] == said[1] or engine == "jax"


def test_fit_compiled_refuses_outputs_that_do_not_add_up_to_1_in_a_later_batch():
    for engine in ("eager", "compiled"):
        model = nn.Sequential([nn.Input(1), nn.Dense(2, "sigmoid", use_bias=False)], seed=1)
        model.layers[0].set_weights([np.array([[1.0, 2.0]])])
        model.compile("sgd", "sparse_categorical_crossentropy", engine=engine)
        with pytest.raises(AutodiffError, match="add up to 1"):
            model.fit([[0.0]] * 12 + [[3.0]], [0] * 13, batch_size=1, shuffle=False, verbose=0)


def test_compiled_losses_refuse_the_outputs_that_they_refuse_on_values():
    for target in ("math", "numpy"):
        loss = compile(lambda p: losses.binary_crossentropy([1], [p]), target=target)
        loss(0.5)
        with pytest.raises(AutodiffError, match="probability"):
            loss(2.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_labels_that_are_no_numbers_and_rows_of_another_width_are_an_error(engine):
    step = step_of("mse", engine)
    step(X, np.zeros(4))
    with pytest.raises(AutodiffError):
        step(X, np.array(["a", "b", "c", "d"]))
    with pytest.raises(AutodiffError, match="expected 2 inputs, got 3"):
        step(np.zeros((4, 3)), np.zeros(4))


def test_a_model_of_any_width_is_recorded_for_each():
    class Total(nn.Module):
        def __init__(self):
            self.w = Value(2.0)

        def __call__(self, row):
            return self.w * sum(row)

    step = nn.step_function(Total(), "mse")
    assert step(np.ones((2, 3)), np.zeros(2))[0] == 36.0 and step(np.ones((2, 4)), np.zeros(2))[0] == 64.0


def change_activation(model):
    model.layers[-1].activation = nn.activations.find("relu") if hasattr(nn, "activations") else "relu"


def change_order(model):
    model.layers[0], model.layers[1] = model.layers[1], model.layers[0]


def take_a_layer_out(model):
    del model.layers[1]


def change_a_number(model):
    model.layers[2].factor = 5.0


def change_what_a_function_holds(model):
    model.layers[2].held["factor"] = -1.0


class Scaled(Block):
    def __init__(self):
        self.factor, self.held = 2.0, {"factor": 1.0}

    def build(self, shape, rng):
        return shape

    def forward(self, xs):
        return [tanh(x * self.factor) * self.held["factor"] for x in xs]


CHANGES = [change_activation, change_order, take_a_layer_out, change_a_number, change_what_a_function_holds]


@pytest.mark.parametrize("change", CHANGES)
def test_predict_knows_when_the_model_changed(change):
    layers = [nn.Input((2,)), nn.Dense(2, "tanh"), nn.Dense(2, "relu"), Scaled(), nn.Dense(1, "sigmoid")]
    model = nn.Sequential(layers, seed=3)
    before = model.predict(X)
    assert np.array_equal(model.predict(X), before)
    change(model)
    wanted = [model(row) for row in X.tolist()]
    assert np.allclose(model.predict(X).ravel(), [y.data for y in wanted]) and not np.allclose(model.predict(X), before)


TAIL = 4.248354255291589e-18


@pytest.mark.parametrize("name", ["sparse", "one-hot"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_cross_entropy_from_logits_loses_nothing_in_the_tails(name, engine):
    class Bias(nn.Module):
        def __init__(self):
            self.z = [Value(40.0), Value(0.0)]

        def __call__(self, row):
            return [z + 0.0 * row[0] for z in self.z]

    if engine == "jax":
        pytest.importorskip("jax").config.update("jax_enable_x64", True)
    y = np.array([[1, 0]]) if name == "one-hot" else np.array([0])
    loss, gradient = nn.step_function(Bias(), LOSSES[name][0], engine=engine)(np.ones((1, 1)), y)
    assert float(loss) == TAIL and np.asarray(gradient).tolist() == [-TAIL, TAIL]


@pytest.mark.parametrize("z, t, loss, slope", [(40.0, 1, TAIL, -TAIL), (-40.0, 0, TAIL, TAIL), (40.0, 0, 40.0, 1.0), (-40.0, 1, 40.0, -1.0),
                                               (0.0, 0.5, 0.6931471805599453, 0.0)])  # fmt: skip
@pytest.mark.parametrize("engine", ENGINES)
def test_a_binary_cross_entropy_from_logits_loses_nothing_in_the_tails(z, t, loss, slope, engine):
    class Bias(nn.Module):
        def __init__(self):
            self.z = Value(z)

        def __call__(self, row):
            return self.z + 0.0 * row[0]

    if engine == "jax":
        pytest.importorskip("jax").config.update("jax_enable_x64", True)
    of_logits = partial(losses.binary_crossentropy, from_logits=True)
    found, gradient = nn.step_function(Bias(), of_logits, engine=engine)(np.ones((1, 1)), np.array([t]))
    assert float(found) == loss and np.asarray(gradient).tolist() == [slope]


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize(("y", "expected"), [(np.zeros((4, 1, 1)), "shape .4, 1, 1."), ([0.0, None, 1.0, 2.0], "None")])
def test_labels_of_three_axes_and_missing_ones_are_named_as_such(y, expected, engine):
    with pytest.raises(AutodiffError, match=f"step: expected y as .*{expected}"):
        step_of("mse", engine)(X, y)
