"""Things that go by a name: activations, losses, optimizers, metrics; a misspelt name is answered with the nearest one.

>>> colours = Registry("a colour", {"red": 1, "green": 2}, aliases={"r": "red"})
>>> colours.find("R"), colours.names()
(1, ['green', 'red'])
>>> colours.find("gren")
Traceback (most recent call last):
autodiff.errors.ArgumentError: expected the name of a colour, got 'gren' (str): did you mean 'green'? There are: ...
"""

from collections.abc import Mapping
from typing import Generic, TypeVar

from ..errors import ArgumentError, shown
from ..suggest import hint
from .keywords import snake_case

T = TypeVar("T")


class Registry(Generic[T]):
    """Entries by name; `kind` says in an error what the names are names of, as in "a loss".

    `instead` says of names that others have what to write here.
    """

    def __init__(self, kind: str, entries: Mapping[str, T], aliases: Mapping[str, str] | None = None,
                 instead: Mapping[str, str] | None = None) -> None:  # fmt: skip
        self.kind = kind
        self.entries = dict(entries)
        self.aliases = dict(aliases or {})
        self.instead = dict(instead or {})

    def names(self) -> list[str]:
        """The names, sorted, without their aliases."""
        return sorted(self.entries)

    def find(self, name: str) -> T:
        """The entry of that name, in any case, or an `ArgumentError` that offers the nearest names."""
        key = self.key(name)
        if key in self.entries:
            return self.entries[key]
        there = f"write {self.instead[key]}" if key in self.instead else hint(key, self.names(), self.aliases)
        raise ArgumentError(f"expected the name of {self.kind}, got {shown(name)}: {there}")

    def key(self, name: str) -> str:
        """The name under which an entry stands, from any way to write it."""
        key = name.strip().lower().replace("-", "_").replace(" ", "_")
        if key not in self.entries and key not in self.aliases:  # perhaps as the class is written: MeanSquaredError
            key = snake_case(name.strip()).replace("-", "_").replace(" ", "_")
        return self.aliases.get(key, key)

    def name_of(self, entry: object) -> str | None:
        """The name that finds the entry, or None for a stranger."""
        return next((name for name, known in self.entries.items() if known is entry), None)
