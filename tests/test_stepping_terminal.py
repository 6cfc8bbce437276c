"""The terminal stepper and the quiz: what keys do, what is on the screen, in a real pseudo-terminal too."""

from __future__ import annotations

import io
import os
import select
import subprocess
import sys
import threading
import time
from itertools import islice

import pytest
from hypothesis import given, settings, strategies as st

from autodiff import Value, functions as f, steps
from autodiff.errors import ArgumentError, MissingExtraError
from autodiff.render.quiz.exercises import LEVELS, exercises
from autodiff.render.steps.keys import _unix_keys, keys_in, read_keys
from autodiff.render.quiz.asking import ask_on, tell_exercise as told, worksheet
from autodiff.render.steps.terminal import Screen, around, step_through
from autodiff.stepping import Log, Node, snapshot
from autodiff.stepping.quiz import HINTS, judge, question
from autodiff.stepping.wording import short
from tests.browser import Browser
from tests.test_stepping import graphs
from tests.test_stepping_page import xor_row

console = pytest.importorskip("rich.console", reason="needs rich: pip install rich")


def screen_of(log, *keys, **options):
    screen = Screen(log, **options)
    for key in keys:
        assert screen.press(key)
    return screen


def written(renderable, width=200):
    out = io.StringIO()
    console.Console(file=out, width=width, color_system=None).print(renderable)
    return out.getvalue()


def example():
    a, dead = Value(3.0), Value(-1.0)
    b = a + a
    c = b * a + f.relu(dead)
    return steps(c)


@pytest.mark.parametrize("keys, index", [
    (["right"] * 3, 3), (["right", "right", "left"], 1), (["left"], 0), ([" ", "l", "h"], 1), (["end"], -1), (["end", "home"], 0),
    (["G", "g"], 0), (["end", "right"], -1), (["?", "x", ""], 0),
])  # fmt: skip
def test_keys_move_the_cursor(keys, index):
    log = example()
    assert screen_of(log, *keys).cursor.index == index % len(log)


@pytest.mark.parametrize("sent, key", [
    ("\x1b[A", "up"), ("\x1b[B", "down"), ("\x1b[1;5C", "right"), ("\x1bOD", "left"), ("\x1b[7~", "home"), ("\x1b[8~", "end"),
    ("\x1b[5~", "page up"), ("\x1b[3;2~", "delete"), ("\x1b[15~", "other"), ("\x1b[<0;3;4M", "other"), ("\x1bOP", "other"),
    ("\x1b[200~", "other"), ("\x1b", "escape"), ("é", "é"), ("\x7f", "backspace"), ("\r", "enter"), ("\x03", "interrupt"),
])  # fmt: skip
def test_a_key_is_one_key_whatever_the_terminal_sends_for_it(sent, key):
    assert list(keys_in(sent)) == [key] and list(keys_in(f"l{sent}")) == ["l", key]


def test_the_screen_has_the_expression_the_operations_and_on_demand_the_keys():
    w, x = Value(0.5, name="w"), Value(2.0, name="x")
    y = f.tanh(w * x)
    screen = screen_of(steps(y))
    text = written(screen.draw())
    assert "y = tanh(w * x) · forward pass" in text and "operation" in text and "w * x " in text and "? keys" in text
    assert "no gradient flows" not in text
    screen.press("?")
    assert "along which no gradient flows" in written(screen.draw())
    screen.press("right")
    assert "along which no gradient flows" not in written(screen.draw())


def test_no_key_quits_by_accident():
    screen = Screen(example())
    for sent in ("\x1b[5~", "\x1b[6~", "\x1b[3~", "\x1b[2~", "\x1b[15~", "\x1bOP", "\x1b[Z", "\x1b[I"):
        assert all(map(screen.press, keys_in(sent))) and screen.cursor.index == 0, sent
    assert all(map(screen.press, keys_in("\x1b[B\x1b[Bj"))) and screen.cursor.index == 3
    assert all(map(screen.press, keys_in("\x1b[Ak"))) and screen.cursor.index == 1


