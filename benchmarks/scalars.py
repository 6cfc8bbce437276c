"""Compiled programs beside micrograd and CasADi: a network for each row, XOR in plain Python, a graph without order."""

import random
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from .clock import duration, machine, rounds, table
from .moons import micrograd_nn

XOR = ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])


def report(count: int = 15) -> Iterable[str]:
    """Three tables."""
    import sys

    sys.setrecursionlimit(200_000)  # micrograd orders its graph by recursion
    yield machine(["micrograd", "numpy", "casadi"])
    yield per_row(count)
    yield xor(count)
    yield irregular(count)


def per_row(count: int) -> str:
    rows = []
    for sizes, batch, least in (([2, 16, 16, 1], 256, count), ([784, 300, 200, 100, 10], 256, 3)):
        medians = rounds({"micrograd": micrograd_row(sizes), "compiled": compiled_batch(sizes, batch)}, least)
        each, whole = medians["micrograd"], medians["compiled"] / batch
        rows.append(["-".join(map(str, sizes)), duration(each), duration(whole), f"{each / whole:,.0f} x"])
    columns = ["network", "micrograd, one row", "compiled, one row of 256", "ratio"]
    return table("Value and gradient of one row, squared error", columns, rows)


def micrograd_row(sizes: list[int]) -> Callable[[], object]:
    import micrograd.engine

    value = micrograd.engine.Value
    model = micrograd_nn(value).MLP(sizes[0], sizes[1:])
    row = [value(x) for x in np.random.default_rng(0).standard_normal(sizes[0]).tolist()]

    def run() -> object:
        for parameter in model.parameters():
            parameter.grad = 0.0
        outputs = model(row)
        loss = sum((y - 1.0) ** 2 for y in (outputs if isinstance(outputs, list) else [outputs]))
        loss.backward()
        return loss

    return run


def compiled_batch(sizes: list[int], batch: int) -> Callable[[], object]:
    from autodiff import nn
    from autodiff.nn.training.step_function import step_function

    step = step_function(nn.MLP(sizes[0], sizes[1:], seed=1), "mean_squared_error")
    X = np.random.default_rng(0).standard_normal((batch, sizes[0]))
    y = np.ones((batch, sizes[-1]))
    return partial(step, X, y)


def xor(count: int) -> str:
    from autodiff import Value
    from autodiff.compiled import compile

    import micrograd.engine

    step, function, parameters = xor_step(micrograd.engine.Value)
    eager, ours, values = xor_step(Value)
    compiled = compile(ours, "math")
    data = [p.data for p in values]
    loss, gradients = compiled.value_and_grad(*data)
    expected = eager()
    assert loss == expected.data and list(gradients) == [p.grad for p in values], "the bits differ from eager"
    medians = rounds({"micrograd": step, "eager": eager, "math": lambda: compiled.value_and_grad(*data)}, count)
    rows = [[name, duration(x), f"{medians['micrograd'] / x:.1f} x"] for name, x in medians.items()]
    title = "XOR, MLP 2-4-1, four rows, squared error: one step; gradients bit-equal to eager"
    return table(title, ["engine", "time", "speed"], rows)


def xor_step(value: type) -> tuple[Callable[[], Any], Callable[..., Any], list[Any]]:
    """A step on a graph of Values, the loss as a function of the parameters, and the parameters."""
    random.seed(1)
    model = micrograd_nn(value).MLP(2, [4, 1])
    parameters = model.parameters()

    def loss() -> Any:
        scores = [model([value(x) for x in row]) for row in XOR[0]]
        return sum((score - y) ** 2 for score, y in zip(scores, XOR[1]))

    def step() -> Any:
        for parameter in parameters:
            parameter.grad = 0.0
        found = loss()
        found.backward()
        return found

    def put(values: Iterable[Any]) -> None:
        it = iter(values)
        for layer in model.layers:
            for neuron in layer.neurons:
                neuron.w, neuron.b = [next(it) for _ in neuron.w], next(it)

    def function(*values: Any) -> Any:
        put(values)
        try:
            return loss()
        finally:
            put(parameters)

    return step, function, parameters


def irregular(count: int, operations: int = 10_000, inputs: int = 20) -> str:
    from autodiff.compiled import compile

    import autodiff

    compiled = compile(lambda *xs: random_graph(xs, operations, autodiff))
    source = np.random.default_rng(3)
    batch = source.uniform(0.5, 1.5, (inputs, 256))
    single = batch[:, 0].tolist()
    runs: dict[str, Callable[[], object]] = {
        "one row": lambda: compiled.value_and_grad(*single),
        "256 rows": lambda: compiled.value_and_grad(*batch),
    }
    value, gradients = compiled.value_and_grad(*batch)
    try:
        peer = casadi_gradient(operations, inputs)
    except ImportError:
        medians = rounds(runs, count)
        missing = [[name, duration(x), "missing"] for name, x in medians.items()]
        return table(TITLE, ["rows", "compiled", "CasADi"], missing)
    theirs, many = peer
    y, g = theirs(batch[:, 0])
    assert abs(float(y) - value[0]) < 1e-9 * abs(value[0])
    assert np.allclose(np.array(g).ravel(), [x[0] for x in gradients], rtol=1e-8)
    runs |= {"one row, CasADi": lambda: theirs(batch[:, 0]), "256 rows, CasADi": lambda: many(batch)}
    medians = rounds(runs, count)
    rows = [[name, duration(medians[name]), duration(medians[name + ", CasADi"]),
             f"{medians[name + ', CasADi'] / medians[name]:.2f} x"] for name in ("one row", "256 rows")]  # fmt: skip
    return table(TITLE, ["rows", "compiled", "CasADi SX", "compiled is faster by"], rows)


TITLE = "A graph of 10,000 random operations: value and gradient"


def random_graph(xs: Any, operations: int, names: Any) -> Any:
    """A straight line of random operations on random earlier results, the same at each call, its values moderate."""
    source = random.Random(5)
    made = list(xs)
    unary = [names.sin, names.cos, names.tanh, names.exp, names.sqrt]
    for _ in range(operations - 1):
        a, b = made[source.randrange(max(0, len(made) - 200), len(made))], source.choice(made)
        kind = source.randrange(9)
        if kind < 2:
            made.append(a * b * 0.5 if kind else a + b * 0.5)
        elif kind == 2:
            made.append(a - b)
        elif kind == 3:
            made.append(a / (1.5 + b * b))
        else:
            f = unary[kind - 4]
            made.append(f(names.tanh(a)) if f is names.exp else f(1.5 + names.sin(a)) if f is names.sqrt else f(a))
    total = made[-1]
    for x in made[-50:-1]:
        total = total + names.tanh(x)
    return total


def casadi_gradient(operations: int, inputs: int) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """CasADi's function of one row, and the same mapped over 256, its fastest way on one core."""
    import casadi

    x = casadi.SX.sym("x", inputs)
    y = random_graph([x[i] for i in range(inputs)], operations, casadi)
    function = casadi.Function("f", [x], [y, casadi.gradient(y, x)])
    return function, function.map(256)
