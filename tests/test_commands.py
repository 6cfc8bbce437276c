"""What `python3 demos` and `python3 tests` do with their arguments, and the promises of conftest.py."""

import ast
import importlib.util
import random
import socket
from pathlib import Path

import conftest
import pytest

ROOT = Path(__file__).resolve().parent.parent


def load_command(folder):
    """Import the __main__.py of a folder under another name, so that it does not run."""
    spec = importlib.util.spec_from_file_location(f"{folder}_command", ROOT / folder / "__main__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def runs(monkeypatch):
    """The commands that would have been run, as lists of arguments; the one whose name holds "broken" fails."""
    commands = []

    def record(arguments, extras):
        commands.append(arguments)
        return 3 if any("broken" in argument for argument in arguments) else 0
    monkeypatch.setattr("bootstrap.run", record)
    return commands


@pytest.fixture
def demos(tmp_path, monkeypatch, runs):
    module = load_command("demos")
    for name in ["xor", "chain_rule", "broken", "_private", "__main__"]:
        (tmp_path / f"{name}.py").write_text(f'"""Show {name}.\n\nMore.\n"""\n')
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    return module


# python3 demos

def stems(runs):
    return [Path(arguments[0]).stem for arguments in runs]


def test_demos_without_arguments_run_the_main_job(demos, runs):
    assert demos.main([]) == 0
    assert stems(runs) == ["chain_rule", "xor"]


def test_a_demo_has_the_extras_that_it_alone_needs(demos, monkeypatch):
    asked = []
    monkeypatch.setattr("bootstrap.run", lambda arguments, extras: asked.append(extras) or 0)
    (demos.FOLDER / "digits.py").touch()
    assert demos.main(["digits"]) == demos.main(["xor"]) == 0
    assert "data" in asked[0] and "data" not in asked[1]
    assert set(demos.MORE) <= {path.stem for path in DEMOS}


def test_one_demo_is_run_with_its_own_arguments(demos, runs):
    assert demos.main(["xor", "--epochs", "10"]) == 0
    assert runs == [[str(demos.FOLDER / "xor.py"), "--epochs", "10"]]


def test_all_demos_run_the_main_job_first_and_stop_at_a_failure(demos, runs):
    (demos.FOLDER / "zoo.py").touch()
    assert demos.main(["--all"]) == 3
    assert stems(runs) == ["chain_rule", "xor", "broken"]


def test_the_list_shows_each_demo_with_the_first_line_of_its_docstring(demos, runs, capsys):
    assert demos.main(["--list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "chain_rule  Show chain_rule.", "xor         Show xor.", "broken      Show broken."]
    assert runs == []


def test_an_unknown_demo_is_answered_with_the_nearest_name_and_all_names(demos, runs, capsys):
    assert demos.main(["chain-rul"]) == 2
    said = capsys.readouterr().err
    assert "got 'chain-rul': did you mean `python3 demos chain_rule`?" in said
    assert said.endswith("There are: chain_rule, xor, broken.\n")
    assert runs == []


DEMOS = sorted(path for path in (ROOT / "demos").glob("*.py") if not path.stem.startswith("_"))


@pytest.mark.parametrize("path", DEMOS, ids=lambda path: path.stem)
def test_a_demo_is_a_cell_script_with_a_docstring_and_a_main_that_it_calls(path):
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert ast.get_docstring(tree)
    assert "# %%" in source
    assert "main" in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert "__name__ == \"__main__\"" in source


# python3 tests

def test_arguments_of_tests_go_to_pytest_unchanged(runs):
    assert load_command("tests").main(["tests/test_value.py", "-k", "shared", "--slow"]) == 0
    assert runs == [["-m", "pytest", "tests/test_value.py", "-k", "shared", "--slow"]]


def test_coverage_is_measured_then_reported(runs):
    assert load_command("tests").main(["-x", "--coverage"]) == 0
    assert runs == [["-m", "coverage", "run", "-m", "pytest", "-x"], ["-m", "coverage", "combine", "--quiet"],
                    ["-m", "coverage", "report"]]  # fmt: skip


def test_a_failed_test_fails_the_run_even_if_coverage_is_high(runs):
    assert load_command("tests").main(["--coverage", "tests/broken.py"]) == 3


@pytest.mark.parametrize("ci, has_jax", [("true", True), ("", False)])
def test_ci_installs_every_optional_part(monkeypatch, ci, has_jax):
    monkeypatch.setenv("CI", ci)
    assert ("jax" in load_command("tests").extras()) is has_jax


# conftest.py

def test_a_test_cannot_reach_another_machine():
    with socket.socket() as far, pytest.raises(RuntimeError, match="reached for '192.0.2.1'"):
        far.connect(("192.0.2.1", 80))
    with pytest.raises(RuntimeError, match="reached for 'example.org'"):
        socket.getaddrinfo("example.org", 80)


def test_a_test_can_reach_this_machine():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            assert client.getpeername() == server.getsockname()


def test_the_random_numbers_of_a_test_can_be_repeated(rng, request):
    assert rng.random() == random.Random(f"{conftest.SEED} {request.node.nodeid}").random()
