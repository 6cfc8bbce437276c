"""Formulas: what is written is what was computed, in every notation, and no name breaks out of it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff
from autodiff import Value, exp, formula, nn, relu, sigmoid, sqrt, where
from autodiff.errors import OperandError
from autodiff.graph import leaves
from autodiff.ops import TABLE

UNARY = [op.name for op in TABLE.values() if op.arity == 1 and hasattr(autodiff, op.name)]


def run(y):
    """What the Python of a formula gives: f and df at the inputs of y."""
    inputs = [v for v in leaves(y) if v.op == "input"]
    space = {}
    exec(formula(y).python, space)
    data = [v.data for v in inputs]
    return space["f"](*data), space["df"](*data), inputs


def assert_right(y, rel=1e-12):
    value, slopes, inputs = run(y)
    for v in inputs:
        v.grad = 0.0
    y.backward()
    assert math.isclose(value, y.data, rel_tol=rel, abs_tol=1e-300)
    for v, slope in zip(inputs, slopes, strict=True):
        assert math.isclose(slope, v.grad, rel_tol=rel, abs_tol=1e-300)


@pytest.mark.parametrize(("make", "text", "latex"), [
    (lambda a, b: a + b,                      "a + b",             r"a + b"),
    (lambda a, b: a - (b - a),                "a - (b - a)",       r"a - \left(b - a\right)"),
    (lambda a, b: (a - b) - 1,                "a - b - 1",         r"a - b - 1"),
    (lambda a, b: (a + b) * a,                "(a + b) * a",       r"\left(a + b\right) \, a"),
    (lambda a, b: a / (b / a),                "a / (b / a)",       r"\frac{a}{\frac{b}{a}}"),
    (lambda a, b: a / b * a,                  "a / b * a",         r"\frac{a}{b} \, a"),
    (lambda a, b: (a ** b) ** 2,              "(a ** b) ** 2",     r"\left(a^{b}\right)^{2}"),
    (lambda a, b: a ** (b ** 2),              "a ** b ** 2",       r"a^{b^{2}}"),
    (lambda a, b: (-a) ** 2,                  "(-a) ** 2",         r"\left(-a\right)^{2}"),
    (lambda a, b: -(a ** 2),                  "-a ** 2",           r"-a^{2}"),
    (lambda a, b: a ** -b,                    "a ** -b",           r"a^{-b}"),
    (lambda a, b: a * -2,                     "a * -2",            r"a \, \left(-2\right)"),
    (lambda a, b: 1 / (exp(-a) + 1),          "1 / (exp(-a) + 1)", r"\frac{1}{e^{-a} + 1}"),
    (lambda a, b: autodiff.sqrt(abs(a)),      "sqrt(abs(a))",      r"\sqrt{\left|a\right|}"),
    (lambda a, b: autodiff.log(a * 1e-7),     "log(a * 1e-07)",    r"\ln\left(a \cdot 1 \cdot 10^{-7}\right)"),
    (lambda a, b: autodiff.dot([a, 2], [b, a]), "a * b + 2 * a",   r"a \, b + 2 \, a"),
    (lambda a, b: autodiff.total([a, b, 1]),  "a + b + 1",         r"a + b + 1"),
    (lambda a, b: autodiff.leaky_relu(a),     "leaky_relu(a, 0.01)", r"\operatorname{leaky\_relu}\left(a, 0.01\right)"),
])  # fmt: skip
def test_parentheses_stand_where_they_are_needed_and_nowhere_else(make, text, latex):
    y = make(Value(3.0, name="a"), Value(2.0, name="b"))
    assert formula(y).text == f"y = {text}"
    assert formula(y).latex == f"y = {latex}"
    assert_right(y)


@pytest.mark.parametrize("name", UNARY)
def test_each_function_is_written_and_differentiated_by_its_row(name):
    x = Value(1.5 if name == "acosh" else 0.5, name="x")
    assert_right(getattr(autodiff, name)(x * 1.0) * 2.0)


@given(st.lists(st.tuples(st.sampled_from(["+", "-", "*", "/", "neg", "exp", "total", "max"]),
                          st.integers(0, 9), st.integers(0, 9)), max_size=14))  # fmt: skip
def test_any_straight_line_program_says_what_it_computes(program):
    nodes = [Value(1.5, name="a"), Value(-0.75, name="b"), Value(2.0)]
    for name, i, j in program:
        a, b = nodes[i % len(nodes)], nodes[j % len(nodes)]
        made = {
            "+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / (b * b + 1), "neg": lambda: -a,
            "exp": lambda: exp(-a * a), "total": lambda: autodiff.total([a, b, 2.0]), "max": lambda: autodiff.maximum(a, b),
        }[name]()  # fmt: skip
        if abs(made.data) > 1e30:
            break
        nodes.append(made)
    assert_right(nodes[-1], rel=1e-9)
    assert eval_text(nodes[-1]) == pytest.approx(nodes[-1].data, rel=1e-9, abs=1e-30)
    latex = formula(nodes[-1]).latex
    assert latex.count("{") == latex.count("}") and latex.count(r"\left") == latex.count(r"\right")


def eval_text(y):
    """The number that the lines of the text give when they are read as Python."""
    known = {name: getattr(autodiff, name) for name in ("exp", "maximum", "sigmoid")}
    known |= {formula(y, names={}).names[v]: v.data for v in leaves(y) if v.op == "input"}
    for line in formula(y, names={}).text.splitlines():
        name, _, right = line.partition(" = ")
        known[name] = eval(right, dict(known))  # our own text, of names that the property above holds to be words
    return known[name]


def test_shared_and_named_parts_have_lines_of_their_own():
    w, x = Value(2.0, name="w"), Value(3.0, name="x")
    z = w * x
    z.name = "z"
    y = sigmoid(z) + 1
    y.name = "out"
    assert formula(y * y).text == "z = w * x\nout = sigmoid(z) + 1\ny = out * out"


@pytest.mark.slow
def test_a_long_formula_is_cut_into_lines_and_a_deep_one_needs_no_recursion():
    x = Value(0.5, name="x")
    y = x
    for _ in range(5_000):
        y = (y + 1.0) * 0.5
    text = formula(y).text
    assert max(map(len, text.splitlines())) < 160
    assert len(text.splitlines()) > 100
    assert_right(y)


def test_a_neuron_of_a_network_is_written_with_its_parameters():
    model = nn.MLP(2, [2, 1], output="sigmoid", seed=1)
    y = model([1.0, 0.5])
    assert "layers_0_neurons_1_w_0 * 1" in formula(y).text
    assert_right(y)


def test_logsumexp_and_softmax_are_differentiated():
    a, b = Value(1.0, name="a"), Value(2.0, name="b")
    assert_right(autodiff.logsumexp(a, b, a * b))
    assert_right(autodiff.softmax(a, b, 1.0)[1])


def test_what_is_blocked_contributes_nothing():
    x = Value(-1.0, name="x")
    assert run(autodiff.relu(x) * 2.0)[:2] == (0.0, (0.0,))


def test_two_names_never_share_a_symbol():
    a, b, c = Value(2.0, name="x1"), Value(3.0, name="x_1"), Value(4.0)
    assert formula(a * b).latex == r"y = x_{1} \, \mathrm{x\_1}"
    assert formula(b + c, names={}).latex == r"y = x_{1} + \mathrm{x1}"


def test_inputs_alone_and_constants_alone():
    x = Value(2.0, name="x")
    assert formula(x).text == "x = 2" == formula(x).latex and run(x)[:2] == (2.0, (1.0,))
    assert formula(Value(-2.5)).text == "x1 = -2.5" and run(Value(-2.5))[:2] == (-2.5, (1.0,))
    assert formula(x * 1).text == "y = x"
    assert run(Value(1.0) * 0.0 + 3.0)[:2] == (3.0, (0.0,))


@given(st.lists(st.text(max_size=80), min_size=1, max_size=3))
def test_hostile_names_stay_names_in_every_notation(names):
    inputs = [Value(float(i + 1), name=name) for i, name in enumerate(names)]
    y = autodiff.total([x * x for x in inputs])
    words = formula(y).names
    assert all(word.isidentifier() for word in words.values())
    assert len(set(words.values())) == len(words)
    value, slopes, _ = run(y)
    assert slopes == tuple(2 * x.data for x in inputs)
    assert "$" not in formula(y).latex and "\n" not in formula(y).latex


@pytest.mark.parametrize("name", [
    "exp", "import", "f", "df", "d_x", "v1", "y", "__import__", "x;import os", "x\n", "\\input{/etc/passwd}", "$x$", "a_b^c",
])  # fmt: skip
def test_a_name_that_means_something_elsewhere_does_no_harm(name):
    x = Value(3.0, name=name)
    z = exp(x * 0.1)
    assert_right(z * z + x)
    assert "passwd" not in formula(z).latex


def test_a_keyword_is_a_name_in_text_and_latex_and_gets_an_underline_in_python():
    rate, kind, lambda_ = Value(2.0, name="lambda"), Value(3.0, name="class"), Value(4.0, name="lambda_")
    y = rate * kind + lambda_
    assert formula(y).text == "y = lambda * class + lambda_2"
    assert formula(rate * kind).latex == r"y = \lambda \, \mathrm{class}"
    assert "def f(lambda_, class_, lambda_2):" in formula(y).python
    assert_right(y)
    assert_right(Value(2.0, name="d_x") * Value(3.0, name="x") * Value(5.0, name="_d_x"))


def test_two_inputs_of_one_name_are_told_apart_by_a_number():
    y = Value(2.0, name="x") - Value(3.0, name="x") * Value(5.0, name="the rate")
    assert formula(y).text == "y = x - x_2 * the_rate"
    assert formula(y).latex == r"y = x - x_{2} \, \mathrm{the\_rate}"
    assert_right(y)


def test_a_formula_with_a_where_says_that_it_holds_on_one_branch():
    x = Value(3.0, name="x")
    one = formula(where(x > 1, x, x * 3))
    assert one.text == "y = where(1, x, x * 3)\n(holds on the branch that was recorded)"
    assert one.latex.endswith(r"\quad \text{(holds on the branch that was recorded)}")
    assert one.python.count('"""Holds on the branch that was recorded."""') == 2
    assert_right(where(x > 1, x, x * 3))
    assert "recorded" not in formula(relu(x) * x).text + formula(relu(x)).python


def test_what_makes_no_difference_is_left_out_and_what_is_there_twice_is_named_once():
    w, x = Value(0.5, name="w"), Value(2.0, name="x")
    slope, = autodiff.gradient_graph((w * x) ** 2, [w])
    assert "* 1" not in formula(slope).text and "** 0" not in formula(slope).text
    assert formula(1 * (w * x) ** 0 * 2).text == "y = 2" and formula(w ** 1 / 1 * x).text == "y = w * x"
    assert formula(exp(w) * x + exp(w)).text == "v1 = exp(w)\ny = v1 * x + v1"
    assert formula(w * 0.0 + w * -0.0).text == "y = w * 0 + w * -0.0", "zeros of two signs are two numbers"


def test_a_notebook_shows_latex():
    assert formula(Value(1.0, name="x") * 2)._repr_latex_() == r"$\displaystyle y = x \cdot 2$"
    assert str(formula(Value(1.0, name="x") * 2)) == repr(formula(Value(1.0, name="x") * 2)) == "y = x * 2"


def test_a_notebook_is_spared_a_formula_without_end():
    y = autodiff.total([Value(1.0) for _ in range(1000)])
    assert formula(y)._repr_latex_() is None and repr(formula(y)) == "Formula of 1,001 nodes"


def test_only_a_value_has_a_formula():
    with pytest.raises(OperandError, match="formula: expected a Value, got 3"):
        formula(3)


@pytest.mark.parametrize("number", [-math.inf, -1.0])
def test_a_blocked_slope_is_zero_in_python_whatever_comes_from_above(number):
    x = Value(number, name="x")
    y = x * relu(x) if math.isinf(number) else sqrt(relu(x) - 2.0)  # from above: -inf, nan
    y.backward()
    assert x.grad == 0.0
    assert run(y)[1] == (0.0,)


def test_python_keeps_the_sign_of_a_zero():
    x = Value(-0.0, name="x")
    assert str(run(-0.0 + x)[0]) == "-0.0"
    assert str(run(x * -0.0)[0]) == "0.0"


def test_an_input_may_be_called_blocked():
    blocked, x = Value(-1.0, name="blocked"), Value(3.0, name="blocked_x")
    assert_right(relu(blocked * x) + x * blocked)


def test_python_multiplies_and_adds_in_the_order_of_the_graph():
    x, y, z = Value(1e200, name="x"), Value(1e200, name="y"), Value(1e-200, name="z")
    product = x * (y * z)
    assert formula(product).text.endswith("x * (y * z)") and run(product)[0] == product.data == 1e200
    total = z + (x + -y)
    assert run(total)[0] == total.data == 1e-200


def test_names_that_are_no_dict_are_refused_at_once():
    with pytest.raises(OperandError, match="expected names as a dict from Values to text, got 'python'"):
        formula(Value(1.0) * 2, "python")
