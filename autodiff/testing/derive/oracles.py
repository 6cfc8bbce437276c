"""Independent ways to the same gradient, and whether they agree.

    reverse             the rules of the table, backwards, over any number system
    forward             dual numbers
    symbolic            the gradient as a graph of operations, evaluated over any number system
    second              reverse over forward: the Hessian
    many_digits         one-sided differences of the formulas alone, at hundreds of digits; knows no slope rule
    complex_step        Im f(x + ih) / h, over the formulas that are analytic
    finite_differences  differences of floats, extrapolated
    hips_autograd       the formulas over the autograd package
    compiled            each target of the compiler
    eager               an engine: `Value`, or anyone's through an adapter

Each takes a program first, and returns its output and its gradient, a list with one entry for each input; `second`
returns the output and the Hessian, a list of rows. `many_digits` has no number at a kink: nan stands there.

Over `Fraction` there is no tolerance: reverse, forward and symbolic give the same number.

>>> from autodiff.testing.draw.straight_line import Step
>>> program = Program((3.0,), (Step("mul", (0, 0)), Step("div", (1.0, 1))))
>>> reverse(program, FRACTIONS)
(Fraction(1, 9), [Fraction(-2, 27)])
>>> y, gradient = many_digits(program)
>>> float(y), [float(entry) for entry in gradient]
(0.1111111111111111, [-0.07407407407407407])
"""

import cmath
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from ...errors import ReplayError
from ...dual_numbers import Dual, duals
from ... import numbers
from ...numbers import FLOATS, FRACTIONS, System, plain
from ...ops import TABLE
from ...rules import call_by_name
from ..engines.adapter import Adapter
from . import finite_differences as differences
from . import high_precision
from ..engines.detect import ours
from ..engines.packages import import_installed
from ..draw.straight_line import N, Program, bind_operations, read_program

__all__ = [
    "FLOATS", "FRACTIONS", "compiled", "complex_step", "eager", "finite_differences", "forward", "hips_autograd",
    "many_digits", "reverse", "second", "symbolic",
]  # fmt: skip

Blur = Callable[[N, str, N], N]  # what rounding may do to the value or a slope of an operation, whose value is the last
PRODUCT = "slope * upstream"     # in place of an operation: what goes on to an operand


def slopes_of(op: str, xs: Sequence[N], y: N, system: System) -> list[N | None]:
    """The slope of one operation along each operand by the table's rules; None where nothing flows."""
    return system.slopes(op, (xs[0] > 0, *xs[1:]) if TABLE[op].by_condition else xs, y)


def reverse(
    program: Program, system: System = FLOATS, inputs: Sequence[N] | None = None, blur: Blur | None = None
) -> tuple[N, list[N]]:
    """The output and the gradient by the rules of the table, backwards."""
    blurred = blur or (lambda x, op, y: x)
    apply = bind_operations(system)
    numbers_in = [system.number(x) for x in program.inputs] if inputs is None else list(inputs)

    def compute(op: str, *xs: N) -> N:
        y = apply(op, *xs)
        return blurred(y, op, y)

    pool = program.pool(compute, numbers_in, system.number)
    zero, mul, add = system.number(0.0), system.formula("mul"), system.formula("add")
    adjoints: list[N | None] = [None] * (len(pool) - 1) + [system.number(1.0)]
    for place in reversed(range(len(numbers_in), len(pool))):
        op, operands = program.steps[place - len(numbers_in)]
        upstream = adjoints[place]
        if upstream is None:  # no contribution came, so none goes on: 0 times a slope of inf would be nan
            continue
        xs = [pool[x] if type(x) is int else system.number(x) for x in operands]
        for operand, slope in zip(operands, slopes_of(op, xs, pool[place], system), strict=True):
            if slope is not None and type(operand) is int:
                slope = blurred(system.number(slope) if type(slope) is int else slope, op, pool[place])
                sent, already = mul(slope, upstream), adjoints[operand]
                sent = blurred(sent, PRODUCT, sent)
                adjoints[operand] = sent if already is None else add(already, sent)
    return pool[-1], [zero if adjoint is None else adjoint for adjoint in adjoints[: len(numbers_in)]]


def move_inputs(program: Program, base: System) -> Iterator[list[Dual]]:
    """The inputs as dual numbers, one of them on the move at a time."""
    zero, one = base.number(0.0), base.number(1.0)
    for moved in range(len(program.inputs)):
        yield [Dual(base.number(x), one if index == moved else zero, base) for index, x in enumerate(program.inputs)]


def forward(program: Program, base: System = FLOATS) -> tuple[N, list[N]]:
    """The output and the gradient by dual numbers, one input at a time."""
    results = [program.value(duals(base), inputs) for inputs in move_inputs(program, base)]
    return results[0].primal, [result.tangent for result in results]


def symbolic(program: Program, system: System = FLOATS) -> tuple[N, list[N]]:
    """The output and the gradient by the gradient's own graph: each entry a program, run over the number system."""
    from ...replaying import gradient_graph  # only now: most checks need no graph of a gradient

    pool = ours().run(program)
    inputs = pool[: len(program.inputs)]
    graphs = gradient_graph(pool[-1], inputs)
    return program.value(system), [read_program(graph, inputs).value(system) for graph in graphs]


