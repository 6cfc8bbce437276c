"""Second derivatives by every route, at numbers of moderate size; at a kink every route has to warn.

>>> from .program import Input, Program
>>> program = Program((Input("x", (), ((2.0,),), "rows"),), ("y = x ** 3",))
>>> list(second_order(Trial(program)))
[]
"""

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from typing import Any, TypeVar

import numpy as np

from ... import differentiate, replaying
from ...compiled import compile
from ...errors import KinkWarning
from ...graph import topological_order
from ...value import Value
from .rounding import Room, allow
from .row import Row
from .trial import Trial

FEW = 3           # rows that are taken one by one
SMALL = 6         # inputs of which second derivatives are taken
SHORT = 150       # operations of such a program
CLOSE_SECOND = 8  # units in the last place that a second derivative may be off by
OF_ROWS = "compiled hessian of rows"
T = TypeVar("T")
Function = Callable[..., Any]


def as_float(x: Any) -> float:
    """A Value, or a number, as a float."""
    return x.data if type(x) is Value else float(x)


def second_order(trial: Trial) -> Iterator[str]:
    """hessian, hvp, grad of grad, and the compiled Hessian of numbers and of rows."""
    names = trial.program.arguments
    if not 0 < len(names) <= SMALL:
        return
    for row in trial.rows[:FEW]:
        if len(topological_order(row.y)) <= SHORT and row.moderate and row.room.steady:
            yield from _second(trial, row)


def _second(trial: Trial, row: Row) -> Iterator[str]:
    inputs = [row.inputs[name] for name in trial.program.arguments]
    graphs, warned = _listen_for_kinks(lambda: replaying.gradient_graph(row.y, inputs, {}))
    rooms = [allow(g, inputs, row.compared) for g in graphs]
    if not all(map(math.isfinite, (x for room in rooms for x in room.gradient))):
        return
    wanted = [[h.data for h in replaying.gradient_graph(g, inputs)] for g in graphs]
    if not all(map(math.isfinite, (x for line in wanted for x in line))):
        return
    function, numbers = trial.program.function, row.numbers
    found = {name: _listen_for_kinks(partial(route, function(), numbers)) for name, route in HESSIANS.items()}
    yield from (f"{name}: {'no ' * warned}KinkWarning, {'and one' if warned else 'and none'} by gradient_graph"
                for name, (_, also) in found.items() if also != warned and name != OF_ROWS)  # fmt: skip
    if warned:  # a second derivative has no right number there
        trial.excused += 1
        return
    matrices = {name: matrix for name, (matrix, _) in found.items()} | {"transposed": list(zip(*wanted))}
    if any(_apart(matrices, wanted, rooms)):  # look closer: of few disturbances the spread is uncertain
        yield from _apart(matrices, wanted, [allow(g, inputs, row.compared, closely=True) for g in graphs])


def _apart(matrices: dict[str, Any], wanted: list[list[float]], rooms: list[Room]) -> Iterator[str]:
    """Each entry that is not what it should be."""
    for (name, matrix), i, j in product(matrices.items(), range(len(wanted)), range(len(wanted))):
        room = rooms[i].gradient[j] + rooms[j].gradient[i]
        got, right = as_float(matrix[i][j]), wanted[i][j]
        if not abs(got - right) <= room + CLOSE_SECOND * math.ulp(right):
            yield (f"{name}: entry {i}, {j} is {got!r}, by gradient_graph twice {right!r}, "
                   f"apart {abs(got - right):.2g}, allowed {room:.2g}")  # fmt: skip


def _listen_for_kinks(take: Callable[[], T]) -> tuple[T, bool]:
    """What a route gives, and whether it warned of a kink, at which a second derivative holds on neither side."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", KinkWarning)
        found = take()
    return found, any(issubclass(each.category, KinkWarning) for each in caught)


def _by_products(function: Function, numbers: Sequence[float]) -> list[Any]:
    axes = [tuple(float(place == index) for place in range(len(numbers))) for index in range(len(numbers))]
    return list(zip(*(as_tuple(differentiate.hvp(function, tuple(numbers), axis)) for axis in axes)))


def _by_entries(function: Function, numbers: Sequence[float]) -> list[Any]:
    """Each entry of the gradient as a function that is differentiated again."""
    first = differentiate.grad(function)
    return [as_tuple(differentiate.grad(lambda *xs, i=index: as_tuple(first(*xs))[i])(*numbers))
            for index in range(len(numbers))]  # fmt: skip


def _of_rows(function: Function, numbers: Sequence[float]) -> list[Any]:
    """Of a batch whose first row, on which the function is recorded, lies on other sides of what it compares.

    Whether it warns of a kink says nothing: that row may stand at one.
    """
    columns = [np.array(pair) for pair in zip(_find_other_row(function, numbers), numbers)]
    return [[entry[1] for entry in line] for line in compile(function, "numpy").hessian(*columns)]


def _find_other_row(function: Function, numbers: Sequence[float]) -> Sequence[float]:
    """Numbers on other sides of what a function compares; the same ones, where eager itself cannot run those."""
    others = [-0.7 * x - 0.31 for x in numbers]
    try:
        function(*map(Value, others))
    except (ArithmeticError, TypeError):  # of plain numbers, as 1.0 / 0.0
        return numbers
    return others


HESSIANS: dict[str, Callable[[Function, Sequence[float]], Any]] = {
    "hessian": lambda function, numbers: differentiate.hessian(function)(*numbers),
    "compiled hessian": lambda function, numbers: compile(function, "math").hessian(*numbers),
    OF_ROWS: _of_rows,
    "hvp": _by_products,
    "grad of grad": _by_entries,
}


def as_tuple(x: Any) -> tuple[Any, ...]:
    """Several results as they are, a single one as a tuple of it."""
    return tuple(x) if isinstance(x, (tuple, list)) else (x,)
