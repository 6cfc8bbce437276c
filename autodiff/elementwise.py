"""The functions of one or a few Values, each declared in one line: its body is written from the table.

Of numbers alone they give a number and record nothing, so the same code runs with and without gradients.

>>> from autodiff import Value
>>> exp(Value(0.0)), exp(0.0), maximum(2, 3.0)
(Value(data=1.0, grad=0.0), 1.0, 3.0)
"""
# mypy: disable-error-code="empty-body, overload-overlap"
# (the bodies of declared operations are written from the table; a Value has a `__float__`, which raises)

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, SupportsFloat, TypeVar, cast, overload

from . import rules
from .generated import GENERATED, Declared, dress, fast
from .errors import OperandError, shown
from .coerce import Number
from .ops import FUNCTIONS, INTERNAL, TABLE, WHERE
from .signatures import OfOne, OfTwo, P
from .value import Value

X = TypeVar("X", bound=Any)  # a Value or a number; what goes in comes out

if not TYPE_CHECKING:  # a type checker goes by the declarations
    __all__ = [op.name for op in FUNCTIONS]


def operation(declared: Callable[Concatenate[Any, P], Any]) -> OfOne[P]:
    """Give a declared function of one input the body that the table's row of its name describes."""
    return cast(OfOne[P], _with_body(declared))


def operation_of_two(declared: Callable[..., Any]) -> OfTwo:
    """Give a declared function of two inputs its body."""
    return cast(OfTwo, _with_body(declared))


def _with_body(declared: Declared) -> Declared:
    arguments = declared.__code__.co_varnames[: declared.__code__.co_argcount]
    source = rules.function_source(TABLE[declared.__name__], declared.__name__, arguments)
    return fast(dress(rules.compile_source(declared.__name__, source, GENERATED, arguments), declared))


@operation
def exp(x: X) -> X:
    """e to the power x.

    >>> exp(0.0)
    1.0
    """


@operation
def expm1(x: X) -> X:
    """exp(x) - 1, without cancellation near 0.

    >>> expm1(1e-20)
    1e-20
    """


@operation
def log(x: X) -> X:
    """The natural logarithm; -inf at 0, nan below.

    >>> log(1.0), log(0.0)
    (0.0, -inf)
    """


@operation
def log1p(x: X) -> X:
    """log(1 + x), without cancellation near 0.

    >>> log1p(1e-20)
    1e-20
    """


@operation
def log2(x: X) -> X:
    """The logarithm to base 2.

    >>> log2(8.0)
    3.0
    """


@operation
def log10(x: X) -> X:
    """The logarithm to base 10.

    >>> log10(1000.0)
    3.0
    """


@operation
def sqrt(x: X) -> X:
    """The square root; its derivative at 0 is inf.

    >>> sqrt(9.0)
    3.0
    """


@operation
def sin(x: X) -> X:
    """The sine of x radians.

    >>> sin(0.0)
    0.0
    """


@operation
def cos(x: X) -> X:
    """The cosine of x radians.

    >>> cos(0.0)
    1.0
    """


@operation
def tan(x: X) -> X:
    """The tangent of x radians.

    >>> tan(0.0)
    0.0
    """


@operation
def asin(x: X) -> X:
    """The angle in radians whose sine is x.

    >>> asin(1.0)
    1.5707963267948966
    """


@operation
def acos(x: X) -> X:
    """The angle in radians whose cosine is x.

    >>> acos(1.0)
    0.0
    """


@operation
def atan(x: X) -> X:
    """The angle in radians whose tangent is x.

    >>> atan(1.0)
    0.7853981633974483
    """


@operation_of_two
def atan2(x1: X, x2: X) -> X:
    """The angle in radians of the point (x2, x1).

    >>> atan2(1.0, -1.0)
    2.356194490192345
    """


@operation
def sinh(x: X) -> X:
    """The hyperbolic sine.

    >>> sinh(0.0)
    0.0
    """


@operation
def cosh(x: X) -> X:
    """The hyperbolic cosine.

    >>> cosh(0.0)
    1.0
    """


@operation
def tanh(x: X) -> X:
    """The hyperbolic tangent.

    >>> tanh(0.5)
    0.46211715726000974
    """


@operation
def asinh(x: X) -> X:
    """The inverse of sinh.

    >>> asinh(0.0)
    0.0
    """


@operation
def acosh(x: X) -> X:
    """The inverse of cosh, for x >= 1.

    >>> acosh(1.0)
    0.0
    """


@operation
def atanh(x: X) -> X:
    """The inverse of tanh, for -1 <= x <= 1.

    >>> atanh(1.0)
    inf
    """


@operation
def erf(x: X) -> X:
    """The error function.

    >>> erf(0.5)
    0.5204998778130465
    """


