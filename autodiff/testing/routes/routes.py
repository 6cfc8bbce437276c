"""The routes from a program to its value and its gradient, each compared with eager."""

import math
import random
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from ...door import users_program
from ... import differentiate, native, replaying
from ...compiled import compile
from ...render.formula.formulas import formula
from ...graph import topological_order
from ...value import Value
from .rounding import allowed
from .trial import Row, Trial

FEW = 3       # rows that are taken one by one
SMALL = 6     # inputs of which second derivatives are taken
SHORT = 150   # operations of such a program
CLOSE_SECOND = 8  # units in the last place that a second derivative may be off by


def _by_name(trial: Trial, gradient: Any) -> dict[str, Any]:
    return dict(zip(trial.program.arguments, gradient, strict=True))


def _one_by_one(trial: Trial, target: str | None, exact: bool) -> Iterator[str]:
    """A compiled function of numbers, for several rows."""
    function = compile(trial.program.function(), target)
    for row in islice(trial.rows, FEW):
        value, gradient = function.value_and_grad(*row.numbers)
        compare = trial.compare_bits if exact else trial.compare_row
        yield from compare(row, value, _by_name(trial, gradient))
        yield from compare(row, function(*row.numbers), {})


def _batch(trial: Trial, target: str | None) -> Iterator[str]:
    """A compiled function of arrays."""
    import numpy as np

    if not any(x.role == "rows" for x in trial.program.inputs):
        return
    function = compile(trial.program.function(), target)
    columns = [np.array(each) if isinstance(each, list) else each for each in trial.program.columns()]
    value, gradient = function.value_and_grad(*columns)
    yield from trial.compare_batch(value, _by_name(trial, gradient))
    yield from trial.compare_batch(function(*columns), {})


def passed_batch(trial: Trial) -> Iterator[str]:
    """What the function captures handed to it as arguments, which get a gradient."""
    import numpy as np

    program = trial.program.with_roles({"captured": "shared"})
    if not trial.program.captured or not any(x.role == "rows" for x in program.inputs):
        return
    function = compile(program.function())
    columns = [np.array(each) if isinstance(each, list) else each for each in program.columns()]
    value, gradient = function.value_and_grad(*columns)
    yield from trial.compare_batch(value, dict(zip(program.arguments, gradient, strict=True)))


def math_target(trial: Trial) -> Iterator[str]:
    """compile(f, "math"): the bits of eager."""
    return _one_by_one(trial, "math", True)


def numpy_single(trial: Trial) -> Iterator[str]:
    """compile(f, "numpy") of numbers."""
    return _one_by_one(trial, "numpy", False)


def numpy_batch(trial: Trial) -> Iterator[str]:
    """compile(f, "numpy") of arrays."""
    return _batch(trial, "numpy")


def chosen_batch(trial: Trial) -> Iterator[str]:
    """compile(f) of arrays, the target left to it."""
    return _batch(trial, None)


def jax_batch(trial: Trial) -> Iterator[str]:
    """compile(f, "jax.numpy") of arrays, in 64 bits."""
    import jax

    if all(row.finite for row in trial.rows):  # it takes subnormal numbers for 0, and orders sums as it likes
        with jax.enable_x64(True):
            yield from _batch(trial, "jax.numpy")
        jax.clear_caches()  # type: ignore[no-untyped-call]  # it keeps what it compiled for every program


def native_target(trial: Trial) -> Iterator[str]:
    """compile(f, "native") of numbers, with the bits of eager, and of arrays."""
    if native.engine != "native":
        return
    yield from _one_by_one(trial, "native", True)
    yield from _batch(trial, "native")


def differentiated(trial: Trial) -> Iterator[str]:
    """grad and value_and_grad: the bits of backward, which has an order of its own for nothing."""
    for row in islice(trial.rows, FEW):
        if not row.numbers:
            return
        function = trial.program.function()
        value, gradient = differentiate.value_and_grad(function)(*row.numbers)
        slopes = gradient if isinstance(gradient, tuple) else (gradient,)
        yield from trial.compare_row(row, _plain(value), _by_name(trial, map(_plain, slopes)))


def pulled_back(trial: Trial) -> Iterator[str]:
    """vjp, with a weight of 1."""
    for row in islice(trial.rows, FEW):
        if not row.numbers:
            return
        value, pull = differentiate.vjp(trial.program.function(), *row.numbers)
        yield from trial.compare_row(row, _plain(value), _by_name(trial, map(_plain, _tuple(pull(1.0)))))


def _plain(x: Any) -> float:
    return x.data if type(x) is Value else float(x)


def graph_of_gradient(trial: Trial) -> Iterator[str]:
    """gradient_graph and replay over floats."""
    for row in islice(trial.rows, FEW):
        inputs = row.inputs
        graphs = replaying.gradient_graph(row.y, list(inputs.values()))
        yield from trial.compare_row(row, row.value, {name: g.data for name, g in zip(inputs, graphs)})
        again = replaying.replay(row.y, float)
        slopes = {name: again.gradients.get(x, 0.0) for name, x in inputs.items()}
        yield from trial.compare_row(row, again.value, slopes)


