"""Explanations: the paths add up exactly to the gradient, and each oddity has its cause named."""

from __future__ import annotations

from fractions import Fraction
from math import inf, isfinite, isnan, nan

import pytest
from hypothesis import given

from autodiff import Value, draw, explain, functions as f
from autodiff.errors import ArgumentError, OperandError
from autodiff.graph import topological_order
from autodiff.stepping import recording, snapshot
from autodiff.stepping.explanation import explain_gradient, write_count
from autodiff.stepping.paths import product
from tests.test_stepping import graphs


@given(graphs(most=8))
def test_all_paths_add_up_exactly_to_the_gradient(y):
    graph = snapshot(y)
    for node in graph.nodes:
        if node.operation != "input":
            continue
        explanation = explain_gradient(graph, node.number, most=10_000)
        if explanation.exact is None:
            continue
        assert len(explanation.paths) == explanation.count
        assert sum((path.exact for path in explanation.paths), Fraction()) == explanation.exact
        for path in explanation.paths:
            assert path.nodes[0] == node.number and path.nodes[-1] == len(graph.nodes) - 1


@given(graphs(most=8))
def test_the_largest_paths_are_the_largest_of_all(y):
    graph = snapshot(y)
    every = explain_gradient(graph, 0, most=10_000).paths
    if graph.nodes[0].operation != "constant" and all(isfinite(path.product) for path in every):
        few = explain_gradient(graph, 0, most=3).paths
        sizes = sorted((abs(path.product) for path in every), reverse=True)[:3]
        assert [abs(path.product) for path in few] == pytest.approx(sizes, rel=1e-9, abs=1e-300)


@given(graphs())
def test_an_explanation_can_always_be_written(y):
    for x in topological_order(y):
        text = str(explain(y, x))
        assert all(line.isprintable() for line in text.split("\n"))
        assert "d " in text


def test_the_exact_sum_is_the_gradient_where_arithmetic_is_exact():
    a, b = Value(3.0), Value(-2.0)
    y = (a * b + a) * (a - b)
    y.backward()
    for x in (a, b):
        assert float(explain(y, x, most=100).exact) == x.grad


def test_two_to_the_sixtieth_paths_are_counted_without_being_listed():
    x = Value(1.0)
    y = x
    for _ in range(60):
        y = y + y
    explanation = explain(y, x, most=3)
    assert explanation.count == 2**60 and len(explanation.paths) == 3
    assert explanation.rest == 2.0**60 - 3 and explanation.exact == 2**60
    assert "2^60 paths" in str(explanation)


def test_an_explanation_is_an_overlay_of_the_drawing():
    a, b, c = Value(2.0), Value(3.0), Value(4.0)
    y = f.tanh(a * b) * c
    found = explain(y, a).path
    assert a in found and y in found and b not in found and c not in found
    marked, plain = draw(y, path=found).dot, draw(y).dot
    assert marked != plain


def test_a_node_off_the_graph_has_nothing_to_do_with_it():
    x, stranger = Value(1.0), Value(2.0)
    y = x * 2
    assert "y does not depend on stranger" in str(explain(y, stranger))
    assert explain(y, stranger).count == 0


def test_zero_because_an_operation_blocks():
    x = Value(-2.0)
    hidden = x * 3
    y = f.relu(hidden)
    text = str(explain(y, x))
    assert "= 0: no path carries anything" in text and "1 path is cut" in text
    assert "y = relu(hidden) lets nothing through to hidden, which is -6" in text


def test_zero_because_a_slope_is_zero_or_saturates_or_contributions_cancel():
    x = Value(2.0)
    assert "Zero: the local derivative of y = sign(x) along x is 0" in str(explain(y := f.sign(x), x)) and y.data == 1
    saturated = f.tanh(x * 1000)
    assert "Zero: the local derivative of saturated = tanh(v2) along v2 is 0, where v2 is 2000" in str(explain(saturated, x))
    zero = Value(0.0)
    assert "= x * zero along x is 0, where x is 2 and zero is 0." in str(explain(x * zero, x))
    nearly = f.tanh(x * 10)
    assert "It vanishes" in str(explain(nearly, x)) and "nearly = tanh(v2) has local derivative" in str(explain(nearly, x))
    cancelled = x - x
    assert "contributions cancel" in str(explain(cancelled, x))


def test_zero_by_rounding_is_no_cancellation_and_cancellation_no_zero_slope():
    x = Value(1.0)
    assert "It vanishes" in str(explain(((x * 1e300) * 1e-200) * 1e-200, x))
    lost = (x * 1e16 + x) - x * 1e16
    why = explain(lost, x)
    assert why.gradient == 0 and why.exact == 1 and "Zero: rounding loses what the paths carry" in str(why)
    for most in (0, 5):
        assert "contributions cancel" in str(explain((x - x) + 0 * x, x, most))


