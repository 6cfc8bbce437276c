"""The command `autodiff grade path/to/engine.py:Value`: its options, and what it prints.

`add_parser` adds it to a command line's subparsers; the parsed arguments carry `run`, which returns the exit code:
0 when every property holds, 1 when one fails, 2 when the engine cannot be run.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import zipfile
from pathlib import Path
from typing import Any

from ...errors import ArgumentError
from ...files import write_whole
from .report import CREDIT, FORMATS, write_refusal, write_report


def add_parser(subparsers: Any) -> None:
    """Add `grade` to the commands of a parser."""
    parser = subparsers.add_parser(
        "grade", help="say what is wrong with someone's scalar engine",
        description="Examine a scalar engine, in a process of its own, and say in plain words what is wrong with it.",
        epilog="Exit code: 0 when every property holds, 1 when one fails, 2 when the engine cannot be run. "
               "On Windows only the time is limited, by the clock, and what the engine starts is not ended.",
    )  # fmt: skip
    add = parser.add_argument
    add("engine", help="the file and the class: path/to/engine.py:Value; or a file or folder with one such class")
    add("--file", metavar="PATTERN", action="append", default=[], help="which files of a folder (default: *.py)")
    add("--properties", metavar="NAMES", type=_names, default=(), help="examine only these, separated by commas")
    add("--format", choices=FORMATS, default="text", help="how to write the report (default: text)")
    add("--all", action="store_true", help="tell limits, edges and missing features one by one")
    add("--output", metavar="FILE", help="write the report to a file instead of the terminal")
    add("--points", metavar="NAME=NUMBER", action="append", default=[], type=_points,
        help="what a property is worth to Gradescope, 1 by default; may be repeated")  # fmt: skip
    add("--not-examined", choices=CREDIT, default="zero", help="what a property is worth that could not be examined")
    add("--not-applicable", choices=CREDIT, default="full", help="what one is worth that does not apply")
    add("--exit-zero", action="store_true", help="exit with 0 once a report is written")
    add("--gradescope-zip", metavar="FILE", help="write an autograder for Gradescope with these options, grade nothing")
    add("--seconds", type=_positive, default=60.0, help="how long the engine may compute (default: 60)")
    add("--memory", type=_megabytes, default=1024, help="how many MB it may take (default: 1024)")
    add("--examples", type=_megabytes, default=200, help="how many programs to draw (default: 200)")
    add("--seed", type=int, default=0, help="which programs to draw (default: 0)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Grade, write the report, and return the exit code."""
    from .grade import grade

    if arguments.gradescope_zip:
        write_autograder(arguments)
        return 0
    found = grade(arguments.engine, seconds=arguments.seconds, memory=arguments.memory, examples=arguments.examples,
                   seed=arguments.seed, properties=arguments.properties, files=arguments.file)  # fmt: skip
    form = "all" if arguments.all and arguments.format == "text" else arguments.format
    if found.report is None:
        text = write_refusal(arguments.engine, found.cannot, form, dict(arguments.points), arguments.properties)
    else:
        points = {name: x for name, x in arguments.points if not arguments.properties or name in arguments.properties}
        text = write_report(found.report, form, points, arguments.not_examined, arguments.not_applicable)
    if arguments.output:
        Path(arguments.output).resolve().parent.mkdir(parents=True, exist_ok=True)
        write_whole(arguments.output, text.rstrip("\n") + "\n")
    else:
        print(text.rstrip("\n"))
    if found.report is None and (arguments.output or arguments.format != "text"):
        print(write_refusal(arguments.engine, found.cannot, "text"), file=sys.stderr)
    return 0 if arguments.exit_zero else found.exit_code


SETUP = """#!/usr/bin/env bash
apt-get update -y && apt-get install -y python3 python3-pip
pip install --break-system-packages 'autodiff-scalar[testing]' || pip install 'autodiff-scalar[testing]'
"""


def write_autograder(arguments: argparse.Namespace) -> None:
    """Write the zip file that Gradescope takes as an autograder, with the options of this command."""
    options = ["--format", "gradescope", "--output", "/autograder/results/results.json", "--exit-zero"]
    options += [word for pattern in arguments.file for word in ("--file", pattern)]
    options += ["--properties", ",".join(arguments.properties)] * bool(arguments.properties)
    options += [word for name, number in arguments.points for word in ("--points", f"{name}={number:g}")]
    options += ["--not-examined", arguments.not_examined, "--not-applicable", arguments.not_applicable]
    options += ["--seconds", f"{arguments.seconds:g}", "--memory", str(arguments.memory)]
    options += ["--examples", str(arguments.examples), "--seed", str(arguments.seed)]
    name = arguments.engine.rpartition(":")[2] if ":" in arguments.engine else ""
    target = "/autograder/submission" + f":{name}" * bool(name)
    command = f"#!/usr/bin/env bash\npython3 -m autodiff grade {shlex.join([target, *options])}\n"
    with zipfile.ZipFile(arguments.gradescope_zip, "w") as archive:
        for file, text in (("run_autograder", command), ("setup.sh", SETUP)):
            entry = zipfile.ZipInfo(file)  # dated 1980, so that the same options give the same bytes
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, text)


def _names(text: str) -> list[str]:
    from .properties import PROPERTIES

    known, names = [each.name for each in PROPERTIES], [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"expected names among {', '.join(known)}, got {text!r}")
    return names


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
