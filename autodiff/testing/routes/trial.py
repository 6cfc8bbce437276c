"""One random program on every route: eager decides, and what differs from it is a complaint.

>>> from .choices import Choices
>>> from .drawing import draw_program
>>> list(Trial(draw_program(Choices(given=[]))).complaints())
[]
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NamedTuple

from ...graph import topological_order
from ...hooks import Watcher, watchers
from ...stable import TINY
from ...value import Value
from .program import Input, Program
from .rounding import Room, allowed

CLOSE = 8  # units in the last place that any route may be off by, whatever the program


class Unusable(Exception):
    """Eager itself cannot run the program: plain numbers divide by 0, or give complex ones."""


class Complaint(NamedTuple):
    """A route that does not agree, and in what."""

    route: str
    text: str


class Comparisons(Watcher):
    """Keeps the sides of each comparison that an eager run makes."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[Any, Any]] = []

    def compared(self, sign: str, left: Any, right: Any, answer: bool) -> Any:
        self.pairs.append((left, right))
        return answer


@contextmanager
def watching(watcher: Comparisons) -> Iterator[Comparisons]:
    """What this thread compares, kept."""
    watchers.append(watcher)
    try:
        yield watcher
    finally:
        watchers.remove(watcher)


def close(got: float, wanted: float, room: Callable[[], float]) -> bool:
    """Whether two numbers are equal, within a few units in the last place, or within what rounding may do."""
    if got == wanted or got != got and wanted != wanted:
        return True
    apart = abs(got - wanted)
    return apart <= CLOSE * math.ulp(max(abs(got), abs(wanted))) < math.inf or apart <= room()


class Row:
    """The eager answer for one row: the value, a gradient by name, and the graph that they came from."""

    def __init__(self, program: Program, index: int) -> None:
        names = program.namespace()
        captured = {leaf: x for each in program.inputs if each.role == "captured" for leaf, x in _leaves(each, names)}
        self.numbers = program.row(index)
        arguments = [Value(x) for x in self.numbers]
        self.inputs = dict(zip(program.arguments, arguments)) | captured
        with watching(Comparisons()) as watcher:
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
        return allowed(self.y, list(self.inputs.values()), self.compared)

    @property
    def gradient_room(self) -> dict[str, float]:
        """The same by name."""
        return dict(zip(self.inputs, self.room.gradient))

    def look_closer(self) -> None:
        """Measure again what rounding may do, with more disturbances: of few the spread is uncertain."""
        if not self.closer:
            self.room, self.closer = allowed(self.y, list(self.inputs.values()), self.compared, closely=True), True

    @cached_property
    def finite(self) -> bool:
        """Whether every number on the way is."""
        order = topological_order(self.y)
        numbers = [x for node in order for x in (node._data, node._grad, *_slopes(node))]
        return all(map(math.isfinite, numbers)) and max(map(abs, numbers), default=0.0) < 1e300

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


class Trial:
    """A program, and its eager answer for each row."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.rows = [Row(program, index) for index in range(program.count)]
        self.excused = 0
        self.multiplies: Callable[[], bool] = bool  # whether the route that is compared runs a matrix product

    def complaints(self, routes: Sequence[str] | None = None) -> Iterator[Complaint]:
        """What is wrong, route by route."""
        from .routes import ROUTES  # they know what a trial is

        for name in routes or ROUTES:
            self.multiplies = bool
            try:
                for text in ROUTES[name](self):
                    yield Complaint(name, text)
                    break
            except Exception as error:
                if not refused(error):
                    yield Complaint(name, f"raises {type(error).__name__}: {error}")

    def differs(self, what: str, got: Any, wanted: float, room: Callable[[], float], where: Sequence[Row]) -> str:
        """A sentence where two numbers differ by more than they may."""
        got = float(got)
        if close(got, wanted, lambda: -1.0):
            return ""
        beside = got != got and self.multiplies() and not all(row.finite_beside for row in where)
        if beside or not all(row.finite and row.room.steady for row in where):
            self.excused += 1
            return ""
        if abs(got - wanted) <= room():
            return ""
        for row in where:
            row.look_closer()
        if abs(got - wanted) <= room():
            return ""
        return f"{what} is {got!r}, eager {wanted!r}, apart {abs(got - wanted):.2g}, allowed {room():.2g}"

    def compare_row(self, row: Row, value: Any, gradient: dict[str, Any]) -> Iterator[str]:
        """A route's answer for one row beside eager's."""
        yield from filter(None, [self.differs("the value", value, row.value, lambda: row.room.value, [row])])
        for name, given in gradient.items():
            wrong = self.differs(name, given, row.gradient[name], lambda: row.gradient_room[name], [row])
            yield from [wrong] if wrong else []

    def compare_bits(self, row: Row, value: Any, gradient: dict[str, Any]) -> Iterator[str]:
        """A route's answer where the bits must be those of eager."""
        pairs = [("the value", value, row.value)] + [(name, x, row.gradient[name]) for name, x in gradient.items()]
        for what, got, wanted in pairs:
            if type(got) is not float or bits(got) != bits(wanted):
                yield f"{what} is {got!r}, and eager has the bits of {wanted!r}"

    def compare_batch(self, value: Any, gradient: dict[str, Any]) -> Iterator[str]:
        """A route's answer for the whole batch; what rows share collects theirs."""
        if len(value) != len(self.rows):
            yield f"there are {len(value)} values for {len(self.rows)} rows"
            return
        own = {leaf for x in self.program.inputs if x.role == "rows" for leaf in x.leaves}
        for index, row in enumerate(self.rows):
            mine = {name: each[index] for name, each in gradient.items() if name in own}
            yield from (f"row {index}: {text}" for text in self.compare_row(row, value[index], mine))
        for name, each in gradient.items():
            if name not in own:
                slopes = [row.gradient[name] for row in self.rows]
                room = self.shared_room(name, slopes)
                wrong = self.differs(f"{name}, shared,", each, added(slopes), room, self.rows)
                yield from [wrong] if wrong else []

    def shared_room(self, name: str, slopes: list[float]) -> Callable[[], float]:
        """What rounding may do to a sum over rows."""
        rounding = len(slopes) * math.ulp(sum(map(abs, slopes))) if all(map(math.isfinite, slopes)) else 0.0
        return lambda: sum(row.gradient_room[name] for row in self.rows) + rounding


def refused(error: Exception) -> bool:
    """Whether an error is one that a program may meet: more branches than are kept."""
    return "expected at most" in str(error)


def added(numbers: Sequence[float]) -> float:
    """Their sum, of inf and nan as well."""
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):
        return sum(numbers)


def bits(x: float) -> str:
    """A number as text that differs where a bit does; every nan is equal."""
    return "nan" if x != x else x.hex()
