"""The page, alive: other numbers for the inputs give the steps that Python gives for them, in words and in numbers."""

from __future__ import annotations

import json
import math
import random

import pytest
from hypothesis import example, given, settings, strategies as st

from autodiff import Value, functions as f, nn, steps
from autodiff.json_text import json_number
from autodiff.ops import TABLE
from autodiff.render.steps.data import collect_data
from autodiff.render.steps.evaluator import source
from autodiff.render.steps.told import tell_step as python_told
from autodiff.stepping import Log, snapshot
from autodiff.stepping.explanation import explain_gradient
from autodiff.stepping.traversals import ORDERS
from autodiff.stepping.wording import short
from tests.browser import Browser
from tests.test_stepping import graphs
from tests.test_stepping_page import chain_rule, odd_numbers, xor_row

_open: list[Browser] = []
_kept = {}  # pages that a test asks many times
FIELDS = ("index", "phase", "kind", "node", "target", "edge", "data", "sent", "gradient", "arrived", "expected", "sum", "equations", "say", "slope", "source", "early", "of")


@pytest.fixture
def browser(browser_path):
    if not _open:
        _open.append(Browser(browser_path))
    return _open[0]


@pytest.fixture(scope="module", autouse=True)
def closing():
    yield
    _kept.clear()
    while _open:
        _open.pop().__exit__()


@pytest.fixture
def opened(browser, tmp_path):
    def open_page(log, **options):
        target = tmp_path / f"steps{random.random()}.html"
        target.write_text(log.html(), encoding="utf-8")
        return browser.open(target, **options)
    return open_page


ASK = "(ask) => ask && [ask.text, full(numeral(ask.answer)), ask.shown, ask.wrong.map(([key, x]) => [key, full(numeral(x))])]"


def told(page):
    """What the page itself tells of its numbers, as data."""
    each = f"Object.fromEntries({json.dumps(FIELDS)}.map((key) => [key, step[key]]))"
    return page.run(f"log.steps.map((step) => ({{ ...{each}, ask: ({ASK})(step.ask) }}))")


def right(log):
    drawn = [node.number for node in log.graph.nodes if node.operation != "constant" or node is log.graph.root]
    places = {number: place for place, number in enumerate(drawn)}
    edges = [(i, k) for i in drawn for k, parent in enumerate(log.graph.nodes[i].parents) if parent in places]
    edge_places = {edge: place for place, edge in enumerate(edges)}
    rows = json.loads(json.dumps([python_told(log, step, places, edge_places) for step in log]))
    return [{key: row[key] for key in FIELDS} | {"ask": row["ask"] and asked(row["ask"])} for row in rows]


def asked(ask):
    return [ask["text"], repr(float(ask["answer"])), ask["shown"], [[key, repr(float(x))] for key, x in ask["wrong"]]]


def assert_told(page, log):
    """The page tells each step as Python does; and what it computes from the same numbers is the same to 12 digits."""
    for mine, theirs in zip(told(page), right(log), strict=True):
        assert mine == theirs
    if page.run("live.edits"):
        assert page.run("live.inputs.map((i) => explained(i).text)") == reasons(log)
        assert_computed(page, log)


def reasons(log):
    return [str(explain_gradient(log.graph, node.number)) for node in log.graph.nodes if node.operation == "input"][:60]


def assert_computed(page, log):
    """Each node by itself, from Python's operands: so nothing cancels, and a last digit stays a last digit."""
    nodes = log.graph.nodes
    data, slopes = page.run("""(() => {
      const alone = live.parents.map((list, i) => { const row = table[live.ops[i]], xs = list.map((p) => recorded[p]); return isLeaf(i) ? recorded[i] : row.slopes ? row.value(...xs) : row.value(xs); });
      return [alone.map(full), slopes(recorded).map((list) => list.map((x) => x === null ? null : full(x)))]; })()""")
    for node, y, mine in zip(nodes, data, slopes, strict=True):
        assert same(float(y), node.data)
        assert [x is None for x in mine] == [x is None for x in node.slopes]
        assert all(same(float(x), slope) for x, slope in zip(mine, node.slopes) if slope is not None)
    expected, found = sizes(log), page.run("narrated(recorded, slopes(recorded)).gradient.map(full)")
    for i, size in expected.items():
        gradient = log.gradient(i) or 0.0
        assert same(float(found[i]), gradient) or abs(float(found[i]) - gradient) <= 1e-11 * size, nodes[i]


