"""The chain rule, one operation inside or beside another: the upstream gradient, sums, and inner nodes."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ....ops import ADD, DIV, MUL, SUB, TABLE
from ...draw.straight_line import Program, Step
from ...engines.attributes import attempt
from ..calls import walks
from ..diagnosis import title
from ...derive.answers import is_close, right, agree
from ..examiner import Exam, Skipped
from ..findings import LOST, ORDER, WRONG, Finding
from ..forms import forms, ordinary_points
from ..locate import comes_about, line_of
from ..draft import Slot
from ..probes import Probed, probe, choose_smallest
from ..textbook import derivative

FORGETS = "forgets the upstream gradient: its local derivative has to be multiplied by the gradient of the result"
SQUARES = "uses the upstream gradient twice"
ALL_SQUARE = "the upstream gradient is multiplied in twice"
ONE_PLACE = "what an operation keeps for its backward pass is lost when the next one runs: it has one place for all"
LAST = "backward begins at what was computed last, and not at the value on which it is called"
ALL_FORGET = "the chain rule is lost: a local derivative is not multiplied by the upstream gradient"
EARLY = "a node is read before all its users have written: backward needs a topological order"
OVERWRITES = "`=` stands where `+=` belongs: a value used twice keeps only one gradient"
EQUAL = "two values with equal data are taken for one: `==` and hash must compare objects, not numbers"
MARKED = "two values with equal data are taken for one: backward must mark the nodes it has visited, not their numbers"
LEAVES_FIRST = "backward goes through the graph from the leaves to the output: it has to begin at the output"
STOPS = "backward stops at the operands of the output: it never goes on to what they were made from"
KIND_FORGETS = "operations with {} forget the upstream gradient: local derivatives have to be multiplied by it"
ONE, TWO = "one operand", "two operands"
ONE_KIND = "backward goes on from operations with {} only: no gradient reaches what an operation with {} was made from"
ONE_SIDE = "backward goes on from {} operands only: no gradient reaches what a {} one was made from"


def inner_nodes(exam: Exam) -> Iterator[Finding]:
    """An operand that was itself computed is gone on from: every operation lists its operands."""
    yield from _confused(exam)
    yield from _kept_in_one_place(exam)
    if exam.stopped:
        return
    found = probe_pairs(exam)
    kind = _one_kind(found, found.unlisted)
    if kind or found.everywhere(found.unlisted):
        program = choose_smallest(found.unlisted.values())
        why = ONE_KIND.format(TWO if kind == ONE else ONE, kind) if kind else ""
        why = why or _one_side(found) or _why_all_stop(exam)
        yield exam.finding(why, program, LOST, shared=_operations(found.unlisted))
        exam.stop("waits until gradients reach inner nodes")
        return
    for op, slots in _by_operation(found.unlisted):
        program = found.unlisted[slots[0]]
        formula = derivative(op, slots[0].place)
        yield exam.finding(_unlisted(op, slots, found), program, LOST, op=op, looks="made", formula=formula)
    exam.wrong |= _operations(found.unlisted)


def _confused(exam: Exam) -> Iterator[Finding]:
    """Two nodes with equal data are two nodes."""
    if MUL not in exam.sound or ADD not in exam.sound:
        return
    products = (Step(MUL, (0, 2.5)), Step(MUL, (1, 2.5)), Step(MUL, (2, 0.75)), Step(MUL, (3, 1.25)))
    steps = (*products, Step(ADD, (4, 5)))
    equal, other = Program((1.5, 1.5), steps), Program((1.5, 0.25), steps)
    if agree(exam.ask(other), right(other)) and not agree(exam.ask(equal), right(equal)):
        exam.confuses = True
        kind: Any = type(exam.engine.make(1.5))
        compares = kind.__eq__ is not object.__eq__
        yield exam.finding(EQUAL if compares else MARKED, equal, LOST, shared=exam.operations)


def _kept_in_one_place(exam: Exam) -> Iterator[Finding]:
    """What an operation keeps for its backward pass is still there when others have run."""
    ops = [op for op in exam.operations if op in exam.sound and len(ordinary_points(op)) > 1]
    found = {op: each for op in ops for each in [_forgotten(exam, op)] if each}
    if len(found) > 1:
        one = LAST if all(each.sentence == LAST for each in found.values()) else ONE_PLACE
        yield next(iter(found.values()))._replace(sentence=one, op="", line="", shared=True)
        exam.stop("waits until each operation keeps its own numbers")
    else:
        yield from found.values()
        exam.wrong |= set(found)


def _forgotten(exam: Exam, op: str) -> Finding | None:
    """An operation that has run once more, elsewhere, before its backward pass: what that gives, if it is wrong."""
    engine, (first, then) = exam.engine, [next(forms(op, point)) for point in ordinary_points(op)[:2]]
    if not engine.objects or not exam.works(first):
        return None
    try:
        engine.reset()
        pool, later = engine.run(first), engine.run(then)
        engine.backward(pool[-1])
        given, elsewhere = engine.grad(pool[0]), engine.grad(later[0])
    except Exception:
        return None  # told elsewhere
    wanted = right(first).gradient[0]
    if is_close(given, wanted) or not agree(exam.ask(first), right(first)):
        return None
    renamed = re.sub(r"\b[aby]\b", lambda found: dict(zip("aby", "cdz"))[found[0]], exam.source(then))
    *lines, last = exam.source(first).splitlines()
    source = "\n".join([*lines, *renamed.splitlines()[:-1], last])
    result = f"{engine.spelling.grad.format('a')}  # gives {given!r}, and should give {wanted!r}"
    sentence = f"{title(op)} keeps what its backward pass needs in one place for all its uses: the next overwrites it"
    if given == 0 and is_close(elsewhere, right(then).gradient[0]):
        sentence = LAST
    return Finding(sentence, source, WRONG, op, result, line_of(exam, first, op, "made"))


def upstream(exam: Exam) -> Iterator[Finding]:
    """Each operation multiplies its local derivative by the gradient of its result."""
    found = probe_pairs(exam)
    side = _same_operand(found, found.forgets)
    if side or found.everywhere(found.forgets):
        kind = f"{TWO}, along the {side} one," if side else _one_kind(found, found.forgets)
        common, faulty = KIND_FORGETS.format(kind) if kind else ALL_FORGET, found.forgets
    else:
        common, faulty = ALL_SQUARE, found.squares if found.everywhere(found.squares) else {}
    if faulty:
        yield exam.finding(common, choose_smallest(faulty.values()), WRONG, looks="+=", shared=_operations(faulty))
        exam.stop("waits until the chain rule is right")
        return
    for faulty, sentence in ((found.forgets, FORGETS), (found.squares, SQUARES)):
        for op, slots in _by_operation(faulty):
            along, formula = _along(exam, slots, found), derivative(op, slots[0].place)
            words = f"{name(op, slots, found)} {sentence}{along}"
            yield exam.finding(words, faulty[slots[0]], WRONG, op=op, looks="+=", place=slots[0].place, formula=formula)
    for op, slots in _by_operation(found.strange):
        sentence = f"{name(op, slots, found)} is right alone, and wrong inside another operation"
        formula = derivative(op, slots[0].place)
        yield exam.finding(sentence, found.strange[slots[0]], WRONG, op=op, looks="+=", formula=formula)
    exam.wrong |= _operations([*found.forgets, *found.squares, *found.strange])


def accumulation(exam: Exam) -> Iterator[Finding]:
    """Each operation adds to its operands' gradients, whatever others have sent them before."""
    found = probe_pairs(exam)
    if found.everywhere(found.overwrites):
        program, ops = choose_smallest(found.overwrites.values()), _operations(found.overwrites)
        if comes_about(exam, program):
            yield exam.finding(EARLY, program, ORDER, shared=ops)
        else:
            yield exam.finding(OVERWRITES, program, LOST, looks="=", shared=ops)
        exam.stop("waits until gradients are added up")
        return
    for op, slots in _by_operation(found.overwrites):
        program = found.overwrites[slots[0]]
        along = _along(exam, slots, found, " of")
        whose = along or (" of its operands" if len({slot.place for slot in slots}) > 1 else " of its operand")
        sentence = f"{name(op, slots, found)} overwrites the gradient{whose}: `=` where `+=` belongs"
        yield exam.finding(sentence, program, LOST, op=op, looks="=", place=slots[0].place)
    exam.wrong |= _operations(found.overwrites)


