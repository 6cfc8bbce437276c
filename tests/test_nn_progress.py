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
