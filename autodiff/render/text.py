"""A picture as a tree of lines, for terminals, screen readers, and machines without a drawing engine.

A node that several others use is written out once, and then only pointed at, so the text is as long as the graph.

>>> from autodiff import Value
>>> from autodiff.render.plan import pictured
>>> from autodiff.render.style import Style
>>> x = Value(3.0, name="x")
>>> y = x * x + 2
>>> y.backward()
>>> print(tree(pictured([y]), Style()))
+ 2  data 11  grad 1
└─ *  data 9  grad 1  slope 1
   ├─ x  data 3  grad 6  used 2 times  slope 3
   └─ x  (above)  slope 3
"""

from __future__ import annotations

from .picture import Edge, Node, Picture
from .style import Style, facts_shown, numeral


def tree(picture: Picture, style: Style) -> str:
    """Each output, and under each operation its operands."""
    nodes = {node.key: node for node in picture.nodes}
    operands: dict[str, list[Edge]] = {}
    for arrow in picture.edges:
        operands.setdefault(arrow.target, []).append(arrow)
    lines: list[str] = []
    written: set[str] = set()
    used = {arrow.source for arrow in picture.edges}
    tops = picture.outputs or [key for key in nodes if key not in used]  # a part may lack the outputs
    stack: list[tuple[str, Edge | None, str, str]] = [(key, None, "", "") for key in reversed(tops)]
    while stack:
        key, edge, branch, margin = stack.pop()
        slope = [] if edge is None else [edge_text(edge, style)]
        lines.append(branch + "  ".join(filter(None, [*node_words(nodes[key], style, key in written), *slope])))
        if key in written:
            continue
        written.add(key)
        below = operands.get(key, [])
        for position, operand in enumerate(reversed(below)):
            corner, beside = ("├─ ", "│  ") if position else ("└─ ", "   ")  # the last operand comes first
            stack.append((operand.source, operand, margin + corner, margin + beside))
    return "\n".join(lines)


def node_words(node: Node, style: Style, written: bool) -> list[str]:
    if written:
        return [node.full_title, "(above)"]
    return [node.full_title, *(" ".join(filter(None, fact)) for fact in facts_shown(node.facts, style))]


def edge_text(edge: Edge, style: Style) -> str:
    """The slope of an edge, in words."""
    name = f"slope of {edge.operand}" if edge.operand else "slope"
    if edge.note:
        return f"{name} {edge.note}"
    if edge.blocked:
        return f"blocked ({edge.operand})" if edge.operand else "blocked"
    if edge.times > 1:
        return f"{edge.times:,} edges"
    return f"{name} {numeral(edge.slope, style.digits)}" if edge.slope is not None and "slope" in style.show else ""
