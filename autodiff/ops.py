"""The table of operations: one line each, and everything else in the library is derived from that line.

A row is an `Op`: its name, its formula, one slope (local partial derivative) per input, the domain of each input, and
where it has a kink. Formulas and slopes are text over a closed vocabulary, so that the eager engine, compiled programs,
drawings, the stepper, error messages and tests all read the same line. Each rule is parsed once, into a tree (`rule`).

    a, b, c    the inputs, in order              y          the output
    xs         the list of inputs, where there may be any number; then one rule gives the list of all slopes
    x          in a textbook derivative for any number of inputs: the input that it is taken along
    blocked    a slope that does not exist: the input was not selected, so nothing at all flows to it (not even 0 * inf)
    None       in place of a slope: the input is a constant of the operation, never differentiated

At a kink the slope is the (sub)gradient of least norm: 0 for relu and abs, a half each for a tie of maximum. For relu
that is the slope of one side. For abs it is the slope of neither side, and a second derivative gives a warning. A new
operation is one new row; `tests/test_ops.py` then tests it, and its function is one declaration in `elementwise.py`.

Values are within 4 ulp of the exact result and slopes within 8, on the whole domain, for every row of fixed arity. A
total is the exact sum rounded once; a dot product rounds each product before; a logsumexp is within 4 ulp of its
largest term. The slopes of the internal rows, which are second derivatives, are as accurate as their formula.

>>> TABLE["sin"]
Op(name='sin', formula='sin(a)', slopes=('cos(a)',), latex='\\\\sin')
>>> TABLE["tanh"].slopes, TABLE["tanh"].textbook
(('sech(a) * sech(a)',), ('1 - y ** 2',))
>>> TABLE["mul"].symbol, TABLE["mul"].arity, TABLE["total"].arity
('*', 2, None)
"""

from collections.abc import Collection
from math import inf
from typing import NamedTuple

from . import additions, kernels, stable
from .errors import TableError
from .rule import BLOCKED, Binary, Call, Choice, Name, Rule, Unary, parse

REAL, NOT_NEGATIVE = (-inf, inf), (0.0, inf)
SIGNS = tuple(map(parse, ("1", "-1", "ones(xs)")))  # the slopes of a sum

VOCABULARY = frozenset(kernels.__all__) | frozenset(stable.NAMES)
# What programs call other things than operations, so that no operation can have the name.
TAKEN = frozenset(
    """input constant stack join view take assemble contract expand sum_to fill less at_most more at_least both either
    a b c g x y xs blocked held sent divide equal holds numpy softmax log_softmax Value""".split()
)


class Op(NamedTuple):
    """One row: what an operation computes, the slope of its output along each input, and how it is written."""

    name: str
    formula: str
    slopes: tuple[str | None, ...]
    domains: tuple[tuple[float, float], ...] = ()
    kinks: tuple[str, ...] = ()
    symbol: str = ""  # what stands in a drawing: an operator, or the name
    method: str = ""  # the method of a Value: that of an operator, or the name
    variadic: bool = False  # whether it takes any number of inputs, the list xs
    textbook: tuple[str, ...] = ()  # the derivative as a textbook has it, where the slope is another formula
    latex: str = ""  # its function in LaTeX, or a pattern with %s for the operand
    ulps: int = 8  # how far rounding may move its value, at most: 0 where it only chooses, 1 where it rounds once
    joined: str = ""  # of any number of inputs: the row of two that joins them, one after the other
    paired: str = ""  # of two lists in one: the row that makes one input of each pair, before they are joined
    one_sided: str = ""  # when the slope at a kink is that of one side, so that further derivatives hold on that side

    def __repr__(self) -> str:
        """What differs from the columns' defaults."""
        default = self._field_defaults | ({"symbol": self.name, "method": self.name} if self.symbol else {})
        parts = [f"{key}={x!r}" for key, x in self._asdict().items() if key not in default or x != default[key]]
        return f"Op({', '.join(parts)})"

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

    @property
    def stops(self) -> bool:
        """Whether nothing flows to any input: it passes its value on as if it were a constant."""
        return not self.variadic and all(rule == BLOCKED for rule in self.slope_rules)

    @property
    def call(self) -> Rule:
        """How it is written over its inputs: with its operator, or as a call of its name."""
        rule, inputs = self.rule, tuple(map(Name, self.inputs))
        is_operator = isinstance(rule, Unary | Binary) and rule.sign == self.symbol and rule.operands == inputs
        return rule if is_operator else Call(self.name, inputs)

    @property
    def is_operator(self) -> bool:
        """Whether it is written with an operator."""
        return not isinstance(self.call, Call)

    @property
    def is_sum(self) -> bool:
        """Whether it only adds up its inputs, as they are or with another sign."""
        return (self.variadic or self.is_operator) and all(rule in SIGNS for rule in self.slope_rules)

    @property
    def is_flat(self) -> bool:
        """Whether it has no other derivative than 0."""
        return all(slope in (None, "0") for slope in self.slopes)

    @property
    def has_constants(self) -> bool:
        """Whether some input of it, and not all, is never differentiated."""
        return not self.variadic and None in self.slopes

    @property
    def has_bounds(self) -> bool:
        """Whether its last two inputs are bounds: constants, with a kink at each."""
        return self.slopes[1:] == (None, None) and self.kinks == ("a == b", "a == c")

    @property
    def by_condition(self) -> bool:
        """Whether its first input is a condition, by which it chooses."""
        return isinstance(self.rule, Choice) and isinstance(self.rule.condition, Name)

    def slope_along(self, operand: int) -> Rule | None:
        """The slope of one operand as a tree; of any number of inputs, the list of all."""
        slope = self.slopes[0 if self.variadic else operand]
        return None if slope is None else parse(slope)

    def textbook_along(self, operand: int) -> Rule | None:
        """The derivative along an operand as a textbook has it; x is the operand, where there may be any number."""
        if self.textbook:
            return parse(self.textbook[0 if self.variadic else operand])
        return self.slope_along(operand)


