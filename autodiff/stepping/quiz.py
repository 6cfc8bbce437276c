"""Predict, then reveal: the question that a step answers, and what each known misconception would have answered.

>>> from autodiff import Value
>>> from autodiff.stepping import Log, snapshot
>>> a, b = Value(2.0, name="a"), Value(-3.0, name="b")
>>> asked = question(Log(snapshot(a * b + a)), 7)
>>> print(asked.text)
v2 sends a contribution to a. v2's gradient is 1; the local derivative d v2 / d a is b; so far the gradient of a is 1 (1 of 2 arrived). What is the gradient of a after this step?
>>> judge(asked, "-2")
(True, 'Right: -2.')
>>> judge(asked, "-3")
(False, 'Not quite: that is the last contribution alone; a gradient is the sum of all contributions. It is -2.')
"""  # noqa: E501

from math import isfinite
from typing import NamedTuple

from ..kernels import equal
from ..ops import ADD, MUL
from .log import Log
from .step import Step
from .wording import name, or_zero, short

CLOSE = 0.005  # relative: three digits are enough of an answer
UNREAD = "Please write a number, such as 0.25, -3 or 1/3."  # and nothing is counted or told

MISCONCEPTIONS = {
    "last": "that is the last contribution alone; a gradient is the sum of all contributions",
    "no upstream": "that takes the local derivative alone; it has to be multiplied by the upstream gradient",
    "no slope": "that takes the upstream gradient alone; it has to be multiplied by the local derivative",
    "sum": "that adds the upstream gradient and the local derivative; the chain rule multiplies them",
    "sign": "that has a sign the wrong way round",
    "own value": "that multiplies by the operand's own value; the local derivative of a product is the other factor",
    "unfinished": "that is the sum before this step; the new contribution has to be added",
    "through": "that is what would flow if the operation had selected this operand; it did not, so nothing flows",
    "constant": "nothing flows to an operand that the operation takes as a constant",
    "added": "that adds the operands; this operation multiplies them",
    "multiplied": "that multiplies the operands; this operation adds them",
    "uphill": "that moves uphill; gradient descent subtracts",
    "no rate": "that forgets the learning rate",
    "zero": "the gradient of a result with respect to itself is not 0: it moves exactly as it moves, so it is 1",
}


HINTS = {  # for each kind of step
    "operation": "Put the numbers into the formula, and work from the innermost brackets outwards.",
    "seed": "How far does a result move when it moves by one?",
    "contribution": "A contribution is the upstream gradient times the local derivative; add it to what has arrived.",
    "blocked": "Would the result change if this operand moved a little? What was not selected has no say.",
    "detached": "The operation treats this operand as a constant.",
    "update": "Downhill: from the parameter subtract the learning rate times its gradient.",
}


class Question(NamedTuple):
    """What a step will show, asked before it does: `wrong` has the answer of each misconception, where it differs."""

    step: int
    text: str
    answer: float
    wrong: tuple[tuple[str, float], ...]


def question(log: Log, index: int) -> Question | None:
    """The question that a step answers; None where there is nothing to predict: a number that the user gave."""
    step = log[index]
    if step.kind == "input":
        return None
    text, answer, wrong = _ASK[step.kind](log, step)
    distinct = {key: x for key, x in wrong.items() if not is_close(x, answer)}
    return Question(index, text, answer, tuple(distinct.items()))


def judge(asked: Question, text: str, hint: str = "") -> tuple[bool, str]:
    """Whether an answer is right, and a sentence that says so, or which misconception it comes from.

    With a hint, a wrong answer may be tried again: the hint is told in place of the right answer.
    """
    given = read_number(text)
    if given is None:
        return False, UNREAD
    if is_close(given, asked.answer):
        return True, f"Right: {short(asked.answer)}."
    causes = [MISCONCEPTIONS[key] for key, x in asked.wrong if is_close(given, x)]
    reason = "; or ".join(causes[:2]) or f"no common slip gives {short(given)}"
    return False, f"Not quite: {reason}. " + (f"Try again. {hint}" if hint else f"It is {short(asked.answer)}.")


