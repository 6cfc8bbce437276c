"""Functions of many inputs: lengths, kinds, edges, and what they record."""

import math
from math import inf

import pytest

import autodiff.functions
from autodiff import Value, dot, elementwise, log_softmax, logsumexp, softmax, total
from autodiff.errors import ArgumentError, OperandError, shown
from autodiff.numbers import FLOATS
from autodiff.ops import TABLE


def test_one_node_records_any_number_of_inputs():
    ws, xs = [Value(1.0), Value(2.0)], [Value(3.0), 4.0]
    y = dot(ws, xs)
    assert y.op == "dot" and len(y.parents) == 4 and y.data == 11.0
    y.backward()
    assert [w.grad for w in ws] == [3.0, 4.0] and xs[0].grad == 1.0 and y.slopes[3] is None


def test_mixed_numbers_become_constants_that_take_no_gradient():
    y = total([Value(1.0), 2])
    assert [parent.op for parent in y.parents] == ["input", "constant"] and y.slopes == (1.0, None)


@pytest.mark.parametrize(("op", "place"), [
    (op, place) for op in TABLE.values() if not op.variadic and op.name != "where" and hasattr(elementwise, op.name)
    for place, slope in enumerate(op.slopes) if slope
], ids=lambda x: x if isinstance(x, int) else x.name)  # fmt: skip
def test_a_function_of_one_value_among_numbers_sends_a_gradient_to_it_alone(op, place):
    xs = [1.25 if op.name.startswith("acosh") else 0.5, 0.25, 0.75][: op.arity]
    operands = [Value(x) if index == place else x for index, x in enumerate(xs)]
    y = getattr(elementwise, op.name)(*operands)
    y.backward()
    expected = FLOATS.formula(op.name)(*xs)
    slope = FLOATS.slope(op.name, place)(*xs, expected)
    assert y.data == getattr(elementwise, op.name)(*xs) == expected
    assert y.slopes == tuple(slope if index == place else None for index in range(op.arity))
    assert operands[place].grad == (slope or 0.0)
    assert [parent.op for parent in y.parents] == ["input" if index == place else "constant" for index in range(op.arity)]


def test_wrong_lengths_and_kinds_are_named():
    with pytest.raises(ArgumentError, match="the same length, got 2 and 1 numbers"):
        dot([1, 2], [3])
    with pytest.raises(OperandError, match=r"one by one, as in softmax\(\*values\), got \[1.0, 2.0\] \(list\)"):
        softmax([1.0, 2.0])
    with pytest.raises(ArgumentError, match="logsumexp: expected at least one value"):
        logsumexp()
    with pytest.raises(OperandError, match="total: expected .* got None"):
        total([1.0, None])
    with pytest.raises(OperandError, match="total: expected a list of Values or numbers, got 3"):
        total(3)
    with pytest.raises(OperandError, match="softmax: expected .* got 'a'"):
        softmax(Value(1.0), "a")


def test_empty_sums_are_zero():
    assert total([]) == 0.0 and dot([], []) == 0.0


def test_a_total_keeps_the_sign_of_zero_and_survives_the_edges():
    assert math.copysign(1, total([-0.0, -0.0])) == -1 and math.copysign(1, total([-0.0, 0.0])) == 1
    assert total([1e308, 1e308, -1e308]) == 1e308 and total([1e308, 1e308]) == inf and total([-1e308] * 2) == -inf
    assert math.isnan(total([inf, -inf])) and total([1e308, 1e308, -inf]) == -inf
    assert total([1e308, 1e308, -1e308, -1e308, 5e-324]) == 5e-324


def test_softmax_adds_up_to_one_and_does_not_overflow():
    assert softmax(1000.0, 1000.0) == [0.5, 0.5] and sum(softmax(-745.0, 0.0, 3.0)) == pytest.approx(1.0, rel=1e-15)
    xs = [Value(1000.0), Value(1001.0)]
    softmax(*xs)[1].backward()
    assert xs[1].grad == pytest.approx(0.19661193324148185, rel=1e-13) and xs[0].grad == pytest.approx(-xs[1].grad)


def test_log_softmax_does_not_go_through_softmax():
    xs = [Value(0.0), Value(-800.0)]
    y = log_softmax(*xs)[1]
    y.backward()
    assert y.data == -800.0 and (xs[0].grad, xs[1].grad) == (-1.0, 1.0)


def test_logsumexp_at_infinity():
    assert logsumexp(-inf, -inf) == -inf and logsumexp(inf, 1.0) == inf and logsumexp(-inf, 2.0) == 2.0
    assert math.isnan(FLOATS.formula("largest")([1.0, math.nan]))


def test_an_error_message_survives_a_hostile_repr():
    class Hostile:
        def __repr__(self):
            raise RuntimeError

    assert shown(Hostile()).endswith("(Hostile)")
    assert shown("a\n\x1b[31m" + "b" * 100).count("\n") == 0 and len(shown("x" * 1000)) < 80


def test_every_function_documents_itself_and_takes_numbers():
    for name in autodiff.functions.__all__:
        function = getattr(autodiff, name)
        assert function.__doc__ and ">>>" in function.__doc__ and function.__name__ == name
