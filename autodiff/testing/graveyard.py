"""The table of wrong engines: name, what is substituted, what a report should say first, where such a bug was seen.

`ROWS` change one row of the table of operations (its formula, or a slope by its index), `TEXTS` one piece of source.
An empty last column means that no public case is known to us. owner/repository#n is an issue or pull request on GitHub.
"""

from typing import Any

PACKAGES = "PyTorch 2.13 and JAX 0.10"

ROWS: tuple[tuple[str, str, dict[Any, Any], str, str], ...] = (
    # name                         row      change                       says                                             seen
    ("add: sign of b",             "add",   {1: "-1"},                   "`a + b`: its slope along b has the wrong sign",  ""),
    ("sub: sign of b",             "sub",   {1: "1"},                    "`a - b`: its slope along b has the wrong sign",  "KhawajaAbaid/micrograd_c#1"),
    ("sub: slope of an addition",  "sub",   {0: "-1"},                   "`a - b`: its slope along a has the wrong sign",  "DiffSharp/DiffSharp#9"),
    ("mul: own data",              "mul",   {0: "a", 1: "b"},            "`a * b`: its slope along a comes out as `a`, and should be `b`", ""),
    ("mul: one side only",         "mul",   {1: None},                   "`a * b`: no gradient reaches b",                 ""),
    ("mul: product for slope",     "mul",   {0: "y"},                    "`a * b`: its slope along a comes out as `y`",    ""),
    ("div: slope not inverted",    "div",   {0: "b"},                    "`a / b`: its slope along a comes out as `b`",    ""),
    ("div: sign lost",             "div",   {1: "a / b / b"},            "`a / b`: its slope along b has the wrong sign",  ""),
    ("div: square lost",           "div",   {1: "-a / b"},               "`a / b`: its slope along b comes out as `-y`",   ""),
    ("pow: exponent not lowered",  "pow",   {0: "b * a ** b"},           "`a ** b`: its slope along a comes out as `b * y`", ""),
    ("pow: factor missing",        "pow",   {0: "a ** (b - 1)"},         "`a ** b`: its slope along a comes out as",       ""),
    ("pow: exponent constant",     "pow",   {1: None},                   "`a ** b`: no gradient reaches b",                ""),
    ("pow: logarithm missing",     "pow",   {1: "y"},                    "`a ** b`: its slope along b comes out as `y`",   ""),
    ("neg: sign lost",             "neg",   {0: "1"},                    "`-a`: its slope along a has the wrong sign",     ""),
    ("neg: nothing done",          "neg",   {"formula": "a * 1"},        "`-a` gives",                                     ""),
    ("abs: sign lost",             "abs",   {0: "1"},                    "`abs`: its slope along a",                       ""),
    ("abs: nan at 0",              "abs",   {0: "a / abs(a)"},           "`abs(0.0)` is a kink",                           "jax-ml/jax#3058"),
    ("exp: input for output",      "exp",   {0: "a"},                    "`exp`: its slope along a comes out as `a`",      "karpathy/nn-zero-to-hero#52"),
    ("exp: constant slope",        "exp",   {0: "1"},                    "`exp`: its slope along a comes out as `1`",      ""),
    ("expm1: slope is the output", "expm1", {0: "y"},                    "`expm1`: its slope along a comes out as `y`",    ""),
    ("log: output for input",      "log",   {0: "1 / y"},                "`log`: its slope along a comes out as `1 / (y)`", ""),
    ("log1p: slope of log",        "log1p", {0: "1 / a"},                "`log1p`: its slope along a comes out as `1 / (a)`", ""),
    ("log2: base forgotten",       "log2",  {0: "1 / a"},                "`log2`: its slope along a comes out as `1 / (a)`", ""),
    ("sqrt: factor 2 missing",     "sqrt",  {0: "1 / y"},                "`sqrt`: its slope along a comes out as `1 / (y)`", ""),
    ("sin: sign",                  "sin",   {0: "-cos(a)"},              "`sin`: its slope along a has the wrong sign",    ""),
    ("cos: sign",                  "cos",   {0: "sin(a)"},               "`cos`: its slope along a has the wrong sign",    ""),
    ("tan: square lost",           "tan",   {0: "1 + y"},                "`tan`: its slope along a comes out as `1 + y`",  ""),
    ("atan: sign in denominator",  "atan",  {0: "1 / (1 - a * a)"},      "`atan`: its slope along a comes out as",         ""),
    ("atan2: operands swapped",    "atan2", {0: "angle_slope(a, b)"},    "`atan2`: its slope along a comes out as",        ""),
    ("tanh: square lost",          "tanh",  {0: "1 - y"},                "`tanh`: its slope along a comes out as `1 - y`", "apache/tvm#7340"),
    ("tanh: input for output",     "tanh",  {0: "1 - a * a"},            "`tanh`: its slope along a comes out as `1 - a * a`", "apache/mxnet#4316"),
    ("tanh: no gradient",          "tanh",  {0: "0"},                    "`tanh`: no gradient reaches a",                  "harvard-edge/cs249r_book#1341"),
    ("tanh: tail lost",            "tanh",  {0: "1 - y * y"},            "`tanh(20.0)` has slope 0.0",                     PACKAGES),
    ("tanh: by exponentials",      "tanh",  {"formula": "(exp(a) - exp(-a)) / (exp(a) + exp(-a))"}, "`tanh(710.0)` gives nan", "jax-ml/jax#764"),
    ("sigmoid: sign in slope",     "sigmoid", {0: "y * (1 + y)"},        "`sigmoid`: its slope along a comes out as `y * (1 + y)`", ""),
    ("sigmoid: input for output",  "sigmoid", {0: "a * (1 - a)"},        "`sigmoid`: its slope along a comes out as `a * (1 - a)`", ""),
    ("sigmoid: tail lost",         "sigmoid", {0: "y * (1 - y)"},        "`sigmoid(40.0)` has slope 0.0",                  PACKAGES),
    ("sigmoid: overflows",         "sigmoid", {"formula": "exp(a) / (1 + exp(a))"}, "`sigmoid(710.0)` gives nan",          ""),
    ("sigmoid: clamped",           "sigmoid", {"formula": "clip(sigmoid(a), 1e-7, 1 - 1e-7)"}, "`sigmoid(20.0)` gives 0.9999999", ""),
    ("log: clamped",               "log",   {"formula": "log(maximum(a, 1e-7))"}, "`log(0.0)` gives -16.1",                ""),
    ("exp: clamped",               "exp",   {"formula": "exp(minimum(a, 50))"}, "`exp(709.78)` gives",                     ""),
    ("relu: leaks",                "relu",  {0: "1"},                    "`relu`: its slope along a",                      ""),
    ("relu: inverted",             "relu",  {0: "where(a <= 0, 1, blocked)"}, "`relu`: its slope along a",                 ""),
    ("relu: 0 times inf",          "relu",  {0: "where(a <= 0, 0, 1)"},  "`relu(log(a))` at 0 has slope nan",              "jax-ml/jax#1052"),
    ("leaky_relu: no leak",        "leaky_relu", {0: "where(a > 0, 1, blocked)"}, "`leaky_relu`: its slope along a",       ""),
    ("elu: slope of relu",         "elu",   {0: "where(a > 0, 1, blocked)"}, "`elu`: its slope along a",                   ""),
    ("softplus: kink at 0",        "softplus", {0: "where(a == 0, -1 / 2, sigmoid(a))"}, "`softplus(0.0)` has slope -0.5", "FluxML/NNlib.jl#679"),
    ("softplus: overflows",        "softplus", {"formula": "log(1 + exp(a))"}, "`softplus(-20.0)` gives 2.06115369",       ""),
    ("log_sigmoid: sign inside",   "log_sigmoid", {0: "sigmoid(a)"},     "`log_sigmoid`: its slope along a comes out as `sigmoid(a)`", ""),
    ("silu: product rule",         "silu",  {0: "sigmoid(a)"},           "`silu`: its slope along a comes out as `sigmoid(a)`", ""),
    ("gelu: product rule",         "gelu",  {0: "normal_cdf(a)"},        "`gelu`: its slope along a comes out as `normal_cdf(a)`", ""),
    ("erf: factor missing",        "erf",   {0: "gaussian(a)"},          "`erf`: its slope along a",                       ""),
    ("hypot: divided twice",       "hypot", {0: "a / (y * y)"},          "`hypot`: its slope along a comes out as `a / (y * y)`", ""),
    ("hypot: overflows",           "hypot", {"formula": "sqrt(a * a + b * b)"}, "`hypot(0.0, 1e+200)` gives inf",          ""),
    ("maximum: tie twice",         "maximum", {0: "where(a >= b, 1, blocked)", 1: "where(a > b, blocked, 1)"}, "a tie is credited twice", "Theano/Theano#4568"),
    ("maximum: tie to nobody",     "maximum", {0: "where(a > b, 1, blocked)", 1: "where(b > a, 1, blocked)"}, "a tie is credited to nobody", ""),
    ("maximum: to the smaller",    "maximum", {0: "where(a < b, 1, blocked)", 1: "where(b < a, 1, blocked)"}, "`maximum`: its slope along a", ""),
    ("clip: leaks",                "clip",  {0: "1"},                    "`clip`: its slope along a",                      ""),
    ("dot: own data",              "dot",   {0: "xs"},                   "`dot`: its slope along operand 1",               ""),
    ("logsumexp: slopes of a sum", "logsumexp", {0: "ones(xs)"},         "`logsumexp`: its slope along operand 1 comes out as `1`", ""),
    ("mul: subnormals flushed",    "mul",   {"formula": "where(abs(a * b) < 2.3e-308, 0, a * b)"}, "subnormal numbers are flushed to 0", "JAX 0.10"),
)  # fmt: skip

