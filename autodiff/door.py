"""The only door from text to code: the package calls `exec`, `eval` and `compile` nowhere else, and a test makes sure.

What comes through is text that the library wrote itself. It is parsed first, and refused unless each node of it is of a
kind that our writers use, and each word in it one that its writer registered, or a numbered name such as tanh_3.
Nothing of a caller's ever stands in such text: arguments are numbered, and their names stay data.

>>> define("def twice_0(x_0):\\n    return x_0 + x_0\\n", "example")["twice_0"](2.0)
4.0
>>> define("open_0 = open('/etc/passwd')", "example")
Traceback (most recent call last):
autodiff.errors.ForeignCodeError: example, line 1: refused the word 'open', which its writer does not use
>>> define("x_0 = ().__class__", "example")
Traceback (most recent call last):
autodiff.errors.ForeignCodeError: example, line 1: refused the word '__class__', which its writer does not use
"""

import ast
import linecache
import re
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import count
from threading import RLock
from types import FunctionType
from typing import Any

from .errors import ForeignCodeError

# Names that our writers make up; whatever bears one was made in the same text, or is not there at all.
MADE = re.compile(r"[a-z]|[a-z][a-z0-9_]*_\d+(_[a-z]+(_\d+)?)?", re.ASCII)
ATTRIBUTES = frozenset({
    "T", "add", "argmax", "at", "dtype", "max", "maximum", "repeat", "reshape", "set", "shape", "sum",
    "_data", "_grad", "_name", "op", "parents", "slopes",
})  # fmt: skip
BUILTINS = {each.__name__: each for each in (
    bool, enumerate, float, int, len, list, max, min, range, reversed, slice, sum, tuple, type, zip,
)}  # fmt: skip
KEYWORDS = frozenset({"axes", "axis", "dtype", "initial", "out"})
KINDS = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.Expr, ast.If,
    ast.For, ast.While, ast.Import, ast.ImportFrom, ast.alias, ast.Lambda, ast.IfExp, ast.BinOp, ast.UnaryOp,
    ast.BoolOp, ast.Compare, ast.Call, ast.keyword, ast.Starred, ast.Name, ast.Constant, ast.Attribute, ast.Subscript,
    ast.Slice, ast.Tuple, ast.List, ast.ListComp, ast.GeneratorExp, ast.comprehension, ast.operator, ast.unaryop,
    ast.boolop, ast.cmpop, ast.expr_context,
)  # fmt: skip
SAYING = frozenset({"id", "attr", "arg", "name", "asname"})  # the fields of a node that hold a word
# What needs no look at its words: most nodes of a text.
SILENT = frozenset(each for kind in KINDS for each in (kind, *kind.__subclasses__())
                   if not SAYING & {*each._fields} and each not in (ast.Import, ast.ImportFrom))  # fmt: skip
# The fields of a node that hold others. Operators and contexts are left out: any kind of these may stand in a text.
WITHIN = SAYING | {"ctx", "op", "ops", "kind", "type_comment"}
INSIDE: dict[type[ast.AST], tuple[str, ...]] = {
    kind: tuple(each for each in kind._fields if each not in WITHIN and kind is not ast.Constant) for kind in KINDS
}

_numbers = count(1)
PARSING = RLock()  # Python 3.11 counts the depth of all threads' trees in one place: a SystemError where two are made


