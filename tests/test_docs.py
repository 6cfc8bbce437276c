"""Everything shown is run: each docstring's example, and the README's code."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import autodiff
from autodiff.registration import _temporarily

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    module.name for module in pkgutil.walk_packages(autodiff.__path__, "autodiff.") if "__main__" not in module.name
)


@pytest.mark.parametrize("name", ["autodiff", *MODULES])
def test_the_examples_of_a_modules_docstrings_are_true(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # an example may write a file
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert failed == 0


def python_blocks(path):
    return re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf8"), re.DOTALL)


def check_comments(code, namespace):
    """Run the code; where a line ends in `# => value`, the expression before it must print just that."""
    lines = []
    for line in code.splitlines():
        expression, mark, expected = line.partition("  # => ")
        if mark:
            exec("\n".join(lines), namespace)
            lines.clear()
            shown = eval(expression.removeprefix("print(").removesuffix(")") if expression.startswith("print(") else expression, namespace)
            assert str(shown) == expected.strip(), f"{expression} is {shown}, not {expected}"
        else:
            lines.append(line)
    exec("\n".join(lines), namespace)


@pytest.mark.parametrize("name", ["README.md", "README.ko.md", "docs/compiling.md", "docs/gallery.md", "docs/training.md"])
def test_the_code_of_a_guide_runs_and_its_results_are_true(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {}
    blocks = python_blocks(ROOT / name)
    assert blocks
    with _temporarily():  # what a guide registers is no operation for the tests that come after
        for block in blocks:
            check_comments(block, namespace)


def test_the_readme_shows_code_by_line_12():
    lines = (ROOT / "README.md").read_text(encoding="utf8").splitlines()
    assert "```python" in lines[:12]


def test_the_readmes_line_counts_are_true():
    text = (ROOT / "README.md").read_text(encoding="utf8")
    rows = re.findall(r"^\| `(\w+\.py)` +\| +(\d+) \|", text, re.MULTILINE)
    assert len(rows) > 5
    wrong = [f"{name}: {said}, now {lines}" for name, said in rows if (lines := lines_of(name)) != int(said)]
    assert not wrong, wrong


def lines_of(name):
    return len((ROOT / "autodiff" / name).read_text(encoding="utf8").splitlines())


GUIDES = sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))
PROSE = ["README.md", "README.ko.md", "CONTRIBUTING.md", *GUIDES]


def prose_lines(text):
    """The lines that can be wrapped, by their numbers: no code, no table, no picture."""
    is_code = False
    for number, line in enumerate(text.splitlines(), 1):
        is_code ^= line.startswith("```")
        if not is_code and not line.startswith(("```", "|", "![")):
            yield number, line


@pytest.mark.parametrize("name", PROSE)
def test_no_line_of_prose_is_longer_than_120_characters(name):
    long = [number for number, line in prose_lines((ROOT / name).read_text(encoding="utf8")) if len(line) > 120]
    assert not long, f"{name}: wrap lines {long}"
