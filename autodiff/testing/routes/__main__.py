"""Look for a disagreement for as long as you like: `python -m autodiff.testing.routes --seconds 3600 --seed 7`.

    --models            random models and their training steps, in place of programs
    --programs N        stop after so many
    --routes a,b        these routes alone, one after the other: math, numpy, "numpy batch", …
    --seed S            other programs; the same seed draws the same

The exit code is 1 where there is a disagreement, and each is printed as a program to paste.
"""

import argparse
import gc
import sys
import time
from collections.abc import Sequence

from .search import MODELS, PROGRAMS, Report, search


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser("python -m autodiff.testing.routes", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--programs", type=int, default=None, metavar="N")
    parser.add_argument("--routes", type=lambda text: text.split(","), default=None)
    parser.add_argument("--models", action="store_true")
    chosen = parser.parse_args(arguments)
    progress = Progress(chosen.seconds)
    kind = MODELS if chosen.models else PROGRAMS
    report = search(chosen.seconds, chosen.seed, chosen.routes, chosen.programs, kind, progress)
    print(f"\n{report}")
    return 1 if report.findings else 0


class Progress:
    """Each finding at once; and a line about how far it is, every few seconds, where someone may be looking."""

    def __init__(self, seconds: float, every: float = 2.0) -> None:
        self.seconds, self.every, self.last, self.printed = seconds, every, time.monotonic(), 0

    def __call__(self, report: Report) -> None:
        for finding in report.findings[self.printed :]:
            print(f"\n{'-' * 80}\n{finding}", flush=True)
        self.printed = len(report.findings)
        if time.monotonic() - self.last > self.every:
            self.last = time.monotonic()
            found, end = f"{report.programs} programs, {len(report.findings)} found", "\n\r"[sys.stderr.isatty()]
            print(f"{report.seconds:.0f} of {self.seconds:.0f} s, {found}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    gc.set_threshold(200_000)  # each program is let go as a whole; looking for cycles took a sixth of the time
    sys.exit(main())