def test_a_gradient_that_is_neither_tiny_nor_huge_neither_vanishes_nor_explodes():
    x = Value(1.0)
    doubled = x * 1e-7
    for _ in range(24):
        doubled = doubled + doubled
    for y in (x * 1e7 - x * 1e7 + x, doubled):
        assert "It explodes" not in str(explain(y, x)) and "It vanishes" not in str(explain(y, x))


def test_a_nan_that_has_nothing_to_do_with_the_gradient_is_not_blamed():
    x, negative = Value(0.0), Value(-1.0)
    y = f.where(True, f.sqrt(x) * 0.0, f.log(negative))
    assert "The nan comes from the backward pass" in str(explain(y, x)) and "log" not in str(explain(y, x)).split("The nan")[1]
    assert "The inf comes from the backward pass" in str(explain(f.minimum(f.sqrt(x), inf), x))
    endless = Value(inf)
    assert "The inf comes from the forward pass: the input endless is inf." in str(explain(negative * (endless + 1.0), negative))


def test_nan_is_traced_to_the_operation_that_made_it_forward():
    x = Value(-1.0)
    with recording():
        z = f.log(x)
        y = z * 2 + x
        text = str(explain(y, x))
    assert "The nan comes from the forward pass: z = log(x) = log(-1) = nan" in text


def test_nan_is_traced_to_the_step_that_made_it_backward():
    x = Value(0.0)
    y = f.sqrt(x) ** 2
    text = str(explain(y, x))
    assert isnan(explain(y, x).gradient) and "The nan comes from the backward pass" in text
    assert "sends 0 × inf = nan to x" in text


def test_inf_is_traced_too():
    x = Value(0.0)
    y = f.sqrt(x) + 1
    assert "The inf comes from the backward pass" in str(explain(y, x))


def test_a_long_chain_vanishes_or_explodes_and_says_where():
    for start, word in ((0.95, "vanishes"), (1.05, "explodes")):
        x = Value(1.0)
        y = x
        for _ in range(5_000):
            y = y * start
        text = str(explain(y, x))
        assert word in text and "5,000 local derivatives" in text


@pytest.mark.parametrize("wrong", [(1.0, Value(1.0)), (Value(1.0), "x"), (None, None)])
def test_only_values_can_be_explained(wrong):
    with pytest.raises(OperandError, match="expected two Values"):
        explain(*wrong)


def test_the_number_of_paths_is_checked():
    x = Value(1.0)
    for most in (-1, 1.5, True):
        with pytest.raises(ArgumentError, match="0 or more"):
            explain(x * x, x, most)
    assert explain(x * x, x, 0).paths == ()


def test_a_product_neither_overflows_nor_underflows_on_the_way():
    assert product([1e300] * 10 + [1e-300] * 10) == pytest.approx(1.0)
    assert product([2.0] * 3000) == inf and product([-2.0] + [2.0] * 3000) == -inf
    assert product([0.5] * 3000) == 0.0 and product([0.5] * 1074) == 5e-324
    assert product([]) == 1.0 and product([0.0, 2.0]) == 0.0 and isnan(product([0.0, inf])) and isnan(product([nan]))


def test_a_sum_beyond_every_float_is_infinite_and_told():
    x = Value(1.0)
    y = (x * 1e200 + x) * 1e200
    for sign in (1.0, -1.0):
        why = explain(y * sign, x, most=1)
        assert why.rest == sign * 1e200 and f"= {sign * inf:g}" in str(why) and why.gradient == sign * inf
    z = ((x + x + x) * 1e200) * 1e200
    why = explain(z, x, most=0)
    assert why.rest == inf and str(why).count("= inf\n") == 2


def test_counts_are_written_for_people():
    assert [write_count(1), write_count(12345), write_count(2**60), write_count(2**60 - 5), write_count(3 * 2**60)] == [
        "1", "12,345", "2^60", "about 2^60", "about 2^62"]


def test_twin_paths_are_told_apart_and_unnamed_nodes_are_said():
    a, b = Value(3.0), Value(2.0)
    y = a * a * b
    assert [line.split("  ")[1] for line in str(explain(y, a)).splitlines()[1:3]] == ["y ← v1 ← a (1st)", "y ← v1 ← a (2nd)"]
    assert str(explain(y, a)).splitlines()[-1] == "  where v1 = a * a, y = v1 * b"
    for _ in range(20):
        y = y * b
    assert "where" not in str(explain(y, a))  # too many to read
    chain = a
    for _ in range(20_000):
        chain = -chain
    assert explain(chain, a).paths[0].operands == (0,) * 20_000
