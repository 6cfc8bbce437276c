"""What a wrong order of the backward pass did to the gradients, in words.

>>> from autodiff import Value
>>> from autodiff.stepping import snapshot
>>> a = Value(3.0, name="a"); b = a + a; c = b + b
>>> print(verdict(Log(snapshot(c, {b: "b", c: "c"}), "depth-first")))
Depth-first order is wrong here: at step 5 it reads the gradient of b when 1 of 2 contributions have arrived.
  the gradient of a: 6, and should be 4
>>> print(verdict(Log(snapshot(c), "breadth-first")))
Breadth-first order gives the right gradients here: no gradient was read before its sum was complete.
"""

from .log import Log
from .wording import name, short


def verdict(log: Log) -> str:
    """What a wrong order did to the gradients: who was read too early, and which gradients came out wrong."""
    right = Log(log.graph, held=log.held)
    leaves = [
        (node, log.gradient(node.number), right.gradient(node.number)) for node in log.graph.nodes if not node.parents
    ]
    wrong = [
        f"  the gradient of {name(leaf.label)}: {short(got)}, and should be {short(due)}"
        for leaf, got, due in leaves
        if not same(got, due)
    ]
    title = log.order.capitalize()
    early = log.first_premature
    if early is None and not wrong:
        return f"{title} order gives the right gradients here: no gradient was read before its sum was complete."
    if early is None:
        return "\n".join([f"{title} order is wrong here.", *wrong])
    step = log[early]
    read = f"it reads the gradient of {name(step.label)} when {log.read_when(early)} contributions have arrived"
    ends = "\n".join(["", *wrong]) if wrong else "\nthe gradients come out right all the same."
    return f"{title} order is wrong here: at step {early} {read}.{ends}"


def same(x: float | None, y: float | None) -> bool:
    """Whether two gradients are the same number, or both nan, or both missing."""
    return x == y or (x is not None and y is not None and x != x and y != y)
