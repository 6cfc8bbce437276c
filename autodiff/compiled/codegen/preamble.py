"""What emitted code stands on: imports from its namespace, and the source of each function that the namespace lacks.

>>> print(preamble({"sech"}, "numpy"))  # doctest: +ELLIPSIS
from numpy import abs, exp
<BLANKLINE>
<BLANKLINE>
def sech(x):
    ...
    e = exp(-abs(x))
    return 2.0 * e / (1.0 + e * e)
<BLANKLINE>
"""

import ast
from functools import cache
from types import FunctionType, ModuleType

from ...definitions import text_of
from ...door import syntax
from ... import additions, kernels, stable
from . import helpers, portable

VOCABULARY = frozenset(kernels.__all__) | frozenset(stable.NAMES) | frozenset(helpers.HELPERS)
ARRAY_WORDS = VOCABULARY | {
    "add", "all", "array", "broadcast_to", "concat", "einsum", "empty", "full_like", "logical_not", "matmul", "stack",
    "putmask", "tensordot", "vecdot", "zeros", "take", "numpy", *portable.WORDS,
}  # fmt: skip
METHODS = {"numpy", "jax.numpy"}  # whose arrays have the methods sum, max, reshape, …
WRITTEN = {"each_a", "each_b", "each_c", "held", "slope", "value", "value_and_grad"}  # what the writers say beside
AS_OURS = {"sign"}  # what we define for other modules, and NumPy does as we do


def preamble(words: set[str], target: str) -> str:
    """The head of a module of emitted code that uses these words."""
    own = sorted(words & additions.WORDS.keys())
    head = math_head(words) if target == "math" else array_head(words - set(own), target)
    lines = [f"{word} = brought({word!r}, {target!r})" for word in own]
    return "\n".join([BROUGHT + head, *lines, ""]) if own else head


BROUGHT = "from autodiff.additions import brought\n"


def math_head(words: set[str]) -> str:
    """Python floats: the kernels that the eager engine uses, under the same names."""
    homes = (("autodiff.kernels", set(kernels.__all__)), ("autodiff.stable", set(stable.NAMES)))
    lines = [f"from {home} import {', '.join(sorted(words & names))}" for home, names in homes if words & names]
    return "\n".join(lines) + "\n" * bool(lines)


def array_head(words: set[str], module: str) -> str:
    """Arrays: imports for what the module has, and definitions for the rest, each after what it uses."""
    imports: set[str] = words & AS_OURS if module == "numpy" else set()
    definitions: dict[str, str] = {}

    def define(word: str) -> None:
        if word in definitions or word in imports:
            return
        home = _home(word)
        if home is None or module == "numpy" and word in AS_OURS:
            imports.add(word)
            return
        text, used = _definition(home, word, module in METHODS)
        for name in sorted(used):
            define(name)
        definitions[word] = text

    for word in sorted(words):
        define(word)
    whole = "import numpy\n" * ("numpy" in imports)  # for what goes by the name of a function of ours
    imports.discard("numpy")
    head = whole + (f"from {module} import {', '.join(sorted(imports))}\n" if imports else "")
    return head + "".join(f"\n\n{text}" if text.startswith("def") else f"\n{text}" for text in definitions.values())


def _home(word: str) -> ModuleType | None:
    """The module of ours that defines a word; None if it is the array namespace's."""
    if word in helpers.HELPERS or word == "ERF":
        return helpers
    return stable if word in stable.NAMES or (word.isupper() and hasattr(stable, word)) else None


@cache
def _definition(home: ModuleType, word: str, methods: bool) -> tuple[str, frozenset[str]]:
    """The text that defines a function or number of ours, and the names that it uses."""
    item = getattr(home, word)
    if not isinstance(item, FunctionType):
        return f"{word} = {item!r}\n", frozenset()
    tree = syntax(text_of(item))
    if not methods:
        tree = portable.WithoutMethods().visit(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    stored |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} | {"reversed", "True", "False", word}
    loaded = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return ast.unparse(tree) + "\n", frozenset(loaded - stored)


@cache
def words() -> frozenset[str]:
    """All words that emitted code may say, beside numbered names: those of the vocabulary, and of our own functions."""
    own = [item for module in (stable, helpers) for item in vars(module).values() if isinstance(item, FunctionType)]
    variables = {name for each in own for name in (*each.__code__.co_varnames, *each.__code__.co_names)}
    constants = {name for module in (stable, helpers) for name in vars(module) if name.isupper()}
    return ARRAY_WORDS | variables | constants | WRITTEN
