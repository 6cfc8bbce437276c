"""The event log: it shows what `backward()` does, bit for bit, and stays small and true on any graph."""

from __future__ import annotations

import json
import math
import operator
import struct
import tracemalloc
from math import inf, isnan, nan
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import autodiff
from autodiff import Value, explain, functions, recording, steps
from autodiff.errors import ArgumentError, OperandError
from autodiff.ops import TABLE
from autodiff.render.steps.json import log_from, to_json
from autodiff.render.steps.listing import text_lines
from autodiff.render.steps.stepper import from_json
from autodiff.stepping import Log, snapshot
from autodiff.stepping.cursor import CONDITIONS, Cursor
from autodiff.notation import Notation
from autodiff.numbers import FLOATS
from autodiff.stepping.mathematics import choose_sides, mathematics
from autodiff.stepping.judging import unlike, verdict
from autodiff.stepping.quiz import judge, question
from autodiff.stepping.traversals import ORDERS
from autodiff.stepping.training import training
from autodiff.printable import printable
from autodiff.stepping.wording import short

SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.0, -3.0, 0.5, inf, -inf, nan, 5e-324, 1e200, -1e200, 1e-200, 709.78, -745.13]
NUMBERS = st.sampled_from(SPECIAL) | st.floats(-5, 5)
UNARY = [operator.neg, abs] + [getattr(functions, n) for n in "exp log sqrt sin tanh relu sigmoid softplus gelu sign floor".split()]
BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, functions.maximum, functions.atan2,
          functions.hypot, functions.xlogy]
MANY = [lambda a, b, c: functions.total([a, b, c, a]), lambda a, b, c: functions.dot([a, b], [c, a]), functions.logsumexp,
        lambda a, b, c: functions.where(a > b, b, c), lambda a, b, c: functions.softmax(a, b, c)[1],
        lambda a, b, c: functions.clip(a, -1.0, 1.0) * b + c]
HOSTILE = st.text(max_size=30) | st.sampled_from(
    ["</script><script>alert(1)</script>", '"onload="x', "\x1b[31mred", "a\nb", "\u202eabc", "[bold]", "{", "\x00", "\ud800", "''", "&lt;"]
)


@st.composite
def graphs(draw, most=12):
    """Graphs with shared nodes, constants, kinks, every kind of operation and awkward numbers."""
    nodes = [Value(draw(NUMBERS), name=draw(st.none() | HOSTILE)) for _ in range(draw(st.integers(1, 3)))]
    for _ in range(draw(st.integers(0, most))):
        pick = lambda: draw(st.sampled_from(nodes[-4:]))  # noqa: E731
        kind = draw(st.integers(0, 5))
        if kind == 0:
            made = draw(st.sampled_from(UNARY))(pick())
        elif kind == 1:
            made = draw(st.sampled_from(BINARY))(pick(), draw(NUMBERS))
        elif kind == 2:
            made = draw(st.sampled_from(MANY))(pick(), pick(), pick())
        else:
            made = draw(st.sampled_from(BINARY))(pick(), pick())
        nodes.append(made)
    return nodes[-1]


def bits(x: float) -> bytes:
    return struct.pack("d", x) if x == x else b"nan"


def every_node(y: Value) -> list[Value]:
    return autodiff.graph.topological_order(y)


# What the log shows is what backward does

@given(graphs())
def test_the_log_ends_with_the_gradients_of_backward_bit_for_bit(y):
    log = Log(snapshot(y))
    y.backward()
    for node, number in log.graph.values.items():
        assert bits(log.gradient(number) or 0.0) == bits(node.grad or 0.0) or log.gradient(number) == node.grad == 0


