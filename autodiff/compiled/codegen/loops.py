"""Helpers of NumPy programs whose loops run in C where the engine is the one in C: fewer passes over memory.

An emitted source defines each helper for readers, and runs with it wherever there is no engine in C. The bits are the
same: exponentials and sums are NumPy's own in both.

>>> from autodiff.compiled.codegen import helpers
>>> space = {"parts_of_sum": helpers.parts_of_sum}
>>> hasten(space)
>>> space["parts_of_sum"](np.zeros(2), np.array([1.0, 0.5]), np.array(0.5))
array([0.66666667, 0.33333333])
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...native import module

Helper = Callable[..., Any]


def exponentials(readable: Helper) -> Helper:
    """The helper of this name; `readable`, its source, still serves arrays that do not lie row after row."""

    def faster(xs: Any) -> tuple[Any, Any, Any]:
        largest, terms, others = np.empty(xs.shape[:-1]), np.empty(xs.shape), np.empty(xs.shape)
        if not module.lowered(xs, largest, terms, others):
            return readable(xs)  # type: ignore[no-any-return]
        np.exp(terms, out=terms)
        module.scaled(xs, terms, others)
        return largest, terms, np.add.reduce(others, axis=-1)

    return faster


def parts_of_sum(readable: Helper) -> Helper:
    """The helper of this name."""

    def faster(largest: Any, terms: Any, others: Any) -> Any:
        parts = np.empty(terms.shape)
        return parts if module.divided(terms, others, parts) else readable(largest, terms, others)

    return faster


def rectified(readable: Helper) -> Helper:
    """The helper of this name."""
    return lambda xs: xs if module.rectified(xs) else readable(xs)


def emptied(readable: Helper) -> Helper:
    """The helper of this name."""
    return lambda xs, closed: xs if module.emptied(closed, xs) else readable(xs, closed)


FASTER = {each.__name__: each for each in (exponentials, parts_of_sum, rectified, emptied)} if module else {}


def hasten(space: dict[str, Any]) -> None:
    """Put the faster helpers in the place of those that a source defines."""
    space.update({name: FASTER[name](space[name]) for name in FASTER.keys() & space.keys()})
