"""What an engine answers to a program, whatever it raises included; and the right answer, to compare it with.

>>> from ..engines.detect import ours
>>> from ..draw.straight_line import Step
>>> square = Program((3.0,), (Step("mul", (0, 0)),))
>>> answer_of(ours(), square) == right(square) == Answer(value=9.0, gradient=[6.0])
True
"""

import math
import re
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

from ...kernels import equal
from ...numbers import FLOATS
from ..draw.straight_line import Program
from ..engines.adapter import Adapter
from .oracles import reverse

TOLERANCE = 1e-12  # how far a derivative may be off at an ordinary point: a schoolbook formula loses a few digits


class Answer(NamedTuple):
    """What an engine says of a program: its output and gradient, or how it failed."""

    value: float = math.nan
    gradient: list[float] = []
    error: str | None = None


def answer_of(engine: Adapter, program: Program, number: Callable[[float], Any] = float) -> Answer:
    """The engine's output and gradient, with plain numbers as `number` makes them; never raises."""
    engine.reset()
    return _answer(lambda: engine.gradient(program, number))


def value_of(engine: Adapter, program: Program) -> Answer:
    """The engine's output alone; never raises."""
    return _answer(lambda: (float(engine.data(engine.run(program)[-1])), []))


def _answer(run: Callable[[], tuple[float, list[float]]]) -> Answer:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Answer(*run())
    except MemoryError:
        raise  # the examination is over, not a property
    except Exception as error:
        return Answer(error=describe(error))


def describe(error: BaseException) -> str:
    """An exception in a sentence: its type and what it says, or the start, without addresses, which change."""
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", " ".join(str(error).split()))
    most = 300 if isinstance(error, NotImplementedError) else 80  # which says what is to be done
    text = text if len(text) <= most else f"{text[: most - 1]}…"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def right(program: Program) -> Answer:
    """The output and gradient by the table's rules, which are held to 50 digits elsewhere."""
    y, gradient = reverse(program, FLOATS)
    return Answer(float(y), [float(slope) for slope in gradient])


def is_close(given: float, wanted: float, tolerance: float = TOLERANCE) -> bool:
    """Whether two numbers agree to rounding, relatively: there is no absolute floor."""
    if math.isfinite(wanted):
        return abs(given - wanted) <= tolerance * abs(wanted)
    return equal(given, wanted)


def agree(answer: Answer, wanted: Answer) -> bool:
    """Whether two answers have the same gradients, to rounding, or the same error."""
    if answer.error is not None or wanted.error is not None:
        return answer.error == wanted.error
    return all(map(is_close, answer.gradient, wanted.gradient))
