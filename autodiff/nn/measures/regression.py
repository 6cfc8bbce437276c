"""Losses for numbers and for counts, beside the squared error: each the mean over all rows and outputs.

    mean_absolute_percentage_error   100 |p - t| / |t|, where t below 1e-7 counts as 1e-7
    log_cosh                         log(cosh(p - t)): a parabola near 0, a straight line far from it
    poisson                          p - t log(p + 1e-7), for counts t and the rates p that they come at
    cosine_similarity                minus the cosine of the angle between the labels and the outputs of a row

>>> log_cosh([0.0], [1000.0]).data + math.log(2)
1000.0
"""

import math
from typing import Any

from ...errors import ArgumentError, shown
from ...functions import log, log1p, maximum, sinh, softplus, sqrt, where
from ...reductions import dot
from ...value import Value
from ..layers.rows import Rows, mean, pair_rows, pairs, pair_with_places, to_compare

EPSILON = 1e-7  # Keras's


def mean_absolute_percentage_error(y_true: Rows, y_pred: Rows) -> Value:
    """The mean distance between prediction and label, in hundredths of the label.

    A label nearer to 0 than 1e-7 counts as 1e-7, as in Keras, which makes its error huge.

    >>> mean_absolute_percentage_error([10.0, 4.0], [11.0, 2.0]).data
    30.0
    """
    found = pairs("mean_absolute_percentage_error", y_true, y_pred)
    return mean([100 * abs((t - p) / maximum(abs(t), EPSILON)) for t, p in found])


def log_cosh(y_true: Rows, y_pred: Rows) -> Value:
    """The mean of log(cosh(y_pred - y_true)), which does not overflow: outliers pull with a force of at most 1.

    >>> round(log_cosh([0.0, 0.0], [1.0, 0.0]).data, 6)
    0.21689
    """
    errors = [p - t for t, p in pairs("log_cosh", y_true, y_pred)]
    return mean([where(abs(error) < 1, log1p(2 * half * half), error + softplus(-2 * error) - math.log(2))
                 for error, half in zip(errors, [sinh(error / 2) for error in errors])])  # fmt: skip


def poisson(y_true: Rows, y_pred: Rows) -> Value:
    """The mean of p - t log(p + 1e-7), for counts t of at least 0 and rates p of at least 0, as `softplus` gives them.

    >>> poisson([0, 2], [0.5, 1.0]).data == (0.5 + 1.0 - 2 * math.log(1 + 1e-7)) / 2
    True
    """
    found = pair_with_places("poisson", y_true, y_pred)
    for place, t, p in found:
        for side, x, meaning in (("y_true", t, "a count"), ("y_pred", p, "a rate")):
            if to_compare(side, x, "poisson") < 0:
                advice = "; softplus and exponential are activations that give one" * (side == "y_pred")
                expected = f"expected {meaning} of at least 0"
                raise ArgumentError(f"poisson: row {place} of {side}: {expected}, got {shown(x)}{advice}")
    return mean([p - t * log(p + EPSILON) for _, t, p in found])


def cosine_similarity(y_true: Rows, y_pred: Rows) -> Value:
    """The mean over rows of minus the cosine between labels and outputs: -1 where they point the same way.

    A row whose numbers are all 0 has the cosine 0, as in Keras. The metric of that name has no minus, as in Keras.

    >>> cosine_similarity([[3.0, 4.0]], [[6.0, 8.0]]).data
    -1.0
    """
    rows = [tuple(zip(*row)) for row in pair_rows("cosine_similarity", y_true, y_pred)]
    return mean([0 - dot(ts, ps) / (_measure_length(ts) * _measure_length(ps)) for ts, ps in rows])


def _measure_length(xs: tuple[Any, ...]) -> Any:
    """The length of a vector, at least 1e-7, with a slope also at 0."""
    return sqrt(maximum(dot(xs, xs), EPSILON**2))
