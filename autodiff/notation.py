"""How rules are written in a language: a class with a method for each kind of part, and one place that sets brackets.

A `Notation` is given the parts of a rule as they have been written, each a `Written`: its text, and how tightly it
holds together. `compose(rule)` goes through a tree; methods that have their operands written already can be called by
themselves. A language overrides what it spells in another way:

    signs     the spelling of operators: {"&": "&&", "not": "!"}
    levels    how tightly operators hold: + at 8, * at 9, and so on, where the language differs from Python
    words     the spelling of names and functions: {"inf": "INFINITY", "abs": "fabs"}
    number, name, blocked, unary, binary, call, choice, each, items, part

Brackets stay where floats would give another last bit without them: a + (b + c), p * (q / r).

>>> from autodiff.rule import parse
>>> rule = parse("where((a <= 0) | (b == 0), -1, a * (b / 2)) ** 2")
>>> print(Notation().write(rule))
where((a <= 0) | (b == 0), -1, a * (b / 2)) ** 2
>>> print(Conditional().write(rule))
(-1 if (a <= 0) | (b == 0) else a * (b / 2)) ** 2
>>> print(CLike().write(rule))
pow(a <= 0.0 || b == 0.0 ? -1.0 : a * (b / 2.0), 2.0)
>>> add = Notation()
>>> add.binary("*", add.binary("+", Written("x"), Written("y", ATOM)), Written("-2", add.levels["unary"])).text
'(x + y) * -2'
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from .ops import TABLE
from .rule import (
    COMPARISONS, Binary, Blocked, Call, Choice, Each, Items, Name, Number, Part, Rule, Unary,
)  # fmt: skip

ATOM = 100  # what no operator takes apart


class Written(NamedTuple):
    """A text, and how tightly it holds together: the level of its outermost operator."""

    text: str
    tight: int = ATOM


class Notation:
    """Rules as the table has them."""

    levels: ClassVar[Mapping[str, int]] = {
        "choice": 1, "not": 4, **dict.fromkeys(COMPARISONS, 5), "|": 6, "&": 7, "+": 8, "-": 8, "*": 9, "/": 9,
        "unary": 10, "**": 11,
    }  # fmt: skip
    signs: ClassVar[Mapping[str, str]] = {"not": "not "}
    words: ClassVar[Mapping[str, str]] = {}
    brackets: ClassVar[tuple[str, str]] = ("(", ")")
    bare: ClassVar[bool] = True  # whether a sign may follow an operator, as in a + -2

    def write(self, rule: Rule, names: Mapping[str, Written] = {}) -> str:
        """The text of a rule; of names, what has been written for them."""
        return self.compose(rule, names).text

    def compose(self, rule: Rule, names: Mapping[str, Written] = {}) -> Written:
        """The text of a rule, and how tightly it holds together."""
        match rule:
            case Number(value):
                return self.number(value)
            case Name(word):
                return names[word] if word in names else self.name(word)
            case Blocked():
                return self.blocked()
            case Unary(sign, operand):
                return self.unary(sign, self.compose(operand, names))
            case Binary(sign, left, right):
                return self.binary(sign, self.compose(left, names), self.compose(right, names))
            case Call(function, arguments):
                return self.call(function, [self.compose(each, names) for each in arguments])
            case Choice(condition, chosen, other):
                return self.choice(*(self.compose(each, names) for each in (condition, chosen, other)))
            case Each(body, word, source):
                inside = {name: text for name, text in names.items() if name != word}
                return self.each(self.compose(body, inside), word, self.compose(source, names))
            case Items(items):
                return self.items([self.compose(each, names) for each in items])
            case Part(whole, index):
                return self.part(self.compose(whole, names), index)
        raise AssertionError(f"no kind of rule: {rule!r}")

    def number(self, value: float) -> Written:
        """All digits that tell it from its neighbours."""
        text = repr(value)
        return Written(text, self.levels["unary"] if text.startswith("-") else ATOM)

    def name(self, word: str) -> Written:
        return Written(self.words.get(word, word))

    def blocked(self) -> Written:
        return Written("blocked")

    def unary(self, sign: str, operand: Written) -> Written:
        level = self.levels["not" if sign == "not" else "unary"]
        return Written(self.signs.get(sign, sign) + self.bracket(operand, level + 1), level)

    def binary(self, sign: str, left: Written, right: Written) -> Written:
        """An operator between its operands: all group from the left but a power, and comparisons not at all."""
        level = self.levels[sign]
        least = level + (sign == "**" or sign in COMPARISONS), level + (sign != "**")
        first, second = self.bracket(left, least[0]), self.bracket(right, least[1], after=True)
        return Written(f"{first}{self.space(sign)}{second}", level)

    def space(self, sign: str) -> str:
        """An operator with what is around it."""
        return f" {self.signs.get(sign, sign)} "

    def bracket(self, operand: Written, least: int, after: bool = False) -> str:
        """The operand, in brackets if it would come apart; a sign in front holds `after` an operator: 2 ** -x."""
        holds = operand.tight >= least or after and operand.tight == self.levels["unary"]
        if after and not self.bare and operand.text.startswith("-"):
            holds = False
        return operand.text if holds else operand.text.join(self.brackets)

    def call(self, function: str, arguments: Sequence[Written]) -> Written:
        name = self.words.get(function, function)
        return Written(f"{name}{self.brackets[0]}{', '.join(each.text for each in arguments)}{self.brackets[1]}")

    def choice(self, condition: Written, chosen: Written, other: Written) -> Written:
        return self.call("where", (condition, chosen, other))

    def each(self, body: Written, word: str, source: Written) -> Written:
        return Written(f"[{body.text} for {word} in {source.text}]")

    def items(self, items: Sequence[Written]) -> Written:
        return Written(f"[{', '.join(each.text for each in items)}]")

    def part(self, whole: Written, index: int) -> Written:
        return Written(f"{self.bracket(whole, ATOM)}[{index}]")


class Reading(Notation):
    """Rules as a reader knows them: xlogy(a, b), which has a name for its 0 at a = 0, as a * log(b).

    >>> from autodiff.rule import parse
    >>> Reading().write(parse("2 / xlogy(a - 1, b)"))
    '2 / ((a - 1) * log(b))'
    """

    def call(self, function: str, arguments: Sequence[Written]) -> Written:
        if function == "xlogy":
            return self.binary("*", arguments[0], self.call("log", arguments[1:]))
        return super().call(function, arguments)


class Conditional(Notation):
    """Python for one number at a time: only the chosen side of a choice is evaluated; blocked is None."""

    def blocked(self) -> Written:
        return Written("None")

    def choice(self, condition: Written, chosen: Written, other: Written) -> Written:
        level = self.levels["choice"]
        first, second = self.bracket(chosen, level + 1), self.bracket(condition, level + 1)
        return Written(f"{first} if {second} else {self.bracket(other, level)}", level)


class CLike(Notation):
    """What C and JavaScript have in common: c ? x : y, && and ||, pow(a, b), and numbers that are all floats.

    A rule that may be blocked has no text: write its `rule.contribution` and its `rule.opening`.
    """

    levels = {
        "choice": 1, "|": 2, "&": 3, "==": 4, "!=": 4, **dict.fromkeys(("<", "<=", ">", ">="), 5),
        "+": 8, "-": 8, "*": 9, "/": 9, "unary": 10, "not": 10,
    }  # fmt: skip
    signs = {"&": "&&", "|": "||", "not": "!"}

    def number(self, value: float) -> Written:
        """Never an integer, by which C would divide with a remainder."""
        text = repr(float(value))
        known = {"inf": self.name("inf"), "nan": self.name("nan")}
        if text.removeprefix("-") in known:
            return known[text] if text in known else self.unary("-", known["inf"])
        return super().number(float(value))

    def blocked(self) -> Written:
        raise ValueError("a slope that may be blocked has no number: write its contribution and its opening")

    def binary(self, sign: str, left: Written, right: Written) -> Written:
        return self.call("pow", (left, right)) if sign == "**" else super().binary(sign, left, right)

    def choice(self, condition: Written, chosen: Written, other: Written) -> Written:
        level = self.levels["choice"]
        first, last = self.bracket(condition, level + 1), self.bracket(other, level)
        return Written(f"{first} ? {chosen.text} : {last}", level)


# ---- graphs: operations of the table over what their operands have been written as ----


class Text(Notation):
    """Formulas as text: whole numbers without a point, sums of any number of terms as sums."""

    width: ClassVar[int] = 72  # characters of one line, before a part of it gets a line of its own
    exact: ClassVar[bool] = False  # whether all that floats can tell apart is written: 1 * x, total(xs)

    def number(self, value: float) -> Written:
        text = "-0.0" if repr(value) == "-0.0" else repr(value).removesuffix(".0")  # Python knows no whole number -0
        return Written(text, self.levels["unary"] if text.startswith("-") else ATOM)

    def operation(self, name: str, operands: Sequence[Written]) -> Written:
        """An operation of the table over its operands.

        >>> text = Text()
        >>> text.operation("pow", [text.number(-2.0), text.name("a")]).text
        '(-2) ** a'
        """
        op = TABLE[name]
        if op.variadic:
            return self.many(name, operands)
        return operands[0] if op.call == UNCHANGED else self.fill(op.call, dict(zip(op.inputs, operands)))

    def fill(self, rule: Rule, operands: Mapping[str, Written]) -> Written:
        return self.compose(rule, operands)

    def many(self, name: str, operands: Sequence[Written]) -> Written:
        """An operation of any number of operands: of a total a sum, of a dot product the sum of the products."""
        if name == "dot":
            half = len(operands) // 2
            pairs = zip(operands[:half], operands[half:])
            return self.sum([self.binary("*", left, right) for left, right in pairs])
        return self.sum(operands) if name == "total" else self.call(name, operands)

    def sum(self, terms: Sequence[Written]) -> Written:
        if len(terms) == 1:
            return terms[0]
        level = self.levels["+"]
        parts = [self.bracket(each, level + (i > 0), after=i > 0) for i, each in enumerate(terms)]
        return Written(self.space("+").join(parts) or self.number(0.0).text, level if parts else ATOM)


UNCHANGED = TABLE["pos"].call
