"""Programs as JSON text, and back; nothing in a text is ever executed."""

import json
from typing import Any

from ...errors import ArgumentError, shown
from ...json_text import parse_json
from .check import check
from .program import Guard, Instruction, Program

WRITTEN = "expected JSON written by to_json"


def to_json(program: Program) -> str:
    """The program as JSON text; `from_json` makes it again.

    >>> program = Program((Instruction("constant", detail=float("inf")),), outputs=(0,))
    >>> from_json(to_json(program)) == program
    True
    """
    body = {
        "autodiff program": 1,
        "instructions": [_plain(tuple(each)) for each in program.instructions],
        "outputs": program.outputs,
        "guards": program.guards,
    }
    return json.dumps(body, allow_nan=False)


def from_json(text: str) -> Program:
    """The program that `to_json` wrote, checked; nothing in the text is ever executed.

    Raises ArgumentError if it is not a program.
    """
    body = parse_json(text, f"program: {WRITTEN}")
    try:
        if body["autodiff program"] != 1:
            raise ArgumentError(f"program: expected version 1, got {shown(body['autodiff program'])}")
        instructions = tuple(Instruction(*_tuples(each)) for each in body["instructions"])
        guards = tuple(Guard(*each) for each in body["guards"])
        return check(Program(instructions, tuple(body["outputs"]), guards))
    except ArgumentError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise ArgumentError(f"program: {WRITTEN}, got {shown(text)}: {error}") from None


def _plain(value: Any) -> Any:
    """Tuples as lists, and floats under a mark, since JSON has neither inf nor a difference between 1 and 1.0."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return {"float": repr(value)} if type(value) is float else value


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_tuples(each) for each in value)
    return float(value["float"]) if isinstance(value, dict) else value
