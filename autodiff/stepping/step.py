"""One step of a forward or backward pass, as a frozen record that can say itself in a sentence and in equations.

A contribution belongs to an edge and a gradient to a node: a node's gradient is the sum of the contributions of all the
edges that leave it. This is why backward passes say `+=`.

>>> from autodiff import Value
>>> from autodiff.stepping import Log, snapshot
>>> w, x = Value(0.5, name="w"), Value(2.0, name="x")
>>> step = Log(snapshot(w * x)).backward[1]
>>> step.kind, step.upstream, step.slope, step.contribution, step.gradient_before, step.gradient_after
('contribution', 1.0, 2.0, 2.0, None, 2.0)
>>> for equation in step.equations:
...     print(equation)
d v2 / d w = x = 2 = 2
v2 to w = upstream × local derivative = 1 × 2 = 2
gradient of w = before + contribution = nothing yet + 2 = 2
"""

from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from .snapshot import Source
from .wording import in_formula, name, short

FACTORS = "upstream × local derivative"  # of a contribution, in this order everywhere


class Equation(NamedTuple):
    """What is computed, as symbols, with the numbers put in, and what comes out."""

    left: str
    symbols: str
    numbers: str
    result: str

    def __str__(self) -> str:
        return " = ".join(self)


@dataclass(frozen=True, slots=True)
class Step:
    """One event: a value computed, a contribution sent along an edge, or a parameter moved.

    kind       phase      what happens
    input      forward    a number enters
    operation  forward    an operation computes `result`
    seed       backward   the gradient of the root with respect to itself, 1
    contribution          `node` sends upstream × local derivative to `parent`, whose gradient grows by it
    blocked               the edge from `node` to `parent` carries nothing: the operation did not select this operand
    detached              the same, because the operation treats the operand as a constant
    update     update     training moves a parameter: `result` is its new value

    A gradient of None has not been computed yet, which is different from 0.
    """

    index: int
    phase: str
    kind: str
    node: int
    label: str
    operation: str
    parent: int | None = None
    parent_label: str | None = None
    operand: int | None = None
    upstream: float | None = None
    slope: float | None = None
    contribution: float | None = None
    gradient_before: float | None = None
    gradient_after: float | None = None
    arrived: int = 0
    expected: int = 0
    sum: str = ""
    rule: str = ""
    substituted: str = ""
    result: float | None = None
    source: Source | None = None
    premature: bool = False

    @property
    def target(self) -> int:
        """The node whose number changes in this step."""
        return self.node if self.parent is None else self.parent

    @property
    def complete(self) -> bool:
        """Whether this step completes a gradient."""
        return self.kind in ("seed", "contribution") and self.arrived == self.expected

    @property
    def blocked(self) -> bool:
        """Whether nothing flows."""
        return self.kind in ("blocked", "detached")

    @property
    def equations(self) -> tuple[Equation, ...]:
        """The step's arithmetic, each line as symbols, numbers and result; a number that enters has none."""
        node, parent = name(self.label), name(self.parent_label or "")
        if self.kind == "input":
            return ()
        slope_of = f"d {node} / d {parent}"
        left, result = {
            "operation": (node, short(self.result)),
            "seed": (f"gradient of {node}", short(self.gradient_after)),
            "contribution": (slope_of, short(self.slope)),
            "update": (f"{node}, updated", short(self.result)),
        }.get(self.kind, (slope_of, "nothing flows"))
        first = Equation(left, self.rule, self.substituted, result)
        if self.kind != "contribution":
            return (first,)
        upstream, slope, contribution = map(in_formula, (self.upstream, self.slope, self.contribution))
        added = f"{short(self.gradient_before)} + {contribution}"
        return (
            first,
            Equation(f"{node} to {parent}", FACTORS, f"{upstream} × {slope}", short(self.contribution)),
            Equation(f"gradient of {parent}", "before + contribution", added, short(self.gradient_after)),
        )

    @property
    def progress(self) -> str:
        """How much of the gradient has arrived: "2 of 3 arrived: 6 + 4 + ?"."""
        if self.arrived == self.expected == 1 and "+" not in self.sum:
            return "complete"
        return f"{self.arrived} of {self.expected} arrived" + (f": {self.sum}" if self.sum else "")

    def _repr_html_(self) -> str:
        """What a notebook shows: the sentence, and its arithmetic line by line."""
        rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in line)}</tr>" for line in self.equations)
        head = "<tr><th>what<th>symbols<th>numbers<th>result</tr>"
        return f"<p>{escape(str(self))}</p>" + (f"<table>{head}{rows}</table>" if rows else "")

    def __str__(self) -> str:
        node, parent = name(self.label), name(self.parent_label or "")
        if self.kind == "input":
            return f"{node} is {short(self.result)}."
        if self.kind == "operation":
            return f"{node} = {self.rule} = {self.substituted} = {short(self.result)}."
        if self.kind == "seed":
            return f"{node}'s gradient is {short(self.gradient_after)}: d {node} / d {node} = 1."
        if self.kind == "update":
            return f"{node} moves: {self.rule} = {self.substituted} = {short(self.result)}."
        if self.kind == "blocked":
            why = f"{self.operation} did not select it, the local derivative {self.rule} is blocked here"
            return f"{node} sends nothing to {parent}: {why}."
        if self.kind == "detached":
            return f"{node} sends nothing to {parent}: {self.operation} takes it as a constant."
        early = f" Too early: the gradient of {node} was read before its sum was complete." if self.premature else ""
        product = f"{in_formula(self.upstream)} × {in_formula(self.slope)} = {short(self.contribution)}"
        now = f"the gradient of {parent} is now {short(self.gradient_after)}, {self.progress}."
        return f"{node} sends {product} to {parent}; {now}{early}"
