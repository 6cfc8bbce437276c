"""Losses and metrics as objects: gathered batch by batch they are what they are of all rows at once, and as by name."""

from fractions import Fraction

import numpy as np
import pytest

from autodiff import Value, nn
from autodiff.errors import ArgumentError, OperandError
from autodiff.nn import losses, metrics

CLASSES = {
    metrics.BinaryAccuracy: metrics.binary_accuracy, metrics.Precision: metrics.precision, metrics.AUC: metrics.auc,
    metrics.Recall: metrics.recall, metrics.F1Score: metrics.f1_score,
    metrics.MeanSquaredError: metrics.mean_squared_error, metrics.MeanAbsoluteError: metrics.mean_absolute_error,
    metrics.CategoricalAccuracy: metrics.categorical_accuracy,
    metrics.SparseCategoricalAccuracy: metrics.sparse_categorical_accuracy,
    **{kind: lambda y, p, kind=kind: kind()(y, p) for kind in (
        metrics.R2Score, metrics.CosineSimilarity, metrics.TopKCategoricalAccuracy, metrics.TruePositives,
        metrics.TrueNegatives, metrics.FalsePositives, metrics.FalseNegatives)},
}  # fmt: skip


def some_rows(kind, rng, count=30):
    """Labels and outputs that suit a metric."""
    outputs = np.array([[rng.random() for _ in range(3)] for _ in range(count)])
    labels = np.array([[rng.randrange(2) for _ in range(3)] for _ in range(count)])
    if kind is metrics.SparseCategoricalAccuracy:
        return np.array([rng.randrange(3) for _ in range(count)]), outputs
    return labels, outputs


@pytest.mark.parametrize("kind", CLASSES)
def test_a_metric_gathered_in_batches_is_the_function_of_all_rows_and_forgets(kind, rng):
    y, p = some_rows(kind, rng)
    metric = kind(name="mine")
    for _ in range(2):
        metric.reset_state()
        for part in (slice(0, 7), slice(7, 8), slice(8, None)):
            metric.update_state(y[part], p[part])
        assert metric.result() == pytest.approx(CLASSES[kind](y.tolist(), p.tolist()), rel=1e-12)
    assert metric.name == "mine" and kind().name in metrics.METRICS.names()


@pytest.mark.parametrize("kind", CLASSES)
def test_a_weight_counts_as_that_many_rows(kind, rng):
    y, p = some_rows(kind, rng)
    counts = np.array([rng.randrange(4) for _ in y])
    whole = kind()(np.repeat(y, counts, axis=0), np.repeat(p, counts, axis=0))
    assert kind()(y, p, sample_weight=counts) == pytest.approx(whole, rel=1e-12)


def test_options_of_a_class_are_keras_s():
    y, p = [[1, 0], [0, 1]], [[0.6, 0.8], [0.9, 0.4]]
    assert metrics.Precision(thresholds=0.7)(y, p) == 0.0 and metrics.Precision()(y, p) == 1 / 3
    assert metrics.Recall(class_id=0)(y, p) == 1.0 and metrics.Recall(class_id=1)(y, p) == 0.0
    assert metrics.BinaryAccuracy(threshold=0.3)(y, p) == 0.5
    smoothed = losses.BinaryCrossentropy(label_smoothing=0.2)
    assert smoothed([1], [0.8]).data == losses.binary_crossentropy([0.9], [0.8]).data
    smoothed = losses.CategoricalCrossentropy(label_smoothing=0.3)
    assert smoothed([[1, 0, 0]], [[0.8, 0.1, 0.1]]).data == pytest.approx(
        losses.categorical_crossentropy([[0.8, 0.1, 0.1]], [[0.8, 0.1, 0.1]]).data)  # fmt: skip
    assert losses.MeanSquaredError()([1, 2], [3, 4], sample_weight=[1, 0]).data == 2.0


@pytest.mark.parametrize("name, kind", [("BinaryCrossentropy", None), ("mse", "MeanSquaredError"), ("Huber", None)])
def test_a_loss_is_found_by_its_name_and_by_that_of_its_class_and_is_a_metric_too(name, kind, rng):
    y, p = [1.0, 0.0, 1.0], [Value(0.9), Value(0.4), Value(0.2)]
    loss = getattr(losses, kind or name)()
    assert losses.find(name)(y, p).data == loss(y, p).data
    assert metrics.find(name, y, 1).result() == 0.0
    assert metrics.find(name, y, 1)(y, [q.data for q in p]) == pytest.approx(loss(y, p).data, rel=1e-15)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_history_has_metrics_by_name_and_by_object_alike(engine):
    x, y = nn.data.moons(40, seed=1)
    model = nn.Sequential([nn.Input(2), nn.Dense(4, "tanh"), nn.Dense(1)], seed=1)
    loss = nn.losses.BinaryCrossentropy(from_logits=True)
    both = ["Precision", nn.metrics.Precision(), nn.metrics.Recall(name="r"), "binary_crossentropy", lambda t, p: t * 0]
    model.compile("adam", loss, metrics=both, engine=engine)
    history = model.fit(x, y, epochs=2, batch_size=16, verbose=0).history
    assert list(history) == ["Precision", "binary_crossentropy", "lambda", "loss", "precision", "r"]
    assert history["Precision"] == history["precision"] and history["lambda"] == [0.0, 0.0]
    assert history["binary_crossentropy"] == pytest.approx(history["loss"], rel=1e-12)


