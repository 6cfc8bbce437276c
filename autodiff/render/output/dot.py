r"""From a `Picture` to DOT, the language of Graphviz, through the graphviz package.

Whatever a name holds, it stays text: nodes have synthetic ids, labels are plain or record labels (never HTML-like
ones), and each character that DOT, a record or an entity would take for itself is written as an entity of its number.

>>> escape('a|b {"c"} <d> & \\n')
'a&#124;b &#123;&#34;c&#34;&#125; &#60;d&#62; &#38; \\\\n'
"""

from __future__ import annotations

from ..graph.arrows import is_changed
from ..graph.picture import Edge, Node, Path, Picture
from ..graph.style import EDGES, LOOKS, PAGE, Style, facts_shown
from .looks import clusters, edge_kind, edge_width, is_crowded, is_large, largest_flow, notes_of, outline, words_on

FONT = "Helvetica"  # every engine knows its widths, with or without fonts on the machine
# A backslash is doubled, because the entity of one would become an escape once it is read.
ENTITIES = {ord(c): f"&#{ord(c)};" for c in '&{}|<>"'} | {ord("\\"): "\\\\"}
SIDES = {  # where arrows leave and arrive in a crowd, so that frames stay clear
    "LR": {"tailport": "e", "headport": "w"}, "RL": {"tailport": "w", "headport": "e"},
    "TB": {"tailport": "s", "headport": "n"}, "BT": {"tailport": "n", "headport": "s"},
}  # fmt: skip


def source(picture: Picture, style: Style) -> str:
    """The DOT source; the graphviz package is imported here, and so only by who asks for DOT."""
    import graphviz

    margin = "0.06,0.03" if is_large(picture) else "0.11,0.04"
    graph = graphviz.Digraph(
        graph_attr=layout(picture, style),
        node_attr=_attributes(fontname=FONT, fontsize=11, margin=margin, height=0.2),
        edge_attr=_attributes(fontname=FONT, fontsize=10, arrowsize=0.7, penwidth=1.1),
    )
    places = clusters(picture)
    rows = {node.key for node in picture.nodes} - {edge.target for edge in picture.edges} if is_large(picture) else ()
    parts = {path: graphviz.Digraph(f"cluster{i}", graph_attr=frame(path, i)) for i, path in enumerate(places)}
    for node in picture.nodes:
        attributes = node_attributes(node, picture)
        parts.get(node.path, graph).node(node.key, label=node_label(node, style, node.key in rows), **attributes)
    for path in sorted(places, key=len, reverse=True):  # the innermost first, as each is copied into the next
        parts.get(path[:-1], graph).subgraph(parts[path])
    largest, crowded = largest_flow(picture), is_crowded(picture)
    sides, grouped = SIDES[style.rankdir], has_groups(picture)
    frame_of = {node.key: node.path for node in picture.nodes}
    for edge, words, gap in zip(picture.edges, words_on(picture, style), lengths(picture)):
        enters = grouped and frame_of[edge.target] not in ((), frame_of[edge.source])
        ports = sides if crowded else {"headport": sides["headport"]} if enters else {}  # below the title of the frame
        room = f" {escape(words)} " if words else ""
        graph.edge(edge.source, edge.target, label=room, **edge_attributes(edge, style, largest), **ports, **gap)
    return str(graph.source)


def lengths(picture: Picture) -> list[dict[str, str]]:
    """How many ranks each edge spans at least: one, and more between frames.

    With two, the parameters of the next layer do not stand below this one; with three, the label of an edge that meets
    parameters at its end stands before their frame, and not over its title.
    """
    frame_of = {node.key: node.path for node in picture.nodes}
    parameters = {node.key for node in picture.nodes if node.kind == "parameter"}
    met = {edge.target for edge in picture.edges if edge.source in parameters and not is_large(picture)}
    return [
        {} if edge.link or not frame_of[edge.source] or frame_of[edge.source] == frame_of[edge.target]
        else {"minlen": "3" if edge.target in met else "2"}
        for edge in picture.edges
    ]  # fmt: skip


