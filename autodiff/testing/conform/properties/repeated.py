"""The same value on both sides of an operation: one edge or two, and what is left if one is lost."""

from collections.abc import Iterator

from ....ops import ADD, MUL, TABLE
from ...derive.answers import is_close, right
from ...draw.edge_cases import at_kink
from ...draw.straight_line import Program, Step
from ..examiner import Exam
from ..findings import LOST, Finding

# What is left of the gradients of `a + a`, and how often the first and the last operand's are in it
KEPT = {
    "only the gradient of its last operand: gradients are kept by operand (in a dict), or `=` overwrites one": (0, 1),
    "only the gradient of its first operand: operands are kept in a set, or one that is there is left out": (1, 0),
    "the gradient of its last operand twice: gradients are looked up by operand (in a dict)": (0, 2),
    "the gradient of its first operand twice: gradients are looked up by operand": (2, 0),
}


def repeated(exam: Exam) -> Iterator[Finding]:
    """The same value on both sides of an operation gets both gradients."""
    both = exam.among([op for op in TABLE if _takes_two(op)], "operation on two values")
    found = [(op, *each) for op in both if op in exam.sound for each in [_lost(exam, op)] if each]
    ties = [each for each in found if not TABLE[each[0]].ulps]  # it only chooses
    others = [each for each in found if each not in ties]
    if others:
        op, given, program = next((each for each in others if each[0] == ADD), others[0])
        yield exam.finding(_why_lost(others, given, program), program, LOST, op=op if len(others) == 1 else "")
        exam.wrong |= {each[0] for each in others} if len(others) > 1 or others[0][0] in (ADD, MUL) else set()
    for op, given, program in ties:
        credit = "twice" if given == 2 else "to nobody" if given == 0 else f"{given:g} times"
        written = program.last_expression()
        sentence = f"`{written}` has the derivative {given!r}, and should have 1: a tie is credited {credit}"
        yield exam.finding(sentence, program, LOST, op=op)


def _takes_two(op: str) -> bool:
    """Whether an operation has a gradient for each of two operands, also where they are equal."""
    row = TABLE[op]
    return row.arity == 2 and all(row.slopes) and (not row.ulps or not at_kink(row, (1.5, 1.5)))


def _lost(exam: Exam, op: str) -> tuple[float, Program] | None:
    """What `a op a` gives, if that is wrong."""
    program = Program((1.5,), (Step(op, (0, 0)),))
    answer, wanted = exam.ask(program), right(program).gradient[0]
    if answer.error is not None or is_close(answer.gradient[0], wanted):
        return None
    if wanted == 0 and abs(answer.gradient[0]) < 1e-15:
        return None
    exam.confirm(program, answer)
    return answer.gradient[0], program


def _why_lost(found: list[tuple[str, float, Program]], given: float, program: Program) -> str:
    """Which of the two gradients are left: the last, the first, or one of them twice."""
    pairs = {op: right(Program((1.5, 1.5), (Step(op, (0, 1)),))).gradient for op, _, _ in found}
    written = program.last_expression()
    for what, (first, last) in KEPT.items():
        if all(is_close(value, first * pairs[op][0] + last * pairs[op][1]) for op, value, _ in found):
            return f"`{written}` keeps {what}"
    return f"`{written}` loses one gradient: a gets {given!r} instead of {right(program).gradient[0]!r}"
