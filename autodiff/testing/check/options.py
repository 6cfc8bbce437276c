"""The options of a check: what was expected, and what came.

>>> settle_options("best", ["reverse"], 1, None, eps=1e-3)
'finite'
"""

import math
from collections.abc import Sequence

from ...coerce import is_one_of
from ...errors import ArgumentError, shown
from ..engines.adapter import Adapter
from .reference import METHODS


def settle_options(
    against: str, modes: Sequence[str], order: int, engine: Adapter | None, **sizes: float | None
) -> str:
    """What to check against, if all options can be used; `sizes` are rtol, atol and eps."""
    if not isinstance(against, str) or against not in ("best", *METHODS):
        raise ArgumentError(f"against: expected 'best', 'digits', 'complex' or 'finite', got {shown(against)}")
    if isinstance(modes, str) or not isinstance(modes, Sequence):
        raise ArgumentError(f"modes: expected a list such as ['forward'] or ['reverse', 'forward'], got {shown(modes)}")
    if not all(is_one_of(mode, ("reverse", "forward", "rev", "fwd")) for mode in modes) or not len(modes):
        raise ArgumentError(f"modes: expected 'reverse' ('rev'), 'forward' ('fwd') or both, got {shown(modes)}")
    if type(order) is not int or order < 1:
        raise ArgumentError(f"order: expected an int of 1 or more, got {shown(order)}")
    if engine is not None and order > 1:
        raise ArgumentError(f"check_gradients: expected order 1 of the engine {engine.name}, got {order}")
    for name, size in sizes.items():
        if size is not None and not (isinstance(size, (int, float)) and 0 <= size < math.inf):
            raise ArgumentError(f"{name}: expected a finite number that is not negative, got {shown(size)}")
    eps = sizes["eps"]
    if eps is not None and (eps == 0 or against not in ("best", "finite")):
        raise ArgumentError(f"eps: expected a step above 0, and against='finite'; got {eps!r} with {against!r}")
    return against if eps is None else "finite"
