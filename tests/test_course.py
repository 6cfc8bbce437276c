"""The course: every lesson runs, every answer is true, every notebook is one; the kit's solution holds, its starter does not."""

from __future__ import annotations

import json
import math
import re
import warnings
from pathlib import Path

import nbformat
import pytest
import autodiff
from autodiff.cli import main
from autodiff.render.steps.link import pack
from docs.builder import lesson as lessons_module
from docs.builder.course import cell_html, quiz
from docs.builder.lesson import Cell, lessons, notebook_text, questions_in, run
from docs.builder.words import LANGUAGES, WORDS

ROOT = Path(__file__).parent.parent
KIT = ROOT / "docs" / "kit"
PROPERTIES = re.search(r"PROPERTIES: (.*)", (KIT / "classroom.yml").read_text(encoding="utf-8"))[1]


def test_there_are_ten_lessons_in_order_with_three_questions_each():
    assert [each.number for each in lessons()] == list(range(1, 11))
    assert {len(each.questions) for each in lessons()} == {3}


@pytest.mark.parametrize("lesson", lessons(), ids=lambda each: each.key)
def test_a_lesson_runs_its_figures_are_made_and_its_answers_are_true(lesson):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        outputs = run(lesson)
    for cell, output in zip(lesson.cells, outputs):
        assert len(cell_html(cell, output, WORDS["en"])) > 20
    assert any(output and output.printed for output in outputs)
    names = {**lesson.names, "autodiff": autodiff, "math": math}
    for question in lesson.questions:
        assert math.isclose(eval(question.check, names), question.answer, rel_tol=1e-6, abs_tol=1e-9), question


@pytest.mark.parametrize("lesson", lessons(), ids=lambda each: each.key)
def test_a_lesson_is_a_notebook_with_its_answers_folded_away(lesson):
    text = notebook_text(lesson)
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells if cell.cell_type == "code"] == [cell.text for cell in lesson.cells if cell.kind == "code"]
    assert text.count("<details>") == 3


@pytest.mark.parametrize("lesson", lessons(), ids=lambda each: each.key)
def test_no_text_of_a_lesson_turns_into_a_list_by_accident(lesson):
    for cell in lesson.cells:
        if cell.kind == "text":
            assert not re.search(r"^\d+\. ", cell.text, re.MULTILINE), cell.text


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_a_translated_lesson_has_the_same_code_and_the_same_answers(language):
    for english, other in zip(lessons(), lessons(language)):
        assert [cell.kind for cell in english.cells] == [cell.kind for cell in other.cells]
        assert english.code == other.code
        assert [(each.answer, each.check) for each in english.questions] == [(each.answer, each.check) for each in other.questions]


def test_the_words_beside_the_lessons_are_there_in_every_language():
    assert {language: words.keys() ^ WORDS["en"].keys() for language, words in WORDS.items()} == {language: set() for language in LANGUAGES}


def test_a_missing_translation_falls_back_to_english(tmp_path, monkeypatch):
    monkeypatch.setattr(lessons_module, "LESSONS", tmp_path)
    (tmp_path / "lesson_01_a.py").write_text('"""A"""\n\n# %% [markdown]\n# text\n\n# %%\nprint(1)\n', encoding="utf-8")
    assert lessons("ko")[0].title == "A"
    (tmp_path / "ko").mkdir()
    (tmp_path / "ko" / "lesson_01_a.md").write_text("가\n---\n글\n", encoding="utf-8")
    assert (lessons("ko")[0].title, lessons("ko")[0].cells) == ("가", [Cell("text", "글"), Cell("code", "print(1)")])
    (tmp_path / "ko" / "lesson_01_a.md").write_text("가\n---\n글\n---\n글\n", encoding="utf-8")
    with pytest.raises(ValueError, match="got more"):
        lessons("ko")


def test_a_question_is_escaped_and_its_answer_stands_in_the_page():
    [question] = questions_in("1. Is a < b?\nanswer: -0.5\ncheck: -1 / 2\nBecause `a` is.")
    assert 'data-answer="-0.5"' in quiz([question], WORDS["en"]) and "a &lt; b" in quiz([question], WORDS["en"])


def test_a_lesson_fits_into_a_link():
    assert max(len(pack(lesson.code)) for lesson in lessons()) < 4_000


# The kit

@pytest.mark.slow
def test_the_solution_holds_every_property_of_the_homework_and_the_starter_says_what_to_do(capsys):
    assert main(["grade", str(KIT / "solution" / "engine.py"), "--properties", PROPERTIES, "--examples", "40"]) == 0
    assert main(["grade", str(KIT / "engine.py"), "--properties", PROPERTIES, "--examples", "40"]) == 1
    text = capsys.readouterr().out
    assert [text.count(f"TODO {gap}:") for gap in (1, 2, 3, 4)] == [1, 1, 1, 1] and "(lessons 2 and 3)" in text


def test_the_starter_is_the_solution_with_gaps():
    starter, solution = ((KIT / name).read_text(encoding="utf-8") for name in ("engine.py", "solution/engine.py"))
    assert re.findall(r"    def (\w+)", starter) == re.findall(r"    def (\w+)", solution)
    assert starter.count("TODO") == 5 and "TODO" not in solution


def test_the_commands_of_the_instructors_page_are_commands(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "engine.py").write_text((KIT / "solution" / "engine.py").read_text(encoding="utf-8"), encoding="utf-8")
    assert main(["grade", "engine.py", "--gradescope-zip", "hw.zip", "--properties", "values,operators,sums", "--file", "engine.py"]) == 0
    assert main(["quiz", "--worksheet", "sheet.html", "--answers", "--seed", "7"]) == 0
    assert (tmp_path / "hw.zip").exists() and (tmp_path / "sheet.html").exists()


def test_a_lesson_in_the_playground_is_the_lesson(monkeypatch):
    from autodiff.playground import bridge

    for lesson in lessons():
        if lesson.number not in (9, 10):    # these need the grader, and NumPy
            answer = json.loads(bridge.answer(json.dumps({"tab": "step", "source": lesson.code}), lambda text: None))
            assert answer["kind"] == "page", (lesson.key, answer)
