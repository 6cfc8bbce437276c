"""What a wrong order of the backward pass did to the gradients, in words and beside the right one.

>>> from autodiff import Value
>>> from autodiff.stepping import snapshot
>>> a = Value(3.0, name="a"); b = a + a; c = b + b
>>> print(verdict(Log(snapshot(c, {b: "b", c: "c"}), "depth-first")))
Depth-first order is wrong here: at step 5 it reads the gradient of b when 1 of 2 contributions have arrived.
  the gradient of a: 6, and should be 4
>>> print(verdict(Log(snapshot(c), "breadth-first")))
Breadth-first order gives the right gradients here: no gradient was read before its sum was complete.
>>> beside(Log(snapshot(c, {b: "b", c: "c"}), "breadth-first"))
[('  c → b: 1', '  c → b: 1'), ('  c → b: 2', '  c → b: 2'), ('  b → a: 2', '  b → a: 2'), ('  b → a: 4', '  b → a: 4')]
"""

from itertools import zip_longest

from ..kernels import equal
from .log import Log
from .step import Step
from .wording import name, short

MOST_BESIDE = 40  # contributions: beyond them two columns cannot be read side by side


def verdict(log: Log) -> str:
    """What a wrong order did to the gradients: who was read too early, and which gradients came out wrong."""
    leaves = [log.graph.nodes[i] for i in sorted(astray(log)) if not log.graph.nodes[i].parents]
    wrong = [(name(leaf.label), *both(log, leaf.number)) for leaf in leaves]
    return "\n".join([headline(log), *(f"  the gradient of {x}: {got}, and should be {due}" for x, got, due in wrong)])


def differing(log: Log) -> set[int]:
    """The nodes whose gradients are not those of the right order, to the last bit."""
    return {i for i in range(len(log.graph.nodes)) if not equal(log.gradient(i), log.right.gradient(i))}


def astray(log: Log) -> set[int]:
    """The nodes whose gradients came out wrong: where nothing was read too early, a difference is one of rounding."""
    return set() if log.first_premature is None else differing(log)


def both(log: Log, number: int) -> tuple[str, str]:
    """A gradient in this order and in the right one: short where that tells them apart or they are the same."""
    got, due = log.gradient(number), log.right.gradient(number)
    alike = short(got) == short(due) and not equal(got, due)
    return (repr(got), repr(due)) if alike else (short(got), short(due))


def headline(log: Log) -> str:
    """The verdict in a sentence or two: whether gradients came out wrong, and which was read too early."""
    title, early, wrong = log.order.capitalize(), log.first_premature, differing(log)
    if early is None:
        rounds = "adds the same contributions in another order here, and rounds in another way"
        does = rounds if wrong else "gives the right gradients here"
        return f"{title} order {does}: no gradient was read before its sum was complete."
    read = f"it reads the gradient of {name(log[early].label)} when {log.read_when(early)} contributions have arrived"
    ends = "" if wrong else "\nthe gradients come out right all the same."
    return f"{title} order is wrong here: at step {early} {read}.{ends}"


def beside(log: Log) -> list[tuple[str, str]]:
    """The contributions of a wrong order, "!" before those sent too early, next to those of the right one."""
    mine, its = ([_find_sent(step) for step in one.backward if step.kind == "contribution"] for one in (log, log.right))
    return [] if max(len(mine), len(its)) > MOST_BESIDE else list(zip_longest(mine, its, fillvalue=""))


def _find_sent(step: Step) -> str:
    early = "!" if step.premature else " "
    return f"{early} {name(step.label)} → {name(step.parent_label or '')}: {short(step.gradient_after)}"


def unlike(log: Log, x: int, due: float | None) -> str:
    """Why the gradient of this log is another than the `due` one: its order, or what the node held; "" where it is not.

    >>> from autodiff import Value
    >>> from autodiff.stepping import snapshot
    >>> a = Value(3.0, name="a"); b = a + a
    >>> unlike(Log(snapshot(b + b), "depth-first"), 0, due=4.0)
    'The gradient of a is 6 = 1 + 1 + 2 + 2 in depth-first order. The right one:'
    """
    got, label = log.gradient(x), name(log.graph.nodes[x].label)
    if equal(got, due) or short(got) == short(due):
        return ""
    _, last = log.state(x, len(log) - 1)
    numbers = f"The gradient of {label} is {short(got)}" + (f" = {last.sum}" if last and "+" in last.sum else "")
    if not equal(got, log.right.gradient(x)):
        return f"{numbers} in {log.order} order. The right one:"
    return f"{numbers}, with the {short(log.graph.held[x])} that it held before. What this pass adds:"
