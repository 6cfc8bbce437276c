"""Beside Keras: the same weights, the same batches, the same numbers; and what differs is what the docs announce."""

import inspect
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import keras_programs
import numpy as np
import pytest

import autodiff
from autodiff import nn

pytestmark = pytest.mark.slow
needs_keras = pytest.mark.skipif(find_spec("keras") is None, reason="needs Keras: pip install keras jax")

# Keras sets the precision of the whole process when it is imported, so it runs in one of its own.
PROGRAM = """
import os, sys, json, warnings
os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
import numpy as np, keras
keras.backend.set_floatx("float64")
from keras.src.backend.common import dtypes
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"    # else some operations, tanh among them, round to single precision
asked = json.loads(sys.stdin.read())
x, y = np.array(asked["x"]), np.array(asked["y"])
out = []
for case in asked["cases"]:
    layers = [keras.Input((x.shape[1],))]
    layers += [keras.layers.Dense(units, activation, kernel_regularizer=regularizer and keras.regularizers.L2(regularizer))
               for units, activation, regularizer in case["layers"]]
    model = keras.Sequential(layers)
    model.set_weights([np.array(w) for w in case["weights"]])
    kind, options = case["optimizer"]
    loss = getattr(keras.losses, case["loss"][0])(**case["loss"][1])
    model.compile(getattr(keras.optimizers, kind)(**options), loss, metrics=case["metrics"])
    given = {name: ({int(k): v for k, v in z.items()} if name == "class_weight" else np.array(z) if name == "sample_weight" else z)
             for name, z in case["fit"].items()}
    history = model.fit(x, y, shuffle=False, verbose=0, **given).history
    out.append({"history": history, "weights": [w.tolist() for w in model.get_weights()], "loss": model.evaluate(x, y, verbose=0)})
print(json.dumps(out))
"""


def in_keras(x, y, cases):
    asked = json.dumps({"x": np.asarray(x).tolist(), "y": np.asarray(y).tolist(), "cases": cases})
    done = subprocess.run([sys.executable, "-c", PROGRAM], input=asked, capture_output=True, text=True, check=False,
                          env=os.environ | {"PYTHONWARNINGS": "ignore", "JAX_PLATFORMS": "cpu"})
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def case(optimizer, layers, loss=("BinaryCrossentropy", {}), metrics=(), inputs=2, seed=1, **fit):
    kind, options = optimizer
    layers = [(units, activation, regularizer) for units, activation, *rest in layers for regularizer in [rest[0] if rest else None]]
    model = nn.Sequential([nn.Input(inputs), *(
        nn.Dense(units, activation, kernel_regularizer=nn.L2(regularizer) if regularizer else None)
        for units, activation, regularizer in layers)], seed=seed)
    model.compile(getattr(nn, kind)(**options), getattr(nn.losses, loss[0])(**loss[1]), metrics=list(metrics))
    record = {"layers": layers, "optimizer": optimizer, "loss": loss, "metrics": list(metrics), "fit": fit,
              "weights": [w.tolist() for w in model.get_weights()]}
    return model, record


def compare(x, y, made, tolerance=1e-9):
    theirs = in_keras(x, y, [record for _, record in made])
    for (model, record), expected in zip(made, theirs):
        history = model.fit(x, y, shuffle=False, verbose=0, **record["fit"])
        assert list(history.history) == list(expected["history"])
        for name, numbers in expected["history"].items():
            assert history.history[name] == pytest.approx(numbers, rel=tolerance), (record["optimizer"], name)
        for mine, theirs in zip(model.get_weights(), expected["weights"]):
            np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance, err_msg=str(record["optimizer"]))
        assert np.atleast_1d(model.evaluate(x, y, verbose=0)) == pytest.approx(np.atleast_1d(expected["loss"]), rel=tolerance)


OPTIMIZERS = [
    ("SGD", {}), ("SGD", {"learning_rate": 0.05, "momentum": 0.9}),
    ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}), ("Adagrad", {}), ("RMSprop", {}), ("Adam", {}),
    ("RMSprop", {"momentum": 0.9}), ("RMSprop", {"centered": True}), ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Adam", {"amsgrad": True, "beta_2": 0.5}), ("AdamW", {"amsgrad": True, "beta_2": 0.5}), ("AdamW", {}), ("Nadam", {}), ("Adam", {"clipnorm": 0.05}), ("SGD", {"global_clipnorm": 0.05}),
    ("RMSprop", {"clipvalue": 0.001}), ("SGD", {"weight_decay": 0.01}),
    ("Adadelta", {}), ("Adadelta", {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-5}), ("Adamax", {}),
    ("Adamax", {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.5, "weight_decay": 0.01}),
]
X, Y = nn.data.xor()
SHIFTED = X + [0.3, -0.2]  # with them no sum is exactly at a kink, where Keras's backends differ among themselves


