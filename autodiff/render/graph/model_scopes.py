"""Which of several models each parameter belongs to, where one graph holds parameters of the same name.

Two models call their layers alike, so a name does not tell whose "layers[0]" it is. The graph does: inside a model
each layer feeds another one, and whatever comes back to a layer of the same name has entered the next model.

>>> from autodiff import Value
>>> from autodiff.graph import topological_order
>>> one, two = Value(2.0, name="cell.w"), Value(3.0, name="cell.w")
>>> order = topological_order((one * 5.0).tanh() * two)
>>> later_models(order, {one: ("cell",), two: ("cell",)}) == {two: 2}
True
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...ops import ADD
from ...value import Value
from .picture import Path


def later_models(order: Sequence[Value], paths: dict[Value, Path]) -> dict[Value, int]:
    """The parameters, given the path of each, that belong to a second, third, … model, with its number."""
    if len({v.name for v in paths}) == len(paths):
        return {}
    models = _Models(paths)
    models.follow(order)
    models.gather()
    return {v: number for v, number in models.numbers().items() if number > 1}


class _Models:
    """Sets of parameters that belong together; no set ever holds two of the same name."""

    def __init__(self, paths: dict[Value, Path]) -> None:
        self.paths = paths
        self.of: dict[Value, list[Value]] = {}  # the members of the model of each parameter, one list for all of them
        self.names: dict[int, set[str | None]] = {}  # their names, by the id of that list

    def add(self, parameters: list[Value]) -> None:
        """New parameters, which meet at an operation: of one model, unless two have the same name."""
        names = {v.name for v in parameters}
        for members in [parameters] if len(names) == len(parameters) else [[v] for v in parameters]:
            self.of.update(dict.fromkeys(members, members))
            self.names[id(members)] = {v.name for v in members}

    def join(self, a: Value, b: Value) -> bool:
        """Make one model of two, unless they hold the same name; whether they are one now."""
        large, small = sorted((self.of[a], self.of[b]), key=len, reverse=True)
        if large is small:
            return True
        if not self.names[id(large)].isdisjoint(self.names[id(small)]):
            return False
        self.names[id(large)] |= self.names.pop(id(small))
        large += small
        self.of.update(dict.fromkeys(small, large))
        return True

    def follow(self, order: Sequence[Value]) -> None:
        """Join the parameters of one operation, and those of a layer with those of the layer that it feeds."""
        heads: dict[Value, tuple[Value, ...]] = {}  # the last operations with parameters on the ways to each operation
        above: dict[Value, frozenset[str]] = {}     # the layers before each of these, inside its model
        first: dict[Value, Value] = {}              # one parameter of each of these
        for v in order:
            sources = tuple(dict.fromkeys(head for p in v.parents if p.parents for head in heads[p]))
            mine = [p for p in v.parents if p in self.paths]
            if not mine:
                heads[v] = sources
                continue
            if fresh := [p for p in dict.fromkeys(mine) if p not in self.of]:
                self.add(fresh)
            for other in {id(self.of[p]): p for p in mine}.values():
                self.join(mine[0], other)
            path, layers = self.paths[mine[0]], {self.paths[mine[0]][0]}
            for head in sources:
                is_bias = v.op == ADD and self.paths[first[head]] == path
                if (is_bias or path[0] not in above[head]) and self.join(mine[0], first[head]):
                    layers |= above[head]
            heads[v], above[v], first[v] = (v,), frozenset(layers), mine[0]

    def gather(self) -> None:
        """Join the neurons of a layer that is a model by itself, one after the other, as nothing else tells them."""
        latest: dict[str, Value] = {}
        for members in self.distinct():
            layers = {self.paths[v][0] for v in members}
            if len(layers) == 1:
                (layer,) = layers
                if not self.join(latest.setdefault(layer, members[0]), members[0]):
                    latest[layer] = members[0]

    def distinct(self) -> Iterable[list[Value]]:
        """Each model once, in the order in which they run."""
        return list({id(members): members for members in self.of.values()}.values())

    def numbers(self) -> dict[Value, int]:
        """1 for the first model, and one more for each that has a layer of the same name as an earlier one."""
        found: dict[Value, int] = {}
        seen: dict[str, int] = {}
        for members in self.distinct():
            layers = {self.paths[v][0] for v in members}
            number = 1 + max(seen.get(layer, 0) for layer in layers)
            seen.update(dict.fromkeys(layers, number))
            found.update(dict.fromkeys(members, number))
        return found
