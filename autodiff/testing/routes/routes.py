"""The routes from a program to its value and its gradient, each compared with eager."""

import math
import random
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.util import find_spec
from typing import Any

from ...door import users_program
from ... import differentiate, native, replaying
from ...compiled import compile
from ...render.formula.formulas import formula
from ...graph import topological_order
from .program import Program
from .second import FEW, SHORT, as_tuple, as_float, second_order
from .row import Row
from .trial import Trial


NAN_IN_PRODUCTS = ("jax.numpy", "array_api_strict")  # whose matrix products make nan of 0 times inf: docs/compiling.md


def compare_numbers(trial: Trial, target: str, exact: bool = False) -> Iterator[str]:
    """Compile for a target, and call it with the numbers of several rows; `exact` asks for the bits of eager."""
    function = compile(trial.program.function(), target)
    compare = trial.compare_bits if exact else trial.compare_row
    for row in trial.rows[:FEW]:
        value, gradient = function.value_and_grad(*row.numbers)
        trial.multiplies = lambda: target in NAN_IN_PRODUCTS and function.program.multiplies_matrices
        yield from compare(row, value, trial.program.by_name(gradient))
        yield from compare(row, function(*row.numbers), {})


def compare_arrays(trial: Trial, target: str | None = None, program: Program | None = None) -> Iterator[str]:
    """Compile for a target, or leave the target to `compile`, and call it with the arrays of the whole batch."""
    import numpy as np

    program = program or trial.program
    if not any(x.role == "rows" for x in program.inputs):
        return
    function = compile(program.function(), target)
    columns = [np.array(each) if isinstance(each, list) else each for each in program.columns()]
    value, gradient = function.value_and_grad(*columns)
    trial.multiplies = lambda: target in NAN_IN_PRODUCTS and function.program.multiplies_matrices
    yield from trial.compare_batch(np.asarray(value), program.by_name(gradient))
    yield from trial.compare_batch(np.asarray(function(*columns)), {})


def compare_passed(trial: Trial) -> Iterator[str]:
    """What the function captures handed to it as arguments, which get a gradient."""
    if trial.program.captured:
        yield from compare_arrays(trial, program=trial.program.with_roles({"captured": "shared"}))


def compare_jax(trial: Trial) -> Iterator[str]:
    """compile(f, "jax.numpy") of arrays, in 64 bits, where JAX is installed and no number is subnormal."""
    if find_spec("jax") and all(row.normal for row in trial.rows):
        import jax

        with jax.enable_x64(True):
            yield from compare_arrays(trial, "jax.numpy")
        jax.clear_caches()  # type: ignore[no-untyped-call]  # it keeps what it compiled for every program


def compare_array_api(trial: Trial) -> Iterator[str]:
    """compile(f, "array_api_strict") of numbers and of arrays, where it is installed: any module of the array API."""
    if find_spec("array_api_strict"):
        yield from compare_numbers(trial, "array_api_strict")
        yield from compare_arrays(trial, "array_api_strict")


def compare_native(trial: Trial) -> Iterator[str]:
    """compile(f, "native") of numbers, with the bits of eager, and of arrays."""
    if native.engine == "native":
        yield from compare_numbers(trial, "native", exact=True)
        yield from compare_arrays(trial, "native")


def _rows_with_arguments(trial: Trial) -> list[Row]:
    """The first few rows, of a function that has something to be differentiated along."""
    return trial.rows[:FEW] if trial.program.arguments else []


def compare_grad(trial: Trial) -> Iterator[str]:
    """grad and value_and_grad: the bits of backward, which has an order of its own for nothing."""
    for row in _rows_with_arguments(trial):
        value, gradient = differentiate.value_and_grad(trial.program.function())(*row.numbers)
        yield from trial.compare_row(row, as_float(value), trial.program.by_name(map(as_float, as_tuple(gradient))))


def compare_vjp(trial: Trial) -> Iterator[str]:
    """vjp, with a weight of 1."""
    for row in _rows_with_arguments(trial):
        value, pull = differentiate.vjp(trial.program.function(), *row.numbers)
        yield from trial.compare_row(row, as_float(value), trial.program.by_name(map(as_float, as_tuple(pull(1.0)))))


def compare_gradient_graph(trial: Trial) -> Iterator[str]:
    """gradient_graph and replay over floats."""
    for row in trial.rows[:FEW]:
        inputs = row.inputs
        graphs = replaying.gradient_graph(row.y, list(inputs.values()))
        yield from trial.compare_row(row, row.value, {name: g.data for name, g in zip(inputs, graphs)})
        again = replaying.replay(row.y, float)
        slopes = {name: again.gradients.get(x, 0.0) for name, x in inputs.items()}
        yield from trial.compare_row(row, again.value, slopes)


def compare_jvp(trial: Trial) -> Iterator[str]:
    """jvp along a direction; an input that does not move sends nothing."""
    names = trial.program.arguments
    for row in _rows_with_arguments(trial):
        chance = random.Random(len(names))
        moves = [chance.choice((0.0, 1.0, -0.5, 2.0)) for _ in names]
        value, slope = differentiate.jvp(trial.program.function(), tuple(row.numbers), tuple(moves))
        wanted = [move * row.gradient[name] for name, move in zip(names, moves) if move]
        size = 2 * len(names) * math.ulp(sum(map(abs, wanted))) if all(map(math.isfinite, wanted)) else 0.0
        rooms = [(name, abs(move)) for name, move in zip(names, moves) if move]
        # inf times the sum of what two inputs send is not the sum of inf times what each sends
        if row.finite and _stays_finite(row, dict(zip(names, moves))):
            yield from trial.compare(
                "the derivative along a direction", slope, sum(wanted),
                lambda: 2 * sum(row.gradient_room[n] * m for n, m in rooms) + size + _measure_edges(row), [row],
            )  # fmt: skip
        yield from trial.compare_row(row, value, {})


def _stays_finite(row: Row, moves: Mapping[str, float]) -> bool:
    """Whether no number of forward mode overflows on the way; a later slope of 0 would make nan of it."""
    sent = {row.inputs[name]: move for name, move in moves.items() if move}
    for node in topological_order(row.y):
        if node.parents:
            edges = zip(node.slopes, node.parents)
            sent[node] = sum(slope * sent[parent] for slope, parent in edges if slope is not None and parent in sent)
    return all(map(math.isfinite, sent.values()))


def _measure_edges(row: Row) -> float:
    """What forward mode may lose where reverse mode cancels exactly: a rounding of what flows along each edge."""
    order = topological_order(row.y)
    edges = (abs(slope * node._grad) for node in order for slope in node.slopes if slope is not None)
    return 16 * sum(map(math.ulp, filter(math.isfinite, edges)))


def compare_formula(trial: Trial) -> Iterator[str]:
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
    "math": partial(compare_numbers, target="math", exact=True),
    "numpy": partial(compare_numbers, target="numpy"),
    "numpy batch": partial(compare_arrays, target="numpy"),
    "batch": compare_arrays,
    "grad": compare_grad, "gradient_graph": compare_gradient_graph, "jvp": compare_jvp, "second": second_order,
    "formula": compare_formula, "passed": compare_passed, "vjp": compare_vjp, "jax batch": compare_jax,
    "native": compare_native, "array api": compare_array_api,
}  # fmt: skip
SLOW = ["jax batch", "array api"]
