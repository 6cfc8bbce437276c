"""The operations of a graph in JavaScript, written from the table: what a page needs to compute with other numbers.

Only what the graph uses is written: the rules of its operations, the functions of `stable` that these call (by the
writer that also writes C), and the kernels below them, which stand in `kernels.js`.

>>> "sech" in source(["tanh"]), "sigmoid" in source(["tanh"])
(True, False)
>>> from autodiff.rule import parse
>>> TEMPLATE.write(parse("a * b"), {x: token(x) for x in "ab"}), TEMPLATE.write(parse("exp(a)"), {"a": token("a")})
('⟦a⟧ * ⟦b⟧', 'exp(⟨a⟩)')
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Sequence
from functools import cache

from ... import stable
from ...clike import JavaScript, expression, function
from ...notation import Reading, Written
from ...ops import HOLDS, TABLE, Op
from ...rule import Blocked, Choice, Name, Rule
from ...stepping.mathematics import mathematics
from ..formula.mathml import Typeset
from ..language import resource

WORD = re.compile(r"\b[A-Za-z_]\w*\b")


class Page(JavaScript):
    """JavaScript beside kernels.js."""

    words = JavaScript.words | {"pow": "raised"}

    def blocked(self) -> Written:
        return Written("null")

    def choice(self, condition: Written, chosen: Written, other: Written) -> Written:
        """A number holds unless it is 0, as in Python: a nan does too."""
        is_number = condition.text in ("a", "b", "c")
        return super().choice(Written(f"{condition.text} !== 0", 4) if is_number else condition, chosen, other)


class Template(Reading):
    """A rule as text with holes: ⟦a⟧ takes brackets round a negative number, ⟨a⟩ never does."""

    def bracket(self, operand: Written, least: int, after: bool = False) -> str:
        if operand.text.startswith("⟨") and not operand.tight:
            return f"⟦{operand.text[1:-1]}⟧"
        return super().bracket(operand, least, after)


LANGUAGE, TEMPLATE, TYPESET = Page(), Template(), Typeset()


def token(word: str) -> Written:
    return Written(f"⟨{word}⟩", 0)


def form(rule: Rule, op: Op) -> str:
    """The two forms in which a page shows a rule: [text, tree of MathML], with holes for the operation's letters."""
    letters = (*op.inputs, "y")
    text = TEMPLATE.write(rule, {letter: token(letter) for letter in letters})
    tree = TYPESET.write(rule, {letter: Written(json.dumps(letter), 0) for letter in letters})
    return f"[{json.dumps(text, ensure_ascii=False)}, {tree}]"


@cache
def kernels() -> dict[str, str]:
    """The functions of kernels.js by name."""
    blocks = re.split(r"^(?=function )", resource("kernels.js"), flags=re.MULTILINE)[1:]
    return {block.split("(")[0].removeprefix("function "): block for block in blocks}


@cache
def definition(word: str) -> str:
    """What a word of a rule means in JavaScript: a function or a number; nothing for those of the language itself."""
    if word in kernels():
        return kernels()[word]
    item = getattr(stable, word, None)
    if word in stable.NAMES:
        return function(inspect.getsource(item), LANGUAGE)  # type: ignore[arg-type]
    if word.isupper() and isinstance(item, (float, tuple)):
        return f"const {word} = {json.dumps(item)};\n"
    return ""


def source(operations: Iterable[str], also: Sequence[str] = ()) -> str:
    """A script that defines `table`: for each operation its value, its slopes, and their texts.

    And `exact`, with some of the kernels themselves, where these are asked for.
    """
    rows = "".join(row(TABLE[name]) for name in sorted(set(operations) & set(TABLE)))
    return close_over("table", rows) + (close_over("exact", "".join(f"{word},\n" for word in also)) if also else "")


def close_over(name: str, entries: str) -> str:
    """An object whose entries see what their words mean, and nobody else does."""
    needed: dict[str, str] = {}
    waiting = WORD.findall(re.sub(r'"[^"]*"', "", entries))
    while waiting:
        word = waiting.pop()
        if word not in needed:
            needed[word] = definition(word)
            waiting += WORD.findall(re.sub(r"/\*.*?\*/", "", needed[word], flags=re.DOTALL))
    body = "".join(needed[word] for word in sorted(needed, key=lambda word: (not word.isupper(), word)))
    return f"const {name} = (() => {{\n{body}return {{\n{entries}}};\n}})();\n"


def row(op: Op) -> str:
    """One operation: `value` and `slopes` compute; `formula`, `symbols` and `numbers` are forms with holes."""
    inputs = ", ".join(op.inputs)
    head = f"{op.name}: {{ value: ({inputs}) => {expression(op.rule, LANGUAGE)}, formula: {form(op.rule, op)}, "
    if op.variadic:
        rule = op.slope_along(0)
        slopes = "null" if rule is None else f"(xs, y) => {expression(rule, LANGUAGE)}"
        return f"{head}list: {slopes}, slope: {'null' if rule is None else form(rule, op)} }},\n"
    books = [op.textbook_along(k) if op.textbook else None for k in range(len(op.slopes))]
    parts = [slope(op, rule, book) for rule, book in zip(op.slope_rules, books, strict=True)]
    return f"{head}slopes: [{', '.join(parts)}] }},\n"


def slope(op: Op, rule: Rule | None, textbook: Rule | None = None) -> str:
    """One slope: functions of its number and its form in numbers; its form in symbols, or the textbook's, if other."""
    if rule is None or isinstance(rule, Blocked):
        return "null"
    chooses = any(isinstance(each, Choice) for each in rule.walk())
    symbols = form(rule.replaced(HOLDS, Name("a")), op) if chooses else "null"
    numbers = branches(mathematics(rule), op)
    head = f"({', '.join(op.inputs)}, y) =>"
    book = f", book: {head} {expression(textbook, LANGUAGE)}, bookForm: {form(textbook, op)}" if textbook else ""
    return f"{{ of: {head} {expression(rule, LANGUAGE)}, numbers: {head} {numbers}, symbols: {symbols}{book} }}"


def branches(rule: Rule, op: Op) -> str:
    """An expression for the form of a rule with its choices made."""
    found = next((each for each in rule.walk() if isinstance(each, Choice)), None)
    if found is None:
        return form(rule, op)
    sides = [branches(rule.replaced(found, side), op) for side in (found.chosen, found.other)]
    return f"({expression(found.condition, LANGUAGE)} ? {sides[0]} : {sides[1]})"
