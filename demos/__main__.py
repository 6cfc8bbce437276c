"""Run the demos: `python3 demos`, from any directory, in an environment that bootstrap.py finds or makes.

    python3 demos              the main job: chain_rule, then xor
    python3 demos NAME [...]   one demo; the arguments after its name are its own
    python3 demos --all        every demo, the main job first
    python3 demos --list       the names, each with what it shows

A demo is a file demos/NAME.py; what it alone needs stands in MORE. Pictures go to demos/out/.
"""

import ast
import difflib
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

import bootstrap

EXTRAS = ["render", "cli", "plot"]
MORE = {"digits": ["data"]}  # scikit-learn is large, and one demo's
MAIN_JOB = ["chain_rule", "xor"]


def main(arguments: list) -> int:
    """Do what the arguments say; return the exit status, which is that of the first demo that fails."""
    if not arguments:
        return run_each(MAIN_JOB)
    first, *rest = arguments
    if first in ("-h", "--help"):
        print(__doc__.strip())
    elif first == "--list":
        print(listing())
    elif first == "--all":
        return run_each(names())
    else:
        return run_demo(first, rest)
    return 0


def names() -> list:
    """Return the names of all demos: the main job, then the others by name."""
    found = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    return sorted(found, key=lambda name: MAIN_JOB.index(name) if name in MAIN_JOB else len(MAIN_JOB))


def listing() -> str:
    width = max(map(len, names()), default=0)
    return "\n".join("{}  {}".format(name.ljust(width), first_line(name)) for name in names())


def first_line(name: str) -> str:
    """Return the first line of a demo's docstring, read without running the demo."""
    source = (FOLDER / (name + ".py")).read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "(no docstring)").split("\n")[0]


def run_each(chosen: list) -> int:
    for name in chosen:
        status = run_demo(name, [])
        if status:
            return status
    return 0


def run_demo(name: str, arguments: list) -> int:
    if name not in names():
        print(unknown(name), file=sys.stderr)
        return 2
    return bootstrap.run([str(FOLDER / (name + ".py")), *arguments], EXTRAS + MORE.get(name, []))


def unknown(name: str) -> str:
    """Return the sentence for a name that no demo has, with the nearest name if one is near."""
    near = difflib.get_close_matches(name.replace("-", "_").lower(), names(), n=1)
    hint = "did you mean `python3 demos {}`? ".format(near[0]) if near else ""
    return "Expected the name of a demo, got {!r}: {}There are: {}.".format(name, hint, ", ".join(names()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