def layout(picture: Picture, style: Style) -> dict[str, str]:
    """How the engine places things: close together, but for layers of many edges, which need room and straight lines.

    ordering=in puts the operands of each operation in their order. Where there are frames, which it does not work with,
    the engine chooses; but without a second round of uncrossing it keeps neurons that are boxes in their order.
    newrank counts ranks across frames, so that each link leads on: old engines lose links between neighbours of a rank.
    """
    roomy = {"ranksep": "2", "nodesep": "0.12", "splines": "line", "outputorder": "edgesfirst"}
    close = _attributes(ranksep=0.2, nodesep=0.06) if is_large(picture) else _attributes(ranksep=0.35, nodesep=0.12)
    room = close | roomy if is_crowded(picture) else close
    ranks = {"newrank": "true"} if any(edge.link for edge in picture.edges) else {}
    always = _attributes(rankdir=style.rankdir, bgcolor=PAGE[0].fill, fontname=FONT, pad=0.12)
    return always | room | ranks | ordering(picture) | note(picture, style)


def note(picture: Picture, style: Style) -> dict[str, str]:
    """What is said of all of it, below it."""
    words = "".join(f"{escape(each)}\\l" for each in notes_of(picture, style))
    if not words:
        return {}
    return _attributes(label=words, labelloc="b", labeljust="l", fontsize=10, fontcolor=EDGES["plain"][0].text)


def ordering(picture: Picture) -> dict[str, str]:
    if has_groups(picture):
        return {"remincross": "false"}
    return {} if clusters(picture) else {"ordering": "in"}


def has_groups(picture: Picture) -> bool:
    return any(node.kind == "group" for node in picture.nodes)


def escape(text: str) -> str:
    """The text as a label holds it, so that it is drawn as it stands."""
    return text.translate(ENTITIES)


def node_label(node: Node, style: Style, in_row: bool = False) -> str:
    """The title, and below it the facts that are shown (`\\l` ends a line that starts at the left); or all in a row."""
    facts = [f"{escape(label)}  {escape(number)}" for label, number in facts_shown(node.facts, style)]
    stacked = style.rankdir in ("LR", "RL")  # where the fields of a record stand one below the other
    if in_row and 0 < len(facts) < 3:
        words = "|".join([escape(node.title), *facts])
        return f"{{{words}}}" if stacked else words
    lines = "".join(f"{fact}\\l" for fact in facts)
    words = f"{escape(node.title)}|{lines}" if facts else escape(node.title)
    return words if stacked else f"{{{words}}}"


def node_attributes(node: Node, picture: Picture) -> dict[str, str]:
    """How a node looks."""
    look, (classes, line, width) = LOOKS[node.kind], outline(node, picture)
    font = {"fontname": f"{FONT}-Bold"} if node.changed else {}
    return font | _attributes(
        **{"id": node.key, "class": classes},
        shape="Mrecord" if look.rounded else "record",
        style="filled,dashed" if look.dashed else "filled",
        fillcolor=look.light.fill, color=line, fontcolor=look.light.text, penwidth=width,
    )  # fmt: skip


def edge_attributes(edge: Edge, style: Style, largest: float) -> dict[str, str]:
    kind = edge_kind(edge, style)
    paint = EDGES[kind][0]
    shape = {"style": "dashed", "arrowhead": "tee"} if edge.blocked else {}
    if edge.link:
        shape |= {"style": "dotted", "weight": "0"}  # the shape of each of the two graphs comes first
    if is_changed(edge, style):
        shape |= {"fontname": f"{FONT}-Bold"}
    return _attributes(
        **{"class": f"{kind} lit" if edge.lit else kind}, color=paint.line, fontcolor=paint.text,
        penwidth=f"{edge_width(edge, style, largest):.3g}",
    ) | shape  # fmt: skip


def frame(path: Path, index: int) -> dict[str, str]:
    paint = EDGES["scope"][0]
    return _attributes(
        **{"id": f"cluster{index}", "class": "scope"}, label=f" {escape(path[-1])} ", labeljust="l", labelloc="t",
        style="rounded",
        color=paint.line, fontcolor=paint.text, fontname=FONT, fontsize=10, penwidth=0.8, margin=5,
    )  # fmt: skip


def _attributes(**values: str | float) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