def second(program: Program, base: System = FLOATS) -> tuple[N, list[list[N]]]:
    """The output and the Hessian: the tangents of a reverse pass over dual numbers."""
    rows = [[adjoint.tangent for adjoint in reverse(program, duals(base), inputs)[1]]
            for inputs in move_inputs(program, base)]  # fmt: skip
    return program.value(base), rows


def many_digits(program: Program, digits: int = 50) -> tuple[N, list[N]]:
    """The output and the gradient by differences of the formulas, right to so many digits; nan at a kink.

    What either side of a kink has, `derive.high_precision.many_digits` tells.
    """
    sides = high_precision.many_digits(program, digits)
    system = numbers.many_digits(digits)
    return program.value(system), [system.number(math.nan) if side.kink else side.right for side in sides]


def finite_differences(program: Program, step: float | None = None) -> tuple[float, list[float]]:
    """The output and the gradient by extrapolated differences of floats; `step` is the largest step to take.

    Of any function of floats, and with an estimate of the error of each entry, `derive.finite_differences` gives them.
    """
    program = program.freeze()
    estimates = differences.finite_differences(lambda *xs: float(program.value(FLOATS, xs)), program.inputs, step)
    return float(program.value(FLOATS)), [estimate.slope for estimate in estimates]


def complex_step(program: Program, step: float = 1e-200) -> tuple[float, list[float]]:
    """The output and the gradient of an analytic program without subtraction, hence without cancellation."""
    gradient, program = [], program.freeze()
    y = program.value(FLOATS)
    for moved in range(len(program.inputs)):
        inputs = [complex(x, step if index == moved else 0.0) for index, x in enumerate(program.inputs)]
        try:
            gradient.append(program.value(_complex(), inputs).imag / step)
        except TypeError as error:
            rows = (TABLE[step.op] for step in program.steps)
            kinked = next((row.name for row in rows if row.kinks or row.by_condition), None)
            why = f"{kinked} compares its numbers, so it is not analytic" if kinked else f"no complex form: {error}"
            raise ReplayError(f"complex step: {why}; use many_digits, or against='digits'") from None
    return float(y), gradient


@cache
def _complex() -> System:
    same = "exp log log10 sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh"
    names: dict[str, Any] = {name: getattr(cmath, name) for name in same.split()} | {
        "log2": lambda a: cmath.log(a) / math.log(2), "pow": pow, "divide": lambda a, b: a / b,
        "expm1": lambda a: complex(math.expm1(a.real), math.exp(a.real) * a.imag),  # at steps this small, exactly so
        "log1p": lambda a: complex(math.log1p(a.real), a.imag / (1 + a.real)),
        "hypot": lambda a, b: cmath.sqrt(a * a + b * b),
    }  # fmt: skip
    return _system("complex", complex, names)


def _system(name: str, number: Callable[[float], N], names: Mapping[str, Any]) -> System:
    """Make a number system of functions by name, with sums as Python adds them."""
    dot = lambda xs: sum(a * b for a, b in zip(xs[: len(xs) // 2], xs[len(xs) // 2 :]))  # noqa: E731
    known = {"__builtins__": {}, "total": sum, "dot": dot, **names}
    return System(name, number, plain(known, call_by_name), call_by_name)


def hips_autograd(program: Program) -> tuple[float, list[float]]:
    """The output and the gradient by the HIPS autograd package, if it is installed, over the formulas as taught."""
    autograd, numpy = (import_installed(name, "oracles.hips_autograd") for name in ("autograd", "autograd.numpy"))
    same = "exp expm1 log log1p log2 log10 sqrt sin cos tan sinh cosh tanh abs maximum minimum clip floor sign divide"
    names = {name: getattr(numpy, name) for name in same.split()}
    inverse = "asin acos atan asinh acosh atanh atan2"
    names |= {name: getattr(numpy, name.replace("a", "arc", 1)) for name in inverse.split()}
    names |= {
        "pow": numpy.power, "hypot": lambda a, b: numpy.sqrt(a * a + b * b), "pi": math.pi, "nan": math.nan,
    }  # fmt: skip
    system = _system("autograd", float, names)
    places, program = tuple(range(len(program.inputs))), program.freeze()
    with numpy.errstate(all="ignore"):  # its rules overflow on the way to numbers that are small
        y = float(program.value(system, program.inputs))
        slopes = autograd.grad(lambda *xs: program.value(system, xs), places)(*program.inputs)
    return y, [float(slope) for slope in slopes]


def compiled(program: Program, target: str | None = None) -> tuple[float, list[float]]:
    """The output and the gradient by the compiled program: for "math" (the bits of eager), "numpy", or another."""
    from ...compiled import compile  # only now: it takes a while to load

    function = compile(lambda *xs: program.pool(ours().apply, xs)[-1], target)
    y, gradient = function.value_and_grad(*program.inputs)
    return float(y), [float(slope) for slope in gradient]


def eager(program: Program, engine: Adapter | None = None) -> tuple[float, list[float]]:
    """The output and the gradient by an engine's own backward pass; by default, ours."""
    return (engine or ours()).gradient(program)
