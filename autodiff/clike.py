"""Write rules, and the straight-line functions of `stable`, in C and in JavaScript.

What differs between the languages stands in one class each: names, declarations, how a function begins. A function that
takes a list (`total`, `polynomial`, …) is written by hand in each language, under the name that it has there.

>>> expression("where(a == b, 1 / 2, -(a - (b - 1)))", C())
'a == b ? 0.5 : -(a - (b - 1.0))'
>>> expression("where(a <= 0, blocked, abs(a) ** 0.5)", C())
'a <= 0.0 ? BLOCKED : pow(fabs(a), 0.5)'
>>> expression("where(a == 0, nan, abs(a) ** 0.5)", JavaScript())
'a === 0.0 ? NaN : Math.pow(Math.abs(a), 0.5)'
"""

import ast
from collections.abc import Sequence
from typing import ClassVar

from .door import syntax
from .notation import CLike, Notation, Written
from .definitions import define
from .rule import COMPARISONS, LOGIC, Binary, Call, Name, Number, Rule, Unary, parse


class Language(CLike):
    """What a function needs besides its expressions. A choice that may be blocked is written with the word BLOCKED."""

    number_type: ClassVar[str]  # how a local number is declared
    truth_type: ClassVar[str]  # how a local truth value is declared

    def blocked(self) -> Written:
        return Written("BLOCKED")

    def call(self, function: str, arguments: Sequence[Written]) -> Written:
        if function == "divide":
            return self.binary("/", *arguments)
        return super().call(function, arguments)

    def head(self, name: str, parameters: Sequence[str]) -> str:
        """How a function of numbers begins."""
        raise NotImplementedError


class C(Language):
    """C as of 1999, beside kernels.h."""

    words = {
        "nan": "NAN", "inf": "INFINITY", "pi": "PI", "abs": "fabs", "hypot": "hypotenuse",
        "remainder": "floored_remainder",  # C's own `remainder` rounds to the nearest
        "near": "near_by", "far": "far_off",  # which headers of Windows define away
        "xs": "xs, n",
    }  # fmt: skip
    number_type, truth_type = "double", "int"

    def head(self, name: str, parameters: Sequence[str]) -> str:
        return f"static inline double {name}({', '.join(f'double {self.name(each).text}' for each in parameters)})"


_MATH = "acos acosh asin asinh atan atan2 atanh abs cos cosh exp expm1 floor log log10 log1p log2 pow sin sinh sqrt "
_MATH += "tan tanh"


class JavaScript(Language):
    """JavaScript; functions that `Math` lacks keep their names, and `Math.hypot` is not used, which may lose digits."""

    words = {name: f"Math.{name}" for name in _MATH.split()} | {"nan": "NaN", "inf": "Infinity", "pi": "Math.PI"}
    signs = CLike.signs | {"==": "===", "!=": "!=="}
    number_type = truth_type = "let"

    def head(self, name: str, parameters: Sequence[str]) -> str:
        return f"function {name}({', '.join(parameters)})"


def expression(rule: Rule | str, language: Notation) -> str:
    """The rule as an expression of the language."""
    return language.write(fold(parse(rule) if isinstance(rule, str) else rule))


def head(source: str, language: Language) -> str:
    """The first line of `function`: the name and the parameters."""
    definition = _parse(source)
    return language.head(definition.name, [each.arg for each in definition.args.args])


def function(source: str, language: Language) -> str:
    """A function in Python that only assigns and returns, as a function of the language, under its docstring.

    >>> print(function('def half(x):\\n    "x / 2"\\n    small = x < 1\\n    return where(small, 0.5 * x, x / 2)', C()))
    /* x / 2 */
    static inline double half(double x) {
        int small = x < 1.0;
        return small ? 0.5 * x : x / 2.0;
    }
    <BLANKLINE>
    """
    definition, told = define(source), ast.get_docstring(_parse(source))
    declared, truths = set(definition.parameters), set[str]()
    lines = [f"/* {told} */"] if told else []
    lines += [head(source, language) + " {"]
    for name, rule in definition.steps:
        is_truth = is_condition(rule, truths)
        truths |= {name} if is_truth else set()
        declaration = "" if name in declared else f"{language.truth_type if is_truth else language.number_type} "
        declared.add(name)
        lines += [f"    {declaration}{language.name(name).text} = {expression(rule, language)};"]
    return "\n".join([*lines, f"    return {expression(definition.result, language)};", "}"]) + "\n"


def is_condition(rule: Rule, truths: set[str]) -> bool:
    """Whether a rule is true or false; `truths` are the names that are."""
    match rule:
        case Binary(sign, _, _):
            return sign in COMPARISONS or sign in LOGIC
        case Unary(sign, _):
            return sign == "not"
        case Call(name, _):
            return name in ("isinf", "isnan")
        case Name(word):
            return word in truths
    return False


def fold(rule: Rule) -> Rule:
    """The rule with what literals alone come to computed: 1 / 2 is 0.5, and 2.0 ** -200 a number."""

    def change(each: Rule) -> Rule:
        match each:
            case Unary("-", Number(value)):
                return Number(-float(value))
            case Binary("/", Number(above), Number(below)) if below:
                return Number(above / below)
            case Binary("**", Number(base), Number(exponent)):
                return Number(float(base) ** exponent)
        return each

    return rule.rebuilt(change)


def _parse(source: str) -> ast.FunctionDef:
    (definition,) = syntax(source).body
    assert isinstance(definition, ast.FunctionDef)
    return definition
