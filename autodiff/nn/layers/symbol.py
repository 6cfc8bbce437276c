"""Symbols: what a layer is called on to write a model down, before there is any row.

>>> x, y = Input(shape=(2,)), Input(shape=(2,))
>>> x - y
Symbol(shape=(None, 2), made by Subtract())
>>> x / y
Traceback (most recent call last):
autodiff.errors.OperandError: `x / y`: symbols can be added, subtracted and multiplied with one another; for anything...
"""

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from ...coerce import is_series
from ...errors import OperandError, shown
from ...value import Value
from .. import checks
from ..keywords import know_arguments

Shape = tuple[int, ...]  # of one row; inside, a row is always a flat list in the order of its last index first
JOINING: dict[str, Callable[[], Any]] = {}  # the layer that brings two symbols together, by its sign: see merging.py


class Symbol:
    """What stands for a row before there is one: its shape, and the block that makes it from its parents."""

    def __init__(self, shape: Shape, block: Any = None, parents: "tuple[Symbol, ...]" = (),
                 name: str | None = None) -> None:  # fmt: skip
        self.shape, self.block, self.parents, self.name = shape, block, parents, name

    def __add__(self, other: Any) -> Any:
        return self._join("+", other)

    def __sub__(self, other: Any) -> Any:
        return self._join("-", other)

    def __mul__(self, other: Any) -> Any:
        return self._join("*", other)

    def _join(self, sign: str, other: Any) -> Any:
        """The symbol of the layer that brings two symbols together; with anything else, what to write."""
        if not isinstance(other, Symbol):
            refuse(f"x {sign} {written(other)}")
        return JOINING[sign]()([self, other])

    def __array_ufunc__(self, function: Any, *arguments: Any, **options: Any) -> NoReturn:
        refuse(f"numpy.{function.__name__}")

    def __array_function__(self, function: Any, *arguments: Any) -> NoReturn:
        refuse(f"numpy.{function.__name__}")

    def __getitem__(self, place: Any) -> NoReturn:
        refuse(f"x[{'y' if isinstance(place, Symbol) else '...' if isinstance(place, (slice, tuple)) else place}]")

    def __repr__(self) -> str:
        made = f", made by {self.block!r}" if self.block else ""
        return f"Symbol(shape={with_rows(self.shape)}{made})"


def refuse(what: str) -> NoReturn:
    """The error for what no layer does to symbols."""
    raise OperandError(f"`{what}`: symbols can be added, subtracted and multiplied with one another; for anything else "
                       "write a layer, such as nn.Activation(lambda v: v / 2), which meets each number of a row, or a "
                       "class of nn.Block with call(self, x), which meets the numbers of a row")  # fmt: skip


def written(operand: object) -> str:
    """An operand as the user may have written it."""
    return "y" if isinstance(operand, Symbol) else repr(operand) if isinstance(operand, (int, float)) else "..."


def refusal(form: str) -> Callable[..., NoReturn]:
    """A method that refuses: `form` says what was written, with y in the place of another operand."""

    def refused(self: Symbol, *others: Any) -> NoReturn:
        refuse(form.replace("y", written(others[0]), 1) if others else form)

    return refused


BETWEEN = {
    "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@", "and": "&", "or": "|", "xor": "^",
    "lshift": "<<", "rshift": ">>",
}  # fmt: skip
COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
FORMS = {
    **{f"__{name}__": f"x {sign} y" for name, sign in (BETWEEN | COMPARISONS).items()},
    **{f"__r{name}__": f"y {sign} x" for name, sign in (BETWEEN | {"add": "+", "sub": "-", "mul": "*"}).items()},
    "__divmod__": "divmod(x, y)", "__rdivmod__": "divmod(y, x)", "__round__": "round(x)", "__contains__": "y in x",
    "__neg__": "-x", "__pos__": "+x", "__invert__": "~x", "__len__": "len(x)", "__bool__": "bool(x)",
    **{f"__{name}__": f"{name}(x)" for name in ("abs", "float", "int", "complex")},
    **{f"__{name}__": f"math.{name}(x)" for name in ("floor", "ceil", "trunc")},
    "__array__": "numpy.asarray(x)",
}  # fmt: skip
for _name, _form in FORMS.items():
    setattr(Symbol, _name, refusal(_form))


@know_arguments
def Input(shape: int | Iterable[int], *, name: str | None = None) -> Symbol:
    """The symbol for a row of that shape: the start of a functional model, or the first entry of a Sequential.

    >>> Input(shape=(28, 28))
    Symbol(shape=(None, 28, 28))
    """
    sizes = [shape] if isinstance(shape, int) else shape
    if isinstance(sizes, (str, Value)) or not is_series(sizes):
        raise OperandError(f"Input: expected a shape such as (2,), got {shown(shape)}")
    return Symbol(tuple(checks.size(size, "Input: shape") for size in sizes), name=name)


def with_rows(shape: Shape) -> str:
    """A shape as it is printed, with None for the number of rows."""
    return str((None, *shape))
