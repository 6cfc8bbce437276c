"""One random program on every route: eager decides, and what differs from it is a complaint.

>>> from .choices import Choices
>>> from .drawing import draw_program
>>> list(Trial(draw_program(Choices(given=[]))).complaints())
[]
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ...kernels import equal, same_bits
from .program import Program
from .row import Row

# Errors that a program may meet: more branches than are kept; and a complex number, which a power of plain numbers may
# be, and which eager does not see where it meets plain numbers alone.
EXCUSED = ("expected at most", "(complex)")
CLOSE = 8  # units in the last place that any route may be off by, whatever the program


class Complaint(NamedTuple):
    """A route that does not agree, and in what."""

    route: str
    text: str


def find_complaint(route: Callable[[Any], Iterator[str]], trial: Any) -> str:
    """Take one route; the first thing that is wrong, or "" if nothing is."""
    try:
        return next(route(trial), "")
    except Exception as error:
        return f"raises {type(error).__name__}: {error}"


def is_close(got: float, wanted: float, room: Callable[[], float]) -> bool:
    """Whether two numbers are equal, within a few units in the last place, or within what rounding may do."""
    if equal(got, wanted):
        return True
    apart = abs(got - wanted)
    return apart <= CLOSE * math.ulp(max(abs(got), abs(wanted))) < math.inf or apart <= room()


def is_within(got: float, wanted: float, room: float) -> bool:
    """Whether two numbers are no further apart than this; inf and nan are, unless anything may come."""
    return room == math.inf or abs(got - wanted) <= room


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
            text = find_complaint(ROUTES[name], self)
            if text and not any(excuse in text for excuse in EXCUSED):
                yield Complaint(name, text)

    def compare(
        self, what: str, got: Any, wanted: float, room: Callable[[], float], where: Sequence[Row]
    ) -> Iterator[str]:
        """A sentence where two numbers differ by more than they may."""
        got = float(got)
        if is_close(got, wanted, lambda: -1.0):
            return
        if self.undecided(got, wanted, where):
            self.excused += 1
            return
        if is_within(got, wanted, room()):
            return
        for row in where:
            row.look_closer()
        if not is_within(got, wanted, room()):
            yield f"{what} is {got!r}, eager {wanted!r}, apart {abs(got - wanted):.2g}, allowed {room():.2g}"

    def undecided(self, got: float, wanted: float, where: Sequence[Row]) -> bool:
        """Whether rounding may decide a comparison or make a number overflow, or a product on JAX has met inf or nan.

        A matrix product holds also what was not used, and sends 0 times a number to both of its operands. And it may
        add each product before that is rounded, so that one which overflows alone does not overflow in the sum.
        """
        if not all(row.room.steady and not row.huge for row in where):
            return True
        if not math.isfinite(got - wanted) and any(row.overflows for row in where):
            return True
        return got != got and self.multiplies() and not all(row.finite and row.finite_beside for row in where)

    def compare_row(self, row: Row, value: Any, gradient: dict[str, Any]) -> Iterator[str]:
        """A route's answer for one row beside eager's."""
        yield from self.compare("the value", value, row.value, lambda: row.room.value, [row])
        for name, given in gradient.items():
            yield from self.compare(name, given, row.gradient[name], lambda: row.gradient_room[name], [row])

    def compare_bits(self, row: Row, value: Any, gradient: dict[str, Any]) -> Iterator[str]:
        """A route's answer where the bits must be those of eager."""
        pairs = [("the value", value, row.value)] + [(name, x, row.gradient[name]) for name, x in gradient.items()]
        for what, got, wanted in pairs:
            if type(got) is not float or not same_bits(got, wanted):
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
                wanted = add_up(slopes)
                for wrong in self.compare(f"{name}, shared,", each, wanted, room, self.rows):
                    if math.isnan(wanted):  # gathered first, an infinite slope meets the sum of the rows alone
                        self.excused += 1
                    else:
                        yield wrong

    def shared_room(self, name: str, slopes: list[float]) -> Callable[[], float]:
        """What rounding may do to a sum over rows."""
        rounding = len(slopes) * math.ulp(sum(map(abs, slopes))) if all(map(math.isfinite, slopes)) else 0.0
        return lambda: sum(row.gradient_room[name] for row in self.rows) + rounding


def add_up(numbers: Sequence[float]) -> float:
    """Their sum, of inf and nan as well."""
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):
        return sum(numbers)