@given(graphs())
def test_each_contribution_is_upstream_times_slope_and_each_sum_is_before_plus_contribution(y):
    log = Log(snapshot(y))
    sums: dict[int, float] = {}
    for step in log.backward:
        if step.kind == "seed":
            sums[step.node] = step.gradient_after
        if step.kind == "contribution":
            assert bits(step.contribution) == bits(step.slope * step.upstream)
            assert bits(step.upstream) == bits(sums[step.node])
            assert step.gradient_before == sums.get(step.parent) or isnan(step.gradient_before)
            sums[step.parent] = sums.get(step.parent, 0.0) + step.contribution
            assert bits(step.gradient_after) == bits(sums[step.parent])


@given(graphs())
def test_the_steps_follow_the_topological_order_of_backward(y):
    order = every_node(y)
    log = Log(snapshot(y))
    sent = [(step.node, step.operand) for step in log.backward if step.kind != "seed"]
    expected = [(i, k) for i in reversed(range(len(order))) for k, p in enumerate(order[i].parents) if p.op != "constant"]
    assert sent == [edge for edge in expected if log.live[edge[0]]]


@given(graphs())
def test_the_forward_pass_visits_each_node_once_after_what_it_is_made_of(y):
    graph = snapshot(y)
    visited: set[int] = {node.number for node in graph.nodes if node.operation == "constant"}
    for step in Log(graph).forward:
        assert step.node not in visited and visited.issuperset(graph.nodes[step.node].parents)
        visited.add(step.node)
    assert visited == set(range(len(graph.nodes)))


def test_the_forward_pass_of_a_network_begins_with_its_inputs_and_goes_layer_by_layer():
    x = [Value(1.0, name="x0"), Value(0.0, name="x1")]
    labels = [step.label for step in steps((autodiff.nn.MLP(2, [8, 1], seed=3)(x) - 1) ** 2).forward]
    assert labels[:3] == ["x0", "x1", "layers[0].neurons[0].w[0]"] and labels[2:18] == sorted(labels[2:18])
    assert max(i for i, label in enumerate(labels) if "layers[0]" in label) < labels.index("layers[1].neurons[0].w[0]")


@given(graphs())
def test_nothing_of_the_graph_is_touched(y):
    nodes = every_node(y)
    before = [(bits(node.data), bits(node.grad), node.name) for node in nodes]
    steps(y).text()
    assert before == [(bits(node.data), bits(node.grad), node.name) for node in nodes]


@given(graphs())
def test_a_gradient_is_complete_exactly_when_all_its_contributions_have_arrived(y):
    log = Log(snapshot(y))
    arrived = [0] * len(log.graph.nodes)
    for step in log.backward:
        if step.kind in ("seed", "contribution"):
            assert arrived[step.node] == log.expected[step.node] or step.kind == "seed"
            arrived[step.target] += 1
            assert step.arrived == arrived[step.target]
    assert arrived == list(log.expected)


@given(graphs(), st.lists(NUMBERS, min_size=3, max_size=3))
def test_a_second_backward_pass_starts_from_the_gradients_that_the_leaves_hold(y, held):
    leaves = [node for node in every_node(y) if not node.parents and node.op == "input"]
    for leaf, grad in zip(leaves, held):
        leaf.grad = grad
    log = Log(snapshot(y), held=True)
    y.backward()
    for leaf in leaves:
        assert bits((log.gradient(leaf) or 0.0) + 0.0) == bits(leaf.grad + 0.0)


def test_every_operation_of_the_table_can_be_stepped_through():
    from autodiff.value import record
    for op in TABLE.values():
        inputs = tuple(Value(0.3 + 0.1 * i, name=n) for i, n in enumerate("pqr"[: op.arity or 3]))
        slopes = tuple(None if op.slopes[0 if op.variadic else i] is None else 0.5 for i in range(len(inputs)))
        log = Log(snapshot(record(op.name, 1.0, inputs, slopes)))
        text = "\n".join(text_lines(log))
        assert "p is 0.3." in text and f"v{len(inputs)} = " in text
        kinds = {step.kind for step in log.backward}
        assert kinds <= {"seed", "contribution", "detached"}


# The words

