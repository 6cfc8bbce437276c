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
def value(x, y):
...
>>> f([1.0, 2.0], 0.5)
array([0.46211716, 0.92423431])
"""

import inspect
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from operator import attrgetter
from threading import RLock
from typing import Any, NamedTuple

import numpy as np

from ..errors import ArgumentError, OperandError, shown
from ..operands import number
from ..value import Value
from . import derivatives
from .program import Program
from .variant import Signature, Variant, chosen

MOST_BRANCHES = 64
FLOATS = {float}
_data = attrgetter("_data")


class Call(NamedTuple):
    """The arguments of one call: a signature, their data in order, and how many rows there are (None: not a batch)."""

    signature: Signature
    data: list[Any]
    rows: int | None
    keywords: bool


class CompiledFunction:
    """What `compile` returns: call it, or ask for `value_and_grad`, `source`, `program`."""

    def __init__(self, function: Callable[..., Any], target: str | None = None) -> None:
        if not callable(function):
            raise OperandError(f"compile: expected a function of Values, got {shown(function)}")
        if target is not None and not isinstance(target, str):
            raise OperandError(f"compile: expected a target such as 'math' or 'jax.numpy', got {shown(target)}")
        if target not in (None, "math") and not _installed(target):
            raise ArgumentError(f"compile: expected a target such as 'math', 'numpy' or 'jax.numpy', got "
                                f"{shown(target)}, and no module of that name is installed")  # fmt: skip
        self.function, self.target = function, target
        self.name = getattr(function, "__name__", type(function).__name__)
        self._signature = _signature(function)
        self._variants: dict[Signature, tuple[Variant, ...]] = {}
        self._quick: dict[int, tuple[Callable[..., Any], list[Value]]] = {}  # by the number of floats given
        self._derivatives: dict[tuple[str, tuple[str, ...]], CompiledFunction] = {}
        self._latest: Variant | None = None
        self._lock = RLock()

    def __repr__(self) -> str:
        return f"compile({self.name}, target={self.target!r})"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function's value; for arrays, one for each row."""
        call = self._call(args, kwargs)
        results, variant = self._run(call, "value")
        return results[0] if variant.single else list(results)

    def value_and_grad(self, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
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
        (value, *gradients), _ = self._run(call, "value_and_grad")
        names = call.signature.names
        return value, dict(zip(names, gradients)) if call.keywords else tuple(gradients)

    def jacobian(self, *args: Any, **kwargs: Any) -> Any:
        """Each output's derivative in each argument: a row for each output; for arrays one such matrix for each row.

        >>> compile(lambda x, y: [x * y, x + y]).jacobian(2.0, 3.0)
        [[3.0, 2.0], [1.0, 1.0]]
        """
        return self._derived("jacobian", *self._signature.bind(self.name, args, kwargs))

    def hessian(self, *args: Any, **kwargs: Any) -> Any:
        """The second derivatives in the arguments, as a matrix; for arrays one for each row.

        >>> compile(lambda x, y: x * x * y).hessian(2.0, 3.0)
        [[6.0, 4.0], [4.0, 0.0]]
        """
        return self._derived("hessian", *self._signature.bind(self.name, args, kwargs))

    def hvp(self, at: Sequence[Any], direction: Sequence[Any]) -> Any:
        """The Hessian at a point times a direction: a number for each argument; for arrays a vector for each row.

        >>> compile(lambda x, y: x * x * y).hvp([2.0, 3.0], [1.0, 0.0])
        [6.0, 4.0]
        """
        if not all(isinstance(each, (list, tuple, np.ndarray)) for each in (at, direction)):
            raise ArgumentError(f"{self.name}.hvp: expected two lists, a point and a direction, got {shown(at)} and "
                                f"{shown(direction)}")  # fmt: skip
        if len(at) != len(direction):
            raise ArgumentError(f"{self.name}.hvp: expected a direction of {len(at)} numbers, got {len(direction)}")
        names, values = self._signature.bind(self.name, tuple(at), {})
        return self._derived("hvp", names, [*values, *direction])

    def _derived(self, kind: str, names: tuple[str, ...], values: Sequence[Any]) -> Any:
        """The matrix, or vector, of derivatives that a function compiled from the derivative's graph gives."""
        if (kind, names) not in self._derivatives:
            rule = getattr(derivatives, kind)

            def function(*xs: Value) -> Any:
                return self.function_of(names, xs)

            self._derivatives[kind, names] = CompiledFunction(lambda *xs: rule(function, *xs), self.target)
        found = self._derivatives[kind, names](*values)
        if kind == "hvp":
            return np.stack(found, axis=-1) if np.ndim(found[0]) else found
        size = len(names)
        rows = [found[start : start + size] for start in range(0, len(found), size)]
        batch = bool(found) and np.ndim(found[0])
        return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2) if batch else rows

    def function_of(self, names: tuple[str, ...], xs: Sequence[Value]) -> Any:
        """The function of Values that was compiled, of arguments by these names."""
        return self._bound(dict(zip(names, xs)))

    @property
    def source(self) -> str:
        """The emitted source: `value` and `value_and_grad`, as last run, or as they would be for arrays."""
        return self._shown().source

    @property
    def program(self) -> Program:
        """The program of the value, as last run, or as it would be for arrays."""
        return self._shown().program

    def _shown(self) -> Variant:
        if self._latest is None:
            names = self._signature.names
            if names is None:
                raise ArgumentError(f"{self.name}: how many arguments it takes shows when it is called: call it first")
            self._variant(Signature(names, (self.target != "math",) * len(names)), [1.0] * len(names))
        assert self._latest is not None
        return self._latest

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        names, values = self._signature.bind(self.name, args, kwargs)
        if set(map(type, values)) == FLOATS:
            return Call(Signature(names, (False,) * len(names)), list(values), None, bool(kwargs))
        data: list[Any] = [x if type(x) is float else _datum(self.name, name, x) for name, x in zip(names, values)]
        batched = tuple([type(x) is not float for x in data])
        rows = None
        if True in batched:
            lengths = {name: int(x.shape[0]) for name, x, many in zip(names, data, batched) if many}
            rows = next(iter(lengths.values()))
            if any(length != rows for length in lengths.values()):
                raise ArgumentError(f"{self.name}: expected arrays of equal length, got " +
                                    ", ".join(f"{name} of {length}" for name, length in lengths.items()))  # fmt: skip
            if rows == 0:
                raise ArgumentError(f"{self.name}: expected at least one row, got empty arrays")
        return Call(Signature(names, batched), data, rows, bool(kwargs))

    def _run(self, call: Call, what: str) -> tuple[list[Any], Variant]:
        """The results, from the variant whose guards hold; each row by its own, where rows branch differently."""
        variants = self._variants.get(call.signature, ())
        variant = variants[-1] if variants else self._variant(call.signature, _row(call, 0))
        results, held = variant.run(what, call.data, call.rows)
        if held is True or np.all(held):
            return results, variant
        if call.rows is None:
            return self._elsewhere(call, what)
        return self._by_branch(call, what), variant

    def _elsewhere(self, call: Call, what: str) -> tuple[list[Any], Variant]:
        for variant in self._variants[call.signature]:
            results, held = variant.run(what, call.data, call.rows)
            if np.all(held):
                return results, variant
        variant = self._variant(call.signature, call.data)
        return variant.run(what, call.data, call.rows)[0], variant

    def _by_branch(self, call: Call, what: str) -> list[Any]:
        waiting, parts = np.arange(call.rows or 0), []
        tried = list(self._variants[call.signature])
        while len(waiting):
            part = _rows(call, waiting)
            fresh = not tried
            variant = self._variant(call.signature, _row(part, 0)) if fresh else tried.pop()
            _, held = variant.run("value", part.data, part.rows)
            held = np.broadcast_to(np.asarray(held), (len(waiting),))
            if held.any():
                results, _ = variant.run(what, _rows(part, np.flatnonzero(held)).data, int(held.sum()))
                parts.append((waiting[held], results))
            elif fresh:
                raise ArgumentError(f"{self.name}: it branches on something that its arguments do not decide")
            waiting = waiting[~held]
        return _joined(call, parts)

    def _variant(self, signature: Signature, row: Sequence[float]) -> Variant:
        """Record the function as it runs on one row."""
        with self._lock:
            known = self._variants.get(signature, ())
            if len(known) >= MOST_BRANCHES:
                lines = sorted({guard.place for variant in known for guard in variant.program.guards})
                raise ArgumentError(
                    f"{self.name}: expected at most {MOST_BRANCHES} ways through its comparisons, got more, at "
                    f"{'; '.join(lines[:3])}: select with autodiff.where(x > 0, …) in place of if"
                )
            variant = chosen(self.name, self._bound, signature, list(row), self.target)
            self._variants[signature] = (*known, variant)
            if variant.unconditional and self._signature.positional(len(signature.names)) == signature.names:
                self._quick[len(signature.names)] = variant.functions["value_and_grad"], variant.captured
            self._latest = variant
            return variant

    def _bound(self, arguments: dict[str, Value]) -> Any:
        return self._signature.apply(self.function, arguments)


