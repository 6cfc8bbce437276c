"""Which installed fonts have the letters of a drawing, so that a PNG or a PDF never shows boxes in their place.

An SVG leaves that to the reader's browser. Graphviz asks fontconfig for a font that has a letter; matplotlib has to be
told one, by `families`. What no font here has is told in one sentence, by `complaint`.

>>> unusual("w0 → ×2 가중치 ✓"), complaint("")
('가중치', '')
"""

from __future__ import annotations

import os
import subprocess
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

COMMON = 0x2FFF  # up to here, but for the scripts below, the fonts that come with everything have the letters
RARE = ((0x0590, 0x1FFF), (0x2C00, 0x2FFF))  # Arabic, Devanagari, Hangul Jamo and their like
PATIENCE = 10  # seconds for fontconfig
BOXES = "Last Resort"  # a font of matplotlib's own, which has a box for every letter there is
SHOWN = 8  # letters that the sentence names


def unusual(text: str) -> str:
    """The letters that a usual font may lack, each once, in the order in which they appear."""
    return "".join(dict.fromkeys(c for c in text if _is_rare(ord(c)) and unicodedata.category(c)[0] not in "CZ"))


def _is_rare(code: int) -> bool:
    return code > COMMON or any(low <= code <= high for low, high in RARE)


def complaint(text: str) -> str:
    """A sentence that names the letters which no installed font has; "" where each is in one, or nobody can tell."""
    missing = [letter for letter in unusual(text) if is_installed(letter) is False]
    if not missing:
        return ""
    listed = "".join(missing[:SHOWN]) + "…" * (len(missing) > SHOWN)
    return (
        f"no installed font has the letters {listed}: install one that does (Noto covers all scripts; "
        "apt-get install fonts-noto-core fonts-noto-cjk), or save as .svg, which browsers show in fonts of their own"
    )


@cache
def files_with(letter: str) -> list[str] | None:
    """The files of the fonts that have the letter, as fontconfig knows them; None where it is not there."""
    query = ["fc-list", f":charset={ord(letter):x}", "--format", "%{file}\\n"]
    try:
        answer = subprocess.run(query, capture_output=True, timeout=PATIENCE, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return sorted(os.fsdecode(line) for line in answer.splitlines() if line)


def is_installed(letter: str) -> bool | None:
    """Whether an installed font has the letter: by fontconfig, else by matplotlib's list; None if neither is there."""
    files = files_with(letter)
    if files is not None:
        return bool(files)
    try:
        return bool(families(letter))
    except ImportError:
        return None


def families(text: str) -> list[str]:
    """Fonts for matplotlib to fall back on, which between them have all unusual letters that any font here has."""
    from matplotlib import font_manager

    needed, found = set(unusual(text)), list[str]()
    entries = [entry for entry in font_manager.fontManager.ttflist if not entry.name.startswith(BOXES)]
    for entry in sorted(entries, key=lambda entry: (entry.weight != 400, entry.style != "normal", entry.name)):
        if not needed:
            break
        have = _letters(entry.fname, needed)
        needed -= have
        found += [entry.name] if have and entry.name not in found else []
    for letter in sorted(needed):  # a font that is newer than matplotlib's list
        for file in files_with(letter) or ():
            if letter in _letters(file, letter):
                font_manager.fontManager.addfont(file)
                found.append(font_manager.fontManager.ttflist[-1].name)
                break
    return list(dict.fromkeys(found))


def _letters(filename: str, wanted: Iterable[str]) -> set[str]:
    from matplotlib.ft2font import FT2Font

    try:
        font: Any = FT2Font(filename)
    except (OSError, RuntimeError, ValueError):  # a font of pictures, or one that cannot be read
        return set()
    return {letter for letter in wanted if font.get_char_index(ord(letter))}
