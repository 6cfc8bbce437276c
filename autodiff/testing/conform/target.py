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
    files = _files(path, list(patterns) or ["*.py"]) if path.is_dir() else [path]
    if not files:
        return Target(None, "", f"no file in {place} fits {', '.join(patterns) or '*.py'}")
    found = [(file, each) for file in files for each in _classes(file) if not name or each == name]
    if name and len(files) == 1:
        return Target(files[0], name)
    if len(found) == 1:
        return Target(*found[0])
    names = ", ".join(f"{file.name}:{each}" for file, each in found) or "none has"
    return Target(None, "", f"expected one class with a backward pass, as in path/to/engine.py:Value; {names}")


def _files(folder: Path, patterns: list[str]) -> list[Path]:
    return sorted({file for pattern in patterns for file in folder.rglob(pattern) if file.is_file()})


def _classes(file: Path) -> Iterator[str]:
    """The classes of a file that have a method of one of the usual names; the file is not run."""
    try:
        tree = syntax(file.read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            methods = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
            is_rule = {"forward", "apply"} & methods  # one operation, in a hierarchy of them
            if methods & set(BACKWARD) and not (is_rule and "__add__" not in methods):
                yield node.name
