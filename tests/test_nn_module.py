"""Modules: finding, naming, reading and writing parameters wherever they stand."""

import math
import subprocess
import sys

import pytest

from autodiff import Value, nn
from autodiff.errors import ArgumentError, OperandError


class Tree(nn.Module):
    """Parameters in every kind of place."""

    def __init__(self):
        self.scale = Value(2.0, name="mine")
        self.rows = [[Value(1.0)], (Value(2.0), Value(3.0))]
        self.by_name = {"head": nn.Neuron(1, seed=1)}
        self.again = self.scale
        self.label = "not a parameter"
        self.last = self.scale * 2  # a result that is kept


def test_parameters_are_found_in_lists_tuples_dicts_and_modules_each_once():
    assert [name for name, _ in Tree().named_parameters()] == [
        "scale", "rows[0][0]", "rows[1][0]", "rows[1][1]", "by_name['head'].w[0]", "by_name['head'].b",
    ]  # fmt: skip


def test_a_module_that_knows_its_parent_is_walked_once():
    child, parent = nn.Module(), nn.Module()
    child.parent, child.w, parent.child, parent.v = parent, Value(1.0), child, Value(2.0)
    assert [name for name, _ in parent.named_parameters()] == ["child.w", "v"]


def test_a_name_that_the_user_gave_stays_until_name_parameters_is_asked_for():
    tree = Tree()
    assert tree.scale.name == "mine"
    tree.name_parameters()
    assert [p.name for p in tree.parameters()] == [name for name, _ in tree.named_parameters()]


def test_zero_grad_sets_every_gradient_to_zero():
    model = nn.MLP(2, [3, 1], "tanh", seed=1)
    model([1, 2]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [0.0] * 13


def test_a_state_dict_restores_a_network_bit_for_bit():
    first, second = nn.MLP(2, [3, 1], seed=1), nn.MLP(2, [3, 1], seed=2)
    second.load_state_dict(first.state_dict())
    assert second.state_dict() == first.state_dict()
    assert second([0.1, 0.2]).data == first([0.1, 0.2]).data


def test_a_state_dict_is_a_copy_that_training_does_not_change():
    model = nn.Neuron(1, seed=1)
    state = model.state_dict()
    model.b.data = 5.0
    assert state["b"] == 0.0


@pytest.mark.parametrize("change, error, sentence", [
    (lambda s: s.pop("b"), ArgumentError, r"1 missing name \('b'\) for Neuron, whose parameters are 'w\[0\]',"),
    (lambda s: s.update(c=1.0), ArgumentError, r"1 unknown name \('c'\) for Neuron"),
    (lambda s: s.update({"b": "x"}), OperandError, r"load_state_dict, b: expected .* real number.* got 'x' \(str\)"),
])
def test_a_wrong_state_dict_is_refused_and_changes_nothing(change, error, sentence):
    neuron = nn.Neuron(2, seed=1)
    before, state = neuron.state_dict(), {name: 9.0 for name in neuron.state_dict()}
    change(state)
    with pytest.raises(error, match=sentence):
        neuron.load_state_dict(state)
    assert neuron.state_dict() == before


def test_a_state_that_is_no_dict_is_refused():
    with pytest.raises(ArgumentError, match=r"expected a dict of numbers by name, got \[1.0\] \(list\)"):
        nn.Neuron(1).load_state_dict([1.0])


def test_the_printed_form_of_a_module_shows_what_it_is_made_of():
    class Net(nn.Module):
        def __init__(self):
            self.hidden, self.scale, self.rest = nn.Layer(2, 3), Value(1.0), [Value(2.0)]

    assert repr(Net()) == (
        "Net(\n  hidden=Layer(2, 3, 'relu')\n  scale=Value(data=1.0, grad=0.0)\n  rest=list of 1 with 1 parameter\n)"
    )
    assert repr(nn.Module()) == "Module()"


def test_a_module_that_knows_its_parent_prints_it_once():
    child, parent = nn.Module(), nn.Module()
    child.parent, child.w, parent.child = parent, Value(1.0), child
    assert repr(parent) == "Module(\n  child=Module(\n    parent=Module(…)\n    w=Value(data=1.0, grad=0.0)\n  )\n)"


def test_modules_nested_deeper_than_the_stack_are_walked_and_printed_as_far_as_one_reads():
    outer = innermost = nn.Module()
    for _ in range(3000):
        innermost.inner = nn.Module()
        innermost = innermost.inner
    innermost.w = Value(2.0)
    assert outer.parameters() == [innermost.w] and len(list(outer.modules())) == 3001
    assert repr(outer).count("\n") == 39 + 1 and "Module(…)" in repr(outer)


def test_a_deep_nest_of_modules_prints_with_indentation():
    outer, inner = nn.Module(), nn.Module()
    outer.inner, inner.w = inner, Value(math.pi)
    assert repr(outer) == "Module(\n  inner=Module(\n    w=Value(data=3.141592653589793, grad=0.0)\n  )\n)"


TRAIN = """
import sys
from autodiff import nn
model = nn.MLP(2, [2, 1], seed=1)
optimizer = nn.Adam(model.parameters())
nn.losses.mean_squared_error([1.0], [model([1.0, 2.0])]).backward()
optimizer.step()
print([name for name in ("numpy", "autodiff.compiled") if name in sys.modules], sorted(set(nn.__all__) - set(dir(nn))))
nn.Sequential, nn.data.xor()
print("numpy" in sys.modules)
"""


def test_neurons_learn_without_numpy_which_comes_with_what_works_on_arrays():
    found = subprocess.run([sys.executable, "-c", TRAIN], capture_output=True, text=True, check=True)
    assert found.stdout == "[] []\nTrue\n"


def test_every_name_of_nn_is_found_and_no_other():
    assert all(getattr(nn, name) is not None for name in [*nn.__all__, "idx"])
    with pytest.raises(AttributeError, match=r"module 'autodiff.nn' has no attribute 'Sequentail'"):
        nn.Sequentail
