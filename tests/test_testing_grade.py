"""`autodiff grade`: exit codes, formats, and engines that cannot be run; nothing is left running."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autodiff.testing.conform.command import main
from autodiff.testing.conform.grade import ROOT, grade
from autodiff.testing.conform.watch import PROCESSES

VALUE = """
class Value:
    def __init__(self, data):
        self.data, self.grad, self.made = float(data), 0.0, ()

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data)
        out.made = (self, 1.0), (other, 1.0)
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data)
        out.made = (self, other.data), (other, self.data)
        return out

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        %s
"""
RIGHT = """order, stack, seen = [], [(self, False)], set()
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack.extend((x, False) for x, _ in node.made)
        for node in order:
            if node.made:
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(order):
            for x, slope in node.made:
                x.grad += slope * node.grad"""
WRONG = """self.grad += 1.0
        for x, slope in self.made:
            x.grad += slope * self.grad"""

SOME = ["values", "local derivatives", "sums"]  # what is examined where the question is whether anything can be


@pytest.fixture
def engine(tmp_path):
    """Write an engine's file; the target to grade."""

    def write(text, name="engine.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf8")
        return f"{path}:Value"

    return write


def test_a_right_engine_exits_with_0(engine, capsys):
    assert main(["grade", engine(VALUE % RIGHT), "--examples", "20"]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith(": 21 of 24 properties hold, 3 do not apply")


def test_a_wrong_engine_exits_with_1_and_is_told(engine, capsys):
    assert main(["grade", engine(VALUE % WRONG), "--examples", "20"]) == 1
    assert "1. backward stops at the operands of the output" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("import no_such_module", "cannot be imported: ModuleNotFoundError: No module named 'no_such_module'"),
        ("def broken(:", "cannot be imported: SyntaxError"),
        ("class V: pass", "engine.py has no Value; its classes are V"),
        ("Value = 3", r"expected the class of an engine's values, got 3 \(int\)"),
        ("class Value:\n    def __init__(self, x): self.data = x; self.grad = 0", "Value has no method named backward"),
        ("import sys; sys.exit('bye')", r"it calls sys.exit\('bye'\)"),
        ("import os; os._exit(3)", "it ended by itself with status 3, while it was imported"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "it was killed by SIGSEGV"),
        ("class Value:\n    def __init__(self, data):\n        while True: pass\n    def backward(self): pass", "Value.2.0. does not come to its end"),
        (VALUE % "self.huge = [0.0] * 10**10", "it takes more than 1024 MB of memory"),
    ],
)
def test_an_engine_that_cannot_be_run_exits_with_2_and_says_why(engine, text, sentence, capsys):
    assert main(["grade", engine(text), "--seconds", "2"]) == 2
    assert re.search("cannot be run: .*" + sentence, capsys.readouterr().out)


def test_a_file_that_cannot_be_read_is_told_with_its_line(engine):
    assert grade(engine("x = 1\nprint('x'").removesuffix(":Value")).cannot.endswith("; engine.py cannot be read: '(' was never closed, line 2")
    functions = "def add(a, b): return a[0] + b[0], [a, b]\ndef mul(a, b): return a[0] * b[0], [a, b]\n"
    assert "for functions (add, mul)" in grade(engine(functions).removesuffix(":Value")).cannot


@pytest.mark.parametrize(("target", "sentence"), [("engine.py", "there is no file engine.py"), ("no.py:Value", "there is no file no.py")])
def test_a_target_that_is_none_is_told(target, sentence):
    assert sentence in grade(target).cannot


@pytest.mark.slow
def test_nothing_is_left_running(engine, tmp_path):
    mark = f"mark-{os.getpid()}"
    child = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', '{mark}'], start_new_session=True)\n"
    assert grade(engine(child + "time.sleep(600)"), seconds=1).exit_code == 2
    assert mark not in subprocess.run(["ps", "-ef"], capture_output=True, text=True, check=True).stdout


NEWER = """
    def show[T](self, other: T):
        try:
            return f"{f"{self.data}"}"
        except ValueError, TypeError:
            return 1 if
"""