def test_contributions_add_up_before_the_readers_eyes():
    a = Value(3.0)
    b = a + a
    c = a * b + a
    sums = [step.sum for step in steps(c).backward if step.parent_label == "a"]
    assert sums == ["1 + ? + ? + ?", "1 + 6 + ? + ?", "1 + 6 + 3 + ?", "1 + 6 + 3 + 3"]


def test_a_gradient_not_yet_computed_is_different_from_zero():
    x = Value(0.0)
    y = x * x
    first, second = steps(y).backward[1:]
    assert first.gradient_before is None and second.gradient_before == 0.0


def test_a_blocked_edge_says_so_and_adds_nothing():
    x = Value(-2.0)
    y = functions.relu(x)
    step = steps(y)[-1]
    assert (step.kind, step.contribution, step.gradient_after, step.expected) == ("blocked", None, None, 0)
    assert str(step) == "y sends nothing to x: relu did not select it, the local derivative where(x <= 0, blocked, 1) is blocked here."


def test_a_structural_zero_passes_nothing_on():
    x = Value(0.0)
    y = functions.where(x > 0, functions.log(x), 0.0)
    log = steps(y)
    assert log.gradient(x) is None and [step.kind for step in log.backward] == ["seed", "blocked"]


@pytest.mark.parametrize("x, told", [(0.0, "1 / x = 1 / 0 = inf"), (-0.0, "1 / not_negative(x) = 1 / not_negative(-0) = inf")])
def test_a_textbooks_derivative_is_told_where_it_is_the_slope_also_at_infinity(x, told):
    x = Value(x)
    y = functions.log(x)
    assert str(steps(y)[-1].equations[0]) == f"d y / d x = {told}"


def test_an_operand_that_an_operation_takes_as_a_constant_is_called_detached():
    x = Value(1.0)
    y = functions.softmax(x, 2.0)[0]
    assert [step.operation for step in steps(y) if step.kind == "detached"] == ["largest"]
    log = steps(functions.stop_gradient(x))
    assert str(log[-1]) == "v1 sends nothing to x: stop_gradient takes it as a constant."
    assert "constant" in judge(question(log, log[-1].index), "1")[1]


def test_rules_are_written_with_the_readers_names_and_numbers():
    w, x = Value(0.5), Value(-2.0)
    y = w * x
    z = y ** 3
    written = [(step.rule, step.substituted) for step in steps(z) if step.kind in ("operation", "contribution")]
    assert written == [("w * x", "0.5 * (-2)"), ("y ** 3", "(-1) ** 3"), ("3 * y ** (3 - 1)", "3 * (-1) ** (3 - 1)"),
                       ("x", "-2"), ("w", "0.5")]


def test_every_slope_of_the_table_is_written_as_mathematics_that_gives_its_number():
    space = {**FLOATS.names, "erfc": math.erfc}
    checked = 0
    for op in TABLE.values():
        for rule in () if op.variadic else filter(None, op.slope_rules):
            for a, b in [(0.5, -1.5), (-0.5, 2.0), (2.0, 3.0), (0.0, 1.0), (1.0, 0.0), (0.25, 0.5)]:
                numbers = {**space, "a": a, "b": b, "c": 0.75}
                numbers["y"] = op.rule.evaluate(numbers)
                plain = choose_sides(mathematics(rule), [a, b, 0.75], numbers["y"])
                due, got = rule.evaluate(numbers), plain.evaluate(numbers)
                text = Notation().write(plain)
                assert "_slope" not in text and "where" not in text
                at_infinity = due is not None and math.isinf(due)  # where schoolbook mathematics may divide 0 by 0
                assert got == due or at_infinity or got == pytest.approx(due, rel=1e-12) or (isnan(got) and isnan(due))
                checked += 1
    assert checked > 150


