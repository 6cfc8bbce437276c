"""Find the operation that made the first nan or inf, forward or backward.

>>> from autodiff import Value, log
>>> with detect_anomaly():
...     log(Value(-1.0, name="x"))  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
autodiff.errors.AnomalyError: log made nan from x = -1.0, at <doctest ...
"""

import linecache
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite, isnan

from .errors import AnomalyError, shown
from .frames import calling_line
from .value import Value
from .hooks import Watcher


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """While active, the first operation or backward pass of this thread that makes a nan or inf raises `AnomalyError`.

    The message names the operation, its inputs and the source line that ran it. A nan or inf that was there before,
    in an input, raises nothing as it passes forward. A backward pass that raises leaves the leaves as they were. The
    nodes made are remembered, with their lines, until a backward pass has gone well.

    >>> from autodiff import Value, sqrt
    >>> x = Value(0.0, name="x")
    >>> with detect_anomaly():
    ...     sqrt(x).backward()
    Traceback (most recent call last):
        ...
    autodiff.errors.AnomalyError: backward: (sqrt) = 0.0, made at ... sends inf to its input 1, x = 0.0: ...
    """
    with _Anomaly():
        yield


def user_line() -> str:
    """The line outside this package that is running: "demo.py:12, `y = log(x)`"."""
    filename, line = calling_line()
    code = linecache.getline(filename, line).strip()
    return f"{filename}:{line}" + (f", `{code}`" if code else "")


def describe(node: Value) -> str:
    """A node as a message names it: "x = 2.0", or "(mul) = 6.0"."""
    name = node.name or ("constant" if node.op == "constant" else f"({node.op})")
    return f"{name if name.isprintable() and len(name) < 60 else shown(name)} = {node._data!r}"


class _Anomaly(Watcher):
    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[Value, str] = {}

    def made(self, node: Value) -> None:
        self.lines[node] = user_line()
        y, inputs = node._data, [parent._data for parent in node.parents]
        if isfinite(y) or any(isnan(x) for x in inputs) or not (isnan(y) or all(map(isfinite, inputs))):
            return
        raise AnomalyError(f"{node.op} made {node._data} from {self._inputs(node)}, at {self.lines[node]}")

    def flowed(self, order: Sequence[Value]) -> None:
        sums = dict.fromkeys(order[-1:], 0.0)  # of the nodes that something reaches: no other node sends anything
        for node in reversed(order):
            if node not in sums:
                continue
            if not isfinite(node.grad):
                raise AnomalyError(f"backward: the gradient of {self._made(node)} adds up to {node.grad}")
            for index, (parent, slope) in enumerate(zip(node.parents, node.slopes, strict=True)):
                if slope is None:
                    continue
                sent = slope * node.grad
                if not isfinite(sent):
                    raise AnomalyError(
                        f"backward: {self._made(node)} sends {sent} to its input {index + 1}, "
                        f"{describe(parent)}: local derivative {slope} times gradient {node.grad}; "
                        f"inputs: {self._inputs(node)}"
                    )
                sums[parent] = sums.get(parent, 0.0) + sent
        for leaf, found in sums.items():
            if not isfinite(found):
                raise AnomalyError(f"backward: the gradient of {describe(leaf)} adds up to {found}")
        self.lines.clear()

    def _made(self, node: Value) -> str:
        return f"{describe(node)}, made at {self.lines.get(node, 'a line that ran before detect_anomaly()')},"

    def _inputs(self, node: Value) -> str:
        return ", ".join(map(describe, node.parents[:8])) + (", …" if len(node.parents) > 8 else "")
