"""A training step is the same on every engine: the same losses, gradients and runs within rounding."""

import collections
import math
import os
import subprocess
import sys
import threading
import time
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from autodiff import Value, native, nn
from autodiff.errors import ArgumentError, OperandError
from autodiff.hooks import Watcher, watchers
from autodiff.nn.training.step import CompiledStep
from autodiff.nn.training.step_function import step_function
from autodiff.nn.training.vectors import Vector, same
from autodiff.nn.training.watched import Watched

X = np.random.default_rng(0).normal(size=(12, 3))
LABELS = np.arange(12) % 4
LOGITS = {"from_logits": True}
CASES = {
    "mse": ([5, 1], "mean_squared_error", X[:, 0] * 2),
    "mse of two": ([5, 2], "mean_squared_error", X[:, :2] ** 2),
    "binary": ([5, 1], partial(nn.losses.binary_crossentropy, **LOGITS), LABELS % 2),
    "classes": ([6, 4], partial(nn.losses.sparse_categorical_crossentropy, **LOGITS), LABELS),
    "one hot": ([6, 4], partial(nn.losses.categorical_crossentropy, **LOGITS), np.eye(4)[LABELS]),
    "huber": ([5, 1], "huber", X[:, 1]),
    "hinge": ([5, 1], "hinge", LABELS % 2 * 2 - 1),
}


def model_of(sizes):
    return nn.MLP(3, sizes, "tanh", seed=1)


@pytest.mark.parametrize("name", CASES)
def test_every_loss_has_the_gradient_of_eager(name):
    sizes, loss, y = CASES[name]
    eager, compiled = (step_function(model_of(sizes), loss, engine) for engine in ("eager", "compiled"))
    for rows in (slice(0, 12), slice(3, 4), slice(2, 9)):
        expected, actual = eager(X[rows], y[rows]), compiled(X[rows], y[rows])
        assert actual[0] == pytest.approx(expected[0], rel=1e-12)
        assert np.allclose(actual[1], expected[1], rtol=1e-10, atol=1e-13)


def train(step, y, optimizer):
    history = []
    for epoch in range(20):
        for batch in (slice(0, 8), slice(8, 12)):
            loss, gradient = step(X[batch], y[batch])
            step.parameters = optimizer.updated(step.parameters, gradient)
            history.append(float(loss))
    return history


@pytest.mark.parametrize("engine", ["compiled", "jax"])
def test_a_training_run_is_that_of_eager(engine):
    pytest.importorskip("jax", reason="jax is not installed") if engine == "jax" else None
    sizes, loss, y = CASES["classes"]
    runs = [train(step_function(model_of(sizes), loss, name), y, nn.Adam(lr=0.05)) for name in ("eager", engine)]
    assert np.allclose(runs[0], runs[1], rtol=1e-9 if engine == "compiled" else 2e-3)
    assert runs[1][-1] < runs[1][0] / 2


def test_sync_writes_the_parameters_into_the_model():
    model = model_of([2, 1])
    step = step_function(model, "mean_squared_error")
    step.parameters = step.parameters + 1.0
    step.sync()
    assert [p.data for p in model.parameters()] == step.parameters.tolist()


def test_a_loss_that_is_no_mean_over_rows_is_refused():
    def summed(y_true, y_pred):
        return sum((p - t) ** 2 for t, p in zip(y_true, y_pred))

    with pytest.raises(ArgumentError, match="mean over rows.*eager"):
        step_function(model_of([2, 1]), summed)(X, X[:, 0])
    loss, _ = step_function(model_of([2, 1]), summed, "eager")(X, X[:, 0])
    assert loss > 0


def test_a_class_that_does_not_exist_is_an_error_also_after_recording():
    sizes, loss, y = CASES["classes"]
    step = step_function(model_of(sizes), loss)
    step(X, y)
    with pytest.raises(ArgumentError, match="7"):
        step(X, np.where(y == 3, 7, y))


def test_a_model_that_branches_gives_each_row_its_own_way():
    class Bent(nn.Module):
        def __init__(self):
            self.inner = model_of([3, 1])

        def __call__(self, xs):
            y = self.inner(xs)
            return y * y if y > 0 else -3 * y

    eager, compiled = (step_function(Bent(), "mse", engine) for engine in ("eager", "compiled"))
    expected, actual = eager(X, X[:, 0]), compiled(X, X[:, 0])
    assert actual[0] == pytest.approx(expected[0], rel=1e-12) and np.allclose(actual[1], expected[1], rtol=1e-10)


