"""Derivatives as a textbook prints them, where the table's rules are careful about rounding."""

from ... import functions
from ...notation import Notation
from ...ops import TABLE
from ...rule import Call, Number, Unary
from ...slopes import decide
from ...stepping.mathematics import HELPERS, mathematics

# Two operands: two derivatives. What is not here is taken from the table's own rule
DERIVATIVES = {
    "pow": ("b * a**(b - 1)", "a**b * log(a)"), "div": ("1 / b", "-a / b**2"), "abs": ("1 if a > 0 else -1",),
    "exp": ("exp(a)",), "log": ("1 / a",), "log1p": ("1 / (1 + a)",), "log2": ("1 / (a * log(2))",),
    "log10": ("1 / (a * log(10))",), "sqrt": ("1 / (2 * sqrt(a))",), "tan": ("1 + tan(a)**2",),
    "asin": ("1 / sqrt(1 - a**2)",), "acos": ("-1 / sqrt(1 - a**2)",), "atan": ("1 / (1 + a**2)",),
    "atan2": ("b / (a**2 + b**2)", "-a / (a**2 + b**2)"), "tanh": ("1 - tanh(a)**2",), "expm1": ("exp(a)",),
    "asinh": ("1 / sqrt(1 + a**2)",), "acosh": ("1 / sqrt(a**2 - 1)",), "atanh": ("1 / (1 - a**2)",),
    "hypot": ("a / hypot(a, b)", "b / hypot(a, b)"), "maximum": ("1 if a > b else 0", "1 if b > a else 0"),
    "minimum": ("1 if a < b else 0", "1 if b < a else 0"), "relu": ("1 if a > 0 else 0",),
    "leaky_relu": ("1 if a > 0 else b",), "elu": ("1 if a > 0 else b * exp(a)",), "erf": ("2 / sqrt(pi) * exp(-a**2)",),
    "sigmoid": ("sigmoid(a) * (1 - sigmoid(a))",), "softplus": ("sigmoid(a)",), "log_sigmoid": ("1 - sigmoid(a)",),
    "silu": ("sigmoid(a) * (1 + a * (1 - sigmoid(a)))",), "clip": ("1 if b < a < c else 0",),
    "logsumexp": ("exp(a) / (exp(a) + exp(b) + ...)",), "largest": ("1 for the largest, else 0",),
}  # fmt: skip


def textbook(op: str, index: int) -> str:
    """The right derivative along one operand, in the letters of the table's formula."""
    known = DERIVATIVES.get(op)
    if known is None or (index >= len(known) and not TABLE[op].variadic):
        return _rule(op, index)
    return known[0 if TABLE[op].variadic else index]


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
