"""Small manners of Keras that programs rely on: what callbacks are told, where training stops, what a history holds."""

import copy
import functools
import math
import pickle
import random

import numpy as np
import pytest

import autodiff
from autodiff import Value, nn
from autodiff.errors import ArgumentError, OperandError

X, Y = nn.data.moons(20, seed=1)


def model(**options):
    made = nn.Sequential([nn.Input(2), nn.Dense(3, "tanh"), nn.Dense(1, "sigmoid")], seed=1)
    made.compile(nn.SGD(0.1), "binary_crossentropy", **options)
    return made


def test_training_stops_at_the_batch_whose_callback_says_so():
    class Stop(nn.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    stopped, batches = model(), model()
    history = stopped.fit(X, Y, batch_size=5, epochs=3, shuffle=False, verbose=0, callbacks=[Stop()])
    for part in (slice(0, 5), slice(5, 10)):
        batches.train_on_batch(X[part], Y[part])
    assert history.epoch == [0] and stopped.state_dict() == pytest.approx(batches.state_dict(), rel=1e-12)


def test_what_callbacks_add_to_an_epoch_is_in_the_history_and_they_are_told_of_the_last_at_the_end():
    told = []
    last = nn.callbacks.LambdaCallback(on_train_end=told.append)
    rates = nn.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    history = model(metrics=["mae"]).fit(X, Y, epochs=2, verbose=0, validation_split=0.3, callbacks=[rates, last])
    assert list(history.history) == ["loss", "mae", "val_loss", "val_mae", "learning_rate"]
    assert history.history["learning_rate"] == [0.05, 0.025]
    assert told == [{name: numbers[-1] for name, numbers in history.history.items()}]
    assert history.params == {"verbose": 0, "epochs": 2, "steps": 1}


def test_a_plateau_notes_the_rate_of_the_epoch_before_it_lowers_it():
    plateau = nn.callbacks.ReduceLROnPlateau("loss", mode="max", patience=1, factor=0.5)
    found = model().fit(X, Y, epochs=4, verbose=0, callbacks=[plateau])
    assert found.history["learning_rate"] == [0.1, 0.1, 0.05, 0.025]


def test_validation_rows_are_looked_at_as_often_as_asked_and_the_model_keeps_its_history():
    made = model()
    history = made.fit(X, Y, epochs=5, verbose=0, validation_split=0.3, validation_freq=2)
    assert len(history.history["loss"]) == 5 and len(history.history["val_loss"]) == 2
    assert made.history is history
    with pytest.raises(ArgumentError, match="validation_freq: expected a whole number of at least 1, got 0"):
        made.fit(X, Y, validation_freq=0)


def test_metric_objects_that_count_do_not_make_a_model_record_itself_anew():
    from autodiff.nn.training.engines import _FORWARDS

    made = model(metrics=[nn.metrics.Precision()])
    made.fit(X, Y, epochs=1, verbose=0, validation_split=0.3)
    program = _FORWARDS[made][1]
    made.fit(X, Y, epochs=2, verbose=0, validation_split=0.3)
    assert _FORWARDS[made][1] is program


def test_a_layer_gives_and_takes_its_weights():
    made = model()
    kernel, biases = made.layers[0].get_weights()
    assert kernel.shape == (2, 3) and made.layers[0].count_params() == 9 == kernel.size + biases.size
    made.layers[0].set_weights([kernel * 0, biases + 1])
    assert made.layers[0].weights[1].tolist() == [1.0] * 3 and nn.Dense(2).get_weights() == []
    assert np.array_equal(made.predict_on_batch(X), made.predict(X)) and made.test_on_batch(X, Y) == made.evaluate(X, Y)


def test_a_checkpoint_of_weights_alone_is_loaded_into_the_model(tmp_path):
    made, twin = model(), model()
    kept = nn.callbacks.ModelCheckpoint(tmp_path / "best.json", "loss", save_best_only=True, save_weights_only=True)
    made.fit(X, Y, epochs=3, verbose=0, callbacks=[kept, nn.callbacks.TerminateOnNaN()])
    twin.load_weights(tmp_path / "best.json")
    assert twin.state_dict() == made.state_dict()


def test_schedules_know_keras_s_names():
    theirs = nn.schedules.ExponentialDecay(initial_learning_rate=0.1, decay_steps=10, decay_rate=0.9)
    assert theirs == nn.schedules.ExponentialDecay(0.1, 10, 0.9)
    with pytest.raises(OperandError, match="there is no argument 'stairs': did you mean 'staircase'"):
        nn.schedules.ExponentialDecay(0.1, 10, 0.9, stairs=True)
    for lists in (([2, 1], [0.1, 0.2, 0.3]), ([2], [0.1]), ([2], [0.1, 0.0]), (2, [0.1])):
        with pytest.raises((ArgumentError, OperandError), match="PiecewiseConstantDecay: .*expected"):
            nn.schedules.PiecewiseConstantDecay(*lists)


def test_the_area_under_the_curve_of_one_class_is_nan_and_ends_no_training():
    history = model(metrics=["AUC"]).fit(X, np.ones(20), verbose=0, callbacks=[nn.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: None)])  # fmt: skip
    assert np.isnan(history.history["AUC"][0])


