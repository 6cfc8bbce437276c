"""Hypothesis strategies: Values, numbers at which engines break, and programs in which operands repeat.

`programs()` draws straight-line programs that are well defined: every operation gets inputs of its domain, away from
kinks unless asked, and all numbers stay finite and of ordinary size. They print as assignments and shrink to the
smallest one that still fails.

>>> from hypothesis import given
>>> from autodiff import Value
>>> @given(programs(operations=["add", "mul"]))
... def check(program):
...     assert len(program.steps) > 0
>>> check()
"""

import builtins
import math
from collections.abc import Iterable, Sequence
from functools import cache

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ... import functions
from ...coerce import is_one_of
from ...errors import ArgumentError, shown
from ...numbers import FLOATS
from ...ops import POW, TABLE, UNARY, Op
from ...value import Value
from .straight_line import Operand, Program, Step, bind_operations
from .edge_cases import SPECIAL, at_kink, points, is_within

PUBLIC = [name for name, op in TABLE.items()
          if (op.is_operator or hasattr(builtins, name) or hasattr(functions, name)) and not op.stops]  # fmt: skip
COPY = UNARY["+"]
OPERATIONS = (*(name for name in PUBLIC if name != COPY), COPY)  # last, because programs shrink towards the first
LARGEST = 1e4  # results above it are not drawn: nothing overflows, and rounding errors stay small


@st.composite
def numbers(draw: DrawFn, min_value: float = -math.inf, max_value: float = math.inf, special: bool = True) -> float:
    """Floats as they come in programs: hundredths near zero, any float, and the special ones that break engines."""
    special_ones = [x for x in SPECIAL if min_value <= x <= max_value or (x != x and min_value == -math.inf)]
    low, high = max(min_value, -3.0), min(max_value, 3.0)
    unbounded = math.isinf(min_value) or math.isinf(max_value)
    ways = [st.floats(min_value, max_value, allow_nan=False, allow_infinity=special and unbounded)]
    if low < high and math.ceil(low * 100) <= math.floor(high * 100):
        ways.insert(0, hundredths(low, high))
    if special and special_ones:
        ways.append(st.sampled_from(special_ones))
    return draw(st.one_of(ways))


@cache
def hundredths(low: float = -3.0, high: float = 3.0) -> SearchStrategy[float]:
    """Short numbers such as -1.25, which people can read, shrinking towards the one nearest to zero."""
    return st.integers(math.ceil(low * 100), math.floor(high * 100)).map(lambda n: n / 100)


@st.composite
def values(draw: DrawFn, min_value: float = -math.inf, max_value: float = math.inf, special: bool = True) -> Value:
    """Values that are inputs of a graph: `values()`, or `values(min_value=0.0, special=False)`."""
    return Value(draw(numbers(min_value, max_value, special)))


@st.composite
def inputs_for(draw: DrawFn, target: str | Op | Program, special: bool = True, kinks: bool = True) -> tuple[float, ...]:
    """Inputs of an operation, or of a program, from the domains and kinks of the table.

    Without `special` no infinities, no extremes; without `kinks` no point at which a one-sided slope differs. -0.0 is a
    number like any other: it is drawn wherever 0.0 may be, and is the same point of a domain and of a kink as 0.0.
    """
    if isinstance(target, Program):
        number = numbers(special=special) if special else hundredths()
        inputs = draw(st.tuples(*[number] * len(target.inputs)))
        assume(special or is_sound(target.at(inputs), kinks))
        return inputs
    if not isinstance(target, Op) and not is_one_of(target, TABLE):
        raise ArgumentError(f"inputs_for: expected an operation of the table or a program, got {shown(target)}")
    op = TABLE[target] if isinstance(target, str) else target
    domains = op.domain * draw(st.integers(1, 4)) if op.variadic else op.domain
    domains = domains * 2 if op.paired else domains  # two lists of one length
    xs = draw(st.tuples(*[numbers(low, high, special) for low, high in domains]))
    if kinks and op.kinks:
        xs = draw(st.sampled_from(points(op, xs)))
    assume(is_within(op, xs) or any(x != x for x in xs))
    assume(kinks or not at_kink(op, xs))
    return xs


@st.composite
def programs(
    draw: DrawFn,
    operations: Iterable[str] | None = None,
    inputs: SearchStrategy[Sequence[float]] | None = None,
    *,
    max_steps: int = 10,
    kinks: bool = False,
) -> Program:
    """Straight-line programs over operations of the table, in which operands repeat, so that interior nodes are shared.

    `operations` are names of rows (all that have a public function, by default); `inputs` draws the input numbers.
    """
    known = _check_operations(operations)
    if inputs is not None and not isinstance(inputs, SearchStrategy):
        raise ArgumentError(f"programs: expected a strategy of inputs, such as st.just((0.5,)), got {shown(inputs)}")
    numbers_in = tuple(draw(inputs if inputs is not None else st.lists(hundredths(), min_size=1, max_size=3)))
    if not numbers_in or not all(isinstance(x, float) for x in numbers_in):
        raise ArgumentError(f"programs: expected inputs to draw one float or more, got {shown(numbers_in)}")
    pool = list(numbers_in)
    steps: list[Step] = []
    for _ in range(draw(st.integers(1, max_steps))):
        for step, result in draw(draw_steps(draw(evenly(known)), pool, known, kinks)):
            steps.append(step)
            pool.append(result)
    assume(steps)
    return Program(numbers_in, tuple(steps)).prune()


