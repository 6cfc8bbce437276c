"""How to make a value of someone's class from a number, with whatever else its constructor asks for.

>>> class Scalar:
...     def __init__(self, number, label, requires_grad=False):
...         self.number, self.label = number, label
>>> found = find_constructor(Scalar)
>>> found.text, found.make(2.0).number
("Scalar({}, '', requires_grad=True)", 2.0)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ...errors import ArgumentError

V = Any
TEXTS = ("label", "name", "op", "tag", "symbol", "id", "description", "kind")
GROUPS = ("child", "parent", "prev", "input", "operand", "source", "depend", "arg", "pred", "kid")
NUMBERS = ("data", "value", "val", "v", "x", "number", "num", "primal", "values")


class Constructor(NamedTuple):
    """How a value is made of a number: by a function, and as one types it; and a value made so."""

    make: Callable[[float], V]
    text: str
    sample: V
    notes: list[str] = []


def find_constructor(Value: type, given: Any = None) -> Constructor:
    """The first way of calling the class, or the function given, that makes a value of 2.0."""
    name = getattr(given, "__name__", "make") if given else Value.__name__
    first: Exception | None = None
    for make, text in _ways(given or Value, name):
        try:
            sample = make(2.0)
        except Exception as error:
            first = first or error
            continue
        notes = ["made with requires_grad=True, which is not its default"] if "requires_grad" in text else []
        return Constructor(make, text, sample, notes)
    raise ArgumentError(
        f"{name}(2.0) raises {type(first).__name__}: {first}; expected a value made from a number, "
        "or pass make=function"
    ) from first


def _ways(make: Callable[..., V], name: str) -> Iterator[tuple[Callable[[float], V], str]]:
    """Ways to call a constructor: the number alone, with what its signature asks for, and as an array."""
    before, after, asked = _arguments(make)
    if before or after or asked:
        yield (lambda x: make(*before, x, *after, **asked)), f"{name}({_typed(before, after, asked)})"
    yield make, f"{name}({{}})"
    yield (lambda x: make([x])), f"{name}([{{}}])"
    yield (lambda x: make(_array(x))), f"{name}(numpy.array({{}}))"


def _array(x: float) -> Any:
    import numpy

    return numpy.array(x)


def _arguments(make: Callable[..., V]) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """What a signature asks for before and after the number, and by keyword."""
    try:
        parameters = list(inspect.signature(make).parameters.values())
    except (ValueError, TypeError):
        return [], [], {}
    plain = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    required = [each for each in plain if each.default is each.empty]
    place = next((i for i, each in enumerate(required) if each.name.strip("_").lower() in NUMBERS), 0)
    filled = [_filling(each) for each in required]
    keywords = [each for each in parameters if each.kind is each.KEYWORD_ONLY and each.default is each.empty]
    asked = {each.name: _filling(each) for each in keywords}
    asked |= {each.name: True for each in parameters if each.name == "requires_grad" and each.default is False}
    return filled[:place], filled[place + 1 :], asked


def _filling(parameter: inspect.Parameter) -> Any:
    """Something harmless for an argument, by what its name says it is."""
    name = parameter.name.lower()
    if "requires" in name:
        return True
    if any(word in name for word in GROUPS):
        return ()
    if any(word in name for word in TEXTS):
        return ""
    return 0.0 if "grad" in name and "fn" not in name and "func" not in name else None


def _typed(before: list[Any], after: list[Any], asked: dict[str, Any]) -> str:
    words = [*map(repr, before), "{}", *map(repr, after), *(f"{name}={value!r}" for name, value in asked.items())]
    return ", ".join(words)
