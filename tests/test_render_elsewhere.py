"""Drawings elsewhere: Mermaid, NetworkX, a graph beside its gradient, before and after, the gallery."""

import doctest
import re
import sys

import pytest
from drawings import contrast, needs_engine

from autodiff import Value, draw, exp, explain, gradient_graph, nn, relu, sigmoid, where
from autodiff.errors import ArgumentError, MissingExtraError, OperandError
from autodiff.render.output import mermaid
from autodiff.render.graph import style


def neuron():
    w, x, b = Value(0.5, name="w"), Value(2.0, name="x"), Value(-0.3, name="b")
    y = sigmoid(w * x + b)
    y.name = "y"
    return y, [w, x, b]


# Mermaid

LINE = re.compile(
    r'%%\{init: [^%]*\}%%|flowchart (LR|RL|TD|BT)|subgraph cluster\d+\["[\w#;. ·…\-]*"\]|end|'
    r'n\d+[ab]?(\(|\[)"[\w#;. ·…×</>\-]*"(\)|\]):::[a-z]+|'
    r'n\d+[ab]? (-->|-\.->|-\.-x)(\|"[\w#;. ·…×→\-]*"\|)? n\d+[ab]?|'
    r"style cluster\d+ fill:none,stroke:#767676,color:#767676|"
    r"linkStyle \d+ stroke:#[0-9a-f]{6},stroke-width:[\d.]+px|"
    r"classDef [a-z]+ fill:#\w{6},stroke:#\w{6},color:#\w{6},stroke-width:[\d.]+px(,stroke-dasharray:4 3)?"
)


def test_mermaid_has_every_node_and_every_edge_in_order():
    y, (w, x, b) = neuron()
    y.backward()
    source = draw(y).mermaid
    assert source.startswith(mermaid.WIDE + '\nflowchart LR\n    n0["w<br/>data 0.5<br/>grad 0.4434"]:::input\n')
    assert source.count("-->") == len(draw(y).picture.edges)
    assert '    n4 -->|"0.2217"| n5\n' in source
    assert all(LINE.fullmatch(line.strip()) for line in source.splitlines())


def test_mermaid_frames_layers_and_marks_what_is_blocked():
    model = nn.MLP(2, [2, 1], seed=1)
    source = draw(model([1.0, 0.0])).mermaid
    assert '["layers#91;0#93;"]' in source and "-.-x" in source
    assert source.count("subgraph") == sum(line.strip() == "end" for line in source.splitlines()) == 5
    assert all(LINE.fullmatch(line.strip()) for line in source.splitlines())


def test_mermaid_is_readable_on_a_light_and_on_a_dark_page():
    assert set(mermaid.LINES) == set(style.EDGES)
    for page in (style.PAGE[0].fill, style.PAGE[1].fill, "#0d1117"):  # the last is the dark page of GitHub
        assert min(contrast(line, page) for line in mermaid.LINES.values()) >= 3
    x = Value(2.0, name="x")
    y = exp(x * x)
    y.backward()
    source = draw(y, path=[x, y]).mermaid
    assert set(re.findall(r"linkStyle \d+ stroke:(#\w+)", source)) <= set(mermaid.LINES.values())
    for fill, text in re.findall(r"fill:(#\w+),stroke:#\w+,color:(#\w+)", source):
        assert contrast(fill, text) >= 7


def test_a_mermaid_file_is_saved(tmp_path):
    y, _ = neuron()
    assert draw(y).save(tmp_path / "y.mmd").read_text(encoding="utf-8") == draw(y).mermaid


# NetworkX

def test_networkx_gets_every_node_and_every_edge():
    networkx = pytest.importorskip("networkx")
    x = Value(3.0, name="x")
    graph = draw(relu(x * x)).to_networkx()
    assert isinstance(graph, networkx.MultiDiGraph)
    assert [data["title"] for _, data in graph.nodes(data=True)] == ["x", "*", "relu"]
    assert [(a, b, slope) for a, b, slope in graph.edges(data="slope")] == [
        ("n0", "n1", 3.0), ("n0", "n1", 3.0), ("n1", "n2", 1.0),
    ]  # fmt: skip
    assert networkx.is_directed_acyclic_graph(graph)


