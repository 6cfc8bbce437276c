"""What changed between two drawings of the same computation: before and after a step of training.

>>> from autodiff import Value, draw
>>> w = Value(1.0, name="w")
>>> before = draw(w * 3.0)
>>> w.data = 0.5
>>> print(draw(w * 3.0).since(before).text())
* 3  data 3 → 1.5  grad ·
└─ w  data 1 → 0.5  grad ·  local derivative 3
"""

from __future__ import annotations

from itertools import zip_longest

from ...errors import ArgumentError
from .picture import Edge, Fact, Node, Picture
from .style import Number, Style, facts_shown, numeral

EXPECTED = "since: expected an earlier drawing of the same computation"


def difference(before: Picture, after: Picture, style: Style) -> Picture:
    """The later picture with each number that changed as "before → after".

    Both must show the same operations; an `ArgumentError` names the first place where they do not.
    """
    nodes = [node_since(old, new, style) for old, new in pairs(before.nodes, after.nodes)]
    if [ends(edge) for edge in before.edges] != [ends(edge) for edge in after.edges]:
        raise ArgumentError(f"{EXPECTED}, got other edges between its nodes")
    edges = [new._replace(before=old._replace(before=None)) for old, new in zip(before.edges, after.edges)]
    return Picture(tuple(nodes), tuple(edges), after.outputs, after.notes)


def pairs(before: tuple[Node, ...], after: tuple[Node, ...]) -> list[tuple[Node, Node]]:
    for old, new in zip_longest(before, after):
        if old is None or new is None or identity(old) != identity(new):
            names = [repr(node.full_title) if node else "nothing" for node in (old, new)]
            raise ArgumentError(f"{EXPECTED}, got {names[0]} before and {names[1]} after")
    return list(zip(before, after))


def identity(node: Node) -> tuple[object, ...]:
    """What no step of training changes; the title of an operation may hold a constant that is another one each time."""
    is_named = node.kind not in ("operation", "output")
    return node.kind, node.path, node.op, node.title if is_named else None


def node_since(old: Node, new: Node, style: Style) -> Node:
    was = dict(old.facts)
    facts: list[Fact] = [(label, show_change(was.get(label), x, style.digits)) for label, x in new.facts]
    title = new.title if old.title == new.title else f"{old.title} → {new.title}"
    is_changed = title != new.title or facts_shown(facts, style) != facts_shown(new.facts, style)
    return new._replace(facts=tuple(facts), title=title, changed=is_changed)


def show_change(old: Number, new: Number, digits: int) -> Number:
    """The number, or both with an arrow between where they look different."""
    words = numeral(old, digits), numeral(new, digits)
    return new if words[0] == words[1] else " → ".join(words)


def ends(edge: Edge) -> tuple[str, str, str]:
    return edge.source, edge.target, edge.operand
