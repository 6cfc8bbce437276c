"""Drawings: what a picture holds and how it looks."""

from xml.etree import ElementTree as xml

import pytest
from drawings import SVG, contrast, needs_engine, neuron
from hypothesis import given
from hypothesis import strategies as st

import autodiff
from autodiff import Value, draw, draw_dot, relu, where
from autodiff.errors import ArgumentError
from autodiff.ops import TABLE
from autodiff.render.graph import style
from autodiff.render.graph.labels import is_symmetric
from autodiff.render.graph.build import make_picture
from autodiff.render.graph.style import Style
from autodiff.render.output import builtin


# What a picture holds

def test_a_picture_has_names_or_operations_data_and_slopes():
    f, w, x = neuron()
    picture = make_picture([f])
    assert [(node.kind, node.title) for node in picture.nodes] == [
        ("input", "w"), ("input", "x"), ("operation", "*"), ("operation", "+ 3"), ("output", "f: sigmoid"),
    ]  # fmt: skip
    assert [dict(node.facts)["data"] for node in picture.nodes] == [2.0, -1.0, -2.0, 1.0, f.data]
    assert [edge.slope for edge in picture.edges] == [-1.0, 2.0, 1.0, f.slopes[0]]


def test_gradients_are_a_dot_until_a_backward_pass_has_run():
    f, w, x = neuron()
    assert {dict(node.facts)["grad"] for node in make_picture([f]).nodes} == {None}
    assert "grad  ·" in draw(f).dot
    f.backward()
    assert [dict(node.facts)["grad"] for node in make_picture([f]).nodes] == [w.grad, x.grad, w.grad / -1, w.grad / -1, 1.0]


def test_a_gradient_of_zero_after_a_backward_pass_is_a_zero():
    x = Value(-2.0, name="x")
    y = relu(x)
    y.backward()
    assert make_picture([y]).nodes[0].facts == (("data", -2.0), ("grad", 0.0))


def test_a_parameter_keeps_its_earlier_gradient_while_its_new_graph_has_none():
    w = Value(3.0, name="w")
    (w * w).backward()
    y = w * 2
    assert [dict(node.facts)["grad"] for node in make_picture([y]).nodes] == [6.0, None]


def test_constants_are_written_into_their_operation_or_drawn_on_demand_without_a_gradient():
    x = Value(3.0, name="x")
    y = x ** 2
    assert [node.title for node in make_picture([y]).nodes] == ["x", "** 2"]
    x, two, y = make_picture([y], constants=True).nodes
    assert (two.kind, two.title, two.facts) == ("constant", "constant", (("data", 2.0),))


def test_what_is_made_of_constants_alone_is_folded_too():
    x = Value(2.0, name="x")
    slope, = autodiff.gradient_graph(x ** 3, [x])
    assert [node.title for node in make_picture([slope]).nodes] == ["x", "** 2", "3 * …"]
    assert "sub" in {v.op for v in autodiff.graph.topological_order(slope)}
    assert [node.kind for node in make_picture([slope], constants=True).nodes].count("constant") == 2


@pytest.mark.parametrize(("make", "title"), [
    (lambda a: a + 1,                         "+ 1"),
    (lambda a: 1 + a,                         "1 + …"),
    (lambda a: a / 2,                         "/ 2"),
    (lambda a: 1 / a,                         "1 / …"),
    (lambda a: a - 2,                         "- 2"),
    (lambda a: -a,                            "neg"),
    (lambda a: a ** -1,                       "** (-1)"),
    (lambda a: (-2) ** a,                     "(-2) ** …"),
    (lambda a: a * -1,                        "* (-1)"),
    (lambda a: a * Value(2.0),                "*"),
    (lambda a: a / Value(2.0),                "a / b"),
    (lambda a: autodiff.atan2(a, Value(1.0)), "atan2(a, b)"),
    (lambda a: autodiff.clip(a, 0, 1),        "clip(…, 0, 1)"),
    (lambda a: autodiff.leaky_relu(a),        "leaky_relu(…, 0.01)"),
    (lambda a: where(a > 0, a, Value(1.0)),   "where(1, b, c)"),
    (lambda a: autodiff.dot([a], [2.0]),      "dot(…, 2)"),
    (lambda a: autodiff.dot([a] * 5, [1.0, 2.0, 3.0, 4.0, 5.0]), "dot"),
])  # fmt: skip
def test_an_operation_is_titled_by_its_rule(make, title):
    assert make_picture([make(Value(3.0))]).nodes[-1].title == title


