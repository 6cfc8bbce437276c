"""The steps of a log as JSON, and back.

    {"format": "autodiff steps", "version": 1,
     "order":    "topological" | "depth-first" | "breadth-first",
     "held":     whether the leaves began with the gradients that they held,
     "training": null | {"parameters": [node, ...], "rate": number, "prediction": [node, ...]},
     "nodes":    [{"label": text, "operation": a row of the table | "input" | "constant", "data": number,
                   "parents": [node, ...], "slopes": [number | null, ...], "held": number,
                   "source": null | {"file": text, "line": number, "text": text}}, ...],
     "steps":    [the fields of `autodiff.stepping.Step`, ...]}

A node is its place in "nodes", and its parents stand before it. A number that JSON cannot write is "nan", "inf" or
"-inf". Reading computes the steps again from the nodes, and refuses a file whose steps differ from that.

>>> from autodiff import Value
>>> from autodiff.stepping import Log, snapshot
>>> log = Log(snapshot(Value(2.0, name="x") ** 2))
>>> log_from(to_json(log)) == log
True
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, TypeVar

from ...errors import ArgumentError, shown
from ...json_text import json_number, parse_json
from ...ops import TABLE
from ...stepping.log import Log
from ...stepping.snapshot import Node, Snapshot, Source
from ...stepping.step import Step
from ...stepping.training import Training

FORMAT, VERSION = "autodiff steps", 1
L = TypeVar("L", bound=Log)


def to_json(log: Log) -> str:
    """The log as one JSON text."""
    plan = log.training
    return json.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "order": log.order,
            "held": log.held,
            "training": plan and {"parameters": plan.parameters, "rate": plan.rate, "prediction": plan.prediction},
            "nodes": [_write_node(node, held) for node, held in zip(log.graph.nodes, log.graph.held, strict=True)],
            "steps": [_write_step(step) for step in log],
        },
        allow_nan=False,
    )


def _write_node(node: Node, held: float) -> dict[str, Any]:
    return {
        "label": node.label,
        "operation": node.operation,
        "data": json_number(node.data),
        "parents": node.parents,
        "slopes": [json_number(slope) for slope in node.slopes],
        "held": json_number(held),
        "source": node.source and node.source._asdict(),
    }


def _write_step(step: Step) -> dict[str, Any]:
    fields = {key: json_number(item) for key, item in asdict(step).items() if key != "source"}
    return fields | {"source": step.source and step.source._asdict()}


def log_from(text: str, kind: type[L] = Log) -> L:  # type: ignore[assignment]
    """The log that `to_json` wrote; an `ArgumentError` says what in the text is not as the schema has it."""
    data = _mapping(parse_json(text, "from_json: expected JSON as `json()` writes it"), "a JSON object")
    if data.get("format") != FORMAT or data.get("version") != VERSION:
        raise _bad(f'"format": "{FORMAT}", "version": {VERSION}', (data.get("format"), data.get("version")))
    nodes = [_node(number, item) for number, item in enumerate(_list(data.get("nodes"), '"nodes"'))]
    if not nodes:
        raise _bad('"nodes" with at least one node', [])
    graph = Snapshot([node for node, _ in nodes], held=[held for _, held in nodes])
    held = _check(data.get("held"), bool, '"held": true or false')
    log = kind(graph, _check(data.get("order"), str, '"order": a text'), held, _training(data.get("training"), graph))
    if json.loads(json.dumps([_write_step(step) for step in log])) != data.get("steps"):
        raise _bad("steps that follow from the nodes", data.get("steps"))
    return log


def _node(number: int, item: Any) -> tuple[Node, float]:
    item = _mapping(item, f"node {number} as an object")
    operation = _check(item.get("operation"), str, f'node {number}: "operation": a text')
    parents = [_place(x, number, f"node {number}: parents before it") for x in _list(item.get("parents"), '"parents"')]
    slopes = [
        None if x is None else _float(x, f"slopes of node {number}") for x in _list(item.get("slopes"), '"slopes"')
    ]
    leaf = operation in ("input", "constant")
    arity = 0 if leaf else TABLE[operation].arity if operation in TABLE else -1
    if arity not in (None, len(parents)) or len(slopes) != len(parents) or not (leaf or parents):
        raise _bad(f"node {number}: an operation with as many parents and slopes as it takes", item)
    label = _check(item.get("label"), str, f'node {number}: "label": a text')
    data, held = (_float(item.get(key), f"{key!r} of node {number}") for key in ("data", "held"))
    return Node(number, label, operation, data, tuple(parents), tuple(slopes), _source(item.get("source"))), held


def _source(item: Any) -> Source | None:
    if item is None:
        return None
    item = _mapping(item, '"source" as null or an object')
    return Source(
        *(_check(item.get(key), kind, f'"{key}"') for key, kind in [("file", str), ("line", int), ("text", str)])
    )


def _training(item: Any, graph: Snapshot) -> Training | None:
    if item is None:
        return None
    item = _mapping(item, '"training" as null or an object')
    parameters, prediction = (
        tuple(_place(x, len(graph.nodes), f'"{key}": nodes') for x in _list(item.get(key), f'"{key}"'))
        for key in ("parameters", "prediction")
    )
    return Training(parameters, _float(item.get("rate"), '"rate"'), prediction)


def _place(x: Any, end: int, what: str) -> int:
    if isinstance(x, bool) or not isinstance(x, int) or not 0 <= x < end:
        raise _bad(what, x)
    return x


def _float(x: Any, what: str) -> float:
    if isinstance(x, (int, float)) and not isinstance(x, bool) or x in ("nan", "inf", "-inf"):
        try:
            return float(x)
        except OverflowError:
            pass
    raise _bad(f'a number, "nan", "inf" or "-inf" as {what}', x)


def _list(x: Any, what: str) -> list[Any]:
    return _check(x, list, f"a list as {what}")  # type: ignore[no-any-return]


def _mapping(x: Any, what: str) -> dict[str, Any]:
    return _check(x, dict, what)  # type: ignore[no-any-return]


def _check(x: Any, kind: type, what: str) -> Any:
    if isinstance(x, kind) and (kind is bool or not isinstance(x, bool)):
        return x
    raise _bad(what, x)


def _bad(expected: str, got: object) -> ArgumentError:
    return ArgumentError(f"from_json: expected {expected}, got {shown(got)}")
