"""What is written on an edge: a slope, what flows back along it, both before and after a step.

>>> style = Style(show=("slope", "contribution"))
>>> label(Edge("n0", "n1", 2.0, flow=6.0, above=3.0), style), label(Edge("n0", "n1", operand="b", blocked=True), style)
('3 × 2 = 6', 'b: blocked')
>>> label(Edge("n0", "n1", 2.0, before=Edge("n0", "n1", 1.0)), style), label(Edge("n0", "n1", flow=6.0, times=8), style)
('1 → 2', '×8 Σ 6')
"""

from __future__ import annotations

from .picture import Edge
from .style import Style, numeral


def label(edge: Edge, style: Style) -> str:
    """The letter of an operand where the order matters, and the numbers; nothing for a link."""
    written = "" if edge.link else since(edge, style)
    return f"{edge.operand}: {written}" if edge.operand and written else edge.operand or written


def since(edge: Edge, style: Style) -> str:
    """The numbers of an edge, with those of an earlier drawing where they differ."""
    after = numbers(edge, style)
    return f"{numbers(edge.before, style)} → {after}" if is_changed(edge, style) and edge.before else after


def is_changed(edge: Edge, style: Style) -> bool:
    return edge.before is not None and numbers(edge.before, style) != numbers(edge, style)


def numbers(edge: Edge, style: Style) -> str:
    """The slope, and its contribution on demand; of edges that have no slope in common, how many and what flows."""
    if edge.blocked:
        return "blocked"
    if edge.slope is None:
        words = [f"×{edge.times:,}"] if edge.times > 1 else []
        flowing = {"flow", "contribution"} & set(style.show) and edge.flow is not None
        return " ".join([*words, f"Σ {numeral(edge.flow, style.digits)}"] if flowing else words)
    if "slope" not in style.show:
        return ""
    slope = numeral(edge.slope, style.digits)
    if "contribution" in style.show and edge.flow is not None:  # upstream × local derivative, as everywhere
        return f"{numeral(edge.above, style.digits)} × {slope} = {numeral(edge.flow, style.digits)}"
    return slope
