"""Formulas of any program: the Python gives what the engine gives, to the bit, and the LaTeX reads as what was computed."""

import math
import operator
import re
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autodiff
from autodiff import Value, formula, kernels, relu, stable
from autodiff.graph import leaves, topological_order
from autodiff.ops import TABLE

OPERATORS = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "pow": operator.pow,
    "remainder": operator.mod, "neg": operator.neg, "abs": abs, "pos": operator.pos,
    "where": lambda a, b, c: autodiff.where(a > 0, b, c),
}  # fmt: skip
FUNCTIONS = {name: OPERATORS.get(name) or getattr(autodiff, name, None) for name, op in TABLE.items() if op.arity}
FUNCTIONS = {name: function for name, function in FUNCTIONS.items() if function}
LISTS = {
    "total": autodiff.total, "dot": lambda xs: autodiff.dot(xs, xs[::-1]),
    "logsumexp": lambda xs: autodiff.logsumexp(*xs), "softmax": lambda xs: autodiff.softmax(*xs)[0],
}  # fmt: skip
SPECIAL = [
    0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 3.0, -8.0, 1 / 3, math.inf, -math.inf, math.nan, 5e-324, -1e-308, 1e308, 1e200,
    710.0, 1e16,
]  # fmt: skip
ANY_NAME = st.sampled_from(["add", "sub", "mul", "div", "neg", "pow", "exp"]) | st.sampled_from([*FUNCTIONS, *LISTS])
STEPS = st.lists(st.tuples(ANY_NAME, *[st.integers(0, 9)] * 3), min_size=1, max_size=8)


def graph(inputs, steps):
    """The last value of a program; each step takes three earlier numbers, and uses as many as its operation needs."""
    nodes = [*(Value(x, name=name) for x, name in zip(inputs, "abc")), 2.0]
    for name, *places in steps:
        xs = [nodes[place % len(nodes)] for place in places]
        if name not in LISTS:
            xs = [x if rule else getattr(x, "data", x) for x, rule in zip(xs, TABLE[name].slopes)]
        y = LISTS[name](xs) if name in LISTS else FUNCTIONS[name](*xs)
        if isinstance(y, Value):
            nodes.append(y)
    return [node for node in nodes if isinstance(node, Value)][-1]


def bits(x):
    return "nan" if x != x else struct.pack("d", x)


@given(st.lists(st.sampled_from(SPECIAL) | st.floats(), min_size=3, max_size=3), STEPS)
@example([0.0, 1.0, 1.0], [("log", 0, 0, 0), ("relu", 4, 0, 0)])             # what relu blocks does not meet log's inf
@example([-8.0, 1.0, 1 / 3], [("pow", 0, 2, 0)])                            # nan, and no complex number
@example([-0.0, 1.0, 0.0], [("div", 1, 0, 0)])                              # -inf, and no ZeroDivisionError
@example([2.0, 1e308, 1.0], [("acos", 0, 0, 0), ("relu", 4, 0, 0), ("mul", 5, 0, 0), ("sub", 2, 6, 0)])
def test_the_python_of_any_program_gives_what_the_engine_gives(inputs, steps):
    y = graph(inputs, steps)
    y.backward()
    inputs = [v for v in leaves(y) if v.op == "input"]
    space = {}
    exec(formula(y).python, space)
    data = [v.data for v in inputs]
    assert bits(space["f"](*data)) == bits(y.data)
    for slope, v in zip(space["df"](*data), inputs, strict=True):
        assert slope == v.grad or slope != slope and v.grad != v.grad  # a zero may differ in its sign


@pytest.mark.parametrize(("make", "line"), [
    (lambda x: 1 / x,              "return divide(1.0, x)"),
    (lambda x: x / 2,              "return x / 2.0"),
    (lambda x: x ** 2,             "return pow(x, 2.0)"),
    (lambda x: -(-x),              "return -(-x)"),
    (lambda x: +x,                 "return x"),
    (lambda x: relu(x),            "d_x = -0.0 if x <= 0.0 else 1.0"),
])  # fmt: skip
def test_python_is_as_plain_as_the_edges_allow(make, line):
    text = formula(make(Value(3.0, name="x"))).python
    assert f"    {line}\n" in text and "def sent" not in text


def test_only_below_what_may_be_blocked_nothing_is_sent():
    x, w = Value(-1.0, name="x"), Value(2.0, name="w")
    lines = formula(relu(w * x) * w).python.splitlines()
    assert [line.strip() for line in lines if line.startswith("    d_")] == [
        "d_v2 = w", "d_w = v2", "d_v1 = -0.0 if v1 <= 0.0 else 0.0 + d_v2", "d_w += sent(x, d_v1)", "d_x = sent(w, d_v1)",
    ]  # fmt: skip


@pytest.mark.parametrize("make", [
    lambda x: 1 / (autodiff.where(True, -1e9, x) % -1e9),                # an integer has no -0.0
    lambda x: 1 / (autodiff.maximum(0, x) * -1),
    lambda x: 1 / (autodiff.minimum(0, -x) * 3),
    lambda x: (autodiff.where(True, 2.0**53, x) + 1 - 2.0**53) * x,      # and more digits
], ids=range(4))  # fmt: skip
def test_no_number_of_the_python_is_an_integer(make):
    y, space = make(Value(-1.0, name="x")), {}
    exec(formula(y).python, space)
    assert bits(space["f"](-1.0)) == bits(y.data)


