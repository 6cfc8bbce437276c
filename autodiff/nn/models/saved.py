"""What a file of a model may say, and nothing else: each part is checked before anything is built from it.

>>> require_model({"kind": "Sequential", "name": None, "input_shape": [2], "layers": [{"kind": "Lambda"}]})
Traceback (most recent call last):
autodiff.errors.ArgumentError: load: layers: expected one of Dense, Maxout, ..., got {'kind': 'Lambda'} (dict)
"""

import math
from pathlib import Path
from typing import Any

from ...errors import ArgumentError, shown
from ...json_text import parse_json
from ..activations import ACTIVATIONS
from ..layers.dense import Activation, Dense, Dropout, Flatten, Maxout
from ..layers.merging import Add, Average, Concatenate, Maximum, Merge, Minimum, Multiply, Subtract

MOST_BYTES, MOST_PARAMETERS = 2**31, 2**26

Record = dict[str, Any]

HYPERPARAMETERS = {
    "momentum", "nesterov", "epsilon", "start", "rho", "beta_1", "beta_2", "weight_decay", "momentum_decay", "limit",
    "centered", "amsgrad",
}  # fmt: skip
FIELDS: dict[type, tuple[str, ...]] = {
    Dense: ("units", "activation"), Maxout: ("units", "pieces"), Activation: ("activation",),
    Dropout: ("rate", "seed", "drawn"), Flatten: (), Concatenate: (),
    **dict.fromkeys((Add, Average, Maximum, Minimum, Multiply, Subtract), ()),
}  # fmt: skip
# Written only where they are not as here: what a layer may have besides, and what it has where a file says nothing.
OPTIONAL: dict[str, Any] = {"trainable": True, "use_bias": True, "kernel_regularizer": None, "bias_regularizer": None}
KINDS: dict[str, Any] = {kind.__name__: kind for kind in FIELDS}


def parameter_count(record: Any) -> int:
    """The number of parameters of a described model, found by arithmetic before anything is built."""
    require_model(record)
    if record["kind"] == "MLP":
        widths = [record["nin"], *record["nouts"]]
        return _limit(sum((a + 1) * b for a, b in zip(widths, widths[1:])))
    counts, widths = {}, [math.prod(shape) for shape in input_shapes(record)]
    for index, places in calls_of(record):
        layer, width = record["layers"][index], widths[places[0]]
        if "units" in layer:
            counts[index] = (width + layer.get("use_bias", True)) * layer["units"] * layer.get("pieces", 1)
            width = layer["units"]
        elif layer["kind"] == "Concatenate":
            width = sum(widths[place] for place in places)
        widths.append(_limit(width))
    return _limit(sum(counts.values()))


def calls_of(record: Record) -> list[tuple[int, list[int]]]:
    """Which layer is called, and on what: 0 is the input, n the output of call n. A chain need not say."""
    return record.get("calls") or [(index, [index]) for index in range(len(record["layers"]))]


