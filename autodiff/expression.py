"""Read an expression such as `tanh(w*x + b)` as a graph of Values, safely: nothing in the text is ever executed.

The text is checked for its length, parsed by Python's own parser, and walked against a list of what is allowed:
numbers, names, + - * / % **, one comparison at a time, and calls of the functions of the table of operations, with
lists only where a function takes lists. Everything else is an error that shows the place.

>>> y = parse("tanh(w*x + b)", w=0.5, x=2, b=-1)
>>> y.backward()
>>> from autodiff.graph import leaves
>>> y.data, [leaf.name for leaf in leaves(y)]
(0.0, ['w', 'x', 'b'])
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

from .door import syntax
from . import functions, kernels, ops
from .errors import ArgumentError, shown
from .coerce import number
from .numbers import FLOATS
from .suggest import after
from .value import Value

__all__ = ["FUNCTIONS", "names_of", "parse"]

LONGEST = 4_000  # characters: longer than anyone types, short enough to parse at once
DEEPEST = 100  # brackets and operators inside each other
FACTOR = re.compile(r"(?<![\w.])\d+\.?\d*\s*(?!(?:[eEjJxXoObB][\d+-]|if|else|and|or|in|is)\b)[^\W\d]")  # as in 2x
NAMED = {"pi": kernels.pi, "inf": kernels.inf, "nan": kernels.nan}

FUNCTIONS: dict[str, Callable[..., Any]] = {
    op.name: getattr(functions, op.name) for op in (*ops.FUNCTIONS, *ops.REDUCTIONS)
} | {abs.__name__: abs}

_BINARY: dict[type, str] = {
    ast.Add: "__add__", ast.Sub: "__sub__", ast.Mult: "__mul__", ast.Div: "__truediv__", ast.Pow: "__pow__",
    ast.Mod: "__mod__",
}  # fmt: skip
_UNARY: dict[type, Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: lambda x: x}
_COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


def parse(text: str, /, **values: Any) -> Value:
    """The Value that an expression computes; each name in it is given its number, or a Value, by keyword.

    An `ArgumentError` shows what in the text cannot be read, or names the values that are missing or too many.
    """
    tree = _tree(text)
    wanted = _names(tree)
    missing = [name for name in wanted if name not in values and name not in NAMED]
    extra = [name for name in values if name not in wanted]
    if missing:
        raise ArgumentError(f"expected a value for {', '.join(missing)} in {shown(text)}: give each "
                            f"a number, such as {missing[0]}=1")  # fmt: skip
    if extra:
        raise ArgumentError(
            f"expected values for the names of {shown(text)} alone, got one for {', '.join(extra)} as well"
        )
    scope = {name: _name(name, x) for name, x in values.items()}
    result = _compute(tree, {**NAMED, **scope}, text)
    if isinstance(result, bool):
        raise _unreadable(text, tree, "a comparison is a condition for `where`, not a number")
    return result if isinstance(result, Value) else Value(result)


def names_of(text: str) -> list[str]:
    """The names in an expression that need values, in the order in which they appear.

    >>> names_of("tanh(w*x + b) * w + pi")
    ['w', 'x', 'b']
    """
    return [name for name in _names(_tree(text)) if name not in NAMED]


def _name(name: str, x: Any) -> Value:
    return x if isinstance(x, Value) else Value(number(x, f"the value of {name}"), name=name)


def _tree(text: str) -> ast.expr:
    """The expression as a tree whose every part is allowed and that is not too deep to walk."""
    if not isinstance(text, str):
        raise ArgumentError(f"expected an expression as a text, got {shown(text)}")
    if len(text) > LONGEST:
        raise ArgumentError(f"expected an expression of at most {LONGEST:,} characters, got {len(text):,}")
    try:
        tree: ast.expr = syntax(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) and error.msg else "nested too deeply to read"
        if FACTOR.search(text):
            reason += " (a product is written with *, as in 2*x)"
        raise ArgumentError(f"expected an expression such as tanh(w*x + b), got {shown(text)}: {reason}") from None
    _check(tree, text)
    return tree


def _check(tree: ast.expr, text: str) -> None:
    stack: list[tuple[ast.expr, int, bool]] = [(tree, 1, False)]
    while stack:
        node, depth, in_call = stack.pop()
        if depth > DEEPEST:
            raise ArgumentError(
                f"expected an expression at most {DEEPEST} deep, got {shown(text)}: bracket it in halves"
            )
        stack.extend((part, depth + 1, isinstance(node, ast.Call)) for part in _parts(node, in_call, text))


def _parts(node: ast.expr, in_call: bool, text: str) -> list[ast.expr]:
    """The operands of an allowed node; an `ArgumentError` for any other."""
    match node:
        case ast.Constant(value=bool() | complex()) | ast.Constant(value=str() | bytes() | None):
            pass
        case ast.Constant(value=int() | float()) | ast.Name():
            return []
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return [left, right]
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            return [operand]
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return [left, right]
        case ast.List(elts=items) | ast.Tuple(elts=items) if in_call:
            return items
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if name in FUNCTIONS:
                return arguments
            hint = after(name, FUNCTIONS) or f"; there are: {', '.join(sorted(FUNCTIONS))}"
            raise _unreadable(text, node, f"there is no function {name!r}{hint}")
        case ast.BinOp(op=ast.BitXor()):
            raise _unreadable(text, node, "a power is written with **, as in x**2")
    raise _unreadable(
        text, node, "only numbers, names, + - * / % **, comparisons and functions such as tanh(x) can be read"
    )


def _names(tree: ast.expr) -> list[str]:
    """Names in order of appearance, without those of functions that are called."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called]
    return list(dict.fromkeys(node.id for node in sorted(found, key=lambda node: (node.lineno, node.col_offset))))


