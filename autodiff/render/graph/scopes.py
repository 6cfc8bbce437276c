"""Which neuron, layer or named scope each node belongs to: found when a drawing asks, so that nothing is kept before.

A parameter's name is the way to it, "layers[0].neurons[3].w[1]", and so is the name of what ran inside a `scope`. The
rest follows: an operation belongs where its parameters do; what has none of its own, and lies before further
parameters, belongs where its operands do; and at the end of a network the first function after the parameters still
does (the activation of the output), but the loss that follows does not. A second model's layers are "layers[0] #2".

>>> from autodiff import Value
>>> w = Value(2.0, name="layers[0].w")
>>> y = (w * 3.0).tanh()
>>> loss = (y - 1.0) ** 2
>>> [paths([w, y.parents[0], y, loss.parents[0], loss])[v] for v in (w, y, loss)]
[('layers[0]',), ('layers[0]',), ()]
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Sequence
from functools import lru_cache

from ...ops import TABLE
from ...scoping import PATH
from ...value import Value
from .model_scopes import later_models
from .picture import Path

DEEPEST = 8  # scopes within scopes: more could not be drawn
LONGEST = 200  # characters of a name that may be a path


def paths(order: Sequence[Value]) -> dict[Value, Path]:
    """The path of each node of an ordered graph; the empty path for what stands in no scope."""
    found = {v: path_of_name(v.name) for v in order if v.name is not None and v.op != "constant"}
    plain = {v: path for v, path in found.items() if path and not v.parents}
    own = plain | {v: (f"{plain[v][0]} #{n}", *plain[v][1:]) for v, n in later_models(order, plain).items()}
    found |= own
    before = before_parameters(order, own)
    for v in order:
        if not v.parents:
            found.setdefault(v, ())
            continue
        outer = found.get(v, ())
        names = plain if outer else own  # a scope tells namesakes apart better than numbers do
        mine = {names[p] for p in v.parents if p in names}
        inner = common(mine) if mine else inherit(v, found, own, before)
        found[v] = inner if inner[: len(outer)] == outer else outer + inner
        if outer and mine:
            found.update((p, outer + plain[p]) for p in v.parents if p in plain)
    return found


def path_of_name(name: str) -> Path:
    """The scopes that a name lies in.

    >>> path_of_name("layers[0].neurons[3].w[1]"), path_of_name("w"), path_of_name("1.5 apples")
    (('layers[0]', 'neurons[3]'), (), ())
    """
    scopes, _, last = name.rpartition(".")
    return split(scopes) if scopes and last and len(name) <= LONGEST else ()


@lru_cache(4096)
def split(scopes: str) -> Path:
    steps = tuple(re.split(r"\.(?![^\[]*\])", scopes))
    return steps[:DEEPEST] if PATH.fullmatch(scopes) else ()


def common(found: set[Path]) -> Path:
    """The scope that all of these paths share."""
    return next(iter(found)) if len(found) == 1 else tuple(os.path.commonprefix(list(found)))


def before_parameters(order: Sequence[Value], own: dict[Value, Path]) -> set[Value]:
    """The operations whose result meets further parameters on its way to the output."""
    before: set[Value] = set()
    for v in reversed(order):
        if v.parents and (v in before or any(p in own for p in v.parents)):
            before.update(p for p in v.parents if p.parents)
    return before


def inherit(v: Value, found: dict[Value, Path], own: dict[Value, Path], before: set[Value]) -> Path:
    """The scope of an operation without parameters of its own: that of its operands, if it is still part of it."""
    operands = [p for p in v.parents if p.op != "constant"]
    if v in before:
        return common({found[p] for p in operands if found[p]} or {()})
    is_activation = len(operands) == 1 and not TABLE[v.op].is_operator and any(p in own for p in operands[0].parents)
    return found[operands[0]] if is_activation else ()
