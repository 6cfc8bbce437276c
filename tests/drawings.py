"""What the tests of drawings share: a neuron to draw, the engines that are installed, what an SVG says."""

from __future__ import annotations

from xml.etree import ElementTree as xml

import pytest

from autodiff import Value, draw, nn, sigmoid
from autodiff.render.graph.style import Style
from autodiff.render.output import engines as engine

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "", " ", "\\", "\\n", "a\\", "\\\\\"", '"', "'", "{x|y}", "}", "|", "<b>x</b>", "<<b>>", "&amp;", "&", "&#38;",
    "&lt;b&gt;", "\n", "\r\n", "\t", "\0", "\x1b[31m", "\u202eevil", "\u2066", "\u200b", "\ufeff", "\ud800", "\uffff",
    "-->", "]]>", "</svg>", "\\N", "\\G", "n0", "n0:port", "digraph", 'x"];n9[label="', "%s", "{}",
    "${x}", "`", "가중치", "𝒲",
    "e\u0301", "\u0301", "10" * 5000,
]  # fmt: skip
JOB = engine.Job(draw(Value(1.0)).picture, Style())
SVG_ENGINES = [one for one in engine.ENGINES if "svg" in one.formats]


def neuron():
    w, x = Value(2.0, name="w"), Value(-1.0, name="x")
    f = sigmoid(w * x + 3.0)
    f.name = "f"
    return f, w, x


def xor(sizes=(8, 1), **options):
    model = nn.MLP(2, list(sizes), output="sigmoid", seed=1, **options)
    loss = (model([1.0, 0.0]) - 1.0) ** 2
    loss.name = "loss"
    return loss, model


def installed():
    """The engines that draw SVG here."""
    found = []
    for one in SVG_ENGINES:
        try:
            one.draw(JOB, "svg")
            found.append(one)
        except Exception:
            pass
    return found


needs_engine = pytest.mark.skipif(not installed(), reason="needs a drawing engine: " + SVG_ENGINES[1].command)


def groups(svg, kind):
    """The texts of each node or edge of an SVG, by its title."""
    found = {}
    for group in xml.fromstring(svg).iter(f"{SVG}g"):
        if group.get("class", "").startswith(kind):
            texts = [text.text.replace("\xa0", " ").strip() for text in group.iter(f"{SVG}text")]
            found.setdefault(group.find(f"{SVG}title").text, []).append(texts)
    return found


def luminance(colour):
    channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)