@pytest.mark.parametrize("form", ["graphml", "gexf", "gml"])
@pytest.mark.parametrize("collapse", [None, "neuron", "layer"])
@pytest.mark.parametrize("backward", [False, True])
def test_networkx_writes_every_drawing_to_a_file_and_reads_it_again(form, collapse, backward, tmp_path):
    networkx = pytest.importorskip("networkx")
    loss = (nn.MLP(2, [8, 1], seed=1)([1.0, Value(0.0, name="x")]) - 1.0) ** 2
    if backward:
        loss.backward()
    graph = draw(loss, collapse=collapse).to_networkx()
    getattr(networkx, f"write_{form}")(graph, tmp_path / "graph")
    again = getattr(networkx, f"read_{form}")(tmp_path / "graph")
    assert (len(again.nodes), len(again.edges)) == (len(graph.nodes), len(graph.edges))
    assert {type(x) for _, facts in graph.nodes(data=True) for x in facts.values()} <= {str, int, float}


def test_networkx_names_what_a_box_holds_alike_for_every_box():
    pytest.importorskip("networkx")
    loss = (nn.MLP(2, [8, 1], seed=1)([1.0, 0.0]) - 1.0) ** 2
    loss.backward()
    boxes = [facts for _, facts in draw(loss, collapse="layer").to_networkx().nodes(data=True) if facts["kind"] == "group"]
    assert sorted((box["parameters"], box.get("parts")) for box in boxes) == [(9, None), (24, 8)]
    assert all(box["parameters_min"] <= box["parameters_max"] and "grad_norm" in box for box in boxes)


def test_without_networkx_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(MissingExtraError, match=r"needs networkx: pip install 'autodiff-scalar\[render\]'"):
        draw(Value(1.0)).to_networkx()


# A graph beside its gradient

def test_a_graph_and_its_gradient_are_framed_and_linked():
    y, inputs = neuron()
    y.backward()
    picture = draw(gradient_graph(y, inputs), beside=y).picture
    frames = {node.key: node.path for node in picture.nodes}
    assert [frames[key] for key in picture.outputs] == [("forward",)] + [("gradient",)] * 3
    assert all(edge.link == (frames[edge.source] != frames[edge.target]) for edge in picture.edges)
    assert sum(edge.link for edge in picture.edges) == 4
    gradient = [dict(node.facts) for node in picture.nodes if node.path == ("gradient",)]
    assert {facts["grad"] for facts in gradient} == {None}, "no backward pass has run over the gradient"
    assert {facts["data"] for facts in gradient} >= {v.grad for v in inputs}


def test_a_network_beside_its_gradient_is_collapsed_inside_both_frames():
    model = nn.MLP(2, [3, 1], seed=1)
    y = model([1.0, 2.0])
    picture = draw(gradient_graph(y, model.parameters()), beside=y, collapse="layer").picture
    frames = {(node.path, node.title) for node in picture.nodes if node.kind == "group"}
    assert {(("forward",), "layers[0]"), (("forward",), "layers[1]")} <= frames
    assert {path for path, _ in frames} == {("forward",), ("gradient",)}


def test_second_derivatives_are_drawn_beside_the_first():
    x = Value(2.0, name="x")
    first, = gradient_graph(x ** 3, [x])
    second, = gradient_graph(first, [x])
    drawing = draw(second, beside=first)
    assert {node.path[0] for node in drawing.picture.nodes} == {"forward", "gradient"}
    assert dict(drawing.picture.nodes[-1].facts)["data"] == 12.0


def test_beside_takes_values_only():
    with pytest.raises(OperandError, match="expected a Value or a list of Values"):
        draw(Value(1.0), beside=3.0)


def test_a_graph_is_not_drawn_beside_itself():
    y, inputs = neuron()
    with pytest.raises(ArgumentError, match="beside: expected the values that a gradient graph was made from"):
        draw(y, beside=y)
    w, x = inputs[:2]
    assert draw(gradient_graph(w * x, [w]), beside=w * x).picture.nodes, "the slope is x, a part of both graphs"


# Before and after

