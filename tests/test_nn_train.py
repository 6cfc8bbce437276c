"""Training: fit is the loop one would write by hand, and says what is wrong when something is."""

import copy
import csv
import gc
import math
import weakref

import numpy as np
import pytest

from autodiff import nn
from autodiff.errors import AnomalyError, ArgumentError, OperandError
from autodiff.nn import metrics
from autodiff.nn.layers import tables
from autodiff.nn.callbacks import Callback, CSVLogger, EarlyStopping, LearningRateScheduler

X = [[0, 0], [0, 1], [1, 0], [1, 1]]
Y = [0, 1, 1, 0]


def network(seed=1, *more):
    return nn.Sequential([nn.Input((2,)), nn.Dense(8, "relu"), *more, nn.Dense(1, "sigmoid")], seed=seed)


def compiled(model, optimizer=None, loss="binary_crossentropy", metrics=(), engine="eager"):
    model.compile(optimizer or nn.SGD(lr=0.1), loss, metrics, engine=engine)
    return model


def rows(rng, count):
    x = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(count)]
    return x, [float(a * b > 0) for a, b in x]


# fit is a loop

def test_fit_ends_with_the_weights_of_a_loop_by_hand_bit_for_bit(rng):
    x, y = rows(rng, 10)
    fitted, by_hand = compiled(network(), nn.Adam(lr=0.01)), network()
    fitted.fit(x, y, batch_size=4, epochs=3, shuffle=False)
    optimizer = nn.Adam(by_hand.parameters(), lr=0.01)
    for _ in range(3):
        for start in range(0, 10, 4):
            batch = slice(start, start + 4)
            loss = nn.losses.binary_crossentropy(y[batch], [by_hand(row) for row in x[batch]])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    assert fitted.state_dict() == by_hand.state_dict()


def test_the_same_fit_twice_gives_the_same_bits_with_shuffling_and_dropout(rng):
    x, y = rows(rng, 10)
    ends = []
    for _ in range(2):
        model = compiled(network(1, nn.Dropout(0.5)))
        model.fit(x, y, batch_size=3, epochs=3)
        ends.append(model.state_dict())
    assert ends[0] == ends[1]


def test_a_fit_in_two_parts_is_the_fit_in_one(rng):
    x, y = rows(rng, 10)
    whole, parts = compiled(network(), nn.Adam()), compiled(network(), nn.Adam())
    whole.fit(x, y, batch_size=3, epochs=4)
    parts.fit(x, y, batch_size=3, epochs=2)
    parts.fit(x, y, batch_size=3, epochs=4, initial_epoch=2)
    assert whole.state_dict() == parts.state_dict()


def test_xor_is_learned_as_the_documents_have_it():
    model = compiled(network(), metrics=["accuracy"])
    history = model.fit(X, Y, epochs=600)
    assert model.predict(X).round().tolist() == [[0], [1], [1], [0]]
    assert model.evaluate(X, Y) == [history_loss(model), 1.0]
    assert history.history["accuracy"][-1] == 1.0 and len(history.epoch) == 600
    assert history.history["loss"][-1] < 0.1 < history.history["loss"][0]


def test_evaluate_prints_a_line_if_asked_to_and_predict_nothing(capsys):
    model = compiled(network(), metrics=["accuracy"])
    loss, accuracy = model.evaluate(X, Y, verbose=1)
    assert capsys.readouterr().out == f"accuracy: {accuracy:.4f} - loss: {loss:.4f}\n"  # in Keras's order
    assert model.evaluate(X, Y, verbose=0) == [loss, accuracy] and len(model.predict(X, verbose=1)) == 4
    assert capsys.readouterr().out == ""


def history_loss(model):
    return nn.losses.binary_crossentropy(Y, [model(row) for row in X]).data


def test_predict_gives_the_numbers_of_the_model_row_by_row_bit_for_bit(rng):
    x, _ = rows(rng, 5)
    model = compiled(nn.Sequential([nn.Dense(4, "gelu"), nn.Dense(3, "softmax")], seed=1))
    assert model.predict(x).tolist() == [[y.data for y in model(row)] for row in x]
    assert model.predict(x).shape == (5, 3)


