"""The statements of a file that may need a newer Python: those of its blocks, and of its methods, that can be read.

>>> text = "class A:\\n    def f(self):\\n        return 1 if\\n    def g(self):\\n        return 2\\n"
>>> body, left_out = statements(text)
>>> [each.name for each in body[0].body], left_out
(['g'], ['f'])
"""

from __future__ import annotations

import ast
import re
from textwrap import dedent

from ...door import syntax

GENERIC = re.compile(r"^(\s*)((?:class|def) \w+)\[[^\]\n]*\]", re.MULTILINE)  # PEP 695


def statements(text: str) -> tuple[list[ast.stmt], list[str]]:
    """The statements that can be read, and the names of the methods that cannot; a `SyntaxError` if nothing can."""
    try:
        return syntax(text).body, []
    except SyntaxError as error:
        older = GENERIC.sub(r"\1\2", text)
        starts = [found.start() for found in re.finditer(r"^(?=[^\s#)\]}])", older, re.MULTILINE)]
        found, left_out = list[ast.stmt](), list[str]()
        for start, end in zip(starts, [*starts[1:], len(older)]):
            before = "\n" * older.count("\n", 0, start)
            try:
                found += syntax(before + older[start:end]).body
            except SyntaxError:
                block, unread = _without_unreadable(older[start:end])
                try:
                    found += syntax(before + block).body
                    left_out += unread
                except SyntaxError:
                    continue
        if not found:
            raise error
        return found, left_out


def _without_unreadable(block: str) -> tuple[str, list[str]]:
    """A class without the methods that cannot be read, each line in its place, and the names of those methods."""
    first = re.search(r"^([ \t]+)(?=def |async def |@)", block, re.MULTILINE)
    if first is None:
        return block, []
    starts = [each.start() for each in re.finditer(rf"^{first[1]}(?=[^\s)\]}}])", block, re.MULTILINE)]
    starts = [start for start, last in zip(starts, [0, *starts]) if block[last:].lstrip(" \t")[0] != "@"]
    kept, left_out = [block[: starts[0]]] if starts else [block], list[str]()
    for start, end in zip(starts, [*starts[1:], len(block)]):
        piece = block[start:end]
        try:
            syntax(dedent(piece))
            kept.append(piece)
        except SyntaxError:
            name = re.search(r"def (\w+)", piece)
            left_out.append(name[1] if name else piece.strip().splitlines()[0])
            kept.append("\n" * piece.count("\n"))
    return "".join(kept), left_out
