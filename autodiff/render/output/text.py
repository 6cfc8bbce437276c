"""A picture as a tree of lines, for terminals, screen readers, and machines without a drawing engine.

A node that several others use is written out once, and then only pointed at, so the text is as long as the graph; it
gets a number if another is called like it.

>>> from autodiff import Value
>>> from autodiff.render.graph.build import make_picture
>>> from autodiff.render.graph.style import Style
>>> x = Value(3.0, name="x")
>>> y = x * x + 2
>>> y.backward()
>>> print(tree(make_picture([y]), Style()))
+ 2  data 11  grad 1
└─ *  data 9  grad 1  local derivative 1
   ├─ x  data 3  grad 6  used 2 times  local derivative 3
   └─ x  (above)  local derivative 3
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from ..graph.arrows import since
from ..graph.picture import Edge, Node, Picture
from ..graph.style import Style, facts_shown


def tree(picture: Picture, style: Style) -> str:
    """Each output, and under each operation its operands."""
    nodes, numbers = {node.key: node for node in picture.nodes}, number_nodes(picture)
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
        words = node_words(nodes[key], style, key in written, numbers.get(key))
        lines.append(branch + "  ".join(filter(None, [*words, *slope])))
        if key in written:
            continue
        written.add(key)
        below = operands.get(key, [])
        for position, operand in enumerate(reversed(below)):
            corner, beside = ("├─ ", "│  ") if position else ("└─ ", "   ")  # the last operand comes first
            stack.append((operand.source, operand, margin + corner, margin + beside))
    return "\n".join([*lines, *picture.notes])


def node_words(node: Node, style: Style, written: bool, number: int | None) -> list[str]:
    title = node.full_title if number is None else f"{node.full_title} ({number})"
    if written:
        return [title, "(above)"]
    return [title, *(" ".join(filter(None, fact)) for fact in facts_shown(node.facts, style))]


def edge_text(edge: Edge, style: Style) -> str:
    """What is written on an edge, in words."""
    written = since(edge, style)
    if not written or written == "blocked":
        return f"{written} ({edge.operand})" if written and edge.operand else written
    if edge.slope is None and not edge.blocked:
        return re.sub("×([0-9,]+)", r"\1 edges ", written).replace("Σ", "flow").rstrip()
    word = "carries" if " = " in written else "local derivative"  # upstream × slope = contribution
    return f"{word} of {edge.operand} {written}" if edge.operand else f"{word} {written}"


def number_nodes(picture: Picture) -> dict[str, int]:
    """A number for each node that several edges start from and that another is called like."""
    uses = Counter(edge.source for edge in picture.edges)
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for node in picture.nodes:
        alike[node.full_title].append(node.key)
    found: dict[str, int] = {}
    for keys in alike.values():
        shared = [key for key in keys if uses[key] > 1] if len(keys) > 1 else []
        found |= {key: number for number, key in enumerate(shared, 1)}
    return found
