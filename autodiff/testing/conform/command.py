"""The command `autodiff grade path/to/engine.py:Value`: its options, and what it prints.

`add_parser` adds it to a command line's subparsers; the parsed arguments carry `run`, which returns the exit code:
0 when every property holds, 1 when one fails, 2 when the engine cannot be run.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any
from xml.etree import ElementTree

from ...errors import ArgumentError
from ...files import write_whole
from .report import FORMATS, written


def add_parser(subparsers: Any) -> None:
    """Add `grade` to the commands of a parser."""
    parser = subparsers.add_parser(
        "grade", help="say what is wrong with someone's scalar engine",
        description="Examine a scalar engine, in a process of its own, and say in plain words what is wrong with it.",
        epilog="Exit code: 0 when every property holds, 1 when one fails, 2 when the engine cannot be run.",
    )  # fmt: skip
    parser.add_argument("engine", help="the file and the class: path/to/engine.py:Value")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to write the report (default: text)")
    parser.add_argument("--output", metavar="FILE", help="write the report to a file instead of the terminal")
    parser.add_argument("--points", metavar="NAME=NUMBER", action="append", default=[], type=_points,
                        help="what a property is worth to Gradescope, 1 by default; may be repeated")  # fmt: skip
    parser.add_argument("--seconds", type=_positive, default=60.0, help="how long the engine may take (default: 60)")
    parser.add_argument("--memory", type=_megabytes, default=1024, help="how many MB it may take (default: 1024)")
    parser.add_argument("--examples", type=_megabytes, default=200, help="how many programs to draw (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="which programs to draw (default: 0)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Grade, write the report, and return the exit code."""
    from .grade import graded

    found = graded(arguments.engine, seconds=arguments.seconds, memory=arguments.memory,
                   examples=arguments.examples, seed=arguments.seed)  # fmt: skip
    if found.report is None:
        text = refusal(arguments.engine, found.cannot, arguments.format)
    else:
        text = written(found.report, arguments.format, dict(arguments.points))
    if arguments.output:
        write_whole(arguments.output, text.rstrip("\n") + "\n")
    else:
        print(text.rstrip("\n"))
    if found.report is None and (arguments.output or arguments.format != "text"):
        print(refusal(arguments.engine, found.cannot, "text"), file=sys.stderr)
    return found.exit_code


def refusal(target: str, reason: str, form: str) -> str:
    """The report on an engine that cannot be run, in any of the formats."""
    sentence = f"{target} cannot be run: {reason}"
    if form == "json":
        return json.dumps({"engine": target, "holds": False, "cannot": reason, "properties": []}, indent=2)
    if form == "junit":
        counts = {"tests": "1", "failures": "0", "errors": "1"}
        suite = ElementTree.Element("testsuite", {"name": "autodiff conformance", **counts})
        case = ElementTree.SubElement(suite, "testcase", {"classname": "conformance", "name": "the engine can be run"})
        ElementTree.SubElement(case, "error", {"message": "".join(x if x.isprintable() else "?" for x in sentence)})
        return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)
    if form == "gradescope":
        return json.dumps({"score": 0, "output": sentence, "tests": []}, indent=2)
    return sentence


def _points(text: str) -> tuple[str, float]:
    from .properties import PROPERTIES  # only now: every use of the command line reads this module

    name, _, number = text.rpartition("=")
    names = [each.name for each in PROPERTIES]
    if name not in names:
        raise argparse.ArgumentTypeError(f"expected NAME=NUMBER with a name among {', '.join(names)}, got {text!r}")
    return name, _positive(number)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"expected a positive number, got {text!r}")
    return number


def _megabytes(text: str) -> int:
    return max(1, int(_positive(text)))


def main(arguments: list[str] | None = None) -> int:
    """`python -m autodiff.testing.conform.command grade …`: the command without the rest of the command line."""
    parser = argparse.ArgumentParser(prog="autodiff")
    add_parser(parser.add_subparsers(required=True))
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except ArgumentError as error:
        parser.exit(2, f"autodiff: {error}\n")


if __name__ == "__main__":
    sys.exit(main())
