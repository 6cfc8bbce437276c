"""Drawings at any size: scopes found from names, collapsed to neurons and layers, focused, framed, highlighted."""

import sys
from xml.etree import ElementTree as xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, draw, exp, log, nn, relu, scope
from autodiff.errors import ArgumentError
from autodiff.graph import topological_order
from autodiff.render.plan import pictured
from autodiff.render.scopes import path_of_name, paths
from autodiff.watching import watchers

SVG = "{http://www.w3.org/2000/svg}"


def xor(sizes=(8, 1), **options):
    model = nn.MLP(2, list(sizes), output="sigmoid", seed=1, **options)
    loss = (model([1.0, 0.0]) - 1.0) ** 2
    loss.name = "loss"
    return loss, model


# Scopes

def test_an_operation_belongs_where_its_parameters_do_and_the_loss_nowhere():
    loss, model = xor()
    order = topological_order(loss)
    found = paths(order)
    assert {found[v] for v in order if v.op == "dot"} == {
        *(("layers[0]", f"neurons[{i}]") for i in range(8)), ("layers[1]", "neurons[0]"),
    }  # fmt: skip
    assert {found[v] for v in order if v.op in ("sub", "pow", "constant")} == {()}
    sigmoid, = (v for v in order if v.op == "sigmoid")
    assert found[sigmoid] == ("layers[1]", "neurons[0]")


def test_every_node_of_a_neuron_is_found():
    loss, model = xor()
    found = paths(topological_order(loss))
    inside = [v.op for v, path in found.items() if path == ("layers[0]", "neurons[3]")]
    assert sorted(inside) == ["add", "dot", "input", "input", "input", "relu"]


def test_a_softmax_between_layers_belongs_to_the_layer_before_it():
    a = [Value(float(i), name=f"layers[0].w[{i}]") for i in range(3)]
    b = Value(2.0, name="layers[1].w")
    middle = exp(relu(a[0] * 2.0) + relu(a[1] * a[2]))
    found = paths(topological_order(middle * b))
    assert found[middle] == ("layers[0]",)


def test_scope_names_what_is_made_inside_and_nothing_outside():
    x = Value(1.0)
    with scope("attention"):
        y = exp(x)
        with scope("head[0]"):
            z = y * y + y
    w = exp(z)
    assert (y.name, z.name, w.name) == ("attention.exp1", "attention.head[0].add1", None)
    assert path_of_name(z.name) == ("attention", "head[0]")
    assert not watchers


def test_scope_holds_parameters_and_the_neurons_of_a_model_that_is_called_inside():
    model = nn.MLP(2, [2, 1], seed=1)
    with scope("encoder"):
        y = model([1.0, 2.0])
    found = paths(topological_order(y * y))
    assert {path[:1] for v, path in found.items() if v.op != "constant" and path} == {("encoder",)}
    assert ("encoder", "layers[0]", "neurons[1]") in found.values()


def test_two_models_in_one_graph_are_told_apart_by_number_or_by_scope():
    one, two = nn.MLP(2, [2, 1], seed=1), nn.MLP(2, [2, 1], seed=2)
    y = one([1.0, 2.0]) * two([1.0, 2.0])
    groups = [node.title for node in draw(y, collapse="layer").picture.nodes if node.kind == "group"]
    assert sorted(groups) == ["layers[0]", "layers[0] #2", "layers[1]", "layers[1] #2"]
    with scope("left"):
        left = one([1.0, 2.0])
    with scope("right"):
        right = two([1.0, 2.0])
    groups = [node.full_title for node in draw(left * right, collapse="layer").picture.nodes if node.kind == "group"]
    assert sorted(groups) == ["left.layers[0]", "left.layers[1]", "right.layers[0]", "right.layers[1]"]


def test_scope_ends_with_an_error_too():
    with pytest.raises(ZeroDivisionError):
        with scope("broken"):
            1 / 0
    assert not watchers


@pytest.mark.parametrize("name", ["", "1", "a b", "a.", ".a", "a..b", None, 3, "<b>", "a\n"])
def test_scope_refuses_what_is_not_a_path(name):
    with pytest.raises(ArgumentError, match="scope: expected a word or a path"):
        with scope(name):
            pass


@given(st.text(max_size=300) | st.text("ab.[]'0\n\0\u202e ", max_size=30))
def test_any_name_has_a_path_of_words_or_none(name):
    path = path_of_name(name)
    assert len(path) <= 8 and all(step.isprintable() and step for step in path)


@pytest.mark.parametrize("name", ["a[\0].b", "a[\n].b", "a[<].b", "a[\u202e].b", "a.b\n.c"])
def test_a_name_with_anything_but_words_is_no_path(name):
    assert path_of_name(name) == ()
    assert draw(exp(Value(1.0, name=name))).svg()


# Collapsing

