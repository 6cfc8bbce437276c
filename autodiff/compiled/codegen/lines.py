"""Lines of emitted code; a part that occurs more than once is computed once, before its first use.

>>> lines = [Line("y =", "exp(x) + 1.0", ("exp(x)",)), Line("z =", "exp(x) * y", ("exp(x)",))]
>>> print(*with_parts_shared(lines), sep="\\n")
exp_of_y_0 = exp(x)
y = exp_of_y_0 + 1.0
z = exp_of_y_0 * y
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .templates import WORDS


class Line(NamedTuple):
    """One statement: what it assigns to ("name =", or nothing), its code, and the parts of it that may be shared."""

    start: str
    code: str
    parts: tuple[str, ...] = ()


def with_parts_shared(lines: Sequence[Line]) -> list[str]:
    """The text of the lines, the shared parts on lines of their own."""
    counts = Counter(part for line in lines for part in line.parts)
    counts.update(line.code for line in lines if line.code in counts)
    names: dict[str, str] = {}  # of the parts that have been computed
    found = []
    for start, code, parts in lines:
        name = start.removesuffix(" =")
        for part in parts:
            if counts[part] > 1 or code.count(part) > 1:
                if part not in names:
                    text = _with_names(part, {other: names[other] for other in parts if other in names})
                    names[part] = f"{_word(part)}_of_{name}_{len(names)}"
                    found.append(f"{names[part]} = {text}")
                code = _with_names(code, {part: names[part]})
        known = names.get(code)
        if known is None and code in counts:
            names[code] = name
        found.append(f"{start} {known or code}".lstrip())
    return found


def _with_names(code: str, names: Mapping[str, str]) -> str:
    """The code with names in place of the parts that they stand for."""
    for part, name in names.items():
        # a comparison is a part only as a whole: x <= y is none of -x <= y
        before, after = (r"(?<![\w.])", r"(?![\w.])") if is_call(part) else (r"(?:(?<=[(,])|(?<=, )|^)", r"(?=[),]|$)")
        code = re.sub(before + re.escape(part) + after, name, code)
    return code


def is_call(code: str) -> bool:
    """Whether the code is one call, brackets and all.

    >>> is_call("exp(abs(x))"), is_call("abs(x) <= abs(y)")
    (True, False)
    """
    depth = 0
    for place, character in enumerate(code):
        depth += (character == "(") - (character == ")")
        if depth == 0 and character == ")":
            return place == len(code) - 1 and code[0] != "("
    return False


def _word(part: str) -> str:
    """The function that a part calls; "test" for a comparison."""
    return WORDS.findall(part)[0] if is_call(part) else "test"


def number(x: float) -> str:
    """A float as source."""
    return repr(x)


def is_number(text: str) -> bool:
    """Whether the code is one plain number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
