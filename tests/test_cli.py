"""The command line: what each command prints, and that bad input is one sentence and exit code 2."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st

import autodiff
from autodiff.cli import main
from autodiff.commands.subject import log_of, program_of
from autodiff.render.steps.link import pack
from autodiff.render.steps.stepper import from_json, steps_in

NEURON = ["tanh(w*x + b)", "w=0.5", "x=2", "b=-1"]


@pytest.fixture
def program(tmp_path):
    def write(text, name="program.py"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return str(path)
    return write


def test_the_version_says_which_engine_the_installation_got(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"autodiff {autodiff.__version__}; the engine is {autodiff.engine}\n"


def test_step_prints_the_steps(capsys):
    assert main(["step", *NEURON]) == 0
    out = capsys.readouterr().out
    assert "y = tanh(v4) = tanh(0) = 0." in out and out.endswith("Gradients: w 2, x 0.5, b 1\n")


def test_step_watches_and_takes_wrong_orders(capsys):
    assert main(["step", "(a + a) + (a + a)", "a=3", "--order", "depth-first", "--watch", "a"]) == 0
    assert "Depth-first order" in capsys.readouterr().out


def test_in_a_terminal_keys_step_and_without_rich_it_is_text(capsys, monkeypatch):
    from autodiff.errors import MissingExtraError
    asked = []
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("autodiff.render.steps.terminal.step_through", lambda *given: asked.append(given[1:]))
    assert main(["step", *NEURON, "--watch", "w"]) == 0 and main(["step", *NEURON, "--quiz"]) == 0
    assert asked == [([0], False), ([], True)] and capsys.readouterr().out == ""
    assert main(["step", *NEURON, "--text"]) == 0 and "Gradients" in capsys.readouterr().out

    def absent(*given):
        raise MissingExtraError("the terminal stepper needs rich")

    monkeypatch.setattr("autodiff.render.steps.terminal.step_through", absent)
    assert main(["step", *NEURON]) == 0
    caught = capsys.readouterr()
    assert "needs rich; here are the steps as text" in caught.err and "Gradients" in caught.out
    monkeypatch.setenv("TERM", "dumb")
    assert main(["step", *NEURON]) == 0 and "Gradients" in capsys.readouterr().out


@pytest.mark.parametrize("suffix", ["html", "json", "txt"])
def test_step_saves_pages_data_and_text(tmp_path, capsys, suffix):
    path = tmp_path / f"steps.{suffix}"
    assert main(["step", *NEURON, "-o", str(path), "--quiz", *(["--focus", "w"] if suffix == "html" else [])]) == 0
    assert capsys.readouterr().out.strip() == str(path) and path.stat().st_size > 500
    if suffix == "json":
        assert from_json(path.read_text()).gradient("w") == 2.0


def test_a_node_may_be_named_by_its_number_and_a_file_by_any_name(tmp_path, capsys):
    path = tmp_path / "\x1b[31mred.html"
    assert main(["step", *NEURON, "-o", str(path), "--focus", "2", "--depth", "1", "--watch", "0"]) == 0
    assert capsys.readouterr().out.strip().isprintable() and path.exists()
    assert main(["explain", *NEURON, "--of", "0"]) == 0 and "d y / d w = 2" in capsys.readouterr().out


def test_an_expression_may_begin_with_a_minus(capsys):
    assert main(["step", "-x", "x=-2"]) == 0 and main(["explain", "-(x*x)", "x=2"]) == 0
    assert "d y / d x = -4" in capsys.readouterr().out


def test_explain_tells_of_every_input_or_of_one(capsys):
    assert main(["explain", *NEURON]) == 0
    assert capsys.readouterr().out.count("d y / d") == 3
    assert main(["explain", *NEURON, "--of", "w", "--most", "1"]) == 0
    assert capsys.readouterr().out.startswith("d y / d w = 2")


def test_explain_draws_its_paths(tmp_path, capsys):
    assert main(["explain", "a*b + a", "a=2", "b=3", "--of", "b", "-o", str(tmp_path / "why.dot")]) == 0
    assert capsys.readouterr().out.startswith("d y / d b = 2") and "digraph" in (tmp_path / "why.dot").read_text()


def test_draw_prints_or_saves_the_graph(tmp_path, capsys):
    assert main(["draw", "a*b", "a=2", "b=3"]) == 0
    assert "grad" in capsys.readouterr().out
    assert main(["draw", "a*b", "a=2", "b=3", "-o", str(tmp_path / "g.dot")]) == 0
    assert "digraph" in (tmp_path / "g.dot").read_text()


def test_a_large_graph_is_drawn_in_part_and_a_model_by_its_layers(program, capsys, tmp_path):
    path = program("""
        from autodiff import Value, nn
        model = nn.MLP(20, [20, 20, 1], seed=1)
        y = model([float(i) for i in range(20)])
        x = long = Value(1.0)
        for i in range(600): long = long * 1.001
    """)
    assert main(["draw", f"{path}:y"]) == 0 and len(capsys.readouterr().out.splitlines()) < 500
    assert main(["draw", f"{path}:y", "--collapse", "layer"]) == 0 and len(capsys.readouterr().out.splitlines()) < 80
    assert main(["explain", f"{path}:y", "--of", "layers[0].neurons[0].w[0]", "-o", str(tmp_path / "y.dot")]) == 0
    capsys.readouterr()
    assert main(["draw", f"{path}:long"]) == 0 and "599 operations" in capsys.readouterr().out
    assert main(["draw", f"{path}:long", "--collapse", "none"]) == 2
    err = capsys.readouterr().err
    assert "601 boxes" in err and "--focus node, --depth 3" in err and "--max-nodes 601" in err and "=" not in err
    assert main(["draw", f"{path}:long", "--depth", "3", "--collapse", "none"]) == 0 and len(capsys.readouterr().out.splitlines()) < 8
    assert main(["draw", f"{path}:long", "--focus", "x", "--radius", "1"]) == 0 and "data 1 " in capsys.readouterr().out
    assert main(["draw", f"{path}:long", "--max-nodes", "1000", "--collapse", "none"]) == 0 and len(capsys.readouterr().out.splitlines()) > 600


def test_a_program_of_ones_own_is_stepped_with_its_names_and_lines(program, capsys):
    path = program("""
        from autodiff import Value
        import sys
        assert __name__ == "__main__" and sys.argv[0].endswith("program.py")
        w = Value(2.0)
        def square(v):
            return v * v  # in the function
        loss = square(w - 1)
    """)
    assert main(["step", f"{path}:loss"]) == 0
    out = capsys.readouterr().out
    assert "loss = v2 * v2" in out and "program.py:7: return v * v  # in the function" in out and "w 2" in out


def test_a_function_of_a_program_is_called_for_its_value(program, capsys):
    path = program("from autodiff import Value\ndef loss():\n    x = Value(3.0, name='x')\n    return x * x\n")
    assert main(["step", f"{path}:loss"]) == 0
    assert "Gradients: x 6" in capsys.readouterr().out


def test_the_variables_of_a_function_name_its_values_and_its_result_is_called_after_it(program, capsys):
    program("factor = 2.0\n", "late_neighbour_of_program.py")
    path = program("""
        from autodiff import Value
        import sys
        sys.path.append("a change that stays in the program")
        class model:
            def loss():
                from late_neighbour_of_program import factor
                w = Value(3.0)
                scaled = w * factor
                return scaled * scaled
    """)
    before = list(sys.path)
    assert main(["step", f"{path}:model.loss"]) == 0 and sys.path == before and sys.getprofile() is None
    out = capsys.readouterr().out
    assert "scaled = w * 2" in out and "model.loss() = scaled * scaled" in out and "w 24" in out


def test_a_program_is_compiled_by_its_own_rules_alone(program, capsys):
    path = program("def f(x: int): pass\nassert f.__annotations__['x'] is int\nfrom autodiff import Value\ny = Value(1.0) * 2\n")
    assert main(["step", f"{path}:y"]) == 0, capsys.readouterr().err


def test_a_program_may_import_its_neighbours(program, capsys):
    program("from autodiff import Value\nx = Value(4.0)\n", "neighbour_of_program.py")
    path = program("from neighbour_of_program import x\ny = x * 2\n")
    assert main(["step", f"{path}:y"]) == 0 and "Gradients: x 2" in capsys.readouterr().out


MICRO = """
    from autodiff import Value
    import random
    random.seed(42)
    class Neuron:
        def __init__(self, n): self.w = [Value(random.uniform(-1, 1)) for _ in range(n)]; self.b = Value(0)
        def __call__(self, x): return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).relu()
    class Layer:
        def __init__(self, n, m): self.neurons = [Neuron(n) for _ in range(m)]
        def __call__(self, x): out = [n(x) for n in self.neurons]; return out[0] if len(out) == 1 else out
    class MLP:
        def __init__(self, n, sizes): self.layers = [Layer(a, b) for a, b in zip([n] + sizes, sizes)]
        def __call__(self, x):
            for layer in self.layers: x = layer(x)
            return x
    model = MLP(2, [4, 1])
    loss = sum((1 + -yi * model(xi)).relu() for xi, yi in [([1.0, 2.0], 1), ([-1.0, 0.5], -1)]) * (1.0 / 2)
