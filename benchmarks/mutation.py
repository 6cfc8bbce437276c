"""Which single changes of a module do its tests not notice?

    python -m benchmarks.mutation autodiff/nn/losses.py tests/test_nn_losses.py tests/test_nn_engines_agree.py

Each mutant is a process of its own, forked before autodiff is imported, in which the import of one module gives the
changed code: what is made while modules are imported (operations from the table, bound functions) is made of it, too.
The survivors are printed. Set AUTODIFF_ENGINE=python for a module that the engine in C replaces.
"""

import argparse
import ast
import contextlib
import io
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

OTHER: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Mod: ast.Mult, ast.FloorDiv: ast.Mult, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
REMOVED = (ast.AugAssign, ast.Raise, ast.Continue, ast.Break)
KILLED, SURVIVED = 0, 1


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """The node with one thing about it changed, once for each thing."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield ast.Compare(node.left, [OTHER[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, (ast.BinOp, ast.BoolOp, ast.AugAssign)) and type(node.op) in OTHER:
        changed = deepcopy(node)
        changed.op = OTHER[type(node.op)]()
        yield changed
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float)):
        yield ast.Constant(not node.value if isinstance(node.value, bool) else node.value + 1)
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
        changed = deepcopy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield changed
    if isinstance(node, REMOVED) or isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield ast.Pass()


class Change(ast.NodeTransformer):
    """Counts the changes that a tree allows, in order, and makes the one that is wanted; annotations stay."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted, self.count, self.made = wanted, 0, ""

    def visit(self, node: ast.AST) -> ast.AST:
        for changed in changes(node):
            if self.count == self.wanted:
                self.made = f"line {getattr(node, 'lineno', 0)}: {_line(node)}  ->  {_line(changed)}"
                self.count += 1
                return ast.copy_location(changed, node)
            self.count += 1
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "type_params"):
                continue
            if isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
            elif isinstance(value, list):
                value[:] = [self.visit(each) if isinstance(each, ast.AST) else each for each in value]
        return node


def _line(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(ast.copy_location(deepcopy(node), node))).split("\n")[0][:100]


def mutant(source: str, number: int) -> tuple[ast.AST, str]:
    """The tree with this change, and what the change is."""
    change = Change(number)
    return ast.fix_missing_locations(change.visit(ast.parse(source))), change.made


def in_child(task: Callable[[], int], seconds: int) -> int:
    """What a task returns in a process of its own; one that takes too long, or crashes, has noticed something."""
    pid = os.fork()
    if pid == 0:
        signal.alarm(seconds)
        with contextlib.suppress(BaseException):
            os._exit(task())
        os._exit(KILLED)
    status = os.waitpid(pid, 0)[1]
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else KILLED


def tested(path: Path, code: Any, tests: list[str]) -> int:
    """Run the tests with other code in one module."""
    import pytest

    get_code = SourceFileLoader.get_code

    def changed(self: SourceFileLoader, name: str) -> Any:
        return code if Path(self.path) == path else get_code(self, name)

    SourceFileLoader.get_code = changed  # type: ignore[method-assign]
    sys.dont_write_bytecode = True
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        passed = pytest.main(["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", *tests]) == 0
    return SURVIVED if passed else KILLED


def main(arguments: list[str]) -> int:
    """Try a sample of the mutants of a module; return 2 where the tests fail on the module as it is."""
    parser = argparse.ArgumentParser("python -m benchmarks.mutation")
    parser.add_argument("module", type=lambda text: Path(text).resolve())
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, nargs="*", help="the numbers of mutants, as they are printed")
    parser.add_argument("--seconds", type=int, default=300, help="after which a mutant counts as killed")
    chosen = parser.parse_args(arguments)
    for package in ("numpy", "hypothesis", "mpmath", "pytest"):  # once for all, unlike autodiff
        __import__(package)
    source, start = chosen.module.read_text(), time.monotonic()
    os.environ["AUTODIFF_SEED"] = "0"
    unchanged = compile(source, str(chosen.module), "exec")
    if in_child(lambda: tested(chosen.module, unchanged, chosen.tests), 3600) != SURVIVED:
        print(f"The tests fail on {chosen.module.name} as it is.")
        return 2
    counter = Change()
    counter.visit(ast.parse(source))
    numbers = range(counter.count)
    numbers = chosen.only or sorted(random.Random(chosen.seed).sample(numbers, min(chosen.sample, counter.count)))
    survivors = 0
    for number in numbers:
        tree, made = mutant(source, number)
        code = compile(tree, str(chosen.module), "exec")  # type: ignore[arg-type]
        if in_child(lambda: tested(chosen.module, code, chosen.tests), chosen.seconds) == SURVIVED:  # noqa: B023
            survivors += 1
            print(f"survives: {number:4}  {made}", flush=True)
    print(f"{chosen.module.name}: {len(numbers)} of {counter.count} mutants, {len(numbers) - survivors} killed, "
          f"{survivors} survive, {time.monotonic() - start:.0f} s", flush=True)  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
