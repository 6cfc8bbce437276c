"""Two operations at a time: one inside the other, and one beside the other on the same operand.

An operation that is right alone can still forget the upstream gradient, which is 1 there; leave out an operand, which
shows once that operand was made of something; or overwrite a gradient to which another operation has added. Each is
held against several partners, so that the one that is at fault is told from those that stand beside it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ...ops import ADD, DIV, MUL, SUB, TABLE
from ..draw.edge_cases import at_kink, is_within
from ..draw.straight_line import Program, Step
from ..derive.answers import is_close, right
from .draft import INPUT, Draft, Slot, points, build_single
from .examiner import Exam
from .forms import HAVE_FORMS

PARTNERS = 6  # how many others each operation is tried with
APART = 1e-3  # how far numbers must lie from one another to be told apart
ONLY_PASSES = (("0",), ("1",))  # the slopes of what stops a gradient, or may hand back its operand itself


class Cell(NamedTuple):
    """What a pair of operations did: the verdict, and the program that shows it."""

    verdict: str
    program: Program


@dataclass
class Probed:
    """Which slots are at fault, each with the smallest program that shows it."""

    forgets: dict[Slot, Program] = field(default_factory=dict)
    squares: dict[Slot, Program] = field(default_factory=dict)
    strange: dict[Slot, Program] = field(default_factory=dict)
    unlisted: dict[Slot, Program] = field(default_factory=dict)
    overwrites: dict[Slot, Program] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    built: set[str] = field(default_factory=set)  # operations that are built on others, and have their faults
    known: dict[tuple[Slot, tuple[float, ...]], tuple[float, float]] = field(default_factory=dict)

    def alone(self, slot: Slot, xs: tuple[float, ...]) -> tuple[float, float]:
        """The value of an operation and its local derivative along the slot: the same few for many partners."""
        if (slot, xs) not in self.known:
            answer = right(build_single(slot, xs))
            self.known[slot, xs] = answer.value, answer.gradient[0]
        return self.known[slot, xs]

    def everywhere(self, found: dict[Slot, Program]) -> bool:
        """Whether a fault is that of (nearly) all operations, and so of what they share."""
        places, some = {slot.place for slot in found if not slot.plain}, {slot.op for slot in found} - self.built
        every = {slot.op for slot in self.slots if slot.place in places} - self.built
        pairs = {slot.op for slot in self.slots if slot.place and not slot.plain} - self.built
        if len(pairs) > 4 and len(some & pairs) >= 0.8 * len(pairs):
            return True  # of all that take two operands, which may share their backward pass
        return len(some) > 1 and len(some) >= (0.35 if len(some) > 4 else 0.8) * len(every)


def probe(exam: Exam) -> Probed:
    """Every operation that is right alone, inside others, around others and beside others."""
    found = Probed(slots=list(slots(exam)), built={op for op, below in exam.built_on.items() if below})
    _chains(exam, found)
    _shares(exam, found)
    return found


def slots(exam: Exam) -> Iterator[Slot]:
    """The operands through which a gradient has to flow, of operations and forms in which nothing wrong is known."""
    for op in exam.operations:
        row = TABLE[op]
        keeps = row.kinks or not row.ulps  # its result may equal an operand
        if row.variadic or row.by_condition or row.slopes in ONLY_PASSES or (exam.confuses and keeps):
            continue
        for index, rule in enumerate(row.slopes):
            for plain in (False, True) if op in HAVE_FORMS else (False,):
                slot = Slot(op, index, plain)
                if rule and any(exam.works(build_single(slot, xs)) for xs in points(op)):
                    yield slot


def _chains(exam: Exam, found: Probed) -> None:
    """Each slot inside others and around others; what most of the partners say of one is said of it."""
    within_others: dict[Slot, list[Cell]] = defaultdict(list)
    around_others: dict[Slot, list[Cell]] = defaultdict(list)
    for inner, outer in _pairs(found.slots):
        cell = _chain(exam, found, outer, inner)
        if cell is not None:
            within_others[inner].append(cell)
            around_others[outer].append(cell)
    for slot in found.slots:
        _blame(found.unlisted, slot, around_others[slot], "lost")
    for slot in found.slots:
        cells = [cell for cell in within_others[slot] if cell.verdict != "lost"]
        for verdict, where in (("forgets", found.forgets), ("squares", found.squares), ("strange", found.strange)):
            _blame(where, slot, cells, verdict)


def _blame(where: dict[Slot, Program], slot: Slot, cells: list[Cell], verdict: str) -> None:
    """Keep the smallest program of a slot, if most of what could show a fault of it does."""
    showing = [cell.program for cell in cells if cell.verdict == verdict]
    able = [cell for cell in cells if cell.verdict not in ("blind", "error")] if verdict != "lost" else cells
    if len(showing) > 0.6 * len(able):
        where[slot] = choose_smallest(showing)


def choose_smallest(programs: Iterable[Program]) -> Program:
    """Choose the program with the fewest inputs, and of those the shortest."""
    return min(programs, key=lambda program: (len(program.inputs), len(program.text())))


def _pairs(every: list[Slot]) -> Iterator[tuple[Slot, Slot]]:
    """Inner and outer slots, each with so many partners of different operations, or all there are."""
    ops = list(dict.fromkeys(slot.op for slot in every))
    first = {op: [slot for slot in every if slot.op == op] for op in ops}
    chosen: dict[tuple[Slot, Slot], None] = {}
    for slot in every:
        at = ops.index(slot.op)
        for op in [*ops[at + 1 :], *ops[:at], slot.op][:PARTNERS] + [op for op in (MUL, ADD) if op in ops]:
            partner = first[op][-1] if first[op][-1].plain else first[op][0]
            chosen[slot, partner] = chosen[partner, slot] = chosen[slot, first[op][0]] = None
    yield from chosen


def _chain(exam: Exam, found: Probed, outer: Slot, inner: Slot) -> Cell | None:
    """One operation inside another: what reaches the input of the inner one."""
    for program, f, g in _chain_programs(found, outer, inner):
        if not exam.works(program):
            continue
        answer = exam.ask(program)
        if answer.error is not None:
            return Cell("error", program)
        given = answer.gradient[0]
        if is_close(given, f * g):
            return Cell("right" if abs(f - 1) > APART else "blind", program)
        verdicts = {"lost": 0.0, "forgets": g, "squares": f * f * g}
        return Cell(next((name for name, x in verdicts.items() if is_close(given, x)), "strange"), program)
    return None


def _chain_programs(found: Probed, outer: Slot, inner: Slot) -> Iterator[tuple[Program, float, float]]:
    """Programs of one operation inside another where the numbers tell, with both local derivatives."""
    plain: list[tuple[Program, float, float]] = []
    for xs in points(inner.op):
        y, g = found.alone(inner, xs)
        for point in points(outer.op):
            moved = (*point[: outer.place], y, *point[outer.place + 1 :])
            row = TABLE[outer.op]
            moved = moved[: len(row.slopes)]
            if not is_within(row, moved) or at_kink(row, moved):
                continue
            f = found.alone(outer, moved)[1]
            if math.isfinite(f * g) and f and g:
                draft = Draft(xs[inner.place])
                draft.add(outer, draft.add(inner, (INPUT, 0), xs), moved)
                if abs(f - 1) > APART and abs(f) > APART:
                    yield draft.program(), f, g
                else:
                    plain.append((draft.program(), f, g))
    yield from plain


def _shares(exam: Exam, found: Probed) -> None:
    """Each slot beside others on the same operand, in both orders: whose gradient is left if one is lost."""
    combining = [op for op in (ADD, MUL, SUB, DIV) if _combines(exam, found, op)][:2]
    alone: dict[Slot, list[Cell]] = defaultdict(list)
    for first, second in _pairs([slot for slot in found.slots if slot not in found.unlisted]):
        for op in combining:
            cell = _share(exam, found, first, second, op)
            if cell is not None:
                alone[first].append(cell if cell.verdict in ("first", "right") else Cell("right", cell.program))
                alone[second].append(Cell("first" if cell.verdict == "second" else "right", cell.program))
    for slot, cells in alone.items():
        showing = [cell.program for cell in cells if cell.verdict == "first"]
        if len(showing) > 0.2 * len(cells):
            found.overwrites[slot] = choose_smallest(showing)


def _combines(exam: Exam, found: Probed, op: str) -> bool:
    ours = [Slot(op, 0), Slot(op, 1)]
    return all(slot in found.slots and slot not in found.unlisted for slot in ours)


def _share(exam: Exam, found: Probed, first: Slot, second: Slot, combining: str) -> Cell | None:
    """Two operations on one operand, combined: "first" or "second" if only that one's gradient is left."""
    for x, xs, ys in _shared_points(first, second):
        (a, first_slope), (b, second_slope) = found.alone(first, xs), found.alone(second, ys)
        upstream = right(Program((a, b), (Step(combining, (0, 1)),))).gradient
        own, other = upstream[0] * first_slope, upstream[1] * second_slope
        if not own or not other or abs(own - other) < APART or abs(own + other) < APART:
            continue
        draft = Draft(x)
        draft.step(combining, draft.add(first, (INPUT, 0), xs), draft.add(second, (INPUT, 0), ys))
        program = draft.program()
        if not exam.works(program):
            continue
        answer = exam.ask(program)
        if answer.error is not None:
            return None
        verdicts = {"right": own + other, "first": own, "second": other}
        return Cell(next((name for name, x in verdicts.items() if is_close(answer.gradient[0], x)), "strange"), program)
    return None


def _shared_points(first: Slot, second: Slot) -> Iterator[tuple[float, tuple[float, ...], tuple[float, ...]]]:
    """A number that both operations take in their slots, with the numbers beside it."""
    for xs in points(first.op):
        x = xs[first.place]
        for point in points(second.op):
            ys = (*point[: second.place], x, *point[second.place + 1 :])[: len(TABLE[second.op].slopes)]
            if is_within(TABLE[second.op], ys) and not at_kink(TABLE[second.op], ys):
                yield x, xs, ys
