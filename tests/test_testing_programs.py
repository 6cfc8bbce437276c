"""Programs: what is drawn is well defined, shares nodes, prints as it runs, and shrinks to the smallest."""

import math
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import Phase, find, given, seed, settings
from hypothesis import strategies as st


from autodiff import Value, functions
from autodiff.errors import ArgumentError
from autodiff.numbers import FLOATS
from autodiff.ops import TABLE
from autodiff.testing import Program, Step, adapter_for, inputs_for, programs, values
from autodiff.testing.engines.detect import ours
from autodiff.testing.draw.straight_line import read_program
from autodiff.testing.draw.edge_cases import at_kink, is_within
from autodiff.testing.draw.strategies import OPERATIONS, is_sound

NAMES = vars(functions) | {"Value": Value, "abs": abs}
quiet = settings(database=None, max_examples=2000)


@given(programs())
def test_a_program_is_well_defined_everywhere(program):
    assert is_sound(program)


@given(programs())
def test_what_a_program_prints_computes_the_same(program):
    scope = dict(NAMES)
    exec(program.source("Value"), scope)
    y, gradient = ours().gradient(program)
    assert scope["y"].data == y
    names = str(program).split(" = ")[0].split(", ")
    assert [scope[name].grad for name in names] == gradient


@given(programs())
def test_a_recorded_program_is_the_one_that_ran(program):
    pool = ours().run(program)
    again = read_program(pool[-1], pool[: len(program.inputs)])
    assert again.value(FLOATS) == program.value(FLOATS)
    assert read_program(ours().run(again)[-1], ours().run(again)[:0]).value(FLOATS) == program.value(FLOATS)


@pytest.mark.slow
def test_operands_repeat_so_that_interior_nodes_are_shared():
    def shares(program):
        return any(count > 1 for place, count in program.users().items() if place >= len(program.inputs))

    shared = find(programs(), shares, settings=quiet)
    assert len(shared.inputs) == 1 and len(shared.steps) == 2


@pytest.mark.slow
def test_a_failing_program_shrinks_to_the_smallest():
    smallest = find(programs(), lambda p: any(step.op == "tanh" for step in p.steps), settings=quiet)
    assert str(smallest) in ("a = 0.0\ny = tanh(a)", "a = 1.0\ny = tanh(a)")  # 1, where atanh asked for a tanh


def test_only_the_operations_asked_for_are_drawn():
    @given(programs(operations=["mul", "log"]))
    def check(program):
        assert {step.op for step in program.steps} <= {"mul", "log"}

    check()


def test_a_misspelt_operation_is_named():
    with pytest.raises(ArgumentError, match="'tahn'"):
        find(programs(operations=["tahn"]), lambda p: True, settings=quiet)


