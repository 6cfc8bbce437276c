"""Where the nodes of a tape are to be found: in which register of the program, and at which place of it.

>>> from autodiff import Value
>>> from autodiff.compiled.record.recorder import record
>>> xs = [Value(float(i)) for i in range(6)]
>>> tape, builder = record(lambda: [xs[0] + 1.0], xs), Builder()
>>> nodes = Locations(tape, [Group("xs", (0, 1, 2, 3, 4, 5), rows=False, vector=True)], builder)
>>> builder[nodes.resolve(np.array([5, 3, 1]) + tape.size - 1, (3,))]
Instruction(op='view', operands=(0,), shape=(3,), rows=False, detail=(4, (-2,)), name='', adjoint_of=None)
"""

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ...value import Value
from ..ir.builder import Builder
from ..ir.program import Shape
from ..ir.strides import Ints
from ..record.parameters import tell_apart
from ..record.tape import Tape
from ..ir.strides import affine, c_strides

CONSTANT = -1  # in place of a register: a number that needs none
WASTE = 4      # a register enters a join whole where it is no larger than so many times what is needed of it


class Group(NamedTuple):
    """Arguments that enter a program together: one as it is, or several as a vector."""

    name: str
    members: tuple[int, ...]
    rows: bool
    vector: bool


class Locations:
    """The register and the place of each node, and registers made of them: slices, gathers, arrays put together."""

    def __init__(self, tape: Tape, groups: Sequence[Group], builder: Builder, used: Ints | None = None) -> None:
        """`used` are the nodes that operands, results and guards are, in the order in which they will be looked for.

        Those that are captured enter as one vector, in this order, which is whole before anything is laid out.
        """
        self.tape, self.builder = tape, builder
        total = tape.size + len(tape.leaves)
        self.register_of, self.place_of = np.full(total, CONSTANT, np.int64), np.zeros(total, np.int64)
        self.numbers = np.zeros(total)
        self._views: dict[tuple[object, ...], int] = {}
        self._joins: dict[tuple[int, ...], int] = {}
        for group in groups:
            shape = (len(group.members),) if group.vector else ()
            members = tape.size + np.array(group.members, np.int64)
            self.settle(members, builder.input(group.name, shape, group.rows), (len(members),))
        outside = np.arange(tape.size + tape.arguments, total)
        constant = np.array([leaf.op == "constant" for leaf in tape.leaves[tape.arguments :]], bool)
        self.numbers[outside] = [leaf._data for leaf in tape.leaves[tape.arguments :]]
        kept = outside[~constant]
        self.captured = self._capture(kept if used is None else firsts(used[np.isin(used, kept)]), groups)

    def _capture(self, nodes: Ints, groups: Sequence[Group]) -> list[Value]:
        """The captured Values, as one vector."""
        if len(nodes):
            *_, name = tell_apart([*(group.name for group in groups), "captured"])
            self.settle(nodes, self.builder.input(name, (len(nodes),)), (len(nodes),))
        return [self.tape.leaf(node) for node in nodes.tolist()]

    def settle(self, nodes: Ints, register: int, shape: Shape) -> None:
        """Note where nodes are: the register may be smaller than their shape, where they came out all alike."""
        made = self.builder[register].shape
        self.register_of[nodes] = register
        self.place_of[nodes] = np.broadcast_to(np.arange(prod(made)).reshape(made), shape).ravel()

    def all_zero(self, nodes: Ints) -> bool:
        """Whether the nodes are all the constant 0.0, none of them -0.0."""
        constant = np.all(self.register_of[nodes] == CONSTANT)
        return bool(constant and not np.any(self.numbers[nodes]) and not np.any(np.signbit(self.numbers[nodes])))

    def resolve(self, nodes: Ints, shape: Shape, whole: bool = False) -> int:
        """A register that holds these nodes in this shape; unless `whole`, axes along which it repeats have size 1."""
        sources = self.register_of[nodes]
        if np.all(sources == CONSTANT):
            return self._constants(self.numbers[nodes], shape, whole)
        registers = np.unique(sources)
        if len(registers) == 1:
            register, places = int(registers[0]), self.place_of[nodes]
        else:
            register, places = self._join(nodes, sources)
        return self._view(register, places.reshape(shape), shape, whole)

    def _constants(self, numbers: Any, shape: Shape, whole: bool) -> int:
        flat = numbers.ravel()
        if not whole and len(np.unique(flat.view(np.int64))) == 1:
            return self.builder.constant(float(flat[0]))
        return self.builder.add("constant", shape=shape, detail=tuple(flat.tolist()))

    def _join(self, nodes: Ints, sources: Ints) -> tuple[int, Ints]:
        """One vector of what is needed of the registers that the nodes come from, and their places in it."""
        flat, places = sources.ravel(), self.place_of[nodes].ravel().copy()
        unique, first = np.unique(flat, return_index=True)
        start, parts = 0, []
        for register in unique[np.argsort(first, kind="stable")].tolist():
            here = flat == register
            if register == CONSTANT:
                part, places[here] = self._distinct_numbers(self.numbers[nodes].ravel()[here])
            else:
                part, places[here] = self._shrink(register, places[here])
            places[here] += start
            start += prod(self.builder[part].shape)
            parts.append(part)
        key = tuple(parts)
        if key not in self._joins:
            self._joins[key] = self.builder.add("join", *parts)
        return self._joins[key], places.reshape(nodes.shape)

    def _shrink(self, register: int, places: Ints) -> tuple[int, Ints]:
        """A register that has these places of another, and where: the other itself, unless it has far more."""
        wanted, inverse = np.unique(places, return_inverse=True)
        if prod(self.builder[register].shape) <= WASTE * len(wanted):
            return register, places
        return self._view(register, wanted, (len(wanted),), whole=True), inverse.reshape(places.shape)

    def _distinct_numbers(self, numbers: Any) -> tuple[int, Ints]:
        """A vector of the distinct ones among some numbers, and the place of each in it; 0.0 and -0.0 differ."""
        bits, inverse = np.unique(numbers.view(np.int64), return_inverse=True)
        values = tuple(bits.view(np.float64).tolist())
        return self.builder.add("constant", shape=(len(values),), detail=values), inverse

    def _view(self, register: int, places: Ints, shape: Shape, whole: bool) -> int:
        """The elements of a register at these places: itself, a view of it, or at worst a gather."""
        base = self.builder[register].shape
        if shape == base and np.array_equal(places.ravel(), np.arange(prod(shape))):
            return register
        steps = affine(places)
        if steps is not None:
            start, strides = steps
            if not whole:
                shape = tuple(1 if stride == 0 else size for size, stride in zip(shape, strides))
                while shape and shape[0] == 1:
                    shape, strides = shape[1:], strides[1:]
            if 0 not in [stride for stride, size in zip(strides, shape) if size > 1]:
                if (start, strides, shape) == (0, c_strides(base), base):
                    return register
                return self._once("view", register, shape, (start, strides))
        return self._once("take", register, places.shape, tuple(places.ravel().tolist()))

    def _once(self, op: str, register: int, shape: Shape, detail: object) -> int:
        key = (op, register, shape, detail)
        if key not in self._views:
            self._views[key] = self.builder.add(op, register, shape=shape, detail=detail)
        return self._views[key]


def firsts(nodes: Ints) -> Ints:
    """Each number once, where it stands first.

    >>> firsts(np.array([5, 3, 5, 4, 3])).tolist()
    [5, 3, 4]
    """
    found, at = np.unique(nodes, return_index=True)
    order: Ints = found[np.argsort(at)]
    return order
