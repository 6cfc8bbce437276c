"""Roll a tape: operations that do the same thing at the same depth become one array instruction.

Sums of products whose lists of factors form a grid become one matrix product; this finds the layers of a network and
the rows of a batch that were written as loops. Nodes are numbered in the order of creation inside their group, so that
operands are slices.

>>> from autodiff import Value, tanh
>>> from autodiff.compiled.record import record
>>> xs, ws = [Value(1.0) for _ in range(3)], [[Value(0.5) for _ in range(3)] for _ in range(5)]
>>> tape = record(lambda: [sum(tanh(sum(w * x for w, x in zip(row, xs))) for row in ws)], xs)
>>> print(rolled(tape, [Group("xs", (0, 1, 2), rows=True, vector=True)]).program)
xs         = input : rows x 3
captured   = input : 15
view_2     = view captured (0, (3, 1)) : 5 x 3
contract_3 = contract view_2 xs 'ak,rk->ra' : rows x 5
tanh_4     = tanh contract_3 : rows x 5
total_5    = total tanh_4 : rows
constant_6 = constant 0.0
add_7      = add total_5 constant_6 : rows
return add_7
"""

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..ops import TABLE
from ..value import Value
from .builder import Builder
from .flatten import Lists, Sums, flattened, ranges
from .layout import c_strides
from .program import Guard, Program, Shape
from .record import CODES, NAMES, Ints, Tape

CONSTANT, CAPTURED = -1, -2
FEW = 4  # terms that are added one by one; more are summed along an axis


class Group(NamedTuple):
    """Arguments that enter a program together: one as it is, or several as a vector."""

    name: str
    members: tuple[int, ...]
    rows: bool
    vector: bool


class Rolled(NamedTuple):
    """A rolled program, the Values that it captures, and how many scalar operations it does."""

    program: Program
    captured: list[Value]
    operations: int


def rolled(tape: Tape, groups: Sequence[Group], always: bool = False) -> "Rolled | None":
    """The rolled program and its captured Values, which enter as one vector.

    None if hardly two operations are of one depth, so that there is nothing to roll, unless it is to be `always`.
    """
    sums = flattened(tape)
    levels = levels_of(tape, sums, always)
    return _Roller(tape, sums, groups).run(levels) if levels is not None else None


def levels_of(tape: Tape, sums: Sums, always: bool = False) -> list[Ints] | None:
    """The kept nodes by depth; None where a depth has hardly more than one node, and there is nothing to roll."""
    count = len(sums.kept)
    place = np.full(tape.size + len(tape.leaves), -1, np.int64)
    place[sums.kept] = np.arange(count)
    owners, operands = [], []
    for lists in (sums.products, sums.bare):
        for values in lists.values:
            inner = place[values] >= 0
            owners.append(np.repeat(np.arange(count), lists.counts)[inner])
            operands.append(place[values[inner]])
    owner, operand = np.concatenate(owners), np.concatenate(operands)
    waiting = np.bincount(owner, minlength=count)
    by_operand = np.argsort(operand, kind="stable")
    targets = owner[by_operand]
    outgoing = np.bincount(operand, minlength=count)
    first = np.cumsum(outgoing) - outgoing
    frontier, levels, done = np.flatnonzero(waiting == 0), [], 0
    while len(frontier):
        levels.append(frontier)
        done += len(frontier)
        if len(levels) > 100 and done < 3 * len(levels) and not always:
            return None
        reached, times = np.unique(targets[ranges(first[frontier], outgoing[frontier])], return_counts=True)
        waiting[reached] -= times
        frontier = reached[waiting[reached] == 0]
    return levels


