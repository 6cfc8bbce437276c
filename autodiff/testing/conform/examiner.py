"""An engine under examination: it is asked for values and gradients, and whatever it raises is an answer too.

>>> from ..engines.detect import ours
>>> from ..draw.straight_line import Step
>>> exam = Exam(ours())
>>> exam.ask(Program((3.0,), (Step("mul", (0, 0)),)))
Answer(value=9.0, gradient=[6.0], error=None)
"""

from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any

from ...ops import ADD, DIV, MUL, NEG, POW, SUB, TABLE
from ..derive.answers import Answer, answer_of, is_close, right, agree, value_of
from ..draw.straight_line import Program
from ..engines.adapter import Adapter
from ..engines.spelling import spell
from .calls import calls_between
from .findings import Finding, WRONG
from .forms import form
from .locate import line_of

FIRST = (ADD, MUL, NEG, SUB, POW, DIV)  # what others are built from comes first, so that it is blamed first

TWICE = "waits until the engine gives the same gradient twice"
ROUNDS = "waits until values hold the numbers of which they are made"  # and nothing can be examined before


class Skipped(Exception):
    """A property cannot be examined before something else is right; the message says what."""


class NotApplicable(Exception):
    """A property does not apply to this engine; the message says what there would have to be."""


class Unsteady(Exception):
    """The engine does not give the same gradient twice; holds the program that shows it."""

    def __init__(self, program: Program) -> None:
        super().__init__("the same program does not give the same gradient twice")
        self.program = program


