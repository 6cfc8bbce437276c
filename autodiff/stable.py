"""Functions that the Python array API lacks, each defined once, accurately, for any namespace.

A docstring here is the mathematics: the formula that a teacher would write, which is evaluated as it stands over exact
and 50-digit numbers, shown to readers, and held against the body by the tests. The body is how floating point gets the
same number right everywhere: no overflow on the way, no cancellation, tails included. It uses only names of `kernels`,
spelled as in the array API, and `where` for every choice, so `bind` can run the same body over floats, NumPy or JAX.
(`logsumexp` and `softmax` take a list of floats; over arrays they are reductions, which the compiler knows.)

>>> import math
>>> sech(20.0) ** 2, 1 - math.tanh(20.0) ** 2     # the slope of tanh at 20, and the same by the schoolbook
(1.6993417021166355e-17, 0.0)
"""

from collections.abc import Mapping
from types import FunctionType
from typing import Any

from .kernels import (
    abs, clip, copysign, divide, exp, expm1, floor, floor_divide, hypot, isinf, largest, log, log1p, maximum, minimum,
    nan, pow, sign, sqrt, total, where,
)  # fmt: skip

N = Any  # a float, or an array of whatever namespace; xs is a list of them

TINY = 2.2250738585072014e-308  # the smallest normal float64: below it a number has lost digits


def sigmoid(x: N) -> N:
    "1 / (1 + exp(-x))"
    e = exp(-abs(x))
    return where(x >= 0, 1.0, e) / (1.0 + e)


def softplus(x: N) -> N:
    "log1p(exp(x))"
    return maximum(x, 0.0) + log1p(exp(-abs(x)))


def log_sigmoid(x: N) -> N:
    "-log1p(exp(-x))"
    return -softplus(-x)


def sech(x: N) -> N:
    "1 / cosh(x)"
    e = exp(-abs(x))
    return 2.0 * e / (1.0 + e * e)


def relu(x: N) -> N:
    "maximum(x, 0)"
    return where(x <= 0, 0.0, x)


def leaky_relu(x: N, slope: N) -> N:
    "where(x >= 0, x, slope * x)"
    return where(x >= 0, x, slope * x)


def elu(x: N, alpha: N) -> N:
    "where(x >= 0, x, alpha * expm1(x))"
    return where(x >= 0, x, alpha * expm1(minimum(x, 0.0)))


def elu_slope(x: N, alpha: N) -> N:
    "where(x > 0, 1, where(x < 0, alpha * exp(x), clip(alpha, 0, 1)))"
    half = exp(minimum(x, 0.0) / 2)  # exp(x) itself would be subnormal, and lose digits, before alpha scales it
    return where(x > 0, 1.0, where(x == 0, clip(alpha, 0.0, 1.0), alpha * half * half))


def silu(x: N) -> N:
    "x / (1 + exp(-x))"
    low = maximum(x, -2000.0)  # -inf times a sigmoid of 0 would be nan
    half = exp(minimum(low, 0.0) / 2)
    return where(x < -700, low * half * half, low * sigmoid(x))


def silu_slope(x: N) -> N:
    "sigmoid(x) * (1 + x * sigmoid(-x))"
    low, high = maximum(x, -2000.0), minimum(x, 2000.0)
    half = exp(minimum(low, 0.0) / 2)
    t = (x - SILU_DIP) - SILU_DIP_REST
    slope = sigmoid(x) * (1.0 + where(x < 0, low, high) * sigmoid(-x))
    away = where(x < -700, (1.0 + low) * half * half, slope)
    return where(abs(t) < 0.5, t * polynomial(t, SILU_DIP_SERIES), away)


def stop_gradient(x: N) -> N:
    "x"
    return +x


def not_negative(x: N) -> N:
    "where(x < 0, nan, x)"
    return where(x < 0, nan, abs(x))  # abs: -0.0 stands at the end of the domain as 0.0 does


def asin_slope(x: N) -> N:
    "1 / sqrt(1 - x * x)"
    return divide(1.0, sqrt((1.0 - x) * (1.0 + x)))


def acosh_slope(x: N) -> N:
    "1 / (sqrt(x - 1) * sqrt(x + 1))"
    return divide(1.0, sqrt(x - 1.0) * sqrt(x + 1.0))


def atanh_slope(x: N) -> N:
    "where(abs(x) > 1, nan, 1 / (1 - x * x))"
    return where(abs(x) > 1, nan, divide(1.0, (1.0 - x) * (1.0 + x)))


def xlogy(x: N, y: N) -> N:
    "where(x == 0, 0, x * log(y))"
    return where((x == 0) & (y == y), 0.0, x * log(where(x == 0, 1.0, y)))


