"""Regularizers: a penalty on weights that is added to the loss, so that training keeps them small.

>>> L2(0.5).penalty([1.0, -2.0])
2.5
>>> find("l1")
L1L2(l1=0.01, l2=0.0)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..errors import OperandError, shown
from ..coerce import Number
from . import checks
from .registry import Registry


@dataclass(frozen=True)
class L1L2:
    """l1 times the sum of |w|, and l2 times the sum of w²."""

    l1: Number = 0.0
    l2: Number = 0.0

    def __post_init__(self) -> None:
        for name in ("l1", "l2"):
            object.__setattr__(self, name, checks.at_least_zero("L1L2", name, getattr(self, name)))

    def penalty(self, weights: Iterable[Any]) -> Any:
        """The penalty of these weights, numbers or Values."""
        return sum((self.l1 * abs(w) + self.l2 * w * w for w in weights), 0.0)


def L1(l1: Number = 0.01) -> L1L2:
    """The lasso: a constant pull towards 0."""
    return L1L2(l1=l1)


def L2(l2: Number = 0.01) -> L1L2:
    """The ridge: a pull towards 0 that grows with the weight."""
    return L1L2(l2=l2)


REGULARIZERS: Registry[L1L2] = Registry(
    "a regularizer", {"l1": L1L2(l1=0.01), "l2": L1L2(l2=0.01), "l1_l2": L1L2(0.01, 0.01)}
)


def find(regularizer: str | L1L2 | None) -> L1L2 | None:
    """The regularizer of that name with Keras's 0.01, the regularizer itself, or None for none."""
    if isinstance(regularizer, str):
        return REGULARIZERS.find(regularizer)
    if regularizer is None or isinstance(regularizer, L1L2):
        return regularizer
    raise OperandError(f"regularizer: expected a name, nn.L1(…) or nn.L2(…), got {shown(regularizer)}")