def test_the_order_of_operands_is_told_where_it_matters_and_only_there():
    a, b = Value(1.0), Value(2.0)
    assert [edge.operand for edge in make_picture([a / b]).edges] == ["a", "b"]
    assert [edge.operand for edge in make_picture([a * b]).edges] == ["", ""]
    assert {op.name for op in TABLE.values() if is_symmetric(op.name)} == {"add", "mul", "hypot"}


def test_an_operand_used_twice_has_two_edges():
    x = Value(3.0)
    assert [(edge.source, edge.target, edge.slope) for edge in make_picture([x * x]).edges] == [("n0", "n1", 3.0)] * 2


def test_what_is_not_selected_is_blocked_and_a_constant_is_not():
    x, y = Value(-1.0, name="x"), Value(2.0, name="y")
    picture = make_picture([where(True, relu(x), y) + 1.0], constants=True)
    titles = {node.key: node.title for node in picture.nodes}
    assert [titles[edge.source] for edge in picture.edges if edge.blocked] == ["x", "y"]
    assert sum(edge.slope is None for edge in picture.edges) == 4


def test_several_values_are_drawn_as_one_graph():
    x = Value(1.0)
    picture = make_picture(autodiff.softmax(x, Value(2.0)))
    assert [node.kind for node in picture.nodes].count("output") == 2
    assert len(draw([x, x]).picture.nodes) == 1


def test_an_input_alone_can_be_drawn():
    assert draw(Value(1.0, name="x")).text() == "x  data 1  grad ·"


@given(st.lists(st.tuples(st.sampled_from(["add", "mul", "sub"]), st.integers(0, 99), st.integers(0, 99)), max_size=12))
def test_every_edge_of_any_graph_is_drawn_with_its_slope(program):
    nodes = [Value(1.5), Value(-2.0)]
    for name, i, j in program:
        a, b = nodes[i % len(nodes)], nodes[j % len(nodes)]
        nodes.append({"add": a + b, "mul": a * b, "sub": a - b}[name])
    order = autodiff.graph.topological_order(nodes[-1])
    picture = make_picture([nodes[-1]])
    assert [dict(node.facts)["data"] for node in picture.nodes] == [v.data for v in order]
    assert [edge.slope for edge in picture.edges] == [slope for v in order for slope in v.slopes]
    assert len(draw(nodes[-1]).text().splitlines()) == 1 + sum(len(v.parents) for v in order)


def test_nothing_flows_on_from_where_nothing_came():
    x, y = Value(-1.0, name="x"), Value(2.0, name="y")
    z = where(x > 0, autodiff.log(x), y) * 1.0
    z.backward()
    flows = {edge.target: edge.flow for edge in make_picture([z]).edges if edge.source == "n0"}
    assert flows == {"n1": None}, "the slope of log is nan here, and nan times nothing is nothing"
    assert dict(make_picture([z]).nodes[0].facts)["grad"] == 0.0


def test_an_inner_node_that_a_pass_brought_nothing_shows_a_gradient_of_zero():
    x = Value(-1.0, name="x")
    h = x * 2
    relu(h).backward()
    assert "grad 0" in draw(h).text() and "·" not in draw(h).text()


def test_shared_nodes_that_are_called_alike_are_numbered_in_text():
    x = Value(2.0, name="x")
    assert "(1)" not in draw((x * x) * (x * x)).text(), "no line points at what is not shared"
    a, b = x * 2.0, x * 3.0
    text = draw((a * a) + (b * b), constants=True, names={}).text()
    assert [line.strip("│├└─ ").split("  ")[:2] for line in text.splitlines() if "(above)" in line] == [
        ["* (1)", "(above)"], ["x", "(above)"], ["* (2)", "(above)"],
    ]  # fmt: skip


