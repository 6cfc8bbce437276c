"""Operations that are added at run time: right on every route, or refused in a sentence with nothing added."""

import inspect
import math
import pickle
from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, reject, settings, strategies as st

import autodiff
from autodiff import Value, compile, draw, explain, formula, grad, hessian, hvp, jvp, parse, register, replay, steps
from autodiff.additions import WORDS
from autodiff.compiled.ir.instructions import KINDS
from autodiff.compiled.ir.program import _WORDS as REGISTERS
from autodiff.errors import AutodiffError, OperandError, ReplayError, TableError
from autodiff.notation import Notation
from autodiff.numbers import systems
from autodiff.ops import TABLE, TAKEN, Op
from autodiff.registration import _temporarily
from autodiff.replaying import gradient_graph
from autodiff.rule import BLOCKED, Binary, Call, Choice, Name, Number, Unary
from autodiff.testing import check_gradients, check_operation, programs
from autodiff.testing.draw.strategies import inputs_for

CUBE, SQUARE = Op("cube", "a * a * a", ("3 * a * a",)), Op("square", "a * a", ("2 * a",))
WEIRD = [
    Op("swish", "a / (1 + exp(-b * a))", ("sigmoid(b * a) * (1 + b * a * sigmoid(-b * a))", "a * a * sigmoid(b * a) * sigmoid(-b * a)")),
    Op("hinge", "maximum(0, 1 - a)", ("where(a >= 1, blocked, -1)",), kinks=("a == 1",)),
    Op("reciprocal", "1 / a", ("-y * y",)),
    Op("huber", "where(abs(a) <= b, a * a / 2, b * (abs(a) - b / 2))", ("clip(a, -b, b)", None), kinks=("a == b", "a == -b")),
    Op("power3", "a ** 3", ("3 * a ** 2",)),
    Op("mix", "c * a + (1 - c) * b", ("c", "1 - c", "a - b")),
]


@pytest.fixture
def added():
    """Nothing that a test adds is there in the next."""
    with _temporarily():
        yield


@pytest.fixture
def cube(added):
    return register(CUBE)


# ---- every route ----


def test_eager_values_and_numbers(cube):
    x = Value(2.0)
    y = cube(x)
    y.backward()
    assert (y.data, y.op, x.grad, cube(2.0), cube(2)) == (8.0, "cube", 12.0, 8.0, 8.0)
    assert pickle.loads(pickle.dumps(y)).op == "cube"
    with pytest.raises(OperandError, match="cube: expected"):
        cube("2")


def test_derivatives_of_any_order(cube):
    third = grad(grad(grad(cube)))
    assert (grad(cube)(2.0), grad(grad(cube))(2.0), third(2.0), grad(third)(2.0)) == (12.0, 12.0, 6.0, 0.0)
    assert hessian(lambda a, b: cube(a) * b)(2.0, 3.0) == [[36.0, 12.0], [12.0, 0.0]]
    assert jvp(cube, 2.0, 1.0) == (8.0, 12.0) and hvp(cube, 2.0, 1.0) == 12.0


@pytest.mark.parametrize("target", ["math", "numpy", "jax.numpy"])
def test_compiled_for_every_target_alone_and_in_batches(cube, target):
    pytest.importorskip(target.partition(".")[0])
    f = compile(lambda a, b: cube(a) * b, target)
    y, (da, db) = f.value_and_grad(2.0, 3.0)
    assert (float(y), float(da), float(db)) == (24.0, 36.0, 8.0)
    assert [[float(x) for x in row] for row in f.hessian(2.0, 3.0)] == [[36.0, 12.0], [12.0, 0.0]]
    if target != "math":
        y, (da, _) = f.value_and_grad(np.array([1.0, 2.0]), 3.0)
        assert np.asarray(y).tolist() == [3.0, 24.0] and np.asarray(da).tolist() == [9.0, 36.0]