def test_the_equations_of_a_step_are_symbols_numbers_and_result():
    w, x = Value(0.5), Value(2.0)
    y = w * x + w
    assert steps(y)[0].equations == ()
    step = steps(y).to("w")
    assert [str(line) for line in step.equations] == [
        "d v2 / d w = x = 2 = 2", "v2 to w = upstream × local derivative = 1 × 2 = 2", "gradient of w = before + contribution = 1 + 2 = 3",
    ]


def test_a_sum_of_a_thousand_terms_is_written_short():
    x = Value(1.0)
    y = functions.total([x] * 1000)
    assert all(len(step.sum) < 60 for step in steps(y))
    assert steps(y)[-1].sum == "… + 1 + 1 + 1 + 1 + 1" and steps(y)[-1].progress.startswith("1000 of 1000")
    assert "total([x, x, x, x, …, x])" in steps(y).text()


# Names and lines

def test_names_come_from_the_callers_variables_where_the_user_gave_none():
    a = Value(2.0)
    given = Value(3.0, name="mine")
    weights = [Value(1.0), {"deep": Value(4.0)}]
    result = a * given + weights[0] * weights[1]["deep"] + 5
    labels = [node.label for node in steps(result).graph.nodes]
    assert labels == ["a", "mine", "v2", "weights[0]", "weights[1]['deep']", "v5", "v6", "5", "result"]


class Neuron:
    def __init__(self):
        self.w = [Value(1.0), Value(2.0)]
        self.b = Value(0.5)


def test_attributes_of_objects_name_their_values():
    neuron = Neuron()
    y = neuron.w[0] * neuron.w[1] + neuron.b
    assert {"neuron.w[0]", "neuron.w[1]", "neuron.b", "y"} < {node.label for node in steps(y).graph.nodes}


def test_no_code_of_a_strangers_object_runs_while_names_are_looked_for():
    class Trap(dict):
        def __iter__(self): raise SystemExit
        def items(self): raise SystemExit
        def __getattr__(self, name): raise SystemExit
        def __eq__(self, other): raise SystemExit
        __hash__ = None
    x = Value(2.0)
    trap = Trap(inside=Value(1.0))
    y = x * dict.__getitem__(trap, "inside")
    assert {"x", "trap['inside']"} < {node.label for node in steps(y).graph.nodes}


def test_equal_names_are_told_apart_and_generated_names_never_collide():
    nodes = [Value(1.0, name="x"), Value(2.0, name="x"), Value(3.0, name="v2")]
    labels = [node.label for node in snapshot(functions.total(nodes) * nodes[0]).nodes]
    assert len(set(labels)) == len(labels) and "x (2)" in labels


def test_a_named_result_is_traced_to_the_line_that_assigns_it():
    x = Value(2.0)
    y = x * 3.0  # this very line
    assert "this very line" in steps(y).to(y).source.text
    assert steps(y).graph.nodes[0].source is None    # inputs are where the program says, not where an operation ran


def test_a_variable_assigned_twice_has_no_line_rather_than_a_wrong_one():
    x = Value(2.0)
    y = x * 3.0
    y = y * 2.0
    assert steps(y).to(y).source is None


def made_elsewhere(x):
    return functions.tanh(x * x)  # the line elsewhere


def test_a_recording_gives_every_operation_its_line():
    with recording():
        x = made_elsewhere(Value(2.0))
        y = x + 1
        log = steps(y)
    lines = [step.source.text for step in log if step.kind == "operation"]
    assert ["elsewhere" in line for line in lines] == [True, True, False]
    assert "the line elsewhere" in log.text()


def test_lines_are_kept_as_long_as_the_recording():
    with recording() as tape:
        y = made_elsewhere(Value(2.0))
    assert steps(y)[-1].source is not None
    del tape
    assert steps(y)[1].source is None


def test_recording_costs_nothing_outside_its_block():
    from autodiff.hooks import watchers
    with pytest.raises(ZeroDivisionError), recording():
        1 / 0
    assert watchers == []


# The cursor

