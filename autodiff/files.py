"""Writing files whole or not at all.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     write_whole(f"{folder}/a.txt", "text").read_text()
'text'
"""

import os
from collections.abc import Iterable
from pathlib import Path

from .errors import ArgumentError, OperandError, shown


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write a file (text as UTF-8) by way of a neighbour that then takes its place, so that no reader sees half of it.

    A link is followed: the file that it names is written, and the link stays. What is no ordinary file, such as
    /dev/stdout, is written in place. Returns the path. An `ArgumentError` if its folder does not exist, or if it is a
    folder itself; an `OSError`, which names the path, if it cannot be written. Whatever was there before is then left
    as it was.
    """
    target = path_of(path)
    asked, target = target, Path(os.path.realpath(target)) if target.is_symlink() else target
    if not target.parent.is_dir():
        raise ArgumentError(f"expected a path in a folder that exists, got {str(target)!r}: make the folder first")
    if target.is_dir():
        raise ArgumentError(f"expected the path of a file, got that of a folder, {str(target)!r}: add the file's name")
    encoded = content.encode() if isinstance(content, str) else content
    if target.exists() and not target.is_file():
        target.write_bytes(encoded)
        return asked
    neighbour = target.with_name(f".autodiff-{os.getpid()}-{os.urandom(4).hex()}.tmp")
    try:
        neighbour.write_bytes(encoded)
        os.replace(neighbour, target)
    except OSError as error:  # its own words name the neighbour, of which nobody has heard
        raise type(error)(error.errno, f"cannot write here: {error.strerror or error}", str(target)) from None
    finally:
        neighbour.unlink(missing_ok=True)
    return asked


def path_of(path: object) -> Path:
    """A path from its text, or from what has one; anything else, and a null character in it, is an error."""
    if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
        raise OperandError(f"expected a path, as text or a pathlib.Path, got {shown(path)}")
    if "\0" in str(path):
        raise ArgumentError(f"expected a path, which has no null character in it, got {shown(path)}")
    return Path(path)


def suffix_of(path: str | os.PathLike[str], known: Iterable[str]) -> str:
    """The suffix of a path to save to, in small letters; an error that lists those that are known for another."""
    suffix = path_of(path).suffix.lower()
    if suffix not in known:
        raise ArgumentError(f"save: expected a path that ends in {', '.join(known)}, got {shown(os.fspath(path))}")
    return suffix