@pytest.mark.parametrize(("sizes", "collapse", "titles"), [
    ((8, 1), "neuron", [*["constant"] * 2, *(f"neurons[{i}]" for i in range(8)), "neurons[0]", "- 1", "loss: ** 2"]),
    ((8, 1), "layer", ["constant", "constant", "layers[0]", "layers[1]", "- 1", "loss: ** 2"]),
    ((4, 3, 2, 1), 1, ["constant", "constant", *(f"layers[{i}]" for i in range(4)), "- 1", "loss: ** 2"]),
])  # fmt: skip
def test_a_network_is_collapsed_to_its_parts(sizes, collapse, titles):
    loss, model = xor(sizes)
    assert sorted(node.title for node in draw(loss, collapse=collapse).picture.nodes) == sorted(titles)


def test_a_collapsed_layer_tells_its_size_its_ranges_and_its_gradient_norm():
    loss, model = xor()
    loss.backward()
    node, = (node for node in draw(loss, collapse="layer").picture.nodes if node.title == "layers[0]")
    facts = dict(node.facts)
    parameters = model.layers[0].parameters()
    hidden = [v for v in topological_order(loss) if v.op == "relu"]
    assert facts["8 neurons"] == ""
    assert facts["24 parameters"] == (min(p.data for p in parameters), max(p.data for p in parameters))
    assert facts["grad norm"] == pytest.approx(sum(p.grad ** 2 for p in parameters) ** 0.5, rel=1e-15)
    assert facts["data"] == (min(v.data for v in hidden), max(v.data for v in hidden))
    assert facts["grad"] == (min(v.grad for v in hidden), max(v.grad for v in hidden))


def test_edges_between_groups_add_up():
    loss, model = xor()
    loss.backward()
    picture = draw(loss, collapse="layer").picture
    titles = {node.key: node.title for node in picture.nodes}
    edge, = (edge for edge in picture.edges if titles[edge.target] == "layers[1]")
    last = next(v for v in topological_order(loss) if v.name is None and v.op == "dot" and len(v.parents) == 16)
    assert edge.times == 8 and titles[edge.source] == "layers[0]"
    assert edge.flow == pytest.approx(sum(w.data for w in model.layers[1].neurons[0].w) * last.grad, rel=1e-14)


def test_every_edge_of_a_graph_is_drawn_or_inside_a_group():
    loss, model = xor((5, 3, 1))
    picture = draw(loss, collapse="neuron").picture
    assert sum(edge.times for edge in picture.edges) == 2 * 5 + 5 * 3 + 3 + 1 + 1


def test_2_16_16_1_collapsed_to_neurons_has_at_most_40_nodes():
    loss, model = xor((16, 16, 1))
    assert len(draw(loss, collapse="neuron").picture.nodes) == 37
    assert len(draw(model([1.0, 0.0]), collapse="neuron").picture.nodes) == 35


def test_auto_takes_the_finest_level_that_fits():
    loss, model = xor()
    assert repr(draw(loss, collapse="auto")) == repr(draw(loss))
    assert len(draw(loss, collapse="auto", max_nodes=20).picture.nodes) == 13
    assert len(draw(loss, collapse="auto", max_nodes=10).picture.nodes) == 6
    with pytest.raises(ArgumentError, match="6 boxes to draw, more than max_nodes=3"):
        draw(loss, collapse="auto", max_nodes=3)


def test_too_large_a_graph_tells_which_levels_would_be_smaller():
    loss, model = xor((30, 30, 1))
    with pytest.raises(ArgumentError, match='collapse="neuron" for 65, collapse="layer" for 7, focus=node, depth=3'):
        draw(loss, max_nodes=100)


def test_many_inputs_and_a_long_loss_are_one_box_each():
    model = nn.MLP(20, [5, 10], output="softmax", seed=1)
    loss = -log(model([0.5] * 20)[3])
    titles = [node.title for node in draw(loss, collapse="layer").picture.nodes]
    assert "20 constants" in titles and "layers[1]" in titles
    assert sum(title.endswith(" operations") for title in titles) == 1
    assert "neg" in titles


def test_a_recurrent_group_is_drawn_though_it_feeds_itself():
    w = Value(0.5, name="cell.w")
    state = Value(1.0, name="state")
    for _ in range(3):
        state = (state * w).tanh()
        state = state + Value(0.1, name="outside")
    drawing = draw(state, collapse="neuron")
    assert "cell" in drawing.text()
    assert drawing.svg()


@pytest.mark.parametrize("collapse", ["neurons", 0, -1, 1.5, True, ["layer"]])
def test_an_unknown_level_is_shown(collapse):
    with pytest.raises(ArgumentError, match="collapse: expected None, 'neuron', 'layer', 'auto' or a number of steps"):
        draw(Value(1.0), collapse=collapse)


# Focus and depth