def evenly(names: Sequence[str]) -> SearchStrategy[str]:
    """One of the names; by two draws, because Hypothesis likes the first and what it drew before."""
    index = st.integers(0, len(names) - 1)
    return st.tuples(index, index).map(lambda two: names[sum(two) % len(names)])


def _check_operations(operations: Iterable[str] | None) -> tuple[str, ...]:
    if isinstance(operations, str):
        raise ArgumentError(f"programs: expected a list of operations, such as ['mul'], got {shown(operations)}")
    known = tuple(OPERATIONS if operations is None else operations)
    for name in known:
        if not is_one_of(name, TABLE):
            raise ArgumentError(f"programs: expected names of operations, got {shown(name)}; see autodiff.ops.TABLE")
    if not known:
        raise ArgumentError("programs: expected the name of one operation or more, got none")
    return known


@st.composite
def draw_steps(
    draw: DrawFn, op: str, pool: Sequence[float], known: Sequence[str], kinks: bool
) -> list[tuple[Step, float]]:
    """An operation on places of the pool, with its result; before it what brings an operand into its domain, if needed.

    Otherwise the operations that are defined everywhere would crowd out all others.
    """
    step = Step(op, draw(operands(op, pool)))
    result = evaluate_if_tame(step, pool, kinks)
    if result is not None:
        return [(step, result)]
    row = TABLE[op]
    for index, operand in enumerate(step.operands):
        domain = row.domain[0 if row.variadic else index]
        ways = [name for name in BRINGING.get(domain, ("exp", "cosh", "sigmoid")) if name in known]
        if ways and type(operand) is int:
            inner = Step(draw(st.sampled_from(ways)), (operand,))
            inside = evaluate_if_tame(inner, pool, kinks)
            step = Step(op, (*step.operands[:index], len(pool), *step.operands[index + 1 :]))
            result = evaluate_if_tame(step, [*pool, inside], kinks) if inside is not None else None
            if inside is not None and result is not None:
                both = draw(st.integers(0, 7))  # if not, a failure that needs the inner one alone can shrink to it
                return [(inner, inside), (step, result)] if both else [(inner, inside)]
    return []


BRINGING = {(-1.0, 1.0): ("tanh", "sin", "erf"), (1.0, math.inf): ("cosh",)}


@st.composite
def operands(draw: DrawFn, op: str, pool: Sequence[float]) -> tuple[Operand, ...]:
    """Operands for one step: places, the newest first, with now and then a plain number among them.

    The first operand is mostly the newest result, so that a program holds together; the others may be any, so that it
    shares. Places whose numbers lie in the operation's domain are preferred.
    """
    row = TABLE[op]

    def fitting(index: int) -> list[int]:
        low, high = row.domain[index]
        newest_first = range(len(pool) - 1, -1, -1)
        return [place for place in newest_first if low <= pool[place] <= high] or list(newest_first)

    if row.variadic:
        count = draw(st.integers(1, 2)) * 2
        return tuple(draw(st.lists(st.sampled_from(fitting(0)), min_size=count, max_size=count)))
    chosen: list[Operand] = []
    for index, rule in enumerate(row.slopes):
        places = fitting(index)
        if rule and index == 0:  # two times in three the newest
            chosen.append(places[max(0, draw(st.integers(0, 3 * len(places) - 3)) - 2 * len(places) + 2)])
        else:
            is_place = rule or row.by_condition and index == 0
            chosen.append(draw(st.sampled_from(places) if is_place else hundredths(0.01)))
    if row.has_bounds:
        chosen[1:] = sorted([-float(chosen[1]), float(chosen[2])])
    if len(chosen) == 2 and all(row.slopes) and draw(st.integers(0, 3)) == 3:
        chosen[draw(st.integers(0, 1))] = draw(hundredths())
    return tuple(chosen)


def evaluate_if_tame(step: Step, pool: Sequence[float], kinks: bool = False) -> float | None:
    """The result of a step if the point is in the domain, off the kinks, finite and of ordinary size; else None."""
    op, xs = TABLE[step.op], tuple(pool[x] if type(x) is int else x for x in step.operands)
    if op.by_condition:
        if xs[0] == 0 and not kinks:
            return None
        xs = (float(xs[0] > 0), *xs[1:])
    if not is_within(op, xs) or not kinks and at_kink(op, xs):
        return None
    y = float(bind_operations(FLOATS)(step.op, *xs))
    if not abs(y) <= LARGEST or op.name == POW and xs == (0, 0):  # 0 ** b jumps at b = 0
        return None
    for index, operand in enumerate(step.operands):
        if type(operand) is int and not op.variadic and op.slopes[index]:
            slope = FLOATS.slope(op.name, index)(*xs, y)
            if slope is not None and not abs(slope) <= LARGEST:
                return None
    return y


def is_sound(program: Program, kinks: bool = False) -> bool:
    """Whether every step of a program is well behaved at its inputs."""
    pool = list(program.inputs)
    for step in program.steps:
        result = evaluate_if_tame(step, pool, kinks)
        if result is None:
            return False
        pool.append(result)
    return True
