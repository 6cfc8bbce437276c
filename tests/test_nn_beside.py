"""autodiff beside other libraries: the recipes of docs/recipes.md, scikit-learn's checks, data frames, MNIST's files."""

import gzip
import os
import pickle
import re
import struct
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from test_docs import check_comments

from autodiff import nn
from autodiff.errors import ArgumentError, AutodiffError

RECIPES = (Path(__file__).parent.parent / "docs" / "recipes.md").read_text(encoding="utf8")
X, Y = nn.data.xor()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # what other libraries warn of is theirs
@pytest.mark.parametrize("library, code", re.findall(r"```python (\w+)\n(.*?)```", RECIPES, re.DOTALL))
def test_every_recipe_runs(library, code):
    if library == "keras":  # which sets the precision of the whole process when it is imported, so it runs in one of its own
        if find_spec("keras") is None:
            pytest.skip("needs Keras: pip install keras jax")
        program = f"from test_docs import check_comments; check_comments({code!r}, {{}})"
        options = os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run([sys.executable, "-c", program], env=options, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return
    for package in {"onnx": ["onnx", "onnxruntime"]}.get(library, [library]):
        pytest.importorskip(package, reason=f"needs {package}")
    check_comments(code, {})


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["Classifier", "Regressor"])
def test_scikit_learn_finds_nothing_wrong_but_what_batches_cannot_do(kind):
    checks = pytest.importorskip("sklearn.utils.estimator_checks", reason="needs scikit-learn")
    found = checks.check_estimator(getattr(nn.estimators, kind)(epochs=30, random_state=0), on_fail=None)
    failed = {each["check_name"] for each in found if each["status"] == "failed"}
    assert len(found) > 50 and failed <= {"check_sample_weight_equivalence_on_dense_data"}


def test_an_estimator_learns_with_callbacks_and_counts_its_epochs():
    pytest.importorskip("sklearn", reason="needs scikit-learn")
    stop = nn.callbacks.EarlyStopping("loss", patience=3, min_delta=10.0)
    found = nn.estimators.Classifier(epochs=50, callbacks=[stop], random_state=1).fit(X, ["no", "yes", "yes", "no"])
    assert found.n_iter_ == len(found.loss_curve_) == 4 and list(found.classes_) == ["no", "yes"]
    with pytest.raises(ArgumentError, match="sample_weight: expected a row that counts"):
        found.fit(X, Y, sample_weight=[0, 0, 0, 0])


def test_a_model_can_be_pickled():
    model = nn.Sequential([nn.Input(2), nn.Dense(4, "relu", kernel_initializer="he_normal"), nn.Dense(1)], seed=1)
    assert (pickle.loads(pickle.dumps(model)).predict(X) == model.predict(X)).all()


def test_data_frames_are_rows_and_labels():
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    model = nn.Sequential([nn.Input(2), nn.Dense(1, "sigmoid")], seed=1)
    model.compile("sgd", "binary_crossentropy")
    frame = pandas.DataFrame(X, columns=["a", "b"])
    losses = [model.evaluate(x, y) for x, y in ((frame, pandas.Series(Y)), (X, Y), (X.tolist(), Y.tolist()))]
    assert losses[0] == losses[1] == losses[2]
    model.fit(frame, pandas.Series(Y), sample_weight=pandas.Series([1.0, 2.0, 1.0, 2.0]), verbose=0)


def test_mnist_is_read_from_a_folder_that_has_its_four_files(tmp_path):
    for part, count in (("train", 3), ("t10k", 2)):
        images = struct.pack(">4i", 2051, count, 2, 2) + bytes(range(4 * count))
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        (tmp_path / f"{part}-labels.idx1-ubyte").write_bytes(struct.pack(">2i", 2049, count) + bytes(range(count)))
    (x, y), (x_test, y_test) = nn.data.mnist(tmp_path)
    assert x.shape == (3, 2, 2) and y.tolist() == [0, 1, 2] and y_test.tolist() == [0, 1] and x_test[0, 0].tolist() == [0, 1]
    (tmp_path / "t10k-labels.idx1-ubyte").unlink()
    with pytest.raises(ArgumentError, match=r"mnist: expected a file t10k-labels\*1-ubyte\*"):
        nn.data.mnist(tmp_path)


@pytest.mark.parametrize("folder, message", [
    (None, "expected the path of the folder"), ("nowhere", "expected a folder with the four files of MNIST, got 'nowhere'"),
    ("", r"expected as many labels as images, got 3 in .*train-images.* and 2 in .*train-labels"),
])  # fmt: skip
def test_what_is_no_copy_of_mnist_is_refused_in_a_sentence(folder, message, tmp_path, monkeypatch):
    below = tmp_path / "MNIST" / "raw"  # where some tools put the files
    below.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for part in ("train", "t10k"):
        (below / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">4i", 2051, 3, 1, 1) + bytes(3))
        (below / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2i", 2049, 2) + bytes(2))
    with pytest.raises(AutodiffError, match=f"mnist: {message}"):
        nn.data.mnist(str(tmp_path) if folder == "" else folder)


def test_a_set_of_data_is_in_an_order_that_its_seed_decides():
    first, again, other = nn.data.spirals(30, seed=4), nn.data.spirals(30, seed=4), nn.data.spirals(30, seed=5)
    assert (first[0] == again[0]).all() and (first[1] == again[1]).all() and (first[1] != other[1]).any()
    assert np.bincount(first[1]).tolist() == [15, 15]
