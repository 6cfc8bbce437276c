"""Code for NumPy in the words of the array API alone, which has functions where NumPy has methods.

>>> rewrite("y = x.reshape(2, 3).sum(axis=-1)"), rewrite("array([[1, 0], [0, 1]])")
('y = sum(reshape(x, (2, 3)), axis=-1)', 'asarray([[1, 0], [0, 1]])')
>>> rewrite("y = x[:, table_0]", {"table_0": [2, 2]})
'y = reshape(take(x, reshape(table_0, (-1,)), axis=-1), (-1, 2, 2))'
"""

import ast
from collections.abc import Callable, Mapping, Sequence

from ...door import syntax
from ... import stable
from . import helpers
from .array import ArrayWriter

OURS = {*stable.NAMES, *helpers.HELPERS}  # what is defined in the same text

METHODS = {"sum", "max", "argmax", "repeat"}
WORDS = {*METHODS, "asarray", "float64", "permute_dims", "reshape"}


class PortableWriter(ArrayWriter):
    """Arrays of any other namespace."""

    @staticmethod
    def literal(code: str) -> str:
        return rewrite(code)

    def finish(self) -> list[str]:
        shapes = {name: _shape_of(_code(code)) for code, name in self.tables.items()}
        return [rewrite(line, shapes) for line in super().finish()]


def rewrite(code: str, shapes: Mapping[str, list[int]] = {}) -> str:
    """A statement in the words of the array API; `shapes` are those of the tables of places, by name."""
    return ast.unparse(rewrite_tree(syntax(code), shapes))


def rewrite_tree(tree: ast.Module, shapes: Mapping[str, list[int]] = {}) -> ast.Module:
    """The same for statements, or definitions, as a tree."""
    found: ast.Module = _ArrayAPI(shapes).visit(tree)
    return found


class _ArrayAPI(ast.NodeTransformer):
    def __init__(self, shapes: Mapping[str, list[int]]) -> None:
        self.shapes = shapes
        self.argument = ""  # the first of the function of ours that is being written: an array

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        self.argument = node.args.args[0].arg
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute):
            return self.method(node, node.func)
        if not isinstance(node.func, ast.Name):
            return node
        if node.func.id in OURS:
            return self.of_arrays(node)
        if node.func.id == "where":
            return self.where(node)
        if node.func.id == "stack":
            return self.stack(node)
        return _REWRITES[node.func.id](node) if node.func.id in _REWRITES else node

    def of_arrays(self, node: ast.Call) -> ast.expr:
        """A function of ours takes arrays alone: beside an array, a number becomes one like it."""
        return node if all(map(_is_plain, node.args)) else ast.Call(node.func, _as_arrays(node.args), node.keywords)

    def stack(self, node: ast.Call) -> ast.expr:
        """Of arrays alone: beside an array, a number becomes one like it."""
        parts = node.args[0]
        if isinstance(parts, ast.List):
            parts.elts = _as_arrays(parts.elts)
        return node

    def where(self, node: ast.Call) -> ast.expr:
        """One of the two sides must be an array."""
        condition, chosen, other = node.args
        if not (_is_plain(chosen) and _is_plain(other)):
            return node
        return call("where", condition, _array_of(chosen, self.argument), other)

    def method(self, node: ast.Call, function: ast.Attribute) -> ast.expr:
        """x.sum(axis=0) as sum(x, axis=0); the sizes of reshape as one tuple."""
        arguments = node.args
        if function.attr == "reshape" and not (len(arguments) == 1 and isinstance(arguments[0], ast.Tuple)):
            arguments = [ast.Tuple(arguments, ast.Load())]
        elif function.attr not in METHODS | {"reshape"}:
            return node
        return ast.Call(ast.Name(function.attr, ast.Load()), [function.value, *arguments], node.keywords)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """x[table] and x[:, table] as take, which knows lists of places only."""
        self.generic_visit(node)
        place = node.slice.elts[-1] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        if not (isinstance(place, ast.Name) and place.id in self.shapes):
            return node
        shape = self.shapes[place.id]
        if len(shape) == 1:
            return _code(f"take({ast.unparse(node.value)}, {place.id}, axis=-1)")
        wanted = [-1, *shape] if isinstance(node.slice, ast.Tuple) else shape
        flat = f"take({ast.unparse(node.value)}, reshape({place.id}, (-1,)), axis=-1)"
        return _code(f"reshape({flat}, {tuple(wanted)})")


