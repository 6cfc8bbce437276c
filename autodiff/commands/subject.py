"""What a command is about: an expression with its values, or a value that a program of the user's makes.

>>> parser = argparse.ArgumentParser()
>>> add_subject(parser)
>>> log_of(parser.parse_args(["a * b + a", "a=2", "b=-3"]))
<Steps of 'y': 4 nodes, 9 steps>
"""

from __future__ import annotations

import argparse
import os
import re
import tokenize
from math import isfinite
from typing import Any

from ..errors import ArgumentError, shown
from ..expression import names_of, parse
from ..render.steps.stepper import Steps, steps_in
from ..stepping.script import value_of
from ..printable import printable
from ..value import Value

FILE = re.compile(r"(?P<path>.+?\.py)(?::(?P<name>.*))?", re.DOTALL)
EXPRESSION = "an expression such as 'tanh(w*x + b)', or a value that a program of yours makes: program.py:loss"


def add_subject(parser: argparse.ArgumentParser) -> None:
    """Let a command be given an expression and its values."""
    parser.add_argument("what", metavar="EXPRESSION", help=EXPRESSION)
    # With a default, argparse does not claim that values are required where EXPRESSION is missing.
    parser.add_argument("values", metavar="NAME=NUMBER", nargs="*", default=[], help="the values of its names")


def log_of(options: argparse.Namespace, order: str = "topological") -> Steps:
    """The steps of what the command is about."""
    y, names = _find(options.what.strip(), options.values)
    return steps_in(names, y, order)


def program_of(options: argparse.Namespace) -> str:
    """What the command is about, as a program: the user's own file, or one that reads the expression.

    >>> print(program_of(argparse.Namespace(what="a * b", values=["a=2", "b=inf"])))
    from autodiff.expression import parse
    <BLANKLINE>
    y = parse('a * b', a=2.0, b=float('inf'))
    <BLANKLINE>
    """
    what = options.what.strip()
    file = FILE.fullmatch(what)
    if file:
        with tokenize.open(file["path"]) as text:
            return text.read()
    numbers = {name: repr(x) if isfinite(x) else f"float('{x}')" for name, x in _read_numbers(options.values).items()}
    arguments = ", ".join([repr(what), *(f"{name}={number}" for name, number in numbers.items())])
    return f"from autodiff.expression import parse\n\ny = parse({arguments})\n"


def node_of(text: str | None) -> Any:
    """A node as people name it: by its label, or by its number."""
    return text if text is None else number_or(text)


def number_or(text: str) -> str | int:
    """A whole number where the text is one, of a length that a graph can have."""
    return int(text) if text.isdecimal() and len(text) < 10 else text


def tell(path: os.PathLike[str]) -> None:
    """Say which file has been written, whatever its name does to terminals."""
    print(printable(os.fspath(path)))


def _find(what: str, values: list[str]) -> tuple[Value, dict[str, Any]]:
    """The Value, and the names under which its parts are known."""
    file = FILE.fullmatch(what)
    if file:
        if values:
            raise ArgumentError(f"expected no values for a program, got {shown(values[0])}: it sets its own")
        return value_of(file["path"], file["name"])
    assigned = _read_numbers(values)
    if not names_of(what):
        raise ArgumentError(
            f"expected an expression with names, such as tanh(w*x + b), got {shown(what)}: no gradients"
        )
    y = parse(what, **assigned)
    result = next(name for name in ("y", "f", "result", "the result") if name not in assigned)
    return y, {result: y}


def _read_numbers(values: list[str]) -> dict[str, float]:
    """The number of each name; an `ArgumentError` where a name has two."""
    assigned: dict[str, float] = {}
    for name, number in map(_read_number, values):
        if name in assigned:
            raise ArgumentError(f"expected one value for {name}, got {assigned[name]:g} and {number:g}")
        assigned[name] = number
    return assigned


def _read_number(text: str) -> tuple[str, float]:
    name, sign, number = text.strip().partition("=")
    try:
        if sign and name.strip().isidentifier():
            return name.strip(), float(number)
    except ValueError:
        pass
    raise ArgumentError(f"expected NAME=NUMBER, such as w=0.5, got {shown(text)}")
