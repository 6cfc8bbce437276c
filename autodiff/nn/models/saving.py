"""`save` and `load`: a model in a JSON file that holds data and nothing else.

>>> import tempfile
>>> from autodiff import nn
>>> model = nn.Sequential([nn.Input(2), nn.Dense(3, "relu"), nn.Dense(1)], seed=1)
>>> with tempfile.TemporaryDirectory() as folder:
...     twin = nn.load(nn.save(model, f"{folder}/model.json"))
>>> twin([1.0, 2.0]).data == model([1.0, 2.0]).data
True

The file says how the model is built (names of layers and activations from a fixed list, and numbers) and what its
parameters are, as decimal numbers that give back every bit. With `optimizer=True` it also holds the optimizer and its
state, so that training goes on as if it had never stopped.
"""

import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...coerce import as_flag
from ...errors import ArgumentError, OperandError, shown
from ...files import path_of, write_whole
from ..activations import ACTIVATIONS
from ..layers.block import Block
from ..layers.symbol import Input, Symbol
from ..layers.dense import Dropout
from ..layers.neurons import MLP
from .model import Model
from ..layers.module import Module
from ..hyperparameters import LIMITS, at_least_zero, limit_of
from ..optimizers import OPTIMIZERS, Optimizer
from ..regularizers import L1L2
from .saved import (
    FIELDS, HYPERPARAMETERS, KINDS, OPTIONAL, Record, calls_of, finite_numbers, optional_of, parameter_count, read,
    require_keys,
)  # fmt: skip
from .sequential import Sequential
from ..layers.weights import groups

FORMAT, VERSION = "autodiff model", 2
WEIGHTS = "autodiff weights"
READABLE = (1, 2)  # the first had the learning rate outside of the velocity of Momentum


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


def load(path: str | os.PathLike[str]) -> Any:
    """The model that `save` wrote, with bit-equal predictions; anything unexpected in the file is refused."""
    record = read(path_of(path))
    require_keys(record, {"format", "version", "model", "parameters"}, {"optimizer"}, "the file")
    if record["format"] != FORMAT:
        raise ArgumentError(f"{path}: expected the format {FORMAT!r}, got {shown(record['format'])}")
    if record["version"] not in READABLE or isinstance(record["version"], bool):
        raise ArgumentError(f"{path}: expected version {VERSION}, got {shown(record['version'])}: use a newer autodiff")
    numbers = finite_numbers(record["parameters"], "parameters")
    count = parameter_count(record["model"])
    if count != len(numbers):
        raise ArgumentError(f"{path}: expected {count} parameters for this model, got {len(numbers)}")
    model = build_model(record["model"])
    for parameter, data in zip(model.parameters(), numbers, strict=True):
        parameter.data = data
    if "optimizer" in record:
        _restore_optimizer(model, record["optimizer"], record["version"])
    return model


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


# From a model to a record

def describe(model: Module) -> Record:
    """How a model is built, as strings and numbers."""
    if isinstance(model, MLP):
        sizes = [len(layer.neurons) for layer in model.layers]
        activations = [_check_activation(layer.activation) for layer in model.layers]
        return {"kind": "MLP", "nin": model.layers[0].nin, "nouts": sizes, "activations": activations}
    if type(model) not in (Sequential, Model):
        hint = ": no file of data holds its code: use save_weights" if isinstance(model, Model) else ""
        raise OperandError(f"save: expected an MLP, a Sequential or a Model, got {shown(model)}{hint}")
    assert isinstance(model, (Sequential, Model))  # for mypy, which does not read the line before
    model.require_built("save")
    layers = [_layer_record(layer) for layer in model.layers]
    record: Record = {"name": model.name, "input_shape": list(model.input_shape or ()), "layers": layers}
    if isinstance(model, Sequential):
        return {"kind": "Sequential", **record}
    if model.several:
        record |= {"input_shape": list(model.inputs().symbols[0].shape), "ports": model.ports()}
    return {"kind": "Model", **record, "calls": model.calls()}


