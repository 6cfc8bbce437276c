"""Every error the library raises on purpose; catch `AutodiffError` to catch them all.

    AutodiffError
    ├── OperandError        (TypeError)        something that is not a number where one belongs
    ├── ArgumentError       (ValueError)       the right kind, an unusable value: a size of 0, a wrong length
    │   └── ProgramError                       a user's program is no Python, or ended with an exception; has its line
    ├── AnomalyError        (ArithmeticError)  `detect_anomaly()` saw an operation make a nan or inf
    ├── ReplayError         (TypeError)        a number system lacks an operation: exp over Fraction
    ├── TableError          (ValueError)       a row of the table of operations is misspelled
    ├── GradientError       (AssertionError)   `testing.check_gradients` found a wrong gradient
    ├── ForeignCodeError    (RuntimeError)     text that the library did not write was about to run as code
    ├── DrawingError        (RuntimeError)     no drawing engine works, or one failed
    └── MissingExtraError   (ImportError)      an optional part is not installed

A `KinkWarning` (UserWarning) says that a second derivative stands at a kink of the first, and holds on neither side.

Each message says what was expected, what came, and what to do; `shown` writes the value that came.
"""


class AutodiffError(Exception):
    """The root of the library's errors."""


class OperandError(AutodiffError, TypeError):
    """An operand or argument is of a kind that the operation cannot take."""


class ArgumentError(AutodiffError, ValueError):
    """An argument is of the right kind, and its value cannot be used."""


class ProgramError(ArgumentError):
    """A program of the user's cannot be run, or ended with an exception at its `line` (None: at none of its own)."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class AnomalyError(AutodiffError, ArithmeticError):
    """An operation made a nan or an inf from ordinary numbers, inside `detect_anomaly()`."""


class ReplayError(AutodiffError, TypeError):
    """A number system has no such operation."""


class TableError(AutodiffError, ValueError):
    """A row of the table of operations uses a word that the rules do not know."""


class GradientError(AutodiffError, AssertionError):
    """A gradient is wrong, and the message says where."""


class ForeignCodeError(AutodiffError, RuntimeError):
    """Text that the library did not write itself was about to run as code."""


class DrawingError(AutodiffError, RuntimeError):
    """No drawing engine is at hand, or the engine failed."""


class KinkWarning(UserWarning):
    """A derivative is taken at a kink, of a derivative that is that of neither side."""


class MissingExtraError(AutodiffError, ImportError):
    """An optional part of the library is not installed."""


def shown(value: object, limit: int = 60) -> str:
    """`value` and its type as an error message writes them: short, on one line, and never raising."""
    try:
        text = repr(value)
    except Exception:  # an error message must not fail because a stranger's __repr__ does
        text = object.__repr__(value)
    text = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return f"{text} ({type(value).__name__})"