def test_rows_for_validation_are_looked_at_after_the_epochs_that_are_listed_the_first_being_1():
    made = model()
    for listed, epochs in (([1, 3, 9], 2), ((4,), 1), (range(1, 5), 4), ([], 0)):
        history = made.fit(X, Y, epochs=4, verbose=0, validation_split=0.3, validation_freq=listed).history
        assert len(history.get("val_loss", [])) == epochs
    for wrong, sentence in (([0], "at least 1, got 0"), ([1.5], "at least 1, got 1.5"), ("12", "at least 1, got '12'")):
        with pytest.raises((ArgumentError, OperandError), match=f"validation_freq: expected a whole number of {sentence}"):
            made.fit(X, Y, validation_freq=wrong)


def test_the_note_beside_the_bar_shows_the_course_of_the_loss(monkeypatch):
    from contextlib import contextmanager

    from autodiff.nn.training import fit_loop

    notes = []

    @contextmanager
    def watched(*arguments, **options):
        yield lambda note, curves: notes.append(note)

    monkeypatch.setattr(fit_loop, "progress", watched)
    model().fit(X, Y, epochs=4, verbose=1)
    assert notes[0].startswith("epoch 1/4, loss 0.") and notes[0][-1].isdigit()
    assert notes[-1].split()[-1][0] == "█" and notes[-1].split()[-1][-1] == "▁"


def test_a_layer_or_a_model_is_built_by_its_shape_alone_and_called_with_training():
    layer, whole = nn.Dense(3), nn.Sequential([nn.Dense(3), nn.Dropout(0.5, seed=1), nn.Dense(1)], seed=1)
    layer.build((None, 2))
    whole.build((None, 2))
    assert layer.kernel.shape == (2, 3) and layer.bias.tolist() == [0.0] * 3 and whole.count_params() == 13
    assert whole([1.0, 2.0], training=False).data == whole([1.0, 2.0]).data != whole([1.0, 2.0], training=True).data
    assert not any(module.training for module in whole.modules())
    with pytest.raises(ArgumentError, match=r"was built for rows of shape \(None, 2\), got \(None, 3\)"):
        layer.build((None, 3))
    with pytest.raises(ArgumentError, match="expected a layer that knows its input"):
        nn.Dense(3).kernel


def test_weights_are_told_apart_by_whether_training_may_change_them():
    made = model()
    made.layers[0].trainable = False
    assert [w.shape for w in made.trainable_weights] == [(3, 1), (1,)] == [w.shape for w in made.trainable_variables]
    assert [w.shape for w in made.non_trainable_weights] == [(2, 3), (3,)]


@pytest.mark.parametrize("call, message", [
    (lambda: nn.ReLU(), r"write nn.Activation\('relu'\)"),
    (lambda: nn.BatchNormalization, "write nn.data.MinMaxScaler for the inputs, and leave it out between layers"),
    (lambda: nn.Lion, "write nn.AdamW"), (lambda: nn.Adamm, "did you mean nn.Adam[?] There are: Activation"),
    (lambda: nn.LSTM, "no layer here goes along a sequence"), (lambda: nn.optimizers.Ftrl, "write nn.Adagrad"),
    (lambda: nn.Precision, "it is nn.metrics.Precision"), (lambda: nn.metrics.MeanIoU, "write Precision and Recall"),
    (lambda: nn.losses.Dice, "write binary_crossentropy"), (lambda: nn.callbacks.TensorBoard, "write CSVLogger"),
    (lambda: nn.schedules.CosineDecayRestarts, "write a function of the step"),
    (lambda: nn.initializers.Orthogonal, "write a function of"), (lambda: nn.Adam().get_config(), "its attributes"),
    (lambda: nn.SGD().apply_gradients([]), r"step\(\)"), (lambda: nn.metrics.Precision().add_weight, "keep numbers"),
    (lambda: nn.Dense(2).get_config(), "nn.save"),
    (lambda: model().inputs, "has no attribute 'inputs': `input_shape`"),
])  # fmt: skip
def test_a_name_of_keras_s_that_is_not_here_is_answered_with_what_is(call, message):
    with pytest.raises(AttributeError, match=message):
        call()


@pytest.mark.parametrize("loss, message", [
    (lambda y_true, y_pred: (y_true - y_pred) ** 2, "failed with TypeError: unsupported operand"),
    (lambda y_true, y_pred: list(y_pred), r"<lambda>, which gave \[Value"),
])  # fmt: skip
@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_loss_of_one_s_own_that_does_not_fit_is_told_what_it_gets(loss, message, engine):
    made = model()
    made.compile("sgd", loss, engine=engine)
    with pytest.raises(OperandError, match=f"expected a function of two lists with an entry for each row.*{message}"):
        made.fit(X, Y, verbose=0)


def test_rows_without_labels_and_generators_of_batches_are_refused_in_a_sentence():
    for given in (X, iter([(X, Y)])):
        for method in (model().fit, model().evaluate, model().train_on_batch):
            with pytest.raises(ArgumentError, match="expected rows x and their labels y, got .* alone"):
                method(given)


def test_an_epoch_may_have_fewer_batches_than_the_rows_make_and_the_next_goes_on():
    seen = []
    watch = nn.callbacks.LambdaCallback(on_train_batch_begin=lambda batch, logs: seen.append(batch))
    history = model().fit(X, Y, batch_size=4, steps_per_epoch=2, epochs=3, verbose=0, callbacks=watch)
    assert seen == [0, 1, 0, 1, 0] and history.params["steps"] == 2
    with pytest.raises(ArgumentError, match="at most the 5 batches of 4 that 20 rows make, got 6"):
        model().fit(X, Y, batch_size=4, steps_per_epoch=6)


