"""What each tab of the playground shows of a program: a page, a picture, text, numbers; as data that the page draws.

>>> from .program import run
>>> ran = run("from autodiff import Value\\na = Value(2.0)\\ny = a * a", print, "doctest_tabs")
>>> formula(ran, {})["parts"]["text"]
'y = a * a'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from math import isfinite
from typing import Any

from ..errors import ArgumentError, AutodiffError, shown
from ..graph import topological_order
from ..names import names_in
from ..render.drawing import draw as drawn
from ..render.formula.formulas import formula as formula_of
from ..render.quiz.asking import tell_exercise
from ..render.quiz.exercises import LEVELS, exercises
from ..render.steps.link import ADDRESS
from ..render.steps.stepper import steps_in
from ..stepping.explanation import explain_gradient
from ..stepping.quiz import judge, read_number
from ..stepping.wording import short
from ..value import Value
from .program import Ran

Shown = dict[str, Any]
MOST_EXPLAINED = 8  # inputs, all at once
MOST_PARAMETERS = 200
GRID = 24  # points of a side of the map of a model's answers


def step(ran: Ran, request: Shown) -> Shown:
    """The page of the stepper; of a graph too large for one, the part around its result."""
    y = ran.choose(request.get("value", ""))
    log, program = steps_in(ran.names, y), _program(ran, request)
    try:
        return {"kind": "page", "page": log.html(**program), "note": ""}
    except ArgumentError as error:
        part = log.html(focus=len(log.graph.nodes) - 1, depth=3, **program)
        return {"kind": "page", "page": part, "note": str(error)}


def draw(ran: Ran, request: Shown) -> Shown:
    """The graph as a picture, with its gradients, collapsed as far as it has to be to be read."""
    y = ran.choose(request.get("value", ""))
    with_gradients(ran, y)
    picture = drawn(y, collapse=request.get("collapse") or "auto", names=names(ran, y))
    return {"kind": "picture", "picture": picture.svg(), "text": picture.text()}


def explain(ran: Ran, request: Shown) -> Shown:
    """Why the gradient of an input is what it is: of the one that is asked for, or of all where they are few."""
    y = ran.choose(request.get("value", ""))
    graph = steps_in(ran.names, y).graph
    inputs = {node.label: node.number for node in graph.nodes if node.operation == "input"}
    asked = request.get("input", "")
    some = [asked] if asked in inputs else list(inputs)[:MOST_EXPLAINED]
    return {
        "kind": "text",
        "text": "\n\n".join(str(explain_gradient(graph, inputs[label])) for label in some),
        "inputs": list(inputs)[:MOST_PARAMETERS],
        "input": asked if asked in inputs else "",
    }


def formula(ran: Ran, request: Shown) -> Shown:
    """The formula as text, as LaTeX, and as Python with its derivatives; where one cannot be written, why not."""
    y = ran.choose(request.get("value", ""))
    found, parts = formula_of(y, names=names(ran, y)), {}
    for form in ("text", "latex", "python"):
        try:
            parts[form] = getattr(found, form)
        except AutodiffError as error:
            parts[form] = str(error)
    return {"kind": "formula", "parts": parts}


def train(ran: Ran, request: Shown) -> Shown:
    """The losses that the program went backward from, its parameters, and what its model answers on a square."""
    if ran.failed:
        raise ran.failed
    if not ran.losses.numbers:
        raise ArgumentError("expected a program that calls loss.backward() for each step of its training; it never did")
    return {
        "kind": "training",
        "losses": [number if isfinite(number) else None for number in ran.losses.numbers],
        "parameters": list(islice(_parameters(ran), MOST_PARAMETERS)),
        "map": _map(ran),
    }


def quiz(request: Shown) -> Shown:
    """An exercise, by its seed, level and number, and what an answer to it is worth."""
    level = request.get("level") or None
    number = min(int(request.get("number", 0)), 10_000)
    exercise = next(islice(exercises(int(request.get("seed", 0)), level), number, None))
    given, question = tell_exercise(exercise), exercise.question.text
    asked = {"kind": "quiz", "given": given, "question": question, "levels": list(LEVELS)}
    if "answer" not in request:
        return asked
    right, sentence = judge(exercise.question, str(request["answer"]))
    return asked | {"read": read_number(str(request["answer"])) is not None, "right": right, "said": sentence}


TABS: dict[str, Callable[[Ran, Shown], Shown]] = {
    "step": step, "draw": draw, "explain": explain, "formula": formula, "train": train,
}  # fmt: skip


def names(ran: Ran, y: Value) -> dict[Value, str]:
    """What the program calls the Values that made one of them."""
    return names_in(ran.names, dict.fromkeys(topological_order(y)))


def with_gradients(ran: Ran, y: Value) -> None:
    """Go backward from a Value whose program has not: else there would be no gradients to see."""
    if not ran.losses.numbers:
        y.backward()


def _program(ran: Ran, request: Shown) -> Shown:
    """What a page needs to lead back here once it has been saved: where this playground is, and the program."""
    address = request.get("address", "")
    return {"playground": address, "program": ran.source} if ADDRESS.fullmatch(address) else {}


def _parameters(ran: Ran) -> Iterator[dict[str, str]]:
    """The inputs that the last loss depends on and that the program has names for, with numbers as they are shown."""
    root = ran.losses.last
    order = [] if root is None else topological_order(root)
    called = names_in(ran.names, dict.fromkeys(order))
    for value in order:
        if not value.parents and value in called:
            yield {"name": called[value], "data": short(value.data), "grad": short(value.grad)}


def _map(ran: Ran) -> list[list[float]] | None:
    """What `model([x, y])` answers on a square from -1 to 2, row by row from the top; None where there is no such."""
    model = ran.names.get("model")
    if not callable(model):
        return None
    side = [-1 + 3 * i / (GRID - 1) for i in range(GRID)]
    try:
        rows = [[_number(model([x, y])) for x in side] for y in reversed(side)]
    except Exception:  # a model of other inputs, or of another kind: it has no such map
        return None
    return rows if all(isfinite(number) for row in rows for number in row) else None


def _number(answer: Any) -> float:
    answer = answer[0] if isinstance(answer, list) and len(answer) == 1 else answer
    if type(answer) is Value:
        return float(answer.data)
    raise ArgumentError(f"expected a Value, got {shown(answer)}")
