"""Step through a log in the terminal, by keys: → ← one step, Home and End, b c n to what is blocked, complete, nan.

Needs the package rich (the extra `cli`). Every text is shown as text: names are spelled out, and no markup is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from itertools import islice
from typing import Any

from ...errors import ArgumentError, MissingExtraError
from ...stepping.cursor import Cursor
from ...stepping.judging import verdict
from ...stepping.log import Log
from ...stepping.narrate import describe_origin_within
from ...stepping.quiz import HINTS, UNREAD, judge, question, read_number
from ...stepping.snapshot import Node
from ...stepping.step import Step
from ...stepping.training import STAGES
from ...stepping.wording import name, short
from .keys import read_keys
from .title import title_of

HELP = "→ ← step   Home End   b blocked  c complete  n nan  e read too early   / go to a node   ? keys   q quit"
MADE = 30  # characters of what an operation is, in the table of nodes
KEYS = """\
→ ↓ l j space   one step on                b   to the next edge along which no gradient flows
← ↑ h k         one step back              c   to the next gradient that is complete
Home g          to the first step          n   to the next nan
End G           to the last step           e   to the next contribution that is sent too early
/               to a node, or to a step    q   quit; Escape does too
?               these keys, and back"""
MOVES: dict[str, Callable[[Cursor], Any]] = {
    "right": Cursor.next, " ": Cursor.next, "l": Cursor.next, "left": Cursor.back, "h": Cursor.back,
    "home": lambda cursor: cursor.to(0), "g": lambda cursor: cursor.to(0),
    "end":  lambda cursor: cursor.to(-1), "G": lambda cursor: cursor.to(-1),
    "down": Cursor.next, "up": Cursor.back, "j": Cursor.next, "k": Cursor.back,
}  # fmt: skip
SEARCHES = {"b": "blocked", "c": "complete", "n": "nan", "e": "premature"}


def step_through(
    log: Log, watched: Any = (), quiz: bool = False, keys: Iterator[str] | None = None, console: Any = None
) -> None:
    """Show the log one step at a time until the reader quits; with `quiz`, ask for each number first."""
    try:
        from rich.console import Console
        from rich.live import Live
    except ImportError:
        raise MissingExtraError("the terminal stepper needs rich: pip install 'autodiff-scalar[cli]'") from None
    screen = Screen(log, watched, quiz)
    console = console or Console()
    pressed = read_keys() if keys is None else nullcontext(keys)
    with pressed as presses, Live(console=console, screen=True, auto_refresh=False) as live:
        live.update(screen.draw(*console.size), refresh=True)
        for key in presses:
            if not screen.press(key):
                break
            live.update(screen.draw(*console.size), refresh=True)


class Screen:
    """What the terminal shows, and what a key does to it; knows nothing of terminals."""

    def __init__(self, log: Log, watched: Any = (), quiz: bool = False) -> None:
        self.log, self.quiz = log, quiz
        self.cursor = Cursor(log)
        self.cursor.watch(*watched)
        self.cursor.to(0)
        self.note = ""
        self.typing: str | None = None  # what has been typed; None while no text is asked for
        self.asked: Any = None
        self.tried = False  # whether the question that is asked had one wrong answer
        self.right = self.total = 0

    def press(self, key: str) -> bool:
        """Do what a key says; False if it says to quit."""
        if self.typing is not None:
            self._type(key)
            return True
        self.note = ""
        if key in ("q", "escape", "interrupt"):
            return False
        if key == "?":
            self.note = KEYS
        elif key in SEARCHES:
            self._search(SEARCHES[key])
        elif key == "/":
            self.typing = ""
        elif MOVES.get(key) is Cursor.next and self.quiz and self._ask():
            self.typing = ""
        elif key in MOVES:
            MOVES[key](self.cursor)
        return True

    def _search(self, condition: str) -> None:
        if self.cursor.until(condition) is None:
            self.note = f"No later step is {condition}."

    def _ask(self) -> bool:
        self.tried = False
        self.asked = question(self.log, self.cursor.index + 1) if self.cursor.index + 1 < len(self.log) else None
        return self.asked is not None

    def _type(self, key: str) -> None:
        if key in ("escape", "interrupt"):
            self.typing = self.asked = None
        elif key == "enter":
            text, self.typing = self.typing or "", None
            self._answer(text) if self.asked else self._go(text)
        elif key == "backspace":
            self.typing = (self.typing or "")[:-1]
        elif len(key) == 1 and key.isprintable():
            self.typing = (self.typing or "") + key

    def _answer(self, text: str) -> None:
        if text.strip() and read_number(text) is None:
            self.typing, self.note = "", UNREAD
            return
        right, self.note = False, ""
        if text.strip():
            hint = "" if self.tried else HINTS[self.log[self.asked.step].kind]
            right, self.note = judge(self.asked, text, hint)
            if hint and not right:
                self.typing, self.tried = "", True
                return
        if text.strip() or self.tried:
            self.total, self.right = self.total + 1, self.right + right
            self.note += f"  ({self.right} of {self.total} right)"
        self.asked = None
        self.cursor.next()

    def _go(self, text: str) -> None:
        try:
            self.cursor.to(int(text) if text.strip().lstrip("-").isdecimal() else text)
        except ArgumentError as error:
            self.note = str(error)

    def draw(self, width: int = 200, height: int = 40) -> Any:
        """The screen as a rich renderable of that size: the step, nodes as far as there is room, and what to do."""
        from io import StringIO

        from rich.console import Console, Group
        from rich.text import Text

        head = self._step(self.log[self.cursor.index])
        foot = Group(Text(self.note, "yellow"), self._prompt(), Text(HELP, "dim"))
        console = Console(width=width, height=height, file=StringIO())
        room = height - 1 - sum(len(console.render_lines(part)) for part in (head, foot))
        return Group(head, self._nodes(room), foot) if room > 1 else Group(head, foot)

    def _step(self, step: Step) -> Any:
        """The step in a frame; its equations step aside for a question about the next."""
        from rich.console import Group
        from rich.panel import Panel
        from rich.table import Table
        from rich.text import Text

        where = f"{STAGES[step.phase]} · step {step.index} of {len(self.log) - 1}"
        equations = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for style in ("bold", "dim", "", "bold"):
            equations.add_column(style=style, overflow="fold")
        for row in step.equations:
            equations.add_row(*map(Text, row))
        lines = [Text("too early", "bold red")] if step.premature else []
        if step.source:
            lines.append(Text(str(step.source), "dim"))
        lines += [Text(line, "cyan") for line in self.cursor.report().splitlines()]
        if step.index == len(self.log) - 1 and self.log.order != "topological":
            lines.append(Text(verdict(self.log), "red"))
        arithmetic: list[Any] = [Text(""), equations] if step.equations and not self.asked else []
        inside = [Text(str(step), "bold"), *arithmetic, *lines]
        return Panel(Group(*inside), title=Text(f" {title_of(self.log)} · {where} "), title_align="left")

    def _nodes(self, room: int) -> Any:
        """The nodes that matter now, as many as there is room for: those around the node that changes."""
        from rich.table import Table
        from rich.text import Text

        step = self.log[self.cursor.index]
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for heading in ("", "node", "operation", "number", "gradient", "sum"):
            table.add_column(heading, no_wrap=True)
        for node in around(self.log.graph.nodes, step.target, room):
            data, gradient = self.log.state(node.number, step.index)
            mark, style = ("▸", "bold") if node.number == step.target else ("", "")
            numbers = [
                "·" if data is None else short(data),
                "·" if gradient is None else short(gradient.gradient_after),
            ]
            operation = describe_origin_within(self.log, node, MADE) if node.parents else ""
            cells = [mark, name(node.label), operation, *numbers, gradient.progress if gradient else ""]
            table.add_row(*[Text(cell, style) for cell in cells])
        return table

    def _prompt(self) -> Any:
        from rich.text import Text

        if self.typing is None:
            return Text("")
        ask = self.asked.text if self.asked else "Go to which node, or step?"
        return Text(f"{ask}\n> {self.typing}▏", "bold")


def around(nodes: Sequence[Node], middle: int, room: int) -> list[Node]:
    """As many nodes as there is room for, those around one, without constants; a large graph is not walked through."""
    below, above = (
        list(islice((nodes[i] for i in numbers if nodes[i].operation != "constant"), room))
        for numbers in (range(middle - 1, -1, -1), range(middle, len(nodes)))
    )
    near = below[::-1] + above
    first = max(0, min(len(below) - room // 2, len(near) - room))
    return near[first : first + room]