def power_slope(a: N, b: N) -> N:
    "where(b == 0, 0, b * a ** (b - 1))"
    p = b - 1.0
    lost = (b - (p - (p - b))) + (-1.0 - (p - b))  # to rounding: p + lost is b - 1 exactly
    power = pow(abs(a), p)
    half = pow(abs(a), p / 2)  # half the power, for when the whole under- or overflows before b scales it
    odd_side = where(floor(b / 2) * 2 == b, -1.0, where((floor(b) == b) | (a == 0), 1.0, nan))
    turn = where(copysign(1.0, a) < 0, odd_side, 1.0)  # the sign of a ** (b - 1), nan off the real line
    slope = turn * where((power < TINY) | isinf(power), b * half * half, b * power)
    exact = (lost == 0) | (slope == 0) | isinf(slope)
    return where(b == 0, 0.0, where(exact, slope, slope * exp(lost * log(abs(a)))))


def exponent_slope(a: N, b: N) -> N:
    "where((a == 0) & (b > 0), 0, a ** b * log(a))"
    half = pow(a, b / 2)
    return where((a == 0) & (b > 0), 0.0, half * log(a) * half)


def mixed_power_slope(a: N, b: N) -> N:
    "where(a == 0, a ** (b - 1) + b * exponent_slope(a, b - 1), a ** (b - 1) * (1 + b * log(a)))"
    power = pow(a, b - 1.0)
    return where(a == 0, power + b * exponent_slope(a, b - 1.0), power * (1.0 + b * log(a)))


def div_slope(a: N, b: N) -> N:
    "-a / b / b"
    y = divide(a, b)
    subnormal = (abs(y) < TINY) & (y != 0)
    return where(subnormal, divide(divide(a * -(2.0**200), b), b) * 2.0**-200, divide(-y, b))


def whole_quotient(a: N, b: N) -> N:
    "floor(a / b)"
    return floor_divide(a, b)


def unit(a: N, b: N) -> N:
    "where((a == 0) & (b == 0), 0, a / sqrt(a * a + b * b))"
    size = maximum(abs(a), abs(b))
    scale = where(size == 0, 1.0, size)
    u, v = a / scale, b / scale
    at_infinity = where(isinf(b), where(isinf(a), nan, 0.0 * sign(a)), sign(a))
    return where(isinf(size), at_infinity, u / where(size == 0, 1.0, hypot(u, v)))


def angle_slope(a: N, b: N) -> N:
    "a / (a * a + b * b)"
    size = maximum(abs(a), abs(b))
    scale = where((size == 0) | isinf(size), 1.0, size)
    u, v = a / scale, b / scale
    lift = where(abs(u) < TINY, 2.0**200, 1.0)  # a subnormal u has lost digits that the last division brings back
    slope = divide(divide(a * lift / scale, u * u + v * v), scale) / lift
    return where(isinf(size), where(isinf(a) | isinf(b), 0.0 * sign(a), nan), slope)


def bell(x: N, scale: N, k: N) -> N:
    "scale * exp(-k * x * x)"
    x = clip(x, -60.0, 60.0)
    near = floor(x * 16.0) / 16.0  # its square is exact; the rest of x * x is small
    far = k * near * near > 700
    most = exp(-k * near * near / where(far, 2.0, 1.0))  # in two halves, lest a subnormal be scaled
    return most * (exp(-k * (x - near) * (x + near)) * scale) * where(far, most, 1.0)


def gaussian(x: N) -> N:
    "exp(-x * x)"
    return bell(x, 1.0, 1.0)


def gaussian_slope(x: N) -> N:
    "-2 * x * exp(-x * x)"
    return bell(x, -2.0 * clip(x, -60.0, 60.0), 1.0)


def normal_pdf(x: N) -> N:
    "exp(-x * x / 2) / sqrt(2 * pi)"
    return bell(x, 0.3989422804014327, 0.5)


def normal_pdf_slope(x: N) -> N:
    "-x * exp(-x * x / 2) / sqrt(2 * pi)"
    return bell(x, -0.3989422804014327 * clip(x, -60.0, 60.0), 0.5)


def normal_cdf(x: N) -> N:
    "erfc(-x / sqrt(2)) / 2"
    tail = bell(x, upper_tail(abs(x)), 0.5)
    return where(x > 0, 1.0 - tail, tail)


def upper_tail(x: N) -> N:
    "erfc(x / sqrt(2)) / 2 * exp(x * x / 2)"
    x = minimum(x, 1e9)
    return polynomial((x - 4.0) / (x + 4.0), UPPER_TAIL) / (1.0 + x)


def gelu(x: N) -> N:
    "x * normal_cdf(x)"
    below = minimum(x, 0.0)
    below = maximum(below, -1e9)
    return where(x > 0, x * normal_cdf(x), bell(below, below * upper_tail(-below), 0.5))