"""
MICROGPT = """
    from autodiff import Value
    import random
    random.seed(1)
    matrix = lambda n, m: [[Value(random.gauss(0, 0.5)) for _ in range(m)] for _ in range(n)]
    state = {'wte': matrix(5, 4), 'wq': matrix(4, 4), 'wk': matrix(4, 4), 'wv': matrix(4, 4), 'head': matrix(5, 4)}
    linear = lambda x, w: [sum(wi * xi for wi, xi in zip(row, x)) for row in w]
    def softmax(logits):
        top = max(v.data for v in logits)
        exps = [(v - top).exp() for v in logits]
        total = sum(exps)
        return [e / total for e in exps]
    def rmsnorm(x):
        return [xi * (sum(v * v for v in x) / len(x) + 1e-5) ** -0.5 for xi in x]
    keys, values, losses = [], [], []
    for token, target in [(0, 2), (2, 4)]:
        x = rmsnorm(state['wte'][token])
        q, k, v = (linear(x, state[m]) for m in ('wq', 'wk', 'wv'))
        keys.append(k); values.append(v)
        scores = softmax([sum(a * b for a, b in zip(q, key)) / 2.0 for key in keys])
        x = [xi + sum(s * v[i] for s, v in zip(scores, values)) for i, xi in enumerate(x)]
        losses.append(-softmax(linear(x, state['head']))[target].log())
    loss = sum(losses) / len(losses)
