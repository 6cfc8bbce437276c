"""The expressions that random programs are made of, with their operands left open.

>>> BINARY[0].format("x", "y")
'x + y'
"""

# The first of each list is the simplest: what shrinks ends there.
ACTIVATIONS = (
    "tanh({})", "relu({})", "sin({})", "exp({})", "sigmoid({})", "abs({})", "softplus({})", "leaky_relu({})",
    "silu({})", "elu({})", "gelu({})", "clip({}, -1.0, 1.0)", "cos({})", "erf({})", "atan({})", "log_sigmoid({})",
    "expm1({})", "-({})", "({}) ** 2", "({}) ** 3", "maximum({}, 0.0)", "minimum({}, 0.5)", "hypot({}, 1.0)",
    "sqrt(abs({}))", "log(abs({}))", "log1p(({}) ** 2)", "({}) * 0.5", "1.0 / ({})", "2.0 ** ({})", "({}) % 1.5",
    "sinh({})", "floor({})", "sign({})", "({}) ** 0.5", "({}) ** -1", "1.0 - ({})", "asinh({})", "+({})",
    "({}) + 0.0", "xlogy({}, 2.0)",
)  # fmt: skip
BINARY = (
    "{} + {}", "{} * {}", "{} - {}", "{} / {}", "maximum({}, {})", "minimum({}, {})", "hypot({}, {})", "atan2({}, {})",
    "abs({}) ** {}", "({}) % ({})", "xlogy({}, abs({}))", "logsumexp({}, {})", "({}) ** ({})", "total([{}, {}])",
    "where({} > 0, {}, 0.0)",
)  # fmt: skip
SUMS = ("sum(a * b for a, b in zip({}, {}))", "dot({}, {})", "total([a * b for a, b in zip({}, {})])")
SIGNS = (">", "<", ">=", "<=")
REDUCED = (
    "sum({})", "total({})", "sum(a * a for a in {})", "logsumexp(*{})", "reduce(maximum, {})", "{}[0]", "{}[-1]",
    "sum({}) / {n}.0", "max({})", "min({})", "reduce(lambda a, b: a * b, {})", "sum(softmax(*{})[:2])",
    "sum(abs(a) for a in {})", "sum(i * a for i, a in enumerate({}))", "hypot({}[0], {}[-1])",
)  # fmt: skip
