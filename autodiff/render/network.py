"""From a `Picture` to a NetworkX graph, for its algorithms and for other tools' layouts.

>>> from autodiff import Value, draw
>>> x = Value(3.0, name="x")
>>> graph = draw(x * x).to_networkx()
>>> graph.nodes["n0"]["title"], [slope for _, _, slope in graph.edges(data="slope")]
('x', [3.0, 3.0])
"""

from __future__ import annotations

from typing import Any

from ..errors import MissingExtraError
from .picture import Picture


def network(picture: Picture) -> Any:
    """A `networkx.MultiDiGraph` whose nodes and edges carry what the picture knows of them."""
    try:
        import networkx  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        raise MissingExtraError("to_networkx needs networkx: pip install 'autodiff[render]'") from None
    graph = networkx.MultiDiGraph()
    for node in picture.nodes:
        graph.add_node(node.key, kind=node.kind, title=node.title, path=node.path, **dict(node.facts))
    for edge in picture.edges:
        rest = {name: getattr(edge, name) for name in ("slope", "blocked", "operand", "flow", "times")}
        graph.add_edge(edge.source, edge.target, **rest)
    return graph
