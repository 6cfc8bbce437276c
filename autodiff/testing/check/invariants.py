"""What a right gradient alone does not show: f gives the same again, stays finite, and a second pass adds once more.

Each function returns what is wrong, in a sentence; None, or an empty list, if nothing is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ...graph import topological_order
from ...kernels import same_bits
from .blame import V, list_operands
from ..derive.oracles import forward
from ..draw.straight_line import Program
from .run import Run


def find_unsteadiness(run: Run) -> list[str]:
    """f must leave its inputs alone, and give the same again."""
    changed = [
        f"{run.at()} changes its input {name} from {number!r} to {x.data!r}"
        for name, x, number in zip(run.names, run.inputs, run.numbers) if not same_bits(x.data, number)
    ]  # fmt: skip
    if changed:
        return changed
    first = [y.data for y in run.outputs]
    run.again()
    second = [y.data for y in run.outputs]
    if len(first) == len(second) and all(map(same_bits, first, second)):
        return []
    return [f"{run.at()} is not deterministic: it gave {_few(first)}, then {_few(second)}"]


def find_nonfinite(run: Run, y: V) -> str | None:
    """Every number on the way must be finite."""
    for node in topological_order(y):
        if not math.isfinite(node.data):
            what = f"{node.op} at {list_operands(node)} gives" if node.parents else "an input or constant is"
            return run.place(f"{run.at()} meets a number that is not finite: {what} {node.data!r}", node)
    return None


def find_leaks(run: Run, used: set[V], gradient: Sequence[float]) -> list[str]:
    """An input that the output does not use must get no gradient."""
    return [
        f"{run.at()} does not use {name}, and yet leaves a gradient of {slope!r} on it"
        for name, x, slope in zip(run.names, run.inputs, gradient) if x not in used and slope != 0
    ]  # fmt: skip


def find_wrong_second_pass(run: Run, y: V, gradient: Sequence[float], first: Mapping[V, float]) -> str | None:
    """A second backward pass must add the same gradient to the leaves once more."""
    y.backward()
    for name, x, slope in zip(run.names, run.inputs, gradient):
        twice = first[x] + slope
        off = abs(x.grad - twice)
        if math.isfinite(twice) and off > 4 * math.ulp(twice) and off > 1e-12 * _measure_sent(y, x):
            brings = f"a second backward pass brings the gradient of {name} from {slope!r} to {x.grad!r}"
            return f"{run.at()}: {brings}, and it should be {twice!r}: interior gradients must start again from 0"
    return None


def _measure_sent(y: V, x: V) -> float:
    """The size of all contributions to a leaf, which may cancel: they are added in another order the second time."""
    edges = ((node, *edge) for node in topological_order(y) for edge in zip(node.parents, node.slopes))
    return math.fsum(abs(slope * node.grad) for node, parent, slope in edges if parent is x and slope is not None)


def compare_modes(run: Run, program: Program, gradient: Sequence[float], tolerances: Sequence[float]) -> list[str]:
    """Forward mode must agree with reverse mode."""
    return [
        f"{run.at()}: forward mode gives {tangent!r} along {name}, and reverse mode {slope!r}"
        for name, tangent, slope, tolerance in zip(run.names, forward(program)[1], gradient, tolerances)
        if abs(tangent - slope) > 2 * tolerance
    ]  # fmt: skip


def _few(numbers: Sequence[float]) -> str:
    return ", ".join(map(repr, numbers[:4])) + (", …" if len(numbers) > 4 else "")
