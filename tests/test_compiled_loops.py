"""The helpers of NumPy programs whose loops run in C: the bits of the source that one reads."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, compile, log_softmax, logsumexp, nn, softmax, total
from autodiff.compiled.codegen import loops, native
from autodiff.compiled.codegen.preamble import preamble, words as known_words
from autodiff.door import define
from autodiff.native import module

built = pytest.mark.skipif(not native.available(), reason="the engine is not the one in C")

NUMBERS = st.floats() | st.sampled_from([0.0, -0.0, math.inf, -math.inf, math.nan, 709.8, -745.2, 1e200, -1e308, 5e-324])


def space():
    """What an emitted source defines for a softmax, and imports, without the loops in C."""
    helpers = {"exponentials", "parts_of_sum", "log_of_sum", "rectified", "emptied"}
    return define(preamble(helpers, "numpy"), "helpers", words=known_words(), modules={"numpy"})


READABLE = space()
FASTER = dict(READABLE)
loops.hasten(FASTER)


def bits(x):
    x = np.asarray(x)
    return x.shape, np.where(x != x, math.nan, x).tobytes()


def outcome(helpers, xs):
    with np.errstate(all="ignore"):
        parts = helpers["exponentials"](xs)
        found = [*parts[1:], helpers["log_of_sum"](*parts), helpers["parts_of_sum"](*parts)]
        found += [helpers["rectified"](xs.copy(order="A")), helpers["emptied"](xs.copy(order="A"), ~(xs > 0.5))]
        return [*map(bits, found)]


@built
def test_there_are_loops_for_what_sources_define():
    assert loops.FASTER and loops.FASTER.keys() <= READABLE.keys()
    assert all(FASTER[name] is not READABLE[name] for name in loops.FASTER)


@given(st.data())
def test_the_bits_are_the_same_with_loops_in_c_and_without(data):
    shape = data.draw(st.sampled_from([(1,), (2,), (9,), (1, 1), (3, 2), (2, 7), (2, 3, 4), (0, 3)]))
    xs = np.array(data.draw(st.lists(NUMBERS, min_size=math.prod(shape), max_size=math.prod(shape)))).reshape(shape)
    wide = np.zeros((*shape[:-1], 2 * shape[-1]))
    wide[..., ::2] = xs
    for same in (xs, np.asfortranarray(xs), wide[..., ::2], xs[::-1]):
        assert outcome(FASTER, same) == outcome(READABLE, same)


def test_many_rows_and_columns_have_the_bits_of_the_source():
    rng = np.random.default_rng(5)
    for rows, columns in ((100, 2), (32, 10), (3, 1000), (3000, 17)):
        xs = rng.normal(scale=30, size=(rows, columns))
        assert outcome(FASTER, xs) == outcome(READABLE, xs)


def test_a_source_that_is_run_by_itself_gives_the_bits_of_the_program():
    ws = [[Value(0.3 * i - 0.2 * j) for j in range(5)] for i in range(4)]

    def loss(*xs):
        ys = [total([w * x for w, x in zip(row, xs)]) for row in ws]
        return logsumexp(*ys) + total([p * p for p in softmax(*ys)]) - log_softmax(*ys)[1]

    f = compile(loss, "numpy")
    rows = np.random.default_rng(1).normal(size=(5, 64)) * 20
    value, gradients = f.value_and_grad(*rows)
    variant = f._recordings.latest
    known = known_words() | {"brought"}
    alone = define(f.source, "alone", words=known, modules={"numpy"})["value_and_grad"]
    variant.functions = {**variant.functions, "value_and_grad": alone}
    again, others = f.value_and_grad(*rows)
    assert "exponentials(" in f.source and bits(value) == bits(again)
    assert [*map(bits, gradients)] == [*map(bits, others)]


def test_a_step_of_a_classifier_agrees_with_eager():
    X, y = np.random.default_rng(2).normal(size=(40, 3)), np.arange(40) % 4
    model = nn.MLP(3, [8, 4], seed=1)

    def loss(t, p):
        return nn.losses.sparse_categorical_crossentropy(t, p, from_logits=True)

    (mine, gradient), (theirs, expected) = (nn.step_function(model, loss, engine)(X, y) for engine in ("compiled", "eager"))
    assert mine == pytest.approx(theirs, rel=1e-12) and gradient == pytest.approx(expected, rel=1e-9, abs=1e-14)


@built
def test_arrays_that_do_not_lie_row_after_row_are_left_to_numpy():
    xs, vector, room = np.ones((3, 4)), np.empty(3), np.empty((3, 4))
    assert module.lowered(xs, vector, room, np.empty((3, 4))) and vector.tolist() == [1.0] * 3
    for strange in (xs.astype(np.float32), xs.T, xs[:, ::2], np.ones((3, 0)), np.array(1.0), np.ones((3, 5)), xs.astype(int)):
        assert module.lowered(strange, vector, room, np.empty((3, 4))) is False
    for vectors in (np.empty(4), np.empty(3, np.float32), np.empty((3, 4))):
        assert module.lowered(xs, vectors, room, room) is False
    assert not module.emptied(xs, room) and not module.emptied(xs > 0, room[:2]) and not module.rectified(xs.T)
    with pytest.raises(TypeError, match="lowered: expected 4 arrays, got 1"):
        module.lowered(xs)
    with pytest.raises(TypeError):
        module.scaled(xs, [1.0], room)
    room.flags.writeable = False
    with pytest.raises((BufferError, ValueError)):
        module.divided(xs, vector, room)
