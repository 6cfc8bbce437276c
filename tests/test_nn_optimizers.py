"""Optimizers and schedules: their rules, over Values and over arrays, against torch, and what they refuse."""

import math
from functools import partial
from inspect import signature

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, native, nn
from autodiff.errors import ArgumentError, OperandError
from autodiff.nn import optimizers
from autodiff.nn.schedules import CosineDecay, ExponentialDecay, InverseTimeDecay, Schedule, StepDecay

numbers = st.floats(-1e3, 1e3)

# Where torch 2.13.0 stands after 100 steps down the valley (1 - x)² + 10 (y - x²)² from (-1, 0.5), in float64. Where
# torch and Keras have epsilon in different places it is 1e-30 in both, which is in no place at all.
TRAJECTORIES = {
    "SGD":      (lambda p: nn.SGD(p, 0.01),                        (0.5271867635932022, 0.25369953987725347)),
    "momentum": (lambda p: nn.Momentum(p, 0.01),                   (0.9952556486442885, 0.9950214871484269)),
    "Nesterov": (lambda p: nn.SGD(p, 0.01, 0.9, nesterov=True),    (1.0068336750255527, 1.0139867525128328)),
    "Adagrad":  (lambda p: nn.Adagrad(p, 0.1, 0.0, 1e-30),         (-0.16436044629356344, 0.04524732429168798)),
    "RMSprop":  (lambda p: nn.RMSprop(p, 0.01, 0.99, epsilon=1e-30),       (-0.009746794943184308, 0.003590854254001589)),
    "Adam":     (lambda p: nn.Adam(p, 0.05, epsilon=1e-30),        (0.6087696911690441, 0.35406780526503573)),
    "AdamW":    (lambda p: nn.AdamW(p, 0.05, epsilon=1e-30, weight_decay=0.01),
                                                                   (0.6087740864852031, 0.3547491308985077)),
    "Nadam":    (lambda p: nn.Nadam(p, 0.05, epsilon=1e-8, momentum_decay=0.004),
                                                                   (0.5922395302235426, 0.33687594903833296)),
    "Adadelta": (lambda p: nn.Adadelta(p, 1.0, 0.9, 1e-4),         (0.3762872981553446, 0.13180979155014308)),
    "Adamax":   (lambda p: nn.Adamax(p, 0.05, epsilon=1e-30),      (-0.3769344869522143, 0.17595940126991394)),
}  # fmt: skip
OPTIONS = [(nn.RMSprop, {"momentum": 0.9}), (nn.RMSprop, {"centered": True}), (nn.RMSprop, {"momentum": 0.5, "centered": True}),
           (nn.Adam, {"amsgrad": True}), (nn.AdamW, {"amsgrad": True})]  # fmt: skip
KINDS = [*optimizers.OPTIMIZERS.entries.values(), *(partial(kind, **options) for kind, options in OPTIONS)]


