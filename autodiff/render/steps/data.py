"""What the page of the stepper shows, as data: where boxes and arrows stand, and what changes at each step.

A page of a whole graph gets its numbers in full, and tells the steps itself; any other gets the texts that it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ...errors import ArgumentError, shown
from ...json_text import json_number
from ...ops import TABLE
from ...stepping.explanation import explain_gradient
from ...stepping.judging import astray, beside, both, headline, unlike
from ...stepping.log import Log
from ...stepping.paths import Path
from ...stepping.quiz import CLOSE, HINTS, MISCONCEPTIONS
from ...stepping.narrate import describe_origin, describe_origin_within
from ...stepping.snapshot import Node
from ...stepping.step import Step
from ...stepping.training import STAGES
from ...stepping.traversals import ORDERS
from ...stepping.wording import last_part, name, short
from ..graph.layout import Layout, layout
from .columns import columns
from .levels import levels, scopes
from .title import formula_of
from .told import tell_step

LETTER, LINE, PADDING = 7.3, 16.0, 9.0  # the page's fixed-width type, in pixels
WIDEST = 30  # letters in a box
BRIEF = "label", "made"  # the lines of a box that tell a node from others
PATHS, MOST_INPUTS, MOST_EXPLAINED = 5, 60, 1_000  # explained: paths, inputs of a page, nodes of a graph


def around(log: Log, focus: int, depth: int) -> set[int]:
    """The nodes at most `depth` edges from one, up or down, not by way of inputs, which lead everywhere."""
    if isinstance(depth, bool) or not isinstance(depth, int) or depth < 0:
        raise ArgumentError(f"expected a depth of 0 or more edges, got {shown(depth)}")
    nodes = log.graph.nodes
    neighbours: dict[int, list[int]] = {}
    for node in nodes:
        for parent in node.parents:
            neighbours.setdefault(parent, []).append(node.number)
            neighbours.setdefault(node.number, []).append(parent)
    found = front = {focus}
    for _ in range(min(depth, len(log.graph.nodes))):
        near = {other for number in front for other in neighbours.get(number, ())}
        front = {number for number in near - found if nodes[number].parents}
        found = found | front
    ends = {other for number in found for other in neighbours.get(number, ()) if not nodes[other].parents}
    return found | {number for number in ends if found.issuperset(neighbours[number])}


def find_drawn(log: Log, core: set[int]) -> set[int]:
    """The nodes that a page draws: those of the core and their neighbours; constants stand inside their operation."""
    drawn = set(core)
    for node in log.graph.nodes:
        if node.number in core:
            drawn.update(node.parents)
        elif not core.isdisjoint(node.parents):
            drawn.add(node.number)
    root = len(log.graph.nodes) - 1
    return {number for number in drawn if log.graph.nodes[number].operation != "constant" or number == root}


def collect_data(log: Log, core: set[int], drawn: list[int], chosen: list[int]) -> dict[str, Any]:
    """What the page's script needs: the boxes and arrows of the nodes in `drawn`, and the steps in `chosen`."""
    place = {number: i for i, number in enumerate(drawn)}
    nodes = [log.graph.nodes[number] for number in drawn]
    edges = _edges(log, core, drawn)
    edge_place = {(target, operand): i for i, (_, target, operand) in enumerate(edges)}
    steps = [log[index] for index in chosen]
    whole = len(core) == len(log.graph.nodes)
    live = _live(log) if whole else None
    standing = dict(zip(drawn, scopes(log, drawn)))
    coarser = levels(standing, edges) if whole else []
    page_tells = bool(live and live["edits"])
    why = [] if page_tells else [_why(log, number, place, edge_place) for number in _find_explained(log, drawn)]
    widest = _widest(steps)
    boxes = [_box(log, node, widest if node.number in core else {}) for node in nodes]
    sizes = [(2 * PADDING + LETTER * max(lines.values()), PADDING + LINE * len(lines)) for lines in boxes]
    placed = layout(sizes, [(place[source], place[target]) for source, target, _ in edges])
    return {
        "title": name(log.graph.root.label),
        "formula": formula_of(log),
        "order": log.order,
        "wrong": _wrong(log, drawn) if log.order != "topological" else None,
        **QUIZ,
        "size": [round(length) for length in placed.size],
        "nodes": columns([
            _node(node, node.number == log.graph.root.number, node.number in core, lines, (*corner, *size))
            | (_lines(log, node) if live else _texts(log, node))
            | ({"scope": standing[node.number]} if coarser else {})
            for node, lines, corner, size in zip(nodes, boxes, placed.places, sizes, strict=True)
        ]),
        "edges": columns([
            {"from": place[source], "to": place[target], "operand": operand,
             "operands": len(log.graph.nodes[target].parents), "via": _route(placed, place[source], sizes, i)}
            for i, (source, target, operand) in enumerate(edges)
        ]),
        "steps": None if live else columns([tell_step(log, step, place, edge_place) for step in steps]),
        "live": live,
        "levels": coarser,
        "why": None if page_tells else columns(why),
    }  # fmt: skip


QUIZ = {"stages": STAGES, "misconceptions": MISCONCEPTIONS, "hints": HINTS, "close": CLOSE}


def _edges(log: Log, core: set[int], drawn: list[int]) -> list[tuple[int, int, int]]:
    """The edges between the nodes in `drawn`, one of them in the core: from which to which, along which operand."""
    here, nodes = set(drawn), log.graph.nodes
    found = [(p, number, k) for number in drawn for k, p in enumerate(nodes[number].parents) if p in here]
    return [(p, number, k) for p, number, k in found if p in core or number in core]