def compile(function: Callable[..., Any], target: str | None = None) -> CompiledFunction:
    """The function of Values as a compiled function of numbers, or of arrays of equal length: one result per row.

    `target` says what its code runs on: "math" (Python floats, the same bits as eager), "numpy", or another array
    module, such as "jax.numpy". By default floats for single numbers and small functions, NumPy for the rest.
    Comparisons that steer the function (`if x > 0`) are remembered, and where a later input goes the other way it is
    recorded again. Values that it captures, such as a model's parameters, are read at each call; a number that it reads
    with `.data` is a constant of the recording.

    >>> f = compile(lambda x: x if x > 0 else -2 * x)
    >>> f([1.0, -1.0]).tolist()
    [1.0, 2.0]
    """
    return CompiledFunction(function, target)


class _signature:
    """How a function takes its arguments, by name."""

    def __init__(self, function: Callable[..., Any]) -> None:
        try:
            self.parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            raise OperandError(f"compile: {shown(function)} does not say what arguments it takes") from None
        kinds = [parameter.kind for parameter in self.parameters]
        variadic = inspect.Parameter.VAR_POSITIONAL in kinds or inspect.Parameter.VAR_KEYWORD in kinds
        optional = any(parameter.default is not parameter.empty for parameter in self.parameters)
        self.names = None if variadic or optional else tuple(parameter.name for parameter in self.parameters)
        self.plain = self.names is not None and inspect.Parameter.KEYWORD_ONLY not in kinds
        self.signature = inspect.Signature(self.parameters)
        self.star = self.parameters[0].name if kinds == [inspect.Parameter.VAR_POSITIONAL] else ""
        self.numbered: dict[int, tuple[str, ...]] = {}

    def bind(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[str, ...], Sequence[Any]]:
        """The names of the arguments given, and the arguments."""
        if self.plain and not kwargs and self.names is not None and len(args) == len(self.names):
            return self.names, args
        if self.star and not kwargs:
            return self.positional(len(args)), args
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise ArgumentError(f"{name}: expected the arguments {self.signature}, got {len(args)} by position and "
                                f"{', '.join(kwargs) or 'none'} by name: {error}") from None  # fmt: skip
        found: dict[str, Any] = {}
        for parameter in self.parameters:
            if parameter.name not in bound.arguments:
                continue
            given = bound.arguments[parameter.name]
            if parameter.kind is parameter.VAR_POSITIONAL:
                found |= {f"{parameter.name}_{index}": x for index, x in enumerate(given)}
            elif parameter.kind is parameter.VAR_KEYWORD:
                found |= given
            else:
                found[parameter.name] = given
        return tuple(found), list(found.values())

    def positional(self, count: int) -> tuple[str, ...]:
        """The names of so many arguments given by position alone; none if the function is not so simple."""
        if self.plain and self.names is not None:
            return self.names
        if self.star and count not in self.numbered:
            self.numbered[count] = tuple(f"{self.star}_{index}" for index in range(count))
        return self.numbered.get(count, ())

    def apply(self, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """The function called with the arguments of these names."""
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        rest = dict(arguments)
        for parameter in self.parameters:
            if parameter.kind is parameter.VAR_POSITIONAL:
                names = [f"{parameter.name}_{index}" for index in range(len(rest))]
                args += [rest.pop(name) for name in names if name in rest]
            elif parameter.kind is parameter.VAR_KEYWORD:
                kwargs |= rest
            elif parameter.name in rest and parameter.kind is parameter.KEYWORD_ONLY:
                kwargs[parameter.name] = rest.pop(parameter.name)
            elif parameter.name in rest:
                args.append(rest.pop(parameter.name))
        return function(*args, **kwargs)


def _installed(target: str) -> bool:
    """Whether there is a module of that name, or a package that may have it."""
    root = target.partition(".")[0]
    return root.isidentifier() and (root in sys.modules or find_spec(root) is not None)


def _datum(function: str, name: str, x: Any) -> Any:
    """A float, or an array of one number for each row."""
    if isinstance(x, Value):
        raise OperandError(f"{function}: expected numbers or arrays, got {shown(x)} as {name}; pass its .data")
    if isinstance(x, (list, tuple)) or getattr(x, "ndim", False):
        array = x if hasattr(x, "ndim") else _listed(function, name, x)
        if array.ndim != 1 or array.dtype.kind not in "biuf":
            kind = f"{array.ndim} axes of {array.dtype}"
            raise OperandError(f"{function}: expected a number or a vector of real numbers as {name}, got {kind}")
        return array.astype(np.float64) if isinstance(array, np.ndarray) else array
    return number(x, f"{function}: {name}")


def _listed(function: str, name: str, x: Sequence[Any]) -> Any:
    try:
        return np.array([number(each, f"{function}: {name}") for each in x])
    except OperandError as error:
        raise OperandError(str(error)) from None


def _row(call: Call, row: int) -> list[float]:
    return [float(x[row]) if many else x for x, many in zip(call.data, call.signature.batched)]


def _rows(call: Call, which: Any) -> Call:
    data = [x[which] if many else x for x, many in zip(call.data, call.signature.batched)]
    return call._replace(data=data, rows=len(which))


def _joined(call: Call, parts: list[tuple[Any, list[Any]]]) -> list[Any]:
    """The results of all rows from those of some; what has no rows is a sum over them."""
    results = []
    for each in zip(*(results for _, results in parts)):
        if any(np.ndim(x) for x in each):
            whole = np.empty(call.rows or 0)
            for (which, _), x in zip(parts, each):
                whole[which] = x
            results.append(whole)
        else:
            results.append(sum(each[1:], each[0]))
    return results
