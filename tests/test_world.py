"""Many threads, other processes, event loops, full disks, links, a huge number of paths, and long runs."""

import asyncio
import gc
import multiprocessing
import os
import threading
import tracemalloc
from functools import partial

import numpy as np
import pytest

import autodiff
from autodiff import Value, compile, nn, tanh
from autodiff.errors import ArgumentError
from autodiff.render.quiz.asking import worksheet

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
    x = Value(1.0)
    y = x
    for _ in range(length):
        y = y * 1.0000001
    return x, y


@pytest.mark.slow
def test_a_graph_of_a_million_nodes_goes_through_everything_that_claims_to_take_it():
    x, y = chain(1_000_000)
    y.backward()
    right = x.grad
    assert autodiff.leaves(y)[0] is x
    assert autodiff.gradient_graph(y, [x])[0].data == pytest.approx(right)
    assert autodiff.replay(y).gradients[x] == pytest.approx(right)
    assert autodiff.grad(lambda x: _long(x))(1.0) == pytest.approx(right)
    assert autodiff.jvp(_long, 1.0, 1.0)[1] == pytest.approx(right)


def _long(x):
    for _ in range(1_000_000):
        x = x * 1.0000001
    return x