@pytest.mark.parametrize("more", [[], [nn.Dropout(0.4, seed=7)], [nn.Maxout(3, seed=8)]], ids=str)
def test_the_compiled_engine_trains_as_the_eager_one_does(more, rng):
    x, y = rows(rng, 11)
    ends = []
    for engine in ("eager", "compiled"):
        model = compiled(network(1, *copy.deepcopy(more)), nn.Adam(lr=0.02), metrics=["accuracy"], engine=engine)
        history = model.fit(x, y, batch_size=4, epochs=5, validation_split=0.2).history
        ends.append([*model.state_dict().values(), *sum(history.values(), []), *model.predict(x).ravel()])
    assert ends[0] == pytest.approx(ends[1], rel=1e-9, abs=1e-11)


def test_the_compiled_engine_gives_the_same_bits_twice_and_goes_on_where_it_was(rng):
    x, y = rows(rng, 10)
    ends = []
    for parts in ([4], [4], [2, 4]):
        model = compiled(network(1, nn.Dropout(0.5)), nn.Nadam(), engine="compiled")
        for first, last in zip([0, *parts], parts):
            model.fit(x, y, batch_size=3, epochs=last, initial_epoch=first)
        ends.append(model.state_dict())
    assert ends[0] == ends[1] == ends[2]


def test_the_compiled_engine_stops_at_nan_as_the_eager_one_does():
    model = compiled(nn.Sequential([nn.Input(1), nn.Dense(1)], seed=1), nn.SGD(lr=1e155), "mse", engine="compiled")
    with pytest.raises(AnomalyError, match=r"stopped in epoch \d/9, batch 1: \w+ made (inf|nan) from"):
        model.fit([[1.0], [2.0]], [1.0, 3.0], epochs=9)
    assert all(math.isfinite(x) for x in model.state_dict().values())


@pytest.mark.parametrize("engine", ["eager", "compiled", "jax"])
def test_weights_that_a_callback_sets_reach_the_engine(engine):
    if engine == "jax":
        pytest.importorskip("jax", reason="jax is not installed: pip install 'autodiff-scalar[jax]'")
    model, reset = compiled(network(), engine=engine), Callback()
    first = model.state_dict()
    reset.on_epoch_end = lambda epoch, logs, model: model.load_state_dict(first)
    losses = model.fit(X, Y, epochs=3, callbacks=[reset]).history["loss"]
    assert losses == pytest.approx([losses[0]] * 3, rel=1e-6) and model.state_dict() == first


def test_a_model_that_has_predicted_can_be_copied_and_forgotten():
    model = network()
    model.predict(X)
    assert copy.deepcopy(model).predict(X).tolist() == model.predict(X).tolist()
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_predicting_changes_no_module_s_mode():
    dropout = nn.Dropout(0.5, seed=1)
    model = network(1, dropout).train()
    assert model.predict(X).tolist() == model.predict(X).tolist()
    assert dropout.training and dropout.drawn == 0


def test_validation_rows_are_watched_and_never_learned_from(rng):
    x, y = rows(rng, 10)
    split, given = compiled(network(), metrics=["accuracy"]), compiled(network(), metrics=["accuracy"])
    first = split.fit(x, y, epochs=2, validation_split=0.3).history
    second = given.fit(x[:7], y[:7], epochs=2, validation_data=(x[7:], y[7:])).history
    assert first == second
    assert sorted(first) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert split.evaluate(x[7:], y[7:], return_dict=True) == {
        "loss": first["val_loss"][-1], "accuracy": first["val_accuracy"][-1],
    }  # fmt: skip


def test_the_loss_of_an_epoch_is_the_mean_over_rows_also_with_a_short_last_batch():
    model = compiled(network(), nn.SGD(lr=0.0))
    history = model.fit(X, Y, batch_size=3, epochs=1)
    assert history.history["loss"] == pytest.approx([history_loss(model)], rel=1e-12)


@pytest.mark.parametrize("verbose, printed", [(0, 0), ("auto", 0), (1, 2), (2, 2)])
def test_a_pipe_gets_a_line_per_epoch_only_where_asked(verbose, printed, capsys):
    compiled(network(), metrics=["accuracy"]).fit(X, Y, epochs=2, verbose=verbose)
    found = capsys.readouterr()
    assert found.err == "" and found.out.count("\n") == printed
    if printed:
        assert found.out.startswith("Epoch 1/2 - accuracy: 0.") and " - loss: " in found.out


