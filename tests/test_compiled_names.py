"""Nothing of a caller's becomes source: names are data, registers are numbered, and one door checks what is run."""

import ast
import builtins
import inspect
import os
import re
import subprocess
import sys
import traceback

import numpy as np
import pytest

import autodiff  # noqa: F401
from autodiff import Value, compile, tanh
from autodiff.compiled import codegen, from_json, to_json
from autodiff.compiled.codegen.preamble import words
from autodiff.compiled.ir.program import Guard, Instruction, Program
from autodiff.door import define, expression
from autodiff.errors import ArgumentError, ForeignCodeError

AWKWARD = ["class", "None", "True", "def", "a b", "a\nb", "a\n    import os", "", "1", "__class__", "__builtins__", "__import__",
           "self", "args", "function", "held", "exp", "tanh", "value", "value_and_grad", "numpy", "table_0", "x_0", "x_1", "d_x_0",
           "d_a", "mul_1", "captured", "share", "ﬁ", "𝐱", "é", "\x1b[31m", "a'b\"c", "a#b", "a;b", "a=1", "*", "{", "%s", "\\",
           "x=__import__('os').mkdir('pwned')", "x):\n    import os; os.mkdir('pwned')\ndef f(y"]  # fmt: skip
TARGETS = [None, "math", "numpy", "jax.numpy"]
EVIL = "__import__('os').mkdir('pwned')"


@pytest.fixture(autouse=True)
def nothing_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    assert not os.listdir(tmp_path)


@pytest.fixture(params=TARGETS, ids=str)
def target(request):
    if request.param:
        pytest.importorskip(request.param)
    return request.param


def words_of(source):
    return {word for node in ast.walk(ast.parse(source)) for word in
            (getattr(node, "id", None), getattr(node, "arg", None), getattr(node, "name", None)) if word}  # fmt: skip


@pytest.mark.parametrize("name", AWKWARD)
def test_any_name_works_as_a_keyword_whether_it_is_used_or_not(name, target):
    unused = compile(lambda a, **kw: a * 2, target)
    assert unused.value_and_grad(1.0, **{name: 2.0}) == (2.0, {"a": 2.0, name: 0.0})
    used = compile(lambda a, **kw: tanh(a) + kw[name] * 3.0, target)
    value, gradient = used.value_and_grad(0.0, **{name: 2.0})
    assert (value, gradient) == (6.0, {"a": 1.0, name: 3.0})
    assert from_json(to_json(used.program)) == used.program
    if target != "math":
        rows = used.value_and_grad(np.zeros(2), **{name: np.array([1.0, 2.0])})
        assert np.asarray(rows[0]).tolist() == [3.0, 6.0] and np.asarray(rows[1][name]).tolist() == [3.0, 3.0]


@pytest.mark.parametrize("name", AWKWARD)
def test_no_word_of_the_source_is_the_callers(name, target):
    f = compile(lambda **kw: sum(tanh(x) for x in kw.values()), target)
    f.value_and_grad(**{name: 0.5, name + "zzz": 1.5})
    made = re.compile(r"([a-z]\w*_)?[a-z]+\d*_\d+(_\d+)?", re.ASCII)
    assert all(made.fullmatch(word) or word in words() or word in ("axis", "dtype") for word in words_of(f.source))


def test_names_that_unicode_folds_together_stay_apart(target):
    f = compile(lambda **kw: kw["ﬁ"] * 2 + kw["fi"] * 3, target)
    assert f.value_and_grad(**{"ﬁ": 1.0, "fi": 10.0}) == (32.0, {"ﬁ": 2.0, "fi": 3.0})


def test_many_awkward_names_at_once(target):
    f = compile(lambda **kw: sum((i + 1.0) * x for i, x in enumerate(kw.values())), target)
    value, gradient = f.value_and_grad(**{name: 1.0 for name in AWKWARD})
    assert gradient == {name: i + 1.0 for i, name in enumerate(AWKWARD)}


def test_a_file_name_does_not_reach_the_source(target):
    space = {}
    exec(builtins.compile("def f(x):\n    return x if x > 0 else -x\n", f"a\n    {EVIL}\n#.py", "exec"), space)
    f = compile(space["f"], target)
    assert f(2.0) == 2.0 and from_json(to_json(f.program)) == f.program and EVIL not in f.source