def same(x, y):
    return x == y or (x != x and y != y) or abs(x - y) <= 1e-12 * abs(y) or abs(x - y) <= 4 * 5e-324


def sizes(log):
    """What the contributions to each gradient would add up to if none cancelled another; a nan is beyond any bound."""
    found = dict.fromkeys(range(len(log.graph.nodes)), 0.0)
    found[len(log.graph.nodes) - 1] = 1.0
    for node in reversed(log.graph.nodes):
        for parent, slope in zip(node.parents, node.slopes):
            found[parent] += abs(slope * found[node.number]) if slope is not None else 0.0
    return {i: size if size == size else math.inf for i, size in found.items()}


@pytest.mark.browser
@pytest.mark.parametrize("make", [chain_rule, xor_row, odd_numbers])
def test_the_page_tells_the_steps_as_python_does(opened, make):
    log = make()
    page = opened(log)
    assert_told(page, log)
    assert page.problems == []


def kinds_of_steps():
    """One graph of every operation with an input, and its kinks and blocked sides."""
    a, b, c = Value(0.7, name="a"), Value(-0.4, name="b"), Value(1.5, name="c")
    parts = [f.relu(b), f.maximum(a, c), f.minimum(a, b), f.clip(c, -1.0, 1.0), f.where(a > 0, b, c), f.leaky_relu(b), f.elu(b), a ** b, a ** 2,
             c % a, f.hypot(a, b), f.atan2(a, b), f.sqrt(a), f.log(a), f.silu(b), f.gelu(b), f.softplus(a), f.sigmoid(c), f.erf(b), abs(b), -a,
             f.tanh(a * b), a / c, c - b, f.sinh(a), f.xlogy(a, c) if hasattr(f, "xlogy") else a, f.logsumexp(a, b, c), f.softmax(a, b)[0],
             f.dot([a, b], [c, a]), f.dot([a, b, c, a, b], [c, 2.0, 3.0, b, a]), f.total([a, b, c, a, b, c, a, b])]
    return steps(f.total(parts))


@pytest.mark.browser
def test_every_operation_is_told_as_python_tells_it(opened):
    log = kinds_of_steps()
    assert_told(opened(log), log)


@pytest.mark.slow
@pytest.mark.browser
@settings(max_examples=15)
@given(graphs())
@example(Value(1.0) * Value(5e-324) * Value(-5e-324))  # a product that is -0 by underflow alone
@example(Value(2.0, name="🀀") * 3.0)  # a letter that is two in JavaScript
def test_any_graph_is_told_as_python_tells_it(opened, y):
    log = steps(y)
    assert_told(opened(log), log)


@pytest.mark.slow
@pytest.mark.browser
@settings(max_examples=5)
@given(graphs(most=6), st.sampled_from([*ORDERS]))
def test_wrong_orders_and_gradients_that_are_held_are_told_as_python_tells_them(opened, y, order):
    y.backward()
    log = steps(y, order=order, held=True)
    page = opened(log)
    assert_told(page, log)
    assert not page.run("live.edits")
    wrong = steps(y, order=order)
    assert_told(opened(wrong), wrong)


@pytest.mark.browser
@given(st.lists(st.floats() | st.integers(-10**7, 10**7).map(lambda n: n / 2) | st.integers(0, 10**7).map(lambda n: n / 2**5), min_size=20))
def test_numbers_are_written_as_python_writes_them(opened, numbers):
    _kept["chain"] = _kept.get("chain") or opened(chain_rule())
    found = _kept["chain"].run(f"{json.dumps([json_number(x) for x in numbers])}.map(numeral).map((x) => [short(x), full(x)])")
    assert found == [[short(x), repr(x)] for x in numbers]


