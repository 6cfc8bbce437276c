"""A typed program of a user: twenty names, a network that is trained, compiled and drawn. `mypy --strict` and pyright
must pass on it, and it must run.

`assert_type` says what a type checker is to find; where a result's shape depends on the arguments of a call, it is Any.
"""

from fractions import Fraction
from typing import Any, assert_type

from autodiff import (
    Value, clip, compile, detect_anomaly, dot, draw, exp, explain, formula, grad, gradient_graph, hessian, jacobian,
    leaves, log, maximum, nn, replay, softmax, steps, tanh, total, value_and_grad, where,
)  # fmt: skip
from autodiff.testing import check_gradients


def functions() -> None:
    """A function of Values gives a Value; a function of numbers gives a float."""
    a, b = Value(2.0, name="a"), Value(-3)
    assert_type(a * b + 1, Value)
    assert_type(2 / a, Value)
    assert_type(exp(a), Value)
    assert_type(exp(1.0), float)
    assert_type(exp(1), float)
    assert_type(maximum(a, 0.0), Value)
    assert_type(maximum(0, a), Value)
    assert_type(maximum(1, 2.0), float)
    assert_type(clip(a, -1, 1), Value)
    assert_type(where(a > b, a, 0.0), Value)
    assert_type(where(a > b, 1.0, 0.0), float)
    assert_type(total([a, b]), Value)
    assert_type(dot([a, b], [1.0, 2.0]), Value)
    assert_type(softmax(a, b), list[Value])
    assert_type(softmax(1.0, 2.0), list[float])
    assert_type(a.tanh().data, float)
    assert_type(a < b, bool)
    assert_type(leaves(a), list[Value])


def either(x: Value | float) -> Value | float:
    """Code that runs with gradients and without."""
    return log(x) + maximum(x, 1.0)


def derivatives() -> None:
    """A gradient has the type of the argument."""

    def cube(x: Value) -> Value:
        return x**3

    def line(parameters: dict[str, Value], x: Value) -> Value:
        return parameters["w"] * x + parameters["b"]

    assert_type(grad(cube)(2.0), float)
    assert_type(grad(cube)(2), float)
    assert_type(grad(cube)(Value(2.0)), Value)
    assert_type(grad(lambda xs: dot(xs, xs))([1.0, 2.0]), list[float])
    assert_type(grad(line)({"w": 1.0, "b": 0.0}, 3.0), tuple[dict[str, float], float])
    assert_type(grad(grad(cube))(2.0), float)
    value, gradient = value_and_grad(cube)(2.0)
    assert_type(value, float)
    assert_type(gradient, float)
    slope: dict[str, float] = grad(line, argnums=0)({"w": 1.0, "b": 0.0}, 3.0)
    matrix: list[list[float]] = hessian(lambda x, y: x * y)(1.0, 2.0)
    rows: list[tuple[float, float]] = jacobian(lambda x, y: [x * y, x + y])(1.0, 2.0)
    print(slope, matrix, rows, either(2.0))


def graphs() -> None:
    """Drawing, stepping, explaining, printing and replaying."""
    x = Value(3.0, name="x")
    y = x * x + tanh(x)
    y.backward()
    assert_type(x.grad, float)
    (slope,) = gradient_graph(y, [x])
    assert_type(slope, Value)
    drawing = draw(y, show=("data", "slope"))
    assert_type(drawing.svg(), str)
    print(steps(y).text(), explain(y, x).gradient, formula(y).latex)
    print(replay(1 / (1 + x), Fraction).gradients[x])


def training() -> None:
    """A network of neurons, its loss and its optimizer; one output is a Value, as several are a list of them."""
    X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
    model = nn.MLP(2, [8, 1], activation="relu", output="sigmoid", seed=1)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    with detect_anomaly():
        for _ in range(10):
            loss = nn.losses.binary_crossentropy(y, [model(row) for row in X])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    output: Value = model(X[0])
    probabilities: list[Value] = nn.MLP(2, [4, 3], output="softmax", seed=1)(X[0])
    print([round(model(row).data) for row in X], output.data, total(probabilities).data)


def compiling() -> None:
    """A compiled function, on numbers and on arrays."""
    neuron = compile(lambda w, x, b: tanh(w * x + b))
    value, gradient = neuron.value_and_grad(0.5, 2.0, -1.0)
    result: float = neuron(0.5, 2.0, -1.0)
    assert_type(neuron.source, str)
    print(value, gradient, result)


def checking() -> None:
    """The checker of gradients."""
    report: Any = check_gradients(lambda x: tanh(x) * x, [0.5])
    print(report)


if __name__ == "__main__":
    for part in (functions, derivatives, graphs, training, compiling, checking):
        part()
