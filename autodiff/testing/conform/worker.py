"""The process in which an engine under examination runs: limited, alone, and expected to die.

`grade` starts it as `python -P -m autodiff.testing.conform.worker options.json`, where the options say which engine,
which limits, and where to write what is being examined and the report. It splits in two: the one half examines, the
other watches it and ends whatever it has started. The engine's own output goes nowhere.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..engines.adapter import Adapter
from ..engines.detect import adapter_for
from .conformance import NEEDED, result_of
from .examiner import Exam
from .loading import CannotRun, load_file, refuse_exit
from .patience import TooLong, at_most, limit_calls, tell_end
from .properties import PROPERTIES
from .report import as_json
from .results import Conformance, Result
from .watch import DONE, PROCESSES, too_much, watch_process

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

UNFINISHED = "was not reached"
SPARE = 2**16  # MB of addresses


def main(options: dict[str, Any]) -> None:
    """Examine the engine under its limits, end what it has started, and write how it ended."""
    for module in ("hypothesis", "mpmath", "autodiff.testing.draw.strategies", "autodiff.testing.check.tolerance"):
        if find_spec(module):
            import_module(module)  # now, while no file of the engine's can stand in the way
    if hasattr(os, "fork"):
        ended = watch_process(lambda: examine(options), options["seconds"], options["memory"])
        Path(options["ended"]).write_text(json.dumps(ended._asdict()), encoding="utf8")
    else:  # nothing watches it: whoever started this process ends it when its time is up
        examine(options)
    os._exit(0)


def examine(options: dict[str, Any]) -> None:
    """The half that runs the engine; it writes a report, if it lives so long, and never returns."""
    limit(options["memory"], options["seconds"])
    try:
        examine_all(options)
    except CannotRun as error:
        refuse(options, str(error))
    except MemoryError:
        refuse(options, too_much(options["memory"]))
    except (SystemExit, KeyboardInterrupt) as error:
        refuse(options, tell_end(error))
    if not hasattr(os, "fork"):
        Path(options["ended"]).write_text(json.dumps({"status": 0, "limit": ""}), encoding="utf8")
    os._exit(0)  # threads and exit handlers of the engine have no say any more


def refuse(options: dict[str, Any], reason: str) -> None:
    """Report that the engine cannot be run, and why."""
    put(options["report"], json.dumps({"cannot": reason}))


def put(file: str, text: str) -> None:
    """Put a text in its file at once, so that half of one is never read."""
    place = Path(file)
    part = place.with_suffix(".part")
    part.write_text(text, encoding="utf8")
    part.replace(place)


def limit(memory: int, seconds: float) -> None:
    """Bound address space (MB), processor time and the size of files, for good: hard limits cannot be raised again.

    Some packages reserve far more addresses than they use, so where what is used can be watched they get some to spare.
    """
    if resource is None:
        return
    bytes_of_memory = (memory + (SPARE if PROCESSES.is_dir() else 0)) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (bytes_of_memory, bytes_of_memory))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**24, 2**24))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def examine_all(options: dict[str, Any]) -> None:
    """Examine property after property; before each say that it comes next, after each write what was found so far."""
    put(options["progress"], "import")
    sys.path.append(options["beside"])
    engine, notes = find_adapter(Path(options["path"]), options["name"], options["seconds"] / 3, options["definitions"])
    exam = Exam(engine, options["examples"], options["seed"])
    names = options["properties"]
    chosen = [each for each in PROPERTIES if not names or each.name in names or each.name in NEEDED]
    results = [Result(each.name, each.says, skipped=UNFINISHED) for each in chosen]
    for place, each in enumerate(chosen):
        put(options["progress"], each.name)
        with refuse_exit():
            results[place] = result_of(exam, each, engine.known)
            built_on = exam.built_on  # which runs the engine as well
        asked = [result for result in results if not names or result.name in names]
        put(options["report"], as_json(Conformance(options["target"], asked, built_on, [*notes, *engine.notes])))
    put(options["progress"], DONE)


def find_adapter(path: Path, name: str, seconds: float, definitions: bool) -> tuple[Adapter, list[str]]:
    """The adapter of the class, or the adapter itself, of that name in a file, and notes on how it was loaded."""
    module, notes = load_file(path, name, seconds, definitions)
    thing = getattr(module, name, None)
    if thing is None:
        classes = [key for key, value in vars(module).items() if isinstance(value, type)]
        raise CannotRun(f"{path.name} has no {name}; its classes are {', '.join(classes) or 'none'}")
    try:
        with at_most(seconds):
            engine = adapter_for(thing)
    except ValueError as error:
        raise CannotRun(str(error)) from None
    except TooLong:
        raise CannotRun(f"{name}(2.0) does not come to its end") from None
    limit_calls(engine, seconds / 4)
    return engine, notes


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf8")))
