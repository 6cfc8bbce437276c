"""The link from a page to the playground, which opens there the program that the page is about.

>>> link("https://example.org/play/", "1 + 1").rpartition("=")[0]
'https://example.org/play/#tab=step&program'
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from zlib import compress

from ...errors import ArgumentError, shown

# A browser drops control characters and spaces before it looks for a scheme, and reads \ as /: none of these may occur.
# Beside a file, //name would be another machine.
ADDRESS = re.compile(r"(?i:https?://(?=[^/])|(?!//)(?![^/?]*:))[^\x00-\x20\x7f\\#]+")


def link(playground: str | None, program: str | None) -> str:
    """The link that opens a program in the playground of an address; nothing where both are None."""
    if playground is None and program is None:
        return ""
    if not isinstance(playground, str) or not ADDRESS.fullmatch(playground):
        raise ArgumentError(
            "playground: expected an address such as https://example.org/play/index.html, or a relative one such as "
            f"index.html, got {shown(playground)}"
        )
    if not isinstance(program, str):
        raise ArgumentError(f"program: expected the text of a program to open in the playground, got {shown(program)}")
    return f"{playground}#tab=step&program={pack(program)}"


def pack(program: str) -> str:
    """A program as the playground's links carry it: compressed, in letters that every address may have."""
    return urlsafe_b64encode(compress(program.encode(errors="replace"), 9)).decode().rstrip("=")
