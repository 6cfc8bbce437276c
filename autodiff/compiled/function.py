"""`compile(f)`: the same function, recorded once and run as a program on numbers, or on arrays with one entry per row.

>>> from autodiff import tanh
>>> f = compile(lambda x, y: x * tanh(y))
>>> f(2.0, 0.0), f.value_and_grad(2.0, 0.0)
(0.0, (0.0, (0.0, 2.0)))
>>> print(f.source)
from autodiff.kernels import tanh
from autodiff.stable import sech
<BLANKLINE>
<BLANKLINE>
def value(x_0, x_1):
...
>>> f(np.array([1.0, 2.0]), 0.5)
array([0.46211716, 0.92423431])
"""

import sys
from collections.abc import Callable
from copy import deepcopy
from importlib.util import find_spec
from keyword import iskeyword
from operator import attrgetter
from typing import Any

import numpy as np

from .. import differentiate
from ..errors import ArgumentError, OperandError, shown
from ..structure import flatten, leaves_like
from ..suggest import hint
from ..traced_call import Argnums, choose_places
from ..value import Value
from .record.call import FLOATS, Call, Signature, call_of
from .record.parameters import Parameters
from .ir.program import Program
from .specialization import Specialization
from .recordings import Recordings

_data = attrgetter("data")  # of which a recording hears that this runs in


