"""The routes from a program to its value and its gradient, each compared with eager."""

import math
import random
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import islice
from typing import Any

from ...door import users_program
from ... import differentiate, native, replaying
from ...compiled import compile
from ...render.formula.formulas import formula
from ...graph import topological_order
from .second import FEW, SHORT, as_tuple, plain, second_order
from .row import Row
from .trial import Trial


NAN_IN_PRODUCTS = ("jax.numpy", "array_api_strict")  # whose matrix products make nan of 0 times inf: docs/compiling.md


def _by_name(trial: Trial, gradient: Any) -> dict[str, Any]:
    return dict(zip(trial.program.arguments, gradient, strict=True))


def _one_by_one(trial: Trial, target: str | None, exact: bool) -> Iterator[str]:
    """A compiled function of numbers, for several rows."""
    function = compile(trial.program.function(), target)
    compare = trial.compare_bits if exact else trial.compare_row
    for row in islice(trial.rows, FEW):
        value, gradient = function.value_and_grad(*row.numbers)
        trial.multiplies = lambda: target in NAN_IN_PRODUCTS and function.program.multiplies_matrices
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
    trial.multiplies = lambda: target in NAN_IN_PRODUCTS and function.program.multiplies_matrices
    yield from trial.compare_batch(np.asarray(value), _by_name(trial, gradient))
    yield from trial.compare_batch(np.asarray(function(*columns)), {})


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
    """compile(f, "jax.numpy") of arrays, in 64 bits, where no number is subnormal."""
    import jax

    if all(row.normal for row in trial.rows):
        with jax.enable_x64(True):
            yield from _batch(trial, "jax.numpy")
        jax.clear_caches()  # type: ignore[no-untyped-call]  # it keeps what it compiled for every program


def array_api(trial: Trial) -> Iterator[str]:
    """compile(f, "array_api_strict") of numbers and of arrays, where it is installed: any module of the array API."""
    if find_spec("array_api_strict"):
        yield from _one_by_one(trial, "array_api_strict", False)
        yield from _batch(trial, "array_api_strict")


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
        yield from trial.compare_row(row, plain(value), _by_name(trial, map(plain, slopes)))


def pulled_back(trial: Trial) -> Iterator[str]:
    """vjp, with a weight of 1."""
    for row in islice(trial.rows, FEW):
        if not row.numbers:
            return
        value, pull = differentiate.vjp(trial.program.function(), *row.numbers)
        yield from trial.compare_row(row, plain(value), _by_name(trial, map(plain, as_tuple(pull(1.0)))))


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
        if row.finite:  # inf times the sum of what two inputs send is not the sum of inf times what each sends
            wrong = trial.differs(
                "the derivative along a direction", slope, sum(wanted),
                lambda: 2 * sum(row.gradient_room[n] * m for n, m in rooms) + size + _paths(row), [row],
            )  # fmt: skip
            yield from [wrong] if wrong else []
        yield from trial.compare_row(row, value, {})


def _paths(row: Row) -> float:
    """What forward mode may lose where reverse mode cancels exactly: a rounding of what flows along each edge."""
    order = topological_order(row.y)
    edges = (abs(slope * node._grad) for node in order for slope in node.slopes if slope is not None)
    return 16 * sum(map(math.ulp, filter(math.isfinite, edges)))


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
        value, slopes = names["f"](*numbers), as_tuple(names["df"](*numbers))
        found = {name_of[x]: slope for x, slope in zip(order, slopes) if x in name_of}
        yield from trial.compare_row(row, value, found)


ROUTES: dict[str, Callable[[Trial], Iterator[str]]] = {
    "math": math_target, "numpy": numpy_single, "numpy batch": numpy_batch, "batch": chosen_batch,
    "grad": differentiated, "gradient_graph": graph_of_gradient, "jvp": forward_mode, "second": second_order,
    "formula": formula_python, "passed": passed_batch, "vjp": pulled_back, "jax batch": jax_batch,
    "native": native_target, "array api": array_api,
}  # fmt: skip
SLOW = ["jax batch", "array api"]
