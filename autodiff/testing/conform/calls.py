"""Which operations of an engine are built on which others: `a - b` as `a + (-b)`.

Found by watching the calls that an operation makes while it runs; a fault below is then told once.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from types import CodeType, FrameType, FunctionType
from typing import Any

from ..draw.straight_line import Program, Step
from ..engines.adapter import OPERATORS, Adapter
from .forms import forms, ordinary_points


def calls_between(engine: Adapter, operations: Sequence[str]) -> dict[str, set[str]]:
    """For each operation those that it calls, and those whose backward pass its own runs with more beside it."""
    codes, passes = _codes(engine, operations), _passes(engine, operations)
    found = {op: set().union(*(_call(engine, op, codes, index) for index in range(3))) - {op} for op in operations}
    above = {op: {each for each in operations if op in found[each] or passes[op] < passes[each]} for op in operations}
    for op in operations:
        others = [passes[each] for each in operations if each not in above[op] | {op}]
        if passes[op].difference(*others):  # it has a function of its own, which only what is built on it runs
            for each in above[op]:
                found[each].add(op)
    return found


def _passes(engine: Adapter, operations: Sequence[str]) -> dict[str, set[CodeType]]:
    """The engine's functions that run while an operation is differentiated, but for those that run for an input."""
    try:
        files, alone = files_of(engine.make(0.75)), set[CodeType]()
    except Exception:
        return {op: set() for op in operations}

    def run_pass(build: Callable[[], Any]) -> set[CodeType]:
        try:
            output = build()
        except Exception:
            return set()  # it has no such form
        codes, _ = record_calls(lambda: engine.backward(output))
        return {code for code in codes if code.co_filename in files} - alone

    alone |= run_pass(lambda: engine.make(0.75))
    programs = {op: list(forms(op, ordinary_points(op)[0])) for op in operations}
    return {op: set().union(*(run_pass(lambda: engine.run(each)[-1]) for each in programs[op])) for op in operations}


def files_of(value: Any) -> set[str]:
    """The files of an engine: that of the class, and those of its package."""
    own = type(value).__module__
    package = own.rpartition(".")[0]
    names = [name for name in sys.modules if name == own or package and name.startswith(f"{package}.")]
    return {getattr(sys.modules[name], "__file__", None) or "" for name in names}


def _codes(engine: Adapter, operations: Sequence[str]) -> dict[CodeType, str]:
    """The code of each operation, if it has its own: what a decorator makes of many functions is that of none."""
    try:
        cls = type(engine.make(0.75))
    except Exception:
        return {}
    found: dict[CodeType, str] = {}
    users = Counter(each.__code__ for each in {*_functions(cls), *_functions(sys.modules.get(cls.__module__))})
    for op in operations:
        word = OPERATORS[op].__name__ if op in OPERATORS else engine.spelling.names.get(op, op)
        spellings = [f"__{word}__", f"__r{word}__"] if op in OPERATORS else [word]
        for function in [*(getattr(cls, name, None) for name in spellings), engine.operations[op]]:
            code = getattr(function, "__code__", None)
            if code is not None and users[code] < 2 and getattr(function, "__module__", None) == cls.__module__:
                found.setdefault(code, op)
    return found


def _functions(place: Any) -> list[FunctionType]:
    """The functions of a class or a module, those of static and class methods too."""
    found = [getattr(each, "__func__", each) for each in getattr(place, "__dict__", {}).values()]
    return [each for each in found if isinstance(each, FunctionType)]


def _call(engine: Adapter, op: str, codes: dict[CodeType, str], index: int) -> set[str]:
    programs = list(forms(op, ordinary_points(op)[0]))
    if index >= len(programs):
        return set()
    called, ended = record_calls(lambda: engine.run(programs[index]))
    return {codes[each] for each in called if each in codes} if ended else set()


def record_calls(run: Callable[[], Any]) -> tuple[set[CodeType], bool]:
    """Run a function; the code of every Python function that it calls, and whether it came to its end."""
    found: set[CodeType] = set()

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            found.add(frame.f_code)

    return found, run_watched(run, watch)


def walks(engine: Adapter, op: str) -> bool:
    """Whether a backward pass does more work in a longer graph, so that it comes past inner nodes at all."""
    work = []
    for length in (2, 22):
        pool = engine.run(Program((1.5,), tuple(Step(op, (place, 1.25)) for place in range(length))))
        lines = 0

        def count(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal lines
            lines += 1
            return count

        run_traced(partial(engine.backward, pool[-1]), count)
        work.append(lines)
    return work[1] > work[0] + 15


def run_traced(run: Callable[[], Any], trace: Callable[[FrameType, str, Any], Any]) -> None:
    """Run a function while every line is reported, as `sys.settrace` says; what it raises comes out."""
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)


def run_watched(run: Callable[[], Any], watch: Callable[[FrameType, str, Any], None]) -> bool:
    """Run a function while every call is reported; whether it came to its end."""
    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        run()
        return True
    except Exception:
        return False
    finally:
        sys.setprofile(before)
