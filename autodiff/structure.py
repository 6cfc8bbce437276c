"""Arguments as structures: lists, tuples, dicts and NumPy arrays at any depth, to their leaves and back.

>>> leaves, shape = flatten({"w": [1.0, 2.0], "b": (3.0,)})
>>> leaves, shape.unflatten([10.0, 20.0, 30.0])
([1.0, 2.0, 3.0], {'w': [10.0, 20.0], 'b': (30.0,)})
"""

import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

from .errors import ArgumentError, shown

DEEPEST = 100  # a list may stand in a list so many times: one that contains itself has no end


class Shape:
    """What a structure is without its leaves: how many there are, and how to put others in their places."""

    def __init__(self, size: int, build: Callable[[Iterator[Any]], Any], kind: Hashable = None,
                 branches: tuple["Shape", ...] = ()) -> None:  # fmt: skip
        """Two of one kind, of equal branches, are equal."""
        self.size, self.build, self.kind, self.branches = size, build, kind, branches
        self._hash = hash((kind, branches))

    def __eq__(self, other: object) -> bool:
        if self is other or not isinstance(other, Shape) or self._hash != other._hash:
            return self is other
        return self.kind == other.kind and self.branches == other.branches

    def __hash__(self) -> int:
        return self._hash

    @property
    def is_list(self) -> bool:
        """Whether it is a list of leaves alone."""
        return self.kind is list and all(branch is LEAF for branch in self.branches)

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """The structure with these leaves, in order; an array of floats, or of objects where one is a Value.

        >>> flatten([1.0, [2.0]])[1].unflatten("ab")
        ['a', ['b']]
        """
        return self.build(iter(leaves))


LEAF = Shape(1, next)
Flat = tuple[list[Any], Shape]
Leaf = Callable[[Any], Flat] | None


def flatten(tree: Any, leaf: Leaf = None, depth: int = 0) -> Flat:
    """The leaves of a structure in order, and its shape; whatever is no list, tuple, dict or array is a leaf.

    `leaf` may say otherwise of what is no list, tuple or dict.

    >>> flatten((1.0, {"b": 2.0}))[0]
    [1.0, 2.0]
    """
    if depth > DEEPEST:
        raise ArgumentError(f"expected lists nested at most {DEEPEST} deep, got {shown(tree)}")
    if isinstance(tree, dict):
        keys, (leaves, shapes) = tuple(tree), _branches(tree.values(), leaf, depth)
        return leaves, Shape(len(leaves), lambda each: dict(zip(keys, _build(shapes, each))), keys, shapes)
    if isinstance(tree, list | tuple):
        leaves, shapes = _branches(tree, leaf, depth)
        kind: Any = type(tree) if hasattr(tree, "_make") else tuple if isinstance(tree, tuple) else list
        make = getattr(kind, "_make", kind)
        return leaves, Shape(len(leaves), lambda each: make(_build(shapes, each)), kind, shapes)
    if leaf is not None:
        return leaf(tree)
    return (tree.ravel().tolist(), array_shape(tree.shape)) if is_array(tree) else ([tree], LEAF)


def leaves_like(tree: Any, model: Any) -> list[Any]:
    """The leaves of a structure in the order of those of a model, whose dicts may have their keys in another order.

    >>> leaves_like({"b": 2.0, "a": 1.0}, {"a": 10.0, "b": 20.0})
    [1.0, 2.0]
    """
    return flatten(_arrange(_alone(tree), _alone(model)))[0]


def _alone(x: Any) -> Any:
    return x[0] if isinstance(x, tuple) and len(x) == 1 else x


def _arrange(tree: Any, model: Any, depth: int = 0) -> Any:
    if isinstance(tree, dict):
        if not isinstance(model, dict) or tree.keys() != model.keys():
            raise ArgumentError(f"expected the structure of {shown(model)}, got {shown(tree)}")
        return {key: _arrange(tree[key], model[key], depth + 1) for key in model}
    if isinstance(tree, list | tuple) and depth <= DEEPEST:  # `flatten` refuses what is deeper
        models = model if isinstance(model, list | tuple) and len(model) == len(tree) else [model] * len(tree)
        return [_arrange(branch, each, depth + 1) for branch, each in zip(tree, models)]
    return tree


def array_shape(sizes: tuple[int, ...]) -> Shape:
    """The shape of an array, whose leaves are its elements; of leaves with an entry per row, an array of all rows."""
    count = prod(sizes)
    return Shape(count, lambda each: _array([next(each) for _ in range(count)], sizes), ("array", sizes))


def paths(name: str, tree: Any) -> list[str]:
    """What each leaf of a structure is called, in order.

    >>> paths("p", {"w": [1.0, 2.0], "b": 3.0})
    ["p['w'][0]", "p['w'][1]", "p['b']"]
    """
    if isinstance(tree, dict):
        return [path for key, branch in tree.items() for path in paths(f"{name}[{key!r}]", branch)]
    if isinstance(tree, list | tuple):
        return [path for index, branch in enumerate(tree) for path in paths(f"{name}[{index}]", branch)]
    if is_array(tree):
        axes = [range(size) for size in tree.shape]
        return [f"{name}[{', '.join(map(str, place))}]" for place in product(*axes)]
    return [name]


def is_array(x: object) -> bool:
    """Whether x is a NumPy array with axes."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(x, numpy.ndarray) and x.ndim > 0


def _branches(trees: Iterable[Any], leaf: Leaf, depth: int) -> tuple[list[Any], tuple[Shape, ...]]:
    found = [flatten(branch, leaf, depth + 1) for branch in trees]
    return [leaf for leaves, _ in found for leaf in leaves], tuple(shape for _, shape in found)


def _build(shapes: Sequence[Shape], leaves: Iterator[Any]) -> list[Any]:
    return [shape.build(leaves) for shape in shapes]


def _array(leaves: list[Any], sizes: tuple[int, ...]) -> Any:
    if leaves and hasattr(leaves[0], "ndim") and leaves[0].ndim:
        space = leaves[0].__array_namespace__()
        stacked = space.stack(leaves, axis=-1)
        return stacked if len(sizes) == 1 else space.reshape(stacked, (-1, *sizes))
    import numpy  # loaded already: an array came

    result = numpy.empty(len(leaves), dtype=float if all(type(x) is float for x in leaves) else object)
    result[:] = leaves
    return result.reshape(sizes)