def test_what_is_made_of_constants_alone_is_a_number():
    x = Value(2.0, name="x")
    slope, = autodiff.gradient_graph(x ** 3, [x])
    assert formula(slope).text == "slope = 3 * x ** 2" and formula(slope).latex == "\\mathrm{slope} = 3 \\, x^{2}"


# The LaTeX, read back

TOKEN = re.compile(r"\\(?:left|right)\s*(?:\\[lr]floor\s?|[()|])|\\(?:mathrm|text|operatorname)\{(?:[^{}\\]|\\_)*\}|"
                   r"\\[a-z]+|\\[,\\]|\d+\.?\d*|[a-zA-Z]|[-+^_{}&=,]|\s+")  # fmt: skip
NAMES = {"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "max": "maximum", "min": "minimum",
         "sigma": "sigmoid"}  # fmt: skip


class Reader:
    """A reader of the LaTeX that formulas are written in, which evaluates what it reads, as a person would."""

    def __init__(self, text, known):
        self.tokens = [token for token in TOKEN.findall(text) if not token.isspace()]
        assert "".join(self.tokens) == "".join(text.split()), "a token that no reader knows"
        self.known, self.place = dict(known), 0

    def peek(self):
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, *expected):
        token = self.peek().replace(" ", "")
        assert not expected or token in expected, (token, expected)
        self.place += 1
        return token

    def lines(self):
        """The value of the last line."""
        aligned = self.peek() == r"\begin"
        ending = 9 if aligned else 0  # the letters and braces of {aligned}
        self.place += ending + aligned
        while True:
            name = self.symbol()
            if aligned:
                self.take("&")
            self.take("=")
            self.known[name] = self.sum()
            if self.peek() != r"\\":
                break
            self.take()
        assert self.place == len(self.tokens) - ending - aligned
        return self.known[name]

    def sum(self):
        minus = self.peek() == "-" and self.take()
        y = -self.product() if minus else self.product()
        while self.peek() in ("+", "-"):
            y = y + self.product() if self.take() == "+" else y - self.product()
        return y

    def product(self):
        y = self.power()
        while self.peek() in (r"\,", r"\cdot"):
            self.take()
            y *= self.power()
        return y

    def power(self):
        if self.peek() == "e":
            self.take()
            self.take("^")
            return kernels.exp(self.group())
        y = self.atom()
        if self.peek() == "^":
            self.take()
            y = kernels.pow(y, self.group())
        return y

    def group(self):
        self.take("{")
        y = self.sum()
        self.take("}")
        return y

    def atom(self):
        token = self.peek().replace(" ", "")
        if token[0].isdigit():
            return float(self.take())
        if token == r"\infty":
            return float(self.take() and "inf")
        if token == r"\frac":
            self.take()
            return kernels.divide(self.group(), self.group())
        if token == r"\sqrt":
            self.take()
            return kernels.sqrt(self.group())
        if token.startswith(r"\left"):
            self.take()
            y = self.sum()
            self.take({"(": r"\right)", "|": r"\right|"}.get(token[-1], r"\right\rfloor"))
            return abs(y) if token[-1] == "|" else math.floor(y) if token.endswith("floor") else y
        name = self.symbol()
        return self.call(name) if self.peek().startswith(r"\left") else self.known[name]

    def symbol(self):
        """A name as it was before it was made a symbol."""
        name = re.sub(r"^\\(mathrm|text|operatorname)\{(.*)\}$", r"\2", self.take()).replace("\\", "")
        if self.peek() == "_":
            self.take()
            self.take("{")
            name += self.take()
            self.take("}")
        return name

    def call(self, name):
        name = NAMES.get(name, name)
        self.take(r"\left(")
        xs = [self.sum()]
        while self.peek() == ",":
            self.take()
            xs.append(self.sum())
        self.take(r"\right)")
        function = getattr(stable, name, None) or getattr(kernels, name)
        return function(xs) if name in ("logsumexp", "largest", "total") else function(*xs)


NAMED = st.sampled_from(["x", "w0", "alpha", "e", "pi", "loss", "layers[0].w[1]", "sigma", "d", "größe"])


@given(st.lists(st.integers(-200, 200).map(lambda n: n / 64) | st.sampled_from([1e-9, -2e-7]), min_size=3, max_size=3),
       st.lists(NAMED, min_size=3, max_size=3, unique=True), STEPS)  # fmt: skip
@example([2.0, 3.0, 1.0], ["e", "pi", "sigma"], [("pow", 0, 1, 0), ("mul", 4, 2, 0)])
def test_latex_reads_as_what_was_computed(inputs, names, steps):
    y = graph(inputs, steps)
    order = topological_order(y)
    ordinary = all(v.data == 0 or 1e-12 < abs(v.data) < 1e6 for v in order)
    kinky = any(v.op in ("floor", "remainder", "sign", "where", "atan2") for v in order)  # where rounding may matter
    if not ordinary or kinky:
        return
    for v, name in zip((v for v in order if v.op == "input"), names):
        v.name = name
    written = formula(y)
    known = {written.names[v]: v.data for v in order if v.op == "input"}
    largest = max(abs(v.data) for v in order)
    found = Reader(written.latex, known).lines()
    if found != found and any(TABLE[v.op].domains or v.op == "pow" for v in order):
        return  # rounding carried an operand over the edge of a domain
    assert found == pytest.approx(y.data, rel=1e-6, abs=1e-6 * largest)
