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
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ...errors import ArgumentError

V = Any
TEXTS = ("label", "name", "op", "tag", "symbol", "id", "description", "kind")
GROUPS = ("child", "parent", "prev", "input", "operand", "source", "depend", "arg", "pred", "kid")
NUMBERS = ("data", "value", "val", "v", "x", "number", "num", "primal", "values")


class Filled(NamedTuple):
    """What is given for an argument, as one types it, and the line that has to stand before."""

    value: Any
    text: str
    line: str = ""


class Constructor(NamedTuple):
    """How a value is made of a number: by a function, and as one types it; and a value made so."""

    make: Callable[[float], V]
    text: str
    sample: V
    notes: list[str] = []
    helpers: tuple[Filled, ...] = ()


def find_constructor(Value: type, given: Any = None) -> Constructor:
    """The first way of calling the class, or the function given, that makes a value of 2.0."""
    name = getattr(given, "__name__", "make") if given else Value.__name__
    first: Exception | None = None
    arguments = _arguments(given or Value)
    helpers = tuple(each for each in (*arguments[0], *arguments[1], *arguments[2].values()) if each.line)
    for make, text in _ways(given or Value, name, *arguments):
        try:
            sample = make(2.0)
        except Exception as error:
            first = first or error
            continue
        notes = ["made with requires_grad=True, which is not its default"] if "requires_grad" in text else []
        return Constructor(make, text, sample, notes, helpers)
    raise ArgumentError(
        f"{name}(2.0) raises {type(first).__name__}: {first}; expected a value made from a number, "
        "or pass make=function"
    ) from first


def _ways(
    make: Callable[..., V], name: str, before: list[Filled], after: list[Filled], asked: dict[str, Filled]
) -> Iterator[tuple[Callable[[float], V], str]]:
    """Ways to call a constructor: the number alone, with what its signature asks for, and as an array."""
    if before or after or asked:
        first, last = [each.value for each in before], [each.value for each in after]
        named = {key: each.value for key, each in asked.items()}
        yield (lambda x: make(*first, x, *last, **named)), f"{name}({_type_arguments(before, after, asked)})"
    yield make, f"{name}({{}})"
    yield (lambda x: make([x])), f"{name}([{{}}])"
    yield (lambda x: make(_array(x))), f"{name}(numpy.array({{}}))"
    yield (lambda x: make(_array([x]))), f"{name}(numpy.array([{{}}]))"


def _array(x: Any) -> Any:
    import numpy

    return numpy.array(x)


def _arguments(make: Callable[..., V]) -> tuple[list[Filled], list[Filled], dict[str, Filled]]:
    """What a signature asks for before and after the number, and by keyword."""
    try:
        parameters = list(inspect.signature(make).parameters.values())
    except (ValueError, TypeError):
        return [], [], {}
    plain = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    required = [each for each in plain if each.default is each.empty]
    place = next((i for i, each in enumerate(required) if each.name.strip("_").lower() in NUMBERS), 0)
    filled = [_helper(each, make) or _type_out(_filling(each)) for each in required]
    keywords = [each for each in parameters if each.kind is each.KEYWORD_ONLY and each.default is each.empty]
    asked = {each.name: _helper(each, make) or _type_out(_filling(each)) for each in keywords}
    grads = [each.name for each in parameters if each.name == "requires_grad" and each.default is False]
    asked |= {name: _type_out(True) for name in grads}
    return filled[:place], filled[place + 1 :], asked


def _type_out(value: Any) -> Filled:
    return Filled(value, repr(value))


def _helper(parameter: inspect.Parameter, make: Callable[..., V]) -> Filled | None:
    """An object of the class of that name beside the engine's, such as the tape that all values are recorded on."""
    name = parameter.name.strip("_")
    for key, each in names_in_module(make).items():
        if isinstance(each, type) and each is not make and key.lower() == name.lower():
            try:
                return Filled(each(), name, f"{name} = {key}()")
            except Exception:
                return None
    return None


def names_in_module(thing: Any) -> dict[str, Any]:
    """Find what stands in the module of a class or function."""
    return vars(sys.modules[thing.__module__]) if thing.__module__ in sys.modules else {}


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


def _type_arguments(before: list[Filled], after: list[Filled], asked: dict[str, Filled]) -> str:
    words = [*(each.text for each in before), "{}", *(each.text for each in after)]
    return ", ".join([*words, *(f"{name}={each.text}" for name, each in asked.items())])
