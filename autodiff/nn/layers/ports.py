"""The inputs, or the outputs, of a model: one, a list, or a dict by name; and where each stands in one flat row.

>>> from autodiff import nn
>>> ports = Ports("inputs", [nn.Input(2, name="left"), nn.Input(1)], ["left", "right"])
>>> ports.split([1.0, 2.0, 3.0]), ports.choose({"right": "R", "left": "L"}, "x")
([[1.0, 2.0], [3.0]], ['L', 'R'])
>>> ports.pack(["a", "b"])
['a', 'b']
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import prod
from typing import Any

from ...errors import ArgumentError, OperandError, shown
from .symbol import Symbol


class Ports:
    """Symbols with their names; a dict gives the names, otherwise they are those that `names` has for them."""

    def __init__(self, what: str, given: Any, names: Sequence[str]) -> None:
        self.form = "dict" if isinstance(given, Mapping) else "list"
        self.symbols = list_symbols(what, given)
        if self.form == "list" and len(self.symbols) == 1:
            self.form = "one"  # as in Keras, a list of one is that one
        self.names = list(given) if self.form == "dict" else list(names)
        if len(set(self.names)) < len(self.names):
            raise ArgumentError(f"Model: {what}: expected names that differ, got {', '.join(self.names)}")
        self.sizes = [prod(symbol.shape) for symbol in self.symbols]

    def split(self, row: list[Any]) -> list[list[Any]]:
        """The part of a flat row that belongs to each."""
        return [row[part] for part in self.slices()]

    def slices(self) -> list[slice]:
        """Where each stands in a flat row."""
        return [slice(end - size, end) for size, end in zip(self.sizes, accumulate(self.sizes))]

    def pack(self, parts: Sequence[Any]) -> Any:
        """One thing for each, in the form of the model: the thing itself, a list, or a dict."""
        return dict(zip(self.names, parts)) if self.form == "dict" else list(parts) if self.form == "list" else parts[0]

    def choose(self, given: Any, what: str, optional: Sequence[str] = ()) -> list[Any]:
        """One thing for each, from a list in their order or a dict by their names; None for an optional one."""
        if self.form == "one" and not isinstance(given, Mapping):
            return [given]
        return by_name(what, given, self.names, optional)


def by_name(what: str, given: Any, names: Sequence[str], optional: Sequence[str] = ()) -> list[Any]:
    """One thing for each name, from a list in their order or a dict by them; None for an optional one."""
    if isinstance(given, Mapping):
        wrong = [name for name in given if name not in names]
        wrong += [name for name in names if name not in given and name not in optional]
        if not wrong:
            return [given.get(name) for name in names]
        expected = f"a dict with {', '.join(names)}"
        raise ArgumentError(f"{what}: expected {expected}, got one with {', '.join(map(str, given)) or 'nothing'}")
    if not isinstance(given, (list, tuple)) or len(given) != len(names):
        got = f"{len(given)} of them" if isinstance(given, (list, tuple)) else shown(given)
        expected = f"a list of {len(names)}, for {', '.join(names)}, or a dict by these names"
        raise ArgumentError(f"{what}: expected {expected}, got {got}")
    return list(given)


def list_symbols(what: str, given: Any) -> list[Symbol]:
    """Symbols from one, a list, or a dict of them."""
    given = list(given.values()) if isinstance(given, Mapping) else given
    found = list(given) if isinstance(given, (list, tuple)) else [given]
    for symbol in found:
        if not isinstance(symbol, Symbol):
            raise OperandError(f"Model: {what}: expected what Input or a layer returned, got {shown(symbol)}")
    if not found:
        raise ArgumentError(f"Model: {what}: expected at least one, got {shown(given)}")
    return found


def number_names(names: Sequence[str]) -> list[str]:
    """Names, each after the first of its kind with a number.

    >>> number_names(["a", "b", "a"])
    ['a', 'b', 'a_1']
    """
    return [f"{name}_{earlier}" if (earlier := names[:place].count(name)) else name for place, name in enumerate(names)]
