"""The pages of the course: each lesson with its text, its code, what the code shows, and its questions."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from autodiff.render.drawing import Drawing
from autodiff.render.language import speaking
from autodiff.render.steps.link import pack
from autodiff.render.steps.stepper import Steps

from . import markup
from .lesson import Cell, Lesson, Output, Question, lessons, questions_in, run
from .words import LANGUAGES, WORDS

TABS = {6: "train", 9: "grade", 10: "train"}  # of the playground, for the lessons that are about one


def course_pages(has_playground: bool) -> Iterator[tuple[str, str, str, str]]:
    """Every page of the course in every language: address, title, body, language."""
    english = lessons()
    outputs = [run(lesson) for lesson in english]
    for language in LANGUAGES:
        chosen = lessons(language)
        folder = "course" if language == "en" else f"course/{language}"
        yield f"{folder}/index.html", WORDS[language]["course"], contents(chosen, language), language
        for lesson, shown in zip(chosen, outputs, strict=True):
            up = "../" * (folder.count("/") + 1) if has_playground else ""
            with speaking(language):
                text = body(lesson, shown, WORDS[language], chosen, up)
            yield f"{folder}/{lesson.key}.html", lesson.title, text, language


def contents(chosen: list[Lesson], language: str) -> str:
    """The first page of the course."""
    words = WORDS[language]
    rows = "".join(f'<li><a href="{each.key}.html">{escape(each.title)}</a></li>' for each in chosen)
    up, down = "" if language == "en" else "../", {code: "" if code == "en" else f"{code}/" for code in LANGUAGES}
    others = " ".join(f'<a lang="{code}" href="{up}{down[code]}index.html">{name}</a>'
                      for code, name in LANGUAGES.items() if code != language)  # fmt: skip
    head = f'<h1 id="course">{words["course"]}</h1>{markup.html(words["introduction"])}'
    return f'{head}<ol class="lessons">{rows}</ol><p>{others}</p>'


def body(lesson: Lesson, shown: list[Output | None], words: dict[str, str], chosen: list[Lesson], up: str) -> str:
    """The body of a lesson's page; `up` leads to the site's first page, and is empty where there is no playground."""
    parts = [f'<h1 id="lesson">{lesson.number}. {escape(lesson.title)}</h1>']
    if up:
        tab = TABS.get(lesson.number, "step")
        address = f"{up}playground/index.html#tab={tab}&amp;program={pack(lesson.code)}"
        parts.append(f'<p class="try"><a href="{address}">{words["try"]}</a></p>')
    for cell, output in zip(lesson.cells, shown, strict=True):
        parts.append(cell_html(cell, output, words))
    parts.append(neighbours(lesson, chosen, words))
    return "\n".join(parts)


def cell_html(cell: Cell, output: Output | None, words: dict[str, str]) -> str:
    """One cell: its text, or its code with what it showed, or its questions."""
    if cell.kind == "text":
        return markup.html(cell.text)
    if cell.kind == "questions":
        return quiz(questions_in(cell.text), words)
    assert output is not None
    printed = f"<pre class='output' tabindex='0'>{escape(output.printed)}</pre>" if output.printed else ""
    return f"<div class='cell'>{markup.coloured(cell.text)}{printed}{figure(output.shown)}</div>"


def figure(shown: Any) -> str:
    """What the last line of a cell evaluated to: a live page of steps, a drawing, or text."""
    if shown is None:
        return ""
    if isinstance(shown, Steps):
        title, page = escape(repr(shown)), escape(shown.html())
        return f'<iframe class="steps" sandbox="allow-scripts" loading="lazy" title="{title}" srcdoc="{page}"></iframe>'
    if isinstance(shown, Drawing):
        return f"<div class='drawing' tabindex='0'>{shown.svg()}</div>"
    return f"<pre class='output' tabindex='0'>{escape(repr(shown))}</pre>"


def quiz(questions: list[Question], words: dict[str, str]) -> str:
    """Questions with a field for each answer, which the page's script checks."""
    field = '<input type="text" inputmode="text" autocomplete="off" maxlength="30">'
    buttons = (f'<button type="submit">{words["check"]}</button> '
               f'<button type="button" class="show" hidden>{words["show"]}</button>')  # fmt: skip
    rows = "".join(
        f'<li><form class="question" data-answer="{each.answer!r}"><label>{inline(each.text)}<br>{field}</label> '
        f'{buttons}<p role="status" class="said"></p><p class="why" hidden>{inline(each.why)}</p></form></li>'
        for each in questions
    )
    said = "".join(f' data-{key}="{escape(words[key])}"' for key in ("right", "wrong", "unread"))
    return f"<h2 id='questions'>{words['questions']}</h2><ol class='questions'{said}>{rows}</ol>"


def inline(text: str) -> str:
    """Markdown of one paragraph, without the paragraph."""
    return re.sub("</?p>", "", markup.html(text)).strip()


def neighbours(lesson: Lesson, chosen: list[Lesson], words: dict[str, str]) -> str:
    """The links to the lesson before, to all lessons, and to the next."""
    place = chosen.index(lesson)
    before = [f'<a rel="prev" href="{each.key}.html">← {escape(each.title)}</a>' for each in chosen[:place][-1:]]
    after = [f'<a rel="next" href="{each.key}.html">{escape(each.title)} →</a>' for each in chosen[place + 1 :][:1]]
    links = "".join([*before, f'<a href="index.html">{words["all"]}</a>', *after])
    return f'<nav class="neighbours" aria-label="{words["course"]}">{links}</nav>'
