"""The command line: `autodiff step "tanh(w*x + b)" w=0.5 x=2 b=-1`, and so on; see `autodiff --help`.

Each command prints what the library returns. Bad input is one sentence on the standard error, and exit code 2.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any

from .errors import ArgumentError, AutodiffError, MissingExtraError, shown
from .expression import names_of, parse
from .render.step_text import text_lines
from .render.stepper import Steps, steps_in
from .stepping.explanation import explained
from .stepping.orders import ORDERS
from .stepping.program import value_of
from .stepping.wording import printable
from .testing.command import add_parser as add_grade
from .value import Value

SHORT_OPTIONS = ("-h", "-o")
_OPTION = re.compile(r'\b(collapse|focus|depth|max_nodes)="?(\w[\w,]*)"?')


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, or 2 for input that cannot be used."""
    for stream in (sys.stdout, sys.stderr):  # a terminal may lack letters that a formula has
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args([_plain(argument) for argument in given])
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


def _plain(argument: str) -> str:
    """An expression may begin with a minus: a space in front keeps it from being read as an option."""
    option = argument.startswith("--") or argument in SHORT_OPTIONS
    return f" {argument}" if argument.startswith("-") and not option and argument != "-" else argument


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autodiff", description="Step through, explain, draw and learn backpropagation."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, description: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=description[0].lower() + description[1:-1], description=description)
        added.set_defaults(run=run)
        return added

    def graph(added: argparse.ArgumentParser) -> None:
        what = "an expression such as 'tanh(w*x + b)', or a value that a program of yours makes: program.py:loss"
        added.add_argument("what", metavar="EXPRESSION", help=what)
        added.add_argument("values", metavar="NAME=NUMBER", nargs="*", help="the values of the expression's names")

    step = command("step", _step, "Step through the forward and the backward pass.")
    graph(step)
    step.add_argument("-o", "--save", metavar="FILE", help="write a page (.html), data (.json) or text (.txt) instead")
    step.add_argument("--text", action="store_true", help="print all steps, even to a terminal")
    step.add_argument("--watch", metavar="NODE", action="append", default=[], help="show this node at every step")
    step.add_argument("--order", choices=list(ORDERS), default="topological", help="the order of the backward pass")
    step.add_argument("--quiz", action="store_true", help="ask for each number before it is shown")
    step.add_argument("--focus", metavar="NODE", help="on a page, show only what is around this node")
    step.add_argument("--depth", type=int, default=2, help="how far around, in edges (2)")

    why = command("explain", _explain, "Explain why gradients are what they are.")
    graph(why)
    why.add_argument(
        "--of", metavar="NODE", action="append", default=[], help="whose gradient; else that of every input"
    )
    why.add_argument("-o", "--save", metavar="FILE", help="also draw these paths: .svg, .png, .pdf, .dot")
    why.add_argument("--most", metavar="N", type=int, default=5, help="how many paths to list (5)")

    drawing = command("draw", _draw, "Draw the computation graph, with its gradients.")
    graph(drawing)
    drawing.add_argument("-o", "--save", metavar="FILE", help=".svg .png .pdf .dot .mmd or .txt; else text is printed")
    drawing.add_argument(
        "--collapse", metavar="LEVEL", type=_level, default="auto",
        help="one box for each neuron, layer, or scope of N steps; none for no such boxes; auto: as fine as fits",
    )  # fmt: skip
    drawing.add_argument("--focus", metavar="NODE", help="only what is around this node")
    drawing.add_argument("--radius", metavar="N", type=int, default=2, help="how far around it, in edges (2)")
    drawing.add_argument("--depth", metavar="N", type=int, help="only what is at most N edges before the result")
    drawing.add_argument("--max-nodes", metavar="N", type=int, default=500, help="how many boxes at most (500)")

    quiz = command("quiz", _quiz, "Practise backpropagation, or print a worksheet.")
    quiz.add_argument("--seed", type=int, help="for the same questions again")
    quiz.add_argument("--level", type=int, help="1 to 5; else each in turn")
    quiz.add_argument("--count", type=int, help="how many questions (without end; 10 on a worksheet)")
    quiz.add_argument("--worksheet", metavar="FILE", help="write the questions as a page to print")
    quiz.add_argument("--answers", action="store_true", help="with the key, on a page of its own")

    add_grade(commands)
    return parser