class Leaning(nn.Module):
    """A model of one weight, which decides in which of its branches each row goes."""

    def __init__(self, steer, w=1.0):
        self.steer, self.w = steer, Value(w)

    def __call__(self, row):
        return self.steer(self.w, row[0])

    def parameters(self):
        return [self.w]


@pytest.mark.parametrize("engine", ["compiled", "jax"])
@pytest.mark.parametrize("steer", [
    lambda w, x: w * x * 2 if w * x > 0 else w * x * 0.5,
    lambda w, x: w * x if w > 0 else w * w * x,
    lambda w, x: w * x * max(w.data, 0.25),
])  # fmt: skip
def test_a_step_branches_by_its_own_parameters_which_the_model_need_not_have(steer, engine):
    pytest.importorskip("jax") if engine == "jax" else None
    rows, labels = np.array([[1.0], [2.0], [-3.0]]), np.array([0.5, 1.0, -1.0])
    model = Leaning(steer)
    eager, step = step_function(Leaning(steer), "mse", "eager"), step_function(model, "mse", engine)
    for w in (1.0, -1.0, 0.5, -2.0, 4.0):
        for each in (eager, step):
            each.parameters = each.parameters * 0 + w
        (loss, gradient), (wanted, slopes) = step(rows, labels), eager(rows, labels)
        assert float(loss) == pytest.approx(wanted, rel=1e-6) and np.allclose(gradient, slopes, rtol=1e-6)
        assert model.w.data == 1.0  # until sync
    step.sync()
    assert model.w.data == 4.0


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("steer", [lambda w, x: [w * x] * 2, lambda w, x: [w, w]])
def test_outputs_that_are_the_same_have_a_column_each(steer, engine):
    step = step_function(Leaning(steer, 2.0), "mse", engine)
    step(np.array([[1.0], [3.0]]), np.zeros((2, 2)))
    wanted = [[y.data for y in steer(Value(2.0), x)] for x in (1.0, 3.0)]
    assert np.broadcast_to(step.outputs, (2, 2)).tolist() == wanted and step.outputs.shape[-1] == 2


def test_fit_trains_a_model_that_branches_as_eager_does():
    class Bent(nn.Model):
        def __init__(self):
            super().__init__()
            self.hidden, self.out = nn.Dense(4, seed=1), nn.Dense(1, seed=2)

        def call(self, xs):
            return self.out([x if x > 0 else x * 0.1 for x in self.hidden(xs)])

    runs = []
    for engine in ("eager", "compiled"):
        model = Bent()
        model.compile(nn.SGD(0.1), "mse", engine=engine)
        runs.append(model.fit(X, X[:, 0] * 2, epochs=10, batch_size=4, verbose=0).history["loss"])
    assert np.allclose(runs[0], runs[1], rtol=1e-9)


def refuse_floats(y_true, y_pred):
    """A loss of whole labels, as its user wrote it."""
    entries = [t for row in y_true for t in (row if isinstance(row, list) else [row])]
    if any(type(t) is float for t in entries):
        raise ArgumentError(f"expected whole labels, got {entries}")
    return nn.losses.mean_squared_error(y_true, y_pred)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("labels", [[1, 2, 2], [[1], [2], [2]]])
def test_equal_labels_of_another_type_are_shown_to_the_loss_as_well(labels, engine):
    step, X = step_function(nn.MLP(2, [1], seed=1), refuse_floats, engine=engine), np.ones((3, 2))
    step(X, np.array(labels))
    with pytest.raises(ArgumentError, match="expected whole labels"):
        step(X, np.array(labels, dtype=float))
    step(X, np.array(labels))


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_row_of_labels_that_the_loss_refuses_is_found_among_rows_that_it_has_seen(engine):
    step, X = step_function(nn.MLP(2, [2], output="softmax", seed=1), "categorical_crossentropy", engine=engine), np.ones((3, 2))
    good = np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]])
    step(X, good)
    step(X, good[::-1])
    with pytest.raises(ArgumentError, match="row 1 of y_true"):
        step(X, np.array([[0.0, 1.0], [-1.0, 0.0], [0.5, 0.5]]))


