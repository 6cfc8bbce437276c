"""An engine's file as a module: all of it where that ends soon, else its definitions alone, without what it does.

Code that trains, downloads, draws or asks for input when it is imported would keep the engine from being examined. So
after a failure imports, classes, functions and plain assignments are kept, and the rest is left out, which a note says.
"""

from __future__ import annotations

import ast
import re
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.abc import InspectLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any
from unittest.mock import MagicMock

from ...door import syntax
from ..derive.answers import described
from .patience import TooLong, at_most

HARMLESS = {"list", "dict", "set", "tuple", "float", "int", "deque", "defaultdict", "TypeVar", "namedtuple", "count"}


class CannotRun(Exception):
    """The engine cannot be examined at all; the message says why."""


def load_file(path: Path, name: str, seconds: float, definitions: bool) -> tuple[ModuleType, list[str]]:
    """The module in a file, and what a report should say of how it was loaded."""
    refuse_network()
    package, folder = _package(path)
    sys.path.insert(0, str(folder))
    reason = "it does not come to its end by itself"
    if not definitions:
        try:
            with at_most(seconds, on_the_clock=3 * seconds):
                return import_module(package), []
        except (CannotRun, MemoryError):
            raise
        except SystemExit as error:
            reason = f"it calls sys.exit({error.code!r})"
        except KeyboardInterrupt:
            reason = "it raises KeyboardInterrupt"
        except TooLong:
            pass
        except Exception as error:
            reason = f"{path.name} cannot be imported: {described(error)}"
    try:
        module, missing = _definitions(path, package)
    except Exception as error:
        raise CannotRun(f"{reason}" if isinstance(error, SyntaxError) else f"{reason}; {described(error)}") from None
    if not hasattr(module, name):
        raise CannotRun(reason if not definitions else f"{path.name} has no {name} among its definitions")
    told = [f"only the definitions of {path.name} were run, because {reason}"]
    return module, told + [f"not installed, and replaced by nothing: {', '.join(missing)}"] * bool(missing)


def refuse_network() -> None:
    """From now on no connection can be made by the usual ways."""

    def refuse(*arguments: Any, **more: Any) -> Any:
        raise OSError("the grader allows no network")

    socket.socket.connect = refuse  # type: ignore[method-assign]
    socket.create_connection = refuse
    socket.getaddrinfo = refuse


def _package(path: Path) -> tuple[str, Path]:
    """The full name of the module in a file, if the file belongs to a package, and the folder that it is found from."""
    folder, names = path.parent, [path.stem]
    while (folder / "__init__.py").exists():
        folder, names = folder.parent, [folder.name, *names]
    unusable = [name for name in names if "." in name]
    if unusable:
        raise CannotRun(f"{unusable[0]!r} has a dot in its name, and so is no module: rename it")
    if len(names) == 1 and names[0] in sys.modules:  # such as a file named random.py
        raise CannotRun(f"{path.name} bears the name of a module that is already in use: rename it")
    return ".".join(names), folder


def _definitions(path: Path, package: str) -> tuple[ModuleType, list[str]]:
    """A module of what a file defines, and the modules that it imports but that are not installed."""
    sys.modules.pop(package, None)
    module, missing = ModuleType(package), list[str]()
    module.__file__, module.__package__ = str(path), package.rpartition(".")[0]
    tree = ast.Module(_parts(path.read_text(encoding="utf8", errors="replace")), [])
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    sys.modules[package] = module
    for node in tree.body:
        if not _defines(node, classes):
            continue
        try:
            _Tree(ast.Module([node], []), path).exec_module(module)
        except ImportError:
            missing += _stand_ins(node, module)
        except Exception:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                raise
    return module, missing


def _parts(text: str) -> list[ast.stmt]:
    """The statements of a file, or, where it needs a newer Python, those of its blocks that can be read."""
    try:
        body: list[ast.stmt] = syntax(text).body
        return body
    except SyntaxError as error:
        older = re.sub(r"^(\s*)((?:class|def) \w+)\[[^\]\n]*\]", r"\1\2", text, flags=re.MULTILINE)  # PEP 695
        starts = [m.start() for m in re.finditer(r"^(?=[^\s#)\]}])", older, re.MULTILINE)]
        blocks = [older[a:b] for a, b in zip(starts, [*starts[1:], len(older)])]
        found = list[ast.stmt]()
        for start, block in zip(starts, blocks):
            try:
                found += syntax("\n" * older.count("\n", 0, start) + block).body
            except SyntaxError:
                continue
        if not found:
            raise error
        return found


def _defines(node: ast.stmt, classes: set[str]) -> bool:
    """Whether a statement defines something and does nothing else, as far as one can see."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        return True
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        calls = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
        return all(getattr(each, "id", getattr(each, "attr", "")) in HARMLESS | classes for each in calls)
    if isinstance(node, (ast.If, ast.Try)):
        return all(_defines(each, classes) or isinstance(each, ast.Pass) for each in node.body)
    return False


def _stand_ins(node: ast.stmt, module: ModuleType) -> list[str]:
    """Names for what an import would have brought, and the module that is missing."""
    names = [each for each in ast.walk(node) if isinstance(each, ast.alias)]
    for each in names:
        setattr(module, each.asname or each.name.partition(".")[0], MagicMock(name=each.name))
    return [getattr(node, "module", None) or names[0].name] if names else []


class _Tree(InspectLoader):
    """Loads statements into a module under the name of their file."""

    def __init__(self, tree: ast.Module, path: Path) -> None:
        self.tree, self.path = tree, path

    def get_source(self, fullname: str) -> str:
        return self.path.read_text(encoding="utf8", errors="replace")

    def get_code(self, fullname: str) -> CodeType:
        compiled: Callable[..., CodeType] = self.source_to_code
        return compiled(self.tree, str(self.path))
