"""Code in the words of the array API alone, for any other namespace: functions where NumPy's arrays have methods.

>>> api = ArrayAPI()
>>> api.method("sum", api.reshape("x", [2, 3]), "axis=-1"), api.array("[[1, 0], [0, 1]]", places=True)
('sum(reshape(x, (2, 3)), axis=-1)', 'asarray([[1, 0], [0, 1]])')
>>> api.take("x", "table_0", (2, 2), rows=True)
'reshape(take(x, reshape(table_0, (-1,)), axis=-1), (-1, 2, 2))'
"""

import ast
from collections.abc import Sequence

from ... import stable
from ...door import syntax
from ...notation import Written
from ..ir.program import Shape
from . import helpers
from .array import ArrayWriter
from .layout import Layout, aligned
from .rewrites import KNOWN
from .templates import WORDS as NAMES
from .templates import Arrays

OURS = {*stable.NAMES, *helpers.HELPERS}  # what is defined in the same text, and takes arrays alone
METHODS = {"sum", "max", "argmax", "repeat"}
WORDS = {*METHODS, "asarray", "float64", "permute_dims", "reshape"}


class ArrayAPI(Layout):
    """The code of arrays that have no methods."""

    def method(self, name: str, text: str, rest: str) -> str:
        return f"{name}({text}, {rest})"

    def reshape(self, text: str, sizes: Sequence[int]) -> str:
        return f"reshape({text}, {tuple(sizes)})"

    def array(self, items: str, places: bool = False) -> str:
        """Numbers are float64 whatever the namespace takes for granted; places are integers."""
        return f"asarray({items})" if places else f"asarray({items}, dtype=float64)"

    def take(self, text: str, table: str, shape: Shape, rows: bool) -> str:
        """By the function take, which knows lists of places only."""
        if len(shape) == 1:
            return f"take({text}, {table}, axis=-1)"
        return self.reshape(f"take({text}, {self.reshape(table, [-1])}, axis=-1)", (*[-1] * rows, *shape))

    def full_like(self, like: str, number: str) -> str:
        """A plain number as NumPy does, an array of one element broadcast."""
        return super().full_like(like, number) if is_plain(number) else f"broadcast_to({number}, {like}.shape)"

    def stack(self, texts: Sequence[str]) -> str:
        return super().stack(as_arrays(texts))

    def tensordot(self, left: str, right: str, axes: tuple[list[int], list[int]]) -> str:
        return f"tensordot({left}, {right}, axes={axes})"

    def einsum(self, spec: str, left: str, right: str) -> str:
        """A product of two arrays whose axes are brought into one order, summed over those that the result lacks."""
        first, second, result = spec.replace("->", ",").split(",")
        letters = result + "".join(sorted({*first, *second} - {*result}))
        product = f"{_in_order(left, first, letters)} * {_in_order(right, second, letters)}"
        lost = tuple(range(len(result), len(letters)))
        return f"sum({product}, axis={lost})" if lost else product


def _in_order(text: str, axes: str, letters: str) -> str:
    order = tuple(sorted(range(len(axes)), key=lambda axis: letters.index(axes[axis])))
    return aligned(text if order == (*range(len(axes)),) else f"permute_dims({text}, {order})", axes, letters)


class Functions(Arrays):
    """Rules for arrays: beside an array, a number becomes one like it where a function takes arrays alone."""

    def call(self, function: str, arguments: Sequence[Written]) -> Written:
        texts = [each.text for each in arguments]
        return super().call(function, list(map(Written, as_arrays(texts))) if function in OURS else arguments)

    def choice(self, condition: Written, chosen: Written, other: Written) -> Written:
        """One of the two sides must be an array."""
        both = is_plain(chosen.text) and is_plain(other.text)
        return super().choice(condition, Written(ArrayAPI().array(chosen.text)) if both else chosen, other)


class PortableWriter(ArrayWriter):
    """Arrays of any other namespace."""

    layout, notation = ArrayAPI(), Functions()


class WithoutMethods(ast.NodeTransformer):
    """The definition of a function of ours, which `preamble` reads as Python, and so as Python's syntax tree."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.first = node.args.args[0].arg  # an array
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        texts = list(map(ast.unparse, node.args))
        match node.func:
            case ast.Attribute(value=array, attr=function) if function in METHODS:
                texts = [ast.unparse(array), *texts]
            case ast.Name(id="where" as function) if all(map(is_plain, texts[1:])):
                texts[1] = f"full_like({self.first}, {texts[1]})"
            case ast.Name(id=function) if function in OURS:
                texts = as_arrays(texts)
            case _:
                return node
        texts += map(ast.unparse, node.keywords)
        call: ast.expr = syntax(f"{function}({', '.join(texts)})", mode="eval").body
        return call


def as_arrays(texts: Sequence[str]) -> list[str]:
    """The texts, with numbers as arrays like the first text that is none."""
    like = next((text for text in texts if not is_plain(text)), None)
    arrays = [f"full_like({like}, {text})" if like else ArrayAPI().array(text) for text in texts]
    return [array if is_plain(text) else text for text, array in zip(texts, arrays)]


def is_plain(text: str) -> bool:
    """Whether code is a plain number, to be known without running anything but arithmetic."""
    return KNOWN.issuperset(NAMES.findall(text))
