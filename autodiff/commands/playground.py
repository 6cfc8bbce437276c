"""`autodiff playground`: write the page on which programs run in Python, in the browser."""

from __future__ import annotations

import argparse
from typing import Any

from .subject import tell


def add_parser(commands: Any) -> None:
    """Add `playground` to the commands of a parser."""
    made = commands.add_parser(
        "playground", help="write a page that runs programs in the browser, with nothing to install",
        description="Write a folder of static files: a page that steps through, draws, explains, trains and grades "
                    "programs in the browser, without a connection after the first visit.",
        epilog="To try it: python3 -m http.server --directory site, and open localhost:8000. What it is made of comes "
               "from npm and the Python package index on the first run, in pinned versions, and is kept in "
               "$AUTODIFF_CACHE or ~/.cache/autodiff.",
    )  # fmt: skip
    made.add_argument("--out", metavar="FOLDER", required=True, help="where to write it")
    made.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write the folder, and say where it is."""
    from ..playground.packages import cache_folder
    from ..playground.site import build

    tell(build(options.out, cache_folder()) / "index.html")
