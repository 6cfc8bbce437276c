"""Names of the caller's variables, in every view; never those of IPython's history or of the library's own objects."""

import subprocess
import sys

import pytest

from autodiff import Value, draw, explain, formula, nn, steps, tanh
from autodiff.errors import OperandError
from autodiff.frames import caller, calling_line
from autodiff.names import names_in


def titles(drawing):
    return [node.title for node in drawing.picture.nodes]


def test_every_view_calls_a_value_as_the_program_does():
    w, x = Value(0.5), Value(2.0)
    y = tanh(w * x)
    assert titles(draw(y)) == ["w", "x", "*", "y: tanh"]
    assert formula(y).text == "y = tanh(w * x)" and formula(y).latex.startswith("y = ")
    assert str(explain(y, w)).startswith("d y / d w")
    assert steps(y).graph.root.label == "y"


def test_a_values_own_name_goes_before_that_of_a_variable():
    w = Value(0.5, name="weight")
    y = w * 2.0
    assert titles(draw(y)) == ["weight", "y: * 2"] and formula(y).text == "y = weight * 2"


def test_names_that_are_given_replace_those_of_the_caller():
    w = Value(0.5)
    y = w * 2.0
    assert titles(draw(y, names={w: "k"})) == ["k", "* 2"] and titles(draw(y, names={})) == ["input", "* 2"]
    assert formula(y, names={w: "k"}).text == "y = k * 2"


def test_the_history_of_ipython_names_nothing():
    x = Value(2.0)
    history = {3: x}
    space = {"Out": history, "_oh": history, "In": ["", "x"], "_": x, "_3": x, "__": x}
    assert names_in(space, {x: 0}) == {}
    assert names_in({**space, "rate": x}, {x: 0}) == {x: "rate"}
    assert names_in({"Out": [x]}, {x: 0}) == {x: "Out[0]"}, "without IPython it is a name as any other"


def test_what_the_librarys_objects_hold_has_no_name_from_them():
    a = Value(3.0)
    y = a * a
    space = {"film": steps(y), "why": explain(y, a), "written": formula(y), "optimizer": nn.SGD([a])}
    assert names_in(space, {a: 0, y: 0}) == {}


def test_a_model_names_what_it_holds():
    class Net(nn.Module):
        def __init__(self):
            self.rate = Value(0.5)

    net = Net()
    assert names_in({"net": net}, {net.rate: 0}) == {net.rate: "net.rate"}


def test_a_name_that_no_program_writes_is_none():
    x = Value(1.0)
    assert names_in({"@py_assert1": x, "_x": x}, {x: 0}) == {}


def test_the_caller_is_the_innermost_frame_outside_the_library():
    assert caller().f_code.co_name == "test_the_caller_is_the_innermost_frame_outside_the_library"
    filename, line = calling_line()
    assert filename == __file__ and line > 0


def test_a_notebook_cell_as_ipython_runs_it_names_its_variables():
    pytest.importorskip("IPython")
    program = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell()\n"
        "shell.run_cell('from autodiff import Value, draw, explain, steps, formula; a = Value(3.0); a * a', store_history=True)\n"
        "shell.run_cell('y = a * a + a', store_history=True)\n"
        "shell.run_cell('print([n.title for n in draw(y).picture.nodes], formula(y), explain(y, a).label)', store_history=True)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "['a', '*', 'y: +'] y = a * a + a a" in run.stdout


def test_a_value_that_only_the_shell_of_a_notebook_still_holds_has_no_name():
    pytest.importorskip("IPython")
    program = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell()\n"
        "shell.run_cell('from autodiff import Value, draw, formula; shell = get_ipython(); Value(5.0)', store_history=True)\n"
        "shell.run_cell('q = _ * 3', store_history=True)\n"
        "shell.run_cell('print([n.title for n in draw(q).picture.nodes], formula(q))', store_history=True)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "['input', 'q: * 3'] q = x1 * 3" in run.stdout


def test_the_command_line_draws_with_the_names_of_the_program(tmp_path, capsys):
    from autodiff.cli import main
    program = tmp_path / "neuron.py"
    program.write_text("from autodiff import Value, tanh\nw, x = Value(0.5), Value(2.0)\nact = tanh(w * x)\n")
    assert main(["draw", f"{program}:act"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].startswith("act: tanh") and "─ w  data" in out and "v2" not in out


def test_a_model_or_a_function_in_place_of_a_value_gets_the_way():
    model = nn.MLP(2, [1], seed=1)
    with pytest.raises(OperandError, match=r"a model has a graph once it has run, so give what it gives, as in draw\(model\(row\)\)"):
        draw(model)
    with pytest.raises(OperandError, match="a function has a graph once it has run"):
        draw(tanh)


def test_a_star_import_leaves_pythons_compile_alone():
    space = {}
    exec("from autodiff import *", space)
    assert "compile" not in space and "draw" in space
