"""Small programs as users of Keras write them: the same text runs on Keras, `python keras_programs.py`, and on autodiff.

A program is a function of a namespace with Keras's names, and gives numbers, lists or dicts of them.
"""

import json
import os
import sys
from types import SimpleNamespace

import numpy as np

RNG = np.random.default_rng(3)
X = RNG.normal(size=(20, 2))
Y = (X.sum(axis=1) > 0).astype(float)
WEIGHTS = np.arange(20.0) / 10
QUIET = {"shuffle": False, "verbose": 0}
PROGRAMS = {}


def program(function):
    PROGRAMS[function.__name__] = function
    return function


def fixed(model):
    """The model with weights that are the same everywhere."""
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=np.shape(w)) / 2 for w in model.get_weights()])
    return model


def classifier(k, optimizer="sgd", **options):
    layers = [k.Input((2,)), k.Dense(4, "tanh", name="hidden"), k.Dense(1, "sigmoid", name="out")]
    model = fixed(k.Sequential(layers))
    model.compile(optimizer, "binary_crossentropy", **options)
    return model


def arrays(model):
    return [np.asarray(w).tolist() for w in model.get_weights()]


def fitted(model, **options):
    history = model.fit(X, Y, **QUIET | options)
    return history.history, arrays(model)


@program
def frozen_layer(k):
    model = classifier(k)
    model.layers[0].trainable = False
    model.compile("sgd", "binary_crossentropy")
    return fitted(model, epochs=2), len(model.trainable_weights), len(model.non_trainable_weights)


@program
def weights_of_a_layer(k):
    model = classifier(k)
    kernel, bias = model.get_layer("hidden").get_weights()
    model.get_layer(index=0).set_weights([kernel * 2, bias + 1])
    return arrays(model), np.asarray(model.layers[0].kernel).tolist(), np.asarray(model.predict(X, verbose=0)).tolist()


@program
def pop_and_add_without_compile(k):
    model = classifier(k)
    model.pop()
    model.add(k.Dense(1, "sigmoid", name="again"))
    return fitted(fixed(model), epochs=2)


@program
def single_batches(k):
    model = classifier(k, "adam", metrics=["accuracy"])
    first = [float(x) for x in model.train_on_batch(X[:8], Y[:8])]
    for _ in range(2):
        model.train_on_batch(X[8:], Y[8:], sample_weight=WEIGHTS[8:])
    tested = [float(x) for x in model.test_on_batch(X, Y)]
    return first, tested, arrays(model), np.asarray(model.predict_on_batch(X[:3])).tolist()


@program
def weighted_rows(k):
    model = classifier(k, metrics=["accuracy"], weighted_metrics=["mse"])
    return fitted(model, sample_weight=WEIGHTS, epochs=2, validation_data=(X[:5], Y[:5], WEIGHTS[:5]))


@program
def weighted_classes(k):
    return fitted(classifier(k), class_weight={0: 1.0, 1: 3.0}, epochs=2, batch_size=6)


@program
def rows_for_validation_are_set_apart_unless_they_are_given_and_classes_weigh_in_training_alone(k):
    weights = {0: 1.0, 1: 3.0}
    return [fitted(classifier(k, metrics=["mae"]), epochs=2, validation_split=0.3, **options) for options in (
        {}, {"validation_data": (X[:4], Y[:4])}, {"class_weight": weights}, {"sample_weight": WEIGHTS},
        {"class_weight": weights, "validation_data": (X[:4], Y[:4], WEIGHTS[:4])})]  # fmt: skip


@program
def evaluated_and_predicted_in_batches(k):
    model = classifier(k, metrics=["accuracy"])
    found = model.evaluate(X, Y, batch_size=3, verbose=0, sample_weight=WEIGHTS, return_dict=True)
    predicted = model.predict(X, batch_size=7, verbose=0)
    return {name: float(x) for name, x in found.items()}, np.asarray(predicted).tolist()


@program
def epochs_of_some_batches(k):
    return [fitted(classifier(k), batch_size=4, steps_per_epoch=steps, epochs=4) for steps in (1, 2, 5)]


