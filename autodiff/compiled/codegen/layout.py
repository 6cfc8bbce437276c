"""Views and products as array code: slices and reshapes where the places allow it, `@` where the letters do.

>>> view("p", (12,), rows=False, start=0, strides=(4, 1), shape=(3, 3))
'p.reshape(3, 4)[:, :3]'
>>> view("x", (4,), rows=True, start=3, strides=(), shape=())
'x[:, 3]'
>>> print(product("x", "w", "rk,jk->rj"), product("g", "x", "rj,rk->jk"), sep=", ")
x @ w.T, g.T @ x
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..ir.program import Shape
from ..ir.strides import Ints, c_strides
from .lines import Binary, Code


def view(text: str, base: Shape, rows: bool, start: int, strides: Shape, shape: Shape) -> str | None:
    """Code for the elements of `text`, of shape `base`, at start + strides; None if slices cannot say it."""
    lead = ":, " if rows else ""
    size = prod(base)
    strides = tuple(c if n == 1 else stride for stride, n, c in zip(strides, shape, c_strides(shape)))
    if shape and prod(shape) == size and start == 0 and strides == c_strides(shape):
        return text if shape == base else f"{text}.reshape({'-1, ' if rows else ''}{_sizes(shape)})"
    if len(base) > 1:
        return _block(text, base, lead, start, strides, shape) or _flat_view(text, size, rows, start, strides, shape)
    return _slices(text, size, rows, lead, start, strides, shape)


def _flat_view(text: str, size: int, rows: bool, start: int, strides: Shape, shape: Shape) -> str | None:
    flat = f"{text}.reshape({'-1, ' if rows else ''}{size})"
    return _slices(flat, size, rows, ":, " if rows else "", start, strides, shape)


def _slices(text: str, size: int, rows: bool, lead: str, start: int, strides: Shape, shape: Shape) -> str | None:
    """A view of a vector."""
    if shape == ():
        return f"{text}[{lead}{start}]"
    if len(shape) == 1:
        return f"{text}[{lead}{_slice(start, shape[0], strides[0], size)}]" if strides[0] > 0 or shape[0] == 1 else None
    if len(shape) == 2 and strides[0] < strides[1]:
        turned = _slices(text, size, rows, lead, start, strides[::-1], shape[::-1]) if not rows else None
        return f"{turned}.T" if turned else None
    if len(shape) != 2 or strides[1] < 1:
        return None
    (count, inner), (pitch, stride) = shape, strides
    offset = max(0, start + count * pitch - size)
    first = start - offset
    if first < 0 or offset + (inner - 1) * stride + 1 > pitch:
        return None
    part = text if (first, count * pitch) == (0, size) else f"{text}[{lead}{first}:{first + count * pitch}]"
    matrix = f"{part}.reshape({'-1, ' if rows else ''}{count}, {pitch})"
    columns = _slice(offset, inner, stride, pitch)
    return matrix if columns == ":" else f"{matrix}[{lead}:, {columns}]"


def _block(text: str, base: Shape, lead: str, start: int, strides: Shape, shape: Shape) -> str | None:
    """A view that fixes some axes of its base and slices the others, in order."""
    indices, axis, rest = [], 0, start
    for size, stride in zip(base, c_strides(base)):
        first, rest = divmod(rest, stride) if stride else (0, rest)
        step = strides[axis] // stride if axis < len(shape) and strides[axis] % stride == 0 else 0
        if step and first + (shape[axis] - 1) * step < size:
            indices.append(_slice(first, shape[axis], step, size))
            axis += 1
        else:
            indices.append(str(first))
    return f"{text}[{lead}{', '.join(indices)}]" if axis == len(shape) else None


def _slice(start: int, count: int, step: int, size: int) -> str:
    stop = start + (count - 1) * max(step, 1) + 1
    first, last = str(start) if start else "", str(stop) if stop < size else ""
    return f"{first}:{last}" + (f":{step}" if step > 1 and count > 1 else "")


def _sizes(shape: Shape) -> str:
    return ", ".join(map(str, shape)) if shape else "()"


def product(left: str, right: str, spec: str) -> Code:
    """Code for a contraction: `@` for vectors and matrices, vecdot row by row, tensordot or einsum for the rest."""
    first, second, result = spec.replace("->", ",").split(",")
    both = [letter for letter in first if letter in second]
    batch, inner = [x for x in both if x in result], [x for x in both if x not in result]
    outer = [x for x in first if x not in both], [x for x in second if x not in both]
    if not batch and len(inner) == 1 and max(map(len, outer)) <= 1:
        return _matrix_product(left, right, first, second, result, inner[0])
    if len(batch) == len(result) and len(inner) == 1 and first == second == result + inner[0]:
        return f"vecdot({left}, {right})"
    if not batch and inner and result == "".join(outer[0] + outer[1]):
        axes = [first.index(x) for x in inner], [second.index(x) for x in inner]
        return f"tensordot({left}, {right}, {axes})"
    if not batch and inner and result == "".join(outer[1] + outer[0]):
        axes = [second.index(x) for x in inner], [first.index(x) for x in inner]
        return f"tensordot({right}, {left}, {axes})"
    if not inner and all(spec == "".join(x for x in result if x in spec) for spec in (first, second)):
        return f"{_widen(left, first, result)} * {_widen(right, second, result)}"
    return f"einsum({spec!r}, {left}, {right})"


def _widen(text: str, spec: str, result: str) -> str:
    """An operand with axes of size 1 for the letters of the result that it lacks."""
    if result.endswith(spec):
        return text
    return f"{text}[{', '.join(':' if letter in spec else 'None' for letter in result)}]"


def _matrix_product(left: str, right: str, first: str, second: str, result: str, inner: str) -> Code:
    if result and result[0] not in first:
        left, right, first, second = right, left, second, first
    a = left if first[-1] == inner else f"{left}.T"
    b = right if second[0] == inner else f"{right}.T"
    return Binary(a, "@", b)


def tile(texts: Sequence[str], views: Sequence[tuple[Any, Shape]], size: int) -> list[tuple[int, str]] | None:
    """Code for the blocks of a vector that pieces tile without a gap, some made of columns, and where each ends.

    >>> tile(["dw", "db"], [((0, (4, 1)), (3, 3)), ((3, (4,)), (3,))], 12)
    [(12, 'concat([dw, db[:, None]], axis=1).reshape(12)')]
    >>> tile(["last"], [((4, (0,)), (1,))], 5) is None
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
        blocks.append((at, whole if count == 1 else f"{whole}.reshape({count * pitch})"))
    return blocks if at == size else None


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
