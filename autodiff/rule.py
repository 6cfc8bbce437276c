"""A rule of the table, parsed once: an expression as an immutable tree, to fill in, evaluate and write.

    Number(2)                      2, 0.5 (never negative when parsed: -2 is Unary("-", Number(2)))
    Name("a")                      an input a, b, c; the output y; the list xs; the numbers pi, nan, inf
    BLOCKED                        a local derivative that does not exist: no gradient flows to this input
    Unary("-", x)                  "+", "-", and "not", which only conditions have
    Binary("*", x, y)              "+" "-" "*" "/" "**"; comparisons "==" "!=" "<" "<=" ">" ">="; and "&", "|" of those
    Call("exp", (x,))              a function of the vocabulary
    Choice(condition, x, y)        where(condition, x, y); a condition that is a number asks whether it is not 0
    Each(body, "x", xs)            [body for x in xs]
    Items((x, y))                  [x, y]
    Part(xs, 1)                    xs[1]

`parse` reads the text; `rule.substitute`, `rule.evaluate`, `rule.rebuilt` and `rule.walk` are methods of every tree.
Text is written from a tree by a `Notation` (in `notation`): a class with a method for each kind, one for each language.
What a local derivative sends on, and whether it exists, is in `slopes`; functions as rules are in `definitions`.

>>> slope = parse("where(a <= 0, blocked, 2 * a)")
>>> slope.evaluate({"a": 3.0}), slope.evaluate({"a": -3.0})
(6.0, None)
>>> slope.substitute({"a": Name("x")}).other
Binary('*', Number(2), Name('x'))
"""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any, ClassVar, dataclass_transform

from .door import syntax
from .errors import TableError

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow,
}  # fmt: skip
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
LOGIC: dict[str, Callable[[Any, Any], Any]] = {"&": operator.and_, "|": operator.or_}
UNARY: dict[str, Callable[[Any], Any]] = {"+": operator.pos, "-": operator.neg, "not": operator.not_}
FUNCTIONS_OF_SIGNS = {"/": "divide", "**": "pow"}  # what a number system may define for these


@dataclass_transform(frozen_default=True)
class Rule:
    """An expression; two that are written alike are equal (and 1 is not 1.0)."""

    __match_args__: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls.__match_args__ = tuple(cls.__annotations__)  # type: ignore[misc]

    def __init__(self, *parts: Any) -> None:
        self.__dict__.update(zip(self.__match_args__, parts, strict=True))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a rule cannot be changed: {name} of {self!r}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.parts))})"

    @cached_property
    def _written(self) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return self is other or type(self) is type(other) and self._written == other._written

    def __hash__(self) -> int:
        return hash(self._written)

    @property
    def parts(self) -> tuple[Any, ...]:
        """What it is made of, in order."""
        return tuple([getattr(self, name) for name in self.__match_args__])

    @property
    def operands(self) -> tuple["Rule", ...]:
        """The parts that are rules, in order."""
        found = (part if isinstance(part, tuple) else (part,) for part in self.parts)
        return tuple(each for parts in found for each in parts if isinstance(each, Rule))

    def walk(self) -> Iterator["Rule"]:
        """The rule itself and all that it is made of, from the outside in, from left to right."""
        yield self
        for operand in self.operands:
            yield from operand.walk()

    def words(self) -> frozenset[str]:
        """The names and the functions in it; of what it runs over, not the running name."""
        own = {each.word for each in self.walk() if isinstance(each, Name)}
        bound = {each.word for each in self.walk() if isinstance(each, Each)}
        called = {each.function for each in self.walk() if isinstance(each, Call)}
        return frozenset(own - bound | called | {"where" for each in self.walk() if isinstance(each, Choice)})

    def over(self, change: Callable[["Rule"], "Rule"]) -> "Rule":
        """The rule with `change` applied to each of its operands."""

        def inside(part: Any) -> Any:
            if isinstance(part, tuple):
                return tuple(map(inside, part))
            return change(part) if isinstance(part, Rule) else part

        return type(self)(*map(inside, self.parts))

    def rebuilt(self, change: Callable[["Rule"], "Rule"]) -> "Rule":
        """The rule with `change` applied to every part of it and then to itself, from the inside out."""
        return change(self.over(lambda each: each.rebuilt(change)))

    def replaced(self, old: "Rule", new: "Rule") -> "Rule":
        """The rule with another part wherever one part stands."""
        return new if self == old else self.over(lambda each: each.replaced(old, new))

    def substitute(self, names: Mapping[str, "Rule"]) -> "Rule":
        """The rule with rules in place of names."""
        return self.rebuilt(lambda each: names.get(each.word, each) if isinstance(each, Name) else each)

    def evaluate(self, numbers: Mapping[str, Any]) -> Any:
        """What it gives where names and functions mean this; only the side of a choice that is taken is evaluated.

        `divide` and `pow`, where they are given, are what `/` and `**` mean. Of a slope that is blocked: None.
        """
        return _evaluate(self, numbers)


