"""Check the gradients of any function of Values, and say which operation is to blame for a wrong one.

>>> from autodiff import Value, relu, tanh
>>> print(check_gradients(lambda w, x: tanh(w * x), [0.5, 2.0]))
right: 2 gradients of order 1, against differences at 50 digits
>>> print(check_gradients(relu, [0.0]))
right: 1 gradient of order 1, against differences at 50 digits
kink at a = 0.0: one-sided derivatives 0.0 and 1.0, the engine gives 0.0
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ...errors import GradientError, OperandError
from ...graph import topological_order
from ...value import Value
from .accusation import find_blame, find_blame_through, find_kinks, show_program
from ..engines.adapter import Adapter
from .blame import V, slopes_wrong
from ..derive.high_precision import nearest
from .reference import Reference, higher, reference
from ..derive.answers import answer_of
from .hidden_inputs import find_mismatches
from .invariants import find_leaks, modes_differ, not_finite, not_twice, unsteady
from ..engines.detect import adapter_for
from .options import settle_options
from ..draw.straight_line import Program, read_program
from .run import Run


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
    args: Sequence[Any],
    order: int = 1,
    *,
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

    f takes as many arguments as there are in `args`, each a number, or a list, tuple, dict or array of numbers at any
    depth, and returns a Value or a structure of them. `order` 2 checks the second derivatives too, and so on. `modes`
    are "reverse" and "forward", or "rev" and "fwd". `against` is "digits" (differences of the recorded formulas at 50
    digits), "complex" (complex step), "finite" (differences of f itself, of steps from `eps` down), or "best". The
    tolerance is derived from the program unless `rtol` gives a relative one (and `atol` an absolute one). At a kink
    any derivative between the two sides is right, and noted; with `kinks=False` it is a problem. f is also run beside
    the point, to see that what was recorded is all that its output depends on.

    `Value` may be anyone's engine: a class, or an `Adapter`. If it has no parents, slopes and op like ours, f is
    recorded with our Values, the engine runs what was recorded, and each operation is asked for alone to blame one.

    >>> from autodiff import log
    >>> check_gradients(lambda x: x * log(x), [2.0], order=3).gradients
    3
    >>> check_gradients(lambda p, x: p["w"] * x[0] + p["b"] * x[1], [{"w": 0.5, "b": 2.0}, [1.0, 3.0]]).gradients
    4
    """
    report = Checked(order=order)
    keeps_slopes = all(hasattr(Value, name) for name in ("parents", "slopes", "op"))
    engine = None if keeps_slopes else adapter_for(Value)
    against = settle_options(against, modes, order, engine, rtol=rtol, atol=atol, eps=eps)
    run = Run(f, args, Value) if engine is None else _record(f, args)
    report.problems += unsteady(run)
    for y in run.outputs:
        if report.problems:
            break
        program, infinite = read_program(y, run.inputs), not_finite(run, y)
        if infinite:
            report.problems.append(infinite)
        elif engine is not None:
            right = reference(run, y, program, against, eps, rtol, atol, schoolbook=True)
            _through(engine, run, y, program, right, kinks, report)
            _follows(run, y, program, right, kinks, report)
        else:
            right = reference(run, y, program, against, eps, rtol, atol)
            with _gradients_kept(y):
                _first(run, y, program, right, not {"forward", "fwd"}.isdisjoint(modes), kinks, report)
                _follows(run, y, program, right, kinks, report)
                _higher(run, y, program, order, report)
    if report.problems and raise_exception:
        raise GradientError(str(report))
    return report


OURS = Value


def _record(f: Callable[..., Any], args: Sequence[Any]) -> Run:
    """f over our Values, to be run by an engine that keeps no local derivatives."""
    try:
        return Run(f, args, OURS)
    except OperandError as error:
        way = "it is recorded with autodiff's Values, so write it with operators, methods and autodiff's functions"
        raise OperandError(f"{error}; {way}") from None


def _first(run: Run, y: V, program: Program, right: Reference, forward: bool, kinks: bool, report: Checked) -> None:
    """First derivatives: both backward passes, forward mode, and the comparison."""
    used = {node for node in topological_order(y) if not node.parents}
    before = {node: node.grad for node in (*used, *run.inputs)}
    y.backward()
    after = {node: node.grad for node in before}
    gradient = [after[x] - before[x] for x in run.inputs]
    report.problems += find_leaks(run, used, gradient)
    wrong = _compare(run, gradient, right, kinks, report)
    if wrong:
        _explain(wrong, find_blame(run, y, program, before), run, y, program, kinks, report)
    if not report.problems:
        again = not_twice(run, y, gradient, after)
        report.problems += [again] if again else []
        if forward and not right.finite:
            report.problems += modes_differ(run, program, gradient, right.tolerances)