def training():
    model = nn.MLP(2, [3, 1], seed=1)
    optimizer = nn.SGD(model.parameters(), 0.1)

    def loss():
        model.zero_grad()
        y = (model([1.0, 0.5]) - 1.0) ** 2
        y.backward()
        return y

    return loss, optimizer


@pytest.mark.parametrize("collapse", [None, "neuron", "layer"])
def test_a_step_of_training_is_drawn_as_what_it_changed(collapse):
    loss, optimizer = training()
    first = loss()
    before = draw(first, collapse=collapse)
    old = first.data
    optimizer.step()
    after = loss()
    drawing = draw(after, collapse=collapse).since(before)
    assert f"data {old:.4g} → {after.data:.4g}" in drawing.text()
    assert ("data 0.5\n" if collapse else "dot(…, 1, 0.5)") in drawing.text() or collapse == "layer"


def test_nothing_changes_between_a_drawing_and_itself():
    y, _ = neuron()
    assert draw(y).since(draw(y)).dot == draw(y).dot


@pytest.mark.parametrize("other", [lambda x: x, lambda x: relu(x * x), lambda x: exp(exp(exp(x))), lambda x: exp(x * x),
                                   lambda x: exp(x) + exp(x), lambda x: exp(x) * relu(x)])
def test_another_computation_is_refused(other):
    x = Value(1.0, name="x")
    with pytest.raises(ArgumentError, match="since: expected an earlier drawing of the same computation, got"):
        draw(exp(x) * exp(x)).since(draw(other(x)))


@pytest.mark.parametrize(("one", "other"), [
    (lambda x, z: x * 3.0, lambda x, z: x + 4.0),
    (lambda x, z: x * 3.0, lambda x, z: z * 3.0),
    (lambda x, z: x - z, lambda x, z: z - x),
])  # fmt: skip
def test_other_operations_and_other_inputs_are_another_computation(one, other):
    x, z = Value(1.0, name="x"), Value(2.0, name="z")
    with pytest.raises(ArgumentError, match="since: expected an earlier drawing of the same computation, got"):
        draw(one(x, z)).since(draw(other(x, z)))


def test_another_constant_is_a_change_and_no_other_computation():
    x = Value(1.0, name="x")
    assert draw(x * 4.0).since(draw(x * 3.0)).text().startswith("* 3 → * 4  data 3 → 4")


def test_a_changed_edge_keeps_its_contribution():
    w, x = Value(0.5, name="w"), Value(2.0, name="x")

    def drawing():
        w.grad = x.grad = 0.0
        y = (w * x) ** 2
        y.backward()
        return draw(y, show=["slope", "contribution"])

    before, w.data = drawing(), 1.0
    assert "2 × 2 = 4 → 4 × 2 = 8" in drawing().since(before).dot
    assert "carries 2 × 2 = 4 → 4 × 2 = 8" in drawing().since(before).text()


def test_what_changed_is_bold_and_the_rest_is_not():
    w, x = Value(0.5, name="w"), Value(2.0, name="x")
    before, w.data = draw(w * x), 1.0
    drawing = draw(w * x).since(before)
    assert [node.changed for node in drawing.picture.nodes] == [True, False, True]
    assert drawing.dot.count("Helvetica-Bold") == 3, "w, the product, and the edge with the slope w"
    hidden = draw(w * x, show=["grad"]).since(draw(w * x, show=["grad"]))
    assert "Helvetica-Bold" not in hidden.dot


def test_a_flipped_relu_is_told():
    x = Value(-1.0, name="x")
    before = draw(relu(x) + 1.0)
    x.data = 1.0
    assert "local derivative blocked → 1" in draw(relu(x) + 1.0).since(before).text()


# explain's paths

def test_the_largest_path_of_an_explanation_can_be_highlighted():
    y, (w, x, b) = neuron()
    why = explain(y, w)
    drawing = draw(y, path=why)
    assert sum(edge.lit for edge in drawing.picture.edges) == len(why.paths[0].slopes)
    assert [node.title for node in drawing.picture.nodes if node.lit] == ["w", "*", "+", "y: sigmoid"]
    assert not any(node.lit for node in draw(y, path=explain(y, Value(1.0))).picture.nodes)


