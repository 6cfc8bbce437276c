"""Writing files whole or not at all.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     write_whole(f"{folder}/a.txt", "text").read_text()
'text'
"""

import os
from pathlib import Path

from .errors import ArgumentError, shown


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write a file (text as UTF-8) by way of a neighbour that then takes its place, so that no reader sees half of it.

    Returns the path. An `ArgumentError` if its folder does not exist, or if it is a folder itself; an `OSError`, which
    names the path, if it cannot be written. Whatever was there before is then left as it was.
    """
    target = Path(path)
    if "\0" in str(target):
        raise ArgumentError(f"expected a path, which has no null character in it, got {shown(path)}")
    if not target.parent.is_dir():
        raise ArgumentError(f"expected a path in a folder that exists, got {str(target)!r}: make the folder first")
    if target.is_dir():
        raise ArgumentError(f"expected the path of a file, got that of a folder, {str(target)!r}: add the file's name")
    neighbour = target.with_name(f".autodiff-{os.getpid()}-{os.urandom(4).hex()}.tmp")
    try:
        neighbour.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(neighbour, target)
    except OSError as error:  # its own words name the neighbour, of which nobody has heard
        raise type(error)(error.errno, f"cannot write here: {error.strerror or error}", str(target)) from None
    finally:
        neighbour.unlink(missing_ok=True)
    return target