def _live(log: Log) -> dict[str, Any] | None:
    """What the page needs to tell the steps itself, in formulas and in numbers; None where an operation is not of the
    table. It may compute the graph with other numbers, `edits`, where its steps would then follow.
    """
    nodes = log.graph.nodes
    if any(node.parents and node.operation not in TABLE for node in nodes):
        return None
    forward = [step for step in log.forward if step.kind in ("input", "operation")]
    topological = log.order == "topological"
    return {
        "edits": topological and not log.held,
        "ops": [node.operation for node in nodes],
        "parents": [node.parents for node in nodes],
        "data": [json_number(node.data) for node in nodes],
        "slopes": [[json_number(slope) for slope in node.slopes] for node in nodes],
        "held": [json_number(x) for x in log.graph.held] if log.held else None,
        "labels": [name(node.label) for node in nodes],
        "sources": [str(node.source or "") for node in nodes],
        "inputs": [node.number for node in nodes if node.operation == "input"][:MOST_INPUTS],
        "order": [(step.node, step.phase) for step in forward],
        "backward": None if topological else list(ORDERS[log.order](nodes, log.live)),
        "parameters": list(log.training.parameters) if log.training else [],
        "rate": log.training.rate if log.training else 0.0,
    }


def _wrong(log: Log, drawn: Iterable[int]) -> dict[str, Any]:
    """What the order did: in a sentence, by the gradients of both orders, and by their contributions side by side."""
    wrong = astray(log)
    return {
        "verdict": headline(log),
        "right": not wrong,
        "gradients": [
            (name(log.graph.nodes[i].label), *both(log, i), i in wrong)
            for i in sorted(drawn, key=lambda i: i not in wrong)  # those first
        ],
        "beside": beside(log),
    }


def _find_explained(log: Log, drawn: Iterable[int]) -> list[int]:
    """The inputs whose gradients the page explains: of a graph that it shows a part of, the paths lie elsewhere."""
    whole = len(log.graph.nodes) <= MOST_EXPLAINED
    return [i for i in drawn if whole and log.graph.nodes[i].operation == "input"][:MOST_INPUTS]


def _why(log: Log, x: int, place: dict[int, int], edges: dict[tuple[int, int], int]) -> dict[str, Any]:
    found = explain_gradient(log.graph, x, PATHS)
    path = found.paths[0] if found.paths else Path((), (), 0.0, None)
    return {
        "label": name(found.label),
        "text": "\n".join(filter(None, [unlike(log, x, found.gradient), str(found)])),
        "nodes": [place[number] for number in path.nodes if number in place],
        "edges": [edges[edge] for edge in zip(path.nodes[1:], path.operands) if edge in edges],
    }


def _node(node: Node, root: bool, inside: bool, lines: dict[str, int], box: Sequence[float]) -> dict[str, Any]:
    return {
        "number": node.number,
        "kind": "input" if not node.parents else "output" if root else "operation",
        "outside": not inside,
        "lines": list(lines),
        "box": [round(length, 1) for length in box],
    }


def _texts(log: Log, node: Node) -> dict[str, Any]:
    """What is shown of a node."""
    return {
        "label": name(node.label),
        "made": describe_origin(log, node)[0] if node.parents else "",
        "brief": _brief(log, node),
        "data": short(node.data),
        "full": repr(node.data),
        "source": str(node.source or ""),
    }


def _lines(log: Log, node: Node) -> dict[str, str | None]:
    """Of this only what the page cannot tell: the lines that had to be shortened."""
    texts, brief = _texts(log, node), _brief(log, node)
    return {f"{line}_line": None if brief.get(line, texts[line]) == texts[line] else brief[line] for line in BRIEF}


def _route(placed: Layout, source: int, sizes: Sequence[tuple[float, float]], edge: int) -> list[list[float]]:
    """The points of an edge: first past the widest box of its layer, so that it crosses none."""
    (left, top), (width, height), end = placed.places[source], sizes[source], placed.ends[source]
    first = [(end, top + height / 2)] if end > left + width + 1 else []
    return [[round(x, 1), round(y, 1)] for x, y in [*first, *placed.routes[edge]]]


def _box(log: Log, node: Node, widest: dict[int, dict[str, int]]) -> dict[str, int]:
    """The lines of a node's box, each with the letters that it needs at most."""
    lines = {line: len(text) for line, text in _brief(log, node).items()}
    lines["data"] = max(len(short(node.data)), 8)
    lines |= {"gradient": 0} | widest.get(node.number, {})
    return {line: min(letters, WIDEST) for line, letters in lines.items()}


def _brief(log: Log, node: Node) -> dict[str, str]:
    """What a box says of its node, as short as it has to be."""
    label = name(node.label)
    texts = {"label": label if len(label) <= WIDEST else last_part(label)}
    return texts | {"made": describe_origin_within(log, node, WIDEST)} if node.parents else texts


def _widest(steps: Iterable[Step]) -> dict[int, dict[str, int]]:
    """For each node the longest gradient and running sum that it will show; a sum of one term goes without saying."""
    widest: dict[int, dict[str, int]] = {}
    for step in steps:
        if step.kind in ("seed", "contribution"):
            texts = {"gradient": f"gradient {short(step.gradient_after)}"}
            if step.expected > 1 or "+" in step.sum:
                texts["sum"] = step.sum
            mine = widest.setdefault(step.target, {})
            mine.update({line: max(len(text), mine.get(line, 0)) for line, text in texts.items()})
    return widest
