"""The adapter of anyone's scalar engine, found by looking at its class.

`adapter_for(Value)` looks for a constructor, `data`, `grad` and `backward`, the operators, and for each operation of
the table a method or a function of that name beside the class. Whatever is found elsewhere can be given.

>>> from autodiff import Value
>>> engine = adapter_for(Value)
>>> engine
<engine Value: 37 operations>
>>> "tanh" in engine.operations, "cbrt" in engine.operations
(True, False)
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from ...additions import cached
from ...errors import ArgumentError, shown
from ...ops import DOT, TABLE, TOTAL, WHERE
from .adapter import OPERATORS, Adapter, V
from .attributes import BACKWARD, find_data, find_grad, reader
from .backwards import Backward, find_backward
from .constructor import Constructor, find_constructor
from .lazy import prepare_lazy
from .operations import find_operations
from .recordings import resetter
from .spelling import Spelling
from .tapes import tapes_of


def adapter_for(Value: type, **found: Any) -> Adapter:
    """The adapter for a class, with what cannot be found by looking given by keyword.

    `make`, `data`, `grad`, `backward` may be functions, or names of attributes; `operations` a dict of functions by the
    table's names, added to those found. An `ArgumentError` says what is missing, and how to give it.
    """
    if isinstance(Value, Adapter):
        return Value
    if not isinstance(Value, type):
        raise ArgumentError(f"conformance: expected the class of an engine's values, got {shown(Value)}")
    tapes = tapes_of(Value)
    made = find_constructor(Value, found.pop("make", None))
    operations, methods, names = find_operations(Value, made.sample)
    operations |= found.pop("operations", {})
    data = find_data(Value, made, found.pop("data", None))
    backward = find_backward(Value, made.sample, found.pop("backward", None), tapes)
    grad = found.pop("grad", None) or backward.grad or find_grad(Value, made, backward.run)
    if found:
        raise ArgumentError(f"adapter_for: expected make, data, grad, backward, operations, got {', '.join(found)}")
    grad_text = backward.grad_text or (f"{{}}.{grad}" if isinstance(grad, str) else "grad({})")
    data_text = f"{{}}.{data}" if isinstance(data, str) else "data({})"
    before = "\n".join([*(each.line for each in made.helpers), *([tapes.line] if tapes else [])])
    spelling = Spelling(made.text, data_text, grad_text, backward.text, names, before)
    engine = _adapter(Value, (data, grad), backward, operations, methods, spelling, made)
    if tapes:
        engine.reset = tapes.renew
        engine.notes.append(f"recorded inside `with {tapes.kind.__name__}():`")
    return engine


def _adapter(
    Value: type, names: tuple[Any, Any], backward: Backward,
    operations: Mapping[str, Callable[..., V]], methods: frozenset[str], spelling: Spelling, made: Constructor,
) -> Adapter:  # fmt: skip
    """The adapter of what was found; an attribute that is a function was given, and is not written to."""
    (data, grad), make = names, made.make
    raw = None if callable(data) else operator.attrgetter(data)
    engine = Adapter(
        Value.__name__, make, reader(data), reader(grad), backward.run, operations, raw=raw,
        set_data=_writer(make, data), methods=methods, spelling=spelling, set_grad=_writer(make, grad),
        reset=resetter(Value, [each.value for each in made.helpers]),
    )  # fmt: skip
    engine.keeps = backward.grad is None
    engine.notes += [*made.notes, *backward.notes]
    prepare_lazy(engine, Value)
    return engine


def _writer(make: Callable[[float], V], name: Any) -> Callable[[V, float], None] | None:
    """How to write a number into an attribute, as the kind of thing that is there; None if it cannot be written."""

    def write(value: V, number: float) -> None:
        old = getattr(value, name)
        shaped = getattr(old, "shape", None)
        setattr(value, name, number if shaped is None else old * 0 + number)

    try:
        write(make(2.0), 2.0)
    except Exception:
        return None  # a function was given, or the attribute is a property
    return write


@cached
def ours() -> Adapter:
    """The adapter of this library's own Value, with every operation that has a public function."""
    from ... import functions, registration
    from ...value import Value

    adapter = of_library(Value, functions)
    adapter.operations |= registration.FUNCTIONS
    return adapter


def of_library(Value: type, functions: Any) -> Adapter:
    """The adapter of our Value, or of a wrong copy of it, with the functions that stand beside it."""
    operations: dict[str, Callable[..., V]] = dict(OPERATORS)
    operations |= {name: getattr(functions, name) for name in TABLE if name in functions.__all__}
    operations[WHERE] = lambda condition, x, y: functions.where(condition > 0.0, x, y)
    operations[TOTAL] = lambda *xs: functions.total(xs)
    operations[DOT] = lambda *xs: functions.dot(xs[: len(xs) // 2], xs[len(xs) // 2 :])
    return adapter_for(Value, operations=operations)


__all__ = ["BACKWARD", "adapter_for", "of_library", "ours"]
