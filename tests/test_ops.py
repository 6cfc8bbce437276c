"""Every row of the table, on its domain and at special values: value, slope, kink, and where it appears."""

import math
from math import inf, nan

import pytest
from hypothesis import example, given, note, reject, strategies as st

from autodiff import elementwise, functions, ops, rules
from autodiff.errors import ReplayError, TableError
from autodiff.numbers import FLOATS, many_digits
from autodiff.ops import TABLE, Op

MP = many_digits(120)
FIXED = [op for op in TABLE.values() if not op.variadic]
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 5e-324, -5e-324, 2.2250738585072014e-308, 1e-200, -1e-200, 1e200]
SPECIAL += [-1e200, 709.78, 709.79, -709.78, -745.13, -745.2, 20.0, -20.0, 40.0, -38.5, 1.7976931348623157e308, 3.0, 1e16]
# where a float's neighbours are further apart than the whole answer, an ulp of the input is what is being tested;
# and what passes a value on as a constant
INTEGER_LIKE = {"floor", "sign", "remainder", "stop_gradient"}
# these are slopes: their values are held to the 8 ulp of a slope, and their own slopes are second derivatives
POWERS = {"power_slope", "exponent_slope"}
SLOPES = POWERS | {"unit", "angle_slope", "elu_slope", "silu_slope", "gelu_slope", "gaussian", "normal_pdf"}


def ulps(y: float, exact) -> float:
    """How far y is from the exact result, in units of its last place; overflow and underflow count as IEEE rounds them."""
    if exact != exact:
        return 0.0 if y != y else inf
    rounded = float(exact)
    if math.isinf(rounded) or math.isinf(y):
        return 0.0 if y == rounded or abs(exact) > 1.797693134862315e308 and abs(y) > 1.797693134862315e308 else inf
    return inf if y != y else float(abs(MP.number(y) - exact) / MP.number(math.ulp(rounded)))


def exactly(rule, *xs):
    try:
        return rule(*xs)
    except ReplayError:  # an exponent that even mpmath cannot hold
        reject()


def numbers_in(interval):
    low, high = interval
    inside = [x for x in SPECIAL if low <= x <= high]
    near_zero = st.floats(max(low, -50.0), min(high, 50.0))
    return st.one_of(near_zero, st.floats(low, high, allow_nan=False, allow_infinity=False), st.sampled_from(inside))


def inputs_of(op: Op):
    if op.name in ("leaky_relu", "elu", "elu_slope"):
        return st.tuples(numbers_in(op.domain[0]), st.floats(1e-3, 1e3))
    if op.name in POWERS:  # mpmath cannot hold b - 1 where b is tiny, and their own slopes are second derivatives
        return st.tuples(st.floats(1e-3, 1e3), st.one_of(st.integers(-20, 20).map(float), st.floats(-20, 20, allow_subnormal=False)))
    if op.name == "where":
        return st.tuples(st.sampled_from([0.0, 1.0]), *map(numbers_in, op.domain[1:]))
    if op.name == "clip":
        return st.tuples(numbers_in(op.domain[0]), st.floats(-10, 0), st.floats(0.5, 10))
    return st.tuples(*map(numbers_in, op.domain))


def at_kink(op: Op, xs) -> bool:
    names = dict(zip(op.inputs, xs))
    return any(eval(kink, {**FLOATS.names}, names) for kink in op.kinks)


@pytest.mark.parametrize("op", FIXED, ids=lambda op: op.name)
@given(data=st.data())
def test_a_value_is_within_4_ulp_of_the_exact_result(op, data):
    xs = data.draw(inputs_of(op))
    if op.name == "atan2" and any(str(x) == "-0.0" for x in xs):
        reject()  # mpmath has one zero, and the sign of ours chooses between 0 and pi
    exact = exactly(MP.formula(op.name), *map(MP.number, xs))
    assert ulps(FLOATS.formula(op.name)(*xs), exact) <= (8 if op.name in SLOPES else 4), (xs, exact)