@program
def epochs_from_the_third(k):
    model = classifier(k)
    history = model.fit(X, Y, initial_epoch=2, epochs=4, **QUIET)
    return history.epoch, history.params, history.history, int(np.asarray(model.optimizer.iterations))


@program
def dropout_at_rest(k):
    model = fixed(k.Sequential([k.Input((2,)), k.Dense(4), k.Dropout(0.5, seed=1), k.Dense(1)]))
    model.compile("sgd", "mse")
    same = np.asarray(model.predict(X, verbose=0)).tolist()
    return same, float(model.evaluate(X, Y, verbose=0)), fitted_with_no_dropout(k)


def fitted_with_no_dropout(k):
    model = fixed(k.Sequential([k.Input((2,)), k.Dense(4), k.Dropout(0.0, seed=1), k.Dense(1)]))
    model.compile("sgd", "mse")
    return fitted(model, epochs=2)


@program
def rows_brought_together(k):
    x = k.Input((2,))
    hidden = k.Dense(2, "tanh")(x)
    joins = [k.Add(), k.Average(), k.Multiply(), k.Maximum(), k.Minimum(), k.Subtract(), k.Concatenate()]
    return [np.asarray(fixed(k.Model(x, join([x, hidden]))).predict(X[:3], verbose=0)).tolist() for join in joins]


@program
def several_outputs(k):
    x = k.Input((2,), name="x")
    hidden = k.Dense(3, "tanh", name="hidden")(x)
    model = fixed(k.Model(x, [k.Dense(1, name="a")(hidden), k.Dense(1, "sigmoid", name="b")(hidden)]))
    model.compile("sgd", ["mse", "binary_crossentropy"], loss_weights=[0.5, 2.0], metrics=[["mae"], ["accuracy"]])
    history = model.fit(X, [X[:, 0], Y], epochs=2, **QUIET)
    return history.history, arrays(model)


@program
def stopping_early(k):
    found = []
    for options in ({}, {"patience": 2, "restore_best_weights": True}, {"monitor": "loss", "start_from_epoch": 3},
                    {"monitor": "val_accuracy", "patience": 3, "restore_best_weights": True}):
        stop = k.callbacks.EarlyStopping(**options)
        model = classifier(k, k.SGD(5.0), metrics=["accuracy"])
        history = model.fit(X, Y, epochs=12, validation_split=0.3, callbacks=[stop], **QUIET)
        found.append([history.epoch, stop.stopped_epoch, stop.best_epoch, float(stop.best), arrays(model)])
    return found


@program
def rates_that_fall(k):
    plateau = k.callbacks.ReduceLROnPlateau(patience=1, factor=0.5)
    by_epoch = k.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))
    decay = k.schedules.ExponentialDecay(0.1, 10, 0.9)
    return [
        fitted(classifier(k, k.SGD(5.0)), epochs=8, validation_split=0.3, callbacks=plateau),
        fitted(classifier(k), epochs=3, callbacks=[by_epoch]),
        fitted(classifier(k, k.SGD(decay)), epochs=3, batch_size=5),
    ]


@program
def schedules(k):
    s = k.schedules
    made = [s.ExponentialDecay(0.1, 10, 0.9, staircase=True), s.InverseTimeDecay(0.1, 10, 0.5, staircase=True),
            s.CosineDecay(0.1, 10), s.PolynomialDecay(0.1, 10), s.PolynomialDecay(0.1, 8, 0.01, 2.0),
            s.PiecewiseConstantDecay([2, 5], [0.1, 0.05, 0.01])]  # fmt: skip
    return [[float(np.asarray(schedule(step))) for step in (0, 2, 3, 5, 10, 25)] for schedule in made]