def test_the_edge_of_a_constant_is_called_by_its_letter_alone():
    dot = draw(Value(2.0, name="x") ** 3, constants=True).dot
    assert '" b "' in dot and '" a: 12 "' in dot and "b:" not in dot


# Looks

def test_show_and_digits_choose_the_numbers():
    f, w, x = neuron()
    assert "grad" not in draw(f, show=["data"]).dot and "0.1966" not in draw(f, show=["data"]).dot
    assert "0.7310585786300049" in draw(f, digits=17).dot.replace("0.73105857863000490", "0.7310585786300049")
    assert 'label="w" ' in draw(f, show=[]).dot or "label=w " in draw(f, show=[]).dot


@pytest.mark.parametrize("x", [float("nan"), float("inf"), -float("inf"), -0.0, 5e-324, 1e308])
def test_every_float_can_be_drawn(x):
    assert float(draw(Value(x)).text().split()[2]).hex() == float(f"{x:.4g}").hex()


def test_text_contrasts_seven_to_one_and_lines_three_to_one_by_day_and_by_night():
    for night in (False, True):
        page = style.PAGE[night].fill
        for look in style.LOOKS.values():
            paint = look.dark if night else look.light
            assert contrast(paint.text, paint.fill) >= 7
            assert contrast(paint.line, page) >= 3
        for edge in style.EDGES.values():
            assert contrast(edge[night].text, page) >= 7
            assert contrast(edge[night].line, page) >= 3


@needs_engine
def test_an_svg_speaks_to_screen_readers_and_keeps_its_rules_to_itself():
    root = xml.fromstring(draw(neuron()[0]).svg())
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Computation graph of f: sigmoid"
    assert root.find(f"{SVG}desc").text.startswith("2 inputs, 2 operations, 1 output. Each box")
    rules = [line for line in root.find(f"{SVG}style").text.splitlines() if "{" in line and "@" not in line]
    assert rules and all(line.startswith(".autodiff ") for line in rules)


def test_a_drawing_shows_its_size():
    assert repr(draw(Value(1.0))) == "Drawing(1 node, 0 edges)"


def test_the_lecture_s_name_draws_the_same():
    y = Value(2.0, label="x") ** 2
    assert draw_dot(y).text() == draw(y).text() and draw_dot(y, rankdir="TB").text() == draw(y, rankdir="TB").text()
    with pytest.raises(ArgumentError, match="draw_dot: expected 'svg', 'png' or 'pdf' as the format, got 'gif'"):
        draw_dot(y, format="gif")


def test_a_drawing_says_when_its_gradients_come_from_several_passes():
    w, x, unused = Value(2.0, name="w"), Value(3.0, name="x"), Value(1.0, name="unused")
    y = w * x + autodiff.relu(-x) + unused * 0.0
    assert make_picture([y]).notes == ()
    y.backward()
    assert make_picture([y]).notes == ()
    y.backward()
    for form in (draw(y).text(), draw(y).svg(), builtin.draw_svg(draw(y).picture, Style()).decode()):
        assert "gradients of w, x hold more than this graph's last backward pass sent" in form.replace("&#39;", "'")
    w.grad = x.grad = 0.0
    y.backward()
    assert make_picture([y]).notes == ()
    z = y * y
    z.backward()
    assert "of w, x, unused hold" in make_picture([z]).notes[0] or "of w, x hold" in make_picture([z]).notes[0]


def test_a_legend_says_on_demand_what_colours_and_widths_mean():
    x = Value(3.0, name="x")
    y = x * x
    y.backward()
    assert "blue is positive" in draw(y, legend=True).svg() and "blue is positive" not in draw(y).svg()
    assert "blue is positive" in builtin.draw_svg(draw(y).picture, Style(legend=True)).decode()
    with pytest.raises(autodiff.errors.OperandError, match="legend"):
        draw(y, legend="yes")