def test_two_layers_of_one_name_are_refused():
    for make in (lambda: nn.Sequential([nn.Dense(2, name="one"), nn.Dense(3, name="one")]),
                 lambda: nn.Model(x := nn.Input(2), nn.Dense(2, name="one")(nn.Dense(3, name="one")(x)))):  # fmt: skip
        with pytest.raises(ArgumentError, match="expected names that no two layers share, got 'one' twice"):
            make()


@pytest.mark.parametrize("kind, expected", [
    (nn.Average, [1.0, 3.0]), (nn.Multiply, [-3.0, 8.0]), (nn.Maximum, [3.0, 4.0]), (nn.Minimum, [-1.0, 2.0]),
    (nn.Subtract, [-4.0, 2.0]),
])  # fmt: skip
def test_rows_are_brought_together_number_by_number_also_from_a_file(kind, expected, tmp_path):
    left, right = nn.Input(2), nn.Input(2)
    joined = nn.Model([left, right], kind()([left, right]))
    nn.save(joined, tmp_path / "model.json")
    for made in (joined, nn.load(tmp_path / "model.json")):
        rows = [[-1.0, 4.0]], [[3.0, 2.0]]
        assert made.predict(list(rows), verbose=0).tolist() == [expected] and repr(made.layers[0]) == f"{kind.__name__}()"
    with pytest.raises(ArgumentError, match="expected"):
        kind()([nn.Input(2), nn.Input(3)])


def test_an_argument_of_keras_s_that_is_not_here_says_what_is_written_for_it():
    with pytest.raises(OperandError, match="no argument 'run_eagerly': write engine='eager'"):
        model(run_eagerly=True)
    assert model().loss == "binary_crossentropy" and nn.SGD(0.1).iterations == 0


@pytest.mark.parametrize("make, shape", [
    (lambda: nn.Dense(3), (5, 3)), (lambda: nn.Dropout(0.5), (5, 2)), (lambda: nn.Activation("relu"), (5, 2)),
    (lambda: nn.Sequential([nn.Dense(4), nn.Dense(3)]), (5, 3)), (lambda: nn.Flatten(), (10,)),
    (lambda: nn.Sequential([nn.Flatten(), nn.Dense(3)]), (3,)),
])  # fmt: skip
def test_a_layer_that_has_met_no_row_takes_two_axes_for_a_batch_unless_it_flattens_them(make, shape):
    layer, rows = make(), np.arange(10.0).reshape(5, 2)
    for given in (rows, rows.tolist(), rows):  # the first builds it
        found = layer(given)
        assert np.shape(found) == shape
    if len(shape) > 1:
        assert [[x.data for x in row] for row in found] == [[x.data for x in layer(row)] for row in rows]


def test_what_is_no_place_of_a_layer_and_what_is_no_flag_are_refused_in_a_sentence():
    with pytest.raises(ArgumentError, match="get_layer: index: expected a whole number, -2 to 1, got .a."):
        model().get_layer(index="a")
    with pytest.raises(OperandError, match="fit: shuffle: expected True or False, got 'batch'"):
        model().fit(X, Y, shuffle="batch")


