"""What a Value promises: P1 to P12 of the contract, one test or more for each sentence."""

import copy
import gc
import math
import pickle
import sys
from decimal import Decimal
from fractions import Fraction
from math import inf

import numpy
import pytest
from hypothesis import given, strategies as st

import autodiff
from autodiff import (
    Value, detect_anomaly, exp, hypot, log, maximum, minimum, relu, softmax, softplus, sqrt, total, where,
)  # fmt: skip
from autodiff.errors import AnomalyError, OperandError
from autodiff.graph import topological_order

BINARY = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "**": lambda a, b: a**b, "%": lambda a, b: a % b,
}  # fmt: skip
NUMBERS = [3, 3.0, True, numpy.float64(3), numpy.float32(3), numpy.int64(3), numpy.uint8(3), numpy.bool_(True), numpy.array(3.0)]
STRANGERS = ["3", None, [3.0], 3j, Decimal(3), Fraction(3), numpy.ones(2), numpy.array("3"), object()]


def gradients(y, *xs):
    for x in xs:
        x.grad = 0.0
    y.backward()
    return tuple(x.grad for x in xs)


# P1: what may be an operand


@pytest.mark.parametrize("number", NUMBERS, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("sign", BINARY)
def test_a_real_number_of_any_kind_stands_on_either_side(sign, number):
    v, x = Value(2.0), float(number)
    assert BINARY[sign](v, number).data == BINARY[sign](2.0, x)
    assert BINARY[sign](number, v).data == BINARY[sign](x, 2.0)
    assert type(BINARY[sign](number, v)) is Value and type(BINARY[sign](number, v).data) is float


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("sign", BINARY)
def test_anything_else_is_refused_with_the_operation_the_value_and_its_type(sign, stranger):
    sides = [lambda: BINARY[sign](Value(2.0), stranger), lambda: BINARY[sign](stranger, Value(2.0))]
    if (sign, type(stranger)) in [("**", Fraction), ("%", str)]:
        sides.pop()  # Fraction.__pow__ makes itself a float before it asks us, and "3" % v formats a text
    for calculate in sides:
        with pytest.raises(TypeError, match=r"expected a Value or a real number .* got .* \(" + type(stranger).__name__):
            calculate()


@pytest.mark.parametrize("stranger", ["3", None, 3j, numpy.ones(2)], ids=lambda x: type(x).__name__)
def test_functions_and_comparisons_refuse_the_same(stranger):
    for calculate in (exp, lambda x: maximum(Value(1.0), x), lambda x: Value(1.0) < x, lambda x: autodiff.total([x]), Value):
        with pytest.raises(OperandError, match="got"):
            calculate(stranger)


def test_data_and_grad_are_floats_whatever_is_written():
    v = Value(numpy.float32(1.5))
    v.data, v.grad = 3, numpy.int64(0)
    assert (type(v.data), type(v.grad)) == (float, float)
    v.data -= numpy.float64(0.5) * 1
    assert type(v.data) is float and v.data == 2.5
    with pytest.raises(OperandError, match="Value.data"):
        v.data = "4"
    with pytest.raises(OperandError, match="Value.grad"):
        v.grad = None


def test_an_integer_beyond_float64_rounds_to_inf():
    assert (Value(1.0) + 10**400).data == inf and (Value(1.0) - 10**400).data == -inf


def test_an_object_array_of_values_works_elementwise_on_either_side():
    v, row = Value(2.0), numpy.array([Value(3.0), Value(4.0)])
    assert [x.data for x in v * row] == [6.0, 8.0]
    assert [x.data for x in row * v] == [6.0, 8.0]
    assert [x.data for x in v - row] == [-1.0, -2.0]
    assert [x.data for x in row / v] == [1.5, 2.0]
    assert (row @ row).data == 25.0
    assert list(v < row) == [True, True] and list(row < v) == [False, False]


def test_numbers_alone_record_nothing():
    assert type(exp(1)) is float and type(maximum(1, 2.5)) is float and softmax(1.0, 1.0) == [0.5, 0.5]
    assert where(True, 1.0, 2.0) == 1.0 and autodiff.dot([1, 2], [3, 4]) == 11.0


def test_a_name_is_a_string():
    assert Value(2.0, name="w0").name == "w0"
    with pytest.raises(OperandError, match=r"expected a string as the name, got 3 \(int\)"):
        Value(2.0, name=3)
    with pytest.raises(OperandError, match="expected a string as the name, got 4"):
        Value(2.0).name = 4


def test_a_name_is_held_as_a_text_and_nothing_more():
    class Longer(str):
        """May hold anything, a Value too."""

    v = Value(2.0, name=Longer("w0"))
    assert v.name == "w0" and type(v.name) is str


def test_a_value_where_only_a_number_can_stand_is_told_so():
    v = Value(2.0)
    for calculate in (lambda: Value(v), lambda: autodiff.clip(v, v, 1), lambda: autodiff.leaky_relu(v, v)):
        with pytest.raises(OperandError, match="a number that is not differentiated, got Value.*use its .data"):
            calculate()


def test_a_value_cannot_be_subclassed_and_says_what_to_do():
    with pytest.raises(TypeError, match="final"):
        type("Mine", (Value,), {})


# P2: a number never raises, unless anomalies are looked for


@given(st.floats(), st.floats(), st.sampled_from(sorted(BINARY)))
def test_no_number_makes_an_operator_raise_or_leave_the_floats(x, y, sign):
    a, b = Value(x), Value(y)
    result = BINARY[sign](a, b)
    result.backward()
    assert all(type(number) is float for number in (result.data, a.grad, b.grad))


def test_ieee_results():
    assert exp(Value(710.0)).data == inf and (1 / Value(0.0)).data == inf and (1 / Value(-0.0)).data == -inf
    assert math.isnan((Value(0.0) / 0).data) and log(Value(0.0)).data == -inf and math.isnan(log(Value(-1.0)).data)
    assert math.isnan((Value(-8.0) ** (1 / 3)).data)


def test_an_anomaly_names_the_operation_its_inputs_and_the_line():
    x = Value(-1.0, name="x")
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"log made nan from x = -1.0, at .*test_value.py:\d+, `log\(x\)`"):
        log(x)
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"div made inf from constant = 1.0, zero = 0.0"):
        1 / Value(0.0, name="zero")
    assert math.isnan(log(x).data)  # and only inside


