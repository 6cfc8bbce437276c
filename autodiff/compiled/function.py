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
>>> f([1.0, 2.0], 0.5)
array([0.46211716, 0.92423431])
"""

import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from keyword import iskeyword
from operator import attrgetter
from typing import Any

import numpy as np

from ..coerce import is_series
from ..errors import ArgumentError, OperandError, shown
from ..value import Value
from . import derivatives
from .record.call import FLOATS, Call, Signature, call_of
from .record.parameters import Layout, Parameters
from .ir.program import Program
from .variant import Variant
from .recordings import Ways

_data = attrgetter("_data")


class CompiledFunction:
    """What `compile` returns: call it, or ask for `value_and_grad`, `source`, `program`."""

    def __init__(self, function: Callable[..., Any], target: str | None = None) -> None:
        if not callable(function):
            raise OperandError(f"compile: expected a function of Values, got {shown(function)}")
        check_target(target)
        self.function, self.target = function, target
        self.name = getattr(function, "__name__", type(function).__name__)
        self._parameters = Parameters(function)
        self._ways = Ways(self.name, function, target)
        self._quick: dict[int, tuple[Callable[..., Any], list[Value]]] = {}  # by the number of floats given
        self._derivatives: dict[tuple[str, Layout], CompiledFunction] = {}

    def __repr__(self) -> str:
        return f"compile({self.name}, target={self.target!r})"

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """The function's value; for arrays, one for each row."""
        results, variant = self._ways.run(self._call(args, kwargs), "value")
        return results[0] if variant.single else list(results)

    def value_and_grad(self, /, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """The value, and a gradient for each argument, in its shape: a dict by name if any was given by keyword.

        A number among arrays is shared by all rows, and its gradient is the sum of theirs.

        >>> compile(lambda x, y: x * y).value_and_grad(x=3.0, y=[1.0, 2.0])
        (array([3., 6.]), {'x': 3.0, 'y': array([3., 3.])})
        """
        if not kwargs and len(args) in self._quick and set(map(type, args)) == FLOATS:
            function, captured = self._quick[len(args)]
            results = function(*args, *map(_data, captured))
            return results[0], results[1:]
        call = self._call(args, kwargs)
        (value, *gradients), variant = self._ways.run(call, "value_and_grad")
        if kwargs:
            return value, dict(zip(call.signature.layout.names, gradients))
        if variant.unconditional:
            self._quick[len(args)] = variant.functions["value_and_grad"], variant.captured
        return value, tuple(gradients)

    def jacobian(self, /, *args: Any, **kwargs: Any) -> Any:
        """Each output's derivative in each argument: a row for each output; for arrays one such matrix for each row.

        >>> compile(lambda x, y: [x * y, x + y]).jacobian(2.0, 3.0)
        [[3.0, 2.0], [1.0, 1.0]]
        """
        return self._derived("jacobian", *self._parameters.bind(self.name, args, kwargs))

    def hessian(self, /, *args: Any, **kwargs: Any) -> Any:
        """The second derivatives in the arguments, as a matrix; for arrays one for each row.

        >>> compile(lambda x, y: x * x * y).hessian(2.0, 3.0)
        [[6.0, 4.0], [4.0, 0.0]]
        """
        return self._derived("hessian", *self._parameters.bind(self.name, args, kwargs))

    def hvp(self, at: Sequence[Any], direction: Sequence[Any]) -> Any:
        """The Hessian at a point times a direction: a number for each argument; for arrays a vector for each row.

        >>> compile(lambda x, y: x * x * y).hvp([2.0, 3.0], [1.0, 0.0])
        [6.0, 4.0]
        """
        if not all(isinstance(each, (list, tuple, np.ndarray)) and is_series(each) for each in (at, direction)):
            raise ArgumentError(f"{self.name}.hvp: expected two lists, a point and a direction, got {shown(at)} and "
                                f"{shown(direction)}")  # fmt: skip
        if len(at) != len(direction):
            raise ArgumentError(f"{self.name}.hvp: expected a direction of {len(at)} numbers, got {len(direction)}")
        layout, values = self._parameters.bind(self.name, tuple(at), {})
        return self._derived("hvp", layout, [*values, *direction])

    def _derived(self, kind: str, layout: Layout, values: Sequence[Any]) -> Any:
        """The matrix, or vector, of derivatives that a function compiled from the derivative's graph gives."""
        if (kind, layout) not in self._derivatives:
            rule = getattr(derivatives, kind)

            def function(*xs: Value) -> Any:
                return layout.apply(self.function, xs)

            self._derivatives[kind, layout] = CompiledFunction(lambda *xs: rule(function, *xs), self.target)
        found = self._derivatives[kind, layout](*values)
        batch = bool(found) and bool(np.ndim(found[0]))
        if kind == "hvp":
            return np.stack(found, axis=-1) if batch else found
        size = len(layout.names)
        rows = [found[start : start + size] for start in range(0, len(found), size or 1)]
        return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2) if batch else rows

    @property
    def source(self) -> str:
        """The emitted source: `value` and `value_and_grad`, as last run, or as they would be for arrays."""
        return self._shown().source

    @property
    def program(self) -> Program:
        """The program of the value, as last run, or as it would be for arrays."""
        return self._shown().program

    def _shown(self) -> Variant:
        if self._ways.latest is None:
            layout = self._parameters.layout
            if layout is None:
                raise ArgumentError(f"{self.name}: how many arguments it takes shows when it is called: call it first")
            signature = Signature(layout, (self.target != "math",) * len(layout.names))
            self._ways.way(Call(signature, [np.ones(1) if many else 1.0 for many in signature.batched], 1), 0)
        assert self._ways.latest is not None
        return self._ways.latest

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        return call_of(self.name, *self._parameters.bind(self.name, args, kwargs))


def compile(function: Callable[..., Any], target: str | None = None) -> CompiledFunction:
    """The function of Values as a compiled function of numbers, or of arrays of equal length: one result per row.

    `target` says what its code runs on: "native" (operation by operation in C, the same bits as eager), "math" (Python
    floats, the same bits), "numpy", or another array module, such as "jax.numpy". By default NumPy where arrays stand
    for many operations each, and for arrays through small functions; else C, or, where that was not built, floats.
    Comparisons that steer the function (`if x > 0`) and numbers that it reads (`x.data`) are remembered, and where a
    later input goes the other way, or has another number, it is recorded again; a function with more than 64 ways is
    refused, with the lines at fault. A comparison may be used as any bool, but for `is`: `(x > 0) is True` never holds.
    Values that it captures, such as a model's parameters, are read at each call; what else it captures (a float, the
    number of layers) stays what it was at the first one.

    >>> f = compile(lambda x: x if x > 0 else -2 * x)
    >>> f([1.0, -1.0]).tolist()
    [1.0, 2.0]
    """
    return CompiledFunction(function, target)


def check_target(target: Any) -> None:
    """An error unless it names a module, or one of a package, that is installed."""
    if target is not None and not isinstance(target, str):
        raise OperandError(f"compile: expected a target such as 'math' or 'jax.numpy', got {shown(target)}")
    parts = ("math" if target in (None, "native") else target).split(".")
    root, plain = parts[0], all(part.isidentifier() and part.isascii() and not iskeyword(part) for part in parts)
    if not plain or root not in sys.modules and find_spec(root) is None:
        raise ArgumentError(f"compile: expected a target such as 'math', 'numpy' or 'jax.numpy', got "
                            f"{shown(target)}, and no module of that name is installed")  # fmt: skip
