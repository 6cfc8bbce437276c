"""`register` adds an operation at run time: one row, and everything that the library does with rows does it too.

>>> from autodiff import Value, grad
>>> from autodiff.ops import Op
>>> with _temporarily():
...     cube = register(Op("cube", "a * a * a", ("3 * a * a",)))
...     cube(2.0), grad(cube)(2.0), grad(grad(cube))(2.0)
(8.0, 12.0, 12.0)
>>> register(Op("exp", "1 + a", ("1",)))
Traceback (most recent call last):
    ...
autodiff.errors.TableError: register: expected a name of its own, got 'exp', which is an operation already
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from . import additions, dual_numbers, expression, numbers, rules
from .admission import Functions, admit
from .errors import OperandError, shown
from .generated import GENERATED
from .ops import TABLE, Op
from .over_values import SELECTING, VALUES, beside_numbers

ARGUMENTS = {1: ("x",), 2: ("x1", "x2"), 3: ("x1", "x2", "x3")}


def register(op: Op, functions: Functions | None = None) -> Callable[..., Any]:
    """Add a row to the table, and give the function of Values and numbers that it describes.

    The rules may use the operations that are in the table, and the other words of the vocabulary. A row with words of
    its own brings what they mean: `functions={"erfc": {"float": math.erfc, "numpy": scipy.special.erfc}}`, by number
    system ("float", always; "fraction", "mpmath") and target of `compile`. Such a function must give a float for every
    float, nan and inf included. A word that is also the name of the row can be differentiated again.

    A `TableError` says what is wrong with the row, and then nothing has been added. `testing.check_operation` checks
    that the slopes are the derivatives of the formula.

    >>> with _temporarily():
    ...     square = register(Op("square", "a * a", ("2 * a",)))
    ...     square(3.0)
    9.0
    """
    if not isinstance(op, Op):
        raise OperandError(f"register: expected a row such as Op('square', 'a * a', ('2 * a',)), got {shown(op)}")
    own = functions or {}
    return _add(admit(op, own), own)


def _add(op: Op, own: Functions) -> Callable[..., Any]:
    additions.bring(own)
    TABLE[op.name] = op
    GENERATED.update(additions.names("float"))
    arguments = ARGUMENTS[len(op.slopes)]
    source = rules.function_source(op, op.name, arguments)
    function = rules.compile_source(op.name, source, GENERATED, arguments)
    function.__doc__ = f"{op.name}({', '.join(arguments)}), which is {op.formula}; added to the table."
    function.__module__ = __name__
    for system in numbers.systems():
        system.names.update(additions.names(system.name))
    for each in (VALUES, SELECTING):
        each.names[op.name] = each.rows[op.name] = beside_numbers(op, function)
    dual_numbers.add_row(op.name)
    expression.FUNCTIONS[op.name] = function
    FUNCTIONS[op.name] = function
    return function


FUNCTIONS: dict[str, Callable[..., Any]] = {}  # of the rows that were added, by name


@contextmanager
def _temporarily() -> Iterator[None]:
    """Take away, at the end, the rows that are added within: for tests."""
    rows, words = set(TABLE), set(additions.WORDS)
    try:
        yield
    finally:
        _take_away(set(TABLE) - rows, set(additions.WORDS) - words)


def _take_away(rows: set[str], words: set[str]) -> None:
    """Forget rows, and words of theirs, in every table that `register` has written them to."""
    for name in rows:
        del TABLE[name], expression.FUNCTIONS[name], FUNCTIONS[name]
    for system in numbers.systems() if rows | words else ():
        for name in rows | words:
            system.names.pop(name, None)
            system.rows.pop(name, None)
    for name in words:
        GENERATED.pop(name, None)
    additions.forget(words)