def test_an_anomaly_that_was_there_before_passes():
    with detect_anomaly():
        (Value(inf) + 1) * 2
        maximum(Value(math.nan), 1.0)
        with pytest.raises(AnomalyError, match="sub made nan"):
            Value(inf) - inf


def test_an_anomaly_of_the_backward_pass_names_the_slope():
    x = Value(0.0, name="x")
    with detect_anomaly():
        y = sqrt(x)
        with pytest.raises(AnomalyError, match=r"backward: \(sqrt\) = 0.0, made at .*sends inf .*x = 0.0: local derivative inf"):
            y.backward()


def test_where_no_gradient_flows_there_is_no_anomaly():
    x, zero = Value(2.0), Value(0.0)
    with detect_anomaly():
        where(True, x, sqrt(zero)).backward()
        relu(-x - sqrt(zero)).backward()
    assert x.grad == 1.0 and zero.grad == 0.0


def test_a_gradient_that_overflows_at_an_input_is_an_anomaly():
    x = Value(1.0, name="x")
    with detect_anomaly(), pytest.raises(AnomalyError, match="backward: the gradient of x = 1.0 adds up to inf"):
        (x * 1e308 - 1e308 + x * 1e308).backward()
    assert x.grad == 0.0


def test_a_backward_pass_that_is_refused_leaves_the_leaves_as_they_were():
    x = Value(0.0)
    x.grad = 5.0
    with detect_anomaly(), pytest.raises(AnomalyError):
        sqrt(x).backward()
    assert x.grad == 5.0