@program
def metrics_by_object(k):
    found = []
    classes, labels = np.eye(3)[np.arange(20) % 3], np.arange(20) % 3
    for loss, last, y, options in (
        ("mse", ("linear", 2), X * 2, [k.metrics.R2Score(), k.metrics.CosineSimilarity(), k.metrics.LogCoshError(),
                                      k.metrics.MeanAbsolutePercentageError(), k.metrics.R2Score("variance_weighted_average", name="r")]),
        ("categorical_crossentropy", ("softmax", 3), classes, [k.metrics.TopKCategoricalAccuracy(2)]),
        ("sparse_categorical_crossentropy", ("softmax", 3), labels, [k.metrics.SparseTopKCategoricalAccuracy(2)]),
        ("binary_crossentropy", ("sigmoid", 1), Y[:, None], [k.metrics.TruePositives(), k.metrics.FalseNegatives(0.4),
         k.metrics.TrueNegatives(), k.metrics.FalsePositives(), "poisson", "binary_accuracy", "mape"]),
    ):  # fmt: skip
        model = fixed(k.Sequential([k.Input((2,)), k.Dense(4, "tanh"), k.Dense(last[1], last[0])]))
        model.compile("sgd", loss, metrics=options[:2], weighted_metrics=options[2:])
        history = model.fit(X, y, epochs=2, batch_size=6, sample_weight=WEIGHTS, **QUIET).history
        found.append([history, model.evaluate(X, y, verbose=0, return_dict=True)])
    return found


@program
def numbers_gathered_in_a_loop(k):
    mean, total = k.metrics.Mean(), k.metrics.Sum()
    for metric in (mean, total):
        for given in ((1.0,), ([1.0, 2.0, 6.0],), ([[1.0, 2.0], [3.0, 4.0]], [2.0, 0.5])):
            metric.update_state(*given)
    return mean.name, float(mean.result()), float(total.result()), float(k.metrics.Mean().result())


@program
def monitors_of_rows_that_every_second_epoch_looks_at(k):
    made = [k.callbacks.EarlyStopping(patience=1), k.callbacks.ReduceLROnPlateau(patience=1, factor=0.5, cooldown=1)]
    return [fitted(classifier(k, k.SGD(5.0)), epochs=10, validation_split=0.3, validation_freq=2, callbacks=[one])
            for one in made]  # fmt: skip


@program
def symbols_added_and_multiplied(k):
    x = k.Input((2,))
    y = k.Dense(2, "tanh")(x)
    return [np.asarray(fixed(k.Model(x, z)).predict(X[:3], verbose=0)).tolist() for z in (x + y, x - y, x * y)]


@program
def rates_that_callbacks_set(k):
    class Set(k.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch:
                self.model.optimizer.learning_rate = 0.1 / (epoch + 1)
            else:
                self.model.optimizer.learning_rate.assign(0.05)

    return fitted(classifier(k, "adam"), epochs=4, callbacks=[Set()])


@program
def what_callbacks_are_told(k):
    told = []

    class Watch(k.callbacks.Callback):
        def on_train_begin(self, logs=None):
            told.append(["begin", logs])

        def on_epoch_begin(self, epoch, logs=None):
            told.append(["epoch", epoch, logs])

        def on_train_batch_end(self, batch, logs=None):
            told.append(["batch", batch, {name: float(x) for name, x in logs.items()}])

        def on_epoch_end(self, epoch, logs=None):
            told.append(["end", epoch, list(logs), self.params])

    model = classifier(k, metrics=["accuracy"])
    model.fit(X, Y, batch_size=8, epochs=2, validation_split=0.25, callbacks=[Watch()], **QUIET)
    return told


def run(k):
    return {name: function(k) for name, function in PROGRAMS.items()}


def here():
    """The names on autodiff."""
    from autodiff import nn

    return nn


def in_keras():
    """The names on Keras, in float64."""
    os.environ |= {"KERAS_BACKEND": "jax", "JAX_ENABLE_X64": "1", "JAX_PLATFORMS": "cpu"}
    import keras
    from keras.src.backend.common import dtypes

    keras.backend.set_floatx("float64")
    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"  # else some operations round to single precision
    layers = {name: getattr(keras.layers, name) for name in dir(keras.layers) if name[0].isupper()}
    own = {"SGD": keras.optimizers.SGD, "schedules": keras.optimizers.schedules, "callbacks": keras.callbacks, "metrics": keras.metrics}
    return SimpleNamespace(**layers | own | {"Sequential": keras.Sequential, "Model": keras.Model})


if __name__ == "__main__":
    print(json.dumps(run(in_keras()), default=float), file=sys.stdout)
