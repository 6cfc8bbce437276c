"""A model that may change, watched: whether a program that was recorded of it still does what it does.

>>> model = [1.0, {"rate": 0.5}]
>>> watched = Watched()
>>> watched.keep(model)
>>> model[1]["rate"] = 0.25
>>> watched.changed(model)
True
>>> watched.keep(model)
>>> watched.changed(model)
False
"""

from operator import is_
from types import FunctionType
from typing import Any

from ... import native
from ...value import Value
from .parts import Parts, container_of, keeps_elsewhere, parts, take_apart


class Watched:
    """What stood in a model when it was kept: asking is quick as long as the very same objects stand in it.

    It does not hold the model itself, only what stands in it, so the model may leave; a function is held.
    """

    known: list[Any] | None = None

    def keep(self, model: Any) -> None:
        """Remember the model as it is now."""
        self.known, things = take_apart(model)
        self.containers = [held for thing, _ in things if (held := container_of(thing)) is not None]
        self.before = [held.copy() for held in self.containers]  # which keeps what they hold, whose addresses are noted
        self.others = [(thing, made) for thing, made in things if keeps_elsewhere(thing)
                       and (thing is not model or isinstance(thing, FunctionType))]  # fmt: skip
        self.compare = [same_values if type(held) is list and {*map(type, held)} == {Value} else same_items
                        for held in self.before]  # fmt: skip
        self.note = None if native.module is None else native.module.note_items(self.containers)

    def changed(self, model: Any) -> bool:
        """Whether its results may be others than those of the model that was kept, or none was."""
        if self.known is None:
            return True
        if self.holds_the_same():
            return False
        if take_apart(model)[0] != self.known:
            return True
        self.keep(model)
        return False

    def holds_the_same(self) -> bool:
        """Whether the very same objects stand in the same places."""
        if self.note is None:
            held = all(same(now, before) for same, now, before in zip(self.compare, self.containers, self.before))
        else:
            held = native.module.hold_noted(self.containers, self.note)
        return held and all(same_parts(parts(thing), made) for thing, made in self.others)


def same_values(held: list[Any], before: list[Value]) -> bool:
    """The same for a list of Values, which are equal to themselves alone: as quick as Python compares lists."""
    try:
        return held == before
    except Exception:  # of a stranger in the list, such as an array, whose == has no single truth
        return False


def same_items(held: Any, before: Any) -> bool:
    """Whether the very same objects stand in two lists or two dicts.

    >>> same_items({"a": 0.0}, {"a": -0.0})
    False
    """
    if len(held) != len(before) or not all(map(is_, held, before)):
        return False
    return not isinstance(held, dict) or all(map(is_, held.values(), before.values()))


def same_parts(now: Parts, before: Parts) -> bool:
    """Whether a thing is what it was, and the very same objects stand in it.

    >>> numbers = {1.5}
    >>> before = parts(numbers)
    >>> same = same_parts(parts(numbers), before)
    >>> numbers.add(2.5)
    >>> same, same_parts(parts(numbers), before)
    (True, False)
    """
    return bool(now[0] == before[0]) and same_items(now[1], before[1])