def test_by_default_a_program_with_one_runs_beside_the_engine_in_c_which_refuses_it_by_name(cube):
    def bent(a, b):
        y = autodiff.tanh(cube(a) * b)
        return y * cube(b) if a > b else y - cube(a)

    def plain(a, b):
        y = autodiff.tanh(a * a * a * b)
        return y * (b * b * b) if a > b else y - a * a * a

    f, g = compile(bent), compile(plain)
    for rows in (1, 5, 2000):
        a, b = np.random.default_rng(rows).normal(size=(2, rows))
        (mine, gradients), (theirs, expected) = f.value_and_grad(a, b), g.value_and_grad(a, b)
        assert np.allclose(mine, theirs, rtol=1e-12) and np.allclose(gradients, expected, rtol=1e-11, atol=1e-13)
        assert f.value_and_grad(a[0], b[0])[0] == pytest.approx(mine[0], rel=1e-12)
        assert f.value_and_grad(float(a[0]), float(b[0]))[1] == pytest.approx((gradients[0][0], gradients[1][0]), rel=1e-11)
    with pytest.raises(AutodiffError, match="the target 'native' (has no cube|needs the engine in C)"):
        compile(bent, "native")(1.0, 2.0)


def test_many_of_them_are_vectorized(cube):
    w = [Value(0.1 * i) for i in range(200)]
    f = compile(lambda x: autodiff.total([cube(v * x) for v in w]), "numpy")
    y, dx = f.value_and_grad(2.0)
    x = Value(2.0)
    eager = autodiff.total([cube(v * x) for v in w])
    eager.backward()
    assert y == pytest.approx(eager.data, rel=1e-14) and dx[0] == pytest.approx(x.grad, rel=1e-14)
    assert f.source.count("cube") < 20


def test_a_program_over_numbers_of_every_kind(cube):
    x = Value(1.5)
    y = cube(x) / 3
    found = replay(y, Fraction)
    assert (found.value, found.gradients[x]) == (Fraction(9, 8), Fraction(9, 4))
    assert float(replay(y, "mpmath").gradients[x]) == 2.25
    assert replay(y, "dual").gradients[x].primal == 2.25
    again = replay(y, Value).value
    assert [node.op for node in autodiff.graph.topological_order(again) if node.parents] == ["cube", "div"]


def test_numbers_of_a_rule_are_exact_over_fractions(added):
    """0.1 is the float 0.1, exactly: Python rounds the sum of a fraction and a float."""
    shifted = register(Op("shifted", "0.5 * a + 0.1", ("0.5",)))
    x = Value(1.0)
    found = replay(shifted(x) / 3, Fraction, {x: Fraction(1, 3)})
    assert found == ((Fraction(1, 6) + Fraction(0.1)) / 3, {x: Fraction(1, 6)})
    assert all(type(each) is Fraction for each in (found.value, found.gradients[x]))


def test_a_row_with_a_constant_input_runs_over_values(added):
    scaled = register(Op("scaled", "a * b", ("b", None)))
    x = Value(3.0)
    found = replay(scaled(x * x, 2.0), Value)
    assert found.value.data == 18.0 and found.gradients[x].data == 12.0


def test_whole_numbers_of_a_rule_are_floats_on_every_route(added):
    """Integers have no -0.0, and more digits: 2 / (a * -0) was inf in a gradient graph, and a == 2 ** 53 + 1 never true."""
    steep = register(Op("steep", "a / (a * -0)", ("2 / (a * -0)",)))
    x = Value(3.0)
    y = steep(x)
    y.backward()
    assert (y.data, x.grad) == (-inf, -inf) and [each.data for each in gradient_graph(y, [x])] == [-inf]
    large = register(Op("large", f"where(a == {2**53 + 1}, 1, 2) * a", (f"where(a == {2**53 + 1}, 1, 2)",)))
    assert large(2.0**53) == compile(large, "math")(2.0**53) == 2.0**53
    with pytest.raises(TableError, match="too large for a float"):
        register(Op("larger", f"a * {10**400}", ("1",)))
    assert "larger" not in TABLE


