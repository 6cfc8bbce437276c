"""Names that may have been meant by one that there is not.

>>> nearest("gren", ["green", "red"])
"did you mean 'green'?"
>>> hint("gren", ["green", "red"]), hint("x", ["green", "red"])
("did you mean 'green'? There are: green, red", 'there are: green, red')
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def nearest(name: str, names: Iterable[str]) -> str:
    """The question whether the nearest of the names was meant; "" where none is near."""
    near = get_close_matches(name, list(names), n=1)
    return f"did you mean {near[0]!r}?" if near else ""


def hint(name: str, names: Sequence[str], aliases: Iterable[str] = ()) -> str:
    """That question, which may also name an alias, and all the names that there are."""
    question, there = nearest(name, [*names, *aliases]), f"here are: {', '.join(names)}"
    return f"{question} T{there}" if question else f"t{there}"
