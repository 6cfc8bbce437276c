"""What an examination found: a `Result` for each property, and the whole.

>>> found = [Result("operators", "a + b is a + b"), Result("slopes", "of each operation", [Finding("`a * b`: wrong")])]
>>> print(Conformance("Mine", found))
Mine: 1 of 2 properties hold
<BLANKLINE>
slopes
  - `a * b`: wrong
"""

from dataclasses import dataclass, field

from .examiner import Finding


@dataclass(frozen=True)
class Result:
    """One property: what was found against it, and why that is expected of this engine, if it is."""

    name: str
    says: str
    findings: list[Finding] = field(default_factory=list)
    known: str = ""
    seconds: float = 0.0
    waits: str = ""  # what must be right before this can be examined
    absent: str = ""  # why it does not apply to this engine

    @property
    def differs(self) -> bool:
        """Whether something was found, and is documented of this engine."""
        return bool(self.known and self.findings)

    @property
    def holds(self) -> bool:
        """Whether it was examined and nothing unexpected was found."""
        return self.differs or not (self.findings or self.waits or self.absent)


@dataclass(frozen=True)
class Conformance:
    """The report on an engine."""

    engine: str
    results: list[Result]

    @property
    def failures(self) -> list[Result]:
        """The properties that were examined and do not hold."""
        return [result for result in self.results if result.findings and not result.holds]

    @property
    def sentences(self) -> list[str]:
        """Everything that was found, the most basic first."""
        return [finding.sentence for result in self.failures for finding in result.findings]

    def __bool__(self) -> bool:
        return all(result.holds for result in self.results if not result.absent)

    @property
    def headline(self) -> str:
        """How many properties hold, and what became of the others."""
        right = sum(result.holds and not result.differs for result in self.results)
        differ = sum(result.differs for result in self.results)
        waiting = sum(bool(result.waits) for result in self.results)
        absent = sum(bool(result.absent) for result in self.results)
        more = f", {differ} differ{'s' * (differ == 1)} as documented" if differ else ""
        more += f", {waiting} could not be examined" if waiting else ""
        more += f", {absent} do{'es' * (absent == 1)} not apply" if absent else ""
        return f"{self.engine}: {right} of {len(self.results)} properties hold{more}"

    def __str__(self) -> str:
        """For people: how many properties hold, then what is wrong, with the programs that show it."""
        lines = [self.headline]
        for result in self.results:
            if result.waits:
                lines += ["", f"{result.name}: {result.waits}"]
            elif result.absent:
                lines += ["", f"{result.name}: does not apply, because {result.absent}"]
            elif result.findings:
                reason = f" (known: {result.known})" if result.known else ""
                lines += ["", f"{result.name}{reason}"]
                for finding in result.findings:
                    lines.append(f"  - {finding.sentence}")
                    lines += [f"        {line}" for line in finding.program.splitlines()]
        return "\n".join(lines)
