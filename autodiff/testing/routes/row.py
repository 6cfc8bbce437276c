"""The eager answer to a random program, for one row of its batch.

>>> from .choices import Choices
>>> from .drawing import draw_program
>>> row = Row(draw_program(Choices(given=[])), 0)
>>> row.numbers, row.finite, row.huge
([1.0, 1.0, 1.0], True, False)
"""

import math
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from ...graph import topological_order
from ...hooks import Watcher
from ...ops import MUL
from ...stable import TINY
from ...value import Value
from .program import Input, Program
from .rounding import Room, allow


class Unusable(Exception):
    """Eager itself cannot run the program: plain numbers divide by 0, or give complex ones."""


class Comparisons(Watcher):
    """Keeps the sides of each comparison that an eager run makes."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[Any, Any]] = []

    def compared(self, sign: str, left: Any, right: Any, answer: bool) -> Any:
        self.pairs.append((left, right))
        return answer


class Row:
    """The eager answer for one row: the value, a gradient by name, and the graph that they came from."""

    def __init__(self, program: Program, index: int) -> None:
        names = program.namespace()
        captured = {leaf: x for each in program.inputs if each.role == "captured" for leaf, x in _leaves(each, names)}
        self.numbers = program.row(index)
        arguments = [Value(x) for x in self.numbers]
        self.inputs = dict(zip(program.arguments, arguments)) | captured
        with Comparisons() as watcher:
            try:
                y = names["f"](*arguments)
            except (ArithmeticError, TypeError) as error:
                if any(x.role == "constant" for x in program.inputs) or _of_numbers(error):
                    raise Unusable from None
                raise
        if isinstance(y, complex):
            raise Unusable
        self.y = y if type(y) is Value else Value(y)
        self.compared = watcher.pairs
        self.y.backward()
        self.value = self.y.data
        self.gradient = {name: x.grad for name, x in self.inputs.items()}
        self.closer = False

    @cached_property
    def room(self) -> Room:
        """What rounding may do."""
        return allow(self.y, list(self.inputs.values()), self.compared)

    @property
    def gradient_room(self) -> dict[str, float]:
        """The same by name."""
        return dict(zip(self.inputs, self.room.gradient))

    def look_closer(self) -> None:
        """Measure again what rounding may do, with more disturbances: of few the spread is uncertain."""
        if not self.closer:
            self.room, self.closer = allow(self.y, list(self.inputs.values()), self.compared, closely=True), True

    @cached_property
    def on_the_way(self) -> list[float]:
        """Every number, gradient and local derivative of the graph."""
        return [x for node in topological_order(self.y) for x in (node._data, node._grad, *_slopes(node))]

    @cached_property
    def finite(self) -> bool:
        """Whether every number on the way is."""
        return all(map(math.isfinite, self.on_the_way)) and max(map(abs, self.on_the_way), default=0.0) < 1e300

    @cached_property
    def huge(self) -> bool:
        """Whether a number on the way is so large that another order of operations may overflow."""
        return any(1e300 <= abs(x) < math.inf for x in self.on_the_way)

    @cached_property
    def overflows(self) -> bool:
        """Whether a product of two finite numbers is infinite: added to others before it is rounded, it may not be."""
        order = topological_order(self.y)
        products = [(node._data, [each._data for each in node.parents]) for node in order if node.op == MUL]
        products += [(slope * node._grad, [slope, node._grad]) for node in order for slope in _slopes(node)]
        return any(math.isinf(product) and all(map(math.isfinite, factors)) for product, factors in products)

    @cached_property
    def beside(self) -> list[Value]:
        """The graph, and that of the numbers which were compared, and perhaps not used."""
        return topological_order(self.y, *(x for pair in self.compared for x in pair if type(x) is Value))

    @cached_property
    def finite_beside(self) -> bool:
        """Whether what was not used is finite, too: a matrix product holds both, and sends 0 times a number to both."""
        return all(math.isfinite(node._data) for node in self.beside)

    @cached_property
    def normal(self) -> bool:
        """Whether no number is subnormal, nor what flows along an edge: JAX on a CPU takes such for 0."""
        numbers = [x for node in self.beside for slope in _slopes(node) for x in (slope, slope * node._grad)]
        numbers += [node._data for node in self.beside]
        numbers += [x for pair in self.compared for x in pair if type(x) is not Value]
        return not any(0 < abs(x) < TINY for x in numbers)

    @cached_property
    def moderate(self) -> bool:
        """Whether a product of two slopes neither over- nor underflows on its way to a second derivative."""
        order = topological_order(self.y)
        numbers = [x for node in order for x in (node._data, *_slopes(node))]
        return self.finite and all(not x or 1e-60 < abs(x) < 1e60 for x in numbers)


def _slopes(node: Value) -> list[float]:
    return [slope for slope in node.slopes if slope is not None]


def _leaves(x: Input, names: dict[str, Any]) -> Iterator[tuple[str, Value]]:
    """The Values of a captured input, by name."""
    items = [names[x.name]]
    for _ in x.shape:
        items = [each for item in items for each in item]
    return zip(x.leaves, items)


def _of_numbers(error: Exception) -> bool:
    """Whether numbers without a Value are at fault."""
    return isinstance(error, ArithmeticError) or "complex" in str(error)
