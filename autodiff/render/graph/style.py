"""How a picture looks, whoever renders it: the numerals, the signs, and the colours of each kind of node.

Kinds differ by outline as well as by colour, so that a picture reads the same in grey and for colour-blind eyes. The
hues are those of Okabe and Ito; every text stands on its background with a contrast of at least 7 to 1, light and dark.

>>> numeral(0.7310585786300049, 4), numeral(-0.0, 4), numeral(None, 4)
('0.7311', '-0', '·')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...coerce import is_one_of
from ...errors import ArgumentError, shown
from ...printable import printable

Number = float | tuple[float, float] | str | None  # also a range, or words; None: there is no such number yet

UNKNOWN = "·"  # a number that does not exist yet: the gradient before any backward pass
LONGEST_NAME = 40
PARTS = ("data", "grad", "slope", "flow", "used", "contribution")
USUAL_PARTS = PARTS[:-1]
PART_OF_FACT = {"data": "data", "grad": "grad", "grad norm": "grad", "used": "used"}  # other facts are always shown
DIRECTIONS = ("LR", "RL", "TB", "BT")


class Paint(NamedTuple):
    """The colours of a thing on a light or a dark page."""

    fill: str
    line: str
    text: str


class Look(NamedTuple):
    """How one kind of node is drawn: its outline, and its paint by day and by night."""

    rounded: bool
    dashed: bool
    width: float
    light: Paint
    dark: Paint


def by_day(fill: str, line: str) -> Paint:
    return Paint(fill, line, "#111111")


def by_night(fill: str, line: str) -> Paint:
    return Paint(fill, line, "#f2f2f2")


# fmt: off
LOOKS = {
    #                 rounded dashed width
    "input":     Look(False, False, 1.2, by_day("#dcecf8", "#0072b2"), by_night("#0e2f45", "#56b4e9")),
    "constant":  Look(False, True,  1.0, by_day("#f4f4f4", "#6b6b6b"), by_night("#2a2a2a", "#a6a6a6")),
    "parameter": Look(False, False, 1.8, by_day("#fde6d6", "#b34d00"), by_night("#43210c", "#f08a4b")),
    "operation": Look(True,  False, 1.0, by_day("#fff3d6", "#b06f00"), by_night("#3d2c05", "#e69f00")),
    "output":    Look(True,  False, 2.6, by_day("#d3f0e5", "#00664b"), by_night("#073b2c", "#2fc79b")),
    "group":     Look(False, False, 1.8, by_day("#f5e4ee", "#93396b"), by_night("#3a1a2c", "#d98bb5")),
    "more":      Look(True,  True,  0.8, by_day("#ffffff", "#767676"), by_night("#14171a", "#8c8c8c")),
}
PAGE = by_day("#ffffff", "#ffffff"), by_night("#14171a", "#14171a")
EDGES = {
    "plain":   (by_day("none", "#4d4d4d"), by_night("none", "#b3b3b3")),
    "plus":    (by_day("none", "#0072b2"), by_night("none", "#56b4e9")),
    "minus":   (by_day("none", "#c24a00"), by_night("none", "#f08a4b")),
    "blocked": (Paint("none", "#767676", "#505050"), Paint("none", "#8c8c8c", "#c0c0c0")),
    "link":    (Paint("none", "#767676", "#505050"), Paint("none", "#8c8c8c", "#c0c0c0")),
    "scope":   (Paint("none", "#767676", "#505050"), Paint("none", "#8c8c8c", "#c0c0c0")),
}
# fmt: on


@dataclass(frozen=True)
class Style:
    """What of a picture is shown, and how: the direction of the flow, significant digits, which numbers."""

    rankdir: str = "LR"
    digits: int = 4
    show: tuple[str, ...] = USUAL_PARTS
    legend: bool = False

    def __post_init__(self) -> None:
        if not is_one_of(self.rankdir, DIRECTIONS):
            raise ArgumentError(f"rankdir: expected one of {', '.join(DIRECTIONS)}, got {shown(self.rankdir)}")
        if type(self.digits) is not int or not 1 <= self.digits <= 17:
            raise ArgumentError(f"digits: expected a whole number from 1 to 17, got {shown(self.digits)}")


def numeral(x: Number, digits: int) -> str:
    """The number in so many significant digits; a dot for one that does not exist yet; a range by its ends."""
    if isinstance(x, tuple):
        return f"{x[0]:.{digits}g} … {x[1]:.{digits}g}"
    if isinstance(x, int):
        return f"{x:,}"
    return UNKNOWN if x is None else x if isinstance(x, str) else f"{x:.{digits}g}"


def facts_shown(facts: Sequence[tuple[str, Number]], style: Style) -> list[tuple[str, str]]:
    """The facts that the style shows, each with its number written out."""
    return [
        (label, numeral(x, style.digits))
        for label, x in facts
        if PART_OF_FACT.get(label) is None or PART_OF_FACT[label] in style.show
    ]


def legible(name: str) -> str:
    """A name from outside as one short line: what cannot be seen is written as an escape, what is too long is cut.

    >>> legible("w0"), legible("two\\nlines"), legible(""), len(legible("long" * 1000))
    ('w0', 'two\\\\nlines', "''", 40)
    """
    if len(name) > LONGEST_NAME:  # cut first, because an escape is longer than what it stands for
        half = (LONGEST_NAME - 1) // 2
        name = f"{name[:half]}…{name[-half - 1 + LONGEST_NAME % 2:]}"
    text = printable(name)
    if text and unicodedata.combining(text[0]):
        text = "◌" + text  # or it would sit on whatever comes before it
    return re.sub(" +", " ", text).strip() or repr(text)