@pytest.mark.parametrize(
    ("strategy", "sentence"),
    [
        (programs(operations=[]), "expected the name of one operation or more, got none"),
        (programs(operations="mul"), r"expected a list of operations, such as \['mul'\], got 'mul'"),
        (programs(inputs=[1.0]), r"expected a strategy of inputs, such as st.just\(\(0.5,\)\), got \[1.0\]"),
        (programs(inputs=st.just(())), r"expected inputs to draw one float or more, got \(\)"),
        (inputs_for("nosuch"), "inputs_for: expected an operation of the table or a program, got 'nosuch'"),
        (inputs_for(3), "inputs_for: expected an operation of the table or a program, got 3"),
    ],
)
def test_what_cannot_be_drawn_is_told(strategy, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        find(strategy, lambda drawn: True, settings=quiet)


@pytest.mark.slow
@pytest.mark.parametrize("start", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_every_operation_has_its_turn(start):
    drawn = Counter()

    @seed(start)
    @settings(database=None, max_examples=400, phases=[Phase.generate])
    @given(programs())
    def count(program):
        drawn.update({step.op for step in program.steps})

    count()
    assert set(drawn) >= set(OPERATIONS) - {"pos"} and max(drawn.values()) < 160, drawn


def test_inputs_can_be_given():
    @given(programs(inputs=st.just((0.5, 0.25))))
    def check(program):
        assert set(program.inputs) <= {0.5, 0.25}

    check()


@given(st.data(), st.sampled_from([name for name in OPERATIONS if name != "where"]))
def test_inputs_for_an_operation_lie_in_its_domain(data, name):
    xs = data.draw(inputs_for(name))
    assert is_within(TABLE[name], xs) or any(x != x for x in xs)


@pytest.mark.parametrize("name", ["relu", "floor"])
def test_inputs_for_an_operation_hit_its_kinks(name):
    xs = find(inputs_for(name, special=False), lambda xs: at_kink(TABLE[name], xs), settings=quiet)
    assert is_within(TABLE[name], xs)


@given(inputs_for("maximum", kinks=False))
def test_kinks_can_be_left_out(xs):
    assert xs[0] != xs[1]


@given(st.data(), programs())
def test_inputs_for_a_program_suit_it(data, program):
    xs = data.draw(inputs_for(Program((0.0,), (Step("exp", (0,)),)), special=False))
    assert len(xs) == 1 and math.isfinite(xs[0])


@pytest.mark.parametrize("special", [-0.0, math.inf, 5e-324, 709.78])
def test_values_hold_the_special_numbers(special):
    sign = math.copysign(1, special)
    found = find(values(), lambda v: v.data == special and math.copysign(1, v.data) == sign, settings=quiet)
    assert isinstance(found, Value)


@given(...)
def test_hypothesis_knows_values_by_their_type(value: Value):
    assert type(value) is Value


def test_strategies_have_short_names():
    assert repr(programs()) == "programs()" and repr(values()) == "values()"


@pytest.mark.slow
def test_hypothesis_prints_a_failing_program_as_assignments():
    @quiet
    @given(programs(operations=["neg", "add"]))
    def check(program):
        assert len(program.steps) < 2

    with pytest.raises(AssertionError) as caught:
        check()
    told = "\n".join(caught.value.__notes__)
    assert "program=<program a = 0.0; y = -(-a)>" in told or "program=<program a = 0.0; y = --a>" in told, told


def test_parentheses_are_written_only_where_they_are_needed():
    steps = (Step("add", (0, 1)), Step("pow", (2, 2.0)), Step("neg", (3,)), Step("sub", (0, 4)), Step("div", (5, -2.0)))
    assert str(Program((1.0, 2.0), steps)) == "a, b = 1.0, 2.0\ny = (a - -(a + b) ** 2.0) / -2.0"


def test_a_program_of_methods_prints_methods():
    program = Program((1.0,), (Step("relu", (0,)), Step("neg", (1,))))
    assert program.source("Value", methods={"relu"}) == "a = Value(1.0)\ny = -a.relu()\ny.backward()"


def test_steps_that_do_not_matter_are_pruned():
    program = Program((1.0, 2.0), (Step("exp", (1,)), Step("neg", (0,))))
    assert program.prune() == Program((1.0,), (Step("neg", (0,)),))
    assert program.prune(inputs=False) == Program((1.0, 2.0), (Step("neg", (0,)),))


def test_an_engine_without_gradients_is_refused_with_the_way_out():
    with pytest.raises(ArgumentError, match="backward"):
        adapter_for(type("V", (), {"__init__": lambda self, x: setattr(self, "data", x), "grad": 0.0}))


def test_a_program_runs_over_anything():
    program = Program((2.0, 3.0), (Step("mul", (0, 1)), Step("tanh", (2,)), Step("sub", (1.0, 3))))
    assert program.run({"tanh": math.tanh}) == 1.0 - math.tanh(6.0)
    assert program.run({"tanh": lambda x: x}, [Fraction(1, 2), Fraction(1, 3)], Fraction) == Fraction(5, 6)
    with pytest.raises(ArgumentError, match="needs tanh; pass {'tanh': a function}"):
        program.run()
    with pytest.raises(ArgumentError, match="has 2 inputs, got 1"):
        program.run({"tanh": math.tanh}, [2.0])