def define(text: str, name: str, names: dict[str, Any] | None = None, words: Collection[str] = (),
           modules: Collection[str] = ()) -> dict[str, Any]:  # fmt: skip
    """What a text of ours defines, by name; tracebacks, debuggers and `inspect.getsource` show the text.

    It runs over `names`, or as a module of its own that may import from `modules`; `words` are what it calls its
    parameters and variables. Raises ForeignCodeError where anything else stands in it, before any of it runs.
    """
    tree = parse_module(text, name)
    known = {*BUILTINS, *words, *(word for word in names or () if not word.startswith("__"))}
    for node in walk(tree):
        if type(node) not in SILENT:
            require_ours(node, name, known, modules)
    filename = f"<autodiff {name} {next(_numbers)}>"
    space: dict[str, Any] = {"__name__": f"autodiff {name}"} if names is None else names
    space.setdefault("__builtins__", BUILTINS | {"__import__": __import__})  # NumPy imports, too
    found = space if names is None else {}
    with PARSING:
        code = compile(tree, filename, "exec")
    exec(code, space, found)
    remember(filename, text, found)
    return found


def users_program(source: bytes | ast.Module, filename: str) -> Callable[[dict[str, Any]], None]:
    """A whole program, that its user asks to be run or graded, or that a test drew: it may do anything."""
    code = compile(source, filename, "exec", dont_inherit=True)
    return lambda names: exec(code, names)


def expression(text: str, arguments: str, name: str, names: dict[str, Any],
               words: Collection[str] = ()) -> Callable[..., Any]:  # fmt: skip
    """An expression of ours as a function of its arguments, "a, b"."""
    source = f"rule_0 = lambda {arguments}: {text}\n"
    function: Callable[..., Any] = define(source, name, names, {*words, *arguments.split(", ")})["rule_0"]
    return function


def syntax(text: str | bytes, mode: str = "exec") -> Any:
    """The tree of a text, in any thread; the package calls `ast.parse` nowhere else."""
    with PARSING:
        return ast.parse(text, mode=mode)


def parse_module(text: str, name: str) -> ast.Module:
    try:
        tree: ast.Module = syntax(text)
        return tree
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ForeignCodeError(f"{name}: refused a text that is no program: {error}") from None


def walk(tree: ast.AST) -> Iterator[ast.AST]:
    """The tree and all that stands in it, without operators and contexts: in a fraction of `ast.walk`'s time."""
    found = [tree]
    for node in found:  # which grows on the way
        yield node
        for field in INSIDE[type(node)]:
            inside = getattr(node, field)
            if isinstance(inside, ast.AST):
                found.append(inside)
            elif isinstance(inside, list):
                found += [each for each in inside if isinstance(each, ast.AST)]


def require_ours(node: ast.AST, name: str, words: Collection[str], modules: Collection[str]) -> None:
    """An error for a kind of node, or a word, that no writer of ours uses."""
    if type(node) is ast.Name and (node.id in words or MADE.fullmatch(node.id)):  # as most are
        return
    where = f"{name}, line {getattr(node, 'lineno', '?')}"
    if not isinstance(node, KINDS):
        raise ForeignCodeError(f"{where}: refused a {type(node).__name__}, which no writer uses")
    if isinstance(node, ast.ImportFrom | ast.Import):
        wanted = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        if not set(wanted) <= set(modules):
            raise ForeignCodeError(f"{where}: refused an import from {wanted}")
    if isinstance(node, ast.Attribute):
        words = ATTRIBUTES
    elif isinstance(node, ast.keyword):
        words = KEYWORDS
    elif isinstance(node, ast.alias):
        words = {*words, *modules}
    for word in words_of(node):
        if word not in words and not (MADE.fullmatch(word) and not isinstance(node, ast.Attribute)):
            raise ForeignCodeError(f"{where}: refused the word {word!r}, which its writer does not use")


def words_of(node: ast.AST) -> Iterator[str]:
    """The words that a node says by itself."""
    for field in SAYING.intersection(node._fields):
        word = getattr(node, field, None)
        if isinstance(word, str):
            yield word


def remember(filename: str, text: str, found: Mapping[str, Any]) -> None:
    """Show the text to whoever asks for source, as long as one of its functions lives."""
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    for item in reversed(list(found.values())):
        if isinstance(item, FunctionType) and item.__code__.co_filename == filename:
            weakref.finalize(item, linecache.cache.pop, filename, None).atexit = False
            return
