"""What is odd about a gradient, in a sentence: what lets none through, where it became nan, what makes it vanish."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isfinite, isnan

from .log import Log
from .paths import Edge, Path
from .narrate import describe_origin
from .snapshot import Node
from .step import Step
from .wording import name, short

TINY, HUGE = 1e-6, 1e6  # beyond these a gradient vanishes or explodes


def reasons(
    log: Log,
    gradient: float | None,
    count: int,
    edges: list[Edge],
    flowing: list[Edge],
    paths: tuple[Path, ...],
    exact: Fraction | None,
) -> list[str]:
    """Why a gradient is nan, infinite, 0, tiny or huge; nothing where it is an ordinary number.

    `edges` are all edges between x and y that gradients reach, `flowing` those that carry something on from x.
    """
    if gradient is not None and not isfinite(gradient):
        return _first_not_finite(log, gradient, flowing)
    if count == 0:
        return [f"Cut: {_blocking(log, edge)}." for edge in edges if edge[2] is None][:3]
    if gradient == 0:
        return _why_zero(log, flowing, paths, exact)
    sizes = [abs(x) for x in (gradient, *(path.product for path in paths[:1])) if x is not None]
    return _worst(log, paths[0]) if paths and (max(sizes) < TINY or min(sizes) > HUGE) else []


def _blocking(log: Log, edge: Edge) -> str:
    node, operand, _ = edge
    parent = log.graph.nodes[node.parents[operand]]
    which = f"{name(parent.label)}, which is {short(parent.data)}"
    return f"{_describe(log, node)} lets nothing through to {which}" + _at(node)


def _describe(log: Log, node: Node) -> str:
    rule, _ = describe_origin(log, node)
    return f"{name(node.label)} = {rule}"


def _at(node: Node) -> str:
    return f" ({node.source})" if node.source else ""


def _why_zero(log: Log, flowing: list[Edge], paths: tuple[Path, ...], exact: Fraction | None) -> list[str]:
    if not _is_carried(flowing):
        node, operand = next((node, operand) for node, operand, slope in reversed(flowing) if slope == 0)
        parents = [log.graph.nodes[number] for number in node.parents]
        near = parents if len(parents) < 4 else [parents[operand]]  # of a sum of products, one operand is enough
        where = dict.fromkeys(f"{name(x.label)} is {short(x.data)}" for x in near if x.operation != "constant")
        slope = f"the local derivative of {_describe(log, node)} along {name(parents[operand].label)} is 0"
        return [f"Zero: {slope}, where {' and '.join(where)}{_at(node)}."]
    if paths and exact != 0 and abs(paths[0].product) < TINY:
        return _worst(log, paths[0])
    if exact:
        return ["Zero: rounding loses what the paths carry; without rounding it does not add up to 0."]
    return ["Zero: the contributions cancel; what the paths carry is not 0, and adds up to 0."]


def _is_carried(flowing: list[Edge]) -> bool:
    """Whether the local derivatives along some path are all other than 0."""
    first, operand, _ = flowing[0]
    reached = {first.parents[operand]}
    reached.update(node.number for node, operand, slope in flowing if slope != 0 and node.parents[operand] in reached)
    return flowing[-1][0].number in reached


def _worst(log: Log, path: Path) -> list[str]:
    """Where the product of local derivatives along a path becomes so small or large."""
    vanishes = abs(path.product) < TINY
    steps = sorted(zip(path.slopes, path.nodes[1:], strict=True), key=lambda step: abs(step[0]), reverse=not vanishes)
    odd = [step for step in steps if (abs(step[0]) < 1) == vanishes and abs(step[0]) != 1][:3]
    made = [(_describe(log, log.graph.nodes[number]), short(slope)) for slope, number in odd]
    places = "; ".join(f"{operation} has local derivative {slope}" for operation, slope in made)
    verb, extreme = ("vanishes", "smallest") if vanishes else ("explodes", "largest")
    count, product = f"{len(path.slopes):,}", short(path.product)
    whole = f"the product of the {count} local derivatives along the path that carries most is {product}"
    return [f"It {verb}: {whole}; the {extreme}: {places}."]


def _first_not_finite(log: Log, gradient: float, flowing: list[Edge]) -> list[str]:
    """Where the nan (or inf) that reached it was made from ordinary numbers, forward or backward."""
    kind, odd = ("nan", isnan) if isnan(gradient) else ("inf", _not_finite)
    nodes, concerned = log.graph.nodes, {(node.number, operand) for node, operand, _ in flowing}
    for step in log.backward:
        if step.kind != "contribution" or (step.node, step.operand) not in concerned or not _makes(step, odd):
            continue
        made = _made_forward(nodes, step.node, odd) if odd(step.slope or 0.0) else None
        if made is not None:
            return [f"The {kind} comes from the forward pass: {_describe_operands(log, made)}{_at(made)}."]
        slope = f"the local derivative is {step.rule} = {step.substituted} = {short(step.slope)}"
        return [
            f"The {kind} comes from the backward pass, at step {step.index}: {step}",
            f"  Here {slope}{_at(nodes[step.node])}.",
        ]
    return []


def _made_forward(nodes: Sequence[Node], number: int, odd: Callable[[float], bool]) -> Node | None:
    """The first odd number from which an operation got its own, or its operands; None where these are not odd."""
    waiting = [each for each in (number, *nodes[number].parents) if odd(nodes[each].data)]
    found = set(waiting)
    while waiting:
        more = {each for each in nodes[waiting.pop()].parents if odd(nodes[each].data)} - found
        found |= more
        waiting += more
    return nodes[min(found)] if found else None


def _not_finite(x: float) -> bool:
    return not isfinite(x)


def _makes(step: Step, odd: Callable[[float], bool]) -> bool:
    """Whether a contribution is odd though its upstream gradient is not, or a sum though no part of it is."""
    sent = odd(step.contribution or 0.0)
    return not odd(step.upstream or 0.0) if sent else odd(step.gradient_after or 0.0)


def _describe_operands(log: Log, node: Node) -> str:
    if not node.parents:
        return f"the input {name(node.label)} is {short(node.data)}"
    rule, numbers = describe_origin(log, node)
    return f"{name(node.label)} = {rule} = {numbers} = {short(node.data)}"
