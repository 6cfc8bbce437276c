"""A lesson: a `# %%` script read as cells, run as a notebook would run it, and written as one.

    # %% [markdown]      text, each line behind "# "
    # %%                 code; what its last line evaluates to is shown
    # %% [questions]     "1. question", "answer: number", "check: expression that must give it", then why
"""

import ast
import contextlib
import io
import json
import linecache
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

LESSONS = Path(__file__).resolve().parent.parent / "lessons"
KINDS = {"": "code", "[markdown]": "text", "[questions]": "questions"}


class Cell(NamedTuple):
    """Text, code or questions, without the marks that made them comments."""

    kind: str
    text: str


class Question(NamedTuple):
    """What is asked, the answer, an expression over the lesson's names that must give it, and why it is so."""

    text: str
    answer: float
    check: str
    why: str


class Output(NamedTuple):
    """What a cell showed: what it printed, and the object that its last line evaluated to."""

    printed: str
    shown: Any


@dataclass
class Lesson:
    """A lesson: the name of its file, its title and its cells; `names` once it has run."""

    key: str
    title: str
    cells: list[Cell]
    names: dict[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return int(self.key.split("_")[1])

    @property
    def questions(self) -> list[Question]:
        return [question for cell in self.cells if cell.kind == "questions" for question in questions_in(cell.text)]

    @property
    def code(self) -> str:
        """All its code, as a program for the playground."""
        return "\n\n".join(cell.text for cell in self.cells if cell.kind == "code") + "\n"


def lessons(language: str = "en") -> list[Lesson]:
    """The lessons in order; in another language their texts are those of its files, and the code is the same."""
    return [translated(read(path), language) for path in sorted(LESSONS.glob("lesson_*.py"))]


def read(path: Path) -> Lesson:
    """The lesson in a script."""
    head, *parts = re.split(r"^# %%(.*)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    title = ast.get_docstring(ast.parse(head)) or path.stem
    cells = []
    for mark, text in zip(parts[::2], parts[1::2], strict=True):
        kind = KINDS[mark.strip()]
        cells.append(Cell(kind, text.strip("\n") if kind == "code" else re.sub(r"^# ?", "", text, flags=re.M).strip()))
    return Lesson(path.stem, title, cells)


def translated(lesson: Lesson, language: str) -> Lesson:
    """The lesson with its texts in another language, cell for cell; as it is where there is no such file."""
    file = LESSONS / language / f"{lesson.key}.md"
    if not file.exists():
        return lesson
    title, *texts = re.split(r"^---\n", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    waiting = iter(texts)
    cells = [cell if cell.kind == "code" else Cell(cell.kind, next(waiting).strip()) for cell in lesson.cells]
    if next(waiting, None) is not None:
        raise ValueError(f"{file}: expected as many texts as the lesson has, got more")
    return Lesson(lesson.key, title.strip(), cells)


def questions_in(text: str) -> list[Question]:
    """The questions of a cell."""
    found = []
    for part in re.split(r"^\d+\. ", text, flags=re.MULTILINE)[1:]:
        asked, rest = part.split("\nanswer: ")
        answer, rest = rest.split("\ncheck: ")
        check, _, why = rest.partition("\n")
        found.append(Question(asked.strip(), float(answer), check, why.strip()))
    return found


def run(lesson: Lesson) -> list[Output | None]:
    """Run the code of a lesson; for each cell what it showed, and None for a cell of another kind."""
    lesson.names = {"__name__": "__main__"}
    return [run_cell(lesson, number, cell.text) if cell.kind == "code" else None
            for number, cell in enumerate(lesson.cells)]


def run_cell(lesson: Lesson, number: int, text: str) -> Output:
    """Run one cell over the lesson's names; tracebacks and the stepper find its lines."""
    filename = f"<{lesson.key}, cell {number}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    tree = ast.parse(text, filename)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, shown = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, filename, "exec"), lesson.names)
        if last is not None:
            shown = eval(compile(ast.Expression(last.value), filename, "eval"), lesson.names)
    return Output(printed.getvalue(), shown)


def notebook_text(lesson: Lesson) -> str:
    """The lesson as a notebook without outputs; the answers stand folded below their questions."""
    cells = [_notebook_cell("markdown", f"# {lesson.number}. {lesson.title}", 0)]
    for number, cell in enumerate(lesson.cells, 1):
        kind, text = ("code", cell.text) if cell.kind == "code" else ("markdown", cell.text)
        cells.append(_notebook_cell(kind, _folded(questions_in(text)) if cell.kind == "questions" else text, number))
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}, indent=1) + "\n"


def _notebook_cell(kind: str, text: str, number: int) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": text}
    return cell | {"outputs": [], "execution_count": None} if kind == "code" else cell


def _folded(questions: list[Question]) -> str:
    return "\n\n".join(
        f"**{number}.** {each.text}\n\n<details><summary>Answer</summary>{each.answer:g}. {each.why}</details>"
        for number, each in enumerate(questions, 1)
    )