class _Roller:
    def __init__(self, tape: Tape, sums: Sums, groups: Sequence[Group]) -> None:
        self.tape, self.sums = tape, sums
        self.builder = Builder()
        total = tape.size + len(tape.leaves)
        self.register_of, self.place_of = np.full(total, CONSTANT, np.int64), np.zeros(total, np.int64)
        for group in groups:
            shape = (len(group.members),) if group.vector else ()
            members = tape.size + np.array(group.members, np.int64)
            self.register_of[members] = self.builder.input(group.name, shape, group.rows)
            self.place_of[members] = np.arange(len(members))
        name = "captured"
        while name in [group.name for group in groups]:
            name += "_"
        self.captured_register = self.builder.input(name)
        self.captured: list[Value] = []
        self.numbers = np.zeros(total)
        for index in range(tape.arguments, len(tape.leaves)):
            leaf = tape.leaves[index]
            if leaf.op == "constant":
                self.numbers[tape.size + index] = leaf._data
            else:
                self.register_of[tape.size + index] = CAPTURED
        self.views: dict[tuple[object, ...], int] = {}
        self.joins: dict[tuple[int, ...], int] = {}

    def run(self, levels: Sequence[Ints]) -> Rolled:
        for level in levels:
            for members in self.alike(level):
                self.group(members)
        outputs = [self.resolve(np.array(root), ()) for root in self.tape.roots]
        guards = self.guards()
        register = self.builder.instructions[self.captured_register]
        self.builder.instructions[self.captured_register] = register._replace(shape=(len(self.captured),))
        program = self.builder.program(outputs, guards)
        program = program if self.captured else _without(program, self.captured_register)
        return Rolled(program, self.captured, self.sums.live)

    def alike(self, level: Ints) -> list[Ints]:
        """The nodes of a depth, in groups that do the same to operands from the same registers."""
        kept, bare, products = self.sums.kept[level], self.sums.bare, self.sums.products
        columns = [np.where(self.sums.is_sum[level], CODES["total"], self.tape.codes[kept])]
        columns += [products.counts[level], bare.counts[level]]
        for values, lists in ((products.values[0], products), (products.values[1], products), (bare.values[0], bare)):
            columns.append(self.source(values, lists, level, 0))
        columns += [self.source(bare.values[0], bare, level, place) for place in (1, 2)]
        label = np.zeros(len(level), np.int64)
        for column in columns:
            column = column - column.min()
            label = np.unique(label * (int(column.max()) + 1) + column, return_inverse=True)[1]
        order = np.argsort(label, kind="stable")
        groups = np.split(level[order], np.flatnonzero(np.diff(label[order])) + 1)
        return sorted(groups, key=lambda members: int(members[0]))

    def source(self, values: Ints, lists: Lists, level: Ints, place: int) -> Ints:
        """The register that one operand of each node comes from; -3 where it has none such."""
        there = lists.counts[level] > place
        found = np.full(len(level), -3, np.int64)
        found[there] = self.register_of[values[lists.starts[level[there]] + place]]
        return found

    def listed(self, lists: Lists, members: Ints) -> list[Ints]:
        """The members' lists, all of one length, as matrices."""
        count = int(lists.counts[members[0]])
        at = lists.starts[members][:, None] + np.arange(count)
        return [values[at] for values in lists.values]

    def group(self, members: Ints) -> None:
        """Write the instructions of one group, and note where each of its nodes is to be found."""
        first = members[0]
        name = NAMES[int(self.tape.codes[self.sums.kept[first]])]
        bare = self.listed(self.sums.bare, members)[0]
        if self.sums.products.counts[first]:
            left, right = self.listed(self.sums.products, members)
            register, order, shape = self.products(left, right)
            self.settle(members[order], self.plus(register, bare[order], shape), shape)
        elif self.sums.is_sum[first] and bare.shape[1] != 2:
            shape = self.shape(len(members))
            self.settle(members, self.plus(None, bare, shape), shape)
        elif name in TABLE and TABLE[name].variadic and not self.sums.is_sum[first]:
            shape = self.shape(len(members))
            operand = self.resolve(bare.reshape(shape + (-1,)), shape + (bare.shape[1],), whole=True)
            self.settle(members, self.builder.along(name, operand), shape)
        else:
            order, shape = self.natural(bare)
            operands = [self.resolve(column.reshape(shape), shape) for column in bare[order].T]
            name = "add" if self.sums.is_sum[first] else name
            self.settle(members[order], self.builder.row(name, *operands), shape)

    def shape(self, count: int) -> Shape:
        return (count,) if count > 1 else ()

    def settle(self, members: Ints, register: int, shape: Shape) -> None:
        """Note where the nodes are: the register may be smaller than their shape, where they came out all alike."""
        nodes, made = self.sums.kept[members], self.builder[register].shape
        self.register_of[nodes] = register
        self.place_of[nodes] = np.broadcast_to(np.arange(prod(made)).reshape(made), shape).ravel()

    def natural(self, operands: Ints) -> tuple[Ints, Shape]:
        """An order for a group's nodes in which an operand that is a whole register comes as it is, and its shape."""
        count = len(operands)
        for column in operands.T:
            register = int(self.register_of[column[0]])
            if register < 0 or np.any(self.register_of[column] != register):
                continue
            places = self.place_of[column]
            shape = self.builder[register].shape
            order = np.argsort(places, kind="stable")
            if prod(shape) == count and np.array_equal(places[order], np.arange(count)):
                return order, shape
        return np.arange(count), self.shape(count)

    def plus(self, register: int | None, bare: Ints, shape: Shape) -> int:
        """The sum of a register and the bare terms of a group, one list for each of its nodes."""
        zeros = [column for column in bare.T if self.all_zero(column)]
        if zeros and bare.shape[1] > FEW:
            bare = np.array([column for column in bare.T if not self.all_zero(column)] + zeros[:1]).T
            rest = self.plus(register, bare[:, :-1], shape)
            return rest if register is not None else self.builder.row("add", rest, self.builder.constant(0.0))
        count = bare.shape[1]
        if count > FEW:
            terms = self.resolve(bare.reshape(shape + (count,)), shape + (count,), whole=True)
            found = self.builder.along("total", terms)
            return found if register is None else self.builder.row("add", register, found)
        for column in bare.T:
            if register is not None and self.all_zero(column):
                continue  # a product of matrices starts from 0.0 by itself
            term = self.resolve(column.reshape(shape), shape)
            register = term if register is None else self.builder.row("add", register, term)
        return self.builder.constant(0.0) if register is None else register

    def all_zero(self, ids: Ints) -> bool:
        constant = np.all(self.register_of[ids] == CONSTANT)
        return bool(constant and not np.any(self.numbers[ids]) and not np.any(np.signbit(self.numbers[ids])))

    def products(self, left: Ints, right: Ints) -> tuple[int, Ints, Shape]:
        """A group's sums of products: its register, the order of the nodes in it, and its shape."""
        lefts, of_left = distinct(left)
        rights, of_right = distinct(right)
        count, rows, columns = len(left), len(lefts), len(rights)
        by_left = np.lexsort((of_right, of_left))
        by_right = np.lexsort((of_left, of_right))
        if rows * columns != count or len(np.unique(of_left * columns + of_right)) != count:
            order, shape = np.arange(count), self.shape(count)
            letters = ("n", "n", "n")
            lists = left, right
        else:
            order = by_right if np.all(np.diff(by_right) > 0) else by_left
            a, b = "a" * (rows > 1), "b" * (columns > 1)
            letters = (a, b, b + a if order is by_right and order is not by_left else a + b)
            sizes = {"a": rows, "b": columns}
            shape = tuple(sizes[letter] for letter in letters[2])
            lists = left[lefts], right[rights]
        operands = []
        for letter, ids in zip(letters, lists):
            wanted = ids.shape if letter else ids.shape[1:]
            operands.append(self.resolve(ids.reshape(wanted), wanted, whole=True))
        with_rows = [self.builder[operand].rows for operand in operands]
        specs = [("r" if rows else "") + letter + "k" for rows, letter in zip(with_rows, letters)]
        spec = f"{specs[0]},{specs[1]}->{'r' * any(with_rows)}{letters[2]}"
        return self.builder.contract(operands[0], operands[1], spec), order, shape

    def resolve(self, ids: Ints, shape: Shape, whole: bool = False) -> int:
        """A register that holds these nodes in this shape; unless `whole`, axes along which it repeats have size 1."""
        sources = self.register_of[ids]
        if np.all(sources == CONSTANT):
            return self.constants(self.numbers[ids], shape, whole)
        registers = np.unique(sources)
        if len(registers) == 1 and registers[0] == CAPTURED:
            register, places = self.captured_register, self.capture(ids)
        elif len(registers) == 1:
            register, places = int(registers[0]), self.place_of[ids]
        else:
            register, places = self.joined(ids, sources)
        return self.viewed(register, places.reshape(shape), shape, whole)

    def constants(self, numbers: Any, shape: Shape, whole: bool) -> int:
        flat = numbers.ravel()
        if not whole and len(np.unique(flat.view(np.int64))) == 1:
            return self.builder.constant(float(flat[0]))
        return self.builder.add("constant", shape=shape, detail=tuple(flat.tolist()))

    def capture(self, ids: Ints) -> Ints:
        """The places of captured Values in their vector; a new one goes to its end."""
        flat = ids.ravel()
        fresh = flat[self.register_of[flat] == CAPTURED]
        if len(fresh):
            unique, first = np.unique(fresh, return_index=True)
            ordered = unique[np.argsort(first, kind="stable")]
            self.place_of[ordered] = len(self.captured) + np.arange(len(ordered))
            self.register_of[ordered] = self.captured_register
            self.captured += [self.tape.leaf(int(index)) for index in ordered]
        return self.place_of[ids]

    def joined(self, ids: Ints, sources: Ints) -> tuple[int, Ints]:
        """One vector of everything in the registers that the nodes come from, and their places in it."""
        if np.any(sources == CAPTURED):
            self.capture(ids[sources == CAPTURED])
            sources = self.register_of[ids]
        flat, places = sources.ravel(), self.place_of[ids].ravel().copy()
        unique, first = np.unique(flat, return_index=True)
        start, parts = 0, []
        for register in unique[np.argsort(first, kind="stable")].tolist():
            here = flat == register
            if register == CONSTANT:
                numbers, inverse = np.unique(self.numbers[ids].ravel()[here].view(np.int64), return_inverse=True)
                values = tuple(numbers.view(np.float64).tolist())
                part = self.builder.add("constant", shape=(len(numbers),), detail=values)
                places[here] = inverse + start
                start += len(numbers)
            else:
                part = register
                places[here] += start
                start += self.size_of(register)
            parts.append(part)
        key = tuple(parts)
        if key not in self.joins:
            rows = any(self.builder[part].rows for part in parts)
            self.joins[key] = self.builder.add("join", *parts, shape=(start,), rows=rows)
        return self.joins[key], places.reshape(ids.shape)

    def size_of(self, register: int) -> int:
        return len(self.captured) if register == self.captured_register else prod(self.builder[register].shape)

    def viewed(self, register: int, places: Ints, shape: Shape, whole: bool) -> int:
        base = self.builder[register].shape
        in_order = shape == base and np.array_equal(places.ravel(), np.arange(prod(shape)))
        if in_order and register != self.captured_register:
            return register
        rows = self.builder[register].rows
        steps = affine(places)
        if steps is not None:
            start, strides = steps
            if not whole:
                shape = tuple(1 if stride == 0 else size for size, stride in zip(shape, strides))
                strides = tuple(stride for stride in strides)
                while shape and shape[0] == 1:
                    shape, strides = shape[1:], strides[1:]
            if 0 not in [stride for stride, size in zip(strides, shape) if size > 1]:
                if (start, strides, shape) == (0, c_strides(base), base) and register != self.captured_register:
                    return register
                return self.cached("view", register, shape, rows, (start, strides))
        return self.cached("take", register, places.shape, rows, tuple(places.ravel().tolist()))

    def cached(self, op: str, register: int, shape: Shape, rows: bool, detail: object) -> int:
        key = (op, register, shape, detail)
        if key not in self.views:
            self.views[key] = self.builder.add(op, register, shape=shape, rows=rows, detail=detail)
        return self.views[key]

    def guards(self) -> list[Guard]:
        """One guard for all comparisons of a register that came out alike."""
        together: dict[tuple[int, bool], list[tuple[int, str]]] = {}
        for node, answer, place in self.tape.guards:
            together.setdefault((int(self.register_of[node]), answer), []).append((node, place))
        found = []
        for (_, answer), nodes in together.items():
            ids = np.array([node for node, _ in nodes])
            register = self.resolve(ids if len(ids) > 1 else ids[0], self.shape(len(ids)), whole=True)
            found.append(Guard(register, answer, nodes[0][1]))
        return found


