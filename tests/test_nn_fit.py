"""What those who come from Keras expect of fit, and of what they set on layers, models and callbacks."""

from functools import partial

import numpy as np
import pytest

from autodiff import nn
from autodiff.errors import ArgumentError, OperandError
from autodiff.nn import metrics
from autodiff.nn.layers import tables
from autodiff.nn.callbacks import (
    Callback, CSVLogger, EarlyStopping, LambdaCallback, LearningRateScheduler, ModelCheckpoint, ReduceLROnPlateau,
)  # fmt: skip

X, Y = nn.data.xor()
INPUT = nn.Input(2)
ENGINES = ["eager", "compiled"]


def network(*, engine="compiled", optimizer=None, metrics=(), loss="binary_crossentropy", last=("sigmoid",), **options):
    model = nn.Sequential([nn.Input(2), nn.Dense(6, "relu", **options), nn.Dense(1, *last)], seed=1)
    model.compile(optimizer or nn.SGD(lr=0.1), loss, list(metrics), engine=engine)
    return model


def numbers(history):
    """A callback that makes an epoch's loss whatever the list says."""
    rest = iter(history)
    return LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(watched_loss=next(rest)))


# Early stopping

@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("epochs", [4, 10])
def test_the_best_weights_come_back_however_the_training_ends(engine, epochs):
    model, seen = network(engine=engine), []
    stop = EarlyStopping("watched_loss", patience=4, restore_best_weights=True)
    keep = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.state_dict()))
    model.fit(X, Y, epochs=epochs, callbacks=[numbers([3, 1, 2, 2, 2, 2, 2, 2, 2, 2]), stop, keep], verbose=0)
    assert model.state_dict() == seen[1] and stop.best_epoch == 1
    assert len(seen) == min(epochs, 6)


@pytest.mark.parametrize("name", ["val_auc", "val_r2", "val_f1", "f1_score", "val_precision", "recall", "acc", "val_binary_accuracy"])
def test_what_should_grow_is_known_by_its_name(name):
    assert EarlyStopping(name).more_is_better() and not EarlyStopping("val_loss").more_is_better()
    with pytest.raises(ArgumentError, match="mode='min' or mode='max' for 'val_height', got 'auto'"):
        EarlyStopping("val_height").more_is_better()


@pytest.mark.parametrize("options, epochs", [({}, 2), ({"patience": 1}, 2), ({"patience": 2}, 3), ({"start_from_epoch": 2}, 4),
                                             ({"patience": 2, "baseline": 0.5}, 2)])
def test_patience_baseline_and_start_are_counted_as_in_keras(options, epochs):
    history = network().fit(X, Y, epochs=9, callbacks=[numbers([1] * 9), EarlyStopping("watched_loss", **options)], verbose=0)
    assert len(history.epoch) == epochs


# Other callbacks

@pytest.mark.parametrize("engine", ENGINES)
def test_every_method_of_a_callback_is_called_with_the_model_and_the_numbers(engine):
    calls = []

    class Watch(Callback):
        def on_train_begin(self, logs=None):
            calls.append(("begin", self.model is model, self.params["epochs"], self.params["steps"]))

        def on_epoch_begin(self, epoch, logs=None):
            calls.append(("epoch", epoch))

        def on_batch_end(self, batch, logs=None):
            calls.append(("batch", batch, sorted(logs)))

        def on_epoch_end(self, epoch, logs=None):
            calls.append(("end", epoch, sorted(logs)))

        def on_train_end(self, logs=None):
            calls.append("done")

    model = network(engine=engine, metrics=["mae"])
    model.fit(X, Y, epochs=1, batch_size=2, callbacks=[Watch()], verbose=0)
    assert calls == [("begin", True, 1, 2), ("epoch", 0), ("batch", 0, ["loss", "mae"]), ("batch", 1, ["loss", "mae"]),
                     ("end", 0, ["loss", "mae"]), "done"]  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
def test_weights_set_between_batches_are_those_that_train_on(engine):
    model = network(engine=engine)
    first = model.get_weights()
    model.fit(X, Y, epochs=2, batch_size=2, verbose=0,
              callbacks=[LambdaCallback(on_train_batch_end=lambda batch, logs: model.set_weights(first))])
    assert all((a == b).all() for a, b in zip(model.get_weights(), first))


