"""Which engine runs: the one in C, or the one in Python that it was written after.

Both do the same, bit for bit. The environment variable AUTODIFF_ENGINE=python chooses the one that can be read and
stepped through in a debugger; AUTODIFF_ENGINE=native asks for the one in C, and fails where it was not built. Without
the variable it is the one in C where there is one. One that was built from other rules than the library has now, those
of the table and of `stable`, is not used: then the Python engine runs, and a RuntimeWarning says so.

>>> engine in ("native", "python")
True
"""

import os
import sys
import warnings
import zlib
from importlib import import_module
from typing import Any

from .. import stable
from ..errors import ArgumentError, MissingExtraError, shown
from ..ops import TABLE

ENGINES = ("native", "python")


class StaleBuildError(ImportError):
    """The engine in C was built from other rules."""


def choose(wanted: str) -> tuple[str, Any]:
    """The name of the engine, and the module in C, if it is that one.

    Raises `ArgumentError` if there is no such engine, `MissingExtraError` if it is asked for and was not built.
    """
    package = __package__.rpartition(".")[0]
    forced = vars(sys.modules[package]).get("engine")  # a copy of the library that a test changes says "python"
    if wanted and wanted not in ENGINES:
        raise ArgumentError(f"AUTODIFF_ENGINE: expected {' or '.join(map(repr, ENGINES))}, got {shown(wanted)}")
    if "python" in (forced, wanted):
        return "python", None
    try:
        return "native", load(f"{package}._native")
    except ImportError as error:
        if not wanted:
            if isinstance(error, StaleBuildError):
                warnings.warn(f"autodiff runs its Python engine, since {error}", RuntimeWarning, stacklevel=2)
            return "python", None
        raise MissingExtraError(
            f"AUTODIFF_ENGINE=native asks for the engine in C, which cannot be loaded ({error}); "
            "install autodiff where there is a C compiler, or unset AUTODIFF_ENGINE"
        ) from None


def load(name: str) -> Any:
    """The module in C; an `ImportError` if it is not there, or was built from other rules than there are now."""
    found = import_module(name)
    if not getattr(found, "table", "").startswith(fingerprint()):
        raise StaleBuildError(
            "the engine in C was built from another table of operations: build it again, by `python setup.py "
            "build_ext --inplace`"
        )
    return found


def fingerprint() -> str:
    """What tells this table, and the functions of `stable` that its rules use, from others; where only compiled code of
    `stable` was installed, the table alone.
    """
    rules, source = repr([(op.name, op.formula, op.slopes) for op in TABLE.values()]), source_of(stable)
    return f"{zlib.crc32(rules.encode()):08x}-" + (f"{zlib.crc32(source.encode()):08x}" if source else "")


def source_of(module: Any) -> str:
    """The text of a module, the same however its lines end; empty where there is none."""
    source = getattr(module.__spec__.loader, "get_source", lambda name: None)
    return source(module.__name__) or ""


engine, module = choose(os.environ.get("AUTODIFF_ENGINE", ""))