ORDER = "    return order\n\n\ndef leaves"
SEARCH = """    found, stack = [], list(roots)
    while stack:
        node = stack.pop({end})
        if {unless}:
            seen.discard(node)
            found.append(node)
            stack.extend(node.parents[::-1])
    return found[::-1]


def leaves"""
RECURSIVE = """    def visit(node):
        if node in seen:
            seen.discard(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    order = []
    for root in roots:
        visit(root)
    return order


def leaves"""
PAIR = "= node.parents, node.slopes"
EARLY = "a node is read before all its users have written"
AGAIN = "a node passes its gradient on again each time it is reached"
OVERWRITES = "`=` stands where `+=` belongs"
EQUAL = """def __eq__(self, other):
        return type(other) is Value and self._data == other._data

    def __hash__(self):
        return hash(self._data)

    def __lt__(self"""

TEXTS: tuple[tuple[str, str, str, str, str, str], ...] = (
    # name                         module    old                         new                                   says, seen
    ("= for +=",                   "value",  " += to_",                  " = to_",                             "`a + a` loses one gradient", "karpathy/nn-zero-to-hero#52"),
    ("= for += on the left",       "value",  "left._grad += to_left",    "left._grad = to_left",               OVERWRITES, ""),
    ("= for += on the right",      "value",  "right._grad += to_right",  "right._grad = to_right",             "`a + a` loses one gradient", ""),
    ("lost self-edge",             "value",  "if to_right is not None:", "if to_right is not None and right is not left:", "`a + a` loses one gradient", ""),
    ("order: breadth first",       "graph",  ORDER,                      SEARCH.format(end=0, unless="node in seen"), EARLY, "karpathy/micrograd#21"),
    ("order: depth first",         "graph",  ORDER,                      SEARCH.format(end="", unless="node in seen"), EARLY, "karpathy/micrograd#23"),
    ("order: every path",          "graph",  ORDER,                      SEARCH.format(end="", unless="True"), AGAIN, "karpathy/micrograd#64"),
    ("order: leaves first",        "value",  "for node in reversed(order):", "for node in order:",              "a node is read before", "karpathy/micrograd#96"),
    ("order: by recursion",        "graph",  ORDER,                      RECURSIVE,                            "recursion depth at 9", "karpathy/micrograd#90"),
    ("parents in a set",           "graph",  "node.parents[::-1]",       "set(node.parents)",                  "last bits differ between runs", "micrograd 0.1.0"),
    ("equality by data",           "value",  "def __lt__(self",          EQUAL,                                "two values with equal data are taken for one", ""),
    ("upstream ignored",           "value",  " * upstream",              "",                                   "the chain rule is lost", ""),
    ("mul: other's grad",          "value",  PAIR,                       PAIR + ' if node.op != "mul" else (node.parents[1]._grad, node.parents[0]._grad)', "`a * b` multiplies by the other's grad instead of its data", ""),
    ("stale slope",                "value",  PAIR,                       PAIR + ' if node.op != "mul" else (node.parents[1]._data, node.parents[0]._data)', "backward reads `data` again", "micrograd 0.1.0"),
    ("interior gradients leak",    "value",  "node._grad = NOTHING",     "pass",                               "a second backward pass adds interior gradients again", "karpathy/micrograd#102"),
    ("leaves start again",         "value",  "topological_order(self) if node.parents]", "topological_order(self)]", "a second backward pass replaces the gradient", ""),
    ("seed: the output's data",    "value",  "self._grad += 1.0",        "self._grad += self._data",           "backward starts from the value's data instead of 1", ""),
    ("seed: missing",              "value",  "self._grad += 1.0",        "self._grad += 0.0",                  "backward starts from 0.0 instead of 1", ""),
    ("gradients dropped",          "value",  "upstream = node._grad\n",  "upstream = node._grad if abs(node._grad) > 1e-6 else NOTHING\n", "gradients as small as 1e-07 are dropped", ""),
    ("gradients clipped",          "value",  "upstream = node._grad\n",  "upstream = node._grad if node._grad is NOTHING else max(-9.0, min(9.0, node._grad))\n", "gradients as large as 1e+07 are clipped", ""),
    ("float32 data",               "value",  "        self._data = data if type(data) is float else number(data, \"Value\")\n", "        import struct\n        self._data = struct.unpack('f', struct.pack('f', data))[0]\n", "holds only the digits of float32", ""),
    ("2 / x is x / 2",             "bodies",  'reflected=name.startswith("__r")', 'reflected=name == "__rsub__" or name == "__rpow__"', "`0.75 / a` gives `a / 0.75`", ""),
    ("2 - x is x - 2",             "bodies",  'reflected=name.startswith("__r")', 'reflected=name == "__rtruediv__" or name == "__rpow__"', "`0.75 - a` gives `a - 0.75`", "dlsyscourse/hw1#22"),
    ("2 ** x is x ** 2",           "bodies",  'reflected=name.startswith("__r")', 'reflected=name == "__rtruediv__" or name == "__rsub__"', "`0.75 ** a` gives `a ** 0.75`", ""),
    ("no reflected power",         "value",  "def __rpow__",             "def __rpower__",                     "`0.75 ** a` does not work: TypeError", "micrograd 0.1.0"),
    ("changes its input",          "rules",  'body += ["node = new(Value)"', 'body += ["self._data = y"] * ("(self)" in signature) + ["node = new(Value)"', "changes its input", ""),
    ("exp raises",                 "kernels", "inf_above(math.exp),",    "math.exp,",                          "`exp(710.0)` raises OverflowError", "micrograd 0.1.0, in a ** b"),
    ("log raises",                 "kernels", "inf_at(0, math.log),",    "math.log,",                          "`log(0.0)` raises ValueError", ""),
    ("division raises",            "kernels", "except ZeroDivisionError:", "except FloatingPointError:",       "raises ZeroDivisionError", "micrograd 0.1.0"),
    ("complex power",              "kernels", "return math.pow(a, b)",   "return a ** b",                      "puts the complex", ""),
    ("maximum drops nan",          "kernels", "return a if a >= b or a != a else b", "return a if a >= b else b", "drops the nan", ""),
    ("relu drops nan",             "stable", "where(x <= 0, 0.0, x)",    "where(x > 0, x, 0.0)",               "`relu(nan)` drops the nan", ""),
    ("integer relu",               "stable", "where(x <= 0, 0.0, x)",    "where(x <= 0, 0, x)",                "`relu(-1.5)` puts the int 0 in `data`", "micrograd 0.1.0"),
)  # fmt: skip