def _compute(node: ast.expr, scope: Mapping[str, Any], text: str) -> Any:
    """The value of an allowed tree; the recursion is as deep as the text is, which `_check` has limited."""
    match node:
        case ast.Constant(value=constant):
            return number(constant, "expression")
        case ast.Name(id=name):
            return scope[name]
        case ast.BinOp(left=left, op=op, right=right):
            method, x, y = _BINARY[type(op)], _number(left, scope, text), _number(right, scope, text)
            of_values = isinstance(x, Value) or isinstance(y, Value)
            apply = getattr(operator, method) if of_values else FLOATS.formula(ops.METHODS[method])
            return apply(x, y)
        case ast.UnaryOp(op=op, operand=operand):
            return _UNARY[type(op)](_number(operand, scope, text))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARE[type(op)](_number(left, scope, text), _number(right, scope, text))
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_number(item, scope, text) for item in items]
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, [_compute(argument, scope, text) for argument in arguments], node, text)
    raise _unreadable(text, node, "this cannot be read")  # pragma: no cover (`_check` allows nothing else)


def _number(node: ast.expr, scope: Mapping[str, Any], text: str) -> Any:
    x = _compute(node, scope, text)
    if isinstance(x, (bool, list)):
        raise _unreadable(
            text, node, "expected a number here; a comparison or a list stands only inside a function's brackets"
        )
    return x


def _call(name: str, arguments: list[Any], node: ast.expr, text: str) -> Any:
    function = FUNCTIONS[name]
    if not ops.TABLE[name].by_condition and any(isinstance(x, bool) for x in arguments):
        raise _unreadable(text, node, "a comparison is a condition for `where`, not a number")
    try:
        signature(function).bind(*arguments)
        return function(*arguments)
    except TypeError as error:  # a wrong number of arguments, or a list where a number belongs
        raise _unreadable(text, node, str(error)) from None


def _unreadable(text: str, node: ast.expr, reason: str) -> ArgumentError:
    part = ast.get_source_segment(text.strip(), node) or text
    where = shown(part, 40).rsplit(" (", 1)[0]
    return ArgumentError(f"expected an expression such as tanh(w*x + b), got {shown(text)}: at {where}, {reason}")
