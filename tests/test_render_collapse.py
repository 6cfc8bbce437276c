"""Drawings at any size: collapsed to neurons and layers, focused on a part, a million nodes."""

import sys

import pytest
from drawings import needs_engine, xor
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, draw, log, nn, scope
from autodiff.errors import ArgumentError
from autodiff.graph import topological_order


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


def test_a_collapsed_scope_without_parameters_tells_how_many_operations_it_holds():
    x = Value(2.0, name="x")
    with scope("square"):
        y = x * x + 1
    assert dict(draw(y, collapse=1).picture.nodes[1].facts)["2 operations"] == ""


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
    assert "loss: neg" in titles


@needs_engine
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


def test_focus_is_marked_and_what_is_left_out_is_one_box_on_each_side_of_a_frame():
    model = nn.MLP(2, [8, 1], seed=1)
    x = Value(0.5, name="x")
    y = model([x, 1.0])
    picture = draw(y, focus=x, radius=2).picture
    assert [node.title for node in picture.nodes if node.lit] == ["x"] and not any(edge.lit for edge in picture.edges)
    stubs = [node for node in picture.nodes if node.kind == "more"]
    assert [(node.title, node.key[-1]) for node in stubs] == [("… 24 more", "b"), ("… 8 more", "a")]


def test_what_several_nodes_leave_out_is_counted_once():
    x = Value(0.5, name="x")
    shared = (x * 2.0).exp()
    y = (shared * 3.0) * (shared + 1.0)
    stub, = (node for node in draw(y, depth=1).picture.nodes if node.kind == "more")
    assert stub.title == "… 1 more"
    assert sum(edge.source == stub.key for edge in draw(y, depth=1).picture.edges) == 2


def test_a_constant_in_focus_is_drawn_by_itself():
    x = Value(2.0, name="x")
    y = x ** 2
    assert [node.title for node in draw(y, focus=y.parents[1], radius=1).picture.nodes] == ["constant", "y: a ** b", "… 1 more"]


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


@given(st.sampled_from(["neuron", "layer", 1, None]), st.booleans(), st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_every_level_of_any_network_is_drawn(collapse, cluster, sizes):
    model = nn.MLP(2, sizes, seed=0)
    y = model([1.0, -1.0])
    drawing = draw(y, collapse=collapse, cluster=cluster)
    keys = {node.key for node in drawing.picture.nodes}
    assert keys >= {edge.source for edge in drawing.picture.edges} | {edge.target for edge in drawing.picture.edges}
    assert keys >= set(drawing.picture.outputs) and drawing.dot and drawing.text()