def test_formulas_in_text_latex_and_python(cube):
    square = register(SQUARE)
    x = Value(3.0, name="x")
    y = cube(x + 1) * square(x)
    y.backward()
    found = formula(y)
    assert found.text == "y = cube(x + 1) * square(x)"
    assert found.latex == r"y = \operatorname{cube}\left(x + 1\right) \, \operatorname{square}\left(x\right)"
    namespace = {}
    exec(found.python, namespace)
    assert namespace["f"](3.0) == y.data and namespace["df"](3.0) == (x.grad,)
    with_latex = register(Op("fourth", "square(a) * square(a)", ("4 * a * square(a)",), latex="%s^{4}"))
    assert formula(with_latex(x) ** 2).latex == r"y = \left(x^{4}\right)^{2}"


def test_drawn_stepped_and_explained(cube):
    x = Value(3.0, name="x")
    y = cube(x) + x
    y.backward()
    assert {"cube", "y: +"} == {node.title for node in draw(y).picture.nodes if node.kind != "input"}
    text = steps(y).text()
    assert "v1 = x * x * x = 3 * 3 * 3 = 27" in text and "sends 1 × 27 = 27 to x" in text
    assert "27" in str(explain(y, x))
    assert steps(y).html() and autodiff.render.steps.stepper.from_json(steps(y).json()).text() == text


def test_checked_by_the_testing_package(cube):
    assert check_operation(CUBE) is None
    check_gradients(lambda a, b: cube(a) * cube(b), [2.0, -0.5], order=2)
    register(Op("wrong", "a * a * a", ("3 * a",)))
    with pytest.raises(AutodiffError, match="blame: wrong"):
        check_gradients(lambda a: parse("wrong(a)", a=a), [2.0])


@settings(max_examples=25)
@given(st.data())
def test_drawn_by_the_strategies(cube, data):
    (x,) = data.draw(inputs_for("cube", special=False))
    assert cube(x) == x * x * x
    program = data.draw(programs(operations=["cube", "mul", "add"]))
    assert math.isfinite(program.value(autodiff.numbers.FLOATS))


def test_read_from_an_expression(cube):
    y = parse("cube(w) + 1", w=2.0)
    assert y.data == 9.0
    with pytest.raises(AutodiffError, match="cub"):
        parse("cub(w)", w=2.0)


def test_its_source_is_shown(cube):
    assert "node.op = 'cube'" in inspect.getsource(cube) and "a * a * a" in cube.__doc__


@pytest.mark.parametrize("row", WEIRD, ids=lambda row: row.name)
@pytest.mark.parametrize("target", ["math", "numpy"])
def test_rows_with_choices_divisions_powers_and_constants(added, row, target):
    function = register(row)
    check_operation(TABLE[row.name], [(0.75, 0.5, 0.25)[: len(row.slopes)], (-1.5, 2.0, 0.3)[: len(row.slopes)]])
    free = [index for index, slope in enumerate(row.slopes) if slope]
    for xs in [(0.75, 0.5, 0.25), (-1.5, 2.0, 0.3), (0.0, 1.0, inf), (1.0, nan, -0.0), (1e200, -1e-200, 5e-324), (-inf, 0.5, 0.0)]:
        xs = xs[: len(row.slopes)]

        def call(*moved):
            given = list(xs)
            for index, x in zip(free, moved):
                given[index] = x
            return function(*given)

        moved = [xs[index] for index in free]
        values = [Value(x) for x in moved]
        y = call(*values)
        y.backward()
        found, slopes = compile(call, target).value_and_grad(*moved)
        right = [y.data, *(v.grad for v in values)]
        for got, wanted in zip([float(found), *map(float, slopes)], right, strict=True):
            if target == "math":
                assert repr(got) == repr(wanted), (row.name, xs)
            else:
                assert got == pytest.approx(wanted, rel=1e-13, nan_ok=True), (row.name, xs)


@pytest.mark.parametrize("row", WEIRD, ids=lambda row: row.name)
def test_formulas_of_such_rows_give_the_numbers_of_the_engine(added, row):
    function = register(row)
    xs = [Value(x, name=name) for x, name in zip((0.75, 0.5, 0.25), "pqr")][: len(row.slopes)]
    given = [x if slope else x.data for x, slope in zip(xs, row.slopes)]
    y = function(*[x * 1.5 if isinstance(x, Value) else x for x in given])
    y.backward()
    namespace = {}
    exec(formula(y).python, namespace)
    moved = [x for x, slope in zip(xs, row.slopes) if slope]
    assert namespace["f"](*[x.data for x in moved]) == y.data
    assert namespace["df"](*[x.data for x in moved]) == tuple(x.grad for x in moved)


