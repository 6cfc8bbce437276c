"""The steps of a log in all the words and numbers that a page shows, for pages that cannot tell them themselves.

Where a page has the whole graph, and the operations are of the table, `page_told.js` makes the same from the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...json_text import json_number
from ...stepping.log import Log
from ...stepping.quiz import question
from ...stepping.step import Step
from ...stepping.wording import short


def tell_step(log: Log, step: Step, place: Mapping[int, int], edges: Mapping[tuple[int, int], int]) -> dict[str, Any]:
    """One step, with nodes and edges by their places on the page."""
    asked = question(log, step.index)
    return {
        "index": step.index,
        "phase": step.phase,
        "kind": step.kind,
        "node": place.get(step.node, -1),
        "target": place.get(step.target, -1),
        "of": [step.node, step.operand] if step.kind in ("operation", "contribution", "blocked", "detached") else None,
        "edge": -1 if step.operand is None else edges.get((step.node, step.operand), -1),
        "data": [short(step.result), repr(step.result)] if step.kind in ("input", "operation", "update") else None,
        "sent": short(step.contribution) if step.contribution is not None else "",
        "gradient": None if step.gradient_after is None else [short(step.gradient_after), repr(step.gradient_after)],
        "slope": None if step.slope is None else short(step.slope),
        "arrived": step.arrived,
        "expected": step.expected,
        "sum": step.sum,
        "equations": step.equations,
        "say": str(step),
        "source": str(step.source or ""),
        "early": step.premature,
        "ask": asked and {"text": asked.text, "answer": json_number(asked.answer), "shown": short(asked.answer),
                          "wrong": [(key, json_number(x)) for key, x in asked.wrong]},
    }  # fmt: skip
