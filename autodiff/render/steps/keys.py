"""The keys that are pressed in a terminal, one by one and by name, on Unix and on Windows."""

from __future__ import annotations

import os
import re
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from select import select

# What a terminal sends for a key that is more than a letter: CSI (ESC [ numbers letter) or SS3 (ESC O letter).
ESCAPE = re.compile(r"\x1b(?:\[[0-9;:<=>?]*[ -/]*[@-~]|O[@-~])")
UNFINISHED = re.compile(r"\x1b(?:\[[0-9;:<=>?]*[ -/]*|O)?$")
FINALS = {"C": "right", "D": "left", "H": "home", "F": "end", "A": "up", "B": "down"}
NUMBERED = {"1": "home", "7": "home", "4": "end", "8": "end", "5": "page up", "6": "page down", "3": "delete"}
PATIENCE = 0.05  # seconds: the rest of an escape sequence is there by then, and after the key Escape nothing comes
NAMES = {"\r": "enter", "\n": "enter", "\x7f": "backspace", "\b": "backspace", "\x03": "interrupt"}


@contextmanager
def read_keys() -> Iterator[Iterator[str]]:
    """The keys that are pressed in this terminal, by name, as they come; afterwards the terminal is as it was."""
    if os.name == "nt":
        yield _windows_keys()
        return
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield _unix_keys(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _unix_keys(descriptor: int) -> Iterator[str]:
    decode, text = getincrementaldecoder("utf-8")("replace").decode, ""
    while data := os.read(descriptor, 64):
        text += decode(data)
        while UNFINISHED.search(text) and select([descriptor], [], [], PATIENCE)[0]:
            data = os.read(descriptor, 64)
            text += decode(data)
            if not data:
                break
        yield from keys_in(text)
        text = ""


def keys_in(text: str) -> Iterator[str]:
    """The keys behind what a terminal sends; the many that have no name here come as "other".

    >>> list(keys_in("l" + chr(27) + "[D" + chr(27) + "[15~" + chr(13) + chr(127) + chr(27)))
    ['l', 'left', 'other', 'enter', 'backspace', 'escape']
    """
    place = 0
    while place < len(text):
        escape = ESCAPE.match(text, place)
        if escape:
            yield _name(escape[0])
            place = escape.end()
        else:
            yield "escape" if text[place] == "\x1b" else NAMES.get(text[place], text[place])
            place += 1


def _name(escape: str) -> str:
    """A key by what a terminal sends for it, with or without the numbers that tell of Shift and Control."""
    if escape.endswith("~"):
        return NUMBERED.get(escape[2:-1].partition(";")[0], "other")
    return FINALS.get(escape[-1], "other")


def _windows_keys() -> Iterator[str]:  # pragma: no cover (needs a Windows console)
    import msvcrt

    codes = {"M": "right", "K": "left", "G": "home", "O": "end", "H": "up", "P": "down"}
    while True:
        key = msvcrt.getwch()  # type: ignore[attr-defined]
        special = key in ("\x00", "\xe0")
        yield codes.get(msvcrt.getwch(), "other") if special else next(keys_in(key))  # type: ignore[attr-defined]
