"""Give what a piece of a program makes a name that drawings gather it under.

Inside `with scope("attention"):` each new operation is named by the scope, its operation and a number. A name with dots
is a path: "attention.exp1" stands in "attention", as the parameter "layers[0].neurons[3].w[1]" stands in neuron 3 of
layer 0. Outside, nothing is recorded and nothing costs anything.

>>> from autodiff import Value
>>> x = Value(1.0)
>>> with scope("attention"):
...     with scope("head[0]"):
...         y = x.exp()
...     z = y * y
>>> y.name, z.name
('attention.head[0].exp1', 'attention.mul1')
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import ArgumentError, shown
from .value import Value
from .hooks import listening, Watcher

STEP = r"[^\W\d]\w*(?:\[[\w' -]*\])*"  # a word and perhaps indices: "head", "layers[0]", "heads['left']"
PATH = re.compile(rf"{STEP}(?:\.{STEP})*")


@contextmanager
def scope(name: str) -> Iterator[None]:
    """While active, operations of this thread are named "name.operation1", and so on; scopes nest.

    Raises `ArgumentError` if the name is not a word or a path of words, such as "head" or "encoder.heads[0]".
    """
    if not isinstance(name, str) or not PATH.fullmatch(name):
        raise ArgumentError(f"scope: expected a word or a path such as 'encoder.heads[0]', got {shown(name)}")
    outer = [watcher.path for watcher in listening() if isinstance(watcher, _Scope)]
    with _Scope(".".join([*outer[-1:], name])):
        yield


class _Scope(Watcher):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.made_so_far: Counter[str] = Counter()

    def made(self, node: Value) -> None:
        self.made_so_far[node.op] += 1
        node.name = f"{self.path}.{node.op}{self.made_so_far[node.op]}"  # an inner scope is told last, and has its way