class Exam:
    """The engine, what is already known to be wrong with it, and how many programs to try."""

    def __init__(self, engine: Adapter, examples: int = 200, seed: int = 0) -> None:
        self.engine, self.examples, self.seed = engine, examples, seed
        self.exponential = False  # so slow over shared nodes that larger programs would never end
        self.confuses = False  # whether it takes two values with equal data for one
        self.unordered = False  # whether gradients over several paths do not add up
        self.stopped = ""  # why no gradient can be examined, if none can
        self.wrong: set[str] = set()  # operations that nothing else is to be blamed with
        self.broken: set[tuple[str, int]] = set()  # forms of operations that do not work, and which operand is a number
        self.probed: Any = None  # what pairs of operations say, once they have been asked
        self.asked = 0  # how many programs have been run in whose operations nothing wrong was known

    def ask(self, program: Program, number: Callable[[float], Any] = float) -> Answer:
        """The engine's output and gradient, with plain numbers as `number` makes them; never raises."""
        self.asked += self.works(program)
        return answer_of(self.engine, program, number)

    def value(self, program: Program) -> Answer:
        """The engine's output alone; never raises."""
        self.asked += self.works(program)
        return value_of(self.engine, program)

    def confirm(self, program: Program, answer: Answer, number: Callable[[float], Any] = float) -> None:
        """Raise `Unsteady` if the engine, asked again with its values elsewhere in memory, answers otherwise."""
        kept: list[Any] = []
        for more in range(6):
            try:
                kept.append([self.engine.make(0.5) for _ in range(more)])
            except Exception:
                return
            again = self.ask(program, number)
            if not agree(again, answer):
                raise Unsteady(program)

    @property
    def operations(self) -> list[str]:
        """The operations that the engine has, the most basic first."""
        known = [name for name in TABLE if name in self.engine.operations]
        return sorted(known, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))

    @property
    def sound(self) -> set[str]:
        """The operations in which nothing wrong has been found, but perhaps with a plain number on their left."""
        return set(self.operations) - self.wrong - {op for op, number in self.broken if number != 0}

    @cached_property
    def built_on(self) -> dict[str, set[str]]:
        """Which of the engine's operations each of them calls."""
        return calls_between(self.engine, self.operations)

    def works(self, program: Program) -> bool:
        """Whether nothing wrong has been found in any step of a program, in the form that it has there."""
        return not any(step.op in self.wrong or form(step) in self.broken for step in program.steps)

    def stop(self, why: str) -> None:
        """Let nothing more be examined that needs a gradient, and nothing else be blamed with any operation."""
        self.stopped, self.wrong = why, set(self.operations)

    def need_any(self) -> None:
        """Raise `Skipped` unless there is an operation."""
        if not self.operations:
            raise Skipped("waits for an operation")

    def need(self, *operations: str) -> None:
        """Raise `Skipped` unless these operations are there and sound."""
        missing = [f"`{TABLE[op].formula}`" for op in operations if op not in self.engine.operations]
        if missing:
            raise Skipped(f"waits for {' and '.join(missing)}, which the engine does not have")
        faulty = [self._faulty(op) for op in operations if op not in self.sound]
        if faulty:
            raise Skipped(f"waits until {' and '.join(faulty)} {'is' if len(faulty) == 1 else 'are'} right")

    def need_pair(self) -> tuple[str, str]:
        """A product and a sum to build graphs of, or one of them twice where the other is wrong or missing."""
        found = [op for op in (MUL, ADD) if op in self.sound]
        if not found:
            self.need(*[op for op in (ADD, MUL) if op in self.operations] or (ADD, MUL))
        return found[0], found[-1]

    def _faulty(self, op: str) -> str:
        """The form of an operation in which something is wrong."""
        formula = TABLE[op].formula
        return f"`{formula}`" if op in self.wrong or (op, -1) in self.broken else f"`{formula.replace('b', '2.0')}`"

    def among(self, operations: Collection[str], what: str) -> list[str]:
        """Those of the operations that the engine has; raise `NotApplicable` if it has none."""
        self.need_any()
        found = [op for op in self.operations if op in operations]
        if not found:
            raise NotApplicable(f"the engine has no {what}")
        return found

    def need_values(self) -> None:
        """Raise `NotApplicable` unless the engine's values keep their gradients."""
        if not self.engine.objects:
            raise NotApplicable("the engine differentiates functions, and its values keep no gradients")

    def need_kept(self) -> None:
        """Raise `NotApplicable` unless gradients stay in the engine's values after a pass."""
        self.need_values()
        if not self.engine.keeps:
            raise NotApplicable("a function returns the gradients, and nothing keeps them")

    def source(self, program: Program) -> str:
        """The program as one would type it against the engine."""
        return spell(program, self.engine)

    def finding(
        self, sentence: str, program: Program, rank: int = WRONG, *, op: str = "", looks: str = "", along: int = 0,
        place: int = 0, formula: str = "", shared: Collection[str] = (),
    ) -> Finding:  # fmt: skip
        """A finding with the program that shows it, what it gives and should give, and the engine's line.

        `looks` says what the line looks like: "=", "+=", "made", "value" or "swapped"; `along` is the input that goes
        wrong (where it does not, the first that does is told), `place` the operand; `shared` are the operations that
        go wrong alike, by what they share.
        """
        of_values = looks in ("value", "swapped")
        given, wanted = self.value(program) if of_values else self.ask(program), right(program)
        number = 0.0
        if given.error is not None:
            result = f"# raises {given.error}"
        elif of_values:
            name, number = self.engine.spelling.data.format("y"), given.value
            result = f"{name}  # gives {given.value!r}, and should give {wanted.value!r}"
        else:
            if is_close(given.gradient[along], wanted.gradient[along]):
                pairs = enumerate(zip(given.gradient, wanted.gradient))
                along = next((each for each, (got, due) in pairs if not is_close(got, due)), along)
            name, number = self.engine.spelling.grad.format("abcdefgh"[along]), given.gradient[along]
            result = f"{name}  # gives {given.gradient[along]!r}, and should give {wanted.gradient[along]!r}"
        line = line_of(self, program, op, looks, place, number, along, shared) if looks else ""
        return Finding(sentence, self.source(program), rank, op, result, line, formula, shared=bool(shared))