@pytest.mark.parametrize("make, sentence", [
    (lambda: nn.Dense(), "Dense: expected units, got none: there are: units"),
    (lambda: nn.metrics.Precision().update_state([1.0]), "update_state: expected y_pred, got none"),
    (lambda: nn.losses.MeanSquaredError()([1.0]), "MeanSquaredError: expected y_pred, got none"),
    (lambda: nn.metrics.Precision()(), "Precision: expected y_true and y_pred, got none"),
    (lambda: nn.Input((2,), dtype="float32"), "Input: there is no argument 'dtype': leave it out"),
    (lambda: nn.Adam(use_ema=True), "use_ema': a class of Callback may keep a mean of the weights"),
    (lambda: nn.activations.find("threshold"), "write a function of x: lambda x: where"),
    (lambda: model(metrics=[nn.metrics.Mean()]), "expected one of labels and outputs, got <Mean name=mean>"),
    (lambda: model().fit(X, [str(y) for y in Y], verbose=0), "y: expected rows of numbers, all of one length, got"),
    (lambda: nn.initializers.RandomNormal(seed=1), "'seed': the seed is that of the layer"),
    (lambda: nn.initializers.RandomUniform(1.0, 0.0), "expected a minval up to maxval, got 1.0 .* and 0.0"),
    (lambda: nn.initializers.VarianceScaling(mode="fan"), "expected a mode of fan_in, fan_out, fan_avg"),
    (lambda: nn.initializers.VarianceScaling(0.0), "expected a scale above 0, got 0.0"),
    (lambda: nn.initializers.TruncatedNormal(stddev=-1), "expected a stddev that is finite and at least 0, got -1"),
    (lambda: nn.metrics.R2Score("all"), "expected a class_aggregation of uniform_average or variance_weighted_average"),
    (lambda: nn.metrics.Mean()([1.0, 2.0], [1.0, 2.0, 3.0]), r"expected weights for numbers of the shape \(2,\)"),
    (lambda: nn.metrics.SparseTopKCategoricalAccuracy(2)([3], [[0.1, 0.2, 0.7]]), "row 0 of y_true: .* from 0 to 2, got 3"),
    (lambda: nn.losses.poisson([-1], [2.0]), "row 0 of y_true: expected a count of at least 0, got -1"),
    (lambda: nn.losses.poisson([1], [-2.0]), "row 0 of y_pred: expected a rate of at least 0, .* softplus"),
    (lambda: nn.losses.kl_divergence([[0.5, 0.4]], [[0.5, 0.5]]), "row 0 of y_true: expected labels that add up to 1"),
    (lambda: nn.losses.categorical_hinge([1, 0], [[0.1, 0.9]] * 2), "row 0 of y_true: expected a one-hot row"),
    (lambda: nn.losses.squared_hinge([0], [0.5]), "expected a label of -1 or 1, got 0 .*write 2 . y - 1"),
    (lambda: nn.callbacks.EarlyStopping(verbose="a"), "EarlyStopping: verbose: expected a whole number"),
    (lambda: nn.callbacks.EarlyStopping(restore_best_weights="a"), "restore_best_weights: expected True or False"),
    (lambda: nn.callbacks.EarlyStopping(start_from_epoch="a"), "start_from_epoch: expected a whole number"),
    (lambda: nn.callbacks.ReduceLROnPlateau(cooldown=-1), "cooldown: expected a whole number of at least 0"),
    (lambda: nn.callbacks.ReduceLROnPlateau(min_lr="a"), "min_lr: expected a real number"),
    (lambda: nn.callbacks.ModelCheckpoint(3), "ModelCheckpoint: expected the path of a file, got 3"),
    (lambda: nn.callbacks.ModelCheckpoint("a", save_best_only=1), "save_best_only: expected True or False"),
    (lambda: nn.callbacks.ModelCheckpoint("a", initial_value_threshold="a"), "initial_value_threshold: expected a real"),
    (lambda: nn.callbacks.LearningRateScheduler(3), "expected a function of the epoch, or of the epoch and the rate"),
    (lambda: nn.callbacks.LearningRateScheduler(lambda a, b, c: 1), "expected a function of the epoch"),
    (lambda: nn.callbacks.CSVLogger(3), "CSVLogger: expected the path of a file"),
    (lambda: nn.callbacks.CSVLogger("a", separator=", "), "expected one character as the separator"),
    (lambda: setattr(nn.SGD(0.1), "momentumm", 0.9), "SGD: there is no attribute 'momentumm': did you mean 'momentum'"),
    (lambda: model(metrics=[lambda y_true: 1]).fit(X, Y), r"metric: expected a function of \(y_true, y_pred\)"),
    (lambda: model(metrics=[lambda y_true, y_pred: "a"]).fit(X, Y, verbose=0), "or one for each row, got 'a'"),
])  # fmt: skip
def test_what_a_callback_a_metric_or_an_optimizer_cannot_use_is_refused_at_once(make, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        make()


def test_a_layer_of_one_s_own_may_be_written_with_call_and_a_metric_without_weights():
    class Doubled(nn.Block):
        def call(self, x):
            return [2 * each for each in x]

    class Counted(nn.metrics.Metric):
        def update_state(self, y_true, y_pred):
            self.count += len(y_true)

        def result(self):
            return self.count

        def reset_state(self):
            self.count = 0

    class WithoutShape(Doubled):
        def build(self, shape):
            self.seen = shape

    layers = [nn.Input(2), nn.Dense(3, "tanh"), Doubled(), nn.Dense(1, "sigmoid")]
    made = nn.Sequential(layers, seed=1)
    made.compile("sgd", "binary_crossentropy", metrics=[Counted()])
    assert made.fit(X, Y, verbose=0).history["counted"] == [20]
    assert Doubled()([1.0, 2.0])[1].data == 4.0
    with pytest.raises(OperandError, match=r"WithoutShape: expected a method build\(self, shape, rng\) that returns"):
        nn.Sequential([nn.Input(2), WithoutShape()])


def test_momentum_that_is_set_after_the_first_step_counts_from_then_on():
    late, early = model(), model()
    for made in (late, early):
        made.optimizer = nn.SGD(0.1)
    early.optimizer = nn.SGD(0.1, momentum=0.9)
    late.optimizer.bind(late.parameters())
    late.optimizer.momentum = 0.9
    for made in (late, early):
        for _ in range(2):
            made.train_on_batch(X, Y)
    assert late.state_dict() == early.state_dict()


@pytest.mark.parametrize("arithmetic", [
    lambda x: x + x, lambda x: 2 * x, lambda x: x * 2, lambda x: x - x, lambda x: 1 - x, lambda x: x / 2, lambda x: -x,
    lambda x: x ** 2, lambda x: [0.0] + x,
])  # fmt: skip
def test_arithmetic_with_a_whole_row_is_refused_since_lists_take_it_for_something_else(arithmetic):
    class Own(nn.Block):
        def call(self, x):
            return arithmetic(x)

    class Net(nn.Model):
        def __init__(self):
            super().__init__()
            self.hidden, self.out = nn.Dense(2), nn.Dense(1)

        def call(self, x):
            return self.out(arithmetic(self.hidden(x)))

    for made in (lambda: Own()([1.0, 2.0]), lambda: Net()([1.0, 2.0])):
        with pytest.raises(OperandError, match="expected single numbers, got a row, which is a list of them: write"):
            made()


BETWEEN = ("+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>", "<", "<=", ">", ">=")


@pytest.mark.parametrize("sign", BETWEEN)
def test_two_symbols_are_added_subtracted_and_multiplied_and_nothing_else(sign):
    x, y = nn.Input(2), nn.Input(2)
    if sign in "+-*":
        whole = nn.Model([x, y], eval(f"x {sign} y"))
        expected = eval(f"left {sign} right", {"left": np.array([5.0, 2.0]), "right": np.array([3.0, 4.0])})
        assert whole.predict([[[5.0, 2.0]], [[3.0, 4.0]]]).tolist() == [expected.tolist()]
    else:
        with pytest.raises(OperandError) as error:
            eval(f"x {sign} y")
        assert str(error.value).startswith(f"`x {sign} y`: symbols can be added, subtracted and multiplied with one an")


@pytest.mark.parametrize("sign", BETWEEN)
@pytest.mark.parametrize("number", ["2", "0.5"])
def test_a_symbol_and_a_number_on_either_side_are_refused_as_they_were_written(sign, number):
    turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}  # Python asks the symbol what stands on its right
    for text, said in ((f"x {sign} {number}", f"x {sign} {number}"),
                       (f"{number} {sign} x", f"x {turned[sign]} {number}" if sign in turned else f"{number} {sign} x")):
        with pytest.raises(OperandError) as error:
            eval(text, {"x": nn.Input(2)})
        assert str(error.value).startswith(f"`{said}`: ") and "write a layer, such as nn.Activation(" in str(error.value)


