"""The lecture's demos run, and what they show is what the lecture says."""

import importlib.util
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from autodiff import nn

DEMOS = Path(__file__).resolve().parent.parent / "demos"
pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install 'autodiff-scalar[plot]'").use("Agg")


@pytest.fixture
def demo(monkeypatch):
    """A function that loads a demo by name, as a script would see it."""
    monkeypatch.syspath_prepend(str(DEMOS))
    yield loaded
    sys.modules.pop("_shared", None)


def loaded(name):
    spec = importlib.util.spec_from_file_location(f"demo_{name}", DEMOS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pictures(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.slow
def test_activations_are_drawn_on_two_sheets_and_softmax_adds_up_to_1(demo, tmp_path, capsys):
    demo("activations").main(out=tmp_path)
    assert pictures(tmp_path) == ["activations_10.png", "activations_5.png"]
    assert "which adds up to 1\n" in capsys.readouterr().out


def test_the_documents_losses_come_out_to_the_last_digit(demo, capsys):
    rows = demo("losses").main()
    assert [(row[1], row[3]) for row in rows] == [
        (0.10729012273129139, "equal"), (0.03479600741200121, "equal"), ("(blank)", ""),
    ]  # fmt: skip
    assert rows[2][2] == 0.5183735085933487


def test_gradients_by_backpropagation_are_those_by_hand(demo):
    for _, _, by_backpropagation, by_hand in demo("gradient").main():
        assert by_backpropagation == pytest.approx(by_hand, rel=1e-15)
    assert demo("gradient").perceptron() == (4.0, 8.0, 8.0)


def test_a_low_rate_is_slow_a_good_one_arrives_and_a_high_one_overshoots(demo, tmp_path):
    rates = demo("learning_rate")
    rates.main(out=tmp_path)
    assert pictures(tmp_path) == ["learning_rate.png"]
    assert rates.one_step() == pytest.approx(0.025, rel=1e-12)
    low, good, high, diverging = (rates.path(rate) for rate in rates.RATES.values())
    assert low[-1] < 0 and good[-1] == pytest.approx(1, abs=1e-4)
    assert all((a - 1) * (b - 1) < 0 for a, b in zip(high, high[1:]))
    assert abs(diverging[-1] - 1) > abs(diverging[0] - 1)


def test_the_forward_pass_by_hand_has_the_shapes_and_the_chain_rule_of_the_lecture(demo):
    shapes, middle, last = demo("forward_by_hand").main()
    assert shapes == [[5, 3], [5, 4], [5, 4], [5, 2]]
    assert middle[0] == pytest.approx(middle[1], rel=1e-12) and last[0] == pytest.approx(last[1], rel=1e-12)


def test_backpropagation_in_four_stages_lowers_the_loss(demo, capsys):
    before, after = demo("backpropagation").main()
    assert after < before
    printed = "\n" + capsys.readouterr().out
    assert all(f"\n{stage}. " in printed for stage in (1, 2, 3, 4))


def test_xor_fails_with_a_linear_model_and_is_learned_in_both_forms(demo, capsys):
    found = demo("xor_models").main(epochs=700, verbose=0)
    assert found["linear"] == pytest.approx([0.5] * 4, abs=0.02)
    assert [round(p) for p in found["sequential"]] == [round(p) for p in found["functional"]] == [0, 1, 1, 0]
    assert capsys.readouterr().out.count("│ dense_1 (Dense)                 │ (None, 1) ") == 2


@pytest.mark.slow
def test_the_parameter_counts_are_the_lecture_s(demo, capsys):
    assert demo("parameter_count").main() == (1010, 316_810)
    assert "316,810" in capsys.readouterr().out


def test_the_gradient_vanishes_through_sigmoids_and_not_through_relus(demo, tmp_path):
    found = demo("vanishing_gradients").main(depth=8, out=tmp_path)
    chains, networks = found["chains"], found["networks"]
    assert networks["sigmoid"][0] < 1e-3 * networks["sigmoid"][-1]
    assert all(networks[name][0] > 0.05 * networks[name][-1] for name in ("tanh", "relu"))
    assert chains["relu"] == [1.0] * 9 and chains["sigmoid"][0] < 0.25**8
    x, product = 3.0, 1.0
    for _ in range(8):
        x = math.tanh(x)
        product *= 1 - x * x
    assert math.isclose(chains["tanh"][0], product, rel_tol=1e-12) and product < 1e-3
    assert pictures(tmp_path) == ["vanishing_gradients.png"]


def test_sgd_stalls_at_the_saddle_and_adam_leaves_it(demo, tmp_path):
    found = demo("optimizers").main(steps=40, animate=False, out=tmp_path)
    assert np.abs(found["saddle"]["SGD"][-1]).max() < 1e-2
    assert found["saddle"]["Adam"][-1][1] > 3
    assert pictures(tmp_path) == ["optimizers.png"]


@pytest.mark.slow
def test_the_race_is_animated(demo, tmp_path):
    demo("optimizers").main(steps=6, out=tmp_path)
    assert (tmp_path / "optimizers.gif").read_bytes().startswith(b"GIF8")


def test_every_decay_ends_nearer_than_a_constant_rate(demo, tmp_path):
    found = demo("decay").main(runs=6, out=tmp_path)
    assert all(distance < 0.5 * found["constant"] for name, distance in found.items() if name != "constant")


def test_tuning_compares_nine_variants(demo, tmp_path):
    found = demo("tuning").main(epochs=3, out=tmp_path)
    assert len(found) == 9 and all(0 <= accuracy <= 1 for accuracy in found.values())
    assert pictures(tmp_path) == ["tuning.png"]


@pytest.mark.slow
def test_validation_loss_rises_while_dropout_and_augmentation_hold_it_down(demo, tmp_path):
    last, together = demo("overfitting").main(out=tmp_path)
    assert last["dropout"] < last["plain"] and last["augmentation"] < last["plain"]
    assert set(together) == {"average", "maximum", "vote"}


@pytest.mark.slow
def test_the_digits_are_learned(demo, tmp_path):
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install 'autodiff-scalar[data]'")
    assert demo("digits").main(epochs=6, out=tmp_path)[0] > 0.93
    assert pictures(tmp_path) == ["digits.png", "digits_weights.png"]


def test_the_digits_demo_reads_mnist_s_own_files(demo, tmp_path):
    import gzip
    import struct

    for part, count in (("train", 6), ("t10k", 3)):
        images = struct.pack(">4I", 2051, count, 28, 28) + bytes(count * 784)
        labels = struct.pack(">2I", 2049, count) + bytes(range(count))
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(labels)
    X, y, X_test, y_test, held_out = demo("digits").mnist(tmp_path)
    assert (X.shape, y.tolist(), X_test.shape, y_test.tolist(), held_out) == (
        (6, 784), [0, 1, 2, 3, 4, 5], (3, 784), [0, 1, 2], 5000,
    )  # fmt: skip


def test_every_demo_of_the_lecture_is_under_80_lines_and_says_first_what_it_shows():
    for path in DEMOS.glob("*.py"):
        first, *rest = path.read_text(encoding="utf-8").split("\n")
        assert first.startswith('"""'), path.name
        if path.stem in LECTURE:
            assert len(rest) <= 80, path.name


LECTURE = {"activations", "backpropagation", "decay", "digits", "forward_by_hand", "gradient", "learning_rate", "losses",
           "optimizers", "overfitting", "parameter_count", "tuning", "vanishing_gradients", "xor_models"}


def test_the_classifier_of_the_lecture_builds_with_keras_s_names():
    assert nn.Sequential([nn.Input((28, 28)), nn.Flatten(), nn.Dense(10, activation="softmax")]).count_params() == 7850
