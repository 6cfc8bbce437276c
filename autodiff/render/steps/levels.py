"""How the page of the stepper may draw a graph coarser: each neuron, or each layer, as one box.

The page groups and lays out the boxes itself, since a reader opens them one by one. What is drawn as one box must not
hold both what comes before and what comes after another: this is found out here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...stepping.log import Log
from ..graph.picture import Path
from ..graph.scopes import paths
from ..output.ordering import leads_on

LEVELS = ("neurons", 2), ("layers", 1)  # and how many parts the path to one has


def scopes(log: Log, drawn: Sequence[int]) -> list[Path]:
    """The scope that each node in `drawn` stands in; none where there are no Values, as in a log from a file."""
    if len(log.graph.values) < len(log.graph.nodes):
        return [()] * len(drawn)
    found = {log.graph.values[v]: path for v, path in paths(list(log.graph.values)).items()}
    return [found[number] for number in drawn]


def levels(paths: Mapping[int, Path], edges: Sequence[tuple[int, int, int]]) -> list[dict[str, Any]]:
    """The coarser drawings of nodes with these scopes and edges: none where nothing belongs together."""
    ends = [(source, target) for source, target, _ in edges]
    found = []
    for title, length in LEVELS:
        boxes = {number: path[:length] if len(path) >= length else number for number, path in paths.items()}
        if any(len(path) >= length for path in paths.values()) and leads_on(boxes, ends):
            found.append({"title": title, "length": length})
    return found
