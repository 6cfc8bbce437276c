"""Limits of drawings: what is too large, too deep or no Value at all, and what the errors say."""

import re
import sys

import pytest

from autodiff import Value, draw
from autodiff.errors import ArgumentError, AutodiffError, OperandError


def test_a_graph_too_large_to_read_is_refused_with_its_size():
    x = Value(1.0)
    for _ in range(600):
        x = x + 1
    with pytest.raises(ArgumentError, match=r"601 boxes to draw, more than max_nodes=500.*takes about 1 s"):
        draw(x)
    assert len(draw(x, max_nodes=601).picture.nodes) == 601


def test_a_deep_graph_needs_no_recursion():
    x = Value(1.0)
    for _ in range(3 * sys.getrecursionlimit()):
        x = x + 1
    drawing = draw(x, max_nodes=10**6)
    assert drawing.dot.count("->") == 3 * sys.getrecursionlimit()
    assert len(drawing.text().splitlines()) == 3 * sys.getrecursionlimit() + 1


@pytest.mark.parametrize("thing", [1.0, "x", None, [1.0], [[Value(1.0)]], object()])
def test_only_values_are_drawn(thing):
    with pytest.raises(OperandError, match="draw: expected a Value or a list of Values, got"):
        draw(thing)


@pytest.mark.parametrize("options", [
    {"digits": 0}, {"digits": 18}, {"digits": 2.5}, {"digits": True}, {"rankdir": "up"}, {"rankdir": 3},
    {"show": "data"}, {"show": ["x"]},
])  # fmt: skip
def test_an_unusable_option_is_shown(options):
    (name, value), = options.items()
    with pytest.raises(ArgumentError, match=name) as caught:
        draw(Value(1.0), **options)
    assert repr(value) in str(caught.value)


def test_an_empty_list_cannot_be_drawn():
    with pytest.raises(ArgumentError, match="empty list"):
        draw([])


@pytest.mark.parametrize("name, wrong", [
    ("show", 3), ("show", None), ("show", [[1]]), ("show", "data"), ("focus", []), ("focus", 3), ("cluster", "no"),
    ("constants", 1), ("path", 3), ("path", ["a"]), ("collapse", [1]), ("beside", 3), ("depth", True), ("radius", 0.5),
])  # fmt: skip
def test_each_wrong_argument_is_named_beside_what_came(name, wrong):
    with pytest.raises(AutodiffError, match=f"^{name}: expected .*got {re.escape(repr(wrong))}"):
        draw(Value(1.0).exp(), **{name: wrong})


def test_a_path_of_one_value_need_not_be_a_list():
    x = Value(1.0)
    assert [node.lit for node in draw(x.exp(), path=x).picture.nodes] == [True, False]


def test_a_radius_and_a_depth_may_reach_beyond_the_graph():
    x = Value(1.0)
    y = x.exp().exp()
    assert len(draw(y, focus=x, radius=10**30).picture.nodes) == len(draw(y, depth=10**30).picture.nodes) == 3
