"""Names in any script: by a font that has the letters, or one sentence; never boxes, never a page of warnings."""

from __future__ import annotations

import subprocess

import pytest

from autodiff import Value, draw
from autodiff.errors import DrawingError
from autodiff.render.output import engines, fonts

SCRIPTS = {"Hangul": "가중치", "Kana": "おもみ", "Han": "权重", "Arabic": "وزن", "Devanagari": "वजन", "emoji": "🙂"}


def neuron(name):
    return draw(Value(2.0, name=name) * Value(3.0, name="x"))


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("form", ["png", "pdf"])
def test_letters_that_no_font_has_are_said_in_one_sentence(script, form, monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "is_installed", lambda letter: False)
    drawing = neuron(SCRIPTS[script])
    with pytest.raises(DrawingError, match=f"{form.upper()}: no installed font has the letters {SCRIPTS[script][0]}") as caught:
        drawing.save(tmp_path / f"a.{form}")
    assert "\n" not in str(caught.value) and ".svg" in str(caught.value) and not list(tmp_path.iterdir())
    assert SCRIPTS[script] in drawing.svg()


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_is_drawn_has_no_boxes_and_no_warnings(script):
    """Where a font is installed it is used, by every engine; elsewhere the sentence comes, before any engine is asked."""
    drawing = neuron(SCRIPTS[script])
    if fonts.complaint(SCRIPTS[script]):
        with pytest.raises(DrawingError, match="no installed font"):
            drawing.encode("png")
    else:
        assert engines.by_matplotlib(engines.Job(drawing.picture, drawing.style), "png").startswith(b"\x89PNG")
        assert drawing.encode("png").startswith(b"\x89PNG")


def test_matplotlib_is_told_which_fonts_have_the_letters():
    pytest.importorskip("matplotlib")
    assert fonts.families("plain → text") == []
    (family, *_), *more = [fonts.families("ع")]  # which matplotlib's own font has
    assert isinstance(family, str) and not more
    assert not any("Last Resort" in name for letters in SCRIPTS.values() for name in fonts.families(letters))
    assert fonts.families(chr(0x10FFFD)) == []  # for private use: no font has it, and nothing is said of it
    assert fonts.unusual("a→é\u200b" + chr(0x10FFFD)) == ""


@pytest.mark.parametrize("answer, found", [(b"/a/Noto.ttf\n", True), (b"\n", False)])
def test_fontconfig_is_asked_and_where_it_is_not_matplotlib(answer, found, monkeypatch):
    fonts.files_with.cache_clear()
    asked = []

    def run(command, **options):
        asked.append(command[:2])
        return subprocess.CompletedProcess(command, 0, answer)

    monkeypatch.setattr(fonts.subprocess, "run", run)
    assert fonts.is_installed("가") is found and asked == [["fc-list", ":charset=ac00"]]

    def absent(command, **options):
        raise FileNotFoundError("fc-list")

    fonts.files_with.cache_clear()
    monkeypatch.setattr(fonts.subprocess, "run", absent)
    assert fonts.is_installed("ع") is True
    fonts.files_with.cache_clear()


def test_a_font_that_is_newer_than_matplotlibs_list_is_used(monkeypatch):
    manager = pytest.importorskip("matplotlib.font_manager")
    file = next(entry.fname for entry in manager.fontManager.ttflist if entry.fname.endswith("DejaVuSans.ttf"))
    monkeypatch.setattr(manager.fontManager, "ttflist", [])
    monkeypatch.setattr(fonts, "files_with", lambda letter: ["/no/such/font.ttf", file])
    assert fonts.families("ع") == ["DejaVu Sans"]
