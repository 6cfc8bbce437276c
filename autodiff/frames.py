"""The frame of the program that uses this library: what messages quote a line of, and where Values get their names.

>>> caller().f_code.co_filename.startswith("<doctest")
True
"""

import linecache
import os
import re
import sys
from pathlib import Path
from types import FrameType

# Files of the library, and code that it has generated.
OWN = str(Path(__file__).parent) + os.sep, "<autodiff ", "<rule"


def caller() -> FrameType:
    """Return the innermost frame outside the library; the outermost of all, where there is none such."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_code.co_filename.startswith(OWN):
        frame = frame.f_back
    return frame


def is_own(function: object) -> bool:
    """Return whether a function is code of the library, as the derivative of a user's function is.

    >>> is_own(caller), is_own(lambda: None)
    (True, False)
    """
    code = getattr(function, "__code__", None)
    return code is not None and code.co_filename.startswith(OWN)


def calling_line() -> tuple[str, int]:
    """Return the file and the line that run in the program that uses the library."""
    frame = caller()
    return frame.f_code.co_filename, frame.f_lineno


def function_asked(frame: FrameType) -> str:
    """Return the name of the function of `math` that a frame is calling, "" if it calls another, or that is unknown."""
    first, last, start, end = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    line = linecache.getline(frame.f_code.co_filename, first or 0)
    if first != last or start is None:
        return ""
    found = re.match(r"math\.([a-z]\w*)\(", line.encode()[start:end].decode(errors="replace"))
    return found[1] if found else ""
