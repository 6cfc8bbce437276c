"""The vocabulary over arrays: what an array namespace lacks, or does not do as IEEE-754 and the table of operations do.

The bodies use names of the array API alone, as those of `stable` do. What is n-ary works along the last axis.

>>> "maximum" in HELPERS, "tanh" in HELPERS     # NumPy may answer either zero for maximum(0.0, -0.0); its tanh will do
(True, False)
"""

from types import FunctionType
from typing import Any

from ... import kernels, stable

N = Any  # an array, or a number
# As an array namespace has them: the types of floats would be wrong here.
abs, exp, isinf, log1p, where = (getattr(kernels, name) for name in ("abs", "exp", "isinf", "log1p", "where"))
exp_of_difference, polynomial, upper_tail = stable.exp_of_difference, stable.polynomial, stable.upper_tail


def maximum(a: N, b: N) -> N:
    "a where it is larger, equal or nan"
    return where((a >= b) | (a != a), a, b)


def minimum(a: N, b: N) -> N:
    "a where it is smaller, equal or nan"
    return where((a <= b) | (a != a), a, b)


def pow(a: N, b: N) -> N:
    "a ** b, where a namespace may take the square root for an exponent of 0.5: of -inf that is nan, of -0.0 it is -0.0"
    return where((b == 0.5) & ((a == 0) | isinf(a)), abs(a), a**b)


def clip(a: N, low: N, high: N) -> N:
    "a held between two numbers"
    return minimum(maximum(a, low), high)


def sign(x: N) -> N:
    "-1, 0 or 1; 0 of -0 as well"
    return where(x > 0, 1.0, where(x < 0, -1.0, where(x == 0, 0.0, x)))


def erf(x: N) -> N:
    "the error function: a series near 0, beyond it 1 less the upper tail"
    size = minimum(abs(x), 6.0)
    near = minimum(size, 0.75)
    far = 1.0 - 2.0 * upper_tail(size * 1.4142135623730951) * exp(-size * size)
    y = where(size < 0.75, near * polynomial(near * near, ERF), far)
    return where(x < 0, -y, where(x == 0, x, where(x != x, x, y)))


def total(xs: N) -> N:
    "along the last axis: the sum, also where it is finite and a part of it is not"
    y = xs.sum(axis=-1)
    return where(y - y == 0, y, (xs * 2.0**-64).sum(axis=-1) * 2.0**64)


def quick_total(xs: N) -> N:
    "the same in NumPy, whose code may ask: the second sum only where it is needed; and of -0.0 alone it is -0.0"
    y = xs.sum(axis=-1, initial=-0.0)
    return y if all(y - y == 0) else where(y - y == 0, y, total(xs))


def exponentials(xs: N) -> N:
    "along the last axis: the largest; exp(x - the largest), once exactly 1; the sum of the others"
    largest = xs.max(axis=-1)
    terms = exp_of_difference(xs, largest[..., None])
    one = arange(xs.shape[-1]) == xs.argmax(axis=-1)[..., None]
    return largest, terms, where(one, terms - 1.0, terms).sum(axis=-1)


def log_of_sum(largest: N, terms: N, others: N) -> N:
    "the logarithm of the sum of exponentials: log1p loses nothing of the others"
    return where(isinf(largest), largest, largest + log1p(others))


def parts_of_sum(largest: N, terms: N, others: N) -> N:
    "exponentials divided by their sum"
    return terms / (1.0 + others)[..., None]


def rectified(xs: N) -> N:
    "relu of an array of NumPy's, in place; of either zero it is 0.0"
    numpy.maximum(xs, 0.0, out=xs)
    xs += 0.0
    return xs


def emptied(xs: N, closed: N) -> N:
    "an array of NumPy's, in place 0.0 wherever it is closed"
    putmask(xs, closed, 0.0)
    return xs


# erf(x) / x in powers of x * x
ERF = (
    1.1283791670955126, -0.37612638903183754, 0.11283791670955126, -0.026866170645131252, 0.005223977625442188,
    -0.0008548327023450852, 0.00012055332981789664, -1.492565035840623e-05, 1.6462114365889246e-06,
    -1.6365844691234924e-07, 1.4807192815879217e-08, -1.2290555301717926e-09, 9.422759064650411e-11,
    -6.7113668551641105e-12, 4.4632242632864775e-13, -2.7835162072109212e-14,
)  # fmt: skip

arange: Any = None  # an array namespace's own
numpy: Any = None
putmask: Any = None
_FUNCTIONS = [item for item in list(globals().values()) if isinstance(item, FunctionType)]
HELPERS = tuple(item.__name__ for item in _FUNCTIONS if item.__module__ == __name__)