def test_a_row_may_use_rows_that_were_added_before(added):
    square = register(SQUARE)
    fourth = register(Op("fourth", "square(square(a))", ("4 * a * square(a)",)))
    assert fourth(2.0) == 16.0 and grad(grad(fourth))(2.0) == 48.0 and square(2.0) == 4.0
    assert TABLE["fourth"].formula == "a * a * (a * a)"


def test_a_straight_through_slope_is_used_on_every_route(added):
    """The slope need not be the derivative of the formula: rounding that passes gradients on."""
    rounded = register(Op("rounded", "floor(a + 1 / 2)", ("1",)))
    x = Value(1.7)
    y = rounded(x) * rounded(x)
    y.backward()
    assert x.grad == 4.0 and jvp(lambda a: rounded(a) * rounded(a), 1.7, 1.0) == (4.0, 4.0)
    assert replay(y, Fraction).gradients[x] == 4 and replay(y, "dual").gradients[x].primal == 4.0
    assert compile(lambda a: rounded(a) * rounded(a)).value_and_grad(1.7)[1] == (4.0,)
    assert grad(grad(lambda a: rounded(a) * rounded(a)))(1.7) == 2.0
    seed = autodiff.dual_numbers.Dual(1.7, 1.0, autodiff.numbers.FLOATS)
    assert autodiff.dual_numbers.duals().formula("rounded")(seed).tangent == 1.0


numbers_of_a_row = st.recursive(
    st.sampled_from([Name("a"), Name("b"), Number(2), Number(0.5), Number(3), Unary("-", Name("a"))]),
    lambda x: st.one_of(
        st.builds(Binary, st.sampled_from(["+", "-", "*", "/", "**"]), x, x),
        st.builds(Unary, st.just("-"), x),
        st.builds(lambda name, x: Call(name, (x,)), st.sampled_from(["tanh", "exp", "sqrt", "sigmoid", "relu", "abs"]), x),
        st.builds(lambda x, y: Call("maximum", (x, y)), x, x),
        st.builds(Choice, st.builds(Binary, st.sampled_from(["<", "<=", "==", ">"]), x, x), x, x),
    ),
    max_leaves=8,
)
slopes_of_a_row = st.one_of(
    numbers_of_a_row,
    st.builds(lambda x, y: Choice(Binary("<", Name("a"), x), BLOCKED, y), numbers_of_a_row, numbers_of_a_row),
    st.sampled_from([Number(1), Number(0), Unary("-", Number(1)), BLOCKED, Name("y")]),
)


@pytest.mark.slow
@settings(max_examples=60)
@given(numbers_of_a_row, slopes_of_a_row, slopes_of_a_row, st.tuples(*[st.sampled_from([0.5, -1.5, 0.0, -0.0, 2.0, inf, nan, 1e200])] * 2))
def test_any_row_that_is_admitted_gives_the_same_bits_on_every_route(rule, first, second, xs):
    """Formulas and slopes at random, which have nothing to do with one another."""
    write = Notation().write
    formula_ = Binary("+", Binary("*", Number(0.0), Binary("+", Name("a"), Name("b"))), rule)  # so that both are used
    with _temporarily():
        try:
            drawn = register(Op("drawn", write(formula_), (write(first), write(second))))
        except TableError as error:
            assert "no finite real number" in str(error)
            reject()

        def f(a, b):
            return 2.0 * drawn(a, b) + a

        a, b = Value(xs[0], name="p"), Value(xs[1], name="q")
        y = f(a, b)
        y.backward()
        right = [y.data, a.grad, b.grad]
        value, slopes = compile(f, "math").value_and_grad(*xs)
        assert list(map(repr, [value, *slopes])) == list(map(repr, right))
        namespace = {}
        exec(formula(y).python, namespace)
        assert repr(namespace["f"](*xs)) == repr(y.data)
        written = [0.0 + slope for slope in namespace["df"](*xs)]  # of nothing at all it says -0.0
        assert list(map(repr, written)) == [repr(0.0 + slope) for slope in right[1:]]
        again = replay(y, float)
        replayed = [again.value, again.gradients[a], again.gradients[b]]
        assert [repr(x + 0.0) for x in replayed] == [repr(x + 0.0) for x in right]
        single, gradients = compile(f, "numpy").value_and_grad(*(np.array([x, x]) for x in xs))
        assert single[0] == pytest.approx(right[0], rel=1e-9, nan_ok=True)
        for got, due in zip(gradients, right[1:]):
            assert got[0] == pytest.approx(due, rel=1e-9, nan_ok=True)