def test_labels_are_first_shown_to_the_loss_beside_what_the_steps_parameters_predict():
    model = Leaning(lambda w, x: w * x, -2.0)
    step = step_function(model, "mean_squared_logarithmic_error")
    step.parameters = np.array([0.5])
    assert step([[1.0]], [0.5])[0] == 0.0  # the model's own -2 is below -1, which the loss refuses


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("X_, y_, message", [
    (X, X[:3, 0], "as many rows"), (X[:0], X[:0, 0], "at least one"), (X[0], X[0], "rows of numbers"),
])  # fmt: skip
def test_wrong_shapes_are_errors_that_show_them(X_, y_, message, engine):
    with pytest.raises(ArgumentError, match=message):
        step_function(model_of([2, 1]), "mse", engine)(X_, y_)


def test_a_step_shows_its_source_once_it_has_run():
    step = step_function(nn.MLP(2, [3, 1], seed=0), "mse")
    with pytest.raises(ArgumentError, match="step.source: expected a step that has run"):
        step.source
    step(np.ones((2, 2)), np.zeros(2))
    assert "def value_and_grad(" in step.source


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_batch_may_have_any_number_of_rows(count):
    model = nn.MLP(2, [3, 1], seed=0)
    eager, compiled = (step_function(model, "mse", engine) for engine in ("eager", "compiled"))
    rows, labels = np.arange(2.0 * count).reshape(count, 2), np.arange(count) / 2
    assert compiled(rows, labels)[0] == pytest.approx(eager(rows, labels)[0], rel=1e-12)
    assert compiled(rows, labels)[1] == pytest.approx(eager(rows, labels)[1], rel=1e-12)


def test_labels_in_rows_are_told_from_labels_alone():
    def loss(y_true, y_pred):
        alone = not isinstance(y_true[0], list)
        return nn.losses.mean_squared_error([t if alone else t[0] for t in y_true], y_pred) * (1.0 if alone else 3.0)

    model = nn.MLP(2, [3, 1], seed=0)
    eager, compiled = (step_function(model, loss, engine) for engine in ("eager", "compiled"))
    X, y = np.array([[0.5, 1.0], [2.0, -1.0]]), np.array([1.0, 0.25])
    for labels in (y, y[:, None], y):
        assert compiled(X, labels)[0] == pytest.approx(eager(X, labels)[0], rel=1e-12)
    assert eager(X, y[:, None])[0] == pytest.approx(3 * eager(X, y)[0])


def test_an_unknown_engine_is_an_error():
    with pytest.raises(ArgumentError, match="eager, compiled, jax"):
        step_function(model_of([2, 1]), "mse", "gpu")


SHARDED = """
import jax, numpy as np
jax.config.update("jax_enable_x64", {x64})
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from functools import partial
from autodiff import Value, native, nn
from autodiff.nn.training.watched import Watched
from autodiff.nn.training.step_function import step_function
assert jax.device_count() == 8
model = nn.MLP(6, [16, 16, 4], seed=1)
loss = partial(nn.losses.sparse_categorical_crossentropy, from_logits=True)
rng = np.random.default_rng(0)
X, y = rng.normal(size=(64, 6)), rng.integers(0, 4, 64)
expected = step_function(model, loss)(X, y)
step = step_function(model, loss, "jax")
mesh = Mesh(np.array(jax.devices()), ("rows",))
rows = NamedSharding(mesh, PartitionSpec("rows"))
step.parameters = jax.device_put(step.parameters, NamedSharding(mesh, PartitionSpec()))
Xs = jax.device_put(jax.numpy.asarray(X), rows)
actual = step(Xs, jax.device_put(jax.numpy.asarray(y), rows))
assert len(Xs.sharding.device_set) == 8 and len(actual[1].sharding.device_set) == 8
assert actual[1].dtype == ("float64" if {x64} else "float32")
tolerance = 1e-12 if {x64} else 1e-5
assert np.allclose(actual[0], expected[0], rtol=tolerance) and np.allclose(actual[1], expected[1], rtol=tolerance * 100, atol=tolerance)
"""


