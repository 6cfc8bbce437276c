"""`autodiff quiz`: exercises in backpropagation, asked one by one or printed."""

from __future__ import annotations

import argparse
from typing import Any

from ..errors import ArgumentError
from .subject import tell


def add_parser(commands: Any) -> None:
    """Add `quiz` to the commands of a parser."""
    quiz = commands.add_parser("quiz", help="practise backpropagation, or print a worksheet",
                               description="Practise backpropagation, or print a worksheet.")  # fmt: skip
    quiz.add_argument("--seed", type=int, help="for the same questions again")
    quiz.add_argument("--level", type=int, help="1 to 5; else each in turn")
    quiz.add_argument("--count", type=int, help="how many questions (without end; 10 on a worksheet)")
    quiz.add_argument("--worksheet", metavar="FILE", help="write the questions as a page to print")
    quiz.add_argument("--answers", action="store_true", help="with the key, on a page of its own")
    quiz.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write a worksheet, or ask."""
    from ..render.quiz.asking import ask_on, worksheet

    if options.count is not None and options.count < 1:
        raise ArgumentError(f"--count: expected at least one question, got {options.count}")
    if options.worksheet:
        tell(worksheet(options.worksheet, options.seed, options.level, options.count or 10, options.answers))
    elif options.answers:
        raise ArgumentError("--answers: expected with --worksheet FILE; without it each answer is told at once")
    else:
        ask_on(options.seed, options.level, options.count)
