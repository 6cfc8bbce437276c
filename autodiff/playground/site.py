"""Writes the playground's folder: static files, for any web server, that need nothing from elsewhere.

    from autodiff.playground.site import build
    build("site", cache_folder())
"""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from ..errors import ArgumentError
from ..files import path_of, write_whole
from ..render.language import catalogue, resource
from .packages import NPM, WHEELS, fetch, member
from .precompiling import ARCHIVES, precompile

PAGE = ("index.html", "playground.css", "main.js", "engine.js", "editor.js", "share.js", "strings.js", "views.js",
        "frame.html", "worker.js")  # fmt: skip
# The programs to start from, in order, and the tab that each is for.
EXAMPLES = {
    "chain_rule": "step", "neuron": "step", "xor": "train", "micrograd": "draw", "gpt": "train",
    "bug_sum": "grade", "bug_tanh": "grade", "bug_order": "grade",
}  # fmt: skip
LANGUAGES = {"en": "English", "ko": "한국어"}
# Of our own package what no browser can use, and of the grader's what its examinations never ask for.
UNUSED = ("/native/", "/mutants/", "/routes/", "/playground/assets/", "/playground/examples/", "/__pycache__/",
          "/tests/", "hypothesis/extra/", ".dist-info/")  # fmt: skip
NEEDED = ("/native/__init__.py", "/native/values.py", "hypothesis/extra/__init__.py")


def build(out: str | os.PathLike[str], cache: Path) -> Path:
    """Write the site into a folder, which is made if need be; what has to be fetched is kept in `cache`.

    A `MissingExtraError` says what could not be fetched; an `ArgumentError`, that `out` is a file. Returns the folder.
    """
    folder = path_of(out)
    if folder.exists() and not folder.is_dir():
        raise ArgumentError(f"playground: expected a folder to write to, got the file {str(folder)!r}")
    fetch(cache)
    content = dict(contents(cache))
    content["sw.js"] = service_worker(content)
    for name, data in content.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, data)
    return folder


def contents(cache: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the site but its service worker, which lists them."""
    for name in PAGE:
        yield name, asset(name)
    for language in LANGUAGES:
        yield f"strings/{language}.json", asset(f"strings_{language}.json")
        yield f"strings/sentences_{language}.json", json.dumps(catalogue(language), ensure_ascii=False).encode()
    yield "translator.js", resource("language.js").encode() + b"export {translator};\n"
    yield "site.json", json.dumps({"languages": LANGUAGES, "examples": examples()}).encode()
    for package in NPM:
        for source, target in package.files.items():
            if Path(target).name not in ARCHIVES:
                yield target, member(cache, package, source)
    for name, archive in with_bytecode(cache).items():
        yield f"python/{name}.gz", gzip.compress(archive, 9, mtime=0)
    yield "python/grader.zip", zip_files(pair for wheel in WHEELS for pair in unpack(cache / wheel.file))


def with_bytecode(cache: Path) -> dict[str, bytes]:
    """The standard library and this package, with bytecode for what the first example needs."""
    pyodide = NPM[0]
    parts = {name: member(cache, pyodide, name) for name in pyodide.files}
    return precompile(parts | {"autodiff.zip": zip_files(own_sources())}, examples()[0], cache)


def asset(name: str) -> bytes:
    """One of the files that the page is made of."""
    return files("autodiff.playground").joinpath("assets", name).read_bytes()


def examples() -> list[dict[str, str]]:
    """The programs to start from, with their texts and tabs."""
    folder = files("autodiff.playground").joinpath("examples")
    texts = {key: folder.joinpath(f"{key}.py").read_text(encoding="utf-8") for key in EXAMPLES}
    return [{"key": key, "tab": tab, "source": texts[key]} for key, tab in EXAMPLES.items()]


def service_worker(content: dict[str, bytes]) -> bytes:
    """The script that keeps the site for the time without a connection; its version is that of all files together."""
    digest = sha256(b"\0".join(name.encode() + sha256(data).digest() for name, data in sorted(content.items())))
    names = ["./", *(name for name in content if name != "index.html")]
    text = asset("sw.js").decode().replace("@version@", f"autodiff-{digest.hexdigest()[:16]}")
    return text.replace("@files@", json.dumps(names)).encode()


def own_sources() -> Iterator[tuple[str, bytes]]:
    """The files of this package, without what a browser has no use for."""
    return ((name, data) for name, data in _walk(files("autodiff"), "autodiff") if is_used(name))


def unpack(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """The modules of a wheel that the grader needs."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if not name.endswith("/") and is_used(name):
                yield name, archive.read(name)


def is_used(name: str) -> bool:
    """Whether a file of a package goes into the site."""
    if name.endswith(NEEDED):
        return True
    return not name.endswith((".so", ".pyd", ".pyc", ".pyi")) and not any(part in name for part in UNUSED)


def zip_files(content: Iterator[tuple[str, bytes]]) -> bytes:
    """A zip file whose bytes depend on nothing but its content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in sorted(content):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _walk(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for each in folder.iterdir():
        path = f"{name}/{each.name}"
        if each.is_dir():
            yield from _walk(each, path)
        else:
            yield path, each.read_bytes()
