"""Which class is to be graded: the one that is named, or the one class with a backward pass among some files.

>>> find_target("no/such/engine.py:Value")
Target(path=None, name='', cannot='there is no file no/such/engine.py')
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ...door import syntax
from ..engines.attributes import BACKWARD
from ..engines.backwards import FUNCTIONS
from .notebooks import SUFFIX, python_of


class Target(NamedTuple):
    """The file and the class to grade, or why there is none."""

    path: Path | None
    name: str
    cannot: str = ""


def find_target(text: str, patterns: Iterable[str] = ()) -> Target:
    """`engine.py:Value`, or a file or folder in which one class has a backward pass; `patterns` choose among files."""
    place, colon, name = text.rpartition(":")
    if not colon or not name.isidentifier():
        place, name = text, ""
    path = Path(place)
    if not path.exists():
        return Target(None, "", f"there is no file {place}")
    files = _files(path, list(patterns)) if path.is_dir() else [path]
    if not files:
        return Target(None, "", f"no file in {place} fits {', '.join(patterns) or '*.py'}")
    found = [(file, each) for file in files for each in _classes(file) if not name or each == name]
    found = found or [(file, each) for file in files for each in _classes(file, arithmetic=True) if not name]
    if name and len(files) == 1:
        return Target(files[0], name)
    if len(found) == 1:
        return Target(*found[0])
    names = ", ".join(f"{file.name}:{each}" for file, each in found) or "none has"
    return Target(None, "", f"expected one class with a backward pass, as in path/to/engine.py:Value; {names}")


def _files(folder: Path, patterns: list[str]) -> list[Path]:
    """The files that fit, but for hidden and installed ones; without a pattern those of Python, or else notebooks."""
    for some in [patterns] if patterns else [["*.py"], [f"*{SUFFIX}"]]:
        found = sorted({file for each in some for file in folder.rglob(each) if file.is_file()})
        own = [file for file in found if not any(map(_is_foreign, file.relative_to(folder).parts))]
        if own:
            return own
    return []


def _is_foreign(name: str) -> bool:
    return name.startswith(".") or name in ("site-packages", "__pycache__", "node_modules")


def _classes(file: Path, arithmetic: bool = False) -> Iterator[str]:
    """The classes of a file that have a backward pass of a usual name, or arithmetic; the file is not run."""
    try:
        tree = syntax(python_of(file.read_text("utf8")) if file.suffix == SUFFIX else file.read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            methods = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
            is_rule = {"forward", "apply"} & methods  # one operation, in a hierarchy of them
            has_arithmetic = bool(methods & {"__add__", "__mul__"})
            has_pass = methods & set(BACKWARD) or (has_arithmetic and methods & set(FUNCTIONS))
            if (has_arithmetic if arithmetic else has_pass) and not (is_rule and "__add__" not in methods):
                yield node.name
