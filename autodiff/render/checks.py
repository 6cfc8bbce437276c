"""What `draw` is asked for, checked; each error says what was expected, what came, and how to say it.

>>> whole_number("depth", 3), yes_or_no("cluster", True), checked_level("auto")
(3, True, 'auto')
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..errors import ArgumentError, OperandError, shown
from ..value import Value
from .style import PARTS

if TYPE_CHECKING:
    from ..stepping import Explanation


def checked_roots(y: Value | Sequence[Value], name: str = "draw") -> list[Value]:
    """The values to draw, or an error that shows what came instead."""
    roots: list[Value] = list(y) if isinstance(y, (list, tuple)) else [y]  # type: ignore[list-item]
    if not roots:
        raise ArgumentError(f"{name}: expected a Value or a list of Values, got an empty list")
    for root in roots:
        if not isinstance(root, Value):
            raise OperandError(f"{name}: expected a Value or a list of Values, got {shown(root)}")
    return roots


def checked_level(collapse: str | int | None) -> str | int | None:
    if collapse is None or type(collapse) is int and collapse > 0:
        return collapse
    if isinstance(collapse, str) and collapse in ("neuron", "layer", "auto"):
        return collapse
    expected = "None, 'neuron', 'layer', 'auto' or a number of steps such as 1"
    raise ArgumentError(f"collapse: expected {expected}, got {shown(collapse)}")


def checked_parts(show: Iterable[str]) -> tuple[str, ...]:
    parts = () if isinstance(show, str) or not isinstance(show, Iterable) else tuple(show)
    if isinstance(show, str) or not isinstance(show, Iterable) or not all(part in PARTS for part in parts):
        raise ArgumentError(f"show: expected some of {', '.join(PARTS)}, as in show=['data'], got {shown(show)}")
    return parts


def checked_focus(focus: Value | None) -> Value | None:
    if focus is None or isinstance(focus, Value):
        return focus
    raise OperandError(f"focus: expected a Value that the drawn graph depends on, got {shown(focus)}")


def highlighted(path: Iterable[Value] | Explanation) -> list[Value]:
    """The nodes to highlight: of an explanation, those of its largest path."""
    if path is None or isinstance(path, tuple) and not path:
        return []
    from ..stepping import Explanation  # here, so that a drawing without it does not load the stepper

    if isinstance(path, Explanation):
        return list(path.path)
    found = list(path) if isinstance(path, Iterable) and not isinstance(path, Value) else [path]
    if not all(isinstance(v, Value) for v in found):
        raise OperandError(f"path: expected Values, or what explain(y, x) returns, got {shown(path)}")
    return found


def whole_number(name: str, number: int) -> int:
    if type(number) is not int or number < 0:
        raise ArgumentError(f"{name}: expected a whole number, 0 or more, got {shown(number)}")
    return number


def yes_or_no(name: str, choice: bool) -> bool:
    if not isinstance(choice, bool):
        raise ArgumentError(f"{name}: expected True or False, got {shown(choice)}")
    return choice
