"""Small exercises in backpropagation, as many as one likes: the same ones for the same seed, a little harder each level.

    1   one operation                     2   two in a row: the chain rule
    3   a value used twice: contributions add up
    4   a function on the way             5   all of it, with an operation that may block

>>> first = next(exercises(seed=1, level=3))
>>> print(first.text, first.values)
a * a + b {'a': -3, 'b': -2}
>>> print(first.question.text)
v1 sends a contribution to a. v1's gradient is 1; the local derivative d v1 / d a is a; so far the gradient of a is -3 (1 of 2 arrived). What is the gradient of a after this step?
"""  # noqa: E501

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from ...errors import ArgumentError, shown
from ...expression import parse
from ...stepping.log import Log
from ...stepping.quiz import Question, question
from ...stepping.snapshot import snapshot

LEVELS = {
    1: ("a + b", "a - b", "a * b"),
    2: ("(a + b) * c", "a * b - c", "(a - b) * c", "a * (b + c)", "(a * b) ** 2", "a * b * c"),
    3: ("a * b + a", "a * a + b", "(a + b) * a", "(a - b) * (a + b)", "a * a * b", "a * b - a * c"),
    4: ("relu(a * b) + a", "(a * b + c) ** 2", "a / b + a", "maximum(a, b) * a", "(a - b) ** 2 / c", "abs(a) * b + a"),
    5: ("relu(a * b + c) * a + b", "maximum(a * b, c) * a", "(relu(a) - b) ** 2 + a", "(a * b + c) ** 2 + a * c",
        "relu(a - b) * relu(b - a) + a", "minimum(a, b) * c + a * b"),
}  # fmt: skip
NUMBERS = (-4, -3, -2, -1, 2, 3, 4, 5)


class Exercise(NamedTuple):
    """An expression, the values of its names, the steps of its passes, and the step that is asked for."""

    level: int
    text: str
    values: dict[str, int]
    log: Log
    question: Question


def exercises(seed: int, level: int | None = None) -> Iterator[Exercise]:
    """Exercises without end: of one level, or of each in turn."""
    if level is not None and level not in LEVELS:
        raise ArgumentError(f"expected a level from 1 to {len(LEVELS)}, got {shown(level)}")
    random, number = Random(seed), 0
    while True:
        yield exercise(random, level or 1 + number % len(LEVELS))
        number += 1


def exercise(random: Random, level: int) -> Exercise:
    """One exercise; of the steps of its backward pass, one at which most can go wrong."""
    text = random.choice(LEVELS[level])
    names = [x for x in "abc" if x in text.replace("abs", "")]
    log = None
    while log is None or any(str(node.data) == "-0.0" for node in log.graph.nodes):  # true, and beside the point here
        values = dict(zip(names, random.sample(NUMBERS, 3), strict=False))
        y = parse(text, **values)
        log = Log(snapshot(y, {y: "y"}))
    asked = [found for step in log.backward[1:] if (found := question(log, step.index))]
    most = max(len(found.wrong) for found in asked)
    return Exercise(level, text, values, log, random.choice([found for found in asked if len(found.wrong) >= most - 1]))