# ---- functions of its own ----


def lgamma(a):
    return nan if not a > 0 else math.lgamma(a) if a < 1e300 else inf


BROUGHT = {"lngamma": {"float": lgamma, "numpy": np.vectorize(lgamma, otypes=[float])}}


def test_a_row_with_words_of_its_own_brings_their_functions(added):
    functions = {**BROUGHT, "psi": {"float": lambda a: math.log(a) - 0.5 / a if 0 < a < inf else nan}}
    lngamma = register(Op("lngamma", "lngamma(a)", ("psi(a)",)), functions=functions)
    x = Value(5.0, name="x")
    y = lngamma(x)
    y.backward()
    assert y.data == math.lgamma(5.0) and x.grad == math.log(5.0) - 0.1
    assert compile(lngamma, "math").value_and_grad(5.0) == (y.data, (x.grad,))
    namespace = {}
    exec(formula(y).python, namespace)
    assert namespace["f"](5.0) == y.data and namespace["df"](5.0) == (x.grad,)
    assert jvp(lngamma, 5.0, 1.0) == (y.data, x.grad)
    for refused in (
        lambda: compile(lngamma, "numpy").value_and_grad(5.0),  # psi has no numpy form
        lambda: replay(y, Fraction),
        lambda: replay(y, "mpmath"),
        lambda: grad(grad(lngamma))(5.0),
    ):
        with pytest.raises(ReplayError, match="psi|lngamma"):
            refused()


def test_a_word_of_its_own_has_a_function_for_arrays(added):
    functions = {"twofold": {"float": lambda a: 2.0 * a, "numpy": lambda a: 2.0 * a, "fraction": lambda a: 2 * a}}
    twofold = register(Op("double", "twofold(a)", ("twofold(1)",)), functions=functions)
    y, (slope,) = compile(twofold, "numpy").value_and_grad(np.array([5.0, 6.0]))
    assert y.tolist() == [10.0, 12.0] and slope.tolist() == [2.0, 2.0]
    x = Value(0.5)
    assert replay(twofold(x), Fraction).gradients[x] == 2


def test_a_word_of_its_own_is_differentiated_again_by_the_row_of_its_name(added):
    cosine = {"mycos": {"float": autodiff.kernels.cos}, "mysin": {"float": autodiff.kernels.sin}}
    register(Op("mycos", "mycos(a)", ("-mysin(a)",)), functions=cosine)
    mysin = register(Op("mysin", "mysin(a)", ("mycos(a)",)))
    assert grad(grad(grad(mysin)))(0.5) == -math.cos(0.5)
    assert jvp(mysin, 0.5, 1.0)[1] == math.cos(0.5)


# ---- what is refused ----