@pytest.mark.parametrize("op", [op for op in FIXED if op.name not in SLOPES], ids=lambda op: op.name)
@given(data=st.data())
def test_a_slope_is_within_8_ulp_of_the_exact_slope(op, data):
    xs = data.draw(inputs_of(op))
    exact_inputs = list(map(MP.number, xs))
    if op.name == "pow" and xs[0] < 0 and abs(xs[1]) > 1e100:
        reject()  # at 120 digits b - 1 is b, even where it is odd
    y, exact_y = FLOATS.formula(op.name)(*xs), exactly(MP.formula(op.name), *exact_inputs)
    for index, rule in enumerate(op.slopes):
        if rule is None:
            continue
        slope = FLOATS.slope(op.name, index)(*xs, y)
        exact = exactly(MP.slope(op.name, index), *exact_inputs, exact_y)
        note(f"{op.name}{xs} = {y}, slope {index}: {slope}, exactly {exact}")
        if slope is None or exact is None:
            assert slope is exact
        elif math.isfinite(y) or op.name not in ("exp", "expm1", "pow", "div", "sinh", "cosh", "tan"):
            assert ulps(slope, exact) <= 8


@pytest.mark.parametrize(("name", "xs"), [
    ("pow", (2.0, -1074.5)), ("pow", (5e-324, 2.0**-52)), ("pow", (1e-5, 64.5)), ("div", (3e-320, 1e-8)), ("div", (3e-320, 7e-3)),
    ("div", (1e300, 1e301)), ("div", (-1e-290, 1e15)), ("atan2", (3e-315, 1e-6)), ("atan2", (1e-6, -3e-315)),
    ("leaky_relu", (0.0, 0.25)), ("elu", (-740.0, 1e10)),
], ids=str)  # fmt: skip
def test_a_slope_whose_parts_leave_the_floats_is_within_8_ulp(name, xs):
    exact_inputs = list(map(MP.number, xs))
    y, exact_y = FLOATS.formula(name)(*xs), MP.formula(name)(*exact_inputs)
    for index, rule in enumerate(TABLE[name].slopes):
        if rule is not None:
            slope = FLOATS.slope(name, index)(*xs, y)
            assert ulps(slope, MP.slope(name, index)(*exact_inputs, exact_y)) <= 8, (index, slope)


@pytest.mark.parametrize("op", [op for op in FIXED if op.name not in INTEGER_LIKE], ids=lambda op: op.name)
@given(data=st.data())
def test_a_slope_rule_is_the_derivative_of_the_formula(op, data):
    """At 120 digits, by a symmetric difference: no slope is checked against itself."""
    quiet = [st.floats(max(low, -8.0) if low > -inf else -8.0, min(high, 8.0)) for low, high in op.domain]
    xs = data.draw(inputs_of(op) if op.name in ("leaky_relu", "elu", "elu_slope", "clip") else st.tuples(*quiet))
    if op.name in {"pow"} | POWERS:
        xs = (abs(xs[0]), xs[1])
    if at_kink(op, xs) or any(abs(abs(x) - 1) < 1e-6 or abs(x) < 1e-6 or abs(x) > 1e3 for x in xs):
        return
    step = MP.number(2.0) ** -150
    exact = list(map(MP.number, xs))
    for index, rule in enumerate(op.slopes):
        if rule is None:
            continue
        slope = MP.slope(op.name, index)(*exact, MP.formula(op.name)(*exact))
        up, down = list(exact), list(exact)
        up[index], down[index] = exact[index] + step, exact[index] - step
        difference = (MP.formula(op.name)(*up) - MP.formula(op.name)(*down)) / (2 * step)
        assert abs((slope or 0) - difference) <= 1e-30 * (1 + abs(difference)), (xs, index)


