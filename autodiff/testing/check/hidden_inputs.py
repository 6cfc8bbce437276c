"""Whether the gradient follows the function itself: f, run again at moved numbers, may do what was never recorded.

The recorded formulas say how the output depends on what was recorded. A number read with `.data` and put through
`math.sin` comes back as a constant of the recording, and a branch shows only the side that was taken; f itself, run
beside the point, shows both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ...frames import calling_line
from ...hooks import Watcher
from .blame import V
from ..derive.high_precision import OneSided, many_digits
from ..derive.finite_differences import Estimate, Sides, finite_sides
from ..draw.straight_line import Program, read_program
from .run import Run, listening_to, quote


class _Readings(Watcher):
    """The lines, outside the library, that read the number of a Value."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[tuple[str, int], None] = {}

    def read(self, node: V) -> None:
        self.places[calling_line()] = None

    def line_read(self) -> str:
        """The first of them, on a line of its own."""
        return next((f"\n  its number is read at {quote(*place)}" for place in self.places), "")


Output = Callable[[Sequence[V]], V]  # one output of f, of its inputs as Values


def output_of(run: Run, y: V) -> Output:
    """f, and of its outputs the one that y is."""
    place = run.outputs.index(y)

    return lambda inputs: run.outputs_at(inputs)[place]


def differences(run: Run, y: V, step: float | None = None, noise: float = 0.0) -> list[Sides]:
    """Finite differences of f itself, which is recorded anew at every step."""
    output = output_of(run, y)
    return finite_sides(lambda *numbers: float(output([*map(run.Value, numbers)]).data), run.numbers, step, noise)


def find_mismatches(
    run: Run, y: V, program: Program, exact: Sequence[OneSided], tolerances: Sequence[float], noise: float
) -> tuple[list[str], list[str]]:
    """What is wrong, and the kinks of f that its recording does not show; `exact` is the gradient of the recording."""
    problems, kinks = [], []
    if program.freeze() is not program:  # f itself does follow its inputs where a gradient is stopped
        exact = many_digits(program, still=False)
    for index, (side, tolerance, found) in enumerate(zip(exact, tolerances, differences(run, y, noise=noise))):
        name = run.names[index]
        sides = found[:2] if found.kink else [found.best]
        agree = [_agrees(side, each, tolerance) for each in sides]
        if not any(agree):
            problems.append(
                f"the gradient does not follow the function: along {name}, {run.at()} changes by "
                f"{found.best.slope:.6g}, and what it recorded by {side.ends[1]:.6g}, so it depends on {name} in a "
                f"way that was not recorded (.data, math.…, a new Value){_read(run)}"
            )
        elif not side.kink and (not all(agree) or not all(each.told for each in found[:2])):
            branch = _branch(run, y, index, program)
            slopes = f"one-sided derivatives {found.left.slope:.6g} and {found.right.slope:.6g}, " if found.kink else ""
            if branch or found.kink:
                at = f"kink at {name} = {run.numbers[index]!r}"
                kinks.append(f"{at}: {slopes}{branch or 'of which the recording shows one'}")
    return problems, kinks


def _agrees(exact: OneSided, found: Estimate, own: float) -> bool:
    """Whether a difference of f may be the derivative of its recording; generous, as f may be steep."""
    low, high = exact.ends
    if not (math.isfinite(low + high) and found.told):
        return True
    tolerance = own + 4 * found.error + 1e-3 * max(abs(low), abs(high), abs(found.slope))
    return not (found.slope < low - tolerance or found.slope > high + tolerance)  # nan as a tolerance asks nothing


def _branch(run: Run, y: V, index: int, program: Program) -> str:
    """Where f records other operations beside the point, if it does."""
    output = output_of(run, y)
    for towards in (-math.inf, math.inf):
        inputs = [*map(run.Value, run.numbers)]
        inputs[index] = run.Value(math.nextafter(run.numbers[index], towards))
        try:
            other = read_program(output(inputs), inputs)
        except Exception:  # outside its domain f records nothing
            continue
        if _shape(other) != _shape(program):
            return f"{run.name} takes another branch at {inputs[index].data!r}"
    return ""


def _shape(program: Program) -> list[tuple[str, list[int]]]:
    return [(step.op, [x for x in step.operands if type(x) is int]) for step in program.steps]


def _read(run: Run) -> str:
    """The first line that reads the number of a Value, on a line of its own."""
    with listening_to(run.Value, _Readings()) as watcher:
        run.outputs_at(map(run.Value, run.numbers))
    return watcher.line_read()
