"""Files of drawings: the suffix says what is written, and an error says which path and why."""

import pytest
from drawings import neuron

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