SIGNATURES = """
import os; os.environ["KERAS_BACKEND"] = "jax"
import inspect, json, keras
found = {}
for name in "SGD Adagrad RMSprop Adam AdamW Nadam Adadelta Adamax".split():
    found[name] = inspect.signature(getattr(keras.optimizers, name).__init__)
for name in "EarlyStopping ReduceLROnPlateau ModelCheckpoint".split():
    found[name] = inspect.signature(getattr(keras.callbacks, name).__init__)
for name in "BinaryCrossentropy Huber".split():
    found[name] = inspect.signature(getattr(keras.losses, name).__init__)
for name in "fit compile evaluate predict".split():
    found[name] = inspect.signature(getattr(keras.Model, name))
for name in "Dense Dropout".split():
    found[name] = inspect.signature(getattr(keras.layers, name).__init__)
for name in "Precision R2Score TopKCategoricalAccuracy SparseTopKCategoricalAccuracy".split():
    found[name] = inspect.signature(getattr(keras.metrics, name).__init__)
for name in "RandomNormal RandomUniform VarianceScaling Constant".split():
    found[name] = inspect.signature(getattr(keras.initializers, name).__init__)
found["leaky_relu"] = inspect.signature(keras.activations.leaky_relu)
print(json.dumps({f"{name}({p.name})": str(p.default) for name, s in found.items() for p in s.parameters.values()}))
"""


def defaults_here():
    found = {}
    for name in ("SGD", "Adagrad", "RMSprop", "Adam", "AdamW", "Nadam", "Adadelta", "Adamax", "Dense"):
        kind = getattr(nn, name)
        found |= {f"{name}({p.name})": str(p.default) for p in inspect.signature(kind.__init__).parameters.values()}
        if name != "Dense":
            found |= {f"{name}(lr)": str(kind().lr), f"{name}(weight_decay)": str(kind().weight_decay)}
    homes = {nn.callbacks: ("EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint"), nn: ("Dropout",),
             nn.losses: ("BinaryCrossentropy", "Huber"),
             nn.metrics: ("Precision", "R2Score", "TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy")}  # fmt: skip
    for home, name in ((home, name) for home, names in homes.items() for name in names):
        parameters = inspect.signature(getattr(home, name).__init__).parameters.values()
        found |= {f"{name}({p.name})": str(p.default) for p in parameters}
    for name in ("RandomNormal", "RandomUniform", "VarianceScaling", "Constant"):
        parameters = inspect.signature(getattr(nn.initializers, name)).parameters.values()
        found |= {f"{name}({p.name})": str(p.default) for p in parameters}
    slope = inspect.signature(autodiff.leaky_relu).parameters["slope"].default
    found |= {"Huber(name)": nn.losses.Huber().name, "leaky_relu(slope)": str(slope)}
    for method in ("fit", "compile", "evaluate", "predict"):
        found |= {f"{method}({p.name})": str(p.default) for p in inspect.signature(getattr(nn.Sequential, method)).parameters.values()}
    return found


@needs_keras
def test_every_default_of_the_table_in_the_guide_is_true():
    guide = (Path(__file__).parent.parent / "docs" / "training.md").read_text(encoding="utf8")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in guide.splitlines() if line.startswith("| ")]
    rows = [row for row in cells if len(row) == 4 and "(" in row[0]]
    done = subprocess.run([sys.executable, "-c", SIGNATURES], capture_output=True, text=True, check=True,
                          env=os.environ | {"PYTHONWARNINGS": "ignore"})
    theirs, ours = json.loads(done.stdout.splitlines()[-1]), defaults_here()
    assert len(rows) > 25
    for there, default, here, ours_default in rows:
        assert (theirs[there], ours[here]) == (default, ours_default), there


@needs_keras
def test_programs_as_users_of_keras_write_them_give_the_same_numbers():
    file = Path(keras_programs.__file__)
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=False, cwd=file.parent,
                          env=os.environ | {"PYTHONWARNINGS": "ignore"})
    assert done.returncode == 0, done.stderr[-2000:]
    theirs = json.loads(done.stdout.splitlines()[-1])
    ours = json.loads(json.dumps(keras_programs.run(keras_programs.here())))
    assert list(theirs) == list(ours)
    for name in ours:
        assert_alike(ours[name], theirs[name], name)


def assert_alike(ours, theirs, way):
    if isinstance(ours, dict):
        assert list(ours) == list(theirs), way
        for name in ours:
            assert_alike(ours[name], theirs[name], f"{way}.{name}")
    elif isinstance(ours, list):
        assert len(ours) == len(theirs), way
        for place, (one, other) in enumerate(zip(ours, theirs)):
            assert_alike(one, other, f"{way}[{place}]")
    else:
        assert ours == (pytest.approx(theirs, rel=1e-9, abs=1e-12) if isinstance(theirs, float) else theirs), way


