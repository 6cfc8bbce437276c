"""What a wrong local derivative looks like: the formula that gives the wrong numbers, found by trying short ones.

>>> samples = [Sample({"a": a, "b": b, "y": a * b}, given=a, right=b) for a, b in [(0.5, 2.0), (1.5, 0.3), (-1.0, 0.7)]]
>>> explain("mul", 0, samples)
'`a * b`: its local derivative along a comes out as `a`, and should be `b`'
"""

import math
import re
import struct
from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

from ...notation import Notation
from ...numbers import FLOATS
from ...ops import TABLE
from ...rule import Rule, parse
from ..derive.answers import is_close
from ..draw.writing import name_operand
from .forms import HAVE_FORMS
from .textbook import textbook

# What students and packages have written: each is tried at every sample, in this order
ATOMS = ("1", "a", "b", "y", "2 * a", "2 * y", "a * a", "y * y", "a * b", "a * y", "b * y")
SHAPES = ("{}", "-{}", "1 - {}", "1 + {}", "1 / ({})", "-1 / ({})", "1 / (1 - {})", "1 / (1 + {})", "{} - 1")
WRITTEN = (
    "a / b", "-a / b", "a / b / b", "b / a", "a / y", "b / y", "a / (y * y)", "b / (y * y)", "y * (1 - y)",
    "y * (1 + y)", "a * (1 - a)", "a ** (b - 1)", "b * a ** b", "a ** b", "b * y", "b * (a - 1)", "b * a", "exp(a)",
    "exp(-a)", "log(a)", "y * log(a)", "y * log(b)", "log(b)", "sin(a)",
    "-sin(a)", "sin(y)", "cos(a)", "-cos(a)", "cos(y)", "tanh(a)",
    "sinh(a)", "-sinh(a)", "cosh(a)", "sigmoid(a)", "sigmoid(-a)", "sigmoid(y)", "exp(-a * a)", "normal_cdf(a)",
    "sign(a)", "-sign(a)", "1 / sqrt(1 + a * a)", "1 / sqrt(1 - a * a)", "b / (a * a + b * b)", "a / (a * a + b * b)",
    "-a / (a * a + b * b)", "-b / (a * a + b * b)", "1 / (a * log(2))", "1 / (2 * sqrt(a))", "1 / sqrt(a)",
    "1 / (2 * a)", "y / a", "y / b", "1 / (b * b)", "-1 / (b * b)",
)  # fmt: skip


class Sample(NamedTuple):
    """One point: its numbers by name, the derivative an engine gives there, the right one."""

    names: dict[str, float]
    given: float
    right: float


def explain(op: str, index: int, samples: Sequence[Sample], case: str = "") -> str:
    """What is wrong with a local derivative, in a sentence; `case` says where, if the samples are only those."""
    along = name_operand(op, index)
    what = f"{name_operation(op)}{case}: its local derivative along {along}"
    wrong = [sample for sample in samples if not is_close(sample.given, sample.right)]
    if all(sample.given == 0 for sample in samples):
        return f"{name_operation(op)}{case}: no gradient reaches {along}, wherever it was tried"
    if all(is_close(sample.given, -sample.right) for sample in samples):
        return f"{what} has the wrong sign"
    if all(is_close(sample.given, to_float32(sample.right), 1e-15) for sample in samples):
        return f"{what} has only the digits of float32"
    formula = find_formula(samples) if len(samples) > 1 else None
    if formula is not None:
        meant = " (y is the result)" if re.search(r"\by\b", formula) else ""
        return f"{what} comes out as `{formula}`{meant}, and should be `{textbook(op, index)}`"
    if all(is_close(sample.given, sample.right * sample.names["y"]) for sample in samples):
        return f"{what} is multiplied by the result's number, where its gradient belongs"
    ratios = [sample.given / sample.right for sample in samples if sample.right]
    at_zeros = [sample.given for sample in samples if not sample.right]
    if ratios and not any(at_zeros) and all(abs(ratio - ratios[0]) <= 1e-12 * max(1.0, abs(ratio)) for ratio in ratios):
        return f"{what} is {ratios[0]:.10g} times what it should be, `{textbook(op, index)}`"
    sample = wrong[0]
    point = ", ".join(f"{name} = {x!r}" for name, x in sample.names.items() if name != "y")
    return f"{what} is {sample.given!r} at {point}, and should be {sample.right!r}, which is `{textbook(op, index)}`"


def case_of(samples: Sequence[Sample], wrong: Sequence[Sample]) -> str:
    """What the wrong ones among powers have in common, and not all have: " with a negative exponent"."""
    exponents = {sample.names["b"] for sample in wrong}
    cases = {
        f" with the exponent {min(exponents):g}": [each for each in samples if {each.names["b"]} == exponents],
        " with a negative exponent": [each for each in samples if each.names["b"] < 0],
        " at a negative base": [each for each in samples if each.names["a"] < 0],
    }
    one, negative, base = (
        words if len(some) < len(samples) and all(each in some for each in wrong) else ""
        for words, some in cases.items()
    )
    return (one or negative) + base


def find_formula(samples: Sequence[Sample]) -> str | None:
    """The first short formula that gives what the engine gives, at every sample."""
    for formula in formulas():
        if all(is_close(_evaluate(formula, sample.names), sample.given, 1e-11) for sample in samples):
            return Notation().write(formula)
    return None


@cache
def formulas() -> tuple[Rule, ...]:
    """Formulas to try, the shortest first."""
    shaped = [shape.format(atom) for shape, atom in product(SHAPES, ATOMS)]
    return tuple(map(parse, dict.fromkeys([*shaped, *WRITTEN])))


def _evaluate(formula: Rule, names: dict[str, float]) -> float:
    try:
        return float(formula.evaluate({**FLOATS.names, **names}))
    except (KeyError, ArithmeticError, ValueError, TypeError):
        return math.inf  # it has no such operand, or no value here


def name_operation(op: str) -> str:
    """An operation as a sentence mentions it: `a * b`, or `tanh`."""
    return f"`{TABLE[op].formula}`" if TABLE[op].is_operator else f"`{op}`"


def title(op: str) -> str:
    """An operation as one talks of it: `*`, `-a`, or `tanh`."""
    return f"`{TABLE[op].symbol}`" if op in HAVE_FORMS else name_operation(op)


def to_float32(x: float) -> float:
    """A number as single precision keeps it."""
    try:
        return float(struct.unpack("f", struct.pack("f", x))[0])
    except OverflowError:
        return math.copysign(math.inf, x)
