"""What `draw` is asked for, checked; each error says what was expected, what came, and how to say it.

>>> whole_number("depth", 3), check_level("auto")
(3, 'auto')
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...coerce import is_one_of, is_series
from ...suggest import instead
from ...errors import ArgumentError, OperandError, shown
from ...value import Value
from .edges import Highlight
from .style import PARTS

if TYPE_CHECKING:
    from ...stepping import Explanation


def check_roots(y: Value | Sequence[Value], name: str = "draw") -> list[Value]:
    """The values to draw, or an error that shows what came instead."""
    roots: list[Value] = list(y) if isinstance(y, (list, tuple)) else [y]  # type: ignore[list-item]
    if not roots:
        raise ArgumentError(f"{name}: expected a Value or a list of Values, got an empty list")
    for root in roots:
        if not isinstance(root, Value):
            hint = instead(root, "draw")
            raise OperandError(f"{name}: expected a Value or a list of Values, got {shown(root)}{hint}")
    return roots


def check_level(collapse: str | int | None) -> str | int | None:
    if collapse is None or type(collapse) is int and collapse > 0:
        return collapse
    if isinstance(collapse, str) and collapse in ("neuron", "layer", "auto"):
        return collapse
    expected = "None, 'neuron', 'layer', 'auto' or a number of steps such as 1"
    raise ArgumentError(f"collapse: expected {expected}, got {shown(collapse)}")


def check_parts(show: Iterable[str]) -> tuple[str, ...]:
    listed = not isinstance(show, str) and is_series(show)
    parts = tuple(show) if listed else ()
    if not listed or not all(is_one_of(part, PARTS) for part in parts):
        raise ArgumentError(f"show: expected some of {', '.join(PARTS)}, as in show=['data'], got {shown(show)}")
    return parts


def check_beside(y: Sequence[Value], beside: Value | Sequence[Value]) -> list[Value]:
    """The values whose graph is drawn beside that of `y`; none for an empty list."""
    if isinstance(beside, (list, tuple)) and not beside:
        return []
    roots = check_roots(beside, "beside")
    if set(y) <= set(roots):
        raise ArgumentError("beside: expected the values that a gradient graph was made from, as in "
                            "draw(gradient_graph(y, [x]), beside=y), got what is drawn already")  # fmt: skip
    return roots


def check_focus(focus: Value | None) -> Value | None:
    if focus is None or isinstance(focus, Value):
        return focus
    raise OperandError(f"focus: expected a Value that the drawn graph depends on, got {shown(focus)}")


def check_names(names: Mapping[Value, str] | None) -> Mapping[Value, str] | None:
    if names is not None and not isinstance(names, Mapping):
        raise OperandError(f"names: expected a dict of texts by Values, as in names={{x: 'x'}}, got {shown(names)}")
    return names


def read_highlight(path: Iterable[Value] | Explanation) -> Highlight:
    """What to highlight: of an explanation, exactly the paths that it lists; of Values, also the edges between them."""
    if path is None or isinstance(path, tuple) and not path:
        return Highlight()
    from ...stepping import Explanation  # here, so that a drawing without it does not load the stepper

    if isinstance(path, Explanation):
        return Highlight(frozenset(path.path), frozenset(edges_listed(path)))
    found: list[Any] = list(path) if is_series(path) and not isinstance(path, Value) else [path]
    if not all(isinstance(v, Value) for v in found):
        raise OperandError(f"path: expected Values, or what explain(y, x) returns, got {shown(path)}")
    return Highlight(frozenset(found))


def edges_listed(why: Explanation) -> Iterator[tuple[Value, int]]:
    """The edges of the paths that are listed, as operations with the number of an operand.

    Paths through the same nodes, such as the two of x * x, take different operands.
    """
    value_of = {number: value for value, number in why.graph.values.items()}
    seen: Counter[tuple[tuple[int, ...], tuple[str, ...]]] = Counter()
    for path in why.paths:
        same = path.nodes, tuple(map(repr, path.slopes))  # as text, because nan equals nothing
        turn, seen[same] = seen[same], seen[same] + 1
        for before, after, slope in zip(path.nodes, path.nodes[1:], same[1]):
            v, parent = value_of[after], value_of[before]
            ways = [i for i, p in enumerate(v.parents) if p is parent and repr(v.slopes[i]) == slope]
            turn, way = divmod(turn, len(ways))
            yield v, ways[way]


def whole_number(name: str, number: int) -> int:
    if type(number) is not int or number < 0:
        raise ArgumentError(f"{name}: expected a whole number, 0 or more, got {shown(number)}")
    return number
