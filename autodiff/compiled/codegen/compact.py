"""Straight-line code of floats in fewer lines: what is used once is written where it is used, alike conditions once.

The order of the operations stays, and with it every bit; a product that only a closed condition lets through is not
even computed.

>>> lines = [Line("mul_1", Binary("a", "*", "b")), Line("y", Binary("c", "+", "mul_1"), uses=("c", "mul_1"))]
>>> print(*compact(lines, {"y"}), sep="\\n")
y = c + a * b
>>> lines = [Line("open_1", Negation("x <= 0")), Line("p_2", Choice("open_1", "u * g", "0.0"), uses=("open_1",)),
...          Line("q_3", Choice("x <= 0", "0.0", "v * g"))]
>>> print(*compact(lines, {"p_2", "q_3"}), sep="\\n")
if x <= 0:
    p_2 = q_3 = 0.0
else:
    p_2 = u * g
    q_3 = v * g
"""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from .lines import Binary, Choice, Code, Line, Negation

WIDEST = 90  # characters: a longer expression stays on a line of its own


def compact(lines: Sequence[Line], kept: set[str]) -> list[str]:
    """The lines, in the order in which they run, in fewer; the `kept` names stay."""
    code = {line.name: line.code for line in lines}
    uses = Counter(name for line in lines for name in line.uses)
    uses.update(kept)
    once = {name for name in code if uses[name] == 1 and name not in kept}
    return _group(_merge(_turn_choices(code, uses, kept), once))


def _turn_choices(code: dict[str, Code], uses: Counter[str], kept: set[str]) -> dict[str, Code]:
    """The code without the conditions that only say `not`, for choices alone, which are answered the other way."""
    choices = {name: each for name, each in code.items() if isinstance(each, Choice) and each.other == "0.0"}
    chosen = Counter(each.condition for each in choices.values())
    tests = {name: each.condition for name, each in code.items()
             if isinstance(each, Negation) and chosen[name] == uses[name] and name not in kept}  # fmt: skip
    turned = {name: Choice(tests[each.condition], "0.0", each.chosen)
              for name, each in choices.items() if each.condition in tests}  # fmt: skip
    return {name: each for name, each in (code | turned).items() if name not in tests}


def _merge(code: dict[str, Code], once: set[str]) -> dict[str, Code]:
    """Sums and products that are used once, in the sums, products and choices that use them.

    An expression is never long, so that Python's parser meets no deep nesting however long a chain is.
    """
    found: dict[str, Code] = {}
    waiting: dict[str, str] = {}  # to be used, each with its last operation

    def put(operand: str, loose: str) -> str:
        """An operand, or the code that waits under its name; in brackets if its operation is among the `loose`."""
        if operand not in waiting:
            return operand
        sign, text = waiting.pop(operand), str(found.pop(operand))
        return f"({text})" if sign in loose else text

    for name, each in code.items():
        if isinstance(each, Binary):
            additive = each.sign in "+-"
            left, right = put(each.left, "" if additive else "+-"), put(each.right, "+-" if additive else "+-*")
            each = Binary(left, each.sign, right)
            if name in once and len(str(each)) <= WIDEST:
                waiting[name] = each.sign
        elif isinstance(each, Choice):
            each = Choice(each.condition, put(each.chosen, ""), put(each.other, ""))
        found[name] = each
    return found


def _group(code: dict[str, Code]) -> list[str]:
    """Neighbours that choose between 0.0 and a number by one condition, under one `if`."""
    lines = []
    for condition, group in groupby(code.items(), key=lambda item: _closing(item[1])):
        members = list(group)
        if not condition or len(members) == 1:
            lines += [f"{name} = {each}" for name, each in members]
            continue
        lines += [f"if {condition}:", f"    {' = '.join(name for name, _ in members)} = 0.0", "else:"]
        lines += [f"    {name} = {each.other}" for name, each in members if isinstance(each, Choice)]
    return lines


def _closing(code: Code) -> str:
    """The condition under which a choice is 0.0, if it can be shared; "" for other code."""
    if isinstance(code, Choice) and code.chosen == "0.0" and code.condition.split()[0] != code.other:
        return code.condition
    return ""
