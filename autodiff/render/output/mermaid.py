r"""From a `Picture` to Mermaid, which GitHub and many wikis render in a page of Markdown.

A page may be light or dark, and Mermaid is not told: boxes bring their own ground, light under dark text, and lines
have colours that show on both.

Every character of a label that could mean something to Mermaid, Markdown or HTML is written as an entity of its number.

>>> escape('w[0] "<b>"'), escape("-1.5"), escape("- 1")
('w#91;0#93; #34;#60;b#62;#34;', '-1.5', '#45; 1')
"""

from __future__ import annotations

import re

from .looks import clusters, edge_kind, edge_width, largest_flow, words_on
from ..graph.picture import Node, Picture
from ..graph.style import EDGES, LOOKS, Style, facts_shown

JOINER = "#8288;"  # a word joiner, which cannot be seen: $$x$$, \n and fa:fa-car mean something even as entities
LINES = {kind: light.line for kind, (light, _) in EDGES.items()} | {"plain": "#767676"}
FRAME = f"fill:none,stroke:{LINES['scope']},color:{LINES['scope']}"
WIDE = '%%{init: {"flowchart": {"wrappingWidth": 400}}}%%'  # or a neuron's range would be broken into two lines


def source(picture: Picture, style: Style) -> str:
    """The Mermaid source of a flowchart."""
    direction = {"TB": "TD"}.get(style.rankdir, style.rankdir)
    lines = [WIDE, f"flowchart {direction}", *write_frames(picture, style)]
    largest = largest_flow(picture)
    for number, (edge, written) in enumerate(zip(picture.edges, words_on(picture, style))):
        words = escape(written)
        arrow = "-.-x" if edge.blocked else "-.->" if edge.link else "-->"
        lines.append(f'    {edge.source} {arrow}{f"|{quote(words)}|" if words else ""} {edge.target}')
        width = edge_width(edge, style, largest)
        lines.append(f"    linkStyle {number} stroke:{LINES[edge_kind(edge, style)]},stroke-width:{width:.3g}px")
    used = {node.kind for node in picture.nodes}
    frames = [f"    style cluster{i} {FRAME}" for i in range(len(clusters(picture)))]
    return "\n".join([*lines, *frames, *(write_style(kind) for kind in LOOKS if kind in used)]) + "\n"


def write_frames(picture: Picture, style: Style) -> list[str]:
    """The nodes, each within the frames of its scopes."""
    places = clusters(picture)
    inside = {path: [f'    subgraph cluster{i}["{escape(path[-1])}"]'] for i, path in enumerate(places)}
    outside: list[str] = []
    for node in picture.nodes:
        inside.get(node.path, outside).append(f"    {write_box(node, style)}")
    for path in sorted(places, key=len, reverse=True):
        inside.get(path[:-1], outside).extend(["    " + line for line in inside[path]] + ["        end"])
    return outside


def write_box(node: Node, style: Style) -> str:
    lines = [node.title, *(" ".join(filter(None, fact)) for fact in facts_shown(node.facts, style))]
    text = quote("<br/>".join(map(escape, lines)))
    return f"{node.key}{f'({text})' if LOOKS[node.kind].rounded else f'[{text}]'}:::{node.kind}"


def write_style(kind: str) -> str:
    look = LOOKS[kind]
    dash = ",stroke-dasharray:4 3" if look.dashed else ""
    paint = f"fill:{look.light.fill},stroke:{look.light.line},color:{look.light.text}"
    return f"    classDef {kind} {paint},stroke-width:{look.width}px{dash}"


def escape(text: str) -> str:
    """The text as a label holds it: letters and digits as they are, and a sign or a point within a number."""
    return re.sub(r"(?<=\d)\.(?=\d)|(?<!\S)-(?=\d)|[^\W_]| |(.)", _entity, text, flags=re.DOTALL)


def _entity(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[0]
    is_joined = found[1] in "$\\:" and found.string[found.end():][:1].strip()
    return f"#{ord(found[1])};{JOINER if is_joined else ''}"


def quote(text: str) -> str:
    return f'"{text}"'
