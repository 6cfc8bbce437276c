"""Kinks at which a derivative of a derivative holds on neither side, and the warning that says so.

At a kink the first derivative is the subgradient of least norm: 0 for abs at 0. It is the slope of neither side there,
and what is differentiated again holds on neither side. For relu it is that of the left side, and all derivatives hold
on the left.

>>> from autodiff import hessian
>>> import warnings
>>> with warnings.catch_warnings(record=True) as caught:
...     warnings.simplefilter("always")
...     _ = hessian(lambda x: abs(x) * x)(0.0)
>>> print(caught[0].message)                                                                # doctest: +ELLIPSIS
abs(0.0), at ..., stands at a kink: its first derivative there is that of neither side, so a second derivative ...
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .errors import KinkWarning
from .frames import caller
from .hooks import Watcher
from .numbers import FLOATS
from .ops import TABLE, Op
from .rule import Binary, Name, Rule, parse
from .value import Value


def has_sides(op: Op, numbers: Sequence[float]) -> bool:
    """Whether the slope that the row gives at a kink is that of one side."""
    return bool(op.one_sided) and bool(parse(op.one_sided).evaluate({**FLOATS.names, **dict(zip(op.inputs, numbers))}))


def warn(node: Value, lines: Mapping[Value, str], conditions: Sequence[Callable[..., bool]]) -> None:
    """Warn where a node stands at a kink and its local derivative there is that of neither side."""
    op, parents = TABLE[node.op], node.parents
    if has_sides(op, [parent._data for parent in parents]):
        return
    named = dict(zip(op.inputs, parents))
    if not any(condition(*parents) for rule, condition in zip(op.kink_rules, conditions) if not _holds(rule, named)):
        return
    inputs = ", ".join(f"{parent.name} = {parent._data}" if parent.name else str(parent._data) for parent in parents)
    made = f", at {lines[node]}," if node in lines else ""
    frame = caller()
    warnings.warn_explicit(
        f"{node.op}({inputs}){made} stands at a kink: its first derivative there is that of neither side, so a second "
        f"derivative holds on neither side; move an input off the kink for that of one side",
        KinkWarning, frame.f_code.co_filename, frame.f_lineno,
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )  # fmt: skip


def _holds(rule: Rule, named: Mapping[str, Value]) -> bool:
    """Whether a condition asks if a Value is equal to itself: maximum(x, x) is x, and hypot(x, x) has a kink at 0."""
    match rule:
        case Binary("==", Name(left), Name(right)):
            return named[left] is named[right]
    return False


class Lines(Watcher):
    """Keeps, while a function runs, the line that made each node at a kink."""

    def __init__(self, line: Callable[[], str]) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[Value, str] = {}

    def made(self, node: Any) -> None:
        op = TABLE.get(node.op)
        if op is not None and op.kinks:
            numbers = {**FLOATS.names, **dict(zip(op.inputs, (parent._data for parent in node.parents)))}
            if any(kink.evaluate(numbers) for kink in op.kink_rules):
                self.lines[node] = self.line()
