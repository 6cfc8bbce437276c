"""What a row that is added at run time may be: the reasons for which `register` refuses one, each a sentence.

>>> admit(Op("new", "tanhh(a)", ("1",)), {})
Traceback (most recent call last):
    ...
autodiff.errors.TableError: register: new: the rule 'tanhh(a)' uses the unknown word 'tanhh'; bring it with functions={'tanhh': {'float': ...}}, or use the vocabulary
"""  # noqa: E501

import keyword
import re
from collections.abc import Callable, Mapping
from math import inf, isfinite, nan
from typing import Any

from . import additions, kernels, numbers, ops, stable
from .door import BUILTINS, MADE
from .errors import TableError, shown
from .generated import GENERATED
from .notation import Notation
from .ops import TABLE, Op
from .over_values import VALUES
from .definitions import Definition, expand
from .rule import COMPARISONS, LOGIC, Binary, Blocked, Call, Choice, Each, Items, Name, Part, Rule, Unary, parse
from .rules import OPERATOR_WORDS

Functions = Mapping[str, Mapping[str, Callable[..., Any]]]

LISTS = {"ones", "softmax", "swapped"}.union(op.name for op in TABLE.values() if op.variadic)  # words that take a list
LETTERS = ("a", "b", "c")
NAME = re.compile("[a-z][a-z0-9_]*", re.ASCII)  # emitted code numbers its names, as in tanh_3
# Where the rules of a new row are computed once, to see that they give numbers, and never raise.
TRIED = (0.75, 0.3, 1.5, -0.6, 0.0, -0.0, 1e308, -1e308, inf, -inf, nan)


def admit(op: Op, functions: Functions) -> Op:
    """The row as the table will have it; a `TableError` says what is wrong with it, or with the functions it brings."""
    _check_functions(op, functions)
    _check_name(op.name)
    _check_columns(op)
    row = _check_rules(op, functions)
    _check_numbers(row, functions)
    return row


def _wrong(message: str) -> TableError:
    return TableError(f"register: {message}")


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise _wrong(f"expected a name of small letters, digits and underscores, as of a function, got {shown(name)}")
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise _wrong(f"expected a name that Python does not use itself, got {name!r}; {name}_ would do")
    if name in TABLE:
        raise _wrong(f"expected a name of its own, got {name!r}, which is an operation already")
    if name in ops.TAKEN or name in ops.VOCABULARY:
        raise _wrong(f"expected a name of its own, got {name!r}, which means something else in rules and programs")


def _check_columns(op: Op) -> None:
    texts = (op.formula, *(slope for slope in op.slopes if slope is not None), *op.kinks, *op.textbook)
    strings = isinstance(op.slopes, tuple) and all(isinstance(x, str) for x in (*texts, op.symbol, op.method, op.latex))
    if not strings:
        raise _wrong(f"{op.name}: expected rules as texts, and the slopes as a tuple of them, got {shown(op.slopes)}")
    if op.variadic:
        raise _wrong(f"{op.name}: expected an operation of one, two or three inputs, got one of any number")
    if not 1 <= len(op.slopes) <= 3:
        raise _wrong(f"{op.name}: expected one slope for each of one to three inputs, got {len(op.slopes)} slopes")
    if all(slope is None for slope in op.slopes):
        raise _wrong(f"{op.name}: expected an input to differentiate by; of one that blocks all, write 'blocked'")
    for what, column in (("domain", op.domains), ("textbook derivative", op.textbook)):
        if column and len(column) != len(op.slopes):
            raise _wrong(f"{op.name}: expected one {what} for each of {len(op.slopes)} inputs, got {len(column)}")
    for interval in op.domains:
        if not (isinstance(interval, tuple) and len(interval) == 2 and interval[0] <= interval[1]):
            raise _wrong(f"{op.name}: expected the domain of an input as (lowest, highest), got {shown(interval)}")
    for text in (op.symbol, op.latex):
        if not text.isprintable() or len(text) > 60:
            raise _wrong(f"{op.name}: expected a short printable text, got {shown(text)}")
    if op.latex.replace("%s", "", 1).count("%"):
        raise _wrong(f"{op.name}: expected LaTeX with %s for the operand at most once, got {shown(op.latex)}")


