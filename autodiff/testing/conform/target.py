"""Which class is to be graded: the one that is named, or the one class with a backward pass among some files.

>>> find_target("no/such/engine.py:Value")
Target(path=None, name='', cannot='there is no file no/such/engine.py')
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ...door import syntax
from ...ops import ADD, MUL, TABLE
from ..engines.attributes import BACKWARD
from ..engines.backwards import FUNCTIONS
from .notebooks import SUFFIX, python_of
from .readable import statements

ARITHMETIC = {"__add__", "__mul__"}


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
    for arithmetic in (_has_arithmetic, _has_functions):
        found = found or [(file, each) for file in files for each in _classes(file, arithmetic) if not name]
    if name and len(files) == 1:
        return Target(files[0], name)
    if len(found) == 1:
        return Target(*found[0])
    names = ", ".join(f"{file.name}:{each}" for file, each in found) or "none has"
    functions = sorted({each for file in files for each in _methods(file).get("", set()) & set(TABLE)})
    if not found:
        errors = {file.name: _error(file) for file in files}
        names += "".join(f"; {name} cannot be read: {error}" for name, error in errors.items() if error)
    if not found and functions:
        names += f"; for functions ({', '.join(functions)}) that make no values of one class, write an Adapter"
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


Methods = dict[str, set[str]]  # those of each class of a file; the functions beside them are those of ""


def _has_pass(name: str, methods: Methods) -> bool:
    own = methods[name]
    return bool(own & set(BACKWARD) or (own & ARITHMETIC and own & set(FUNCTIONS)))


def _has_arithmetic(name: str, methods: Methods) -> bool:
    return bool(methods[name] & ARITHMETIC)


def _has_functions(name: str, methods: Methods) -> bool:
    """Whether it is the only class beside functions such as `add(a, b)`, and a backward pass."""
    return len(methods) == 2 and bool(methods[""] & {ADD, MUL} and methods[""] & {*BACKWARD, *FUNCTIONS})


def _classes(file: Path, suits: Callable[[str, Methods], bool] = _has_pass) -> Iterator[str]:
    """The classes of a file that have a backward pass of a usual name, or what else is asked; the file is not run."""
    methods = _methods(file)
    for name, own in methods.items():
        is_rule = {"forward", "apply"} & own and "__add__" not in own  # one operation, in a hierarchy of them
        if name and not is_rule and suits(name, methods):
            yield name


def _text(file: Path) -> str:
    text = file.read_text("utf8", errors="replace")
    return python_of(text) if file.suffix == SUFFIX else text


def _error(file: Path) -> str:
    """Why a file is no Python, with the line, or nothing."""
    try:
        syntax(_text(file))
        return ""
    except SyntaxError as error:
        return f"{error.msg}, line {error.lineno}"
    except ValueError as error:
        return str(error)


def _methods(file: Path) -> Methods:
    try:
        body, _ = statements(_text(file))
    except (SyntaxError, ValueError):
        return {}
    classes = [each for each in body if isinstance(each, ast.ClassDef)]
    return {"": _functions(body), **{each.name: _functions(each.body) for each in classes}}


def _functions(body: list[ast.stmt]) -> set[str]:
    return {each.name for each in body if isinstance(each, ast.FunctionDef)}
