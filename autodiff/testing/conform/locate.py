"""The line of an engine's source that looks like the cause: what runs for one operation and for no other.

An operation's own lines are those that run when it is differentiated and for the fewest of the others; where an engine
has one loop for all, they are the lines that build the node. Among them the one that looks so is told.
"""

from __future__ import annotations

import linecache
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..derive.answers import right
from ..draw.straight_line import Program, Step
from ..engines.adapter import Adapter
from .calls import files_of, run_traced
from .forms import forms, ordinary_points
from .origin import Line, find_origins

if TYPE_CHECKING:
    from .examiner import Exam

LOOKS = {  # what a line looks like that overwrites, that adds, that makes a node, that computes: the likeliest first
    "=": (r"\.\w+ *=(?!=)", r"(?<![-+*/<>=!])=(?!=)"), "+=": (r"[-+]=", r"= .*[-+]", r"\breturn\b"),
    "made": (r"(=|return).*\([^()]*[(\[]", r"\("), "value": (r"return|=",), "swapped": (r"return|=",),
}  # fmt: skip
SHARED = {  # the same of a line that operations share; a seed is written where an input's own pass comes by
    "seed": r"\.\w+\s*\+?=(?!=)(?!.*lambda)", "=": r"(\.\w+|\[.+\])\s*=(?!=)", "+=": r"[-+*/]|\[.+\]\s*=(?!=)",
}  # fmt: skip


def line_of(
    exam: Exam, program: Program, op: str, looks: str, place: int = 0, number: float = 0, along: int = 0,
    shared: Collection[str] = (),
) -> str:  # fmt: skip
    """The engine's line as "engine.py, line 12: text", or nothing where no line stands out.

    `place` is the operand concerned: of two lines that look alike, one for each operand, its own is told. `number` is
    what the program gives where it goes wrong, along the input `along`: a line that brings it about is told first.
    Without `op` the line is one that the `shared` operations have in common.
    """
    if not exam.engine.objects:
        return ""
    if shared:
        return _find_shared(exam, program, looks, number, along, shared)
    step = next((step for step in program.steps if step.op == op), None)
    if step is None:
        return ""
    built, passed = _lines(exam, Program(*_alone(step, op)))
    related = {op, *find_below(exam.built_on, op)}
    others = [each for each in exam.operations if each not in related]
    others = [each for each in others if op not in find_below(exam.built_on, each)][:12]
    theirs = [_lines(exam, next(forms(other, ordinary_points(other)[0]))) for other in others]
    # phase by phase: where a tape is kept, the pass of one operation runs the lines of those before it
    built = _own(built, [lines for lines, _ in theirs])
    own = built if looks in ("made", "value", "swapped") else _own(passed, [lines for _, lines in theirs])
    sound = [_lines(exam, next(forms(each, ordinary_points(each)[0]))) for each in related - {op} - exam.wrong]
    own = [line for line in own if not any(line in lines for pair in sound for lines in pair)] or own
    if not own:  # one loop for all: the lines that build the node, of which the last makes it
        own, looks = built[::-1], "made"
    made = _find_makers(exam, program, number, along) if looks in ("+=", "value", "made") else []
    alike = ([line for line in own if re.search(like, _reads(line))] for like in LOOKS[looks])
    fitting = [line for line in made if line in own][:1] or next(filter(None, alike), own)
    return _tell(fitting[place if len(fitting) == len(step.operands) else 0]) if fitting else ""


def _find_shared(exam: Exam, program: Program, looks: str, number: float, along: int, ops: Collection[str]) -> str:
    """The line of what operations share: it runs in the program's pass, and in each one's own or in none's."""
    alone, whole = _lines(exam, Program((0.75,), ()))[1], _lines(exam, program)[1]
    if looks == "seed":
        return _only(line for line in alone if re.search(SHARED[looks], _reads(line)))
    basic = {op: next(forms(op, ordinary_points(op)[0])) for op in exam.operations if not exam.built_on[op]}
    passes = {op: _lines(exam, each)[1] for op, each in basic.items()}
    theirs = [lines for op, lines in passes.items() if op in ops and lines]
    others = {line for op, lines in passes.items() if op not in ops for line in lines}
    users = Counter(line for each in theirs for line in each)
    common = [line for line in whole if users[line] in (0, len(theirs)) and line not in alone]
    common = [line for line in common if line not in others] or common
    fitting, otherwise = ([line for line in some if re.search(SHARED[looks], _reads(line))] for some in (common, alone))
    fitting = fitting or otherwise
    later = [line for line in fitting if not users[line]]  # it runs only where a value is used twice
    made = [line for line in _find_makers(exam, program, number, along) if line in common or line in fitting]
    chosen = [line for line in made if line in fitting][:1] or made[:1] or fitting
    return _only(later[:1] if made else later) if later else _only(chosen)


