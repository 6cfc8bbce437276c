"""Scopes: found from names, told apart where two models use the same ones, framed and highlighted."""

from xml.etree import ElementTree as xml

import pytest
from drawings import SVG, needs_engine, xor
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, draw, exp, nn, relu, scope, total
from autodiff.errors import ArgumentError
from autodiff.graph import topological_order
from autodiff.render.graph.build import make_picture
from autodiff.render.graph.scopes import path_of_name, paths
from autodiff.hooks import watchers


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


def layers_of(y):
    """How many parameters each layer of a drawing holds."""
    picture = draw(y, collapse="layer", max_nodes=10**6).picture
    counts = {node.full_title: dict(node.facts) for node in picture.nodes if node.kind == "group" and "[" in node.title}
    return {title: next(int(fact.split()[0]) for fact in facts if "param" in fact) for title, facts in counts.items()}


SMALL, LARGE = ([2, 1], [6, 3]), ([3, 4, 1], [9, 16, 5])  # the sizes of two models, and the parameters of their layers


@pytest.mark.parametrize("first, second", [(SMALL, LARGE), (LARGE, SMALL), (SMALL, SMALL)])
def test_models_of_any_shapes_have_boxes_of_their_own(first, second):
    one, two = nn.MLP(2, first[0], seed=1), nn.MLP(2, second[0], seed=2)
    x = [1.0, 2.0]
    expected = {f"layers[{i}]": count for i, count in enumerate(first[1])}
    expected |= {f"layers[{i}] #2": count for i, count in enumerate(second[1])}
    assert layers_of(one(x) * two(x)) == expected
    assert layers_of(one(x) * two(x) + one([3.0, 4.0]) * two([3.0, 4.0])) == expected, "also for several rows"


def test_a_model_that_feeds_another_has_boxes_of_its_own():
    encoder, decoder = nn.MLP(2, [5, 3], seed=1), nn.MLP(3, [4, 1], seed=1)
    assert layers_of(decoder(encoder([1.0, 2.0]))) == {
        "layers[0]": 15, "layers[1]": 18, "layers[0] #2": 16, "layers[1] #2": 5,
    }  # fmt: skip
    single = nn.MLP(2, [3], seed=1)
    assert layers_of(decoder(single([1.0, 2.0]))) == {"layers[0]": 9, "layers[0] #2": 16, "layers[1] #2": 5}


def test_heads_that_share_an_encoder_have_boxes_of_their_own():
    encoder, small, large = nn.MLP(2, [3, 3], seed=1), nn.MLP(3, [2], seed=1), nn.MLP(3, [4], seed=1)
    hidden = encoder([1.0, 2.0])
    assert layers_of(total([*small(hidden), *large(hidden)])) == {
        "layers[0]": 9, "layers[1]": 12, "layers[0] #2": 8, "layers[0] #3": 16,
    }  # fmt: skip


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
    assert draw(exp(Value(1.0, name=name))).dot.count("subgraph") == 0


# Frames and highlights

@needs_engine
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
    assert [node.kind for node in make_picture([w * x]).nodes] == ["parameter", "input", "output"]


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
    assert "4 × -3 = -12" in draw(y, show=["slope", "contribution"]).dot