def descend(optimizer, x, y, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        ((1 - x) ** 2 + 10 * (y - x * x) ** 2).backward()
        optimizer.step()


# Their rules

@pytest.mark.parametrize("name", TRAJECTORIES)
def test_a_hundred_steps_end_where_torch_ends(name):
    make, expected = TRAJECTORIES[name]
    x, y = Value(-1.0), Value(0.5)
    descend(make([x, y]), x, y, 100)
    assert (x.data, y.data) == pytest.approx(expected, rel=0, abs=1e-12)


# What all of them take

@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("limit", [{"clipvalue": 1.0}, {"clipnorm": 1.0}, {"global_clipnorm": 1.0}], ids=str)
def test_a_limit_of_the_gradient_holds_for_values_and_for_arrays(kind, limit):
    gradient, groups = [3.0, -4.0, 0.25], [[0, 1], [2]]
    expected = {"clipvalue": [1.0, -1.0, 0.25], "clipnorm": [0.6, -0.8, 0.25]}.get(next(iter(limit)))
    expected = expected or [g / math.hypot(*gradient) for g in gradient]
    ends = []
    for numbers_of, given_limit in ((gradient, limit), (expected, {})):
        values = [Value(1.0) for _ in gradient]
        one_by_one, at_once = kind(lr=0.5, **given_limit), kind(lr=0.5, **given_limit)
        one_by_one.bind(values, groups)
        at_once.groups = groups
        for value, g in zip(values, numbers_of):
            value.grad = g
        one_by_one.step()
        assert at_once.updated(np.ones(3), np.array(numbers_of)).tolist() == [value.data for value in values]
        ends += [value.data for value in values]
    assert ends[:3] == pytest.approx(ends[3:], rel=1e-15)


def test_a_number_in_the_place_of_the_parameters_is_the_rate_and_both_are_too_many():
    assert (nn.SGD(0.5).lr, nn.Adam(0.25).learning_rate, nn.SGD(lr=0.1, momentum=0.9).momentum) == (0.5, 0.25, 0.9)
    assert nn.RMSprop(ExponentialDecay(0.8, steps=2)).lr == 0.8
    with pytest.raises(OperandError, match=r"got 0.01 .* and then 0.9 .*: the order is params, lr, momentum, nesterov"):
        nn.SGD(0.01, 0.9)  # Keras's second is the momentum


@pytest.mark.parametrize("kind", [kind for kind in KINDS if isinstance(kind, type)])
@pytest.mark.parametrize("given", [(), (None,), ([Value(1.0)],)], ids=["none", "None", "parameters"])
def test_two_learning_rates_are_one_too_many_and_none_is_chosen(kind, given):
    for rates in ((0.1, 0.5), (0.1, 0.1), (0.1, ExponentialDecay(0.8, steps=2))):
        with pytest.raises(OperandError, match=f"{kind.__name__}: expected one learning rate, got two, 0.1"):
            kind(*given, lr=rates[0], learning_rate=rates[1])
        with pytest.raises(OperandError, match="learning_rate=.*: leave one out"):
            kind(rates[0], learning_rate=rates[1])
    with pytest.raises(OperandError, match=f"the order is params, lr, .*as Keras's arguments do: {kind.__name__}\\(lr=0.1, "):
        kind(0.1, 0.9)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if isinstance(kind, type)])
def test_a_setting_is_checked_alike_when_an_optimizer_is_made_and_when_it_is_set_later(kind):
    own = {name for name in vars(kind()) if not name.startswith("_")} - {"rate", "params", "groups", "state"}
    assert own <= set(kind._checks)
    for name in own & {*signature(kind).parameters, "weight_decay"}:
        for value in ("a", -1.0, math.nan, math.inf, Value(0.5), 5.0):
            sentences = []
            for act in (lambda: kind(**{name: value}), lambda: setattr(made, name, value)):
                made = kind()
                before = getattr(made, name)
                try:
                    act()
                except (ArgumentError, OperandError) as error:
                    sentences.append(str(error))
                    assert getattr(made, name) is before
            assert len(sentences) == 2 and sentences[0] == sentences[1] or not sentences and value == 5.0, name


def test_a_setting_that_is_set_later_counts_and_one_that_cannot_be_is_refused():
    optimizer = nn.SGD(0.1)
    for name, value, sentence in [
        ("momentum", 5.0, "SGD: expected a momentum from 0 to below 1, got 5.0"),
        ("nesterov", 1, "SGD: nesterov: expected True or False, got 1"),
        ("limit", ("clipnorm", 0), "SGD: expected a clipnorm above 0, got 0"),
        ("limit", 3, r"SGD: expected None or a pair such as \('clipnorm', 1.0\) as limit, .* got 3"),
        ("limit", ("norm", 3), r"SGD: expected None or a pair"),
        ("steps", -1, "SGD: steps: expected a whole number of at least 0, got -1"),
    ]:
        with pytest.raises((ArgumentError, OperandError), match=sentence):
            setattr(optimizer, name, value)
    with pytest.raises(ArgumentError, match="expected a initial_accumulator_value that is finite and at least 0, got -1"):
        nn.Adagrad().start = -1
    optimizer.limit = ("clipvalue", 1)
    assert optimizer.updated(np.zeros(1), np.array([-9.0])).tolist() == [0.1]
    optimizer.limit, optimizer.weight_decay = None, 1
    assert optimizer.updated(np.ones(1), np.zeros(1)).tolist() == [0.9]


def test_one_limit_at_a_time_and_no_unknown_name():
    with pytest.raises(ArgumentError, match="at most one of .* got clipnorm and clipvalue"):
        nn.SGD(clipnorm=1.0, clipvalue=1.0)
    with pytest.raises(OperandError, match="there is no argument 'clip_norm': did you mean 'clipnorm'"):
        nn.Adam(clip_norm=1.0)
    with pytest.raises(ArgumentError, match="SGD: expected a clipnorm above 0, got 0"):
        nn.SGD(clipnorm=0)


