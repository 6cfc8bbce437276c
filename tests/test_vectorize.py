"""The array instructions that are made of a tape: which they are, what they read, and what eager gives to the last bit."""

import math
import random
from functools import reduce
from itertools import permutations
from operator import add, mul

import numpy as np
import pytest

from autodiff import Value, atan2, compile, cos, dot, exp, grad, sin, tanh, total, where
from autodiff.compiled.record.recorder import record
from autodiff.compiled.vectorize import Group, vectorize
from autodiff.compiled.vectorize.flatten import flatten
from autodiff.compiled.vectorize.levels import levels_of
from autodiff.compiled.vectorize.patterns import distinct, grid


def roll(function, count, **options):
    """The vectorized program of a function of one vector with rows, and the Values that it captures."""
    xs = [Value(0.1 * place - 0.35) for place in range(count)]
    return vectorize(record(lambda: function(xs), xs), [Group("x", tuple(range(count)), True, True)], always=True, **options)


def written(function, count):
    """The operations of the program, each with its operands but for views of them."""
    instructions = roll(function, count).program.instructions
    return [" ".join([each.op, *map(str, each.operands)]) for each in instructions if each.op not in ("input", "view")]


@pytest.fixture
def every_program_is_vectorized(monkeypatch):
    """However small it is."""
    monkeypatch.setattr("autodiff.compiled.recordings.WORTH", 0)
    monkeypatch.setattr("autodiff.compiled.recordings.LEAST", 0)


def test_captured_values_stand_in_the_order_in_which_they_are_used():
    names = "p0 p1 q0 q1 r0 r1 s0 s1 b0 b1 c0 c1 t0 t1 t2 t3 t4 u0 u1 u2 u3 u4 w0 w1 w2 w3 k0 k1 k2 k3 e0 e1 g root asked"
    v = {name: Value(1.0 + place / 8, name=name) for place, name in enumerate(names.split())}

    def function(xs):
        pairs = [dot([v[f"p{i}"], v[f"r{i}"]], [v[f"q{i}"], v[f"s{i}"]]) + v[f"b{i}"] + v[f"c{i}"] for i in (0, 1)]
        wide = [total([v[f"{name}{i}"] for i in range(5)]) for name in "tu"]
        four = [v[f"{name}0"] + v[f"{name}1"] + v[f"{name}2"] + v[f"{name}3"] for name in "wk"]
        late = tanh(pairs[0]) * v["g"]
        return [*pairs, *wide, *four, exp(v["e0"]), exp(v["e1"]), late, v["root"], xs[0] if v["asked"] > 0 else xs[1]]

    found = roll(function, 2)
    assert " ".join(value.name for value in found.captured) == (
        "p0 r0 p1 r1 q0 s0 q1 s1 b0 b1 c0 c1 t0 t1 t2 t3 t4 u0 u1 u2 u3 u4 w0 k0 w1 k1 w2 k2 w3 k3 e0 e1 asked g root")  # fmt: skip
    assert "take" not in [each.op for each in found.program.instructions]  # each operand is a slice


def test_nodes_that_do_the_same_are_one_instruction_for_each_register_that_their_operands_come_from():
    def function(xs):
        a, b = [sin(x) for x in xs], [cos(x) for x in xs]
        first = [tanh(p) for p in a] + [exp(q) for q in b] + [tanh(q) for q in b]
        second = [p * x for p, x in zip(a, xs)] + [p * q for p, q in zip(a, b)]
        third = [where(p > 0, p, x) for p, x in zip(a, xs)] + [where(p > 0, p, q) for p, q in zip(a, b)]
        return first + second + third

    assert written(function, 3) == [
        "sin 0", "cos 0", "tanh 1", "exp 2", "tanh 2", "mul 1 0", "mul 1 2", "take 1", "constant", "> 8 9",
        "where 11 1 0", "where 13 1 2"]  # fmt: skip


def test_products_are_apart_whose_first_factors_come_from_different_registers():
    def function(xs):
        a, b = [sin(x) for x in xs], [cos(x) for x in xs]
        return [dot([p, q], xs[:2]) for p, q in zip(a, b)] + [dot([q, r], xs[:2]) for q, r in zip(b, b[1:])]

    assert written(function, 3) == ["sin 0", "cos 0", "join 1 2", "contract 4 5", "contract 7 5"]


X = [[Value(float(i * j)) for j in range(3)] for i in range(5)]
WEIGHTS = [[Value(0.1 * i + j) for j in range(3)] for i in range(4)]


def neuron(weights, row, bias):
    return tanh(sum((w * x for w, x in zip(weights, row)), bias))


