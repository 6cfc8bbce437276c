"""Run the tests: `python3 tests`, from any directory, in an environment that bootstrap.py finds or makes.

    python3 tests                                 the fast tests
    python3 tests --slow                          the slow ones as well
    python3 tests --coverage                      branch coverage of autodiff/; fails under 95 %
    python3 tests tests/test_value.py -k shared   any other arguments are pytest's; paths start at the repository

They run in as many processes as there are cores, eight at most; in one where files are named, or where an argument asks
for what several processes cannot give: -n 0, -x, -s, --pdb.

With CI=true in the environment every optional part is installed and the slow tests run, so that nothing is skipped.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import bootstrap


MOST = 8    # processes: each imports NumPy and its kin anew
IN_ONE = ("-n", "--numprocesses", "--dist", "-x", "--exitfirst", "--maxfail", "-s", "--capture", "--pdb", "--trace",
          "--co", "--collect-only", "--fixtures", "--markers", "--durations", "-h", "--help", "--version")


def main(arguments: list) -> int:
    """Run pytest with these arguments, and the coverage report if it is asked for; return the exit status."""
    rest = [argument for argument in arguments if argument != "--coverage"]
    pytest = ["-m", "pytest", *processes(rest), *rest]
    if rest == arguments:
        return bootstrap.run(pytest, extras())
    for path in bootstrap.ROOT.glob(".coverage*"):    # a process that was killed leaves its part behind
        path.unlink()
    status = bootstrap.run(["-m", "coverage", "run", *pytest], extras())
    bootstrap.run(["-m", "coverage", "combine", "--quiet"], extras())
    return bootstrap.run(["-m", "coverage", "report"], extras()) or status


def processes(arguments: list) -> list:
    """Return the options that spread the tests over processes: none where these arguments speak against it."""
    if any(argument.split("=")[0] in IN_ONE or argument.startswith("-n") for argument in arguments):
        return []
    if any(".py" in argument for argument in arguments):    # starting the processes takes longer than a file
        return []
    # Each process takes a row of files and, at its end, some of what the others have left: what the tests of a file
    # share, such as a browser, is made in one process, and all end together.
    return ["-n", "auto", "--maxprocesses", str(MOST), "--dist", "worksteal"]


def extras() -> list:
    """Return the extras to install."""
    return bootstrap.CI_EXTRAS if os.environ.get("CI") == "true" else bootstrap.EXTRAS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
