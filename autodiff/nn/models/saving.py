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

import os
from collections.abc import Mapping
from typing import Any

from ...errors import ArgumentError, shown
from ...files import path_of
from ..layers.block import Block
from ..layers.dense import Dropout
from ..layers.neurons import MLP
from ..layers.symbol import Input, Symbol
from ..layers.weights import groups
from ..optimizers import OPTIMIZERS
from ..regularizers import L1L2
from .model import Model
from .saved import HYPERPARAMETERS, KINDS, Record, calls_of, finite_numbers, parameter_count, read, require_keys
from .sequential import Sequential
from .written import FORMAT, VERSION, save

__all__ = ["load", "save"]
READABLE = (1, 2)  # the first had the learning rate outside of the velocity of Momentum


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
        setattr(model.optimizer, name, x)  # which checks it
    parameters = model.trainable_parameters() if isinstance(model, Block) else model.parameters()
    model.optimizer.bind(parameters, groups(model, parameters) if isinstance(model, Block) else ())
    model.optimizer.load_state_dict(record["state"])
    if version == 1 and "velocity" in model.optimizer.state:
        model.optimizer.state["velocity"] = [-record["lr"] * v for v in model.optimizer.state["velocity"]]