def affine(places: Ints) -> tuple[int, Shape] | None:
    """The start and the strides of places that are evenly spaced along every axis; None if they are not.

    >>> affine(np.array([[5, 6, 7], [15, 16, 17]]))
    (5, (10, 1))
    """
    start = int(places.flat[0])
    strides = []
    for axis, size in enumerate(places.shape):
        second = tuple(1 if other == axis else 0 for other in range(places.ndim))
        strides.append(int(places[second]) - start if size > 1 else 0)
    expected = np.array(start)
    for axis, size in enumerate(places.shape):
        steps = (np.arange(size) * strides[axis]).reshape((size,) + (1,) * (places.ndim - axis - 1))
        expected = expected + steps
    return (start, tuple(strides)) if np.array_equal(expected, places) else None


def distinct(lists: Ints) -> tuple[Ints, Ints]:
    """The rows at which each distinct list stands first, in that order, and which of them each row is."""
    if len(lists) == 1:
        return np.zeros(1, np.int64), np.zeros(1, np.int64)
    weights = np.random.default_rng(0).integers(1, 2**63, lists.shape[1], dtype=np.int64) | 1
    with np.errstate(over="ignore"):
        digests = (lists * weights).sum(axis=1)
    _, first, inverse = np.unique(digests, return_index=True, return_inverse=True)
    if not np.array_equal(lists[first][inverse], lists):  # two lists of one digest: compare them whole
        _, first, inverse = np.unique(lists, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return first[order], rank[inverse.ravel()]


def _without(program: Program, register: int) -> Program:
    """The program without an input that nothing uses."""
    def moved(index: int) -> int:
        return index - (index > register)

    kept = [each._replace(operands=tuple(map(moved, each.operands)))
            for index, each in enumerate(program.instructions) if index != register]  # fmt: skip
    guards = tuple(guard._replace(register=moved(guard.register)) for guard in program.guards)
    return Program(tuple(kept), tuple(map(moved, program.outputs)), guards)
