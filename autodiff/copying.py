"""Copies and pickles of a graph, however deep: a working graph of its own, made without recursion.

>>> import copy
>>> from autodiff import Value
>>> x = Value(3.0, name="x")
>>> copy.deepcopy(x * x).parents
(Value(data=3.0, grad=0.0, name='x'), Value(data=3.0, grad=0.0, name='x'))
"""

from _thread import get_ident
from typing import Any

from .generated import GENERATED
from .graph import topological_order


class Copyable:
    """What a Value inherits its copying from."""

    __slots__ = ()

    def __copy__(self: Any) -> Any:
        return _restored(_state(self), self.parents)

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:
        for node in topological_order(self):
            if id(node) not in memo:
                memo[id(node)] = _restored(_state(node), tuple(memo[id(parent)] for parent in node.parents))
        return memo[id(self)]

    def __reduce__(self: Any) -> Any:
        """A graph pickles as the list of its nodes, each after its parents, so that nothing recurses."""
        if not self.parents or get_ident() in _pickling:
            return _restored, (_state(self), self.parents)
        return _last, (topological_order(self), _Pickling())


def _state(node: Any) -> tuple[Any, ...]:
    return node.data, node._grad, node.op, node.slopes, node._name


def _restored(state: tuple[Any, ...], parents: tuple[Any, ...]) -> Any:
    node = GENERATED["new"](GENERATED["Value"])
    node.parents = parents
    node._data, node._grad, node.op, node.slopes, node._name = state
    return node


_pickling: set[int] = set()  # the threads in which a pickle is being given the nodes of a graph one by one


class _Pickling:
    """Stands behind the nodes of a graph in a pickle, and ends their being pickled one by one when its turn comes."""

    def __init__(self) -> None:
        self.thread = get_ident()
        _pickling.add(self.thread)

    def __reduce__(self) -> Any:
        _pickling.discard(self.thread)
        return tuple, ()

    def __del__(self) -> None:  # also where the pickling failed on the way
        _pickling.discard(self.thread)


def _last(nodes: list[Any], end: object) -> Any:
    return nodes[-1]