def test_nadam_starts_its_product_again_when_it_is_bound_again():
    def run(optimizer, value):
        for gradient in (1.0, -2.0, 3.0):
            value.grad = gradient
            optimizer.step()
        return value.data
    optimizer, ends = nn.Nadam([Value(0.0)], 0.1), []
    for _ in range(2):
        value = Value(1.0)
        optimizer.bind([value])
        ends.append(run(optimizer, value))
    assert ends[0] == ends[1] == run(nn.Nadam([fresh := Value(1.0)], 0.1), fresh)


def test_the_lecture_s_step_moves_by_the_rate_times_the_gradient():
    x = Value(1.0)
    optimizer = nn.SGD([x], lr=0.01)
    x.grad = 2.5
    optimizer.step()
    assert x.data == 1.0 - 0.025


@pytest.mark.parametrize("kind", KINDS)
@given(rows=st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=4), lr=st.floats(0, 10))
def test_an_array_takes_the_same_steps_as_the_values_bit_for_bit(kind, rows, lr):
    data, *gradients = map(list, zip(*rows))
    values, array = [Value(x) for x in data], np.array(data)
    one_by_one, at_once = kind(values, lr), kind(lr=lr)
    for gradient in gradients:
        for value, g in zip(values, gradient):
            value.grad = g
        one_by_one.step()
        array = at_once.updated(array, np.array(gradient))
    assert array.tolist() == [value.data for value in values]
    assert one_by_one.state_dict() == at_once.state_dict()


class Elsewhere(nn.Adam):
    """Adam, whose rule C does not know: it runs in NumPy."""

    def rule(self, parameter, gradient, *slots):
        return super().rule(parameter, gradient, *slots)


@pytest.mark.parametrize("options", [{}, {"beta_1": 0.0}, {"epsilon": 0.0}, {"weight_decay": 0.5}], ids=str)
def test_adam_in_one_pass_has_the_bits_of_its_rule(options):
    rng, large = np.random.default_rng(0), 1e160
    array = rng.normal(size=50_001) * 10.0 ** rng.integers(-300, 300, 50_001)
    array[:6] = -0.0, 5e-324, math.inf, math.nan, large, -large
    one_pass, by_rule = nn.Adam(lr=0.1, **options), Elsewhere(lr=0.1, **options)
    first = second = array
    for _ in range(3):
        gradient = rng.permutation(array)
        with np.errstate(all="ignore"):
            first, second = one_pass.updated(first, gradient), by_rule.updated(second, gradient)
        assert_same_bits(first, second)
        for slot in one_pass.slots:
            assert_same_bits(one_pass.state[slot], by_rule.state[slot])


def assert_same_bits(xs, ys):
    known = ~np.isnan(xs)  # of nan the sign says nothing
    assert np.array_equal(known, ~np.isnan(ys)) and np.array_equal(xs[known].view(np.int64), ys[known].view(np.int64))


def test_adam_follows_a_rule_that_is_not_its_own(monkeypatch):
    class Still(nn.Adam):
        def move(self, gradient, m, v):
            return 0.0 * gradient

    array = np.ones(3)
    assert Still().updated(array, array).tolist() == [1.0, 1.0, 1.0]
    assert nn.Adam().updated(array, array).tolist() != [1.0, 1.0, 1.0]
    monkeypatch.setattr(nn.Adam, "move", Still.move)
    assert nn.Adam().updated(array, array).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("lay", [
    lambda m, v: (m, m), lambda m, v: (np.repeat(m, 2)[::2], np.repeat(v, 2)[::2]), lambda m, v: (m[::-1], v[::-1]),
    lambda m, v: (m.astype(np.float32), v), lambda m, v: (m, v.astype(np.float32)),
], ids=["one array", "every second", "backwards", "float32 m", "float32 v"])  # fmt: skip
def test_adam_s_slots_may_lie_as_they_like(lay):
    m, v, array = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0]), np.array([1.0, -1.0, 0.5])
    ends = []
    for kind in (nn.Adam, Elsewhere):
        optimizer = kind(lr=0.1)
        optimizer.state = dict(zip("mv", lay(m.copy(), v.copy())))
        ends.append([optimizer.updated(array, array[::-1]).tolist(), *(x.tolist() for x in optimizer.state.values())])
    assert ends[0] == ends[1]