def test_metrics_of_an_epoch_run_over_its_batches_before_each_step():
    x, y = [[0.0], [1.0]], [1.0, 1.0]
    model = nn.Sequential([nn.Input(1), nn.Dense(1, kernel_initializer="zeros")])
    model.compile(nn.SGD(0.5), "mse", metrics=["mae"])
    history = model.fit(x, y, batch_size=1, shuffle=False, verbose=0).history
    assert history["mae"] == history["loss"] == [0.5]  # 1 for the first row, whose step makes the bias 1; then 0


@pytest.mark.parametrize("act, sentence", [
    (lambda: losses.find(losses.MeanSquaredError), r"got <class .*>.*: write MeanSquaredError\(\)"),
    (lambda: metrics.find(metrics.Precision, [0], 1), r"got <class .*>.*: write Precision\(\)"),
    (lambda: losses.MeanSquaredError(reduction="sum"), r"expected reduction='sum_over_batch_size', the mean over rows"),
    (lambda: losses.BinaryCrossentropy(label_smoothing=2), r"expected a label_smoothing from 0 to 1, got 2 \(int\)"),
    (lambda: losses.BinaryCrossentropy(from_logit=True), r"did you mean 'from_logits'\?"),
    (lambda: metrics.Precision(threshold=0.5), r"did you mean 'thresholds'\?"),
    (lambda: metrics.Precision(top_k=2), r"there is no argument 'top_k'"),
    (lambda: metrics.Recall(class_id=5)([[0, 1]], [[0.2, 0.3]]), r"outputs up to number 5 \(class_id\)"),
    (lambda: metrics.MeanSquaredError()([1, 2], [1, 2], sample_weight=[1]), r"one number for each of 2 rows"),
    (lambda: metrics.MeanSquaredError()([1, np.nan], [1, 2]), r"row 1 of y_true: expected a number, got nan"),
    (lambda: metrics.Metric().update_state([1], [1]), r"write update_state"),
])
def test_what_a_loss_or_a_metric_cannot_take_is_refused_in_a_sentence(act, sentence):
    with pytest.raises((ArgumentError, OperandError, NotImplementedError), match=sentence):
        act()


@pytest.mark.parametrize("module, name, near", [
    (metrics, "BinaryAcuracy", "BinaryAccuracy"), (metrics, "TopCategoricalAccuracy", "TopKCategoricalAccuracy"),
    (losses, "MeanSquareError", "MeanSquaredError"), (losses, "binary_cross_entropy", "binary_crossentropy"),
])
def test_a_class_that_is_not_there_is_answered_with_the_nearest(module, name, near):
    with pytest.raises(AttributeError, match=f"did you mean '{near}'"):
        getattr(module, name)


def test_one_metric_object_cannot_count_for_two():
    model, metric = nn.Sequential([nn.Input(1), nn.Dense(1)]), nn.metrics.Precision()
    with pytest.raises(ArgumentError, match="is there twice"):
        model.compile("sgd", "mse", metrics=[metric, metric])


@pytest.mark.parametrize("label", [0.1, 1 / 3, 1e9 + 0.1, -7.7e-5, 0.0])
@pytest.mark.parametrize("average", ["uniform_average", "variance_weighted_average"])
def test_r2_score_is_0_where_all_labels_with_a_weight_are_the_same(label, average):
    def score():
        return metrics.R2Score(average)

    assert score()([label] * 3, [label, 0.11, 0.12]) == score()([label] * 3, [label] * 3) == score().result() == 0.0
    assert score()([5.0, label, label], [1.0, 2.0, 3.0], sample_weight=[0, 1, 3]) == 0.0
    gathered = score()
    for count in (1, 7, 3):
        gathered.update_state([label] * count, [0.5] * count)
    assert gathered.result() == 0.0