@pytest.mark.skipif(os.name == "nt", reason="needs a pipe that select can watch")
def test_a_key_that_arrives_in_pieces_is_one_key(monkeypatch):
    def send():
        for piece in (b"\x1b", b"[", b"1;5", b"C", b"\xc3", b"\xa9"):
            os.write(far, piece)
            time.sleep(0.004)
        os.close(far)

    monkeypatch.setattr("autodiff.render.steps.keys.PATIENCE", 60.0)  # a busy machine may keep the sender waiting
    near, far = os.pipe()
    sender = threading.Thread(target=send)
    sender.start()
    keys = list(_unix_keys(near))
    sender.join()
    os.close(near)
    assert keys == ["right", "é"]


def test_an_answer_that_is_no_number_is_asked_for_again_and_tells_nothing():
    screen = screen_of(example(), *["right"] * 3, quiz=True)
    while screen.typing is None:
        screen.press("right")
    at = screen.cursor.index
    for key in ("o", "n", "e", "enter"):
        screen.press(key)
    assert (screen.typing, screen.total, screen.cursor.index) == ("", 0, at) and "Please write a number" in screen.note
    lines: list[str] = []
    replies = iter(["six", repr(next(exercises(5)).question.answer), "q"])
    assert ask_on(5, read=lambda prompt: next(replies), write=lines.append) == (1, 1)
    assert sum("Please write a number" in line for line in lines) == 1


def test_keys_search_and_say_when_there_is_nothing():
    log = example()
    assert screen_of(log, "b").cursor.step.kind == "blocked" and screen_of(log, "c").cursor.step.complete
    screen = screen_of(log, "n")
    assert screen.cursor.index == 0 and "No later step is nan" in written(screen.draw())


def test_a_node_or_a_step_is_gone_to_by_its_name():
    log = example()
    assert screen_of(log, "/", "b", "enter").cursor.index == log.last_step("b")
    assert screen_of(log, "/", "7", "enter").cursor.index == 7
    assert screen_of(log, "/", "x", "backspace", "-", "1", "enter").cursor.index == len(log) - 1
    lost = screen_of(log, "/", *"nobody", "enter")
    assert lost.cursor.index == 0 and "expected the name of a node" in written(lost.draw())
    assert screen_of(log, "/", "b", "escape").typing is None


@pytest.mark.slow
@settings(max_examples=10)
@given(graphs(most=6))
def test_the_screen_shows_the_step_and_the_numbers_of_the_log(y):
    log = Log(snapshot(y))
    screen = Screen(log)
    for step in log:
        screen.cursor.to(step.index)
        text = written(screen.draw(4000, 60), width=4000)
        assert str(step) in text and all(part in text for row in step.equations for part in row)
        for line in text.splitlines():
            assert line.isprintable()


def test_the_screen_keeps_to_its_height_and_shows_the_node_that_changes():
    y = Value(1.0)
    for _ in range(200):
        y = y * 1.01
    log = steps(y)
    screen = screen_of(log, "/", *"150", "enter")
    text = written(screen.draw(200, 30))
    assert len(text.splitlines()) == 30 and f"▸  {log[150].label}" in text


