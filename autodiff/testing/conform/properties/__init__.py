"""What an engine has to do, one property a line, in the order in which faults explain one another.

Each property is a function of an `Exam` that yields a `Finding` for each thing that is wrong; none is a pass.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..examiner import Exam, Finding
from . import drawn, edges, limits, numbers, operations, passes, sums


class Property(NamedTuple):
    """A property: its name in reports, and the function that examines it."""

    name: str
    examine: Callable[[Exam], Iterator[Finding]]

    @property
    def says(self) -> str:
        """The property in one sentence."""
        return (self.examine.__doc__ or "").splitlines()[0]


PROPERTIES = (
    Property("values", operations.values),
    Property("operators", operations.operators),
    Property("slopes", operations.slopes),
    Property("repeated operands", operations.repeated),
    Property("sums", sums.sums),
    Property("gradient sizes", numbers.sizes),
    Property("second backward", passes.second_backward),
    Property("two roots", passes.two_roots),
    Property("inputs unchanged", passes.inputs_unchanged),
    Property("unused inputs", passes.unused_inputs),
    Property("slopes fixed", passes.slopes_fixed),
    Property("float data", numbers.kinds),
    Property("extreme numbers", numbers.ieee),
    Property("tails", edges.tails),
    Property("kinks", edges.kinks),
    Property("blocked paths", edges.blocked),
    Property("sharing", limits.sharing),
    Property("depth", limits.depth),
    Property("repeatable", limits.repeatable),
    Property("drawn programs", drawn.programs),
)
