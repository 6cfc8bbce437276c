"""What a log is about, in one line: "y = tanh(w * x + b)", or the name alone where the formula is long."""

from collections import Counter

from ...copying import _restored
from ...stepping.log import Log
from ...stepping.wording import name
from ...value import Value
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
    >>> c = a * b
    >>> title_of(Log(snapshot(c * c, {c: "c"})))
    'c = a * b; v3 = c * c'
    """
    graph, label = log.graph, name(log.graph.root.label)
    if not graph.root.parents or len(graph.nodes) > MOST_NODES:
        return label
    values = list[Value]()
    for node in graph.nodes:  # a log that was read from a file has no Values, and none is made known to watchers here
        parents = tuple(values[i] for i in node.parents)
        values.append(_restored((node.data, 0.0, node.operation, node.slopes, None), parents))
    uses = Counter(parent for node in graph.nodes for parent in node.parents)  # what is used again has its own line
    named = {
        value: node.label
        for value, node in zip(values, graph.nodes)
        if not node.parents or node is graph.root or uses[node.number] > 1
    }
    text = Formula(values[-1], named).text.replace("\n", "; ")
    return text if len(text) <= LONGEST and text.isprintable() else label


def formula_of(log: Log) -> str:
    """What a title says beyond the name of the root: " = w * x", or of several lines ": v1 = w * x; y = v1 + v1".

    So does what stands after the name of a wrong order.

    >>> from autodiff import Value
    >>> from autodiff.stepping import snapshot
    >>> a = Value(2.0, name="a")
    >>> b = a + a
    >>> formula_of(Log(snapshot(b * b, {b: "b"}))), formula_of(Log(snapshot(a))), formula_of(Log(snapshot(b), "depth-first"))
    (': b = a + a; v2 = b * b', '', ': v1 = a + a')
    """  # noqa: E501
    title, label = title_of(log), name(log.graph.root.label)
    begins = title.startswith(f"{label} = ") and log.order == "topological"
    return title.removeprefix(label) if begins or title == label else f": {title}"