def chain(length):
    x = Value(1.0, name="x")
    nodes = [x]
    for _ in range(length):
        nodes.append(nodes[-1] + 1.0)
    return nodes


def test_focus_draws_a_neighbourhood_and_says_what_it_leaves_out():
    nodes = chain(10)
    picture = draw(nodes[-1], focus=nodes[5], radius=2).picture
    assert [node.kind for node in picture.nodes] == ["operation"] * 5 + ["more"] * 2
    assert [node.title for node in picture.nodes[-2:]] == ["… 1 more", "… 1 more"]
    assert len(picture.edges) == 4 + 2


def test_depth_draws_what_lies_near_the_output():
    nodes = chain(10)
    picture = draw(nodes[-1], depth=3).picture
    assert [node.kind for node in picture.nodes] == ["operation"] * 3 + ["output", "more"]


def test_a_part_that_is_the_whole_leaves_nothing_out():
    nodes = chain(3)
    assert draw(nodes[-1], depth=10).dot == draw(nodes[-1]).dot


def test_focus_must_be_part_of_the_graph():
    with pytest.raises(ArgumentError, match="focus: expected a Value that the drawn graph depends on, got Value"):
        draw(Value(1.0), focus=Value(1.0))


@pytest.mark.parametrize("options", [{"radius": -1}, {"depth": 1.5}, {"max_nodes": None}, {"depth": True}])
def test_a_wrong_number_is_shown(options):
    with pytest.raises(ArgumentError, match=f"{next(iter(options))}: expected a whole number, 0 or more, got"):
        draw(Value(1.0), **options)


@pytest.mark.slow
def test_a_million_nodes_are_collapsed_or_focused_without_recursion():
    w = Value(1.0, name="long.w")
    y = x = Value(1.0, name="x")
    for _ in range(250_000):
        y = (y * w + 1.0) + 0.0
    assert sys.getrecursionlimit() <= 3000
    assert len(draw(y, collapse="layer").picture.nodes) <= 4
    assert len(draw(y, focus=x, radius=3, collapse=None).picture.nodes) <= 10
    with pytest.raises(ArgumentError, match="boxes to draw"):
        draw(y)


# Frames and highlights

def test_frames_go_round_layers_and_neurons_and_titles_inside_are_short():
    loss, model = xor((2, 1))
    root = xml.fromstring(draw(loss).svg())
    frames = [g.find(f"{SVG}title").text for g in root.iter(f"{SVG}g") if g.get("class", "").startswith("cluster")]
    assert sorted(frames) == sorted([
        "layers[0]", "layers[0].neurons[0]", "layers[0].neurons[1]", "layers[1]", "layers[1].neurons[0]",
    ])  # fmt: skip
    assert "w[1]" in {node.title for node in draw(loss).picture.nodes}
    assert "layers[0].neurons[1].w[1]" in {node.title for node in draw(loss, cluster=False).picture.nodes}
    assert "subgraph" not in draw(loss, cluster=False).dot


def test_parameters_are_told_from_other_inputs():
    w, x = Value(1.0, name="layer.w"), Value(1.0, name="x")
    assert [node.kind for node in pictured([w * x]).nodes] == ["parameter", "input", "output"]


def test_a_path_is_highlighted():
    x = Value(2.0, name="x")
    y = exp(x)
    z = y * x
    picture = draw(z, path=[x, y, z]).picture
    assert [node.lit for node in picture.nodes] == [True] * 3
    assert [edge.lit for edge in picture.edges] == [True] * 3
    assert [edge.lit for edge in draw(z, path=[y, z]).picture.edges] == [False, True, False]
    assert 'class="input lit"' in draw(z, path=[x, y, z]).dot


def test_edges_show_the_sign_and_size_of_the_gradient_once_it_has_flowed():
    a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    y = a * b
    assert "class=plus" not in draw(y).dot
    y.backward()
    dot = draw(y).dot
    assert dot.count("class=plus") == dot.count("class=minus") == 1
    assert "class=plus" not in draw(y, show=["data"]).dot


def test_contributions_are_written_on_demand():
    a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    y = (a * b) * 4
    y.backward()
    assert "-3 × 4 = -12" in draw(y, show=["slope", "contribution"]).dot


@given(st.sampled_from(["neuron", "layer", 1, None]), st.booleans(), st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_every_level_of_any_network_is_drawn(collapse, cluster, sizes):
    model = nn.MLP(2, sizes, seed=0)
    y = model([1.0, -1.0])
    drawing = draw(y, collapse=collapse, cluster=cluster)
    keys = {node.key for node in drawing.picture.nodes}
    assert keys >= {edge.source for edge in drawing.picture.edges} | {edge.target for edge in drawing.picture.edges}
    assert keys >= set(drawing.picture.outputs) and drawing.dot and drawing.text()