def test_the_cursor_goes_on_back_and_to_places():
    a = Value(2.0)
    b = a * a
    c = b + 1
    s = steps(c)
    assert s.cursor.step is None
    assert [s.next().index, s.next().index, s.back().index, s.back().index] == [0, 1, 0, 0]
    assert s.to(-1).index == len(s) - 1 and s.next().index == len(s) - 1
    assert s.to(b).complete and s.to("b") == s.to(b) and s.to(0).label == "a"


def test_the_cursor_runs_until_a_condition():
    x, dead = Value(3.0), Value(-1.0)
    y = functions.relu(dead) + x * x
    s = steps(y)
    assert s.until("complete").kind == "seed"
    assert s.until("blocked").operation == "relu"
    s.to(0)
    assert s.until(lambda step: (step.gradient_after or 0) > 5).gradient_after == 6.0
    s.to(0)
    assert "dead" in s.until("dead").rule
    before = s.cursor.index
    assert s.until("nan") is None and s.cursor.index == before


def test_watches_report_nodes_at_every_step():
    w = Value(2.0)
    y = w * w
    s = steps(y)
    s.watch(w)
    s.to(3)
    assert s.cursor.report() == "w = 2, gradient 2 (1 of 2 arrived: 2 + ?)"
    assert s.text().count("| w = 2") == len(s)


def test_a_zero_keeps_its_sign_in_every_sentence_and_equation():
    x, zero = Value(2.0), Value(-0.0)
    y = -(x * zero)
    log = steps(y)
    assert str(log.to("x")).startswith("v2 sends (-1) × (-0) = 0 to x;")
    assert [row.numbers for row in log.to("zero").equations] == ["2", "(-1) × 2", "nothing yet + (-2)"]
    y = zero * x * 0.0
    step = steps(y).to("x")
    assert str(step).startswith("v2 sends 0 × (-0) = -0 to x; the gradient of x is now 0,") and step.sum == "-0"
    assert [row.numbers for row in step.equations] == ["-0", "0 × (-0)", "nothing yet + (-0)"]


@given(graphs(most=8), st.sampled_from(list(ORDERS)), st.booleans())
def test_the_state_of_a_node_is_what_its_last_steps_have_made_it(y, order, held):
    graph = snapshot(y)
    inputs = [node.number for node in graph.nodes if node.operation == "input"]
    log = Log(graph, order, held, training(graph, inputs, 0.5))
    data: dict[int, float] = {node.number: node.data for node in graph.nodes if node.operation == "constant"}
    gradients: dict[int, int] = {}
    for index, step in enumerate(log):
        if step.kind in ("seed", "contribution"):
            gradients[step.target] = index
        elif step.kind in ("input", "operation", "update"):
            data[step.node] = step.result
        for number in range(len(graph.nodes)):
            number_now, gradient = log.state(number, index)
            assert repr(number_now) == repr(data.get(number)), (number, index)
            assert (gradient and gradient.index) == gradients.get(number), (number, index)
    assert all(log.last_step(log[i].target) >= i for i in range(len(log)))


@pytest.mark.parametrize("where", [99, -99, "nobody", Value(1.0), None, 1.5, True])
def test_a_place_that_does_not_exist_is_an_error_that_says_what_does(where):
    x = Value(1.0)
    y = x * 2
    with pytest.raises(ArgumentError, match="expected"):
        steps(y).to(where)
    with pytest.raises(ArgumentError, match="expected"):
        steps(y).until(where)


def test_a_misspelt_name_is_answered_with_the_nearest_one_and_a_strange_one_with_a_few():
    x = [Value(1.0, name=f"weight{i}") for i in range(100)]
    film = steps(functions.total(x))
    with pytest.raises(ArgumentError, match=r"got 'wieght7' \(str\): did you mean 'weight7'\?$"):
        film.to("wieght7")
    with pytest.raises(ArgumentError, match=r"got 'zz' \(str\); the 101 names begin with weight0, weight1, weight2, weight3$"):
        film.to("zz")


