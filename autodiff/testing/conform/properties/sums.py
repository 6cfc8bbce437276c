"""The chain rule over shared nodes: every path counts once, and no node is read before its sum is complete."""

from collections.abc import Iterator
from itertools import product

from ....ops import ADD
from ...derive.answers import Answer, is_close, right, agree
from ..examiner import TWICE, Exam, Skipped, Unsteady
from ..findings import ORDER, Finding
from ..locate import comes_about
from ...draw.straight_line import Program, Step
from .chain import ALL_FORGET, EARLY, OVERWRITES

AGAIN = "a node passes its gradient on again each time it is reached: visit each node once, in topological order"


def sums(exam: Exam) -> Iterator[Finding]:
    """Gradients over several paths add up, whatever the order in which the paths were written."""
    times, plus = exam.need_pair()
    if exam.confuses:
        raise Skipped("waits until two values with equal data are two")
    try:
        yield from _sums(exam, times, plus)
    except Unsteady:
        found = _by_order(exam, _long_way(plus))
        if found is None:
            raise
        yield found


def _sums(exam: Exam, times: str, plus: str) -> Iterator[Finding]:
    for program, sentence in _small(times, plus):
        answer = _ask_for_sum(exam, program) if exam.works(program) else None
        if answer is not None:
            reached = answer.error is not None or answer.gradient[0] != 0
            early = not reached or (sentence == OVERWRITES and comes_about(exam, program))
            yield exam.finding(_detail(EARLY if early else sentence, answer, right(program)), program, ORDER)
            return
    for program in shapes(plus) if exam.engine.objects else list(shapes(plus))[::8]:
        answer = _ask_for_sum(exam, program)
        if answer is not None:
            wanted = right(program)
            yield exam.finding(_detail(_judge(answer, wanted), answer, wanted), program.prune(), ORDER)
            return


def _by_order(exam: Exam, program: Program) -> Finding | None:
    """What is wrong with an order that changes: it is no topological one, if a program goes wrong however it falls."""
    try:
        answer = _ask_for_sum(exam, program)
    except Unsteady:
        return None
    if answer is None or answer.error is not None:
        return None
    exam.stopped = TWICE
    return exam.finding(_detail(EARLY, answer, right(program)), program, ORDER)


def _long_way(plus: str) -> Program:
    """A node near the output that also waits for what comes the long way round."""
    return Program((1.5,), tuple(Step(plus, places) for places in ((0, 0), (1, 1), (2, 2), (1, 3))))


def _ask_for_sum(exam: Exam, program: Program) -> Answer | None:
    """Ask for the gradients of a program; an answer only if it is wrong, and wrong again when it is confirmed."""
    answer = exam.ask(program)
    if agree(answer, right(program)):
        return None
    exam.confirm(program, answer)
    exam.unordered = True
    return answer


def _small(times: str, plus: str) -> Iterator[tuple[Program, str]]:
    """One program for each thing that can go wrong, the simplest first; no two of their numbers are equal."""
    twice, other = (Step(times, (0, 2.5)), Step(times, (0, 0.75)))
    yield Program((1.5,), (twice, Step(times, (1, 0.75)))), ALL_FORGET
    yield Program((1.5,), (twice, other, Step(plus, (1, 2)))), OVERWRITES
    yield Program((1.5,), (twice, other, Step(plus, (2, 1)))), OVERWRITES


def shapes(plus: str = ADD, steps: int = 4) -> Iterator[Program]:
    """Every program of one input and so many additions: all the ways in which nodes can share nodes."""
    for places in product(*[list(product(range(n + 1), repeat=2)) for n in range(steps)]):
        yield Program((1.5,), tuple(Step(plus, operands) for operands in places)).prune(inputs=False)


def _judge(answer: Answer, wanted: Answer) -> str:
    """All terms are positive, so a sum that is too small was read early, and one too large was counted again."""
    return AGAIN if answer.error is None and answer.gradient[0] > wanted.gradient[0] else EARLY


def _detail(sentence: str, answer: Answer, wanted: Answer) -> str:
    if answer.error is not None and answer.error.startswith("KeyError"):
        return f"{EARLY}, from the output on (it raises {answer.error})"
    if answer.error is not None:
        return f"a backward pass over a few operations does not work: {answer.error}"
    pairs = zip("abc", answer.gradient, wanted.gradient)
    letter, given, needed = next(pair for pair in pairs if not is_close(pair[1], pair[2]))
    return f"{sentence} ({letter} gets {given!r} instead of {needed!r})"
