"""Run Python where the packages that this repository needs are installed.

    python3 bootstrap.py -m mypy              runs mypy there; any other arguments of Python will do as well
    bootstrap.run(["-m", "pytest"], EXTRAS)   the same from Python: this is what `python3 tests` does

"There" is the Python that runs this file if it has the packages, else `.venv` in the repository, which is made when it
is missing or broken and reused afterwards. Nothing is ever installed anywhere else. Standard library only, and in the
syntax of Python 3.6, so that an old Python answers with a sentence and not with a SyntaxError.
"""

import configparser
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, NoReturn, Optional, Sequence, Set

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "autodiff-installed.json"    # written last, so that it vouches for a finished installation
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)
EXTRAS = ["test", "render", "cli", "plot", "testing"]
CI_EXTRAS = [*EXTRAS, "engines", "jax", "bench"]    # gigabytes, so that no test is skipped for want of a package
HELP = {"apt-get": "apt-get install python3-venv", "dnf": "dnf install python3-pip", "apk": "apk add py3-pip",
        "brew": "brew install uv", "winget": "winget install astral-sh.uv"}

# What to import, where it is not the name of the package.
MODULES = {"scikit-learn": "sklearn", "ipython": "IPython", "markdown-it-py": "markdown_it"}

Command = List[str]
Way = NamedTuple("Way", [("name", str), ("exists", bool), ("create", Command), ("install", Command)])


def run(arguments: Sequence[str], extras: Sequence[str]) -> int:
    """Run Python with these arguments, in the repository, with the extras installed; return its exit status."""
    try:
        python = find_python(extras)
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(paths))
        return subprocess.call([python, *arguments], cwd=str(ROOT), env=environment)
    except KeyboardInterrupt:
        return 130


def find_python(extras: Sequence[str]) -> str:
    """Return the Python that has the extras: this one, or that of .venv, which is made or completed if need be."""
    require_version(sys.version_info[:2])
    if has_modules(*map(import_name, requirements(extras))):
        return sys.executable    # with whatever engine was built there: nothing is installed in another's environment
    if not (set(extras) <= stamped_extras() and venv_runs()):
        prepare(sorted(stamped_extras().union(extras)))
    return str(PYTHON)


def require_version(version: Sequence[int]) -> None:
    if tuple(version) < OLDEST:
        stop("autodiff needs Python 3.11 or newer, and this is Python {}.{} ({}): "
             "run the same command with a newer one, such as `python3.11`.".format(*version, sys.executable))


def requirements(extras: Sequence[str]) -> List[str]:
    """Return the requirement lines of setup.cfg: those of the package itself, then those of the extras."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(str(ROOT / "setup.cfg"), encoding="utf-8")
    texts = [config["options"]["install_requires"], *(config["options.extras_require"][extra] for extra in extras)]
    return [line for text in texts for line in text.split("\n") if line]


def import_name(requirement: str) -> str:
    package = re.split(r"[^\w.-]", requirement)[0]
    return MODULES.get(package, package.replace("-", "_"))


def has_modules(*names: str) -> bool:
    return all(importlib.util.find_spec(name) is not None for name in names)


def fingerprint() -> str:
    """Return a digest that changes when .venv has to: with requirements, C, a compiler that came, and the folder."""
    compiler = shutil.which(os.environ.get("CC") or "cc") or ""
    parts = [path.read_bytes() for path in installed_from()] + [str(ROOT).encode(), compiler.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def installed_from() -> List[Path]:
    """Return the files that an installation is made from: what says how, and the C with what writes the rest of it."""
    settings = [ROOT / name for name in ("setup.cfg", "pyproject.toml", "setup.py") if (ROOT / name).exists()]
    package = ROOT / "autodiff"
    written = [path for path in package.glob("native/*.[ch]") if path.stem != "ops"]
    writers = [package / name for name in ("clike.py", "native/generate.py", "ops.py", "stable.py")]
    return settings + sorted(path for path in written + writers if path.exists())


def stamped_extras() -> Set[str]:
    """Return the extras that .venv has for the present setup.cfg: none without a whole and current stamp."""
    try:
        stamp = json.loads(STAMP.read_text())
        return set(stamp["extras"]) if stamp["fingerprint"] == fingerprint() else set()
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def venv_runs() -> bool:
    return failure_of([str(PYTHON), "-c", "import sys; sys.exit(sys.version_info < {})".format(OLDEST)]) is None


def ways() -> List[Way]:
    """Return the ways to make .venv that exist here, the best first."""
    here, there = sys.executable, str(PYTHON)
    make = [here, "-m", "venv", "--clear", str(VENV)]
    known = [
        Way("uv", shutil.which("uv") is not None,
            ["uv", "venv", "--python", here, str(VENV)], ["uv", "pip", "install", "--python", there]),
        Way("venv", has_modules("venv", "ensurepip"),
            make, [there, "-m", "pip", "install"]),
        Way("venv and the host's pip", has_modules("venv", "pip") and not has_modules("ensurepip"),
            [*make, "--without-pip"], [here, "-m", "pip", "--python", there, "install"]),
    ]
    return [way for way in known if way.exists]


def prepare(extras: Sequence[str]) -> None:
    """Make or complete .venv by the first way that works; stop, saying why, if none does."""
    if STAMP.exists():
        STAMP.unlink()
    if not ways():
        stop("Expected uv, or Python's venv with ensurepip or pip, to make {}, and found none of them: "
             "run `{}`, then the same command again.".format(VENV, helpful_command()))
    for way in ways():
        say("Preparing {} by {}, with {} (once; a minute or two).".format(VENV, way.name, ", ".join(extras)))
        failure = failure_by(way, extras)
        if failure is None:
            STAMP.write_text(json.dumps({"fingerprint": fingerprint(), "extras": extras}))
            say(engine())
            return
        say("Could not prepare {} by {}. Its last lines:\n{}".format(VENV, way.name, failure))
    raise SystemExit(1)


def engine() -> str:
    """Return the sentence that says which engine the installation has."""
    if failure_of([str(PYTHON), "-c", "import autodiff._native"]) is None:
        return "The engine in C was built."
    return ("The engine in C was not built, so Python's runs: all works, and is slower. "
            "With a C compiler on the path the next run builds it.")


def failure_by(way: Way, extras: Sequence[str]) -> Optional[str]:
    """Create .venv unless it is whole, install into it, and return the last lines of what failed, if anything did."""
    is_whole = venv_runs() and failure_of([*way.install, "--help"]) is None
    failure = None if is_whole else failure_of(way.create)
    return failure or failure_of([*way.install, "--quiet", "--editable", ".[{}]".format(",".join(extras))])


def failure_of(command: Command) -> Optional[str]:
    """Run a command quietly; return None, or the last lines that it printed before it failed."""
    try:
        done = subprocess.run(command, cwd=str(ROOT), env=quiet_environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    except OSError as error:
        return str(error)
    last_lines = "\n".join(done.stdout.strip().split("\n")[-15:])
    return None if done.returncode == 0 else last_lines or "{} ended with {}".format(command[0], done.returncode)


def quiet_environment() -> Dict[str, str]:
    """Return what keeps installers from asking the user, installing into the home folder, or sparing a broken .venv."""
    return dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PIP_USER="0", UV_VENV_CLEAR="1")


def helpful_command() -> str:
    return next((HELP[tool] for tool in HELP if shutil.which(tool)), "python3 -m ensurepip --user")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def stop(text: str, status: int = 2) -> NoReturn:
    say(text)
    raise SystemExit(status)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], EXTRAS))