@pytest.mark.parametrize("text", [
    "-x", "+x", "~x", "abs(x)", "len(x)", "bool(x)", "float(x)", "int(x)", "round(x)", "divmod(x, 2)", "math.floor(x)",
    "x[0]", "x[:, :1]", "x[x]", "list(x)", "1 in x", "sum([x, x])", "np.tanh(x)", "np.sum(x)", "np.dot(x, x)",
    "np.ones(2) * x", "np.float64(2) - x", "x + np.ones(2)", "np.asarray(x)", "x * Value(2.0)", "x + [1]",
    "x + None",
])  # fmt: skip
def test_whatever_else_is_done_to_a_symbol_is_refused(text):
    with pytest.raises(OperandError, match="symbols can be added, subtracted and multiplied"):
        eval(text, {"x": nn.Input(2), "np": np, "math": math, "Value": Value})


def test_what_is_written_in_place_of_a_symbol_divided_by_two_divides_it():
    x = nn.Input(2)
    assert nn.Model(x, nn.Activation(lambda v: v / 2)(x)).predict([[1.0, 4.0]]).tolist() == [[0.5, 2.0]]


def test_a_monitor_waits_for_the_epochs_that_look_at_the_rows_for_validation(tmp_path):
    kept = nn.callbacks.ModelCheckpoint(tmp_path / "{epoch}.json", save_best_only=True)
    written = nn.callbacks.CSVLogger(tmp_path / "log.csv")
    model().fit(X, Y, epochs=4, verbose=0, validation_split=0.3, validation_freq=2, callbacks=[kept, written])
    assert {path.stem for path in tmp_path.iterdir()} == {"2", "4", "log"}
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert lines[0] == "epoch,loss,val_loss" and [line.endswith(",NA") for line in lines[1:]] == [True, False, True, False]


def test_a_learning_rate_may_be_assigned_to_as_a_variable_of_keras_s():
    optimizer = nn.SGD(0.1)
    optimizer.learning_rate.assign(0.05)
    assert optimizer.lr == 0.05 == optimizer.learning_rate == optimizer.learning_rate.numpy()
    optimizer.learning_rate.assign_add(0.2)
    optimizer.learning_rate.assign_sub(0.125)
    assert optimizer.lr == 0.05 + 0.2 - 0.125 == optimizer.learning_rate.value
    with pytest.raises(OperandError, match="learning_rate.assign_add: expected a real number"):
        optimizer.learning_rate.assign_add("a")


def test_a_learning_rate_that_is_kept_is_a_number_and_copied_or_pickled_a_float():
    optimizer = nn.SGD(0.1)
    kept = optimizer.learning_rate
    optimizer.learning_rate.assign(0.5)
    kept.assign_add(0.25)
    assert (float(kept), kept.value, optimizer.lr) == (0.1, 0.1, 0.75)
    copies = [copy.copy(kept), copy.deepcopy([kept])[0], *(pickle.loads(pickle.dumps(kept, p)) for p in range(6))]
    assert all(type(each) is float and each == 0.1 for each in copies)
    rates = nn.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: logs.update(rate=made.optimizer.learning_rate))  # fmt: skip
    made = model()
    history = made.fit(X, Y, epochs=2, verbose=0, callbacks=[rates])
    assert pickle.loads(pickle.dumps(history)).history == history.history


def test_a_rate_that_follows_a_schedule_is_not_set_to_a_number_without_a_word():
    optimizer = nn.SGD(nn.schedules.ExponentialDecay(0.1, 10, 0.5))
    with pytest.raises(ArgumentError, match="SGD: learning rate: expected another schedule, since the rate follows Exp"):
        optimizer.learning_rate = 0.1
    optimizer.lr = lambda step: 0.25
    assert optimizer.lr == 0.25
    rates = nn.callbacks.LearningRateScheduler(lambda epoch: 0.1)
    made = model()
    made.compile(nn.SGD(nn.schedules.CosineDecay(0.1, 10)), "binary_crossentropy")
    with pytest.raises(ArgumentError, match="expected another schedule, since the rate follows CosineDecay"):
        made.fit(X, Y, verbose=0, callbacks=[rates])


