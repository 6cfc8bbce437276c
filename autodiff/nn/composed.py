"""Activations that are made of operations of the table, so that they run wherever an operation does.

>>> relu6(8.0), hard_sigmoid(3.0), exponential(0.0)
(6.0, 1.0, 1.0)

Names and formulas are Keras's; where a formula loses digits far from 0, or gives nan at an infinite number, it is
written in another way there.
"""

from typing import Any

from ..functions import clip, elu, exp, hypot, maximum, sign, softplus, tanh, where

SELU_SCALE = 1.0507009873554804934193349852946  # with them a layer's outputs tend to mean 0 and variance 1
SELU_ALPHA = 1.6732632423543772848170429916717  # [Klambauer et al. 2017]


def selu(x: Any) -> Any:
    """`elu` whose size and bend keep the outputs of deep layers at mean 0 and variance 1.

    >>> selu(1.0)
    1.0507009873554805
    """
    return SELU_SCALE * elu(x, SELU_ALPHA)


def softsign(x: Any) -> Any:
    """x / (1 + |x|): as tanh from -1 to 1, and slower to get there.

    >>> softsign(-3.0)
    -0.75
    """
    size = 1 + abs(x)
    return where(size < 2, x / size, sign(x) * (1 - 1 / size))


def exponential(x: Any) -> Any:
    """e to the power of x, for outputs above 0.

    >>> exponential(1.0)
    2.718281828459045
    """
    return exp(x)


def mish(x: Any) -> Any:
    """x tanh(softplus(x)), a smooth rectifier. [Misra 2019]

    >>> mish(0.0), round(mish(1.0), 6)
    (0.0, 0.865098)
    """
    return maximum(x, -1000) * tanh(softplus(x))  # below that it is 0


def relu6(x: Any) -> Any:
    """`relu` that goes no higher than 6.

    >>> relu6(-1.0), relu6(7.5)
    (0.0, 6.0)
    """
    return clip(x, 0.0, 6.0)


def hard_sigmoid(x: Any) -> Any:
    """The straight line x / 6 + 1 / 2 within 0 and 1, for a sigmoid.

    >>> hard_sigmoid(1.5), hard_sigmoid(-4.0)
    (0.75, 0.0)
    """
    return relu6(x + 3) / 6


def hard_tanh(x: Any) -> Any:
    """x within -1 and 1.

    >>> hard_tanh(0.5), hard_tanh(-4.0)
    (0.5, -1.0)
    """
    return clip(x, -1.0, 1.0)


def hard_silu(x: Any) -> Any:
    """x hard_sigmoid(x).

    >>> hard_silu(3.0), hard_silu(-4.0)
    (3.0, -0.0)
    """
    return maximum(x, -3) * hard_sigmoid(x)


def tanh_shrink(x: Any) -> Any:
    """x - tanh(x): flat around 0, where its rounding error is that of x.

    >>> tanh_shrink(0.0)
    0.0
    """
    return x - tanh(x)


def squareplus(x: Any) -> Any:
    """(x + sqrt(x² + 4)) / 2: a softplus without an exponential.

    >>> squareplus(0.0)
    1.0
    """
    length = hypot(x, 2.0)
    return where(x < 0, 2 / (length - x), (x + length) / 2)


COMPOSED = (
    exponential, hard_sigmoid, hard_silu, hard_tanh, mish, relu6, selu, softsign, squareplus, tanh_shrink,
)  # fmt: skip
RECTIFYING = (selu, mish, relu6, hard_silu, squareplus)
