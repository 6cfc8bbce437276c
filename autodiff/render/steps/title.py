"""What a log is about, in one line: "y = tanh(w * x + b)", or the name alone where the formula is long."""

from ...stepping.log import Log
from ...stepping.wording import name
from ..formula.formulas import Formula

LONGEST, MOST_NODES = 70, 60  # characters of a title, and nodes of a graph whose formula may be so short


def title_of(log: Log) -> str:
    """The name of the root, and its formula where that fits into a line.

    >>> from autodiff import Value
    >>> from autodiff.stepping import snapshot
    >>> a, b = Value(2.0, name="a"), Value(3.0, name="b")
    >>> y = a * b + b
    >>> title_of(Log(snapshot(y, {y: "y"})))
    'y = a * b + b'
    """
    graph, label = log.graph, name(log.graph.root.label)
    if not graph.root.parents or not 1 < len(graph.values) <= MOST_NODES:
        return label
    root = len(graph.nodes) - 1
    named = {v: graph.nodes[i].label for v, i in graph.values.items() if not v.parents or i == root}
    text = Formula(list(graph.values)[-1], named).text.replace("\n", "; ")
    return text if len(text) <= LONGEST and text.isprintable() else label