def check_row(op: Op, own: Collection[str] = ()) -> Op:
    """The row itself, with its symbol and method, or a `TableError` that names the operation and the word, if a rule
    has a word that is neither in the vocabulary nor one of its own.
    """
    words = VOCABULARY.union(op.inputs, ("y", "where"), ("x",) * op.variadic, own, additions.WORDS)
    for text in (op.formula, *filter(None, op.slopes), *op.kinks, *op.textbook):
        try:
            rule = parse(text)
        except TableError as error:
            raise TableError(f"operation {op.name!r}: {error}") from None
        for word in sorted(rule.words() - words):
            raise TableError(f"operation {op.name!r}: the rule {text!r} uses the unknown word {word!r}")
    return op._replace(symbol=op.symbol or op.name, method=op.method or op.name)


OPERATORS = (
    # name            formula                 slopes
    Op("pos",         "+a",                   ("1",), symbol="+", method="__pos__", ulps=0),
    Op("neg",         "-a",                   ("-1",), symbol="-", method="__neg__", ulps=0),
    Op("add",         "a + b",                ("1", "1"), symbol="+", method="__add__", ulps=1),
    Op("sub",         "a - b",                ("1", "-1"), symbol="-", method="__sub__", ulps=1),
    Op("mul",         "a * b",                ("b", "a"), symbol="*", method="__mul__", ulps=1),
    Op("div",         "a / b",                ("1 / b", "div_slope(a, b)"),
       symbol="/", method="__truediv__", textbook=("1 / b", "-a / b ** 2"), ulps=1),
    Op("pow",         "a ** b",               ("power_slope(a, b)", "exponent_slope(a, b)"),
       symbol="**", method="__pow__", textbook=("b * a ** (b - 1)", "y * log(a)")),
    Op("remainder",   "remainder(a, b)",      ("1", "-whole_quotient(a, b)"), kinks=("remainder(a, b) == 0",), one_sided="b == b",
       method="__mod__", textbook=("1", "-floor(a / b)")),
    Op("abs",         "abs(a)",               ("sign(a)",), kinks=("a == 0",), latex=r"\left|%s\right|", method="__abs__", ulps=0),
)  # fmt: skip