def forward_mode(trial: Trial) -> Iterator[str]:
    """jvp along the axes and along a direction; an input that does not move sends nothing."""
    for row in islice(trial.rows, FEW):
        names = trial.program.arguments
        if not names:
            return
        chance = random.Random(len(names))
        moves = [chance.choice((0.0, 1.0, -0.5, 2.0)) for _ in names]
        value, slope = differentiate.jvp(trial.program.function(), tuple(row.numbers), tuple(moves))
        wanted = [move * row.gradient[name] for name, move in zip(names, moves) if move]
        size = 2 * len(names) * math.ulp(sum(map(abs, wanted))) if all(map(math.isfinite, wanted)) else 0.0
        rooms = [(name, abs(move)) for name, move in zip(names, moves) if move]
        wrong = trial.differs("the derivative along a direction", slope, sum(wanted),
                              lambda: 2 * sum(row.gradient_room[n] * m for n, m in rooms) + size + _paths(row), [row])
        yield from [wrong] if wrong else []
        yield from trial.compare_row(row, value, {})


def _paths(row: Row) -> float:
    """What forward mode may lose where reverse mode cancels exactly: a rounding of what flows along each edge."""
    order = topological_order(row.y)
    edges = (abs(slope * node._grad) for node in order for slope in node.slopes if slope is not None)
    return 16 * sum(map(math.ulp, filter(math.isfinite, edges)))


def second_order(trial: Trial) -> Iterator[str]:
    """hessian, hvp, grad of grad and the compiled Hessian."""
    names = trial.program.arguments
    if not 0 < len(names) <= SMALL:
        return
    for row in islice(trial.rows, FEW):
        if len(topological_order(row.y)) <= SHORT and row.moderate and row.room.steady:
            with _kinks_may_pass():
                yield from _second(trial, row)


@contextmanager
def _kinks_may_pass() -> Iterator[None]:
    """At a kink the derivative below has two sides, and the library says so by a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _second(trial: Trial, row: Row) -> Iterator[str]:
    function, numbers = trial.program.function(), row.numbers
    inputs = [row.inputs[name] for name in trial.program.arguments]
    graphs = replaying.gradient_graph(row.y, inputs)
    rooms = [allowed(g, inputs, row.compared) for g in graphs]
    if not all(map(math.isfinite, (x for room in rooms for x in room.gradient))):
        return
    wanted = [[h.data for h in replaying.gradient_graph(g, inputs)] for g in graphs]
    if not all(map(math.isfinite, (x for line in wanted for x in line))):
        return
    indices = range(len(inputs))
    found = {
        "hessian": differentiate.hessian(function)(*numbers),
        "compiled hessian": compile(function, "math").hessian(*numbers),
        "hvp": _columns(_tuple(differentiate.hvp(function, tuple(numbers), _axis(i, len(inputs)))) for i in indices),
        "grad of grad": [_tuple(differentiate.grad(_entry(function, i))(*numbers)) for i in indices],
    }
    for route, matrix in {**found, "transposed": list(zip(*wanted))}.items():
        for i in indices:
            for j in indices:
                room = rooms[i].gradient[j] + rooms[j].gradient[i]
                got, right = _plain(matrix[i][j]), wanted[i][j]
                if not abs(got - right) <= room + CLOSE_SECOND * math.ulp(right):
                    yield (f"{route}: entry {i}, {j} is {got!r}, by gradient_graph twice {right!r}, "
                           f"apart {abs(got - right):.2g}, allowed {room:.2g}")  # fmt: skip


def _tuple(x: Any) -> tuple[Any, ...]:
    return tuple(x) if isinstance(x, (tuple, list)) else (x,)


def _columns(lines: Iterable[Any]) -> list[Any]:
    return list(zip(*lines))


def _axis(index: int, size: int) -> tuple[float, ...]:
    return tuple(float(place == index) for place in range(size))


def _entry(function: Callable[..., Any], index: int) -> Callable[..., Any]:
    """One entry of the gradient, as a function that is differentiated again."""
    return lambda *xs: _tuple(differentiate.grad(function)(*xs))[index]


def formula_python(trial: Trial) -> Iterator[str]:
    """The Python that formula(y) writes."""
    for row in trial.rows[:1]:
        if len(topological_order(row.y)) > 2 * SHORT:
            return
        written = formula(row.y)
        names: dict[str, Any] = {}
        users_program(written.python.encode(), "<formula>")(names)
        order = [x for x in topological_order(row.y) if x.op == "input"]
        if not order:
            return
        numbers, name_of = [x.data for x in order], {x: name for name, x in row.inputs.items()}
        value, slopes = names["f"](*numbers), _tuple(names["df"](*numbers))
        found = {name_of[x]: slope for x, slope in zip(order, slopes) if x in name_of}
        yield from trial.compare_row(row, value, found)


ROUTES: dict[str, Callable[[Trial], Iterator[str]]] = {
    "math": math_target, "numpy": numpy_single, "numpy batch": numpy_batch, "batch": chosen_batch,
    "grad": differentiated, "gradient_graph": graph_of_gradient, "jvp": forward_mode, "second": second_order,
    "formula": formula_python, "passed": passed_batch, "vjp": pulled_back, "jax batch": jax_batch,
    "native": native_target,
}  # fmt: skip
SLOW = ["jax batch"]