@pytest.mark.parametrize(("function", "count", "program"), [
    (lambda xs: [exp(x) for x in xs[::-1]], 3, ["exp 0"]),                    # in the order of the register
    (lambda xs: [x * c for c, x in zip((1.0, 2.0, 3.0), xs[::-1])], 3, ["constant", "mul 0 1"]),
    (lambda xs: [c / x for c, x in zip((1.0, 2.0, 3.0), xs[::-1])], 3, ["constant", "div 1 0"]),
    (lambda xs: [exp(x) for x in xs[:2]], 3, ["exp 1"]),                      # of a part of it
    (lambda xs: [exp(x) for x in (xs[0], xs[0], xs[1])], 3, ["take 0", "exp 1"]),
    (lambda xs: [a - b for a, b in zip((xs[0], xs[0], xs[1]), xs[::-1])], 3, ["take 0", "sub 1 0"]),
    (lambda xs: [a - exp(b) for a, b in zip((*xs[1:], xs[0]), xs)], 3, ["exp 0", "take 1", "sub 0 2"]),
    (lambda xs: [total([a, b]) for a, b in zip(xs, xs[1:])], 4, ["add 1 2"]),
    (lambda xs: [total([x, 1.0]) for x in xs[::-1]], 4, ["constant", "add 0 1"]),
    (lambda xs: [a + b + 1.0 + a for a, b in zip(xs, xs[1:])], 4, ["add 1 2", "constant", "add 3 4", "add 5 1"]),
    (lambda xs: [total([a, b, 0.0]) for a, b in zip(xs, xs[1:])], 4, ["add 1 2", "constant", "add 3 4"]),
    (lambda xs: [total([a, b, c, 0.0]) for a, b, c in zip(xs, xs[1:], xs[2:])], 5, ["total 1", "constant", "add 2 3"]),
    (lambda xs: [xs[0] * xs[1] + xs[2]], 3, ["mul 1 2", "add 3 4"]),  # one product alone is no product of matrices
    (lambda xs: [dot(xs[:2], xs[2:4]) + xs[4] * xs[5]], 6, ["take 0", "take 0", "contract 1 2"]),
    (lambda xs: [neuron(ws, row, b) for row in X for ws, b in zip(WEIGHTS, xs)], 4, ["contract 2 3", "add 4 0", "tanh 5"]),
    (lambda xs: [neuron(ws, row, b) for ws, b in zip(WEIGHTS, xs) for row in X], 4, ["contract 2 3", "add 4 5", "tanh 6"]),
    (lambda xs: [neuron(ws, row, 1.0) for row in X for ws in WEIGHTS], 4, ["contract 2 3", "constant", "add 4 5", "tanh 6"]),
])  # fmt: skip
def test_operands_come_as_they_are_where_they_can(function, count, program):
    assert written(function, count) == program


# Sums

NUMBERS = [0.0, -0.0, 1.0, -2.0, 0.5, 1.5]  # sums and products of these are exact, in whatever order
ROWS = [[random.Random(f"{row} {place}").choice(NUMBERS) for place in range(6)] for row in range(4)]
ROWS += [[-0.0] * 6, [0.0] * 6, [-0.0, 0.0] * 3, [1.0, math.inf, 0.5, -0.0, 1.0, 2.0], [math.nan, 1.0, 1.0, 2.0, 0.0, 1.0]]


def sums(seed):
    """A function of six numbers whose results are sums, and sums of them, of one to seven terms of any kind."""
    draw = random.Random(seed)
    captured = [Value(draw.choice(NUMBERS)) for _ in range(8)]

    def term(depth):
        kind, place = draw.choice("xxcn" + "pph" * depth), draw.randrange(8)
        factors = [term(0), term(0)] if kind == "p" else []
        number = draw.choice(NUMBERS)
        return lambda xs, made, shift: {
            "x": lambda: xs[(place + shift) % 6], "c": lambda: captured[(place + shift) % 8], "n": lambda: number,
            "h": lambda: made[(place + shift) % len(made)] if made else xs[0],
            "p": lambda: factors[0](xs, made, shift) * factors[1](xs, made, shift),
        }[kind]()  # fmt: skip

    groups = [(draw.choice(["chain", "total", "dot", "both"]), draw.choice([1, 2, 3]), [term(1) for _ in range(draw.randint(1, 7))])
              for _ in range(draw.randint(1, 4))]  # fmt: skip

    def function(*xs):
        made = []
        for how, width, terms in groups:
            before = list(made)
            for shift in range(width):
                found = [each(xs, before, shift) for each in terms]
                made.append({"chain": lambda: reduce(add, found), "total": lambda: total(found),
                             "dot": lambda: dot(found, found[::-1]), "both": lambda: total(found) + dot(found[:2], found[:2])}[how]())
        shown = made[1::2] or made  # the others are terms alone
        return [abs(y) if place % 3 == 2 else y for place, y in enumerate(shown)]

    return function


