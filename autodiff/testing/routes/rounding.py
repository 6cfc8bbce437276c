"""How far two right answers to one program may differ: what rounding does to it, measured by disturbing a replay.

The graph that an eager run left behind is run again over floats, and every operation and every slope is moved by as
much as another kernel may round it, at random (Monte-Carlo arithmetic). A sum is moved by as much as adding its terms
in any order may move it. Where nothing rounds nothing is allowed: there is no floor. Where a disturbance takes a
comparison or a kink to its other side, the answer may jump.

>>> from ...value import Value
>>> x, y = Value(3.0), Value(0.1)
>>> room = allow(x * x + y, [x, y])
>>> 0 < room.value < 1e-13, room.gradient[1]
(True, 0.0)
"""

import math
import random
from collections.abc import Sequence
from typing import Any, NamedTuple

from ...graph import topological_order
from ...kernels import equal
from ...numbers import FLOATS
from ...ops import ADD, LOGSUMEXP, MUL, TABLE
from ...over_values import VALUES
from ...trace import leading_from, trace_of
from ...value import Value, constant

ULPS = 8  # what a local derivative may be off by
PLAIN_SUMS = frozenset(op.name for op in TABLE.values() if op.is_sum)
SUMS = PLAIN_SUMS | {op.name for op in TABLE.values() if op.joined == ADD}
MOVES = (-1.0, -0.5, 0.5, 1.0)
JUMP = 0.1  # of a local derivative: it is on the other side of a kink
SPREAD = math.sqrt(0.625)  # the standard deviation of these moves


class Room(NamedTuple):
    """The largest differences that rounding explains; `steady` unless a comparison, or a kink, may be passed."""

    value: float
    gradient: list[float]
    steady: bool


class Run(NamedTuple):
    """A replay: the number of each node, the gradient, and the local derivatives of what has a kink."""

    data: list[float]
    gradient: list[float]
    sides: list[float | None]


class Graph:
    """A graph of Values, and what rounding may do to it."""

    def __init__(self, root: Value, inputs: Sequence[Value], compared: Sequence[tuple[Any, Any]] = (),
                 closely: bool = False) -> None:  # fmt: skip
        sides = [x for pair in compared for x in pair if type(x) is Value]
        self.order = topological_order(root, *sides)
        place = {node: index for index, node in enumerate(self.order)}
        self.root, self.inputs = place[root], [place.get(x, -1) for x in inputs]
        self.trace, self.data = trace_of(self.order), [node._data for node in self.order]
        self.compared = [tuple(place[x] if type(x) is Value else x for x in pair) for pair in compared]
        leaves = (index for index, node in enumerate(self.order) if node.op == "input")
        self.reached = leading_from(self.trace, leaves)  # constants, and what is made of them, have no gradient
        places = range(len(self.order)) if closely else ()
        self.written = {index: self._measure_rules(index) for index in places if self._rounds(index)}

    def _rounds(self, index: int) -> bool:
        """Whether an operation has local derivatives that are numbers of their own."""
        return bool(self.trace.operands[index] and self.reached[index]) and self.trace.operations[index] not in SUMS

    def _measure_rules(self, index: int) -> list[float]:
        """How far its local derivatives stray where their rules are written out, as gradient_graph does."""
        y, *xs = [constant(self.data[each], "rounding") for each in (index, *self.trace.operands[index])]
        slopes = VALUES.slopes(self.trace.operations[index], xs, y)
        return [allow(slope, [], times=1.0 / SPREAD).value if type(slope) is Value else 0.0 for slope in slopes]

    def run(self, chance: random.Random, scale: float) -> "Run":
        """The numbers of all nodes and the gradient at the inputs, each operation disturbed by so much."""
        data: list[float] = []
        sizes: list[tuple[float, int]] = []  # of a sum: that of its terms together, and how many there are

        def move(x: float, size: float, ulps: float, strays: float = 0.0) -> float:
            if not (x or size or strays) or not math.isfinite(x) or not math.isfinite(size):
                return x
            more = chance.choice(MOVES) * strays if strays else 0.0
            return x + scale * (chance.choice(MOVES) * ulps * math.ulp(size) + more)

        for op, operands, exact in zip(*self.trace, self.data):
            if not operands:
                data.append(exact)
                sizes.append((abs(exact), 1))
                continue
            xs = [data[each] for each in operands]
            y = FLOATS.apply(op, xs)
            size, terms = _terms(op, xs, y, [sizes[each] for each in operands])
            ulps = 1.0 if op in SUMS else 2.0 * TABLE[op].ulps
            data.append(move(y, size if terms > 2 or terms < 2 else abs(y), ulps * max(1, terms / 2)))
            sizes.append((size, terms))
        gradient, sides = self._reverse(data, move)
        return Run(data, gradient, sides)

    def _reverse(self, data: list[float], move: Any) -> tuple[list[float], list[float | None]]:
        """The gradient at the inputs, and the local derivatives of what has a kink."""
        sides: list[float | None] = []
        sent: list[list[float]] = [[] for _ in data]
        sent[self.root] = [1.0]
        adjoints = [0.0] * len(data)
        for index in range(self.root, -1, -1):
            if not sent[index] or not self.reached[index]:
                continue
            terms = sent[index]
            size = sum(map(abs, terms))
            upstream = adjoints[index] = move(sum(terms), size, len(terms)) if len(terms) > 1 else terms[0]
            op, operands = self.trace.operations[index], self.trace.operands[index]
            if operands:
                ulps = 0.0 if op in SUMS or not TABLE[op].ulps else ULPS
                wanted = [bool(self.reached[each]) for each in operands]
                slopes = FLOATS.slopes(op, [data[each] for each in operands], data[index], wanted)
                sides += slopes if TABLE[op].kinks else ()
                for place, (parent, slope) in enumerate(zip(operands, slopes)):
                    if slope is not None and self.reached[parent]:
                        strays = self.written[index][place] if index in self.written else 0.0
                        slope = move(slope, abs(slope), ulps, strays)
                        product, exact = slope * upstream, abs(slope) == 1 or abs(upstream) == 1
                        sent[parent].append(product if exact else move(product, abs(product), 1.0))
        return [adjoints[place] if place >= 0 else 0.0 for place in self.inputs], sides


