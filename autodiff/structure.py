"""Arguments as structures: lists, tuples, dicts and NumPy arrays at any depth, to their leaves and back.

>>> leaves, shape = flatten({"w": [1.0, 2.0], "b": (3.0,)})
>>> leaves, shape.unflatten([10.0, 20.0, 30.0])
([1.0, 2.0, 3.0], {'w': [10.0, 20.0], 'b': (30.0,)})
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from .errors import ArgumentError, shown

DEEPEST = 100  # a list may stand in a list so many times: one that contains itself has no end


class Shape:
    """What a structure is without its leaves: how many there are, and how to put others in their places."""

    def __init__(self, size: int, build: Callable[[Iterator[Any]], Any]) -> None:
        self.size, self.build = size, build

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """The structure with these leaves, in order; an array of floats, or of objects where one is a Value.

        >>> flatten([1.0, [2.0]])[1].unflatten("ab")
        ['a', ['b']]
        """
        return self.build(iter(leaves))


LEAF = Shape(1, next)


def flatten(tree: Any, depth: int = 0) -> tuple[list[Any], Shape]:
    """The leaves of a structure in order, and its shape; whatever is no list, tuple, dict or array is a leaf.

    >>> flatten((1.0, {"b": 2.0}))[0]
    [1.0, 2.0]
    """
    if depth > DEEPEST:
        raise ArgumentError(f"expected lists nested at most {DEEPEST} deep, got {shown(tree)}")
    if isinstance(tree, dict):
        keys, leaves, shapes = list(tree), *_branches(tree.values(), depth)
        return leaves, Shape(len(leaves), lambda each: {key: shape.build(each) for key, shape in zip(keys, shapes)})
    if isinstance(tree, list | tuple):
        leaves, shapes = _branches(tree, depth)
        make = tree._make if hasattr(tree, "_make") else tuple if isinstance(tree, tuple) else list
        return leaves, Shape(len(leaves), lambda each: make([shape.build(each) for shape in shapes]))
    if is_array(tree):
        sizes, flat = tree.shape, tree.ravel().tolist()
        return flat, Shape(len(flat), lambda each: _array([next(each) for _ in flat], sizes))
    return [tree], LEAF


def is_array(x: object) -> bool:
    """Whether x is a NumPy array with axes."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(x, numpy.ndarray) and x.ndim > 0


def _branches(trees: Iterable[Any], depth: int) -> tuple[list[Any], list[Shape]]:
    found = [flatten(branch, depth + 1) for branch in trees]
    return [leaf for leaves, _ in found for leaf in leaves], [shape for _, shape in found]


def _array(leaves: Sequence[Any], sizes: tuple[int, ...]) -> Any:
    import numpy  # loaded already: an array came

    result = numpy.empty(len(leaves), dtype=float if all(type(x) is float for x in leaves) else object)
    result[:] = leaves
    return result.reshape(sizes)
