"""An engine's file as a module: all of it where that ends soon, else its definitions alone, without what it does.

Code that trains, downloads, draws or asks for input when it is imported would keep the engine from being examined. So
after a failure imports, classes, functions and plain assignments are kept, and the rest is left out, which a note says.
"""

from __future__ import annotations

import ast
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn
from unittest.mock import MagicMock

from ...door import syntax, users_program
from ..derive.answers import describe
from .patience import TooLong, at_most, tell_end
from .readable import statements

HARMLESS = {"list", "dict", "set", "tuple", "float", "int", "deque", "defaultdict", "TypeVar", "namedtuple", "count"}

LAZILY = syntax("from __future__ import annotations").body[0]  # what annotates may need a newer Python


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
        except (SystemExit, KeyboardInterrupt) as error:
            reason = tell_end(error)
        except TooLong:
            pass
        except Exception as error:
            reason = f"{path.name} cannot be imported: {describe(error)}"
    try:
        module, missing, unread = _definitions(path, package)
    except Exception as error:
        raise CannotRun(f"{reason}" if isinstance(error, SyntaxError) else f"{reason}; {describe(error)}") from None
    if not hasattr(module, name):
        raise CannotRun(reason if not definitions else f"{path.name} has no {name} among its definitions")
    told = [f"only the definitions of {path.name} were run, because {reason}"]
    told += [f"not installed, and replaced by nothing: {', '.join(missing)}"] * bool(missing)
    version = ".".join(map(str, sys.version_info[:2]))
    return module, told + [f"left out, because Python {version} cannot read it: {', '.join(unread)}"] * bool(unread)


def refuse_network() -> None:
    """From now on no connection can be made by the usual ways."""

    def refuse(*arguments: Any, **more: Any) -> Any:
        raise OSError("the grader allows no network")

    socket.socket.connect = refuse  # type: ignore[method-assign]
    socket.create_connection = refuse
    socket.getaddrinfo = refuse


@contextmanager
def refuse_exit() -> Iterator[None]:
    """In this process, until then, `os._exit` is an error of the engine's, and not the end."""
    end, own = os._exit, os.getpid()

    def refuse(status: int) -> NoReturn:
        if os.getpid() != own:
            end(status)
        raise RuntimeError(f"it calls os._exit({status!r})")

    os._exit = refuse
    try:
        yield
    finally:
        os._exit = end


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


def _definitions(path: Path, package: str) -> tuple[ModuleType, list[str], list[str]]:
    """A module of what a file defines, the modules that are not installed, and the methods that need a newer Python."""
    sys.modules.pop(package, None)
    module, missing = ModuleType(package), list[str]()
    module.__file__, module.__package__ = str(path), package.rpartition(".")[0]
    body, unread = statements(path.read_text(encoding="utf8", errors="replace"))
    tree = ast.Module(body, [])
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    sys.modules[package] = module
    for node in tree.body:
        if not _defines(node, classes):
            continue
        try:
            users_program(ast.Module([LAZILY, node], []), str(path))(vars(module))
        except ImportError:
            missing += _stand_ins(node, module)
        except Exception:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                raise
    return module, missing, unread


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
