"""Many threads, other processes, event loops, full disks, links, a huge number of paths, and long runs."""

import asyncio
import copy
import gc
import multiprocessing
import os
import pickle
import threading
import tracemalloc
from functools import partial

import numpy as np
import pytest

import autodiff
from autodiff import Value, compile, detect_anomaly, nn, scope, tanh
from autodiff.errors import AnomalyError, ArgumentError
from autodiff.hooks import listening, watchers
from autodiff.render.quiz.asking import worksheet
from autodiff.stepping import recording

THREADS = 20


def work(number):
    """Record, compile, step: numbers that depend on `number` alone."""
    w = Value(0.1 * number)
    f = compile(lambda x: tanh(w * x) + sum(x * float(k) for k in range(number % 5 + 2)))
    found = [f.value_and_grad(0.5), [part.tolist() if hasattr(part, "tolist") else part for part in f.value_and_grad(np.arange(3.0))[1]]]
    model = nn.MLP(2, [3, 1], seed=number)
    step = nn.step_function(model, "mse")
    X, y = np.arange(8.0).reshape(4, 2) / 8, np.arange(4.0)
    for _ in range(3):
        loss, gradient = step(X, y)
        step.parameters = step.parameters - 0.1 * gradient
    y = tanh(w * 2) ** 2
    y.backward()
    return [*found, loss, w.grad]


