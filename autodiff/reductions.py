"""The functions of any number of Values, each one node however many there are: total, dot, logsumexp; and softmax.

>>> x = Value(2.0)
>>> y = dot([x, 3.0], [x, 5.0])
>>> y.data, y.slopes
(19.0, (2.0, None, 2.0, None))
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from . import native, rules
from .generated import GENERATED
from .errors import ArgumentError, OperandError, shown
from .elementwise import exp
from .coerce import number
from .ops import DOT, LARGEST, LOGSUMEXP, REDUCTIONS, TABLE, TOTAL
from .value import Value, constant, record

V = TypeVar("V", bound=Any)  # a Value or a number; what goes in comes out

if not TYPE_CHECKING:  # a type checker goes by the declarations
    __all__ = ["log_softmax", "softmax", *(op.name for op in REDUCTIONS)]


def total(values: Iterable[V]) -> V:
    """The sum, as one node; of floats the exact sum rounded once.

    >>> total([1e100, 1.0, -1e100])
    1.0
    """
    y: V = of_many(TOTAL, _list(TOTAL, values))
    return y


@overload
def dot(ws: Iterable[Value], xs: Iterable[Any]) -> Value: ...
@overload
def dot(ws: Iterable[Any], xs: Iterable[Value]) -> Value: ...
@overload
def dot(ws: Iterable[float], xs: Iterable[float]) -> float: ...
@overload
def dot(ws: Iterable[Any], xs: Iterable[Any]) -> Any: ...


def dot(ws: Iterable[Any], xs: Iterable[Any]) -> Any:
    """The sum of the products of two lists of equal length, as one node; each product rounded, their sum rounded once.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    ws, xs = _list(DOT, ws), _list(DOT, xs)
    if len(ws) != len(xs):
        raise ArgumentError(f"dot: expected two lists of the same length, got {len(ws)} and {len(xs)} numbers")
    return of_many(DOT, [*ws, *xs])


def logsumexp(*values: V) -> V:
    """log(exp(x1) + exp(x2) + …), without overflow, as one node.

    >>> logsumexp(1000.0, 1000.0)
    1000.6931471805599
    """
    some = _some(LOGSUMEXP, values)
    one = len(some) == 1 and type(some[0]) is Value  # then it is the identity, whose slope is 1 also at -inf
    y: V = +some[0] if one else of_many(LOGSUMEXP, some)
    return y


def softmax(*values: V) -> list[V]:
    """The exponentials divided by their sum: positive numbers that add up to 1.

    >>> softmax(1000.0, 1000.0)
    [0.5, 0.5]
    """
    terms = [exp(x) for x in _lower("softmax", values)]
    whole = total(terms)
    return [term / whole for term in terms]


def log_softmax(*values: V) -> list[V]:
    """The logarithms of the softmax, without going through it.

    >>> log_softmax(0.0, -1000.0)
    [0.0, -1000.0]
    """
    lowered = _lower("log_softmax", values)
    whole = logsumexp(*lowered)
    return [x - whole for x in lowered]


def _lower(name: str, values: Sequence[Any]) -> list[Any]:
    """The values less the largest, which is taken as a constant: a softmax does not depend on it."""
    checked = [x if type(x) is Value else number(x, name) for x in _some(name, values)]
    top = of_many(LARGEST, checked)
    return [x - top for x in checked]


def _list(name: str, values: Iterable[Any]) -> list[Any]:
    try:
        return list(values)
    except TypeError:
        raise OperandError(f"{name}: expected a list of Values or numbers, got {shown(values)}") from None


def _some(name: str, values: Sequence[Any]) -> list[Any]:
    if len(values) == 1 and not isinstance(values[0], Value) and hasattr(values[0], "__iter__"):
        raise OperandError(f"{name}: expected numbers one by one, as in {name}(*values), got {shown(values[0])}")
    if not values:
        raise ArgumentError(f"{name}: expected at least one value, got none")
    return list(values)


def of_many(name: str, operands: list[Any]) -> Any:
    """An operation of any number of inputs: a node if there is a Value among them, else a number."""
    if Value not in map(type, operands):
        return _FORMULAS[name]([number(x, name) for x in operands])
    parents = tuple([x if type(x) is Value else constant(x, name) for x in operands])
    xs = [parent._data for parent in parents]
    y = _FORMULAS[name](xs)
    rule = _SLOPES[name](xs, y)
    if rule is None:
        return record(name, y, parents, (None,) * len(parents))
    slopes = tuple([None if parent.op == "constant" else slope for parent, slope in zip(parents, rule)])
    return record(name, y, parents, slopes)


_VARIADIC = [op for op in TABLE.values() if op.variadic]
_FORMULAS = {op.name: rules.formula(op, GENERATED, rules.ieee) for op in _VARIADIC}
_SLOPES = {op.name: rules.slope(op, 0, GENERATED, rules.ieee) for op in _VARIADIC}

if native.engine == "native":
    native.module.connect_of_many(of_many)
    of_many = native.module.of_many