@operation_of_two
def hypot(x1: X, x2: X) -> X:
    """sqrt(x1 * x1 + x2 * x2), without overflow; its derivatives at (0, 0) are 0.

    >>> hypot(3.0, 4.0)
    5.0
    """


@operation
def floor(x: X) -> X:
    """The largest integer not above x; its derivative is 0.

    >>> floor(-1.5)
    -2.0
    """


@operation
def sign(x: X) -> X:
    """-1, 0 or 1; its derivative is 0.

    >>> sign(-2.0)
    -1.0
    """


@operation_of_two
def xlogy(x1: X, x2: X) -> X:
    """x1 * log(x2), and 0 where x1 is 0.

    >>> xlogy(0.0, 0.0)
    0.0
    """


@operation_of_two
def maximum(x1: X, x2: X) -> X:
    """The larger; at a tie the derivative is 1/2 in each.

    >>> maximum(2.0, 3.0)
    3.0
    """


@operation_of_two
def minimum(x1: X, x2: X) -> X:
    """The smaller; at a tie the derivative is 1/2 in each.

    >>> minimum(2.0, 3.0)
    2.0
    """


@operation
def clip(x: X, low: Number, high: Number) -> X:
    """x held between two numbers; its derivative is 0 outside and at the bounds.

    >>> clip(5.0, 0.0, 1.0)
    1.0
    """


@operation
def relu(x: X) -> X:
    """x where it is positive, else 0; its derivative at 0 is 0.

    >>> relu(-2.0), relu(3.0)
    (0.0, 3.0)
    """


@operation
def leaky_relu(x: X, slope: Number = 0.01) -> X:
    """x where it is positive, else slope * x.

    >>> leaky_relu(-2.0)
    -0.02
    """


@operation
def elu(x: X, alpha: Number = 1.0) -> X:
    """x where it is positive, else alpha * (exp(x) - 1).

    >>> elu(-1.0)
    -0.6321205588285577
    """


@operation
def sigmoid(x: X) -> X:
    """1 / (1 + exp(-x)), accurate in both tails.

    >>> sigmoid(1.0)
    0.7310585786300049
    """


@operation
def log_sigmoid(x: X) -> X:
    """log(sigmoid(x)), without overflow.

    >>> log_sigmoid(-800.0)
    -800.0
    """


@operation
def softplus(x: X) -> X:
    """log(1 + exp(x)), without overflow; smooth, with derivative 1/2 at 0.

    >>> softplus(800.0)
    800.0
    """


@operation
def silu(x: X) -> X:
    """x * sigmoid(x), also called swish.

    >>> silu(1.0)
    0.7310585786300049
    """


@operation
def gelu(x: X) -> X:
    """x times the normal distribution function of x (exact, not the tanh approximation).

    >>> gelu(1.0)
    0.8413447460685429
    """


@operation
def stop_gradient(x: X) -> X:
    """x itself, treated as a constant: no gradient flows through it.

    >>> from autodiff import grad
    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """


@overload
def where(condition: bool, x1: Value, x2: Value | SupportsFloat) -> Value: ...
@overload
def where(condition: bool, x1: SupportsFloat, x2: Value) -> Value: ...
@overload
def where(condition: bool, x1: SupportsFloat, x2: SupportsFloat) -> float: ...


def where(condition: bool, x1: Any, x2: Any) -> Any:
    """x1 if the condition holds, else x2; no gradient flows to the other, whatever its derivative.

    >>> from autodiff import Value
    >>> x = Value(0.0)
    >>> where(x > 0, log(x), 0.0)
    Value(data=0.0, grad=0.0)
    """
    if hasattr(condition, "choose_between"):  # a comparison that is being recorded, to be made again on other numbers
        return condition.choose_between(x1, x2)
    if not isinstance(condition, bool) and not (type(condition).__module__ == "numpy" and str(condition) in TRUTH):
        raise OperandError(f"where: expected a truth value such as `x > 0` as the condition, got {shown(condition)}")
    return _where(float(bool(condition)), x1, x2)


TRUTH = ("True", "False")  # what a NumPy truth value, alone or as a 0-d array, prints as


def _write(name: str, *arguments: str) -> Callable[..., Any]:
    return fast(rules.compile_source(name, rules.function_source(TABLE[name], name, arguments), GENERATED, arguments))


def _internal(name: str) -> Callable[..., Any]:
    return _write(name, *("x1", "x2")[: TABLE[name].arity])


_where = _write(WHERE, "condition", "x1", "x2")


# What a gradient graph is made of where it has no everyday name.
globals().update({op.name: _internal(op.name) for op in INTERNAL if not op.variadic})
