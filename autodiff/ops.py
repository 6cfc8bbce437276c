"""The table of operations: one line each, and everything else in the library is derived from that line.

A row is an `Op`: its name, its formula, one slope (local partial derivative) per input, the domain of each input, and
where it has a kink. Formulas and slopes are text over a closed vocabulary, so that the eager engine, compiled programs,
drawings, the stepper, error messages and tests all read the same line.

    a, b, c    the inputs, in order              y          the output
    xs         the list of inputs, where there may be any number; the one slope rule then gives the list of slopes
    blocked    a slope that does not exist: the input was not selected, so nothing at all flows to it (not even 0 * inf)
    None       in place of a slope: the input is a constant of the operation, never differentiated

At a kink the slope is the (sub)gradient of least norm: 0 for relu and abs, a half each for a tie of maximum. A new
operation is one new row; `tests/test_ops.py` then tests it, and its function is one declaration in `elementwise.py`.

Values are within 4 ulp of the exact result and slopes within 8, on the whole domain, for every row of fixed arity. A
total is the exact sum rounded once; a dot product rounds each product before; a logsumexp is within 4 ulp of its
largest term. The slopes of the internal rows, which are second derivatives, are as accurate as their formula.

>>> TABLE["tanh"]
Op(name='tanh', formula='tanh(a)', slopes=('sech(a) * sech(a)',), domains=(), kinks=())
>>> TABLE["mul"].symbol, TABLE["mul"].arity, TABLE["total"].arity
('*', 2, None)
"""

from math import inf
from typing import NamedTuple

from . import kernels, stable
from .errors import TableError
from .rule import Binary, Rule, Unary, parse

REAL, NOT_NEGATIVE = (-inf, inf), (0.0, inf)

VOCABULARY = frozenset(kernels.__all__) | frozenset(stable.NAMES)


