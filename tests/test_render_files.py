"""Files of drawings: the suffix says what is written, an error says which path and why; the demo, and what a browser shows."""

import io
import subprocess

import pytest
from drawings import groups, needs_engine, neuron

from autodiff import Value, draw
from autodiff.errors import ArgumentError, OperandError


def test_save_writes_what_the_suffix_says(tmp_path):
    drawing = draw(neuron()[0])
    assert drawing.save(tmp_path / "f.dot").read_text() == drawing.dot
    assert drawing.save(str(tmp_path / "f.TXT")).read_text(encoding="utf-8") == drawing.text() + "\n"


@pytest.mark.parametrize("path", ["f", "f.jpg", "f.svg.gz", ".svg"])
def test_save_refuses_another_suffix_and_lists_the_known_ones(path, tmp_path):
    with pytest.raises(ArgumentError, match=r"\.svg, \.png, \.pdf, \.dot, \.mmd, \.txt, got"):
        draw(Value(1.0)).save(tmp_path / path)


def test_save_into_a_missing_folder_says_which(tmp_path):
    with pytest.raises(ArgumentError, match="folder that exists"):
        draw(Value(1.0)).save(tmp_path / "missing" / "f.dot")


def test_a_file_is_as_readable_as_any_other(tmp_path):
    (tmp_path / "plain").write_text("")
    assert draw(Value(1.0)).save(tmp_path / "f.dot").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("path", [3, None, b"a.svg"])
def test_save_says_that_a_path_is_a_text(path):
    with pytest.raises(OperandError, match="save: expected a path"):
        draw(Value(1.0)).save(path)


def test_save_names_the_folder_that_stands_in_its_way_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "f.dot").mkdir()
    with pytest.raises(ArgumentError, match=r"that of a folder.*f\.dot"):
        draw(Value(1.0)).save(tmp_path / "f.dot")
    with pytest.raises(ArgumentError, match="null character"):
        draw(Value(1.0)).save(f"{tmp_path}/g\0.dot")
    with pytest.raises(OSError, match="h" * 300):  # not the name of a temporary file
        draw(Value(1.0)).save(tmp_path / ("h" * 300 + ".dot"))
    assert [path.name for path in tmp_path.iterdir()] == ["f.dot"]


# The demo

@needs_engine
def test_the_chain_rule_demo_prints_both_versions_and_saves_its_drawing(tmp_path, capsys):
    from demos import chain_rule
    paths = chain_rule.main(out=tmp_path)
    printed = capsys.readouterr().out
    assert "0.7310585786300049" in printed and "-0.19661193324148185" in printed
    assert all(str(path) in printed and path.exists() for path in paths)


def test_the_chain_rule_demo_stops_at_a_wrong_number(tmp_path, monkeypatch):
    from demos import chain_rule
    monkeypatch.setitem(chain_rule.GRADIENTS, "w0", (-0.197, -0.2))
    with pytest.raises(chain_rule.Mismatch, match="the gradient of w0: expected -0.197"):
        chain_rule.main(out=tmp_path)


@needs_engine
def test_the_picture_of_the_readme_is_the_one_that_the_demo_draws():
    from demos import chain_rule
    f, _ = chain_rule.evaluated(chain_rule.as_elementary_operations)
    f.name = "f"
    f.backward()
    kept, drawn = chain_rule.README_PICTURE.read_text(encoding="utf-8"), draw(f).svg()
    assert groups(kept, "node") == groups(drawn, "node")
    assert groups(kept, "edge") == groups(drawn, "edge")


@pytest.mark.slow
@needs_engine
@pytest.mark.browser
def test_a_browser_shows_the_drawing_by_day_and_by_night(browser_path, tmp_path):
    """Chromium paints the page of the drawing in its scheme: white by day, nearly black by night."""
    Image = pytest.importorskip("PIL.Image")
    place = draw(neuron()[0]).save(tmp_path / "f.svg")
    for scheme, page in [(1, (255, 255, 255)), (0, (20, 23, 26))]:
        shot = tmp_path / f"{scheme}.png"
        quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
        subprocess.run([
            browser_path, "--headless", "--no-sandbox", "--disable-gpu", *quiet,
            f"--user-data-dir={tmp_path / 'profile'}", "--hide-scrollbars", "--window-size=500,200",
            f"--blink-settings=preferredColorScheme={scheme}", f"--screenshot={shot}", place.as_uri(),
        ], check=True, capture_output=True, timeout=60)  # fmt: skip
        with Image.open(io.BytesIO(shot.read_bytes())) as image:
            assert image.convert("RGB").getpixel((3, 3)) == page
