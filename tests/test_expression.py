"""Expressions: what can be read, what cannot, and that no text ever runs."""

from __future__ import annotations

import math
import sys

import pytest
from hypothesis import given, strategies as st

from autodiff import Value
from autodiff.errors import ArgumentError, AutodiffError
from autodiff.expression import FUNCTIONS, names_of, parse


@st.composite
def expressions(draw, depth=3):
    """Texts that Python and `parse` must agree on."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(["x", "y", "2", "0.5", "1e3", "pi"]))
    left, right = draw(expressions(depth - 1)), draw(expressions(depth - 1))
    form = draw(st.sampled_from(["({} + {})", "({} - {})", "{} * {}", "-{}", "{} % 3", "tanh({})", "sin({} * {})", "maximum({}, {})"]))
    return form.format(left, right)


@given(expressions())
def test_an_expression_means_what_it_means_in_python(text):
    space = {"tanh": math.tanh, "sin": math.sin, "maximum": max, "pi": math.pi, "x": 0.3, "y": -1.7}
    expected = eval(text, space)    # the text is the test's own
    wanted = {name: space[name] for name in names_of(text)}
    assert parse(text, **wanted).data == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_of_the_table_can_be_called(name):
    arguments = {"where": "x > 0, x, 2", "total": "[x, 2]", "dot": "[x, 2], [3, x]"}.get(name)
    tried = [arguments] if arguments else ["x", "x, 2", "x, 2, 3"]
    results = []
    for text in tried:
        try:
            results.append(parse(f"{name}({text})", x=0.5))
        except AutodiffError:
            pass
    assert results and all(result.parents for result in results)


def test_powers_of_powers_are_floats_and_take_no_time():
    assert parse("9**9**9**9*x", x=1.0).data == math.inf


def test_division_by_zero_is_what_ieee_says():
    assert parse("1/0*x", x=1.0).data == math.inf


def test_values_may_be_values_and_are_then_the_leaves():
    x = Value(2.0)
    y = parse("x*x", x=x)
    y.backward()
    assert x.grad == 4.0


def test_a_name_may_be_called_text_or_like_a_function():
    assert parse("text + exp(exp)", text=1.0, exp=0.0).data == 2.0


@pytest.mark.parametrize("text, says", [
    ("", "expected an expression"), ("x +", "expected an expression"), ("x = 1", "expected an expression"),
    ("x; y", "expected"), ("x.grad", "only numbers"), ("x[0]", "only numbers"), ("'a'", "only numbers"), ("f(x)", "no function 'f'"),
    ("__import__('os').system('true')", "only numbers"), ("(lambda: 1)()", "only numbers"), ("[x for x in x]", "only numbers"),
    ("x if x else x", "only numbers"), ("tanh(x, x, x)", "tanh(x, x, x)"), ("tanh(x=1)", "only numbers"), ("tanh(*x)", "only numbers"),
    ("1j * x", "only numbers"), ("True", "only numbers"), ("x < 1 < 2", "only numbers"), ("x > 0", "condition"),
    ("tanh(x > 0)", "condition"), ("(x > 0) + 1", "expected a number here"), ("[x, x]", "only numbers"), ("x @ x", "only numbers"),
    ("not x", "only numbers"), ("~x", "only numbers"), ("x == 1", "only numbers"), ("x and x", "only numbers"),
    ("f'{x}'", "only numbers"), ("(x := 1)", "only numbers"), ("x\x00", "expected an expression"), ("tanh([x])", "tanh"),
    ("logsumexp() + x", "at least one"), ("dot([x], [x, x])", "same length"), ("-" * 3000 + "x", "deep"), ("(" * 1500 + "x" + ")" * 1500, "expected"),
    ("x" * 5000, "at most 4,000 characters"), ("+".join(["x"] * 1900), "deep"), ("x**" * 1300 + "x", "deep"), ("await x", "expected"),
    ("print(x)", "no function 'print'"), ("eval(x)", "no function 'eval'"), ("x.__class__", "only numbers"), ("...", "only numbers"),
])  # fmt: skip
def test_what_cannot_be_read_is_an_error_with_a_reason(text, says):
    with pytest.raises(ArgumentError) as caught:
        parse(text, x=1.0)
    assert says in str(caught.value) and "\n" not in str(caught.value) and len(str(caught.value)) < 700


def test_missing_and_superfluous_values_are_named():
    with pytest.raises(ArgumentError, match="expected a value for x, b in .*: give each a number, such as x=1"):
        parse("w*x + b", w=1.0)
    with pytest.raises(ArgumentError, match="got one for z as well"):
        parse("x", x=1.0, z=2.0)
    with pytest.raises(TypeError, match="the value of x"):
        parse("x", x="1")
    with pytest.raises(ArgumentError, match="as a text"):
        parse(7)


def test_names_stand_in_the_order_of_the_text():
    assert names_of("tanh(w*x + b) * x + pi") == ["w", "x", "b"]


@given(st.text(alphabet="xyz01.+-*/()[], <>=\"'_\\\n\t{}:@#abs", max_size=60))
def test_any_text_is_a_value_or_an_argument_error(text):
    before = set(sys.modules)
    try:
        parse(text, x=1.0)
    except (ArgumentError, TypeError) as error:
        assert isinstance(error, AutodiffError)
    assert not {module for module in set(sys.modules) - before if not module.startswith(("encodings", "fractions", "decimal", "_"))} - {"numbers"}


@pytest.mark.parametrize("text, says", [
    ("x^2", "a power is written with \\*\\*"), ("2x", "a product is written with \\*"), ("2 x + 0.5 x", "a product"), ("tanh(3.5x)", "a product"),
    ("x +", "invalid syntax$"), ("tanh(2*x", "never closed$"), ("x1 +", "invalid syntax$"), ("log2(x", "never closed$"),
    ("1e5 +", "invalid syntax$"), ("x * 2 if", "syntax|expected[^*]*$"),
])  # fmt: skip
def test_what_mathematicians_write_is_told_how_python_writes_it(text, says):
    with pytest.raises(ArgumentError, match=says):
        parse(text, x=1.0)