class Op(NamedTuple):
    """One row: what an operation computes, and the slope of its output along each input."""

    name: str
    formula: str
    slopes: tuple[str | None, ...]
    domains: tuple[tuple[float, float], ...] = ()
    kinks: tuple[str, ...] = ()

    @property
    def variadic(self) -> bool:
        """Whether it takes any number of inputs."""
        return "xs" in self.formula

    @property
    def arity(self) -> int | None:
        """How many inputs it takes; None for any number."""
        return None if self.variadic else len(self.slopes)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of its inputs in its rules."""
        return ("xs",) if self.variadic else tuple("abc"[: len(self.slopes)])

    @property
    def domain(self) -> tuple[tuple[float, float], ...]:
        """The closed interval that each input may come from: every real number, where the row says nothing."""
        return self.domains or (REAL,) * len(self.slopes)

    @property
    def rule(self) -> Rule:
        """The formula as a tree."""
        return parse(self.formula)

    @property
    def slope_rules(self) -> tuple[Rule | None, ...]:
        """The slopes as trees."""
        return tuple([None if slope is None else parse(slope) for slope in self.slopes])

    @property
    def kink_rules(self) -> tuple[Rule, ...]:
        """The conditions under which an input stands at a kink, as trees."""
        return tuple(map(parse, self.kinks))

    def slope_along(self, operand: int) -> Rule | None:
        """The slope of one operand as a tree; of any number of inputs, the list of all."""
        slope = self.slopes[0 if self.variadic else operand]
        return None if slope is None else parse(slope)

    @property
    def symbol(self) -> str:
        """What stands in a drawing: the operator of `a * b`, else the name."""
        return self.formula.strip("ab ") if self.formula.startswith(("a ", "+", "-")) else self.name


def checked(op: Op) -> Op:
    """The row itself, or a `TableError` that names the operation and the word, if a rule leaves the vocabulary."""
    words = VOCABULARY.union(op.inputs, ("y",))
    for text in (op.formula, *filter(None, op.slopes), *op.kinks):
        try:
            rule = parse(text)
        except TableError as error:
            raise TableError(f"operation {op.name!r}: {error}") from None
        for word in sorted(rule.words() - words):
            raise TableError(f"operation {op.name!r}: the rule {text!r} uses the unknown word {word!r}")
    return op


OPERATORS = (
    # name            formula                 slopes
    Op("pos",         "+a",                   ("1",)),
    Op("neg",         "-a",                   ("-1",)),
    Op("add",         "a + b",                ("1", "1")),
    Op("sub",         "a - b",                ("1", "-1")),
    Op("mul",         "a * b",                ("b", "a")),
    Op("div",         "a / b",                ("1 / b", "div_slope(a, b)")),
    Op("pow",         "a ** b",               ("power_slope(a, b)", "exponent_slope(a, b)")),
    Op("remainder",   "remainder(a, b)",      ("1", "-whole_quotient(a, b)"), kinks=("remainder(a, b) == 0",)),
    Op("abs",         "abs(a)",               ("sign(a)",), kinks=("a == 0",)),
)  # fmt: skip

FUNCTIONS = (
    Op("exp",         "exp(a)",               ("y",)),
    Op("expm1",       "expm1(a)",             ("exp(a)",)),
    Op("log",         "log(a)",               ("where(a < 0, nan, 1 / abs(a))",), (NOT_NEGATIVE,)),
    Op("log1p",       "log1p(a)",             ("where(a < -1, nan, 1 / (1 + a))",), ((-1.0, inf),)),
    Op("log2",        "log2(a)",              ("where(a < 0, nan, 1 / log(2) / abs(a))",), (NOT_NEGATIVE,)),
    Op("log10",       "log10(a)",             ("where(a < 0, nan, 1 / log(10) / abs(a))",), (NOT_NEGATIVE,)),
    Op("sqrt",        "sqrt(a)",              ("1 / (2 * abs(y))",), (NOT_NEGATIVE,)),
    Op("sin",         "sin(a)",               ("cos(a)",)),
    Op("cos",         "cos(a)",               ("-sin(a)",)),
    Op("tan",         "tan(a)",               ("1 + y * y",)),
    Op("asin",        "asin(a)",              ("1 / sqrt((1 - a) * (1 + a))",), ((-1.0, 1.0),)),
    Op("acos",        "acos(a)",              ("-1 / sqrt((1 - a) * (1 + a))",), ((-1.0, 1.0),)),
    Op("atan",        "atan(a)",              ("1 / hypot(1, a) / hypot(1, a)",)),
    Op("atan2",       "atan2(a, b)",          ("angle_slope(b, a)", "-angle_slope(a, b)")),
    Op("sinh",        "sinh(a)",              ("cosh(a)",)),
    Op("cosh",        "cosh(a)",              ("sinh(a)",)),
    Op("tanh",        "tanh(a)",              ("sech(a) * sech(a)",)),
    Op("asinh",       "asinh(a)",             ("1 / hypot(1, a)",)),
    Op("acosh",       "acosh(a)",             ("1 / (sqrt(a - 1) * sqrt(a + 1))",), ((1.0, inf),)),
    Op("atanh",       "atanh(a)",             ("where(abs(a) > 1, nan, 1 / ((1 - a) * (1 + a)))",), ((-1.0, 1.0),)),
    Op("erf",         "erf(a)",               ("2 / sqrt(pi) * gaussian(a)",)),
    Op("hypot",       "hypot(a, b)",          ("unit(a, b)", "unit(b, a)"), kinks=("(a == 0) & (b == 0)",)),
    Op("floor",       "floor(a)",             ("0",), kinks=("a == floor(a)",)),
    Op("sign",        "sign(a)",              ("0",), kinks=("a == 0",)),
    Op("xlogy",       "xlogy(a, b)",          ("log(b)", "where(b < 0, nan, where(a == 0, 0, a / abs(b)))"), (REAL, NOT_NEGATIVE)),

    Op("maximum",     "maximum(a, b)",        ("where(a == b, 1 / 2, where((a > b) | (a != a), 1, blocked))",
                                               "where(a == b, 1 / 2, where((a > b) | (a != a), blocked, 1))"), kinks=("a == b",)),
    Op("minimum",     "minimum(a, b)",        ("where(a == b, 1 / 2, where((a < b) | (a != a), 1, blocked))",
                                               "where(a == b, 1 / 2, where((a < b) | (a != a), blocked, 1))"), kinks=("a == b",)),
    Op("clip",        "clip(a, b, c)",        ("where((a <= b) | (a >= c), blocked, 1)", None, None), kinks=("a == b", "a == c")),
    Op("where",       "where(a, b, c)",       (None, "where((a < 0) | (a > 0), 1, blocked)", "where((a < 0) | (a > 0), blocked, 1)")),
    Op("relu",        "relu(a)",              ("where(a <= 0, blocked, 1)",), kinks=("a == 0",)),
    Op("leaky_relu",  "leaky_relu(a, b)",     ("where(a > 0, 1, where(a == 0, nearest_to_zero(b, 1), b))", None), kinks=("a == 0",)),
    Op("elu",         "elu(a, b)",            ("elu_slope(a, b)", None), kinks=("a == 0",)),
    Op("sigmoid",     "sigmoid(a)",           ("y * sigmoid(-a)",)),
    Op("log_sigmoid", "log_sigmoid(a)",       ("sigmoid(-a)",)),
    Op("softplus",    "softplus(a)",          ("sigmoid(a)",)),
    Op("silu",        "silu(a)",              ("silu_slope(a)",)),
    Op("gelu",        "gelu(a)",              ("gelu_slope(a)",)),

)  # fmt: skip

REDUCTIONS = (
    Op("total",       "total(xs)",            ("ones(xs)",)),
    Op("dot",         "dot(xs)",              ("swapped(xs)",)),
    Op("logsumexp",   "logsumexp(xs)",        ("softmax(xs)",)),
)  # fmt: skip

# What the slopes above, and softmax, need in order to be differentiated again: rows, but no functions for everyday.
INTERNAL = (
    Op("largest",     "largest(xs)",          (None,)),
    Op("sech",        "sech(a)",              ("-y * tanh(a)",)),
    Op("gaussian",    "gaussian(a)",          ("gaussian_slope(a)",)),
    Op("normal_cdf",  "normal_cdf(a)",        ("normal_pdf(a)",)),
    Op("normal_pdf",  "normal_pdf(a)",        ("normal_pdf_slope(a)",)),
    Op("unit",        "unit(a, b)",           ("unit(b, a) * unit(b, a) / hypot(a, b)", "-y * unit(b, a) / hypot(a, b)")),
    Op("angle_slope", "angle_slope(a, b)",    ("angle_slope(b, a) * angle_slope(b, a) - y * y", "-2 * unit(a, b) * unit(b, a) / hypot(a, b) / hypot(a, b)")),
    Op("elu_slope",   "elu_slope(a, b)",      ("where(a > 0, 0, b * exp(a))", None), kinks=("a == 0",)),
    Op("silu_slope",  "silu_slope(a)",        ("sigmoid(a) * sigmoid(-a) * (2 + a * (sigmoid(-a) - sigmoid(a)))",)),
    Op("gelu_slope",  "gelu_slope(a)",        ("2 * normal_pdf(a) + a * normal_pdf_slope(a)",)),
)  # fmt: skip

TABLE = {op.name: checked(op) for op in OPERATORS + FUNCTIONS + REDUCTIONS + INTERNAL}

# The rows that are operators, by their signs.
UNARY = {op.rule.sign: op.name for op in OPERATORS if isinstance(op.rule, Unary)}
BINARY = {op.rule.sign: op.name for op in OPERATORS if isinstance(op.rule, Binary)}
