"""A scalar autograd engine to understand, draw and test gradients, and to turn the same code into array speed.

Names load on first use, so `import autodiff` stays light and needs nothing but Python.

>>> from autodiff import Value
>>> x = Value(3.0)
>>> y = x ** 2
>>> y.backward()
>>> x.grad
6.0
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .ops import FUNCTIONS
from .suggest import after
from .value import Value

if TYPE_CHECKING:
    from . import nn
    from .anomaly import detect_anomaly
    from .compiled import compile as compile
    from .differentiate import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
    from .expression import parse
    from .elementwise import *
    from .graph import leaves
    from .native import engine
    from .reductions import *
    from .registration import register
    from .render import draw, draw_dot
    from .render.formula.formulas import formula
    from .render.steps.stepper import steps
    from .render.training.page import training_page
    from .replaying import gradient_graph, replay
    from .scoping import scope
    from .stepping import explain, recording

__version__ = "0.1.0"

_HOMES = {
    "anomaly": "detect_anomaly",
    "compiled": "compile",
    "differentiate": "grad hessian hvp jacobian jvp value_and_grad vjp",
    "expression": "parse",
    "elementwise": " ".join(op.name for op in FUNCTIONS),
    "graph": "leaves",
    "native": "engine",
    "registration": "register",
    "reductions": "dot log_softmax logsumexp softmax total",
    "render": "draw draw_dot",
    "render.formula.formulas": "formula",
    "render.steps.stepper": "steps",
    "render.training.page": "training_page",
    "replaying": "gradient_graph replay",
    "scoping": "scope",
    "stepping": "explain recording",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}
_MODULES = ("errors", "nn", "ops", "testing")

# Written out for type checkers. `from autodiff import *` leaves Python's own `compile` alone; autodiff.compile is ours.
__all__ = [
    "Value", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "clip", "cos", "cosh", "detect_anomaly",
    "dot", "draw", "draw_dot", "elu", "engine", "erf", "exp", "explain", "expm1", "floor", "formula", "gelu",
    "grad", "gradient_graph", "hessian", "hvp", "hypot", "jacobian", "jvp", "leaky_relu", "leaves", "log", "log10",
    "log1p", "log2", "log_sigmoid", "log_softmax", "logsumexp", "maximum", "minimum", "nn", "parse", "recording",
    "register", "relu", "replay", "scope", "sigmoid", "sign", "silu", "sin", "sinh", "softmax", "softplus", "sqrt",
    "steps", "stop_gradient", "tan", "tanh", "total", "training_page", "value_and_grad", "vjp", "where",
    "xlogy",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOME:
        found = getattr(import_module(f".{_HOME[name]}", __name__), name)
        globals()[name] = found  # the next look-up finds it at once
        return found
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module 'autodiff' has no attribute {name!r}{after(name, [*__all__, *_HOME, *_MODULES])}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME, *_MODULES, *__all__})
