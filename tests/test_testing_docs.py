"""The guide to testing: every snippet is run, and its results are true."""

import doctest
import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest

from autodiff.cli import main
from autodiff.registration import _temporarily
from autodiff.testing.conform.conformance import ConformanceTests

GUIDE = Path(__file__).parent.parent / "docs" / "testing.md"
TEXT = GUIDE.read_text(encoding="utf8")


@pytest.mark.parametrize("packages", [{""}, pytest.param({"", "torch", "jax"}, marks=pytest.mark.slow)], ids=["alone", "with others"])
def test_every_example_of_the_guide_is_true(packages):
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    found = re.findall(r"(?:<!-- needs (\w+) -->\n)?```pycon\n(.*?)```", TEXT, re.DOTALL)
    blocks = [block for needs, block in found if needs in packages and (not needs or find_spec(needs))]
    assert len(blocks) >= 6 and {needs for needs, _ in found} == {"", "torch", "jax"}
    test = parser.get_doctest("\n".join(blocks), {"__name__": "guide"}, "docs/testing.md", str(GUIDE), 0)
    complaints: list[str] = []
    with _temporarily():
        runner.run(test, out=complaints.append)
    assert runner.failures == 0, "".join(complaints)


def test_the_pytest_class_of_the_guide_can_be_subclassed():
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    scope = {"Scalar": int}
    exec(block, scope)
    assert issubclass(scope["TestMyEngine"], ConformanceTests) and scope["TestMyEngine"].Value is int


@pytest.mark.parametrize("command", re.findall(r"^    (autodiff .*)$", TEXT, re.MULTILINE))
def test_the_commands_of_the_guide_are_understood(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").mkdir()
    writes = "--gradescope-zip" in command
    assert main(shlex.split(command)[1:]) == (0 if writes else 2)  # there is no such file here
    assert writes or "there is no file" in "".join(capsys.readouterr())
