"""What a type checker knows of functions that take Values and numbers alike: `exp(v)` is a Value, `exp(1)` a float.

>>> from autodiff import exp, maximum
>>> exp(1), maximum(Value(2.0), 3)
(2.718281828459045, Value(data=3.0, grad=0.0))
"""

from typing import Any, ParamSpec, Protocol, SupportsFloat, TypeVar, overload

from .value import Value

P = ParamSpec("P")
X = TypeVar("X")
Y = TypeVar("Y")

# mypy: disable-error-code=overload-overlap
# (a Value counts as a number because it has a `__float__`, which only tells what to write instead)


class OfOne(Protocol[P]):
    """A function of one input; what else it takes, such as a bound, is a number that is not differentiated."""

    __name__: str

    @overload
    def __call__(self, x: Value, /, *settings: P.args, **named: P.kwargs) -> Value: ...

    @overload
    def __call__(self, x: SupportsFloat, /, *settings: P.args, **named: P.kwargs) -> float: ...


class OfTwo(Protocol):
    """A function of two inputs, whose result is a Value if one of them is."""

    __name__: str

    @overload
    def __call__(self, x1: Value, x2: Value | SupportsFloat) -> Value: ...

    @overload
    def __call__(self, x1: SupportsFloat, x2: Value) -> Value: ...

    @overload
    def __call__(self, x1: SupportsFloat, x2: SupportsFloat) -> float: ...


class Gradient(Protocol):
    """What `grad(f)` is: of one argument, its gradient in its type; of several, a tuple; of keywords, a dict."""

    @overload
    def __call__(self, x: float, /) -> float: ...

    @overload
    def __call__(self, x: X, /) -> X: ...

    @overload
    def __call__(self, x: float, y: float, /) -> tuple[float, float]: ...

    @overload
    def __call__(self, x: X, y: Y, /) -> tuple[X, Y]: ...

    @overload
    def __call__(self, x: Any, y: Any, z: Any, /, *more: Any) -> tuple[Any, ...]: ...

    @overload
    def __call__(self, *some: Any, **named: Any) -> Any: ...


class ValueAndGradient(Protocol):
    """What `value_and_grad(f)` is: the value beside what `grad(f)` gives."""

    @overload
    def __call__(self, x: float, /) -> tuple[float, float]: ...

    @overload
    def __call__(self, x: X, /) -> tuple[Any, X]: ...

    @overload
    def __call__(self, *some: Any, **named: Any) -> tuple[Any, Any]: ...