REFUSED = [
    (Op("exp", "a", ("1",)), "'exp', which is an operation already"),
    (Op("sech", "a", ("1",)), "already"),
    (Op("copysign", "a", ("1",)), "means something else"),
    (Op("stack", "a", ("1",)), "means something else"),
    (Op("constant", "a", ("1",)), "means something else"),
    (Op("xs", "a", ("1",)), "means something else"),
    (Op("class", "a", ("1",)), "class_ would do"),
    (Op("match", "a", ("1",)), "match_ would do"),
    (Op("two words", "a", ("1",)), "expected a name of small letters"),
    (Op("Square", "a", ("1",)), "expected a name of small letters"),
    (Op("_private", "a", ("1",)), "expected a name"),
    (Op("ﬁne", "a", ("1",)), "expected a name"),
    (Op("x=__import__('os')", "a", ("1",)), "expected a name"),
    (Op("", "a", ("1",)), "expected a name"),
    (Op(7, "a", ("1",)), "expected a name"),
    (Op("new", "tanhh(a)", ("1",)), "unknown word 'tanhh'.*functions="),
    (Op("new", "a", ("sechh(a)",)), "unknown word 'sechh'"),
    (Op("new", "a", ("copysign(1, a)",)), "unknown word 'copysign'"),
    (Op("new", "__import__('os')", ("1",)), "no rule can have"),
    (Op("new", "a.__class__", ("1",)), "no rule can have"),
    (Op("new", "a +", ("1",)), "no expression"),
    (Op("new", "a * b", ("b",)), "a slope for each input.*a, b.*got 1"),
    (Op("new", "a", ("1", "0")), "a slope for each input.*got 2"),
    (Op("new", "2", ("0",)), "none"),
    (Op("new", "a * y", ("1",)), "uses y"),
    (Op("new", "a", ("b",)), "uses b"),
    (Op("new", "a", ()), "got 0 slopes"),
    (Op("new", "a", ("1", "1", "1", "1")), "got 4 slopes"),
    (Op("new", "a", "1"), "as a tuple"),
    (Op("new", "a", (1.0,)), "as a tuple"),
    (Op("new", "a", (None,)), "to differentiate by"),
    (Op("new", "total(xs)", ("ones(xs)",), variadic=True), "any number"),
    (Op("new", "total(a)", ("1",)), "unknown word 'total'"),
    (Op("new", "a > 0", ("1",)), "expected a number, got the condition"),
    (Op("new", "(a > 0) * a", ("1",)), "expected a number, got the condition"),
    (Op("new", "where(a, 1, 2)", ("0",)), "expected a condition such as a > 0"),
    (Op("new", "a", ("1 + blocked",)), "'blocked' only as the whole"),
    (Op("new", "where(a > 0, a, blocked)", ("1",)), "blocked"),
    (Op("new", "[a][0]", ("1",)), "expected a number"),
    (Op("new", "a + 1 / 0", ("1",)), "'1 / 0' is no finite real number"),
    (Op("new", "a", ("(-2) ** 0.5",)), "is no finite real number"),
    (Op("new", "tanh * a", ("1",)), "tanh with its operands"),
    (Op("new", "tanh(a, a)", ("1",)), "cannot be computed"),
    (Op("new", "hypot(a, a) + sigmoid(a, 1)", ("1",)), "cannot be computed"),
    (Op("new", "pi(a)", ("1",)), "cannot be computed"),
    (Op("new", "a * leaky_relu(a, b)", ("2 * leaky_relu(a, b)", "where(a > 0, 0, a * a)")), "leaky_relu takes 'b' for a constant"),
    (Op("new", "a * a", ("where(a > 0, clip(a, 0, 2 * y), 2 * a)",)), r"clip takes '2 \* y' for a constant"),
    (Op("new", "a", ("1",), domains=((0.0, 1.0), (0.0, 1.0))), "one domain for each"),
    (Op("new", "a", ("1",), domains=((1.0, 0.0),)), "lowest, highest"),
    (Op("new", "a", ("1",), kinks=("a",)), "expected a condition"),
    (Op("new", "a", ("1",), kinks=("b == 0",)), "uses b"),
    (Op("new", "a", ("1",), textbook=("1", "2")), "one textbook derivative"),
    (Op("new", "a", ("1",), symbol="\x1b[31m"), "printable"),
    (Op("new", "a", ("1",), latex="%s%s"), "at most once"),
    (Op("new", "a", ("1",), latex="%d"), "at most once"),
]


def test_an_input_may_stand_for_a_constant_where_nothing_is_differentiated():
    """In a formula, in a condition of a slope, and where it is a constant of the row, too."""
    with _temporarily():
        leak = register(Op("leak", "leaky_relu(a, b)", ("where(clip(a, 0, b * b + 1) > 0, 1, b)", "where(a > 0, 0, a)")))
        assert hessian(leak)(-2.0, 0.5) == [[0.0, 1.0], [1.0, 0.0]]


