"""The record of a graph: run forward and backward over number systems, and marked from either end."""

from fractions import Fraction

import pytest

from autodiff import Value, exp, sin, softmax, total, where
from autodiff.dual_numbers import Dual, duals
from autodiff.errors import ReplayError
from autodiff.graph import topological_order
from autodiff.numbers import FLOATS, FRACTIONS
from autodiff.over_values import VALUES
from autodiff.replaying import replay
from autodiff.trace import Trace, evaluate, leading_from, leading_to, reverse, trace_of

SQUARE = Trace(["input", "mul"], [(), (0, 0)])


def run(y, system, number=float):
    order = topological_order(y)
    trace = trace_of(order)
    numbers = evaluate(trace, system, lambda place: system.number(order[place].data))
    found = reverse(trace, system, numbers, {len(order) - 1: number(1)}, leading_from(trace, inputs(order)))
    return order, numbers, found


def inputs(order):
    return [place for place, node in enumerate(order) if node.op == "input"]


def test_over_floats_it_is_an_eager_pass_to_the_last_bit():
    xs = [Value(0.1 * i + 0.3) for i in range(7)]
    y = total([sin(a) * exp(b) / (a + 3 * b) for a in xs for b in xs]) + softmax(*xs)[2] * where(xs[0] > 0, xs[1], 0)
    y.backward()
    order, numbers, found = run(y, FLOATS)
    assert [x.hex() for x in numbers] == [node.data.hex() for node in order]
    assert {x: found[order.index(x)].hex() for x in xs} == {x: x.grad.hex() for x in xs}


def test_a_record_needs_no_values_and_runs_over_every_system():
    over = {Fraction: FRACTIONS, float: FLOATS, Value: VALUES}
    for kind, system in over.items():
        numbers = evaluate(SQUARE, system, lambda place: kind(3))
        slope = reverse(SQUARE, system, numbers, {1: kind(1)}, [1, 1])[0]
        assert (type(slope), type(numbers[1])) == (kind, kind)
        assert [x.data if kind is Value else x for x in (numbers[1], slope)] == [9, 6]
    system = duals()
    numbers = evaluate(SQUARE, system, lambda place: Dual(3.0, 1.0, FLOATS))
    assert reverse(SQUARE, system, numbers, {1: system.number(1.0)}, [1, 1])[0].tangent == 2.0


def test_several_places_may_be_seeded_and_what_nothing_reaches_is_none():
    trace = Trace(["input", "input", "mul", "neg"], [(), (), (0, 0), (2,)])
    assert reverse(trace, FLOATS, [3.0, 1.0, 9.0, -9.0], {2: 10.0, 3: 1.0}, [1, 1, 1, 1]) == [54.0, None, 9.0, 1.0]


def test_no_gradient_flows_to_a_condition_nor_beside_what_is_active():
    condition, a, b = Value(1.0), Value(2.0), Value(3.0)
    order = topological_order(where(condition > 0, a, b * 2))
    trace, last = trace_of(order), len(order) - 1
    marked = {order[place] for place, mark in enumerate(leading_to(trace, [last])) if mark}
    assert {a, b} < marked and order[trace.operands[last][0]] not in marked
    assert leading_from(trace, [trace.operands[last][0]])[last] == 0
    assert leading_from(trace, [order.index(b)])[last] == 1


def test_a_slope_that_is_not_wanted_is_not_computed():
    zero = Fraction(0)
    assert FRACTIONS.slopes("div", [zero, Fraction(2)], zero, [True, False]) == [Fraction(1, 2), None]
    with pytest.raises(ReplayError, match="division by zero"):
        FRACTIONS.slopes("div", [Fraction(2), zero], zero, [True, False])
    assert FRACTIONS.slopes("div", [Fraction(2), zero], zero, [False, False]) == [None, None]
    assert FLOATS.slopes("logsumexp", [1.0, 1.0], 1.0, [False, False]) == [None, None]


def test_a_long_chain_needs_no_recursion():
    x = y = Value(1.0)
    for _ in range(30_000):
        y = y * 1.0001
    y.backward()
    assert replay(y).gradients[x] == x.grad