def _step(options: argparse.Namespace) -> int:
    page_only = options.save and options.save.lower().endswith(".html")
    if options.focus is not None and not page_only:
        raise ArgumentError("--focus: expected with --save FILE.html; --watch NODE shows a node in the text")
    log = _log(options, options.order)
    log.watch(*map(_node, options.watch))
    if options.save:
        page = {"focus": _node(options.focus), "depth": options.depth, "quiz": options.quiz}
        _tell(log.save(options.save, **(page if options.save.lower().endswith(".html") else {})))
        return 0
    if options.quiz or (sys.stdin.isatty() and sys.stdout.isatty() and not options.text):
        return _step_by_keys(log, options)
    for line in text_lines(log, log.cursor.watched):
        print(line)
    return 0


def _step_by_keys(log: Steps, options: argparse.Namespace) -> int:
    from .render.step_terminal import step_through

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ArgumentError("--quiz: expected a terminal to ask in; with --save quiz.html the page asks")
    try:
        step_through(log, log.cursor.watched, options.quiz)
    except MissingExtraError as error:
        print(f"autodiff: {error}; here are the steps as text", file=sys.stderr)
        print(log.text())
    return 0


def _explain(options: argparse.Namespace) -> int:
    log = _log(options)
    inputs = [node.label for node in log.graph.nodes if node.operation == "input"]
    if options.most < 0:
        raise ArgumentError(f"--most: expected how many paths to list, 0 or more, got {options.most}")
    found = [explained(log.graph, log.graph.number(_node(x)), options.most) for x in options.of or inputs]
    print("\n\n".join(map(str, found)))
    if options.save:
        from .render import draw

        root = list(log.graph.values)[-1]
        root.backward()
        path = [value for explanation in found for value in explanation.path]
        _tell(draw(root, collapse="auto", path=path).save(options.save))
    return 0


def _draw(options: argparse.Namespace) -> int:
    from .render import draw

    log = _log(options)
    y = list(log.graph.values)[-1]
    numbers = list(log.graph.values)
    focus = None if options.focus is None else numbers[log.graph.number(_node(options.focus))]
    y.backward()
    try:
        drawing = draw(
            y, collapse=options.collapse, focus=focus, radius=options.radius, depth=options.depth,
            max_nodes=options.max_nodes,
        )  # fmt: skip
    except ArgumentError as error:  # which speaks of parameters of Python
        text = _OPTION.sub(lambda option: f"--{option[1].replace('_', '-')} {option[2]}", str(error))
        raise ArgumentError(text) from None
    if options.save:
        _tell(drawing.save(options.save))
    else:
        print(drawing.text())
    return 0


def _quiz(options: argparse.Namespace) -> int:
    from .render.quizzing import ask_on, worksheet

    if options.count is not None and options.count < 1:
        raise ArgumentError(f"--count: expected at least one question, got {options.count}")
    if options.worksheet:
        _tell(worksheet(options.worksheet, options.seed, options.level, options.count or 10, options.answers))
        return 0
    if options.answers:
        raise ArgumentError("--answers: expected with --worksheet FILE; without it each answer is told at once")
    ask_on(options.seed, options.level, options.count)
    return 0


def _level(text: str) -> str | int | None:
    """How far to collapse a drawing, as people write it."""
    return None if text == "none" else int(text) if text.isdecimal() else text


def _node(text: str | None) -> Any:
    """A node as people name it: by its label, or by its number."""
    return int(text) if text and text.isdecimal() else text


def _tell(path: os.PathLike[str]) -> None:
    """Say which file has been written, whatever its name does to terminals."""
    print(printable(os.fspath(path)))


def _log(options: argparse.Namespace, order: str = "topological") -> Steps:
    y, names = _graph(options)
    return steps_in(names, y, order)


def _graph(options: argparse.Namespace) -> tuple[Value, dict[str, Any]]:
    """The Value that the command is about, and the names under which its parts are known."""
    what = options.what.strip()
    file = re.fullmatch(r"(?P<path>.+?\.py)(?::(?P<name>.*))?", what, re.DOTALL)
    if file:
        if options.values:
            raise ArgumentError(f"expected no values for a program, got {shown(options.values[0])}: it sets its own")
        return value_of(file["path"], file["name"])
    values = dict(_assigned(text) for text in options.values)
    if not names_of(what):
        raise ArgumentError(
            f"expected an expression with names, such as tanh(w*x + b), got {shown(what)}: no gradients"
        )
    y = parse(what, **values)
    result = next(name for name in ("y", "f", "result", "the result") if name not in values)
    return y, {result: y}


def _assigned(text: str) -> tuple[str, float]:
    name, sign, number = text.strip().partition("=")
    try:
        if sign and name.strip().isidentifier():
            return name.strip(), float(number)
    except ValueError:
        pass
    raise ArgumentError(f"expected NAME=NUMBER, such as w=0.5, got {shown(text)}")


if __name__ == "__main__":
    sys.exit(main())
