"""An engine under examination: it is asked for values and gradients, and whatever it raises is an answer too.

>>> from ..engines.detect import ours
>>> from ..draw.straight_line import Step
>>> exam = Exam(ours())
>>> exam.ask(Program((3.0,), (Step("mul", (0, 0)),)))
Answer(value=9.0, gradient=[6.0], error=None)
"""

import math
import warnings
from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple

from ...numbers import FLOATS
from ...ops import BINARY, TABLE
from ..engines.adapter import Adapter
from ..derive.oracles import reverse
from ..draw.straight_line import Operand, Program, Step
from ..draw.edge_cases import SPECIAL, Point

ROOM = 1e-12  # how far a slope may be off at an ordinary point: a schoolbook formula loses a few digits, no more
DOUBLED = (360.0, -360.0)  # where exp(2 * x) and cosh(x) ** 2 over- or underflow
FIRST = ("add", "mul", "neg", "sub", "pow", "div")  # what others are built from comes first, so that it is blamed first
HAVE_FORMS = frozenset(BINARY.values())  # operators, which have reflected forms
WHOLE = 2  # beside -1, 0 and 1: the form of a power whose exponent is a whole number, which many engines write apart
ORDINARY = (
    (0.75, 0.4, 1.6, 0.3), (0.6, 1.3, 2.5, 1.1), (0.35, -0.85, 0.55, -0.45), (-0.9, 0.2, -0.3, 2.0),
    (1.7, 2.2, 3.1, 0.7),
)  # fmt: skip


class Finding(NamedTuple):
    """One thing that is wrong, in words, and the program that shows it."""

    sentence: str
    program: str = ""


class Answer(NamedTuple):
    """What an engine says of a program: its output and gradient, or how it failed."""

    value: float = math.nan
    gradient: list[float] = []
    error: str | None = None


class Waits(Exception):
    """A property cannot be examined before something else is right; the message says what."""


class Absent(Exception):
    """A property does not apply to this engine; the message says what there would have to be."""


class Exam:
    """The engine, what is already known to be wrong with it, and how many programs to try."""

    def __init__(self, engine: Adapter, examples: int = 200, seed: int = 0) -> None:
        self.engine, self.examples, self.seed = engine, examples, seed
        self.exponential = False  # so slow over shared nodes that larger programs would never end
        self.wrong: set[str] = set()  # operations that nothing else is to be blamed with
        self.broken: set[tuple[str, int]] = set()  # forms of operations that do not work, and which operand is a number
        self.asked = 0  # how many programs have been run in whose operations nothing wrong was known

    def ask(self, program: Program, number: Callable[[float], Any] = float) -> Answer:
        """The engine's output and gradient, with plain numbers as `number` makes them; never raises."""
        return self._answer(program, lambda: self.engine.gradient(program, number))

    def value(self, program: Program) -> Answer:
        """The engine's output alone; never raises."""
        return self._answer(program, lambda: (float(self.engine.data(self.engine.run(program)[-1])), []))

    def _answer(self, program: Program, run: Callable[[], tuple[float, list[float]]]) -> Answer:
        self.asked += self.works(program)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return Answer(*run())
        except MemoryError:
            raise  # the examination is over, not a property
        except Exception as error:
            return Answer(error=told(error))

    @property
    def operations(self) -> list[str]:
        """The operations that the engine has, the most basic first."""
        known = [name for name in TABLE if name in self.engine.operations]
        return sorted(known, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))

    @property
    def sound(self) -> set[str]:
        """The operations in which nothing wrong has been found, but perhaps with a plain number on their left."""
        return set(self.operations) - self.wrong - {op for op, number in self.broken if number != 0}

    def works(self, program: Program) -> bool:
        """Whether nothing wrong has been found in any step of a program, in the form that it has there."""
        return not any(step.op in self.wrong or form(step) in self.broken for step in program.steps)

    def need(self, *operations: str) -> None:
        """Raise `Waits` unless these operations are there and sound."""
        missing = [f"`{TABLE[op].formula}`" for op in operations if op not in self.engine.operations]
        if missing:
            raise Waits(f"waits for {' and '.join(missing)}, which the engine does not have")
        faulty = [self._faulty(op) for op in operations if op not in self.sound]
        if faulty:
            raise Waits(f"waits until {' and '.join(faulty)} {'is' if len(faulty) == 1 else 'are'} right")

    def _faulty(self, op: str) -> str:
        """The form of an operation in which something is wrong."""
        formula = TABLE[op].formula
        return f"`{formula}`" if op in self.wrong or (op, -1) in self.broken else f"`{formula.replace('b', '2.0')}`"

    def among(self, operations: Collection[str], what: str) -> list[str]:
        """Those of the operations that the engine has; raise `Absent` if it has none."""
        if not self.operations:
            raise Waits("waits for an operation")
        found = [op for op in self.operations if op in operations]
        if not found:
            raise Absent(f"the engine has no {what}")
        return found

    def need_values(self) -> None:
        """Raise `Absent` unless the engine's values keep their gradients."""
        if not self.engine.objects:
            raise Absent("the engine differentiates functions, and its values keep no gradients")

    def source(self, program: Program) -> str:
        """The program as one would type it against the engine."""
        methods = self.engine.methods
        return program.source(self.engine.name, methods) if self.engine.objects else program.text(methods=methods)