def neuron(w=0.5, x=2.0, b=-1.5):
    w, x, b = Value(w, name="w"), Value(x, name="x"), Value(b, name="b")
    y = f.relu(w * x + b)
    y.name = "y"
    return steps(y)


TYPE = """((label, text) => {{ const field = [...document.querySelectorAll('#fields label')].find((x) => x.textContent === label).lastChild;
  field.focus(); field.value = text; field.dispatchEvent(new Event('input', {{ bubbles: true }})); }})({}, {})"""


def set_field(page, label, text):
    page.run(TYPE.format(json.dumps(label), json.dumps(text)))


@pytest.mark.browser
def test_a_number_that_is_typed_moves_everything_also_past_a_kink(opened):
    page = opened(neuron())
    page.click("#why summary")
    for w in ("3", "-1", "1/3", "1e-9", "0.75"):
        set_field(page, "w", w)
        number = eval(w)
        expected = neuron(w=number)
        assert page.run("steps.map((step) => step.say)") == [str(step) for step in expected]
        assert page.text("#because") == reasons(expected)[0]
        assert page.text("#place") == f"step {min(page.run('state.at'), len(expected) - 1)} of {len(expected) - 1}"
    assert page.run("document.body.classList.contains('changed')")
    page.run("document.querySelector('#fields input').blur()")
    page.press("Home")
    for step in expected:
        assert page.text("#say") == str(step)
        page.press("ArrowRight")


@pytest.mark.browser
def test_what_is_no_number_is_said_and_one_key_brings_the_number_back(opened):
    page = opened(neuron())
    before = page.run("steps.map((step) => step.say)")
    set_field(page, "w", "two <b>")
    assert "“two <b>” is no number" in page.text("#oddity") and not page.run("document.querySelectorAll('#oddity b').length")
    page.press("Escape")
    assert page.text("#oddity") == "" and page.run("document.querySelector('#fields input').value") == "0.5"
    assert page.run("steps.map((step) => step.say)") == before


@pytest.mark.browser
def test_a_number_that_makes_nan_or_inf_is_shown_explained_and_undone_with_one_key(opened):
    x = Value(2.0, name="x")
    y = f.log(x)
    page = opened(steps(y))
    set_field(page, "x", "-1")
    assert "y = log(-1) is nan" in page.text("#oddity") and "nan" in page.texts(".node .data")
    page.press("Escape")
    assert page.text("#oddity") == "" and page.run("current[0]") == 2.0
    set_field(page, "x", "0")
    assert "-inf" in page.text("#oddity")


@pytest.mark.browser
@pytest.mark.parametrize("leave", ["", "Tab", "Enter"])
def test_one_key_undoes_each_change_whether_or_not_its_field_was_left(opened, leave):
    page = opened(neuron())
    for text in ("nan", "1e999", "7"):
        page.run("(() => { const field = document.querySelector('#fields input'); field.focus(); field.select(); })()")
        page.type(text)
        if leave:
            page.press(leave)
        assert page.run("current[0]") != 0.5 and not page.run("$('undo').disabled")
        page.press("Escape")
        assert page.run("current[0]") == 0.5 and page.text("#oddity") == "" and page.run("$('undo').disabled"), text
    set_field(page, "w", "3")
    set_field(page, "x", "-1")
    page.press("Escape")
    assert page.run("[current[0], current[1]]") == [3, 2]
    page.press("Escape")
    assert page.run("[current[0], current[1]]") == [0.5, 2]