"""


@pytest.mark.parametrize("text, named", [(MICRO, "model.layers[0].neurons[0].w[0]"), (MICROGPT, "state['head'][0][0]")])
def test_programs_of_micrograd_and_microgpt_step_as_they_are(program, capsys, tmp_path, text, named):
    path = program(text)
    assert main(["step", f"{path}:loss"]) == 0
    out = capsys.readouterr().out
    assert named in out and "program.py:" in out
    assert main(["step", f"{path}:loss", "-o", str(tmp_path / "loss.html"), "--focus", "loss", "--depth", "3"]) == 0


@pytest.mark.parametrize("what, values", [
    (NEURON[0], NEURON[1:]), ("1 / 0 * y + f", ["y=-0.0", "f=nan"]), (" where(tanh > 0, tanh(tanh), pi)", ["tanh=-inf"]),
])  # fmt: skip
def test_the_program_of_an_expression_computes_the_same_steps(what, values):
    options = argparse.Namespace(what=what, values=values)
    names = {}
    exec(program_of(options), names)
    ours, again = ([(step.kind, repr(step.result), repr(step.gradient_after)) for step in log]
                   for log in (log_of(options), steps_in(names, names["y"])))  # fmt: skip
    assert ours == again and len(ours) > 4


def test_a_saved_page_links_to_a_playground_with_the_program(program, tmp_path):
    path, page = program("# -*- coding: utf-8 -*-\nfrom autodiff import Value\nloss = Value(2.0, name='ß') ** 2\n"), tmp_path / "steps.html"
    for what, text in [(NEURON, program_of(argparse.Namespace(what=NEURON[0], values=NEURON[1:]))), ([f"{path}:loss"], Path(path).read_text(encoding="utf-8"))]:
        assert main(["step", *what, "-o", str(page), "--playground", "../play/index.html"]) == 0
        assert f"../play/index.html#tab=step\\u0026program={pack(text)}" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments, says", [
    (["step", "x +", "x=1"], "expected an expression"),
    (["step", "tanh(w*x)", "w=1"], "expected a value for x"),
    (["step", "x", "x=1", "z=2"], "one for z as well"),
    (["step", "f(x)", "x=1"], "no function 'f'"),
    (["step", "1 + 2"], "expected an expression with names"),
    (["step", "x", "x"], "expected NAME=NUMBER"),
    (["step", "x", "x=one"], "expected NAME=NUMBER, such as w=0.5, got 'x=one'"),
    (["step", "x", "x=1", "x=1"], "expected one value for x, got 1 and 1"),
    (["step", "x", "x=nan", "x=2"], "expected one value for x, got nan and 2"),
    (["step", "x", "1x=2"], "expected NAME=NUMBER"),
    (["step", "x", "x=1", "--watch", "nobody"], "expected the name of a node"),
    (["step", "x", "x=1", "-o", "steps.exe"], ".html, .json, .txt"),
    (["step", "x", "x=1", "-o", "/no/such/folder/steps.html"], "make the folder first"),
    (["step", "x", "x=1", "-o", "steps.html", "--focus", "nobody"], "expected the name of a node"),
    (["step", "x", "x=1", "-o", "steps.html", "--focus", "x", "--depth", "-1"], "depth of 0 or more"),
    (["step", "x", "x=1", "--quiz"], "expected a terminal"),
    (["step", "no_such_file.py:loss"], "which is not there"),
    (["step", "program.py:loss", "x=1"], "expected no values for a program"),
    (["explain", "x", "x=1", "--of", "z"], "expected the name of a node"),
    (["explain", "x", "x=1", "--most", "-1"], "0 or more"),
    (["quiz", "--level", "9"], "from 1 to 5"),
    (["quiz", "--count", "0"], "at least one question"),
    (["quiz", "--answers"], "--worksheet FILE"),
    (["draw", "x", "x=1", "-o", "graph.exe"], "expected"),
    (["draw", "x", "x=1", "--focus", "z"], "expected the name of a node"),
    (["draw", "x", "x=1", "--depth", "-1"], "depth: expected a whole number"),
    (["draw", "x", "x=1", "--collapse", "much"], "collapse: expected"),
    (["step", "x", "x=1", "--focus", "x"], "--focus: expected with --save FILE.html"),
    (["step", "x", "x=1", "--playground", "index.html"], "--playground: expected with --save FILE.html"),
    (["step", "x", "x=1", "-o", "steps.html", "--playground", "javascript:alert(1)"], "playground: expected an address"),
])  # fmt: skip
def test_bad_input_is_a_sentence_and_exit_code_2(capsys, arguments, says):
    assert main(arguments) == 2
    caught = capsys.readouterr()
    assert caught.err.startswith("autodiff: ") and says in caught.err and caught.err.count("\n") == 1 and caught.out == ""


@pytest.mark.parametrize("text, name, says", [
    ("x = (", "loss", "line 1 is not a Python program: '(' was never closed"),
    ("\nx = 1 / 0", "loss", "line 2 ended with ZeroDivisionError: division by zero"),
    ("import sys; sys.exit(3)", "loss", "ended with SystemExit: 3"),
    ("from autodiff import Value\ny = Value(1.0)", "loss", "expected a value called loss in program.py, as in program.py:y; it makes y"),
    ("x = 3", "loss", "it makes no Value of autodiff"),
    ("loss = 3.0", "loss", "to be a Value of autodiff, got 3.0 (float)"),
    ("def loss(x): return x", "loss", "ended with TypeError"),
    ("def loss(): return 'a'", "loss", "got 'a' (str)"),
    ("from autodiff import Value\nloss = Value(1.0)", None, "expected the name of a value in program.py, as in program.py:loss"),
    ("class Value: pass\nloss = Value()", "loss", "to be a Value of autodiff, got <"),
    ("raise ValueError('two\\nlines \\x1b[31m')", "loss", "ValueError: two lines \\x1b[31m"),
    ("\0", "loss", "is not a Python program: source code string cannot contain null bytes"),
    ("x = " + "-" * 100_000 + "1", "loss", "is not a Python program"),
    ("import sys; sys.path = []; 1 / 0", "loss", "ZeroDivisionError"),
    ("class Odd(BaseException):\n def __str__(self): raise self\nraise Odd", "loss", "ended with "),
    ("class Mute(Exception):\n def __str__(self): raise ValueError\nraise Mute", "loss", "line 3 ended with Mute"),
    ("raise GeneratorExit", "loss", "line 1 ended with GeneratorExit"),
    ("import sys\nfrom autodiff import Value\nloss = Value(1.0) * 2\nsys.stdout = open(__file__)\nsys.stdout.close()", "loss", "has closed it"),
    ("model = 3", "model.loss", "ended with AttributeError: 'int' object has no attribute 'loss'"),
    ("loss = 3", "loss+1", "expected the name of a value after program.py:, such as loss, got 'loss+1'"),
    ("loss = 3", " ", "expected the name of a value after program.py:"),
])  # fmt: skip
def test_a_program_without_a_value_is_a_sentence_and_exit_code_2(program, capsys, text, name, says):
    path = program(text)
    assert main(["step", f"{path}:{name}" if name else path]) == 2
    err = capsys.readouterr().err
    assert says in err and "Traceback" not in err and err.count("\n") == 1 and err[:-1].isprintable()


@pytest.mark.parametrize("arguments", [[], ["fly"], ["step"], ["step", "x", "x=1", "--order", "random"], ["quiz", "--seed", "x"]])
def test_usage_errors_are_exit_code_2_too(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2 and "usage:" in capsys.readouterr().err


def test_what_is_missing_is_said_and_nothing_else(capsys):
    with pytest.raises(SystemExit):
        main(["step"])
    assert capsys.readouterr().err.endswith("autodiff step: error: the following arguments are required: EXPRESSION\n")


OPTIONS = ("--", "-", "--quiz", "--watch", "--order", "--no-such", "=", "x", "x=1", "\x1b[31m", "\n", "\u2028", "9" * 5000)
TEXTS = st.text(st.characters(exclude_characters="\0"), max_size=12)  # no argument can hold a 0
ARGUMENTS = TEXTS | st.lists(st.sampled_from(OPTIONS) | TEXTS, max_size=3).map("".join)


# A busy machine draws slowly, and reads the tables of Unicode first.
@given(ARGUMENTS, st.lists(ARGUMENTS, max_size=2))
@example("x", ["x=1", "--\x1b[31m"])
@example("x", ["x=1", "--watch", "9" * 5000])
def test_no_text_makes_a_traceback(capsys, what, values):
    try:
        code = main(["step", what, *values])
    except SystemExit as ended:
        code = ended.code
    caught = capsys.readouterr()
    assert code in (0, 2) and "Traceback" not in caught.err
    assert all(line.isprintable() for line in caught.err.splitlines() if line.startswith("autodiff: "))


def test_a_reader_that_stops_early_is_no_error(program):
    path = program("from autodiff import Value\ny = x = Value(1.0)\nfor i in range(5000): y = y + x\n")
    process = subprocess.Popen([sys.executable, "-m", "autodiff.cli", "step", f"{path}:y"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": "utf-8"})  # fmt: skip
    assert process.stdout.readline().startswith(b"Steps of y")
    process.stdout.close()
    assert process.stderr.read() == b"" and process.wait(60) == 0
    process.stderr.close()


def test_a_terminal_that_knows_only_ascii_is_no_error():
    done = subprocess.run([sys.executable, "-m", "autodiff", "step", *NEURON], capture_output=True,
                          env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"})  # fmt: skip
    assert done.returncode == 0 and b"y = tanh(v4)" in done.stdout and done.stderr == b""


def test_a_quiz_reads_answers_from_its_input_and_worksheets_are_written(tmp_path, capsys, monkeypatch):
    replies = iter(["91", "92", "93", "94"])  # each question is asked twice
    monkeypatch.setattr("builtins.input", lambda prompt="": next(replies))
    assert main(["quiz", "--seed", "1", "--count", "2"]) == 0
    assert "0 of 2 right." in capsys.readouterr().out
    assert main(["quiz", "--worksheet", str(tmp_path / "w.html"), "--answers", "--seed", "1"]) == 0
    data = (tmp_path / "w.html").read_text().split('id="data">')[1].split("</script>")[0]
    assert len(json.loads(data)["answers"]) == 10