def _only(lines: Iterable[Line]) -> str:
    """The line, if there is but one."""
    found = list(lines)
    return _tell(found[0]) if len(found) == 1 else ""


def line_with_set(exam: Exam, program: Program) -> str:
    """The line that makes a set while a program is built, if only one does."""
    return _only(line for line in _lines(exam, program)[0] if re.search(r"\bset\(|= *\{[^:{}]+\}", _reads(line)))


def _tell(line: Line) -> str:
    return f"{Path(line[0]).name.strip('<>')}, line {line[1]}: {_reads(line)}"


def _find_makers(exam: Exam, program: Program, number: float, along: int) -> list[Line]:
    """The lines that bring a number about, those of the pass before those that build."""
    engine, pool = exam.engine, list[Any]()
    try:
        files = files_of(engine.make(0.75))
        engine.reset()
        built = find_origins(lambda: pool.extend(engine.run(program)), files, number)
        return find_origins(lambda: _pass(engine, pool, along + 1), files, number) + built
    except Exception:
        return []


def comes_about(exam: Exam, program: Program) -> bool:
    """Whether the right gradient of the first input comes about while a pass runs, wherever it goes from there."""
    engine, wanted = exam.engine, right(program).gradient[0]
    try:
        engine.reset()
        pool = engine.run(program)
        return bool(find_origins(lambda: _pass(engine, pool, 1), files_of(pool[0]), wanted))
    except Exception:
        return False


def _pass(engine: Adapter, pool: list[Any], inputs: int) -> None:
    """A backward pass, up to the gradients of the inputs: some engines work them out when they are asked for."""
    engine.backward(pool[-1])
    for each in pool[:inputs]:
        engine.grad(each)


def _own(lines: list[Line], others: list[list[Line]]) -> list[Line]:
    """The lines that the fewest of the others run, and no more than a third of them."""
    users = Counter(line for other in others for line in set(other))
    readable = [line for line in lines if _reads(line)]
    fewest = min((users[line] for line in readable), default=0)
    return [line for line in readable if users[line] == fewest <= len(others) / 3]


def find_below(built_on: Mapping[str, Iterable[str]], op: str) -> set[str]:
    """What an operation is built on, and what that is."""
    found, waiting = set[str](), [op]
    while waiting:
        for each in built_on.get(waiting.pop(), ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found - {op}


def _alone(step: Step, op: str) -> tuple[tuple[float, ...], tuple[Step, ...]]:
    point = ordinary_points(op)[0]
    places = [index for index, x in enumerate(step.operands) if type(x) is int]
    operands = tuple(places.index(i) if i in places else step.operands[i] for i in range(len(step.operands)))
    return tuple(point[index] for index in places), (Step(op, operands),)


def _reads(line: Line) -> str:
    text = linecache.getline(*line).strip()
    is_head = text.startswith(("def ", "@", "class ")) and not re.search(r"\).*: *\S", text)
    return "" if is_head and "lambda" not in text else text


def _lines(exam: Exam, program: Program) -> tuple[list[Line], list[Line]]:
    """The engine's lines that run forward, and those that run backward, in order."""
    engine = exam.engine
    try:
        files = files_of(engine.make(0.75))
        pool: list[Any] = []
        built = find_lines(lambda: pool.extend(engine.run(program)), files)
        return built, find_lines(lambda: _pass(engine, pool, len(program.inputs)), files)
    except Exception:
        return [], []


def find_lines(run: Callable[[], Any], files: Collection[str]) -> list[Line]:
    """Run a function; the lines of some files that it comes past, each once, in order."""
    found: dict[Line, None] = {}

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            found[frame.f_code.co_filename, frame.f_lineno] = None
        return trace

    with suppress(Exception):  # what it came past until then
        run_traced(run, trace)
    return list(found)
