"""Run the tests: `python3 tests`, from any directory, in an environment that bootstrap.py finds or makes.

    python3 tests                                 the fast tests
    python3 tests --slow                          the slow ones as well
    python3 tests --coverage                      branch coverage of autodiff/; fails under 95 %
    python3 tests tests/test_value.py -k shared   any other arguments are pytest's; paths start at the repository

With CI=true in the environment every optional part is installed and the slow tests run, so that nothing is skipped.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import bootstrap


def main(arguments: list) -> int:
    """Run pytest with these arguments, and the coverage report if it is asked for; return the exit status."""
    rest = [argument for argument in arguments if argument != "--coverage"]
    if rest == arguments:
        return bootstrap.run(["-m", "pytest", *rest], extras())
    status = bootstrap.run(["-m", "coverage", "run", "-m", "pytest", *rest], extras())
    return bootstrap.run(["-m", "coverage", "report"], extras()) or status


def extras() -> list:
    """Return the extras to install."""
    return bootstrap.CI_EXTRAS if os.environ.get("CI") == "true" else bootstrap.EXTRAS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
