"""A graph drawn coarser on the page of the stepper: each neuron, or each layer, as one box.

The page has a layout for each level, made here, and shows the steps in it as in the graph itself: the box that holds
the node of a step is the one that it highlights.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ...stepping.log import Log
from ...stepping.wording import name
from ..graph.layout import layout
from ..graph.picture import Path
from ..graph.scopes import paths
from .columns import columns

LETTER, LINE, PADDING = 7.3, 16.0, 9.0  # the page's fixed-width type, in pixels
NUMBER = len("gradient -0.000000e-00")  # letters of the longest line of numbers


def levels(log: Log, drawn: Sequence[int], edges: Sequence[tuple[int, int, int]]) -> list[dict[str, Any]]:
    """The coarser drawings of the nodes in `drawn` and of these edges: none where nothing belongs together."""
    if len(log.graph.values) < len(log.graph.nodes):  # a log from a file has no Values, and so no scopes
        return []
    values = list(log.graph.values)
    scopes = [path for _, path in sorted((log.graph.values[v], path) for v, path in paths(values).items())]
    found = []
    for title, length in (("neurons", 2), ("layers", 1)):
        if any(len(scopes[number]) >= length for number in drawn):
            level = _level(log, title, [_key(scopes[number], number, length) for number in drawn], drawn, edges)
            found += [level] if level else []
    return found


def _key(path: Path, number: int, length: int) -> tuple[Any, ...]:
    """What a node is drawn with: the scope that it stands in, or itself."""
    return path[:length] if len(path) >= length else (number,)


def _level(
    log: Log, title: str, keys: list[tuple[Any, ...]], drawn: Sequence[int], edges: Sequence[tuple[int, int, int]]
) -> dict[str, Any] | None:
    """One level; None where a box would hold both what comes before and what comes after another."""
    place = {number: i for i, number in enumerate(drawn)}
    feeds: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {key: [] for key in keys}
    for source, target, _ in edges:
        if keys[place[source]] != keys[place[target]]:
            feeds[keys[place[target]]].append(keys[place[source]])
    try:
        order = {key: i for i, key in enumerate(TopologicalSorter(feeds).static_order())}
    except CycleError:
        return None
    members: list[list[int]] = [[] for _ in order]
    for i, key in enumerate(keys):
        members[order[key]].append(i)
    between: dict[tuple[int, int], list[int]] = {}
    for i, (source, target, _) in enumerate(edges):
        ends = order[keys[place[source]]], order[keys[place[target]]]
        if ends[0] != ends[1]:
            between.setdefault(ends, []).append(i)
    labels = [_label(log, key, drawn[members[i][0]]) for key, i in order.items()]
    sizes = [(2 * PADDING + LETTER * max(len(label), NUMBER), PADDING + LINE * 4) for label in labels]
    placed = layout(sizes, list(between))
    return {
        "title": title,
        "size": [round(length) for length in placed.size],
        "boxes": columns([
            {"label": label, "members": inside, "exits": _exits(inside, drawn, edges, place),
             "box": _round((*corner, *size))}
            for label, inside, corner, size in zip(labels, members, placed.places, sizes, strict=True)
        ]),
        "edges": columns([
            {"from": source, "to": target, "members": inside, "via": [_round(point) for point in route]}
            for ((source, target), inside), route in zip(between.items(), placed.routes, strict=True)
        ]),
    }  # fmt: skip


def _label(log: Log, key: tuple[Any, ...], number: int) -> str:
    return ".".join(key) if isinstance(key[0], str) else name(log.graph.nodes[number].label)


def _exits(
    inside: list[int], drawn: Sequence[int], edges: Sequence[tuple[int, int, int]], place: dict[int, int]
) -> list[int]:
    """The nodes of a box that something outside uses, or nothing at all does."""
    mine = {drawn[i] for i in inside}
    users: dict[int, list[int]] = {}
    for source, target, _ in edges:
        users.setdefault(source, []).append(target)
    return [place[i] for i in sorted(mine) if not users.get(i) or not mine.issuperset(users[i])]


def _round(numbers: Iterable[float]) -> list[float]:
    return [round(number, 1) for number in numbers]