def test_an_anomaly_of_a_hostile_name_prints_on_one_line():
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        log(Value(-1.0, name="x\x1b[31m\n<evil>"))
    assert str(caught.value).isprintable()


def test_what_went_well_is_forgotten_by_detect_anomaly():
    x = Value(2.0)
    with detect_anomaly():
        (x * x).backward()
        assert autodiff.hooks.watchers[-1].lines == {}


def test_anomalies_of_other_threads_are_their_own():
    import threading

    seen = []
    with detect_anomaly():
        thread = threading.Thread(target=lambda: seen.append(log(Value(-1.0)).data))
        thread.start()
        thread.join()
    assert math.isnan(seen[0])


# P3 to P5: kinks, smooth points, and what is not selected


def test_kinks_take_the_slope_of_least_norm():
    x = Value(0.0)
    assert gradients(relu(x), x) == (0.0,) and gradients(abs(x), x) == (0.0,)
    a, b = Value(2.0), Value(2.0)
    assert gradients(maximum(a, b), a, b) == (0.5, 0.5) and gradients(minimum(a, b), a, b) == (0.5, 0.5)
    assert gradients(hypot(x, x), x) == (0.0,) and gradients(sqrt(x), x) == (inf,)
    assert gradients(autodiff.clip(x, 0, 1), x) == (0.0,) and gradients(autodiff.leaky_relu(x, 0.2), x) == (0.2,)


def test_a_smooth_function_is_smooth():
    x = Value(0.0)
    assert gradients(softplus(x), x) == (0.5,) and gradients(autodiff.log_sigmoid(x), x) == (0.5,)
    assert gradients(maximum(x, x), x) == (1.0,)
    y = Value(3.0)
    assert gradients(hypot(y, y), y)[0] == pytest.approx(math.sqrt(2), rel=1e-15)


def test_nothing_flows_to_what_was_not_selected():
    x = Value(0.0)
    assert gradients(where(x > 0, log(x), 0.0), x) == (0.0,)
    assert gradients(maximum(sqrt(x), 1.0), x) == (0.0,) and gradients(minimum(1 / x, 1.0), x) == (0.0,)
    assert gradients(relu(-1 / x), x) == (0.0,) and gradients(autodiff.clip(1 / x, 0.0, 1.0), x) == (0.0,)
    assert math.isnan(gradients(sqrt(x) ** 2, x)[0])  # a numeric zero stays a number: 0 * inf


def test_a_condition_is_a_truth_value():
    for stranger in (Value(1.0), None, math.nan, 1, numpy.array([True, False]), "yes"):
        with pytest.raises(OperandError, match="such as `x > 0`"):
            where(stranger, 1.0, 2.0)
    assert where(numpy.array(True), 1.0, 2.0) == 1.0
    assert where(numpy.bool_(True), 1.0, 2.0) == 1.0


# P6: digits


def test_division_is_one_correctly_rounded_division():
    wrong = [(x, y) for x in range(1, 60) for y in range(1, 60) if (Value(x) / Value(y)).data != x / y]
    assert wrong == []


def test_the_tails_of_slopes_do_not_vanish():
    x = Value(20.0)
    assert gradients(x.tanh(), x)[0] == pytest.approx(1.6993417021166355e-17, rel=1e-15)
    x = Value(40.0)
    assert gradients(x.sigmoid(), x)[0] == pytest.approx(4.248354255291589e-18, rel=1e-15)


# P8 and P9: passes that add up, and bits that stay


def test_a_second_backward_adds_exactly_one_more_gradient_to_the_leaves():
    x = Value(3.0)
    y = x * x
    z = y * y
    z.backward()
    first = (x.grad, y.grad, z.grad)
    z.backward()
    assert (x.grad, y.grad, z.grad) == (2 * first[0], first[1], first[2])
    x.grad = 0.0
    z.backward()
    assert (x.grad, y.grad, z.grad) == first


def test_before_a_backward_pass_every_gradient_is_0():
    y = total([Value(1.0) * 3, Value(2.0, label="w"), 4])
    assert [node.grad for node in topological_order(y)] == [0.0] * 6
    assert y.parents[1].name == "w" and Value(2.0, label="").name is None


