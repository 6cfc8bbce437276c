"""Check the gradients of any function of Values, and say which operation is to blame for a wrong one.

>>> from autodiff import Value, relu, tanh
>>> print(check_gradients(lambda w, x: tanh(w * x), [0.5, 2.0]))
right: 2 gradients of order 1, against differences at 50 digits
>>> print(check_gradients(relu, [0.0]))
right: 1 gradient of order 1, against differences at 50 digits
kink at a = 0.0: slopes 0.0 and 1.0, engine gives 0.0
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import Any

from ..errors import ArgumentError, GradientError, ReplayError, shown
from ..graph import topological_order
from ..ops import TABLE
from ..value import Value
from . import oracles
from .blame import V, slopes_wrong, told, wrong_sum
from .differences import OneSided, finite_differences, many_digits, many_digits_mixed, nearest
from .program import Program, recorded
from .running import Run
from .tolerance import allowed

METHODS = {"digits": "differences at 50 digits", "complex": "complex step", "finite": "finite differences"}


@dataclass
class Checked:
    """What was checked, and what a reader should know besides; `problems` is empty when all is right."""

    gradients: int = 0
    order: int = 1
    method: str = ""
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not self.problems

    def __str__(self) -> str:
        plural = "s" if self.gradients != 1 else ""
        right = f"right: {self.gradients} gradient{plural} of order {self.order}, against {self.method}"
        return "\n".join([*(self.problems or [right]), *self.notes])


def check_gradients(
    f: Callable[..., Any],
    args: Sequence[float],
    *,
    order: int = 1,
    against: str = "best",
    modes: Sequence[str] = ("reverse", "forward"),
    rtol: float | None = None,
    atol: float = 0.0,
    eps: float | None = None,
    kinks: bool = True,
    raise_exception: bool = True,
    Value: Any = Value,
) -> Checked:
    """Check every gradient of f at these numbers, and raise a `GradientError` that blames an operation if one is wrong.

    f takes as many Values as there are numbers in `args`, and returns a Value or a list of them. `order` 2 checks the
    second derivatives too, and so on. `against` is "digits" (differences of the recorded formulas at 50 digits),
    "complex" (complex step), "finite" (differences of f itself, of step `eps`), or "best". The tolerance is derived
    from the program unless `rtol` gives a relative one (and `atol` an absolute one). At a kink any slope between the
    two sides is right, and noted; with `kinks=False` a kink is a problem. `Value` may be the class of another engine
    that has data, grad, parents, slopes and op.

    >>> from autodiff import log
    >>> check_gradients(lambda x: x * log(x), [2.0], order=3).gradients
    3
    """
    report = Checked(order=order)
    _known(against, modes, order)
    run = Run(f, args, Value)
    _same_again(run, report)
    for y in run.outputs:
        program = recorded(y, run.inputs)
        _finite(run, y, report)
        if not report.problems:
            _first(run, y, program, against, modes, (rtol, atol, eps, kinks), report)
        if not report.problems and order > 1:
            _higher(y, run.inputs, program, order, report)
    if report.problems and raise_exception:
        raise GradientError(str(report))
    return report


def _known(against: str, modes: Sequence[str], order: int) -> None:
    if against not in ("best", *METHODS):
        raise ArgumentError(f"against: expected 'best', 'digits', 'complex' or 'finite', got {shown(against)}")
    if not set(modes) <= {"reverse", "forward"} or not modes:
        raise ArgumentError(f"check_gradients: expected modes among 'reverse' and 'forward', got {shown(modes)}")
    if type(order) is not int or order < 1:
        raise ArgumentError(f"check_gradients: expected an order of 1 or more, got {shown(order)}")


def _same_again(run: Run, report: Checked) -> None:
    """f must leave its inputs alone, and give the same again."""
    first = [y.data for y in run.outputs]
    for letter, x, number in zip(run.letters, run.inputs, run.numbers):
        if not _same(x.data, number):
            report.problems.append(f"{run.at()} changes its input {letter} from {number!r} to {x.data!r}")
    if not report.problems:
        run.again()
        second = [y.data for y in run.outputs]
        if not all(map(_same, first, second)) or len(first) != len(second):
            report.problems.append(f"{run.at()} is not deterministic: it gave {_few(first)}, then {_few(second)}")


def _finite(run: Run, y: V, report: Checked) -> None:
    for node in topological_order(y):
        if not math.isfinite(node.data):
            operands = ", ".join(repr(parent.data) for parent in node.parents)
            what = f"{node.op} at {operands} gives" if node.parents else "an input or constant is"
            made = f"{what} {node.data!r}"
            report.problems.append(run.placed(f"{run.at()} meets a number that is not finite: {made}", node))
            return


def _first(run: Run, y: V, program: Program, against: str, modes: Sequence[str], room: Any, report: Checked) -> None:
    """First derivatives: both backward passes, forward mode, and the comparison."""
    rtol, atol, eps, kinks = room
    used = {node for node in topological_order(y) if not node.parents}
    before = {node: node.grad for node in (*used, *run.inputs)}
    y.backward()
    after = {node: node.grad for node in before}
    gradient = [after[x] - before[x] for x in run.inputs]
    for letter, x, slope in zip(run.letters, run.inputs, gradient):
        if x not in used and slope != 0:
            report.problems.append(f"{run.at()} does not use {letter}, and yet leaves a gradient of {slope!r} on it")
    report.method, exact = _exact(run, y, program, against, eps)
    explained = [math.inf] * len(gradient) if report.method == METHODS["finite"] else allowed(program).gradient
    for index, letter in enumerate(run.letters):
        right, given = exact[index], gradient[index]
        low, high = right.ends
        margin = explained[index] if rtol is None else rtol * max(abs(low), abs(high)) + atol
        if report.method == METHODS["finite"] and rtol is None:
            margin = 0.0  # the estimate of the error is in the two sides already
        report.gradients += 1
        if low != low or high != high:
            where = f"{letter} = {run.numbers[index]!r}"
            report.notes.append(f"at {where} no derivative can be told: neither side is defined, or settles")
        elif low - margin <= given <= high + margin:
            if right.kink and report.method != METHODS["finite"]:
                note = f"kink at {letter} = {run.numbers[index]!r}: slopes {low!r} and {high!r}, engine gives {given!r}"
                (report.notes if kinks else report.problems).append(note)
        else:
            derivative = f"the derivative of {run.at()} along {letter}"
            sentence = f"{derivative} is {_sides(low, high)}, and the engine gives {given!r}"
            _blame(run, y, program, before, report, sentence)
            return
    _twice(run, y, gradient, after, report)
    if "forward" in modes and set(step.op for step in program.steps) <= set(TABLE):
        _forward(run, program, gradient, explained, report)


def _exact(run: Run, y: V, program: Program, against: str, eps: float | None) -> tuple[str, list[OneSided]]:
    """The right gradient by the best way that applies, or by the one asked for."""
    foreign = [step.op for step in program.steps if step.op not in TABLE]
    if against in ("best", "digits") and not foreign:
        return METHODS["digits"], many_digits(program)
    if against == "complex" and not foreign:
        return METHODS["complex"], [OneSided(slope, slope) for slope in oracles.complex_step(program)]
    if foreign and against in ("digits", "complex"):
        raise ReplayError(f"{foreign[0]!r} is not in the table, so it has no formula to check by; use against='finite'")
    place = run.outputs.index(y)

    def plain(*xs: float) -> float:
        result = run.f(*map(run.Value, xs))
        return float((result[place] if isinstance(result, (list, tuple)) else result).data)

    estimates = finite_differences(plain, run.numbers, eps)
    return METHODS["finite"], [OneSided(slope - error, slope + error) for slope, error in estimates]


def _twice(run: Run, y: V, gradient: list[float], first: dict[V, float], report: Checked) -> None:
    """A second backward pass adds the same gradient to the leaves once more."""
    y.backward()
    for letter, x, slope in zip(run.letters, run.inputs, gradient):
        twice = first[x] + slope
        if math.isfinite(twice) and abs(x.grad - twice) > 4 * math.ulp(twice):
            report.problems.append(
                f"{run.at()}: a second backward pass brings the gradient of {letter} from {slope!r} to {x.grad!r}, "
                f"and it should be {twice!r}: interior gradients must start again from 0")  # fmt: skip
            return


def _forward(run: Run, program: Program, gradient: list[float], explained: list[float], report: Checked) -> None:
    _, tangents = oracles.forward(program)
    for letter, tangent, slope, room in zip(run.letters, tangents, gradient, explained):
        if abs(tangent - slope) > 2 * room:
            modes = f"forward mode gives {tangent!r} along {letter}, and reverse mode {slope!r}"
            report.problems.append(f"{run.at()}: {modes}")


def _higher(y: V, xs: Sequence[V], program: Program, order: int, report: Checked) -> None:
    """Each derivative of higher order, as a graph, against nested differences of the function itself."""
    from ..differentiate import gradient_graph

    graphs: dict[tuple[int, ...], Value] = {(index,): graph for index, graph in enumerate(gradient_graph(y, xs))}
    for depth in range(2, order + 1):
        deeper = {}
        for places in combinations_with_replacement(range(len(xs)), depth):
            below = graphs[places[:-1]]
            deeper[places] = graph = gradient_graph(below, xs)[places[-1]]
            exact = many_digits_mixed(program, places)
            room = allowed(recorded(below, xs)).gradient[places[-1]]
            report.gradients += 1
            if exact.kink:
                report.notes.append(f"kink: the derivative of order {depth} along inputs {places} has two sides")
            elif abs(graph.data - exact.right) > room:
                culprit = next(slopes_wrong(topological_order(below)), None)
                blame = f"\nblame: {culprit.sentence()}" if culprit else ""
                report.problems.append(
                    f"the derivative of order {depth} along inputs {places} is {nearest(exact.right)!r}, "
                    f"and the engine gives {graph.data!r}{blame}")  # fmt: skip
                return
        graphs = deeper


def _blame(run: Run, y: V, program: Program, before: dict[V, float], report: Checked, sentence: str) -> None:
    """The failure, whose fault it is, on which line, and a program that repeats it."""
    report.problems.append(sentence)
    order = topological_order(y)
    slope = next(slopes_wrong(order), None)
    if slope is not None:
        report.problems.append(run.placed(f"blame: {slope.sentence()}", slope.node))
        report.problems.append("to repeat it:\n" + _indented(slope.program().source("Value")))
        return
    foreign = sorted({node.op for node in order if node.parents and node.op not in TABLE})
    if foreign:
        unknown = ", ".join(foreign)
        report.problems.append(f"blame: {unknown}, which the table does not know; the slopes of all others are right")
        return
    lost = wrong_sum(y, before)
    if lost is not None:
        node = lost.node if lost.user is None else lost.user
        report.problems.append(run.placed(f"blame: all slopes are right, but the sum is not: {lost.sentence()}", node))
    else:
        report.problems.append(f"blame: all slopes and sums are right: {told(y)} is not what its inputs say")
    report.problems.append("to repeat it:\n" + _indented(program.pruned().source("Value")))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _sides(low: float, high: float) -> str:
    return repr(low) if low == high else f"between {low!r} and {high!r}"


def _same(a: float, b: float) -> bool:
    return (a, math.copysign(1, a)) == (b, math.copysign(1, b)) or (a != a and b != b)


def _few(numbers: Sequence[float]) -> str:
    return ", ".join(map(repr, numbers[:4])) + (", …" if len(numbers) > 4 else "")