KINKS = [
    ("relu", (0.0,), (None,)), ("relu", (-0.0,), (None,)), ("abs", (0.0,), (0.0,)), ("abs", (-0.0,), (0.0,)),
    ("maximum", (2.0, 2.0), (0.5, 0.5)), ("minimum", (2.0, 2.0), (0.5, 0.5)), ("maximum", (0.0, -0.0), (0.5, 0.5)),
    ("clip", (0.0, 0.0, 1.0), (None, None, None)), ("clip", (1.0, 0.0, 1.0), (None, None, None)),
    ("leaky_relu", (0.0, 0.01), (0.01, None)), ("leaky_relu", (0.0, 2.0), (1.0, None)), ("leaky_relu", (0.0, -1.0), (0.0, None)),
    ("elu", (0.0, 0.5), (0.5, None)), ("elu", (0.0, 1.0), (1.0, None)), ("elu", (-0.0, 1.0), (1.0, None)),
    ("hypot", (0.0, 0.0), (0.0, 0.0)), ("sqrt", (0.0,), (inf,)), ("sqrt", (-0.0,), (inf,)),
    ("softplus", (0.0,), (0.5,)), ("log_sigmoid", (0.0,), (0.5,)), ("hypot", (3.0, 3.0), (0.7071067811865475, 0.7071067811865475)),
    ("log", (0.0,), (inf,)), ("log", (-0.0,), (inf,)), ("log", (-1.0,), (nan,)), ("log1p", (-1.0,), (inf,)),
    ("asin", (1.0,), (inf,)), ("acos", (-1.0,), (-inf,)), ("acosh", (1.0,), (inf,)), ("atanh", (1.0,), (inf,)),
    ("atanh", (2.0,), (nan,)), ("floor", (2.0,), (0.0,)), ("sign", (0.0,), (0.0,)),
    ("pow", (0.0, 0.0), (0.0, -inf)), ("pow", (0.0, 2.0), (0.0, 0.0)), ("pow", (-8.0, 2.0), (-16.0, nan)),
    ("pow", (0.0, 0.5), (inf, 0.0)), ("pow", (0.0, 1.0), (1.0, 0.0)), ("pow", (-2.0, 3.0), (12.0, nan)),
    ("pow", (-0.0, -2.0), (inf, -inf)), ("pow", (-8.0, 1 / 3), (nan, nan)),
    ("xlogy", (0.0, 0.0), (-inf, 0.0)), ("where", (1.0, 5.0, 6.0), (None, 1.0, None)), ("div", (1.0, 0.0), (inf, -inf)),
    ("div", (0.0, 0.0), (inf, nan)), ("atan2", (0.0, 0.0), (nan, nan)), ("hypot", (inf, 1.0), (1.0, 0.0)),
    ("power_slope", (0.0, 2.0), (2.0, 0.0)), ("power_slope", (0.0, 1.5), (inf, 0.0)), ("power_slope", (0.0, 1.0), (0.0, -inf)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "xs", "slopes"), KINKS, ids=str)
def test_a_kink_has_the_slope_of_least_norm(name, xs, slopes):
    y = FLOATS.formula(name)(*xs)
    got = tuple(FLOATS.slope(name, index)(*xs, y) for index in range(len(slopes)))
    assert str(got) == str(slopes)  # as text, because nan is not equal to itself


