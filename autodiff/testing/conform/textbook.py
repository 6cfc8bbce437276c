"""Derivatives as a textbook prints them, where the table's rules are careful about rounding."""

from ... import functions
from ...notation import Conditional, Notation
from ...ops import TABLE
from ...rule import Call, Number, Unary
from ...slopes import decide
from ...stepping.mathematics import HELPERS, mathematics

# What a book says in words, or by its first operand, or of two operands alike.
DERIVATIVES = {
    "abs": ("1 if a > 0 else -1",), "clip": ("1 if b < a < c else 0",), "largest": ("1 for the largest, else 0",),
    "maximum": ("1 if a > b else 0", "1 if b > a else 0"), "minimum": ("1 if a < b else 0", "1 if b < a else 0"),
    "logsumexp": ("exp(a) / (exp(a) + exp(b) + ...)",),
}  # fmt: skip


def textbook(op: str, index: int) -> str:
    """The right derivative along one operand, in the letters of the table's formula."""
    row = TABLE[op]
    known, place = DERIVATIVES.get(op, ()), 0 if row.variadic else index
    if place < len(known):
        return known[place]
    printed = row.textbook_along(index)
    if printed is None or row.variadic or not (row.textbook or "y" in printed.words()):
        return _rule(op, index)
    return Conditional().write(printed.substitute({"y": row.rule}))


def _rule(op: str, index: int) -> str:
    """The table's rule as mathematics, where it calls a function that is careful about rounding."""
    slope = TABLE[op].slope_along(index) or Number(0)
    call = slope.operand if isinstance(slope, Unary) else slope
    if not isinstance(call, Call) or call.function not in HELPERS or hasattr(functions, call.function):
        return Notation().write(slope)
    plain = decide(mathematics(call), lambda condition: False)  # away from the edges
    return Notation().write(Unary(slope.sign, plain) if isinstance(slope, Unary) else plain)


def derivative(op: str, index: int) -> str:
    """The rule that a pass has to follow, in a line: d(exp(a))/da = exp(a)."""
    row = TABLE[op]
    letter = "abcd"[index]
    return f"d({row.formula})/d{letter} = {textbook(op, index)}, times the gradient of the result"