def lit_edges(drawing):
    titles = {node.key: node.title for node in drawing.picture.nodes}
    return [(titles[edge.source], titles[edge.target], edge.slope) for edge in drawing.picture.edges if edge.lit]


def test_the_edges_of_the_listed_paths_are_highlighted_and_no_others():
    q = Value(2.0, name="q")
    y = q + q * 100.0
    assert lit_edges(draw(y, path=explain(y, q, most=1))) == [("q", "* 100", 100.0), ("* 100", "y: +", 1.0)]
    assert len(lit_edges(draw(y, path=explain(y, q)))) == 3


@pytest.mark.parametrize("number", [-1.0, 2.0])
def test_a_blocked_edge_is_never_highlighted(number):
    q = Value(number, name="q")
    y = where(q < 0, q, q * 2.0)
    for path in (explain(y, q), explain(y, q).path, [q, *y.parents, y]):
        lit = [edge for edge in draw(y, path=path).picture.edges if edge.lit]
        assert lit and not any(edge.blocked for edge in lit)


def test_paths_through_the_same_nodes_take_different_edges():
    x = Value(3.0, name="x")
    y = (x * x) * 2.0
    assert [edge.lit for edge in draw(y, path=explain(y, x, most=1)).picture.edges] == [True, False, True]
    assert [edge.lit for edge in draw(y, path=explain(y, x)).picture.edges] == [True] * 3
    z = x * x
    square = z * z
    assert sum(edge.lit for edge in draw(square, path=explain(square, x, most=2)).picture.edges) == 3
    assert sum(edge.lit for edge in draw(square, path=explain(square, x, most=4)).picture.edges) == 4


def test_a_highlight_is_thick_and_keeps_the_colours():
    y, (w, x, b) = neuron()
    y.backward()
    plain, marked = draw(y), draw(y, path=explain(y, w))
    looks = [re.findall(r"(?:fill)?color=\"#\w+\"", drawing.dot) for drawing in (plain, marked)]
    assert looks[0] == looks[1]
    assert marked.dot.count("penwidth=4.5") == 3 and "penwidth=4.5" not in plain.dot
    assert marked.dot.count("penwidth=3.5") == 4 and "penwidth=3.5" not in plain.dot
    assert {edge.lit for edge in marked.picture.edges} == {True, False}
    others = [line for line in marked.dot.splitlines() if "->" in line and "lit" not in line]
    assert others and all("penwidth=1.1" in line for line in others), "width stands for the path alone"


@pytest.mark.parametrize("path", [3, [3], "wxy"])
def test_only_values_are_highlighted(path):
    with pytest.raises(OperandError, match="path: expected Values, or what explain"):
        draw(Value(1.0), path=path)


def test_since_takes_a_drawing():
    with pytest.raises(OperandError, match="since: expected an earlier Drawing, got 3"):
        draw(Value(1.0)).since(3)


def test_every_example_of_the_page_about_drawing_runs():
    from demos import gallery
    page = gallery.ROOT / "docs" / "drawing.md"
    found = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert found.failed == 0 and found.attempted > 15
    images = re.findall(r"\]\((images/.*?)\)", page.read_text(encoding="utf-8"))
    assert images and all((page.parent / image).exists() for image in images)


# The gallery

@needs_engine
def test_the_gallery_draws_everything_and_shows_it_on_one_page(tmp_path, capsys, monkeypatch):
    from demos import gallery
    monkeypatch.setattr(gallery, "DRAWINGS", [one for one in gallery.DRAWINGS if one.__name__ not in ("classifier", "moons")])
    paths = gallery.main(out=tmp_path)
    page = paths[-1].read_text(encoding="utf-8")
    assert {path.stem for path in paths} == {"index", *(one.__name__ for one in gallery.DRAWINGS)}
    assert page.count("<img") == len(gallery.DRAWINGS) and str(paths[-1]) in capsys.readouterr().out
    assert all((tmp_path / source).exists() for source in re.findall(r'src="(.*?)"', page))


@pytest.mark.slow
def test_the_large_drawings_of_the_gallery_are_small():
    from demos import gallery
    assert len(gallery.moons().picture.nodes) == 35
    assert len(gallery.classifier().picture.nodes) == 7
