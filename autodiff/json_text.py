"""JSON that came from outside, where what is no JSON is an error in a sentence; and numbers that JSON does not have.

>>> parse_json('{"a": 1}', "expected a model")
{'a': 1}
>>> parse_json("nan", "expected a model")
Traceback (most recent call last):
autodiff.errors.ArgumentError: expected a model, got 'nan' (str): Expecting value: line 1 column 1 (char 0)
"""

import json
from math import isfinite
from typing import Any, NoReturn

from .errors import ArgumentError, OperandError, shown


def parse_json(text: object, expected: str) -> Any:
    """What the text holds; nothing in it is executed. `expected` begins the message of an error.

    Infinity and NaN, which JSON does not have and Python reads, are refused.
    """
    if not isinstance(text, str | bytes):
        raise OperandError(f"{expected}, a text, got {shown(text)}")
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ArgumentError(f"{expected}, got {shown(text)}: {error}") from None


def json_number(x: Any) -> Any:
    """The same, but for inf and nan, which JSON does not have: "inf", "-inf" and "nan".

    >>> [json_number(x) for x in (0.5, float("-inf"), None)]
    [0.5, '-inf', None]
    """
    return str(x) if isinstance(x, float) and not isfinite(x) else x


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number of JSON")