def probe_pairs(exam: Exam) -> Probed:
    """What pairs of operations say, asked once."""
    exam.need_any()
    exam.asked += 1
    if exam.probed is None:
        exam.probed = probe(exam)
    if not exam.probed.slots:
        raise Skipped("waits until an operation is right")
    found: Probed = exam.probed
    return found


def name(op: str, slots: list[Slot], found: Probed) -> str:
    """The operation, or the form of it that alone is at fault, if it has another."""
    if all(slot.plain for slot in slots) and any(slot.op == op and not slot.plain for slot in found.slots):
        places = {slot.place for slot in slots}
        left, right_ = ("a", "2.0") if places == {0} else ("2.0", "a")
        return f"`{left} {TABLE[op].symbol} {right_}`" if len(places) == 1 else title(op)
    return title(op)


def _along(exam: Exam, slots: list[Slot], found: Probed, word: str = " along") -> str:
    """Which operand, if only one of two is concerned."""
    places = sorted({slot.place for slot in slots if not slot.plain} or {slot.place for slot in slots})
    every = {slot.place for slot in found.slots if slot.op == slots[0].op and not slot.plain}
    return f"{word} {'abc'[places[0]]} in `{TABLE[slots[0].op].formula}`" if len(every) > 1 and len(places) == 1 else ""