@pytest.mark.slow
@pytest.mark.parametrize("x64", [True, False])
def test_eight_devices_share_the_rows_of_a_batch(x64):
    pytest.importorskip("jax", reason="jax is not installed")
    environment = os.environ | {"XLA_FLAGS": "--xla_force_host_platform_device_count=8", "JAX_PLATFORMS": "cpu"}
    subprocess.run([sys.executable, "-c", SHARDED.format(x64=x64)], check=True, env=environment, timeout=120)


# ---- a model that changes under a step that is kept ----

ENGINES = ["eager", "compiled", "jax"]


def small(engine):
    if engine == "jax":
        pytest.importorskip("jax")
    model = nn.Sequential([nn.Input((2,)), nn.Dense(3, "tanh"), nn.Dense(1)], seed=0)
    return model, step_function(model, "mse", engine), np.array([[0.5, -1.0], [1.0, 2.0]]), np.array([0.0, 1.0])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_step_follows_an_activation_a_setting_and_what_a_function_holds(engine):
    model, step, X, y = small(engine)
    before = step(X, y)[0]
    for change in ("relu", lambda z: z * 3.0):
        model.layers[-1].activation = nn.activations.find(change) if isinstance(change, str) else change
        after, wanted = step(X, y), step_function(model, "mse", "eager")(X, y)
        assert float(after[0]) == pytest.approx(wanted[0], rel=1e-5) and float(after[0]) != before
        assert np.allclose(after[1], wanted[1], rtol=1e-4)
    model.layers.reverse(), model.layers.reverse()
    assert float(step(X, y)[0]) == float(after[0])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("change", ["layer", "weight", "taken away"])
def test_other_parameters_than_a_step_has_numbers_for_are_an_error_each_time(change, engine):
    model, step, X, y = small(engine)
    step(X, y)
    if change == "layer":
        model.add(nn.Dense(1))
    elif change == "weight":
        model.layers[0].neurons[0].w[0] = Value(2.0)
    else:
        model.layers.pop()
    for _ in range(2):
        with pytest.raises(ArgumentError, match="make a new step_function"):
            step(X, y)


@pytest.mark.parametrize("engine", ENGINES)
def test_weights_that_someone_else_wrote_are_not_written_over_without_a_word(engine):
    model, step, X, y = small(engine)
    step(X, y)
    model.load_state_dict({name: 0.25 for name in model.state_dict()})
    with pytest.raises(ArgumentError, match=r"step\.reload\(\)"):
        step.sync()
    step.reload()
    assert float(step(X, y)[0]) == pytest.approx(step_function(model, "mse", "eager")(X, y)[0], rel=1e-5)
    step.parameters = step.parameters * float("nan")
    step.sync(), step.sync()
    assert all(math.isnan(parameter.data) for parameter in model.parameters())


def test_asking_whether_a_model_has_changed_stays_quick_while_it_trains():
    model, step, X, y = small("compiled")
    step(X, y)
    known = step.watched.known
    model.train(), model.eval()
    assert not step.watched.changed(model) and step.watched.known is not known  # looked at in full once
    known = step.watched.known
    step.parameters = step.parameters * 0.5
    step.sync()
    assert not step.watched.changed(model) and step.watched.known is known


def test_an_array_that_is_written_to_in_place_is_a_change_of_the_model():
    for array in (np.ones(3), np.ones(1), np.ones((2, 2))):
        model, watched = [{"mask": array}], Watched()
        watched.keep(model)
        assert not watched.changed(model)
        array[0] = 5.0
        assert watched.changed(model)


@pytest.mark.parametrize("change", [
    lambda xs: xs.reverse(), lambda xs: xs.append(xs[0]), lambda xs: xs.pop(), lambda xs: xs.__setitem__(-1, xs[0]),
    lambda xs: xs.__setitem__(slice(None), xs[1:] + xs[:1]), lambda xs: xs.clear(),
    lambda xs: xs.insert(len(xs), type(xs[0])(xs.pop().data)),
], ids=["reversed", "longer", "shorter", "one Value", "turned", "empty", "equal Value"])  # fmt: skip
@pytest.mark.parametrize("place", [0, 1, 5])
def test_any_change_of_a_list_is_a_change_of_the_model_and_so_is_the_way_back(change, place):
    model, watched = {"w": [[Value(float(i)) for i in range(n)] for n in (2, 3, 5, 300, 2, 7)], 1: []}, Watched()
    watched.keep(model)
    assert not watched.changed(model)
    before = model["w"][place][:]
    change(model["w"][place])
    assert watched.changed(model) and watched.changed(model)
    model["w"][place][:] = before
    assert not watched.changed(model)