def test_two_roots_that_share_a_node_add_up():
    x = Value(3.0)
    shared = x * x
    (shared * 2).backward()
    (shared + 1).backward()
    assert x.grad == 12.0 + 6.0


def test_a_leaf_is_its_own_root():
    x = Value(3.0)
    x.backward()
    x.backward()
    assert x.grad == 2.0


def test_operands_keep_their_order_and_number():
    a = Value(2.0)
    assert (a + a).parents == (a, a) and (a - 1).parents[0] is a and (1 - a).parents[1] is a
    assert [node.op for node in (1 - a).parents] == ["constant", "input"]
    assert (2.0 / a).data == 1.0 and (a - 3).op == "sub" and (a / 3).op == "div"


def test_the_bits_are_the_same_under_every_hash_seed():
    import subprocess

    program = (
        "from autodiff import *; x=[Value(i*.1) for i in range(9)];"
        "y=total(softmax(*x))+dot(x,x)/3; z=y*sum(x); z.backward(); print([v.grad.hex() for v in x], z.data.hex())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": str(seed)}, capture_output=True, check=True, cwd="."
        ).stdout
        for seed in (0, 1, 2)
    }
    assert len(seen) == 1


@pytest.mark.skipif(autodiff.engine == "python", reason="Python itself looks for the nearest name there, and only where an error ends a program")
def test_the_nearest_name_is_looked_for_once_however_often_it_is_missed(monkeypatch):
    import difflib

    looked, look = [], difflib.get_close_matches
    monkeypatch.setattr("difflib.get_close_matches", lambda name, *rest, **options: looked.append(name) or look(name, *rest, **options))
    for _ in range(3):
        assert getattr(Value(1.0), "nobodys_name", None) is None
    assert looked == ["nobodys_name"]


# P10: depth, and no cycles


@pytest.fixture(scope="module")
def long_chain():
    x = Value(1.0)
    y = x
    for _ in range(1_000_000):
        y = y + x
    return x, y


def test_a_chain_of_a_million_additions_goes_backward(long_chain):
    x, y = long_chain
    assert gradients(y, x) == (1_000_001.0,)
    assert repr(y) == "Value(data=1000001.0, grad=1.0)"


@pytest.mark.slow
def test_a_chain_of_a_million_additions_is_copied_and_pickled(long_chain):
    for duplicate in (copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))):
        y = duplicate(long_chain[1])
        (x,) = autodiff.leaves(y)
        assert x is not long_chain[0] and gradients(y, x) == (1_000_001.0,)


def test_a_dead_graph_is_freed_at_once():
    name = "".join(["y", "1"])
    held = sys.getrefcount(name)
    gc.disable()
    try:
        x = Value(2.0)
        y = exp(x * x) + x
        y.backward()
        y.name = name
        assert sys.getrefcount(name) == held + 1
        del x, y
        assert sys.getrefcount(name) == held
    finally:
        gc.enable()


# P11 and P12: slopes are fixed; identity, comparisons, copies


def test_slopes_are_fixed_when_the_operation_runs():
    x = Value(3.0)
    y = x * x
    x.data = 100.0
    assert gradients(y, x) == (6.0,)


def test_equality_is_identity_and_order_compares_numbers():
    a, b = Value(1.0), Value(1.0)
    assert a == a and a != b and {a: 1}[a] == 1 and len({a, b}) == 2
    assert (a < 2) is True and (a <= b) is True and (a > 0.5) is True and (2 >= a) is True and (1 < a) is False


@pytest.mark.parametrize("convert", [bool, float, int, math.exp, math.floor, complex], ids=lambda f: f.__name__)
def test_a_silent_conversion_is_refused_and_says_what_to_use(convert):
    with pytest.raises(TypeError, match="data"):
        convert(Value(2.0))


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))], ids=["deepcopy", "pickle"])
def test_a_copy_is_an_independent_graph_with_its_sharing(duplicate):
    a = Value(2.0, name="a")
    b = a * a + exp(a)
    b.backward()
    again, leaf = duplicate((b, a))
    assert again is not b and leaf is not a and leaf.name == "a" and (again.data, again.grad, leaf.grad) == (b.data, b.grad, a.grad)
    leaf.grad = 0.0
    again.backward()
    assert leaf.grad == a.grad and autodiff.leaves(again) == [leaf]