def test_initializers_are_objects_as_in_keras_and_of_the_spread_that_they_say():
    rng = random.Random(1)
    for made, mean, deviation in (
        (nn.initializers.RandomNormal(1.0, 0.1), 1.0, 0.1), (nn.initializers.RandomUniform(0.0, 2.0), 1.0, 3 ** -0.5),
        (nn.initializers.TruncatedNormal(2.0, 1.0), 2.0, 0.87962566103423978), (nn.initializers.Constant(0.5), 0.5, 0.0),
        (nn.initializers.VarianceScaling(2.0, "fan_out", "uniform"), 0.0, 0.5), (nn.initializers.HeNormal(), 0.0, 0.5 ** 0.5),
    ):  # fmt: skip
        numbers = [made(4, 8, rng) for _ in range(4000)]
        assert (np.mean(numbers), np.std(numbers)) == pytest.approx((mean, deviation), abs=0.05)
    kernel, bias = nn.Dense(2, kernel_initializer=nn.initializers.Ones(), input_shape=(1,)).get_weights()
    assert kernel.tolist() == [[1.0, 1.0]] and bias.tolist() == [0.0, 0.0]


def test_a_score_of_a_regression_is_exact_far_from_zero():
    y = np.array([1.0, 2.0, 3.0, 5.0]) + 1e6
    metric = nn.metrics.R2Score()
    for part in (slice(0, 1), slice(1, 4)):
        metric.update_state(y[part], y[part] + 0.5)
    assert metric.result() == pytest.approx(1 - 4 * 0.25 / 8.75, rel=1e-9)
    metric.update_state([1.0], [2.0], sample_weight=[0.0])
    assert metric.result() == pytest.approx(1 - 4 * 0.25 / 8.75, rel=1e-9)


def test_a_history_and_a_model_know_what_keras_s_know():
    made = model()
    assert made.built and made.fit(X, Y, verbose=0).model is made and not nn.Dense(2).built


@pytest.mark.parametrize("given, said", [
    ({"name": "dense_1", "index": 0}, r"expected a name or an index, got both, 'dense_1' \(str\) and 0 \(int\)"),
    ({}, "expected a name or an index, got neither"),
    ({"index": 9}, r"index: expected a whole number, -2 to 1, got 9 \(int\)"),
    ({"index": -3}, "index: expected a whole number, -2 to 1, got -3"),
    ({"index": True}, "index: expected a whole number, -2 to 1, got True"),
    ({"index": "dense"}, "index: expected a whole number, -2 to 1, got 'dense'"),
    ({"name": "dense_2"}, "expected one of dense, dense_1, got 'dense_2'"),
    ({"name": 0}, "expected one of dense, dense_1, got 0"),
])  # fmt: skip
def test_a_layer_is_asked_for_by_its_name_or_its_place(given, said):
    made = model()
    assert made.get_layer("dense_1") is made.get_layer(index=1) is made.get_layer(index=-1) is made.layers[1]
    with pytest.raises(ArgumentError, match=f"get_layer: {said}"):
        made.get_layer(**given)


def squared(y_true, y_pred):
    return sum((p - t) ** 2 for t, p in zip(y_true, y_pred)) / len(y_true)


def insensitive(y_true, y_pred):
    """A loss of which rows near their label have a plain 0."""
    return sum(max(0, abs(p - t) - 0.6) for t, p in zip(y_true, y_pred)) / len(y_true)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("loss", [lambda t, p: 3.0, lambda t, p: Value(3.0), lambda t, p: 0])
def test_a_loss_that_is_not_made_of_the_predictions_is_refused_before_training(engine, loss):
    made = model()
    made.compile("adam", loss, engine=engine)
    with pytest.raises(OperandError, match="loss: expected a Value made of y_pred.*got <lambda>, which gave .*no gradient"):
        made.fit(X, Y, verbose=0)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_loss_of_one_s_own_is_evaluated_as_the_same_loss_by_name(engine):
    own, named = model(), model()
    for made, loss in ((own, squared), (named, "mse")):
        made.compile(nn.SGD(0.1), loss, engine=engine)
        made.fit(X, Y, epochs=2, verbose=0, validation_split=0.3)
    for name, numbers in own.history.history.items():
        assert numbers == pytest.approx(named.history.history[name], rel=1e-12)
    assert own.evaluate(X, Y) == pytest.approx(named.evaluate(X, Y), rel=1e-12)


def test_a_loss_of_one_s_own_for_each_output_is_evaluated_too():
    x = nn.Input(2)
    found = []
    for losses in ([squared, insensitive], ["mse", insensitive]):
        made = nn.Model(x, [nn.Dense(1, seed=1)(x), nn.Dense(1, seed=2)(x)])
        made.compile("sgd", losses)
        made.fit(X, [Y, Y], verbose=0, validation_split=0.3)
        found.append(made.evaluate(X, [Y, Y], return_dict=True))
    assert list(found[0]) == ["dense_1_loss", "dense_loss", "loss"]
    assert list(found[0].values()) == pytest.approx(list(found[1].values()), rel=1e-12)


