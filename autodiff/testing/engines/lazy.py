"""Engines that compute nothing until they are told to: `y = a * b` is a plan, and `y.forward()` gives it its number."""

from __future__ import annotations

import inspect
from operator import methodcaller

from ...ops import ADD, MUL
from ..draw.straight_line import Program, Step
from .adapter import Adapter
from .attributes import attempt

FORWARD = ("forward", "evaluate", "compute", "eval", "calculate", "run_forward")


def prepare_lazy(engine: Adapter, Value: type) -> None:
    """Let an engine that computes only when told be told, after each program and before each backward pass."""
    op = next((op for op in (MUL, ADD) if op in engine.operations), None)
    if op is None or _number(engine, op) == _wanted(op):
        return
    for name in FORWARD:
        if callable(inspect.getattr_static(Value, name, None)):
            usual, engine.settle = engine.settle, methodcaller(name)
            if _number(engine, op) == _wanted(op):
                _tell_before_backward(engine, name)
                return
            engine.settle = usual


def _tell_before_backward(engine: Adapter, name: str) -> None:
    settle, backward, spelling = engine.settle, engine.backward, engine.spelling
    engine.backward = lambda value: (settle(value), backward(value))[1]
    engine.spelling = spelling._replace(backward=f"{{0}}.{name}()\n{spelling.backward.format('{0}')}")


def _wanted(op: str) -> float:
    return 6.0 if op == MUL else 5.0


def _number(engine: Adapter, op: str) -> float | None:
    number: float | None = attempt(lambda: engine.data(engine.run(Program((2.0, 3.0), (Step(op, (0, 1)),)))[-1]))
    return number