@pytest.mark.parametrize("wrong", [3.0, "y", None, [Value(1.0)]])
def test_only_a_value_can_be_stepped_through(wrong):
    with pytest.raises(OperandError, match="expected a Value"):
        steps(wrong)


# Wrong orders

def test_depth_first_reads_b_too_early_on_the_smallest_program_that_breaks_it():
    a = Value(3.0)
    b = a + a
    c = b + b
    wrong, right = steps(c, order="depth-first"), steps(c)
    assert (wrong.gradient(a), right.gradient(a)) == (6.0, 4.0)
    first = wrong.until("premature")
    assert first.label == "b" and wrong.read_when(first.index) == "1 of 2"
    assert "reads the gradient of b when 1 of 2" in wrong.text() and "6, and should be 4" in wrong.text()


def test_a_wrong_order_is_written_beside_the_right_one():
    a = Value(3.0)
    b = a + a
    c = b + b
    lines = steps(c, order="depth-first").text().splitlines()
    place = lines.index("  depth-first  topological")
    assert lines[place + 1 : place + 7] == [
        "    c → b: 1     c → b: 1", "  ! b → a: 1     c → b: 2", "  ! b → a: 2     b → a: 2", "    c → b: 2     b → a: 4",
        "    b → a: 4", "    b → a: 6",
    ]


def test_breadth_first_is_right_there_and_breaks_on_a_way_round():
    a = Value(3.0)
    b = a + a
    c = b + b
    assert steps(c, order="breadth-first").gradient(a) == 4.0
    d = b + b * 3
    wrong = steps(d, order="breadth-first")
    assert wrong.gradient(a) == 2.0 and wrong.until("premature").label == "b"


@given(graphs(most=6), st.sampled_from(sorted(ORDERS)))
def test_a_wrong_order_on_a_tree_or_without_early_reads_is_said_to_be_right_only_if_it_is(y, order):
    log, right = Log(snapshot(y), order), Log(snapshot(y))
    if log.first_premature is None and "gives the right gradients" in verdict(log):
        for node in log.graph.nodes:
            if not node.parents:
                assert repr(log.gradient(node.number)) == repr(right.gradient(node.number))


def test_sums_that_differ_by_their_rounding_alone_are_not_called_wrong():
    x = Value(1.0)
    log = steps(functions.total([x * 0.1, x * 0.2, x * 0.3]), order="breadth-first")
    assert (log.first_premature, log.gradient(x), log.right.gradient(x)) == (None, 0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1)
    assert log.gradient(x) != log.right.gradient(x)
    assert verdict(log) == ("Breadth-first order adds the same contributions in another order here, and rounds in another way: "
                            "no gradient was read before its sum was complete.")
    assert unlike(log, log.graph.number("x"), log.right.gradient(x)) == ""


def test_numbers_that_are_wrong_in_their_last_digits_are_written_so_that_they_differ():
    a = Value(3.0)
    b = a * 1e-9 + a
    log = steps(b + b * 1e-12, order="breadth-first")
    wrong, right = (f"{one.gradient(a)!r}" for one in (log, log.right))
    assert short(float(wrong)) == short(float(right)) and f"the gradient of a: {wrong}, and should be {right}" in verdict(log)


def test_an_unknown_order_is_an_error_that_lists_the_orders():
    with pytest.raises(ArgumentError, match="topological, depth-first, breadth-first"):
        steps(Value(1.0), order="random")


def test_a_wrong_order_that_would_never_end_is_refused(monkeypatch):
    monkeypatch.setattr("autodiff.stepping.traversals.MOST", 10_000)
    x = Value(1.0)
    for _ in range(60):
        x = x + x
    with pytest.raises(ArgumentError, match="smaller"):
        steps(x, order="depth-first")


# Training