@pytest.mark.parametrize("loss, last, y", [
    ("sparse_categorical_crossentropy", nn.Dense(3, "softmax", seed=1), [0, 1, 2, 1]),
    ("categorical_crossentropy", nn.Dense(3, "softmax", seed=1), [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]),
    ("mse", nn.Dense(1, seed=1), [0.5, 1.5, -1.0, 0.0]),
])
def test_every_kind_of_label_trains(loss, last, y):
    model = compiled(nn.Sequential([nn.Dense(6, "tanh"), last], seed=1), nn.Adam(lr=0.05), loss, ["accuracy", "mae"][:1])
    history = model.fit(X, y, epochs=40).history["loss"]
    assert history[-1] < 0.7 * history[0]


# Callbacks

def test_early_stopping_waits_for_its_patience_and_can_bring_the_best_weights_back(rng):
    x, y = rows(rng, 12)
    stop = EarlyStopping(monitor="loss", patience=2, restore_best_weights=True, min_delta=10.0)
    model = compiled(network())
    history = model.fit(x, y, epochs=50, callbacks=[stop])
    assert len(history.epoch) == 3 and stop.stopped_epoch == 2
    assert model.state_dict() == stop.best_weights


def test_early_stopping_names_what_it_could_monitor():
    with pytest.raises(ArgumentError, match=r"expected one of loss to monitor, got 'val_loss' \(str\): give fit validation rows"):
        compiled(network()).fit(X, Y, callbacks=[EarlyStopping()])
    with pytest.raises(ArgumentError, match="expected 'auto', 'min' or 'max' as the mode, got 'up'"):
        EarlyStopping(mode="up")


def test_a_scheduler_sets_the_rate_of_each_epoch():
    model, seen = compiled(network()), []
    watch = Callback()
    watch.on_epoch_end = lambda epoch, logs, model: seen.append(model.optimizer.lr)
    schedule = LearningRateScheduler(lambda epoch, rate: 0.1 / (epoch + 1))
    model.fit(X, Y, epochs=3, callbacks=[schedule, watch])
    assert seen == [0.1, 0.05, 0.1 / 3]


def test_a_csv_log_has_a_line_per_epoch(tmp_path):
    history = compiled(network()).fit(X, Y, epochs=3, callbacks=[CSVLogger(tmp_path / "log.csv")])
    with open(tmp_path / "log.csv", newline="") as file:
        assert [float(row["loss"]) for row in csv.DictReader(file)] == history.history["loss"]
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


# When numbers go bad

def test_training_that_turns_to_nan_stops_names_the_operation_and_keeps_the_last_good_weights():
    model = nn.Sequential([nn.Input(1), nn.Dense(1)], seed=1)
    compiled(model, nn.SGD(lr=1e155), "mse")
    with pytest.raises(AnomalyError, match=r"stopped in epoch \d/9, batch 1: \w+ made (inf|nan) from .* last good batch"):
        model.fit([[1.0], [2.0]], [1.0, 3.0], epochs=9)
    assert all(math.isfinite(x) for x in model.state_dict().values())
    assert math.isfinite(model.evaluate([[1.0], [2.0]], [1.0, 3.0]))


# What is refused

