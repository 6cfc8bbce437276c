"""Adapters for well-known packages, as examples of how to write one.

`hips()` and `jax()` differentiate functions; `torch()` has values. Each says what is documented of the package and
differs from what a `Value` promises, so that a report can tell that from a fault.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from importlib import import_module
from typing import Any

from ...errors import MissingExtraError
from .adapter import OPERATORS, Adapter, FunctionAdapter

V = Any
BLOCKED = "a slope of 0 times one of inf is nan; the gradient of what was not selected is a number like any other"
SAME = "exp expm1 log log1p log2 log10 sqrt sin cos tan sinh cosh tanh maximum minimum floor sign"
INVERSE = "sin cos tan sinh cosh tanh"


def import_installed(module: str, asked: str = "testing.engines") -> Any:
    """Import a module, or raise a `MissingExtraError` that says how to get it."""
    try:
        return import_module(module)
    except ImportError:
        name = module.partition(".")[0]
        raise MissingExtraError(f"{asked}: {name} is not installed; run: pip install {name}") from None


def of_namespace(numpy: Any) -> dict[str, Callable[..., V]]:
    """The table's operations under the names of a NumPy-like namespace."""
    operations: dict[str, Callable[..., V]] = OPERATORS | {name: getattr(numpy, name) for name in SAME.split()}
    operations |= {f"a{name}": getattr(numpy, f"arc{name}") for name in INVERSE.split()}
    operations["total"] = lambda *xs: sum(xs)
    return operations


def hips() -> Adapter:
    """HIPS autograd over floats."""
    autograd, numpy = import_installed("autograd"), import_installed("autograd.numpy")
    operations = of_namespace(numpy)
    operations["logsumexp"] = lambda *xs: reduce(numpy.logaddexp, xs)

    def value_and_gradient(f: Callable[..., V], xs: Sequence[float]) -> tuple[float, Sequence[float]]:
        # plus 0 * x, because an output that does not depend on its inputs has no graph to walk
        return float(f(*xs)), autograd.grad(lambda *vs: f(*vs) + 0.0 * vs[0], tuple(range(len(xs))))(*xs)

    del operations["pos"]  # its boxes have no unary plus
    return FunctionAdapter("HIPS autograd", value_and_gradient, operations, make=numpy.float64, known={
        "tails": "expm1 has the slope expm1(x) + 1, which cancels far below 0",
        "unselected operands": BLOCKED,
    })  # fmt: skip


def jax() -> Adapter:
    """JAX scalars in float64."""
    package, numpy = import_installed("jax"), import_installed("jax.numpy")
    nn = import_installed("jax.nn")
    package.config.update("jax_enable_x64", True)
    operations = of_namespace(numpy) | {name: getattr(nn, name) for name in ("relu", "sigmoid", "softplus", "silu")}
    operations |= {"hypot": numpy.hypot, "atan2": numpy.arctan2, "logsumexp": lambda *xs: reduce(numpy.logaddexp, xs)}

    def value_and_gradient(f: Callable[..., V], xs: Sequence[float]) -> tuple[float, Sequence[float]]:
        y, slopes = package.value_and_grad(f, tuple(range(len(xs))))(*xs)
        return float(y), [float(slope) for slope in slopes]

    return FunctionAdapter("JAX", value_and_gradient, operations, make=numpy.float64, known={
        "extreme numbers": "on a CPU, XLA takes subnormal numbers for 0",
        "tails": "tanh, sigmoid and expm1 have slopes by the schoolbook formulas, which cancel in the tails; "
                 "that of a ** 0.0 at 0 is 0 times inf",
        "unselected operands": BLOCKED,
    })  # fmt: skip


def torch() -> Adapter:
    """PyTorch tensors of no dimensions in float64."""
    package = import_installed("torch")
    more = "asin acos atan asinh acosh atanh erf hypot atan2 sigmoid relu"
    operations: dict[str, Callable[..., V]] = dict(OPERATORS)
    operations |= {name: getattr(package, name) for name in [*SAME.split(), *more.split()]}
    operations |= {name: getattr(package.nn.functional, name) for name in ("silu", "gelu")}
    operations["softplus"] = lambda v: package.nn.functional.softplus(v, threshold=700.0)  # by default it is x above 20
    operations["log_sigmoid"] = package.nn.functional.logsigmoid
    operations["logsumexp"] = lambda *xs: package.logsumexp(package.stack(xs), 0)
    operations["total"] = lambda *xs: package.stack(xs).sum()
    return Adapter(
        "PyTorch", lambda x: package.tensor(x, dtype=package.float64, requires_grad=True), lambda v: float(v.item()),
        lambda v: 0.0 if not v.is_leaf or v.grad is None else float(v.grad), lambda v: v.backward(), operations, known={
            "second backward": "a backward pass frees its graph, unless it is asked to retain it",
            "two roots": "a backward pass frees its graph, unless it is asked to retain it",
            "extreme numbers": "sign(nan) is 0, and sigmoid and its kin underflow early",
            "tails": "tanh, sigmoid and expm1 have slopes by the schoolbook formulas, which cancel in the tails",
            "kinks": "hypot has no slope at the origin",
            "unselected operands": BLOCKED,
        },
    )  # fmt: skip