def test_training_steps_forward_error_gradients_and_update():
    w, x, target = Value(0.5), Value(2.0), 3.0
    prediction = w * x
    loss = (prediction - target) ** 2
    s = steps(loss, parameters=[w, Value(9.0)], rate=0.1, prediction=prediction)
    phases = [step.phase for step in s]
    assert sorted(set(phases), key=phases.index) == ["forward", "error", "backward", "update"]
    assert s[-1].result == 0.5 - 0.1 * s.gradient(w) and w.data == 0.5
    assert [step.operation for step in s if step.phase == "error"] == ["sub", "pow"]
    with pytest.raises(ArgumentError, match="finite number as the learning rate"):
        steps(loss, parameters=[w], rate=nan)


def test_a_parameter_that_stands_twice_moves_once_and_one_alone_is_no_list():
    w = Value(1.0)
    loss = (w * 2 - 1) ** 2
    assert [step.kind for step in steps(loss, parameters=[w, w])].count("update") == 1
    for wrong in (w, "w", 3.0):
        with pytest.raises(OperandError, match="expected a list of parameters, got"):
            steps(loss, parameters=wrong)
    with pytest.raises(ArgumentError, match="expected a Value, a name or a number from 0"):
        steps(loss, parameters=[w], prediction=99)


@pytest.mark.parametrize("given", [{"rate": 0.1}, {"prediction": 0}, {"prediction": [0]}, {"rate": 0.1, "prediction": 0}])
def test_a_rate_or_a_prediction_without_parameters_is_an_error_that_says_what_is_missing(given):
    with pytest.raises(ArgumentError, match=f"^steps: expected parameters .* got {next(iter(given))}=.*parameters=model.parameters"):
        steps(Value(1.0) * 2, **given)


@pytest.mark.parametrize("row, target", [((0.0, 0.0), 0), ((0.0, 1.0), 1), ((1.0, 0.0), 1), ((1.0, 1.0), 0)])
def test_the_update_is_what_sgd_does_bit_for_bit(row, target):
    model = autodiff.nn.MLP(2, [8, 1], activation="relu", output="sigmoid", seed=4)
    prediction = model(list(row))
    loss = autodiff.nn.losses.binary_crossentropy([target], [prediction])
    s = steps(loss, parameters=model.parameters(), rate=0.1, prediction=prediction)
    optimizer = autodiff.nn.SGD(model.parameters(), lr=0.1)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    updates = {step.node: step.result for step in s if step.phase == "update"}
    assert len(updates) == len(model.parameters()) == 33
    for parameter in model.parameters():
        assert bits(updates[s.graph.values[parameter]]) == bits(parameter.data)


def test_object_arrays_name_their_values():
    numpy = pytest.importorskip("numpy")
    grid = numpy.array([[Value(1.0), Value(2.0)]], dtype=object)
    y = grid[0, 0] * grid[0, 1]
    assert {"grid[0, 0]", "grid[0, 1]"} < {node.label for node in steps(y).graph.nodes}


# JSON

@given(graphs(), st.sampled_from(sorted(ORDERS)), st.booleans())
def test_json_and_back_is_the_same_log(y, order, held):
    log = Log(snapshot(y), order, held)
    text = to_json(log)
    again = log_from(text)
    assert again == log and to_json(again) == text
    assert [repr(step) for step in again] == [repr(step) for step in log]


def test_training_and_sources_survive_json():
    w = Value(0.5)
    y = (w * 2.0) ** 2
    s = steps(y, parameters=[w], rate=0.5)
    again = from_json(s.json())
    assert again == s and again[-1] == s[-1] and again.to("y").source == s.to("y").source


