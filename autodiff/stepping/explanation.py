"""Why a gradient is what it is: the paths that carry it, what cuts them, and where it became 0, nan, tiny or huge.

The gradient of x is the sum, over all paths from x to y, of the products of the slopes along each. There may be more
paths than atoms, so they are counted without being listed, and the largest found without trying the others.

>>> from autodiff import Value
>>> x = Value(3.0, name="x")
>>> y = x * x + 2 * x
>>> print(explain(y, x))
d y / d x = 8: the sum over 3 paths of the products of their local derivatives.
  y ← v1 ← x (1st)  1 × 3      = 3
  y ← v1 ← x (2nd)  1 × 3      = 3
  y ← v3 ← x        1 × 2      = 2
  sum                          = 8
  where v1 = x * x, v3 = 2 * x, y = v1 + v3
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from math import log2

from ..errors import ArgumentError, OperandError, shown
from ..frames import caller
from ..names import names_in
from ..suggest import instead
from ..value import Value
from .log import Log
from .narrate import describe_origin_within
from .paths import Edge, Path, counts, exact_sum, largest_paths, to_float
from .reasons import reasons
from .snapshot import Snapshot, snapshot
from .wording import in_formula, name, or_zero, short

LONGEST_SHOWN, LONGEST_MADE = 8, 40  # nodes of a path that are written out; characters of what one of them is


@dataclass(frozen=True)
class Explanation:
    """Why x has its gradient: `count` paths, of which `paths` are the largest; `cut` more are cut; and what is odd."""

    graph: Snapshot = field(repr=False)
    x: int | None
    label: str
    gradient: float | None
    count: int
    cut: int
    paths: tuple[Path, ...]
    exact: Fraction | None
    reasons: tuple[str, ...]
    made: tuple[str, ...] = ()  # what the nodes on these paths are

    @property
    def rest(self) -> float:
        """What the paths that are not in `paths` add up to: exact before its one rounding, where `exact` is known."""
        if self.exact is not None:
            return to_float(self.exact - sum((path.exact for path in self.paths if path.exact is not None), Fraction()))
        return (self.gradient or 0.0) - sum(path.product for path in self.paths)

    @property
    def path(self) -> list[Value]:
        """The Values on the paths that are listed, to show them in a drawing: `draw(y, path=explain(y, x).path)`."""
        numbers = {number for path in self.paths for number in path.nodes}
        return [value for value, number in self.graph.values.items() if number in numbers]

    def __str__(self) -> str:
        head = f"d {name(self.graph.root.label)} / d {name(self.label)} = {short(or_zero(self.gradient))}"
        paths = f"{write_count(self.count)} {'path' if self.count == 1 else 'paths'}"
        products = f"the sum over {paths} of the products of their local derivatives"
        carried = products if self.count else "no path carries anything"
        lines = [f"{head}: {carried}."]
        if self.cut:
            more = " more" if self.count else ""
            cut = f"{write_count(self.cut)}{more} {'path is' if self.cut == 1 else 'paths are'} cut"
            lines.append(f"  {cut}: an operation on the way lets no gradient through.")
        lines += self._table()
        lines += [f"  where {', '.join(self.made)}"] if self.made else []
        lines += [f"  {reason}" for reason in self.reasons]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """What a notebook shows: what `print` shows."""
        return f"<pre>{escape(str(self))}</pre>"

    def _table(self) -> list[str]:
        rows: list[tuple[str, str, float]] = []
        rows += [(self._route(path), _factors(path.slopes), path.product) for path in self.paths]
        if self.count > len(self.paths):
            rows.append((f"the other {write_count(self.count - len(self.paths))}", "", self.rest))
        if not rows:
            return []
        first, second = max(len(row[0]) for row in rows), max(9, *(len(row[1]) for row in rows))
        lines = [f"  {route:{first}}  {factors:{second}}  = {short(product)}" for route, factors, product in rows]
        total = to_float(self.exact) if self.exact is not None else self.gradient
        lines.append(f"  {'sum':{first}}  {'':{second}}  = {short(total)}")
        if self.exact is not None and self.gradient is not None and total != self.gradient:
            rounding = f"backward() rounds at each step and arrives at {self.gradient!r}, not {total!r}"
            lines.append(f"  (exactly; {rounding})")
        return lines

    def _route(self, path: Path) -> str:
        """The nodes of a path, from the result back; where one enters the next more than once, as which operand."""
        labels = [name(self.graph.nodes[number].label) for number in path.nodes]
        for i, operand in enumerate(path.operands):
            if self.graph.nodes[path.nodes[i + 1]].parents.count(path.nodes[i]) > 1:
                labels[i] += f" ({ordinal(operand + 1)})"
        labels.reverse()
        if len(labels) > LONGEST_SHOWN:
            labels = [*labels[: LONGEST_SHOWN - 3], f"… {len(labels) - LONGEST_SHOWN + 1} more …", *labels[-2:]]
        return " ← ".join(labels)


def explain(y: Value, x: Value, most: int = 5) -> Explanation:
    """Why the gradient of `y` with respect to `x` is what it is, by the `most` paths that carry most of it.

    The gradients that the graph holds are neither read nor changed. Names are picked up from the caller's variables.
    """
    for value in (y, x):
        if not isinstance(value, Value):
            expected = "two Values, the result and the one it depends on"
            raise OperandError(f"explain: expected {expected}, got {shown(value)}{instead(value, 'explain')}")
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        raise ArgumentError(f"explain: expected how many paths to list, 0 or more, got {shown(most)}")
    wanted = snapshot(y).values
    names = names_in(caller(), {**wanted, x: 0})
    graph = snapshot(y, names)
    if x not in graph.values:
        label = x.name or names.get(x) or f"Value({x.data!r})"
        reason = f"{name(graph.root.label)} does not depend on {name(label)}."
        return Explanation(graph, None, label, None, 0, 0, (), Fraction(), (reason,))
    return explain_gradient(graph, graph.values[x], most)


def explain_gradient(graph: Snapshot, x: int, most: int = 5) -> Explanation:
    """The explanation of one gradient over a snapshot, for views that have one."""
    log = Log(graph)
    count, every = counts(graph.nodes, x)
    later = [node for node in graph.nodes[x:] if log.live[node.number]]
    edges = [(node, i, node.slopes[i]) for node in later for i, parent in enumerate(node.parents) if every[parent]]
    flowing: list[Edge] = [(n, i, slope) for n, i, slope in edges if slope is not None and count[n.parents[i]]]
    exact = exact_sum(len(graph.nodes), x, flowing)
    paths = tuple(largest_paths(graph.nodes, x, count, most, exact is not None))
    gradient = log.gradient(x)
    odd = tuple(reasons(log, gradient, count[-1], edges, flowing, paths, exact))
    cut, made = every[-1] - count[-1], tuple(_describe(log, paths))
    return Explanation(graph, x, graph.nodes[x].label, gradient, count[-1], cut, paths, exact, odd, made)


def _describe(log: Log, paths: Sequence[Path]) -> Iterator[str]:
    """What the operations on the paths are; nothing where there are too many to read."""
    numbers = sorted({number for path in paths for number in path.nodes[1:]})
    for number in numbers if len(numbers) <= LONGEST_SHOWN else ():
        node = log.graph.nodes[number]
        yield f"{name(node.label)} = {describe_origin_within(log, node, LONGEST_MADE)}"


def ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 4th, …, 11th, …

    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 22)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd']
    """
    ending = "th" if n // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def write_count(n: int) -> str:
    """A count for people: in full up to a million million million, then as a power of two."""
    if n < 10**18:
        return f"{n:,}"
    return f"{'about ' * (n.bit_count() > 1)}2^{round(log2(n))}"


def _factors(slopes: tuple[float, ...]) -> str:
    """The local derivatives from the result back, as they multiply: upstream first."""
    parts = [in_formula(slope) for slope in reversed(slopes)]
    if len(parts) > LONGEST_SHOWN:
        parts = [*parts[: LONGEST_SHOWN - 3], "…", *parts[-2:]]
    return " × ".join(parts) or "1"