@pytest.mark.parametrize("dumps", [pickle.dumps, pickle._dumps], ids=["C", "Python"])
def test_roots_that_share_a_node_share_it_after_pickling_too(dumps):
    w = Value(2.0)
    h = w * 3
    y, z = h * h, h + w
    h2, y2, z2, w2 = pickle.loads(dumps([h, y, z, w]))
    assert y2.parents == (h2, h2) and z2.parents == (h2, w2) and h2.parents[0] is w2
    (again,) = pickle.loads(dumps([y]))
    assert again.parents[0].parents[0].data == 2.0


def test_a_pickle_that_fails_leaves_the_next_one_whole():
    y = Value(2.0) * 3
    with pytest.raises(Exception, match="pickle"):
        pickle.dumps([y + 1, lambda: None])
    chain = y
    for _ in range(5000):
        chain = chain + 1
    assert pickle.loads(pickle.dumps(chain)).data == chain.data


def test_a_shallow_copy_shares_its_parents():
    a = Value(2.0)
    b = a * a
    c = copy.copy(b)
    assert c is not b and c.parents == (a, a) and gradients(c, a) == (4.0,)


# micrograd's own programs


def test_micrograds_readme_program_gives_its_numbers_and_the_exact_ones():
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert (round(g.data, 4), round(a.grad, 4), round(b.grad, 4)) == (24.7041, 138.8338, 645.5773)
    exact = autodiff.replay(g, Fraction)
    assert exact.value == Fraction(2421, 98)
    assert exact.gradients == {a: Fraction(47620, 343), b: Fraction(221433, 343)}


def test_micrograds_methods_are_there():
    a = Value(0.5)
    for method in ("relu", "tanh", "exp", "log", "sigmoid", "sqrt"):
        assert getattr(a, method)().op == method


def microgpt_style_loss(*numbers):
    """Embeddings, a normalisation by ** -0.5, attention, relu, a softmax by exp, sum and /, and a log."""
    embeddings = [numbers[:2], numbers[2:4]]
    normal = [[x * (sum(y * y for y in row) / 2 + 1e-5) ** -0.5 for x in row] for row in embeddings]
    scores = [sum(q * k for q, k in zip(normal[1], row)) / 2**0.5 for row in normal]
    weights = [score.exp() for score in scores]
    mixed = [sum(w * row[i] for w, row in zip(weights, normal)) / sum(weights) for i in range(2)]
    hidden = [(x * numbers[4] + numbers[5]).relu() for x in mixed]
    logits = [hidden[0] * numbers[6], hidden[1] * numbers[7]]
    top = max(logit.data for logit in logits)
    exps = [(logit - top).exp() for logit in logits]
    return -(exps[0] / sum(exps)).log()


def test_a_microgpt_style_loss_runs_unchanged_with_the_gradients_of_its_engine(rng):
    from benchmarks.peers import Plain

    for _ in range(20):
        at = [rng.gauss(0, 1) for _ in range(8)]
        mine, theirs = [Value(x) for x in at], [Plain(x) for x in at]
        loss, other = microgpt_style_loss(*mine), microgpt_style_loss(*theirs)
        loss.backward()
        other.backward()
        assert loss.data == pytest.approx(other.data, rel=1e-13)
        exact = autodiff.replay(loss, "mpmath").gradients
        size = max(abs(x.grad) for x in mine)
        for x, y in zip(mine, theirs):
            assert x.grad == pytest.approx(float(exact[x]), rel=1e-12, abs=1e-13 * size)
            assert x.grad == pytest.approx(y.grad, rel=1e-11, abs=1e-12 * size)