def test_rows_of_which_a_loss_is_a_plain_number_teach_nothing_in_either_engine():
    found = []
    for engine in ("eager", "compiled"):
        made = nn.Sequential([nn.Input(1), nn.Dense(1, kernel_initializer="ones")])
        made.compile(nn.SGD(0.1), insensitive, engine=engine)
        history = made.fit([[1.0], [2.0], [3.0]], [1.5, 4.0, 3.0], epochs=2, shuffle=False, verbose=0).history
        found.append([*history["loss"], *made.get_weights()[0].ravel()])
    assert found[0][0] == pytest.approx(1.4 / 3) and found[0] == pytest.approx(found[1], rel=1e-12)
    assert found[0][2] == pytest.approx(1 + 2 * 0.1 * 2 / 3)  # of the row with the label 4 alone


@pytest.mark.parametrize("initializer", [
    lambda shape: np.arange(6.0).reshape(shape), lambda shape, dtype=None: [[0, 1], [2, 3], [4, 5]],
    lambda shape, dtype: np.arange(6).reshape(shape).astype(dtype),
])  # fmt: skip
def test_an_initializer_may_be_a_function_of_a_shape(initializer):
    layer = nn.Dense(2, kernel_initializer=initializer, bias_initializer=lambda shape: np.arange(7.0, 9.0), input_shape=(3,))
    assert layer.kernel.tolist() == [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]] and layer.bias.tolist() == [7.0, 8.0]
    assert layer([1.0, 0.0, 0.0])[1].data == 9.0


def test_an_initializer_of_one_number_is_called_for_each_weight_and_bias_of_a_neuron_in_turn():
    rng = random.Random(1)
    expected = [[rng.random() for _ in range(4)] for _ in range(2)]
    uniform = (lambda inputs, outputs, rng: rng.random(),) * 2
    layer = nn.Dense(2, kernel_initializer=uniform[0], bias_initializer=uniform[1], input_shape=(3,), seed=1)
    drawn = np.array([[w.data for w in (*neuron.w, neuron.b)] for neuron in layer.neurons])
    rng = random.Random(1)
    [rng.uniform(-1, 1) for _ in range(6)]  # the first weights, which these replace
    assert drawn.tolist() == [[rng.random() for _ in range(4)] for _ in range(2)] != expected


@pytest.mark.parametrize("initializer, said", [
    (lambda shape: None, r"initializer <lambda>: expected an array of numbers of shape \(3, 2\), got None"),
    (lambda shape: np.zeros(3), r"initializer <lambda>: expected an array of numbers of shape \(3, 2\), got an array of "),
    (lambda shape: [[1], [1, 2]], r"initializer <lambda>: expected an array of numbers of shape \(3, 2\), got \[\[1\]"),
    (lambda shape: np.array([["a"] * 2] * 3), r"expected an array of numbers of shape \(3, 2\), got array"),
    (lambda shape: shape.size, r"expected a function of .*failed with AttributeError, called with \(shape\)"),
    (lambda inputs, outputs, rng: None, "initializer <lambda>: expected a real number .*, got None"),
    (np.zeros, r"initializer zeros: expected a function of \(inputs, outputs, rng\).*since it takes three arguments"),
    (lambda: 0.0, r"initializer: expected a name or a function of \(inputs, outputs, rng\).* or of \(shape, dtype\)"),
    (nn.initializers.Constant, r"initializer: expected an object, got Constant: write Constant\(\)"),
    (nn.initializers.RandomNormal, r"expected an object, got RandomNormal: write RandomNormal\(\)"),
    (nn.initializers.HeNormal, r"expected an object, got HeNormal: write HeNormal\(\)"),
    (dict, r"expected an object, got dict: write dict\(\)"),
])  # fmt: skip
def test_what_is_no_initializer_is_refused_by_its_name(initializer, said):
    with pytest.raises((OperandError, ArgumentError), match=said):
        nn.Dense(2, kernel_initializer=initializer, input_shape=(3,))


def test_an_optimizer_that_has_gone_to_another_model_is_said_to_have_done_so():
    optimizer, first, second = nn.Adam(), model(), model()
    for made in (first, second):
        made.compile(optimizer, "mse")
        made.fit(X, Y, verbose=0)
    with pytest.raises(ArgumentError, match="got Adam, which has since changed the parameters of another model: compile ea"):
        first.fit(X, Y, verbose=0)
    second.layers[0].trainable = False
    with pytest.raises(ArgumentError, match="a layer has come, gone, or been frozen"):
        second.fit(X, Y, verbose=0)


@pytest.mark.parametrize("call, said", [
    (lambda: nn.Dense(2, activity_regularizer="l2"), r"'activity_regularizer': outputs are not regularized here.* Here there"),
    (lambda: model().fit(X, Y, engine="eager"), r"fit: .*'engine': write compile\(optimizer, loss, engine=...\). Here there"),
    (lambda: model().predict(X, engine="eager"), r"predict: .*'engine': write compile\(optimizer, loss, engine=...\)"),
    (lambda: nn.initializers.Zeros(dtype="float32"), "leave it out: every number is a float64. Here there are none"),
])  # fmt: skip
def test_what_is_written_for_an_argument_is_not_beside_a_guess_at_another(call, said):
    with pytest.raises(OperandError, match=said) as error:
        call()
    assert "did you mean" not in str(error.value)


def test_a_second_output_with_a_loss_of_its_own_regularizes_what_a_layer_gives():
    x = nn.Input(2)
    hidden = nn.Dense(2, seed=1, name="hidden")(x)
    made = nn.Model(x, [nn.Dense(1, seed=2, name="out")(hidden), hidden])
    made.compile("sgd", ["mse", lambda t, p: 0.01 * sum(v * v for row in p for v in row) / len(p)])
    found = made.evaluate(X, [Y, np.zeros((20, 2))], return_dict=True)
    assert found["hidden_loss"] == pytest.approx(0.01 * (made.predict(X)[1] ** 2).sum() / 20, rel=1e-12)