class Number(Rule):
    value: int | float


class Name(Rule):
    word: str


class Blocked(Rule):
    pass


class Unary(Rule):
    sign: str
    operand: Rule


class Binary(Rule):
    sign: str
    left: Rule
    right: Rule


class Call(Rule):
    function: str
    arguments: tuple[Rule, ...]


class Choice(Rule):
    condition: Rule
    chosen: Rule
    other: Rule


class Each(Rule):
    body: Rule
    word: str
    source: Rule


class Items(Rule):
    items: tuple[Rule, ...]


class Part(Rule):
    whole: Rule
    index: int


BLOCKED = Blocked()


def _evaluate(rule: Rule, numbers: Mapping[str, Any]) -> Any:
    match rule:
        case Number(value):
            return value
        case Name(word):
            return numbers[word]
        case Blocked():
            return None
        case Unary(sign, operand):
            return UNARY[sign](_evaluate(operand, numbers))
        case Binary(sign, left, right):
            function = numbers.get(FUNCTIONS_OF_SIGNS.get(sign, "")) or _BINARY[sign]
            return function(_evaluate(left, numbers), _evaluate(right, numbers))
        case Call(name, arguments):
            return numbers[name](*[_evaluate(each, numbers) for each in arguments])
        case Choice(condition, chosen, other):
            return _evaluate(chosen if _evaluate(condition, numbers) else other, numbers)
        case Each(body, word, source):
            return [_evaluate(body, {**numbers, word: each}) for each in _evaluate(source, numbers)]
        case Items(items):
            return [_evaluate(each, numbers) for each in items]
        case Part(whole, index):
            return _evaluate(whole, numbers)[index]
    raise AssertionError(f"no kind of rule: {rule!r}")


_BINARY = ARITHMETIC | COMPARISONS | LOGIC


# ---- from text ----

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.BitAnd: "&", ast.BitOr: "|",
    ast.UAdd: "+", ast.USub: "-", ast.Not: "not", ast.Invert: "not",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


@cache
def parse(text: str) -> Rule:
    """The tree of a rule; a `TableError` that shows the rule, if it is no expression that a rule can be."""
    try:
        return read(syntax(text, mode="eval").body)
    except SyntaxError as error:
        raise TableError(f"the rule {text!r} is no expression: {error.msg}") from None
    except (KeyError, NotImplementedError):
        hint = "numbers, names, + - * / **, comparisons, & and |, where(…) and functions of the vocabulary"
        raise TableError(f"the rule {text!r} has a part that no rule can have; expected {hint}") from None
    except (ValueError, OverflowError, RecursionError, MemoryError):
        reason = "it holds a null, or a number too large for a float, or is nested too deeply"
        raise TableError(f"the rule {text[:60]!r} cannot be read: {reason}") from None


def read(node: ast.expr) -> Rule:
    """The rule of a piece of Python's syntax tree; KeyError or NotImplementedError where it is no rule."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Number(value if value == float(value) else float(value))  # no digits that a float has not
        case ast.Name(id=word):
            return BLOCKED if word == "blocked" else Name(word)
        case ast.UnaryOp(op=sign, operand=operand):
            return Unary(_SIGNS[type(sign)], read(operand))
        case ast.BinOp(left=left, op=sign, right=right):
            return Binary(_SIGNS[type(sign)], read(left), read(right))
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            return Binary(_SIGNS[type(sign)], read(left), read(right))
        case ast.Call(func=ast.Name(id="where"), args=[condition, chosen, other], keywords=[]):
            return Choice(read(condition), read(chosen), read(other))
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]) if function != "where":
            return Call(function, tuple(map(read, arguments)))
        case ast.ListComp(elt=body, generators=[ast.comprehension(target=ast.Name(id=word), iter=source, ifs=[])]):
            return Each(read(body), word, read(source))
        case ast.List(elts=items):
            return Items(tuple(map(read, items)))
        case ast.Subscript(value=whole, slice=ast.Constant(value=int() as index)):
            return Part(read(whole), index)
    raise NotImplementedError
