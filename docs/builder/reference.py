"""The reference: every public name with its signature and docstring, written from the package itself."""

import importlib
import inspect
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from . import markup

PARTS = {
    "autodiff": "Values, functions of Values, derivatives, drawings, steps, compilation.",
    "autodiff.nn": "Neural networks: modules, layers, losses, optimizers, training.",
    "autodiff.nn.losses": "Losses over rows.",
    "autodiff.testing": "Gradients checked, engines graded.",
}


def reference_page() -> str:
    """The body of the page."""
    says = "Every public name, with its signature and its docstring; the examples are run by the tests."
    parts = [f'<h1 id="reference">Reference</h1><p>{says}</p>']
    for name, says in PARTS.items():
        entries = list(public(importlib.import_module(name)))
        links = " ".join(f'<a href="#{place(name, key)}">{escape(key)}</a>' for key, _ in entries)
        parts.append(f'<h2 id="{name}">{name}</h2><p>{says}</p><p class="names">{links}</p>')
        parts += [entry(name, key, item) for key, item in entries]
    return "\n".join(parts)


def public(module: Any) -> Iterator[tuple[str, Any]]:
    """The public names of a module with what they are, in the order of the alphabet."""
    lazy = getattr(module, "_HOME", {})
    names = {*lazy, *getattr(module, "__all__", () if lazy else vars(module))}
    for key in sorted(names, key=str.lower):
        item = getattr(module, key)
        is_ours = not callable(item) or getattr(item, "__module__", "").startswith("autodiff")
        if not key.startswith("_") and not inspect.ismodule(item) and is_ours:
            yield key, item


def entry(module: str, key: str, item: Any) -> str:
    """One name: its signature, its docstring, and for a class its public methods."""
    kind = "class" if inspect.isclass(item) else "def" if callable(item) else "data"
    head = f'<h3 id="{place(module, key)}"><code>{escape(key)}</code> <small>{kind}</small></h3>'
    if not callable(item):
        return f"{head}<p><code>{escape(repr(item))}</code></p>"
    call = f"<pre tabindex='0'><code>{escape(key + signature(item))}</code></pre>"
    return head + call + documented(item) + (methods(item) if inspect.isclass(item) else "")


def methods(cls: type) -> str:
    """The public methods and properties that a class defines, each with the first sentence of its docstring."""
    rows = []
    for key, item in sorted(vars(cls).items()):
        if not key.startswith("_") and (inspect.isfunction(item) or isinstance(item, property)):
            text = (inspect.getdoc(item) or "").split("\n\n")[0]
            shown = key if isinstance(item, property) else key + signature(item)
            rows.append(f"<dt><code>{escape(shown)}</code></dt><dd>{escape(text)}</dd>")
    return f"<dl>{''.join(rows)}</dl>" if rows else ""


def signature(item: Any) -> str:
    """The signature as text; nothing where Python knows none."""
    try:
        text = str(inspect.signature(item))
    except (TypeError, ValueError):
        return "(…)"
    return re.sub(r" at 0x[0-9a-f]+", "", text.replace("'", "").replace("~", ""))


def documented(item: Any) -> str:
    """The docstring: its prose as paragraphs, its examples as code."""
    text = inspect.getdoc(item) or ""
    parts = []
    for part in re.split(r"\n\n+", text):
        code = part.startswith(">>>") or part.startswith("    ")
        parts.append(markup.coloured(part, "pycon" if ">>>" in part else "text") if code else f"<p>{prose(part)}</p>")
    return "".join(parts)


def prose(text: str) -> str:
    return re.sub(r"``?([^`]+)``?", r"<code>\1</code>", escape(text, quote=False))


def place(module: str, key: str) -> str:
    return f"{module}.{key}"
