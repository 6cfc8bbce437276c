"""What is right: the derivatives that a check compares with, and how far off rounding may be.

>>> from autodiff import Value
>>> run = Run(lambda x: x * x, [3.0], Value)
>>> found = reference(run, run.outputs[0], read_program(run.outputs[0], run.inputs))
>>> found.method, found.sides[0].ends, found.tolerances[0] < 1e-13
('differences at 50 digits', (6.0, 6.0), True)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from typing import NamedTuple

from ...errors import ReplayError
from ...graph import topological_order
from ...ops import TABLE
from .blame import V
from ..derive.high_precision import OneSided, many_digits, many_digits_mixed
from ..derive.finite_differences import Sides
from .hidden_inputs import differences
from ..derive.oracles import complex_step
from ..draw.straight_line import Program, read_program
from .run import Run
from .tolerance import estimate_rounding

METHODS = {"digits": "differences at 50 digits", "complex": "complex step", "finite": "finite differences"}


class Reference(NamedTuple):
    """The gradient by a route that reads no rule of the engine, the tolerance of each entry, and the noise of f."""

    method: str
    sides: list[OneSided]
    tolerances: list[float]
    noise: float

    @property
    def finite(self) -> bool:
        """Whether it comes from differences of f itself, which are not exact."""
        return self.method == METHODS["finite"]


def reference(
    run: Run, y: V, program: Program, against: str = "best", eps: float | None = None,
    rtol: float | None = None, atol: float = 0.0, schoolbook: bool = False,
) -> Reference:  # fmt: skip
    """The right gradient of an output, by the best way that applies, or by the one asked for."""
    foreign = [step.op for step in program.steps if step.op not in TABLE]
    if foreign and against in ("digits", "complex"):
        raise ReplayError(f"{foreign[0]!r} is not in the table, so it has no formula to check by; use against='finite'")
    if foreign:
        noise = 8 * math.ulp(max(abs(node.data) for node in topological_order(y)))
        tolerances = [0.0] * len(run.inputs)
    else:
        noise, tolerances = estimate_rounding(program, times=8.0 if schoolbook else 3.0, schoolbook=schoolbook)
    if foreign or against == "finite":
        method, found = METHODS["finite"], differences(run, y, eps, noise)
        sides = [_side(each) for each in found]
        tolerances = [_error(each) + (own if math.isfinite(own) else 0.0) for each, own in zip(found, tolerances)]
    elif against == "complex":
        method, sides = METHODS["complex"], [OneSided(slope, slope) for slope in complex_step(program)[1]]
    else:
        method, sides = METHODS["digits"], many_digits(program)
    if rtol is not None:
        sure = tolerances if method == METHODS["finite"] else [0.0] * len(tolerances)
        tolerances = [rtol * max(map(abs, side.ends)) + atol + own for side, own in zip(sides, sure)]
    return Reference(method, sides, tolerances, noise)


def _side(found: Sides) -> OneSided:
    """Differences as a derivative from either side: one number, but at a kink."""
    return OneSided(found.left.slope, found.right.slope) if found.kink else OneSided(found.best.slope, found.best.slope)


def _error(found: Sides) -> float:
    return max(found.left.error, found.right.error) if found.kink else found.best.error


class Entry(NamedTuple):
    """One derivative of higher order: along which inputs, the graph one order below, both numbers, the tolerance."""

    places: tuple[int, ...]
    below: V
    given: float
    exact: OneSided
    tolerance: float


def derive_higher(y: V, xs: Sequence[V], program: Program, order: int) -> Iterator[Entry]:
    """Each derivative of the orders from 2 on, as a graph, beside nested differences of the function itself."""
    from ...replaying import gradient_graph

    graphs: dict[tuple[int, ...], V] = {(index,): graph for index, graph in enumerate(gradient_graph(y, xs))}
    for depth in range(2, order + 1):
        deeper = {}
        for places in combinations_with_replacement(range(len(xs)), depth):
            below = graphs[places[:-1]]
            deeper[places] = gradient_graph(below, xs)[places[-1]]
            tolerance = estimate_rounding(read_program(below, xs)).gradient[places[-1]]
            yield Entry(places, below, deeper[places].data, many_digits_mixed(program, places), tolerance)
        graphs = deeper