FUNCTIONS = (
    Op("exp",         "exp(a)",               ("y",), latex="e^{%s}"),
    Op("expm1",       "expm1(a)",             ("exp(a)",)),
    Op("log",         "log(a)",               ("1 / not_negative(a)",), (NOT_NEGATIVE,),
       textbook=("1 / a",), latex=r"\ln"),
    Op("log1p",       "log1p(a)",             ("1 / not_negative(1 + a)",), ((-1.0, inf),),
       textbook=("1 / (1 + a)",)),
    Op("log2",        "log2(a)",              ("1 / log(2) / not_negative(a)",), (NOT_NEGATIVE,),
       textbook=("1 / (a * log(2))",)),
    Op("log10",       "log10(a)",             ("1 / log(10) / not_negative(a)",), (NOT_NEGATIVE,),
       textbook=("1 / (a * log(10))",)),
    Op("sqrt",        "sqrt(a)",              ("1 / (2 * not_negative(y))",), (NOT_NEGATIVE,),
       textbook=("1 / (2 * y)",), latex=r"\sqrt{%s}", ulps=1),
    Op("sin",         "sin(a)",               ("cos(a)",), latex=r"\sin"),
    Op("cos",         "cos(a)",               ("-sin(a)",), latex=r"\cos"),
    Op("tan",         "tan(a)",               ("1 + y * y",), textbook=("1 + y ** 2",), latex=r"\tan"),
    Op("asin",        "asin(a)",              ("asin_slope(a)",), ((-1.0, 1.0),),
       textbook=("1 / sqrt(1 - a ** 2)",), latex=r"\arcsin"),
    Op("acos",        "acos(a)",              ("-asin_slope(a)",), ((-1.0, 1.0),),
       textbook=("-1 / sqrt(1 - a ** 2)",), latex=r"\arccos"),
    Op("atan",        "atan(a)",              ("1 / hypot(1, a) / hypot(1, a)",),
       textbook=("1 / (1 + a ** 2)",), latex=r"\arctan"),
    Op("atan2",       "atan2(a, b)",          ("angle_slope(b, a)", "-angle_slope(a, b)"),
       textbook=("b / (a ** 2 + b ** 2)", "-a / (a ** 2 + b ** 2)")),
    Op("sinh",        "sinh(a)",              ("cosh(a)",), latex=r"\sinh"),
    Op("cosh",        "cosh(a)",              ("sinh(a)",), latex=r"\cosh"),
    Op("tanh",        "tanh(a)",              ("sech(a) * sech(a)",), textbook=("1 - y ** 2",), latex=r"\tanh"),
    Op("asinh",       "asinh(a)",             ("1 / hypot(1, a)",), textbook=("1 / sqrt(1 + a ** 2)",)),
    Op("acosh",       "acosh(a)",             ("acosh_slope(a)",), ((1.0, inf),),
       textbook=("1 / sqrt(a ** 2 - 1)",)),
    Op("atanh",       "atanh(a)",             ("atanh_slope(a)",), ((-1.0, 1.0),),
       textbook=("1 / (1 - a ** 2)",)),
    Op("erf",         "erf(a)",               ("2 / sqrt(pi) * gaussian(a)",),
       textbook=("2 / sqrt(pi) * exp(-a ** 2)",)),
    Op("hypot",       "hypot(a, b)",          ("unit(a, b)", "unit(b, a)"), kinks=("(a == 0) & (b == 0)",),
       textbook=("a / y", "b / y")),
    Op("floor",       "floor(a)",             ("0",), kinks=("a == floor(a)",), one_sided="a == a",
       latex=r"\left\lfloor %s\right\rfloor ", ulps=0),
    Op("sign",        "sign(a)",              ("0",), kinks=("a == 0",), ulps=0),
    Op("xlogy",       "xlogy(a, b)",          ("log(b)", "where(a == 0, where(b == 0, 0, a / not_negative(b)), a / not_negative(b))"), (REAL, NOT_NEGATIVE),
       textbook=("log(b)", "a / b")),

    Op("maximum",     "maximum(a, b)",        ("where(a == b, 1 / 2, where((a > b) | (a != a), 1, blocked))",
                                               "where(a == b, 1 / 2, where((a > b) | (a != a), blocked, 1))"), kinks=("a == b",),
       textbook=("where(a > b, 1, 0)", "where(a > b, 0, 1)"), latex=r"\max", ulps=0),
    Op("minimum",     "minimum(a, b)",        ("where(a == b, 1 / 2, where((a < b) | (a != a), 1, blocked))",
                                               "where(a == b, 1 / 2, where((a < b) | (a != a), blocked, 1))"), kinks=("a == b",),
       textbook=("where(a < b, 1, 0)", "where(a < b, 0, 1)"), latex=r"\min", ulps=0),
    Op("clip",        "clip(a, b, c)",        ("where((a <= b) | (a >= c), blocked, 1)", None, None), kinks=("a == b", "a == c"), one_sided="a == a",
       ulps=0),
    Op("stop_gradient", "stop_gradient(a)",   ("blocked",), ulps=0),
    Op("where",       "where(a, b, c)",       (None, "where((a < 0) | (a > 0), 1, blocked)", "where((a < 0) | (a > 0), blocked, 1)"),
       ulps=0),
    Op("relu",        "relu(a)",              ("where(a <= 0, blocked, 1)",), kinks=("a == 0",), one_sided="a == a",
       textbook=("where(a > 0, 1, 0)",), ulps=0),
    Op("leaky_relu",  "leaky_relu(a, b)",     ("where(a > 0, 1, where(a == 0, clip(b, 0, 1), b))", None), kinks=("a == 0",), one_sided="b >= 0",
       textbook=("where(a > 0, 1, b)", "0")),
    Op("elu",         "elu(a, b)",            ("elu_slope(a, b)", None), kinks=("a == 0",), one_sided="b >= 0",
       textbook=("where(a > 0, 1, b * exp(a))", "0")),
    Op("sigmoid",     "sigmoid(a)",           ("y * sigmoid(-a)",), textbook=("y * (1 - y)",), latex=r"\sigma"),
    Op("log_sigmoid", "log_sigmoid(a)",       ("sigmoid(-a)",), textbook=("1 - sigmoid(a)",)),
    Op("softplus",    "softplus(a)",          ("sigmoid(a)",)),
    Op("silu",        "silu(a)",              ("silu_slope(a)",),
       textbook=("sigmoid(a) * (1 + a * (1 - sigmoid(a)))",)),
    Op("gelu",        "gelu(a)",              ("gelu_slope(a)",), textbook=("normal_cdf(a) + a * normal_pdf(a)",)),

)  # fmt: skip

