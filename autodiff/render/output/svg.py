"""What an SVG from an engine still lacks: a title and a description for screen readers, and colours for the night.

Engines name each node by its id and each edge by two ids. Here they get sentences, which browsers show on hover, and
the whole gets a title, a description, and a style sheet that follows the reader's light or dark scheme.
"""

from __future__ import annotations

from xml.etree import ElementTree as xml

from ..graph.picture import Edge, Node, Picture
from ..graph.style import EDGES, LOOKS, PAGE, Paint, Style, numeral
from .looks import clusters

SVG = "http://www.w3.org/2000/svg"
xml.register_namespace("", SVG)


def finish(drawn: bytes, picture: Picture, style: Style) -> str:
    """The engine's SVG with sentences in place of ids, and the style sheet."""
    root = xml.fromstring(drawn)
    root.set("class", "autodiff")
    root.set("role", "img")
    nodes = {node.key: node for node in picture.nodes}
    edges, places = edges_by_ends(picture), clusters(picture)
    for group in root.iter(f"{{{SVG}}}g"):
        title = group.find(f"{{{SVG}}}title")
        if title is None:
            continue
        if group.get("class", "").startswith("node"):
            title.text = node_sentence(nodes[title.text or ""], style)
        elif group.get("class", "").startswith("edge"):
            source, target = (end.partition(":")[0] for end in (title.text or "").split("->"))
            title.text = edge_sentence(edges[source, target].pop(0), nodes, style)
        elif group.get("class", "").startswith("cluster"):
            title.text = ".".join(places[int((title.text or "").removeprefix("cluster"))])
        else:
            group.remove(title)
    lift_titles(root)
    for tag, text in reversed([("title", heading(picture)), ("desc", description(picture)), ("style", sheet())]):
        element = xml.Element(f"{{{SVG}}}{tag}")
        element.text = text
        root.insert(0, element)
    return xml.tostring(root, encoding="unicode") + "\n"


def lift_titles(root: xml.Element) -> None:
    """Draw the titles of frames last, each with a rim, so that no edge crosses them out."""
    for graph in root.findall(f"{{{SVG}}}g"):
        titles = xml.Element(f"{{{SVG}}}g", {"class": "scope titles", "stroke": PAGE[0].fill, "stroke-width": "3"})
        for frame in graph.findall(f"{{{SVG}}}g"):
            for text in frame.findall(f"{{{SVG}}}text") if frame.get("class", "").startswith("cluster") else ():
                text.set("paint-order", "stroke")
                frame.remove(text)
                titles.append(text)
        if len(titles):
            graph.append(titles)


def edges_by_ends(picture: Picture) -> dict[tuple[str, str], list[Edge]]:
    """The edges from one node to another, in order: `x * x` has two."""
    found: dict[tuple[str, str], list[Edge]] = {}
    for edge in picture.edges:
        found.setdefault((edge.source, edge.target), []).append(edge)
    return found


def heading(picture: Picture) -> str:
    """What the whole picture is."""
    titles = [node.title for node in picture.nodes if node.key in picture.outputs]
    return f"Computation graph of {', '.join(titles)}"


def description(picture: Picture) -> str:
    """How many nodes there are, and how to read one."""
    kinds = [node.kind for node in picture.nodes if node.kind != "more"]
    counts = {kind: kinds.count(kind) for kind in LOOKS if kind in kinds}
    words = [f"{n} {kind}{'s' * (n != 1)}" for kind, n in counts.items()]
    group = "; an arrow into a group, the derivative through the group" if "group" in kinds else ""
    return (
        f"{', '.join(words)}. Each box shows its value (data) and its gradient (grad); "
        f"each arrow, from an operand to its operation, shows the local derivative{group}. Its colour and width "
        "tell the sign and size of the gradient that flows back along it."
    )


def node_sentence(node: Node, style: Style) -> str:
    if node.kind == "more":
        return node.title
    facts = [f"{label} {'not known yet' if x is None else numeral(x, style.digits)}".strip() for label, x in node.facts]
    return f"{node.kind} {node.full_title}: {', '.join(facts)}"


def edge_sentence(edge: Edge, nodes: dict[str, Node], style: Style) -> str:
    before = edge.before or edge
    words = [f"from {nodes[edge.source].title} to {nodes[edge.target].title}"]
    if edge.times > 1:
        words.append(f"{edge.times:,} edges")
    if edge.lit:
        words.append("highlighted")
    if edge.blocked:
        words.append("blocked, no gradient flows")
    for word, x, was in (("local derivative", edge.slope, before.slope), ("carries", edge.flow, before.flow)):
        if x is not None:
            numbers = [numeral(was, style.digits), numeral(x, style.digits)]
            words.append(f"{word} {' → '.join(dict.fromkeys(numbers))}")
    return ": ".join([words[0], ", ".join(words[1:])] if words[1:] else words)


def sheet() -> str:
    """Dark colours for readers who ask for them; each rule keeps to drawings, since an SVG may lie within a page."""
    rules = [
        rule(".graph > polygon", PAGE[1]),
        *(rule_of_node(kind, look.dark) for kind, look in LOOKS.items()),
        rule(".group.end :is(path, polygon, polyline)", LOOKS["output"].dark, "stroke"),
        rule(":is(.titles, .edge) text", PAGE[1], "stroke"),
        rule(".graph > text", Paint(EDGES["plain"][1].text, "none", ""), "fill"),
        *(rule_of_edge(kind, night) for kind, (_, night) in EDGES.items()),
    ]
    return "@media (prefers-color-scheme: dark) {\n" + "\n".join(rules) + "\n}"


def rule(selector: str, paint: Paint, *properties: str) -> str:
    values = {"fill": paint.fill, "stroke": paint.line}
    chosen = "; ".join(f"{name}: {values[name]}" for name in properties or values)
    return f".autodiff {selector} {{ {chosen} }}"


def rule_of_node(kind: str, paint: Paint) -> str:
    text = f".autodiff .{kind} text {{ fill: {paint.text} }}"
    return f"{rule(f'.{kind} :is(path, polygon, polyline)', paint)}\n{text}"


def rule_of_edge(kind: str, paint: Paint) -> str:
    line = rule(f".{kind}:not(.node) :is(path, polyline)", paint)
    head = rule(f".{kind}.edge polygon", paint._replace(fill=paint.line))
    text = f".autodiff .{kind}:not(.node) text {{ fill: {paint.text} }}"
    return f"{line}\n{head}\n{text}"
