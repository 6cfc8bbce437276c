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
from ..record.tape import Ints, Tape
from ..ir.strides import affine, c_strides

CONSTANT, CAPTURED = -1, -2  # in place of a register: a number that needs none, a Value that is not captured yet


class Group(NamedTuple):
    """Arguments that enter a program together: one as it is, or several as a vector."""

    name: str
    members: tuple[int, ...]
    rows: bool
    vector: bool


class Locations:
    """The register and the place of each node, and registers made of them: slices, gathers, arrays put together."""

    def __init__(self, tape: Tape, groups: Sequence[Group], builder: Builder) -> None:
        self.tape, self.builder = tape, builder
        total = tape.size + len(tape.leaves)
        self.register_of, self.place_of = np.full(total, CONSTANT, np.int64), np.zeros(total, np.int64)
        self.numbers = np.zeros(total)
        self.captured: list[Value] = []
        self._views: dict[tuple[object, ...], int] = {}
        self._joins: dict[tuple[int, ...], int] = {}
        for group in groups:
            shape = (len(group.members),) if group.vector else ()
            members = tape.size + np.array(group.members, np.int64)
            self.settle(members, builder.input(group.name, shape, group.rows), (len(members),))
        name = "captured"
        while name in [group.name for group in groups]:
            name += "_"
        self.captured_register = builder.input(name)
        for index in range(tape.size + tape.arguments, total):
            leaf = tape.leaf(index)
            if leaf.op == "constant":
                self.numbers[index] = leaf._data
            else:
                self.register_of[index] = CAPTURED

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
        if len(registers) == 1 and registers[0] == CAPTURED:
            register, places = self.captured_register, self._capture(nodes)
        elif len(registers) == 1:
            register, places = int(registers[0]), self.place_of[nodes]
        else:
            register, places = self._joined(nodes, sources)
        return self._viewed(register, places.reshape(shape), shape, whole)

    def _constants(self, numbers: Any, shape: Shape, whole: bool) -> int:
        flat = numbers.ravel()
        if not whole and len(np.unique(flat.view(np.int64))) == 1:
            return self.builder.constant(float(flat[0]))
        return self.builder.add("constant", shape=shape, detail=tuple(flat.tolist()))

    def _capture(self, nodes: Ints) -> Ints:
        """The places of captured Values in their vector; a new one goes to its end."""
        flat = nodes.ravel()
        fresh = flat[self.register_of[flat] == CAPTURED]
        if len(fresh):
            unique, first = np.unique(fresh, return_index=True)
            ordered = unique[np.argsort(first, kind="stable")]
            self.place_of[ordered] = len(self.captured) + np.arange(len(ordered))
            self.register_of[ordered] = self.captured_register
            self.captured += [self.tape.leaf(int(index)) for index in ordered]
        return self.place_of[nodes]

    def _joined(self, nodes: Ints, sources: Ints) -> tuple[int, Ints]:
        """One vector of everything in the registers that the nodes come from, and their places in it."""
        if np.any(sources == CAPTURED):
            self._capture(nodes[sources == CAPTURED])
            sources = self.register_of[nodes]
        flat, places = sources.ravel(), self.place_of[nodes].ravel().copy()
        unique, first = np.unique(flat, return_index=True)
        start, parts = 0, []
        for register in unique[np.argsort(first, kind="stable")].tolist():
            here = flat == register
            if register == CONSTANT:
                register, places[here] = self._distinct_numbers(self.numbers[nodes].ravel()[here])
            places[here] += start
            start += self._size(register)
            parts.append(register)
        key = tuple(parts)
        if key not in self._joins:
            rows = any(self.builder[part].rows for part in parts)
            self._joins[key] = self.builder.add("join", *parts, shape=(start,), rows=rows)
        return self._joins[key], places.reshape(nodes.shape)

    def _distinct_numbers(self, numbers: Any) -> tuple[int, Ints]:
        """A vector of the distinct ones among some numbers, and the place of each in it; 0.0 and -0.0 differ."""
        bits, inverse = np.unique(numbers.view(np.int64), return_inverse=True)
        values = tuple(bits.view(np.float64).tolist())
        return self.builder.add("constant", shape=(len(values),), detail=values), inverse

    def _size(self, register: int) -> int:
        return len(self.captured) if register == self.captured_register else prod(self.builder[register].shape)

    def _viewed(self, register: int, places: Ints, shape: Shape, whole: bool) -> int:
        """The elements of a register at these places: itself, a view of it, or at worst a gather."""
        base, complete = self.builder[register].shape, register != self.captured_register
        if complete and shape == base and np.array_equal(places.ravel(), np.arange(prod(shape))):
            return register
        steps = affine(places)
        if steps is not None:
            start, strides = steps
            if not whole:
                shape = tuple(1 if stride == 0 else size for size, stride in zip(shape, strides))
                while shape and shape[0] == 1:
                    shape, strides = shape[1:], strides[1:]
            if 0 not in [stride for stride, size in zip(strides, shape) if size > 1]:
                if complete and (start, strides, shape) == (0, c_strides(base), base):
                    return register
                return self._once("view", register, shape, (start, strides))
        return self._once("take", register, places.shape, tuple(places.ravel().tolist()))

    def _once(self, op: str, register: int, shape: Shape, detail: object) -> int:
        key = (op, register, shape, detail)
        if key not in self._views:
            rows = self.builder[register].rows
            self._views[key] = self.builder.add(op, register, shape=shape, rows=rows, detail=detail)
        return self._views[key]
