"""Exercises asked in a terminal, or printed as a worksheet with its key.

>>> answers = iter(["-3", "6", ""])
>>> ask_on(1, level=3, count=2, read=lambda prompt: next(answers))
1. y = a * a + b, at a = -3, b = -2. The forward pass: v1 = a * a = 9; y = v1 + b = 7.
v1 sends a contribution to a. v1's gradient is 1; the local derivative d v1 / d a is a; so far the gradient of a is -3 (1 of 2 arrived). What is the gradient of a after this step?
Not quite: that is the last contribution alone; a gradient is the sum of all contributions; or that is the sum before this step; the new contribution has to be added. Try again. A contribution is the upstream gradient times the local derivative; add it to what has arrived.
Not quite: no common slip gives 6. It is -6.
<BLANKLINE>
2. y = (a - b) * (a + b), at a = 5, b = 3. The forward pass: v2 = a - b = 2; v3 = a + b = 8; y = v2 * v3 = 16.
v2 sends a contribution to a. v2's gradient is 8; the local derivative d v2 / d a is 1; so far the gradient of a is 2 (1 of 2 arrived). What is the gradient of a after this step?
0 of 1 right.
(0, 1)
"""  # noqa: E501

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from random import SystemRandom
from typing import Any

from ...files import write_whole
from ...stepping.narrate import describe_origin
from ...stepping.quiz import HINTS, UNREAD, judge, read_number
from ...stepping.wording import short
from .exercises import Exercise, exercises
from ..drawing import draw
from ..steps.html import assemble

FAREWELL = ("", "q", "quit", "exit")


def ask_on(
    seed: int | None = None,
    level: int | None = None,
    count: int | None = None,
    read: Callable[[str], str] | None = None,
    write: Callable[[str], Any] = print,
) -> tuple[int, int]:
    """Ask one exercise after the other, until the reader has had enough.

    Each may be tried twice, with a hint between. Returns how many were right, of how many.
    """
    right = total = 0
    for number, exercise in enumerate(islice(exercises(_seed(seed), level), count), 1):
        write(f"{number}. {tell_exercise(exercise)}")
        write(exercise.question.text)
        good = _try(exercise, read or input, write)
        if good is None:
            break
        right, total = right + good, total + 1
    write(f"{right} of {total} right.")
    return right, total


def _try(exercise: Exercise, read: Callable[[str], str], write: Callable[[str], Any]) -> bool | None:
    """Whether one of two tries is right; None where the reader has had enough."""
    for hint in (HINTS[exercise.log[exercise.question.step].kind], ""):
        text = _answer(read, write)
        if text is None:
            return None
        right, sentence = judge(exercise.question, text, hint)
        write(sentence if hint and not right else f"{sentence}\n")
        if right:
            return True
    return False


def _answer(read: Callable[[str], str], write: Callable[[str], Any]) -> str | None:
    """A number, as text, asked for until there is one; None where the reader has had enough."""
    while True:
        try:
            text = read("> ")
        except EOFError:
            write("")  # the line of the prompt has no end yet
            return None
        if text.strip().lower() in FAREWELL:
            return None
        if read_number(text) is not None:
            return text
        write(UNREAD)


def worksheet(
    path: str | os.PathLike[str],
    seed: int | None = None,
    level: int | None = None,
    count: int = 10,
    answers: bool = False,
) -> Path:
    """Write exercises as a page to print, from easy to hard, each with its points; with `answers`, its key too."""
    chosen_seed = _seed(seed)
    chosen = sorted(islice(exercises(chosen_seed, level), count), key=lambda exercise: exercise.level)
    data = {
        "seed": chosen_seed,
        "points": sum(exercise.level for exercise in chosen) + len(_blanks(chosen[-1])),
        "questions": [{"points": e.level, "given": tell_exercise(e), "text": e.question.text} for e in chosen],
        "answers": [_key(exercise) for exercise in chosen] if answers else [],
        "whole": _whole(chosen[-1], answers),
    }
    return write_whole(path, assemble("Backpropagation worksheet", "worksheet", ["worksheet.js"], json.dumps(data)))


def tell_exercise(exercise: Exercise) -> str:
    """What the reader is told: the expression, its values, and the forward pass."""
    values = ", ".join(f"{name} = {value}" for name, value in exercise.values.items())
    made = [
        f"{step.label} = {step.rule} = {short(step.result)}"
        for step in exercise.log.forward
        if step.kind == "operation"
    ]
    return f"y = {exercise.text}, at {values}. The forward pass: {'; '.join(made)}."


def _key(exercise: Exercise) -> dict[str, Any]:
    step = exercise.log[exercise.question.step]
    return {"answer": short(exercise.question.answer), "because": str(step)}


def _blanks(exercise: Exercise) -> list[tuple[str, str, str]]:
    """Of each node what it is, its value and its gradient: the operations, the last first, then the inputs."""
    log = exercise.log
    nodes = [node for node in log.graph.nodes if node.operation != "constant"]
    ordered = sorted(nodes, key=lambda node: (not node.parents, -node.number if node.parents else node.number))
    said = [" = ".join(dict.fromkeys([node.label, describe_origin(log, node)[0]])) for node in ordered]
    numbers = [(short(node.data), short(log.gradient(node.number) or 0.0)) for node in ordered]
    return [(what, *both) for what, both in zip(said, numbers, strict=True)]


def _whole(exercise: Exercise, answers: bool) -> dict[str, Any]:
    """A whole graph to fill in, forward and backward, with its picture, which has no numbers."""
    graph = exercise.log.graph
    names = {value: graph.nodes[number].label for value, number in graph.values.items() if not value.parents}
    root = list(graph.values)[-1]
    picture = draw(root, show=[], names={**names, root: "y"}).svg()
    values = ", ".join(f"{name} = {value}" for name, value in exercise.values.items())
    return {
        "given": f"y = {exercise.text}, at {values}.",
        "picture": "data:image/svg+xml;base64," + b64encode(picture.encode()).decode(),
        "nodes": [what for what, _, _ in _blanks(exercise)],
        "answers": [numbers for _, *numbers in _blanks(exercise)] if answers else [],
    }


def _seed(seed: int | None) -> int:
    return SystemRandom().randrange(10**6) if seed is None else seed
