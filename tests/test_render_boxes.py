"""Edges of collapsed boxes: what is written is what flows, all the way through the box."""

import math

import pytest
from drawings import xor
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, draw, gradient_graph, nn, relu, scope, where
from autodiff.render.graph.through import exits, passages


def edges_of(drawing):
    """The edges by the titles of their ends."""
    titles = {node.key: node.title for node in drawing.picture.nodes}
    return {(titles[edge.source], titles[edge.target]): edge for edge in drawing.picture.edges}


def xor_of_values(backward=True):
    model = nn.MLP(2, [8, 1], output="sigmoid", seed=3)
    inputs = [Value(1.0, name="x0"), Value(0.0, name="x1")]
    loss = (model(inputs) - 1.0) ** 2
    if backward:
        loss.backward()
    return loss


def test_the_slope_into_a_box_is_the_derivative_of_what_the_box_gives():
    w, x, b = Value(0.5, name="w"), Value(2.0, name="x"), Value(-1.5, name="b")
    with scope("square"):
        z = (w * x) ** 2 + b
    z.backward()
    edges = edges_of(draw(z, collapse="layer"))
    for v in (w, x, b):
        edge = edges[v.name, "square"]
        assert edge.slope == edge.flow == v.grad
    assert edges["w", "square"].slope == 4.0
    assert "2 × 0.5" not in draw(z, collapse="layer", show=["slope", "contribution"]).text()
    assert "w  carries 1 × 4 = 4" in draw(z, collapse="layer", show=["slope", "contribution"]).text()


def test_an_operand_that_a_box_uses_twice_has_one_slope():
    x = Value(3.0, name="x")
    with scope("cube"):
        y = x * x * x
    y.backward()
    edge = edges_of(draw(y * 1.0, collapse="layer"))["x", "cube"]
    assert (edge.slope, edge.times) == (27.0, 3)
    assert "local derivative 27" in draw(y, collapse="layer").text() and "27" in draw(y, collapse="layer").dot


@pytest.mark.parametrize("backward", [False, True])
def test_an_edge_into_a_neuron_that_is_off_is_blocked(backward):
    loss = xor_of_values(backward)
    picture = draw(loss, collapse="neuron").picture
    boxes = [node for node in picture.nodes if node.path == ("layers[0]",)]
    off = [node.key for node in boxes if dict(node.facts)["data"] == 0.0]
    assert 0 < len(off) < 8
    for edge in picture.edges:
        if edge.target in {node.key for node in boxes}:
            assert edge.blocked == (edge.target in off)
            assert (edge.slope is None) == edge.blocked
            assert (edge.flow is None) == (edge.blocked or not backward)
    assert "blocked" in draw(loss, collapse="neuron", show=["slope", "contribution"]).text()


def test_slope_times_gradient_is_what_flows_wherever_a_box_has_a_slope():
    loss = xor_of_values()
    for collapse in ("neuron", "layer"):
        drawing = draw(loss, collapse=collapse, show=["slope", "contribution"])
        sloped = [edge for edge in drawing.picture.edges if edge.slope is not None]
        assert sloped
        for edge in sloped:
            assert edge.slope * edge.above == pytest.approx(edge.flow, rel=1e-12)
    assert " × " in drawing.text() and " = " in drawing.text()


def test_a_box_that_gives_several_values_has_flows_and_no_slopes():
    x = Value(2.0, name="x")
    with scope("pair"):
        a, b = x * 3.0, x * 5.0
    y = a * b
    y.backward()
    edge = edges_of(draw(y, collapse="layer"))["x", "pair"]
    assert (edge.slope, edge.flow, edge.times, edge.blocked) == (None, x.grad, 2, False)
    assert "2 edges  flow 60" in draw(y, collapse="layer").text() and "×2 Σ 60" in draw(y, collapse="layer").dot
    assert "2 edges" in draw(y, collapse="layer", show=["slope"]).text()


def test_what_is_cut_off_inside_a_box_of_several_values_is_blocked():
    x, y = Value(-1.0, name="x"), Value(2.0, name="y")
    with scope("pair"):
        a, b = relu(x * 1.0) + y, y * 2.0
    edges = edges_of(draw(a * b, collapse="layer"))
    assert edges["x", "pair"].blocked and not edges["y", "pair"].blocked


def test_a_box_in_part_of_a_picture_is_drawn_whole():
    x = Value(2.0, name="x")
    with scope("cube"):
        y = x * x * x
    z = y + 1.0
    drawing = draw(z, collapse="layer", depth=1)
    assert edges_of(drawing)["cube", "z: + 1"].slope == 1.0
    facts = next(dict(node.facts) for node in drawing.picture.nodes if node.title == "cube")
    assert facts["2 operations"] == ""


def test_a_box_that_holds_an_output_says_so():
    x = Value(2.0, name="x")
    with scope("cube"):
        y = x * x * x
    dot = draw(y, collapse="layer").dot
    assert "1 output" in dot and 'class="group end"' in dot
    assert 'class="group end"' not in draw(y * 1.0, collapse="layer").dot
    assert "1 output" not in draw(y * 1.0, collapse="layer").text()


programs = st.lists(st.tuples(st.sampled_from("+*-/rwn"), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12)


@given(programs, st.lists(st.floats(-3, 3), min_size=3, max_size=3))
def test_the_slope_of_any_box_is_the_gradient_that_the_engine_finds(program, numbers):
    inputs = [Value(number, name=name) for name, number in zip("abc", numbers)]
    nodes = list(inputs)
    with scope("box"):
        for op, i, j in program:
            a, b = nodes[i % len(nodes)], nodes[j % len(nodes)]
            made = {
                "+": lambda: a + b, "*": lambda: a * b, "-": lambda: a - b, "/": lambda: a / (b * b + 1.0),
                "r": lambda: relu(a), "w": lambda: where(a > b, a, b * 2.0), "n": lambda: (-a).tanh(),
            }[op]()  # fmt: skip
            nodes.append(made)
        y = nodes[-1] + 0.0
    y.backward()
    edges = edges_of(draw(y, collapse="layer"))
    for x in inputs:
        edge = edges.get((x.name, "box"))
        if edge is None:
            assert x.grad == 0.0
        elif edge.blocked:
            assert x.grad == 0.0 and edge.slope is edge.flow is None
        else:
            for number in (edge.slope, edge.flow):
                assert math.isclose(number, x.grad, rel_tol=1e-9, abs_tol=1e-12)


def test_a_long_way_through_a_box_is_walked_without_recursion():
    from autodiff.graph import topological_order
    from autodiff.render.graph.boxes import Box
    y = x = Value(1.0)
    for _ in range(20_000):
        y = y * 1.0
    order, box = topological_order(y), Box(("long",), {})
    boxes = {v: box for v in order if v.parents}
    assert passages(order, boxes, exits(order, boxes, [y]))[order[2]] == 1.0
    assert x not in passages(order, boxes, exits(order, boxes, [y]))


def test_a_gradient_beside_its_graph_is_collapsed_with_true_slopes():
    x = Value(2.0, name="x")
    with scope("square"):
        y = x ** 2
    slope, = gradient_graph(y, [x])
    drawing = draw(slope, beside=y, collapse="layer")
    assert edges_of(drawing)["x", "square"].slope == 4.0


def test_layers_of_a_network_still_add_up():
    loss, model = xor()
    loss.backward()
    edges = edges_of(draw(loss, collapse="layer"))
    assert edges["layers[0]", "layers[1]"].slope is None and "Σ" in draw(loss, collapse="layer").dot
