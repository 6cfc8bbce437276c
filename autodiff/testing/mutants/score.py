"""Which mutants the conformance report kills, and whether it says why: the table in docs/mutants.md.

Run it as `python -m autodiff.testing.mutants.score docs/mutants.md docs/faults-named.md`.
"""

import sys
from collections.abc import Iterable
from typing import NamedTuple

from ...files import write_whole
from ..conform.conformance import conformance
from .styles import DOUBLES, PLANTED
from .styles import load as load_style
from .wrong_engines import MUTANTS, Mutant, load
from ..conform.properties import PROPERTIES

HEAD = """# Wrong engines, and what is said of them

Each line is an engine with one thing wrong, made from this one by a single substitution; the report is what
`conformance` says first. "killed by" names the properties that fail. The last column is where such a bug was seen, as
owner/repository#issue on GitHub or as a package and version; "a wrong slope of tan: …" is one of the same rule whose
kind is another, or is not told. Made by
`python -m autodiff.testing.mutants.score docs/mutants.md docs/faults-named.md`.

| wrong engine | the report's first sentence | killed by | seen in |
|---|---|---|---|
"""


class Verdict(NamedTuple):
    """What became of a mutant."""

    mutant: Mutant
    sentences: list[str]
    properties: list[str]

    @property
    def killed(self) -> bool:
        return bool(self.sentences)

    @property
    def named(self) -> bool:
        """Whether the first sentence is the right one."""
        return self.killed and self.mutant.says in self.sentences[0]


def verdict(mutant: Mutant, drawn: bool = False) -> Verdict:
    """The conformance report on a mutant; `drawn` also draws random programs, which takes seconds."""
    names = [each.name for each in PROPERTIES if drawn or each.name != "drawn programs"]
    report = conformance(load(mutant).adapter, properties=names)
    return Verdict(mutant, report.sentences, [result.name for result in report.failures])


def as_markdown(verdicts: Iterable[Verdict]) -> str:
    """The table of mutants, each with its diagnosis."""
    rows, verdicts = [], list(verdicts)
    for each in verdicts:
        sentence = each.sentences[0].replace("|", "\\|") if each.killed else "**survives**"
        rows.append(f"| {each.mutant.name} | {sentence} | {', '.join(each.properties)} | {each.mutant.seen} |")
    killed, named = sum(each.killed for each in verdicts), sum(each.named for each in verdicts)
    last = f"Of {len(verdicts)} wrong engines {killed} are killed and {named} named rightly."
    return HEAD + "\n".join([*rows, "", last, ""])


NAMED = """# What is said of a fault first

Engines in seven styles, each with one fault planted, and the first sentence of the report on it; then pairs of faults,
with the first three. Made by `python -m autodiff.testing.mutants.score docs/mutants.md docs/faults-named.md`.

| style | fault | the report's first sentence |
|---|---|---|
"""


def first_sentences(style: str, *faults: str) -> list[str]:
    """What a report on an engine accuses it of, the most important first."""
    names = [each.name for each in PROPERTIES if each.name != "drawn programs"]
    report = conformance(load_style(style, *faults), properties=names)
    return [each.sentence for each in report.findings if each.accuses]


def named_as_markdown() -> str:
    """The table of engines in seven styles."""
    rows, named = [], 0
    for each in PLANTED:
        said = first_sentences(each.style, each.name)
        named += said[0].startswith(each.says) if said and each.says else not said and not each.says
        shown = said[0].replace("|", "\\|") if said else "nothing: it is examined with requires_grad=True"
        rows.append(f"| {each.style} | {each.name} | {shown} |")
    last = f"Of {len(PLANTED)} engines {named} are named rightly in the first sentence."
    head, pairs = "| style | faults | the first three sentences |\n|---|---|---|", list[str]()
    for style, one, two in DOUBLES:
        together = "; ".join(first_sentences(style, one, two)[:3]).replace("|", "\\|")
        pairs.append(f"| {style} | {one}, and {two} | {together} |")
    return NAMED + "\n".join([*rows, "", last, "", head, *pairs, ""])


if __name__ == "__main__":
    write_whole(sys.argv[1], as_markdown(map(verdict, MUTANTS.values())))
    write_whole(sys.argv[2], named_as_markdown())