@pytest.mark.parametrize("name", AWKWARD)
def test_a_function_and_a_value_may_be_called_anything(name, target):
    def f(x):
        return x * captured

    captured = Value(3.0, name=name)
    f.__name__ = name
    assert compile(f, target).value_and_grad(2.0) == (6.0, (3.0,))


@pytest.mark.parametrize("target", ["numpy.\nimport os", "os; import sys", "numpy; " + EVIL, "jax.numpy\n", "class", "", ".numpy",
                                    "numpy.class", "numpy.x y", "ｎumpy", "numpy.__import__('os')"])  # fmt: skip
def test_a_target_is_the_name_of_a_module_or_refused(target):
    with pytest.raises(ArgumentError, match="target"):
        compile(lambda x: x, target)(1.0)


@pytest.mark.parametrize("name", [name for name in AWKWARD if name])
def test_a_saved_program_runs_nothing_of_its_names(name, target):
    body = (Instruction("input", name="x"), Instruction("tanh", (0,), name=name), Instruction(">", (0, 1)))
    program = Program(body, (1,), (Guard(2, True, EVIL),))
    try:
        program = from_json(to_json(program))
    except ArgumentError as error:
        assert "identifier" in str(error)
    write = getattr(codegen.source, "__wrapped__", codegen.source)  # without the check of all programs that tests build
    source = write({"value": program}, target or "numpy")
    assert EVIL not in source and (name in ("tanh", "x_0", "value", "held") or name not in words_of(source))
    assert float(codegen.functions(source, "saved", target or "numpy")["value"](0.0)[0]) == 0.0


# The door

@pytest.mark.parametrize("text", [
    EVIL, "x_0 = " + EVIL, "import os", "from os import mkdir", "open('f')", "x_0 = ().__class__.__bases__", "eval('1')", "exec('1')",
    "compile('1', '', 'eval')", "globals()", "x_0 = lambda y: y.__init__", "class x_0: pass", "def x_0(y=open): pass",
    "async def x_0(): pass", "with x_0: pass", "try:\n    pass\nfinally:\n    pass", "x_0 = f'{open}'", "global x_0", "del x_0",
    "@open\ndef x_0(): pass", "x_0 = (yield)", "x_0 = sum(x, key=1)", "x_0.system('ls')", "__builtins__", "x_0 = __name__", "a\0b",
    "raise x_0", "assert x_0", "x_0 = {open: 1}", "ｏpen('f')", "x_0: open = 1", "from numpy import *", "getattr(x, 'y')", "(" * 500,
])  # fmt: skip
def test_the_door_refuses_what_no_writer_of_ours_writes(text):
    with pytest.raises(ForeignCodeError):
        define(text, "test", modules={"numpy"})
    with pytest.raises(ForeignCodeError):
        expression(text, "a, b", "test", {"exp": None})


def test_each_text_is_shown_where_it_runs():
    f, g = compile(lambda x: tanh(x) * x, "math"), compile(lambda x: x / x, "math")
    f(1.0), g(1.0)
    functions = [each._recordings.latest.functions["value"] for each in (f, g)]
    assert "tanh" in inspect.getsource(functions[0]) and "divide" in inspect.getsource(functions[1])
    assert len({function.__code__.co_filename for function in functions}) == 2


def test_each_method_of_the_python_engine_shows_its_own_source():
    program = """
import inspect, autodiff
for name in ("exp", "log", "sqrt", "tanh", "relu", "sigmoid"):
    assert f"def {name}(self):" in inspect.getsource(getattr(autodiff.Value, name))
    assert f"def {name}(" in inspect.getsource(getattr(autodiff, name))
"""
    environment = os.environ | {"AUTODIFF_ENGINE": "python"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


def test_a_traceback_shows_the_line_of_the_program():
    f = compile(lambda x: tanh(x) * x, "numpy")
    f(np.ones(2))
    try:
        f._recordings.latest.functions["value"]("text")
    except Exception as error:
        assert "tanh(x_0)" in "".join(traceback.format_exception(error))
    else:
        raise AssertionError("tanh of a text")


def test_programs_that_are_gone_leave_no_source_behind():
    import gc
    import linecache

    def texts():
        gc.collect()
        return sum(name.startswith("<autodiff") for name in linecache.cache)

    before = texts()
    for number in range(20):
        compile(lambda x: x * float(number) + 1.0)(2.0)
    assert texts() <= before + 1
