"""Where the nodes of a graph stand on a page, from left to right in layers: no engine needed, the same everywhere.

The page of the stepper and the built-in drawing engine use it, so both work whether Graphviz is installed or not, and
node and edge are known by number to the script that highlights them. Four steps, after Sugiyama: each node gets the
layer of its longest path from the inputs, and an input the layer before its first use; an edge over several layers is
held by a joint in each; layers are sorted by where their neighbours stand; and within its layer each node moves as near
to its neighbours as the others let it.

>>> placed = layout([(60, 20), (60, 20), (80, 20)], [(0, 2), (1, 2)])
>>> placed.places
[(8.0, 8.0), (8.0, 46.0), (138.0, 27.0)]
>>> placed.size
(226.0, 74.0)
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

ACROSS, BETWEEN, MARGIN = 70.0, 18.0, 8.0  # between layers, between nodes of a layer, around it all
JOINT = 8.0  # the height that an edge takes up in a layer that it crosses
SWEEPS = 12

Size = tuple[float, float]
Point = tuple[float, float]


class Layout(NamedTuple):
    """The upper left corner of each node, the points through which each edge goes, and the size of the whole.

    `ends` is for each node how far to the right its layer reaches.
    """

    places: list[Point]
    routes: list[list[Point]]
    size: Size
    ends: list[float]


def layout(
    sizes: Sequence[Size], edges: Sequence[tuple[int, int]], across: float = ACROSS, between: float = BETWEEN,
    first: Collection[int] = (), last: Collection[int] = (),
) -> Layout:  # fmt: skip
    """Places for nodes of the given sizes, numbered so that every edge (from, to) goes to a higher number.

    `across` lies between layers, `between` between the nodes of one; the nodes in `first` stand in the first layer, and
    those in `last` in the last.
    """
    layer = layers(len(sizes), edges, first)
    for node in last:
        layer[node] = max(layer)
    heights = [height for _, height in sizes]
    chains = []
    for source, target in edges:
        joints = range(layer[source] + 1, layer[target])
        chains.append([source, *range(len(heights), len(heights) + len(joints)), target])
        layer += joints
        heights += [JOINT] * len(joints)
    columns: list[list[int]] = [[] for _ in range(max(layer) + 1)]
    for thing, column in enumerate(layer):
        columns[column].append(thing)
    links = [link for chain in chains for link in zip(chain, chain[1:], strict=False)]
    middles = _middles(columns, heights, links, between)
    widths = [max((sizes[thing][0] for thing in column if thing < len(sizes)), default=0.0) for column in columns]
    lefts = [MARGIN + sum(widths[:i]) + across * i for i in range(len(columns))]
    top = MARGIN - min(middle - height / 2 for middle, height in zip(middles, heights, strict=True))
    places = [(lefts[layer[i]], middles[i] - heights[i] / 2 + top) for i in range(len(sizes))]
    routes = []
    for chain in chains:
        sides = [(lefts[layer[i]], lefts[layer[i]] + widths[layer[i]], middles[i] + top) for i in chain[1:-1]]
        routes.append([point for left, right, y in sides for point in ((left, y), (right, y))])
    bottom = max(middle + height / 2 for middle, height in zip(middles, heights, strict=True)) + top
    ends = [lefts[layer[i]] + widths[layer[i]] for i in range(len(sizes))]
    return Layout(places, routes, (lefts[-1] + widths[-1] + MARGIN, bottom + MARGIN), ends)


def layers(count: int, edges: Sequence[tuple[int, int]], first: Collection[int] = ()) -> list[int]:
    """The column of each node."""
    column = [0] * count
    inner = {target for _, target in edges} | set(first)
    for source, target in sorted(edges, key=lambda edge: edge[1]):
        column[target] = max(column[target], column[source] + 1)
    nearest: dict[int, int] = {}
    for source, target in edges:
        nearest[source] = min(column[target] - 1, nearest.get(source, column[target]))
    for node in range(count):
        if node not in inner:
            column[node] = nearest.get(node, 0)
    return column


def _middles(
    columns: list[list[int]], heights: list[float], links: list[tuple[int, int]], between: float
) -> list[float]:
    """The height at which each thing stands: columns are sorted by their neighbours, then things move towards them."""
    before: list[list[int]] = [[] for _ in heights]
    after: list[list[int]] = [[] for _ in heights]
    for source, target in links:
        before[target].append(source)
        after[source].append(target)
    middles = [0.0] * len(heights)
    for column in columns:
        _stack(column, heights, middles, [float(i) for i in range(len(column))], between)
    for sweep in range(SWEEPS):
        neighbours, order = (before, columns) if sweep % 2 == 0 else (after, columns[::-1])
        if sweep >= SWEEPS - 2:  # at last towards both sides, with the order as it is
            neighbours = [[*b, *a] for b, a in zip(before, after, strict=True)]
        for column in order:
            wanted = {i: _mean([middles[j] for j in neighbours[i]], middles[i]) for i in column}
            if sweep < SWEEPS - 2:
                column.sort(key=lambda i: wanted[i])
            _stack(column, heights, middles, [wanted[i] for i in column], between)
    return middles


def _mean(numbers: list[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _stack(
    column: list[int], heights: list[float], middles: list[float], wanted: list[float], between: float
) -> None:
    """Put a column's things as near to where they want to be as their order and their sizes allow (least squares).

    With the offsets of a tight stack taken away, the places only have to be in order: neighbours that are not are
    pooled, and a pool stands at its mean.
    """
    offsets, below = [], 0.0
    for thing in column:
        offsets.append(below + heights[thing] / 2)
        below += heights[thing] + between
    pools: list[tuple[float, int]] = []
    for target, offset in zip(wanted, offsets, strict=True):
        total, size = target - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / size:
            more, count = pools.pop()
            total, size = total + more, size + count
        pools.append((total, size))
    places = [total / size for total, size in pools for _ in range(size)]
    for thing, place, offset in zip(column, places, offsets, strict=True):
        middles[thing] = place + offset
