"""Which values are drawn as one box: those of a neuron, of a layer, of a named scope; many alike inputs; a long loss.

    collapse="neuron"   each innermost scope
    collapse="layer"    layers, whole
    collapse=2          scopes of at most two steps
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from ...value import Value
from .picture import Path

MANY_LEAVES = 4  # more inputs than this with the same users are drawn as one box
LONG_TAIL = 12   # more operations than this outside all scopes, at the end, are drawn as one box, once layers are


class Box:
    """A group of values that are drawn as one; equal only to itself."""

    def __init__(self, path: Path, scopes: dict[Value, Path], words: str = "") -> None:
        self.path, self.scopes, self.words = path, scopes, words

    @property
    def is_scope(self) -> bool:
        """Whether it is a scope, and not many alike things."""
        return not self.words

    def path_of(self, v: Value) -> Path:
        return self.scopes.get(v, ())

    def title(self, inside: int) -> str:
        """Its path below the scopes that are drawn round it, or how many of what it holds."""
        return self.words or ".".join(self.path[inside:])


def find_boxes(
    order: Sequence[Value], scopes: dict[Value, Path], collapse: str | int, hidden: Collection[Value], frames: int = 0
) -> dict[Value, Box]:
    """The box of each value that is not drawn by itself, the hidden ones apart; so many outer `frames` stay frames."""
    cut, of_short = cutter(collapse), dict[Path, Box]()
    of_path: dict[Path, Box] = {}
    for path in dict.fromkeys(scopes.values()):  # there are far fewer paths than values
        if len(path) > frames and (short := path[:frames] + cut(path[frames:])):
            of_path[path] = of_short.setdefault(short, Box(short, scopes))
    boxes = {v: of_path[path] for v, path in scopes.items() if path in of_path}
    gather_leaves(order, scopes, boxes, hidden)
    if collapse != "neuron":
        gather_tail(order, scopes, boxes)
    return boxes


def cutter(collapse: str | int) -> Callable[[Path], Path]:
    """What of a path names the box."""
    if collapse == "neuron":
        return lambda path: path
    if collapse == "layer":
        return lambda path: path[:-1] if len(path) > 1 and path[-1].startswith("neurons[") else path
    return lambda path: path[: int(collapse)]


def gather_leaves(
    order: Sequence[Value], scopes: dict[Value, Path], boxes: dict[Value, Box], hidden: Collection[Value]
) -> None:
    """Draw many inputs that lead to the same places as one box."""
    loose = [v for v in order if not v.parents and v not in boxes and v not in hidden]
    if len(loose) <= MANY_LEAVES:
        return
    leads: dict[Value, set[object]] = {v: set() for v in loose}
    for v in order:
        user = boxes.get(v, v)
        for parent in leads.keys() & v.parents:
            leads[parent].add(user)
    alike: dict[tuple[str, frozenset[object]], list[Value]] = {}
    for v, users in leads.items():
        alike.setdefault((v.op, frozenset(users)), []).append(v)
    for (op, _), members in alike.items():
        if len(members) > MANY_LEAVES:
            boxes.update(dict.fromkeys(members, Box((), scopes, f"{len(members):,} {op}s")))


def gather_tail(order: Sequence[Value], scopes: dict[Value, Path], boxes: dict[Value, Box]) -> None:
    """Draw a long loss as one box: the operations after all scopes, but for the outputs themselves."""
    used = {parent for v in order for parent in v.parents}
    before = set(boxes)
    for v in reversed(order):
        if v in before:
            before.update(v.parents)
    tail = [v for v in order if v.parents and v not in before and v in used]
    if len(tail) > LONG_TAIL:
        boxes.update(dict.fromkeys(tail, Box((), scopes, f"{len(tail):,} operations")))
