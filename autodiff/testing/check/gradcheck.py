"""Check the gradients of any function of Values, and say which operation is to blame for a wrong one.

>>> from autodiff import Value, relu, tanh
>>> print(check_gradients(lambda w, x: tanh(w * x), [0.5, 2.0]))
right: 2 gradients of order 1, against differences at 50 digits
>>> print(check_gradients(relu, [0.0]))
right: 1 gradient of order 1, against differences at 50 digits
kink at x = 0.0: one-sided derivatives 0.0 and 1.0, the engine gives 0.0
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
from .blame import V, find_wrong_slopes
from ..derive.high_precision import nearest
from .reference import Reference, derive_higher, reference
from ..derive.answers import answer_of
from .hidden_inputs import find_mismatches
from .invariants import find_leaks, compare_modes, find_nonfinite, find_wrong_second_pass, find_unsteadiness
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
    report.problems += find_unsteadiness(run)
    for y in run.outputs:
        if report.problems:
            break
        infinite = find_nonfinite(run, y)
        if infinite:
            report.problems.append(infinite)
            break
        program = read_program(y, run.inputs)
        right = reference(run, y, program, against, eps, rtol, atol, schoolbook=engine is not None)
        _Output(run, y, program, right, kinks, report).check(engine, modes)
    if report.problems and raise_exception:
        raise GradientError(str(report))
    return report


OURS = Value


def _record(f: Callable[..., Any], args: Sequence[Any]) -> Run:
    """Run f over our Values, to be run by an engine that keeps no local derivatives."""
    try:
        return Run(f, args, OURS)
    except OperandError as error:
        way = "it is recorded with autodiff's Values, so write it with operators, methods and autodiff's functions"
        raise OperandError(f"{error}; {way}") from None


@contextmanager
def _keep_gradients(y: V) -> Iterator[None]:
    """Give every node of the graph, the caller's own Values among them, the gradient back that it had before."""
    kept = [(node, node.grad) for node in topological_order(y)]
    try:
        yield
    finally:
        for node, grad in kept:
            node.grad = grad


NOBODY = "blame: each operation is right by itself, so it is the order, the sums, or rounding that adds up"
UNDETERMINED = "cannot be determined: neither side is defined, or none converges"


@dataclass
class _Output:
    """One output of f: the program that it recorded, what is right, and the report to which all is written."""

    run: Run
    y: V
    program: Program
    right: Reference
    kinks: bool
    report: Checked

    def check(self, engine: Adapter | None, modes: Sequence[str]) -> None:
        """Check the first derivatives, that f follows its recording, and then those of higher order."""
        if engine is not None:
            self.check_through(engine)
            self.check_recording()
            return
        with _keep_gradients(self.y):
            self.check_first(not {"forward", "fwd"}.isdisjoint(modes))
            self.check_recording()
            self.check_higher()

    def check_first(self, forward: bool) -> None:
        """Check first derivatives: both backward passes, forward mode, and the comparison."""
        run, y, report = self.run, self.y, self.report
        used = {node for node in topological_order(y) if not node.parents}
        before = {node: node.grad for node in (*used, *run.inputs)}
        y.backward()
        after = {node: node.grad for node in before}
        gradient = [after[x] - before[x] for x in run.inputs]
        report.problems += find_leaks(run, used, gradient)
        wrong = self.compare(gradient)
        if wrong:
            self.explain(wrong, find_blame(run, y, self.program, before))
        if not report.problems:
            again = find_wrong_second_pass(run, y, gradient, after)
            report.problems += [again] if again else []
            if forward and not self.right.finite:
                report.problems += compare_modes(run, self.program, gradient, self.right.tolerances)

    def check_through(self, engine: Adapter) -> None:
        """Check first derivatives of an engine that keeps no local derivatives: it runs what was recorded."""
        answer = answer_of(engine, self.program)
        wrong = "" if answer.error is not None else self.compare(answer.gradient)
        if not (wrong or answer.error):
            return
        blame = find_blame_through(engine, self.run, self.y, self.program)
        if wrong:
            self.explain(wrong, blame)
        else:
            self.report.problems.append(f"{engine.name} cannot run {self.run.at()}: {answer.error}")
            self.report.problems += blame or self.blame_nobody()

    def compare(self, gradient: Sequence[float]) -> str:
        """Tell what is wrong with the first entry that is; kinks become notes."""
        run, right, report = self.run, self.right, self.report
        report.method = right.method
        report.gradients += len(gradient)
        inputs = zip(run.names, run.numbers)
        for (name, number), given, side, tolerance in zip(inputs, gradient, right.sides, right.tolerances):
            low, high = side.ends
            if low != low or high != high:
                if given != given:
                    return f"the derivative of {run.at()} along {name} cannot be determined, and the engine gives nan"
                report.notes.append(f"at {name} = {number!r} the derivative {UNDETERMINED}")
            elif not low - tolerance <= given <= high + tolerance:
                wanted = repr(low) if low == high else f"between {low!r} and {high!r}"
                about = f" ± {tolerance:.1g}" if right.finite else ""
                return f"the derivative of {run.at()} along {name} is {wanted}{about}, and the engine gives {given!r}"
            elif side.kink:
                sides = f"one-sided derivatives {low!r} and {high!r}"
                note = f"kink at {name} = {number!r}: {sides}, the engine gives {given!r}"
                (report.notes if self.kinks else report.problems).append(note)
        return ""

    def explain(self, wrong: str, blame: list[str]) -> None:
        """Report a wrong entry as a problem, unless every local derivative and sum is right and a kink explains it."""
        explained = [] if blame else list(find_kinks(self.run, self.y))
        if explained and self.kinks:
            self.report.notes += [*explained, f"{wrong}: the kink explains it"]
        else:
            self.report.problems += [wrong, *(blame or explained or self.blame_nobody())]

    def blame_nobody(self) -> list[str]:
        """Say that no operation is to blame, and print the program."""
        return [NOBODY, show_program(self.program)]

    def check_recording(self) -> None:
        """Check that f itself, run beside the point, changes as its recording does."""
        run, right, report = self.run, self.right, self.report
        if not (report.problems or right.finite):
            problems, notes = find_mismatches(run, self.y, self.program, right.sides, right.tolerances, right.noise)
            report.problems += problems if self.kinks else problems + notes
            report.notes += notes if self.kinks else []

    def check_higher(self) -> None:
        """Check the derivatives of the orders from 2 on."""
        report = self.report
        for entry in derive_higher(self.y, self.run.inputs, self.program, report.order) if not report.problems else ():
            report.gradients += 1
            derivative = f"the derivative of order {len(entry.places)} along inputs {entry.places}"
            right = entry.exact.right
            if right != right:
                report.notes.append(f"{derivative} {UNDETERMINED}")
            elif entry.exact.kink:
                report.notes.append(f"kink: {derivative} has two sides")
            elif not abs(entry.given - right) <= entry.tolerance and entry.given != nearest(right):
                slope = next(find_wrong_slopes(topological_order(entry.below)), None)
                blame = f"\nblame: {slope.sentence()}" if slope else ""
                wrong = f"{derivative} is {nearest(right)!r}, and the engine gives {entry.given!r}{blame}"
                report.problems.append(wrong)
                return