def gelu_slope(x: N) -> N:
    "normal_cdf(x) + x * normal_pdf(x)"
    low = clip(x, -1e9, 1e9)
    t = (x - GELU_DIP) - GELU_DIP_REST
    below = bell(low, upper_tail(abs(low)) + low * 0.3989422804014327, 0.5)
    above = normal_cdf(x) + low * normal_pdf(x)
    return where(abs(t) < 0.375, t * polynomial(t, GELU_DIP_SERIES), where(x < 0, below, above))


def logsumexp(xs: N) -> N:
    "log(total([exp(x) for x in xs]))"
    top = largest(xs)
    if isinf(top) or top != top:  # a nan is not found in its own list
        return top
    rest = list(xs)
    rest.remove(top)  # its own term is exactly 1, which log1p adds without losing the others
    return top + log1p(total([exp_of_difference(x, top) for x in rest]))


def softmax(xs: N) -> N:
    "[exp(x) / total([exp(x) for x in xs]) for x in xs]"
    top = largest(xs)
    terms = [exp_of_difference(x, top) for x in xs]
    whole = total(terms)
    return [term / whole for term in terms]


def exp_of_difference(a: N, b: N) -> N:
    "exp(a - b)"
    difference = a - b
    step = difference - a
    lost = (a - (difference - step)) - (b + step)  # to rounding: difference + lost is a - b exactly
    return exp(difference) * where(isinf(difference), 1.0, 1.0 + lost)


def polynomial(x: N, coefficients: N) -> N:
    y = 0.0 * x
    for coefficient in reversed(coefficients):
        y = y * x + coefficient
    return y


# (1 + x) * upper_tail(x) in powers of (x - 4) / (x + 4), a Chebyshev fit at 60 digits: relative error 2e-17
UPPER_TAIL = (
    0.47205320650984467, -0.09670347732652577, 0.013999634724424333, 0.02860036405354698, -0.03219783742802203,
    0.017936097479808313, -0.005002378592511494, -0.0002856231002340135, 0.0006948971219073166, -9.443023204456728e-05,
    -8.785330394797745e-05, 2.1249915729449347e-05, 1.3627395285352675e-05, -3.4316562688625695e-06,
    -2.6144101706596152e-06, 4.029912427574402e-07, 5.548340462207789e-07, 4.242344418455244e-09,
    -1.1446850712758079e-07,
    -2.3315488161994288e-08, 2.0257667136861587e-08, 8.858538843412724e-09, -2.6180348731255444e-09,
    -1.9068104342795306e-09, 1.7873545221852657e-10, 1.968773941157256e-10,
)  # fmt: skip

# Where the slopes of silu and gelu cross zero (in two floats), and slope / distance in powers of the distance: beside a
# zero the direct formula cancels to noise. Chebyshev fits at 60 digits.
SILU_DIP, SILU_DIP_REST = -1.2784645427610737, -1.0946994183093437e-16
SILU_DIP_SERIES = (
    0.2178117057198001, 0.14664879699694688, 0.018874814223783464, -0.015222655223186, -0.006606589138453168,
    0.0001266274099671378, 0.0007985218849239093, 0.00018570724648479394, -4.0905390772127556e-05,
    -2.973358065058017e-05, -2.9422197711149223e-06, 2.3463219039123873e-06, 8.580284769324707e-07,
    -3.17820100020679e-08, -8.792575057017707e-08, -1.5926399488066996e-08,
)  # fmt: skip
GELU_DIP, GELU_DIP_REST = -0.7517915246935645, 1.4956759177009883e-17
GELU_DIP_SERIES = (
    0.4314939923140469, 0.388284982990552, -0.018199676398671233, -0.1140082332972211, -0.014771522148222527,
    0.019421679838141925, 0.004539228377883565, -0.0022395380664964907, -0.0007448268039398346,
    0.00018633971932464872, 8.615895071585417e-05, -1.121413757853911e-05, -7.744011446546374e-06,
    4.317701830245626e-07, 5.506858299107985e-07,
)  # fmt: skip

_OWN = [item for item in globals().values() if isinstance(item, FunctionType) and item.__module__ == __name__]
NAMES = tuple(function.__name__ for function in _OWN)


def bind(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """The functions of this module over another namespace: the same bodies, other names under them.

    >>> import math
    >>> bind(vars(math) | {"abs": abs, "where": lambda c, x, y: x if c else y})["sigmoid"](0.0)
    0.5
    """
    bound = {name: item for name, item in globals().items() if not name.startswith("_")} | dict(namespace)
    bound |= {name: FunctionType(globals()[name].__code__, bound, name) for name in NAMES if name not in namespace}
    return bound