VALUES = [
    ("exp", (710.0,), inf), ("div", (1.0, 0.0), inf), ("div", (1.0, -0.0), -inf), ("div", (0.0, 0.0), nan), ("log", (0.0,), -inf),
    ("log", (-1.0,), nan), ("pow", (-8.0, 1 / 3), nan), ("pow", (nan, 0.0), 1.0), ("pow", (1.0, nan), 1.0),
    ("atan2", (0.0, -0.0), 3.141592653589793), ("atan2", (-0.0, 0.0), -0.0),
    ("pow", (-10.0, 309.0), -inf), ("pow", (-0.0, -1.0), -inf), ("pow", (0.0, -2.0), inf), ("hypot", (inf, nan), inf),
    ("log2", (0.0,), -inf), ("log10", (0.0,), -inf), ("log1p", (-1.0,), -inf), ("log2", (-1.0,), nan), ("log1p", (0.0,), 0.0),
    ("atanh", (nan,), nan), ("atanh", (1.0,), inf), ("atanh", (-2.0,), nan), ("sin", (inf,), nan), ("tan", (inf,), nan), ("sqrt", (-1.0,), nan), ("floor", (inf,), inf), ("floor", (-0.0,), -0.0),
    ("sign", (-0.0,), 0.0), ("cosh", (-711.0,), inf), ("sinh", (-711.0,), -inf), ("atanh", (-1.0,), -inf), ("acosh", (0.5,), nan),
    ("silu", (-inf,), -0.0), ("gelu", (-inf,), -0.0), ("gelu", (inf,), inf), ("silu", (inf,), inf), ("softplus", (-inf,), 0.0),
    ("sigmoid", (-inf,), 0.0), ("log_sigmoid", (inf,), -0.0), ("elu", (-inf, 2.0), -2.0), ("relu", (-0.0,), 0.0),
    ("maximum", (0.0, -0.0), 0.0), ("maximum", (-0.0, 0.0), -0.0), ("minimum", (0.0, -0.0), 0.0), ("minimum", (-0.0, 0.0), -0.0),
    ("xlogy", (0.0, 0.0), 0.0), ("clip", (5.0, 0.0, 1.0), 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "xs", "expected"), VALUES, ids=str)
def test_an_edge_has_the_value_of_the_standard(name, xs, expected):
    assert str(FLOATS.formula(name)(*xs)) == str(expected)


SELECTORS = POWERS | {"pow", "hypot", "where", "clip", "leaky_relu", "elu", "elu_slope", "xlogy"}


@pytest.mark.parametrize("op", [op for op in FIXED if op.name not in SELECTORS], ids=lambda op: op.name)
@given(data=st.data())
def test_nan_in_gives_nan_out_in_every_position(op, data):
    xs = list(data.draw(inputs_of(op)))
    xs[data.draw(st.integers(0, len(xs) - 1))] = nan
    assert math.isnan(FLOATS.formula(op.name)(*xs))


@given(st.lists(st.floats(allow_nan=False), max_size=8))
@example([1e308, 1e308, -1e308])
def test_a_total_is_the_exact_sum_rounded_once(xs):
    from fractions import Fraction

    y = FLOATS.formula("total")(xs)
    if all(map(math.isfinite, xs)):
        exact = sum(map(Fraction, xs))
        try:
            assert y == float(exact)
        except OverflowError:
            assert math.isinf(y)
    else:
        assert str(y) == str(sum(x for x in xs if not math.isfinite(x)))


def test_a_total_of_negative_zeros_alone_is_one():
    assert [str(FLOATS.formula("total")(xs)) for xs in ([-0.0, -0.0], [-0.0, 0.0], [])] == ["-0.0", "0.0", "0.0"]


@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.floats(-1e100, 1e100), min_size=2 * n, max_size=2 * n)))
def test_a_dot_product_rounds_each_product_and_the_sum_once(xs):
    from fractions import Fraction

    half = len(xs) // 2
    products = [Fraction(w * x) for w, x in zip(xs[:half], xs[half:])]
    assert FLOATS.formula("dot")(xs) == float(sum(products))
    assert FLOATS.slope("dot", 0)(xs, 0.0) == [*xs[half:], *xs[:half]]