def _layer_record(layer: Block) -> Record:
    if type(layer) not in FIELDS:
        kinds = ", ".join(kind.__name__ for kind in FIELDS)
        raise OperandError(f"save: expected layers of the kinds {kinds}, got {shown(layer)}: keep its state_dict()")
    record: Record = {"kind": type(layer).__name__, "name": layer.name}
    for field in FIELDS[type(layer)]:
        value = getattr(layer, field)
        record[field] = _check_activation(value) if field == "activation" else value
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
    kind = type(optimizer).__name__
    if OPTIMIZERS.name_of(type(optimizer)) is None or not isinstance(optimizer._lr, float):
        raise ArgumentError(f"save: expected an optimizer of autodiff.nn with a number as rate, got {shown(optimizer)}")
    hyper = {name: x for name, x in vars(optimizer).items() if name in HYPERPARAMETERS and x is not None}
    return {"kind": kind, "lr": optimizer._lr, "hyperparameters": hyper, "state": optimizer.state_dict()}


# From a record to a model

def build_model(record: Record) -> Any:
    """The model that a record describes, with its first weights."""
    if record["kind"] == "MLP":
        first, last = record["activations"][0], record["activations"][-1]
        return MLP(record["nin"], record["nouts"], first, output=last, seed=0)
    ports = record.get("ports") or {"inputs": [[None, record["input_shape"]]], "outputs": None}
    shapes = [Input(shape, name=name) for name, shape in ports["inputs"]]
    layers = [KINDS[layer["kind"]](**_arguments(layer)) for layer in record["layers"]]
    if record["kind"] == "Sequential":
        model: Sequential | Model = Sequential([*shapes, *layers], name=record["name"], seed=0)
    else:
        symbols = list(shapes)
        for index, places in calls_of(record):
            rows = [symbols[place] for place in places]
            symbols.append(layers[index](rows if len(rows) > 1 else rows[0]))
        outputs = ports["outputs"] or [[None, len(symbols) - 1]]
        model = Model(give_form(ports, "inputs", shapes), give_form(ports, "outputs", [symbols[i] for _, i in outputs]),
                      name=record["name"])  # fmt: skip
    for layer, described_layer in zip(layers, record["layers"]):
        if isinstance(layer, Dropout):
            layer.drawn = described_layer["drawn"]
        layer.trainable = described_layer.get("trainable", True)
    return model


def give_form(ports: Record, side: str, symbols: list[Symbol]) -> Any:
    """Symbols as they were given to a Model: one, a list, or a dict by name."""
    form = ports.get("forms", {}).get(side, "one")
    return dict(zip((name for name, _ in ports[side]), symbols)) if form == "dict" else symbols


def _arguments(layer: Record) -> Record:
    given = {field: x for field, x in layer.items() if field not in ("kind", "drawn", "trainable")}
    return {field: L1L2(*x) if field.endswith("regularizer") else x for field, x in given.items()}


def _restore_optimizer(model: Any, record: Any, version: int) -> None:
    require_keys(record, {"kind", "lr", "hyperparameters", "state"}, set(), "optimizer")
    if not isinstance(record["kind"], str) or not isinstance(record["hyperparameters"], Mapping):
        raise ArgumentError(f"load: optimizer: expected a kind and hyperparameters, got {shown(record)}")
    kind: Any = OPTIMIZERS.find(record["kind"])
    unknown = set(record["hyperparameters"]) - HYPERPARAMETERS
    if unknown:
        raise ArgumentError(f"load: optimizer: unknown hyperparameters {sorted(unknown)}")
    model.optimizer = kind(lr=record["lr"])
    for name, x in record["hyperparameters"].items():
        setattr(model.optimizer, name, _hyperparameter(model.optimizer, name, x))
    parameters = model.trainable_parameters() if isinstance(model, Block) else model.parameters()
    model.optimizer.bind(parameters, groups(model, parameters) if isinstance(model, Block) else ())
    model.optimizer.load_state_dict(record["state"])
    if version == 1 and "velocity" in model.optimizer.state:
        model.optimizer.state["velocity"] = [-record["lr"] * v for v in model.optimizer.state["velocity"]]


def _hyperparameter(optimizer: Optimizer, name: str, x: Any) -> Any:
    """A hyperparameter from a file, checked."""
    if name == "limit" and isinstance(x, list) and len(x) == 2 and x[0] in LIMITS:
        return limit_of("load: optimizer", {x[0]: x[1]})
    if name == "weight_decay" and type(x) is float:
        return at_least_zero("load: optimizer", name, x)
    if type(x) is not type(getattr(optimizer, name, None)) or x in (math.inf, -math.inf):
        raise ArgumentError(f"load: optimizer: expected another kind of {name}, got {shown(x)}")
    return x
