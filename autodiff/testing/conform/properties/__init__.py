"""What an engine has to do, one property a line, in the order in which faults explain one another.

Each property is a function of an `Exam` that yields a `Finding` for each thing that is wrong; none is a pass.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..examiner import Exam
from ..findings import EDGE, LIMIT, LOST, ORDER, PASS, VALUE, WRONG, Finding
from . import chain, drawn, edges, limits, numbers, operations, passes, repeated, sums, values


class Property(NamedTuple):
    """A property: its name in reports, the function that examines it, and how much a finding of it matters."""

    name: str
    examine: Callable[[Exam], Iterator[Finding]]
    rank: int

    @property
    def says(self) -> str:
        """The property in one sentence."""
        return (self.examine.__doc__ or "").splitlines()[0]


PROPERTIES = (
    Property("values", values.values, WRONG),
    Property("operators", operations.operators, VALUE),
    Property("local derivatives", operations.local_derivatives, WRONG),
    Property("inner nodes", chain.inner_nodes, LOST),
    Property("upstream gradient", chain.upstream, WRONG),
    Property("accumulation", chain.accumulation, LOST),
    Property("repeated operands", repeated.repeated, LOST),
    Property("sums", sums.sums, ORDER),
    Property("gradient sizes", numbers.sizes, WRONG),
    Property("second backward", passes.second_backward, LIMIT),
    Property("two roots", passes.two_roots, LIMIT),
    Property("separate graphs", passes.separate_graphs, PASS),
    Property("inputs unchanged", passes.inputs_unchanged, VALUE),
    Property("unused inputs", passes.unused_inputs, WRONG),
    Property("numbers kept", passes.numbers_kept, LIMIT),
    Property("float data", numbers.kinds, EDGE),
    Property("extreme numbers", numbers.ieee, EDGE),
    Property("tails", edges.tails, EDGE),
    Property("kinks", edges.kinks, EDGE),
    Property("unselected operands", edges.unselected, EDGE),
    Property("sharing", limits.sharing, LIMIT),
    Property("depth", limits.depth, LIMIT),
    Property("repeatable", limits.repeatable, LIMIT),
    Property("drawn programs", drawn.programs, WRONG),
)