def _unlisted(op: str, slots: list[Slot], found: Probed) -> str:
    letters = sorted({"abc"[slot.place] for slot in slots if not slot.plain})
    if len(TABLE[op].slopes) == 1 or not letters:
        return f"{name(op, slots, found)} does not list its operand: no gradient goes on to what that was made from"
    if len(letters) == 1:
        lost = f"no gradient goes on from {letters[0]} in `{TABLE[op].formula}` to what it was made from"
        return f"{title(op)} lists only one of its operands: {lost}"
    return f"{title(op)} lists none of its operands: no gradient goes on to what they were made from"


def _by_operation(found: dict[Slot, Program]) -> Iterator[tuple[str, list[Slot]]]:
    for op in dict.fromkeys(slot.op for slot in found):
        slots = [slot for slot in found if slot.op == op]
        yield op, sorted(slots, key=lambda slot: slot.plain)


def _operations(faulty: Iterable[Slot]) -> set[str]:
    return {slot.op for slot in faulty}


def _one_kind(found: Probed, faulty: Iterable[Slot]) -> str:
    """How many values the operations at fault take, if all that take so many are at fault, and no others."""
    pairs, at_fault = {slot.op for slot in found.slots if slot.place and not slot.plain}, set(faulty)
    wrong = {slot.op in pairs for slot in found.slots if slot in at_fault}
    sound = {slot.op in pairs for slot in found.slots if slot not in at_fault}
    if len(_operations(at_fault)) < 2 or len(wrong) != 1 or len(sound) != 1 or wrong == sound:
        return ""
    return TWO if wrong == {True} else ONE


def _same_operand(found: Probed, faulty: Iterable[Slot]) -> str:
    """The side, if all operations of two operands are at fault on it, none on the other, and no operation of one is."""
    both = {slot for slot in found.slots if not slot.plain and Slot(slot.op, 1 - slot.place) in found.slots}
    sides, at_fault = {slot.place for slot in both if slot in faulty}, _operations(faulty)
    if len(sides) != 1 or at_fault != _operations(both) or len(at_fault - found.built) < 3:
        return ""
    return "right" if sides == {1} else "left"


def _one_side(found: Probed) -> str:
    """That left operands are gone on from and right ones are not, or the other way round, if it is so."""
    pairs = [slot for slot in found.slots if not slot.plain and Slot(slot.op, 1 - slot.place) in found.slots]
    stopped = {slot.place for slot in pairs if slot in found.unlisted}
    followed = {slot.place for slot in pairs if slot not in found.unlisted}
    if len(stopped) != 1 or len(followed) != 1 or stopped == followed:
        return ""
    return ONE_SIDE.format(*(("left", "right")[place] for (place,) in (followed, stopped)))


def _why_all_stop(exam: Exam) -> str:
    """Whether inner nodes are passed too early, or never: a longer graph takes more work, or the same."""
    op = next((op for op in (MUL, ADD, SUB, DIV) if op in exam.operations), None)
    return LEAVES_FIRST if op and exam.engine.objects and attempt(walks, exam.engine, op) else STOPS
