"""A graph as it is drawn: plain nodes and edges, which every renderer reads and which know no Values.

>>> x, y = Node("n0", "input", "x", (("data", 3.0),)), Node("n1", "output", "** 2", (("data", 9.0),))
>>> Picture((x, y), (Edge("n0", "n1", slope=6.0),), ("n1",)).edges[0].slope
6.0
"""

from __future__ import annotations

from typing import NamedTuple

from .style import Number

Path = tuple[str, ...]  # the scopes that something stands in, from the outside in
Fact = tuple[str, Number]  # a label, and a number, a range, a text, or None for a number that does not exist yet


class Node(NamedTuple):
    """A box: what it is called, its kind (a key of `style.LOOKS`), the facts in it, the scopes that it stands in.

    `op` is the operation, which the title may not tell apart from another; `changed` is since an earlier drawing.
    """

    key: str
    kind: str
    title: str
    facts: tuple[Fact, ...] = ()
    path: Path = ()
    lit: bool = False
    op: str = ""
    changed: bool = False

    @property
    def full_title(self) -> str:
        """The title with the scopes that the node stands in."""
        if not self.path:
            return self.title
        scope = ".".join(self.path)
        return f"{scope}.{self.title}" if self.kind in ("parameter", "group") else f"{self.title} in {scope}"


class Edge(NamedTuple):
    """An arrow from an operand to its operation, or from a group to another.

    `operand` is its letter in the title of the operation, where the order matters; `flow` is the gradient that it
    carries back, slope times gradient `above`, once a backward pass has run; `times` is how many edges it stands for;
    a `link` leads from a graph to the graph of its gradient; `before` is the same edge in an earlier drawing.
    """

    source: str
    target: str
    slope: float | None = None
    blocked: bool = False
    operand: str = ""
    flow: float | None = None
    times: int = 1
    lit: bool = False
    link: bool = False
    above: float | None = None
    before: Edge | None = None


class Picture(NamedTuple):
    """A graph as it is drawn: nodes in topological order, and what is to be said of all of it."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    outputs: tuple[str, ...]
    notes: tuple[str, ...] = ()
