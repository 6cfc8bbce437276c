"""Names are text: whatever a name holds, in SVG, DOT, Mermaid and the terminal it stays what it is."""

import re

from drawings import groups, needs_engine
from hypothesis import example, given
from hypothesis import strategies as st

from autodiff import Value, draw, exp
from autodiff.render.output import mermaid
from autodiff.render.graph import style
from autodiff.render.graph.style import legible


@needs_engine
@given(st.text(max_size=60))
@example("\\" * 7)
@example("&" + "a" * 30 + ";")
def test_any_name_stays_text_in_svg(name):
    svg = draw(exp(Value(1.0, name=name)), cluster=False).svg()
    assert [texts[0] for found in groups(svg, "node").values() for texts in found] == [style.legible(name), "exp"]


@given(st.text(max_size=200))
def test_any_name_is_one_short_line_without_invisible_characters(name):
    text = style.legible(name)
    assert text.isprintable() and text == text.strip() and 0 < len(text) <= 10 * style.LONGEST_NAME
    assert len(text) <= style.LONGEST_NAME + 1 or "\\" in text  # only escapes make it longer
    assert all(line.isprintable() for line in draw(Value(1.0, name=name)).text().splitlines())


@given(st.text(max_size=60))
def test_any_name_leaves_the_dot_source_with_one_statement_per_line(name):
    plain, hostile = (draw(exp(Value(1.0, name=each)), cluster=False).dot for each in ("x", name))
    assert hostile.count("\n") == plain.count("\n")
    assert hostile.count('"') == plain.count('"')


@given(st.text(max_size=60))
@example("$$x$$")
@example("two\nlines")
@example("fa:fa-car")
def test_any_name_stays_text_in_mermaid(name):
    source = draw(exp(Value(1.0, name=name)), cluster=False).mermaid
    plain = draw(exp(Value(1.0, name="x"))).mermaid
    assert source.count("\n") == plain.count("\n") and source.count('"') == plain.count('"')
    label = re.search(r'n0\["(.*?)<br/>', source)[1]
    decoded = re.sub(r"#(\d+);", lambda found: chr(int(found[1])), label)
    assert decoded.replace("\u2060", "") == legible(name)
    assert not re.search(r"\$\$|\\n|fa[a-z]?:fa-", decoded)  # which Mermaid reads after it has decoded the entities
    assert not set(label) & set("<>\"'`&{}[]()|\\*_~:")
    assert mermaid.escape("1. x") == "1#46; x"