def test_what_ends_the_process_in_a_pass_is_an_error_and_a_method_that_cannot_be_read_is_left_out(engine):
    found = grade(engine(VALUE % "import os; os._exit(3)" + NEWER), examples=5, properties=["values", "local derivatives"])
    assert found.report is not None
    assert found.report.sentences[0] == "backward does not work: RuntimeError: it calls os._exit(3)"
    assert found.report.notes[1].startswith("left out, because Python 3.") and found.report.notes[1].endswith("cannot read it: show")


ORPHAN = """
import os, time
if not os.fork():
    os.setsid()
    if not os.fork():
        os.execve("/bin/sleep", ["sleep", "271.%d"], {})
    os._exit(0)
time.sleep(0.3)
"""


@pytest.mark.slow
@pytest.mark.skipif(not PROCESSES.is_dir(), reason="needs Linux")
@pytest.mark.parametrize("end", ["", "os._exit(3)\n", *(pytest.param(end, marks=pytest.mark.slow) for end in ("while True: pass\n", "os.kill(os.getpid(), 9)\n"))])
def test_an_orphan_in_a_session_of_its_own_without_an_environment_is_ended(engine, end):
    found = grade(engine(ORPHAN % os.getpid() + end + VALUE % RIGHT), seconds=3, examples=5, properties=SOME)
    assert found.report is not None and bool(found.report.notes) == bool(end)
    assert f"sleep 271.{os.getpid()}" not in subprocess.run(["ps", "-ef"], capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(not PROCESSES.is_dir(), reason="needs Linux")
def test_nothing_is_left_running_when_the_grading_is_interrupted(engine, tmp_path):
    target = engine(ORPHAN % os.getpid() + "open('started', 'w').close()\ntime.sleep(600)\n")
    grading = subprocess.Popen([sys.executable, "-m", "autodiff.testing.conform.command", "grade", target], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)})
    while not (tmp_path / "started").exists():
        time.sleep(0.05)
    grading.kill()
    grading.wait()
    for _ in range(100):
        left = subprocess.run(["ps", "-ef"], capture_output=True, text=True, check=True).stdout
        if f"sleep 271.{os.getpid()}" not in left and "autodiff.testing.conform.worker" not in left:
            return
        time.sleep(0.1)
    raise AssertionError(left)


def test_an_engine_that_ends_its_watcher_is_told(engine):
    assert grade(engine("import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(600)")).cannot == (
        "it ended the process that watches it, while it was imported")  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not PROCESSES.is_dir(), reason="needs Linux")
def test_the_limit_is_of_memory_in_use_and_names_its_option(engine):
    reserve = "import mmap\nroom = mmap.mmap(-1, 3 * 2**30)\n"  # 3 GB of addresses, of which nothing is used
    assert grade(engine(reserve + VALUE % RIGHT), examples=5, memory=512, properties=SOME).report is not None
    use = "import time\nused = b'1' * (300 * 2**20)\ntime.sleep(600)\n"
    told = grade(engine(use), memory=256).cannot
    assert told == "it takes more than 256 MB of memory; if it may, use --memory with a larger number (while it was imported)"


@pytest.mark.slow
def test_jax_is_graded_within_the_usual_limits(engine):
    pytest.importorskip("jax")
    found = grade(engine("from autodiff.testing import engines\nValue = engines.jax()\n"), examples=20, seconds=300)
    assert found.exit_code == 0, found.cannot


def test_a_file_that_is_no_module_by_its_name_is_told(engine):
    assert grade(engine(VALUE % RIGHT, "a.b.py")).cannot == "'a.b' has a dot in its name, and so is no module: rename it"


def test_what_the_engine_prints_does_not_reach_the_report(engine):
    target = engine("print('{', end='')\nimport os\nos.write(1, b'noise')\n" + VALUE % RIGHT)
    done = subprocess.run([sys.executable, "-m", "autodiff.testing.conform.command", "grade", target, "--format", "json", "--examples", "5", "--properties", ",".join(SOME)],
                          capture_output=True, text=True, cwd=Path(__file__).parent.parent, check=False)
    assert json.loads(done.stdout)["holds"] is True


def test_an_engine_in_a_package_can_use_its_neighbours(engine, tmp_path):
    engine("", "course/__init__.py")
    engine("START = 0.0", "course/start.py")
    text = (VALUE % RIGHT).replace("float(data), 0.0", "float(data), START")
    assert grade(engine("from .start import START\n" + text, "course/engine.py"), examples=5, properties=SOME).exit_code == 0