@pytest.mark.usefixtures("every_program_is_vectorized")
@pytest.mark.parametrize("seed", range(60))
def test_sums_of_any_terms_have_the_bits_of_eager_and_the_same_zeros(seed):
    function = sums(seed)
    compiled = compile(function, "numpy")
    found = np.array(compiled(*np.array(ROWS).T)).T
    zero = 0.0 if "contract" in [each.op for each in compiled.program.instructions] else -0.0  # a matrix product starts from it
    for row, numbers in zip(ROWS, found.tolist(), strict=True):
        wanted = [getattr(y, "data", y) for y in function(*map(Value, row))]
        assert [str(x + zero) for x in numbers] == [str(y + zero) for y in wanted], row


@pytest.mark.usefixtures("every_program_is_vectorized")
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("zeros", [0, 1, 2, 3])
@pytest.mark.parametrize("head", [[1e308, 1e308, -1e308], [1e308, 1e308, -1e308, 1.0], [1e308, -1e308, 1e308, 1e308, -1e308]])
def test_a_total_overflows_no_sooner_than_it_must_beside_a_sum_and_zeros(head, zeros, turned):

    def function(*xs):
        both = [lambda: xs[0] + xs[1] + xs[2], lambda: total([*xs, *[0.0] * zeros])]
        return [each() for each in both[:: -1 if turned else 1]]

    found = compile(function, "numpy")(*(np.array([x, 1.0]) for x in head))
    wanted = [[sum(head[:3]), 3.0], [1e308, len(head)]]
    assert [x.tolist() for x in found] == wanted[:: -1 if turned else 1]


@pytest.mark.usefixtures("every_program_is_vectorized")
@pytest.mark.parametrize("zeros", [1, 4])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_a_total_of_negative_zeros_and_a_zero_is_zero(count, zeros):
    for adding in (total, sum):
        found = compile(lambda x, y: adding([x] * count + [where(False, x, 0.0)] * zeros) * y, "numpy")(np.array([-0.0, 2.0]), np.array([1.0, 1.0]))  # noqa: B023
        assert list(map(str, found)) == ["0.0", str(2.0 * count)]


@pytest.mark.usefixtures("every_program_is_vectorized")
@pytest.mark.parametrize("number", [0.0, -0.0])
@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("count", [2, 3, 4, 6])
def test_a_zero_among_the_terms_of_a_sum_is_added(count, place, number):
    """-0.0 + 0.0 is 0.0, wherever it stands; it was left out after the first term."""

    def function(*xs):
        return reduce(add, [*xs[:place], number, *xs[place:]])

    wanted = function(*[Value(-0.0)] * count).data
    found = compile(function, "numpy")(*[np.array([-0.0, 2.0])] * count)
    assert list(map(str, found)) == [str(wanted), str(2.0 * count)]


@pytest.mark.usefixtures("every_program_is_vectorized")
def test_a_total_of_gradients_that_are_all_zero_is_zero():
    def function(x):
        unused = grad(lambda *xs: xs[0] * xs[0])(*[x] * 6)[1:]
        return total(unused) * x + x

    assert compile(function, "numpy")(np.array([2.0, -3.0])).tolist() == [2.0, -3.0]


# What is left out, and how deep a program may be


@pytest.mark.parametrize("length", [1, 3, 7, 8, 9, 20])
def test_what_no_result_needs_is_left_out(length):
    def function(xs):
        used, unused = sin(exp(xs[0])), sin(xs[0])
        for _ in range(length):
            unused = exp(unused) + xs[1]
        return [tanh(used)]

    found = roll(function, 2)
    assert [each.op for each in found.program.instructions] == ["input", "view", "exp", "sin", "tanh"] and found.operations == 3


@pytest.mark.parametrize(("width", "depth", "always", "rolled"), [
    (1, 100, False, True), (1, 101, False, False), (1, 101, True, True), (2, 101, False, False), (3, 101, False, True),
])  # fmt: skip
def test_what_is_deep_and_narrow_is_not_rolled(width, depth, always, rolled):
    xs = [Value(0.5) for _ in range(width)]

    def function():
        made = xs
        for _ in range(depth):
            made = [tanh(x) for x in made]
        return made

    tape, groups = record(function, xs), [Group("x", tuple(range(width)), True, True)]
    assert ((vectorize(tape, groups, always=True) if always else vectorize(tape, groups)) is not None) == rolled
    assert always or (levels_of(tape, flatten(tape)) is not None) == rolled


