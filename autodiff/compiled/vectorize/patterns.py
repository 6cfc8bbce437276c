"""Patterns in lists of node numbers: rows that are alike, and sums of products that are one matrix product.

>>> grid(np.array([[1, 2], [1, 2], [3, 4], [3, 4]]), np.array([[5, 6], [7, 8], [5, 6], [7, 8]]))
Grid(left=array([[1, 2],
       [3, 4]]), right=array([[5, 6],
       [7, 8]]), letters=('a', 'b', 'ab'), order=array([0, 1, 2, 3]), shape=(2, 2))
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..ir.program import Shape
from ..ir.strides import Ints


class Grid(NamedTuple):
    """Sums of products as one contraction: its operands, the letters of their axes and the result's, and the result.

    The result has this shape; `order` says which of the sums is at each of its places.
    """

    left: Ints
    right: Ints
    letters: tuple[str, str, str]
    order: Ints
    shape: Shape


def grid(left: Ints, right: Ints) -> Grid:
    """The sums of products of two lists, row by row; if each distinct left meets each distinct right, a matrix product.

    An axis of size 1 is left out. The order is that of the rows, by right or by left, where they come in such order.
    """
    lefts, of_left = distinct(left)
    rights, of_right = distinct(right)
    count, rows, columns = len(left), len(lefts), len(rights)
    if rows * columns != count or len(np.unique(of_left * columns + of_right)) != count:
        return Grid(left, right, ("n", "n", "n"), np.arange(count), vector(count))
    by_left, by_right = np.lexsort((of_right, of_left)), np.lexsort((of_left, of_right))
    turned = bool(np.all(np.diff(by_right) > 0))
    a, b = "a" * (rows > 1), "b" * (columns > 1)
    letters, sizes = (a, b, b + a if turned else a + b), {"a": rows, "b": columns}
    shape = tuple(sizes[letter] for letter in letters[2])
    return Grid(left[lefts], right[rights], letters, by_right if turned else by_left, shape)


def vector(count: int) -> Shape:
    """The shape of so many nodes in a row; of one, that of a scalar."""
    return (count,) if count > 1 else ()


def alike(members: Ints, columns: Sequence[Ints]) -> list[Ints]:
    """The members in groups: those whose numbers agree in every column, in the order of their first member.

    >>> [group.tolist() for group in alike(np.array([3, 5, 6]), [np.array([1, 0, 1]), np.array([2, 2, 2])])]
    [[3, 6], [5]]
    """
    label = np.zeros(len(members), np.int64)
    for column in columns:
        column = column - column.min()
        label = np.unique(label * (int(column.max()) + 1) + column, return_inverse=True)[1]
    order = np.argsort(label, kind="stable")
    groups = np.split(members[order], np.flatnonzero(np.diff(label[order])) + 1)
    return sorted(groups, key=lambda group: int(group[0]))


def distinct(lists: Ints) -> tuple[Ints, Ints]:
    """The rows at which each distinct list stands first, in that order, and which of them each row is.

    >>> [found.tolist() for found in distinct(np.array([[7, 8], [1, 2], [7, 8]]))]
    [[0, 1], [0, 1, 0]]
    """
    if len(lists) == 1:
        return np.zeros(1, np.int64), np.zeros(1, np.int64)
    weights = np.random.default_rng(0).integers(1, 2**63, lists.shape[1], dtype=np.int64) | 1
    with np.errstate(over="ignore"):
        digests = (lists * weights).sum(axis=1)
    _, first, inverse = np.unique(digests, return_index=True, return_inverse=True)
    if not np.array_equal(lists[first][inverse], lists):  # two lists of one digest: compare them whole
        _, first, inverse = np.unique(lists, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return first[order], rank[inverse.ravel()]