@pytest.mark.parametrize("change", [
    lambda d: d.pop("a"), lambda d: d.update(c=1.5), lambda d: d.update(a=d["b"]), lambda d: d.update(a=2.5),
    lambda d: (d.pop("a"), d.update(c=1.0)),
], ids=["shorter", "longer", "another's item", "a new item", "another key"])  # fmt: skip
def test_any_change_of_a_dict_is_a_change_of_the_model(change):
    model, watched = [{"a": Value(1.0), "b": Value(1.0)}, {"a": 1.0}], Watched()
    watched.keep(model)
    assert not watched.changed(model)
    change(model[0])
    assert watched.changed(model)


def test_what_is_equal_is_no_change_whatever_object_it_is():
    model, watched = [{"rate": 1000.5, "sizes": [1000, 2000]}], Watched()
    watched.keep(model)
    model[0]["rate"], model[0]["sizes"][:] = float("1000.5"), [int("1000"), int("2000")]
    assert not watched.changed(model)


def test_a_container_that_answers_for_itself_is_asked():
    class Rates(list):
        pass

    model, watched = [collections.OrderedDict(a=1.0, b=2.0), Rates([0.5])], Watched()
    watched.keep(model)
    assert not watched.changed(model)
    model[0].move_to_end("a")
    assert watched.changed(model)
    watched.keep(model)
    model[1][0] = 0.25
    assert watched.changed(model)


def test_a_note_of_what_stands_where_fits_nothing_else():
    if native.module is None:
        pytest.skip("the engine is the one in Python")
    things = [object() for _ in range(10)]
    held = [things[:4], {"a": things[4], things[5]: "b"}, [], {}, things[6:]]
    note = native.module.note_items(held)
    assert native.module.hold_noted(held, note)
    for other in (held[:-1], [*held, [1]], held[::-1], [*held[:-1], {}], [*held[:-1], (1, 2)]):
        assert not native.module.hold_noted(other, note)
    assert not native.module.hold_noted([*held[:-1], list[object]()], note)
    for cut in range(len(note)):
        assert not native.module.hold_noted(held, note[:cut])
    assert not native.module.hold_noted(held, note + bytes(8))
    assert not native.module.hold_noted([[*things[:3]]], (3).to_bytes(8, sys.byteorder) + bytes(24))  # a run of nothing
    for wrong in ((1, 2), [(1, 2)], [1]):
        with pytest.raises(TypeError, match="list of lists and dicts"):
            native.module.note_items(wrong)
    with pytest.raises(TypeError, match="a note of what they held"):
        native.module.hold_noted(held, [note])


def test_parameters_may_be_written_in_place_after_a_reload():
    model, step, X, y = small("compiled")
    step.reload()
    step.parameters -= 0.5
    step.sync()
    assert [value.data for value in step.values] == step.parameters.tolist()


@pytest.mark.parametrize("write", [
    lambda value: setattr(value, "data", 7.0), lambda value: setattr(value, "_data", 7.0), lambda value: value.__init__(7.0),
    lambda value: Vector([value]).write(np.array([7.0])),
])
def test_a_vector_sees_every_number_that_somebody_has_written(write):
    values = [Value(1.0), Value(2.0)]
    vector = Vector(values)
    first = vector.read()
    first[0] = 99.0  # an array of its own
    assert vector.read().tolist() == [1.0, 2.0]
    write(values[1])
    assert vector.read().tolist() == [1.0, 7.0]
    numbers = np.array([3.0, np.nan])
    vector.write(numbers)
    numbers[0] = 99.0
    assert values[0].data == 3.0 and np.isnan(values[1].data) and same(vector.read(), np.array([3.0, np.nan]))


def test_watchers_are_told_of_every_number_that_is_written_or_read_together():
    class Told(Watcher):
        def read(self, node):
            told.append(("read", node))

        def wrote(self, node):
            told.append(("wrote", node))

    told, values = [], [Value(1.0), Value(2.0)]
    watchers.append(Told())
    try:
        Vector(values).write(Vector(values).read() + 1)
    finally:
        watchers.clear()
    assert told == [(what, value) for what in ("read", "wrote") for value in values] and values[1].data == 3.0


