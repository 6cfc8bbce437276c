"""Is emitted code sound? Every name must have been defined where it is used; the tests ask this of all code they emit.

>>> undefined("def value(x_0):\\n    mul_1 = x_0 * add_2\\n    add_2 = x_0 + 1.0\\n    return mul_1,\\n")
['line 2: add_2']
"""

import ast
import builtins
from collections.abc import Iterator

from autodiff.door import syntax


def undefined(text: str) -> list[str]:
    """Each name that a text of ours uses before it is defined, with its line."""
    tree = syntax(text)
    own = {name for node in tree.body for name in bound(node)} | set(vars(builtins))
    return [f"line {line}: {name}" for node in tree.body if isinstance(node, ast.FunctionDef)
            for line, name in _of_function(node, own)]  # fmt: skip


def bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement gives to something, those inside it included, but for those of a function."""
    if isinstance(node, ast.FunctionDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in node.names)
    else:
        yield from (part.id for part in ast.walk(node) if isinstance(part, ast.Name) and _stores(part))


def _of_function(function: ast.FunctionDef, known: set[str]) -> Iterator[tuple[int, str]]:
    """What one function uses too early; both branches of an `if` count as run, as ours define the same names."""
    arguments = {argument.arg for argument in function.args.args}
    defined = known - {name for node in function.body for name in bound(node)} | arguments
    waiting: list[ast.AST] = list(function.body[::-1])
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If):
            waiting += [*node.orelse[::-1], *node.body[::-1], node.test]
        elif isinstance(node, ast.For):
            waiting += [*node.body[::-1], node.target, node.iter]
        else:
            yield from _unknown(node, defined | _variables(node))
            defined |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and _stores(part)}


def _variables(node: ast.AST) -> set[str]:
    """The variables of the comprehensions in a statement."""
    targets = [part.target for part in ast.walk(node) if isinstance(part, ast.comprehension)]
    return {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}


def _unknown(node: ast.AST, defined: set[str]) -> Iterator[tuple[int, str]]:
    """The names that a statement loads, or adds to, and that are not defined."""
    added = [node.target] if isinstance(node, ast.AugAssign) else []
    loaded = [part for part in ast.walk(node) if isinstance(part, ast.Name) and not _stores(part)]
    for part in [*loaded, *added]:
        if isinstance(part, ast.Name) and part.id not in defined:
            yield part.lineno, part.id


def _stores(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)