def test_an_adapter_in_the_file_can_be_graded(engine):
    text = "from autodiff.testing import adapter_for\n" + (VALUE % RIGHT).replace("self.grad", "self.g") + "\nValue = adapter_for(Value, grad='g')\n"
    assert grade(engine(text), examples=5, properties=SOME).report is not None


@pytest.mark.slow
def test_junit_and_gradescope_reports_are_written_to_files(engine, tmp_path, capsys):
    target, file = engine(VALUE % WRONG), tmp_path / "results.json"
    assert main(["grade", target, "--format", "gradescope", "--points", "sums=10", "--output", str(file), "--examples", "5"]) == 1
    told = {each["name"]: each for each in json.loads(file.read_text())["tests"]}
    assert (told["sums"]["score"], told["sums"]["max_score"], told["values"]["score"]) == (0, 10, 1)
    assert main(["grade", target, "--format", "junit", "--output", str(file), "--examples", "5"]) == 1
    assert int(ElementTree.parse(file).getroot().get("failures")) >= 1


@pytest.mark.parametrize("form", ["json", "junit", "gradescope"])
def test_every_format_can_say_that_an_engine_cannot_be_run(form, capsys):
    assert main(["grade", "no.py:Value", "--format", form]) == 2
    written = capsys.readouterr()
    assert "there is no file no.py" in written.out and "there is no file no.py" in written.err
    (ElementTree.fromstring if form == "junit" else json.loads)(written.out)


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (["--points", "style=3"], "expected NAME=NUMBER with a name among values, "),
        (["--seconds", "-1"], "expected a positive number, got '-1'"),
        (["--memory", "lots"], "expected a positive number, got 'lots'"),
    ],
)
def test_an_option_that_cannot_be_used_is_told(option, sentence, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["grade", "engine.py:Value", *option])
    assert stopped.value.code == 2 and sentence in capsys.readouterr().err


def test_grade_is_a_command_of_autodiff(engine, capsys):
    from autodiff.cli import main as autodiff

    assert autodiff(["grade", "no.py:Value"]) == 2
    assert "there is no file no.py" in capsys.readouterr().out


@pytest.mark.slow
def test_what_was_found_before_the_time_was_up_is_reported(engine, tmp_path, capsys):
    slow = (VALUE % RIGHT).replace("out.made = (self, other", "sum(range(2_000_000)); out.made = (self, other")
    text = slow.replace("__radd__, __rmul__", "def exp(self):\n        return self\n\n    __radd__, __rmul__")
    assert main(["grade", engine(text), "--seconds", "4", "--examples", "5"]) == 1
    out = capsys.readouterr().out
    assert re.search("it did not finish within 4 s, while '.*' was examined; what was found until then", out)
    assert "`exp(a)` gives" in out and "tails, kinks" in out and "was not reached" in out


@pytest.mark.slow
def test_what_does_not_come_to_its_end_is_told_and_the_rest_examined(engine):
    spins = "def exp(self):\n        while True: pass\n\n    __radd__, __rmul__"
    report = grade(engine((VALUE % RIGHT).replace("__radd__, __rmul__", spins)), examples=5, seconds=6).report
    assert [each.sentence for each in report.findings if each.accuses] == ["`exp(a)` does not work: TimeoutError: it does not come to its end"]
    report = grade(engine(VALUE % "while True: pass"), examples=5, seconds=6).report
    assert report.sentences == ["backward does not work: TimeoutError: it does not come to its end"]


