"""Compiles the modules that a first program needs, so that a browser need not: runs in Pyodide, when the site is built.

Bytecode belongs to one version of Python, and only the browser's own can write it. It is written for the modules that
are loaded when this runs; every other module stays as it is, and is compiled by whoever imports it.
"""

from __future__ import annotations

import io
import py_compile
import sys
import tempfile
import zipfile
from pathlib import Path

UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH  # no file's time is looked at, so that a site is what it is


def with_bytecode(archive: bytes, place: str, keep: bool) -> bytes:
    """An archive of modules that are imported from `place`, with bytecode for those that are loaded.

    With `keep` each source stays beside its bytecode, for who quotes its lines; an archive that modules are imported
    from without being unpacked has bytecode in place of the source.
    """
    specs = [getattr(module, "__spec__", None) for module in list(sys.modules.values())]
    loaded = {spec.origin for spec in specs if spec is not None}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(source.namelist()):
            if name.endswith("/"):
                continue
            text, origin = source.read(name), f"{place}/{name}"
            if origin not in loaded or not name.endswith(".py"):
                target.writestr(zipfile.ZipInfo(name), text)
                continue
            target.writestr(zipfile.ZipInfo(_find_cached(name) if keep else name + "c"), bytecode(text, origin))
            if keep:
                target.writestr(zipfile.ZipInfo(name), text)
    return made.getvalue()


def bytecode(text: bytes, origin: str) -> bytes:
    """The file of bytecode of a module that will lie at `origin`."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "module.py"), Path(folder, "module.pyc")
        source.write_bytes(text)
        py_compile.compile(str(source), str(target), dfile=origin, doraise=True, invalidation_mode=UNCHECKED)
        return target.read_bytes()


def _find_cached(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return f"{folder}/__pycache__/{file.removesuffix('.py')}.{sys.implementation.cache_tag}.pyc"
