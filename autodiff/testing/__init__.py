"""Find a wrong gradient, in this engine or in anyone's, and say which line of mathematics is wrong.

    check_gradients(f, args)       every gradient of a function of Values, with blame for a wrong one, anyone's too
    check_operation(Op(...))       one row of the table, such as an operation of your own
    programs(), values(), inputs_for(operation or program)      Hypothesis strategies
    oracles                        the many ways to a gradient that must agree
    conformance(Value)             what is right and wrong with anyone's scalar engine, in plain words
    mutants                        wrong engines, to test tests with

The strategies need Hypothesis (`pip install autodiff[testing]`); nothing else here does until programs are drawn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..errors import MissingExtraError

if TYPE_CHECKING:
    from . import engines, mutants, oracles
    from .adapter import Adapter, FunctionAdapter
    from .conforming import ConformanceTests, conformance
    from .gradcheck import check_gradients
    from .looking import adapter_for
    from .operation import check_operation
    from .program import Program, Step
    from .results import Conformance
    from .strategies import inputs_for, numbers, programs, values

_HOMES = {
    "adapter": "Adapter FunctionAdapter",
    "conforming": "ConformanceTests conformance",
    "gradcheck": "check_gradients",
    "looking": "adapter_for",
    "operation": "check_operation",
    "program": "Program Step",
    "results": "Conformance",
    "strategies": "inputs_for numbers programs values",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}
_MODULES = ("engines", "mutants", "oracles")

__all__ = [
    "Adapter", "Conformance", "ConformanceTests", "FunctionAdapter", "Program", "Step", "adapter_for",
    "check_gradients", "check_operation", "conformance", "engines", "inputs_for", "mutants", "numbers", "oracles",
    "programs", "values",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME and name not in _MODULES:
        raise AttributeError(f"module 'autodiff.testing' has no attribute {name!r}")
    try:
        module = import_module(f".{_HOME.get(name, name)}", __name__)
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise MissingExtraError(f"testing.{name} needs Hypothesis; run: pip install 'autodiff[testing]'") from None
    return getattr(module, name) if name in _HOME else module


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