@pytest.mark.parametrize("x, y, options, sentence", [
    (X, Y[:3], {}, r"y: expected a label for each of the 4 rows, got 3"),
    (X, 5, {}, r"y: expected a label for each of the 4 rows, got one number"),
    ([[0, 1, 2]], [1], {}, r"x: expected rows of shape \(None, 2\), got \(None, 3\)"),
    ([0, 1], [1, 1], {}, r"x: expected a table, one row of numbers per example, got \[0, 1\] \(list\)"),
    ([[0, 1], [2]], [1, 1], {}, r"x: expected rows of numbers, all of one length, got \[\[0, 1\], \[2\]\] \(list\)"),
    ([[0, "a"]], [1], {}, r"x: expected rows of numbers, all of one length, got \[\[0, 'a'\]\] \(list\)"),
    ([[0, 1]], [math.nan], {}, r"y: row 0: expected numbers, got nan: drop the row or fill it in"),
    ([[0, math.nan]], [1], {}, r"x: row 0: expected numbers, got nan in \[0.0, nan\] \(list\): drop the row or fill it in"),
    ([[0, 1]], [math.nan], {}, r"y: row 0: expected numbers, got nan"),
    ([], [], {}, r"x: expected at least one row, got none"),
    (X, [0, 1, 2, 0], {}, r"row 2 of y_true: expected a label in \[0, 1\], got 2.0"),
    (X, [[0, 1]] * 4, {}, r"row 0: expected as many labels as predictions, got 2"),
    (X, Y, {"batch_size": 0}, r"batch_size: expected a whole number of at least 1, got 0 \(int\)"),
    (X, Y, {"epochs": 1.5}, r"epochs: expected a whole number of at least 1, got 1.5 \(float\)"),
    (X, Y, {"initial_epoch": -1}, r"initial_epoch: expected a whole number of at least 0, got -1"),
    (X, Y, {"verbose": "loud"}, r"verbose: expected 0, 1, 2 or 'auto', got 'loud' \(str\)"),
    (X, Y, {"validation_data": X}, r"validation_data: expected a pair \(x, y\), got \[\[0, 0\]"),
    (X, Y, {"callbacks": 5}, r"callbacks: expected a list of callbacks, got 5"),
    (X, Y, {"callbacks": [print]}, r"callbacks: expected objects of nn.callbacks.Callback, got <built-in"),
    (X, Y, {"validation_split": 1.0}, r"validation_split: expected a part from 0 to below 1, got 1.0"),
])
def test_data_that_cannot_be_meant_is_refused_before_training(x, y, options, sentence):
    model = compiled(network())
    before = model.state_dict()
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        model.fit(x, y, **options)
    assert model.state_dict() == before