@pytest.mark.parametrize(("row", "message"), REFUSED, ids=lambda x: str(x)[:50])
def test_a_wrong_row_is_refused_in_a_sentence_and_nothing_is_added(row, message):
    rows, words = dict(TABLE), dict(WORDS)
    with pytest.raises(TableError, match=message):
        register(row)
    assert dict(TABLE) == rows and dict(WORDS) == words


def test_what_is_no_row_and_what_are_no_functions_are_refused(added):
    with pytest.raises(OperandError, match="expected a row such as"):
        register("square")
    row = Op("new", "word(a)", ("1",))
    for functions in (
        {"word": {}}, {"word": {"numpy": abs}}, {"word": abs}, {"word": {"float": 1}}, {"exp": {"float": abs}}, {"a": {"float": abs}},
        {"no word": {"float": abs}}, {"x_0": {"float": abs}}, {7: {"float": abs}}, {"word": {"float": abs, "numpy": 3}}, {"input": {"float": abs}},
    ):  # fmt: skip
        with pytest.raises(TableError, match="expected"):
            register(row, functions=functions)
    with pytest.raises(TableError, match="give a float"):
        register(row, functions={"word": {"float": lambda a: "text"}})
    with pytest.raises(TableError, match="nan perhaps, at a = -0.6; it raises ValueError"):
        register(row, functions={"word": {"float": lambda a: math.sqrt(a)}})
    assert "new" not in TABLE and not WORDS


@pytest.mark.parametrize("word", ["value", "slope", "slopes", "node", "new", "number", "watch", "all", "array", "quick_total", "rectified", "zip", "df"])
def test_a_word_that_our_own_code_uses_is_refused(added, word):
    """A function called watch took the place of what tells recordings of a node, and the compiled gradient was wrong."""
    with pytest.raises(TableError, match=f"'{word}', which has a meaning"):
        register(Op("shifted", f"{word}(a)", ("1",)), functions={word: {"float": lambda a: a + 1.0}})
    assert "shifted" not in TABLE and not WORDS


def test_a_variable_called_like_a_word_of_a_row_has_another_name_in_its_formula(added):
    third = register(Op("thirds", "third(a)", ("third(1)",)), functions={"third": {"float": lambda a: a / 3}})
    namespace = {}
    exec(formula(third(Value(6.0, name="third"))).python, namespace)
    assert namespace["f"](6.0) == 2.0 and namespace["df"](6.0) == (1 / 3,)


def test_twice_is_refused_and_the_first_stays(cube):
    with pytest.raises(TableError, match="already"):
        register(CUBE._replace(formula="a"))
    assert cube(2.0) == 8.0 and TABLE["cube"].formula == "a * a * a"


def test_names_that_programs_use_cannot_be_taken():
    assert {*KINDS, *REGISTERS.values(), "input", "constant"} <= TAKEN


def test_what_was_added_for_a_while_is_gone_and_can_be_another():
    rows, names = dict(TABLE), {id(system): set(system.names) for system in systems()}
    for formula_, slope, right in [("a * a", "2 * a", (9.0, 6.0)), ("a * a * a", "3 * a * a", (27.0, 27.0))]:
        with _temporarily():
            f = register(Op("trial", formula_, (slope,)))
            x = Value(3.0)
            y = f(x)
            assert compile(f).value_and_grad(3.0) == (right[0], (right[1],))
            assert replay(y, Fraction).value == right[0] and replay(y, "dual").value.primal == right[0]
            assert formula(y).python.count("x * x") >= 1
    assert dict(TABLE) == rows
    assert {id(system): set(system.names) for system in systems() if id(system) in names} == names
    with pytest.raises(AutodiffError):
        parse("trial(a)", a=1.0)


# ---- stop_gradient ----


