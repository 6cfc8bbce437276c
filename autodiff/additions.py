"""What rows that are added at run time bring with them: functions of their own, and caches that must forget.

A rule is made of words of the vocabulary. A row with another word brings a function for each number system ("float",
"fraction", "mpmath") and each target of the compiler ("numpy", "jax.numpy", "math" being that of floats).

>>> bring({"third": {"float": lambda a: a / 3}})
>>> brought("third", "float")(6.0)
2.0
>>> brought("third", "numpy")
Traceback (most recent call last):
    ...
autodiff.errors.ReplayError: third over numpy numbers: the row brought no such function; register it with functions={'third': {'numpy': ...}}
>>> forget(["third"])
"""  # noqa: E501

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar
from weakref import WeakSet

from .errors import ReplayError

F = TypeVar("F", bound=Callable[..., Any])

WORDS: dict[str, dict[str, Callable[..., Any]]] = {}
_caches: WeakSet[Any] = WeakSet()


def bring(functions: Mapping[str, Mapping[str, Callable[..., Any]]]) -> None:
    """Add words, each with its function by number system."""
    WORDS.update({word: dict(by_system) for word, by_system in functions.items()})
    clear_caches()


def forget(words: Iterable[str]) -> None:
    """Take words away."""
    for word in words:
        WORDS.pop(word, None)
    clear_caches()


def clear_caches() -> None:
    """Empty what was kept of the table as it was."""
    for each in list(_caches):
        each.cache_clear()


def brought(word: str, system: str) -> Callable[..., Any]:
    """The function that a word means in a number system; a `ReplayError` that says how to bring it, if none was."""
    system = "float" if system == "math" else system
    try:
        return WORDS[word][system]
    except KeyError:
        advice = f"register it with functions={{{word!r}: {{{system!r}: ...}}}}"
        raise ReplayError(f"{word} over {system} numbers: the row brought no such function; {advice}") from None


def names(system: str) -> dict[str, Callable[..., Any]]:
    """All words that a number system has been brought."""
    return {word: by_system[system] for word, by_system in WORDS.items() if system in by_system}


def cached(function: F) -> F:
    """As functools.cache, for what depends on the table: forgets when a row is added or taken away."""
    kept = cache(function)
    _caches.add(kept)
    return kept  # type: ignore[return-value]
