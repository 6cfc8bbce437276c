"""Depth, work and repeatability."""

import random
from collections.abc import Iterator
from types import FrameType

from ....ops import ADD, MUL
from ..calls import run_watched
from ...derive.answers import Answer
from ..examiner import Exam, Skipped
from ..findings import Finding
from ...draw.straight_line import Program, Step


def depth(exam: Exam) -> Iterator[Finding]:
    """A chain of many operations runs at the default recursion limit."""
    _, plus = exam.need_pair()
    lengths = (2_000, 20_000) if exam.engine.objects else (2_000,)  # most recursions end before the first

    def runs(length: int) -> Answer:
        return exam.ask(Program((1.5,), tuple(Step(plus, (place, 1.0)) for place in range(length))))

    low, high, failure = 1, 1, ""
    for length in lengths:
        low, high, failure = high, length, runs(length).error or ""
        if failure:
            break
    if not failure:
        return
    if failure.startswith("TimeoutError"):
        yield Finding(f"a chain of {high} operations takes too long: visit each node once")
        return
    while high - low > max(1, low // 100):
        middle = (low + high) // 2
        low, high = (middle, high) if runs(middle).error is None else (low, middle)
    cause = "recursion depth" if failure.startswith("RecursionError") else f"backward does not work ({failure})"
    yield Finding(f"{cause} at {high} nodes: walk the graph with a list, not by recursion")


def sharing(exam: Exam) -> Iterator[Finding]:
    """Work grows with the number of nodes, not with the number of paths."""
    exam.need_values()
    _, plus = exam.need_pair()

    def calls(levels: int) -> int:
        """How many calls a pass makes: unlike time, the same on every machine, and every time."""
        pool = exam.engine.run(Program((1.0,), tuple(Step(plus, (place, place)) for place in range(levels))))
        made = 0

        def count(frame: FrameType, event: str, argument: object) -> None:
            nonlocal made
            made += event in ("call", "c_call")

        run_watched(lambda: exam.engine.backward(pool[-1]), count)
        return made

    exam.asked += 1
    for levels in (8, 12, 16):
        few, many = calls(levels - 4), calls(levels)
        if many > 6 * few and many > 1000:
            exam.exponential = True
            ratio = f"{levels} of them take {many / few:.0f} times as many calls as {levels - 4}"
            yield Finding(f"time doubles with every `x = x + x` ({ratio}): visit each node once, not once per path")
            return


def repeatable(exam: Exam) -> Iterator[Finding]:
    """The same program gives the same bits every time."""
    exam.need(ADD, MUL)
    if exam.exponential:
        raise Skipped("waits until shared nodes take no longer than others")
    chance = random.Random(exam.seed)
    for program in [_of_many_sums(chance) for _ in range(5)]:
        answers = set()
        for _ in range(12):
            crumbs = [exam.engine.make(0.5) for _ in range(100)]
            chance.shuffle(crumbs)
            del crumbs[::2]  # the next values lie where these were, in an order by chance
            answer = exam.ask(program)
            if answer.error is not None:
                return
            answers.add((answer.value, *answer.gradient))
        if len(answers) > 1:
            cause = "parents are kept in a set, ordered by where they lie in memory"
            yield Finding(f"last bits differ between runs: {cause}")
            return


def _of_many_sums(chance: random.Random) -> Program:
    """A program whose nodes are used three times and more: the order in which gradients come shows in their sums."""
    steps = [Step(MUL, (chance.randrange(4 + n), chance.uniform(-1, 1))) for n in range(12)]
    for place in range(16, 48):
        operands = chance.randrange(place - 12, place), chance.randrange(place - 12, place)
        steps.append(Step(ADD if place % 3 else MUL, operands))
    steps += [Step(ADD, (place - 1, chance.randrange(16, place))) for place in range(48, 64)]
    return Program(tuple(chance.uniform(0.5, 1.5) for _ in range(4)), tuple(steps))