def test_stop_gradient_passes_the_value_and_no_gradient_on_every_route():
    stop = autodiff.stop_gradient

    def f(v):
        return v * stop(v * v)

    x = Value(3.0, name="x")
    y = f(x)
    y.backward()
    assert (y.data, x.grad) == (27.0, 9.0) and stop(2) == 2.0
    assert jvp(f, 3.0, 1.0) == (27.0, 9.0) and hessian(f)(3.0) == [[0.0]]
    assert replay(y, Fraction).gradients[x] == 9 and float(replay(y, "mpmath").gradients[x]) == 9.0
    for target in ("math", "numpy", "jax.numpy"):
        pytest.importorskip(target.partition(".")[0])
        value, (slope,) = compile(f, target).value_and_grad(3.0)
        assert (float(value), float(slope)) == (27.0, 9.0)
    assert compile(f).value_and_grad(np.array([1.0, 2.0]))[1][0].tolist() == [1.0, 4.0]
    namespace = {}
    exec(formula(y).python, namespace)
    assert (namespace["f"](3.0), namespace["df"](3.0)) == (27.0, (9.0,))
    assert formula(y).text == "y = x * stop_gradient(x * x)"
    blocked = [edge for edge in draw(y).picture.edges if edge.blocked]
    assert len(blocked) == 1 and "stop_gradient" in str(draw(y).text())
    assert "sends nothing" in steps(y).text()
    check_gradients(f, [3.0], order=2)


def test_stop_gradient_alone_has_no_gradient_and_copies_arrays():
    f = compile(autodiff.stop_gradient, "numpy")
    data = np.array([1.0, -0.0])
    y, (slope,) = f.value_and_grad(data)
    assert y.tolist() == [1.0, -0.0] and slope.tolist() == [0.0, 0.0] and not np.shares_memory(y, data)
    x = Value(nan)
    autodiff.stop_gradient(autodiff.log(x)).backward()
    assert x.grad == 0.0  # not even nan comes through


def test_a_check_still_finds_what_is_wrong_beside_a_stopped_gradient():
    def wrong(v):
        h = v * autodiff.stop_gradient(v * v)
        h.slopes = (h.slopes[0] * 1.001, None)
        return h

    with pytest.raises(AutodiffError, match="blame: mul"):
        check_gradients(wrong, [3.0])


@pytest.mark.parametrize("condition", ["(B | A) & (A & C)", "(A & B) & (B | C)", "(B | A) & (A | C)", "(B & A) & (A & C)"])
def test_conditions_that_share_one_of_two_are_no_chain_of_comparisons(added, condition):
    """l < m and m < r is written l < m < r for floats; (B | A) & (A & C) was written B | A & C as if it were such."""
    for letter, rule in {"A": "(a < 0)", "B": "(b < 0)", "C": "(a + b > -1)"}.items():
        condition = condition.replace(letter, rule)
    pick = register(Op("pick", f"where({condition}, a, b)", (f"where({condition}, 1, blocked)", f"where({condition}, blocked, 1)")))
    compiled = compile(pick, "math")
    for xs in [(1.0, 1.0), (1.0, -1.5), (-0.5, 1.0), (-2.0, 0.5), (-0.5, -0.25), (-2.0, -1.0)]:
        a, b = map(Value, xs)
        y = pick(a, b)
        y.backward()
        assert compiled.value_and_grad(*xs) == (y.data, (a.grad, b.grad)), xs


@pytest.mark.parametrize("target", ["math", "numpy"])
def test_a_rule_may_call_any_number_of_functions(added, target):
    value, slope = (" + ".join(text.format(i) for i in range(1, 31)) for text in ("sin({0} * a)", "{0} * cos({0} * a)"))
    waves = register(Op("waves", value, (slope,)))
    y, (slope,) = compile(waves, target).value_and_grad(0.5)
    assert y == pytest.approx(waves(0.5)) and slope == pytest.approx(grad(waves)(0.5))


def test_a_shared_comparison_is_not_taken_for_a_part_of_another(added):
    """In code for arrays a <= b is computed once, and -a <= b is another condition, though it holds the same letters."""
    row = Op("pick", "where(a <= b, 1, 2) * where(a <= b, a, b) + where(-a <= b, 3, 5)", ("1", "1"))
    pick = register(row)
    xs, ys = np.array([1.0, -1.0, 2.0]), np.array([0.5, 0.5, -3.0])
    assert compile(pick, "numpy")(xs, ys).tolist() == [pick(x, y) for x, y in zip(xs.tolist(), ys.tolist())]
