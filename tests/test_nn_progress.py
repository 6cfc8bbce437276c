"""The progress bar: seen on a terminal, silent elsewhere."""

import io
import sys

import pytest

from autodiff.nn.progress import progress, silent


class Terminal(io.StringIO):
    def isatty(self):
        return True


def drawn(stream, label="Training"):
    with progress(4, label, stream) as advance:
        for _ in range(3):
            advance()
        advance("loss 0.25 [end]")
    return stream.getvalue()


def test_a_pipe_gets_nothing_of_what_is_done_within_a_second():
    assert drawn(io.StringIO()) == ""


def test_a_pipe_gets_a_line_a_second_at_most_and_the_last_one(monkeypatch):
    from autodiff.nn import progress as module
    clock = iter([0.0, 0.4, 1.2, 1.2, 1.9, 2.0, 2.1])
    monkeypatch.setattr(module, "monotonic", lambda: next(clock))
    assert drawn(io.StringIO()) == "Training 2/4\nTraining 4/4 loss 0.25 [end]\n"


def test_a_pipe_gets_no_line_where_none_is_wanted():
    with progress(4, "Training", io.StringIO(), lines=False) as advance:
        assert advance is silent


def test_a_terminal_gets_a_bar_with_count_and_note():
    pytest.importorskip("rich")
    assert all(text in drawn(Terminal()) for text in ("Training", "4/4", "loss 0.25 [end]"))


def test_a_terminal_without_rich_gets_a_plain_bar(monkeypatch):
    monkeypatch.setitem(sys.modules, "rich", None)
    assert "\rTraining [######################--------] 3/4 \033[K\rTraining [" + "#" * 30 + "] 4/4" in drawn(Terminal())


def test_the_line_ends_also_when_the_work_fails(monkeypatch):
    monkeypatch.setitem(sys.modules, "rich", None)
    stream = Terminal()
    with pytest.raises(ZeroDivisionError), progress(4, "Training", stream) as advance:
        advance()
        1 / 0
    assert stream.getvalue().endswith("\n")


def test_a_notebook_gets_one_output_with_curves_that_changes_at_most_twice_a_second(monkeypatch):
    display = pytest.importorskip("IPython.display")
    from autodiff.nn import progress as module
    pictures, clock = [], iter([10.0, 10.0, 10.1, 10.3, 10.6, 10.6, 10.7, 10.8])

    class Handle:
        def update(self, bundle, raw):
            pictures.append(bundle["text/html"])

    def shown(bundle, raw, display_id):
        pictures.append(bundle["text/html"])
        return Handle()

    monkeypatch.setattr(display, "display", shown)
    monkeypatch.setattr(module, "monotonic", lambda: next(clock))
    losses = []
    with module.by_notebook(5, "Training", io.StringIO()) as advance:
        for loss in (5.0, 4.0, 3.0, 2.0, 1.0):
            losses.append(loss)
            advance(f"<{loss}>", {"loss": losses, "val_loss": [x + 1 for x in losses]})
    assert [picture.count("<polyline") for picture in pictures] == [0, 2, 2]
    assert "&lt;4.0&gt;" not in pictures[1] and ">loss 2<" in pictures[1] and "5/5 &lt;1.0&gt;" in pictures[2]
    assert ">val_loss 2<" in pictures[2] and ">6<" in pictures[2] and ">1<" in pictures[2]  # on one scale


def test_a_long_course_is_drawn_with_as_many_points_as_there_are_pixels():
    from autodiff.nn import notebook

    assert notebook.thin(range(5)) == [0, 1, 2, 3, 4]
    points = notebook.thin(range(10_001))
    assert len(points) <= notebook.WIDE and points[-1] == 10_000
