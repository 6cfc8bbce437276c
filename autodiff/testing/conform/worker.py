"""The process in which an engine under examination runs: limited, alone, and expected to die.

`grade` starts it as `python -P -m autodiff.testing.conform.worker options.json`, where the options say which engine,
which limits, and where to write what is being examined and the report. It splits in two: the one half examines, the
other watches it and ends whatever it has started. The engine's own output goes nowhere.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..engines.adapter import Adapter
from .conformance import result_of
from .examiner import Exam, described
from ..engines.detect import adapter_for
from .properties import PROPERTIES
from .report import as_json
from .results import Conformance
from .watch import PROCESSES, too_much, watched

SPARE = 2**16  # MB of addresses


class CannotRun(Exception):
    """The engine cannot be examined at all; the message says why."""


def main(options: dict[str, Any]) -> None:
    """Examine the engine under its limits, end what it has started, and write how it ended."""
    for module in ("hypothesis", "mpmath", "autodiff.testing.draw.strategies", "autodiff.testing.check.tolerance"):
        if find_spec(module):
            import_module(module)  # now, while no file of the engine's can stand in the way
    ended = watched(lambda: examine(options), options["seconds"], options["memory"])
    Path(options["ended"]).write_text(json.dumps(ended._asdict()), encoding="utf8")
    os._exit(0)


def examine(options: dict[str, Any]) -> None:
    """The half that runs the engine; it writes a report, if it lives so long, and never returns."""
    limit(options["memory"], options["seconds"])
    try:
        outcome = examined(options)
    except CannotRun as error:
        outcome = json.dumps({"cannot": str(error)})
    except MemoryError:
        outcome = json.dumps({"cannot": too_much(options["memory"])})
    except SystemExit as error:
        outcome = json.dumps({"cannot": f"it calls sys.exit({error.code!r})"})
    except KeyboardInterrupt:
        outcome = json.dumps({"cannot": "it raises KeyboardInterrupt"})
    Path(options["report"]).write_text(outcome, encoding="utf8")
    os._exit(0)  # threads and exit handlers of the engine have no say any more


def limit(memory: int, seconds: float) -> None:
    """Bound address space (MB), processor time and the size of files, for good: hard limits cannot be raised again.

    Some packages reserve far more addresses than they use, so where what is used can be watched they get some to spare.
    """
    bytes_of_memory = (memory + (SPARE if PROCESSES.is_dir() else 0)) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (bytes_of_memory, bytes_of_memory))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**24, 2**24))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def examined(options: dict[str, Any]) -> str:
    """The report on the engine as JSON; says before each property that it comes next."""
    progress = Path(options["progress"])
    progress.write_text("import", encoding="utf8")
    engine = found(Path(options["path"]), options["name"])
    exam = Exam(engine, options["examples"], options["seed"])
    results = []
    for each in PROPERTIES:
        progress.write_text(each.name, encoding="utf8")
        results.append(result_of(exam, each, engine.known))
    return as_json(Conformance(options["target"], results))


def found(path: Path, name: str) -> Adapter:
    """The adapter of the class, or the adapter itself, of that name in a file."""
    try:
        module = imported(path)
    except (CannotRun, MemoryError):
        raise
    except Exception as error:
        raise CannotRun(f"{path.name} cannot be imported: {described(error)}") from None
    thing = getattr(module, name, None)
    if thing is None:
        classes = [key for key, value in vars(module).items() if isinstance(value, type)]
        raise CannotRun(f"{path.name} has no {name}; its classes are {', '.join(classes) or 'none'}")
    try:
        return adapter_for(thing)
    except ValueError as error:
        raise CannotRun(str(error)) from None


def imported(path: Path) -> Any:
    """The module in a file, under its full name if the file belongs to a package."""
    folder, names = path.parent, [path.stem]
    while (folder / "__init__.py").exists():
        folder, names = folder.parent, [folder.name, *names]
    sys.path.insert(0, str(folder))
    unusable = [name for name in names if "." in name]
    if unusable:
        raise CannotRun(f"{unusable[0]!r} has a dot in its name, and so is no module: rename it")
    if len(names) == 1 and names[0] in sys.modules:  # such as a file named random.py
        raise CannotRun(f"{path.name} bears the name of a module that is already in use: rename it")
    return import_module(".".join(names))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf8")))
