"""The parts of the playground that others have made: which versions, which of their files, and how they are fetched.

Each comes from its registry by the registry's own client, `npm pack` or `pip download`, once; it is checked by its hash
before it is kept, and whenever it is used. Nothing here runs at import, and nothing is installed.

>>> [package.file for package in NPM][:2]
['pyodide-314.0.7.tgz', 'codemirror-state-6.7.6.tgz']
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from base64 import b64decode
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import IO, NamedTuple, cast

from ..errors import MissingExtraError

SECONDS = 300  # that a registry may take


class Package(NamedTuple):
    """A package of a registry: its SHA-512 in base 64 or SHA-256 in hex, and where its files go in the site."""

    name: str
    version: str
    digest: str
    files: dict[str, str]

    @property
    def file(self) -> str:
        """The name of the file that the registry's client writes."""
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


class Wheel(NamedTuple):
    """A wheel in pure Python, with its SHA-256."""

    file: str
    digest: str

    @property
    def requirement(self) -> str:
        """What pip is asked for: this version with this hash, and no other."""
        name, version = self.file.split("-")[:2]
        return f"{name}=={version} --hash=sha256:{self.digest}"


_PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
NPM = (
    Package("pyodide", "314.0.7",
            "0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A==",
            {name: f"pyodide/{name}" for name in _PYODIDE}),
    Package("@codemirror/state", "6.7.6",
            "kAz+AncRtKuIknedxT1bq4XwXv4UowhbkHU1myPrtVb/jZtImWuV5BXzv5vK6i3kYACsdiZiQKFQQ5Mq7elW8w==",
            {"dist/index.js": "codemirror/state.js"}),
    Package("@codemirror/view", "6.43.15",
            "HHsfpqFeHyXLs983pSRe38Xajs0vFWZQ2BuX0m7Ki8w3jZ5iD8cuR3lBz2/5/X53Dhf32SBHKh6rtSTB6tKeGw==",
            {"dist/index.js": "codemirror/view.js"}),
    Package("@codemirror/commands", "6.11.1",
            "O/4hG3SC1YwcmQ0d2UVNDs+AsaNWd1iHVxbTeEBuqH+6bExAiPK3iS/BvpY6rZGURALv4ZD3sIgcCmRvw3ehBg==",
            {"dist/index.js": "codemirror/commands.js"}),
    Package("@codemirror/language", "6.13.1",
            "zfvU2r3TyylQLMj/te+5CnQ0rSqZi8B1oTCBbQkagcLW4Xc6imab6qN+pEJhsuNOLaJqiRyBXp9UhWA1DhVvDw==",
            {"dist/index.js": "codemirror/language.js"}),
    Package("@codemirror/legacy-modes", "6.5.5",
            "9ltT214oMb3Y1w5eAZMSigzrjzZnMI2Wa3Feq73rU/i4C56MkwrpfswfQYOr28C5pXr6dWwspNTMyeHXlzWMxg==",
            {"mode/python.js": "codemirror/python.js"}),
    Package("@codemirror/streamparser", "6.0.0",
            "JTFPF6xrfjt0mnfGPgzcLiMwYmvIyNaoizp8BYzv8FE8KrT6GBGDZ190rtt+O7Wke3gG/MFHyiY9YGNeimof4w==",
            {"dist/index.js": "codemirror/streamparser.js"}),
    Package("@lezer/common", "1.5.5",
            "Pw7PVCndruF1pb3ebCxpSVpkMHSDjwRCLcTRw+RizUKco5QbWylwq2g4lnG/RYN7yTTQDXE9F77MwtkAyphrjg==",
            {"dist/index.js": "codemirror/lezer-common.js"}),
    Package("@lezer/highlight", "1.2.5",
            "O1GMVKgtf5YspFaRzpmqkVgMtIk2HG9uMAbH6wdAIdNh3TVzCsch/+cRi+6l2//UGDKe6NB9BW3cvuR5ezMQ0w==",
            {"dist/index.js": "codemirror/lezer-highlight.js"}),
    Package("style-mod", "4.1.5",
            "WQ2llCZa9sZSkJA+aOwpg5DkfbAXFKGh//t3MRTBeruFiSBC+GXUmbBzrw3bXyboCWAbtCW9InDfBsXrRD/rAg==",
            {"src/style-mod.js": "codemirror/style-mod.js"}),
    Package("w3c-keyname", "2.2.8",
            "dpojBhNsCNN7T82Tm7k26A6G9ML3NkhDsnw9n/eoxSRlVBB4CEtIQ/KTCLI2Fwf3ataSXRhYFkQi3SlnFwPvPQ==",
            {"index.js": "codemirror/w3c-keyname.js"}),
    Package("crelt", "1.0.7",
            "aK6BbWfhf4U/wCcLHKPJl/xa6VkVstRaPywWtMKGwuOLc/wZTyQYuoxgvZnNsBvv7Kg3YTBQYYBCggcviQczuA==",
            {"index.js": "codemirror/crelt.js"}),
    Package("@marijn/find-cluster-break", "1.0.4",
            "Wy0V7+SGUjnF9/TkiM1hKVDPj7jKXduPNboMVtHTA8dySMURWqfg/JZ9E2Sq8JgSJmkl7k7Qe9FLeMSrSraWmQ==",
            {"src/index.js": "codemirror/find-cluster-break.js"}),
)  # fmt: skip
# What the grader needs; the last version of Hypothesis that is pure Python.
WHEELS = (
    Wheel("hypothesis-6.155.7-py3-none-any.whl", "9f634bdb1f9e9b8ab6ba09431cf2deedb750c96978125a6fb3c5a0f6c6db4131"),
    Wheel("mpmath-1.4.1-py3-none-any.whl", "dc4f0ea2304480d4a9a48a94c1020571558ade522b44a6912efac63a586e140f"),
    Wheel("sortedcontainers-2.4.0-py2.py3-none-any.whl",
          "a163dcaede0f1c021485e957a39245190e74249897e2ae4b2aa38595db237ee0"),
)  # fmt: skip


