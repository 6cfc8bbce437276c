"""Views and products as array code: slices and reshapes where the places allow it, `@` where the letters do.

>>> layout = Layout()
>>> layout.view("p", (12,), rows=False, start=0, strides=(4, 1), shape=(3, 3))
'p.reshape(3, 4)[:, :3]'
>>> layout.view("x", (4,), rows=True, start=3, strides=(), shape=())
'x[:, 3]'
>>> print(layout.product("x", "w", "rk,jk->rj"), layout.product("g", "x", "rj,rk->jk"), sep=", ")
x @ w.T, g.T @ x
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..ir.program import Shape
from ..ir.strides import Ints, c_strides
from .lines import Binary, Code


class Layout:
    """The code of arrays that have methods, as those of NumPy and JAX."""

    # ---- how it is spelled ----

    def method(self, name: str, text: str, rest: str) -> str:
        """A method of an array: sum, max or repeat."""
        return f"{text}.{name}({rest})"

    def reshape(self, text: str, sizes: Sequence[int]) -> str:
        whole = f"({text})" if " + " in text else text
        return f"{whole}.reshape({', '.join(map(str, sizes)) or '()'})"

    def array(self, items: str, places: bool = False) -> str:
        """An array of numbers, or of places."""
        return f"array({items})"

    def take(self, text: str, table: str, shape: Shape, rows: bool) -> str:
        """The elements of a vector, or of a vector in each row, at the places of a table of this shape."""
        return f"{text}[{':, ' * rows}{table}]"

    def full_like(self, like: str, number: str) -> str:
        """A number, or an array of one, everywhere."""
        return f"full_like({like}, {number})"

    def stack(self, texts: Sequence[str]) -> str:
        return f"stack([{', '.join(texts)}], axis=-1)"

    def tensordot(self, left: str, right: str, axes: tuple[list[int], list[int]]) -> str:
        return f"tensordot({left}, {right}, {axes})"

    def einsum(self, spec: str, left: str, right: str) -> str:
        return f"einsum({spec!r}, {left}, {right})"

    # ---- what it says ----

    def view(self, text: str, base: Shape, rows: bool, start: int, strides: Shape, shape: Shape) -> str | None:
        """Code for the elements of `text`, of shape `base`, at start + strides; None if slices cannot say it."""
        lead = [-1] * rows
        strides = tuple(c if n == 1 else stride for stride, n, c in zip(strides, shape, c_strides(shape)))
        if shape and prod(shape) == prod(base) and start == 0 and strides == c_strides(shape):
            return text if shape == base else self.reshape(text, (*lead, *shape))
        if len(base) > 1:
            block = _block(text, base, rows, start, strides, shape)
            if block:
                return block
            text = self.reshape(text, (*lead, prod(base)))
        return self._slices(text, prod(base), rows, start, strides, shape)

    def _slices(self, text: str, size: int, rows: bool, start: int, strides: Shape, shape: Shape) -> str | None:
        """A view of a vector."""
        lead = ":, " * rows
        if shape == ():
            return f"{text}[{lead}{start}]"
        if len(shape) == 1:
            forward = strides[0] > 0 or shape[0] == 1
            return f"{text}[{lead}{_slice(start, shape[0], strides[0], size)}]" if forward else None
        if len(shape) == 2 and strides[0] < strides[1]:
            turned = self._slices(text, size, rows, start, strides[::-1], shape[::-1]) if not rows else None
            return f"{turned}.T" if turned else None
        if len(shape) != 2 or strides[1] < 1:
            return None
        (count, inner), (pitch, stride) = shape, strides
        offset = max(0, start + count * pitch - size)
        first = start - offset
        if first < 0 or offset + (inner - 1) * stride + 1 > pitch:
            return None
        part = text if (first, count * pitch) == (0, size) else f"{text}[{lead}{first}:{first + count * pitch}]"
        matrix, columns = self.reshape(part, (*[-1] * rows, count, pitch)), _slice(offset, inner, stride, pitch)
        return matrix if columns == ":" else f"{matrix}[{lead}:, {columns}]"

    def product(self, left: str, right: str, spec: str) -> Code:
        """Code for a contraction: `@` for vectors and matrices, vecdot row by row, tensordot or einsum for the rest."""
        first, second, result = spec.replace("->", ",").split(",")
        both = [letter for letter in first if letter in second]
        batch, inner = [x for x in both if x in result], [x for x in both if x not in result]
        outer = [x for x in first if x not in both], [x for x in second if x not in both]
        if not batch and len(inner) == 1 and max(map(len, outer)) <= 1:
            return _matrix_product(left, right, first, second, result, inner[0])
        if len(batch) == len(result) and len(inner) == 1 and first == second == result + inner[0]:
            return f"vecdot({left}, {right})"
        axes = [first.index(x) for x in inner], [second.index(x) for x in inner]
        if not batch and inner and result == "".join(outer[0] + outer[1]):
            return self.tensordot(left, right, axes)
        if not batch and inner and result == "".join(outer[1] + outer[0]):
            return self.tensordot(right, left, axes[::-1])
        if not inner and all(spec == "".join(x for x in result if x in spec) for spec in (first, second)):
            return f"{_widen(left, first, result)} * {_widen(right, second, result)}"
        return self.einsum(spec, left, right)

    def tile(self, texts: Sequence[str], views: Sequence[tuple[Any, Shape]], size: int) -> list[tuple[int, str]] | None:
        """Code for the blocks of a vector that pieces tile without a gap, some made of columns, and where each ends.

        >>> Layout().tile(["dw", "db"], [((0, (4, 1)), (3, 3)), ((3, (4,)), (3,))], 12)
        [(12, 'concat([dw, db[:, None]], axis=1).reshape(12)')]
        >>> Layout().tile(["last"], [((4, (0,)), (1,))], 5) is None
        True
        """
        columns = []
        for text, (detail, shape) in zip(texts, views):
            if len(detail) != 2 or not isinstance(detail[1], tuple) or not 1 <= len(shape) <= 2:
                return None
            start, strides = detail
            if len(shape) == 2 and strides[1] == 1:
                columns.append((start, shape[0], strides[0], shape[1], text))
            elif len(shape) == 1 and strides[0] == 1:
                columns.append((start, 1, shape[0], shape[0], text))
            elif len(shape) == 1:
                columns.append((start, shape[0], strides[0], 1, f"{text}[:, None]"))
            else:
                return None
        columns.sort(key=lambda column: column[0])
        blocks, at = [], 0
        while columns:
            _, count, pitch, _, _ = columns[0]
            block, width = [], 0
            while columns and width < pitch and columns[0][:3] == (at + width, count, pitch):
                width += columns[0][3]
                block.append(columns.pop(0)[4])
            if not block or width != pitch:  # a single number has a stride of 0
                return None
            whole = block[0] if len(block) == 1 else f"concat([{', '.join(block)}], axis=1)"
            at += count * pitch
            blocks.append((at, whole if count == 1 else self.reshape(whole, [count * pitch])))
        return blocks if at == size else None


def _block(text: str, base: Shape, rows: bool, start: int, strides: Shape, shape: Shape) -> str | None:
    """A view that fixes some axes of its base and slices the others, in order, from the first to the last."""
    indices, axis, rest = [":"] * rows, 0, start
    for size, stride in zip(base, c_strides(base)):
        first, rest = divmod(rest, stride) if stride else (0, rest)
        step = strides[axis] // stride if axis < len(shape) and strides[axis] % stride == 0 else 0
        if step > 0 and first + (shape[axis] - 1) * step < size:
            indices.append(_slice(first, shape[axis], step, size))
            axis += 1
        else:
            indices.append(str(first))
    return f"{text}[{', '.join(indices)}]" if axis == len(shape) else None


def _slice(start: int, count: int, step: int, size: int) -> str:
    stop = start + (count - 1) * max(step, 1) + 1
    first, last = str(start) if start else "", str(stop) if stop < size else ""
    return f"{first}:{last}" + (f":{step}" if step > 1 and count > 1 else "")


def _widen(text: str, spec: str, result: str) -> str:
    """An operand with axes of size 1 for the letters of the result that it lacks."""
    return text if result.endswith(spec) else aligned(text, spec, result)


def aligned(text: str, axes: str, letters: str) -> str:
    """An array whose axes are in the order of these letters, with one of size 1 for each letter that it lacks."""
    return f"{text}[{', '.join(':' if letter in axes else 'None' for letter in letters)}]"


def _matrix_product(left: str, right: str, first: str, second: str, result: str, inner: str) -> Code:
    if result and result[0] not in first:
        left, right, first, second = right, left, second, first
    a = left if first[-1] == inner else f"{left}.T"
    b = right if second[0] == inner else f"{right}.T"
    return Binary(a, "@", b)


def gathers(found: Sequence[Ints], size: int) -> list[Ints]:
    """For each place of an assembled vector the piece elements that it is the sum of, as rounds of indices.

    An index beyond all pieces stands for zero.

    >>> [each.tolist() for each in gathers([np.array([0, 2]), np.array([2])], 3)]
    [[0, 3, 1], [3, 3, 2]]
    """
    flat = np.concatenate([places.ravel() for places in found])
    order = np.argsort(flat, kind="stable")
    target = flat[order]
    turn = np.arange(len(flat)) - np.searchsorted(target, target)
    rounds = [np.full(size, len(flat)) for _ in range(int(turn.max()) + 1)]
    for count, indices in enumerate(rounds):
        indices[target[turn == count]] = order[turn == count]
    return rounds
