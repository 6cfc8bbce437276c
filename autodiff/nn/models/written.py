"""A model's way into a file: `save` for all of it, `save_weights` for its parameters alone, and `load_weights`."""

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...coerce import as_flag
from ...errors import ArgumentError, OperandError, shown
from ...files import path_of, write_whole
from ..activations import ACTIVATIONS
from ..keywords import LIBRARY
from ..layers.block import Block
from ..layers.module import Module
from ..layers.neurons import MLP
from ..optimizers import OPTIMIZERS, Optimizer
from ..regularizers import L1L2
from .saved import FIELDS, HYPERPARAMETERS, OPTIONAL, Record, finite_numbers, optional_of, read, require_keys

FORMAT, VERSION = "autodiff model", 2
WEIGHTS = "autodiff weights"


def save(model: Module, path: str | os.PathLike[str], optimizer: bool = False) -> Path:
    """Write an MLP, Sequential or Model to a file, whole or not at all; return the path.

    Raises `ArgumentError` for a model with activations or layers of the user's own, which a file of data cannot hold:
    save its `state_dict()` instead.
    """
    record: Record = {"format": FORMAT, "version": VERSION, "model": describe(model)}
    record["parameters"] = [parameter.data for parameter in model.parameters()]
    if as_flag("save: optimizer", optimizer):
        record["optimizer"] = _optimizer_record(model)
    if not all(map(math.isfinite, record["parameters"])):
        raise ArgumentError("save: expected finite parameters, got nan or inf: the model is broken")
    return write_whole(path, json.dumps(record, allow_nan=False))


def save_weights(model: Module, path: str | os.PathLike[str]) -> Path:
    """Write the parameters of any model to a file, by name."""
    state = model.state_dict()
    if not all(map(math.isfinite, state.values())):
        raise ArgumentError("save_weights: expected finite parameters, got nan or inf: the model is broken")
    return write_whole(path, json.dumps({"format": WEIGHTS, "parameters": state}, allow_nan=False))


def load_weights(model: Module, path: str | os.PathLike[str]) -> None:
    """Set the parameters to those that `save_weights` wrote: all of them or, where a name is missing, none."""
    record = read(path_of(path))
    require_keys(record, {"format", "parameters"}, set(), "the file")
    if record["format"] != WEIGHTS or not isinstance(record["parameters"], dict):
        raise ArgumentError(f"{path}: expected the format {WEIGHTS!r}, got {shown(record['format'])}")
    numbers = finite_numbers(list(record["parameters"].values()), "parameters")
    model.load_state_dict(dict(zip(record["parameters"], numbers)))


def describe(model: Any) -> Record:
    """How a model is built, as strings and numbers."""
    if isinstance(model, MLP):
        sizes = [len(layer.neurons) for layer in model.layers]
        activations = [_check_activation(layer.activation) for layer in model.layers]
        return {"kind": "MLP", "nin": model.layers[0].nin, "nouts": sizes, "activations": activations}
    if not hasattr(model, "_describe") or not type(model).__module__.startswith(LIBRARY):
        hint = ": no file of data holds its code: use save_weights" if hasattr(model, "save_weights") else ""
        raise OperandError(f"save: expected an MLP, a Sequential or a Model, got {shown(model)}{hint}")
    found: Record = model._describe()
    return found


def layer_record(layer: Block) -> Record:
    """A layer as strings and numbers."""
    if type(layer) not in FIELDS:
        kinds = ", ".join(kind.__name__ for kind in FIELDS)
        raise OperandError(f"save: expected layers of the kinds {kinds}, got {shown(layer)}: keep its state_dict()")
    record: Record = {"kind": type(layer).__name__, "name": layer.name}
    for field in FIELDS[type(layer)]:
        value = getattr(layer, field)
        record[field] = _check_activation(value) if field == "activation" else value
    for regularizer in (getattr(layer, name, None) for name in ("kernel_regularizer", "bias_regularizer")):
        if type(regularizer) not in (L1L2, type(None)):
            raise ArgumentError(f"save: expected regularizers of nn.L1, nn.L2 or nn.L1L2, got {shown(regularizer)}: "
                                "no file of data holds its code")  # fmt: skip
    for field in sorted(optional_of(type(layer).__name__)):
        value = getattr(layer, field)
        if value != OPTIONAL[field]:
            record[field] = [value.l1, value.l2] if isinstance(value, L1L2) else value
    return record


def _check_activation(activation: Callable[..., Any]) -> str:
    name = ACTIVATIONS.name_of(activation)
    if name is None:
        raise ArgumentError(f"save: expected activations that go by a name, got {shown(activation)}")
    return name


def _optimizer_record(model: Module) -> Record:
    optimizer = getattr(model, "optimizer", None)
    if not isinstance(optimizer, Optimizer):
        raise ArgumentError("save: optimizer=True: expected a compiled model: call compile(optimizer, loss) first")
    trained = model.trainable_parameters() if isinstance(model, Block) else model.parameters()
    if optimizer.params and [*map(id, optimizer.params)] != [*map(id, trained)]:
        raise ArgumentError(f"save: optimizer=True: expected the {len(optimizer.params)} parameters that the optimizer "
                            f"has changed so far, got {len(trained)}, not all of them the same: a layer has come, "
                            "gone, or been frozen. Call compile(optimizer, loss) again")  # fmt: skip
    kind = type(optimizer).__name__
    if OPTIMIZERS.name_of(type(optimizer)) is None or not isinstance(optimizer._lr, float):
        raise ArgumentError(f"save: expected an optimizer of autodiff.nn with a number as rate, got {shown(optimizer)}")
    decays = optimizer.default_decay is not None  # then None is not what a new one has
    hyper = {name: x for name, x in vars(optimizer).items()
             if name in HYPERPARAMETERS and (x is not None or decays and name == "weight_decay")}  # fmt: skip
    return {"kind": kind, "lr": optimizer._lr, "hyperparameters": hyper, "state": optimizer.state_dict()}
