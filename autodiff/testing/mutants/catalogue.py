"""The table of wrong engines: name, what is substituted, what a report should say first, where such a bug was seen.

`ROWS` change one row of the table of operations (its formula, or a slope by its index), `TEXTS` one piece of source.
owner/repository#n is an issue or pull request on GitHub. "a wrong slope of tan: …" is one whose kind the report does not
tell, or another than this.
"""

from typing import Any

PACKAGES = "PyTorch 2.13 and JAX 0.10"
MADE_UP = "made up: no public case is known to us"
SAME = "as above, in one of its two lines"

ROWS: tuple[tuple[str, str, dict[Any, Any], str, str], ...] = (
    # name                         row      change                       says                                             seen
    ("add: sign of b",             "add",   {1: "-1"},                   "`a + b`: its local derivative along b has the wrong sign",  MADE_UP),
    ("sub: sign of b",             "sub",   {1: "1"},                    "`a - b`: its local derivative along b has the wrong sign",  "KhawajaAbaid/micrograd_c#1"),
    ("sub: slope of an addition",  "sub",   {0: "-1"},                   "`a - b`: its local derivative along a has the wrong sign",  "a wrong slope of a - b: DiffSharp/DiffSharp#9"),
    ("mul: own data",              "mul",   {0: "a", 1: "b"},            "`a * b`: its local derivative along a comes out as `a`, and should be `b`", MADE_UP),
    ("mul: one side only",         "mul",   {1: None},                   "`a * b`: no gradient reaches b",                 "in atan2: ml-explore/mlx#2453"),
    ("mul: product for slope",     "mul",   {0: "y"},                    "`a * b`: its local derivative along a comes out as `y`",    "LibRapid/librapid#273"),
    ("div: slope not inverted",    "div",   {0: "b"},                    "`a / b`: its local derivative along a comes out as `b`",    "apache/singa#484, in review"),
    ("div: sign lost",             "div",   {1: "a / b / b"},            "`a / b`: its local derivative along b has the wrong sign",  "a wrong slope of a / b: tqchen/tinyflow#20"),
    ("div: square lost",           "div",   {1: "-a / b"},               "`a / b`: its local derivative along b comes out as `-y`",   "MikeInnes/diff-zoo#15, a tutorial"),
    ("pow: exponent not lowered",  "pow",   {0: "b * a ** b"},           "`a ** b`: its local derivative along a comes out as `b * y`", MADE_UP),
    ("pow: factor missing",        "pow",   {0: "a ** (b - 1)"},         "`a ** b`: its local derivative along a comes out as",       MADE_UP),
    ("pow: exponent constant",     "pow",   {1: None},                   "`a ** b`: no gradient reaches b",                "sys27/xFunc#362"),
    ("pow: logarithm missing",     "pow",   {1: "y"},                    "`a ** b`: its local derivative along b comes out as `y`",   MADE_UP),
    ("pow: negative base",         "pow",   {0: "power_slope(abs(a), b)"}, "`a ** b` at a negative base: its local derivative along a has the wrong sign", "a wrong slope at negative bases: tenstorrent/tt-metal#54439"),
    ("pow: negative exponent",     "pow",   {0: "copysign(1, b) * power_slope(a, b)"}, "`a ** b` with a negative exponent: its local derivative along a has the wrong sign", "in ldexp: pytorch/pytorch#187460"),
    ("pow: exponent 3",            "pow",   {0: "where(b == 3, 2 / 3, 1) * power_slope(a, b)"}, "`a ** b` with the exponent 3: its local derivative along a is 0.6666666667 times", MADE_UP),
    ("pow: 0 times inf",           "pow",   {0: "b * a ** (b - 1)"},     "`0.0 ** 0.0` has the derivative nan",                     "jax-ml/jax#12409"),
    ("neg: sign lost",             "neg",   {0: "1"},                    "`-a`: its local derivative along a has the wrong sign",     "a wrong slope of -a: gorgonia/gorgonia#363"),
    ("neg: nothing done",          "neg",   {"formula": "a * 1"},        "`-a` gives",                                     MADE_UP),
    ("abs: sign lost",             "abs",   {0: "1"},                    "`abs`: its local derivative along a",                       "in copysign: chalk-lab/Mooncake.jl#1195"),
    ("abs: nan at 0",              "abs",   {0: "a / abs(a)"},           "`abs(0.0)` is a kink",                           "HIPS/autograd#100"),
    ("exp: input for output",      "exp",   {0: "a"},                    "`exp`: its local derivative along a comes out as `a`",      "proposed in karpathy/nn-zero-to-hero#52"),
    ("exp: constant slope",        "exp",   {0: "1"},                    "`exp`: its local derivative along a comes out as `1`",      MADE_UP),
    ("expm1: slope is the output", "expm1", {0: "y"},                    "`expm1`: its local derivative along a comes out as `y`",    "asked for in review of pytorch/pytorch#4350"),
    ("expm1: tail lost",           "expm1", {0: "y + 1"},                "`expm1(-40.0)` has the derivative 0.0",                   "pytorch/pytorch#192406"),
    ("log: output for input",      "log",   {0: "1 / y"},                "`log`: its local derivative along a comes out as `1 / y`", "a wrong slope of log: karpathy/micrograd#100"),
    ("log1p: slope of log",        "log1p", {0: "1 / a"},                "`log1p`: its local derivative along a comes out as `1 / a`", MADE_UP),
    ("log2: base forgotten",       "log2",  {0: "1 / a"},                "`log2`: its local derivative along a comes out as `1 / a`", "eggzec/ad#10"),
    ("sqrt: factor 2 missing",     "sqrt",  {0: "1 / y"},                "`sqrt`: its local derivative along a comes out as `1 / y`", "groops-devs/groops#246"),
    ("sin: sign",                  "sin",   {0: "-cos(a)"},              "`sin`: its local derivative along a has the wrong sign",    MADE_UP),
    ("cos: sign",                  "cos",   {0: "sin(a)"},               "`cos`: its local derivative along a has the wrong sign",    "DanIsraelMalta/Interval-arithmetic#2"),
    ("tan: square lost",           "tan",   {0: "1 + y"},                "`tan`: its local derivative along a comes out as `1 + y`",  "a wrong slope of tan: yalmip/YALMIP#288"),
    ("atan: sign in denominator",  "atan",  {0: "1 / (1 - a * a)"},      "`atan`: its local derivative along a comes out as",         "jwmerrill/PowerSeries.jl#9"),
    ("atan2: operands swapped",    "atan2", {0: "angle_slope(a, b)"},    "`atan2`: its local derivative along a comes out as",        "getkeops/keops#155"),
    ("cosh: sign",                 "cosh",  {0: "-sinh(a)"},             "`cosh`: its local derivative along a has the wrong sign",   "casadi/casadi#2585, for nine years"),
    ("asinh: flat at 0",           "asinh", {0: "where(a == 0, 0, 1 / hypot(1, a))"}, "`asinh(0.0)` has the derivative 0.0",        "tinygrad/tinygrad#17758"),
    ("tanh: square lost",          "tanh",  {0: "1 - y"},                "`tanh`: its local derivative along a comes out as `1 - y`", "a wrong slope of tanh: apache/tvm#7340"),
    ("tanh: input for output",     "tanh",  {0: "1 - a * a"},            "`tanh`: its local derivative along a comes out as `1 - a * a`", "suspected in apache/mxnet#4316, where all was right"),
    ("tanh: no gradient",          "tanh",  {0: "0"},                    "`tanh`: no gradient reaches a",                  "harvard-edge/cs249r_book#1341"),
    ("tanh: tail lost",            "tanh",  {0: "1 - y * y"},            "`tanh(20.0)` has the derivative 0.0",                     PACKAGES),
    ("tanh: by exponentials",      "tanh",  {"formula": "(exp(a) - exp(-a)) / (exp(a) + exp(-a))"}, "`tanh(710.0)` gives nan", "BVLC/caffe#1455"),
    ("sigmoid: sign in slope",     "sigmoid", {0: "y * (1 + y)"},        "`sigmoid`: its local derivative along a comes out as `y * (1 + y)`", MADE_UP),
    ("sigmoid: factor missing",    "sigmoid", {0: "1 - y"},              "`sigmoid`: its local derivative along a comes out as `1 - y`", "shubhamwagh/picograd, in its engine.py"),
    ("sigmoid: input for output",  "sigmoid", {0: "a * (1 - a)"},        "`sigmoid`: its local derivative along a comes out as `a * (1 - a)`", "BoltzmannEntropy/interviews.ai#15, a book"),
    ("sigmoid: tail lost",         "sigmoid", {0: "y * (1 - y)"},        "`sigmoid(40.0)` has the derivative 0.0",                  PACKAGES),
    ("sigmoid: overflows",         "sigmoid", {"formula": "exp(a) / (1 + exp(a))"}, "`sigmoid(710.0)` gives nan",          "clab/dynet#1525"),
    ("sigmoid: clamped",           "sigmoid", {"formula": "clip(sigmoid(a), 1e-7, 1 - 1e-7)"}, "`sigmoid(20.0)` gives 0.9999999", "DrBigMau/LSTM-from-Scratch-in-Python#1"),
    ("log: clamped",               "log",   {"formula": "log(maximum(a, 1e-7))"}, "`log(0.0)` gives -16.1",                "tensorflow/tensorflow#41595, in a loss"),
    ("exp: clamped",               "exp",   {"formula": "exp(minimum(a, 50))"}, "`exp(360.0)` gives",                     "karpathy/micrograd#119"),
    ("relu: leaks",                "relu",  {0: "1"},                    "`relu`: its local derivative along a",                      "in leaky_relu: chainer/chainer#5898"),
    ("relu: inverted",             "relu",  {0: "where(a <= 0, 1, blocked)"}, "`relu`: its local derivative along a",                 "in clamp: tenstorrent/tt-metal#48201"),
    ("relu: 0 times inf",          "relu",  {0: "where(a <= 0, 0, 1)"},  "`relu(log(a))` at 0 has the derivative nan",              PACKAGES),
    ("leaky_relu: no leak",        "leaky_relu", {0: "where(a > 0, 1, blocked)"}, "`leaky_relu`: its local derivative along a",       "a wrong slope of leaky_relu: pytorch/pytorch#31938"),
    ("elu: slope of relu",         "elu",   {0: "where(a > 0, 1, blocked)"}, "`elu`: its local derivative along a",                   "a wrong slope of elu: pytorch/pytorch#47671"),
    ("softplus: kink at 0",        "softplus", {0: "where(a == 0, -1 / 2, sigmoid(a))"}, "`softplus(0.0)` has the derivative -0.5", "jax-ml/jax#2107"),
    ("softplus: overflows",        "softplus", {"formula": "log(1 + exp(a))"}, "`softplus(-20.0)` gives 2.06115369",       "rushter/MLAlgorithms#30"),
    ("log_sigmoid: sign inside",   "log_sigmoid", {0: "sigmoid(a)"},     "`log_sigmoid`: its local derivative along a comes out as `sigmoid(a)`", "a wrong slope of log_sigmoid: jax-ml/jax#2140"),
    ("silu: product rule",         "silu",  {0: "sigmoid(a)"},           "`silu`: its local derivative along a comes out as `sigmoid(a)`", "a wrong slope of silu: chelsea0x3b/dfdx#915, in review"),
    ("gelu: product rule",         "gelu",  {0: "normal_cdf(a)"},        "`gelu`: its local derivative along a comes out as `normal_cdf(a)`", "a wrong slope of gelu: sony/nnabla#690"),
    ("erf: factor missing",        "erf",   {0: "gaussian(a)"},          "`erf`: its local derivative along a",                       "a wrong slope of erf: tinygrad/tinygrad#17861"),
    ("hypot: divided twice",       "hypot", {0: "a / (y * y)"},          "`hypot`: its local derivative along a comes out as `a / (y * y)`", MADE_UP),
    ("hypot: overflows",           "hypot", {"formula": "sqrt(a * a + b * b)"}, "`hypot(0.0, 1e+200)` gives inf",          "numba/numba#1877"),
    ("maximum: tie twice",         "maximum", {0: "where(a >= b, 1, blocked)", 1: "where(a > b, blocked, 1)"}, "a tie is credited twice", "apache/mxnet#18563"),
    ("maximum: tie to nobody",     "maximum", {0: "where(a > b, 1, blocked)", 1: "where(b > a, 1, blocked)"}, "a tie is credited to nobody", "a wrong slope at ties: Theano/Theano#6470"),
    ("maximum: to the smaller",    "maximum", {0: "where(a < b, 1, blocked)", 1: "where(b < a, 1, blocked)"}, "`maximum`: its local derivative along a", "in clamp: LuisaGroup/LuisaCompute#203"),
    ("clip: leaks",                "clip",  {0: "1"},                    "`clip`: its local derivative along a",                      "LuisaGroup/LuisaCompute#203"),
    ("dot: own data",              "dot",   {0: "xs"},                   "`dot`: its local derivative along operand 1",               MADE_UP),
    ("logsumexp: slopes of a sum", "logsumexp", {0: "ones(xs)"},         "`logsumexp`: its local derivative along operand 1 comes out as `1`", "a wrong slope of log_softmax: mlpack/mlpack#2360"),
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
IN_PLACE = """def __iadd__(self, other):
        self._data += other._data if type(other) is Value else number(other, "add")
        return self

    def __lt__(self"""

TEXTS: tuple[tuple[str, str, str, str, str, str], ...] = (
    # name                         module    old                         new                                   says, seen
    ("= for +=",                   "value",  " += to_",                  " = to_",                             OVERWRITES, "the author's note in karpathy/nn-zero-to-hero#52"),
    ("= for += on the left",       "value",  "left._grad += to_left",    "left._grad = to_left",               OVERWRITES, SAME),
    ("= for += on the right",      "value",  "right._grad += to_right",  "right._grad = to_right",             OVERWRITES, SAME),
    ("lost self-edge",             "value",  "if to_right is not None:", "if to_right is not None and right is not left:", "`a + a` keeps only", "pytorch/pytorch#183604"),
    ("order: breadth first",       "graph",  ORDER,                      SEARCH.format(end=0, unless="node in seen"), EARLY, "karpathy/micrograd#34"),
    ("order: depth first",         "graph",  ORDER,                      SEARCH.format(end="", unless="node in seen"), EARLY, "karpathy/micrograd#23"),
    ("order: every path",          "graph",  ORDER,                      SEARCH.format(end="", unless="True"), AGAIN, "karpathy/micrograd#64"),
    ("order: leaves first",        "value",  "for node in reversed(order):", "for node in order:",              "backward goes through the graph from the leaves", "karpathy/micrograd#96"),
    ("order: by recursion",        "graph",  ORDER,                      RECURSIVE,                            "recursion depth at 9", "micrograd 0.1.0"),
    ("parents in a set",           "graph",  "node.parents[::-1]",       "set(node.parents)",                  "last bits differ between runs", "micrograd 0.1.0"),
    ("equality by data",           "value",  "def __lt__(self",          EQUAL,                                "two values with equal data are taken for one", "tinygrad/tinygrad#9597"),
    ("upstream ignored",           "value",  " * upstream",              "",                                   "the chain rule is lost", "pytorch/pytorch#995"),
    ("mul: other's grad",          "value",  PAIR,                       PAIR + ' if node.op != "mul" else (node.parents[1]._grad, node.parents[0]._grad)', "`a * b` multiplies by the other's grad instead of its data", MADE_UP),
    ("stale slope",                "value",  PAIR,                       PAIR + ' if node.op != "mul" else (node.parents[1]._data, node.parents[0]._data)', "backward reads `data` again", "micrograd 0.1.0"),
    ("interior gradients leak",    "value",  "node._grad = NOTHING",     "pass",                               "a second backward pass adds interior gradients again", "karpathy/micrograd#102"),
    ("leaves start again",         "value",  "topological_order(self) if node.parents]", "topological_order(self)]", "a second backward pass replaces the gradient", "MXNet, by default (grad_req='write')"),
    ("seed: the output's data",    "value",  "self._grad += start",      "self._grad += self._data",           "backward starts from the value's data instead of 1", MADE_UP),
    ("seed: missing",              "value",  "self._grad += start",      "self._grad += 0.0",                  "backward starts from 0.0 instead of 1", MADE_UP),
    ("gradients dropped",          "value",  "upstream = node._grad\n",  "upstream = node._grad if abs(node._grad) > 1e-6 else NOTHING\n", "gradients as small as 1e-07 are dropped", MADE_UP),
    ("gradients clipped",          "value",  "upstream = node._grad\n",  "upstream = node._grad if node._grad is NOTHING else max(-9.0, min(9.0, node._grad))\n", "gradients as large as 1e+07 are clipped", MADE_UP),
    ("float32 data",               "value",  "        self._data = data if type(data) is float else number(data, \"Value\")\n", "        import struct\n        self._data = struct.unpack('f', struct.pack('f', data))[0]\n", "holds only the digits of float32", "in a gradient checker: pytorch/pytorch#8175"),
    ("2 / x is x / 2",             "generated",  'reflected=name.startswith("__r")', 'reflected=name == "__rsub__" or name == "__rpow__"', "`0.75 / a` gives `a / 0.75`", "tiandiweizun/autodiff#1, out of reach"),
    ("2 - x is x - 2",             "generated",  'reflected=name.startswith("__r")', 'reflected=name == "__rtruediv__" or name == "__rpow__"', "`0.75 - a` gives `a - 0.75`", "dlsyscourse/hw1#21"),
    ("2 ** x is x ** 2",           "generated",  'reflected=name.startswith("__r")', 'reflected=name == "__rtruediv__" or name == "__rsub__"', "`0.75 ** a` gives `a ** 0.75`", "tinygrad/tinygrad#151, in review"),
    ("no reflected power",         "value",  "def __rpow__",             "def __rsub__",               "`0.75 ** a` does not work: TypeError", "micrograd 0.1.0"),
    ("in-place addition",          "value",  "def __lt__(self",          IN_PLACE,                             "`a += 2.5` changes its input", MADE_UP),
    ("ints refused",               "coerce", "isinstance(x, (float, int))", "isinstance(x, float)",          "`a + 2` does not work, though `a + 2.0` does", MADE_UP),
    ("changes its input",          "rules",  'body += ["node = new(Value)"', 'body += ["self._data = y"] * ("(self)" in signature) + ["node = new(Value)"', "changes its input", "in a backward pass: NVIDIA/apex#1430"),
    ("exp raises",                 "kernels", "inf_above(math.exp),",    "math.exp,",                          "`exp(710.0)` raises OverflowError", "micrograd 0.1.0, in a ** b"),
    ("log raises",                 "kernels", "inf_at(0, math.log),",    "math.log,",                          "`log(0.0)` raises ValueError", "karpathy/micrograd#41, in review"),
    ("division raises",            "kernels", "except ZeroDivisionError:", "except FloatingPointError:",       "raises ZeroDivisionError", "micrograd 0.1.0"),
    ("complex power",              "kernels", "return math.pow(a, b)",   "return a ** b",                      "puts the complex", "micrograd 0.1.0"),
    ("maximum drops nan",          "kernels", "return a if a >= b or a != a else b", "return a if a >= b else b", "drops the nan", "pytorch/pytorch#25016"),
    ("relu drops nan",             "stable", "where(x <= 0, 0.0, x)",    "where(x > 0, x, 0.0)",               "`relu(nan)` drops the nan", "pytorch/pytorch#7999"),
    ("integer relu",               "stable", "where(x <= 0, 0.0, x)",    "where(x <= 0, 0, x)",                "`relu(-1.5)` puts the int 0 in `data`", "micrograd 0.1.0"),
)  # fmt: skip
