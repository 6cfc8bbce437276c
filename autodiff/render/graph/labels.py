"""What is written in a box: titles from names and from the rules of the table, facts from numbers.

>>> from autodiff import Value
>>> x = Value(3.0, name="x")
>>> y = 1 / x
>>> title(x, {}), title(y, {}), title(y, find_folded([x, *y.parents, y], [y], digits=4))
('x', 'a / b', '1 / …')
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import hypot

from ...additions import cached
from ...notation import ATOM, Reading, Written
from ...ops import TABLE, Op
from ...rule import BLOCKED, Name
from ...value import NOTHING, Value
from .boxes import Box
from .picture import Fact
from .scopes import path_of_name
from .style import Number, legible, numeral


LISTED = 4  # constants of a dot product that its title lists


def find_folded(order: Sequence[Value], shown: Sequence[Value], digits: int, listed: int = LISTED) -> dict[Value, str]:
    """The constants that read better inside their operation, and how: `x ** 2`, not an arrow from a box with a 2.

    So does what is made of constants alone, such as the `3 - 1` that the rule for a slope leaves behind. Operations of
    any number of inputs (a dot product with data) keep theirs where they are more than `listed`: that makes no label.
    """
    kept = set(shown)
    for v in order:
        if v.parents and TABLE[v.op].variadic and sum(p.op == "constant" for p in v.parents) > listed:
            kept.update(v.parents)
    found: dict[Value, str] = {}
    for v in order:
        if v.op == "constant" or v.parents and v.parents[0] in found and found.keys() >= set(v.parents):
            if v not in kept:
                found[v] = numeral(v.data, digits)
    return found


def with_gradients(order: Sequence[Value]) -> set[Value]:
    """The nodes that a backward pass has reached: those with a gradient, and their operands, whose gradient may be 0.

    A zero that no pass has written is not a gradient. A parameter may hold its own from an earlier graph.
    """
    found: set[Value] = set()
    for v in reversed(order):
        if v.grad != 0 or v._grad is NOTHING:  # the mark of a pass that ran over v and brought it nothing
            found.add(v)
        if v.parents and v in found:
            found.update(v.parents)
    return found


def kind(v: Value, roots: frozenset[Value]) -> str:
    if v.parents:
        return "output" if v in roots else "operation"
    return "parameter" if v.op == "input" and v.name is not None and path_of_name(v.name) else v.op


def title(v: Value, hidden: dict[Value, str], inside: int = 0, given: str | None = None) -> str:
    """A leaf's name; an operation's sign, after its own name or the `given` one. `inside`: how many scopes frame it."""
    name = given if v.name is None else v.name.rpartition(".")[2] if inside else v.name
    if not v.parents:
        return v.op if name is None else legible(name)
    sign = sign_of(TABLE[v.op], v, hidden)
    return sign if name is None or re.fullmatch(rf"{v.op}\d+", name) else f"{legible(name)}: {sign}"


def sign_of(op: Op, v: Value, hidden: dict[Value, str]) -> str:
    """What stands for an operation: `+`, `exp`, `** 2`, `1 / …`, `clip(…, 0, 1)`, `a / b` where the order matters."""
    words = {letter: hidden[parent] for letter, parent in zip(op.inputs, v.parents) if parent in hidden}
    if op.variadic:
        numbers = [hidden[parent] for parent in v.parents if parent in hidden]
        return f"{op.name}(…, {', '.join(numbers)})" if numbers else op.name
    if not words and (op.arity == 1 or is_symmetric(op.name)):
        return op.symbol if op.arity == 2 else op.name
    if len(words) == len(op.slopes) - 1:
        words |= {letter: "…" for letter in op.inputs if letter not in words}
    text = NOTATION.write(op.call, {letter: operand(text) for letter, text in words.items()})
    return text.removeprefix("… ") if op.is_operator else text


NOTATION = Reading()


def operand(text: str) -> Written:
    """A number in place of an operand; a negative one in brackets beside an operator: (-2) ** b, * (-1)."""
    return Written(text, 0 if text.startswith("-") else ATOM)


@cached
def is_symmetric(name: str) -> bool:
    """Whether the operands may change places, as the slopes of the table tell: those of `a * b` are b and a."""
    op = TABLE[name]
    if op.arity != 2:
        return False
    left, right = (BLOCKED if slope is None else slope for slope in op.slope_rules)
    return right == left.substitute({"a": Name("b"), "b": Name("a")})


def is_lettered(v: Value, hidden: dict[Value, str]) -> bool:
    """Whether the arrows into an operation tell which operand they are."""
    if len(v.parents) < 2 or TABLE[v.op].variadic or is_symmetric(v.op):
        return False
    return sum(parent not in hidden for parent in v.parents) > 1


def node_facts(v: Value, reached: bool, uses: int) -> tuple[Fact, ...]:
    if v.op == "constant":
        return (("data", v.data),)
    shared = (("used", f"{uses} times"),) if uses > 1 else ()
    return ("data", v.data), ("grad", v.grad if reached else None), *shared


def group_facts(
    members: Sequence[Value], exits: Sequence[Value], reached: set[Value], box: Box, outputs: int
) -> tuple[Fact, ...]:
    """What a collapsed group gives (its results and their gradients) and what it holds (its parameters)."""
    shown = exits or members
    facts: list[Fact] = [("data", extent([v.data for v in shown]))]
    if any(v.op != "constant" for v in shown):
        facts.append(("grad", extent([v.grad for v in shown]) if not reached.isdisjoint(shown) else None))
    if outputs:
        facts.append((write_count(outputs, "output"), ""))
    inside = {path[len(box.path) :][:1] for path in set(map(box.path_of, members))} - {()}
    if len(inside) > 1:
        facts.append((f"{len(inside):,} {common_word(inside)}", ""))
    parameters = [v for v in members if v.op == "input" and box.is_scope]
    if box.is_scope and not parameters:
        facts.append((write_count(sum(bool(v.parents) for v in members), "operation"), ""))
    if parameters:
        facts.append((write_count(len(parameters), "parameter"), extent([v.data for v in parameters])))
        norm = hypot(*(v.grad for v in parameters)) if not reached.isdisjoint(parameters) else None
        facts.append(("grad norm", norm))
    return tuple(facts)


def write_count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def extent(numbers: Sequence[float]) -> Number:
    """The number, if there is one; or the smallest and the largest, nan if any is."""
    wrong = [x for x in numbers if x != x]
    low, high = (wrong[0], wrong[0]) if wrong else (min(numbers), max(numbers))
    return low if low == high or wrong else (low, high)


def common_word(steps: set[tuple[str, ...]]) -> str:
    """What to call the parts of a group: "neurons" for neurons[0] and neurons[1]."""
    words = {step[0].partition("[")[0] for step in steps}
    return words.pop() if len(words) == 1 else "parts"