@pytest.mark.browser
def test_an_input_is_dragged_and_arrow_keys_move_it(opened):
    page = opened(neuron())
    x, y = page.run("(() => { const r = document.querySelector('.node.editable').getBoundingClientRect(); return [r.left + 20, r.top + 20]; })()")
    page.call("Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, button="left", clickCount=1)
    page.call("Input.dispatchMouseEvent", type="mouseMoved", x=x + 200, y=y, button="left", buttons=1)
    page.wait("current[live.inputs[0]] === 2.5")
    page.call("Input.dispatchMouseEvent", type="mouseReleased", x=x + 200, y=y, button="left", clickCount=1)
    assert page.text(".node.editable .data") == "2.5"
    page.run("document.querySelector('#fields input').focus()")
    page.call("Input.dispatchKeyEvent", type="keyDown", key="ArrowUp", code="ArrowUp", windowsVirtualKeyCode=38)
    assert page.run("current[live.inputs[0]]") == 2.6
    page.click("#recorded")
    assert page.run("current[live.inputs[0]]") == 0.5 and not page.run("document.body.classList.contains('changed')")
    page.click("#undo")
    assert page.run("current[live.inputs[0]]") == 2.6


@pytest.mark.browser
def test_a_part_of_a_graph_and_a_wrong_order_are_not_edited(opened, tmp_path, browser):
    log = xor_row()
    target = tmp_path / "part.html"
    target.write_text(log.html(focus=3, depth=1), encoding="utf-8")
    page = browser.open(target)
    assert not page.visible("#inputs") and page.problems == []
    wrong = Log(snapshot(Value(2.0) * Value(3.0)), "depth-first")
    assert not collect_data(wrong, {0, 1, 2}, [0, 1, 2], [])["live"]["edits"]


@pytest.mark.browser
def test_a_drag_of_150_steps_keeps_up_with_60_frames_a_second(opened):
    page = opened(xor_row())
    spent = page.run("(() => { const i = live.inputs[0], t = performance.now(); for (let k = 0; k < 150; k++) change(i, k / 100);"
                     " return (performance.now() - t) / 150; })()")
    print(f"{spent:.2f} ms a change")  # a measure, and no condition: machines differ
    assert math.isfinite(spent)


@pytest.mark.browser
def test_the_view_is_enlarged_fitted_presented_and_edges_keep_their_numbers(opened):
    log = chain_rule()
    page = opened(log)
    wide = page.run("svg.clientWidth")
    page.click("#larger")
    assert page.run("svg.clientWidth") > wide
    page.click("#smaller")
    page.run("document.activeElement.blur()")
    page.press("End")
    assert not any(page.texts(".carried"))
    page.click("#numbers")
    page.press("End")
    shown = [text for text in page.texts(".carried") if text]
    sent = [step for step in log if step.kind == "contribution"]
    assert len(shown) == 2 * (len(sent) - 1)  # the edge of the last step has its pill
    page.click("#present")
    assert not page.visible("#inputs") and page.visible("#say")
    page.press("Escape")
    assert page.visible("#inputs") and page.problems == []


@pytest.mark.browser
@pytest.mark.parametrize("width, height", [(1280, 800), (1920, 1080), (390, 844)])
def test_no_text_is_smaller_than_12_pixels(opened, width, height):
    page = opened(xor_row(), width=width, height=height)
    page.run("go(70)")
    smallest = page.run(
        "Math.min(...[...document.querySelectorAll('body *')].filter((e) => e.checkVisibility()"
        " && [...e.childNodes].some((c) => c.nodeType === 3 && c.textContent.trim()))"
        ".map((e) => parseFloat(getComputedStyle(e).fontSize) * (e.ownerSVGElement ? e.getScreenCTM().a : 1)))"
    )
    assert smallest >= 12 and page.run("document.documentElement.scrollWidth") <= width


SHOWN = "[...document.querySelectorAll('#equations tbody tr:first-child td')].map((x) => x.textContent)"


@pytest.mark.browser
def test_mathematics_is_typeset_as_in_a_textbook_and_the_exact_rule_is_shown_on_demand(opened):
    v, w = Value(0.5, name="v4"), Value(-2.0, name="rate")
    log = steps(f.tanh(v) / w ** 2)
    page = opened(log)
    at = next(step.index for step in log if step.operation == "tanh" and step.kind == "contribution")
    page.run(f"go({at})")
    assert page.run(SHOWN) == ["∂v1∂v4", "1−v12", "1−0.4621172", "0.786448"]
    assert page.run("document.querySelectorAll('#equations math mfrac, #equations math msup').length") == 3
    below = "(([v, index]) => index.getBoundingClientRect().bottom - v.getBoundingClientRect().bottom)(document.querySelector('#equations msub').children)"
    assert page.run(below) > 0  # whether or not the font has rules for mathematics
    page.click("#exact")
    assert page.run(SHOWN)[1] == "sech(v4) * sech(v4)"
    page.click("#exact")
    at = next(step.index for step in log if step.operation == "pow" and step.kind == "operation")
    page.run(f"go({at})")
    assert page.run(SHOWN)[1:3] == ["rate2", "(−2)2"]
    assert page.problems == []


@pytest.mark.browser
def test_every_operation_of_the_table_is_typeset(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(steps(f.exp(Value(2.0, name="x"))).html(), encoding="utf-8")
    shown = browser.open(page)
    forms = """(() => { const words = { a: "a", b: "-2", c: "1e-08", y: "v_3" }, found = [];
      const all = (row) => [row.formula, ...row.slopes.filter(Boolean).flatMap((one) => [one.symbols, one.numbers(0.5, -2, 1, 0.3), one.bookForm])];
      for (const [name, row] of Object.entries(whole_table)) if (row.slopes)
        for (const form of all(row)) if (form) found.push([name, built(form[1], words).textContent]);
      return found; })()"""
    found = shown.run(f"(() => {{ {source(TABLE).replace('const table', 'window.whole_table')} }})(), {forms}")
    assert {name for name, _ in found} == {name for name, op in TABLE.items() if not op.variadic}
    assert all(text and not any(word in text for word in ("undefined", "⟨", "**", "-")) for _, text in found)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("place, boxes", [(1, 11), (2, 4)])
def test_neurons_and_layers_collapse_and_the_steps_go_on_in_them(opened, place, boxes):
    log = xor_row()
    page = opened(log)
    page.run("(() => { for (let i = 0; i <= last; i++) go(i); go(0); })()")
    choose = "(() => {{ $('level').selectedIndex = {}; $('level').dispatchEvent(new Event('change')); }})()"
    page.run(choose.format(place))
    level = page.run("sheet.level")
    assert sorted(i for box in level["boxes"] for i in box["members"]) == list(range(page.run("log.nodes.length")))
    assert len(level["boxes"]) == boxes == page.run("document.querySelectorAll('#board .node').length")
    for step in range(0, len(log), 7):
        page.run(f"go({step})")
        target = page.run(f"steps[{step}].target")
        (active,) = page.texts("#board .node.active .label")
        (box,) = [box for box in level["boxes"] if target in box["members"]]
        assert active == box["label"]
    one = next(i for i, box in enumerate(level["boxes"]) if len(box["members"]) > 1 and len(box["exits"]) == 1)
    page.run("go(last)")
    shown = page.run(f"[sheet.boxes[{one}].data.textContent, sheet.boxes[{one}].gradient.textContent]")
    exit_ = page.run(f"nodes[sheet.level.boxes[{one}].exits[0]].data.textContent")
    assert shown[0] == exit_ and shown[1].startswith("gradient ")
    page.run(choose.format(0))
    assert page.run("document.querySelectorAll('#board .node').length") == page.run("log.nodes.length") and page.problems == []


@pytest.mark.browser
def test_a_closed_box_opens_by_itself(opened):
    page = opened(xor_row())
    page.run("(() => { $('level').selectedIndex = 2; $('level').dispatchEvent(new Event('change')); })()")
    assert page.texts("#board .node.group .label") == ["layers[0]", "layers[1]"] and not page.visible("#close")
    page.click("#board .node.group")  # the first layer: its neurons, each closed
    names = [f"layers[0].neurons[{i}]" for i in range(8)]
    assert sorted(page.texts("#board .node.group .label")) == [*names, "layers[1]"]
    assert page.run("document.activeElement.getAttribute('aria-label')").startswith("layers[0].neurons[")
    page.press("Enter")  # and one of these: its operations
    closed = page.texts("#board .node.group .label")
    assert len(closed) == 8 and "layers[1]" in closed
    inside = page.run("sheet.level.boxes.filter((box) => !box.scope && log.nodes[box.members[0]].scope.length > 1).flatMap((box) => box.members)")
    assert len(inside) > 3 and page.run("sheet.level.boxes.flatMap((box) => box.members).sort((a, b) => a - b).every((place, i) => place === i)")
    page.run("go(steps.findLastIndex((step) => step.target === %d))" % inside[-1])
    assert len(page.texts("#board .node.active .label")) == 1 and page.problems == []
    page.click("#close")
    assert page.texts("#board .node.group .label") == ["layers[0]", "layers[1]"]


SEPARATE = """(([sizes, edges]) => {
  const { places, routes, size } = layout(sizes, edges), boxes = places.map(([x, y], i) => [x, y, x + sizes[i][0], y + sizes[i][1]]);
  const apart = (a, b) => a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] + 1e-6 || b[3] <= a[1] + 1e-6;
  const inside = boxes.every(([x, y, right, bottom]) => x >= 0 && y >= -1e-6 && right <= size[0] && bottom <= size[1] + 1e-6);
  const onward = edges.every(([from, to], i) => { const xs = [boxes[from][2], ...routes[i].map(([x]) => x), boxes[to][0]]; return xs.every((x, k) => !k || x >= xs[k - 1]); });
  return [inside, onward, boxes.every((a, i) => boxes.slice(0, i).every((b) => apart(a, b)))];
})"""


@pytest.mark.browser
@given(st.integers(1, 12).flatmap(lambda n: st.tuples(
    st.lists(st.tuples(st.integers(20, 200), st.integers(20, 90)), min_size=n, max_size=n),
    st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] < e[1]), unique=True) if n > 1 else st.just([]))))