def cache_folder() -> Path:
    """Where fetched packages are kept: $AUTODIFF_CACHE, or a folder among the user's caches."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("AUTODIFF_CACHE") or Path(base, "autodiff"))


def missing(folder: Path) -> list[str]:
    """The files that have to be fetched before a site can be built: not there, or not what they should be."""
    wanted = [(each.file, b64decode(each.digest)) for each in NPM]
    wanted += [(each.file, bytes.fromhex(each.digest)) for each in WHEELS]
    return [name for name, digest in wanted if not is_whole(folder / name, digest)]


def fetch(folder: Path) -> None:
    """Bring what is missing; a `MissingExtraError` says in a sentence what could not be had, and what would help."""
    absent = set(missing(folder))
    packages = [f"{each.name}@{each.version}" for each in NPM if each.file in absent]
    wheels = [each for each in WHEELS if each.file in absent]
    if packages:
        require("npm", "install Node.js, which brings it", shutil.which("npm"))
        _run(folder, ["npm", "pack", "--silent", *packages], packages)
    if wheels:
        pip = require("pip", "install pip or uv", *_pip())
        options = ["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
        with tempfile.TemporaryDirectory() as place:
            names = Path(place, "requirements.txt")
            names.write_text("\n".join(each.requirement for each in wheels), encoding="utf-8")
            targets = ["--platform", "any", "--python-version", "3.14", "--require-hashes", "-r", str(names)]
            _run(folder, [*pip.split("\0"), *options, *targets], [each.file for each in wheels])
    still = missing(folder)
    if still:
        raise MissingExtraError(f"playground: {', '.join(still)} came with another hash than the pinned one: not used")


def member(folder: Path, package: Package, name: str) -> bytes:
    """One file of a package that has been fetched."""
    with tarfile.open(folder / package.file) as archive:
        return cast("IO[bytes]", archive.extractfile(f"package/{name}")).read()


def _pip() -> list[str]:
    """The ways to run pip that exist here, the best first, as words joined by null characters."""
    ours = [f"{sys.executable}\0-m\0pip"] if find_spec("pip") else []
    others = {"uvx": "uvx\0pip", "pip3": "pip3", "pip": "pip"}
    return ours + [command for name, command in others.items() if shutil.which(name)]


def require(tool: str, advice: str, *found: str | None) -> str:
    """The first of what was found; a `MissingExtraError` with advice where nothing was."""
    for each in found:
        if each:
            return each
    raise MissingExtraError(f"playground: needs {tool} to make its parts, and found none: {advice}, and try again")


def _run(folder: Path, command: Sequence[str], wanted: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    failure = ""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
        failure = "\n".join(done.stderr.strip().splitlines()[-3:]) if done.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as error:
        failure = str(error)
    if failure:
        raise MissingExtraError(
            f"playground: {command[0]} could not fetch {', '.join(wanted)}; "
            f"with a connection, the same command goes on from here, or put the files into {folder}. It said: {failure}"
        )


def is_whole(path: Path, digest: bytes) -> bool:
    """Whether a file is there and has this hash, SHA-256 or SHA-512 by its length."""
    algorithm = {32: "sha256", 64: "sha512"}[len(digest)]
    return path.is_file() and hashlib.new(algorithm, path.read_bytes()).digest() == digest