def test_one_pass_of_adam_refuses_arrays_that_do_not_fit_it():
    if native.module is None:
        pytest.skip("the engine is the one in Python")
    five = [np.ones(3) for _ in range(5)]
    factors = (0.9, 0.1, 0.999, 0.001, 1e-7, 0.1)
    assert native.module.adam(*five, factors)
    for place in range(5):
        for other in (np.ones(2), np.ones((3, 1)), np.ones(3, np.float32), np.ones(6)[::2], np.array(1.0)):
            assert not native.module.adam(*five[:place], other, *five[place + 1 :], factors)
    for written in (2, 3, 4):
        for place in range(written):
            arrays = list(five)
            arrays[place] = arrays[written]
            assert not native.module.adam(*arrays, factors)
    assert native.module.adam(five[0], five[0], *five[2:], factors)
    five[4].flags.writeable = False
    with pytest.raises((ValueError, BufferError)):
        native.module.adam(*five, factors)


@pytest.mark.parametrize("kind", KINDS)
def test_an_update_leaves_the_arrays_it_was_given_as_they_were(kind):
    optimizer, parameters, gradient = kind(), np.array([1.0, 2.0]), np.array([3.0, 4.0])
    after = [optimizer.updated(parameters, gradient) for _ in range(2)]
    assert parameters.tolist() == [1.0, 2.0] and gradient.tolist() == [3.0, 4.0]
    assert after[0].tolist() != [1.0, 2.0]


def test_a_rule_may_hand_one_slot_on_to_the_next():
    class Delayed(nn.Optimizer):
        slots = ("last", "one_before")

        def rule(self, parameter, gradient, last, one_before):
            return parameter - self.rate * one_before, gradient, last

    x = Value(0.0)
    one_by_one, at_once, array = Delayed([x], lr=1.0), Delayed(None, lr=1.0), np.array([0.0])
    for gradient in (1.0, 2.0, 4.0, 8.0):
        x.grad = gradient
        one_by_one.step()
        array = at_once.updated(array, np.array([gradient]))
    assert x.data == array[0] == -3.0