REDUCTIONS = (
    Op("total",       "total(xs)",            ("ones(xs)",), variadic=True, joined="add", textbook=("1",), ulps=1),
    Op("dot",         "dot(xs)",              ("swapped(xs)",), variadic=True, joined="add", paired="mul"),
    Op("logsumexp",   "logsumexp(xs)",        ("softmax(xs)",), variadic=True, textbook=("exp(x - y)",)),
)  # fmt: skip

# What the slopes above, and softmax, need in order to be differentiated again: rows, but no functions for everyday.
INTERNAL = (
    Op("largest",     "largest(xs)",          (None,), variadic=True, joined="maximum"),
    Op("sech",        "sech(a)",              ("-y * tanh(a)",)),
    Op("gaussian",    "gaussian(a)",          ("gaussian_slope(a)",)),
    Op("normal_cdf",  "normal_cdf(a)",        ("normal_pdf(a)",)),
    Op("normal_pdf",  "normal_pdf(a)",        ("normal_pdf_slope(a)",)),
    Op("not_negative", "not_negative(a)",     ("where(a < 0, nan, 1)",), (NOT_NEGATIVE,)),
    Op("asin_slope",  "asin_slope(a)",        ("a * y * y * y",), ((-1.0, 1.0),)),
    Op("acosh_slope", "acosh_slope(a)",       ("-a * y * y * y",), ((1.0, inf),)),
    Op("atanh_slope", "atanh_slope(a)",       ("2 * a * y * y",), ((-1.0, 1.0),)),
    Op("power_slope", "power_slope(a, b)",    ("where((b != 0) & (b - 1 + 1 == b) & (b - (b - 1) == 1), b * power_slope(a, b - 1), "
                                               "where(a == 0, where(b == 0, 0, b * power_slope(a, b - 1)), (b - 1) * y / a))",
                                               "mixed_power_slope(a, b)")),
    Op("exponent_slope", "exponent_slope(a, b)", ("mixed_power_slope(a, b)",
                                               "where(a == 0, where(b > 0, 0, log(a) * y), log(a) * y)")),
    Op("unit",        "unit(a, b)",           ("unit(b, a) * unit(b, a) / hypot(a, b)", "-y * unit(b, a) / hypot(a, b)"),
       kinks=("(a == 0) & (b == 0)",)),
    Op("angle_slope", "angle_slope(a, b)",    ("angle_slope(b, a) * angle_slope(b, a) - y * y", "-2 * unit(a, b) * unit(b, a) / hypot(a, b) / hypot(a, b)")),
    Op("elu_slope",   "elu_slope(a, b)",      ("where(a > 0, 0, where(a == 0, where(b > 1, 0, b), b * exp(a)))", None), kinks=("a == 0",), one_sided="b >= 0"),
    Op("silu_slope",  "silu_slope(a)",        ("sigmoid(a) * sigmoid(-a) * (2 + clip(a, -2000, 2000) * (sigmoid(-a) - sigmoid(a)))",)),
    Op("gelu_slope",  "gelu_slope(a)",        ("2 * normal_pdf(a) + clip(a, -2000, 2000) * normal_pdf_slope(a)",)),
)  # fmt: skip

TABLE = {op.name: check_row(op) for op in OPERATORS + FUNCTIONS + REDUCTIONS + INTERNAL}
METHODS = {op.method: op.name for op in TABLE.values()}  # the rows by the methods of a Value

HOLDS = parse("(a < 0) | (a > 0)")  # how the table says that a, the condition of `where(a, b, c)`, holds

# The rows that are operators, by their signs.
UNARY = {op.rule.sign: op.name for op in OPERATORS if isinstance(op.rule, Unary)}
BINARY = {op.rule.sign: op.name for op in OPERATORS if isinstance(op.rule, Binary)}
# The rows that programs of our own are made of.
POS, NEG = UNARY["+"], UNARY["-"]
ADD, SUB, MUL, DIV, POW = [BINARY[sign] for sign in ("+", "-", "*", "/", "**")]
TOTAL, DOT, LOGSUMEXP, LARGEST = [op.name for op in TABLE.values() if op.variadic]
WHERE = next(op.name for op in TABLE.values() if op.by_condition)
STOP = next(op.name for op in TABLE.values() if op.stops)
