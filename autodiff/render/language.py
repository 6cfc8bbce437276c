"""The language that pages speak: pages are made in English, and say it in another one by a catalogue of its own.

    with speaking("ko"):
        steps(y).save("steps.html")

The environment variable AUTODIFF_LANGUAGE chooses the language of a whole program. A catalogue is a file,
`assets/language_ko.json`: English texts and what stands for them. `{x}` is a hole for any text, such as a name, `{x#}`
for a number, `{x…}` for a text that is said in the other language as well, `{x,}` for several with commas between them.
What a catalogue lacks is said in English.

>>> with speaking("ko"):
...     find_language()
'ko'
>>> find_language(), sorted(languages())
('en', ['en', 'ko'])
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

from ..errors import ArgumentError, shown

ENGLISH = "en"
_chosen: ContextVar[str | None] = ContextVar("language", default=None)


def find_language() -> str:
    """The language of the pages that are made now."""
    return _chosen.get() or _check(os.environ.get("AUTODIFF_LANGUAGE") or ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Inside, pages are made in a language, such as "ko"; an `ArgumentError` says which there are."""
    before = _chosen.set(_check(language))
    try:
        yield
    finally:
        _chosen.reset(before)


@cache
def languages() -> tuple[str, ...]:
    """The languages that there are."""
    names = [each.name for each in files("autodiff.render").joinpath("assets").iterdir()]
    others = [name.removeprefix("language_").removesuffix(".json") for name in names if name.startswith("language_")]
    return ENGLISH, *sorted(others)


@cache
def catalogue(language: str) -> dict[str, str]:
    """What stands for English texts in a language; nothing for English itself."""
    if language == ENGLISH:
        return {}
    return dict(json.loads(resource(f"language_{language}.json")))


@cache
def resource(filename: str) -> str:
    """Return the text of one of the files that pages are put together from."""
    return files("autodiff.render").joinpath("assets", filename).read_text(encoding="utf-8")


def _check(language: str) -> str:
    if language not in languages():
        raise ArgumentError(f"expected a language, one of {', '.join(languages())}, got {shown(language)}")
    return language
