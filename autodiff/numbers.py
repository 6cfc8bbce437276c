"""Number systems: the table of operations over floats, exact fractions and 50 digits.

A `System` says how a float becomes a number of its kind and what the vocabulary means there. Nothing else is needed:
the rules of the table are text, and run over any of them. Dual numbers and Values are systems, too, in modules of
their own.

>>> from autodiff.ops import TABLE
>>> FRACTIONS.apply("div", [FRACTIONS.number(1.0), FRACTIONS.number(3.0)])
Fraction(1, 3)
>>> FRACTIONS.slopes("mul", [2, 3], 6)
[3, 2]
"""

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache, partial
from typing import Any
from weakref import WeakSet

from . import additions, kernels, rules, stable
from .errors import MissingExtraError, ReplayError
from .ops import TABLE
from .rule import parse

N = Any  # a number of whatever system is at work


class System:
    """A kind of number: `number(x)` makes one of a float, `names` is the vocabulary, `write` how rules are spelled."""

    def __init__(self, name: str, number: Callable[[float], N], names: Mapping[str, Any], write: rules.Writer) -> None:
        self.name = name
        self.number = number
        self.names = {**names, **additions.names(name)}
        self.write = write
        self.rows: dict[str, Callable[..., N]] = {}  # rows that are not their formula written out
        self.formula = additions.cached(self._formula)
        self.slope = additions.cached(self._slope)
        _systems.add(self)

    def __repr__(self) -> str:
        return f"System({self.name!r})"

    def apply(self, operation: str, operands: Sequence[N]) -> N:
        """What an operation makes of its operands."""
        formula = self.formula(operation)
        return formula(operands) if TABLE[operation].variadic else formula(*operands)

    def slopes(self, operation: str, operands: Sequence[N], y: N,
               wanted: Sequence[bool] | None = None) -> list[N | None]:  # fmt: skip
        """The local derivative along each operand of an operation whose result is y, at least where it is wanted.

        None where no gradient flows.
        """
        op = TABLE[operation]
        if op.variadic:
            found = self.slope(operation, 0)(operands, y) if wanted is None or any(wanted) else None
            return found or [None] * len(operands)
        return [self.slope(operation, place)(*operands, y) if rule and (wanted is None or wanted[place]) else None
                for place, rule in enumerate(op.slopes)]  # fmt: skip

    def _formula(self, operation: str) -> Callable[..., N]:
        row = self.rows.get(operation) or rules.formula(TABLE[operation], self.names, self.write)
        return self._guard(operation, row)

    def _slope(self, operation: str, index: int) -> Callable[..., N | None]:
        return self._guard(operation, rules.slope(TABLE[operation], index, self.names, self.write))

    def _guard(self, operation: str, rule: Callable[..., N]) -> Callable[..., N]:
        def run(*operands: N) -> N:
            try:
                return rule(*operands)
            except NameError as error:
                raise ReplayError(f"{operation} over {self.name} numbers: they have no {error.name}") from None
            except ZeroDivisionError:
                raise ReplayError(f"{operation} over {self.name} numbers: division by zero has no value") from None

        return run


_systems: WeakSet[System] = WeakSet()


def systems() -> list[System]:
    """All that there are."""
    return list(_systems)


def plain(names: Mapping[str, Any], write: rules.Writer) -> dict[str, Any]:
    """The functions of `stable` as their docstrings define them: for numbers that do not round, or have 50 digits."""
    namespace = dict(names)
    for name in stable.NAMES:
        if name not in names and name not in ("bell", "polynomial"):
            function = getattr(stable, name)
            arguments = ", ".join(inspect.signature(function).parameters)
            formula = parse(function.__doc__)
            namespace[name] = rules.function(arguments, formula, namespace, write, f"formula of {name}")
    return namespace


FLOATS = System("float", float, stable.bind(vars(kernels)), rules.ieee)