def test_what_is_written_for_the_leaky_rectifier_of_keras_has_its_slope():
    with pytest.raises(AttributeError, match=r"write nn.Activation\((.*)\), with .*'leaky_relu'\) is 0.01") as error:
        nn.LeakyReLU
    way = str(error.value).partition("write ")[2].partition(", with")[0]
    layer = eval(way, {"nn": nn, "autodiff": autodiff})
    assert [y.data for y in layer([-1.0, 2.0])] == [-0.3, 2.0]
    assert nn.Activation("leaky_relu")([-1.0]).data == -0.01


@pytest.mark.parametrize("call", [
    lambda made: made.fit(X * 1j, Y, verbose=0), lambda made: made.fit(X, Y + 0j, verbose=0),
    lambda made: made.fit(X, [1j] * 20, verbose=0), lambda made: made.fit(X, Y, verbose=0, sample_weight=[1j] * 20),
    lambda made: made.predict(X + 0j), lambda made: made.evaluate(X, Y * 1j),
    lambda made: nn.step_function(made, "mse")(X * 1j, Y), lambda made: nn.step_function(made, "mse", "eager")(X * 1j, Y),
    lambda made: nn.step_function(made, "mse")(X, Y * 1j), lambda made: nn.step_function(made, "mse", "eager")(X, Y * 1j),
    lambda made: made.set_weights([array + 1j for array in made.get_weights()]), lambda made: made([1j, 0.0]),
])  # fmt: skip
def test_complex_numbers_are_refused_and_lose_no_part(call):
    with pytest.raises(OperandError, match="real number"):
        call(model())


def test_a_model_that_was_saved_with_its_optimizer_goes_on_with_it(tmp_path):
    made = model()
    made.fit(X, Y, verbose=0)
    plain, whole = nn.load(made.save(tmp_path / "a.json")), nn.load(made.save(tmp_path / "b.json", optimizer=True))
    assert plain.optimizer is None
    whole.compile(whole.optimizer, "binary_crossentropy")
    for each in (made, whole):
        each.fit(X, Y, verbose=0)
    assert whole.state_dict() == pytest.approx(made.state_dict(), rel=1e-12)


@pytest.mark.parametrize("name, sentence", [
    ("on_train_batch_ends", "did you mean 'on_train_batch_end'"), ("on_epoch_start", "There are: on_train_begin, "),
    ("on_everything", "here are: on_train_begin, "),
    *((f"on_{what}_{when}", said) for when in ("begin", "end", "batch_begin", "batch_end")
      for what, said in (("test", "evaluate calls no callbacks; on_epoch_end"), ("predict", "predict calls no callbacks"))),
])  # fmt: skip
def test_a_method_of_a_callback_that_fit_does_not_call_is_answered_with_what_to_write(name, sentence):
    with pytest.raises(ArgumentError, match=f"Own.{name}: expected a method that fit calls: .*{sentence}"):
        type("Own", (nn.callbacks.Callback,), {name: lambda self, logs=None: None})
    with pytest.raises(OperandError, match=f"LambdaCallback: there is no argument '{name}': "):
        nn.callbacks.LambdaCallback(**{name: print})


class Bent(nn.losses.Loss):
    def call(self, y_true, y_pred):
        return sum((p.tanh() - t) ** 2 for t, p in zip(y_true, y_pred)) / len(y_true)


@pytest.mark.parametrize("loss", [Bent(), Bent().call, functools.partial(Bent.call, None)])
@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_loss_of_one_s_own_is_given_values_everywhere(loss, engine):
    made, by_name = (nn.Sequential([nn.Input(2), nn.Dense(1, last, seed=1)]) for last in (None, "tanh"))
    made.compile("sgd", loss, engine=engine)
    by_name.compile("sgd", "mse", engine=engine)
    for each in (made, by_name):
        each.fit(X, Y, epochs=2, batch_size=4, verbose=0, validation_split=0.3)
    for name, numbers in made.history.history.items():
        assert numbers == pytest.approx(by_name.history.history[name], rel=1e-9)
    assert made.evaluate(X, Y) == pytest.approx(by_name.evaluate(X, Y), rel=1e-9)


def test_a_loss_of_one_s_own_for_one_of_two_outputs_is_given_values_everywhere():
    x = nn.Input(2)
    made = nn.Model(x, [nn.Dense(1, seed=1)(x), nn.Dense(2, seed=2)(x)])
    made.compile("sgd", [Bent(), "mse"])
    history = made.fit(X, [Y, X], verbose=0, validation_data=(X, [Y, X])).history
    assert history["val_loss"][0] == pytest.approx(history["val_dense_loss"][0] + history["val_dense_1_loss"][0], rel=1e-12)


def test_a_layer_that_merges_without_a_rule_is_told_the_method_that_is_called():
    from autodiff.nn.layers.merging import Numberwise

    with pytest.raises(NotImplementedError, match=r"Own computes nothing: write join\(self, numbers\)"):
        type("Own", (Numberwise,), {})()([[1.0], [2.0]])
    larger = type("Own", (Numberwise,), {"join": lambda self, numbers: max(numbers, key=lambda x: x.data)})
    assert larger()([[1.0], [2.0]]).data == 2.0
