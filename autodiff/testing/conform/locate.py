"""The line of an engine's source that looks like the cause: what runs for one operation and for no other.

An operation's own lines are those that run when it is differentiated and do not run for any of the others; where an
engine has one loop for all, they are the lines that build the node. Among them the one that looks so is told.
"""

from __future__ import annotations

import linecache
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..draw.straight_line import Program, Step
from .forms import forms, ordinary_points

if TYPE_CHECKING:
    from .examiner import Exam

Line = tuple[str, int]
LOOKS = {
    "=": re.compile(r"(?<![-+*/<>=!])=(?!=)"), "+=": re.compile(r"[-+]=|=.*[-+]"), "made": re.compile(r"\("),
    "value": re.compile(r"return|="), "seed": re.compile(r"="),
}  # fmt: skip


def line_of(exam: Exam, program: Program, op: str, looks: str) -> str:
    """The engine's line as "engine.py, line 12: text", or nothing where no line stands out."""
    step = next((step for step in program.steps if step.op == op), None)
    if step is None or not exam.engine.objects:
        return ""
    built, passed = _lines(exam, Program(*_alone(step, op)))
    others = [other for other in exam.operations if other != op and other not in exam.built_on[op]][:12]
    theirs = [_lines(exam, next(forms(other, ordinary_points(other)[0]))) for other in others]
    # phase by phase: where a tape is kept, the pass of one operation runs the lines of those before it
    built = _without(built, [lines for lines, _ in theirs])
    own = built if looks in ("made", "value") else _without(passed, [lines for _, lines in theirs])
    if not own:  # one loop for all: the lines that build the node, of which the last makes it
        own, looks = built[::-1], "made"
    fitting = [line for line in own if _reads(line) and LOOKS[looks].search(_reads(line))]
    chosen = next(iter(fitting or [line for line in own if _reads(line)]), None)
    return f"{Path(chosen[0]).name.strip('<>')}, line {chosen[1]}: {_reads(chosen)}" if chosen else ""


def _without(lines: list[Line], others: list[list[Line]]) -> list[Line]:
    """The lines that are in none of the others."""
    common = {line for other in others for line in other}
    return [line for line in lines if line not in common]


def _alone(step: Step, op: str) -> tuple[tuple[float, ...], tuple[Step, ...]]:
    point = ordinary_points(op)[0]
    places = [index for index, x in enumerate(step.operands) if type(x) is int]
    operands = tuple(places.index(i) if i in places else step.operands[i] for i in range(len(step.operands)))
    return tuple(point[index] for index in places), (Step(op, operands),)


def _reads(line: Line) -> str:
    text = linecache.getline(*line).strip()
    return "" if text.startswith(("def ", "@", "class ")) else text


def _lines(exam: Exam, program: Program) -> tuple[list[Line], list[Line]]:
    """The engine's lines that run forward, and those that run backward, in order."""
    engine = exam.engine
    try:
        file = _file(engine.make(0.75))
        pool: list[Any] = []
        built = run_traced(lambda: pool.extend(engine.run(program)), file)
        return built, run_traced(lambda: engine.backward(pool[-1]), file)
    except Exception:
        return [], []


def _file(value: Any) -> str:
    module = sys.modules.get(type(value).__module__)
    return getattr(module, "__file__", None) or ""


def run_traced(run: Callable[[], Any], file: str) -> list[Line]:
    """Run a function; the lines of one file that it comes past, each once, in order."""
    found: dict[Line, None] = {}

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != file:
            return None
        if event == "line":
            found[file, frame.f_lineno] = None
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
