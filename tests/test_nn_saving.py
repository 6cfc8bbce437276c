"""save and load: every bit comes back, training goes on, and nothing but a model is accepted."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import nn
from autodiff.errors import ArgumentError, AutodiffError, OperandError

X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


def functional():
    x = nn.Input((2, 2))
    hidden = nn.Dropout(0.25)(nn.Maxout(3, 2, name="wide", seed=4)(nn.Flatten()(x)))
    return nn.Model(x, nn.Activation("softmax")(nn.Dense(3, seed=5)(hidden)), name="mine")


MODELS = {
    "MLP": lambda: nn.MLP(2, [4, 3, 1], "tanh", output="sigmoid", seed=1),
    "one layer": lambda: nn.MLP(2, [3], output="softmax", seed=1),
    "Sequential": lambda: nn.Sequential([nn.Input(2), nn.Dense(4, "relu"), nn.Dense(2, "softmax")], seed=1),
    "functional": functional,
    "with a shortcut": lambda: with_a_shortcut(),
}


def numbers(outputs):
    return [y.data for y in outputs] if isinstance(outputs, list) else outputs.data


@pytest.mark.parametrize("name", MODELS)
def test_a_loaded_model_predicts_the_same_bits_and_is_built_the_same(name, tmp_path):
    model = MODELS[name]()
    twin = nn.load(nn.save(model, tmp_path / "model.json"))
    row = [0.1, 0.2, 0.3, 0.4] if name == "functional" else [0.1, 0.2]
    assert type(twin) is type(model) and repr(twin) == repr(model)
    assert twin.state_dict() == model.state_dict()
    assert numbers(twin(row)) == numbers(model(row))
    assert [path.name for path in tmp_path.iterdir()] == ["model.json"]


def test_a_loaded_model_with_its_optimizer_goes_on_as_if_never_stopped(tmp_path):
    def fresh():
        layers = [nn.Input(2), nn.Dense(6, "relu"), nn.Dropout(0.3), nn.Dense(1, "sigmoid")]
        model = nn.Sequential(layers, seed=2)
        model.compile(nn.Nadam(lr=0.05, beta_1=0.8), "binary_crossentropy", engine="eager")
        return model

    through, stopped = fresh(), fresh()
    through.fit(X, Y, batch_size=2, epochs=6)
    stopped.fit(X, Y, batch_size=2, epochs=3)
    resumed = nn.load(nn.save(stopped, tmp_path / "model.json", optimizer=True))
    resumed.compile(resumed.optimizer, "binary_crossentropy", engine="eager")
    resumed.fit(X, Y, batch_size=2, epochs=6, initial_epoch=3)
    assert resumed.state_dict() == through.state_dict()


class Own(nn.Module):
    pass


def with_a_shortcut():
    """Branches, a layer that is used twice, and both merges."""
    x, twice = nn.Input(2), nn.Dense(2, "tanh", seed=3)
    joined = nn.Concatenate()([nn.Add()([twice(x), x]), twice(twice(x)), x])
    return nn.Model(x, nn.Dense(3, "softmax", seed=4)(joined))


@pytest.mark.parametrize("make, options, sentence", [
    (Own, {}, r"save: expected an MLP, a Sequential or a Model, got Own\(\)"),
    (lambda: nn.MLP(1, [1], output=lambda z: z * 2), {}, r"save: expected activations that go by a name, got <function"),
    (lambda: nn.Sequential([nn.Input(2), nn.Sequential([nn.Dense(1)])]), {}, r"save: expected layers of the kinds Dense, "),
    (lambda: nn.Sequential([nn.Dense(1)]), {}, r"save: expected a model that knows its input"),
    (MODELS["Sequential"], {"optimizer": True}, r"save: optimizer=True: expected a compiled model"),
])
def test_what_a_file_of_data_cannot_hold_is_refused_and_leaves_no_file(make, options, sentence, tmp_path):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        nn.save(make(), tmp_path / "model.json", **options)
    assert not list(tmp_path.iterdir())


def test_a_broken_model_is_not_saved_over_a_good_one(tmp_path):
    model = MODELS["MLP"]()
    path = nn.save(model, tmp_path / "model.json")
    model.parameters()[0].data = float("nan")
    with pytest.raises(ArgumentError, match="expected finite parameters"):
        nn.save(model, path)
    assert nn.load(path).state_dict() == MODELS["MLP"]().state_dict()


# Files from outside

def edited(path, **changes):
    """The saved file with some entries replaced, by their way in: model__layers__0__units=5."""
    record = json.loads(path.read_text())
    for way, value in changes.items():
        *steps, last = [int(step) if step.isdigit() else step for step in way.split("__")]
        inner = record
        for step in steps:
            inner = inner[step]
        inner[last] = value
    path.write_text(json.dumps(record))
    return path


@pytest.mark.parametrize("calls, sentence", [
    (5, r"calls: expected a list, got 5 \(int\)"),
    ([[0, []]], r"calls: expected a layer and what it is called on, got \[0, \[\]\]"),
    ([[0, [1]]], r"calls: expected a whole number up to 0, got 1 \(int\)"),
    ([[9, [0]]], r"calls: expected a whole number up to 3, got 9 \(int\)"),
    ([[0, [True]]], r"calls: expected a whole number up to 0, got True"),
    ([[0, [0, 0]]], r"calls: expected one row, or several to bring together, got \[0, \[0, 0\]\]"),
    ([[1, [0]]], r"calls: expected one row, or several to bring together, got \[1, \[0\]\]"),
    ([[0, [0]]], r"calls: expected a call of each of 4 layers, got"),
    ([[0, [0]], [1, [0, 1]], *([2, [place, place]] for place in range(2, 80)), [3, [2]]], r"at most 67,108,864 parameters"),
])
def test_hostile_calls_of_layers_are_refused(calls, sentence, tmp_path):
    model = with_a_shortcut()
    assert [type(layer).__name__ for layer in model.layers] == ["Dense", "Add", "Concatenate", "Dense"]
    path = nn.save(model, tmp_path / "model.json")
    with pytest.raises(ArgumentError, match=sentence):
        nn.load(edited(path, model__calls=calls))


def test_a_chain_cannot_bring_rows_together(tmp_path):
    path = edited(nn.save(MODELS["Sequential"](), tmp_path / "model.json"), model__layers=[{"kind": "Add", "name": None}])
    with pytest.raises(ArgumentError, match="expected layers of one row in a chain"):
        nn.load(path)


@pytest.mark.parametrize("changes, sentence", [
    ({"format": "pickle"}, r"expected the format 'autodiff model', got 'pickle' \(str\)"),
    ({"version": 3}, r"expected version 2, got 3 \(int\): use a newer autodiff"),
    ({"script": "import os"}, r"the file: expected format, model, parameters, version, got"),
    ({"parameters": [1.0]}, r"expected 22 parameters for this model, got 1"),
    ({"parameters": ["1"] * 22}, r"parameters: expected a list of finite numbers"),
    ({"parameters": [True] * 22}, r"parameters: expected a list of finite numbers"),
    ({"model__kind": "Lambda"}, r"model: expected the kind MLP, Sequential or Model"),
    ({"model__layers__0__kind": "Lambda"}, r"layers: expected one of Dense, Maxout, Activation, Dropout, Flatten, Concatenate, Add, .*, got"),
    ({"model__layers__0__kind": ["Dense"]}, r"layers: expected one of Dense"),
    ({"model__layers__0__units": 10**12}, r"expected at most 67,108,864 parameters, got a model of"),
    ({"model__layers__0__units": "4"}, r"units: expected whole numbers of at least 1, got \['4'\] \(list\)"),
    ({"model__layers__0__units": True}, r"units: expected whole numbers of at least 1, got \[True\] \(list\)"),
    ({"model__layers__0__activation": "os.system"}, r"expected the name of an activation, got 'os.system' \(str\)"),
    ({"model__layers__0__activation": None}, r"activation: expected a name, got None"),
    ({"model__layers__0__name": 5}, r"name: expected a string or null, got 5 \(int\)"),
    ({"model__layers__0__code": "x"}, r"load: Dense: expected activation, kind, name, units, got"),
    ({"model__layers": 5}, r"layers: expected a list, got 5 \(int\)"),
    ({"model__input_shape": []}, r"input_shape: expected whole numbers of at least 1, got \[\] \(list\)"),
    ({"model__input_shape": [-2]}, r"input_shape: expected whole numbers of at least 1"),
    ({"optimizer": 5}, r"optimizer: expected hyperparameters, kind, lr, state, got 5 \(int\)"),
])
def test_a_changed_file_is_refused_with_what_is_wrong(changes, sentence, tmp_path):
    path = edited(nn.save(MODELS["Sequential"](), tmp_path / "model.json"), **changes)
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        nn.load(path)


@pytest.mark.parametrize("changes, sentence", [
    ({"optimizer__kind": "Trojan"}, r"expected the name of an optimizer, got 'Trojan'"),
    ({"optimizer__hyperparameters": {"rule": 1}}, r"unknown hyperparameters \['rule'\]"),
    ({"optimizer__hyperparameters": {"beta_1": "x"}}, r"Adam: beta_1: expected a real number .* got 'x' \(str\)"),
    ({"optimizer__lr": -1}, r"expected a learning rate that is finite and at least 0, got -1"),
    ({"optimizer__state": {"steps": 1, "m": [0.0], "v": [0.0]}}, r"expected 22 numbers of 'm', got 1"),
])
def test_a_changed_optimizer_is_refused_with_what_is_wrong(changes, sentence, tmp_path):
    model = MODELS["Sequential"]()
    model.compile("adam", "sparse_categorical_crossentropy")
    path = edited(nn.save(model, tmp_path / "model.json", optimizer=True), **changes)
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        nn.load(path)


def test_a_number_that_only_overflows_is_refused_too(tmp_path):
    model = MODELS["Sequential"]()
    model.compile("adam", "sparse_categorical_crossentropy")
    path = nn.save(model, tmp_path / "model.json", optimizer=True)
    path.write_text(path.read_text().replace('"beta_1": 0.9', '"beta_1": 1e999'))
    with pytest.raises(ArgumentError, match="expected a beta_1 from 0 to below 1, got inf"):
        nn.load(path)


@pytest.mark.parametrize("text", ["", "{}", "[1, 2]", "null", "import os", '{"a": NaN}', "[" * 100_000, '{"a": 1e999}'])
def test_what_is_no_model_is_refused(text, tmp_path):
    (tmp_path / "file").write_text(text)
    with pytest.raises(ArgumentError):
        nn.load(tmp_path / "file")


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"\x80\x04\x95pickle")
    with pytest.raises(ArgumentError, match="expected a model saved by nn.save"):
        nn.load(tmp_path / "file")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3), max_leaves=6,
)
PLACES = ["format", "version", "model", "parameters", "model__kind", "model__name", "model__input_shape", "model__layers",
          "model__layers__0", "model__layers__0__kind", "model__layers__0__units", "model__layers__2__rate",
          "model__layers__2__seed", "model__layers__2__drawn", "parameters__0"]


@pytest.mark.slow
@given(place=st.sampled_from(PLACES), value=json_values)
def test_whatever_is_put_anywhere_in_a_file_it_loads_or_is_refused(tmp_path_factory, place, value):
    layers = [nn.Input(2), nn.Dense(2, "relu"), nn.Dense(1), nn.Dropout(0.5)]
    path = nn.save(nn.Sequential(layers, seed=1), tmp_path_factory.mktemp("model") / "model.json")
    try:
        nn.load(edited(path, **{place: value}))
    except AutodiffError:
        pass


def fitted(optimizer, *layers):
    model = nn.Sequential([nn.Input(2), *layers, nn.Dense(1)], seed=1)
    model.compile(optimizer, "mse")
    return model


def test_an_optimizer_without_decay_or_before_its_first_step_is_the_same_from_a_file(tmp_path):
    model = fitted(nn.AdamW(weight_decay=None))
    model.save(tmp_path / "m.json", optimizer=True)
    twin = nn.load(tmp_path / "m.json")
    assert twin.optimizer.weight_decay is None and twin.optimizer.steps == 0
    twin.optimizer.zero_grad(), twin.optimizer.step()


def test_a_file_that_could_not_be_loaded_is_not_written(tmp_path):
    class Fourth(nn.L1L2):
        def penalty(self, weights):
            return sum(w**4 for w in weights)

    frozen = fitted("adam", nn.Dense(3))
    frozen.fit([[0.0, 1.0]], [1.0], verbose=0)
    frozen.layers[0].trainable = False
    twice = nn.Dense(2)
    for model, optimizer, message in (
        (frozen, True, "frozen"), (fitted("sgd", twice, twice), False, "twice"),
        (fitted("sgd", nn.Dense(2, kernel_regularizer=Fourth())), False, "nn.L1L2"),
    ):  # fmt: skip
        with pytest.raises(ArgumentError, match=message):
            model.save(tmp_path / "m.json", optimizer=optimizer)
    fitted("sgd", nn.Dropout(0.5, seed=-1)).save(tmp_path / "m.json")
    assert nn.load(tmp_path / "m.json").layers[0].seed == -1