def test_twenty_threads_record_compile_and_step_at_once():
    expected, found, barrier = [work(number) for number in range(THREADS)], [None] * THREADS, threading.Barrier(THREADS)

    def run(number):
        barrier.wait()
        found[number] = work(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected


def test_threads_that_share_one_compiled_function_get_their_own_branch():
    f = compile(lambda x: x * x if x > 0 else -3 * x)
    found = [None] * THREADS

    def run(number):
        found[number] = [f.value_and_grad(float(sign * number + 0.5)) for sign in (1, -1)]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, pair in enumerate(found):
        for sign, (value, (slope,)) in zip((1, -1), pair):
            x = sign * number + 0.5
            assert (value, slope) == ((x * x, 2 * x) if x > 0 else (-3 * x, -3.0))


def test_tasks_of_an_event_loop_do_not_disturb_one_another():
    async def run(number):
        x = Value(float(number))
        y = x * x
        await asyncio.sleep(0)
        z = y * 3.0 + x
        await asyncio.sleep(0)
        z.backward()
        return x.grad

    async def main():
        return await asyncio.gather(*(run(number) for number in range(50)))

    assert asyncio.run(main()) == [6.0 * number + 1 for number in range(50)]


@pytest.mark.parametrize("watch", [detect_anomaly, recording, lambda: scope("head")], ids=["anomaly", "recording", "scope"])
def test_a_with_that_is_held_across_an_await_concerns_its_own_task_and_those_started_in_it(watch):
    async def compute():
        await asyncio.sleep(0)
        x = Value(2.0)
        y = x * 3.0
        heard = bool(listening())
        try:
            (y - 6.0).log().backward()
        except AnomalyError:
            return heard, y.name, "refused"
        return heard, y.name, "computed"

    async def within():
        with watch():
            inner = asyncio.create_task(compute())
            return await compute(), await inner

    async def main():
        return await asyncio.gather(compute(), within(), compute())

    before, (own, child), after = asyncio.run(main())
    assert before == after == (False, None, "computed")
    assert own[0] and child[0] and own[2] == child[2] == ("refused" if watch is detect_anomaly else "computed")
    assert not listening() and not watchers


@pytest.mark.slow
@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_other_processes_give_the_same(method):
    expected = [work(number) for number in range(3)]
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(work, range(3)) == expected


def test_explain_tells_of_two_to_the_sixty_paths_in_little_time():
    x = Value(1.0, name="x")
    y = x
    for _ in range(60):
        y = y + y
    text = str(autodiff.explain(y, x))
    assert "1,152,921,504,606,846,976" in text or "1152921504606846976" in text or "more" in text


def fitted(*callbacks):
    model = nn.Sequential([nn.Input((1,)), nn.Dense(1)], seed=0)
    model.compile(nn.SGD(lr=0.1), "mse")
    model.fit([[1.0], [2.0]], [1.0, 2.0], verbose=0, callbacks=callbacks)


def value():
    x = Value(1.0, name="x")
    return tanh(x * 2)


OUTPUTS = {
    **{f"draw {suffix}": partial(lambda suffix, path: autodiff.draw(value()).save(path), suffix) for suffix in ("svg", "dot", "txt", "png", "pdf", "mmd")},
    **{f"steps {suffix}": partial(lambda suffix, path: autodiff.steps(value()).save(path), suffix) for suffix in ("html", "json", "txt")},
    "worksheet html": lambda path: worksheet(path, seed=0, count=1),
    "model json": lambda path: nn.save(nn.MLP(1, [1], seed=0), path),
    "log csv": lambda path: fitted(nn.callbacks.CSVLogger(path)),
    "checkpoint json": lambda path: fitted(nn.callbacks.ModelCheckpoint(path)),
}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("name", OUTPUTS)
def test_a_full_disk_is_an_error_of_the_system_at_every_output(name, tmp_path):
    link = tmp_path / f"output.{name.split()[1]}"
    link.symlink_to("/dev/full")
    with pytest.raises(OSError):
        OUTPUTS[name](link)
    assert link.is_symlink() and os.listdir(tmp_path) == [link.name]


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_link_is_followed_and_stays_at_every_output(name, tmp_path):
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "file", tmp_path / f"output.{name.split()[1]}"
    target.write_text("old")
    link.symlink_to(target)
    OUTPUTS[name](link)
    assert link.is_symlink() and target.read_bytes() != b"old"
    assert list((tmp_path / "real").iterdir()) == [target]


def test_a_link_to_a_folder_that_is_not_there_is_an_error(tmp_path):
    link = tmp_path / "model.json"
    link.symlink_to(tmp_path / "nowhere" / "model.json")
    with pytest.raises(ArgumentError, match="folder that exists"):
        nn.save(nn.MLP(2, [1]), link)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("steps", [300, pytest.param(100_000, marks=pytest.mark.slow)])
def test_the_memory_of_training_is_flat(engine, steps):
    step = nn.step_function(nn.MLP(1, [2, 1], seed=0), "mse", engine)
    X, y = np.array([[0.5], [1.0]]), np.array([0.0, 1.0])

    def train(count):
        for _ in range(count):
            _, gradient = step(X, y)
            step.parameters = step.parameters - 0.01 * gradient

    train(50)
    gc.collect()
    tracemalloc.start()
    try:
        train(50)
        before = tracemalloc.get_traced_memory()[0]
        train(steps)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 30_000, grown


def chain(length):
    x = Value(1.0, name="x")
    y = x
    for _ in range(length):
        y = y * 1.0000001
    return x, y


def stretch(length):
    """The same as a function."""
    def f(x):
        for _ in range(length):
            x = x * 1.0000001
        return x

    return f


def refused_drawing(y):
    with pytest.raises(ArgumentError, match="boxes to draw, more than max_nodes"):
        autodiff.draw(y)


LARGE = {  # what each gives, as numbers that are 1.0000001 ** length, and perhaps 0
    "backward": lambda x, y, f: (y.backward(), x.grad)[1],
    "leaves": lambda x, y, f: y.data * (autodiff.leaves(y)[0] is x),
    "gradient_graph": lambda x, y, f: autodiff.gradient_graph(y, [x])[0].data,
    "replay": lambda x, y, f: autodiff.replay(y).gradients[x],
    "grad": lambda x, y, f: autodiff.grad(f)(1.0),
    "jvp": lambda x, y, f: autodiff.jvp(f, 1.0, 1.0)[1],
    "vjp": lambda x, y, f: autodiff.vjp(f, 1.0)[1](1.0),
    "hvp": lambda x, y, f: autodiff.hvp(f, 1.0, 1.0) + y.data,
    "hessian": lambda x, y, f: autodiff.hessian(f)(1.0)[0][0] + y.data,
    "jacobian": lambda x, y, f: autodiff.jacobian(lambda x: [f(x)])(1.0)[0],
    "compile": lambda x, y, f: compile(f).value_and_grad(1.0)[1][0],
    "deepcopy": lambda x, y, f: copy.deepcopy(y).data,
    "pickle": lambda x, y, f: pickle.loads(pickle.dumps(y)).data,
    "explain": lambda x, y, f: y.data * ("over 1 path" in str(autodiff.explain(y, x))),
    "steps": lambda x, y, f: y.data * (len(autodiff.steps(y)) > 0),
    "formula": lambda x, y, f: y.data * (autodiff.formula(y) is not None),
    "draw": lambda x, y, f: (refused_drawing(y), y.data)[1],
    "detect_anomaly": lambda x, y, f: watched(f).data,
}
# What holds text of every node: an odd million of these fills the memory of a small machine.
WITH_TEXT = {"formula text": lambda x, y, f: float(len(str(autodiff.formula(y))) > 0), "formula python": lambda x, y, f: float("def" in autodiff.formula(y).python),
             "steps text": lambda x, y, f: float(len(autodiff.steps(y).text()) > 0)}  # fmt: skip


def watched(f):
    with autodiff.detect_anomaly():
        return f(Value(1.0))


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_a_graph_of_a_million_nodes_goes_through_everything_that_claims_to_take_it(name):
    x, y = chain(1_000_000)
    assert LARGE[name](x, y, stretch(1_000_000)) == pytest.approx(y.data)


@pytest.mark.slow
def test_ten_million_nodes_are_made_differentiated_and_freed():
    x, y = chain(10_000_000 if autodiff.engine == "native" else 1_000_000)
    y.backward()
    assert x.grad == pytest.approx(y.data)
    del y  # without recursion


@pytest.mark.slow
@pytest.mark.parametrize("name", [*LARGE, *WITH_TEXT])
def test_twice_the_nodes_take_twice_the_memory(name):
    def peak(length):
        x, y = chain(length)
        gc.collect()
        tracemalloc.start()
        try:
            (LARGE | WITH_TEXT)[name](x, y, stretch(length))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(500)  # what is imported, and made once
    assert peak(8_000) < 2.4 * peak(4_000) + 100_000
