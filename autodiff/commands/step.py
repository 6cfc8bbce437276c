"""`autodiff step`: through both passes by keys, as text, or as a file."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from ..errors import ArgumentError, MissingExtraError
from ..render.steps.listing import text_lines
from ..render.steps.stepper import Steps
from ..stepping.traversals import ORDERS
from .subject import add_subject, log_of, node_of, program_of, tell

CANNOT_MOVE = ("dumb", "unknown")  # terminals that write line after line, where a screen cannot be drawn anew


def add_parser(commands: Any) -> None:
    """Add `step` to the commands of a parser."""
    step = commands.add_parser(
        "step", help="step through the forward and the backward pass",
        description="Step through the forward and the backward pass.",
    )  # fmt: skip
    add_subject(step)
    step.add_argument("-o", "--save", metavar="FILE", help="write a page (.html), data (.json) or text (.txt) instead")
    step.add_argument("--text", action="store_true", help="print all steps, even to a terminal")
    step.add_argument("--watch", metavar="NODE", action="append", default=[], help="show this node at every step")
    step.add_argument("--order", choices=list(ORDERS), default="topological", help="the order of the backward pass")
    step.add_argument("--quiz", action="store_true", help="ask for each number before it is shown")
    step.add_argument("--focus", metavar="NODE", help="on a page, show only what is around this node")
    step.add_argument("--depth", type=int, default=2, help="how far around, in edges (2)")
    step.add_argument("--playground", metavar="URL", help="on a page, link to this playground, with the program")
    step.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Save the steps, or step through them by keys, or print them."""
    is_page = bool(options.save) and options.save.lower().endswith(".html")
    if options.focus is not None and not is_page:
        raise ArgumentError("--focus: expected with --save FILE.html; --watch NODE shows a node in the text")
    if options.playground is not None and not is_page:
        raise ArgumentError("--playground: expected with --save FILE.html, whose page then has the link")
    log = log_of(options, options.order)
    log.watch(*map(node_of, options.watch))
    terminal = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") not in CANNOT_MOVE
    if options.save:
        tell(log.save(options.save, **(_page_options(options) if is_page else {})))
    elif options.quiz and not terminal:
        raise ArgumentError("--quiz: expected a terminal to ask and draw on; with --save quiz.html the page asks")
    elif options.quiz or terminal and not options.text:
        _by_keys(log, options.quiz)
    else:
        _as_text(log)


def _page_options(options: argparse.Namespace) -> dict[str, Any]:
    """The options of a page, among those of the command."""
    program = None if options.playground is None else program_of(options)
    return {"focus": node_of(options.focus), "depth": options.depth, "quiz": options.quiz,
            "playground": options.playground, "program": program}  # fmt: skip


def _by_keys(log: Steps, quiz: bool) -> None:
    from ..render.steps.terminal import step_through

    try:
        step_through(log, log.cursor.watched, quiz)
    except MissingExtraError as error:
        print(f"autodiff: {error}; here are the steps as text", file=sys.stderr)
        _as_text(log)


def _as_text(log: Steps) -> None:
    for line in text_lines(log, log.cursor.watched):
        print(line)