def read_number(text: str) -> float | None:
    """A number as people write it: "-3", "1e-3", "1/3", "−2"; None for anything else."""
    top, slash, bottom = text.strip().replace("−", "-").replace(",", ".").partition("/")
    try:
        return float(top) / float(bottom) if slash else float(top)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


def is_close(x: float, y: float) -> bool:
    """Whether two answers are the same to three digits."""
    if not isfinite(x) or not isfinite(y):
        return equal(x, y)
    return abs(x - y) <= CLOSE * abs(y)


Asked = tuple[str, float, dict[str, float]]


def _ask_operation(log: Log, step: Step) -> Asked:
    node = log.graph.nodes[step.node]
    data = [log.graph.nodes[number].data for number in node.parents]
    wrong = {"sign": -node.data}
    if len(data) == 2 and step.operation in (MUL, ADD):
        both = {MUL: ("added", data[0] + data[1]), ADD: ("multiplied", data[0] * data[1])}
        wrong |= dict([both[step.operation]])
    return f"{name(step.label)} = {step.rule} = {step.substituted}. What is it?", node.data, wrong


def _ask_seed(log: Log, step: Step) -> Asked:
    after, root = or_zero(step.gradient_after), log.graph.root
    return (
        f"The backward pass begins. What is the gradient of {name(root.label)} with respect to itself?",
        after,
        {"zero": 0.0},
    )


def _ask_contribution(log: Log, step: Step) -> Asked:
    before, upstream, slope = map(or_zero, (step.gradient_before, step.upstream, step.slope))
    contribution, answer = or_zero(step.contribution), or_zero(step.gradient_after)
    node, parent = name(step.label), name(step.parent_label or "")
    own = log.graph.nodes[step.target].data
    so_far = f"nothing has reached {parent} yet"
    if step.gradient_before is not None:
        so_far = f"so far the gradient of {parent} is {short(before)} ({step.arrived - 1} of {step.expected} arrived)"
    text = (
        f"{node} sends a contribution to {parent}. {node}'s gradient is {short(upstream)}; "
        f"the local derivative d {node} / d {parent} is {step.rule}; {so_far}. "
        f"What is the gradient of {parent} after this step?"
    )
    wrong = {
        "no upstream": before + slope,
        "no slope": before + upstream,
        "sum": before + upstream + slope,
        "sign": before - contribution,
    }
    if len(log.graph.nodes[step.node].parents) > 1:
        wrong["own value"] = before + upstream * own
    if step.gradient_before is not None:
        wrong = {"last": contribution, "unfinished": before} | wrong
    return text, answer, wrong


def _ask_blocked(log: Log, step: Step) -> Asked:
    node, parent = name(step.label), name(step.parent_label or "")
    text = (
        f"{node} = {step.operation}(…) has the gradient {short(step.upstream)}, and {parent} is "
        f"{short(log.graph.nodes[step.target].data)}. What does {node} send to {parent}? (Nothing counts as 0.)"
    )
    return text, 0.0, {"through" if step.kind == "blocked" else "constant": or_zero(step.upstream)}


def _ask_update(log: Log, step: Step) -> Asked:
    gradient, data = or_zero(step.gradient_after), log.graph.nodes[step.node].data
    rate = log.training.rate if log.training else 0.0
    label = name(step.label)
    given = f"{label} is {short(data)}, its gradient {short(gradient)}, the learning rate {short(rate)}"
    text = f"{given}. What is {label} after the update?"
    return text, or_zero(step.result), {"uphill": data + rate * gradient, "no rate": data - gradient}


_ASK = {
    "operation": _ask_operation,
    "seed": _ask_seed,
    "contribution": _ask_contribution,
    "blocked": _ask_blocked,
    "detached": _ask_blocked,
    "update": _ask_update,
}