def test_boxes_that_the_page_lays_out_stand_apart_and_edges_lead_to_the_right(opened, graph):
    _kept["xor"] = _kept.get("xor") or opened(xor_row())
    assert _kept["xor"].run(f"{SEPARATE}({json.dumps(graph)})") == [True, True, True]


@pytest.mark.browser
def test_a_loss_over_several_rows_collapses_too(opened):
    model = nn.MLP(2, [3, 1], activation="tanh", output="sigmoid", seed=1)
    loss = nn.losses.binary_crossentropy([1, 0], [model(row) for row in ([0.1, 0.2], [0.3, 0.4])])
    page = opened(steps(loss))  # a neuron runs again after the first row has left the network
    for place, title, boxes in ((1, "neurons", 16), (2, "layers", 14)):
        page.run(f"(() => {{ $('level').selectedIndex = {place}; $('level').dispatchEvent(new Event('change')); }})()")
        level = page.run("sheet.level")
        assert level["title"] == title and len(level["boxes"]) == boxes == page.run("document.querySelectorAll('#board .node').length")
        assert sorted(i for box in level["boxes"] for i in box["members"]) == list(range(page.run("log.nodes.length")))
        assert all(edge["from"] < edge["to"] for edge in level["edges"])
        page.run("go(last)")
        assert "undefined" not in page.run("document.querySelector('#board').textContent") and page.problems == []


@pytest.mark.browser
def test_a_graph_without_scopes_has_no_levels(opened):
    assert not opened(chain_rule()).visible("#level")


@pytest.mark.slow
@pytest.mark.browser
def test_the_quiz_goes_on_with_changed_numbers(opened):
    page = opened(neuron())
    set_field(page, "w", "3")
    page.click("#first")
    page.click("#quiz")
    for _ in range(3):
        page.click("#next")
    page.wait("state.pending")
    page.type("6")  # w * x = 3 * 2
    page.press("Enter")
    assert page.text("#judged") == "Right: 6." and page.text("#score") == "1 of 1 right, 1 try" and page.problems == []