@pytest.mark.slow
@pytest.mark.parametrize("quiz", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_on_a_terminal_of_24_lines_nothing_is_cut(quiz):
    log = xor_row()
    screen = Screen(log, quiz=quiz)
    for _ in range(2 * len(log)):
        text = written(screen.draw(80, 24), width=80)
        assert len(text.splitlines()) <= 24 and "q quit" in text
        assert "▸" in text or len(text.splitlines()) > 22
        assert screen.typing is None or "> ▏" in text
        for key in ("right", "0", "enter") if quiz else ("right",):
            screen.press(key)
    assert screen.cursor.index == len(log) - 1


@pytest.mark.parametrize("middle, room", [(0, 5), (3, 5), (7, 1), (19, 5), (10, 4), (10, 100), (18, 0)])
def test_the_nodes_around_one_are_a_window_of_those_that_are_no_constants(middle, room):
    kinds = "input constant mul constant add".split() * 4
    nodes = [Node(i, f"v{i}", kind, 0.0) for i, kind in enumerate(kinds)]
    shown = [node for node in nodes if node.operation != "constant"]
    place = next(i for i, node in enumerate(shown + nodes[-1:]) if node.number >= middle)
    first = max(0, min(place - room // 2, len(shown) - room))
    assert around(nodes, middle, room) == shown[first : first + room]


def test_a_redraw_looks_at_the_nodes_on_the_screen_alone():
    class Counted(list):
        asked = 0

        def __getitem__(self, place):
            self.asked += 1
            return super().__getitem__(place)

    y = w = Value(1.0)
    for _ in range(3000):
        y = y * 1.001 + w
    screen = Screen(steps(y), [0])
    screen.cursor.to(5000)
    screen.draw()
    screen.log.graph.nodes = Counted(screen.log.graph.nodes)
    screen.cursor.next()
    screen.draw()
    assert 0 < screen.log.graph.nodes.asked < 1000


def test_the_quiz_asks_before_it_shows():
    log = example()
    screen = Screen(log, quiz=True)
    while screen.cursor.index < len(log) - 1:
        asked = question(log, screen.cursor.index + 1)
        screen.press("right")
        if asked:
            assert screen.typing == "" and asked.text[:40] in written(screen.draw())
            for key in [*repr(asked.wrong[0][1] if asked.wrong else asked.answer), "enter"]:
                screen.press(key)
            assert ("Right" in screen.note) == (not asked.wrong)
    assert screen.total > 3
    declined = screen_of(log, *["right"] * 4, quiz=True)
    declined.press("enter")
    assert declined.total == 0


@pytest.mark.parametrize("second, right", [(True, 1), (False, 0), (None, 0)])
def test_a_wrong_answer_may_be_tried_again_with_a_hint(second, right):
    """The hint does not tell the number; after the second answer, or none, the step is shown and counted once."""
    screen = screen_of(example(), *["right"] * 3, quiz=True)
    while screen.typing is None:
        screen.press("right")
    asked, at = screen.asked, screen.cursor.index
    for key in ("7", "7", "7", "enter"):
        screen.press(key)
    assert (screen.typing, screen.total, screen.cursor.index) == ("", 0, at)
    assert HINTS[screen.log[asked.step].kind] in screen.note and "It is" not in screen.note
    for key in [*({True: repr(asked.answer), False: "777", None: ""}[second]), "enter"]:
        screen.press(key)
    assert (screen.typing, screen.right, screen.total, screen.cursor.index) == (None, right, 1, at + 1)
    assert screen.note.endswith(f"({right} of 1 right)") and "Try again" not in screen.note


@pytest.mark.parametrize("right", [True, False])
def test_the_quiz_of_the_command_line_gives_a_second_try(right):
    asked = next(exercises(5)).question
    lines: list[str] = []
    replies = iter(["777", repr(asked.answer) if right else "778", "q"])
    assert ask_on(5, read=lambda prompt: next(replies), write=lines.append) == (right, 1)
    first, second = (line for line in lines if line.startswith(("Not quite", "Right")))
    assert "Try again" in first and "It is" not in first and ("Right" if right else "It is") in second


def test_watched_nodes_and_wrong_orders_are_on_the_screen():
    a = Value(3.0)
    b = a + a
    c = b + b
    log = steps(c, order="depth-first")
    screen = screen_of(log, "e", watched=["a"])
    assert "too early" in written(screen.draw()) and "a = 3" in written(screen.draw())
    screen.press("end")
    assert "6, and should be 4" in written(screen.draw())


def test_it_runs_with_given_keys_until_q(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    out = io.StringIO()
    terminal = console.Console(file=out, width=100, height=40, force_terminal=True)
    step_through(example(), keys=iter(["right", "end", "q", "right"]), console=terminal)
    last = len(example()) - 1
    assert "a is 3." in out.getvalue() and f"step {last} of {last}" in out.getvalue()


def test_without_rich_it_says_which_extra_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "rich.console", None)
    with pytest.raises(MissingExtraError, match=r"autodiff-scalar\[cli\]"):
        step_through(example(), keys=iter([]))


@given(st.text())
def test_any_bytes_from_the_keyboard_are_keys(text):
    assert all(isinstance(key, str) for key in keys_in(text))
    screen = Screen(steps(Value(2.0) * 3.0))
    for key in keys_in(text):
        if not screen.press(key):
            break
    written(screen.draw())


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_in_a_real_terminal_keys_step_and_the_terminal_is_left_as_it_was():
    import pty
    import termios
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    command = [sys.executable, "-m", "autodiff.cli", "step", "tanh(w*x + b)", "w=0.5", "x=2", "b=-1"]
    terminal = {"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40", "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env={**os.environ, **terminal})
    seen = ""

    def wait_for(text):
        nonlocal seen
        end = time.monotonic() + 60
        while text not in seen:
            assert select.select([master], [], [], max(0, end - time.monotonic()))[0], f"{text!r} not in {seen[-2000:]!r}"
            seen += os.read(master, 65536).decode("utf-8", "replace")

    try:
        wait_for("w is 0.5.")
        os.write(master, b"\x1b[C\x1b[C\x1b[C")
        wait_for("v2 = w * x = 0.5 * 2 = 1.")
        os.write(master, b"\x1b[F")
        wait_for("v2 sends 1 × 0.5 = 0.5 to x")
        os.write(master, b"q")
        assert process.wait(60) == 0
    finally:
        process.kill(), process.wait()
    assert termios.tcgetattr(slave) == before
    os.close(master), os.close(slave)


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_keys_come_one_by_one_from_a_pseudo_terminal(monkeypatch):
    import pty
    import termios
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    with os.fdopen(slave, "rb", buffering=0) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        with read_keys() as keys:
            os.write(master, b"l\x1b[D")
            assert list(islice(keys, 2)) == ["l", "left"]
            assert termios.tcgetattr(slave) != before
        assert termios.tcgetattr(slave) == before
    os.close(master)


# Exercises, the quiz of the command line, worksheets

@pytest.mark.parametrize("level", [None, *LEVELS])
def test_exercises_are_endless_the_same_for_a_seed_and_answered_by_their_log(level):
    first, again = (list(islice(exercises(7, level), 40)) for _ in range(2))
    assert [(e.text, e.values, e.question) for e in first] == [(e.text, e.values, e.question) for e in again]
    assert len({(e.text, str(e.values)) for e in first}) > 20
    for exercise in first:
        step = exercise.log[exercise.question.step]
        assert judge(exercise.question, repr(exercise.question.answer))[0]
        assert exercise.question.answer == (step.gradient_after if step.kind == "contribution" else 0.0)
        assert level in (None, exercise.level)


def test_an_unknown_level_is_an_error():
    with pytest.raises(ArgumentError, match="from 1 to 5"):
        next(exercises(1, 9))


def test_the_quiz_counts_and_ends_when_the_reader_has_had_enough():
    right = [repr(e.question.answer) for e in islice(exercises(5), 3)]
    lines: list[str] = []
    replies = iter([*right, "q"])
    assert ask_on(5, read=lambda prompt: next(replies), write=lines.append) == (3, 3)
    assert lines[-1] == "3 of 3 right."

    def ended(prompt):
        raise EOFError

    assert ask_on(5, read=ended, write=lines.append) == (0, 0)


@pytest.mark.browser
def test_a_worksheet_prints_questions_in_order_and_its_key(browser_path, tmp_path):
    path = worksheet(tmp_path / "sheet.html", seed=4, count=12, answers=True)
    chosen = sorted(islice(exercises(4), 12), key=lambda e: e.level)
    with Browser(browser_path) as browser:
        shown = browser.open(path)
        assert shown.texts("#questions .given") == [told(e) for e in chosen]
        assert shown.texts("#questions .text") == [e.question.text for e in chosen]
        assert len(shown.texts("#answers .answer")) == 12 and shown.visible("#key")
        nodes = [node for node in chosen[-1].log.graph.nodes if node.operation != "constant"]
        assert shown.text("#points") == str(sum(e.level for e in chosen) + len(nodes)) and shown.problems == []
        rows = shown.run("[...document.querySelectorAll('#numbers tr')].slice(1).map((row) => [...row.children].map((c) => c.textContent))")
        assert {(what.split(" ")[0], data) for what, data, _ in rows} == {(node.label, short(node.data)) for node in nodes}
        assert {what.split(" ")[0]: x for what, _, x in rows} == {node.label: short(chosen[-1].log.gradient(node.number) or 0.0) for node in nodes}
        assert shown.run("document.querySelector('#picture').naturalWidth") > 100
        assert not any(shown.texts("#blanks td.blank"))
        plain = browser.open(worksheet(tmp_path / "plain.html", seed=4, count=12))
        assert not plain.visible("#key") and "because" not in (tmp_path / "plain.html").read_text().split('id="data"')[1].split("</script>")[0]