def test_training_stops_after_the_epoch_in_which_it_is_told_to():
    model = network()

    class Stop(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 2

    assert len(model.fit(X, Y, epochs=9, callbacks=[Stop()], verbose=0).epoch) == 3
    assert len(model.fit(X, Y, epochs=2, verbose=0).epoch) == 2


def test_a_method_of_other_arguments_and_one_that_nobody_calls_are_refused():
    class Old(Callback):
        def on_epoch_end(self, epoch, logs, model, more):
            pass

    with pytest.raises(ArgumentError, match=r"Old.on_epoch_end: expected a method of \(epoch, logs\), got"):
        network().fit(X, Y, callbacks=[Old()])
    with pytest.raises(ArgumentError, match=r"Typo.on_epoch_ends: .* that fit calls: did you mean 'on_epoch_end'\?"):
        type("Typo", (Callback,), {"on_epoch_ends": lambda self, epoch, logs: None})


def test_a_plateau_lowers_the_rate_to_its_floor_and_rests():
    model = network(optimizer=nn.SGD(lr=1.0))
    rates = []
    plateau = ReduceLROnPlateau("watched_loss", factor=0.5, patience=2, cooldown=1, min_lr=0.3)
    keep = LambdaCallback(on_epoch_end=lambda epoch, logs: rates.append(model.optimizer.lr))
    model.fit(X, Y, epochs=9, callbacks=[numbers([1] * 9), plateau, keep], verbose=0)
    assert rates == [1, 1, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3]


def test_checkpoints_are_written_for_each_epoch_or_for_better_ones_only(tmp_path):
    model = network()
    every = ModelCheckpoint(tmp_path / "{epoch:02d}-{loss:.1f}.json")
    best = ModelCheckpoint(tmp_path / "best.json", "watched_loss", save_best_only=True)
    seen = []
    keep = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.state_dict()))
    model.fit(X, Y, epochs=3, callbacks=[numbers([2, 1, 3]), every, best, keep], verbose=0)
    assert len(list(tmp_path.glob("0?-0.?.json"))) == 3
    assert nn.load(tmp_path / "best.json").state_dict() == seen[1]
    with pytest.raises(ArgumentError, match="expected a path with names among epoch, loss, got '{val_loss}.json'"):
        model.fit(X, Y, callbacks=[ModelCheckpoint("{val_loss}.json")])


def test_a_schedule_may_be_a_function_of_the_epoch_alone_and_its_errors_are_its_own():
    model = network()
    model.fit(X, Y, epochs=2, callbacks=[LearningRateScheduler(lambda epoch: 0.5 / (epoch + 1))], verbose=0)
    assert model.optimizer.lr == 0.25
    with pytest.raises(TypeError, match="can only concatenate"):
        model.fit(X, Y, callbacks=[LearningRateScheduler(lambda epoch, rate: "a" + rate)])


def test_a_log_can_be_continued(tmp_path):
    model = network()
    for append in (False, True):
        model.fit(X, Y, epochs=2, callbacks=[CSVLogger(tmp_path / "log.csv", separator=";", append=append)], verbose=0)
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert lines[0] == "epoch;loss" and [line.split(";")[0] for line in lines[1:]] == ["0", "1", "0", "1"]


# Rows set apart

@pytest.mark.parametrize("count, part, kept", [(4, 0.2, 3), (10, 0.3, 7), (5, 0.5, 2), (3, 0.1, 2), (7, 0, 7)])
def test_as_many_rows_are_kept_as_in_keras(count, part, kept):
    assert tables.count_kept(count, part) == kept


def test_a_split_of_nothing_is_refused():
    with pytest.raises(ArgumentError, match="expected to leave rows to train on and rows to validate with, got 0.9 of 4"):
        network().fit(X, Y, validation_split=0.9)


def test_rows_sorted_by_class_are_warned_of_and_ours_are_not_sorted():
    x, y = nn.data.moons(40, seed=1)
    order = np.argsort(y, kind="stable")
    with pytest.warns(UserWarning, match="all 8 rows for validation are of class 1: shuffle the rows first"):
        network().fit(x[order], y[order], validation_split=0.2, verbose=0)
    for data in (nn.data.moons, nn.data.circles, nn.data.spirals):
        x, y = data(40, seed=1)
        assert 0 < y[-8:].mean() < 1
        network().fit(x, y, validation_split=0.2, verbose=0)


# Frozen layers, attributes