@pytest.mark.parametrize("act, sentence", [
    (lambda m: m.fit(X, Y), r"fit: expected a compiled model: call compile\(optimizer, loss\) first"),
    (lambda m: m.evaluate(X, Y), r"evaluate: expected a compiled model"),
    (lambda m: m.compile("sgd"), r"compile: expected a loss, such as loss='binary_crossentropy'"),
    (lambda m: m.compile("sgf", "mse"), r"did you mean 'sgd'\?"),
    (lambda m: m.compile("sgd", "mze"), r"expected the name of a loss, got 'mze' \(str\)"),
    (lambda m: m.compile("sgd", "mse", "accuracy"), r"expected a list of metrics, got 'accuracy' \(str\)"),
    (lambda m: m.compile("sgd", "mse", ["acuracy"]), r"name of a metric, got 'acuracy' \(str\): did you mean 'accuracy'\?"),
    (lambda m: m.compile("sgd", "mse", [3]), r"metric: expected a name or a function of \(y_true, y_pred\), got 3 \(int\)"),
    (lambda m: compiled(m, engine="warp").fit(X, Y), r"engine: expected one of auto, eager, compiled, jax, got 'warp'"),
])
def test_a_model_that_is_not_ready_says_what_is_missing(act, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        act(network())


def test_logits_given_as_probabilities_are_noticed():
    model = nn.Sequential([nn.Input(1), nn.Dense(1)], seed=1)
    with pytest.raises(ArgumentError, match="if these are logits, say from_logits=True"):
        compiled(model).fit([[100.0], [-100.0]], [1, 0])


# Metrics and tables

@pytest.mark.parametrize("y_true, y_pred, expected", [
    ([1, 0, 1], [[0.9], [0.2], [0.4]], 2 / 3),
    ([2, 0], [[0.1, 0.2, 0.7], [0.3, 0.4, 0.3]], 0.5),
    ([[0, 1], [1, 0]], [[0.2, 0.8], [0.6, 0.4]], 1.0),
])
def test_accuracy_suits_the_labels(y_true, y_pred, expected):
    assert metrics.find("accuracy", y_true, len(y_pred[0]))(y_true, y_pred) == expected
    assert metrics.find("acc", np.array(y_true), len(y_pred[0]))(np.array(y_true), np.array(y_pred)) == expected


def test_regression_metrics_are_their_definitions():
    assert metrics.METRICS.find("mae")()([1, 2], [[2], [4]]) == 1.5
    assert metrics.METRICS.find("mse")()([1, 2], [[2], [4]]) == 2.5


def test_batches_hold_every_row_once_in_an_order_of_their_seed():
    first, again, other = (list(tables.batches(10, 4, True, seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert [len(batch) for batch in first] == [4, 4, 2]
    assert sorted(sum(first, [])) == list(range(10))
    assert sum(tables.batches(10, 4, False, 1), []) == list(range(10))


@pytest.mark.parametrize("metric, y_true, y_pred, sentence", [
    (metrics.binary_accuracy, [1], ["a"], r"binary_accuracy: row 0 of y_pred: expected .* got 'a' \(str\)"),
    (metrics.binary_accuracy, [[]], [[]], r"row 0: expected at least one number, got an empty row"),
    (metrics.categorical_accuracy, [[0, None]], [[0.5, 0.5]], r"row 0 of y_true: .* got None \(NoneType\)"),
    (metrics.sparse_categorical_accuracy, [0], [[0.5, "a"]], r"row 0 of y_pred: .* got 'a' \(str\)"),
    (metrics.sparse_categorical_accuracy, [0, 1], [[0.5], []], r"row 1 of y_pred: .* for each class, got an empty row"),
    (metrics.sparse_categorical_accuracy, [[0, 1]], [[0.5, 0.5]], r"for one-hot labels use categorical_accuracy"),
])  # fmt: skip
def test_a_metric_says_which_row_of_which_side_it_cannot_use(metric, y_true, y_pred, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        metric(y_true, y_pred)


def test_a_step_beyond_float64_ends_training_with_a_sentence_and_no_warning():
    model = nn.Sequential([nn.Input(2), nn.Dense(1)], seed=1)
    model.compile(nn.SGD(lr=1e300), "mse", engine="compiled")
    before = model.state_dict()
    with pytest.raises(AnomalyError, match=r"training stopped in epoch 1/1, batch 1: the loss was .*lower learning rate"):
        model.fit([[1e10, 1e10]], [1.0], verbose=0)
    assert model.state_dict() == before


def test_rows_that_are_none_are_called_so():
    with pytest.raises(OperandError, match=r"x: expected rows of numbers, got None"):
        compiled(network()).fit(None, [0, 1])


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_regularizer_of_ones_own_and_one_that_a_callback_sets_count_on_each_engine(engine):
    class Fourth(nn.L1L2):
        def penalty(self, weights):
            return sum((w**4 for w in weights), 0.0)

    class Later(nn.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.layers[0].kernel_regularizer = nn.L2(10.0)

    X, y = [[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0]
    model = nn.Sequential([nn.Input(2), nn.Dense(1, kernel_regularizer=Fourth())], seed=1)
    model.compile(nn.SGD(0.0), "mse", engine=engine)
    first = model.evaluate(X, y)
    losses = model.fit(X, y, epochs=2, verbose=0, callbacks=[Later()]).history["loss"]
    second = model.evaluate(X, y)
    assert losses == [pytest.approx(first), pytest.approx(second)] and first != pytest.approx(second)
    model.layers[0].kernel_regularizer = Fourth()
    model.compile(nn.SGD(0.1), "mse", engine=engine)
    before = [p.data for p in model.parameters()]
    model.fit(X, y, verbose=0)
    model_loss = 2 * (np.array(before[:2]) + before[2] - [1.0, 0.0]) / 2
    wanted = np.array(before[:2]) - 0.1 * (model_loss + 4 * np.array(before[:2]) ** 3)
    assert [p.data for p in model.parameters()][:2] == pytest.approx(wanted)


def test_evaluate_in_the_midst_of_an_epoch_leaves_its_metrics_as_they_were():
    class Ask(nn.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.evaluate([[9.0]], [100.0], verbose=0)

    found = []
    for callbacks in ([], [Ask()]):
        model = nn.Sequential([nn.Input(1), nn.Dense(1)], seed=1)
        model.compile(nn.SGD(0.0), "mse", metrics=[nn.metrics.MeanAbsoluteError(), nn.metrics.AUC()])
        history = model.fit([[0.0], [1.0], [2.0]], [0, 1, 1], batch_size=2, verbose=0, callbacks=callbacks)
        found.append(history.history)
    assert found[0] == found[1]


def test_a_negative_weight_of_a_class_is_refused_as_that_of_a_row_is():
    model = nn.Sequential([nn.Input(1), nn.Dense(1)], seed=1)
    model.compile("sgd", "mse")
    with pytest.raises(ArgumentError, match="class_weight: row 1.*at least 0"):
        model.fit([[0.0], [1.0]], [0, 1], class_weight={0: 1.0, 1: -1.0})