@pytest.mark.parametrize(("missing", "rolled"), [(0, True), (1, False)])
def test_three_nodes_a_level_are_enough_and_one_less_in_all_is_not(missing, rolled):
    xs = [Value(0.5) for _ in range(3)]

    def function():
        made = xs
        for depth in range(101):
            before, made = made, [tanh(x) for x in made[: 3 - missing * (depth == 100)]]
        return made + before

    tape = record(function, xs)
    assert (levels_of(tape, flatten(tape)) is not None) == rolled


@pytest.mark.parametrize("order", [*permutations(range(2)), *permutations(range(3))])
def test_products_stand_in_a_sum_in_the_order_in_which_it_has_them(order):
    lefts, rights = ([Value(1.0 + place, name=f"{side}{place}") for place in order] for side in "lr")

    def function():
        products = dict(zip(order, map(mul, lefts, rights)))
        terms = [products[place] for place in sorted(order)]  # not the order in which they were made
        return [exp(terms[0] + terms[1] if len(order) == 2 else total(terms))]

    found = vectorize(record(function, []), [], always=True)
    assert [value.name for value in found.captured] == [f"{side}{place}" for side in "lr" for place in range(len(order))]


# Patterns


@pytest.mark.parametrize(("rows", "columns", "letters", "shape"), [
    (1, 1, ("", "", ""), ()), (1, 2, ("", "b", "b"), (2,)), (2, 1, ("a", "", "a"), (2,)), (2, 2, ("a", "b", "ab"), (2, 2)),
    (5, 2, ("a", "b", "ab"), (5, 2)), (2, 5, ("a", "b", "ab"), (2, 5)),
])  # fmt: skip
def test_an_axis_of_size_one_is_left_out_of_a_grid(rows, columns, letters, shape):
    left = np.array([[10 + row, 20 + row] for row in range(rows) for _ in range(columns)])
    right = np.array([[30 + column, 40 + column] for _ in range(rows) for column in range(columns)])
    found = grid(left, right)
    assert (found.letters, found.shape, found.order.tolist()) == (letters, shape, list(range(rows * columns)))
    assert (len(found.left), len(found.right)) == (rows, columns)


def test_lists_of_one_digest_are_told_apart(monkeypatch):
    class Ones:
        def integers(self, low, high, size, dtype):
            return np.ones(size, dtype)

    lists = np.array([[1, 2], [2, 1], [1, 2], [0, 3]])
    plain = [found.tolist() for found in distinct(lists)]
    monkeypatch.setattr(np.random, "default_rng", lambda seed: Ones())
    assert [found.tolist() for found in distinct(lists)] == plain == [[0, 1, 3], [0, 1, 0, 2]]


TELLING = {
    "a quotient": lambda xs, ws: 1.0 / dot(xs, ws),
    "a power": lambda xs, ws: (2.0 * dot(xs, ws)) ** -1,
    "an angle": lambda xs, ws: atan2(tanh(total([a * b for a, b in zip(xs, ws)])), -1.0),
    "a table of sums": lambda xs, ws: total([1.0 / total([x * w for w in ws]) for x in xs]),
    "a sum with another product": lambda xs, ws: 1.0 / (dot(xs, ws) + xs[0] * ws[0]),
    "from zero": lambda xs, ws: 1.0 / sum(a * b for a, b in zip(xs, ws)),
    "nobody tells": lambda xs, ws: exp(dot(xs, ws)) + dot(xs, ws) ** 2,
}


@pytest.mark.parametrize("function", TELLING.values(), ids=TELLING)
@pytest.mark.parametrize("x, w", [(-1.0, 0.0), (1.0, -0.0), (1.0, 0.0), (-1.0, -0.0)])
def test_a_sum_of_products_that_are_all_negative_zero_is_negative_zero_where_that_is_told(function, x, w):
    xs, ws = [Value(x) for _ in range(20)], [Value(w) for _ in range(20)]
    eager = function(xs, ws)
    eager.backward()
    compiled = compile(function, "numpy")
    value, gradient = compiled.value_and_grad([x] * 20, [w] * 20)
    assert value == eager.data or math.isnan(value) and math.isnan(eager.data)
    np.testing.assert_array_equal(np.ravel(gradient), [each.grad for each in xs + ws])


@pytest.mark.parametrize("outer, multiplies", [(lambda y: 1.0 / y, False), (lambda y: 1.0 / (2.0 + y), True), (exp, True),
                                               (lambda y: y**2, True), (lambda y: tanh(y) ** -1, False)])  # fmt: skip
def test_a_matrix_product_is_given_up_only_where_zeros_are_told_apart(outer, multiplies):
    table = [[Value(0.1 * (i + j)) for i in range(6)] for j in range(8)]
    compiled = compile(lambda xs: total([outer(total([w * x for w, x in zip(row, xs)])) for row in table]), "numpy")
    compiled([1.0] * 6)
    assert ("contract" in [each.op for each in compiled.program.instructions]) is multiplies
