"""Text from outside as a terminal, a drawing or a page may show it: what cannot be seen is written as an escape.

>>> printable("two\\nlines"), printable("long" * 20, 10)
('two\\\\nlines', 'longlongl…')
"""


def printable(text: str, limit: int | None = None) -> str:
    """`text` with control characters, escapes and direction marks spelled out, cut to `limit` characters."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else _spell(c) for c in text)
    return text if limit is None or len(text) <= limit else text[: limit - 1] + "…"


def _spell(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
