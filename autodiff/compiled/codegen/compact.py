"""Straight-line code of floats in fewer lines: what is used once is written where it is used, alike conditions once.

The order of the operations stays, and with it every bit; a product that only a closed condition lets through is not
even computed.

>>> lines = ["mul_1 = a * b", "add_2 = c + mul_1", "relu_3 = 0.0 if add_2 <= 0 else add_2", "y = relu_3 - mul_4"]
>>> print(*compact(lines, {"y"}), sep="\\n")
add_2 = c + a * b
relu_3 = 0.0 if add_2 <= 0 else add_2
y = relu_3 - mul_4
>>> lines = ["open_1 = not x <= 0", "p_2 = u * g if open_1 else 0.0", "q_3 = 0.0 if x <= 0 else v * g"]
>>> print(*compact(lines, {"p_2", "q_3"}), sep="\\n")
if x <= 0:
    p_2 = q_3 = 0.0
else:
    p_2 = u * g
    q_3 = v * g
"""

import re
from collections import Counter
from itertools import groupby

WIDEST = 90  # characters: a longer expression stays on a line of its own
WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
OWN = re.compile(r"\w+_\d+$")  # a name that the program made up, and nobody will miss
OPERAND = r"(-?[\w.]+(?:(?<=[\d.]e)[+-]\d+)?)"
BINARY = re.compile(rf"{OPERAND} ([-+*]) {OPERAND}$")
NEGATED = re.compile(r"not ((?:(?! and | or | if ).)+)$")
CHOICE = re.compile(r"(.+) if (?:not )?(.+) else (.+)$")


def compact(lines: list[str], kept: set[str]) -> list[str]:
    """The lines, "name = code" in the order in which they run, in fewer; the `kept` names stay."""
    code = dict(line.split(" = ", 1) for line in lines)
    uses = Counter(word for text in code.values() for word in WORD.findall(text))
    uses.update(kept)
    tests = _negated(code, uses, kept)
    once = {name for name in code if uses[name] == 1 and name not in kept and OWN.match(name)}
    return _together(_merged(code, once), tests)


def _negated(code: dict[str, str], uses: Counter[str], kept: set[str]) -> dict[str, str]:
    """The conditions that only say `not`, for choices alone: taken out of the code, to be answered the other way."""
    tests = {name: found[1] for name, text in code.items() if (found := NEGATED.match(text))}
    single = [text for text in code.values() if text.count(" if ") == 1]
    chosen = Counter(found[1] for text in single if (found := re.match(r".+ if (\w+) else 0\.0$", text)))
    tests = {name: text for name, text in tests.items() if chosen[name] == uses[name] and name not in kept}
    for name in tests:
        del code[name]
    return tests


def _merged(code: dict[str, str], once: set[str]) -> dict[str, str]:
    """Sums and products that are used once, in the sums, products and choices that use them.

    An expression is never long, so that Python's parser meets no deep nesting however long a chain is.
    """
    found: dict[str, str] = {}
    strength: dict[str, str] = {}  # of what waits to be used: its last operation
    for name, text in code.items():
        binary = BINARY.match(text)
        if binary:
            left, operation, right = binary.groups()
            loose = "" if operation in "+-" else "+-"
            left = _put(left, found, strength, loose)
            right = _put(right, found, strength, "+-" if operation in "+-" else "+-*")
            text = f"{left} {operation} {right}"
            if name in once and len(text) <= WIDEST:
                strength[name] = operation
        elif choice := CHOICE.match(text):
            for arm in {choice[1], choice[3]} & strength.keys():
                text = re.sub(rf"\b{arm}\b", _put(arm, found, strength, ""), text)
        found[name] = text
    return found


def _put(operand: str, found: dict[str, str], strength: dict[str, str], loose: str) -> str:
    """An operand, or the code that waits under its name; in parentheses if its operation is among the `loose`."""
    if operand not in strength:
        return operand
    operation, text = strength.pop(operand), found.pop(operand)
    return f"({text})" if operation in loose else text


def _together(code: dict[str, str], tests: dict[str, str]) -> list[str]:
    """Neighbours that choose between 0.0 and a number by one condition, under one `if`."""
    lines = []
    for condition, group in groupby(code.items(), key=lambda item: _condition(item[1], tests)):
        members = list(group)
        if not condition or len(members) == 1:
            lines += [f"{name} = {_answered(text, tests)}" for name, text in members]
            continue
        lines += [f"if {condition}:", f"    {' = '.join(name for name, _ in members)} = 0.0", "else:"]
        lines += [f"    {name} = {_open(text)}" for name, text in members]
    return lines


def _condition(text: str, tests: dict[str, str]) -> str:
    """The condition under which a choice is 0.0; "" for other code."""
    if " if " not in text or text.count(" if ") > 1:
        return ""
    if text.startswith("0.0 if "):
        condition = text[len("0.0 if ") :].split(" else ")[0]
        other = text.split(" else ")[1]
        return "" if re.search(rf"\b{re.escape(condition.split()[0])}\b", other) else condition
    if text.endswith(" else 0.0"):
        return tests.get(text.removesuffix(" else 0.0").split(" if ")[1], "")
    return ""


def _open(text: str) -> str:
    """What a choice is where it is not 0.0."""
    return text.split(" else ")[1] if text.startswith("0.0 if ") else text.split(" if ")[0]


def _answered(text: str, tests: dict[str, str]) -> str:
    """A choice with its condition in full."""
    if text.endswith(" else 0.0") and (condition := _condition(text, tests)):
        return f"0.0 if {condition} else {_open(text)}"
    return text