class CompiledFunction:
    """What `compile` returns: call it, or ask for `value_and_grad`, `source`, `program`."""

    def __init__(self, function: Callable[..., Any], target: str | None = None, argnums: Argnums = None) -> None:
        if not callable(function):
            raise OperandError(f"compile: expected a function of Values, got {shown(function)}")
        check_target(target)
        self.function, self.target, self.argnums = function, target, argnums
        self.name = getattr(function, "__name__", type(function).__name__)
        self._parameters = Parameters(function)
        self._recordings = Recordings(self.name, function, target)
        self._derivatives: dict[str, CompiledFunction] = {}
        self._quick: dict[int, tuple[Callable[..., Any], list[Value]]] = {}  # by the number of floats given

    def __getattr__(self, name: str) -> Any:
        there = [each for each in dir(CompiledFunction) if not each.startswith("_")]
        near = "" if name.startswith("_") else f": {hint(name, there)}"
        raise AttributeError(f"a compiled function has no attribute {name!r}{near}")

    def __repr__(self) -> str:
        return f"compile({self.name}, target={self.target!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return CompiledFunction, (self.function, self.target, self.argnums)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """The function's value, in the structure that it returns; for arrays, an entry for each row."""
        results, found = self._recordings.run(self._call(args, kwargs), "value")
        return results[0] if found.single else found.shape.unflatten(results)

    def value_and_grad(self, /, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """The value, and a gradient for each argument, in its structure: a dict by name if any was given by keyword.

        A number among arrays is shared by all rows, and its gradient is the sum of theirs.

        >>> compile(lambda x, y: x * y).value_and_grad(x=3.0, y=np.array([1.0, 2.0]))
        (array([3., 6.]), {'x': 3.0, 'y': array([3., 3.])})
        """
        if not kwargs and len(args) in self._quick and set(map(type, args)) == FLOATS:
            function, captured = self._quick[len(args)]
            results = function(*args, *map(_data, captured))
            return results[0], results[1:]
        chosen = None if self.argnums is None else choose_places(self.argnums, len(args))
        call = self._call(args, kwargs)
        (value, *columns), found = self._recordings.run(call, "value_and_grad")
        gradients = call.signature.like_arguments(columns)
        if chosen is not None:
            return value, gradients[chosen[0]] if isinstance(self.argnums, int) else tuple(gradients[x] for x in chosen)
        if kwargs:
            return value, dict(zip(call.signature.layout.names, gradients))
        if found.unconditional and not call.signature.shapes:
            self._quick[len(args)] = found.functions["value_and_grad"], found.captured
        return value, tuple(gradients)

    def jacobian(self, /, *args: Any, **kwargs: Any) -> Any:
        """Each output's derivative in the arguments, as `autodiff.jacobian` gives it; for arrays, one for each row.

        >>> compile(lambda x, y: [x * y, x + y]).jacobian(2.0, 3.0)
        [(3.0, 2.0), (1.0, 1.0)]
        """
        return self._derive("jacobian")(*args, **kwargs)

    def hessian(self, /, *args: Any, **kwargs: Any) -> Any:
        """The second derivatives in the arguments, as `autodiff.hessian` gives them; for arrays, one for each row.

        >>> compile(lambda x, y: x * x * y).hessian(2.0, 3.0)
        [[6.0, 4.0], [4.0, 0.0]]
        """
        return self._derive("hessian")(*args, **kwargs)

    def hvp(self, at: Any, direction: Any) -> Any:
        """The Hessian times a direction, as `autodiff.hvp` gives it; for arrays, that of the sum of all rows.

        >>> compile(lambda x, y: x * x * y).hvp((2.0, 3.0), (1.0, 0.0))
        (6.0, 4.0)
        """
        at = at if isinstance(at, tuple) else (at,)
        self._parameters.bind(self.name, at, {})
        return self._pull("hvp", at, direction)

    def vjp(self, /, *at: Any) -> tuple[Any, Callable[[Any], Any]]:
        """The value, and the function that pulls a gradient of it back to the arguments, as `autodiff.vjp` gives them.

        A number among arrays is shared by all rows, and what is pulled back to it is the sum of theirs.

        >>> value, pull = compile(lambda x, y: [x * y, x + y]).vjp(2.0, 3.0)
        >>> value, pull([1.0, 10.0])
        ([6.0, 5.0], (13.0, 12.0))
        """
        value, at = self(*at), deepcopy(at)  # the caller may write into an array before it pulls
        return value, lambda gradient: self._pull("vjp", at, gradient)

    def _pull(self, kind: str, at: tuple[Any, ...], weights: Any) -> Any:
        found = self._derive(kind).value_and_grad(at, weights)[1]
        return found[0] if len(at) == 1 else found

    def _derive(self, kind: str) -> "CompiledFunction":
        """The eager derivative, compiled like any other function of Values."""
        if kind not in self._derivatives:
            rule, argnums = _DERIVED[kind]
            self._derivatives[kind] = CompiledFunction(rule(self), self.target, argnums)
        return self._derivatives[kind]

    @property
    def source(self) -> str:
        """The emitted source: `value` and `value_and_grad`, as last run, or as they would be for arrays."""
        return self._show().source

    @property
    def program(self) -> Program:
        """The program of the value, as last run, or as it would be for arrays."""
        return self._show().program

    def _show(self) -> Specialization:
        if self._recordings.latest is None:
            layout = self._parameters.layout
            if layout is None:
                raise ArgumentError(f"{self.name}: how many arguments it takes shows when it is called: call it first")
            signature = Signature(layout, (self.target != "math",) * len(layout.names))
            self._recordings.find(Call(signature, [np.ones(1) if many else 1.0 for many in signature.batched], 1), 0)
        assert self._recordings.latest is not None
        return self._recordings.latest

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        return call_of(self.name, *self._parameters.bind(self.name, args, kwargs))


def _jacobian(compiled: CompiledFunction) -> Callable[..., Any]:
    return differentiate.jacobian_of(compiled.function, compiled.argnums, again=False)


def _hessian(compiled: CompiledFunction) -> Callable[..., Any]:
    return differentiate.hessian(compiled.function, compiled.argnums)


def _hvp(compiled: CompiledFunction) -> Callable[..., Any]:
    """The function whose gradient is the Hessian times the direction."""

    def hvp(at: tuple[Any, ...], direction: Any) -> Any:
        return differentiate.slope_along(compiled.function, at, direction)

    return hvp


def _vjp(compiled: CompiledFunction) -> Callable[..., Any]:
    """The function whose gradient is what is pulled back."""

    def vjp(at: tuple[Any, ...], gradient: Any) -> Any:
        output = compiled.function(*at)
        return differentiate.add_weighted(flatten(output)[0], leaves_like(gradient, output))

    return vjp


_DERIVED = {"jacobian": (_jacobian, None), "hessian": (_hessian, None), "hvp": (_hvp, 0), "vjp": (_vjp, 0)}


def compile(function: Callable[..., Any], target: str | None = None, argnums: Argnums = None) -> CompiledFunction:
    """The function of Values as a compiled function of numbers, or of arrays of equal length: one result per row.

    An argument may be a list, tuple or dict of numbers at any depth, and the function gets one of Values; of an array
    the first axis is the rows, and the function gets what one row has. `argnums` says which arguments to differentiate
    in, as in `grad`.

    `target` says what its code runs on: "native" (operation by operation in C, the same bits as eager), "math" (Python
    floats, the same bits), "numpy", or another array module, such as "jax.numpy". By default NumPy where arrays stand
    for many operations each, and for arrays through small functions; else C, or, where that was not built, floats.
    Comparisons that steer the function (`if x > 0`) and numbers that it reads (`x.data`) are remembered, and where a
    later input goes the other way, or has another number, it is recorded again; a function with more than 64 such
    specializations is refused, with the lines at fault. A comparison may be used as any bool, but for `is`:
    `(x > 0) is True` never holds. Values that it captures, such as a model's parameters, are read at each call; what
    else it captures (a float, the number of layers) stays what it was at the first one.

    >>> f = compile(lambda x: x if x > 0 else -2 * x)
    >>> f(np.array([1.0, -1.0])).tolist()
    [1.0, 2.0]
    """
    return CompiledFunction(function, target, argnums)


def check_target(target: Any) -> None:
    """An error unless it names a module, or one of a package, that is installed."""
    if target is not None and not isinstance(target, str):
        raise OperandError(f"compile: expected a target such as 'math' or 'jax.numpy', got {shown(target)}")
    parts = ("math" if target in (None, "native") else target).split(".")
    root, plain = parts[0], all(part.isidentifier() and part.isascii() and not iskeyword(part) for part in parts)
    if not plain or root not in sys.modules and find_spec(root) is None:
        raise ArgumentError(f"compile: expected a target such as 'math', 'numpy' or 'jax.numpy', got "
                            f"{shown(target)}, and no module of that name is installed")  # fmt: skip
