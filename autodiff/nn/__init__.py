"""Neural networks of Values: modules, layers, losses, optimizers, and training.

>>> from autodiff import nn
>>> model = nn.MLP(2, [8, 1], output="sigmoid", seed=1)
>>> optimizer = nn.SGD(model.parameters(), lr=0.1)
>>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
>>> for epoch in range(1000):
...     loss = nn.losses.binary_crossentropy(y, [model(row) for row in X])
...     optimizer.zero_grad()
...     loss.backward()
...     optimizer.step()
>>> [round(model(row).data) for row in X]
[0, 1, 1, 0]

Read in this order: activations, initializers, layers/; losses and metrics, on measures/; optimizer, optimizers,
schedules; training/; models/. Neurons, losses and optimizers need nothing but Python; what works on arrays loads on
first use, and NumPy with it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..ops import FUNCTIONS
from ..suggest import similar
from . import activations, losses, optimizers, schedules
from .elsewhere import OPTIMIZERS, find_written
from .layers.block import Block
from .layers.dense import Activation, Dense, Dropout, Flatten, Maxout
from .layers.neurons import MLP, Layer, Neuron
from .layers.merging import Add, Average, Concatenate, Maximum, Minimum, Multiply, Subtract
from .layers.module import Module
from .layers.symbol import Input
from .optimizers import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Momentum, Nadam, Optimizer, RMSprop
from .regularizers import L1, L1L2, L2

if TYPE_CHECKING:
    from . import callbacks, data, metrics
    from .models.model import Model
    from .models.sequential import Sequential
    from .training.fit_loop import History
    from .models.saving import load, save
    from .training.step_function import step_function

__all__ = [
    "Activation", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Add", "Average", "Block", "Concatenate", "Dense",
    "Dropout", "Flatten",
    "History", "Input", "L1", "L1L2", "L2", "Layer", "MLP", "Maximum", "Maxout", "Minimum", "Model", "Module",
    "Momentum", "Multiply", "Nadam", "Neuron", "Optimizer", "RMSprop", "SGD", "Sequential", "Subtract", "activations",
    "callbacks", "data", "load", "losses", "metrics", "optimizers", "save", "schedules", "step_function",
]  # fmt: skip

_HOME = {
    "History": "training.fit_loop", "Model": "models.model", "Sequential": "models.sequential",
    "load": "models.saving", "save": "models.saving", "step_function": "training.step_function",
}  # fmt: skip
_MODULES = ("callbacks", "data", "estimators", "idx", "metrics", "plots")


def __getattr__(name: str) -> Any:
    if name not in _HOME and name not in _MODULES:
        raise AttributeError(f"module 'autodiff.nn' has no attribute {name!r}{_hint(name)}")
    module = import_module(f".{_HOME.get(name, name)}", __name__)
    found = getattr(module, name) if name in _HOME else module
    globals()[name] = found  # the next look-up finds it at once
    return found


def _hint(name: str) -> str:
    """Where a name that is not here may be found."""
    homes = dict.fromkeys([*__all__, *_MODULES], "nn") | dict.fromkeys([op.name for op in FUNCTIONS], "autodiff")
    for module in ("callbacks", "losses", "metrics", "schedules", "initializers"):
        found = import_module(f".{module}", __name__)
        own = [key for key, thing in vars(found).items() if getattr(thing, "__module__", "") == found.__name__]
        homes |= dict.fromkeys([*own, *getattr(found, "__all__", ())], f"nn.{module}")
    if name in homes:
        return f": it is {homes[name]}.{name}"
    if way := find_written(name) or OPTIMIZERS.get(name.lower()):
        return f": write {way}"
    near = similar(name, homes)
    meant = f": did you mean {homes[near]}.{near}?" if near else ""
    return f"{meant}{' There' if meant else ': there'} are: {', '.join(__all__)}"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