@pytest.mark.slow
@pytest.mark.parametrize("code", [
    "import no_such_thing", "import sys; sys.exit(3)", "import os; os._exit(4)", *(pytest.param(code, marks=pytest.mark.slow) for code in (
        "while True: pass", "raise ValueError('lost')", "input()", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')")),
])  # fmt: skip
def test_what_a_file_does_when_it_is_imported_does_not_keep_it_from_being_graded(engine, code):
    found = grade(engine(VALUE % RIGHT + "\n" + code), seconds=6, examples=5, properties=SOME)
    assert found.exit_code == 0 and found.report.notes[0].startswith("only the definitions of engine.py were run, because ")


def test_newer_syntax_is_left_out(engine):
    text = "type Number = int | float\n" + (VALUE % RIGHT).replace("class Value:", "class Value[T]:")
    found = grade(engine(text), examples=5, properties=SOME)
    assert found.exit_code == 0 and "SyntaxError" in found.report.notes[0]


@pytest.mark.slow
def test_the_one_class_with_a_backward_pass_is_found(engine, tmp_path):
    engine("class Other: pass", "notes.py")
    engine(VALUE % RIGHT, "hw1.py")
    assert grade(str(tmp_path), examples=5, properties=SOME).exit_code == 0
    engine(VALUE % RIGHT, "hw2.py")
    assert "hw1.py:Value, hw2.py:Value" in grade(str(tmp_path)).cannot
    assert grade(str(tmp_path), examples=5, files=["hw2*"], properties=["sums"]).report.headline.endswith("1 of 1 properties hold")


def test_the_code_of_a_notebook_is_graded(tmp_path):
    (tmp_path / "helpers.py").write_text("one = 1.0")
    cells = ["%matplotlib inline\n!pip install x\nimport helpers", VALUE % RIGHT.replace("1.0", "helpers.one"), "%%bash\nls", "Value?", "x = Value(2.0)\nx"]
    notebook = {"cells": [{"cell_type": "code", "source": text.splitlines(True)} for text in cells]}
    (tmp_path / "My work 1.2.ipynb").write_text(json.dumps(notebook))
    found = grade(str(tmp_path / "My work 1.2.ipynb"), examples=5, properties=SOME)
    assert found.exit_code == 0 and not found.report.notes
    (tmp_path / "none.ipynb").write_text("{}")
    assert "none has" in grade(str(tmp_path / "none.ipynb")).cannot


def test_the_functions_of_an_engines_package_are_examined(engine, tmp_path):
    engine("from .value import Value\nfrom .more import exp", "lab/__init__.py")
    target = engine(VALUE % RIGHT, "lab/value.py")
    engine("import math\nfrom .value import Value\n\ndef exp(a):\n    out = Value(math.exp(a.data))\n    out.made = ((a, a.data),)\n    return out", "lab/more.py")
    first = grade(target, examples=5, properties=SOME).report.findings[0]
    assert first.sentence == "`exp`: its local derivative along a comes out as `a`, and should be `exp(a)`"
    assert first.line == "more.py, line 6: out.made = ((a, a.data),)"


@pytest.mark.slow
def test_a_course_has_a_stable_total_and_its_exit_code(engine, tmp_path):
    totals = set()
    for text in (VALUE % RIGHT, VALUE % WRONG, "import os; os._exit(3)"):
        file = tmp_path / "deep" / "results.json"
        assert main(["grade", engine(text), "--format", "gradescope", "--output", str(file), "--exit-zero", "--points", "sums=5", "--examples", "5"]) == 0
        totals.add(sum(each["max_score"] for each in json.loads(file.read_text())["tests"]))
    assert totals == {28}


def test_the_autograder_is_a_zip_of_two_scripts(tmp_path):
    import zipfile

    file = tmp_path / "hw.zip"
    assert main(["grade", "engine.py:Value", "--gradescope-zip", str(file), "--properties", "values,sums", "--file", "hw*.py", "--points", "sums=3"]) == 0
    with zipfile.ZipFile(file) as archive:
        script = archive.read("run_autograder").decode()
        assert "/autograder/submission:Value" in script and "--properties values,sums" in script and "--points sums=3" in script
        assert archive.getinfo("setup.sh").external_attr >> 16 == 0o755


def test_each_property_of_an_engine_that_cannot_be_run_is_a_case_of_junit(capsys):
    assert main(["grade", "no.py:Value", "--format", "junit", "--properties", "values,sums"]) == 2
    suite = ElementTree.fromstring(capsys.readouterr().out)
    assert [case.get("name") for case in suite] == ["values", "sums"]


def test_a_missing_extra_is_named(monkeypatch, engine):
    monkeypatch.setattr("autodiff.testing.conform.grade.find_spec", lambda name: None)
    assert grade(engine(VALUE % RIGHT)).cannot == "grading needs hypothesis; run: pip install 'autodiff-scalar[testing]'"