def _spoken() -> frozenset[str]:
    """The words of rules, and of the code that we write: in their place that code would call a function of a row."""
    from .compiled.codegen.preamble import ARRAY_WORDS, WRITTEN  # which imports NumPy

    ours = {*GENERATED, *OPERATOR_WORDS, *BUILTINS, *ARRAY_WORDS, *WRITTEN, "brought", "df"}
    return frozenset({*ours, *ops.VOCABULARY, *additions.WORDS, *ops.TAKEN, *LETTERS})


def _check_functions(op: Op, functions: Functions) -> None:
    known = _spoken() if functions else frozenset()
    for word, by_system in functions.items():
        if not isinstance(word, str) or not NAME.fullmatch(word) or MADE.fullmatch(word) or keyword.iskeyword(word):
            raise _wrong(f"{op.name}: expected words of small letters, without a number at the end, got {shown(word)}")
        if word in known:
            raise _wrong(f"{op.name}: expected functions for new words, got one for {word!r}, which has a meaning")
        if not isinstance(by_system, Mapping) or not callable(by_system.get("float")):
            raise _wrong(f"{op.name}: expected {word!r} with its function by number system, of floats at least")
        if not all(isinstance(name, str) and callable(function) for name, function in by_system.items()):
            raise _wrong(f"{op.name}: expected functions of {word!r} by the names of number systems")


def _check_rules(op: Op, own: Functions) -> Op:
    """The row with added operations written out in its rules; refused if an engine could not run one of the rules."""
    inputs = LETTERS[: len(op.slopes)]
    formula = _read(op, op.formula)
    used = [letter for letter in LETTERS if letter in formula.words()]
    if used != list(inputs):
        letters = ", ".join(used) or "none"
        raise _wrong(f"{op.name}: expected a slope for each input of {op.formula!r} ({letters}), got {len(op.slopes)}")
    slopes = [None if slope is None else _read(op, slope) for slope in op.slopes]
    kinks, textbook = [_read(op, kink) for kink in op.kinks], [_read(op, each) for each in op.textbook]
    known = {*inputs, *_vocabulary(), *own}
    for rule in (formula, *filter(None, slopes), *kinks, *textbook):
        _check_words(op, rule, known | ({"y"} if rule is not formula else set()))
    _check_number(op, formula)
    for rule in filter(None, slopes):
        _check_number(op, rule, may_block=True)
        _check_places(op, rule)
    for rule in kinks:
        _check_condition(op, rule)
    write = Notation().write
    return ops.check_row(op._replace(
        formula=write(formula), slopes=tuple([None if slope is None else write(slope) for slope in slopes]),
        kinks=tuple(map(write, kinks)), textbook=tuple(map(write, textbook)),
    ), own)  # fmt: skip


def _vocabulary() -> set[str]:
    """The words that every number system has, so that a rule can be differentiated again."""
    return {*(ops.VOCABULARY & VALUES.names.keys()) - LISTS, *additions.WORDS, ops.WHERE, "nan", "inf", "pi"}


def _read(op: Op, text: str) -> Rule:
    """A rule, with the formulas of rows that were added in place of their calls."""
    try:
        return expand(parse(text), _definition)
    except TableError as error:
        raise _wrong(f"{op.name}: {error}") from None
    except ValueError:
        raise _wrong(f"{op.name}: expected as many operands as its functions take, in the rule {text!r}") from None


def _definition(word: str) -> Definition | None:
    op = TABLE.get(word)
    if op is None or word in ops.VOCABULARY or word in additions.WORDS:
        return None
    return Definition(op.inputs, (), op.rule)


def _check_words(op: Op, rule: Rule, known: set[str]) -> None:
    for word in sorted(rule.words() - known):
        text = Notation().write(rule)
        if word in LETTERS or word == "y":
            raise _wrong(f"{op.name}: the rule {text!r} uses {word}, and there are slopes for {len(op.slopes)} inputs")
        raise _wrong(
            f"{op.name}: the rule {text!r} uses the unknown word {word!r}; "
            f"bring it with functions={{{word!r}: {{'float': ...}}}}, or use the vocabulary"
        )