@contextmanager
def _gradients_kept(y: V) -> Iterator[None]:
    """Afterwards every node of the graph, the caller's own Values among them, has the gradient it had before."""
    kept = [(node, node.grad) for node in topological_order(y)]
    try:
        yield
    finally:
        for node, grad in kept:
            node.grad = grad


def _compare(run: Run, gradient: Sequence[float], right: Reference, kinks: bool, report: Checked) -> str:
    """What is wrong with the first entry that is; kinks become notes."""
    report.method = right.method
    report.gradients += len(gradient)
    for name, number, given, side, tolerance in zip(run.names, run.numbers, gradient, right.sides, right.tolerances):
        low, high = side.ends
        if low != low or high != high:
            where = f"{name} = {number!r}"
            if given != given:
                return f"the derivative of {run.at()} along {name} cannot be determined, and the engine gives nan"
            report.notes.append(f"at {where} the derivative {UNDETERMINED}")
        elif not low - tolerance <= given <= high + tolerance:
            wanted = repr(low) if low == high else f"between {low!r} and {high!r}"
            about = f" ± {tolerance:.1g}" if right.finite else ""
            return f"the derivative of {run.at()} along {name} is {wanted}{about}, and the engine gives {given!r}"
        elif side.kink:
            sides = f"one-sided derivatives {low!r} and {high!r}"
            note = f"kink at {name} = {number!r}: {sides}, the engine gives {given!r}"
            (report.notes if kinks else report.problems).append(note)
    return ""


def _explain(wrong: str, blame: list[str], run: Run, y: V, program: Program, kinks: bool, report: Checked) -> None:
    """A wrong entry is a problem, unless every local derivative and sum is right and a kink explains it."""
    explained = [] if blame else list(find_kinks(run, y))
    if explained and kinks:
        report.notes += [*explained, f"{wrong}: the kink explains it"]
    else:
        report.problems += [wrong, *(blame or explained or [NOBODY, show_program(program)])]


NOBODY = "blame: each operation is right by itself, so it is the order, the sums, or rounding that adds up"
UNDETERMINED = "cannot be determined: neither side is defined, or none converges"


def _higher(run: Run, y: V, program: Program, order: int, report: Checked) -> None:
    for entry in higher(y, run.inputs, program, order) if not report.problems else ():
        report.gradients += 1
        derivative = f"the derivative of order {len(entry.places)} along inputs {entry.places}"
        if entry.exact.right != entry.exact.right:
            report.notes.append(f"{derivative} {UNDETERMINED}")
        elif entry.exact.kink:
            report.notes.append(f"kink: {derivative} has two sides")
        elif not abs(entry.given - entry.exact.right) <= entry.tolerance and entry.given != nearest(entry.exact.right):
            slope = next(slopes_wrong(topological_order(entry.below)), None)
            blame = f"\nblame: {slope.sentence()}" if slope else ""
            right = nearest(entry.exact.right)
            report.problems.append(f"{derivative} is {right!r}, and the engine gives {entry.given!r}{blame}")
            return


def _through(
    engine: Adapter, run: Run, y: V, program: Program, right: Reference, kinks: bool, report: Checked
) -> None:
    """First derivatives of an engine that keeps no local derivatives: it runs what was recorded."""
    answer = answer_of(engine, program)
    if answer.error is not None:
        report.problems.append(f"{engine.name} cannot run {run.at()}: {answer.error}")
        report.problems += find_blame_through(engine, run, y, program) or [NOBODY, show_program(program)]
        return
    wrong = _compare(run, answer.gradient, right, kinks, report)
    if wrong:
        _explain(wrong, find_blame_through(engine, run, y, program), run, y, program, kinks, report)


def _follows(run: Run, y: V, program: Program, right: Reference, kinks: bool, report: Checked) -> None:
    """f itself, run beside the point, must change as its recording does."""
    if not (report.problems or right.finite):
        problems, notes = find_mismatches(run, y, program, right.sides, right.tolerances, right.noise)
        report.problems += problems if kinks else problems + notes
        report.notes += notes if kinks else []
