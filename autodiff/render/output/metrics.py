"""How wide a text is in Helvetica, and in the fonts of the same widths that stand in for it (Arial, Liberation Sans).

Widths are those of the font's published metrics; a letter that the table lacks counts as wide as its script makes it.

>>> width("data 2", 11), width("data 2", 11, bold=True) > width("data 2", 11), width("가", 10)
(30.58, True, 10.0)
"""

from __future__ import annotations

import unicodedata

# Thousandths of the font size, for the characters from the space to the tilde.
ASCII = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
]  # fmt: skip
OTHERS = {"·": 278, "…": 1000, "→": 1000, "×": 584, "Σ": 618, "−": 584, "\xa0": 278}
BOLD = 1.09  # the bold face is at most this much wider on the words and numbers of a drawing


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of a line of text, in the unit of `size`."""
    return sum(map(_letter, text)) * size / 1000 * (BOLD if bold else 1.0)


def _letter(letter: str) -> int:
    if " " <= letter <= "~":
        return ASCII[ord(letter) - 32]
    if letter in OTHERS:
        return OTHERS[letter]
    if unicodedata.combining(letter):
        return 0
    return 1000 if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0x1F000 else 700
