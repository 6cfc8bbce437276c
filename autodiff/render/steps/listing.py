"""The steps of a log as lines of text: for terminals, pipes, logs and screen readers; one line is made at a time.

>>> from autodiff import Value
>>> from autodiff.stepping import Log, snapshot
>>> x = Value(3.0, name="x")
>>> for line in text_lines(Log(snapshot(x * x)), watched=[0]):
...     print(line)
Steps of v1 = x * x, of 2 nodes
forward pass
  0  x is 3.
       | x = 3
  1  v1 = x * x = 3 * 3 = 9.
       | x = 3
gradients, from back to front
  2  v1's gradient is 1: d v1 / d v1 = 1.
       | x = 3
  3  v1 sends 1 × 3 = 3 to x; the gradient of x is now 3, 1 of 2 arrived: 3 + ?.
       | x = 3, gradient 3 (1 of 2 arrived: 3 + ?)
  4  v1 sends 1 × 3 = 3 to x; the gradient of x is now 6, 2 of 2 arrived: 3 + 3.
       | x = 3, gradient 6 (2 of 2 arrived: 3 + 3)
Gradients: x 6
"""

from collections.abc import Iterator, Sequence

from ...stepping.cursor import Cursor
from ...stepping.judging import beside, verdict
from ...stepping.log import Log
from ...stepping.training import STAGES
from ...stepping.wording import name, short
from .title import title_of

MOST_GRADIENTS = 20


def text_lines(log: Log, watched: Sequence[int] = ()) -> Iterator[str]:
    """A title, each step under the heading of its stage, and the gradients of the leaves."""
    cursor = Cursor(log)
    cursor.watch(*watched)
    width = len(str(len(log) - 1)) + 2
    stage = line = ""
    yield f"Steps of {title_of(log)}, of {len(log.graph.nodes):,} nodes"
    for step in log:
        if step.phase != stage:
            stage = step.phase
            yield STAGES[stage]
        place = f"  [{step.source}]" if step.source and str(step.source) != line else ""
        line = str(step.source or "")
        yield f"{step.index:{width}}  {step}{place}"
        if watched:
            cursor.index = step.index
            yield from (" " * (width + 4) + f"| {report}" for report in cursor.report().splitlines())
    yield from ending(log)


def ending(log: Log) -> Iterator[str]:
    """What the pass comes to: the gradients of the leaves; and of a wrong order, what it did, beside the right one."""
    leaves = [node for node in log.graph.nodes if node.operation == "input"]
    gradients = [(name(leaf.label), log.gradient(leaf.number)) for leaf in leaves[:MOST_GRADIENTS]]
    shown = [f"{label} {'0 (nothing arrives)' if x is None else short(x)}" for label, x in gradients]
    more = f", and {len(leaves) - MOST_GRADIENTS:,} more" if len(leaves) > MOST_GRADIENTS else ""
    yield f"Gradients: {', '.join(shown)}{more}"
    if log.order != "topological":
        yield from _beside(log)
        yield verdict(log)


def _beside(log: Log) -> Iterator[str]:
    """The contributions of a wrong order next to those of the right one, as long as that can be read."""
    rows = beside(log)
    width = max([len(log.order), *(len(mine) for mine, _ in rows)])
    if rows:
        yield f"  {log.order:{width}}  topological"
    for mine, its in rows:
        yield f"  {mine:{width}}  {its}".rstrip()
