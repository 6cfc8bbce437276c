"""Engines as people write them, in seven styles, and faults to plant in each, one substitution at a time.

>>> right = load("closures")
>>> x = right(3.0)
>>> (x * x).backward()
>>> x.grad
6.0
>>> x = load("local_gradients", "tanh: square lost")(0.5)
>>> x.tanh().backwards()
>>> round(x.g, 6), round(1 - x.tanh().v ** 2, 6)
(0.537883, 0.786448)
"""

from __future__ import annotations

import linecache
import sys
from itertools import count
from types import ModuleType
from typing import Any, NamedTuple

from ....door import users_program
from ....errors import ArgumentError
from . import closures, hierarchy, local_gradients, op_strings, recursion, tape, vectors

MODULES = (closures, local_gradients, op_strings, hierarchy, recursion, tape, vectors)
STYLES: dict[str, ModuleType] = {module.__name__.rpartition(".")[2]: module for module in MODULES}
_numbers = count()


class Planted(NamedTuple):
    """A fault in a style of engine: what is substituted, and how the first sentence of a report must begin."""

    style: str
    name: str
    old: str
    new: str
    says: str


PLANTED = tuple(Planted(style, *fault) for style, module in STYLES.items() for fault in module.FAULTS)
DOUBLES = (
    ("closures", "exp forgets the upstream gradient", "* : = for += on its right"),
    ("closures", "tanh: = for +=", "2 / a is a / 2"),
    ("closures", "tanh: = for +=", "* : = for += on its right"),
    ("local_gradients", "exp: its input", "operands in a dict"),
    ("op_strings", "neg: sign lost", "exp: = for +="),
    ("hierarchy", "sigmoid forgets the upstream gradient", "marks after going on"),
    ("recursion", "sqrt: 2 lost", "2 - a is a - 2"),
    ("tape", "cos: sign", "/ : wrong way round"),
    ("vectors", "relu: the wrong side", "mark that outlives the pass"),
)


def source(style: str, *faults: str) -> str:
    """The source of an engine with these faults planted; an `ArgumentError` if there is no such place."""
    text: str = STYLES[style].ENGINE
    for fault in faults:
        each = next(each for each in PLANTED if (each.style, each.name) == (style, fault))
        if text.count(each.old) != 1:
            raise ArgumentError(f"{style}: expected {each.old!r} once in the engine, got {text.count(each.old)} times")
        text = text.replace(each.old, each.new)
    return text


def load(style: str, *faults: str) -> Any:
    """The class of an engine's values, in a module of its own, whose source tracebacks and `inspect` show."""
    text, name = source(style, *faults), f"autodiff_style_{style}_{next(_numbers)}"
    module = sys.modules[name] = ModuleType(name)
    file = module.__file__ = f"<{style}.py {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    users_program(text.encode(), file)(vars(module))
    return getattr(module, STYLES[style].CLASS)
