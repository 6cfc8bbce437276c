"""End what does not come to its end: a file that is imported, or one call of an engine, of which there are many.

>>> with at_most(5.0):
...     sum(range(10))
45
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from ..engines.adapter import Adapter

LEAST = 0.25  # seconds; what is left with less has been tried often enough


class TooLong(BaseException):
    """The time is up; no `except Exception` of the engine's own stops this."""


@contextmanager
def at_most(seconds: float, on_the_clock: float = 0.0) -> Iterator[None]:
    """Raise `TooLong` after so many seconds of processor time, or, if that is said, so many on the clock."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: Any) -> None:
        raise TooLong

    timers = ((signal.ITIMER_PROF, signal.SIGPROF, seconds), (signal.ITIMER_REAL, signal.SIGALRM, on_the_clock))
    for timer, number, limit in timers:
        signal.signal(number, stop)
        signal.setitimer(timer, limit)
    try:
        yield
    finally:
        for timer, _, _ in timers:
            signal.setitimer(timer, 0)


def tell_end(error: BaseException) -> str:
    """Tell how an engine asked for the end of the process."""
    return f"it calls sys.exit({error.code!r})" if isinstance(error, SystemExit) else "it raises KeyboardInterrupt"


def _give_up() -> NoReturn:
    raise TimeoutError("it does not come to its end") from None


def limit_calls(engine: Adapter, seconds: float) -> None:
    """Let no call of an engine take longer than so many seconds, so that the rest of it is examined.

    What has not come to its end has half the time when it is called again; what never has, is given up.
    """

    def limited(call: Callable[..., Any]) -> Callable[..., Any]:
        left = max(seconds, 2 * LEAST)

        def run(*arguments: Any) -> Any:
            nonlocal left
            try:
                with at_most(left if left > LEAST else _give_up()):
                    result = call(*arguments)
            except TooLong:
                left /= 2
                _give_up()
            except SystemExit as error:
                raise RuntimeError(tell_end(error)) from None
            left = max(left, 2 * LEAST)
            return result

        return run

    engine.backward = limited(engine.backward)
    engine.operations = {name: limited(call) for name, call in engine.operations.items()}