@needs_keras
def test_fifty_epochs_of_xor_end_where_keras_ends():
    layers = [(8, "relu"), (1, "sigmoid")]
    compare(X, Y[:, None], [case(optimizer, layers, metrics=["accuracy", "mae"], epochs=50, batch_size=3) for optimizer in OPTIMIZERS])


@needs_keras
def test_three_epochs_of_digits_end_where_keras_ends():
    x, y = nn.data.digits()
    x, y = x[:600] / 16, y[:600]
    layers = [(32, "relu"), (16, "tanh"), (10, "softmax")]
    made = [case(optimizer, layers, ("SparseCategoricalCrossentropy", {}), inputs=64, epochs=3, batch_size=32, validation_split=0.15)
            for optimizer in OPTIMIZERS]
    compare(x, y, made)


@needs_keras
@pytest.mark.parametrize("loss, last, y", [
    (("MeanSquaredError", {}), "linear", [[0.5], [1.5], [-1.0], [0.25]]),
    (("MeanAbsoluteError", {}), "linear", [[0.5], [1.5], [-1.0], [0.25]]),
    (("MeanSquaredLogarithmicError", {}), "softplus", [[0.5], [1.5], [1.0], [0.25]]),
    (("Huber", {"delta": 0.5}), "linear", [[0.5], [1.5], [-1.0], [0.25]]),
    (("Hinge", {}), "tanh", [[1], [-1], [1], [-1]]), (("SquaredHinge", {}), "tanh", [[1], [-1], [1], [-1]]),
    (("MeanAbsolutePercentageError", {}), "linear", [[0.5], [1.5], [-1.0], [0.25]]),
    (("LogCosh", {}), "linear", [[0.5], [1.5], [-1.0], [0.25]]), (("Poisson", {}), "exponential", [[0], [2], [1], [5]]),
    (("CosineSimilarity", {}), "linear", [[0.5, 1.0], [1.5, -2.0], [-1.0, 0.0], [0.25, 0.25]]),
    (("CategoricalHinge", {}), "linear", [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]),
    (("KLDivergence", {}), "softmax", [[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6], [0.3, 0.4, 0.3]]),
    (("BinaryCrossentropy", {"from_logits": True}), "linear", [[1], [0], [1], [0]]),
    (("CategoricalCrossentropy", {}), "softmax", [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]),
    (("CategoricalCrossentropy", {"from_logits": True}), "linear", [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]),
    (("SparseCategoricalCrossentropy", {"from_logits": True}), "linear", [0, 1, 2, 1]),
])
def test_every_loss_trains_as_in_keras_also_with_weights_and_penalties(loss, last, y):
    y = np.array(y)
    outputs = y.shape[1] if y.ndim == 2 else 3
    plain = [(5, "tanh"), (outputs, last)]
    made = [
        case(("Adam", {"learning_rate": 0.01}), plain, loss, epochs=10, batch_size=2),
        case(("SGD", {}), [(5, "tanh", 0.05), (outputs, last, 0.01)], loss, epochs=5, batch_size=3),
        case(("SGD", {}), plain, loss, epochs=5, batch_size=3, sample_weight=[1.0, 0.0, 2.5, 0.5]),
    ]
    if "Crossentropy" in loss[0]:
        made.append(case(("SGD", {}), plain, loss, epochs=5, batch_size=3, class_weight={0: 1.0, 1: 3.0, 2: 0.5}))
    compare(SHIFTED, y, made)


@needs_keras
def test_every_activation_of_keras_s_trains_as_in_keras():
    names = [name for name in nn.activations.ACTIVATIONS.names() if name not in ("leaky_relu", "sign")]
    assert len(names) > 15
    compare(SHIFTED, Y[:, None], [case(("SGD", {}), [(4, name), (3, "tanh"), (1, "sigmoid")], epochs=3, batch_size=3) for name in names])


NAMES = """
import os; os.environ["KERAS_BACKEND"] = "jax"
import json, keras
homes = {"layers": keras.layers, "losses": keras.losses, "metrics": keras.metrics, "optimizers": keras.optimizers,
         "callbacks": keras.callbacks, "schedules": keras.optimizers.schedules, "initializers": keras.initializers}
print(json.dumps({home: [n for n in dir(module) if n[0].isupper()] for home, module in homes.items()}))
"""


@needs_keras
def test_every_class_of_keras_s_is_here_or_is_answered_with_what_to_write():
    done = subprocess.run([sys.executable, "-c", NAMES], capture_output=True, text=True, check=True,
                          env=os.environ | {"PYTHONWARNINGS": "ignore"})
    unanswered, theirs = [], json.loads(done.stdout.splitlines()[-1])
    assert sum(map(len, theirs.values())) > 250
    for home, names in theirs.items():
        for name in names:
            try:
                getattr(nn if home == "layers" else getattr(nn, home), name)
            except AttributeError as error:
                unanswered += [] if any(way in str(error) for way in (": write ", "did you mean", ": it is ")) else [f"{home}.{name}"]
    assert unanswered == []
