"""Rows of the same keys as columns, for a page: each key is written once, and each value that repeats is written once.

>>> columns([{"x": 1, "kind": "an input"}, {"x": 2, "kind": "an input"}, {"x": 3, "kind": "an input"}])
{'x': [[1, 2, 3]], 'kind': [['an input'], [0, 0, 0]]}
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[list[Any]]]:
    """For each key its values; or, where that is shorter, the different ones and which of them each row has."""
    return {key: _column([row[key] for row in rows]) for key in (rows[0] if rows else ())}


def _column(values: list[Any]) -> list[list[Any]]:
    written = [json.dumps(value) for value in values]
    different = dict(zip(written, values))
    place = {text: i for i, text in enumerate(different)}
    short = [[*different.values()], [place[text] for text in written]]
    return min([values], short, key=lambda column: len(json.dumps(column)))
