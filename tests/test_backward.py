"""Reverse mode against other ways to the same derivative, on straight-line programs whose operands repeat.

Trees cannot see a wrong order: only a node with several users can be read before its sum is complete.
"""

import math
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from autodiff import Value, elementwise, functions, gradient_graph, reductions, replay
from autodiff.errors import OperandError
from autodiff.graph import edges, leaves, topological_order, users
from autodiff.dual_numbers import Dual, duals
from autodiff.numbers import FLOATS, FRACTIONS
from autodiff.ops import TABLE

RATIONAL = ["add", "sub", "mul", "neg", "pos", "maximum", "minimum", "relu", "abs", "dot", "total"]
SMOOTH = ["add", "sub", "mul", "sin", "cos", "tanh", "sigmoid", "softplus", "atan", "asinh", "gaussian", "logsumexp", "dot"]
OPERATORS = {"add": "__add__", "sub": "__sub__", "mul": "__mul__", "neg": "__neg__", "pos": "__pos__", "abs": "__abs__"}


def apply(name, operands):
    if TABLE[name].variadic:
        return reductions.of_many(name, operands)
    return getattr(Value, OPERATORS[name])(*operands) if name in OPERATORS else getattr(elementwise, name)(*operands)


@st.composite
def straight_line(draw, operations, numbers):
    """A few inputs, then a few lines; each line may read any earlier one, and the last reads what nobody has."""
    pool = [Value(draw(numbers)) for _ in range(draw(st.integers(1, 3)))]
    inputs = list(pool)
    for _ in range(draw(st.integers(1, 8))):
        name = draw(st.sampled_from(operations))
        count = TABLE[name].arity or 2 * draw(st.integers(1, 2))
        pool.append(apply(name, [draw(st.sampled_from(pool)) for _ in range(count)]))
    return inputs, functions.total(pool)


@given(straight_line(RATIONAL, st.integers(-6, 6).map(lambda n: n / 4)))
def test_reverse_forward_and_symbolic_derivatives_are_equal_over_fractions(program):
    inputs, y = program
    y.backward()
    exact = replay(y, Fraction)
    symbolic = [replay(slope, Fraction).value for slope in gradient_graph(y, inputs)]
    system = duals(FRACTIONS)
    for x, slope in zip(inputs, symbolic):
        ones = {leaf: Dual(FRACTIONS.number(leaf.data), Fraction(leaf is x), FRACTIONS) for leaf in leaves(y)}
        assert exact.gradients[x] == slope == forward(y, system, ones).tangent == x.grad


def forward(y, system, numbers):
    for node in topological_order(y):
        if node.parents:
            numbers[node] = system.apply(node.op, [numbers[parent] for parent in node.parents])
    return numbers[y]


@given(straight_line(SMOOTH, st.floats(-2, 2)))
def test_reverse_mode_agrees_with_50_digits(program):
    inputs, y = program
    y.backward()
    exact = replay(y, "mpmath")
    scale = 1 + max(abs(float(g)) for g in exact.gradients.values())
    for x in inputs:
        assert x.grad == pytest.approx(float(exact.gradients[x]), rel=1e-12, abs=1e-13 * scale)


@given(straight_line(SMOOTH, st.floats(-2, 2)))
def test_replay_over_floats_repeats_the_eager_bits(program):
    inputs, y = program
    y.backward()
    again = replay(y, float)
    assert again.value == y.data
    assert [again.gradients[x] for x in inputs] == pytest.approx([x.grad for x in inputs], rel=1e-14, abs=1e-14)


@given(straight_line(SMOOTH, st.floats(-2, 2)))
def test_replay_over_values_gives_a_graph_that_can_be_differentiated_again(program):
    inputs, y = program
    copies = {x: Value(x.data) for x in inputs}
    again = replay(y, Value, at=copies)
    assert again.value.data == y.data
    for x in inputs:
        second = [replay(slope).gradients.get(x, 0.0) for slope in gradient_graph(y, [x])]
        curvature = again.gradients[x]
        curvature.backward()
        assert copies[x].grad == pytest.approx(second[0], rel=1e-9, abs=1e-9)
        for leaf in copies.values():
            leaf.grad = 0.0


def test_the_smallest_program_that_breaks_without_an_order():
    a = Value(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert a.grad == 4.0


def test_diamonds_of_60_levels_count_every_path():
    x = Value(1.0)
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60


def test_an_order_puts_every_node_after_its_parents_once_and_first_parents_first():
    a, b = Value(1.0, name="a"), Value(2.0, name="b")
    c = a * b
    d = c + a
    order = topological_order(d)
    assert order == [a, b, c, d] and leaves(d) == [a, b]
    assert [(p.data, n.op, i) for p, n, i in edges(order)] == [(1.0, "mul", 0), (2.0, "mul", 1), (2.0, "add", 0), (1.0, "add", 1)]
    assert users(order) == {a: 2, b: 1, c: 1, d: 0}
    assert topological_order(c, d) == [a, b, c, d] and topological_order(b, a) == [b, a] and topological_order() == []


def test_an_order_is_of_anything_with_parents_also_beside_values():
    class Reader:
        def __init__(self, *parents):
            self.parents = parents

    x, y = Value(1.0), Value(2.0)
    both = Reader(y, x, y)
    top = Reader(both, x)
    assert topological_order(top) == [y, x, both, top] and leaves(top) == [y, x]
    assert topological_order(x, top) == [x, y, both, top] and topological_order(top, x * y)[:4] == [y, x, both, top]
    for stranger in (3.0, "x", [x]):
        with pytest.raises(OperandError, match="leaves: expected a Value, or anything with parents, got"):
            leaves(stranger)


def test_a_blocked_operand_keeps_even_an_infinite_slope_from_flowing():
    x = Value(0.0)
    y = functions.where(x > 0, functions.log(functions.sqrt(x)), x * 3)
    y.backward()
    assert x.grad == 3.0
    y.backward()
    assert x.grad == 6.0


def test_a_gradient_that_adds_up_to_zero_still_flows():
    x = Value(0.0)
    s = functions.sqrt(x)
    (s - s).backward()
    assert math.isnan(x.grad)  # 0 * inf, a numeric zero


@pytest.mark.parametrize("name", [name for name, op in TABLE.items() if not op.variadic and name != "where"])
def test_dual_numbers_and_reverse_mode_agree_on_every_row(name):
    op = TABLE[name]
    xs = [1.25, 0.5, 0.75][: op.arity]
    for index, rule in enumerate(op.slopes):
        if rule is None:
            continue
        system = duals()
        dual = system.formula(name)(*(Dual(x, float(i == index), FLOATS) for i, x in enumerate(xs)))
        y = FLOATS.formula(name)(*xs)
        slope = FLOATS.slope(name, index)(*xs, y)
        assert str((dual.primal, dual.tangent)) == str((y, slope if slope is not None else 0.0))


def test_duals_over_duals_carry_second_derivatives():
    inner = duals()
    outer = duals(inner)
    x = Dual(Dual(2.0, 1.0, FLOATS), Dual(1.0, 0.0, FLOATS), inner)
    cube = outer.formula("pow")(x, outer.number(3.0))
    assert cube.tangent.tangent == 12.0
