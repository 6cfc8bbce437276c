"""The command line: `autodiff step "tanh(w*x + b)" w=0.5 x=2 b=-1`, and so on; see `autodiff --help`.

Each command prints what the library returns. Bad input is one sentence on the standard error, and exit code 2.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import NoReturn

from . import __version__
from .commands import draw, explain, playground, quiz, step
from .errors import AutodiffError
from .native import engine
from .printable import printable
from .testing.conform import command as grade

COMMANDS = (step, explain, draw, quiz, grade, playground)
SHORT_OPTIONS = ("-h", "-o")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, or 2 for input that cannot be used."""
    for stream in (sys.stdout, sys.stderr):  # a terminal may lack letters that a formula has
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = parser().parse_args([_plain(argument) for argument in given])
    try:
        return int(options.run(options) or 0)
    except (AutodiffError, OSError) as error:
        if isinstance(error, BrokenPipeError):  # the reader of a pipe has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        print(f"autodiff: {printable(str(error))}", file=sys.stderr)
        return 2
    except ValueError:
        if not sys.stdout.closed:
            raise
        print("autodiff: expected a standard output to write to; the program has closed it", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


class Parser(argparse.ArgumentParser):
    """A parser whose error messages a terminal only shows, whatever stands in the arguments that they repeat."""

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def parser() -> Parser:
    """All commands with their options; what is parsed carries `run`, which does it."""
    made = Parser(prog="autodiff", description="Step through, explain, draw and learn backpropagation.",
                  epilog='For example: autodiff step "tanh(w*x + b)" w=0.5 x=2 b=-1')  # fmt: skip
    made.add_argument("--version", action="version", version=f"autodiff {__version__}; the engine is {engine}",
                      help="say which version this is, and whether the engine is in C (native) or Python")  # fmt: skip
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(commands)
    return made


def _plain(argument: str) -> str:
    """An expression may begin with a minus: a space in front keeps it from being read as an option."""
    option = argument.startswith("--") or argument in SHORT_OPTIONS
    return f" {argument}" if argument.startswith("-") and not option and argument != "-" else argument


if __name__ == "__main__":
    sys.exit(main())
