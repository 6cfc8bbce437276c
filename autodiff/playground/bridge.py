"""Answers the page, in the worker: a request comes and an answer goes as JSON, and output and progress as they arise.

    {"tab": "step", "source": "…", "value": "loss"}   →   {"kind": "page", "page": "<!DOCTYPE…", "values": […], …}

Whatever goes wrong is an answer as well: {"kind": "error", "sentence": "…", "line": 3}.

>>> answer('{"tab": "step", "source": "1 +"}', [].append)
'{"kind": "error", "sentence": "program.py line 1 is not a Python program: invalid syntax", "line": 1}'
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import count
from typing import Any

from ..errors import ArgumentError, AutodiffError, ProgramError
from ..render.language import ENGLISH, speaking
from . import tabs
from .program import Ran, require_short, run, write_program

Send = Callable[[str], Any]
EXAMPLES = 60  # programs that the grader draws: enough to name a fault, and quick in a browser
NO_ENGINE = "expected a class with a method backward(), such as class Value; this program has none, or several"
_numbers = count(1)
_last: Ran | None = None


def answer(text: str, send: Send) -> str:
    """The answer to a request; `send` hears {"began": true}, {"output": …}, {"loss": …} and {"examined": …}."""
    request = json.loads(text)
    try:
        with speaking(request.get("language", ENGLISH)):
            found = _answer(request, send)
    except ProgramError as error:
        found = {"kind": "error", "sentence": str(error), "line": error.line}
    except (AutodiffError, MemoryError, RecursionError) as error:
        found = {"kind": "error", "sentence": str(error) or type(error).__name__, "line": None}
    return json.dumps(found)


def _answer(request: dict[str, Any], send: Send) -> dict[str, Any]:
    tab = request["tab"]
    if tab == "quiz":
        return tabs.quiz(request)
    if tab == "grade":
        return grade(request["source"], lambda message: send(json.dumps(message)))
    ran = ran_program(request["source"], lambda message: send(json.dumps(message)), lines=tab != "train")
    found = tabs.TABS[tab](ran, request)
    return found | {"values": ran.values(), "value": ran.name_of(ran.choose(request.get("value", "")))}


def ran_program(source: str, tell: Callable[[dict[str, Any]], Any], lines: bool) -> Ran:
    """The program, run; once, as long as its text stays the same, it came to its end, and its lines are known if asked.

    A training runs without them: they would keep the graph of every step.
    """
    global _last
    if _last is None or _last.source != source or _last.failed or lines and _last.tape is None:
        require_short(source)
        last, _last = _last, None
        if last is not None:
            last.close()
        tell({"began": True})
        hear, hear_loss = (lambda text: tell({"output": text})), (lambda loss: tell({"loss": loss}))
        _last = run(source, hear, hear_loss=hear_loss, lines=lines)
    return _last


def grade(source: str, tell: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """What is right and wrong with the engine that a program defines; each property is told as it is examined."""
    from ..testing.conform.conformance import result_of
    from ..testing.conform.examiner import Exam
    from ..testing.conform.loading import CannotRun
    from ..testing.conform.properties import PROPERTIES
    from ..testing.conform.results import Conformance
    from ..testing.conform.target import find_target
    from ..testing.conform.worker import find_adapter as load

    file = write_program(source, f"engine_{next(_numbers)}")
    target = find_target(str(file))
    if target.path is None:
        raise ArgumentError(NO_ENGINE)
    try:
        engine, notes = load(file, target.name, 5.0, False)
    except CannotRun as error:
        raise ArgumentError(str(error).replace(file.stem, "engine")) from None
    exam, results = Exam(engine, EXAMPLES, 0), []
    for place, each in enumerate(PROPERTIES):
        tell({"examined": each.name, "place": place, "of": len(PROPERTIES)})
        results.append(result_of(exam, each, engine.known))
    report = Conformance(target.name, results, exam.built_on, [*notes, *engine.notes])
    return describe_grade(report, file.stem)


def describe_grade(report: Any, stem: str) -> dict[str, Any]:
    """A report as the page shows it: its headline and text, the line of the first fault, how each property went."""
    states = [
        {"name": each.name, "says": each.says,
         "state": "holds" if each.holds else "waits" if each.skipped else "absent" if each.not_applicable else "fails"}
        for each in report.results
    ]  # fmt: skip
    text = str(report).replace(stem, "engine").replace(" (--all tells each)", "")
    line = re.search(r"engine\.py, line (\d+)", text)
    return {"kind": "report", "headline": report.headline, "text": text, "properties": states, "right": bool(report),
            "line": int(line[1]) if line else None}  # fmt: skip
