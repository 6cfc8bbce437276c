"""The array instructions of a tape: one for each group of nodes of one depth that do the same thing."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from ...ops import ADD, MUL, TABLE, TOTAL
from ...value import Value
from ..ir.builder import Builder
from ..ir.program import Guard, Program, Shape
from ..ir.strides import Ints
from ..record.tape import CODES, NAMES, Tape
from .flatten import Flags, Lists, Sums
from .locations import Group, Locations
from .patterns import alike, grid, vector
from .signs import find_signed

FEW = 4  # terms that are added one by one; more are summed along an axis


class Rolled(NamedTuple):
    """A rolled program, the Values that it captures, and how many scalar operations it does."""

    program: Program
    captured: list[Value]
    operations: int


class Roller:
    """Writes the program of a flattened tape, level by level."""

    def __init__(self, tape: Tape, sums: Sums, groups: Sequence[Group], levels: Sequence[Ints]) -> None:
        self.tape, self.sums = tape, sums
        self.builder = Builder()
        self.levels, self.signed = levels, find_signed(tape)
        self.nodes = Locations(tape, groups, self.builder, self.list_nodes())

    def list_nodes(self) -> Ints:
        """The nodes that operands, results and guards are, in the order in which they will be looked for."""
        found = [np.array([*self.tape.roots, *(node for node, _, _ in self.tape.guards)], np.int64)]
        for level in reversed(self.levels):
            for members in alike(level, self.traits(level))[::-1]:
                bare = self.list_members(self.sums.bare, members)[0]
                wide = bare.shape[1] > FEW
                lists = [*self.list_members(self.sums.products, members), bare if wide else bare.T]
                found += [each.ravel() for each in lists[::-1]]
        return np.concatenate(found[::-1])

    def run(self, alone: int | None = None) -> Rolled:
        for level in self.levels:
            for members in alike(level, [*self.traits(level), *self.sources(level)]):
                self.group(members)
        roots = np.array(self.tape.roots)
        outputs = [self.nodes.resolve(root, ()) for root in roots[:alone]]
        if alone is not None:
            outputs.append(self.nodes.resolve(roots[alone:], (len(roots) - alone,), whole=True))
        guards = self.guards()
        return Rolled(self.builder.program(outputs, guards), self.nodes.captured, self.sums.live)

    def traits(self, level: Ints) -> list[Ints]:
        """In what nodes of a group agree: operation and number of operands."""
        sums = self.sums
        codes = self.tape.codes[sums.kept[level]].astype(np.int64)
        codes = np.where(sums.is_sum[level] & (codes != CODES[TOTAL]), CODES[ADD], codes)
        return [codes, sums.products.counts[level], sums.bare.counts[level]]

    def sources(self, level: Ints) -> list[Ints]:
        """Further, in the registers that the first operands are from."""
        products, bare = self.sums.products, self.sums.bare
        found = [self.source(values, products, level, 0) for values in products.values]
        return found + [self.source(bare.values[0], bare, level, place) for place in (0, 1, 2)]

    def source(self, values: Ints, lists: Lists, level: Ints, place: int) -> Ints:
        """The register that one operand of each node comes from; 0 where it has none, which the counts tell apart."""
        there = lists.counts[level] > place
        found = np.zeros(len(level), np.int64)
        found[there] = self.nodes.register_of[values[lists.starts[level[there]] + place]]
        return found

    def list_members(self, lists: Lists, members: Ints) -> list[Ints]:
        """The members' lists, all of one length, as matrices."""
        count = int(lists.counts[members[0]])
        at = lists.starts[members][:, None] + np.arange(count)
        return [values[at] for values in lists.values]

    def group(self, members: Ints) -> None:
        """Write the instructions of one group, and note where each of its nodes is to be found."""
        first = members[0]
        name = NAMES[int(self.tape.codes[self.sums.kept[first]])]
        is_sum = self.sums.is_sum[first]
        bare = self.list_members(self.sums.bare, members)[0]
        order, shape = np.arange(len(members)), vector(len(members))
        if self.sums.products.counts[first]:
            left, right = self.list_members(self.sums.products, members)
            if self.signed[self.sums.kept[members]].any() and not self.zeros(bare).any():
                register = self.separate_products(left, right, shape)
            else:
                register, order, shape = self.products(left, right)
            register = self.plus(register, bare[order], shape)
        elif name == TOTAL and bare.shape[1] > 2:
            register = self.total(bare, shape)
        elif is_sum and bare.shape[1] != 2:
            register = self.plus(None, bare, shape)
        elif name in TABLE and TABLE[name].variadic and not is_sum:
            register = self.along(name, bare, shape)
        else:
            order, shape = self.natural(bare)
            operands = [self.nodes.resolve(column.reshape(shape), shape) for column in bare[order].T]
            register = self.builder.row(ADD if is_sum else name, *operands)
        self.nodes.settle(self.sums.kept[members[order]], register, shape)

    def natural(self, operands: Ints) -> tuple[Ints, Shape]:
        """An order for a group's nodes in which an operand that is a whole register comes as it is, and its shape."""
        count = len(operands)
        for column in operands.T:
            register = int(self.nodes.register_of[column[0]])
            if register < 0:
                continue
            places = self.nodes.place_of[column]
            shape = self.builder[register].shape
            order = np.argsort(places, kind="stable")
            if prod(shape) == count and np.array_equal(places[order], np.arange(count)):
                return order, shape
        return np.arange(count), vector(count)

    def products(self, left: Ints, right: Ints) -> tuple[int, Ints, Shape]:
        """A group's sums of products: its register, the order of the nodes in it, and its shape."""
        found = grid(left, right)
        first, second, result = found.letters
        left_register, right_register = self.factors(found.left, first), self.factors(found.right, second)
        rows = ["r" * self.builder[register].rows for register in (left_register, right_register)]
        spec = f"{rows[0]}{first}k,{rows[1]}{second}k->{max(rows)}{result}"
        return self.builder.add("contract", left_register, right_register, detail=spec), found.order, found.shape

    def separate_products(self, left: Ints, right: Ints, shape: Shape) -> int:
        """A group's sums of products as products that are added up: a contraction starts from 0.0, and loses -0.0."""
        wide = (*shape, left.shape[1])
        factors = [self.nodes.resolve(each.reshape(wide), wide, whole=True) for each in (left, right)]
        return self.builder.along(TOTAL, self.builder.row(MUL, *factors))

    def factors(self, nodes: Ints, letter: str) -> int:
        """The register of lists of factors; without a letter for them, of the only list."""
        shape = nodes.shape if letter else nodes.shape[1:]
        return self.nodes.resolve(nodes.reshape(shape), shape, whole=True)

    def along(self, name: str, operands: Ints, shape: Shape) -> int:
        """An n-ary operation of a group, one list of operands for each of its nodes."""
        wide = (*shape, operands.shape[1])
        return self.builder.along(name, self.nodes.resolve(operands.reshape(wide), wide, whole=True))

    def total(self, terms: Ints, shape: Shape) -> int:
        """A group's totals of three terms or more, of which zeros are left out."""
        zero = self.zeros(terms)
        rest = terms[:, ~zero]
        register = self.along(TOTAL, rest, shape) if rest.shape[1] > 2 else self.plus(None, rest, shape)
        return self.builder.row(ADD, register, self.builder.constant(0.0)) if zero.any() else register

    def zeros(self, terms: Ints) -> Flags:
        """Which columns are the constant 0.0."""
        return np.array([self.nodes.all_zero(column) for column in terms.T], bool)

    def plus(self, register: int | None, bare: Ints, shape: Shape) -> int:
        """The sum of a register and the bare terms of a group, one list for each of its nodes."""
        count, zero = bare.shape[1], self.zeros(bare)
        if zero.any():  # a product of matrices starts from 0.0 by itself
            rest = self.plus(register, bare[:, ~zero], shape)
            return rest if register is not None else self.builder.row(ADD, rest, self.builder.constant(0.0))
        if count > FEW:
            found = self.along(TOTAL, bare, shape)
            return found if register is None else self.builder.row(ADD, register, found)
        for column in bare.T:
            term = self.nodes.resolve(column.reshape(shape), shape)
            register = term if register is None else self.builder.row(ADD, register, term)
        return self.builder.constant(0.0) if register is None else register

    def guards(self) -> list[Guard]:
        """One guard for all comparisons of a register that came out alike."""
        together: dict[tuple[int, bool], list[tuple[int, str]]] = {}
        for node, answer, place in self.tape.guards:
            together.setdefault((int(self.nodes.register_of[node]), answer), []).append((node, place))
        found = []
        for (_, answer), nodes in together.items():
            numbers = np.array([node for node, _ in nodes])
            register = self.nodes.resolve(numbers.reshape(vector(len(nodes))), vector(len(nodes)))
            found.append(Guard(register, answer, nodes[0][1]))
        return found
