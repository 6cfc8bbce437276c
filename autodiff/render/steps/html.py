"""The steps of a log as one HTML page that needs nothing else, and asks for nothing else.

The page is a few files of this package and the log as data, put together: its content security policy lets run the one
script whose hash it names, and load nothing from anywhere. Every text of the log reaches the page as data and is shown
through `textContent`, so no name can become markup. The graph is laid out here (`graph.layout`), once.

>>> from autodiff import Value
>>> from autodiff.stepping import Log, snapshot
>>> text = page(Log(snapshot(Value(2.0, name="<b>x</b>") ** 2)))
>>> "<b>x" in text, "http" in text.replace("http-equiv", "").replace("http://www.w3.org/", "")
(False, False)
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from ...errors import ArgumentError
from ...stepping.log import Log
from ...coerce import as_flag
from ..language import catalogue, find_language, resource
from .data import around, find_drawn, collect_data
from .evaluator import source
from .link import link

SCRIPTS = "base numbers words told sent why graph math quiz questions live layout levels steps exercise".split()
EXACT = "parts_of", "nearest"  # the kernels with which a page adds paths up
MOST_NODES, MOST_STEPS = 500, 2_000  # beyond these a page is neither readable nor quick


def page(log: Log, focus: Any = None, depth: int = 2, quiz: bool = False, playground: str | None = None,
         program: str | None = None) -> str:  # fmt: skip
    """The page of a log, or of what lies `depth` edges around the `focus` node; with `quiz`, it starts by asking.

    With the address of a `playground` and the text of the `program`, it has a link that opens the program there.
    """
    asks, elsewhere = as_flag("quiz", quiz), link(playground, program)
    core = set(range(len(log.graph.nodes))) if focus is None else around(log, log.graph.number(focus), depth)
    drawn = find_drawn(log, core)
    chosen = [i for i in range(len(log)) if log.target(i) in core or log.events.node[i] in core]
    if len(drawn) > MOST_NODES or len(chosen) > MOST_STEPS:
        smaller = "choose a smaller depth or another node"
        advice = "show a part of it by html(focus=NODE, depth=2)" if focus is None else smaller
        raise ArgumentError(
            f"a page shows at most {MOST_NODES:,} nodes and {MOST_STEPS:,} steps, and this would be {len(drawn):,} and "
            f"{len(chosen):,}: {advice}, or read all of it by text() or save('steps.json')"
        )
    options = {"quiz": asks, "part": focus is not None, "playground": elsewhere}
    data = collect_data(log, core, sorted(drawn), chosen) | options
    edits = bool(data["live"] and data["live"]["edits"])
    operations = [node.operation for node in log.graph.nodes] if data["live"] else []
    absent = {
        **dict.fromkeys(["told", "questions"], not data["live"]),
        "sent": data["live"],
        **dict.fromkeys(["live", "why"], not edits),
        **dict.fromkeys(["layout", "levels"], not data["levels"]),
        "exercise": data["part"] or log.order != "topological",
    }
    scripts = [f"page_{script}.js" for script in SCRIPTS if not absent.get(script)]
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return assemble("Steps", "page", scripts, text, source(operations, EXACT if edits else ()))


def assemble(title: str, name: str, scripts: Sequence[str], data: str, written: str = "") -> str:
    """A page with its style, its scripts as one after those `written` for it, and its data; its policy allows these."""
    style, language = resource(f"{name}.css"), find_language()
    script = "".join(map(resource, scripts)).replace("// @table@\n", written) + _write_language(language)
    parts = {
        "language": language,
        "title": title,
        "body": resource(f"{name}.html"),
        "policy": "; ".join(
            ["default-src 'none'", f"script-src '{_hash(script)}'", f"style-src '{_hash(style)}'", "img-src data:",
             "base-uri 'none'", "form-action 'none'"]
        ),
        "style": style,
        "script": script,
        "data": data.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"),
    }  # fmt: skip
    return re.sub("@([a-z]+)@", lambda mark: parts[mark[1]], resource("shell.html"))


def _write_language(language: str) -> str:
    """The script that says a page in another language than English."""
    said = json.dumps(catalogue(language), ensure_ascii=False).replace("<", "\\u003c")
    return resource("language.js") + resource("page_language.js").replace("@catalogue@", said) if said != "{}" else ""


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
