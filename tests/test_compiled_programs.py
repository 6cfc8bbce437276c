"""Programs from files: what the checker lets through prints, and is written as code that does nothing else."""

import ast
import copy
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import test_compiled_roll as rolling
from autodiff import compile, logsumexp, tanh, where
from autodiff.compiled import check, codegen as emit, from_json, to_json
from autodiff.compiled.ir.program import Guard, Instruction, Program
from autodiff.errors import ArgumentError


def programs_of(function, arguments):
    """All programs that a function of numbers becomes, and that of its gradient."""
    found = []
    for target in ("math", "numpy"):
        compiled = compile(function, target)
        compiled.value_and_grad(*arguments)
        found += compiled._recordings.latest.programs.values()
    return found


def bent(x, y):
    return tanh(x) * logsumexp(x, y, 1.0) if x > y else where(x > 0, x, y % 2.0)


POINT = np.random.default_rng(0).normal(size=27).tolist()
PROGRAMS = programs_of(bent, [0.5, 0.25]) + programs_of(bent, [0.5, 0.75])
for head in rolling.HEADS.values():
    PROGRAMS += programs_of(lambda *v: head(rolling.network([3, 6], None)(v[:3], v[3:])), POINT)
TEXTS = [to_json(program) for program in PROGRAMS]
JUNK = [None, -1, 0, 1, 10**30, 1.5, True, "", "x", "tanh", "view", "relu?0", "div'9", "where'0", "x\n    import os", "\x1b[31m", [], [0],
        [[0, [1]], [2]], [[]], ["view", [0, []], []], {}, {"float": "nan"}, {"float": "abc"}, {"float": [1]}, {"a": 1}]  # fmt: skip


def paths(tree, path=()):
    """Every place in a tree of lists and dicts."""
    for key, branch in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*path, key)
        yield from paths(branch, (*path, key))


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_every_program_that_is_made_passes_the_checker_and_comes_back_from_its_file(program):
    assert from_json(to_json(program)) == check(program) == program


@pytest.mark.slow
@given(st.sampled_from(TEXTS), st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(JUNK)), min_size=1, max_size=2))
@settings(max_examples=300, deadline=None)
def test_a_spoilt_program_is_refused_or_prints_and_compiles_and_runs_nothing_else(text, changes):
    body = json.loads(text)
    for number, junk in changes:
        places = list(paths(body))
        *way, last = places[number % len(places)] if places else ("outputs",)
        tree = body
        for key in way:
            tree = tree[key]
        tree[last] = copy.deepcopy(junk)
    try:
        program = from_json(json.dumps(body))
    except ArgumentError as error:
        assert str(error).startswith("program: ")
        return
    assert all(char.isprintable() or char == "\n" for char in str(program))
    for node in ast.walk(ast.parse(emit.source({"value": program}, "numpy"))):
        assert not isinstance(node, ast.Import) and getattr(node, "module", None) in (None, "numpy")


X = Instruction("input", name="x")


@pytest.mark.parametrize(("instructions", "guards", "message"), [
    ([X], [Guard(0, True, "here")], "a guard that compares"),
    ([X, Instruction(">", (0, 0))], [Guard(1, 1, "here")], "a guard that compares"),
    ([X, Instruction(">", (0, 0))], [Guard(1, True, "here\n    import os")], "a line of text as the place"),
    ([X, Instruction("exp", (0,), shape=(2,))], [], "expected the shape .., got .2,."),
    ([X, Instruction("exp", (0,), detail=1)], [], "expected nothing else"),
    ([X, Instruction("stack", (0, 0), shape=(3,))], [], "expected the shape .2,., got .3,."),
    ([X, Instruction("view", (0,), detail=(1, ()))], [], "leaves its operand, of 1 numbers"),
    ([X, Instruction("contract", (0, 0), detail=",->a")], [], "a result of the operands' letters"),
    ([X, Instruction("tanh'7", (0, 0, 0))], [], "no such slope"),
    ([Instruction("input", name="class")], [], "no identifier"),
    ([X, X], [], "is taken"),
])  # fmt: skip
def test_what_is_wrong_is_said(instructions, guards, message):
    with pytest.raises(ArgumentError, match=f"program: .*{message}"):
        check(Program(tuple(instructions), (0,), tuple(guards)))


def test_a_program_without_results_is_a_function_that_returns_none_of_them():
    guarded = Program((X, Instruction(">", (0, 0))), (), (Guard(1, False, "here"),))
    for target in ("math", "numpy"):
        assert emit.functions(emit.source({"value": Program((X,), ())}, target), "none")["value"](1.0) == ()
        assert emit.functions(emit.source({"value": guarded}, target), "none")["value"](1.0)[0]