def call(function: str, *arguments: ast.expr) -> ast.expr:
    """The syntax tree of a call."""
    return ast.Call(func=ast.Name(function, ast.Load()), args=list(arguments), keywords=[])


def _code(text: str) -> ast.expr:
    tree: ast.expr = syntax(text, mode="eval").body
    return tree


def _shape_of(table: ast.expr) -> list[int]:
    """The sizes of the nested lists that a table of places is made of."""
    found = []
    inner: ast.expr | None = table.args[0] if isinstance(table, ast.Call) and table.args else None
    while isinstance(inner, ast.List):
        found.append(len(inner.elts))
        inner = inner.elts[0] if inner.elts else None
    return found


def _array(node: ast.Call) -> ast.expr:
    """Numbers are float64 whatever the namespace takes for granted; places are integers."""
    numbers = any(isinstance(part, ast.Constant) and type(part.value) is float for part in ast.walk(node))
    named = any(isinstance(part, ast.Name) and part.id in ("inf", "nan") for part in ast.walk(node))
    keywords = [ast.keyword("dtype", ast.Name("float64", ast.Load()))] if numbers or named else []
    return ast.Call(ast.Name("asarray", ast.Load()), node.args, keywords)


def _full_like(node: ast.Call) -> ast.expr:
    """One number everywhere: a plain number as it is, an array of one element broadcast."""
    like, value = node.args
    return node if _is_plain(value) else _code(f"broadcast_to({ast.unparse(value)}, {ast.unparse(like)}.shape)")


def _tensordot(node: ast.Call) -> ast.expr:
    return ast.Call(node.func, node.args[:2], [ast.keyword("axes", node.args[2])])


def _einsum(node: ast.Call) -> ast.expr:
    """A product of two arrays whose axes are brought into one order, summed over those that the result lacks."""
    spec, *operands = node.args
    first, second, result = str(ast.literal_eval(spec)).replace("->", ",").split(",")
    letters = result + "".join(sorted({*first, *second} - {*result}))
    aligned = [_align(ast.unparse(x), axes, letters) for x, axes in zip(operands, (first, second))]
    product = " * ".join(aligned)
    lost = tuple(range(len(result), len(letters)))
    return _code(f"sum({product}, axis={lost})" if lost else product)


def _align(code: str, axes: str, letters: str) -> str:
    """An array with an axis for each of the letters, of size 1 where it has none."""
    order = sorted(axes, key=letters.index)
    if list(axes) != order:
        code = f"permute_dims({code}, {tuple(axes.index(letter) for letter in order)})"
    return f"{code}[{', '.join(':' if letter in axes else 'None' for letter in letters)}]"


def _as_arrays(nodes: Sequence[ast.expr]) -> list[ast.expr]:
    """The nodes, with numbers as arrays like the first that is none."""
    like = next((ast.unparse(x) for x in nodes if not _is_plain(x)), None)
    return [_array_of(x, like) if _is_plain(x) else x for x in nodes]


def _array_of(number: ast.expr, like: str | None) -> ast.expr:
    """A number as an array like another, or of no axes."""
    text = ast.unparse(number)
    return _code(f"full_like({like}, {text})" if like else f"asarray({text}, dtype=float64)")


def _is_plain(node: ast.expr) -> bool:
    """Whether code is a plain number, to be known without running anything but arithmetic."""
    named = (part for part in ast.walk(node) if isinstance(part, (ast.Name, ast.Call, ast.Attribute)))
    return all(isinstance(part, ast.Name) and part.id in ("inf", "nan") for part in named)


_REWRITES: dict[str, Callable[[ast.Call], ast.expr]] = {
    "array": _array, "full_like": _full_like, "tensordot": _tensordot, "einsum": _einsum,
}  # fmt: skip