@pytest.mark.parametrize("kind", KINDS)
def test_the_rule_runs_on_jax_arrays(kind):
    jnp = pytest.importorskip("jax.numpy", reason="jax is not installed")
    after = kind(lr=0.5).updated(jnp.array([1.0, 2.0]), jnp.array([3.0, 4.0]))
    expected = kind(lr=0.5).updated(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    assert np.asarray(after) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_is_stopped_and_resumed_ends_in_the_same_bits(kind):
    x, y = Value(-1.0), Value(0.5)
    descend(kind([x, y], 0.01), x, y, 7)
    through = (x.data, y.data)
    x, y = Value(-1.0), Value(0.5)
    first = kind([x, y], 0.01)
    descend(first, x, y, 4)
    second = kind([x, y], 0.01)
    second.load_state_dict(first.state_dict())
    descend(second, x, y, 3)
    assert (x.data, y.data) == through


def test_zero_grad_forgets_the_last_gradient():
    x = Value(3.0)
    optimizer = nn.SGD([x], lr=0.1)
    (x * x).backward()
    optimizer.zero_grad()
    assert x.grad == 0.0


# The rate

def test_the_rate_has_two_names_and_can_be_changed_on_the_way():
    optimizer = nn.SGD([Value(1.0)], learning_rate=0.5)
    assert optimizer.lr == 0.5
    optimizer.lr = 0.25
    assert repr(optimizer) == "SGD(lr=0.25, 1 parameter)"
    with pytest.raises(ArgumentError, match="learning rate that is finite and at least 0, got nan"):
        optimizer.lr = math.nan


@pytest.mark.parametrize("schedule, rates", [
    (ExponentialDecay(0.8, steps=2, rate=0.25), [0.8, 0.4, 0.2, 0.1]),
    (StepDecay(0.8, steps=2, rate=0.25), [0.8, 0.8, 0.2, 0.2]),
    (InverseTimeDecay(0.6, steps=1, rate=1.0), [0.6, 0.3, 0.2, 0.15]),
    (CosineDecay(0.8, steps=2, alpha=0.5), [0.8, 0.6, 0.4, 0.4]),
])
def test_a_schedule_gives_each_step_its_rate(schedule, rates):
    x = Value(0.0)
    optimizer = nn.SGD([x], lr=schedule)
    moved = []
    for _ in rates:
        before, x.grad = x.data, 1.0
        optimizer.step()
        moved.append(before - x.data)
    assert moved == pytest.approx(rates, rel=1e-12)
    assert "Decay(initial=" in repr(optimizer)


def test_a_schedule_may_be_any_function_of_the_step():
    assert nn.SGD(lr=lambda step: 1 / (1 + step)).lr == 1.0
    with pytest.raises(NotImplementedError, match="Schedule has no formula"):
        Schedule(0.1, 10)(0)


@pytest.mark.parametrize("make", [
    lambda: ExponentialDecay(-1, 10), lambda: StepDecay(0.1, 0), lambda: ExponentialDecay(math.inf, 10),
])
def test_a_schedule_refuses_a_rate_or_length_that_is_not_positive(make):
    with pytest.raises(ArgumentError, match="expected a finite number above 0, got"):
        make()
    with pytest.raises(OperandError, match=r"ExponentialDecay: initial: expected a real number \(int"):
        ExponentialDecay("fast", 10)


# By name

def test_every_optimizer_is_found_by_name_and_an_object_is_itself():
    assert {type(optimizers.find(name)) for name in optimizers.OPTIMIZERS.names()} == {kind for kind in KINDS if isinstance(kind, type)}
    optimizer = nn.Adam(lr=0.005)
    assert optimizers.find(optimizer) is optimizer


@pytest.mark.parametrize("given, sentence", [
    ("adma", r"expected the name of an optimizer, got 'adma' \(str\): did you mean 'adam'\?"),
    (nn.Adam, r"optimizer: expected a name or an Optimizer, got .*: write Adam\(\)"),
    (0.1, r"optimizer: expected a name or an Optimizer, got 0.1 \(float\)"),
    (None, r"optimizer: expected a name or an Optimizer, got None .*: leave it out for RMSprop, or write 'adam' or nn.SGD"),
])
def test_what_is_no_optimizer_is_refused(given, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        optimizers.find(given)


# What they refuse

@pytest.mark.parametrize("params, lr, sentence", [
    ([], 0.1, r"SGD: expected at least one parameter, got an empty list"),
    ([1.0], 0.1, r"SGD: params\[0\]: expected a Value, got 1.0 \(float\)"),
    (0.1, 0.1, r"SGD: expected a list of Values as params, got 0.1 \(float\) and then 0.1 \(float\): the order is params, lr, mom"),
    (Value(1.0), 0.1, r"SGD: expected a list of Values as params, got Value"),
    (nn.Neuron(1), 0.1, r"SGD: expected a list of parameters, got a model: give it model.parameters\(\)"),
    ([Value(1.0) * 2], 0.1, r"SGD: params\[0\]: expected a leaf, got the result of 'mul'"),
    ([Value(1.0)] * 2, 0.1, r"SGD: a parameter stands in the list twice"),
    ([Value(1.0)], -0.1, r"SGD: expected a learning rate that is finite and at least 0, got -0.1 \(float\)"),
    ([Value(1.0)], math.nan, r"SGD: expected a learning rate that is finite and at least 0, got nan \(float\)"),
    ([Value(1.0)], math.inf, r"SGD: expected a learning rate that is finite and at least 0, got inf \(float\)"),
    ([Value(1.0)], "fast", r"SGD: learning rate: expected a real number .* got 'fast' \(str\)"),
    ([Value(1.0)], Value(0.1), r"SGD: learning rate: expected a number that is not differentiated, got Value.*its .data"),
])
def test_unusable_parameters_or_rates_are_refused_with_what_came(params, lr, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        nn.SGD(params, lr)


@pytest.mark.parametrize("rate", [0.5, np.float32(0.5), np.float64(0.5), np.array(0.5), 1, np.int64(1)], ids=repr)
def test_any_real_number_in_the_first_place_is_the_rate(rate):
    assert nn.SGD(rate).lr == nn.SGD(lr=rate).lr == float(rate)
    with pytest.raises(OperandError, match="Adam: expected a list of Values as params, got .* a rate may come first"):
        nn.Adam(rate, 0.9)


@pytest.mark.parametrize("rate", [True, False, np.True_, np.array(True)], ids=repr)
def test_a_bool_is_no_rate(rate):
    optimizer = nn.SGD(0.1)
    for give in (nn.SGD, lambda given: nn.SGD(lr=given), lambda given: setattr(optimizer, "learning_rate", given)):
        with pytest.raises(OperandError, match="SGD: expected a number as learning rate, such as 0.1, got "):
            give(rate)
    assert optimizer.lr == 0.1


@pytest.mark.parametrize("make, sentence", [
    (lambda: nn.Momentum(momentum=1), r"Momentum: expected a momentum from 0 to below 1, got 1 \(int\)"),
    (lambda: nn.Adam(beta_2=1.5), r"Adam: expected a beta_2 from 0 to below 1, got 1.5 \(float\)"),
    (lambda: nn.AdamW(weight_decay=-1), r"AdamW: expected a weight_decay that is finite and at least 0, got -1"),
    (lambda: nn.Adam().load_state_dict({"steps": 1}), r"Adam: expected a state with \['steps', 'm', 'v'\], got"),
    (lambda: nn.Adam([Value(1.0)]).load_state_dict({"steps": 1, "m": [], "v": []}), r"expected 1 numbers of 'm', got 0"),
    (lambda: nn.SGD(lr=0.1).step(), r"expected parameters before a step: write SGD\(model.parameters\(\), ...\)"),
    (lambda: nn.SGD(lr=0.1).updated(np.zeros(2), np.zeros(3)), r"got \(3,\) for \(2,\)"),
])
def test_unusable_hyperparameters_states_and_arrays_are_refused(make, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        make()


def test_an_optimizer_without_a_rule_says_so():
    with pytest.raises(NotImplementedError, match="Optimizer has no rule"):
        nn.Optimizer([Value(1.0)], 0.1).step()


def test_defaults_are_those_of_keras():
    rates = {name: nn.optimizers.find(name).lr for name in ("sgd", "momentum", "adagrad", "rmsprop", "adam", "adamw", "nadam")}
    assert rates == {"sgd": 0.01, "momentum": 0.01, "adagrad": 0.001, "rmsprop": 0.001, "adam": 0.001, "adamw": 0.001, "nadam": 0.001}
    assert (nn.Nadam().momentum_decay, nn.AdamW().weight_decay, nn.Momentum().momentum, nn.Adagrad().start) == (1.0, 0.004, 0.9, 0.1)


def test_a_state_that_is_loaded_before_the_parameters_are_known_is_gone_on_from():
    def fresh():
        model, optimizer = nn.Sequential([nn.Input(2), nn.Dense(1)], seed=1), nn.Adam()
        model.compile(optimizer, "mse")
        return model, optimizer

    X, y = [[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0]
    (model, optimizer), (twin, other) = fresh(), fresh()
    model.fit(X, y, epochs=3, verbose=0)
    twin.set_weights(model.get_weights())
    other.load_state_dict(optimizer.state_dict())
    model.fit(X, y, verbose=0), twin.fit(X, y, verbose=0)
    assert other.steps == optimizer.steps == 4 and twin.state_dict() == model.state_dict()
    short = nn.Adam()
    short.load_state_dict({"steps": 1, "m": [0.0], "v": [0.0]})
    with pytest.raises(ArgumentError, match="state that was loaded"):
        short.bind(model.parameters())


def test_a_clipped_gradient_is_within_its_limit_at_the_largest_floats():
    largest = 1.7e308
    for limit, gradient in ((1.0, [largest, largest]), (10.0, [1e308, 0.0]), (1e308, [largest, -largest])):
        found = nn.SGD(lr=1, clipnorm=limit).updated(np.zeros(2), np.array(gradient))
        assert math.hypot(*(found / limit)) == pytest.approx(1.0)
        assert np.sign(found).tolist() == (-np.sign(gradient)).tolist()


@pytest.mark.parametrize("rate", [None, math.nan, -1.0, "x", True])
def test_what_a_schedule_gives_is_checked_as_a_rate_is(rate):
    with pytest.raises((ArgumentError, OperandError), match="SGD: schedule at step 0.*learning rate"):
        nn.SGD(lambda step: rate).lr


def test_settings_of_schedules_are_checked_and_no_step_is_too_far():
    for make in (lambda: nn.schedules.ExponentialDecay(0.1, 10, -1.0), lambda: nn.schedules.StepDecay(0.1, 10, "x"),
                 lambda: nn.schedules.CosineDecay(0.1, 10, math.nan), lambda: nn.schedules.InverseTimeDecay(0.1, 1, -1),
                 lambda: nn.schedules.PolynomialDecay(0.1, 10, power=-1.0)):  # fmt: skip
        with pytest.raises((ArgumentError, OperandError)):
            make()
    assert nn.schedules.StepDecay(0.1, 1, 2.0)(5000) == nn.schedules.ExponentialDecay(0.1, 1, 2.0)(5000) == math.inf


def test_a_rule_that_divides_by_zero_says_so():
    x = Value(1.0)
    with pytest.raises(ArgumentError, match="epsilon above 0"):
        nn.Adam([x], epsilon=0).step()
