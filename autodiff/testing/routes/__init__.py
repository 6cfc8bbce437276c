"""Random structured programs, and every route from one to its value and its gradient: do they agree?

    search(seconds)         look for a disagreement; each is made small, and prints as a program to paste
    Trial(program)          one program on every route: `.complaints()`
    structured_programs()   the same programs as a Hypothesis strategy

    python -m autodiff.testing.routes --seconds 3600 --seed 7

Bottom to top: choices (a source of random numbers that shrinks), program (text and numbers), expressions, structures
and drawing (what is drawn), rounding (how far two right answers may differ), row, trial, second and routes (what is
compared), reduce, search.

>>> search(seconds=60, most=10, routes=["grad"]).findings
[]
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .drawing import draw_program
from .program import Input, Program
from .search import MODELS, PROGRAMS, Finding, Report, search
from .row import Unusable
from .trial import Complaint, Trial

if TYPE_CHECKING:
    from .strategies import structured_programs

__all__ = [
    "MODELS", "PROGRAMS", "Complaint", "Finding", "Input", "Program", "Report", "Trial",
    "Unusable", "draw_program", "search", "structured_programs",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "structured_programs":  # it needs Hypothesis
        return import_module(".strategies", __name__).structured_programs
    raise AttributeError(f"module 'autodiff.testing.routes' has no attribute {name!r}")
