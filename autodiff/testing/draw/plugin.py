"""What Hypothesis calls when it is imported: from then on `from_type(Value)` draws Values.

>>> from hypothesis.strategies import from_type
>>> from autodiff import Value
>>> register()
>>> from_type(Value)
values()
"""

from typing import TYPE_CHECKING

from ...value import Value

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Tell Hypothesis how to draw a Value."""
    from hypothesis.strategies import register_type_strategy

    def drawn(kind: type[Value]) -> "SearchStrategy[Value]":
        from .strategies import values  # only now: this runs while Hypothesis is being imported

        return values()

    register_type_strategy(Value, drawn)