def read(path: Path) -> Any:
    """What the file of a model says, if it is JSON of no unusual size."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise ArgumentError(f"{path}: expected a model of at most {MOST_BYTES:,} bytes, got {size:,}")
    return parse_json(path.read_bytes(), f"{path}: expected a model saved by nn.save")


def require(right: object, what: str, expected: str, got: Any) -> None:
    """An error unless the part of the file is right."""
    if not right:
        raise ArgumentError(f"load: {what}: expected {expected}, got {shown(got)}")


def require_keys(record: Any, needed: set[str], allowed: set[str], what: str) -> None:
    right = isinstance(record, dict) and needed <= set(record) <= needed | allowed
    require(right, what, ", ".join(sorted(needed)), sorted(record) if isinstance(record, dict) else record)


def require_model(record: Any) -> None:
    known = isinstance(record, dict) and record.get("kind") in ("MLP", "Sequential", "Model")
    require(known, "model", "the kind MLP, Sequential or Model", record)
    if record["kind"] == "MLP":
        require_keys(record, {"kind", "nin", "nouts", "activations"}, set(), "model")
        _sizes([record["nin"]], "nin")
        as_many = len(_sizes(record["nouts"], "nouts")) == len(_names(record["activations"]))
        require(as_many, "model", "an activation for each layer", record)
        require(len(set(record["activations"][:-1])) < 2, "model", "one activation for all hidden layers", record)
        return
    calls = {"calls", "ports"} if record["kind"] == "Model" else set()
    require_keys(record, {"kind", "name", "input_shape", "layers"}, calls, "model")
    _sizes(record["input_shape"], "input_shape")
    _require_name(record["name"])
    require(isinstance(record["layers"], list), "layers", "a list", record["layers"])
    for layer in record["layers"]:
        _require_layer(layer)
    if "ports" in record:
        _require_ports(record["ports"], record.get("calls"))
    if "calls" in record:
        _require_calls(record["calls"], record["layers"], len(input_shapes(record)))
    else:
        merging = any(issubclass(KINDS[layer["kind"]], Merge) for layer in record["layers"])
        require(not merging, "layers", "layers of one row in a chain", record["layers"])


def input_shapes(record: Record) -> list[list[int]]:
    """The shapes of the inputs."""
    return [shape for _, shape in record["ports"]["inputs"]] if "ports" in record else [record["input_shape"]]


def _require_ports(ports: Any, calls: Any) -> None:
    """Inputs with names and shapes, outputs with names and places, and the form of either side."""
    require_keys(ports, {"inputs", "outputs", "forms"}, set(), "ports")
    require_keys(ports["forms"], {"inputs", "outputs"}, set(), "forms")
    for side in ("inputs", "outputs"):
        found = ports[side]
        pairs = isinstance(found, list) and all(isinstance(each, list) and len(each) == 2 for each in found)
        named = found and pairs and all(isinstance(name, str) for name, _ in found)
        require(named, side, "a list of names with what they stand for", found)
        differ = ports["forms"][side] in ("one", "list", "dict") and len({name for name, _ in found}) == len(found)
        require(differ, side, "names that differ, and a known form", ports)
    for _, shape in ports["inputs"]:
        _sizes(shape, "input_shape")
    most = len(ports["inputs"]) + (len(calls) if isinstance(calls, list) else 0) - 1
    for _, place in ports["outputs"]:
        require(type(place) is int and 0 <= place <= most, "outputs", f"a whole number up to {most}", place)


def _require_calls(calls: Any, layers: list[Any], inputs: int = 1) -> None:
    require(isinstance(calls, list), "calls", "a list", calls)
    for earlier, call in enumerate(calls, inputs - 1):
        pair = isinstance(call, list) and len(call) == 2 and isinstance(call[1], list) and call[1]
        require(pair, "calls", "a layer and what it is called on", call)
        for number, most in ((call[0], len(layers) - 1), *((place, earlier) for place in call[1])):
            require(type(number) is int and 0 <= number <= most, "calls", f"a whole number up to {most}", number)
        several = issubclass(KINDS[layers[call[0]]["kind"]], Merge)
        require((len(call[1]) > 1) is several, "calls", "one row, or several to bring together", call)
    every = {call[0] for call in calls} == set(range(len(layers)))
    require(every, "calls", f"a call of each of {len(layers)} layers", calls)


def _require_layer(layer: Any) -> None:
    kind: Any = layer.get("kind") if isinstance(layer, dict) else None
    require(isinstance(kind, str) and kind in KINDS, "layers", f"one of {', '.join(KINDS)}", layer)
    require_keys(layer, {"kind", "name", *FIELDS[KINDS[kind]]}, optional_of(kind), kind)
    for field in optional_of(kind) & set(layer):
        _require_optional(kind, field, layer[field])
    _require_name(layer["name"])
    for field in ("units", "pieces"):
        if field in layer:
            _sizes([layer[field]], field)
    if "activation" in layer:
        _names([layer["activation"]])
    for field in ("seed", "drawn"):
        if field in layer:
            whole = type(layer[field]) is int and (field == "seed" or layer[field] >= 0)
            require(whole, f"{kind}: {field}", "a whole number", layer[field])


def optional_of(kind: str) -> set[str]:
    """What a layer of a kind may have besides: those of the optional fields that it knows."""
    return {field for field in OPTIONAL if field == "trainable" or kind == "Dense"}


def _require_optional(kind: str, field: str, x: Any) -> None:
    if field.endswith("regularizer"):
        right = len(finite_numbers(x, f"{kind}: {field}")) == 2 and min(x) >= 0
        require(right, f"{kind}: {field}", "two numbers of at least 0", x)
    else:
        require(type(x) is bool, f"{kind}: {field}", "true or false", x)


def _require_name(name: Any) -> None:
    require(name is None or isinstance(name, str), "name", "a string or null", name)


def _sizes(sizes: Any, what: str) -> list[int]:
    right = isinstance(sizes, list) and sizes and all(type(size) is int and size > 0 for size in sizes)
    require(right, what, "whole numbers of at least 1", sizes)
    return sizes  # type: ignore[no-any-return]


def _names(names: Any) -> list[str]:
    require(isinstance(names, list) and names, "activations", "a list of names", names)
    for name in names:
        require(isinstance(name, str), "activation", "a name", name)
        ACTIVATIONS.find(name)
    return names  # type: ignore[no-any-return]


def finite_numbers(numbers: Any, what: str) -> list[float]:
    finite = isinstance(numbers, list) and all(type(x) in (int, float) and math.isfinite(x) for x in numbers)
    require(finite, what, "a list of finite numbers", numbers)
    return [float(x) for x in numbers]


def _limit(count: int) -> int:
    if count > MOST_PARAMETERS:
        raise ArgumentError(f"load: expected at most {MOST_PARAMETERS:,} parameters, got a model of {count:,}")
    return count
