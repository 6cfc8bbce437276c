"""Wrong engines, each made from this one by a single substitution, to see whether tests notice.

A mutant is a change of one row of the table, or of one piece of source text, and the sentence in which `conformance`
should name it. `load(mutant)` gives the engine: a copy of the library's own modules with that one thing changed.

>>> wrong = load(MUTANTS["mul: own data"])
>>> x, y = wrong.Value(2.0), wrong.Value(5.0)
>>> (x * y).backward()
>>> x.grad                                          # 5.0 would be right
2.0
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from ...errors import ArgumentError
from ...ops import TABLE
from ..engines.adapter import Adapter
from .catalogue import ROWS, TEXTS
from ..engines.detect import of_library

PACKAGE = Path(__file__).resolve().parents[2]
PREFIX = "autodiff_mutant_"


class Mutant(NamedTuple):
    """A wrong engine: which module changes and how, what a report should say of it, where such a bug was seen."""

    name: str
    module: str
    old: str
    new: str
    says: str
    seen: str


class Engine(NamedTuple):
    """The parts of a loaded mutant that one uses."""

    Value: type
    functions: ModuleType
    adapter: Adapter


def _of_row(name: str, row: str, changes: dict[Any, Any], says: str, seen: str) -> Mutant:
    """A row of the table with another formula or another slope: {"formula": …} or {0: …, 1: …}."""
    slopes = tuple([changes.get(index, slope) for index, slope in enumerate(TABLE[row].slopes)])
    formula = changes.get("formula", TABLE[row].formula)
    line = f"TABLE[{row!r}] = check_row(TABLE[{row!r}]._replace(formula={formula!r}, slopes={slopes!r}))"
    return Mutant(name, "ops", "", line, says, seen)


MUTANTS = {row[0]: _of_row(*row) for row in ROWS} | {text[0]: Mutant(*text) for text in TEXTS}


def source(mutant: Mutant) -> str:
    """The source of the changed module; an `ArgumentError` if the text to change is no longer there."""
    text = (PACKAGE / f"{mutant.module}.py").read_text(encoding="utf8")
    if not mutant.old:
        return f"{text}\n{mutant.new}\n"
    if mutant.old not in text:
        raise ArgumentError(f"mutant {mutant.name!r}: expected {mutant.old!r} in {mutant.module}.py, which has changed")
    return text.replace(mutant.old, mutant.new)


@cache
def load(mutant: Mutant) -> Engine:
    """The engine with the mutation, as modules of its own; the library itself is untouched."""
    package = PREFIX + mutant.name.encode().hex()
    root = ModuleType(package)
    root.__path__ = [str(PACKAGE)]
    vars(root)["engine"] = "python"  # mutations are of its text
    sys.modules[package] = root
    finder = _Finder(package, mutant)
    sys.meta_path.insert(0, finder)
    try:
        functions = import_module(f"{package}.functions")
        Value = import_module(f"{package}.value").Value
    finally:
        sys.meta_path.remove(finder)
    return Engine(Value, functions, of_library(Value, functions))


class _Finder(MetaPathFinder, InspectLoader):
    """Finds the modules of one mutant: the library's own source, but for the one that is changed."""

    def __init__(self, package: str, mutant: Mutant) -> None:
        self.package, self.mutant = package, mutant

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        if package != self.package or not (PACKAGE / f"{name}.py").exists():
            return None
        spec = spec_from_loader(fullname, self, origin=str(PACKAGE / f"{name}.py"))
        if spec is not None:
            spec.has_location = True  # so that the module has a __file__
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def get_source(self, fullname: str) -> str:
        name = fullname.rpartition(".")[2]
        return source(self.mutant) if name == self.mutant.module else (PACKAGE / f"{name}.py").read_text("utf8")