def _terms(op: str, xs: list[float], y: float, sizes: list[tuple[float, int]]) -> tuple[float, int]:
    """The size of the terms of a sum together, and their number; of anything else its own size, and 1."""
    if op in PLAIN_SUMS:
        return sum(size for size, _ in sizes), sum(terms for _, terms in sizes)
    if TABLE[op].paired:
        half = len(xs) // 2
        return sum(abs(a * b) for a, b in zip(xs[:half], xs[half:])), max(3, half)
    if op == LOGSUMEXP:
        return max(abs(y), *(size for size, _ in sizes)), 1
    return abs(y), 3 if op == MUL else 1  # a product in a sum may be rounded once with it, or on its own


def allow(root: Value, inputs: Sequence[Value], compared: Sequence[tuple[Any, Any]] = (), times: float = 6.0,
            closely: bool = False) -> Room:  # fmt: skip
    """What rounding may do to a graph's value and its gradient: `times` the standard deviation of a few replays.

    Many roundings add up to a normal distribution, of which 6 standard deviations leave out two in a thousand million.
    `closely` takes more replays, as the spread of few is uncertain, and disturbs the rules of local derivatives, too.
    """
    graph, chance = Graph(root, inputs, compared, closely), random.Random(0)
    data, gradient, sides = graph.run(chance, 0.0)
    runs = [graph.run(chance, 1.0) for _ in range(40 if closely else 6)]
    strayed = [times * _deviate(column, exact) for exact, *column in zip(data, *(run.data for run in runs))]
    slopes = [times * _deviate(column, exact) for exact, *column in zip(gradient, *(run.gradient for run in runs))]
    steady = all(_is_decided(pair, data, strayed) for pair in graph.compared)
    steady = steady and all(_agree_on_sides(run.sides, sides) for run in runs)
    return Room(strayed[graph.root], slopes, steady)


def _deviate(numbers: Sequence[float], exact: float) -> float:
    """How far disturbed numbers are from the undisturbed one: the root of the mean square."""
    return math.hypot(*(_apart(number, exact) for number in numbers)) / math.sqrt(len(numbers))


def _apart(a: float, b: float) -> float:
    """How far two numbers are; inf where one alone is nan, or infinite."""
    if equal(a, b):
        return 0.0
    difference = abs(a - b)
    return difference if difference == difference else math.inf


def _agree_on_sides(some: Sequence[float | None], others: Sequence[float | None]) -> bool:
    """Whether two replays are on the same sides of all kinks: nothing jumps, and what is blocked stays blocked."""
    return len(some) == len(others) and all(
        one is other or one is not None and other is not None and _apart(one, other) < JUMP
        for one, other in zip(some, others)
    )


def _is_decided(pair: tuple[Any, ...], data: list[float], strayed: list[float]) -> bool:
    """Whether rounding cannot change how a comparison comes out."""
    left, right = (data[x] if type(x) is int else x for x in pair)
    room = sum(strayed[x] for x in pair if type(x) is int)
    return room == 0 or not abs(left - right) <= room
