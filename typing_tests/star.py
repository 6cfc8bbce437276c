"""`from autodiff import *` brings the functions, and leaves Python's own `compile` alone."""

from types import CodeType
from typing import assert_type

from autodiff import *  # noqa: F403

assert_type(sin(Value(0.0)), Value)  # noqa: F405
code: CodeType = compile("1", "<text>", "eval")