def _check_number(op: Op, rule: Rule, may_block: bool = False) -> None:
    """Refuse what is no number: conditions belong before the first comma of a where, blocked after it."""
    match rule:
        case Blocked() if may_block:
            return
        case Choice(condition, chosen, other):
            _check_condition(op, condition)
            _check_number(op, chosen, may_block)
            _check_number(op, other, may_block)
            return
        case Blocked():
            raise _wrong(f"{op.name}: expected 'blocked' only as the whole of a slope, or as a side of a where")
        case Binary(sign, _, _) if sign in COMPARISONS or sign in LOGIC:
            raise _wrong(f"{op.name}: expected a number, got the condition {Notation().write(rule)!r}")
        case Unary("not", _) | Each() | Items() | Part():
            raise _wrong(f"{op.name}: expected a number, got {Notation().write(rule)!r}")
        case Name(word) if word in kernels.__all__ and callable(getattr(kernels, word)) or word in stable.NAMES:
            raise _wrong(f"{op.name}: expected {word} with its operands, as in {word}(a)")
    for operand in rule.operands:
        _check_number(op, operand)


def _check_places(op: Op, rule: Rule) -> None:
    """Refuse a slope with an input in the place of a constant: a second derivative would lack what depends on it."""
    if isinstance(rule, Call) and rule.function in TABLE:
        moving = {"y", *(letter for letter, slope in zip(LETTERS, op.slopes) if slope is not None)}
        for operand, slope in zip(rule.operands, TABLE[rule.function].slopes):
            if slope is None and operand.words() & moving:
                text, given = Notation().write(rule), Notation().write(operand)
                raise _wrong(
                    f"{op.name}: the slope has {text!r}, and {rule.function} takes {given!r} for a constant, so that a "
                    "second derivative would be wrong; write it out with where, maximum or minimum"
                )
    for operand in rule.operands[1:] if isinstance(rule, Choice) else rule.operands:
        _check_places(op, operand)


def _check_condition(op: Op, rule: Rule) -> None:
    match rule:
        case Binary(sign, left, right) if sign in LOGIC:
            _check_condition(op, left)
            _check_condition(op, right)
        case Unary("not", operand):
            _check_condition(op, operand)
        case Binary(sign, left, right) if sign in COMPARISONS:
            _check_number(op, left)
            _check_number(op, right)
        case _:
            raise _wrong(f"{op.name}: expected a condition such as a > 0, got {Notation().write(rule)!r}")


def _check_numbers(op: Op, own: Functions) -> None:
    """Compute each rule once, over floats: a function that takes other operands shows itself."""
    for rule in (op.rule, *filter(None, op.slope_rules), *op.kink_rules):
        _check_constants(op, rule)
    names = numbers.FLOATS.names | {word: by_system["float"] for word, by_system in own.items()}
    for x in TRIED:
        point = dict(zip(LETTERS, (x, x / 2 + 1, x - 1))) | {"y": x}
        for rule in (op.rule, *filter(None, op.slope_rules), *op.kink_rules):
            for call in (each for each in rule.walk() if isinstance(each, Call)):
                _check_call(op, call, names | point)


def _check_constants(op: Op, rule: Rule) -> None:
    """Refuse 1 / 0 and (-2) ** 0.5: not every number system has an answer, and Python's is an error, or complex."""
    for each in rule.walk():
        if isinstance(each, Binary) and each.sign in ("/", "**") and not any(isinstance(x, Name) for x in each.walk()):
            if not any(isinstance(x, Call) for x in each.walk()) and not isfinite(each.evaluate(numbers.FLOATS.names)):
                raise _wrong(f"{op.name}: {Notation().write(each)!r} is no finite real number")


def _check_call(op: Op, call: Call, names: Mapping[str, Any]) -> None:
    text = Notation().write(call)
    try:
        given = call.evaluate(names)
    except (TypeError, KeyError) as error:
        raise _wrong(f"{op.name}: {text!r} cannot be computed: {error}") from None
    except (ArithmeticError, ValueError) as error:
        at = ", ".join(f"{letter} = {names[letter]}" for letter in sorted(call.words() & {*LETTERS, "y"}))
        message = f"{op.name}: expected {text!r} to give a float, nan perhaps, at {at}; it raises {error!r}"
        raise _wrong(message) from None
    if not isinstance(given, (float, int)):
        raise _wrong(f"{op.name}: expected {text!r} to give a float, got {shown(given)}")
