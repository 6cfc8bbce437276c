"""The line of an engine's source that looks like the cause: what runs for one operation and for no other.

An operation's own lines are those that run when it is differentiated and for the fewest of the others; where an engine
has one loop for all, they are the lines that build the node. Among them the one that looks so is told.
"""

from __future__ import annotations

import linecache
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..draw.straight_line import Program, Step
from .forms import forms, ordinary_points

if TYPE_CHECKING:
    from .examiner import Exam

Line = tuple[str, int]
LOOKS = {  # what a line looks like that overwrites, that adds, that makes a node, that computes: the likeliest first
    "=": (r"\.\w+ *=(?!=)", r"(?<![-+*/<>=!])=(?!=)"), "+=": (r"[-+]=", r"= .*[-+]", r"\breturn\b"),
    "made": (r"(=|return).*\([^()]*[(\[]", r"\("), "value": (r"return|=",),
}  # fmt: skip


def line_of(exam: Exam, program: Program, op: str, looks: str, place: int = 0) -> str:
    """The engine's line as "engine.py, line 12: text", or nothing where no line stands out.

    `place` is the operand concerned: of two lines that look alike, one for each operand, its own is told.
    """
    step = next((step for step in program.steps if step.op == op), None)
    if step is None or not exam.engine.objects:
        return ""
    built, passed = _lines(exam, Program(*_alone(step, op)))
    related = {op, *below(exam.built_on, op)}
    others = [each for each in exam.operations if each not in related and op not in below(exam.built_on, each)][:12]
    theirs = [_lines(exam, next(forms(other, ordinary_points(other)[0]))) for other in others]
    # phase by phase: where a tape is kept, the pass of one operation runs the lines of those before it
    built = _own(built, [lines for lines, _ in theirs])
    own = built if looks in ("made", "value") else _own(passed, [lines for _, lines in theirs])
    if not own:  # one loop for all: the lines that build the node, of which the last makes it
        own, looks = built[::-1], "made"
    alike = ([line for line in own if re.search(like, _reads(line))] for like in LOOKS[looks])
    fitting = next(filter(None, alike), own)
    chosen = fitting[place if len(fitting) == len(step.operands) else 0] if fitting else None
    return f"{Path(chosen[0]).name.strip('<>')}, line {chosen[1]}: {_reads(chosen)}" if chosen else ""


def _own(lines: list[Line], others: list[list[Line]]) -> list[Line]:
    """The lines that the fewest of the others run, and no more than a third of them."""
    users = Counter(line for other in others for line in set(other))
    readable = [line for line in lines if _reads(line)]
    fewest = min((users[line] for line in readable), default=0)
    return [line for line in readable if users[line] == fewest <= len(others) / 3]


def below(built_on: Mapping[str, Iterable[str]], op: str) -> set[str]:
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
    is_head = text.startswith(("def ", "@", "class "))
    return "" if is_head and "lambda" not in text else text


def _lines(exam: Exam, program: Program) -> tuple[list[Line], list[Line]]:
    """The engine's lines that run forward, and those that run backward, in order."""
    engine = exam.engine
    try:
        files = _files(engine.make(0.75))
        pool: list[Any] = []
        built = run_traced(lambda: pool.extend(engine.run(program)), files)
        return built, run_traced(lambda: engine.backward(pool[-1]), files)
    except Exception:
        return [], []


def _files(value: Any) -> set[str]:
    """The files of an engine: that of the class, and those of its package."""
    own = type(value).__module__
    package = own.rpartition(".")[0]
    names = [name for name in sys.modules if name == own or package and name.startswith(f"{package}.")]
    return {getattr(sys.modules[name], "__file__", None) or "" for name in names}


def run_traced(run: Callable[[], Any], files: Collection[str]) -> list[Line]:
    """Run a function; the lines of some files that it comes past, each once, in order."""
    found: dict[Line, None] = {}

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            found[frame.f_code.co_filename, frame.f_lineno] = None
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    except Exception:
        return list(found)
    finally:
        sys.settrace(before)
    return list(found)