def told(error: BaseException) -> str:
    """An exception in a sentence: its type and the start of what it says."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:80]}" if text else type(error).__name__


def forms(op: str, xs: Point) -> Iterator[Program]:
    """An operation on inputs, and for an operator also with a plain number on either side."""
    row = TABLE[op]
    if row.variadic:
        yield Program(xs, (Step(op, tuple(range(len(xs)))),))
        return
    free = [index for index, rule in enumerate(row.slopes) if rule is not None or row.by_condition]
    places: dict[int, Operand] = {index: place for place, index in enumerate(free)}
    yield Program(tuple(xs[index] for index in free), (Step(op, tuple(places.get(i, x) for i, x in enumerate(xs))),))
    if op in HAVE_FORMS:
        yield Program(xs[:1], (Step(op, (0, xs[1])),))
        yield Program(xs[1:], (Step(op, (xs[0], 0)),))


def shapes(op: str) -> list[list[Program]]:
    """Each form of an operation at several points; for powers also whole exponents over bases of either sign."""
    found = [list(shape) for shape in zip(*[list(forms(op, xs)) for xs in ordinary_points(op)])]
    return [*found, *([list(powers())] if op == "pow" else [])]


def powers() -> Iterator[Program]:
    """Powers with a plain exponent, at bases of either sign if it is whole; the base 0 is among the edges."""
    for exponent in (2.0, 3.0, -1.0, -2.0, 0.5, 0.0, 1.0):
        for base in (1.7, 0.6) if exponent == 0.5 else (1.7, -3.0, -0.6):
            yield Program((base,), (Step("pow", (0, exponent)),))


def form(step: Step) -> tuple[str, int]:
    """The operation, and which operand of an operator is a plain number; -1 if none is, `WHOLE` for `a ** 2.0`."""
    exponent = step.operands[-1] if step.op == "pow" else None
    if type(exponent) is float and exponent.is_integer():
        return step.op, WHOLE
    numbers = [index for index, x in enumerate(step.operands) if type(x) is float] if step.op in HAVE_FORMS else []
    return step.op, numbers[0] if numbers else -1


def ordinary_points(op: str) -> list[Point]:
    """Points of the operation's domain at which nothing is special."""
    row = TABLE[op]
    count = {"dot": 4, "total": 3, "logsumexp": 3, "largest": 3}.get(op, len(row.slopes))
    inside = [xs[:count] for xs in ORDINARY if all(low <= x <= high for (low, high), x in zip(row.domain * count, xs))]
    if op == "clip":
        return [(0.3, -0.5, 0.9), (0.95, -0.5, 0.9), (-0.7, -0.5, 0.9)]
    if op == "pow":
        return [(0.75, 0.4), (0.6, 1.3), (1.7, 2.2)]
    return inside


def special_points(op: str) -> list[Point]:
    """Extreme points, in the domain or not: IEEE-754 has an answer everywhere."""
    row = TABLE[op]
    if row.variadic:
        return [(710.0, 710.0, 709.78), (-800.0, -801.0, -802.0), (math.nan, 1.0, 2.0)] if op == "logsumexp" else []
    if len(row.slopes) == 1:
        return [(x,) for x in sorted((*SPECIAL, *DOUBLED), key=_strangeness)]
    if op in ("where", "clip", "leaky_relu", "elu"):
        return []
    some = (0.0, 1.0, -1.0, -8.0, 1 / 3, 710.0, 1e200, 1e-200, 1e-310, math.inf, math.nan)
    return [(a, b) for a in some for b in some]


def _strangeness(x: float) -> tuple[bool, bool, float]:
    """An order: the larger the stranger, then the smaller, then nan; the first number that fails is told."""
    tiny = 0 < abs(x) < 1e-10
    return x != x, tiny, -abs(x) if tiny else abs(x)


def right(program: Program) -> Answer:
    """The output and gradient by the table's rules, which are held to 50 digits elsewhere."""
    y, gradient = reverse(program, FLOATS)
    return Answer(float(y), [float(slope) for slope in gradient])


def close(given: float, wanted: float, room: float = ROOM) -> bool:
    """Whether two numbers agree to rounding, relatively: there is no absolute floor."""
    if math.isfinite(wanted):
        return abs(given - wanted) <= room * abs(wanted)
    return given == wanted or (given != given and wanted != wanted)
