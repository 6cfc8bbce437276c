"""The functions of Values, all in one place: those of one or a few (`elementwise`), and of any number (`reductions`).

>>> from autodiff import Value
>>> y = logsumexp(exp(Value(0.0)), 1.0)
>>> y.op, y.parents[0].op
('logsumexp', 'exp')
"""

from typing import TYPE_CHECKING

from . import elementwise, reductions
from .elementwise import *  # noqa: F401, F403
from .reductions import *  # noqa: F401, F403

if not TYPE_CHECKING:  # a type checker goes by the declarations
    __all__ = sorted([*elementwise.__all__, *reductions.__all__])
