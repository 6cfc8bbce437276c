"""Find a wrong gradient, in this engine or in anyone's, and say which line of mathematics is wrong.

    check_gradients(f, args)       every gradient of a function of Values, with blame for a wrong one, anyone's too
    check_operation(Op(...))       one row of the table, such as an operation of your own
    programs(), values(), inputs_for(operation or program)      Hypothesis strategies
    oracles                        the many ways to a gradient that must agree
    conformance(Value)             what is right and wrong with anyone's scalar engine, in plain words
    routes                         random structured programs, and every route to their gradient: do they agree?
    mutants                        wrong engines, to test tests with

The strategies need Hypothesis (`pip install 'autodiff-scalar[testing]'`); nothing else here does until programs are
drawn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..errors import MissingExtraError

if TYPE_CHECKING:
    from . import engines, mutants, routes
    from .derive import oracles
    from .engines.adapter import Adapter, FunctionAdapter
    from .conform.conformance import ConformanceTests, conformance
    from .check.gradcheck import check_gradients
    from .engines.detect import adapter_for
    from .check.operation import check_operation
    from .draw.straight_line import Program, Step
    from .conform.results import Conformance
    from .draw.strategies import inputs_for, numbers, programs, values

_HOMES = {
    "engines.adapter": "Adapter FunctionAdapter",
    "conform.conformance": "ConformanceTests conformance",
    "check.gradcheck": "check_gradients",
    "engines.detect": "adapter_for",
    "check.operation": "check_operation",
    "draw.straight_line": "Program Step",
    "conform.results": "Conformance",
    "draw.strategies": "inputs_for numbers programs values",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}
_MODULES = {"engines": "engines", "mutants": "mutants", "oracles": "derive.oracles", "routes": "routes"}

__all__ = [
    "Adapter", "Conformance", "ConformanceTests", "FunctionAdapter", "Program", "Step", "adapter_for",
    "check_gradients", "check_operation", "conformance", "engines", "inputs_for", "mutants", "numbers", "oracles",
    "programs", "routes", "values",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME and name not in _MODULES:
        raise AttributeError(f"module 'autodiff.testing' has no attribute {name!r}")
    try:
        module = import_module(f".{_HOME.get(name) or _MODULES[name]}", __name__)
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise MissingExtraError(f"testing.{name} needs Hypothesis: pip install 'autodiff-scalar[testing]'") from None
    return getattr(module, name) if name in _HOME else module


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
