"""What an examination found: a `Result` for each property, and the findings in order of importance.

>>> found = [Result("operators", "a + b is a + b"), Result("sums", "over paths", [Finding("`*` overwrites", rank=2)])]
>>> print(Conformance("Mine", found))
Mine: 1 of 2 properties hold
<BLANKLINE>
1. `*` overwrites
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .findings import BEYOND, VALUE, Finding
from .locate import find_below

SHOWN = 3  # how many of a kind a line names before it counts


@dataclass(frozen=True)
class Result:
    """One property: what was found against it, and why that is expected of this engine, if it is."""

    name: str
    says: str
    findings: list[Finding] = field(default_factory=list)
    known: str = ""
    seconds: float = 0.0
    skipped: str = ""  # what must be right before this can be examined
    not_applicable: str = ""  # why it does not apply to this engine

    @property
    def differs(self) -> bool:
        """Whether something was found, and is documented of this engine."""
        return bool(self.known and self.findings)

    @property
    def holds(self) -> bool:
        """Whether it was examined and nothing unexpected was found."""
        return self.differs or not (self.findings or self.skipped or self.not_applicable)


@dataclass(frozen=True)
class Conformance:
    """The report on an engine; `built_on` says which of its operations call which others."""

    engine: str
    results: list[Result]
    built_on: Mapping[str, Iterable[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)  # how it was examined, and what ended the examination early

    @property
    def failures(self) -> list[Result]:
        """The properties that were examined and do not hold."""
        return [result for result in self.results if result.findings and not result.holds]

    @property
    def findings(self) -> list[Finding]:
        """What was found, one for each cause, the most important first; what follows from it stands with it."""
        found = list(_gather_unwritten([finding for result in self.failures for finding in result.findings]))
        found.sort(key=lambda finding: finding.rank)
        told: list[Finding] = []
        for place, finding in enumerate(found):
            if not any(self._causes(each, finding, index < place) for index, each in enumerate(found)):
                after = [each.sentence.partition(":")[0] for index, each in enumerate(found)
                         if each is not finding and self._causes(finding, each, place < index)]  # fmt: skip
                told.append(finding._replace(follows=(*finding.follows, *after)))
        return [_tell_unwritten(each) if each.unwritten else each for each in told]

    def _causes(self, first: Finding, then: Finding, before: bool) -> bool:
        """Whether one finding explains another: they share a cause, or the other's operation is built on it."""
        if first.cause and first.cause == then.cause:
            return before
        if not first.accuses or not then.op or not then.accuses or first.op == then.op:
            return False
        lower, values = find_below(self.built_on, then.op), (first.rank == VALUE, then.rank == VALUE)
        if then.op in find_below(self.built_on, first.op) or values == (False, True):
            return False  # neither is below the other, or a wrong derivative would have to explain a wrong value
        return first.op in lower if first.op else bool(lower) and first.shared

    @property
    def sentences(self) -> list[str]:
        """What was found, the most important first."""
        return [finding.sentence for finding in self.findings]

    def __bool__(self) -> bool:
        return all(result.holds for result in self.results if not result.not_applicable)

    @property
    def headline(self) -> str:
        """How many properties hold, and what became of the others."""
        right = sum(result.holds and not result.differs for result in self.results)
        differ = sum(result.differs for result in self.results)
        waiting = sum(bool(result.skipped) for result in self.results)
        absent = sum(bool(result.not_applicable) for result in self.results)
        more = f", {differ} differ{'s' * (differ == 1)} as documented" if differ else ""
        more += f", {waiting} could not be examined" if waiting else ""
        more += f", {absent} do{'es' * (absent == 1)} not apply" if absent else ""
        return f"{self.engine}: {right} of {len(self.results)} properties hold{more}"

    def __str__(self) -> str:
        """For people: what is wrong, the most important first, each with the program that shows it."""
        return self.text()

    def text(self, everything: bool = False) -> str:
        """The report for people; with `everything`, limits, edges and missing features one by one, not as a count."""
        findings = self.findings
        accused = [each for each in findings if each.accuses or everything]
        lines = [self.headline, *(f"({note})" for note in self.notes)]
        for number, finding in enumerate(accused, 1):
            lines += ["", *f"{number}. {finding.text()}".splitlines()]
        if not accused and findings:
            lines += ["", "Nothing is wrong with what it does."]
        beyond = [] if everything else list(self._beyond(findings))
        lines += ["", "Beyond what it claims (--all tells each):", *beyond] if beyond else []
        return "\n".join([*lines, *self._rest(everything)])

    def _beyond(self, findings: list[Finding]) -> Iterator[str]:
        """A line for each kind of what is no fault: limits, edges, and what is not there."""
        for rank, kind in BEYOND.items():
            some = [each.sentence for each in findings if each.rank == rank]
            short = dict.fromkeys(shorten(sentence) for sentence in some)
            more = f"; and {len(short) - SHOWN} more" if len(short) > SHOWN else ""
            if some:
                yield f"  - {kind}: {'; '.join(list(short)[:SHOWN])}{more}"

    def _rest(self, everything: bool) -> Iterator[str]:
        """What could not be examined, and with `everything` what does not apply or is documented."""
        reasons = dict.fromkeys(result.skipped for result in self.results if result.skipped)
        for reason in reasons:
            names = ", ".join(result.name for result in self.results if result.skipped == reason)
            yield f"\nnot examined: {names}: {reason}"
        for result in self.results:
            if everything and result.not_applicable:
                yield f"\n{result.name} does not apply: {result.not_applicable}"
            elif result.differs:
                yield f"\nas documented: {result.name} ({result.known}): {result.findings[0].sentence}"


def _gather_unwritten(found: list[Finding]) -> Iterator[Finding]:
    """Findings that say that the same is not written yet have one cause, in the order in which they were made."""
    accused = {each.unwritten for each in found if each.accuses}
    for each in found:
        rank = VALUE if each.unwritten in accused else each.rank
        yield each._replace(rank=rank, cause=each.unwritten) if each.unwritten else each


def _tell_unwritten(finding: Finding) -> Finding:
    what = finding.sentence.partition(" does not work: ")[0]
    return finding._replace(sentence=f"{what} is not written yet: {finding.unwritten}", result="", line="")


def shorten(sentence: str) -> str:
    """A sentence without its details: what stands before a colon, a bracket or a reason."""
    for mark in (": ", " (", ", because", " does not work", ", and should"):
        sentence = sentence.partition(mark)[0]
    return sentence