def test_r2_score_of_labels_that_are_close_together_is_that_of_fractions(rng):
    labels = [1e6 + rng.randrange(9) * 2.0**-30 for _ in range(40)]
    outputs = [label + rng.randrange(-3, 4) * 2.0**-31 for label in labels]
    exact, count = [Fraction(x) for x in labels], len(labels)
    spread = sum((x - sum(exact) / count) ** 2 for x in exact)
    expected = float(1 - sum((Fraction(p) - t) ** 2 for t, p in zip(exact, outputs)) / spread)
    gathered = metrics.R2Score()
    for part in (slice(0, 9), slice(9, None)):
        gathered.update_state(labels[part], outputs[part])
    assert gathered.result() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("loss", [
    "hinge", "squared_hinge", losses.squared_hinge, losses.SquaredHinge(), losses.SquaredHinge(name="mine"),
])  # fmt: skip
def test_with_labels_of_minus_1_and_1_the_line_is_at_0(loss):
    y, p = [-1, 1, 1, -1], [-0.2, 0.2, 0.7, 0.4]
    assert metrics.find("accuracy", y, 1, losses.find(loss))(y, p) == 0.75
    assert metrics.find("recall", y, 1, losses.find(loss))(y, p) == 1.0
    assert metrics.find("recall", y, 1, losses.categorical_hinge)(y, p) == 0.5  # its labels are 0 and 1


def test_a_label_is_of_the_class_that_it_is_nearer_to_also_where_outputs_are_logits_or_have_a_threshold():
    y, p = [1.0, 0.2, 0.9], [3.0, -2.0, 1.5]
    assert metrics.find("accuracy", y, 1, losses.BinaryCrossentropy(from_logits=True))(y, p) == 1.0
    assert metrics.Precision(thresholds=2.0)(y, p) == 1.0 and metrics.Recall(thresholds=2.0)(y, p) == 0.5
    y, p = [0.7, 0.2, 0.0], [0.9, 0.9, 0.9]  # what docs/training.md says of such labels
    assert metrics.Precision()(y, p) == metrics.BinaryAccuracy()(y, p) == 1 / 3


COUNTING = [kind for kind in CLASSES if kind not in (
    metrics.MeanSquaredError, metrics.MeanAbsoluteError, metrics.R2Score, metrics.CosineSimilarity)]  # fmt: skip


@pytest.mark.parametrize("kind", [*COUNTING, metrics.SparseTopKCategoricalAccuracy])
@pytest.mark.parametrize("form", [list, np.array])
def test_an_output_that_is_nan_is_never_counted(kind, form):
    y = form([0, 1]) if "Sparse" in kind.__name__ else form([[1, 0, 0], [0, 1, 0]])
    with pytest.raises(ArgumentError, match=r"row 1 of y_pred: expected numbers, got nan in \[0.9, nan, 0.1\]"):
        kind()(y, form([[0.9, 0.1, 0.1], [0.9, np.nan, 0.1]]))


@pytest.mark.parametrize("kind", [metrics.MeanAbsoluteError, metrics.R2Score, metrics.CosineSimilarity])
def test_a_mean_of_outputs_of_which_one_is_nan_is_nan(kind):
    assert np.isnan(kind()([[1, 0], [0, 1]], [[0.9, 0.1], [np.nan, 0.1]]))
    assert np.isnan(kind()([[1, 1], [1, 1]], [[0.9, 0.1], [np.nan, 0.1]]))


@pytest.mark.parametrize("kind", [metrics.Mean, metrics.Sum])
def test_numbers_that_are_nan_are_not_gathered(kind):
    with pytest.raises(ArgumentError, match="row 1: expected numbers, got nan"):
        kind()([1.0, np.nan])


class Bent(losses.Loss):
    """A loss that asks its predictions for what only Values have."""

    def call(self, y_true, y_pred):
        return sum((p - t).tanh() ** 2 for t, p in zip(y_true, y_pred)) / len(y_true)


@pytest.mark.parametrize("name", [None, "mine"])
def test_a_loss_object_of_ones_own_is_a_metric_as_well(name):
    made = nn.Sequential([nn.Input(2), nn.Dense(1)], seed=1)
    made.compile("sgd", Bent(), metrics=[Bent(name)])
    rows, labels = [[0.0, 1.0], [1.0, 0.0], [2.0, 1.0]], [0.0, 1.0, -1.0]
    history = made.fit(rows, labels, verbose=0, validation_data=(rows, labels)).history
    assert history[name or "bent"] == history["loss"] and history[f"val_{name or 'bent'}"] == history["val_loss"]


def test_a_loss_object_of_ones_own_that_gives_no_number_is_refused_as_a_metric():
    class Idle(losses.Loss):
        def call(self, y_true, y_pred):
            return "nothing"

    with pytest.raises(OperandError, match=r"idle: expected a number, or one for each row, got 'nothing' \(str\)"):
        metrics.find(Idle(), [1.0], 1).update_state([1.0], [0.5])