class Gain:
    """An activation whose setting stands in a slot."""

    __slots__ = ("gain",)

    def __init__(self):
        self.gain = 1.0

    def __call__(self, x):
        return x * self.gain


class Called:
    """An activation whose setting stands in its class."""

    gain = 1.0

    def __call__(self, x):
        return x * self.gain


def gained_by_a_closure():
    gain = 1.0

    def change():
        nonlocal gain
        gain = 3.0

    return (lambda x: x * gain), change


def gained_by_a_slot():
    activation = Gain()
    return activation, lambda: setattr(activation, "gain", 3.0)


def gained_by_a_set():
    gains = {1.0}
    return (lambda x: x * sum(gains)), lambda: gains.add(2.0)


def gained_by_a_deque():
    gains = collections.deque([1.0])
    return (lambda x: x * gains[0]), lambda: gains.appendleft(3.0)


def gained_by_an_attribute_of_a_function():
    def activation(x):
        return x * activation.gain

    activation.gain = 1.0
    return activation, lambda: setattr(activation, "gain", 3.0)


def gained_by_the_code_of_a_function():
    def activation(x):
        return x * 1.0

    return activation, lambda: setattr(activation, "__code__", (lambda x: x * 3.0).__code__)


def gained_by_a_default():
    def activation(x, gain=1.0):
        return x * gain

    return activation, lambda: setattr(activation, "__defaults__", (3.0,))


def gained_by_a_class():
    Called.gain = 1.0
    return Called(), lambda: setattr(Called, "gain", 3.0)


GLOBAL_GAIN = 1.0


def gained_by_a_global():
    global GLOBAL_GAIN
    GLOBAL_GAIN = 1.0

    def change():
        global GLOBAL_GAIN
        GLOBAL_GAIN = 3.0

    return (lambda x: x * GLOBAL_GAIN), change


GAINED = [found for name, found in list(globals().items()) if name.startswith("gained_by_")]


@pytest.mark.parametrize("gained", GAINED)
def test_a_kept_step_and_predict_follow_a_setting_wherever_it_stands(gained):
    activation, change = gained()
    model = nn.Sequential([nn.Input(1), nn.Dense(1, activation, kernel_initializer="ones")])
    step = step_function(model, "mse")
    assert [(step([[2.0]], [0.0])[0], model.predict([[2.0]], verbose=0).item()) for _ in range(2)] == [(4.0, 2.0)] * 2
    change()
    assert (step([[2.0]], [0.0])[0], model.predict([[2.0]], verbose=0).item()) == (36.0, 6.0)


@pytest.mark.parametrize("gained", GAINED)
def test_a_kept_step_follows_a_setting_of_its_loss(gained):
    gain, change = gained()
    model = nn.Sequential([nn.Input(1), nn.Dense(1, kernel_initializer="ones")])
    step = step_function(model, lambda y_true, y_pred: gain(y_pred[0] - y_true[0]))
    assert [step([[2.0]], [0.0])[0] for _ in range(2)] == [2.0, 2.0]
    change()
    assert step([[2.0]], [0.0])[0] == 6.0


def test_a_setting_of_a_models_class_is_followed():
    class Net(nn.Model):
        gain = 1.0

        def __init__(self):
            super().__init__()
            self.out = nn.Dense(1, kernel_initializer="ones")

        def call(self, x):
            return self.out(x) * self.gain

    net = Net()
    assert [net.predict([[2.0]], verbose=0).item() for _ in range(2)] == [2.0, 2.0]
    Net.gain = 3.0
    assert net.predict([[2.0]], verbose=0).item() == 6.0


def test_a_setting_that_stands_in_an_array_of_objects_is_followed():
    model, watched = [np.array([{"gain": 1.0}])], Watched()
    watched.keep(model)
    assert not watched.changed(model)
    model[0][0]["gain"] = 2.0
    assert watched.changed(model)