def test_a_tampered_file_is_refused_with_a_sentence():
    x = Value(2.0)
    y = x * x
    data = json.loads(steps(y).json())
    for spoil in [
        lambda d: d["steps"][-1].update(gradient_after=5.0), lambda d: d.update(version=2), lambda d: d.update(nodes=[]),
        lambda d: d["nodes"][1].update(parents=[1, 1]), lambda d: d["nodes"][1].update(operation="rm -rf"),
        lambda d: d["nodes"][1].update(slopes=[1.0]), lambda d: d["nodes"][0].update(data=None), lambda d: d.pop("steps"),
        lambda d: d.update(order="random"), lambda d: d.update(training=3), lambda d: d["nodes"][0].update(data=True),
        lambda d: d["nodes"][0].update(label=7), lambda d: d.update(training={"parameters": [9], "rate": 1, "prediction": []}),
    ]:
        spoiled = json.loads(json.dumps(data))
        spoil(spoiled)
        with pytest.raises(ArgumentError, match="expected"):
            from_json(json.dumps(spoiled))


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)).map(json.dumps))
def test_any_text_is_either_steps_or_an_argument_error(text):
    with pytest.raises(ArgumentError):
        from_json(text)


def test_deeply_nested_json_is_an_argument_error():
    with pytest.raises(ArgumentError):
        from_json("[" * 100_000)


# Text

@given(graphs())
def test_the_text_shows_every_step_and_no_control_character(y):
    text = steps(y).text()
    assert all(line.isprintable() for line in text.split("\n"))
    log = steps(y)
    body = text.split("\n")
    for step in log:
        assert any(line.strip().startswith(f"{step.index}  ") and str(step) in line for line in body)


@given(HOSTILE)
def test_printable_text_is_printable_and_plain_text_stays(text):
    assert printable(text).isprintable()
    assert printable("w0 = η·x") == "w0 = η·x"


def test_numbers_are_short_and_nothing_is_lost_on_the_way_to_a_reader():
    assert [short(x) for x in (0.1 + 0.2, -0.0, nan, -inf, 1e-300, 123456789.0, None)] == [
        "0.3", "-0", "nan", "-inf", "1e-300", "1.23457e+08", "nothing yet"]


# Size

@pytest.mark.parametrize("rounds", [2_000, pytest.param(50_000, marks=pytest.mark.slow)])
def test_a_log_is_linear_in_memory_and_lazy(rounds):
    x = Value(1.0)
    y = x
    for _ in range(rounds):
        y = y * 1.5 + x
    tracemalloc.start()
    log = steps(y)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(log.graph.nodes) == 3 * rounds + 1
    assert used < 1_000 * len(log.graph.nodes)
    assert log[len(log) // 2].index == len(log) // 2


@pytest.mark.slow
def test_a_chain_of_ten_thousand_is_written_in_one_go():
    y = Value(1.0)
    for _ in range(10_000):
        y = -y
    assert len(steps(y).text().splitlines()) == 20_002 + 4
    assert explain(y, every_node(y)[0]).count == 1


# The guide

def test_the_guides_code_runs_and_its_results_are_true(tmp_path, monkeypatch):
    from tests.test_docs import check_comments, python_blocks

    monkeypatch.chdir(tmp_path)    # it saves a page
    namespace = {}
    for block in python_blocks(Path(__file__).parent.parent / "docs" / "stepping.md"):
        check_comments(block, namespace)


@given(graphs())
@settings(max_examples=10)    # each is looked through once for every condition and node
def test_until_finds_what_a_look_at_every_step_finds(y):
    log = Log(snapshot(y), "depth-first")
    by_node = {n: lambda step, n=n: n in (step.node, step.parent) for n in (0, len(log.graph.nodes) - 1)}
    for key, meets in (CONDITIONS | by_node).items():
        cursor, found = Cursor(log), []
        while (step := cursor.until(key)) is not None:
            found.append(step.index)
        assert found == [step.index for step in log if meets(step)], key


def test_a_condition_that_does_not_hold_reads_as_it_was_written_and_what_gets_nothing_says_so():
    x, w = Value(4.0), Value(1.0)
    y = functions.where(x < 3, x, 0.0) + w * 0.0
    log = steps(y)
    step = log.until("blocked")
    assert str(step).endswith("where did not select it, the local derivative where(0, 1, blocked) is blocked here.") and log.gradient(x) is None
    assert log.text().endswith("Gradients: x 0 (nothing arrives), w 0")
