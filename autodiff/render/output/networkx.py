"""From a `Picture` to a NetworkX graph, for its algorithms and for other tools' layouts.

>>> from autodiff import Value, draw
>>> x = Value(3.0, name="x")
>>> graph = draw(x * x).to_networkx()
>>> graph.nodes["n0"]["title"], [slope for _, _, slope in graph.edges(data="slope")]
('x', [3.0, 3.0])
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...errors import MissingExtraError
from ..graph.picture import Fact, Picture

COUNTED = {f"{noun}{s}": f"{noun}s" for noun in ("parameter", "operation", "output") for s in ("", "s")}


def network(picture: Picture) -> Any:
    """A `networkx.MultiDiGraph` whose nodes and edges carry what the picture knows of them.

    All of it is plain text, numbers and truth values, so that GraphML, GEXF and GML can hold it: a range is two
    numbers, as in data_min and data_max, and what is not known is left out.
    """
    try:
        import networkx  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        raise MissingExtraError("to_networkx needs networkx: pip install 'autodiff-scalar[render]'") from None
    graph = networkx.MultiDiGraph()
    for node in picture.nodes:
        what = {"kind": node.kind, "title": node.title, "path": ".".join(node.path), "op": node.op}
        graph.add_node(node.key, **plain(node.facts), **what)
    for edge in picture.edges:
        numbers = {name: getattr(edge, name) for name in ("slope", "blocked", "operand", "flow", "times", "lit")}
        graph.add_edge(edge.source, edge.target, **{name: x for name, x in numbers.items() if x is not None})
    return graph


def plain(facts: Iterable[Fact]) -> dict[str, str | float]:
    """The facts under names that do not depend on any number.

    >>> plain([("data", (1.0, 2.0)), ("grad", None), ("used", "3 times"), ("8 neurons", "")])
    {'data_min': 1.0, 'data_max': 2.0, 'used': 3, 'parts': 8}
    """
    found: dict[str, str | float] = {}
    for label, x in facts:
        count, _, noun = label.rpartition(" ") if label[:1].isdigit() else ("", "", label.replace(" ", "_"))
        if count:
            noun = COUNTED.get(noun, "parts")
            found[noun] = int(count.replace(",", ""))
            x = x if isinstance(x, (tuple, str)) else None if x is None else (x, x)
        if isinstance(x, tuple):
            found |= {f"{noun}_min": x[0], f"{noun}_max": x[1]}
        elif noun == "used":
            found[noun] = int(str(x).split()[0])
        elif x is not None and x != "":
            found[f"{noun}_change" if count else noun] = x
    return found
