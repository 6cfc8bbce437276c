"""What is right: the derivatives that a check compares with, and how far off rounding may be.

>>> from autodiff import Value
>>> run = Run(lambda x: x * x, [3.0], Value)
>>> found = reference(run, run.outputs[0], recorded(run.outputs[0], run.inputs))
>>> found.method, found.sides[0].ends, found.rooms[0] < 1e-13
('differences at 50 digits', (6.0, 6.0), True)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from typing import NamedTuple

from ..errors import ReplayError
from ..ops import TABLE
from .blame import V
from .differences import OneSided, finite_differences, many_digits, many_digits_mixed
from .oracles import complex_step
from .program import Program, recorded
from .running import Run
from .tolerance import allowed

METHODS = {"digits": "differences at 50 digits", "complex": "complex step", "finite": "finite differences"}


class Reference(NamedTuple):
    """The gradient by a way that reads no slope of the engine, and the room around each entry."""

    method: str
    sides: list[OneSided]
    rooms: list[float]

    @property
    def finite(self) -> bool:
        """Whether it comes from differences of floats, whose error is in the two sides already."""
        return self.method == METHODS["finite"]


def reference(
    run: Run, y: V, program: Program, against: str = "best", eps: float | None = None,
    rtol: float | None = None, atol: float = 0.0, schoolbook: bool = False,
) -> Reference:  # fmt: skip
    """The right gradient of an output, by the best way that applies, or by the one asked for."""
    method, sides = _sides(run, y, program, against, eps)
    if rtol is not None:
        rooms = [rtol * max(map(abs, side.ends)) + atol for side in sides]
    elif method == METHODS["finite"]:
        rooms = [0.0] * len(sides)
    else:
        rooms = allowed(program, times=8.0 if schoolbook else 3.0, schoolbook=schoolbook).gradient
    return Reference(method, sides, rooms)


def _sides(run: Run, y: V, program: Program, against: str, eps: float | None) -> tuple[str, list[OneSided]]:
    foreign = [step.op for step in program.steps if step.op not in TABLE]
    if foreign and against in ("digits", "complex"):
        raise ReplayError(f"{foreign[0]!r} is not in the table, so it has no formula to check by; use against='finite'")
    if against == "complex":
        return METHODS["complex"], [OneSided(slope, slope) for slope in complex_step(program)]
    if against in ("best", "digits") and not foreign:
        return METHODS["digits"], many_digits(program)
    place = run.outputs.index(y)

    def plain(*xs: float) -> float:
        result = run.f(*map(run.Value, xs))
        return float((result[place] if isinstance(result, (list, tuple)) else result).data)

    estimates = finite_differences(plain, run.numbers, eps)
    return METHODS["finite"], [OneSided(slope - error, slope + error) for slope, error in estimates]


class Entry(NamedTuple):
    """One derivative of higher order: along which inputs, the graph one order below, both numbers, the room."""

    places: tuple[int, ...]
    below: V
    given: float
    exact: OneSided
    room: float


def higher(y: V, xs: Sequence[V], program: Program, order: int) -> Iterator[Entry]:
    """Each derivative of the orders from 2 on, as a graph, beside nested differences of the function itself."""
    from ..replaying import gradient_graph

    graphs: dict[tuple[int, ...], V] = {(index,): graph for index, graph in enumerate(gradient_graph(y, xs))}
    for depth in range(2, order + 1):
        deeper = {}
        for places in combinations_with_replacement(range(len(xs)), depth):
            below = graphs[places[:-1]]
            deeper[places] = gradient_graph(below, xs)[places[-1]]
            room = allowed(recorded(below, xs)).gradient[places[-1]]
            yield Entry(places, below, deeper[places].data, many_digits_mixed(program, places), room)
        graphs = deeper