@given(st.lists(st.floats(-1e300, 1e300).filter(lambda x: x == 0 or abs(x) > 1e-60), min_size=1, max_size=6))
def test_logsumexp_and_its_slopes_neither_overflow_nor_vanish(xs):
    exact = MP.formula("logsumexp")(list(map(MP.number, xs)))
    y = FLOATS.formula("logsumexp")(xs)
    assert abs(y - exact) <= 4 * math.ulp(max(map(abs, [*xs, y])))
    slopes = FLOATS.slope("logsumexp", 0)(xs, y)
    exact_slopes = MP.slope("logsumexp", 0)(list(map(MP.number, xs)), exact)
    assert all(ulps(slope, right) <= 8 + len(xs) or abs(right) < 1e-290 for slope, right in zip(slopes, exact_slopes))


def test_logsumexp_keeps_what_is_far_below_the_largest():
    assert functions.logsumexp(0.0, -40.0) == pytest.approx(math.exp(-40), rel=1e-15)


def test_a_misspelled_rule_names_the_operation_and_the_word():
    with pytest.raises(TableError, match="'tanhh'.*unknown word 'sechh'"):
        ops.check_row(Op("tanhh", "tanh(a)", ("sechh(a)",)))


def test_every_row_is_reached_by_an_operator_a_function_or_a_slope():
    operators = {op.name for op in ops.OPERATORS}
    assert set(TABLE) == operators | {name for name in TABLE if hasattr(elementwise, name) or hasattr(functions, name)} | {"largest"}


def test_symbols_read_as_a_person_writes_them():
    symbols = {name: TABLE[name].symbol for name in ("add", "sub", "mul", "div", "pow", "neg", "abs", "exp", "total")}
    assert list(symbols.values()) == ["+", "-", "*", "/", "**", "-", "abs", "exp", "total"]


def test_written_code_shows_in_a_debugger():
    import inspect
    from autodiff.value import PythonValue

    assert "node.parents = (self, other)" in inspect.getsource(PythonValue.__mul__)
    assert rules.ieee("1 / 2") == "0.5"


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.textbook and not op.variadic], ids=lambda op: op.name)
@given(data=st.data())
def test_the_textbooks_derivative_is_the_slope_away_from_kinks(op, data):
    """At 120 digits; where the table has a slope that is careful, and the textbook one that is short."""
    from autodiff import rules

    xs = tuple(data.draw(st.floats(max(low, -8.0) if low > -inf else -8.0, min(high, 8.0))) for low, high in op.domain)
    if op.name in ("elu", "pow"):
        xs = (abs(xs[0]) if op.name == "pow" else xs[0], abs(xs[1]))
    if at_kink(op, xs) or any(abs(abs(x) - 1) < 1e-6 or abs(x) < 1e-6 for x in xs):
        return
    exact = list(map(MP.number, xs))
    y = MP.formula(op.name)(*exact)
    for index, slope in enumerate(op.slope_rules):
        textbook = rules.function("a, b, c, y", op.textbook_along(index), MP.names, MP.write)
        given = textbook(*[*exact, None, None][:3], y)
        right = 0 if slope is None else MP.slope(op.name, index)(*exact, y) or 0
        assert abs(given - right) <= 1e-80 * (1 + abs(right)), (op.name, xs, index)


def test_the_textbooks_derivative_of_any_number_of_inputs_is_along_one():
    xs = [MP.number(x) for x in (0.5, -1.25, 2.0)]
    for op in (op for op in TABLE.values() if op.textbook and op.variadic):
        y = MP.formula(op.name)(xs)
        for x, right in zip(xs, MP.slope(op.name, 0)(xs, y)):
            assert abs(op.textbook_along(0).evaluate(MP.names | {"x": x, "y": y}) - right) < 1e-80


def test_a_row_is_written_as_what_differs_from_the_columns_defaults():
    assert repr(Op("square", "a * a", ("2 * a",))) == "Op(name='square', formula='a * a', slopes=('2 * a',))"
    assert eval(repr(TABLE["hypot"]), {"Op": Op})._replace(symbol="hypot", method="hypot") == TABLE["hypot"]
