"""The event log of a backward pass: every step of backpropagation as a record, in the order in which it happens.

    snapshot     a graph of Values as plain records, so that a log stays what it was when the program goes on
    passes       what a forward and a backward pass compute, step by step
    log          the steps of a forward and a backward pass over a snapshot: lazy, a sequence of frozen `Step` records
    cursor       a place in a log that moves: next, back, to, until, and watches
    lines        the lines of the caller's program that made its Values
    traversals   wrong orders, which read a gradient before its sum is complete; judging says what they did
    explanation  why a gradient is what it is: its paths, what blocks it, where it became nan
    training     one step of training: forward, error, gradients, update

Nothing here touches the graph: gradients that a program holds stay as they are.

>>> from autodiff import Value
>>> a = Value(3.0, name="a")
>>> for step in Log(snapshot(a * a)).backward:
...     print(step)
v1's gradient is 1: d v1 / d v1 = 1.
v1 sends 1 × 3 = 3 to a; the gradient of a is now 3, 1 of 2 arrived: 3 + ?.
v1 sends 1 × 3 = 3 to a; the gradient of a is now 6, 2 of 2 arrived: 3 + 3.
"""

from .cursor import Cursor
from .explanation import Explanation, explain
from .log import Log
from .lines import recording
from .snapshot import Node, Source, snapshot
from .step import Equation, Step

__all__ = [
    "Cursor",
    "Equation",
    "Explanation",
    "Log",
    "Node",
    "Source",
    "Step",
    "explain",
    "recording",
    "snapshot",
]
