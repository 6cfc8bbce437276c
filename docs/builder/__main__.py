"""The arguments of `python3 docs`."""

import argparse
import sys
from pathlib import Path

from .lesson import lessons, notebook_text
from .site import build

DOCS = Path(__file__).resolve().parent.parent


def main() -> int:
    """Build what the arguments ask for; return 1 if a link is dead."""
    parser = argparse.ArgumentParser(prog="python3 docs", description="Build the site of autodiff.")
    parser.add_argument("--out", type=Path, default=DOCS / "out", help="where to write it (docs/out)")
    parser.add_argument("--notebooks", type=Path, metavar="FOLDER", help="write the lessons as notebooks instead")
    options = parser.parse_args()
    if options.notebooks:
        options.notebooks.mkdir(parents=True, exist_ok=True)
        for lesson in lessons():
            (options.notebooks / f"{lesson.key}.ipynb").write_text(notebook_text(lesson), encoding="utf-8")
        return 0
    dead = build(options.out)
    print(options.out / "index.html")
    for sentence in dead:
        print(sentence, file=sys.stderr)
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
