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


def require_keys(record: Any, needed: set[str], allowed: set[str], what: str) -> None:
    if not isinstance(record, dict) or not needed <= set(record) <= needed | allowed:
        got = shown(sorted(record) if isinstance(record, dict) else record)
        raise ArgumentError(f"load: {what}: expected {', '.join(sorted(needed))}, got {got}")


def require_model(record: Any) -> None:
    if not isinstance(record, dict) or record.get("kind") not in ("MLP", "Sequential", "Model"):
        raise ArgumentError(f"load: model: expected the kind MLP, Sequential or Model, got {shown(record)}")
    if record["kind"] == "MLP":
        require_keys(record, {"kind", "nin", "nouts", "activations"}, set(), "model")
        _sizes([record["nin"]], "nin")
        if len(_sizes(record["nouts"], "nouts")) != len(_names(record["activations"])):
            raise ArgumentError(f"load: model: expected an activation for each layer, got {shown(record)}")
        if len(set(record["activations"][:-1])) > 1:
            raise ArgumentError(f"load: model: expected one activation for all hidden layers, got {shown(record)}")
        return
    calls = {"calls", "ports"} if record["kind"] == "Model" else set()
    require_keys(record, {"kind", "name", "input_shape", "layers"}, calls, "model")
    _sizes(record["input_shape"], "input_shape")
    _require_name(record["name"])
    if not isinstance(record["layers"], list):
        raise ArgumentError(f"load: layers: expected a list, got {shown(record['layers'])}")
    for layer in record["layers"]:
        _require_layer(layer)
    if "ports" in record:
        _require_ports(record["ports"], record.get("calls"))
    if "calls" in record:
        _require_calls(record["calls"], record["layers"], len(input_shapes(record)))
    elif any(issubclass(KINDS[layer["kind"]], Merge) for layer in record["layers"]):
        raise ArgumentError(f"load: layers: expected layers of one row in a chain, got {shown(record['layers'])}")


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
        if not found or not pairs or not all(isinstance(name, str) for name, _ in found):
            raise ArgumentError(f"load: {side}: expected a list of names with what they stand for, got {shown(found)}")
        if ports["forms"][side] not in ("one", "list", "dict") or len({name for name, _ in found}) < len(found):
            raise ArgumentError(f"load: {side}: expected names that differ, and a known form, got {shown(ports)}")
    for _, shape in ports["inputs"]:
        _sizes(shape, "input_shape")
    most = len(ports["inputs"]) + (len(calls) if isinstance(calls, list) else 0) - 1
    for _, place in ports["outputs"]:
        if type(place) is not int or not 0 <= place <= most:
            raise ArgumentError(f"load: outputs: expected a whole number up to {most}, got {shown(place)}")


def _require_calls(calls: Any, layers: list[Any], inputs: int = 1) -> None:
    if not isinstance(calls, list):
        raise ArgumentError(f"load: calls: expected a list, got {shown(calls)}")
    for earlier, call in enumerate(calls, inputs - 1):
        if not (isinstance(call, list) and len(call) == 2 and isinstance(call[1], list) and call[1]):
            raise ArgumentError(f"load: calls: expected a layer and what it is called on, got {shown(call)}")
        for number, most in ((call[0], len(layers) - 1), *((place, earlier) for place in call[1])):
            if type(number) is not int or not 0 <= number <= most:
                raise ArgumentError(f"load: calls: expected a whole number up to {most}, got {shown(number)}")
        if (len(call[1]) > 1) != issubclass(KINDS[layers[call[0]]["kind"]], Merge):
            raise ArgumentError(f"load: calls: expected one row, or several to bring together, got {shown(call)}")
    if {call[0] for call in calls} != set(range(len(layers))):
        raise ArgumentError(f"load: calls: expected a call of each of {len(layers)} layers, got {shown(calls)}")


def _require_layer(layer: Any) -> None:
    kind = layer.get("kind") if isinstance(layer, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise ArgumentError(f"load: layers: expected one of {', '.join(KINDS)}, got {shown(layer)}")
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
        if field in layer and not (type(layer[field]) is int and layer[field] >= 0):
            raise ArgumentError(f"load: {kind}: {field}: expected a whole number, got {shown(layer[field])}")


def optional_of(kind: str) -> set[str]:
    """What a layer of a kind may have besides: those of the optional fields that it knows."""
    return {field for field in OPTIONAL if field == "trainable" or kind == "Dense"}


def _require_optional(kind: str, field: str, x: Any) -> None:
    if field.endswith("regularizer"):
        if len(finite_numbers(x, f"{kind}: {field}")) != 2 or min(x) < 0:
            raise ArgumentError(f"load: {kind}: {field}: expected two numbers of at least 0, got {shown(x)}")
    elif type(x) is not bool:
        raise ArgumentError(f"load: {kind}: {field}: expected true or false, got {shown(x)}")


def _require_name(name: Any) -> None:
    if name is not None and not isinstance(name, str):
        raise ArgumentError(f"load: name: expected a string or null, got {shown(name)}")


def _sizes(sizes: Any, what: str) -> list[int]:
    if not isinstance(sizes, list) or not sizes or not all(type(size) is int and size > 0 for size in sizes):
        raise ArgumentError(f"load: {what}: expected whole numbers of at least 1, got {shown(sizes)}")
    return sizes


def _names(names: Any) -> list[str]:
    if not isinstance(names, list) or not names:
        raise ArgumentError(f"load: activations: expected a list of names, got {shown(names)}")
    for name in names:
        if not isinstance(name, str):
            raise ArgumentError(f"load: activation: expected a name, got {shown(name)}")
        ACTIVATIONS.find(name)
    return names


def finite_numbers(numbers: Any, what: str) -> list[float]:
    if not isinstance(numbers, list) or not all(type(x) in (int, float) and math.isfinite(x) for x in numbers):
        raise ArgumentError(f"load: {what}: expected a list of finite numbers, got {shown(numbers)}")
    return [float(x) for x in numbers]


def _limit(count: int) -> int:
    if count > MOST_PARAMETERS:
        raise ArgumentError(f"load: expected at most {MOST_PARAMETERS:,} parameters, got a model of {count:,}")
    return count
