"""Look for a program on which two routes disagree, for so long; what is found is made as small as it gets.

>>> report = search(seconds=60, most=20, seed=1, routes=["grad", "jvp"])
>>> report.programs + report.unusable, report.findings
(20, [])
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .choices import Choices, shorten
from .drawing import draw_program
from .models import MODEL_ROUTES, ModelTrial, draw_model
from .reduce import reduce_program
from .routes import ROUTES, SLOW
from .row import Unusable
from .trial import Complaint, Trial


class Kind(NamedTuple):
    """What is drawn, how it is tried, and its routes: the slow ones are taken once in `rarely` programs."""

    draw: Callable[[Choices], Any]
    trial: Callable[[Any], Any]
    routes: Sequence[str]
    slow: Sequence[str]
    rarely: int = 40
    reduce: Callable[[Any, Callable[[Any], bool]], Any] = lambda subject, fails: subject


PROGRAMS = Kind(draw_program, Trial, [name for name in ROUTES if name not in SLOW], SLOW, reduce=reduce_program)

MODELS = Kind(draw_model, ModelTrial, list(MODEL_ROUTES), ())


class Finding(NamedTuple):
    """A disagreement: the seed that found it, the smallest program, and what is wrong."""

    seed: str
    subject: Any
    complaint: Complaint

    def __str__(self) -> str:
        return f"{self.subject}\n\n# {self.complaint.route}: {self.complaint.text}\n# found by {self.seed}"


@dataclass
class Report:
    """How much was tried, and what was found: one finding for each sentence, numbers aside."""

    programs: int = 0
    unusable: int = 0
    answers: int = 0
    excused: int = 0
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    repeated: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __str__(self) -> str:
        found = f"{len(self.findings)} kinds of disagreement" if self.findings else "no disagreement"
        return (f"{self.programs} programs, {self.answers} answers, in {self.seconds:.0f} s: {found}; {self.unusable} "
                f"were no programs, {self.excused} numbers may be anything by rounding")  # fmt: skip


def search(seconds: float, seed: object = 0, routes: Sequence[str] | None = None, most: int | None = None,
           kind: Kind = PROGRAMS, tell: Callable[[Report], None] = lambda report: None, shrink: bool = True,
           stop: int = 20) -> Report:  # fmt: skip
    """Try programs for so many seconds, or so many programs, or until so many kinds of disagreement are found."""
    report, start, index, known = Report(), time.monotonic(), 0, set[tuple[str, str]]()
    while report.seconds < seconds and (most is None or index < most) and len(report.findings) < stop:
        choices = Choices(f"{seed} {index}")
        slow = kind.slow if index % kind.rarely == kind.rarely - 1 else ()
        for complaint in _complaints(kind, kind.draw(choices), routes or [*kind.routes, *slow], report):
            key = kind_of(complaint)
            report.repeated[key] += 1
            if key not in known:
                known.add(key)
                report.findings.append(_finding(kind, f"seed {seed}, number {index}", choices.made, complaint, shrink))
        index += 1
        report.seconds = time.monotonic() - start
        tell(report)
    return report


def _complaints(kind: Kind, subject: Any, routes: Sequence[str], report: Report) -> Iterator[Complaint]:
    """What is wrong with a program."""
    try:
        trial = kind.trial(subject)
    except Unusable:
        report.unusable += 1
        return
    except Exception as error:
        yield Complaint("eager", f"eager raises {type(error).__name__}: {error}")
        return
    yield from trial.complaints(routes)
    report.programs += 1
    report.answers += len(routes)
    report.excused += trial.excused


def kind_of(complaint: Complaint) -> tuple[str, str]:
    """The route and the sentence without its numbers and names: what a finding is known by."""
    text = re.sub(r"\w*\d[\w.+-]*|\b(inf|nan|True|False)\b", "#", complaint.text.partition(", apart")[0])
    route = "" if text.startswith("raises") else complaint.route  # a crash is one finding, whichever way it is met
    return route, re.sub(r"(# ?)+|^\w+(?=[, ])", "# ", text)[:60]


def _smallest(kind: Kind, made: Sequence[int], complaint: Complaint) -> Any:
    """A smaller program on which the same route says the same: from fewer choices, and then line by line."""
    wanted, routes = kind_of(complaint), [complaint.route]

    def fails(subject: Any) -> bool:
        return any(kind_of(each) == wanted for each in _complaints(kind, subject, routes, Report()))

    best = kind.draw(Choices(given=shorten(made, lambda made: fails(kind.draw(Choices(given=made))), 200)))
    return kind.reduce(best, fails)


def _finding(kind: Kind, seed: str, made: list[int], complaint: Complaint, shrink: bool) -> Finding:
    """With the complaint as it is of the program that is left."""
    subject = _smallest(kind, made, complaint) if shrink else kind.draw(Choices(given=made))
    found = list(_complaints(kind, subject, [complaint.route], Report()))
    return Finding(seed, subject, found[0] if found else complaint)
