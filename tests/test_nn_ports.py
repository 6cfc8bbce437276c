"""Models of several inputs and outputs, and classes of one's own: they train, predict, step, draw and save as others do."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

import autodiff
from autodiff import Value, nn
from autodiff.errors import ArgumentError, OperandError

RNG = np.random.default_rng(1)
LEFT, RIGHT = RNG.normal(size=(11, 2)), RNG.normal(size=(11, 3))
SIZE, KIND = RNG.normal(size=11), np.arange(11) % 3
X, Y = {"left": LEFT, "right": RIGHT}, {"size": SIZE, "kind": KIND}
LOSSES = {"size": "mse", "kind": "sparse_categorical_crossentropy"}


def two_by_two(form="list", seed=1):
    left, right = nn.Input(2, name="left"), nn.Input(3, name="right")
    both = nn.Concatenate()([nn.Dense(4, "tanh", seed=seed)(left), nn.Dense(2, "relu", seed=seed + 1)(right)])
    size, kind = nn.Dense(1, name="size", seed=seed + 2)(both), nn.Dense(3, "softmax", name="kind", seed=seed + 3)(both)
    if form == "list":
        return nn.Model([left, right], [size, kind])
    return nn.Model({"left": left, "right": right}, {"size": size, "kind": kind})


class Net(nn.Model):
    def __init__(self):
        super().__init__()
        self.hidden = [nn.Dense(4, "tanh", seed=1), nn.Dense(3, "relu", seed=2)]
        self.out = nn.Dense(1, "sigmoid", seed=3)

    def call(self, x, training=False):
        for layer in self.hidden:
            x = layer(x)
        return self.out(x)


class Forward(nn.Model):
    def __init__(self):
        self.layer, self.shift = nn.Dense(1, seed=1), Value(0.5)

    def forward(self, x):
        return self.layer(x) + self.shift


@pytest.mark.parametrize("form", ["list", "dict"])
@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_model_of_several_ends_where_a_loop_by_hand_does(form, engine):
    model, by_hand = two_by_two(form), two_by_two()
    model.compile(nn.SGD(0.1), LOSSES, loss_weights={"size": 0.5, "kind": 2.0}, engine=engine)
    x, y = (X, Y) if form == "dict" else ([LEFT, RIGHT], [SIZE, KIND])
    history = model.fit(x, y, batch_size=11, epochs=4, verbose=0, shuffle=False).history
    optimizer, losses = nn.SGD(by_hand.parameters(), lr=0.1), []
    for _ in range(4):
        made = [by_hand([list(left), list(right)]) for left, right in zip(LEFT, RIGHT)]
        mse = nn.losses.mean_squared_error(SIZE, [size for size, _ in made])
        entropy = nn.losses.sparse_categorical_crossentropy(KIND, [kind for _, kind in made])
        loss = 0.5 * mse + 2.0 * entropy
        losses.append([loss.data, mse.data, entropy.data])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    found = [history[name] for name in ("loss", "size_loss", "kind_loss")]
    assert np.transpose(found) == pytest.approx(np.array(losses), rel=1e-12)
    assert list(model.state_dict().values()) == pytest.approx(list(by_hand.state_dict().values()), rel=1e-12)
    predicted = model.predict(x)
    size, kind = predicted if form == "list" else (predicted["size"], predicted["kind"])
    assert size.shape == (11, 1) and kind.shape == (11, 3)
    batch = by_hand([LEFT, RIGHT])
    assert [[y.data for y in row] for row in batch[1]] == [pytest.approx(row) for row in kind.tolist()]


def test_what_keras_calls_the_numbers_of_outputs_is_what_they_are_called():
    model = two_by_two()
    model.compile("adam", LOSSES, metrics={"kind": ["accuracy"], "size": ["mae", nn.metrics.RootMeanSquaredError()]})
    history = model.fit(X, Y, epochs=2, verbose=0, validation_split=0.3).history
    names = ["kind_accuracy", "kind_loss", "loss", "size_loss", "size_mae", "size_root_mean_squared_error"]
    assert list(history) == [*names, *(f"val_{name}" for name in names)]
    assert model.evaluate(X, Y, return_dict=True).keys() == set(names) and len(model.evaluate(X, Y)) == 6


def test_a_step_function_takes_what_fit_takes_and_its_gradient_is_that_of_the_sum():
    gradients = []
    for engine in ("eager", "compiled"):
        step = nn.step_function(two_by_two(), LOSSES, engine)
        loss, gradient = step(X, Y)
        gradients.append([float(loss), *np.asarray(gradient)])
        step.parameters = step.parameters - 0.1 * gradient
        assert step(X, Y)[0] < loss
        step.sync()
    assert gradients[0] == pytest.approx(gradients[1], rel=1e-12)


@pytest.mark.parametrize("form", ["list", "dict"])
def test_a_model_of_several_is_saved_whole_and_trains_on(form, tmp_path):
    model = two_by_two(form)
    model.compile("adam", LOSSES)
    model.fit(X, Y, epochs=1, verbose=0)
    twin = nn.load(model.save(tmp_path / "model.json", optimizer=True))
    mine, theirs = (each.predict(X) if form == "list" else list(each.predict(X).values()) for each in (model, twin))
    assert all(map(np.array_equal, mine, theirs))
    kept = twin.optimizer.state_dict()
    twin.compile(twin.optimizer, LOSSES)
    assert twin.optimizer.state_dict() == kept
    ends = [each.fit(X, Y, epochs=2, initial_epoch=1, verbose=0).history for each in (model, twin)]
    assert ends[0] == ends[1] and twin.output_names == model.output_names


def test_a_file_with_ports_that_cannot_be_is_refused(tmp_path):
    record = json.loads(two_by_two().save(tmp_path / "model.json").read_text())
    for change in ({"outputs": [["a", 99]]}, {"outputs": []}, {"inputs": [["a", [0]]]}, {"inputs": [[1, [2]], ["b", [3]]]},
                   {"forms": {"inputs": "set", "outputs": "list"}}, {"outputs": [["a", 1], ["a", 2]]}):  # fmt: skip
        broken = json.loads(json.dumps(record))
        broken["model"]["ports"] |= change
        (tmp_path / "broken.json").write_text(json.dumps(broken))
        with pytest.raises(ArgumentError, match="load: "):
            nn.load(tmp_path / "broken.json")


def test_a_model_of_several_inputs_is_a_layer_of_another():
    left, right = nn.Input(2), nn.Input(3)
    inner = nn.Model([left, right], nn.Add()([nn.Dense(3, seed=1)(left), right]))
    a, b = nn.Input(2), nn.Input(3)
    outer = nn.Model([a, b], nn.Dense(1, seed=2)(inner([a, b])))
    assert outer([[1.0, 2.0], [3.0, 4.0, 5.0]]).data == outer.layers[1](inner([[1.0, 2.0], [3.0, 4.0, 5.0]])).data
    with pytest.raises(OperandError, match="no symbol stands for several outputs"):
        two_by_two()([nn.Input(2), nn.Input(3)])


@pytest.mark.parametrize("act, sentence", [
    (lambda m: m.fit([LEFT], [SIZE, KIND]), r"x: expected a list of 2, for left, right, or a dict by these names, got 1 of"),
    (lambda m: m.fit(LEFT, [SIZE, KIND]), r"x: expected a list of 2, for left, right"),
    (lambda m: m.fit({"left": LEFT}, Y), r"x: expected a dict with left, right, got one with left"),
    (lambda m: m.fit([LEFT, RIGHT[:5]], Y), r"x: expected as many rows of each, got {'left': 11, 'right': 5}"),
    (lambda m: m.fit(X, [SIZE, KIND[:4]]), r"y\['kind'\]: expected a label for each of the 11 rows, got 4"),
    (lambda m: m.fit(X, [SIZE, KIND + 1]), r"row 2 of y_true: expected a class number from 0 to 2, got 3"),
    (lambda m: m.fit(X, Y, class_weight={0: 1}), r"class_weight: expected a model of one output"),
    (lambda m: m.fit(X, Y, sample_weight=[SIZE]), r"sample_weight: expected a list of 2, for size, kind"),
    (lambda m: m.compile("sgd", ["mse"]), r"loss: expected a list of 2, for size, kind, or a dict by these names, got 1"),
    (lambda m: m.compile("sgd", {"size": "mse", "kin": "mse"}), r"loss: expected a dict with size, kind, got one with size, kin"),
    (lambda m: m.compile("sgd", "mse", ["mae"]), r"metrics: expected a list of 2, for size, kind"),
    (lambda m: m([[1.0], [2.0]]), r"expected rows of \[2, 3\] numbers, got \[1, 1\]"),
    (lambda m: m.compile("sgd", [None, None]), r"expected a loss, such as"),
])
def test_what_does_not_fit_the_inputs_and_outputs_is_refused(act, sentence):
    model = two_by_two()
    model.compile("sgd", LOSSES)
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        act(model)


def test_an_output_without_a_loss_is_given_and_not_trained():
    model = two_by_two()
    model.compile("sgd", {"size": "mse", "kind": None})
    before = [value.data for value in model.get_layer("kind").parameters()]
    history = model.fit(X, {"size": SIZE}, verbose=0).history
    assert list(history) == ["loss"] and [value.data for value in model.get_layer("kind").parameters()] == before


# Classes of one's own

@pytest.mark.parametrize("kind", [Net, Forward])
@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_class_of_one_s_own_trains_predicts_and_keeps_its_weights(kind, engine, tmp_path):
    x, y = RNG.normal(size=(8, 2)), np.arange(8) % 2
    model, by_hand = kind(), kind()
    model.compile(nn.SGD(0.1), "mse", metrics=["accuracy"], engine=engine)
    losses = model.fit(x, y, epochs=3, verbose=0).history["loss"]
    by_hand([0.0, 0.0])
    optimizer = nn.SGD(by_hand.parameters(), lr=0.1)
    for expected in losses:
        loss = nn.losses.mean_squared_error(y, [by_hand(list(row)) for row in x])
        assert loss.data == pytest.approx(expected, rel=1e-12)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert model.predict(x)[:, 0] == pytest.approx([by_hand(row).data for row in x], rel=1e-12)
    assert [y.data for y in model(x)] == pytest.approx(model.predict(x)[:, 0], rel=1e-12)
    model.save_weights(tmp_path / "weights.json")
    fresh = kind()
    fresh([0.0, 0.0])
    fresh.load_weights(tmp_path / "weights.json")
    assert fresh.state_dict() == model.state_dict() and all(map(np.array_equal, fresh.weights, model.weights))
    with pytest.raises(OperandError, match="no file of data holds its code: use save_weights"):
        model.save(tmp_path / "model.json")


def test_a_class_of_one_s_own_draws_steps_sums_up_and_stands_in_a_sequential(capsys):
    model = Net()
    model.summary()
    assert capsys.readouterr().out.count("0 (unbuilt)") == 3
    y = model([0.5, -1.0])
    model.summary()
    text = capsys.readouterr().out
    assert 'Model: "net"' in text and "Total params: 31 (248.00 B)" in text and "(None, 4)" in text
    assert "hidden[0]" in autodiff.draw(y).dot and autodiff.steps(y)[-1] is not None
    assert repr(model) == "Net(3 layers)" and model.get_layer("dense_1") is model.hidden[1]
    outer = nn.Sequential([nn.Input(2), model, nn.Dense(1, seed=1)])
    assert outer.count_params() == 33 and outer.predict([[0.5, -1.0]]).shape == (1, 1)
    step = nn.step_function(model, "mse")
    assert step([[0.5, -1.0]], [1.0])[0] == pytest.approx((y.data - 1) ** 2)


def test_a_module_with_forward_is_callable_and_one_without_says_so():
    class Line(nn.Module):
        def __init__(self):
            self.w = Value(2.0)

        def forward(self, x):
            return self.w * x

    assert Line()(3.0).data == 6.0
    with pytest.raises(OperandError, match="Module computes nothing: write forward"):
        nn.Module()(3.0)
    with pytest.raises(OperandError, match=r"Empty computes nothing: write call\(self, x\)"):
        type("Empty", (nn.Model,), {})()([1.0])
    with pytest.raises(OperandError, match="Model: outputs: expected what Input or a layer returned, got None"):
        nn.Model()


def test_a_summary_of_what_is_not_built_says_so(capsys):
    model = nn.Sequential()
    model.add(nn.Dense(4))
    model.add(nn.Dropout(0.5))
    model.summary()
    text = capsys.readouterr().out
    assert text.count("0 (unbuilt)") == 2 and "│ ? " in text and " Total params: 0 (0.00 B)" in text


PROGRAM = """
import os, sys, json
os.environ["KERAS_BACKEND"] = "jax"; os.environ["JAX_ENABLE_X64"] = "1"
import numpy as np, keras
keras.backend.set_floatx("float64")
from keras.src.backend.common import dtypes
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
asked = json.loads(sys.stdin.read())
D = keras.layers.Dense
out = []
for case in asked["cases"]:
    left, right = keras.Input((2,), name="left"), keras.Input((3,), name="right")
    both = keras.layers.Concatenate()([D(4, "tanh")(left), D(2, "relu")(right)])
    size, kind = D(1, name="size")(both), D(3, "softmax", name="kind")(both)
    model = keras.Model([left, right], [size, kind])
    model.set_weights([np.array(w) for w in case["weights"]])
    model.compile(keras.optimizers.SGD(0.1), **case["compile"])
    x = [np.array(a) for a in asked["x"]]; y = [np.array(a) for a in asked["y"]]
    fit = {k: [np.array(a) for a in v] if k == "sample_weight" else v for k, v in case["fit"].items()}
    history = model.fit(x, y, shuffle=False, verbose=0, batch_size=4, **fit).history
    out.append({"history": history, "weights": [w.tolist() for w in model.get_weights()],
                "evaluate": model.evaluate(x, y, verbose=0)})