@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", [nn.SGD, nn.AdamW, nn.Momentum])
def test_a_frozen_layer_stays_as_it_was(engine, kind):
    model = network(engine=engine, optimizer=kind(lr=0.1))
    model.fit(X, Y, epochs=1, verbose=0)
    model.layers[0].trainable = False
    before = model.get_weights()
    with pytest.raises(ArgumentError, match="fit: expected the 25 parameters that the optimizer has changed so far, got 7"):
        model.fit(X, Y, epochs=2, verbose=0)
    model.compile(model.optimizer, "binary_crossentropy", engine=engine)
    model.fit(X, Y, epochs=2, verbose=0)
    after = model.get_weights()
    assert [(a == b).all() for a, b in zip(before, after)] == [True, True, False, False]
    model.trainable = False
    assert not model.layers[1].trainable
    with pytest.raises(ArgumentError, match="expected a layer that may change"):
        model.fit(X, Y)


def test_the_summary_counts_what_is_frozen(capsys):
    model = network()
    model.layers[0].trainable = False
    model.summary()
    assert " Trainable params: 7 (56.00 B)\n Non-trainable params: 18 (144.00 B)\n" in capsys.readouterr().out


@pytest.mark.parametrize("set_it, sentence", [
    (lambda model: setattr(model, "stop_traning", True), "Sequential: there is no attribute 'stop_traning': did you mean 'stop_training'"),
    (lambda model: setattr(model.layers[0], "trainabel", False), "Dense: there is no attribute 'trainabel': did you mean 'trainable'"),
    (lambda model: setattr(model.layers[0], "kernel", 1), "Dense: 'kernel' can be read, not set; weights are set by set_weights"),
    (lambda model: setattr(model.layers[0], "kernels", 1), "Dense: there is no attribute 'kernels'"),
    (lambda model: setattr(model.layers[0], "trainable", 0), "Dense.trainable: expected True or False, got 0"),
    (lambda model: setattr(nn.callbacks.EarlyStopping(), "patiance", 3),
     "EarlyStopping: there is no attribute 'patiance': did you mean 'patience'"),
    (lambda model: setattr(nn.metrics.Precision(), "treshold", 0.3), "Precision: there is no attribute 'treshold': did you mean 'threshold'"),
    (lambda model: setattr(nn.losses.Huber(), "dleta", 2.0), "Huber: there is no attribute 'dleta': there are: from_logits, name, options"),
])
def test_an_attribute_that_would_be_ignored_is_refused(set_it, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        set_it(network())


@pytest.mark.parametrize("base", [nn.callbacks.Callback, nn.metrics.Metric, nn.losses.Loss])
def test_a_callback_metric_or_loss_of_one_s_own_may_have_any_attribute(base):
    own = type("Own", (base,), {})()
    own.factor = 3.0
    assert own.factor == 3.0


@pytest.mark.parametrize("bad", [np.array([1.0, 2.0]), 3, ["a"]])
@pytest.mark.parametrize("make", [
    nn.losses.Huber, nn.metrics.AUC, partial(nn.Dense, 1), partial(nn.Sequential, []), partial(nn.Model, INPUT, nn.Dense(1)(INPUT)),
])  # fmt: skip
def test_a_name_is_a_string(make, bad):
    with pytest.raises(OperandError, match="name"):
        make(name=bad)


def test_a_layer_of_one_s_own_may_have_attributes_of_its_own():
    class Scaled(nn.Block):
        def forward(self, xs):
            return [self.factor * x for x in xs]

    layer = Scaled()
    layer.factor = 3.0
    assert [y.data for y in layer([1.0, 2.0])] == [3.0, 6.0]


# Metrics

def test_an_accuracy_knows_where_the_loss_draws_the_line():
    y, z = [0, 1, 1], [[-0.5], [0.25], [3.0]]
    assert metrics.find("accuracy", y, 1, nn.losses.BinaryCrossentropy(from_logits=True))(y, z) == 1.0
    assert metrics.find("accuracy", y, 1, nn.losses.binary_crossentropy)(y, z) == 2 / 3
    assert metrics.find("accuracy", [-1, 1, 1], 1, nn.losses.hinge)([-1, 1, 1], z) == 1.0
    assert metrics.find("precision", [-1, 1, -1], 1, nn.losses.hinge)([-1, 1, -1], z) == 0.5


@pytest.mark.parametrize("loss, y", [("hinge", 2 * Y - 1), (nn.losses.BinaryCrossentropy(from_logits=True), Y)])
def test_xor_is_learned_to_an_accuracy_of_one_from_logits_too(loss, y):
    model = network(loss=loss, last=(), metrics=["accuracy"], optimizer=nn.Adam(lr=0.05))
    assert model.fit(X, y, epochs=300, verbose=0).history["accuracy"][-1] == 1.0


def test_the_history_has_the_names_that_were_written_in_keras_s_order():
    model = network(metrics=["mae", "acc", "mae", lambda t, p: 0.0, lambda t, p: 1.0])
    history = model.fit(X, Y, epochs=1, validation_data=(X, Y), verbose=0).history
    first = ["acc", "lambda", "lambda_1", "loss", "mae", "mae_1"]
    assert list(history) == first + [f"val_{name}" for name in first]


def test_counts_and_ranks():
    y, p = [1, 0, 1, 1, 0], [0.9, 0.8, 0.8, 0.2, 0.1]
    assert (metrics.precision(y, p), metrics.recall(y, p)) == (2 / 3, 2 / 3)
    assert metrics.auc(y, p) == 4.5 / 6 and metrics.f1_score(y, p) == 2 / 3
    assert metrics.precision([1], [0.1]) == metrics.f1_score([0], [0.1]) == 0.0
    with pytest.raises(ArgumentError, match="auc: expected labels of both classes"):
        metrics.auc([1, 1], [0.5, 0.6])


@pytest.mark.slow
def test_ranks_are_those_of_scikit_learn(rng):
    sklearn = pytest.importorskip("sklearn.metrics", reason="needs scikit-learn")
    for _ in range(50):
        y = [0, 1, *(rng.randrange(2) for _ in range(20))]
        p = [rng.randrange(8) / 8 for _ in y]
        assert metrics.auc(y, p) == pytest.approx(sklearn.roc_auc_score(y, p), rel=1e-12)
        assert metrics.f1_score(y, p) == pytest.approx(sklearn.f1_score(y, [q > 0.5 for q in p]), rel=1e-12)


# Weights, layers, batches

def test_weights_travel_as_arrays_of_keras_s_shapes():
    model, twin = network(), network()
    assert [w.shape for w in model.get_weights()] == [(2, 6), (6,), (6, 1), (1,)]
    model.fit(X, Y, epochs=3, verbose=0)
    twin.set_weights(model.get_weights())
    assert twin.state_dict() == model.state_dict()
    with pytest.raises(ArgumentError, match=r"array 1: expected the shape \(6,\), got \(5,\)"):
        twin.set_weights([np.zeros((2, 6)), np.zeros(5), np.zeros((6, 1)), np.zeros(1)])
    with pytest.raises(ArgumentError, match="expected 4 arrays"):
        twin.set_weights([])
    assert twin.state_dict() == model.state_dict()


def test_a_model_without_biases_is_built_trained_saved_and_loaded(tmp_path):
    model = network(use_bias=False, kernel_regularizer=nn.L2(0.1))
    assert [w.shape for w in model.get_weights()] == [(2, 6), (6, 1), (1,)]
    model.layers[1].trainable = False
    model.fit(X, Y, epochs=2, verbose=0)
    twin = nn.load(model.save(tmp_path / "model.json", optimizer=True))
    assert twin.state_dict() == model.state_dict() and twin.layers[0].kernel_regularizer == nn.L2(0.1)
    assert not twin.layers[1].trainable and not twin.layers[0].use_bias


@pytest.mark.parametrize("optimizer", [
    nn.SGD(lr=0.1, momentum=0.9, nesterov=True), nn.Adam(clipnorm=0.1, weight_decay=0.01), nn.RMSprop(clipvalue=0.5, momentum=0.9, centered=True),
    nn.Adam(amsgrad=True),
], ids=repr)
def test_a_saved_training_goes_on_as_if_it_had_never_stopped(optimizer, tmp_path):
    model = network(optimizer=optimizer)
    model.fit(X, Y, epochs=3, verbose=0)
    twin = nn.load(model.save(tmp_path / "model.json", optimizer=True))
    twin.compile(twin.optimizer, "binary_crossentropy")
    for each in (model, twin):
        each.fit(X, Y, epochs=5, initial_epoch=3, verbose=0)
    assert twin.state_dict() == model.state_dict()


def test_initializers_go_by_name():
    ones = nn.Dense(2, kernel_initializer="ones", bias_initializer=lambda inputs, units, rng: inputs + units)
    ones.ensure_built((3,))
    assert [n.b.data for n in ones.neurons] == [5.0, 5.0] and {w.data for n in ones.neurons for w in n.w} == {1.0}
    drawn = nn.Dense(400, kernel_initializer="he_normal", seed=1)
    drawn.ensure_built((50,))
    weights = [w.data for n in drawn.neurons for w in n.w]
    assert np.std(weights) == pytest.approx((2 / 50) ** 0.5, rel=0.02) and max(weights) < 2 * (2 / 50) ** 0.5 / 0.87
    with pytest.raises(ArgumentError, match="expected the name of an initializer, got 'glorot': did you mean 'glorot_normal'|glorot"):
        nn.Dense(2, kernel_initializer="glorot")


def test_layers_are_found_by_name_and_by_place_and_the_last_can_be_taken_away():
    model = network()
    assert model.get_layer("dense_1") is model.get_layer(index=-1) is model.layers[1]
    with pytest.raises(ArgumentError, match="get_layer: expected one of dense, dense_1, got 'dense_2'"):
        model.get_layer("dense_2")
    assert model.pop().units == 1 and model.output_shape == (6,) and len(model.predict(X, verbose=0)[0]) == 6


def test_a_model_takes_a_batch_as_well_as_a_row():
    model = network()
    assert [y.data for y in model(X)] == [model(row).data for row in X] == [y.data for y in model(X.tolist())]
    flat = nn.Sequential([nn.Flatten(input_shape=(2, 2)), nn.Dense(3)], seed=1)
    assert len(flat([[1, 2], [3, 4]])) == 3 and len(flat([[[1, 2], [3, 4]]] * 5)) == 5


def test_one_batch_at_a_time_is_the_eager_step():
    model, twin = network(metrics=["mae"], engine="eager"), network(metrics=["mae"], engine="eager")
    loss, error = model.train_on_batch(X, Y)
    history = twin.fit(X, Y, shuffle=False, verbose=0).history
    assert (loss, error) == (history["loss"][0], history["mae"][0]) and model.state_dict() == twin.state_dict()
    assert list(model.train_on_batch(X, Y, return_dict=True)) == ["loss", "mae"]


# Weights of rows

@pytest.mark.parametrize("engine", ENGINES)
def test_a_row_that_weighs_nothing_is_a_row_that_is_not_learned_from(engine):
    weighed, without = network(engine=engine), network(engine=engine)
    weighed.fit(X, Y, sample_weight=[1, 1, 0, 1], epochs=5, verbose=0)
    without.fit(X[[0, 1, 3]], Y[[0, 1, 3]], sample_weight=[0.75] * 3, epochs=5, verbose=0)
    ours, theirs = ([*model.state_dict().values()] for model in (weighed, without))
    assert ours == pytest.approx(theirs, rel=1e-9)
    assert weighed.evaluate(X, Y, sample_weight=[0, 0, 0, 0], verbose=0) == 0.0


@pytest.mark.parametrize("options, sentence", [
    ({"sample_weight": [1, 1]}, r"sample_weight: expected one number for each of the 4 rows, got \(2,\)"),
    ({"sample_weight": [1, 1, -1, 1]}, r"sample_weight: row 2: expected a number of at least 0, got -1"),
    ({"class_weight": {0: 1.0}}, r"class_weight: expected a weight for class 1, got {0: 1.0}"),
    ({"class_weight": [1, 2]}, r"class_weight: expected a dict of weights by class, got \[1, 2\]"),
    ({"class_weight": {0: 1, 1: 2}, "sample_weight": [1] * 4}, r"expected sample_weight or class_weight, got both"),
])
def test_weights_that_fit_no_row_are_refused(options, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        network().fit(X, Y, **options)


@pytest.mark.parametrize("make", [
    lambda: nn.callbacks.EarlyStopping(min_delta=np.nan), lambda: nn.callbacks.EarlyStopping(baseline=np.nan),
    lambda: nn.callbacks.ReduceLROnPlateau(min_delta=np.nan), lambda: nn.callbacks.ReduceLROnPlateau(min_lr=np.nan),
    lambda: nn.callbacks.ModelCheckpoint("a", initial_value_threshold=np.nan), lambda: nn.metrics.Recall(np.nan),
    lambda: nn.Sequential([nn.Dense(1)]).compile("sgd", ["mse"], loss_weights=[np.nan]),
])  # fmt: skip
def test_a_setting_that_is_nan_is_an_error(make):
    with pytest.raises(ArgumentError, match="expected a number, got nan"):
        make()


def test_iterators_are_rows_also_where_some_are_set_apart_for_validation():
    model = nn.Sequential([nn.Input(1), nn.Dense(1)], seed=1)
    model.compile("sgd", "mse")
    history = model.fit(iter([[0.0], [1.0], [2.0], [3.0]]), iter([0.0, 1.0, 2.0, 3.0]), validation_split=0.5, verbose=0)
    assert "val_loss" in history.history