def _fraction(x: float) -> Fraction:
    if not math.isfinite(x):
        raise ReplayError(f"fraction numbers: expected a finite number, got {x}")
    return Fraction(x)


def _power(a: Fraction, b: Fraction) -> Fraction:
    if Fraction(b).denominator != 1:
        raise ReplayError(f"pow over fraction numbers: expected an integer exponent, got {b}")
    return Fraction(a) ** int(b)


def _list_ordered() -> dict[str, Any]:
    """What any ordered field has."""
    return {
        "abs": abs,
        "sign": lambda a: (a > 0) - (a < 0),
        "maximum": lambda a, b: a if a >= b or a != a else b,
        "minimum": lambda a, b: a if a <= b or a != a else b,
        "clip": lambda a, low, high: min(max(a, low), high) if a == a else a,
        "largest": lambda xs: next((x for x in xs if x != x), max(xs)),
        "total": lambda xs: sum(xs),
        "dot": lambda xs: sum(a * b for a, b in zip(xs[: len(xs) // 2], xs[len(xs) // 2 :])),
        "ones": lambda xs: [1] * len(xs),
        "swapped": kernels.swapped,
    }


def _exact_names() -> dict[str, Any]:
    names = _list_ordered() | {"floor": lambda a: Fraction(math.floor(a)), "pow": _power}
    names["divide"] = lambda a, b: Fraction(a) / b
    names["remainder"] = lambda a, b: Fraction(a) % b
    return plain({"__builtins__": {}} | names, rules.call_by_name)


FRACTIONS = System("fraction", _fraction, _exact_names(), rules.call_by_name)


@cache
def many_digits(digits: int = 50) -> System:
    """mpmath's real numbers of so many decimal digits, with a context of their own; the stable functions as taught.

    >>> print(many_digits(30).formula("exp")(1))
    2.71828182845904523536028747135
    """
    try:
        import mpmath
    except ImportError:
        raise MissingExtraError("replay over mpmath: mpmath is not installed; run: pip install mpmath") from None
    context = mpmath.MPContext()
    context.dps = digits
    names = {"__builtins__": {}} | _list_ordered() | _list_digits(context)
    return System("mpmath", context.mpf, plain(names, rules.call_by_name), rules.call_by_name)


def _list_digits(context: Any) -> dict[str, Any]:
    """List what the vocabulary means over an mpmath context: nan where a result is no real number."""

    def real(function: Callable[..., N]) -> Callable[..., N]:
        return partial(_compute_real, context, function)

    def divide(a: N, b: N) -> N:
        if b != 0:
            return context.mpf(a) / b
        return context.nan if a == 0 or a != a else context.inf * context.sign(a)

    same = ["exp", "expm1", "log1p", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh"]
    same += ["cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc", "hypot", "floor", "isinf", "isnan"]
    return {name: real(getattr(context, name)) for name in same} | {
        "log": real(lambda a: -context.inf if a == 0 else context.log(a)),
        "log2": real(lambda a: context.log(a, 2)),
        "pow": real(lambda a, b: divide(1, context.power(a, -b)) if b < 0 and a == 0 else context.power(a, b)),
        "remainder": real(lambda a, b: a % b if b else context.nan), "divide": divide, "sign": context.sign,
        "pi": +context.pi, "nan": context.nan, "inf": context.inf,
    }  # fmt: skip


def _compute_real(context: Any, function: Callable[..., N], *operands: N) -> N:
    """Compute a function of mpmath numbers, with nan where it has no real value."""
    try:
        y = function(*map(context.mpf, operands))
    except (ValueError, ZeroDivisionError):
        return context.nan
    except OverflowError:
        name, xs = function.__name__, ", ".join(context.nstr(x, 5) for x in operands)
        raise ReplayError(f"{name} over mpmath numbers: {name}({xs}) is beyond their exponents") from None
    return context.nan if isinstance(y, context.mpc) else y
