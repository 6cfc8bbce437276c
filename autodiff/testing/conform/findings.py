"""What a report says of an engine: a `Finding` for each cause, ranked by how much it matters.

>>> small = Finding("`exp(710.0)` raises", rank=EDGE)
>>> large = Finding("`exp` forgets the upstream gradient", rank=WRONG)
>>> [each.sentence for each in sorted([small, large], key=lambda each: each.rank)]
['`exp` forgets the upstream gradient', '`exp(710.0)` raises']
>>> large.accuses, small.accuses
(True, False)
"""

from __future__ import annotations

from typing import NamedTuple

# In this order: a wrong gradient, a lost one, a wrong order, a wrong value, passes that disturb one another. What comes
# after these is no accusation: what an engine of a student's does not claim to do
WRONG, LOST, ORDER, VALUE, PASS, LIMIT, EDGE, MISSING = range(1, 9)
BEYOND = {LIMIT: "limits", EDGE: "edges", MISSING: "not there"}
UNWRITTEN = NotImplementedError.__name__


class Finding(NamedTuple):
    """One thing that is wrong, in words, with the program that shows it and what else is known of it."""

    sentence: str
    program: str = ""
    rank: int = 0  # that of its property, if none is given
    op: str = ""  # the operation that is at fault, if one is
    result: str = ""  # what the program gives, and what it should give
    line: str = ""  # the line of the engine's source that looks like the cause
    formula: str = ""  # what it should be, in textbook form
    cause: str = ""  # findings with one cause are told once
    follows: tuple[str, ...] = ()  # what comes from the same cause
    shared: bool = False  # whether it is a fault of what all operations share

    @property
    def unwritten(self) -> str:
        """What the engine says is not written yet, if it says so: the text of a NotImplementedError."""
        return self.sentence.partition(f" does not work: {UNWRITTEN}: ")[2]

    @property
    def accuses(self) -> bool:
        """Whether this is a fault of the engine, not a limit that it may well have."""
        return self.rank < LIMIT

    def text(self) -> str:
        """The finding as lines for a reader."""
        lines = [self.sentence, *(f"    {line}" for line in self.program.splitlines())]
        lines += [f"    {self.result}"] * bool(self.result)
        lines += [f"  source: {self.line}"] * bool(self.line)
        lines += [f"  mathematics: {self.formula}"] * bool(self.formula)
        lines += [f"  follows from it: {'; '.join(self.follows)}"] * bool(self.follows)
        return "\n".join(lines)