print(json.dumps(out))
"""


@pytest.mark.slow
@pytest.mark.skipif(find_spec("keras") is None, reason="needs Keras: pip install keras jax")
def test_several_inputs_and_outputs_end_where_keras_ends():
    pair = ["mse", "sparse_categorical_crossentropy"]
    weights = [np.linspace(0, 2, 11).tolist(), np.linspace(1, 0, 11).tolist()]
    cases = [
        {"compile": {"loss": pair}, "fit": {"epochs": 3}},
        {"compile": {"loss": LOSSES, "loss_weights": {"size": 0.25, "kind": 3.0}, "metrics": {"kind": ["accuracy"], "size": "mae"}},
         "fit": {"epochs": 3, "validation_split": 0.3}},
        {"compile": {"loss": pair, "metrics": [["mae", "mse"], ["acc"]], "weighted_metrics": [["mae"], ["acc"]]},
         "fit": {"epochs": 2, "sample_weight": weights}},
    ]  # fmt: skip
    models = [two_by_two() for _ in cases]
    asked = {"x": [LEFT.tolist(), RIGHT.tolist()], "y": [SIZE.tolist(), KIND.tolist()],
             "cases": [case | {"weights": [w.tolist() for w in model.get_weights()]} for case, model in zip(cases, models)]}
    done = subprocess.run([sys.executable, "-c", PROGRAM], input=json.dumps(asked), capture_output=True, text=True, check=False,
                          env=os.environ | {"PYTHONWARNINGS": "ignore", "JAX_PLATFORMS": "cpu"})  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    for case, model, theirs in zip(cases, models, json.loads(done.stdout.splitlines()[-1])):
        model.compile(nn.SGD(0.1), **case["compile"])
        history = model.fit([LEFT, RIGHT], [SIZE, KIND], shuffle=False, verbose=0, batch_size=4, **case["fit"]).history
        assert list(history) == list(theirs["history"])
        for name, numbers in theirs["history"].items():
            assert history[name] == pytest.approx(numbers, rel=1e-9), name
        for mine, expected in zip(model.get_weights(), theirs["weights"]):
            np.testing.assert_allclose(mine, expected, rtol=1e-9, atol=1e-9)
        assert model.evaluate([LEFT, RIGHT], [SIZE, KIND], verbose=0) == pytest.approx(theirs["evaluate"], rel=1e-9)