def test_two_steps_that_record_at_once_leave_the_model_as_it_was():
    """A step that branches by its own parameters gives them to the model's Values for as long as it records."""
    w = Value(1.0)

    class Steered(nn.Module):
        def parameters(self):
            return [w]

        def __call__(self, row):
            time.sleep({3.0: 0.1, 4.0: 0.2}.get(w._data, 0.0))
            return w * row[0] if w > 2.0 else -w * row[0]

    model = Steered()
    steps = [step_function(model, "mse") for _ in range(2)]
    for step in steps:
        step([[1.0]], [0.0])
    steps[0].parameters, steps[1].parameters = np.array([3.0]), np.array([4.0])
    threads = [threading.Thread(target=step, args=([[1.0]], [0.0])) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert w.data == 1.0


def swap_activation(model, setting):
    model.layers[0].activation = lambda x: 0.5 * x


def change_what_the_loss_reads(model, setting):
    setting["weight"] = 3.0


def set_weights(model, setting):
    model.set_weights([0.5 * w for w in model.get_weights()])


@pytest.mark.parametrize("change", [swap_activation, change_what_the_loss_reads, set_weights])
@pytest.mark.parametrize("when", ["on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_batch_begin"])
def test_fit_follows_what_a_callback_changes_as_eager_does(change, when):
    def fitted(engine):
        setting = {"weight": 1.0}
        model = nn.Sequential([nn.Input(2), nn.Dense(3, "tanh"), nn.Dense(1)], seed=1)
        model.compile("sgd", lambda ts, ps: setting["weight"] * nn.losses.mean_squared_error(ts, ps), engine=engine)

        def act(self, place=1, logs=None):
            if place == 1:
                change(self.model, setting)

        callback = type("Changing", (nn.callbacks.Callback,), {when: act})()
        history = model.fit(np.eye(2), [1.0, 2.0], epochs=3, batch_size=1, verbose=0, shuffle=False, callbacks=[callback])
        return [*history.history["loss"], *(parameter.data for parameter in model.parameters())]

    assert fitted("compiled") == pytest.approx(fitted("eager"), rel=1e-9)


FACTOR = SETTINGS = None


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_loss_that_is_a_function_may_read_what_changes_in_a_global_or_a_closure(engine):
    global FACTOR

    def make(factor):
        def loss(y_true, y_pred):
            return factor * nn.losses.mean_squared_error(y_true, y_pred)

        def change(number):
            nonlocal factor
            factor = number

        return loss, change

    def read(y_true, y_pred):
        return FACTOR * nn.losses.mean_squared_error(y_true, y_pred)

    def change(number):
        global FACTOR
        FACTOR = number

    FACTOR = 1.0
    for loss, change in (make(1.0), (read, change)):
        step, X, y = step_function(nn.MLP(2, [3, 1], seed=0), loss, engine), [[0.5, 1.0], [2.0, -1.0]], [1.0, 0.25]
        before = step(X, y)[0]
        change(3.0)
        assert step(X, y)[0] == pytest.approx(3 * before)


def test_predict_follows_numbers_of_numpy_settings_and_minus_zero():
    global FACTOR, SETTINGS
    FACTOR, SETTINGS = np.float32(2.0), SimpleNamespace(factor=2.0)

    class Shifted(nn.Block):
        def __init__(self):
            self.masks, self.history, self.name, self.zero = 1.0, 1.0, "plain", 0.0

        def forward(self, xs):
            at_zero = math.copysign(1.0, self.zero)
            return [x * at_zero * self.masks + self.history + 10.0 * (self.name == "far") for x in xs]

    block = Shifted()
    for model, changes in (
        (nn.Sequential([nn.Input(1), nn.Activation(lambda x: x * FACTOR)]), [(None, None, 3.0)]),
        (nn.Sequential([nn.Input(1), nn.Activation(lambda x: x * SETTINGS.factor)]), [(SETTINGS, "factor", 3.0)]),
        (nn.Sequential([nn.Input(1), block]), [(block, "masks", 4.0), (block, "history", 2.0), (block, "zero", -0.0),
                                               (block, "name", "far")]),
    ):  # fmt: skip
        for thing, name, number in changes:
            before = model.predict([[1.0]])
            if thing is None:
                FACTOR = np.float32(number)
            else:
                setattr(thing, name, number)
            after = model.predict([[1.0]])
            assert after != before and after[0, 0] == model([1.0]).data, name


def test_dropout_does_not_make_a_step_record_again_whenever_a_callback_was_called(monkeypatch):
    begun, begin = [], CompiledStep.begin
    monkeypatch.setattr(CompiledStep, "begin", lambda self, *given: begun.append(1) or begin(self, *given))
    model = nn.Sequential([nn.Input(2), nn.Dropout(0.5), nn.Dense(1)], seed=1)
    model.compile("sgd", "mse")
    model.fit([[0.0, 1.0], [1.0, 0.0]], [0, 1], epochs=5, verbose=0, callbacks=[nn.callbacks.Callback()])
    assert len(begun) == 1


# ---- labels of every kind, losses that are no mean, and Dropout ----


@pytest.mark.parametrize("loss", ["binary_crossentropy", "mean_squared_logarithmic_error", "mape"])
@pytest.mark.parametrize("kind", ["bool", "uint8", "int8", "float16", "float32", "object"])
def test_labels_of_any_kind_are_the_same_numbers_on_each_engine(kind, loss):
    labels = np.array([0.1, 0.7] if kind.startswith("float") else [1, 0]).astype(kind)
    eager, compiled = (step_function(nn.MLP(2, [3, 1], output="sigmoid", seed=0), loss, e) for e in ("eager", "compiled"))
    found, wanted = compiled([[0.0, 1.0], [1.0, 0.5]], labels), eager([[0.0, 1.0], [1.0, 0.5]], labels)
    assert found[0] == pytest.approx(wanted[0], rel=1e-14) and found[1] == pytest.approx(wanted[1], rel=1e-13)


@pytest.mark.parametrize("labels", [["0", "1"], np.array(["0", "1"], dtype=object), [1j, 0], [10**400, 1], [[0], [1, 2]]])
def test_labels_that_are_no_numbers_are_refused_alike_on_each_engine(labels):
    for engine in ("eager", "compiled"):
        with pytest.raises(OperandError, match="step: expected y as"):
            step_function(nn.MLP(2, [3, 1], seed=0), "mse", engine)([[0.0, 1.0], [1.0, 0.5]], labels)


def root(y_true, y_pred):
    return nn.losses.mean_squared_error(y_true, y_pred) ** 0.5


def test_a_loss_that_is_no_mean_is_found_out_also_where_the_outer_rows_are_alike():
    model = nn.MLP(1, [1], output=None, seed=1)
    with pytest.raises(ArgumentError, match="the mean over rows"):
        step_function(model, root)([[0.0], [1.0], [2.0], [0.0]], [1.0, 5.0, 2.0, 1.0])
    step = step_function(model, root)
    step([[0.0]], [1.0]), step([[0.0], [0.0]], [1.0, 1.0])  # no loss of rows that are all alike tells
    with pytest.raises(ArgumentError, match="the mean over rows"):
        step([[0.0], [1.0]], [1.0, 5.0])


def test_a_kept_step_drops_out_while_the_model_trains_and_else_not():
    found = []
    for engine in ("eager", "compiled"):
        model = nn.Sequential([nn.Input(4), nn.Dropout(0.5, seed=1), nn.Dense(1)], seed=1)
        step, rows = step_function(model, "mse", engine), np.arange(12).reshape(3, 4) / 10
        losses = [step(rows, [0, 1, 2])[0]]
        model.train()
        losses += [step(rows, [0, 1, 2])[0] for _ in range(2)]
        model.eval()
        found.append([*losses, step(rows, [0, 1, 2])[0], model.layers[0].drawn])
    assert found[1] == pytest.approx(found[0]) and len(set(found[0])) == 4


def test_a_dropout_that_is_called_twice_draws_twice_on_each_engine():
    found = []
    for engine in ("eager", "compiled"):
        x, dropout = nn.Input(4), nn.Dropout(0.5, seed=3)
        both = nn.Concatenate()([dropout(x), dropout(nn.Dense(4, seed=2)(x))])
        model = nn.Model(x, nn.Dense(1, seed=1)(both))
        model.compile(nn.SGD(0.1), "mse", engine=engine)
        history = model.fit(np.arange(12).reshape(3, 4) / 10, [0, 1, 2], epochs=2, verbose=0)
        found.append([*history.history["loss"], dropout.drawn])
    assert found[1] == pytest.approx(found[0]) and found[0][-1] == 12
